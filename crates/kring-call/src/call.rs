//! One call: where it is in its life, which phones ring for it, and when it next wants attention.
//!
//! A call decides nothing about agents and sends nothing; the exchange does both. What it knows is
//! when each step of the ring rule is due.

use crate::{
    kept::{Bars, Kept},
    offer::{Offer, Overdue},
    plan::Plan,
    ring::RingClock,
    sound::{Change, Sound},
};
use kring_journal::{AgentId, CallId};
use kring_media::{Language, Phrase, Side};
use kring_sip::{HeaderName, LegId, NameAddr, Uri};
use kring_time::Moment;
use std::{sync::Arc, time::Duration};

/// Where the call is in its life.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// Within the budget: phones ring or will.
    Ringing { leavers_gone: bool },
    /// Every phone got CANCEL; until `commit_at` a crossing 200 wins.
    Withdrawing,
    /// kring has answered and no phone rings: somebody to ring is waited for.
    Resting,
    /// kring has answered and says its last words, then hangs up.
    Leaving {
        until: Moment,
        cause: &'static str,
        /// Words that are left to be said when the caller can hear.
        unsaid: Vec<Phrase>,
    },
    /// Caller and agent are connected.
    Talking {
        agent: AgentId,
        leg: LegId,
        since: Moment,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    /// Index into the configured queues.
    pub(crate) queue: usize,
    /// Index into the configured trunks: the one that brought it.
    pub(crate) trunk: usize,
    pub(crate) caller_leg: LegId,
    /// The number that was dialled, as a redirect names it.
    pub(crate) dialled: Uri,
    /// Our place in the History-Info that came.
    pub(crate) history_index: String,
    /// From of the INVITEs to phones: the caller.
    pub(crate) from: NameAddr,
    /// Hops left to the INVITEs to phones: the caller's less one (RFC 3261 section 16.6).
    pub(crate) max_forwards: u8,
    /// Headers of the caller's INVITE for the phones'.
    pub(crate) passed: Vec<(HeaderName, String)>,
    /// When the caller was sent 180, or the call was accepted.
    pub(crate) t0: Moment,
    /// Its turn among those who wait: t0, later by what its priority is worth.
    pub(crate) turn: Moment,
    /// Of the budget, or of the present round of offers to a caller who is kept.
    pub(crate) clock: RingClock,
    /// Once kring has answered the caller itself.
    pub(crate) kept: Option<Kept>,
    /// The language in which the caller wants to be spoken to; none: nobody knows, the queue's.
    pub(crate) language: Option<Language>,
    pub(crate) plan: Arc<Plan>,
    pub(crate) sound: Sound,
    pub(crate) state: State,
    pub(crate) offers: Vec<Offer>,
    /// Who is not offered this call again: declined, busy, failed.
    pub(crate) bars: Bars,
    /// Who was offered it, to prefer those who were not.
    pub(crate) tried: Vec<AgentId>,
    pub(crate) attempts: u16,
    /// Index of the present hop.
    pub(crate) hop: usize,
    pub(crate) rings_told: u8,
    pub(crate) degraded: bool,
    /// Its entry in the exchange's agenda.
    pub(crate) agenda: Option<Moment>,
    /// Whether its queue has it among those that want a phone.
    pub(crate) is_listed: bool,
}

impl Call {
    /// When it next wants attention.
    pub(crate) fn due(&self) -> Option<Moment> {
        match &self.state {
            State::Ringing { leavers_gone } => {
                let rings = (self.rings_told < self.clock.limit())
                    .then(|| self.clock.ring_at(self.rings_told + 1));
                let hop = self.plan.first_ring(self.hop + 1).map(|ring| {
                    if *leavers_gone {
                        self.clock.ring_at(ring)
                    } else {
                        self.clock.leavers_at(ring)
                    }
                });
                let phones = self
                    .live_offers()
                    .filter_map(|offer| offer.due(&self.clock));
                let kept = self.kept.as_ref();
                let announcement = kept.and_then(|kept| kept.announce_at);
                let bar = kept.and_then(|_| self.bars.next_end());
                [
                    rings,
                    hop,
                    Some(self.clock.withdraw_at()),
                    announcement,
                    bar,
                ]
                .into_iter()
                .flatten()
                .chain(phones)
                .min()
            }
            State::Withdrawing => Some(self.clock.commit_at()),
            State::Resting => {
                let kept = self.kept.as_ref();
                let own = kept
                    .into_iter()
                    .flat_map(|kept| [kept.announce_at, kept.leave_at]);
                own.flatten().chain(self.bars.next_end()).min()
            }
            State::Leaving { until, .. } => Some(*until),
            State::Talking { .. } => self.sound.change.as_ref().and_then(Change::due),
        }
    }

    /// Where it stands among all that wait.
    pub(crate) fn stand(&self) -> (Moment, CallId) {
        (self.turn, self.id)
    }

    /// Whether it would take another phone, were one free: the present hop wants more than ring, or it
    /// rests and may begin another round.
    pub(crate) fn wants_phone(&self) -> bool {
        match self.state {
            State::Ringing {
                leavers_gone: false,
            } => {
                let wanted = self.plan.strategy(self.hop).phones_at_once();
                self.live_offers().take(wanted).count() < wanted
            }
            State::Resting => self.sound.voice.is_some(),
            _ => false,
        }
    }

    /// Which side of the call this leg is.
    pub(crate) fn side_of(&self, leg: LegId) -> Side {
        if leg == self.caller_leg {
            Side::Caller
        } else {
            Side::Agent
        }
    }

    /// The leg of a side of an answered call.
    pub(crate) fn leg_of(&self, side: Side) -> Option<LegId> {
        match (side, &self.state) {
            (Side::Caller, _) => Some(self.caller_leg),
            (Side::Agent, State::Talking { leg, .. }) => Some(*leg),
            (Side::Agent, _) => None,
        }
    }

    /// The phones that were not told to stop.
    pub(crate) fn live_offers(&self) -> impl Iterator<Item = &Offer> {
        self.offers.iter().filter(|offer| offer.withdrawn.is_none())
    }

    pub(crate) fn offer_mut(&mut self, leg: LegId) -> Option<&mut Offer> {
        self.offers.iter_mut().find(|offer| offer.leg == leg)
    }

    pub(crate) fn take_offer(&mut self, leg: LegId) -> Option<Offer> {
        let index = self.offers.iter().position(|offer| offer.leg == leg)?;
        Some(self.offers.remove(index))
    }

    /// Whether it still rings, so that an answer wins it.
    pub(crate) fn can_be_won(&self) -> bool {
        matches!(
            self.state,
            State::Ringing { .. } | State::Withdrawing | State::Resting
        )
    }

    /// Does not offer it to `agent` again: as long as the budget lasts, and to a caller who is kept not
    /// before `rest` is over.
    pub(crate) fn bar(&mut self, now: Moment, agent: AgentId, rest: Duration) {
        let until = self.kept.as_ref().map(|_| now + rest);
        self.bars.put(agent, until);
    }

    /// The first live phone that must be seen to by `now`, by its place in its offer, and why.
    pub(crate) fn overdue_phone(&self, now: Moment) -> Option<(LegId, usize, Overdue)> {
        self.live_offers().find_map(|offer| {
            let (device, why) = offer.overdue(now, &self.clock)?;
            Some((offer.leg, device, why))
        })
    }
}
