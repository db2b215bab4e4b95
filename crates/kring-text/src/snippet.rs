//! What a text says around what was looked for, in pieces that are it or are not: no markup travels.

use crate::{
    finding::places,
    letters::{Placed, is_mark, placed_sounds},
    limits,
    near::{PATTERN_MAX, nearest},
    query::{Query, Unit},
};
use memchr::memmem;
use std::ops::Range;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it says.
    pub text: String,
    /// Whether it is what was looked for.
    pub hit: bool,
}

/// Letters before the first hit.
const BEFORE: usize = 30;
/// How far a border is moved to the end of a word.
const TO_A_WORD: usize = 20;

/// The part of a text that holds most of what was looked for, in some `most` letters, with … where something
/// was left out. Nothing was found: how the text begins.
pub fn snippet(text: &str, query: &Query, most: usize) -> Vec<Piece> {
    let placed = Placed::of(text, limits::TEXT_LETTERS_MAX);
    let hits = hits(&placed, query);
    let length = placed.places.len();
    let from = match densest(&hits, most) {
        Some(first) if first > BEFORE => border(&placed, first - BEFORE, first),
        _ => 0,
    };
    let mut end = (from + most).min(length);
    if end < length {
        end = back_to_border(&placed, from, end);
    }
    pieces(text, &placed, from..end, &hits)
}

/// All of a short text, such as a title.
pub fn marked(text: &str, query: &Query) -> Vec<Piece> {
    let placed = Placed::of(text, limits::TEXT_LETTERS_MAX);
    pieces(text, &placed, 0..placed.places.len(), &hits(&placed, query))
}

/// A text cut to so many letters at the end of a word, with … if something was left out.
pub fn shortened(text: &str, most: usize) -> String {
    let placed = Placed::of(text, most + TO_A_WORD);
    if placed.places.len() <= most {
        return text.trim_end().to_owned();
    }
    let end = back_to_border(&placed, 0, most);
    format!("{}…", text[..placed.places[end]].trim_end())
}

/// Where what was looked for stands, in order, none over another.
fn hits(placed: &Placed, query: &Query) -> Vec<Range<usize>> {
    let units = query.variants.iter().flat_map(|variant| &variant.units);
    let mut all: Vec<Range<usize>> = units
        .flat_map(|unit| of_unit(placed, unit, query))
        .collect();
    all.sort_by_key(|hit| (hit.start, hit.end));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for hit in all {
        match apart.last_mut() {
            Some(last) if hit.start <= last.end => last.end = last.end.max(hit.end),
            _ => apart.push(hit),
        }
    }
    apart
}

/// The part itself, else its words, else what sounds like it.
fn of_unit(placed: &Placed, unit: &Unit, query: &Query) -> Vec<Range<usize>> {
    let all = |word: &[u8], closeness: f32| -> Vec<Range<usize>> {
        let found = places(word, &placed.letters).filter(|(_, close)| *close >= closeness);
        let found = found.take(limits::MARKS_MAX);
        found.map(|(at, _)| at..at + word.len()).collect()
    };
    let whole = all(&unit.letters, 0.3);
    if !whole.is_empty() || unit.is_number {
        return whole;
    }
    let heard = by_sound(placed, unit);
    if !heard.is_empty() {
        return heard;
    }
    let words = unit.words.iter().map(|word| &query.words[*word]);
    let words = words.filter(|word| !word.says_little);
    words.flat_map(|word| all(&word.letters, 0.7)).collect()
}

fn by_sound(placed: &Placed, unit: &Unit) -> Vec<Range<usize>> {
    let heard = placed_sounds(&placed.letters.bytes);
    let sounds: Vec<u8> = heard.iter().map(|(sound, _)| *sound).collect();
    let most = limits::NEAR_SOUNDS_MAX.min(sounds.len());
    let length = unit.sounds.len().min(PATTERN_MAX);
    if length < 3 {
        return Vec::new();
    }
    let range = |from: usize, end: usize| {
        let after = heard.get(end).map_or(placed.places.len(), |(_, at)| *at);
        heard[from].1..back_over_spaces(placed, after)
    };
    let exact = memmem::find_iter(&sounds, &unit.sounds).take(limits::MARKS_MAX);
    let exact: Vec<_> = exact.map(|at| range(at, at + unit.sounds.len())).collect();
    if !exact.is_empty() || length < 6 {
        return exact;
    }
    let near = nearest(&unit.sounds[..length], &sounds[..most], length / 6);
    let near = near.map(|(_, end)| range(end.saturating_sub(length), end));
    near.into_iter().collect()
}

fn back_over_spaces(placed: &Placed, mut end: usize) -> usize {
    while end > 0 && placed.letters.bytes[end - 1] == b' ' {
        end -= 1;
    }
    end
}

/// The first hit of the part in which most letters are hits.
fn densest(hits: &[Range<usize>], most: usize) -> Option<usize> {
    let within = |first: &Range<usize>| -> usize {
        let end = first.start + most.saturating_sub(BEFORE);
        let inside = hits
            .iter()
            .filter(|hit| hit.start >= first.start && hit.end <= end);
        inside.map(ExactSizeIterator::len).sum()
    };
    let best = hits.iter().take(limits::MARKS_MAX * 2).rev();
    best.max_by_key(|hit| within(hit)).map(|hit| hit.start)
}

/// The beginning of a word at or after `from`, and not after `until`.
fn border(placed: &Placed, from: usize, until: usize) -> usize {
    let cut = (from..until.min(from + TO_A_WORD)).find(|at| placed.letters.is_cut(*at));
    cut.unwrap_or_else(|| letter_begins(placed, from))
}

/// The end of a word at or before `end`.
fn back_to_border(placed: &Placed, from: usize, end: usize) -> usize {
    let least = end.saturating_sub(TO_A_WORD).max(from + 1);
    let cut = (least..=end).rev().find(|at| placed.letters.is_cut(*at));
    cut.unwrap_or_else(|| letter_begins(placed, end))
}

/// No mark is parted from its letter.
fn letter_begins(placed: &Placed, mut at: usize) -> usize {
    let bytes = &placed.letters.bytes;
    while at > 0 && bytes.get(at).is_some_and(|letter| is_mark(*letter)) {
        at -= 1;
    }
    at
}

fn pieces(text: &str, placed: &Placed, part: Range<usize>, hits: &[Range<usize>]) -> Vec<Piece> {
    let place = |at: usize| placed.places.get(at).copied().unwrap_or(text.len());
    let mut pieces = Vec::new();
    let mut push = |range: Range<usize>, hit: bool| {
        let mut said = plain(&text[place(range.start)..place(range.end)]);
        if range.start == part.start && part.start > 0 {
            said.insert(0, '…');
        }
        if range.end == part.end && part.end < placed.places.len() {
            said.truncate(said.trim_end().len());
            said.push('…');
        }
        if !said.is_empty() {
            pieces.push(Piece { text: said, hit });
        }
    };
    let mut at = part.start;
    for hit in hits
        .iter()
        .filter(|hit| hit.end > part.start && hit.start < part.end)
    {
        let (start, end) = (hit.start.max(part.start), hit.end.min(part.end));
        if start > at {
            push(at..start, false);
        }
        push(start..end, true);
        at = end;
    }
    if at < part.end {
        push(at..part.end, false);
    }
    pieces
}

/// Without line ends and without the signs of Markdown.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !matches!(c, '#' | '*' | '`')) {
        match c {
            space if space.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out
}
