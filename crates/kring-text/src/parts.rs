//! The parts by which a name is found: every three characters of its words, and how each word begins.
//!
//! A name contains what is looked for only if it has all the parts of it; whether it really does is asked of the
//! name itself. One or two characters find the words that begin with them, three and more any part of a word.

use std::collections::BTreeSet;

/// Parts of one name at most: more than any name has.
pub const PARTS_MAX: usize = 256;

/// Characters of a part that may stand anywhere.
const ANYWHERE: usize = 3;

/// Stands before a part that begins a word.
const BEGINS: char = '^';

/// The parts of a folded name.
pub fn parts_of(folded: &str) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    for word in folded.split(' ') {
        let chars: Vec<char> = word.chars().collect();
        for at in 0..chars.len() {
            if parts.len() >= PARTS_MAX {
                return parts;
            }
            if begins(&chars, at) {
                parts.insert(beginning(&chars[at..=at]));
                if let Some(two) = chars.get(at..at + 2) {
                    parts.insert(beginning(two));
                }
            }
            if let Some(three) = chars.get(at..at + ANYWHERE) {
                parts.insert(three.iter().collect());
            }
        }
    }
    parts
}

/// The parts that a name must have to contain this folded word.
pub fn parts_wanted(word: &str) -> BTreeSet<String> {
    let chars: Vec<char> = word.chars().collect();
    if chars.is_empty() {
        return BTreeSet::new();
    }
    if chars.len() < ANYWHERE {
        return BTreeSet::from([beginning(&chars)]);
    }
    let three = chars.windows(ANYWHERE);
    three
        .take(PARTS_MAX)
        .map(|part| part.iter().collect())
        .collect()
}

/// Whether something begins here that people look for: a word, what follows a bracket, a sign.
fn begins(word: &[char], at: usize) -> bool {
    let sign = |c: char| c.is_ascii_punctuation();
    at == 0 || sign(word[at]) || sign(word[at - 1])
}

fn beginning(chars: &[char]) -> String {
    std::iter::once(BEGINS)
        .chain(chars.iter().copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_part_is_looked_for_a_name_has_its_parts() {
        for name in ["สมชาย ใจดี", "smith_50% (ไทย)", "บุญ", "ก ข"]
        {
            let has = parts_of(name);
            for word in name.split(' ') {
                let chars: Vec<char> = word.chars().collect();
                for from in 0..chars.len() {
                    for to in from + 3..=chars.len() {
                        let part: String = chars[from..to].iter().collect();
                        assert!(parts_wanted(&part).is_subset(&has), "{part} in {name}");
                    }
                }
                for to in 1..=chars.len().min(2) {
                    let part: String = chars[..to].iter().collect();
                    assert!(parts_wanted(&part).is_subset(&has), "{part} in {name}");
                }
            }
        }
        assert!(parts_wanted("%").is_subset(&parts_of("smith_50%")));
        assert!(
            !parts_wanted("าย").is_subset(&parts_of("สมชาย")),
            "two characters begin a word"
        );
        assert!(parts_wanted("").is_empty() && parts_of("").is_empty());
    }

    #[test]
    fn a_name_has_no_more_parts_than_are_kept() {
        let long: String = ('ก'..='ฮ').cycle().step_by(7).take(5_000).collect();
        assert!(parts_of(&long).len() <= PARTS_MAX + 3);
    }
}
