//! The INVITE client transaction (RFC 3261 §17.1.1, RFC 6026 §7.2).
//!
//! It guards the hop: repeats the INVITE until something comes back, acknowledges refusals, and stays
//! long enough to acknowledge them again. The ACK of a 2xx is the leg's, but is kept here, because a
//! repeated 2xx may come when the leg has long ended.

use super::{Outward, Repeating, Woken};
use crate::{
    Peer,
    endpoint::{FORKS_MAX, LegId, Transmit},
    timers::Timers,
};
use bytes::Bytes;
use kring_time::Moment;

/// One INVITE on its way.
#[derive(Debug)]
pub(crate) struct ClientInvite {
    pub(crate) leg: LegId,
    pub(crate) to: Peer,
    pub(crate) scope: Scope,
    /// Where it is repeated to, if that is not where it was sent.
    datagrams_to: Option<Peer>,
    state: State,
}

/// What an INVITE is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// It begins a call.
    Call,
    /// It changes one. Whoever says nothing final until then is lost: no person is waited for.
    Change { until: Moment },
}

#[derive(Debug)]
enum State {
    Calling(Repeating),
    Proceeding,
    Completed { ack: Bytes, until: Moment },
    Accepted { forks: Vec<Fork>, until: Moment },
}

/// A 2xx: whose, and the ACK, if the leg has given one.
#[derive(Debug)]
struct Fork {
    tag: Box<str>,
    ack: Option<Transmit>,
}

/// What a response means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum InviteHeard {
    /// Nothing: it is late, repeated or beyond a bound.
    Nothing,
    /// 1xx.
    Provisional,
    /// The first 2xx of all.
    Accepted,
    /// The first 2xx of another fork, to be acknowledged and ended.
    OtherFork,
    /// The first final response of 300 or more. Send the ACK.
    Refused(Bytes),
    /// A final response came again: send the ACK again.
    AckAgain(Transmit),
}

impl ClientInvite {
    /// Just sent.
    pub(crate) fn sent(
        now: Moment,
        timers: &Timers,
        leg: LegId,
        request: &Outward,
    ) -> ClientInvite {
        ClientInvite {
            leg,
            to: request.to,
            scope: Scope::Call,
            datagrams_to: request.datagram.as_ref().map(|(to, _)| *to),
            state: State::Calling(Repeating::outward(now, timers, request)),
        }
    }

    /// Just sent, within a dialog.
    pub(crate) fn sent_within(
        now: Moment,
        timers: &Timers,
        leg: LegId,
        request: &Outward,
    ) -> ClientInvite {
        ClientInvite {
            scope: Scope::Change {
                until: now + timers.patience() * 2,
            },
            ..ClientInvite::sent(now, timers, leg, request)
        }
    }

    /// Takes a response with status `code` from the fork `tag`. `ack` makes the ACK of a refusal.
    pub(crate) fn response(
        &mut self,
        now: Moment,
        timers: &Timers,
        code: u16,
        tag: &str,
        ack: impl FnOnce() -> Bytes,
    ) -> InviteHeard {
        match (&mut self.state, code) {
            (State::Calling(_), 100..=199) => {
                self.state = State::Proceeding;
                InviteHeard::Provisional
            }
            (State::Proceeding, 100..=199) => InviteHeard::Provisional,
            (State::Calling(_) | State::Proceeding, 200..=299) => {
                self.state = State::Accepted {
                    forks: vec![Fork::heard(tag)],
                    until: now + timers.patience(),
                };
                InviteHeard::Accepted
            }
            (State::Calling(_) | State::Proceeding, 300..) => {
                let ack = ack();
                self.state = State::Completed {
                    ack: ack.clone(),
                    until: if self.to.transport.is_reliable() {
                        now
                    } else {
                        now + timers.patience()
                    },
                };
                InviteHeard::Refused(ack)
            }
            (State::Completed { ack, .. }, 300..) => {
                InviteHeard::AckAgain(Transmit::new(self.to, ack.clone()))
            }
            (State::Accepted { forks, .. }, 200..=299) => {
                if let Some(fork) = forks.iter().find(|fork| *fork.tag == *tag) {
                    return match &fork.ack {
                        Some(ack) => InviteHeard::AckAgain(ack.clone()),
                        None => InviteHeard::Nothing,
                    };
                }
                if forks.len() >= FORKS_MAX {
                    return InviteHeard::Nothing;
                }
                forks.push(Fork::heard(tag));
                InviteHeard::OtherFork
            }
            // 1xx after a final one, or a refusal that was overtaken by another fork's 2xx.
            _ => InviteHeard::Nothing,
        }
    }

    /// Keeps the ACK of a 2xx, to be sent again with every repetition of it.
    pub(crate) fn keep_ack(&mut self, tag: &str, ack: Transmit) {
        if let State::Accepted { forks, .. } = &mut self.state
            && let Some(fork) = forks.iter_mut().find(|fork| *fork.tag == *tag)
        {
            fork.ack = Some(ack);
        }
    }

    /// The transport failed: whether nothing had come back yet, so that the INVITE is lost.
    pub(crate) fn is_unanswered(&self) -> bool {
        matches!(self.state, State::Calling(_))
    }

    /// Leaves the stream that it was sent by, if it may and nothing has come back: the datagram to be sent
    /// now. From here on it has the timers of UDP (RFC 3261 §18.1.1).
    pub(crate) fn fall_back(&mut self, now: Moment, timers: &Timers) -> Option<Bytes> {
        let State::Calling(request) = &mut self.state else {
            return None;
        };
        self.to = self.datagrams_to.filter(|to| *to != self.to)?;
        let bytes = request.bytes();
        *request = Repeating::sent(now, timers, self.to.transport, bytes.clone());
        Some(bytes)
    }

    /// Repeats the INVITE no more, and waits for what its copies may still bring.
    pub(crate) fn listen(&mut self) {
        if let State::Calling(_) = self.state {
            self.state = State::Proceeding;
        }
    }

    /// Given up unheard. Its last copy may have rung a phone all the same, so a 2xx that still comes is
    /// acknowledged and ended like that of a fork which nobody waited for.
    pub(crate) fn abandon(&mut self, now: Moment, timers: &Timers) {
        self.state = State::Accepted {
            forks: Vec::new(),
            until: now + timers.patience(),
        };
    }

    /// When [`ClientInvite::wake`] is wanted.
    pub(crate) fn due(&self) -> Option<Moment> {
        match &self.state {
            State::Calling(request) => Some(request.due()),
            State::Proceeding => match self.scope {
                Scope::Call => None,
                Scope::Change { until } => Some(until),
            },
            State::Completed { until, .. } | State::Accepted { until, .. } => Some(*until),
        }
    }

    /// Timers A, B, D and M.
    pub(crate) fn wake(&mut self, now: Moment, timers: &Timers) -> Woken {
        match &mut self.state {
            // Timer A doubles without end; B ends it.
            State::Calling(request) => {
                let woken = request.wake(now, timers.patience());
                if let (Woken::Again(_), Some(to)) = (&woken, self.datagrams_to) {
                    self.to = to;
                }
                woken
            }
            State::Proceeding => match self.scope {
                Scope::Change { until } if now >= until => Woken::TimedOut,
                Scope::Change { .. } | Scope::Call => Woken::Early,
            },
            State::Completed { until, .. } | State::Accepted { until, .. } if now >= *until => {
                Woken::Over
            }
            _ => Woken::Early,
        }
    }
}

impl Fork {
    fn heard(tag: &str) -> Fork {
        Fork {
            tag: tag.into(),
            ack: None,
        }
    }
}
