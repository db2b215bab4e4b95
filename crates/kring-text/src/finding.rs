//! Where a text holds the letters of a word, and how well: as a word of its own, at the beginning of one, or
//! somewhere within.

use crate::letters::{Letters, is_mark};
use memchr::memmem;

/// How well a text holds a word: 1 is as a word.
pub(crate) type Closeness = f32;

/// Letters of a Thai word that is too short to mean anything within another.
const SHORT: usize = 3;
/// Letters of one that means the same wherever its borders are: they may have been cut wrong.
const LONG: usize = 6;
/// Letters of a Latin word that may be the beginning of another.
const LATIN_BEGINNING: usize = 3;

/// The places of a word, and how well it stands in each.
pub(crate) fn places<'t>(
    word: &'t [u8],
    text: &'t Letters,
) -> impl Iterator<Item = (usize, Closeness)> + 't {
    memmem::find_iter(&text.bytes, word)
        .filter_map(move |at| Some((at, closeness(word, text, at)?)))
}

/// The best of them, and how many there are.
pub(crate) fn best(word: &[u8], text: &Letters) -> Option<(Closeness, usize)> {
    let all = places(word, text).take(8);
    let best = |best: Option<(Closeness, usize)>, (_, closeness): (usize, Closeness)| {
        let (most, count) = best.unwrap_or((0.0, 0));
        Some((most.max(closeness), count + 1))
    };
    all.fold(None, best)
}

fn closeness(word: &[u8], text: &Letters, at: usize) -> Option<Closeness> {
    let end = at + word.len();
    let (first, last) = (*word.first()?, *word.last()?);
    let before = at.checked_sub(1).map(|before| text.bytes[before]);
    let after = text.bytes.get(end).copied();
    if after.is_some_and(is_mark) || is_mark(first) {
        return None;
    }
    let joins = |own: u8, beside: Option<u8>| {
        own.is_ascii_alphanumeric() && beside.is_some_and(|b| b.is_ascii_alphanumeric())
    };
    // A number is that number and no other, and a Latin word is found from its beginning.
    if joins(first, before) {
        return None;
    }
    if joins(last, after) {
        let may_go_on = word.len() >= LATIN_BEGINNING && !last.is_ascii_digit();
        return may_go_on.then_some(0.7);
    }
    let letters = word.iter().filter(|letter| !is_mark(**letter)).count();
    Some(match (text.is_cut(at), text.is_cut(end)) {
        (true, true) => 1.0,
        _ if letters < SHORT => 0.3,
        _ if letters >= LONG => 0.95,
        (false, false) => 0.7,
        _ => 0.85,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(word: &str, text: &str) -> Option<Closeness> {
        let word = Letters::of(word, 100);
        best(&word.bytes, &Letters::of(text, 100)).map(|(closeness, _)| closeness)
    }

    #[test]
    fn a_word_of_its_own_is_closest() {
        assert_eq!(close("ทะเบียน", "จดทะเบียนบริษัท"), Some(1.0));
        assert_eq!(close("ทะเบียนบริ", "จดทะเบียนบริษัท"), Some(0.95));
        assert_eq!(close("ตา", "ตาราง"), Some(0.3));
        assert_eq!(close("ผม", "ผ\u{e4c}ม"), None);
        assert_eq!(close("น", "นี้"), None, "half of a letter with its mark");
    }

    #[test]
    fn latin_words_begin_and_numbers_are_whole() {
        assert_eq!(close("trade", "Trademarks"), Some(0.7));
        assert_eq!(close("mark", "Trademarks"), None);
        assert_eq!(close("1203", "โทร 1203"), Some(1.0));
        assert_eq!(close("1203", "0381203456"), None);
        assert_eq!(close("123", "1234"), None);
    }
}
