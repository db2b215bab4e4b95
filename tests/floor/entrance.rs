//! Which queue a citizen comes to and when: who is known of them, what a queue asks of its agents, and
//! its hours.

use crate::floor::{Floor, QueueSetup};
use kring_call::{
    CallerTrait, CallerTraits, KnownCallers, OnClosed,
    command::{Command, Opening},
};
use kring_journal::ClosedWhy;
use std::collections::BTreeMap;

/// What is known of citizens, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known(BTreeMap<String, CallerTraits>);

impl KnownCallers for Known {
    fn traits_of(&self, user: &str) -> CallerTraits {
        self.0.get(user).copied().unwrap_or_default()
    }
}

impl Floor {
    fn queue_mut(&mut self, name: &str) -> &mut QueueSetup {
        let mut queues = self.queues.iter_mut();
        let queue = queues.find(|queue| queue.name == name);
        queue.expect("a queue of this floor")
    }

    /// Something is known of a citizen when they call.
    pub fn knows(mut self, citizen: &str, known: CallerTraits) -> Floor {
        self.known.0.insert(citizen.to_owned(), known);
        self
    }

    /// A queue is for these among the callers of another's number.
    pub fn is_for(mut self, name: &str, number: &str, callers: &[CallerTrait]) -> Floor {
        let queue = self.queue_mut(name);
        number.clone_into(&mut queue.did);
        queue.callers = callers.to_vec();
        self
    }

    /// Callers of a queue come first by this priority, 1 first.
    pub fn priority(mut self, name: &str, priority: u8) -> Floor {
        self.queue_mut(name).priority = priority;
        self
    }

    /// A queue asks for skills, such as `tax:3`.
    pub fn asks_for(mut self, name: &str, skills: &[&str]) -> Floor {
        let skills = skills.iter().map(|skill| skill.parse());
        self.queue_mut(name).skills = skills.collect::<Result<_, _>>().expect("skills");
        self
    }

    /// What is done with callers of a queue that is closed.
    pub fn when_closed(mut self, name: &str, action: OnClosed) -> Floor {
        self.queue_mut(name).on_closed = action;
        self
    }

    /// A queue closes `ms` after the first citizen may dial.
    pub fn closes_at_ms(self, ms: u64, queue: &str, why: ClosedWhy) -> Floor {
        let opening = Opening::Closed {
            why,
            next_open: None,
        };
        self.sets_opening(ms, queue, opening)
    }

    /// It opens again.
    pub fn opens_at_ms(self, ms: u64, queue: &str) -> Floor {
        self.sets_opening(ms, queue, Opening::Open)
    }

    fn sets_opening(self, ms: u64, queue: &str, opening: Opening) -> Floor {
        let queue = queue.to_owned();
        self.command_at_ms(ms, Command::SetOpening { queue, opening })
    }
}
