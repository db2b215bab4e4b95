//! The INVITE server transaction (RFC 3261 §17.2.1, RFC 6026 §7.1).
//!
//! It guards the hop: answers a repeated INVITE with its last word, repeats a refusal until the ACK.
//! A 2xx is repeated by the leg; the transaction then only swallows repeated INVITEs.

use super::{Repeating, Woken};
use crate::{Peer, endpoint::LegId, timers::Timers};
use bytes::Bytes;
use kring_time::Moment;

/// One INVITE received.
#[derive(Debug)]
pub(crate) struct ServerInvite {
    pub(crate) leg: LegId,
    /// Where responses go (RFC 3261 §18.2.2).
    pub(crate) to: Peer,
    /// The digest by which merged requests are known (RFC 3261 §8.2.2.2); within dialogs none are.
    pub(crate) merge: Option<u64>,
    /// The To tag of all its responses.
    pub(crate) tag: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    Proceeding { last: Bytes },
    Completed { refusal: Repeating },
    Confirmed { until: Moment },
    Accepted { until: Moment },
}

/// How far the answer to an INVITE has got, for those who ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerState {
    /// No final response yet.
    Proceeding,
    /// Refused, with or without ACK.
    Refused,
    /// Answered with 2xx.
    Accepted,
}

impl ServerInvite {
    /// Just received, and answered with the 100 `trying`.
    pub(crate) fn received(
        leg: LegId,
        to: Peer,
        merge: Option<u64>,
        tag: u64,
        trying: Bytes,
    ) -> ServerInvite {
        ServerInvite {
            leg,
            to,
            merge,
            tag,
            state: State::Proceeding { last: trying },
        }
    }

    /// How far it has got.
    pub(crate) fn state(&self) -> ServerState {
        match self.state {
            State::Proceeding { .. } => ServerState::Proceeding,
            State::Completed { .. } | State::Confirmed { .. } => ServerState::Refused,
            State::Accepted { .. } => ServerState::Accepted,
        }
    }

    /// A provisional response was sent. Whoever sends one has asked [`ServerInvite::state`].
    pub(crate) fn provisional_sent(&mut self, response: Bytes) {
        if let State::Proceeding { last } = &mut self.state {
            *last = response;
        }
    }

    /// A 2xx was sent (timer L).
    pub(crate) fn success_sent(&mut self, now: Moment, timers: &Timers) {
        self.state = State::Accepted {
            until: now + timers.patience(),
        };
    }

    /// A response of 300 or more was sent (timers G and H).
    pub(crate) fn refusal_sent(&mut self, now: Moment, timers: &Timers, response: Bytes) {
        self.state = State::Completed {
            refusal: Repeating::sent(now, timers, self.to.transport, response),
        };
    }

    /// The INVITE came again: what is to be sent again, if anything.
    pub(crate) fn repeated(&self) -> Option<Bytes> {
        match &self.state {
            State::Proceeding { last } => Some(last.clone()),
            State::Completed { refusal } => Some(refusal.bytes()),
            State::Confirmed { .. } | State::Accepted { .. } => None,
        }
    }

    /// The ACK of a refusal came (timer I). The ACK of a 2xx is the leg's.
    pub(crate) fn acknowledged(&mut self, now: Moment, timers: &Timers) {
        if let State::Completed { .. } = self.state {
            let until = if self.to.transport.is_reliable() {
                now
            } else {
                now + timers.t4
            };
            self.state = State::Confirmed { until };
        }
    }

    /// When [`ServerInvite::wake`] is wanted.
    pub(crate) fn due(&self) -> Option<Moment> {
        match &self.state {
            State::Proceeding { .. } => None,
            State::Completed { refusal } => Some(refusal.due()),
            State::Confirmed { until } | State::Accepted { until } => Some(*until),
        }
    }

    /// Timers G, H, I and L. A refusal that nobody acknowledges is of no further interest.
    pub(crate) fn wake(&mut self, now: Moment, timers: &Timers) -> Woken {
        match &mut self.state {
            State::Completed { refusal } => match refusal.wake(now, timers.t2) {
                Woken::TimedOut => Woken::Over,
                other => other,
            },
            State::Confirmed { until } | State::Accepted { until } if now >= *until => Woken::Over,
            _ => Woken::Early,
        }
    }
}
