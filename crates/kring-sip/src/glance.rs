//! A look at a message for those who watch: what it is, which dialog it belongs to, and the message
//! without its secrets. Takes whatever bytes come, valid or not, and decides nothing.

use crate::message::{HeadLines, head_end};
use std::borrow::Cow;

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
    let mut blanked = None;
    for (mark, end) in SECRETS {
        for at in memchr::memmem::find_iter(bytes, mark) {
            let from = at + mark.len();
            let length = secret_length(bytes, at, from, end);
            if length > 0 {
                blanked.get_or_insert_with(|| bytes.to_vec())[from..from + length].fill(b'x');
            }
        }
    }
    blanked
}

/// What stands before a secret, and the kind of its end.
const SECRETS: [(&[u8], Secret); 5] = [
    (b"response=", Secret::Digest),
    (b"Response=", Secret::Digest),
    (b"RESPONSE=", Secret::Digest),
    (b"inline:", Secret::Key),
    (b"k=", Secret::SessionKey),
];

#[derive(Clone, Copy)]
enum Secret {
    Digest,
    Key,
    /// The obsolete key of RFC 4566 §5.12: a whole line of the description.
    SessionKey,
}

fn secret_length(bytes: &[u8], mark: usize, from: usize, secret: Secret) -> usize {
    let rest = &bytes[from..];
    let to = |is_end: fn(u8) -> bool| rest.iter().position(|b| is_end(*b)).unwrap_or(rest.len());
    match secret {
        // The quotes around it go, too: nobody needs them to see that it was there.
        Secret::Digest => to(|byte| matches!(byte, b',' | b'\r' | b'\n')),
        Secret::Key => to(|byte| matches!(byte, b'|' | b';' | b' ' | b'\r' | b'\n')),
        Secret::SessionKey if mark > 0 && bytes[mark - 1] == b'\n' => {
            to(|byte| matches!(byte, b'\r' | b'\n'))
        }
        Secret::SessionKey => 0,
    }
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
}
