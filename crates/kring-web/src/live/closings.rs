//! Which queues are closed now: a fold of the journal.

use crate::limits;
use kring_journal::{Closing, Fact};
use std::collections::BTreeMap;

/// The queues that are closed, by name; all others are open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Closings(BTreeMap<String, Closing>);

impl Closings {
    /// Takes in one fact.
    pub(crate) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::QueueClosed(closing) => {
                let queue = &closing.queue;
                if self.0.len() < limits::QUEUES_MAX || self.0.contains_key(queue) {
                    self.0.insert(queue.clone(), closing.clone());
                }
            }
            Fact::QueueOpened(opened) => {
                self.0.remove(&opened.queue);
            }
            _ => {}
        }
    }

    /// Those that are closed now.
    pub(crate) fn closed(&self) -> &BTreeMap<String, Closing> {
        &self.0
    }
}
