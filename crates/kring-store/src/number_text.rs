//! The spelling of a number: which of its characters count.
//!
//! Knows scripts and punctuation, and nothing of number ranges.

/// How the writer marked what kind of number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marked {
    /// Not at all.
    Not,
    /// `+`: international.
    Plus,
    /// `short:`, our own canonical form.
    Short,
    /// `ext:`, our own canonical form.
    Internal,
}

/// A number as it was written, without its ornaments.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) marked: Marked,
    /// ASCII digits, 1 to [`DIGITS_MAX`].
    pub(crate) digits: String,
    /// The digits after ต่อ, `ext` and the like.
    pub(crate) extension: Option<String>,
}

/// More digits than any number has, a spelled-out prefix included.
const DIGITS_MAX: usize = 24;
/// Digits of an extension at most.
const EXTENSION_MAX: usize = 8;
/// Words that may stand before a number, those that begin like another one first.
const LEADS: [&str; 19] = [
    "โทรศัพท์",
    "โทรสาร",
    "โทร",
    "เบอร์",
    "มือถือ",
    "เคลื่อนที่",
    "หมายเลข",
    "ติดต่อ",
    "แฟกซ์",
    "telephone",
    "tel",
    "phone",
    "mobile",
    "cell",
    "call",
    "fax",
    "number",
    "no",
    "t",
];
/// What may stand before an extension, those that begin like another one first.
const EXTENSION_MARKS: [&str; 12] = [
    "ต่อเบอร์ภายใน",
    "ต่อภายใน",
    "ต่อ",
    "เบอร์ภายใน",
    "ภายใน",
    "กด",
    ";ext=",
    "extension",
    "ext",
    "x",
    "#",
    ",",
];
/// A plus in the user part of an address.
const ENCODED_PLUS: &str = "%2b";

impl Written {
    /// The first number of `raw`; none when it does not begin with one.
    pub(crate) fn read(raw: &str) -> Option<Written> {
        let (mut marked, mut rest) = addressed(raw.trim());
        let mut digits = String::with_capacity(DIGITS_MAX);
        let mut extension = None;
        while let Some(c) = rest.chars().next() {
            let after = &rest[c.len_utf8()..];
            match Sign::of(c) {
                Sign::Digit(_) if digits.len() == DIGITS_MAX => return None,
                Sign::Digit(digit) => digits.push(digit),
                Sign::Ornament => {}
                Sign::Plus if digits.is_empty() && marked == Marked::Not => marked = Marked::Plus,
                Sign::Plus => break,
                Sign::Other if digits.is_empty() => {
                    if let Some(after) = after_word(rest, &[ENCODED_PLUS]) {
                        marked = Marked::Plus;
                        rest = after;
                    } else {
                        rest = after_word(rest, &LEADS)?;
                    }
                    continue;
                }
                Sign::Other => {
                    extension = after_word(rest, &EXTENSION_MARKS).and_then(extension_digits);
                    break;
                }
            }
            rest = after;
        }
        (!digits.is_empty()).then_some(Written {
            marked,
            digits,
            extension,
        })
    }
}

enum Sign {
    Digit(char),
    Plus,
    Ornament,
    Other,
}

impl Sign {
    fn of(c: char) -> Sign {
        let from = |zero: char| char::from(b'0' + (c as u32 - zero as u32) as u8);
        match c {
            '0'..='9' => Sign::Digit(c),
            '๐'..='๙' => Sign::Digit(from('๐')),
            '０'..='９' => Sign::Digit(from('０')),
            '+' | '＋' => Sign::Plus,
            '-' | '.' | '(' | ')' | '[' | ']' | ':' | '_' | '·' | '・' => Sign::Ornament,
            '（' | '）' | '－' | '．' | '：' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {
                Sign::Ornament
            }
            // Not seen: soft hyphens, zero-width characters, marks of direction.
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => {
                Sign::Ornament
            }
            '\u{2060}'..='\u{2069}' | '\u{feff}' => Sign::Ornament,
            space if space.is_whitespace() => Sign::Ornament,
            _ => Sign::Other,
        }
    }
}

/// Takes off a name and brackets, a scheme, and what follows an address's user part.
fn addressed(raw: &str) -> (Marked, &str) {
    let raw = match raw.split_once('<') {
        Some((_, inside)) => inside.split('>').next().unwrap_or(inside).trim(),
        None => raw,
    };
    let scheme = |name: &str| {
        let (head, rest) = raw.split_at_checked(name.len())?;
        head.eq_ignore_ascii_case(name).then_some(rest)
    };
    if let Some(rest) = scheme("short:") {
        return (Marked::Short, rest);
    }
    if let Some(rest) = scheme("ext:") {
        return (Marked::Internal, rest);
    }
    let rest = ["sip:", "sips:", "tel:"]
        .into_iter()
        .find_map(scheme)
        .unwrap_or(raw);
    (Marked::Not, rest.split('@').next().unwrap_or(rest))
}

fn after_word<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    words.iter().find_map(|word| {
        let (head, rest) = text.split_at_checked(word.len())?;
        head.eq_ignore_ascii_case(word).then_some(rest)
    })
}

fn extension_digits(text: &str) -> Option<String> {
    let mut digits = String::new();
    for c in text.chars() {
        match Sign::of(c) {
            Sign::Digit(digit) if digits.len() < EXTENSION_MAX => digits.push(digit),
            Sign::Ornament => {}
            _ => break,
        }
    }
    (!digits.is_empty()).then_some(digits)
}
