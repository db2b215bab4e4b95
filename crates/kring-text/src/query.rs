//! What somebody looks for: its parts between spaces, their words and sounds, and the same by synonyms.

use crate::{
    fold::folded,
    letters::{is_of_word, letter, sounds},
    limits,
    signature::{Gram, telling_grams},
    synonyms::Synonyms,
    words::{says_little, words},
};

/// What somebody looks for.
#[derive(Clone, Debug)]
pub struct Query {
    pub(crate) variants: Vec<Variant>,
    /// The words of all variants, each once.
    pub(crate) words: Vec<Word>,
    /// How many parts all variants have.
    pub(crate) units: usize,
    /// Whether all its words say little.
    pub(crate) says_little: bool,
}

/// It, or the same by other words.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) units: Vec<Unit>,
    /// The sounds of all of it.
    pub(crate) sounds: Vec<u8>,
    /// Its letters.
    pub(crate) letters: usize,
    /// Whether these are the words that were typed.
    pub(crate) own: bool,
}

/// What stands between two spaces.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    /// Its number among the parts of all variants.
    pub(crate) n: usize,
    pub(crate) letters: Vec<u8>,
    pub(crate) sounds: Vec<u8>,
    pub(crate) grams: Vec<Gram>,
    /// The numbers of its words.
    pub(crate) words: Vec<usize>,
    /// Nothing sounds like a number.
    pub(crate) is_number: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) letters: Vec<u8>,
    pub(crate) grams: Vec<Gram>,
    pub(crate) says_little: bool,
}

impl Query {
    /// Reads what was typed; none: no letter and no digit is in it.
    pub fn read(text: &str, synonyms: &Synonyms) -> Option<Query> {
        let text: String = text.chars().take(limits::QUERY_LETTERS_MAX).collect();
        let mut query = Query {
            variants: Vec::new(),
            words: Vec::new(),
            units: 0,
            says_little: true,
        };
        for (n, text) in synonyms.variants(&folded(&text)).iter().enumerate() {
            let variant = query.variant(text, n == 0);
            query.variants.extend(variant);
        }
        query.says_little = query.words.iter().all(|word| word.says_little);
        (!query.variants.is_empty()).then_some(query)
    }

    fn variant(&mut self, text: &str, own: bool) -> Option<Variant> {
        let between = |c: char| !is_of_word(letter(c));
        let parts = text.split(between).filter(|part| !part.is_empty());
        let mut units = Vec::new();
        for part in parts.take(limits::UNITS_MAX) {
            if self.units == limits::WORDS_MAX || !part.contains(char::is_alphanumeric) {
                continue;
            }
            let letters: Vec<u8> = part.chars().map(letter).collect();
            let sounds = sounds(&letters);
            let words = words(part).into_iter();
            units.push(Unit {
                n: self.units,
                grams: telling_grams(&sounds),
                sounds,
                words: words.filter_map(|range| self.word(&part[range])).collect(),
                is_number: letters.iter().all(u8::is_ascii_digit),
                letters,
            });
            self.units += 1;
        }
        let all = |unit: &Unit| unit.sounds.clone();
        (!units.is_empty()).then(|| Variant {
            sounds: units.iter().flat_map(all).collect(),
            letters: units.iter().map(|unit| unit.letters.len()).sum(),
            units,
            own,
        })
    }

    /// The number of a word.
    fn word(&mut self, word: &str) -> Option<usize> {
        let letters: Vec<u8> = word.chars().map(letter).collect();
        let known = self.words.iter().position(|known| known.letters == letters);
        if known.is_some() || self.words.len() == limits::WORDS_MAX {
            return known;
        }
        self.words.push(Word {
            grams: telling_grams(&sounds(&letters)),
            letters,
            says_little: says_little(word),
        });
        Some(self.words.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_has_parts_and_words() {
        let query = Query::read("จดทะเบียน e-Form ๑๒๐๓", &Synonyms::default()).unwrap();
        let units: Vec<usize> = query.variants[0]
            .units
            .iter()
            .map(|unit| unit.words.len())
            .collect();
        assert_eq!(units, [2, 1, 1, 1]);
        assert!(query.variants[0].units[3].is_number);
        assert!(Query::read(" -!๏ ", &Synonyms::default()).is_none());
        let long = "ก ".repeat(1_000);
        assert!(Query::read(&long, &Synonyms::default()).is_some());
    }
}
