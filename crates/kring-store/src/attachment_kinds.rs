//! What a file is, by what it holds: a name tells nothing.

use crate::names::stored_names;
use serde::{Deserialize, Serialize};

stored_names! {
    /// What may be kept with a case.
    AttachmentKind {
        /// A document that is printed.
        Pdf => "pdf",
        /// A photograph.
        Jpeg => "jpg",
        /// A picture of a screen.
        Png => "png",
        /// A text of Word.
        Docx => "docx",
        /// A text of LibreOffice.
        Odt => "odt",
        /// A table of Excel.
        Xlsx => "xlsx",
        /// Plain text in UTF-8.
        Text => "txt",
        /// Sound.
        Wav => "wav",
        /// Sound.
        Mp3 => "mp3",
    }
}

impl AttachmentKind {
    /// What may be kept, as a refusal tells it.
    pub const ALLOWED: &'static str = "pdf, jpg, png, docx, odt, xlsx, txt, wav, mp3";

    /// What these bytes are; none: nothing that may be kept.
    pub fn of(bytes: &[u8]) -> Option<AttachmentKind> {
        let Some(found) = infer::get(bytes) else {
            return is_text(bytes).then_some(AttachmentKind::Text);
        };
        Some(match found.mime_type() {
            "application/pdf" => AttachmentKind::Pdf,
            "image/jpeg" => AttachmentKind::Jpeg,
            "image/png" => AttachmentKind::Png,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => {
                AttachmentKind::Docx
            }
            "application/vnd.oasis.opendocument.text" => AttachmentKind::Odt,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => {
                AttachmentKind::Xlsx
            }
            "audio/x-wav" => AttachmentKind::Wav,
            "audio/mpeg" => AttachmentKind::Mp3,
            _ => return None,
        })
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            AttachmentKind::Pdf => "application/pdf",
            AttachmentKind::Jpeg => "image/jpeg",
            AttachmentKind::Png => "image/png",
            AttachmentKind::Docx => {
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            }
            AttachmentKind::Odt => "application/vnd.oasis.opendocument.text",
            AttachmentKind::Xlsx => {
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
            AttachmentKind::Text => "text/plain; charset=utf-8",
            AttachmentKind::Wav => "audio/wav",
            AttachmentKind::Mp3 => "audio/mpeg",
        }
    }
}

/// UTF-8 that a person can read: no control characters but line ends and tabs.
fn is_text(bytes: &[u8]) -> bool {
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    std::str::from_utf8(bytes).is_ok_and(|text| {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // A page of the web is no text here: it would act on whoever opens it.
        !text.trim_start().starts_with('<') && !text.is_empty() && text.chars().all(plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_holds_and_not_what_it_is_called() {
        let of = AttachmentKind::of;
        assert_eq!(of(b"%PDF-1.7\n"), Some(AttachmentKind::Pdf));
        assert_eq!(
            of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
            Some(AttachmentKind::Png)
        );
        assert_eq!(
            of(b"\xff\xd8\xff\xe0\0\x10JFIF"),
            Some(AttachmentKind::Jpeg)
        );
        assert_eq!(of(b"RIFF\x24\0\0\0WAVEfmt "), Some(AttachmentKind::Wav));
        assert_eq!(of(b"ID3\x03\0\0\0"), Some(AttachmentKind::Mp3));
        assert_eq!(
            of("ใบเสร็จ\tร้านโชคดี\r\n".as_bytes()),
            Some(AttachmentKind::Text)
        );
        for strange in [
            &b"MZ\x90\0\x03\0\0\0"[..],
            b"\x7fELF\x02\x01\x01",
            b"PK\x03\x04\x14\0\0\0\0\0",
            b"<html><script>alert(1)</script>",
            b" <svg onload=alert(1)>",
            b"#!/bin/sh\nrm -rf /\n",
            b"\xff\xfeh\0i\0",
            b"text\0with nul",
            b"",
        ] {
            assert_eq!(of(strange), None, "{:?}", String::from_utf8_lossy(strange));
        }
    }
}
