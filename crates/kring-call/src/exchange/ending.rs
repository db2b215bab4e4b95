//! Calls end: the caller gives up, somebody hangs up, nobody confirms, the house closes.

use super::{Exchange, Role, placing::Over, withdrawing::reason_for};
use crate::{
    call::{Call, State},
    command::Admission,
    doing::Doing,
};
use kring_journal::{AgentId, CallId, EndedBy, Fact, TransferOver, Withdrawal};
use kring_sip::{LegId, Reason};
use kring_time::Moment;

impl Exchange {
    /// CANCEL from the caller, before anybody answered. The endpoint has sent 487 already.
    /// What it gives as its reason reaches the phones: of a call that was answered elsewhere they need
    /// show nothing as missed.
    pub(super) fn caller_gave_up(&mut self, now: Moment, id: CallId, reason: Option<&str>) {
        if self.calls.get(&id).is_some_and(|call| call.rings_told > 0) {
            // A ring that begins at this very moment has begun.
            self.tell_rings(now, id);
        }
        let Some(call) = self.forget(id) else {
            return;
        };
        if let Some(leg) = call.caller_leg {
            self.legs.remove(&leg);
        }
        let wait_ms = now.since(call.t0).as_millis() as u64;
        self.record(
            now,
            id,
            Fact::Abandoned {
                rings: call.rings_told,
                wait_ms,
            },
        );
        let reason = reason.and_then(|text| text.parse().ok());
        let reason = reason.unwrap_or_else(|| reason_for(Withdrawal::CallerGaveUp));
        self.let_phones_go_because(now, call, Withdrawal::CallerGaveUp, reason);
    }

    /// A refused or failed call lets its phones and ports go.
    pub(super) fn let_phones_go(&mut self, now: Moment, call: Box<Call>) {
        let why = Withdrawal::CallOver;
        self.let_phones_go_because(now, call, why, reason_for(why));
    }

    pub(super) fn let_phones_go_because(
        &mut self,
        now: Moment,
        mut call: Box<Call>,
        why: Withdrawal,
        reason: Reason,
    ) {
        self.drop_outward(now, &call, reason.clone());
        self.release_offers(now, &mut call, why, &reason, None);
        self.release_sound(now, &call);
    }

    /// BYE, or a dialog that is no more, on one side of an answered call.
    /// The reason that it gives is passed on (RFC 3326).
    pub(super) fn hung_up(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        cause: &str,
        reason: Option<&str>,
    ) {
        if self.is_reaching(id) {
            self.legs.remove(&leg);
            self.placed_over(now, id, Over::AgentLeft);
            return;
        }
        if self.is_transferring(id) {
            self.left_transfer(now, id, leg, cause);
            return;
        }
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let Some((far_leg, _)) = call.far_leg() else {
            self.caller_left_early(now, id, cause);
            return;
        };
        let Some(caller_leg) = call.caller_leg else {
            return;
        };
        let (by, other) = match call.state {
            _ if leg == caller_leg => (EndedBy::Caller, far_leg),
            State::Connected { .. } => (EndedBy::Target, caller_leg),
            _ => (EndedBy::Agent, caller_leg),
        };
        self.legs.remove(&leg);
        let reason = reason.and_then(|text| text.parse().ok());
        let reason = reason.unwrap_or_else(|| Reason::sip(200, "Normal call clearing"));
        self.hang_up_leg(now, id, other, reason);
        if leg == far_leg
            && let Some(agent) = self.talking_agent(id).cloned()
        {
            self.roster.change(&agent, |agent| agent.phone_leg = None);
        }
        self.ended(now, id, by, cause);
    }

    /// Our 200 to the caller was never confirmed (RFC 3261 section 13.3.1.4): BYE to both.
    pub(super) fn never_confirmed(&mut self, now: Moment, id: CallId) {
        self.end_by_kring(now, id, "no_ack");
    }

    /// kring ends an answered call.
    pub(super) fn end_by_kring(&mut self, now: Moment, id: CallId, cause: &'static str) {
        if self.calls.get(&id).is_some_and(|call| call.is_placed()) {
            self.placed_over(now, id, Over::CalledOff(cause));
            return;
        }
        if self.is_transferring(id) {
            let why = TransferOver::CallOver;
            self.end_transferring(now, id, (EndedBy::Kring, cause), why);
            return;
        }
        if self.is_kept(id) {
            self.end_kept(now, id, EndedBy::Kring, cause);
            return;
        }
        let reason = Reason::sip(200, cause);
        if self.bye_both(now, id, reason) {
            self.ended(now, id, EndedBy::Kring, cause);
        }
    }

    /// The agent ends the call on the screen.
    pub(super) fn hang_up_by_agent(&mut self, now: Moment, id: CallId) {
        if self.is_reaching(id) {
            self.placed_over(now, id, Over::AgentLeft);
            return;
        }
        if let Some(transfer) = self.calls.get(&id).and_then(|call| call.transfer()) {
            let leg = transfer.agent_leg;
            if let Some(leg) = leg {
                self.hang_up_leg(now, id, leg, Reason::sip(200, "Normal call clearing"));
                self.agent_leaves_transfer(now, id);
            }
            return;
        }
        if self.bye_both(now, id, Reason::sip(200, "Normal call clearing")) {
            self.ended(now, id, EndedBy::Agent, "hangup");
        }
    }

    /// Ends every call, because the time for the drain is over.
    pub(super) fn end_all(&mut self, now: Moment) {
        // Nobody is called back any more.
        self.admission = Admission::Draining;
        // By id, which is by age: the same seed ends them in the same order.
        let mut ids: Vec<CallId> = self.calls.keys().copied().collect();
        ids.sort_unstable();
        for id in ids {
            let call = self.calls.get(&id);
            let is_ours = call.is_some_and(|call| call.is_joined() || call.is_placed());
            if is_ours || self.is_kept(id) {
                self.end_by_kring(now, id, "shutdown");
            } else {
                self.fail(now, id, 503, "the service is shutting down");
            }
        }
    }

    fn fail(&mut self, now: Moment, id: CallId, code: u16, cause: &str) {
        let Some(call) = self.forget(id) else {
            return;
        };
        if let Some(leg) = call.caller_leg {
            self.endpoint.reject(now, leg, code, Vec::new());
            self.legs.remove(&leg);
        }
        let cause = cause.to_owned();
        self.record(now, id, Fact::Failed { cause, code });
        self.let_phones_go(now, call);
    }

    /// The caller's leg is gone without CANCEL while it rang, or while the caller was kept.
    fn caller_left_early(&mut self, now: Moment, id: CallId, cause: &str) {
        if self.is_kept(id) {
            self.end_kept(now, id, EndedBy::Caller, cause);
        } else {
            self.caller_gave_up(now, id, None);
        }
    }

    fn bye_both(&mut self, now: Moment, id: CallId, reason: Reason) -> bool {
        let Some(call) = self.calls.get(&id) else {
            return false;
        };
        let Some((leg, _)) = call.far_leg() else {
            return false;
        };
        if let Some(caller_leg) = call.caller_leg {
            self.hang_up_leg(now, id, caller_leg, reason.clone());
        }
        self.hang_up_leg(now, id, leg, reason);
        true
    }

    pub(super) fn hang_up_leg(&mut self, now: Moment, id: CallId, leg: LegId, reason: Reason) {
        let agent = match self.legs.get(&leg) {
            Some(Role::Agent(_)) => self.talking_agent(id).cloned(),
            _ => None,
        };
        self.endpoint.bye(now, leg, Some(reason));
        self.legs.insert(leg, Role::Closing(agent));
    }

    /// The facts and the agent's part of an answered call that is over.
    fn ended(&mut self, now: Moment, id: CallId, by: EndedBy, cause: &str) {
        let Some(call) = self.forget(id) else {
            return;
        };
        let Some((_, since)) = call.far_leg() else {
            return;
        };
        let talk_ms = now.since(since).as_millis() as u64;
        let cause = cause.to_owned();
        self.record(now, id, Fact::Ended { by, cause, talk_ms });
        if let State::Talking { agent, .. } = &call.state {
            let handled = now.since(since) + self.config.wrap_up;
            self.queues[call.queue].handlings.took(handled);
            self.open_wrap_up(now, id, agent);
        }
        self.release_sound(now, &call);
    }

    pub(super) fn open_wrap_up(&mut self, now: Moment, id: CallId, agent: &AgentId) {
        let lasts = self.config.wrap_up;
        let for_s = lasts.as_secs() as u32;
        let fact = Fact::WrapUpOpened {
            agent: agent.clone(),
            for_s,
        };
        self.record(now, id, fact);
        self.roster.idle_from(now, agent);
        if lasts.is_zero() {
            self.let_go(now, agent);
        } else {
            let until = now + lasts;
            let doing = Doing::WrapUp {
                call: id,
                since: now,
                until,
            };
            self.set_doing(now, agent, doing);
        }
    }

    /// A leg whose BYE was out is gone: the phone is silent now.
    pub(super) fn leg_is_gone(&mut self, now: Moment, leg: LegId, agent: Option<AgentId>) {
        self.legs.remove(&leg);
        let Some(agent) = agent else {
            return;
        };
        self.roster.change(&agent, |a| {
            if a.phone_leg == Some(leg) {
                a.phone_leg = None;
            }
        });
        let still_offered = self
            .roster
            .get(&agent)
            .is_some_and(|a| matches!(a.doing, Doing::Offered { .. } | Doing::Ringing { .. }));
        if still_offered {
            self.let_go(now, &agent);
        } else {
            self.serve_waiting(now);
        }
    }
}
