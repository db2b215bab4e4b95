//! The timers of RFC 3261 §17 and the queue that orders them.
//!
//! The queue holds exactly one entry per waiting owner and forgets it at once when the owner does,
//! so it is never longer than the number of transactions and legs.

use kring_time::Moment;
use std::{collections::BTreeSet, time::Duration};

/// The three lengths from which all timers A to M are made (RFC 3261 Table 4, RFC 6026 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// Estimate of the round trip; first interval between repetitions.
    pub t1: Duration,
    /// Longest interval between repetitions of non-INVITE requests and of responses to INVITE.
    pub t2: Duration,
    /// How long a message may stay in the network.
    pub t4: Duration,
}

impl Timers {
    /// Timers B, F, H, J, L, M: how long anything is waited for, 64*T1.
    pub fn patience(&self) -> Duration {
        self.t1 * 64
    }
}

impl Default for Timers {
    /// T1 = 500 ms, T2 = 4 s, T4 = 5 s.
    fn default() -> Timers {
        Timers {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
        }
    }
}

/// Owners in the order in which they want to be woken.
#[derive(Debug)]
pub(crate) struct TimerQueue<Owner: Ord + Copy> {
    due: BTreeSet<(Moment, Owner)>,
}

impl<Owner: Ord + Copy> TimerQueue<Owner> {
    /// An empty queue.
    pub(crate) fn new() -> TimerQueue<Owner> {
        TimerQueue {
            due: BTreeSet::new(),
        }
    }

    /// The earliest moment at which somebody wants to be woken.
    pub(crate) fn earliest(&self) -> Option<Moment> {
        self.due.first().map(|&(at, _)| at)
    }

    /// Takes the earliest owner that is due by `now`.
    pub(crate) fn pop_due(&mut self, now: Moment) -> Option<Owner> {
        if self.earliest()? > now {
            return None;
        }
        self.due.pop_first().map(|(_, owner)| owner)
    }

    /// Replaces the moment at which `owner` wanted to be woken.
    pub(crate) fn change(&mut self, owner: Owner, before: Option<Moment>, after: Option<Moment>) {
        if let Some(at) = before {
            self.due.remove(&(at, owner));
        }
        if let Some(at) = after {
            self.due.insert((at, owner));
        }
    }

    /// How many owners wait.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.due.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_woken_in_order_and_forgotten_at_once() {
        let ms = Moment::from_millis;
        let mut queue = TimerQueue::new();
        queue.change(1_u64, None, Some(ms(30)));
        queue.change(2, None, Some(ms(10)));
        queue.change(3, None, Some(ms(20)));
        queue.change(2, Some(ms(10)), Some(ms(40)));
        assert_eq!(queue.earliest(), Some(ms(20)));
        assert_eq!(queue.pop_due(ms(19)), None);
        assert_eq!(queue.pop_due(ms(35)), Some(3));
        assert_eq!(queue.pop_due(ms(35)), Some(1));
        assert_eq!(queue.pop_due(ms(35)), None);
        queue.change(2, Some(ms(40)), None);
        assert_eq!(queue.len(), 0);
    }
}
