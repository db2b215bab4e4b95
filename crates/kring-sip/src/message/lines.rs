//! The lines of a message's head: found, unfolded, cut into name and value.
//!
//! Takes CRLF and bare LF as line ends; a CR elsewhere becomes a space, for the next hop might see a
//! line end in it. What the value means is not known here.

use crate::token::trim_bytes;
use std::borrow::Cow;

/// The length of the head with its empty line, if that is there. `bytes` begins with the start line.
pub(crate) fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    for at in memchr::memchr_iter(b'\n', bytes.get(from..)?) {
        match &bytes[from + at + 1..] {
            [b'\n', ..] => return Some(from + at + 2),
            [b'\r', b'\n', ..] => return Some(from + at + 3),
            _ => {}
        }
    }
    None
}

/// One header line, unfolded.
pub(crate) struct HeadLine<'a> {
    /// Without the colon and the space around it.
    pub(crate) name: &'a [u8],
    /// Without the space around it. Borrowed when it is a slice of the head as it stands.
    pub(crate) value: Cow<'a, [u8]>,
}

/// Reads the header lines of a head. Lines without a colon are passed over: a malformed line that
/// nobody needs must not cost the call (RFC 3261 §8.2.2, §16.3).
pub(crate) struct HeadLines<'a> {
    rest: &'a [u8],
}

impl<'a> HeadLines<'a> {
    /// The start line, and the reader of what follows.
    pub(crate) fn of(head: &'a [u8]) -> (&'a [u8], HeadLines<'a>) {
        let mut lines = HeadLines { rest: head };
        (lines.physical().unwrap_or_default(), lines)
    }

    /// The next line without its end; none at the empty line.
    fn physical(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, rest) = match memchr::memchr(b'\n', self.rest) {
            Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
            None => (self.rest, &[][..]),
        };
        self.rest = rest;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }

    fn continues(&self) -> bool {
        matches!(self.rest.first(), Some(b' ' | b'\t'))
    }
}

impl<'a> Iterator for HeadLines<'a> {
    type Item = HeadLine<'a>;

    fn next(&mut self) -> Option<HeadLine<'a>> {
        loop {
            let line = self.physical().filter(|line| !line.is_empty())?;
            let colon = memchr::memchr(b':', line);
            let first = colon
                .map(|colon| trim_bytes(&line[colon + 1..]))
                .unwrap_or_default();
            let mut value = Cow::Borrowed(first);
            while self.continues() {
                let more = trim_bytes(self.physical().unwrap_or_default());
                if !more.is_empty() {
                    let whole = value.to_mut();
                    if !whole.is_empty() {
                        whole.push(b' ');
                    }
                    whole.extend_from_slice(more);
                }
            }
            if memchr::memchr(b'\r', &value).is_some() {
                for byte in value.to_mut().iter_mut().filter(|byte| **byte == b'\r') {
                    *byte = b' ';
                }
            }
            if let Some(colon) = colon {
                return Some(HeadLine {
                    name: trim_bytes(&line[..colon]),
                    value,
                });
            }
        }
    }
}
