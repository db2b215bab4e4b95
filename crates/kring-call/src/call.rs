//! One call: where it is in its life, which phones ring for it, and when it next wants attention.
//!
//! A call decides nothing about agents and sends nothing; the exchange does both. What it knows is
//! when each step of the ring rule is due.

use crate::{
    command::CallerIdentity,
    kept::{Bars, Kept},
    monitor::Monitor,
    offer::{Offer, Overdue},
    outward::Outward,
    plan::Plan,
    ring::RingClock,
    sound::{Change, Sound},
    transfer::{Circle, Stage, Transfer},
};
use kring_journal::{AgentId, CallId, CallerRef};
use kring_media::{Language, Phrase, Side};
use kring_sip::{HeaderName, LegId, NameAddr, Uri};
use kring_time::Moment;
use rustc_hash::FxHashSet;
use std::{collections::VecDeque, sync::Arc, time::Duration};

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
    /// kring has answered a caller of a closed queue, for whom no phone rings: they hear of the call-back and
    /// may press the key until then, or are taken elsewhere as soon as they can hear.
    AtDoor {
        until: Moment,
        /// Words that are left to be said when the caller can hear.
        unsaid: Vec<Phrase>,
    },
    /// Caller and agent are connected.
    Talking {
        agent: AgentId,
        leg: LegId,
        since: Moment,
    },
    /// kring dials somebody outside for a caller who is kept and hears music; then the others in turn.
    Overflowing {
        outward: Outward,
        others: VecDeque<String>,
    },
    /// The agent's phone was lifted for a call that kring places, and the citizen is being dialled.
    Reaching {
        agent: AgentId,
        leg: LegId,
        since: Moment,
        outward: Option<Outward>,
    },
    /// Caller and extension are connected.
    Connected { leg: LegId, since: Moment },
    /// The agent has wished the caller elsewhere, or asks somebody.
    Transferring(Box<Transfer>),
}

/// What kring places a call for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Somebody asked for it in this call.
    CallBack(CallId),
    /// The agent who rings wants it, and nobody else does.
    Agent,
}

/// A call that kring places.
#[derive(Clone, Debug)]
pub(crate) struct Errand {
    /// Whom it dials, as the PBX is asked for it.
    pub(crate) number: String,
    /// Who calls the citizen.
    pub(crate) from: NameAddr,
    pub(crate) cause: Cause,
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    /// Index into the configured queues.
    pub(crate) queue: usize,
    /// Index into the configured trunks: the one that brought it.
    pub(crate) trunk: usize,
    /// Who calls or is called, in facts.
    pub(crate) caller: CallerRef,
    /// Who that is.
    pub(crate) identity: CallerIdentity,
    /// The number that was dialled, as facts have it.
    pub(crate) did: String,
    /// None before the citizen has answered whom kring calls.
    pub(crate) caller_leg: Option<LegId>,
    /// What kring placed it for, if nobody called.
    pub(crate) errand: Option<Box<Errand>>,
    /// What the caller's side calls itself (User-Agent), if it does.
    pub(crate) caller_agent: Option<Box<str>>,
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
    pub(crate) tried: FxHashSet<AgentId>,
    pub(crate) attempts: u16,
    /// Index of the present hop.
    pub(crate) hop: usize,
    pub(crate) rings_told: u8,
    pub(crate) degraded: bool,
    /// The supervisor who hears it.
    pub(crate) monitor: Option<Box<Monitor>>,
    /// Its entry in the exchange's agenda.
    pub(crate) agenda: Option<Moment>,
    /// Whether its queue has it among those that want a phone.
    pub(crate) is_listed: bool,
}

impl Call {
    /// When it next wants attention.
    pub(crate) fn due(&self) -> Option<Moment> {
        let monitor = self.monitor.as_ref().and_then(|monitor| monitor.due());
        self.own_due().into_iter().chain(monitor).min()
    }

    /// The same, whoever listens to it.
    fn own_due(&self) -> Option<Moment> {
        match &self.state {
            State::Ringing { .. } if self.is_forlorn() => Some(Moment::BOOT),
            State::Ringing { leavers_gone } => {
                let rings = (self.rings_told < self.clock.limit())
                    .then(|| self.clock.ring_at(self.rings_told + 1));
                let next = self.plan.first_ring(self.hop + 1);
                // One agent has no hops.
                let next = next.filter(|_| !self.is_for_one());
                let hop = next.map(|ring| {
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
                    .flat_map(|kept| [kept.announce_at, kept.leave_at, self.goes_at(kept)]);
                own.flatten().chain(self.bars.next_end()).min()
            }
            State::Leaving { until, .. } | State::AtDoor { until, .. } => Some(*until),
            State::Overflowing { outward, .. } => Some(outward.until),
            State::Reaching { outward, .. } => outward.as_ref().map(|outward| outward.until),
            State::Talking { .. } | State::Connected { .. } => {
                self.sound.change.as_ref().and_then(Change::due)
            }
            State::Transferring(transfer) => {
                let change = self.sound.change.as_ref().and_then(Change::due);
                change.into_iter().chain(transfer.due()).min()
            }
        }
    }

    /// When a caller who is kept goes elsewhere: not before kring can speak to them.
    fn goes_at(&self, kept: &Kept) -> Option<Moment> {
        let goes = kept.goes.filter(|_| self.sound.voice.is_some());
        goes.map(|(at, _)| at)
    }

    /// Whom kring dials for it.
    pub(crate) fn outward_mut(&mut self) -> Option<&mut Outward> {
        match &mut self.state {
            State::Overflowing { outward, .. } => Some(outward),
            State::Reaching { outward, .. } => outward.as_mut(),
            State::Transferring(transfer) => match &mut transfer.stage {
                Stage::Dialling { outward, .. } => Some(outward),
                _ => None,
            },
            _ => None,
        }
    }

    /// The transfer that is on its way.
    pub(crate) fn transfer(&self) -> Option<&Transfer> {
        match &self.state {
            State::Transferring(transfer) => Some(transfer),
            _ => None,
        }
    }

    /// See [`Call::transfer`].
    pub(crate) fn transfer_mut(&mut self) -> Option<&mut Transfer> {
        match &mut self.state {
            State::Transferring(transfer) => Some(transfer),
            _ => None,
        }
    }

    /// Whether kring placed it and its citizen has not answered yet.
    pub(crate) fn is_placed(&self) -> bool {
        self.errand.is_some() && self.caller_leg.is_none()
    }

    /// Whether it is for one agent alone.
    pub(crate) fn is_for_one(&self) -> bool {
        let errand = self.errand.as_ref();
        errand.is_some_and(|errand| errand.cause == Cause::Agent)
    }

    /// Whether it is for one agent, whose phone rings no more.
    pub(crate) fn is_forlorn(&self) -> bool {
        let rings = matches!(self.state, State::Ringing { .. });
        rings && self.is_for_one() && self.is_placed() && self.live_offers().next().is_none()
    }

    /// Whether the caller is connected with somebody, or was and is on the way to somebody else.
    pub(crate) fn is_joined(&self) -> bool {
        self.far_leg().is_some() || self.transfer().is_some()
    }

    /// The leg of whoever the caller is connected with, and since when.
    pub(crate) fn far_leg(&self) -> Option<(LegId, Moment)> {
        match &self.state {
            State::Talking { leg, since, .. } | State::Connected { leg, since, .. } => {
                Some((*leg, *since))
            }
            _ => None,
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
            } if !self.is_for_one() => {
                let wanted = self.plan.strategy(self.hop).phones_at_once();
                self.live_offers().take(wanted).count() < wanted
            }
            State::Resting => self.sound.voice.is_some(),
            _ => false,
        }
    }

    /// Whether the silence before the next hop has begun, be it that its leavers have yet to be told.
    pub(crate) fn hop_changes(&self, now: Moment) -> bool {
        let next = self.plan.first_ring(self.hop + 1);
        next.is_some_and(|ring| self.clock.leavers_at(ring) <= now)
    }

    /// Which side of the call this leg is.
    pub(crate) fn side_of(&self, leg: LegId) -> Side {
        if Some(leg) == self.caller_leg {
            Side::Caller
        } else if self.transfer().and_then(Transfer::third) == Some(leg) {
            Side::Third
        } else {
            Side::Agent
        }
    }

    /// With which side this one talks; none: it hears music, or two others.
    pub(crate) fn talks_with(&self, side: Side) -> Option<Side> {
        let Some(transfer) = self.transfer() else {
            return Some(side.other());
        };
        let circle = match &transfer.stage {
            Stage::Met { circle, .. } | Stage::Joining { circle, .. } => *circle,
            Stage::Settling { .. } => Circle::Caller,
            Stage::Waiting | Stage::Referred { .. } | Stage::Dialling { .. } => return None,
        };
        match (circle, side) {
            (Circle::Unit, Side::Agent) => Some(Side::Third),
            (Circle::Unit, Side::Third) | (Circle::Caller, Side::Caller) => Some(Side::Agent),
            (Circle::Caller, Side::Agent) => Some(Side::Caller),
            _ => None,
        }
    }

    /// The leg of a side of an answered call.
    pub(crate) fn leg_of(&self, side: Side) -> Option<LegId> {
        match side {
            Side::Caller => self.caller_leg,
            Side::Agent => match self.transfer() {
                Some(transfer) => transfer.agent_leg,
                None => self.far_leg().map(|(leg, _)| leg),
            },
            Side::Third => self.transfer().and_then(Transfer::third),
            Side::Monitor => None,
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
            State::Ringing { .. }
                | State::Withdrawing
                | State::Resting
                | State::AtDoor { .. }
                | State::Overflowing { .. }
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
