//! One door for all kinds.

use crate::{DocumentKind, encoding, html, limits, office, pdf};

/// What a document says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extracted {
    /// Its text: lines, headings of web pages marked by `#`.
    pub text: String,
    /// Pages, of what has pages.
    pub pages: usize,
}

/// Why there is no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is not what its name says.
    #[error("is no {0} file, or is damaged")]
    NotSo(DocumentKind),
    /// A password is needed.
    #[error("is protected by a password")]
    Protected,
    /// It unpacks to more than any document has.
    #[error("unpacks to more than is read")]
    TooMuch,
    /// There are pictures and no letters.
    #[error("holds no text: pages that were scanned are pictures")]
    NoText,
}

/// The text of a document of this kind.
pub fn extract(kind: DocumentKind, bytes: &[u8]) -> Result<Extracted, Unreadable> {
    if bytes.len() as u64 > limits::FILE_BYTES_MAX {
        return Err(Unreadable::TooMuch);
    }
    let one = |text: String| Extracted { text, pages: 0 };
    let read = match kind {
        DocumentKind::Pdf => pdf::extract(bytes)?,
        DocumentKind::Docx => one(office::docx(bytes)?),
        DocumentKind::Odt => one(office::odt(bytes)?),
        DocumentKind::Html => one(html::text(&encoding::page(bytes))),
        DocumentKind::Text => one(encoding::plain(bytes)),
    };
    let text = tidy(&read.text);
    if text.is_empty() {
        return Err(Unreadable::NoText);
    }
    Ok(Extracted { text, ..read })
}

/// Lines without spaces at their ends, at most one empty line together, and no signs that nobody sees.
fn tidy(text: &str) -> String {
    let mut out = String::new();
    let mut empty = 0;
    let mut chars = 0;
    for line in text.lines() {
        let line: String = line
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .filter(|c| !c.is_control() && *c != '\u{fffd}')
            .take(limits::TEXT_CHARS_MAX - chars)
            .collect();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty > 1 || (empty == 1 && out.is_empty()) {
            continue;
        }
        chars += line.chars().count() + 1;
        out.push_str(&line);
        out.push('\n');
        if chars >= limits::TEXT_CHARS_MAX {
            break;
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_tidied() {
        assert_eq!(tidy("\n\n  ก \t ข\u{7}\n\n\n\nค  \n\n"), "ก ข\n\nค");
        let long = tidy(&"ก\n".repeat(limits::TEXT_CHARS_MAX));
        assert!(long.chars().count() <= limits::TEXT_CHARS_MAX);
    }

    #[test]
    fn what_says_nothing_is_told_so() {
        assert_eq!(extract(DocumentKind::Text, b" \n"), Err(Unreadable::NoText));
        let not_so = extract(DocumentKind::Pdf, b"hello");
        assert_eq!(not_so, Err(Unreadable::NotSo(DocumentKind::Pdf)));
        let not_so = extract(DocumentKind::Docx, b"PK\x03\x04");
        assert_eq!(not_so, Err(Unreadable::NotSo(DocumentKind::Docx)));
    }
}
