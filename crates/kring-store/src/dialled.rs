//! A number or extension as it is dialled, out of what people write.

use crate::{StoreRefused, limits::EXTENSION_CHARS_MAX};
use kring_text::folded;

/// `038-611 025` as `038611025`, `๒๑๐๔` as `2104`, `Front.desk` as it is; none: it cannot be dialled.
pub(crate) fn dialled(text: &str) -> Option<String> {
    // Folding makes small letters, and the users of SIP are told apart by them.
    let text: String = text.trim().chars().map(ascii_digit).collect();
    let has_letters = text.chars().any(|c| c.is_ascii_alphabetic());
    let separators = if has_letters { "" } else { " -.()\u{a0}" };
    let text: String = text.chars().filter(|c| !separators.contains(*c)).collect();
    let rest = text.strip_prefix('+').unwrap_or(&text);
    let may_stand = |c: char| c.is_ascii_alphanumeric() || "*#._-".contains(c);
    let fits = (1..=EXTENSION_CHARS_MAX).contains(&rest.len()) && rest.chars().all(may_stand);
    fits.then_some(text)
}

/// Thai digits as ASCII.
fn ascii_digit(c: char) -> char {
    match c {
        '๐'..='๙' => folded(&c.to_string()).chars().next().unwrap_or(c),
        other => other,
    }
}

/// The same for a field that must be dialled.
pub(crate) fn check_dialled(text: &str) -> Result<String, StoreRefused> {
    dialled(text).ok_or(StoreRefused::Unacceptable {
        field: "extension",
        why: "is no number or extension that can be dialled",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_becomes_what_is_dialled() {
        for (written, told) in [
            ("2104", Some("2104")),
            (" ๒๑๐๔ ", Some("2104")),
            ("038-611 025", Some("038611025")),
            ("+66 (38) 611.025", Some("+6638611025")),
            ("*97#", Some("*97#")),
            ("Front.desk-1", Some("Front.desk-1")),
            ("front desk", None),
            ("038-611-025 ต่อ 12", None),
            ("", None),
            ("+", None),
            ("2104;phone-context=x", None),
            ("sip:2104@192.0.2.1", None),
        ] {
            assert_eq!(dialled(written).as_deref(), told, "{written:?}");
        }
    }
}
