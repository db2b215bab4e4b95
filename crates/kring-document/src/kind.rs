//! What kinds of documents are read.

use std::{fmt, str::FromStr};

/// A kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// Portable Document Format.
    Pdf,
    /// Word.
    Docx,
    /// OpenDocument text.
    Odt,
    /// A web page.
    Html,
    /// Plain text.
    Text,
}

impl DocumentKind {
    /// By the end of a file's name; none: it is not read.
    pub fn of_name(name: &str) -> Option<DocumentKind> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "pdf" => Some(DocumentKind::Pdf),
            "docx" => Some(DocumentKind::Docx),
            "odt" => Some(DocumentKind::Odt),
            "html" | "htm" => Some(DocumentKind::Html),
            "txt" | "md" => Some(DocumentKind::Text),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            DocumentKind::Pdf => "pdf",
            DocumentKind::Docx => "docx",
            DocumentKind::Odt => "odt",
            DocumentKind::Html => "html",
            DocumentKind::Text => "txt",
        }
    }
}

impl fmt::Display for DocumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for DocumentKind {
    type Err = String;

    fn from_str(text: &str) -> Result<DocumentKind, String> {
        DocumentKind::of_name(&format!(".{text}")).ok_or_else(|| format!("{text:?} is no kind"))
    }
}
