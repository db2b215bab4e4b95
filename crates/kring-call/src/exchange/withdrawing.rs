//! Phones are told to stop: CANCEL, and the wait until each has confirmed that it is silent.

use super::{Exchange, Role};
use crate::{
    call::Call,
    limits::AGAIN_AFTER_RING_OUT,
    offer::{Offer, RungDevice, Told},
};
use kring_journal::{AgentId, CallId, Fact, Withdrawal};
use kring_sip::{BranchId, LegId, Reason};
use kring_time::Moment;
use std::time::Duration;

/// A phone that was told to stop when its call went on or ended, until its last word.
#[derive(Clone, Debug)]
pub(super) struct WithdrawnPhone {
    pub(super) call: CallId,
    pub(super) agent: AgentId,
    pub(super) why: Withdrawal,
    pub(super) alerting: bool,
    /// It had a whole ring at least, not the last one of an `all` hop only, and not for a call of the
    /// agent's own: to answer it was the agent's to do.
    pub(super) had_its_ring: bool,
    /// When the phone ought to be silent at the latest.
    pub(super) deadline: Moment,
    /// Devices of which that was earlier, and that have not confirmed it.
    pub(super) sounding_on: Vec<RungDevice>,
    pub(super) winner: Option<AgentId>,
}

impl Exchange {
    pub(super) fn withdraw_all(&mut self, now: Moment, id: CallId, why: Withdrawal) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let legs: Vec<LegId> = call.live_offers().map(|offer| offer.leg).collect();
        for leg in legs {
            self.withdraw(now, id, leg, why);
            if why == Withdrawal::Rona
                && let Some(call) = self.calls.get_mut(&id)
                && let Some(agent) = call.offer_mut(leg).map(|offer| offer.agent.clone())
            {
                call.bars.put(agent, Some(now + AGAIN_AFTER_RING_OUT));
            }
        }
    }

    /// CANCEL to one phone. It stays the call's own: a 200 that crosses wins while the call can be won.
    pub(super) fn withdraw(&mut self, now: Moment, id: CallId, leg: LegId, why: Withdrawal) {
        let Some(offer) = self.calls.get_mut(&id).and_then(|call| call.offer_mut(leg)) else {
            return;
        };
        offer.withdrawn = Some(Told { why, at: now });
        let (agent, offer) = (offer.agent.clone(), offer.clone());
        let reason = reason_for(why);
        self.leave_the_dead(now, &offer, &reason);
        self.endpoint.cancel(now, leg, reason);
        self.record(now, id, Fact::Withdrawn { agent, why });
    }

    /// The call is over or answered: whatever still rings for it is told to stop, and what was told
    /// is watched until it is silent.
    pub(super) fn release_offers(
        &mut self,
        now: Moment,
        call: &mut Call,
        why: Withdrawal,
        reason: &Reason,
        winner: Option<&AgentId>,
    ) {
        for offer in std::mem::take(&mut call.offers) {
            let (leg, agent) = (offer.leg, offer.agent.clone());
            let told = offer.withdrawn;
            if told.is_none() {
                self.leave_the_dead(now, &offer, reason);
                self.endpoint.cancel(now, leg, reason.clone());
                self.record(now, call.id, Fact::Withdrawn { agent, why });
            }
            let told = told.unwrap_or(Told { why, at: now });
            let phone = withdrawn_phone(call, offer, told, winner.cloned());
            self.legs.insert(leg, Role::Withdrawn(phone));
        }
    }

    /// A phone that was told to stop says that it has. That it rang at all may be seen only now: a 180
    /// can be lost, but a phone that obeys CANCEL with 487 (RFC 3261 section 9.2) was not silent before.
    pub(super) fn phone_is_silent(
        &mut self,
        now: Moment,
        leg: LegId,
        phone: WithdrawnPhone,
        last: LastWord,
    ) {
        self.legs.remove(&leg);
        if phone.alerting || last == LastWord::Obeyed {
            // The last to confirm is a device that should have been silent before, if one is left.
            let sounding_on = phone.sounding_on.first();
            let deadline = sounding_on.map_or(phone.deadline, |device| device.silent_by);
            self.note_overrun(now, phone.call, &phone.agent, deadline);
        }
        self.count_ring_out(now, &phone);
        self.let_go(now, &phone.agent);
    }

    /// One branch of a phone that was told to stop has ended, and others have not.
    pub(super) fn withdrawn_branch_over(&mut self, now: Moment, leg: LegId, branch: BranchId) {
        let Some(Role::Withdrawn(phone)) = self.legs.get_mut(&leg) else {
            return;
        };
        let mut devices = phone.sounding_on.iter();
        let found = devices.position(|device| device.branches.contains(&branch.0));
        let Some(at) = found else {
            return;
        };
        let device = &mut phone.sounding_on[at];
        device.open = device.open.saturating_sub(1);
        if device.open > 0 {
            return;
        }
        let device = phone.sounding_on.remove(at);
        if device.alerting {
            let (call, agent) = (phone.call, phone.agent.clone());
            self.note_overrun(now, call, &agent, device.silent_by);
        }
    }

    /// A phone that ought to have been silent by `deadline` is silent only now.
    pub(super) fn note_overrun(
        &mut self,
        now: Moment,
        call: CallId,
        agent: &AgentId,
        deadline: Moment,
    ) {
        if now > deadline {
            let over_ms = now.since(deadline).as_millis().max(1) as u64;
            let agent = agent.clone();
            self.record(now, call, Fact::LateSilence { agent, over_ms });
        }
    }

    /// A 180 of a phone that was told to stop crossed the CANCEL, or was what the CANCEL waited for.
    pub(super) fn sounds_still(&mut self, leg: LegId, code: u16) {
        if let Some(Role::Withdrawn(phone)) = self.legs.get_mut(&leg)
            && matches!(code, 180 | 183)
        {
            phone.alerting = true;
        }
    }

    /// A 200 for a call that is over or another's: ACK and BYE.
    pub(super) fn answered_too_late(&mut self, now: Moment, leg: LegId, phone: WithdrawnPhone) {
        self.endpoint.acknowledge(now, leg, None);
        self.endpoint
            .bye(now, leg, Some(reason_for(Withdrawal::AnsweredElsewhere)));
        self.legs
            .insert(leg, Role::Closing(Some(phone.agent.clone())));
        let WithdrawnPhone {
            call,
            agent,
            winner,
            deadline,
            ..
        } = phone;
        self.note_overrun(now, call, &agent, deadline);
        self.record(now, call, Fact::LostRace { agent, winner });
    }
}

/// How a withdrawn phone's leg ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastWord {
    /// 487: it did as CANCEL said.
    Obeyed,
    /// Another refusal, or none at all.
    Other,
}

impl LastWord {
    pub(super) fn of(code: u16, local: bool) -> LastWord {
        if code == 487 && !local {
            LastWord::Obeyed
        } else {
            LastWord::Other
        }
    }
}

pub(super) fn withdrawn_phone(
    call: &Call,
    offer: Offer,
    told: Told,
    winner: Option<AgentId>,
) -> WithdrawnPhone {
    let terms = call.clock.terms();
    let guard = Duration::from_millis(u64::from(terms.guard_ms));
    let whole_ring = told.at.since(offer.invited) + guard >= terms.period();
    WithdrawnPhone {
        call: call.id,
        why: told.why,
        alerting: offer.alerting(),
        had_its_ring: whole_ring && !offer.last_ring_only && !call.is_for_one(),
        deadline: offer.silent_by(),
        sounding_on: offer.sounding_on().cloned().collect(),
        winner,
        agent: offer.agent,
    }
}

/// The Reason of a CANCEL or BYE (RFC 3326 section 2): with `cause=200` a phone lists no missed call.
pub(super) fn reason_for(why: Withdrawal) -> Reason {
    match why {
        Withdrawal::AnsweredElsewhere => Reason::sip(200, "Call completed elsewhere"),
        Withdrawal::CallerGaveUp => Reason::sip(487, "Caller hung up"),
        Withdrawal::Rona | Withdrawal::HopEnded => Reason::sip(408, "No answer"),
        Withdrawal::Declined => Reason::sip(603, "Declined on the screen"),
        Withdrawal::CallOver => Reason::sip(487, "Call over"),
    }
}
