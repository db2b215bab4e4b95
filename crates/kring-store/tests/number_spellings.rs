//! All spellings of one number are one number, and two numbers are never one: laws over spellings that are made up
//! (product.md 11.6).

use kring_store::{Ingress, Number, NumberClass, NumberPlan};
use proptest::{prelude::*, sample::select};
use std::collections::HashMap;

/// How a number is marked as one of Thailand, before its digits without the zero.
const MARKS: [&str; 9] = [
    "0", "+66", "66", "0066", "+660", "+66(0)", "660", "00660", "+66-0",
];

const SEPARATORS: [&str; 14] = [
    "-", " ", ".", "\u{a0}", "\u{2009}", "\u{2010}", "\u{2011}", "\u{2013}", "\u{2014}",
    "\u{2212}", "－", "・", "_", " - ",
];

/// Not seen: zero-width spaces and joiners, bidi marks and isolates, soft hyphens.
const INVISIBLE: [&str; 14] = [
    "\u{200b}", "\u{200c}", "\u{200d}", "\u{200e}", "\u{200f}", "\u{202a}", "\u{202c}", "\u{202d}",
    "\u{2060}", "\u{2066}", "\u{2068}", "\u{2069}", "\u{feff}", "\u{61c}",
];

const WORDS: [&str; 14] = [
    "",
    "",
    "",
    "โทร ",
    "โทร.",
    "โทรศัพท์: ",
    "เบอร์โทร ",
    "เบอร์มือถือ",
    "หมายเลข ",
    "ติดต่อ ",
    "Tel. ",
    "TEL:",
    "Phone ",
    "mobile: ",
];

const EXTENSIONS: [(&str, Option<&str>); 11] = [
    ("", None),
    ("", None),
    ("", None),
    (" ต่อ 12", Some("12")),
    (" ต่อ ๑๒", Some("12")),
    (" ext. 12", Some("12")),
    (" Ext 12", Some("12")),
    ("#12", Some("12")),
    (" extension 12", Some("12")),
    (" x12", Some("12")),
    (" ต่อเบอร์ภายใน 12", Some("12")),
];

/// Digits without the zero: a mobile or a fixed line.
fn national() -> impl Strategy<Value = String> {
    "(8[0-9]{8}|9[0-9]{8}|6[1-6][0-9]{7}|2[0-9]{7}|3[2-9][0-9]{6}|4[2-5][0-9]{6}|5[2-6][0-9]{6}|7[3-7][0-9]{6})"
}

#[derive(Clone, Debug)]
struct Style {
    mark: &'static str,
    script: u8,
    between: Vec<(&'static str, &'static str)>,
    word: &'static str,
    extension: (&'static str, Option<&'static str>),
    frame: u8,
}

fn style(mark: &'static str) -> impl Strategy<Value = Style> {
    let between = (
        select(vec!["", "", "", "-"]),
        select(SEPARATORS.to_vec()),
        select(INVISIBLE.to_vec()),
        0..6_u8,
    );
    let between = between.prop_map(|(rarely, separator, invisible, which)| match which {
        0 => (separator, ""),
        1 => ("", invisible),
        2 => (separator, invisible),
        _ => (rarely, ""),
    });
    (
        0..4_u8,
        prop::collection::vec(between, 16),
        select(WORDS.to_vec()),
        select(EXTENSIONS.to_vec()),
        0..8_u8,
    )
        .prop_map(move |(script, between, word, extension, frame)| Style {
            mark,
            script,
            between,
            word,
            extension,
            frame,
        })
}

fn any_style() -> impl Strategy<Value = Style> {
    select(MARKS.to_vec()).prop_flat_map(style)
}

impl Style {
    /// The number in this style, and the extension that it names.
    fn spell(&self, national: &str) -> (String, Option<&'static str>) {
        let plain = format!("{}{national}", self.mark);
        // In an address only what may stand there.
        match self.frame {
            0 => return (format!("sip:{plain}@192.0.2.10"), None),
            1 => return (format!("SIP:{plain}@pbx.example.go.th;user=phone"), None),
            2 => return (format!("tel:{plain}"), None),
            3 => return (format!("\"สมชาย 99\" <sips:{plain}@pbx:5061>"), None),
            _ => {}
        }
        let mut text = self.word.to_owned();
        let area = self.frame == 4 && self.mark == "0";
        for (n, c) in plain.chars().enumerate() {
            if area && n == 0 {
                text.push('(');
            }
            text.push(self.script(c, n));
            if area && n == 2 {
                text.push(')');
            }
            // A plus stands before a digit, and nothing is put after the last.
            if n + 1 < plain.len() {
                let (separator, invisible) = self.between[n % self.between.len()];
                text.push_str(separator);
                text.push_str(invisible);
            }
        }
        text.push_str(self.extension.0);
        (text, self.extension.1)
    }

    fn script(&self, c: char, n: usize) -> char {
        let from = |zero: char| {
            c.to_digit(10)
                .and_then(|d| char::from_u32(zero as u32 + d))
                .unwrap_or(c)
        };
        match (self.script, n % 2) {
            (1, _) | (3, 0) => from('๐'),
            (2 | 3, _) => match c {
                '+' => '＋',
                _ => from('０'),
            },
            _ => c,
        }
    }
}

fn read(raw: &str) -> Number {
    Number::read(raw, &NumberPlan::default())
}

/// Whatever is said of one spelling is said of 400, for every mark.
fn laws_for(mark: &'static str) {
    let config = ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(national in national(), style in style(mark))| {
        let (raw, extension) = style.spell(&national);
        let number = read(&raw);
        prop_assert_eq!(&number.canonical, &format!("+66{national}"), "{:?}", raw);
        prop_assert_eq!(number.extension.as_deref(), extension, "{:?}", raw);
        prop_assert!(number.is_personal());
    });
}

#[test]
fn every_spelling_is_one_number_whatever_its_mark() {
    for mark in MARKS {
        laws_for(mark);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Two numbers are one only when all their digits are.
    #[test]
    fn two_numbers_are_never_one(one in national(), other in national(), a in any_style(), b in any_style()) {
        let (one_raw, _) = a.spell(&one);
        let (other_raw, _) = b.spell(&other);
        prop_assert_eq!(read(&one_raw).canonical == read(&other_raw).canonical, one == other);
    }

    /// A digit more, less, or another makes another number.
    #[test]
    fn one_digit_makes_another_number(national in national(), at in 0..9_usize, digit in 1..10_u32, style in any_style()) {
        let number = read(&style.spell(&national).0);
        let digits: Vec<char> = national.chars().collect();
        let at = at % digits.len();
        let mut other = digits.clone();
        let turned = (digits[at].to_digit(10).unwrap() + digit) % 10;
        other[at] = char::from_digit(turned, 10).unwrap();
        for other in [other, digits[..digits.len() - 1].to_vec(), [digits.clone(), vec!['7']].concat()] {
            let other: String = other.into_iter().collect();
            prop_assert_ne!(&read(&style.spell(&other).0).canonical, &number.canonical);
        }
    }

    /// Local numbers take the area of the house, whatever their spelling.
    #[test]
    fn local_numbers_take_the_area(local in "[2-9][0-9]{5}", style in style("")) {
        let (raw, extension) = Style { frame: 7, ..style }.spell(&local);
        let number = read(&raw);
        prop_assert_eq!(&number.canonical, &format!("+6638{local}"), "{:?}", raw);
        prop_assert_eq!(number.extension.as_deref(), extension);
        let bangkok = NumberPlan { area_default: "02".to_owned(), ..NumberPlan::default() };
        let number = Number::read(&format!("5{local}"), &bangkok);
        prop_assert_eq!(number.canonical, format!("+6625{local}"));
    }
}

#[test]
fn a_thousand_neighbours_are_a_thousand_numbers() {
    let mut seen: HashMap<String, String> = HashMap::new();
    for n in 0..1_000_u32 {
        for raw in [
            format!("081{:07}", n * 9_973 % 10_000_000),
            format!("038{:06}", n * 991 % 1_000_000),
        ] {
            if let Some(other) = seen.insert(read(&raw).canonical, raw.clone()) {
                assert_eq!(other, raw, "two numbers are one");
            }
        }
    }
}

#[test]
fn inside_an_extension_comes_before_a_short_code() {
    let plan = NumberPlan {
        internal_patterns: vec!["12##".to_owned()],
        ..NumberPlan::default()
    };
    let inside = |raw: &str| Number::read_from(raw, &plan, Ingress::Inside).canonical;
    let outside = |raw: &str| Number::read_from(raw, &plan, Ingress::Outside).canonical;
    assert_eq!(
        (inside("1203").as_str(), outside("1203").as_str()),
        ("ext:1203", "short:1203")
    );
    assert_eq!(
        (inside("191").as_str(), outside("191").as_str()),
        ("short:191", "short:191")
    );
    assert_eq!(inside("0812345678"), "+66812345678");
    let no_pattern = NumberPlan::default();
    let number = Number::read_from("1203", &no_pattern, Ingress::Inside);
    assert_eq!(
        number.class,
        NumberClass::Shortcode,
        "a hotline of the house, unless it is said to be an extension"
    );
}

#[test]
fn odd_spellings_that_people_and_phones_write() {
    for raw in [
        "sip:%2B66812345678@pbx.example",
        "<sip:0812345678@pbx.example>;tag=1",
        "tel:+66-81-234-5678;phone-context=example",
        "+0812345678",
        "[081] 234 5678",
        "（０８１）２３４－５６７８",
        "โทรศัพท์เคลื่อนที่หมายเลข ๐๘๑-๒๓๔-๕๖๗๘",
        "\u{2066}081-234-5678\u{2069}",
    ] {
        assert_eq!(read(raw).canonical, "+66812345678", "{raw}");
    }
    let long = read("โทรศัพท์ ๐๓๘-๖๑๑-๐๒๕ ต่อ ๑๒");
    assert_eq!(
        (long.canonical.as_str(), long.extension.as_deref()),
        ("+6638611025", Some("12")),
        "71 bytes"
    );
    for word in [
        "anonymous",
        "Restricted",
        "UNKNOWN",
        "unavailable",
        "private",
        "ไม่แสดงหมายเลข",
        "",
        "sip:anonymous@anonymous.invalid",
    ] {
        assert_eq!(read(word), Number::anonymous(), "{word}");
    }
}
