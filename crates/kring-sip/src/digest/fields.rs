//! The grammar of challenges and credentials (RFC 7235 §2.1): a scheme and its parameters, commas
//! between parameters and between challenges alike.

use crate::token::{is_token_byte, quoted_end, trim, unquote};
use std::borrow::Cow;

/// Parameters that one challenge or answer may have; the standards know twelve.
const FIELDS_MAX: usize = 24;

/// Longest value that is kept, bytes. A nonce of the field has fewer than 200.
const VALUE_BYTES_MAX: usize = 1024;

/// One `Scheme name=value, name="value"`.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    scheme: &'a str,
    list: Vec<(&'a str, Cow<'a, str>)>,
    /// Something said twice or beyond all bounds: nobody can tell what was meant.
    broken: bool,
}

impl<'a> Fields<'a> {
    /// All that share one header line.
    pub(super) fn of_line(line: &'a str) -> Vec<Fields<'a>> {
        let mut found: Vec<Fields<'a>> = Vec::new();
        let mut rest = line;
        while let Some((piece, after)) = piece(rest) {
            rest = after;
            match (piece, found.last_mut()) {
                (Piece::Scheme(scheme), _) => found.push(Fields {
                    scheme,
                    list: Vec::new(),
                    broken: false,
                }),
                (Piece::Field(name, value), Some(fields)) => fields.push(name, value),
                (Piece::Unclosed, Some(fields)) => fields.broken = true,
                (Piece::Junk, _) | (Piece::Field(..) | Piece::Unclosed, None) => {}
            }
        }
        found
    }

    /// Whether they are Digest's, and each is said once.
    pub(super) fn is_digest(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("Digest") && !self.broken
    }

    /// What `name` says, without quotes.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut list = self.list.iter();
        let (_, value) = list.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    fn push(&mut self, name: &'a str, value: &'a str) {
        let full = self.list.len() >= FIELDS_MAX || value.len() > VALUE_BYTES_MAX;
        if full || self.get(name).is_some() {
            self.broken = true;
            return;
        }
        self.list.push((name, unquote(value)));
    }
}

enum Piece<'a> {
    Scheme(&'a str),
    /// The value as written.
    Field(&'a str, &'a str),
    /// A quote that never closes: nothing can be told from there on.
    Unclosed,
    /// Neither: passed over up to the next comma.
    Junk,
}

/// The next piece of `text` and what follows it.
fn piece(text: &str) -> Option<(Piece<'_>, &str)> {
    let text = text.trim_start_matches([' ', '\t', ',']);
    if text.is_empty() {
        return None;
    }
    let (word, after) = word(text);
    let spaced = after.trim_start_matches([' ', '\t']);
    if word.is_empty() {
        return Some((Piece::Junk, past_comma(text)));
    }
    if let Some(value) = spaced.strip_prefix('=') {
        let value = value.trim_start_matches([' ', '\t']);
        let end = match value.as_bytes().first() {
            Some(b'"') => match quoted_end(value, 0) {
                Some(end) => end,
                None => return Some((Piece::Unclosed, "")),
            },
            _ => value.find(',').unwrap_or(value.len()),
        };
        let (value, after) = value.split_at(end);
        return Some((Piece::Field(word, trim(value)), after));
    }
    // A scheme is a word before another one; a lone word between commas is the second half of a list
    // that somebody forgot to quote (`qop=auth,auth-int`).
    if spaced.len() < after.len() && !spaced.starts_with(',') && !spaced.is_empty() {
        return Some((Piece::Scheme(word), spaced));
    }
    Some((Piece::Junk, past_comma(after)))
}

fn word(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| !is_token_byte(byte));
    text.split_at(end.unwrap_or(text.len()))
}

fn past_comma(text: &str) -> &str {
    text.find(',').map_or("", |at| &text[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_challenges_share_a_line() {
        let line =
            r#"Basic realm="a, \"b\"", DIGEST  Realm = "x" ,nonce=abc==,, qop=auth,auth-int"#;
        let all = Fields::of_line(line);
        assert_eq!(all.len(), 2);
        assert!(!all[0].is_digest() && all[1].is_digest());
        assert_eq!(all[0].get("realm"), Some(r#"a, "b""#));
        assert_eq!(all[1].get("REALM"), Some("x"));
        assert_eq!(all[1].get("nonce"), Some("abc=="));
        assert_eq!(all[1].get("qop"), Some("auth"));
        assert_eq!(all[1].get("opaque"), None);
    }

    #[test]
    fn what_contradicts_itself_or_never_ends_is_nobodys() {
        let twice = r#"Digest realm="x", realm="y""#;
        assert!(!Fields::of_line(twice)[0].is_digest());
        let long = format!("Digest nonce={}", "n".repeat(VALUE_BYTES_MAX + 1));
        assert!(!Fields::of_line(&long)[0].is_digest());
        let many: String = (0..=FIELDS_MAX).map(|at| format!(", x{at}=1")).collect();
        assert!(!Fields::of_line(&format!("Digest a=1{many}"))[0].is_digest());
        for junk in [
            "",
            "Digest",
            "=",
            "\"",
            ",,,",
            "Digest \"",
            "é=1",
            "realm=\"x\"",
        ] {
            let all = Fields::of_line(junk);
            assert!(
                all.iter().all(|fields| fields.get("realm").is_none()),
                "{junk}"
            );
        }
        let unclosed = Fields::of_line(r#"Digest realm="x", nonce="y"#);
        assert!(!unclosed[0].is_digest());
    }
}
