//! The lexical ground of SIP (RFC 3261 §25.1): tokens, linear white space, quoted strings, lists.
//!
//! Works on text that is already unfolded, and allocates only where an escape must be removed.

use std::{borrow::Cow, fmt};

/// One character of a token.
pub(crate) const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~'
        )
}

/// A whole, non-empty token.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// `text` without the linear white space around it.
pub(crate) fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    let start = bytes
        .iter()
        .position(|byte| !is_space(*byte))
        .unwrap_or(bytes.len());
    let end = bytes
        .iter()
        .rposition(|byte| !is_space(*byte))
        .map_or(start, |last| last + 1);
    &text[start..end]
}

/// `text` before and after the first `separator`, an ASCII byte.
pub(crate) fn cut(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = memchr::memchr(separator, text.as_bytes())?;
    Some((&text[..at], &text[at + 1..]))
}

/// `text` up to the first `separator` and from it on; all of it and nothing where there is none.
pub(crate) fn cut_before(text: &str, separator: u8) -> (&str, &str) {
    text.split_at(memchr::memchr(separator, text.as_bytes()).unwrap_or(text.len()))
}

/// `bytes` without the linear white space around them.
pub(crate) fn trim_bytes(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes {
        if !is_space(*first) {
            break;
        }
        bytes = rest;
    }
    while let [rest @ .., last] = bytes {
        if !is_space(*last) {
            break;
        }
        bytes = rest;
    }
    bytes
}

/// The index just past the quoted string that opens at `open`, or none when it never closes.
pub(crate) fn quoted_end(text: &str, open: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = open + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}

/// What a quoted string says, or text that is not quoted. No name holds a line break: it reads as a space.
pub(crate) fn unquote(text: &str) -> Cow<'_, str> {
    let quoted = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let inner = quoted.unwrap_or(text);
    let is_special = |char| matches!(char, '\r' | '\n') || (char == '\\' && quoted.is_some());
    if !inner.contains(is_special) {
        return Cow::Borrowed(inner);
    }
    let mut plain = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        let said = if char == '\\' && quoted.is_some() {
            chars.next()
        } else {
            Some(char)
        };
        plain.extend(said.map(|char| {
            if matches!(char, '\r' | '\n') {
                ' '
            } else {
                char
            }
        }));
    }
    Cow::Owned(plain)
}

/// Writes `text` as a quoted string. A line break would end the header, so it becomes a space.
pub(crate) fn write_quoted(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for char in text.chars() {
        match char {
            '\r' | '\n' => out.write_char(' ')?,
            '"' | '\\' | '\0'..='\x08' | '\x0b'..='\x1f' | '\x7f' => {
                out.write_char('\\')?;
                out.write_char(char)?;
            }
            other => out.write_char(other)?,
        }
    }
    out.write_char('"')
}

/// The elements of a comma list: commas inside quotes or angle brackets do not separate.
/// Empty elements are passed over (`Supported:` alone is an empty list).
#[derive(Clone, Debug)]
pub(crate) struct ListItems<'a> {
    rest: Option<&'a str>,
}

impl<'a> ListItems<'a> {
    pub(crate) const fn new(text: &'a str) -> ListItems<'a> {
        ListItems { rest: Some(text) }
    }
}

impl<'a> Iterator for ListItems<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            let text = self.rest.take()?;
            let end = comma(text);
            self.rest = end.map(|end| &text[end + 1..]);
            let item = trim(&text[..end.unwrap_or(text.len())]);
            if !item.is_empty() {
                return Some(item);
            }
        }
    }
}

/// Where the first separating comma stands. An unbalanced quote or bracket swallows the rest, so that
/// the reader of the element refuses it.
fn comma(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut inside_angle = false;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b',' if !inside_angle => return Some(at),
            b'<' => inside_angle = true,
            b'>' => inside_angle = false,
            b'"' if !inside_angle => {
                at = quoted_end(text, at)?;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}
