//! The text of PDF files, page by page.

use crate::{DocumentKind, Extracted, Unreadable, limits};
use lopdf::Document;

/// The text of a PDF file.
pub(crate) fn extract(bytes: &[u8]) -> Result<Extracted, Unreadable> {
    let not_so = || Unreadable::NotSo(DocumentKind::Pdf);
    if !bytes[..bytes.len().min(1_024)]
        .windows(5)
        .any(|at| at == b"%PDF-")
    {
        return Err(not_so());
    }
    let document = Document::load_mem(bytes).map_err(|_| not_so())?;
    if document.is_encrypted() {
        return Err(Unreadable::Protected);
    }
    let pages = document.get_pages();
    let mut text = String::new();
    for number in pages.keys().take(limits::PAGES_MAX) {
        // A page that cannot be read leaves the others.
        let page = document.extract_text_with_limit(&[*number], limits::PAGE_BYTES_MAX);
        text.push_str(&page.unwrap_or_default());
        text.push('\n');
        if text.len() > limits::TEXT_CHARS_MAX * 4 {
            break;
        }
    }
    Ok(Extracted {
        text,
        pages: pages.len(),
    })
}
