//! A text as it is prepared for being looked for: its title, what it is about, and its body.

use crate::{
    letters::{Letters, sounds},
    limits,
    signature::Signature,
};

/// What a text consists of, as people wrote it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Texts<'t> {
    /// What it is called.
    pub title: &'t str,
    /// What it is about, other names of it, whose it is.
    pub topics: &'t str,
    /// All of it; lines that begin with `#` are headings.
    pub body: &'t str,
}

/// A text prepared, with what its owner wants to know of it.
#[derive(Clone, Debug)]
pub struct Book<M> {
    /// The owner's.
    pub about: M,
    pub(crate) title: Letters,
    /// Topics and headings.
    pub(crate) topics: Letters,
    pub(crate) body: Letters,
    /// Of everything.
    pub(crate) whole: Signature,
    /// Of title, topics and headings.
    pub(crate) head: Signature,
}

impl<M> Book<M> {
    /// Prepares a text. Takes some 50 ns a character.
    pub fn of(about: M, texts: &Texts<'_>) -> Book<M> {
        let headings = texts.body.lines().filter(|line| line.starts_with('#'));
        let mut topics = texts.topics.to_owned();
        for heading in headings.take(limits::MARKS_MAX) {
            topics.push('\n');
            topics.push_str(heading.trim_start_matches('#'));
        }
        let most = limits::TEXT_LETTERS_MAX;
        let title = Letters::of(texts.title, most);
        let topics = Letters::of(&topics, most);
        let body = Letters::of(texts.body, most);
        let mut heard = sounds(&title.bytes);
        heard.extend(sounds(&topics.bytes));
        let head = Signature::of(&heard);
        heard.extend(sounds(&body.bytes));
        Book {
            about,
            whole: Signature::of(&heard),
            title,
            topics,
            body,
            head,
        }
    }

    /// Bytes of memory, nearly.
    pub fn size(&self) -> usize {
        let letters = [&self.title, &self.topics, &self.body];
        let letters: usize = letters.into_iter().map(Letters::size).sum();
        size_of::<Book<M>>() + letters + self.whole.size() + self.head.size()
    }
}
