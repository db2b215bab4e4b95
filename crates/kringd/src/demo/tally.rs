//! What the demo's people saw and heard: the witness beside kring's own account.

use std::sync::{Arc, Mutex, PoisonError};

/// Counted by phones and callers, not by kring.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Calls begun by citizens.
    pub(super) calls: u32,
    /// Calls that reached an answer, at the citizen's end.
    pub(super) answered: u32,
    /// Calls that kring itself answered at the deadline, by the time at the citizen's end.
    pub(super) kept: u32,
    /// Calls that were refused, at the citizen's end.
    pub(super) refused: u32,
    /// Citizens who hung up while it rang.
    pub(super) gave_up: u32,
    /// Answered calls in which both ends heard the other's tone.
    pub(super) heard_both_ways: u32,
    /// Answered calls that are over, so that what was heard is known.
    pub(super) listened: u32,
    /// The most bursts that one phone sounded for one call.
    pub(super) bursts_most: u32,
    /// The newcomer's phone was answered, and the citizen has not heard of it yet.
    newcomer_answered: bool,
}

/// Shared by all parts of the demo.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally(Arc<Mutex<Seen>>);

impl Tally {
    pub(super) fn note(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The newcomer's phone is answered.
    pub(super) fn newcomer_answers(&self) {
        self.note(|seen| seen.newcomer_answered = true);
    }

    /// Whether the newcomer's phone was answered since this was last asked: whoever is connected then
    /// talks with a person, who needs more time than a robot.
    pub(super) fn newcomer_has_answered(&self) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut seen.newcomer_answered)
    }

    pub(super) fn seen(&self) -> Seen {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
