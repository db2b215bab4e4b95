//! The text of office documents: a ZIP archive with one part of XML in which the text is. Elements are counted,
//! never followed by calls within calls; nothing outside of the archive is ever looked at.

use crate::{DocumentKind, Unreadable, limits};
use quick_xml::{Reader, events::Event};
use std::io::{BufRead, BufReader, Cursor, Read};
use zip::ZipArchive;

/// What the elements of a kind mean.
struct Words {
    kind: DocumentKind,
    /// The part that holds the text.
    part: &'static str,
    /// Elements within which text is text.
    text: &'static [&'static [u8]],
    /// Elements that end a line.
    lines: &'static [&'static [u8]],
    /// Elements that are a space.
    spaces: &'static [&'static [u8]],
}

/// The text of a DOCX file.
pub(crate) fn docx(bytes: &[u8]) -> Result<String, Unreadable> {
    read(
        bytes,
        &Words {
            kind: DocumentKind::Docx,
            part: "word/document.xml",
            text: &[b"t"],
            lines: &[b"p", b"br", b"cr"],
            spaces: &[b"tab"],
        },
    )
}

/// The text of an ODT file.
pub(crate) fn odt(bytes: &[u8]) -> Result<String, Unreadable> {
    read(
        bytes,
        &Words {
            kind: DocumentKind::Odt,
            part: "content.xml",
            text: &[b"p", b"h"],
            lines: &[b"p", b"h", b"line-break"],
            spaces: &[b"tab", b"s"],
        },
    )
}

fn read(bytes: &[u8], words: &Words) -> Result<String, Unreadable> {
    let not_so = || Unreadable::NotSo(words.kind);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| not_so())?;
    if archive.len() > limits::PARTS_MAX {
        return Err(Unreadable::TooMuch);
    }
    let part = archive.by_name(words.part).map_err(|_| not_so())?;
    if part.encrypted() {
        return Err(Unreadable::Protected);
    }
    // What the archive says of the size is its own word: what comes out is counted.
    let unpacked = BufReader::new(part.take(limits::XML_BYTES_MAX + 1));
    text(unpacked, words)
}

fn text(unpacked: impl BufRead, words: &Words) -> Result<String, Unreadable> {
    let not_so = || Unreadable::NotSo(words.kind);
    let mut xml = Reader::from_reader(unpacked);
    xml.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    let mut out = String::new();
    let (mut depth, mut within) = (0_usize, 0_usize);
    loop {
        buffer.clear();
        if xml.buffer_position() > limits::XML_BYTES_MAX {
            return Err(Unreadable::TooMuch);
        }
        match xml.read_event_into(&mut buffer).map_err(|_| not_so())? {
            Event::Start(element) => {
                depth += 1;
                if depth > limits::XML_DEPTH_MAX {
                    return Err(Unreadable::TooMuch);
                }
                let name = element.local_name();
                within += usize::from(words.text.contains(&name.as_ref()));
            }
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                let name = element.local_name();
                let ends = usize::from(words.text.contains(&name.as_ref()));
                within = within.saturating_sub(ends);
                if words.lines.contains(&name.as_ref()) {
                    out.push('\n');
                }
            }
            Event::Empty(element) => {
                let name = element.local_name();
                if words.lines.contains(&name.as_ref()) {
                    out.push('\n');
                } else if words.spaces.contains(&name.as_ref()) {
                    out.push(' ');
                }
            }
            Event::Text(said) if within > 0 => out.push_str(&said.decode().map_err(|_| not_so())?),
            Event::CData(said) if within > 0 => out.push_str(&said.decode().map_err(|_| not_so())?),
            Event::GeneralRef(said) if within > 0 => {
                let known = match said.decode().unwrap_or_default().as_ref() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    // A name of the document's own: billions of laughs begin so.
                    _ => said.resolve_char_ref().ok().flatten(),
                };
                out.extend(known);
            }
            Event::Eof => return Ok(out),
            _ => {}
        }
        if out.len() > limits::TEXT_CHARS_MAX * 4 {
            return Ok(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::{ZipWriter, write::SimpleFileOptions};

    fn packed(part: &str, xml: &[u8]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive
            .start_file(part, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(xml).unwrap();
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn word_and_opendocument_are_read() {
        let word = "<w:document><w:body><w:p><w:r><w:t>จด</w:t></w:r><w:r><w:t>ทะเบียน &amp; &#3585;</w:t>\
                    <w:tab/><w:t>ข</w:t></w:r></w:p><w:instrText>HIDDEN</w:instrText><w:p><w:t>สอง</w:t></w:p>\
                    </w:body></w:document>";
        assert_eq!(
            docx(&packed("word/document.xml", word.as_bytes())).unwrap(),
            "จดทะเบียน & ก ข\nสอง\n"
        );
        let open = "<o><text:h>หัวข้อ</text:h><text:p>หนึ่ง<text:s/><text:span>สอง</text:span></text:p><x>no</x></o>";
        assert_eq!(
            odt(&packed("content.xml", open.as_bytes())).unwrap(),
            "หัวข้อ\nหนึ่ง สอง\n"
        );
        assert_eq!(
            odt(&packed("other.xml", b"")),
            Err(Unreadable::NotSo(DocumentKind::Odt))
        );
    }

    #[test]
    fn bombs_are_put_out() {
        let deep = format!("<d>{}</d>", "<w:p>".repeat(1_000));
        assert_eq!(
            docx(&packed("word/document.xml", deep.as_bytes())),
            Err(Unreadable::TooMuch)
        );
        let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><w:t>&b;&b;</w:t>";
        assert_eq!(
            docx(&packed("word/document.xml", laughs.as_bytes())),
            Ok(String::new())
        );
        // 80 MB of nothing in 80 KB.
        let mut bomb = b"<d>".to_vec();
        bomb.resize(80 * 1024 * 1024, b' ');
        let bomb = packed("word/document.xml", &bomb);
        assert!(bomb.len() < 200_000);
        assert!(docx(&bomb).is_err() || docx(&bomb) == Ok(String::new()));
    }
}
