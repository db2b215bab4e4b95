//! The devices that ring for an offer: what each says, and which is seen to while the others ring on.
//!
//! An agent's devices are one leg with several branches. A device that is dead, busy or out of its own
//! rings leaves alone and costs the others nothing; what ends the last of them ends the offer.

use super::{Exchange, withdrawing::reason_for};
use crate::{
    call::State,
    command::{CommandRefused, Done},
    doing::{Doing, Miss},
    limits::{AGAIN_AFTER_REFUSAL, AGAIN_AFTER_RING_OUT},
    offer::{DeviceState, Offer, Overdue, Told},
};
use kring_journal::{AgentId, CallId, DeviceEnd, DeviceOut, Fact, Unreached, Withdrawal};
use kring_sip::{BranchId, LegEvent, LegId, Reason};
use kring_time::Moment;

impl Exchange {
    /// What the phones say that ring for a call.
    pub(super) fn offered_leg_event(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        event: LegEvent,
    ) {
        match event {
            LegEvent::Progress {
                code, talk, branch, ..
            } => self.phone_progress(now, id, leg, branch, (code, talk)),
            LegEvent::Accepted { body, branch } => {
                self.phone_answered(now, id, leg, branch, body);
            }
            LegEvent::BranchOver {
                branch,
                code,
                local,
            } => self.branch_over(now, id, leg, branch, (code, local)),
            LegEvent::Rejected { code, local, .. } => {
                self.phone_refused(now, id, leg, code, local);
            }
            // Of a leg without a dialog nothing else is heard.
            _ => {}
        }
    }

    /// A provisional response of a phone that rings for us.
    fn phone_progress(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        branch: BranchId,
        (code, talk): (u16, bool),
    ) {
        let Some(offer) = self.calls.get_mut(&id).and_then(|call| call.offer_mut(leg)) else {
            return;
        };
        let Some(at) = offer.device_of(branch) else {
            return;
        };
        let device = &mut offer.devices[at];
        device.heard = true;
        device.answerable |= talk;
        // 181 and 182 are no sound; 180 and 183 are, or may be.
        if !device.alerting && matches!(code, 180 | 183) {
            device.alerting = true;
            let agent = offer.agent.clone();
            let (device, answerable) = (offer.named(Some(at)), offer.answerable());
            let fact = Fact::Alerting {
                agent: agent.clone(),
                device,
                code,
                answerable: talk,
            };
            self.record(now, id, fact);
            let doing = Doing::Ringing {
                call: id,
                answerable,
            };
            self.set_doing(now, &agent, doing);
            let profile = self.roster.get(&agent).map(|agent| &agent.profile);
            if talk && profile.is_some_and(|profile| profile.auto_answer) {
                self.endpoint.notify_talk(now, leg);
            }
        }
        self.reschedule(id);
    }

    /// One branch of an offer has ended, and others go on.
    fn branch_over(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        branch: BranchId,
        (code, local): (u16, bool),
    ) {
        let Some(offer) = self.calls.get_mut(&id).and_then(|call| call.offer_mut(leg)) else {
            return;
        };
        let told = offer.withdrawn.is_some();
        let agent = offer.agent.clone();
        let Some(at) = offer.device_of(branch) else {
            return;
        };
        let device = &mut offer.devices[at];
        device.open = device.open.saturating_sub(1);
        if device.open > 0 {
            return;
        }
        match device.state {
            DeviceState::RungOut => {
                let (sounded, silent_by) = (device.alerting, device.silent_by);
                if sounded {
                    self.note_overrun(now, id, &agent, silent_by);
                }
            }
            DeviceState::Ringing if !told => {
                device.state = DeviceState::Out;
                let device = device.name.clone();
                let end = DeviceEnd::Unreached {
                    why: unreached(code, local),
                    code: shown(code, local),
                };
                self.record(now, id, Fact::DeviceOut(DeviceOut { agent, device, end }));
            }
            // Who was given up, or told to stop with all the others, has nothing to add.
            DeviceState::Ringing | DeviceState::Out => {}
        }
        self.reschedule(id);
    }

    /// Phones that never said anything or that nobody hears, and phones whose own rings are used up.
    pub(super) fn see_to_phones(&mut self, now: Moment, id: CallId) {
        let mut seen = false;
        while let Some((leg, device, why)) = self
            .calls
            .get(&id)
            .filter(|call| matches!(call.state, State::Ringing { .. }))
            .and_then(|call| call.overdue_phone(now))
        {
            seen = true;
            if self.device_leaves(now, id, leg, (device, why)) {
                continue;
            }
            match why {
                Overdue::RungOut => {
                    self.exclude_agent_of(now, id, leg);
                    self.withdraw(now, id, leg, Withdrawal::Rona);
                }
                Overdue::Silent => self.give_up(now, id, leg, Unreached::Silent),
                Overdue::Inaudible => self.give_up(now, id, leg, Unreached::SilentDevice),
            }
        }
        if seen {
            self.offer_more(now, id);
        }
    }

    /// A device is told to stop. Whether others of its offer ring on.
    fn device_leaves(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        (at, why): (usize, Overdue),
    ) -> bool {
        let Some(offer) = self.calls.get_mut(&id).and_then(|call| call.offer_mut(leg)) else {
            return false;
        };
        let others = offer.others_ring(at);
        let (state, end) = match why {
            Overdue::RungOut => {
                let why = Withdrawal::Rona;
                (DeviceState::RungOut, DeviceEnd::Withdrawn { why })
            }
            Overdue::Silent => (DeviceState::Out, gone(Unreached::Silent)),
            Overdue::Inaudible => (DeviceState::Out, gone(Unreached::SilentDevice)),
        };
        let agent = offer.agent.clone();
        let device = &mut offer.devices[at];
        let (name, branches) = (device.name.clone(), device.branches.clone());
        if others {
            device.state = state;
            let device = name;
            self.record(now, id, Fact::DeviceOut(DeviceOut { agent, device, end }));
            let reason = reason_for(Withdrawal::Rona);
            for branch in branches {
                let branch = BranchId(branch);
                self.endpoint.cancel_branch(now, leg, branch, &reason);
            }
        }
        others
    }

    /// A device whose own rings are used up has had its three: this call does not come back to it.
    fn exclude_agent_of(&mut self, now: Moment, id: CallId, leg: LegId) {
        if let Some(call) = self.calls.get_mut(&id)
            && let Some(agent) = call.offer_mut(leg).map(|offer| offer.agent.clone())
        {
            call.bar(now, agent, AGAIN_AFTER_RING_OUT);
        }
    }

    /// A phone that has said nothing, or whose page nobody hears, is taken for dead, and told to stop as
    /// soon as it says something. It may have heard the INVITE after all: the agent is engaged until it or
    /// the transaction says otherwise, and an answer still wins while the call can be won.
    fn give_up(&mut self, now: Moment, id: CallId, leg: LegId, why: Unreached) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Some(offer) = call.offer_mut(leg) else {
            return;
        };
        let over = Withdrawal::CallOver;
        offer.withdrawn = Some(Told { why: over, at: now });
        let agent = offer.agent.clone();
        let miss = if offer.has_rung_out() {
            Miss::RungOut
        } else {
            Miss::of(why)
        };
        call.bar(now, agent.clone(), AGAIN_AFTER_REFUSAL);
        self.count_miss(now, id, &agent, miss);
        let fact = Fact::Unreached {
            agent,
            why,
            code: 0,
        };
        self.record(now, id, fact);
        self.endpoint.cancel(now, leg, reason_for(over));
    }

    /// Before all are told to stop: a dead device beside one that rings is waited for no longer, since its
    /// agent would be engaged for as long as its INVITE may take. Should it speak after all it is told the
    /// same: of a call that another has answered it need show nothing as missed.
    pub(super) fn leave_the_dead(&mut self, now: Moment, offer: &Offer, reason: &Reason) {
        if !offer.devices.iter().any(|device| device.heard) {
            return;
        }
        let unheard = offer.devices.iter().filter(|device| !device.heard);
        for branch in unheard.flat_map(|device| device.branches.clone()) {
            let branch = BranchId(branch);
            self.endpoint.cancel_branch(now, offer.leg, branch, reason);
        }
    }

    /// The agent's page sounds the ring.
    pub(super) fn ring_is_audible(
        &mut self,
        agent: &AgentId,
        id: CallId,
    ) -> Result<Done, CommandRefused> {
        let call = self.calls.get_mut(&id).ok_or(CommandRefused::CallGone)?;
        let mut offers = call.offers.iter_mut();
        let offer = offers.find(|offer| offer.agent == *agent && offer.withdrawn.is_none());
        let offer = offer.ok_or(CommandRefused::CallGone)?;
        for device in &mut offer.devices {
            device.audible_by = None;
        }
        self.reschedule(id);
        Ok(Done::Ok)
    }
}

/// A device that ended without a word.
fn gone(why: Unreached) -> DeviceEnd {
    DeviceEnd::Unreached { why, code: 0 }
}

/// What a final response says of a phone.
pub(super) fn unreached(code: u16, local: bool) -> Unreached {
    match (code, local) {
        (408, true) => Unreached::Silent,
        (_, true) => Unreached::Failed,
        (486 | 600, _) => Unreached::Busy,
        (403 | 603 | 607, _) => Unreached::Declined,
        (404 | 410 | 480, _) => Unreached::Unregistered,
        (300..=399, _) => Unreached::Redirected,
        _ => Unreached::Failed,
    }
}

/// The response as facts say it: of one that we made ourselves there is none.
pub(super) fn shown(code: u16, local: bool) -> u16 {
    if local { 0 } else { code }
}
