//! Looking for texts: a glance at the signature of each, and a close look at those that promise most.
//!
//! Nothing is stored: the same texts and the same words give the same order, whichever database they are from.

use crate::{
    book::Book,
    letters::{Letters, sounds},
    limits,
    query::{Query, Unit, Variant},
    scoring::{Found, Scoring},
};
use memchr::memmem;
use std::sync::Arc;

/// What its owner thinks of a text, beside the words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bearing {
    /// It comes after all others, such as what has expired.
    pub last: bool,
    /// Its worth is multiplied by this.
    pub favour: f32,
}

/// A text that was found.
#[derive(Debug)]
pub struct Hit<'b, M> {
    /// Which.
    pub book: &'b Arc<Book<M>>,
    /// How well: to be compared within one search only.
    pub score: f32,
    /// See [`Bearing::last`].
    pub last: bool,
}

/// What a glance at a text tells: a bit for each word and each part that it may hold.
struct Glance {
    book: usize,
    bearing: Bearing,
    words: u64,
    head_words: u64,
    units: u64,
    head_units: u64,
}

/// Share of the sounds of a part that a text must seem to hold, so that it may hold something like it.
const LIKENESS: (usize, usize) = (6, 10);

/// With fewer triples than this a word seems to be in too many texts: it is looked for at once.
const TELLING: usize = 3;

/// The texts that hold what is looked for, the best first, at most so many. `bearing` tells what its owner
/// thinks of a text; none: it is not looked at.
pub fn search<'b, M>(
    books: &'b [Arc<Book<M>>],
    query: &Query,
    most: usize,
    bearing: impl Fn(&M) -> Option<Bearing>,
) -> Vec<Hit<'b, M>> {
    let mut counts = vec![0_usize; query.words.len()];
    let mut glances = Vec::new();
    let mut looked_at = 0;
    for (n, book) in books.iter().enumerate() {
        let Some(bearing) = bearing(&book.about) else {
            continue;
        };
        looked_at += 1;
        let glance = glance(n, book, bearing, query);
        for (word, count) in counts.iter_mut().enumerate() {
            *count += (glance.words >> word & 1) as usize;
        }
        if glance.words | glance.units != 0 {
            glances.push(glance);
        }
    }
    let scoring = Scoring::of(query, &counts, looked_at);
    let mut promising: Vec<(f32, Glance)> = glances
        .into_iter()
        .map(|glance| (promise(&glance, query, &scoring), glance))
        .collect();
    if promising.len() > limits::CANDIDATES_MAX {
        let at = limits::CANDIDATES_MAX;
        promising.select_nth_unstable_by(at, |(one, first), (other, second)| {
            other.total_cmp(one).then(first.book.cmp(&second.book))
        });
        promising.truncate(at);
    }
    let look = |(_, glance): (f32, Glance)| {
        let book = &books[glance.book];
        let score = scoring.score(book, query, (glance.words, glance.units))?;
        Some((
            Hit {
                book,
                score: score * glance.bearing.favour,
                last: glance.bearing.last,
            },
            glance.book,
        ))
    };
    let mut hits: Vec<(Hit<'b, M>, usize)> = promising.into_iter().filter_map(look).collect();
    hits.sort_by(|(one, n), (other, m)| {
        let by_worth = one
            .last
            .cmp(&other.last)
            .then(other.score.total_cmp(&one.score));
        by_worth.then(n.cmp(m))
    });
    hits.truncate(most);
    hits.into_iter().map(|(hit, _)| hit).collect()
}

fn glance<M>(n: usize, book: &Book<M>, bearing: Bearing, query: &Query) -> Glance {
    let mut glance = Glance {
        book: n,
        bearing,
        words: 0,
        head_words: 0,
        units: 0,
        head_units: 0,
    };
    let telling = query.words.iter().enumerate();
    let telling = telling.filter(|(_, word)| !word.says_little || query.says_little);
    for (bit, word) in telling {
        if !book.whole.may_hold_all(&word.grams) {
            continue;
        }
        let (held, in_head) = if word.grams.len() < TELLING {
            let in_head = holds(&book.title, &word.letters) || holds(&book.topics, &word.letters);
            (in_head || holds(&book.body, &word.letters), in_head)
        } else {
            (true, book.head.may_hold_all(&word.grams))
        };
        glance.words |= u64::from(held) << bit;
        glance.head_words |= u64::from(in_head) << bit;
    }
    let enough = |held: usize, of: usize| held * LIKENESS.1 >= of * LIKENESS.0;
    for unit in query.variants.iter().flat_map(|variant| &variant.units) {
        let of = unit.grams.len();
        let (held, in_head) = if of < TELLING {
            let in_head = book.head.may_hold_all(&unit.grams) && is_heard_in_head(book, unit);
            let words = unit.words.iter().any(|word| glance.words >> word & 1 == 1);
            (in_head || words, in_head)
        } else if enough(book.whole.count(&unit.grams), of) {
            (true, enough(book.head.count(&unit.grams), of))
        } else {
            (false, false)
        };
        glance.units |= u64::from(held) << unit.n;
        glance.head_units |= u64::from(in_head) << unit.n;
    }
    glance
}

fn holds(text: &Letters, word: &[u8]) -> bool {
    memmem::find(&text.bytes, word).is_some()
}

fn is_heard_in_head<M>(book: &Book<M>, unit: &Unit) -> bool {
    let heads = [&book.title, &book.topics];
    let mut heard = heads.into_iter().map(|head| sounds(&head.bytes));
    unit.sounds.len() > 1 && heard.any(|heard| memmem::find(&heard, &unit.sounds).is_some())
}

/// What a close look may be worth.
fn promise(glance: &Glance, query: &Query, scoring: &Scoring) -> f32 {
    let has = |bits: u64, n: usize| (bits >> n & 1) as f32;
    let of_variant = |variant: &Variant| -> f32 {
        let unit = |unit: &Unit| {
            let words = unit.words.iter().map(|word| {
                let held = has(glance.words, *word) + 5.0 * has(glance.head_words, *word);
                scoring.weight_of_word(*word) * held
            });
            let likeness = has(glance.units, unit.n) + 3.0 * has(glance.head_units, unit.n);
            words.sum::<f32>() + scoring.weight_of(unit) * likeness
        };
        variant.units.iter().map(unit).sum()
    };
    let best = query.variants.iter().map(of_variant).fold(0.0, f32::max);
    let last = if glance.bearing.last { 0.5 } else { 1.0 };
    best * glance.bearing.favour * last
}

impl<M> Hit<'_, M> {
    /// What its owner wants to know of it.
    pub fn about(&self) -> &M {
        &self.book.about
    }
}

impl Scoring {
    /// The best that any variant makes of a text; none: it does not hold enough of what is looked for.
    fn score<M>(&self, book: &Book<M>, query: &Query, held: (u64, u64)) -> Option<f32> {
        let found = Found::of(book, held);
        let scores = query.variants.iter();
        let scores = scores.filter_map(|variant| self.variant(variant, query, &found));
        scores.max_by(f32::total_cmp)
    }
}
