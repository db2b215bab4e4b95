//! Telephone numbers as Thai people write them, folded to one canonical value.
//!
//! Whatever spelling came in, the same subscriber gives the same canonical text, and two numbers
//! are the same exactly when their canonical texts are equal.

use crate::{
    limits,
    names::stored_names,
    number_text::{Marked, Written},
};
use phonenumber::{Mode, PhoneNumber, Type, metadata::DATABASE};
use serde::{Deserialize, Serialize};

stored_names! {
    /// What kind of number it is.
    NumberClass {
        /// มือถือ.
        Mobile => "mobile",
        /// บ้าน.
        Landline => "landline",
        /// A toll-free or shared-cost number, such as 1800-123-456.
        Hotline => "hotline",
        /// ภายใน.
        Internal => "internal",
        /// ไม่แสดงเบอร์.
        Anon => "anon",
        /// ต่างประเทศ.
        Foreign => "foreign",
        /// สายด่วน: a short number that is nobody's own, such as 1203.
        Shortcode => "shortcode",
    }
}

/// How numbers are read here (`[number]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberPlan {
    /// Area code that local numbers take, such as `038`.
    pub area_default: String,
    /// Hotlines that forward to us, such as `1203`.
    pub hotlines: Vec<String>,
    /// Internal extensions: `#` stands for a digit, so `2###` is 2000 to 2999.
    pub internal_patterns: Vec<String>,
}

impl Default for NumberPlan {
    fn default() -> NumberPlan {
        NumberPlan {
            area_default: "038".to_owned(),
            hotlines: vec!["1203".to_owned(), "1569".to_owned()],
            internal_patterns: Vec::new(),
        }
    }
}

/// From where a number came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ingress {
    /// From a PBX that passes on callers of all kinds, or from a person's hand.
    Outside,
    /// From a telephone of the house: what may be an extension is one, before it is a short code.
    Inside,
}

/// A number, read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Number {
    /// `+66812345678`, `short:1203`, `ext:2104` or `anon`.
    pub canonical: String,
    /// As people write it: `081-234-5678`; empty for `anon`.
    pub display: String,
    /// Its class.
    pub class: NumberClass,
    /// What was written after it: `12` of `038-611-025 ต่อ 12`.
    pub extension: Option<String>,
}

impl Number {
    /// Reads what a PBX or a person wrote, or a canonical text. Never fails: what is no number at
    /// all is `anon`.
    pub fn read(raw: &str, plan: &NumberPlan) -> Number {
        Number::read_from(raw, plan, Ingress::Outside)
    }

    /// The same of a number that came from there.
    pub fn read_from(raw: &str, plan: &NumberPlan, ingress: Ingress) -> Number {
        if raw.len() > limits::NUMBER_BYTES_MAX {
            return Number::anonymous();
        }
        match Written::read(raw) {
            Some(written) => {
                let mut number = classify(&written, plan, ingress);
                number.extension = written.extension.filter(|_| number.class.is_personal());
                number
            }
            None => Number::anonymous(),
        }
    }

    /// The number of a caller who withholds it.
    pub fn anonymous() -> Number {
        Number::of("anon".to_owned(), String::new(), NumberClass::Anon)
    }

    fn of(canonical: String, display: String, class: NumberClass) -> Number {
        Number {
            canonical,
            display,
            class,
            extension: None,
        }
    }

    fn short(digits: &str) -> Number {
        Number::of(
            format!("short:{digits}"),
            digits.to_owned(),
            NumberClass::Shortcode,
        )
    }

    fn internal(digits: &str) -> Number {
        Number::of(
            format!("ext:{digits}"),
            digits.to_owned(),
            NumberClass::Internal,
        )
    }

    /// Whether it can be a person's own: a contact may be linked to it.
    pub fn is_personal(&self) -> bool {
        self.class.is_personal()
    }
}

impl NumberClass {
    /// Whether a number of this class can be a person's own.
    pub const fn is_personal(self) -> bool {
        matches!(
            self,
            NumberClass::Mobile
                | NumberClass::Landline
                | NumberClass::Foreign
                | NumberClass::Internal
        )
    }
}

/// Digits of an international number at most (E.164).
const E164_MAX: usize = 15;
/// Digits of an international number at least that is believed without metadata.
const E164_MIN: usize = 7;
/// Digits of a number that only a PBX can have sent, at most.
const INTERNAL_MAX: usize = 6;

/// From the surest reading to the least sure.
fn classify(written: &Written, plan: &NumberPlan, ingress: Ingress) -> Number {
    let digits = written.digits.as_str();
    match written.marked {
        Marked::Plus => {
            return match digits.strip_prefix("66") {
                Some(national) => thai_or_unlisted(national),
                // A plus before a trunk zero: meant for a number at home.
                None if digits.starts_with('0') => thai(digits).unwrap_or_else(Number::anonymous),
                None => foreign_or_unlisted(digits),
            };
        }
        Marked::Short => return Number::short(digits),
        Marked::Internal => return Number::internal(digits),
        Marked::Not => {}
    }
    // The library's international prefix is 00[1-9]: it would take 006 off and leave 6.
    if let Some(national) = digits.strip_prefix("0066") {
        return thai_or_unlisted(national);
    }
    let is_hotline = plan.hotlines.iter().any(|hotline| hotline == digits);
    let mut patterns = plan.internal_patterns.iter();
    let is_internal = patterns.any(|pattern| fits(pattern, digits));
    match (is_hotline, is_internal, ingress) {
        (_, true, Ingress::Inside) | (false, true, Ingress::Outside) => {
            return Number::internal(digits);
        }
        (true, ..) => return Number::short(digits),
        (false, false, _) => {}
    }
    let found = match digits.as_bytes() {
        [b'0', b'0', b'1'..=b'9', ..] => dialled_abroad(&digits[3..]),
        [b'0', ..] => thai(&digits[1..]),
        [b'6', b'6', ..] if digits.len() >= 10 => thai(&digits[2..]),
        [b'1', ..] if matches!(digits.len(), 3 | 4) => Some(Number::short(digits)),
        _ => local(digits, &plan.area_default),
    };
    found.unwrap_or_else(|| unmarked(digits))
}

/// A number that no rule of writing explains: Thai without its zero, foreign without its plus, or
/// the PBX's own.
fn unmarked(digits: &str) -> Number {
    let outside = || thai(digits).or_else(|| foreign(digits));
    let found = (digits.len() > INTERNAL_MAX && !digits.starts_with('0'))
        .then(outside)
        .flatten();
    match found {
        Some(number) => number,
        None if digits.len() <= E164_MAX => Number::internal(digits),
        None => Number::anonymous(),
    }
}

/// A local number: six digits after 038, seven after 02.
fn local(digits: &str, area: &str) -> Option<Number> {
    // A Thai fixed-line number has nine digits, the zero and the area code included.
    (digits.len() + area.len() == 9)
        .then(|| thai(&format!("{}{digits}", area.strip_prefix('0')?)))?
}

/// What follows an international prefix of Thailand.
fn dialled_abroad(digits: &str) -> Option<Number> {
    match digits.strip_prefix("66") {
        Some(national) => thai(national),
        None => foreign(digits),
    }
}

/// A number in Thailand, written after +66: the writer says that it is one, so it is kept even when
/// its range is newer than the metadata.
fn thai_or_unlisted(national: &str) -> Number {
    let national = national.trim_start_matches('0');
    thai(national).unwrap_or_else(|| match national.len() {
        E164_MIN..=13 => thai_number(national, NumberClass::Landline),
        _ => Number::anonymous(),
    })
}

/// A number in Thailand, by its national significant digits (a trunk zero is passed over), if there
/// is such a range.
fn thai(national: &str) -> Option<Number> {
    let national = national.trim_start_matches('0');
    // The common ranges first: the library takes a hundred times as long.
    let class = match (national.len(), national.as_bytes()) {
        (9, [b'8' | b'9', ..] | [b'6', b'1'..=b'6', ..]) => NumberClass::Mobile,
        (8, [b'2', ..] | [b'3', b'2'..=b'9', ..] | [b'4', b'2'..=b'5', ..]) => {
            NumberClass::Landline
        }
        (8, [b'5', b'2'..=b'6', ..] | [b'7', b'3'..=b'7', ..]) => NumberClass::Landline,
        _ => listed(&format!("+66{national}"))?.1,
    };
    Some(thai_number(national, class))
}

fn thai_number(national: &str, class: NumberClass) -> Number {
    let canonical = format!("+66{national}");
    let display = match (national.len(), national.as_bytes()) {
        (9, _) => format!("0{}-{}-{}", &national[..2], &national[2..5], &national[5..]),
        (8, [b'2', ..]) => format!("02-{}-{}", &national[1..4], &national[4..]),
        (8, _) => format!("0{}-{}-{}", &national[..2], &national[2..5], &national[5..]),
        (10, [b'1', ..]) => format!("{}-{}-{}", &national[..4], &national[4..7], &national[7..]),
        _ => canonical.clone(),
    };
    Number::of(canonical, display, class)
}

/// A number abroad, if there is such a range.
fn foreign(digits: &str) -> Option<Number> {
    if digits.len() > E164_MAX || digits.starts_with('0') {
        return None;
    }
    let canonical = format!("+{digits}");
    let (number, _) = listed(&canonical)?;
    let display = number.format().mode(Mode::International).to_string();
    // Some spellings carry a trunk zero that the library knows to take away.
    let canonical = number.format().mode(Mode::E164).to_string();
    Some(Number::of(canonical, display, NumberClass::Foreign))
}

/// A number written after a plus: the writer says that it is one.
fn foreign_or_unlisted(digits: &str) -> Number {
    foreign(digits).unwrap_or_else(|| match digits.len() {
        E164_MIN..=E164_MAX if !digits.starts_with('0') => {
            let canonical = format!("+{digits}");
            Number::of(canonical.clone(), canonical, NumberClass::Foreign)
        }
        _ => Number::anonymous(),
    })
}

/// What the metadata say of an international number; none when there is no such range. The class is
/// that of a number in Thailand.
fn listed(international: &str) -> Option<(PhoneNumber, NumberClass)> {
    let number = phonenumber::parse(None, international).ok()?;
    let kind = number.is_valid().then(|| number.number_type(&DATABASE))?;
    let class = match kind {
        Type::Mobile => NumberClass::Mobile,
        Type::TollFree | Type::PremiumRate | Type::SharedCost => NumberClass::Hotline,
        _ => NumberClass::Landline,
    };
    Some((number, class))
}

/// Whether `digits` has the form of `pattern`, in which `#` stands for any digit.
fn fits(pattern: &str, digits: &str) -> bool {
    pattern.len() == digits.len()
        && pattern
            .bytes()
            .zip(digits.bytes())
            .all(|(want, digit)| want == b'#' || want == digit)
}
