//! How numbers and names are spelled in SIP, and how they are taken in: without what stands only for
//! the eye in a number, and without what could play with the screen in a name.

use crate::limits::NAME_MAX;
use kring_sip::{HeaderName, Headers, NameAddr, Scheme, Uri};
use std::borrow::Cow;

/// The lines that are read here.
const READ: [HeaderName; 5] = [
    HeaderName::From,
    HeaderName::PAssertedIdentity,
    HeaderName::RemotePartyId,
    HeaderName::Diversion,
    HeaderName::HistoryInfo,
];

/// The headers with every line of names as text: what is not UTF-8 is Thai from an old exchange.
pub(super) fn readable(headers: &Headers) -> Cow<'_, Headers> {
    let is_text = |(name, value): (&HeaderName, &[u8])| {
        !READ.contains(name) || std::str::from_utf8(value).is_ok()
    };
    if headers.iter_raw().all(is_text) {
        return Cow::Borrowed(headers);
    }
    let mut told = Headers::new();
    for (name, value) in headers.iter_raw() {
        let text = match std::str::from_utf8(value) {
            Ok(text) => text.to_owned(),
            Err(_) => windows_874(value),
        };
        told.push(name.clone(), text);
    }
    Cow::Owned(told)
}

/// TIS-620 as Windows writes it (code page 874): Thai from 0xA1 on, in the order of Unicode. What is no
/// character there becomes U+FFFD.
fn windows_874(bytes: &[u8]) -> String {
    let one = |byte: &u8| match *byte {
        byte @ 0..=0x7f => char::from(byte),
        0x80 => '€',
        0x85 => '…',
        0x91 => '‘',
        0x92 => '’',
        0x93 => '“',
        0x94 => '”',
        0x95 => '•',
        0x96 => '–',
        0x97 => '—',
        0xa0 => ' ',
        byte @ (0xa1..=0xda | 0xdf..=0xfb) => {
            char::from_u32(0x0e00 + u32::from(byte) - 0xa0).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        _ => char::REPLACEMENT_CHARACTER,
    };
    bytes.iter().map(one).collect()
}

/// The number or the user of a URI. In a number the visual separators are gone (RFC 3966 §5.1.1),
/// as are parameters within the user part; a local number has its context before it.
pub(crate) fn number_of(uri: &Uri) -> String {
    let written = uri.user_decoded().unwrap_or_default();
    let user = written.split(';').next().unwrap_or_default().trim();
    let mut number: String = user.chars().filter(|c| !is_separator(*c)).collect();
    let is_number = !number.is_empty() && number.chars().enumerate().all(is_dialled);
    if !is_number {
        return clip(&user.replace(char::is_control, ""));
    }
    let own = uri.param("phone-context");
    let within = written.split(';').find_map(|param| {
        let (name, value) = param.split_once('=')?;
        let is_context = name.eq_ignore_ascii_case("phone-context");
        is_context.then_some(value)
    });
    if let Some(context) = own.or(within) {
        number = in_context(number, context);
    }
    clip(&number)
}

/// A visual separator, or the space that peers write instead.
fn is_separator(c: char) -> bool {
    matches!(c, '-' | '.' | '(' | ')' | ' ')
}

/// A character of a number at its place.
fn is_dialled((place, c): (usize, char)) -> bool {
    c.is_ascii_digit() || matches!(c, '*' | '#') || (place == 0 && c == '+')
}

/// A local number in its context (RFC 3966 §5.1.5). A context that is a domain says nothing that can
/// be dialled. A number with its own 0, and a short code in no more than a country, stand alone:
/// nobody dials +66 before 1203.
fn in_context(number: String, context: &str) -> String {
    let context: String = context.chars().filter(|c| !is_separator(*c)).collect();
    let digits = context.strip_prefix('+').unwrap_or_default();
    let is_global = (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let is_short = digits.len() <= 3 && number.len() < 7;
    if !is_global || is_short || number.starts_with(['+', '0', '*', '#']) {
        return number;
    }
    context + &number
}

/// Whether this stands for a number that is withheld, in one of the spellings of PBXs.
pub(super) fn is_withheld(user: &str) -> bool {
    const WORDS: [&str; 17] = [
        "anonymous",
        "anonymouscaller",
        "blocked",
        "callerunknown",
        "idunavailable",
        "nocallerid",
        "nonumber",
        "notavailable",
        "numberunavailable",
        "outofarea",
        "private",
        "privatenumber",
        "restricted",
        "unavailable",
        "unknown",
        "unknowncaller",
        "withheld",
    ];
    if user.chars().any(|c| !c.is_ascii() && c.is_alphanumeric()) {
        return false;
    }
    let letters = user.chars().filter(char::is_ascii_alphanumeric);
    let word: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    word.is_empty() || WORDS.contains(&word.as_str())
}

/// The name of an address as a person may read it, if there is one that says something.
pub(super) fn display_of(address: &NameAddr) -> Option<String> {
    let plain: String = address
        .display
        .as_deref()?
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !is_noise(*c))
        .collect();
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    let name = clip(&words.join(" "));
    (!is_withheld(&name)).then_some(name)
}

/// What no name needs: controls, marks that turn the line around or hide in it, what could not be
/// read, private characters, and pictures.
fn is_noise(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{20e3}'
            | '\u{2190}'..='\u{21ff}'
            | '\u{2300}'..='\u{23ff}'
            | '\u{25a0}'..='\u{27bf}'
            | '\u{2b00}'..='\u{2bff}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{ffff}'
            | '\u{1f000}'..='\u{1faff}'
            | '\u{e0000}'..='\u{10ffff}')
}

/// Whether the scheme has numbers or users that can be dialled.
pub(super) fn is_dialable(uri: &Uri) -> bool {
    matches!(uri.scheme(), Scheme::Sip | Scheme::Sips | Scheme::Tel)
}

/// Cuts at a character boundary: a number of 4 kB is an attack, not a number.
fn clip(text: &str) -> String {
    let mut end = text.len().min(NAME_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
