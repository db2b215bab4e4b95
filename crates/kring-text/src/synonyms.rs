//! Words that stand for each other: ดีบีดี, DBD and กรมพัฒนาธุรกิจการค้า.

use crate::{fold::folded, limits};

/// Groups of words that mean the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synonyms(Vec<Vec<String>>);

impl Synonyms {
    /// Of these groups.
    pub fn of<G, W>(groups: impl IntoIterator<Item = G>) -> Synonyms
    where
        G: IntoIterator<Item = W>,
        W: AsRef<str>,
    {
        let group = |group: G| {
            let words = group.into_iter().map(|word| folded(word.as_ref()));
            let mut words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
            // The longest is looked for first: it says the most.
            words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
            words.dedup();
            words
        };
        Synonyms(groups.into_iter().map(group).collect())
    }

    /// A folded text, and the texts that say the same by other words.
    pub(crate) fn variants(&self, text: &str) -> Vec<String> {
        let mut variants = vec![text.to_owned()];
        for group in &self.0 {
            let found = group
                .iter()
                .find_map(|word| Some((word, find(text, word)?)));
            let Some((word, at)) = found else {
                continue;
            };
            for other in group.iter().filter(|other| *other != word) {
                if variants.len() == limits::VARIANTS_MAX {
                    return variants;
                }
                let (before, after) = (&text[..at], &text[at + word.len()..]);
                let apart = |beside: &str| if beside.is_empty() { "" } else { " " };
                variants.push(format!(
                    "{before}{}{other}{}{after}",
                    apart(before),
                    apart(after)
                ));
            }
        }
        variants
    }
}

/// Where a text holds a word; a Latin one only as a whole.
fn find(text: &str, word: &str) -> Option<usize> {
    let is_latin = |c: char| c.is_ascii_alphanumeric();
    let is_mark = |c: char| matches!(c, '\u{e31}' | '\u{e33}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}');
    let is_whole = |at: usize| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        let joins = word.starts_with(is_latin) && before.ends_with(is_latin)
            || word.ends_with(is_latin) && after.starts_with(is_latin);
        !joins && !after.starts_with(is_mark)
    };
    text.match_indices(word)
        .map(|(at, _)| at)
        .find(|at| is_whole(*at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_is_looked_for_too() {
        let synonyms = Synonyms::of([
            ["DBD", "ดีบีดี", "กรมพัฒนาธุรกิจการค้า"],
            ["ทะเบียนพาณิชย์", "จดทะเบียนพาณิชย์", "ทะเบียนการค้า"],
        ]);
        assert_eq!(
            synonyms.variants("งบ dbd"),
            ["งบ dbd", "งบ  กรมพัฒนาธุรกิจการค้า", "งบ  ดีบีดี"]
        );
        assert_eq!(
            synonyms.variants("dbdx"),
            ["dbdx"],
            "a Latin word is a whole one"
        );
        assert_eq!(
            synonyms.variants("จดทะเบียนพาณิชย์")[1..],
            ["ทะเบียนพาณิชย์", "ทะเบียนการค้า"],
            "the longest counts"
        );
    }
}
