//! Offers: which phones ring for a call, when they join, and what becomes of it when they refuse.

use super::{
    Exchange,
    devices::{shown, unreached},
    placing::Over,
    withdrawing::{LastWord, withdrawn_phone},
};
use crate::{
    call::{Call, State},
    doing::Miss,
    limits::AGAIN_AFTER_REFUSAL,
    plan::Strategy,
    rehearsal::next,
};
use kring_journal::{AgentId, CallId, Fact, Refusal, Withdrawal};
use kring_sip::LegId;
use kring_time::Moment;

impl Exchange {
    /// Does what is due for one call: rings, hops, overdue phones, the withdrawal, the deadline action.
    pub(super) fn attend(&mut self, now: Moment, id: CallId) {
        self.monitor_overdue(now, id);
        if self.calls.get(&id).is_some_and(|call| call.is_joined()) {
            self.change_overdue(now, id);
            self.transfer_overdue(now, id);
            self.reschedule(id);
            return;
        }
        if self.calls.get(&id).is_some_and(|call| call.is_forlorn()) {
            self.placed_over(now, id, Over::NoAgent);
            return;
        }
        self.see_to_kept(now, id);
        self.outward_overdue(now, id);
        self.tell_rings(now, id);
        self.see_to_phones(now, id);
        self.change_hop(now, id);
        if self.is_kept(id) {
            // Whoever was to be left alone for a while may be rung again.
            self.offer_more(now, id);
        }
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if matches!(call.state, State::Ringing { .. }) && call.clock.withdraw_at() <= now {
            if call.kept.is_some() {
                self.end_round(now, id);
            } else {
                call.state = State::Withdrawing;
                self.withdraw_all(now, id, Withdrawal::Rona);
            }
        }
        let due = self
            .calls
            .get(&id)
            .map(|call| (call.clock.commit_at(), &call.state));
        if let Some((commit_at, State::Withdrawing)) = due
            && commit_at <= now
        {
            self.act_at_deadline(now, id, Refusal::Deadline, commit_at);
        }
        self.reschedule(id);
    }

    /// Says every ring that has begun by `now`, each at its own moment.
    pub(super) fn tell_rings(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if matches!(
            call.state,
            State::Resting
                | State::Leaving { .. }
                | State::AtDoor { .. }
                | State::Overflowing { .. }
                | State::Reaching { .. }
        ) {
            return;
        }
        let (first, of) = (call.rings_told + 1, call.clock.limit());
        let last = call.clock.rings_at(now).min(of);
        call.rings_told = call.rings_told.max(last);
        let rings: Vec<(Moment, u8)> = (first..=last)
            .map(|number| (call.clock.ring_at(number), number))
            .collect();
        for (at, number) in rings {
            self.record(at, id, Fact::Ring { number, of });
        }
    }

    /// Rings as many more phones as the present hop wants.
    pub(super) fn offer_more(&mut self, now: Moment, id: CallId) {
        // Each turn that rings somebody in vain excludes somebody, so there is an end.
        // A round in which nobody is left to ring is over, and the next one may begin at once.
        while self.offer_some(now, id) || self.rests_now(id) {}
    }

    /// Says whether a phone could not be rung, so that another one is wanted.
    fn offer_some(&mut self, now: Moment, id: CallId) -> bool {
        let Some(call) = self.calls.get(&id) else {
            return false;
        };
        let hop = match call.state {
            // Between the leavers of one hop and the joiners of the next nobody is rung: who leaves in the
            // silence must not be called back in it.
            State::Ringing {
                leavers_gone: false,
            } if now < call.clock.last_offer_at() && !call.hop_changes(now) => call.hop,
            State::Resting if self.may_ring_again(now, id) => 0,
            _ => return false,
        };
        let rests = matches!(call.state, State::Resting);
        // A round that is to begin goes by the plan that its queue has now.
        let plan = if rests {
            &self.config.queues[call.queue].plan
        } else {
            &call.plan
        };
        let strategy = plan.strategy(hop);
        let wanted = strategy
            .phones_at_once()
            .saturating_sub(call.live_offers().count());
        if wanted == 0 {
            return false;
        }
        let (agents, degraded) = self.choose(now, call, strategy, wanted);
        if agents.is_empty() {
            return false;
        }
        if rests {
            self.begin_round(now, id);
        }
        if degraded {
            self.note_degraded(now, id);
        }
        let mut in_vain = false;
        for agent in agents {
            in_vain |= !self.invite(now, id, &agent);
        }
        if rests {
            self.tell_rings(now, id);
        }
        self.reschedule(id);
        in_vain
    }

    /// Who is offered the call next: for one seat, somebody who was not tried yet if there is one.
    fn choose(
        &self,
        now: Moment,
        call: &Call,
        strategy: Strategy,
        wanted: usize,
    ) -> (Vec<AgentId>, bool) {
        if call.is_for_one() {
            return (Vec::new(), false);
        }
        let (queue, tried) = (call.queue, |id: &AgentId| call.tried.contains(id));
        next(strategy, tried, |fits| {
            let fits = |id: &AgentId| fits(id) && !call.bars.holds(now, id);
            self.roster.candidates(queue, strategy, wanted, fits)
        })
    }

    fn note_degraded(&mut self, now: Moment, id: CallId) {
        if let Some(call) = self.calls.get_mut(&id)
            && !call.degraded
        {
            call.degraded = true;
            self.record(now, id, Fact::Degraded);
        }
    }

    /// A final response other than 2xx of a phone that was rung for us.
    pub(super) fn phone_refused(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        code: u16,
        local: bool,
    ) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Some(offer) = call.take_offer(leg) else {
            return;
        };
        if let Some(told) = offer.withdrawn {
            let phone = withdrawn_phone(call, offer, told, None);
            self.phone_is_silent(now, leg, phone, LastWord::of(code, local));
        } else {
            call.bar(now, offer.agent.clone(), AGAIN_AFTER_REFUSAL);
            let why = unreached(code, local);
            let fact = Fact::Unreached {
                agent: offer.agent.clone(),
                why,
                code: shown(code, local),
            };
            self.record(now, id, fact);
            self.legs.remove(&leg);
            if let Some(device) = offer.sounding_on().find(|device| device.alerting) {
                self.note_overrun(now, id, &offer.agent, device.silent_by);
            }
            let miss = if offer.has_rung_out() {
                Miss::RungOut
            } else {
                Miss::of(why)
            };
            self.count_miss(now, id, &offer.agent, miss);
            self.let_go(now, &offer.agent);
        }
        self.offer_more(now, id);
        self.reschedule(id);
    }
}
