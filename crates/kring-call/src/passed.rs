//! Headers of the caller's INVITE that go on to the phones, as the configuration lists them: what a PBX
//! says to whoever answers, and what a screen beside the phone reads.

use crate::limits::{PASSED_BYTES_MAX, PASSED_HEADERS_MAX};
use kring_sip::{HeaderName, Headers};
use std::str::FromStr;

/// Headers by name that say nothing about the way of the message, so that they may be passed on.
const NAMED: [&str; 8] = [
    "Accept-Language",
    "Alert-Info",
    "Call-Info",
    "Geolocation",
    "Organization",
    "Priority",
    "Subject",
    "User-to-User",
];

/// A header that is passed on: `User-to-User`, or all that begin so, `X-*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedHeader {
    start: Box<str>,
    is_prefix: bool,
}

/// A header that may not be passed on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} cannot be passed on: write X-NAME, X-*, or one of Accept-Language, Alert-Info, Call-Info, \
     Geolocation, Organization, Priority, Subject, User-to-User"
)]
pub struct PassedHeaderRefused(String);

impl PassedHeader {
    /// Whether this header is meant. What kring says of the call itself is not the caller's to say.
    fn means(&self, name: &str) -> bool {
        let own = starts_with(name, "X-Kring-");
        !own && if self.is_prefix {
            starts_with(name, &self.start)
        } else {
            name.eq_ignore_ascii_case(&self.start)
        }
    }
}

fn starts_with(name: &str, start: &str) -> bool {
    let begin = name.get(..start.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

impl FromStr for PassedHeader {
    type Err = PassedHeaderRefused;

    fn from_str(text: &str) -> Result<PassedHeader, PassedHeaderRefused> {
        let (start, is_prefix) = match text.strip_suffix('*') {
            Some(start) => (start, true),
            None => (text, false),
        };
        let is_token = HeaderName::from_token(start).is_some();
        let is_extension = starts_with(start, "X-") && (is_prefix || start.len() > 2);
        let is_named = !is_prefix && NAMED.iter().any(|name| name.eq_ignore_ascii_case(start));
        if is_token && (is_extension || is_named) {
            Ok(PassedHeader {
                start: start.into(),
                is_prefix,
            })
        } else {
            Err(PassedHeaderRefused(text.chars().take(60).collect()))
        }
    }
}

/// What of an INVITE goes on: in its order, at most [`PASSED_HEADERS_MAX`] and [`PASSED_BYTES_MAX`], so that
/// the INVITE to a phone still fits a datagram.
pub(crate) fn passed(headers: &Headers, rules: &[PassedHeader]) -> Vec<(HeaderName, String)> {
    let mut room = PASSED_BYTES_MAX;
    let mut passed = Vec::new();
    if rules.is_empty() {
        return passed;
    }
    for (name, value) in headers.iter() {
        if passed.len() == PASSED_HEADERS_MAX {
            break;
        }
        let length = name.as_str().len() + value.len() + 4;
        if length <= room && rules.iter().any(|rule| rule.means(name.as_str())) {
            room -= length;
            passed.push((name.clone(), value.to_owned()));
        }
    }
    passed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(texts: &[&str]) -> Vec<PassedHeader> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn headers(lines: &[(&str, &str)]) -> Headers {
        let mut headers = Headers::default();
        for (name, value) in lines {
            headers.push(HeaderName::from_token(name).unwrap(), *value);
        }
        headers
    }

    #[test]
    fn listed_headers_go_on_and_no_others() {
        let headers = headers(&[
            ("User-to-User", "0a;encoding=hex"),
            ("x-ticket", "7"),
            ("X-Kring-Call", "forged"),
            ("Subject", "?"),
        ]);
        let found = passed(&headers, &rules(&["user-to-user", "X-*"]));
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["User-to-User", "x-ticket"]);
        assert!(passed(&headers, &[]).is_empty());
    }

    #[test]
    fn they_are_bounded_in_number_and_length() {
        let many: Vec<(&str, &str)> = (0..100).map(|_| ("X-A", "1")).collect();
        assert_eq!(
            passed(&headers(&many), &rules(&["X-*"])).len(),
            PASSED_HEADERS_MAX
        );
        let long = "y".repeat(PASSED_BYTES_MAX);
        assert!(passed(&headers(&[("X-A", &long)]), &rules(&["X-A"])).is_empty());
    }

    #[test]
    fn what_steers_a_message_cannot_be_listed() {
        for text in [
            "Via",
            "Route",
            "Contact",
            "*",
            "",
            "X-",
            "Content-Type",
            "V*",
            "X y",
        ] {
            assert!(text.parse::<PassedHeader>().is_err(), "{text}");
        }
    }
}
