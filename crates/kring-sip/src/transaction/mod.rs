//! The four transaction machines of RFC 3261 §17, with the Accepted states of RFC 6026.
//!
//! A machine knows time and what it has sent, not what the words mean: it is told that a message came
//! and says what to send again, whom to tell, or that it is over. Bytes are let go as soon as no rule
//! wants them sent again.

mod client;
mod client_invite;
mod server;
mod server_invite;

pub(crate) use client::{AfterFailure, Client, ClientHeard, Purpose};
pub(crate) use client_invite::{ClientInvite, InviteHeard, Scope};
pub(crate) use server::Server;
pub(crate) use server_invite::{ServerInvite, ServerState};

use crate::{Peer, Transport, timers::Timers};
use bytes::Bytes;
use kring_time::Moment;
use std::time::Duration;

/// A client transaction: the 64 bits of our branch. A CANCEL has the branch of its INVITE (RFC 3261
/// §9.1), so the lowest bit, always 0 in a branch that we make, tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ClientKey(u64);

impl ClientKey {
    /// The key of a fresh branch.
    pub(crate) fn of_branch(branch: u64) -> ClientKey {
        ClientKey(branch & !1)
    }

    /// The key of the CANCEL of the INVITE with this key.
    pub(crate) fn of_cancel(self) -> ClientKey {
        ClientKey(self.0 | 1)
    }

    /// What stands in Via.
    pub(crate) fn branch(self) -> u64 {
        self.0 & !1
    }
}

/// A server transaction: a digest of branch, sent-by and method (RFC 3261 §17.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ServerKey(pub(crate) u64);

/// What a machine does when its time has come.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// Sends this again.
    Again(Bytes),
    /// Gives up: nobody answered.
    TimedOut,
    /// Ends in peace.
    Over,
    /// It was too early; nothing.
    Early,
}

/// A request as it leaves.
#[derive(Clone, Debug)]
pub(crate) struct Outward {
    pub(crate) to: Peer,
    pub(crate) bytes: Bytes,
    /// The same as a datagram and where it goes then, if only its size has it go by a stream.
    pub(crate) datagram: Option<(Peer, Bytes)>,
}

/// No configuration makes a repetition a flood.
const SHORTEST: Duration = Duration::from_millis(1);

/// Something sent again and again, at growing intervals, until given up.
#[derive(Debug)]
pub(crate) struct Repeating {
    bytes: Bytes,
    /// `None` over a transport that loses nothing.
    again: Option<Moment>,
    interval: Duration,
    give_up: Moment,
}

impl Repeating {
    /// Just sent for the first time, through `transport`.
    pub(crate) fn sent(
        now: Moment,
        timers: &Timers,
        transport: Transport,
        bytes: Bytes,
    ) -> Repeating {
        let again = if transport.is_reliable() {
            None
        } else {
            Some(now + timers.t1)
        };
        Repeating {
            bytes,
            again,
            interval: timers.t1,
            give_up: now + timers.patience(),
        }
    }

    /// A request that is just leaving. What can go as a datagram is repeated as one.
    pub(crate) fn outward(now: Moment, timers: &Timers, outward: &Outward) -> Repeating {
        let (to, bytes) = match &outward.datagram {
            Some((to, bytes)) => (to, bytes),
            None => (&outward.to, &outward.bytes),
        };
        Repeating::sent(now, timers, to.transport, bytes.clone())
    }

    /// Just sent for the first time, and repeated through any transport: a 2xx to INVITE, which has no
    /// transaction to guard it end to end (RFC 3261 §13.3.1.4).
    pub(crate) fn sent_end_to_end(now: Moment, timers: &Timers, bytes: Bytes) -> Repeating {
        Repeating::sent(now, timers, Transport::Udp, bytes)
    }

    /// From now on at this interval (timer E in Proceeding, RFC 3261 §17.1.2.2).
    pub(crate) fn slow_down(&mut self, interval: Duration) {
        self.interval = interval;
    }

    /// When something is to be done.
    pub(crate) fn due(&self) -> Moment {
        self.again.unwrap_or(self.give_up).min(self.give_up)
    }

    /// What was sent.
    pub(crate) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// Does what is due; intervals double up to `longest`.
    pub(crate) fn wake(&mut self, now: Moment, longest: Duration) -> Woken {
        if now >= self.give_up {
            return Woken::TimedOut;
        }
        match self.again {
            Some(at) if now >= at => {
                self.interval = (self.interval * 2).min(longest).max(SHORTEST);
                // Counted from when it was due, so that a slightly late waking does not add up; but a
                // very late one is not followed by a burst.
                let next = at + self.interval;
                self.again = Some(if next > now {
                    next
                } else {
                    now + self.interval
                });
                Woken::Again(self.bytes.clone())
            }
            _ => Woken::Early,
        }
    }
}
