//! The door: who may call, to which numbers, and how many calls a trunk may bring.
//!
//! A number that is nobody's costs its trunk nothing: it is refused before the trunk's share is looked
//! at, and remembered by nobody. What is over a limit gets 503 with Retry-After.

use super::{
    Exchange,
    choosing::Number,
    inviting::call_header,
    rate::{Offered, Rate},
};
use crate::{
    command::Admission,
    limits::{CALLS_MAX, RETRY_AFTER_OVERLOAD_S, RETRY_AFTER_S, WITHDRAWN_MAX},
    trunk::Trunk,
};
use kring_sip::{IncomingInvite, Peer, SipCount};
use kring_time::Moment;
use rand::RngCore;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What an INVITE comes to at the door.
pub(super) enum Door {
    /// Who knocks is no trunk of ours.
    Stranger,
    /// A phone that is registered dials.
    Phone,
    /// The number is nobody's.
    NoSuchNumber,
    /// It is a call of ours that has come back: a phone or the PBX forwards to us.
    Loop,
    /// Not now: 503.
    Closed { retry_after_s: u32 },
    Open {
        trunk: usize,
        /// The number that was dialled.
        did: String,
        /// Where it leads.
        number: Number,
    },
}

/// What each trunk has brought, beside what all have.
#[derive(Debug)]
pub(super) struct Shares {
    all: Rate,
    trunks: Vec<Share>,
}

#[derive(Debug)]
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
    fn take(
        &mut self,
        now: Moment,
        (index, trunk): (usize, &Trunk),
        offered: Offered,
    ) -> Result<(), &'static str> {
        let share = &mut self.trunks[index];
        if trunk.max_calls != 0 && share.calls >= trunk.max_calls as usize {
            return Err("trunk_calls");
        }
        if !share.rate.take(now, offered) {
            return Err("trunk_rate");
        }
        if !self.all.take(now, offered) {
            return Err("calls_rate");
        }
        Ok(())
    }

    /// The bounds of a trunk that is new in this place, or others of the one that is there.
    pub(super) fn put(&mut self, place: usize, trunk: &Trunk) {
        let rate = Rate::new(trunk.max_cps);
        match self.trunks.get_mut(place) {
            Some(share) => share.rate = rate,
            None => self.trunks.push(Share { rate, calls: 0 }),
        }
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
        self.trunk_of(from).is_some()
            || self.roster.has_phone_at(from.address.ip())
            || self.endpoint.is_phone_at(from)
    }

    fn trunk_of(&self, from: Peer) -> Option<usize> {
        let trunks = &self.config.trunks;
        trunks.iter().position(|trunk| trunk.admits(from.address))
    }

    /// By which trunk a call comes, and to which number. A call to a registration of ours is one to the
    /// extension that is registered, if it comes from where that trunk's calls come from.
    fn entrance<'a>(&'a self, invite: &'a IncomingInvite) -> Option<(usize, &'a str)> {
        let dialled = invite.request_uri.user().unwrap_or_default();
        if let Some((trunk, account)) = self.trunk_of_contact(dialled)
            && self.config.trunks[trunk].admits(invite.from_peer.address)
        {
            return Some((trunk, &account.user));
        }
        Some((self.trunk_of(invite.from_peer)?, dialled))
    }

    /// A stranger learns nothing but 403; a number that is nobody's gets 404 from a trunk only.
    pub(super) fn door(&mut self, now: Moment, invite: &IncomingInvite) -> Door {
        let Some((trunk, dialled)) = self.entrance(invite) else {
            return if self.endpoint.is_phone_at(invite.from_peer) {
                Door::Phone
            } else {
                Door::Stranger
            };
        };
        if self.is_own_call(invite) {
            return Door::Loop;
        }
        let Some(number) = self.numbers.get(dialled).cloned() else {
            return Door::NoSuchNumber;
        };
        let did = dialled.to_owned();
        let overload = |bound| (Some(bound), RETRY_AFTER_OVERLOAD_S);
        let (bound, retry_after_s) = match self.admission {
            Admission::Draining => (None, RETRY_AFTER_S),
            Admission::JournalFull => overload("journal"),
            Admission::Open if self.calls.len() >= CALLS_MAX => overload("calls"),
            Admission::Open if self.legs.len() >= WITHDRAWN_MAX => overload("withdrawn_phones"),
            Admission::Open => {
                let offered = self.offered(invite, trunk);
                let of = (trunk, &self.config.trunks[trunk]);
                match self.shares.take(now, of, offered) {
                    Ok(()) => return Door::Open { trunk, did, number },
                    Err(bound) => overload(bound),
                }
            }
        };
        if let Some(bound) = bound {
            self.count_bound(bound);
        }
        Door::Closed { retry_after_s }
    }

    /// Chance is asked only where a bound may need it.
    fn offered(&mut self, invite: &IncomingInvite, trunk: usize) -> Offered {
        let bounded = self.config.cps_max != 0 || self.config.trunks[trunk].max_cps != 0;
        let mut hasher = DefaultHasher::new();
        (self.config.seed, invite.from.uri.user()).hash(&mut hasher);
        Offered {
            caller: hasher.finish(),
            chance: if bounded { self.chance.next_u32() } else { 0 },
        }
    }

    /// Whether it bears the mark of a call that is alive here: we gave it to a phone, and it was forwarded
    /// back to us, by whatever rewrites Via on its way.
    fn is_own_call(&self, invite: &IncomingInvite) -> bool {
        let mark = invite.headers.get(&call_header());
        let id = mark.and_then(|mark| mark.trim().parse().ok());
        id.is_some_and(|id| self.calls.contains_key(&id))
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

    /// A caller who has not called before.
    fn new(n: u64) -> Offered {
        Offered {
            caller: n,
            chance: 0,
        }
    }

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
            .filter(|ms| shares.take(at(*ms), (0, &trunks[0]), new(*ms)).is_ok())
            .count();
        assert_eq!(taken, 10 + 9, "a second's worth at once, then the rate");
        assert_eq!(
            shares.take(at(999), (0, &trunks[0]), new(0)),
            Err("trunk_rate")
        );
        for _ in 0..2 {
            assert_eq!(shares.take(at(999), (1, &trunks[1]), new(0)), Ok(()));
            shares.began(1);
        }
        assert_eq!(
            shares.take(at(999), (1, &trunks[1]), new(0)),
            Err("trunk_calls")
        );
        shares.ended(1);
        assert_eq!(shares.take(at(999), (1, &trunks[1]), new(0)), Ok(()));
    }

    #[test]
    fn all_trunks_together_have_a_rate() {
        let trunks = [trunk(0, 0), trunk(0, 0)];
        let mut shares = Shares::new(&trunks, 2);
        let verdicts = [0, 1, 0].map(|n| shares.take(Moment::BOOT, (n, &trunks[n]), new(0)));
        assert_eq!(verdicts, [Ok(()), Ok(()), Err("calls_rate")]);
    }
}
