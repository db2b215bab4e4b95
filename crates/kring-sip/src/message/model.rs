//! The only room in which rsip is named.
//!
//! rsip lends what it is sound at, its registry of status codes. The rest of its model stays out, for
//! reasons measured on 91 torture messages and on a typical INVITE:
//! - it never sees wire bytes: as a parser it rejects or misreads 26 valid messages, and to read and
//!   write one INVITE it needs twice the time of this crate, which also checks it (`benches/message`);
//! - its methods compare without case and have no room for an unknown one;
//! - its headers are owned strings, a copy for each line, and lose bytes that are not UTF-8;
//! - its URIs drop the headers after the question mark, its printer joins words (`486 BusyHere`).

use std::sync::LazyLock;

/// Names that do not follow from their words, codes newer than the registry, and its one mistake.
const PHRASES: [(u16, &str); 13] = [
    (200, "OK"),
    // The registry has Accepted at 201, which SIP does not define.
    (201, "OK"),
    (202, "Accepted"),
    (414, "Request-URI Too Long"),
    (416, "Unsupported URI Scheme"),
    (417, "Unknown Resource-Priority"),
    (430, "Flow Failed"),
    (481, "Call/Transaction Does Not Exist"),
    (504, "Server Time-out"),
    (555, "Push Notification Service Not Supported"),
    (606, "Not Acceptable"),
    (607, "Unwanted"),
    (608, "Rejected"),
];

/// By code less 100; empty where nobody defined one.
static REGISTRY: LazyLock<Vec<Box<str>>> = LazyLock::new(|| {
    let mut phrases: Vec<Box<str>> = (100..700).map(registered).collect();
    for (code, phrase) in PHRASES {
        phrases[usize::from(code - 100)] = phrase.into();
    }
    phrases
});

/// The standard's phrase for `code`, or else what its class is called.
pub(super) fn reason_phrase(code: u16) -> &'static str {
    let index = usize::from(code).checked_sub(100);
    match index.and_then(|index| REGISTRY.get(index)) {
        Some(phrase) if !phrase.is_empty() => phrase,
        _ => match code / 100 {
            1 => "Session Progress",
            2 => "OK",
            3 => "Redirection",
            4 => "Request Failure",
            5 => "Server Failure",
            _ => "Global Failure",
        },
    }
}

/// `BusyHere` is two words.
fn registered(code: u16) -> Box<str> {
    let status = rsip::StatusCode::from(code);
    if matches!(status, rsip::StatusCode::Other(..)) {
        return "".into();
    }
    let mut phrase = String::new();
    for letter in format!("{status:?}").chars() {
        if letter.is_ascii_uppercase() && !phrase.is_empty() {
            phrase.push(' ');
        }
        phrase.push(letter);
    }
    phrase.into()
}

#[cfg(test)]
mod tests {
    use super::reason_phrase;
    use crate::Method;

    #[test]
    fn phrases_are_the_standards() {
        let expected = [
            (100, "Trying"),
            (180, "Ringing"),
            (200, "OK"),
            (202, "Accepted"),
            (302, "Moved Temporarily"),
            (400, "Bad Request"),
            (420, "Bad Extension"),
            (481, "Call/Transaction Does Not Exist"),
            (486, "Busy Here"),
            (487, "Request Terminated"),
            (488, "Not Acceptable Here"),
            (491, "Request Pending"),
            (500, "Server Internal Error"),
            (503, "Service Unavailable"),
            (505, "Version Not Supported"),
            (603, "Decline"),
            (299, "OK"),
            (499, "Request Failure"),
        ];
        for (code, phrase) in expected {
            assert_eq!(reason_phrase(code), phrase, "{code}");
        }
    }

    #[test]
    fn every_method_of_the_model_has_a_name_here() {
        for method in rsip::Method::all() {
            let token = method.to_string();
            let ours = Method::from_token(&token).unwrap();
            assert!(!matches!(ours, Method::Other(_)), "{token}");
        }
    }
}
