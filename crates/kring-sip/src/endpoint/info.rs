//! INFO: keys that a phone tells apart from its sound. Two old ways are in use and neither was ever a
//! standard; RFC 6086 section 1 tells their story.

use super::{identity::INFO_ACCEPT, screen::Refused};
use crate::{HeaderName, Request};

/// A key that somebody pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pressed {
    /// `0`-`9`, `*`, `#`, `A`-`D`.
    pub(crate) key: char,
    pub(crate) duration_ms: u32,
}

/// The length of a press that does not say it, ms.
const USUAL_MS: u32 = 160;

/// The longest press that is believed, ms.
const LONGEST_MS: u32 = 2_000;

/// Reads an INFO. `Ok(None)`: it says nothing, and asks only whether we are there (RFC 2976 section 2).
/// 469 for a package, since we have none (RFC 6086 section 4.2.2), 415 for another body, 400 for no key.
pub(crate) fn read(request: &Request) -> Result<Option<Pressed>, Refused> {
    let headers = &request.headers;
    let package = HeaderName::from_token("Info-Package");
    if package.is_some_and(|name| headers.get(&name).is_some()) {
        return Err(Refused::plain(469));
    }
    if request.body.is_empty() {
        return Ok(None);
    }
    let kind = headers.get(&HeaderName::ContentType).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let text = str::from_utf8(&request.body).map_err(|_| Refused::plain(400))?;
    let pressed = if kind.eq_ignore_ascii_case("application/dtmf-relay") {
        relayed(text)
    } else if kind.eq_ignore_ascii_case("application/dtmf") {
        key(text.trim()).map(|key| (key, USUAL_MS))
    } else {
        return Err(Refused::because(415, HeaderName::Accept, INFO_ACCEPT));
    };
    let (key, duration_ms) = pressed.ok_or_else(|| Refused::plain(400))?;
    Ok(Some(Pressed {
        key,
        duration_ms: duration_ms.min(LONGEST_MS),
    }))
}

/// `Signal=5`, and on another line `Duration=160`.
fn relayed(text: &str) -> Option<(char, u32)> {
    let value = |wanted: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        let (_, value) = lines.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))?;
        Some(value.trim())
    };
    let duration = value("Duration").and_then(|ms| ms.parse().ok());
    Some((key(value("Signal")?)?, duration.unwrap_or(USUAL_MS)))
}

/// The key itself, or the number of its event: 10 and 11 are star and hash (RFC 4733 section 3.2).
fn key(text: &str) -> Option<char> {
    let mut chars = text.chars();
    match (chars.next()?.to_ascii_uppercase(), chars.next()) {
        (key @ ('0'..='9' | '*' | '#' | 'A'..='D'), None) => Some(key),
        ('1', Some(second @ '0'..='5')) if chars.next().is_none() => {
            "*#ABCD".chars().nth(second as usize - '0' as usize)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, parse};

    fn info(lines: &str, body: &str) -> Result<Option<Pressed>, u16> {
        let text = format!(
            "INFO sip:kring@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKi\r\n\
             From: <sip:a@192.0.2.2>;tag=a\r\nTo: <sip:b@192.0.2.1>;tag=b\r\nCall-ID: c\r\n\
             CSeq: 2 INFO\r\n{lines}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        match parse(text.as_bytes()) {
            Ok(Message::Request(request)) => read(&request).map_err(|refused| refused.code),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn both_old_ways_of_telling_a_key_are_read() {
        let pressed = |key, duration_ms| Ok(Some(Pressed { key, duration_ms }));
        let relay = "Content-Type: application/dtmf-relay\r\n";
        assert_eq!(
            info(relay, "Signal=5\r\nDuration=250\r\n"),
            pressed('5', 250)
        );
        assert_eq!(
            info(relay, "Signal= #\nDuration= 90000"),
            pressed('#', 2_000)
        );
        assert_eq!(info(relay, "signal=11"), pressed('#', USUAL_MS));
        assert_eq!(
            info("Content-Type: Application/DTMF\r\n", "*\r\n"),
            pressed('*', USUAL_MS)
        );
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let relay = "Content-Type: application/dtmf-relay\r\n";
        assert_eq!(info(relay, "Signal=16"), Err(400));
        assert_eq!(info(relay, "Duration=100"), Err(400));
        assert_eq!(info("Content-Type: text/plain\r\n", "5"), Err(415));
        assert_eq!(info("Info-Package: foo\r\n", ""), Err(469));
        assert_eq!(info("", ""), Ok(None));
    }
}
