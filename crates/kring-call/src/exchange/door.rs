//! The door: who may call, to which queue, and how many calls a trunk may bring.
//!
//! A number that is nobody's costs its trunk nothing: it is refused before the trunk's share is looked
//! at, and remembered by nobody. What is over a limit gets 503 with Retry-After.

use super::{Exchange, rate::Rate};
use crate::{
    command::Admission,
    limits::{CALLS_MAX, RETRY_AFTER_OVERLOAD_S, RETRY_AFTER_S},
    trunk::Trunk,
};
use kring_sip::{IncomingInvite, Peer, SipCount};
use kring_time::Moment;

/// What an INVITE comes to at the door.
pub(super) enum Door {
    /// Who knocks is no trunk of ours.
    Stranger,
    /// The number is nobody's.
    NoSuchNumber,
    /// Not now: 503.
    Closed {
        retry_after_s: u32,
    },
    Open {
        trunk: usize,
        queue: usize,
    },
}

/// What each trunk has brought, beside what all have.
#[derive(Debug)]
pub(super) struct Shares {
    all: Rate,
    trunks: Vec<Share>,
}

#[derive(Clone, Copy, Debug)]
struct Share {
    rate: Rate,
    calls: usize,
}

impl Shares {
    /// Of trunks that have brought nothing yet; `cps_max` is for all of them together, 0 is no bound.
    pub(super) fn new(trunks: &[Trunk], cps_max: u32) -> Shares {
        let share = |trunk: &Trunk| Share {
            rate: Rate::new(trunk.max_cps),
            calls: 0,
        };
        Shares {
            all: Rate::new(cps_max),
            trunks: trunks.iter().map(share).collect(),
        }
    }

    /// Takes a call's place; else which bound was reached.
    fn take(&mut self, now: Moment, index: usize, trunk: &Trunk) -> Result<(), &'static str> {
        let share = &mut self.trunks[index];
        if trunk.max_calls != 0 && share.calls >= trunk.max_calls as usize {
            return Err("trunk_calls");
        }
        if !share.rate.take(now) {
            return Err("trunk_rate");
        }
        if !self.all.take(now) {
            return Err("calls_rate");
        }
        Ok(())
    }

    /// A call of this trunk begins to be.
    pub(super) fn began(&mut self, trunk: usize) {
        self.trunks[trunk].calls += 1;
    }

    /// A call of this trunk is no more.
    pub(super) fn ended(&mut self, trunk: usize) {
        let calls = &mut self.trunks[trunk].calls;
        *calls = calls.saturating_sub(1);
    }
}

impl Exchange {
    /// Whether `from` is a PBX that may call us or a phone that we may ring. Nobody else is answered
    /// but as a stranger.
    pub(super) fn is_known(&self, from: Peer) -> bool {
        self.trunk_of(from).is_some() || self.roster.has_phone_at(from.address.ip())
    }

    fn trunk_of(&self, from: Peer) -> Option<usize> {
        let trunks = &self.config.trunks;
        trunks.iter().position(|trunk| trunk.admits(from.address))
    }

    /// A stranger learns nothing but 403; a number that is nobody's gets 404 from a trunk only.
    pub(super) fn door(&mut self, now: Moment, invite: &IncomingInvite) -> Door {
        let Some(trunk) = self.trunk_of(invite.from_peer) else {
            return Door::Stranger;
        };
        let dialled = invite.request_uri.user().unwrap_or_default();
        let Some(queue) = self.queue_of(dialled) else {
            return Door::NoSuchNumber;
        };
        let overload = |bound| (Some(bound), RETRY_AFTER_OVERLOAD_S);
        let (bound, retry_after_s) = match self.admission {
            Admission::Draining => (None, RETRY_AFTER_S),
            Admission::JournalFull => overload("journal"),
            Admission::Open if self.calls.len() >= CALLS_MAX => overload("calls"),
            Admission::Open if !self.withdrawn_has_room() => overload("withdrawn_phones"),
            Admission::Open => {
                let share = self.shares.take(now, trunk, &self.config.trunks[trunk]);
                match share {
                    Ok(()) => return Door::Open { trunk, queue },
                    Err(bound) => overload(bound),
                }
            }
        };
        if let Some(bound) = bound {
            self.count_bound(bound);
        }
        Door::Closed { retry_after_s }
    }

    fn queue_of(&self, dialled: &str) -> Option<usize> {
        let dialled = dialled.trim_start_matches('+');
        let queues = &self.config.queues;
        queues
            .iter()
            .position(|queue| {
                queue
                    .did
                    .iter()
                    .any(|did| did.trim_start_matches('+') == dialled)
            })
            .or_else(|| queues.iter().position(|queue| queue.did.is_empty()))
    }

    /// Something was refused because this bound was reached.
    pub(super) fn count_bound(&mut self, bound: &'static str) {
        let count = super::Output::Counted(SipCount::BoundReached { bound });
        self.outputs.push_back(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trunk(max_cps: u32, max_calls: u32) -> Trunk {
        Trunk {
            max_cps,
            max_calls,
            ..Trunk::new("pbx", Vec::new())
        }
    }

    /// One trunk's flood takes nothing from another's share.
    #[test]
    fn each_trunk_has_a_share_of_its_own() {
        let trunks = [trunk(10, 0), trunk(0, 2)];
        let mut shares = Shares::new(&trunks, 0);
        let at = Moment::from_millis;
        let taken = (0..1_000_u64)
            .filter(|ms| shares.take(at(*ms), 0, &trunks[0]).is_ok())
            .count();
        assert_eq!(taken, 10 + 9, "a second's worth at once, then the rate");
        assert_eq!(shares.take(at(999), 0, &trunks[0]), Err("trunk_rate"));
        for _ in 0..2 {
            assert_eq!(shares.take(at(999), 1, &trunks[1]), Ok(()));
            shares.began(1);
        }
        assert_eq!(shares.take(at(999), 1, &trunks[1]), Err("trunk_calls"));
        shares.ended(1);
        assert_eq!(shares.take(at(999), 1, &trunks[1]), Ok(()));
    }

    #[test]
    fn all_trunks_together_have_a_rate() {
        let trunks = [trunk(0, 0), trunk(0, 0)];
        let mut shares = Shares::new(&trunks, 2);
        let verdicts = [0, 1, 0].map(|n| shares.take(Moment::BOOT, n, &trunks[n]));
        assert_eq!(verdicts, [Ok(()), Ok(()), Err("calls_rate")]);
    }
}
