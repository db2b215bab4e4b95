//! The agent lets go of a caller: the third party has them, or will.

use super::{Exchange, Role};
use crate::{
    call::State,
    transfer::{Aim, Stage, Transfer},
};
use kring_journal::{CallId, TransferStep};
use kring_media::{MediaOrder, Side};
use kring_sip::Reason;
use kring_time::Moment;

impl Exchange {
    /// The third party has the caller, and the agent is free for the record.
    pub(super) fn hand_over(&mut self, now: Moment, id: CallId) {
        let Some(transfer) = self
            .calls
            .get(&id)
            .and_then(|call| call.transfer())
            .cloned()
        else {
            return;
        };
        let (Stage::Met { third, to, .. } | Stage::Joining { third, to, .. }) =
            transfer.stage.clone()
        else {
            return;
        };
        self.tell_step(
            now,
            id,
            TransferStep::Done {
                to,
                talk_ms: transfer.talk_ms(now),
                took_ms: transfer.took_ms(now),
            },
        );
        self.let_second_go(now, id, 487);
        if let Some(leg) = transfer.agent_leg {
            self.hang_up_leg(now, id, leg, Reason::sip(200, "Transferred"));
        }
        self.end_recording(id);
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.sound.succeed();
        let (session, queue) = (call.sound.session, call.queue);
        call.state = State::Connected {
            leg: third,
            since: transfer.since,
        };
        self.legs.insert(third, Role::Agent(id));
        self.order(MediaOrder::Succeed { session });
        // Either of them may have heard music till now.
        self.hush(id, Side::Caller);
        self.hush(id, Side::Agent);
        self.agent_is_done(now, id, queue, &transfer);
        // Each of them may have agreed to more than the other takes.
        self.bring_back(now, id, Side::Caller);
        self.bring_back(now, id, Side::Agent);
        self.reschedule(id);
    }

    /// The agent has no part in the call any more, and writes the record.
    pub(super) fn agent_is_done(
        &mut self,
        now: Moment,
        id: CallId,
        queue: usize,
        transfer: &Transfer,
    ) {
        let handled = now.since(transfer.since) + self.config.wrap_up;
        self.queues[queue].handlings.took(handled);
        self.open_wrap_up(now, id, &transfer.agent);
    }

    /// The agent has hung up. The transfer goes on without; whoever was asked only gets the caller.
    pub(super) fn agent_leaves_transfer(&mut self, now: Moment, id: CallId) {
        let Some(transfer) = self.calls.get_mut(&id).and_then(|call| call.transfer_mut()) else {
            return;
        };
        transfer.agent_leg = None;
        self.let_second_go(now, id, 487);
        let Some(transfer) = self.calls.get_mut(&id).and_then(|call| call.transfer_mut()) else {
            return;
        };
        let was_consult = std::mem::replace(&mut transfer.aim, Aim::HandOver) == Aim::Consult;
        let (dials, met) = match transfer.stage {
            Stage::Dialling { .. } => (true, false),
            Stage::Met { .. } => (false, true),
            Stage::Settling { why, code, .. } => {
                self.bring_caller_back(now, id, why, code);
                return;
            }
            Stage::Waiting | Stage::Referred { .. } | Stage::Joining { .. } => (false, false),
        };
        if dials && was_consult {
            self.tell_step(now, id, TransferStep::Released);
        }
        if met {
            self.hand_over(now, id);
            return;
        }
        // Nothing is sent to a phone that is not there any more.
        self.hush(id, Side::Agent);
        self.unplug(id, Side::Agent);
        self.reschedule(id);
    }
}
