//! Which queues are closed now: a fold of the journal.

use crate::limits;
use kring_journal::{ClosedWhy, Fact, WallTime};
use std::collections::BTreeMap;

/// Why a queue takes no calls, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closing {
    pub(crate) why: ClosedWhy,
    pub(crate) next_open: Option<WallTime>,
}

/// The queues that are closed, by name; all others are open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Closings(BTreeMap<String, Closing>);

impl Closings {
    /// Takes in one fact.
    pub(crate) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::QueueClosed {
                queue,
                why,
                next_open,
            } if self.0.len() < limits::QUEUES_MAX || self.0.contains_key(queue) => {
                let closing = Closing {
                    why: *why,
                    next_open: *next_open,
                };
                self.0.insert(queue.clone(), closing);
            }
            Fact::QueueOpened { queue } => {
                self.0.remove(queue);
            }
            _ => {}
        }
    }

    /// Those that are closed now.
    pub(crate) fn closed(&self) -> &BTreeMap<String, Closing> {
        &self.0
    }
}
