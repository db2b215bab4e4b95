//! How settings name a recording: one by its name, or a file.
//!
//! Whether it is there is known when the recordings are read, at the start and by `kringd check`.

use super::section::{Item, Section};
use std::sync::Arc;

/// Announcements of one queue that take turns.
const ANNOUNCEMENTS_MAX: usize = 20;

/// Whether this names a file, and no recording by its name.
pub(crate) fn is_file(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ending = bytes.last_chunk::<4>();
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case(b".wav"))
}

/// The key that names one recording.
pub(super) fn one(section: &mut Section<'_>, key: &'static str) -> Option<Arc<str>> {
    let text = section.text(key)?;
    if !is_good(&text) {
        section.complain(key, told(&section.name(key), &text));
    }
    Some(text.into())
}

/// The key that names several.
pub(super) fn several(section: &mut Section<'_>, key: &'static str) -> Arc<[Arc<str>]> {
    let items = section.list(key).unwrap_or_default();
    if items.len() > ANNOUNCEMENTS_MAX {
        let name = section.name(key);
        section.complain(
            key,
            format!("{name} has more than {ANNOUNCEMENTS_MAX} recordings."),
        );
    }
    let bad = |item: &&Item| !is_good(&item.text);
    for item in items.iter().filter(bad) {
        section.complain_of(item, told(&section.name(key), &item.text));
    }
    items.into_iter().map(|item| item.text.into()).collect()
}

fn is_good(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    is_file(text) || text.bytes().all(|byte| letter(byte) || byte == b'-')
}

fn told(name: &str, text: &str) -> String {
    format!(
        "{name} is {text:?}, but must be the name of a recording (a-z, 0-9, _ and -, such as \
         greeting), or a file that ends in .wav."
    )
}
