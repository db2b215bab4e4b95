//! Callers who would rather be called back: the key that asks for it, the table of those who did, and their
//! turn when an agent is free.
//!
//! A call-back stands in line from when the citizen first called, among those who wait on the telephone.

use super::{
    Exchange, Output,
    placing::Placing,
    queue::{Stand, turn},
};
use crate::{
    call::{Call, Cause, State},
    callbacks::{CallBack, CallBackState},
    command::{CommandRefused, Done},
    config::CallbackRules,
    limits::{CALLBACK_AGAIN, CALLBACKS_AT_ONCE, PRIORITY_USUAL},
};
use kring_journal::{CallBackEnd, CallBackOver, CallBackWish, CallId, Fact, Outbound, QueueExit};
use kring_media::Phrase;
use kring_time::Moment;
use std::collections::VecDeque;

/// The key that asks for a call-back.
const CALL_BACK_KEY: char = '1';

/// The recording that offers a call-back.
const OFFER: &str = "callback";

/// The recording that says that a call-back was taken down.
const TAKEN: &str = "callback_taken";

impl Exchange {
    /// What a caller who is kept is told of call-backs: nothing, or the key.
    pub(super) fn call_back_offered(&self, call: &Call) -> Option<Phrase> {
        self.call_back_number(call)?;
        Some(Phrase::clip(OFFER))
    }

    /// The number by which this caller can be called back: none if the queue does not, the number is
    /// withheld, or may not be dialled.
    fn call_back_number(&self, call: &Call) -> Option<String> {
        self.config.queues[call.queue].callback.as_ref()?;
        let user = Some(&call.identity).filter(|identity| !identity.anonymous);
        self.number_of_user(call.trunk, &user?.user)
    }

    /// How whoever calls so is dialled, where they may be.
    fn number_of_user(&self, trunk: usize, user: &str) -> Option<String> {
        let trunk = self.outward_trunk(trunk)?;
        let name = &self.config.trunks[trunk].name;
        self.config.dial.spelling(user, name)
    }

    /// A caller who is kept has pressed a key: told once a press, by whichever way it came.
    pub(super) fn caller_pressed(&mut self, now: Moment, id: CallId, key: char) {
        let Some(call) = self.calls.get(&id).filter(|_| key == CALL_BACK_KEY) else {
            return;
        };
        let waits = call.kept.is_some() && !call.is_joined();
        let is_leaving = matches!(call.state, State::Leaving { .. });
        let number = self.call_back_number(call);
        let Some(number) = number.filter(|_| waits && !is_leaving) else {
            return;
        };
        let row = CallBack {
            asked: id,
            caller: call.caller,
            identity: call.identity.clone(),
            number: number.clone(),
            queue: self.config.queues[call.queue].name.clone(),
            trunk: self.config.trunks[call.trunk].name.clone(),
            did: call.did.clone(),
            since: call.t0,
            turn: call.turn,
            tries: 0,
            state: CallBackState::Waiting,
        };
        let queue = row.queue.clone();
        let is_new = self.callbacks.put(row.clone());
        if !is_new && self.callbacks.of_number(&number).is_none() {
            // The table is full: they go on waiting.
            self.count_bound("call_backs");
            return;
        }
        let say = Phrase::clip(TAKEN);
        self.leave_queue(now, id, QueueExit::CallBack, "call_back", say);
        if is_new {
            let wish = CallBackWish { queue };
            self.record(now, id, Fact::CallBackAsked(wish));
            self.outputs.push_back(Output::CallBack(Box::new(row)));
            self.serve_waiting(now);
        }
    }

    /// The call-backs that wait for an agent, by turn, some of each queue.
    pub(super) fn call_backs_in_line(&self) -> VecDeque<Stand> {
        let mut backs: Vec<Stand> = self.callbacks.in_line(CALLBACKS_AT_ONCE).collect();
        backs.sort_unstable();
        backs.into()
    }

    /// The turn of a call-back has come: a call is placed, if somebody of the queue is free.
    pub(super) fn call_back_turn(&mut self, now: Moment, asked: CallId) {
        let Some(row) = self.callbacks.get(asked) else {
            return;
        };
        let name = &row.queue;
        let mut queues = self.config.queues.iter();
        let Some(queue) = queues.position(|queue| queue.name == *name) else {
            self.end_call_back(now, asked, CallBackEnd::GivenUp);
            return;
        };
        // Nobody is called outside of the hours of the house; a queue that is retired has none.
        if self.is_closed(queue) && self.numbers.serving.contains(&queue) {
            return;
        }
        let strategy = self.config.queues[queue].plan.strategy(0);
        if self
            .roster
            .candidates(queue, strategy, 1, |_| true)
            .0
            .is_empty()
        {
            return;
        }
        let mut trunks = self.config.trunks.iter();
        let trunk = trunks.position(|trunk| trunk.name == row.trunk);
        let Some(trunk) = self.outward_trunk(trunk.unwrap_or_default()) else {
            self.end_call_back(now, asked, CallBackEnd::GivenUp);
            return;
        };
        let outbound = Outbound::CallBack {
            asked,
            attempt: row.tries.saturating_add(1),
        };
        let placing = Placing {
            queue,
            trunk,
            number: row.number.clone(),
            turn: row.turn,
            identity: row.identity.clone(),
            did: row.did.clone(),
            cause: Cause::CallBack(asked),
            outbound,
        };
        let Some(placed) = self.place_call(now, placing) else {
            let until = now + CALLBACK_AGAIN;
            self.change_call_back(asked, |row| row.state = CallBackState::Resting { until });
            return;
        };
        self.change_call_back(asked, |row| row.state = CallBackState::Calling { placed });
        self.offer_more(now, placed);
        self.tell_rings(now, placed);
        self.reschedule(placed);
    }

    /// A placed call-back has ended without the citizen: it is tried again, or given up.
    pub(super) fn call_back_again(&mut self, now: Moment, asked: CallId, citizen_missed: bool) {
        let Some(row) = self.callbacks.get(asked) else {
            return;
        };
        let rules = self.callback_rules(&row.queue);
        let tries = row.tries.saturating_add(u8::from(citizen_missed));
        self.change_call_back(asked, |row| {
            row.tries = tries;
            let rest = if citizen_missed {
                rules.retry
            } else {
                CALLBACK_AGAIN
            };
            row.state = CallBackState::Resting { until: now + rest };
        });
        if tries >= rules.tries {
            self.end_call_back(now, asked, CallBackEnd::GivenUp);
        }
    }

    fn priority_of(&self, queue: &str) -> u8 {
        let mut queues = self.config.queues.iter();
        let queue = queues.find(|other| other.name == queue);
        queue.map_or(PRIORITY_USUAL, |queue| queue.priority)
    }

    fn callback_rules(&self, queue: &str) -> CallbackRules {
        let mut queues = self.config.queues.iter();
        let queue = queues.find(|other| other.name == queue);
        queue.and_then(|queue| queue.callback).unwrap_or_default()
    }

    /// It is over, whatever became of it.
    pub(super) fn end_call_back(&mut self, now: Moment, asked: CallId, why: CallBackEnd) {
        let Some(row) = self.callbacks.remove(asked) else {
            return;
        };
        let tries = row
            .tries
            .saturating_add(u8::from(why == CallBackEnd::Served));
        let over = CallBackOver { why, tries };
        self.record(now, asked, Fact::CallBackEnded(over));
        self.outputs.push_back(Output::CallBackOver(asked));
        if let CallBackState::Calling { placed } = row.state
            && why != CallBackEnd::Served
        {
            self.call_off(now, placed);
        }
    }

    /// Whoever has been served need not be called back.
    pub(super) fn is_served(&mut self, now: Moment, user: &str) {
        if self.callbacks.counts() == (0, 0) {
            return;
        }
        let asked = self.number_of_user(0, user);
        let asked = asked.and_then(|number| self.callbacks.of_number(&number));
        if let Some(asked) = asked {
            self.end_call_back(now, asked, CallBackEnd::Withdrawn);
        }
    }

    /// Those that have rested may be called again.
    pub(super) fn see_to_call_backs(&mut self, now: Moment) {
        if self.callbacks.wake(now) {
            self.serve_waiting(now);
            self.pump(now);
        }
    }

    fn change_call_back(&mut self, asked: CallId, change: impl FnOnce(&mut CallBack)) {
        self.callbacks.change(asked, change);
        if let Some(row) = self.callbacks.get(asked) {
            let row = Box::new(row.clone());
            self.outputs.push_back(Output::CallBack(row));
        }
    }

    /// Takes a call-back back.
    pub(super) fn cancel_call_back(
        &mut self,
        now: Moment,
        asked: CallId,
    ) -> Result<Done, CommandRefused> {
        if self.callbacks.get(asked).is_none() {
            return Err(CommandRefused::NoSuchCallBack);
        }
        self.end_call_back(now, asked, CallBackEnd::Cancelled);
        Ok(Done::Ok)
    }

    /// Gives a call-back back that was open when the last process ended. Call it before the first input.
    /// One whose citizen is no longer known is over.
    pub fn restore_call_back(&mut self, now: Moment, mut row: CallBack) {
        let asked = row.asked;
        if let CallBackState::Calling { .. } = row.state {
            row.state = CallBackState::Resting {
                until: now + CALLBACK_AGAIN,
            };
        }
        let mut trunks = self.config.trunks.iter();
        let trunk = trunks.position(|trunk| trunk.name == row.trunk);
        let number = self.number_of_user(trunk.unwrap_or_default(), &row.identity.user);
        let (is_known, tries) = (!row.identity.user.is_empty(), row.tries);
        if let Some(number) = number.filter(|_| is_known) {
            row.number = number;
            row.turn = turn(row.since, self.priority_of(&row.queue));
            self.outputs
                .push_back(Output::CallBack(Box::new(row.clone())));
            self.callbacks.put(row);
            return;
        }
        let why = if is_known {
            // The dial policy has changed.
            CallBackEnd::GivenUp
        } else {
            CallBackEnd::Erased
        };
        let over = CallBackOver { why, tries };
        self.record(now, asked, Fact::CallBackEnded(over));
        self.outputs.push_back(Output::CallBackOver(asked));
    }

    /// How many call-backs wait, and how many citizens are being called.
    pub fn call_backs(&self) -> (usize, usize) {
        self.callbacks.counts()
    }
}
