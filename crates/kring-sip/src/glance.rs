//! A look at a message for those who watch: what it is, which dialog it belongs to, and the message
//! without its secrets. Takes whatever bytes come, valid or not, and decides nothing.

use crate::message::{HeadLines, head_end};
use std::{borrow::Cow, ops::Range};

/// What a watcher sees of a message at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance<'a> {
    /// `INVITE` of a request, `180 Ringing` of a response, empty when the first line is neither.
    pub label: Cow<'a, str>,
    /// Call-ID, empty when there is none.
    pub call_id: Cow<'a, str>,
    /// CSeq as it stands: `1 INVITE`.
    pub cseq: Cow<'a, str>,
    /// Whether the body is a session description.
    pub sdp: bool,
}

/// Looks at a message.
pub fn glance(bytes: &[u8]) -> Glance<'_> {
    let (start, lines) = HeadLines::of(head_of(bytes));
    let (mut call_id, mut cseq, mut sdp) = (Cow::default(), Cow::default(), false);
    for line in lines {
        if is_named(line.name, b"Call-ID", b"i") {
            call_id = text(line.value);
        } else if line.name.eq_ignore_ascii_case(b"CSeq") {
            cseq = text(line.value);
        } else if is_named(line.name, b"Content-Type", b"c") {
            sdp = line
                .value
                .to_ascii_lowercase()
                .starts_with(b"application/sdp");
        }
    }
    Glance {
        label: label(start),
        call_id,
        cseq,
        sdp,
    }
}

/// The Call-ID of a message alone; empty when there is none.
pub fn call_id_of(bytes: &[u8]) -> Cow<'_, [u8]> {
    let (_, mut lines) = HeadLines::of(head_of(bytes));
    lines
        .find(|line| is_named(line.name, b"Call-ID", b"i"))
        .map(|line| line.value)
        .unwrap_or_default()
}

/// The message with every byte of a digest response (RFC 7616 §3.4.1) and of an SDES key (RFC 4568
/// §9.2) written over with `x`: of the same length, so that it is still a whole message. `None` when
/// it holds neither.
pub fn without_secrets(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut blanked: Option<Vec<u8>> = None;
    let mut blank = |secret: Range<usize>| {
        if !secret.is_empty() {
            blanked.get_or_insert_with(|| bytes.to_vec())[secret].fill(b'x');
        }
    };
    for at in places(bytes, b"response") {
        let after_name = skip_space(bytes, at + b"response".len());
        if bytes.get(after_name) == Some(&b'=') {
            // The quotes go, too: nobody needs them to see that it was there.
            let from = skip_space(bytes, after_name + 1);
            blank(from..end(bytes, from, b",\r\n"));
        }
    }
    for at in places(bytes, b"inline:") {
        let from = at + b"inline:".len();
        blank(from..end(bytes, from, b"|; \r\n"));
    }
    // The obsolete key of RFC 4566 §5.12: a whole line of the description.
    for at in places(bytes, b"\nk=") {
        let from = at + b"\nk=".len();
        blank(from..end(bytes, from, b"\r\n"));
    }
    blanked
}

/// Where `word`, in lower case, stands in any case.
fn places<'b>(bytes: &'b [u8], word: &'static [u8]) -> impl Iterator<Item = usize> + 'b {
    let begins = (word[0], word[0].to_ascii_uppercase());
    memchr::memchr2_iter(begins.0, begins.1, bytes).filter(|at| {
        let there = bytes.get(*at..*at + word.len());
        there.is_some_and(|there| there.eq_ignore_ascii_case(word))
    })
}

/// Past spaces and folds.
fn skip_space(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let space = rest.iter().take_while(|byte| byte.is_ascii_whitespace());
    from + space.count()
}

/// The next of `ends`, or the end of all.
fn end(bytes: &[u8], from: usize, ends: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let length = rest.iter().position(|byte| ends.contains(byte));
    from + length.unwrap_or(rest.len())
}

fn head_of(bytes: &[u8]) -> &[u8] {
    // Line breaks before a message are for keeping alive (RFC 3261 §7.5).
    let begin = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
    let bytes = &bytes[begin.unwrap_or(bytes.len())..];
    &bytes[..head_end(bytes, 0).unwrap_or(bytes.len())]
}

fn is_named(name: &[u8], long: &[u8], compact: &[u8]) -> bool {
    name.eq_ignore_ascii_case(long) || name.eq_ignore_ascii_case(compact)
}

fn label(start: &[u8]) -> Cow<'_, str> {
    if let Some(status) = start.strip_prefix(b"SIP/2.0 ") {
        return String::from_utf8_lossy(status);
    }
    let mut words = start.split(|byte| *byte == b' ');
    match (words.next(), words.next_back()) {
        (Some(method), Some(b"SIP/2.0")) => String::from_utf8_lossy(method),
        _ => Cow::Borrowed(""),
    }
}

fn text(value: Cow<'_, [u8]>) -> Cow<'_, str> {
    match value {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITE: &[u8] = b"INVITE sip:1203@192.0.2.20 SIP/2.0\r\ni: a84b4c\r\n\
        CSeq: 4711\r\n INVITE\r\nc: application/SDP\r\nContent-Length: 3\r\n\r\nv=0";

    #[test]
    fn compact_and_folded_lines_are_seen() {
        let seen = glance(INVITE);
        assert_eq!(seen.label, "INVITE");
        assert_eq!(seen.call_id, "a84b4c");
        assert_eq!(seen.cseq, "4711 INVITE");
        assert!(seen.sdp);
        assert_eq!(&*call_id_of(INVITE), b"a84b4c");
    }

    #[test]
    fn a_response_is_labelled_by_its_status() {
        let seen = glance(b"\r\nSIP/2.0 180 Ringing\r\nCall-ID: x@y\r\nCSeq: 1 INVITE\r\n\r\n");
        assert_eq!(seen.label, "180 Ringing");
        assert_eq!(seen.call_id, "x@y");
        assert!(!seen.sdp);
    }

    #[test]
    fn bytes_that_are_no_message_are_nothing() {
        let seen = glance(b"\x00\xff GET / HTTP/1.1\r\n\r\nCall-ID: in the body");
        assert_eq!((&*seen.label, &*seen.call_id), ("", ""));
        assert!(call_id_of(b"").is_empty());
    }

    #[test]
    fn secrets_are_written_over_and_the_length_stays() {
        let message = b"REGISTER sip:pbx SIP/2.0\r\nAuthorization: Digest username=\"5021\", \
            response=\"6629fae49393a05397450978507c4ef1\", nonce=\"n\"\r\n\r\n\
            k=clear:secret\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpV|2^20\r\n";
        let blanked = without_secrets(message).expect("there are secrets");
        assert_eq!(blanked.len(), message.len());
        let text = String::from_utf8_lossy(&blanked);
        for secret in ["6629fae4", "clear:secret", "d0RmdmcmVC"] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(text.contains("nonce=\"n\"") && text.contains("username=\"5021\""));
        assert!(text.contains("AES_CM_128_HMAC_SHA1_80 inline:xxx") && text.contains("|2^20"));
        assert_eq!(without_secrets(INVITE), None, "nothing is copied in vain");
    }

    #[test]
    fn a_secret_is_found_however_it_is_spelled() {
        for spelled in [
            "RESPONSE=\"secret\",qop=auth",
            "Response = secret",
            "response=\r\n \"secret\"\r\nTo: b",
            "response=secret",
            "a=crypto:1 X INLINE:secret",
            "a=crypto:1 X inline:secret|2^20;inline:secret|1:4",
            "v=0\nk=secret",
        ] {
            let blanked = without_secrets(spelled.as_bytes()).expect("a secret");
            let text = String::from_utf8_lossy(&blanked);
            assert!(!text.contains("secret"), "{text}");
            assert_eq!(blanked.len(), spelled.len());
        }
        for innocent in [
            "response",
            "response=",
            "inline:",
            "\nk=",
            "the response is",
            "",
        ] {
            assert_eq!(without_secrets(innocent.as_bytes()), None, "{innocent}");
        }
    }
}
