//! Any bytes as any kind of document: text within bounds comes out, or a refusal; never a panic of ours. (PDF is
//! left out: its reader may panic, and has a process of its own for that.)
//!
//! Run from the top: `RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz document tests/fuzz/corpus/document -- -max_total_time=600`

#![no_main]

use kring_document::{DocumentKind, extract, limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for kind in [
        DocumentKind::Docx,
        DocumentKind::Odt,
        DocumentKind::Html,
        DocumentKind::Text,
    ] {
        if let Ok(read) = extract(kind, bytes) {
            assert!(!read.text.is_empty());
            assert!(read.text.chars().count() <= limits::TEXT_CHARS_MAX + 1);
            assert!(!read.text.contains('\0'));
        }
    }
});
