//! Citizens who are to be called back: who they are, in which order, and when each is tried next.
//!
//! A table and nothing more. It calls nobody: the exchange does, when an agent is free.

use crate::{command::CallerIdentity, limits::CALLBACKS_MAX};
use kring_journal::{CallId, CallerRef};
use kring_time::Moment;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Where a call-back is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallBackState {
    /// It waits for an agent.
    Waiting,
    /// It was tried in vain, and waits for an agent from then on.
    Resting {
        /// From when.
        until: Moment,
    },
    /// kring has placed this call for it.
    Calling {
        /// The call.
        placed: CallId,
    },
}

/// A citizen who is to be called back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallBack {
    /// The call in which they asked, which names the call-back, too.
    pub asked: CallId,
    /// Who they are in facts.
    pub caller: CallerRef,
    /// Who they are.
    pub identity: CallerIdentity,
    /// How the PBX is asked for them; found by the exchange.
    pub number: String,
    /// The queue whose agents call.
    pub queue: String,
    /// The trunk that brought the call.
    pub trunk: String,
    /// The number that they had dialled.
    pub did: String,
    /// Since when they wait: when they first called.
    pub since: Moment,
    /// Their turn among all that wait, by the priority of the queue; found by the exchange.
    pub turn: Moment,
    /// How often they were called.
    pub tries: u8,
    /// Where it is.
    pub state: CallBackState,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct CallBacks {
    rows: BTreeMap<CallId, CallBack>,
    /// Those that wait for an agent, by queue, the longest first.
    line: BTreeMap<String, BTreeSet<(Moment, CallId)>>,
    /// Those that rest, and until when.
    resting: BTreeSet<(Moment, CallId)>,
    /// By number.
    by_number: FxHashMap<String, CallId>,
}

impl CallBacks {
    /// Takes one in. `false`: the table is full, or this citizen is in it already.
    pub(crate) fn put(&mut self, row: CallBack) -> bool {
        let number = row.number.clone();
        if self.rows.len() >= CALLBACKS_MAX || self.by_number.contains_key(&number) {
            return false;
        }
        let asked = row.asked;
        self.by_number.insert(number, asked);
        self.rows.insert(asked, row);
        self.place(asked);
        true
    }

    pub(crate) fn get(&self, asked: CallId) -> Option<&CallBack> {
        self.rows.get(&asked)
    }

    /// The one of this citizen.
    pub(crate) fn of_number(&self, number: &str) -> Option<CallId> {
        self.by_number.get(number).copied()
    }

    /// Whether anybody is to be called back by this queue.
    pub(crate) fn has_any_of(&self, queue: &str) -> bool {
        self.rows.values().any(|row| row.queue == queue)
    }

    /// The one way to change one: it has its place in line or at rest afterwards.
    pub(crate) fn change(&mut self, asked: CallId, change: impl FnOnce(&mut CallBack)) {
        self.displace(asked);
        if let Some(row) = self.rows.get_mut(&asked) {
            change(row);
        }
        self.place(asked);
    }

    /// It is done.
    pub(crate) fn remove(&mut self, asked: CallId) -> Option<CallBack> {
        self.displace(asked);
        let row = self.rows.remove(&asked)?;
        self.by_number.remove(&row.number);
        Some(row)
    }

    /// Those that wait for an agent, so many of each queue, there the longest first.
    pub(crate) fn in_line(&self, most: usize) -> impl Iterator<Item = (Moment, CallId)> {
        let lines = self.line.values();
        lines.flat_map(move |line| line.iter().copied().take(most))
    }

    /// When the next one has rested.
    pub(crate) fn due(&self) -> Option<Moment> {
        self.resting.first().map(|(until, _)| *until)
    }

    /// Puts those in line that have rested by `now`: whether there were any.
    pub(crate) fn wake(&mut self, now: Moment) -> bool {
        let mut any = false;
        while let Some((_, asked)) = self.resting.first().copied().filter(|(at, _)| *at <= now) {
            any = true;
            self.change(asked, |row| row.state = CallBackState::Waiting);
        }
        any
    }

    /// How many wait or rest, and how many are being called.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let in_line: usize = self.line.values().map(BTreeSet::len).sum();
        let waiting = in_line + self.resting.len();
        (waiting, self.rows.len() - waiting)
    }

    fn displace(&mut self, asked: CallId) {
        if let Some(row) = self.rows.get(&asked) {
            match row.state {
                CallBackState::Waiting => {
                    let line = self.line.get_mut(&row.queue);
                    line.is_some_and(|line| line.remove(&(row.turn, asked)))
                }
                CallBackState::Resting { until } => self.resting.remove(&(until, asked)),
                CallBackState::Calling { .. } => false,
            };
        }
    }

    fn place(&mut self, asked: CallId) {
        if let Some(row) = self.rows.get(&asked) {
            match row.state {
                CallBackState::Waiting => {
                    let line = self.line.entry(row.queue.clone()).or_default();
                    line.insert((row.turn, asked))
                }
                CallBackState::Resting { until } => self.resting.insert((until, asked)),
                CallBackState::Calling { .. } => false,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(n: u128, since_ms: u64) -> CallBack {
        CallBack {
            asked: CallId::new(0, n),
            caller: CallerRef::new(n as u64),
            identity: CallerIdentity::default(),
            number: format!("08{n}"),
            queue: "support".to_owned(),
            trunk: "pbx".to_owned(),
            did: "1203".to_owned(),
            since: Moment::from_millis(since_ms),
            turn: Moment::from_millis(since_ms),
            tries: 0,
            state: CallBackState::Waiting,
        }
    }

    #[test]
    fn the_longest_waits_first_and_rests_in_between() {
        let mut table = CallBacks::default();
        assert!(table.put(row(1, 20)) && table.put(row(2, 10)));
        assert!(!table.put(row(1, 30)), "one of a citizen");
        let order = |table: &CallBacks| -> Vec<u64> {
            let line = table.in_line(9);
            line.map(|(at, _)| at.as_micros() / 1_000).collect()
        };
        assert_eq!(order(&table), [10, 20]);
        let second = CallId::new(0, 2);
        let until = Moment::from_millis(99);
        table.change(second, |row| row.state = CallBackState::Resting { until });
        assert_eq!((order(&table), table.due()), (vec![20], Some(until)));
        assert!(!table.wake(Moment::from_millis(98)) && table.wake(until));
        assert_eq!(order(&table), [10, 20]);
        let placed = CallId::new(0, 3);
        table.change(second, |row| row.state = CallBackState::Calling { placed });
        assert_eq!(table.counts(), (1, 1));
        assert_eq!(table.of_number("082"), Some(second));
        assert!(table.remove(second).is_some() && table.of_number("082").is_none());
    }
}
