//! What a text is worth for what is looked for: title over topics and headings over body, the phrase over its
//! words, all words over some, a word over what sounds like it, rare words over those that everybody writes.

use crate::{
    book::Book,
    finding::best,
    letters::{Letters, sounds},
    limits,
    near::{PATTERN_MAX, nearest},
    query::{Query, Unit, Variant},
};
use memchr::memmem;
use std::cell::OnceCell;

/// What a find is worth in title, in topics and headings, in the body.
const FIELDS: [f32; 3] = [10.0, 6.0, 1.5];
/// A phrase, against its words one by one.
const PHRASE: f32 = 1.25;
/// What sounds like it.
const SOUND: f32 = 0.75;
/// What is nearly it, before its errors are taken off.
const NEAR: f32 = 0.6;
/// By a synonym.
const BY_SYNONYM: f32 = 0.9;
/// So much of what is looked for a text must hold.
const SHARE_MIN: f32 = 0.5;
/// The weight of a word that everybody uses.
const LITTLE: f32 = 0.05;

/// The weights of the words, by how many texts hold them.
pub(crate) struct Scoring {
    words: Vec<f32>,
}

/// A text that is looked at closely, with what was made of it already.
pub(crate) struct Found<'b> {
    fields: [&'b Letters; 3],
    /// The words that it may hold.
    words: u64,
    /// The parts that it may hold, or something like them.
    units: u64,
    heard: [OnceCell<Vec<u8>>; 3],
}

/// What a text holds of a part.
struct Held {
    fields: [f32; 3],
    /// How much of it, anywhere: 1 is all.
    share: f32,
}

impl<'b> Found<'b> {
    pub(crate) fn of<M>(book: &'b Book<M>, (words, units): (u64, u64)) -> Found<'b> {
        Found {
            fields: [&book.title, &book.topics, &book.body],
            words,
            units,
            heard: Default::default(),
        }
    }

    fn heard(&self, field: usize) -> &[u8] {
        let letters = &self.fields[field].bytes;
        let most = letters.len().min(limits::NEAR_SOUNDS_MAX);
        self.heard[field].get_or_init(|| sounds(&letters[..most]))
    }
}

impl Scoring {
    pub(crate) fn of(query: &Query, counts: &[usize], texts: usize) -> Scoring {
        let weight = |(word, count): (&crate::query::Word, &usize)| {
            if word.says_little {
                return LITTLE;
            }
            (1.0 + texts as f32 / (1.0 + *count as f32)).ln() + 0.3
        };
        Scoring {
            words: query.words.iter().zip(counts).map(weight).collect(),
        }
    }

    pub(crate) fn weight_of_word(&self, word: usize) -> f32 {
        self.words[word]
    }

    /// Of a part: that of its words.
    pub(crate) fn weight_of(&self, unit: &Unit) -> f32 {
        let words = unit.words.iter().map(|word| self.words[*word]);
        words.sum::<f32>().max(LITTLE)
    }

    /// What a text is worth; none: it holds too little.
    pub(crate) fn variant(
        &self,
        variant: &Variant,
        query: &Query,
        found: &Found<'_>,
    ) -> Option<f32> {
        let (mut worth, mut held, mut all) = (0.0, 0.0, 0.0);
        for unit in &variant.units {
            let weight = self.weight_of(unit);
            let of_unit = self.unit(unit, query, found);
            let fields = of_unit.fields.iter().zip(FIELDS);
            worth += weight * fields.map(|(held, field)| held * field).sum::<f32>();
            held += weight * of_unit.share;
            all += weight;
        }
        let share = held / all;
        if share < SHARE_MIN {
            return None;
        }
        if variant.units.len() > 1 && hears(found.heard(0), &variant.sounds) {
            worth += 0.5 * FIELDS[0] * all;
        }
        let title = found.fields[0].bytes.len().max(variant.letters);
        let covered = variant.letters as f32 / title as f32;
        let own = if variant.own { 1.0 } else { BY_SYNONYM };
        Some(worth * share * share * (1.0 + 0.3 * covered) * own)
    }

    fn unit(&self, unit: &Unit, query: &Query, found: &Found<'_>) -> Held {
        let mut held = Held {
            fields: [0.0; 3],
            share: 0.0,
        };
        let weight = self.weight_of(unit);
        let mut words = vec![0.0_f32; unit.words.len()];
        for (n, field) in found.fields.iter().enumerate() {
            if let Some((closeness, count)) = best(&unit.letters, field) {
                let often = 1.0 + 0.1 * (count as f32).ln();
                held.fields[n] = PHRASE * closeness * often;
                held.share = 1.0;
                continue;
            }
            if unit.words.len() == 1 && unit.sounds.len() > 1 {
                continue;
            }
            for (word, most) in unit.words.iter().zip(&mut words) {
                if found.words >> word & 1 == 0 {
                    continue;
                }
                let letters = &query.words[*word].letters;
                let close = best(letters, field).map_or(0.0, |(closeness, _)| closeness);
                held.fields[n] += self.words[*word] * close / weight;
                *most = most.max(close);
            }
        }
        let each = unit.words.iter().zip(&words);
        let of_words: f32 = each.map(|(word, close)| self.words[*word] * close).sum();
        held.share = held.share.max(of_words / weight);
        let is_likely = found.units >> unit.n & 1 == 1;
        if held.share < 0.99 && is_likely && !unit.is_number {
            listen(unit, found, &mut held);
        }
        held
    }
}

/// Looks for what sounds like a part, and for what is nearly it.
fn listen(unit: &Unit, found: &Found<'_>, held: &mut Held) {
    for n in 0..3 {
        let heard = found.heard(n);
        let length = unit.sounds.len();
        let in_body = n == 2;
        let worth = if hears(heard, &unit.sounds) && length >= if in_body { 4 } else { 3 } {
            SOUND
        } else if let Some(errors) = near(&unit.sounds, heard, in_body) {
            NEAR * (1.0 - 2.0 * errors as f32 / length as f32)
        } else {
            continue;
        };
        held.fields[n] = held.fields[n].max(worth);
        held.share = held.share.max(0.8);
    }
}

fn hears(heard: &[u8], sounds: &[u8]) -> bool {
    sounds.len() > 1 && memmem::find(heard, sounds).is_some()
}

/// How many errors: the longer the word, the more it may have. A long text holds anything short, nearly.
fn near(sounds: &[u8], heard: &[u8], in_body: bool) -> Option<usize> {
    let sounds = &sounds[..sounds.len().min(PATTERN_MAX)];
    let most = match (in_body, sounds.len()) {
        (false, 6..) => (sounds.len() / 6).min(3),
        (true, 9..) => (sounds.len() / 6).min(3),
        _ => 0,
    };
    nearest(sounds, heard, most).map(|(errors, _)| errors)
}
