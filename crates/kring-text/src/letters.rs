//! Folded text with one byte for each character: what is searched is small, and a place in it is a place in
//! the text. Thai stands above ASCII; whatever is neither is one and the same letter.

use crate::{fold::folded_with_places, words::cuts};

/// What stands for a character that is neither Thai nor ASCII.
const FOREIGN: u8 = 0x1a;

/// The letters of a text, and where its words begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Letters {
    pub(crate) bytes: Box<[u8]>,
    /// A bit for each letter before which a word ends or begins.
    cuts: Box<[u64]>,
}

/// Letters, each with the place in the original at which it begins.
#[derive(Debug, Default)]
pub(crate) struct Placed {
    pub(crate) letters: Letters,
    pub(crate) places: Vec<usize>,
}

impl Letters {
    /// Of a text as people write it; at most so many.
    pub(crate) fn of(text: &str, most: usize) -> Letters {
        Placed::of(text, most).letters
    }

    /// Whether a word begins or ends before this letter.
    pub(crate) fn is_cut(&self, at: usize) -> bool {
        at == 0
            || at >= self.bytes.len()
            || self
                .cuts
                .get(at / 64)
                .is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }

    /// Bytes of memory.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len() + self.cuts.len() * 8
    }
}

impl Placed {
    pub(crate) fn of(text: &str, most: usize) -> Placed {
        let mut folded = folded_with_places(text);
        folded.truncate(most);
        let bytes: Box<[u8]> = folded.iter().map(|(c, _)| letter(*c)).collect();
        let whole: String = folded.iter().map(|(c, _)| *c).collect();
        let mut bits = vec![0_u64; bytes.len().div_ceil(64)];
        let mut ends = cuts(&whole).into_iter().peekable();
        for (n, (at, _)) in whole.char_indices().enumerate() {
            while ends.next_if(|end| *end < at).is_some() {}
            if ends.next_if_eq(&at).is_some() {
                bits[n / 64] |= 1 << (n % 64);
            }
        }
        Placed {
            letters: Letters {
                bytes,
                cuts: bits.into(),
            },
            places: folded.into_iter().map(|(_, at)| at).collect(),
        }
    }
}

/// The letter that stands for a character of a folded text.
pub(crate) fn letter(c: char) -> u8 {
    match c {
        '\u{e01}'..='\u{e5b}' => 0x80 + (c as u32 - 0xe00) as u8,
        c if c.is_ascii() && !c.is_ascii_control() => c as u8,
        _ => FOREIGN,
    }
}

/// A mark above or below the letter before it: no word begins with one, and none ends before one.
pub(crate) fn is_mark(letter: u8) -> bool {
    matches!(letter, 0xb1 | 0xb3..=0xba | 0xc7..=0xce)
}

/// A letter or digit of a word, Thai marks among them.
pub(crate) const fn is_of_word(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || letter == FOREIGN || (letter > 0x80 && letter != 0xbf)
}

/// What is left of letters when those that sound alike are one: no tone marks, no silent letters, no spaces;
/// so that พานิช and พาณิชย์ are the same.
pub(crate) fn sounds(letters: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(letters.len());
    for letter in letters {
        match SOUNDS[usize::from(*letter)] {
            NONE => {}
            SILENCE => silence(&mut out, |sound| *sound),
            sound => out.push(sound),
        }
    }
    out
}

/// The same, each with the place of its letter.
pub(crate) fn placed_sounds(letters: &[u8]) -> Vec<(u8, usize)> {
    let mut out = Vec::with_capacity(letters.len());
    for (at, letter) in letters.iter().enumerate() {
        match SOUNDS[usize::from(*letter)] {
            NONE => {}
            SILENCE => silence(&mut out, |(sound, _)| *sound),
            sound => out.push((sound, at)),
        }
    }
    out
}

/// ์ silences the consonant below it, and its vowel.
fn silence<S>(out: &mut Vec<S>, sound: fn(&S) -> u8) {
    while out.pop_if(|last| is_vowel_sound(sound(last))).is_some() {}
    out.pop_if(|last| sound(last) > 0x80);
}

/// No sound.
const NONE: u8 = 0;
/// The sound of ์.
const SILENCE: u8 = 1;

/// The sound of each letter.
static SOUNDS: [u8; 256] = {
    let mut all = [NONE; 256];
    let mut letter = 0;
    while letter < 256 {
        all[letter] = match letter as u8 {
            0xcc => SILENCE,
            // ั ็ ่ ้ ๊ ๋ ํ ๎ ฯ ๆ
            0xb1 | 0xc7..=0xcb | 0xcd | 0xce | 0xaf | 0xc6 => NONE,
            letter if is_of_word(letter) => sound(letter),
            _ => NONE,
        };
        letter += 1;
    }
    all
};

/// ิ and ุ, which stand for their long sisters too.
fn is_vowel_sound(sound: u8) -> bool {
    matches!(sound, 0xb4 | 0xb8)
}

/// One letter for all that sound like it.
const fn sound(letter: u8) -> u8 {
    match letter {
        // ข ฃ ค ฅ ฆ
        0x82..=0x86 => 0x84,
        // ฉ ช ฌ
        0x89 | 0x8a | 0x8c => 0x8a,
        // ซ ศ ษ ส
        0x8b | 0xa8..=0xaa => 0xaa,
        // ญ ย
        0x8d | 0xa2 => 0xa2,
        // ฎ ด ฏ ต
        0x8e | 0x94 | 0x8f | 0x95 => 0x94,
        // ฐ ฑ ฒ ถ ท ธ
        0x90..=0x92 | 0x96..=0x98 => 0x97,
        // ณ น
        0x93 | 0x99 => 0x99,
        // ผ พ ภ
        0x9c | 0x9e | 0xa0 => 0x9e,
        // ฝ ฟ
        0x9d | 0x9f => 0x9f,
        // ล ฬ
        0xa5 | 0xac => 0xa5,
        // ห ฮ
        0xab | 0xae => 0xab,
        // ิ ี ึ ื
        0xb4..=0xb7 => 0xb4,
        // ุ ู
        0xb8 | 0xb9 => 0xb8,
        // ใ ไ
        0xc3 | 0xc4 => 0xc4,
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sounding(text: &str) -> Vec<u8> {
        sounds(&Letters::of(text, 1_000).bytes)
    }

    #[test]
    fn what_sounds_alike_is_one() {
        for (one, other) in [
            ("พานิช", "พาณิชย์"),
            ("ทะเบียน", "ทะเบี่ยน"),
            ("จด ทะเบียน", "จดทะเบียน"),
            ("ลิขสิทธิ์", "ลิขสิท"),
            ("ไบอนุญาต", "ใบอนุญาต"),
            ("สินค้า", "สินค่า"),
            ("ศาล", "สาล"),
        ] {
            assert_eq!(sounding(one), sounding(other), "{one} and {other}");
        }
        assert_ne!(sounding("สินค้า"), sounding("สินเชื่อ"));
    }

    #[test]
    fn words_are_cut_where_they_end() {
        let letters = Letters::of("ตั้งบริษัท DBD", 100);
        let cuts: Vec<usize> = (0..=letters.bytes.len())
            .filter(|at| letters.is_cut(*at))
            .collect();
        assert_eq!(cuts, [0, 4, 10, 11, 14]);
        assert_eq!(Letters::of("กขค", 2).bytes.len(), 2);
    }
}
