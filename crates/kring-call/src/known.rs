//! What is known of callers when their queue is chosen: by whoever keeps it in memory, for a call waits
//! for no disk.

use kring_journal::ChosenBy;
use kring_media::Language;
use std::fmt;

/// What is known of a caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallerTraits {
    /// The centre has marked them as important.
    pub vip: bool,
    /// They have a case that is not closed.
    pub open_case: bool,
    /// The language in which they want to be spoken to.
    pub language: Option<Language>,
}

/// Knows callers by their number.
pub trait KnownCallers: fmt::Debug + Send + Sync {
    /// What is known of whoever has this number, in any spelling. Must be quick: a call waits for it.
    fn traits_of(&self, user: &str) -> CallerTraits;
}

/// Knows nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct NobodyKnown;

impl KnownCallers for NobodyKnown {
    fn traits_of(&self, _: &str) -> CallerTraits {
        CallerTraits::default()
    }
}

/// Whom a queue is for, among the callers of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerTrait {
    /// Those whom the centre has marked as important.
    Vip,
    /// Those with a case that is not closed.
    OpenCase,
    /// Those who speak this.
    Language(Language),
}

impl CallerTrait {
    /// The name in facts.
    pub(crate) fn chosen_by(self) -> ChosenBy {
        match self {
            CallerTrait::Vip => ChosenBy::Vip,
            CallerTrait::OpenCase => ChosenBy::OpenCase,
            CallerTrait::Language(_) => ChosenBy::Language,
        }
    }

    /// Whether a caller of whom this is known is meant.
    pub(crate) fn means(self, known: CallerTraits) -> bool {
        match self {
            CallerTrait::Vip => known.vip,
            CallerTrait::OpenCase => known.open_case,
            CallerTrait::Language(language) => known.language == Some(language),
        }
    }
}
