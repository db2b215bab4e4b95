//! A transfer that came to nothing: the caller is back with the agent, at the agent's phone or in the queue,
//! and hears something at every moment on the way.

use super::{Exchange, phone_transfers::code_of_failure};
use crate::{
    call::State,
    command::OnTransferFailed,
    doing::Doing,
    kept::{Bars, Kept},
    limits::SETTLING,
    transfer::{Stage, Transfer},
};
use kring_journal::{AgentId, BackWith, CallId, EndedBy, Fact, TransferOver, TransferStep};
use kring_media::{Ground, MediaOrder, Side};
use kring_sip::{LegId, Reason};
use kring_time::Moment;

impl Exchange {
    /// The caller goes back to whoever had them.
    pub(super) fn bring_caller_back(
        &mut self,
        now: Moment,
        id: CallId,
        why: TransferOver,
        code: u16,
    ) {
        let Some(transfer) = self
            .calls
            .get(&id)
            .and_then(|call| call.transfer())
            .cloned()
        else {
            return;
        };
        if self
            .calls
            .get(&id)
            .is_some_and(|call| call.caller_leg.is_none())
        {
            let left = TransferOver::CallerLeft;
            self.end_transferring(now, id, (EndedBy::Caller, "bye"), left);
            return;
        }
        if self.settles(now, id, &transfer, (why, code)) {
            return;
        }
        self.drop_third(now, id);
        self.let_second_go(now, id, code_of_failure(why, code));
        let back = match transfer.agent_leg {
            Some(_) => BackWith::Agent,
            None if self.can_be_recalled(&transfer) => BackWith::AgentRung,
            None => BackWith::Queue,
        };
        self.tell_over(now, id, (why, code), back);
        self.dismiss_third(id);
        match transfer.agent_leg {
            Some(leg) => self.rejoin(now, id, &transfer, leg),
            None => self.recall(now, id, &transfer, back),
        }
        self.reschedule(id);
    }

    /// The phone that asked for the transfer is told first, and has a moment to hang up in: whether it is
    /// in that moment now. Caller and agent hear each other meanwhile.
    fn settles(
        &mut self,
        now: Moment,
        id: CallId,
        transfer: &Transfer,
        (why, code): (TransferOver, u16),
    ) -> bool {
        let is_settling = matches!(transfer.stage, Stage::Settling { .. });
        if transfer.referrer.is_none() || transfer.agent_leg.is_none() || is_settling {
            return false;
        }
        self.drop_third(now, id);
        self.dismiss_third(id);
        self.hush(id, Side::Caller);
        self.hush(id, Side::Agent);
        self.report_failure(now, id, why, code);
        if let Some(transfer) = self.calls.get_mut(&id).and_then(|call| call.transfer_mut()) {
            let until = now + SETTLING;
            transfer.stage = Stage::Settling { until, why, code };
        }
        self.reschedule(id);
        true
    }

    fn tell_over(
        &mut self,
        now: Moment,
        id: CallId,
        (why, code): (TransferOver, u16),
        back: BackWith,
    ) {
        let took_ms = self.calls.get(&id).and_then(|call| call.transfer());
        let took_ms = took_ms.map_or(0, |transfer| transfer.took_ms(now));
        self.tell_step(
            now,
            id,
            TransferStep::Over {
                why,
                code,
                back,
                took_ms,
            },
        );
    }

    /// The place that a third party had or was to have is given up.
    fn dismiss_third(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let session = call.sound.session;
        if call.sound.dismiss() {
            self.order(MediaOrder::Dismiss { session });
        } else {
            self.leave_out(id, Side::Third);
        }
    }

    /// Caller and agent hear each other again.
    fn rejoin(&mut self, now: Moment, id: CallId, transfer: &Transfer, leg: LegId) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.state = State::Talking {
                agent: transfer.agent.clone(),
                leg,
                since: transfer.since,
            };
        }
        self.hush(id, Side::Caller);
        self.hush(id, Side::Agent);
        // Each may have narrowed its choice while it heard kring alone.
        self.bring_back(now, id, Side::Caller);
        self.bring_back(now, id, Side::Agent);
    }

    /// Whether the agent is where the caller left them, with nothing else to do.
    fn can_be_recalled(&self, transfer: &Transfer) -> bool {
        let agent = self.roster.get(&transfer.agent);
        transfer.failing == OnTransferFailed::Recall
            && agent
                .is_some_and(|agent| agent.phone_leg.is_none() && !agent.profile.devices.is_empty())
    }

    /// The agent had hung up: their phone rings again, or the caller is the first in the queue. From here on
    /// it is a caller who is kept, like any other.
    fn recall(&mut self, now: Moment, id: CallId, transfer: &Transfer, back: BackWith) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let queue = call.queue;
        call.kept = Some(Kept::new(now, &self.config.queues[queue].waiting));
        call.turn = Moment::BOOT;
        call.bars = Bars::default();
        call.tried.clear();
        call.state = State::Resting;
        let (stand, voice) = (call.stand(), call.sound.voice);
        self.queues[queue].keep(stand);
        if let Some(voice) = voice {
            self.settle_voice(id, voice);
        }
        if matches!(transfer.stage, Stage::Settling { .. }) {
            // They had each other till now, and the agent's phone is gone.
            self.speak(id, Vec::new(), Ground::Music);
            self.unplug(id, Side::Agent);
        }
        if back == BackWith::AgentRung && self.ring_again(now, id, &transfer.agent) {
            return;
        }
        self.agent_is_done(now, id, queue, transfer);
        self.wait_again(now, id);
    }

    /// Rings the agent who had the caller: whether their phone can be rung.
    fn ring_again(&mut self, now: Moment, id: CallId, agent: &AgentId) -> bool {
        self.set_doing(now, agent, Doing::Ready);
        self.begin_round(now, id);
        let rings = self.invite(now, id, agent);
        let is_rung = rings
            && self
                .roster
                .get(agent)
                .is_some_and(|agent| agent.doing == Doing::Offered { call: id });
        if is_rung {
            // And whoever else the plan wants.
            self.offer_more(now, id);
            self.tell_rings(now, id);
        } else if let Some(call) = self.calls.get_mut(&id) {
            call.state = State::Resting;
        }
        is_rung
    }

    /// A leg of a call that is being transferred is gone.
    pub(super) fn left_transfer(&mut self, now: Moment, id: CallId, leg: LegId, cause: &str) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let Some(transfer) = call.transfer() else {
            return;
        };
        let (side, agent) = (call.side_of(leg), transfer.agent.clone());
        let joins = matches!(transfer.stage, Stage::Joining { .. });
        self.legs.remove(&leg);
        match side {
            Side::Caller if self.awaits_last_word(now, id, leg) => {}
            Side::Caller => {
                let why = TransferOver::CallerLeft;
                self.end_transferring(now, id, (EndedBy::Caller, cause), why);
            }
            // The PBX takes it into the call of which it was told.
            Side::Third if joins => {}
            Side::Third => self.bring_caller_back(now, id, TransferOver::UnitLeft, 0),
            Side::Agent => {
                self.roster.change(&agent, |agent| agent.phone_leg = None);
                self.agent_leaves_transfer(now, id);
            }
            // No leg of the call's is a supervisor's.
            Side::Monitor => {}
        }
    }

    /// The call is over while it was being transferred: everybody is hung up on who is there still.
    pub(super) fn end_transferring(
        &mut self,
        now: Moment,
        id: CallId,
        (by, cause): (EndedBy, &str),
        why: TransferOver,
    ) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let Some(transfer) = call.transfer().cloned() else {
            return;
        };
        let caller_leg = call.caller_leg.filter(|_| by != EndedBy::Caller);
        self.drop_third(now, id);
        self.forget_left(&transfer);
        self.let_second_go(now, id, 487);
        for leg in caller_leg.into_iter().chain(transfer.agent_leg) {
            self.hang_up_leg(now, id, leg, Reason::sip(200, "Normal call clearing"));
        }
        self.tell_over(now, id, (why, 0), BackWith::Nobody);
        let Some(call) = self.forget(id) else {
            return;
        };
        let (cause, talk_ms) = (cause.to_owned(), transfer.talk_ms(now));
        self.record(now, id, Fact::Ended { by, cause, talk_ms });
        self.agent_is_done(now, id, call.queue, &transfer);
        self.release_sound(now, &call);
    }
}
