//! Everything that kring can say, by name: the words of numbers and the phrases around them. The set is
//! closed, so that a missing recording is found by a test and not by a caller.
//!
//! A clip knows the file that holds it and the words that are to be heard in it; who records them again reads
//! them here or in `deploy/prompts/texts.tsv`, which a test keeps the same.

/// The languages in which kring speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// ภาษาไทย
    Thai,
    /// English
    English,
}

/// The polite end of a Thai sentence: who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Particle {
    /// ค่ะ
    Ka,
    /// ครับ
    Krap,
}

/// Names a closed set, with the file and the words of each.
macro_rules! recordings {
    ($(#[$about:meta])* $name:ident in $folder:literal { $($variant:ident = $file:literal $text:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $text] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            const fn file(self) -> &'static str {
                match self { $($name::$variant => concat!($folder, "/", $file, ".wav"),)* }
            }

            const fn text(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }
        }
    };
}

recordings! {
    /// The words of Thai numbers.
    ThaiWord in "th" {
        Zero = "0" "ศูนย์",
        One = "1" "หนึ่ง",
        Two = "2" "สอง",
        Three = "3" "สาม",
        Four = "4" "สี่",
        Five = "5" "ห้า",
        Six = "6" "หก",
        Seven = "7" "เจ็ด",
        Eight = "8" "แปด",
        Nine = "9" "เก้า",
        Yi = "yi" "ยี่",
        Et = "et" "เอ็ด",
        Ten = "10" "สิบ",
        Hundred = "100" "ร้อย",
        Thousand = "1000" "พัน",
        TenThousand = "10000" "หมื่น",
        HundredThousand = "100000" "แสน",
        Million = "1000000" "ล้าน",
        Minutes = "minutes" "นาที",
        Ka = "ka" "ค่ะ",
        Krap = "krap" "ครับ",
    }
}

recordings! {
    /// The words of English numbers.
    EnglishWord in "en" {
        Zero = "0" "zero",
        One = "1" "one",
        Two = "2" "two",
        Three = "3" "three",
        Four = "4" "four",
        Five = "5" "five",
        Six = "6" "six",
        Seven = "7" "seven",
        Eight = "8" "eight",
        Nine = "9" "nine",
        Ten = "10" "ten",
        Eleven = "11" "eleven",
        Twelve = "12" "twelve",
        Thirteen = "13" "thirteen",
        Fourteen = "14" "fourteen",
        Fifteen = "15" "fifteen",
        Sixteen = "16" "sixteen",
        Seventeen = "17" "seventeen",
        Eighteen = "18" "eighteen",
        Nineteen = "19" "nineteen",
        Twenty = "20" "twenty",
        Thirty = "30" "thirty",
        Forty = "40" "forty",
        Fifty = "50" "fifty",
        Sixty = "60" "sixty",
        Seventy = "70" "seventy",
        Eighty = "80" "eighty",
        Ninety = "90" "ninety",
        Hundred = "100" "hundred",
        Thousand = "1000" "thousand",
        Million = "1000000" "million",
        And = "and" "and",
        Minute = "minute" "minute",
        Minutes = "minutes" "minutes",
    }
}

recordings! {
    /// What is said in Thai beside numbers. The polite particle is a word of its own.
    ThaiSentence in "th" {
        Greeting = "greeting" "ศูนย์บริการกระทรวงพาณิชย์ สวัสดี",
        PleaseWait = "please_wait" "ขณะนี้เจ้าหน้าที่ทุกท่านกำลังให้บริการ กรุณาถือสายรอสักครู่",
        PositionIs = "position" "ขณะนี้ท่านอยู่ในลำดับที่",
        WaitIsAbout = "wait_about" "ระยะเวลารอสายประมาณ",
        WaitIsShort = "wait_short" "ระยะเวลารอสายไม่ถึงหนึ่งนาที",
        WaitIsLong = "wait_long" "ระยะเวลารอสายมากกว่าหนึ่งชั่วโมง",
        OfferCallback = "callback" "หากต้องการให้เจ้าหน้าที่โทรกลับ กรุณากดหนึ่ง",
        CallbackTaken = "callback_taken" "รับเรื่องแล้ว เจ้าหน้าที่จะโทรกลับ",
        Closed = "closed" "ขณะนี้อยู่นอกเวลาทำการ กรุณาติดต่อใหม่ในวันและเวลาทำการ",
        Holiday = "holiday" "วันนี้เป็นวันหยุด ศูนย์บริการปิดทำการ กรุณาติดต่อใหม่ในวันและเวลาทำการ",
        Busy = "busy" "ขออภัย ขณะนี้เจ้าหน้าที่ไม่ว่าง กรุณาติดต่อใหม่ภายหลัง",
        Transferring = "transferring" "กรุณาถือสายรอสักครู่ กำลังโอนสายไปยังหน่วยงานที่เกี่ยวข้อง",
        Goodbye = "goodbye" "ขอบคุณ สวัสดี",
        Recorded = "recorded" "เพื่อประโยชน์ของท่าน สายนี้มีการบันทึกเสียง",
    }
}

recordings! {
    /// What is said in English beside numbers.
    EnglishSentence in "en" {
        Greeting = "greeting" "Ministry of Commerce service centre, good day.",
        PleaseWait = "please_wait" "All our officers are busy. Please hold the line.",
        PositionIs = "position" "You are now number",
        WaitIsAbout = "wait_about" "Your expected waiting time is about",
        WaitIsShort = "wait_short" "Your expected waiting time is less than one minute.",
        WaitIsLong = "wait_long" "Your expected waiting time is more than one hour.",
        OfferCallback = "callback" "To be called back by an officer, press one.",
        CallbackTaken = "callback_taken" "Thank you. An officer will call you back.",
        Closed = "closed" "We are closed now. Please call again during office hours.",
        Holiday = "holiday" "Today is a holiday, and we are closed. Please call again during office hours.",
        Busy = "busy" "We are sorry, all our officers are busy. Please call again later.",
        Transferring = "transferring" "Please hold the line. We are connecting you to the office in charge.",
        Goodbye = "goodbye" "Thank you. Goodbye.",
        Recorded = "recorded" "For your protection, this call is being recorded.",
    }
}

/// What is said beside numbers, in either language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sentence {
    /// The centre's name and a good day.
    Greeting,
    /// Nobody is free: please hold.
    PleaseWait,
    /// Before the position in the queue.
    PositionIs,
    /// Before the minutes of waiting.
    WaitIsAbout,
    /// Less than a minute.
    WaitIsShort,
    /// More than an hour.
    WaitIsLong,
    /// Press 1 to be called back.
    OfferCallback,
    /// You will be called back.
    CallbackTaken,
    /// Outside the opening hours.
    Closed,
    /// Closed, since it is a holiday.
    Holiday,
    /// Nobody is free: please call again.
    Busy,
    /// Please hold: somebody else is being called.
    Transferring,
    /// The end.
    Goodbye,
    /// What is said is recorded.
    Recorded,
}

/// One recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clip {
    /// A word.
    Thai(ThaiWord),
    /// A word.
    English(EnglishWord),
    /// A phrase, without its particle.
    ThaiSentence(ThaiSentence),
    /// A phrase.
    EnglishSentence(EnglishSentence),
}

impl Clip {
    /// Every recording there must be.
    pub fn all() -> impl Iterator<Item = Clip> {
        let thai = ThaiWord::ALL.iter().map(|word| Clip::Thai(*word));
        let english = EnglishWord::ALL.iter().map(|word| Clip::English(*word));
        let phrases = ThaiSentence::ALL
            .iter()
            .map(|said| Clip::ThaiSentence(*said));
        let said = (EnglishSentence::ALL.iter()).map(|said| Clip::EnglishSentence(*said));
        thai.chain(phrases).chain(english).chain(said)
    }

    /// Every recording of one language.
    pub fn all_of(language: Language) -> impl Iterator<Item = Clip> {
        Clip::all().filter(move |clip| clip.language() == language)
    }

    /// In which language it is.
    pub const fn language(self) -> Language {
        match self {
            Clip::Thai(_) | Clip::ThaiSentence(_) => Language::Thai,
            Clip::English(_) | Clip::EnglishSentence(_) => Language::English,
        }
    }

    /// Whether it is a polite end, and no word by itself.
    pub(crate) const fn is_particle(self) -> bool {
        matches!(self, Clip::Thai(ThaiWord::Ka | ThaiWord::Krap))
    }

    /// Whether it is more than a word.
    pub(crate) const fn is_sentence(self) -> bool {
        matches!(self, Clip::ThaiSentence(_) | Clip::EnglishSentence(_))
    }

    /// The file, below the folder of prompts: `th/greeting.wav`.
    pub const fn file(self) -> &'static str {
        match self {
            Clip::Thai(word) => word.file(),
            Clip::English(word) => word.file(),
            Clip::ThaiSentence(phrase) => phrase.file(),
            Clip::EnglishSentence(phrase) => phrase.file(),
        }
    }

    /// What is to be heard.
    pub const fn text(self) -> &'static str {
        match self {
            Clip::Thai(word) => word.text(),
            Clip::English(word) => word.text(),
            Clip::ThaiSentence(phrase) => phrase.text(),
            Clip::EnglishSentence(phrase) => phrase.text(),
        }
    }
}

/// Both languages have the same phrases under the same names.
macro_rules! in_both {
    ($($phrase:ident)*) => {
        impl Sentence {
            /// The recording of it in a language, without a particle.
            pub const fn clip(self, language: Language) -> Clip {
                match (language, self) {
                    $((Language::Thai, Sentence::$phrase) => Clip::ThaiSentence(ThaiSentence::$phrase),
                    (Language::English, Sentence::$phrase) => Clip::EnglishSentence(EnglishSentence::$phrase),)*
                }
            }
        }
    };
}

in_both! { Greeting PleaseWait PositionIs WaitIsAbout WaitIsShort WaitIsLong OfferCallback CallbackTaken Closed Holiday Busy Transferring Goodbye Recorded }

impl Sentence {
    /// All of them.
    pub const ALL: [Sentence; 14] = [
        Sentence::Greeting,
        Sentence::PleaseWait,
        Sentence::PositionIs,
        Sentence::WaitIsAbout,
        Sentence::WaitIsShort,
        Sentence::WaitIsLong,
        Sentence::OfferCallback,
        Sentence::CallbackTaken,
        Sentence::Closed,
        Sentence::Holiday,
        Sentence::Busy,
        Sentence::Transferring,
        Sentence::Goodbye,
        Sentence::Recorded,
    ];

    /// The sentence that [`crate::Phrase::Clip`] calls so: `please_wait`.
    pub fn named(name: &str) -> Option<Sentence> {
        Sentence::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Its name, the same in every language: the file's without folder and ending.
    pub fn name(self) -> &'static str {
        let file = self.clip(Language::English).file();
        let stem = file.strip_prefix("en/").unwrap_or(file);
        stem.strip_suffix(".wav").unwrap_or(stem)
    }

    /// The whole sentence: in Thai with its particle. [`Sentence::PositionIs`] and [`Sentence::WaitIsAbout`]
    /// are beginnings only: [`crate::position`] and [`crate::waiting_time`] end them.
    pub fn said(self, language: Language, particle: Particle) -> Vec<Clip> {
        let mut clips = vec![self.clip(language)];
        clips.extend(particle.clip(language));
        clips
    }
}

impl Particle {
    /// Its recording, where the language has one.
    pub const fn clip(self, language: Language) -> Option<Clip> {
        match (language, self) {
            (Language::Thai, Particle::Ka) => Some(Clip::Thai(ThaiWord::Ka)),
            (Language::Thai, Particle::Krap) => Some(Clip::Thai(ThaiWord::Krap)),
            (Language::English, _) => None,
        }
    }
}
