//! Opening hours: a queue that is closed takes no new calls, and says so. The exchange knows no time of
//! day; it is told when a queue opens and closes.
//!
//! Whoever waits when a queue closes goes on waiting while somebody who serves it is signed in. Whoever comes
//! later stands at the door: has no place, is offered to no phone, and hears in the end that it is closed,
//! unless somebody elsewhere takes the call or they ask to be called back. Nobody is called back while it is
//! closed.

use super::{
    Exchange,
    queueing::{PLEASE_WAIT, rescue_of},
};
use crate::{
    call::State,
    command::{CommandRefused, Done, Opening},
    config::OnClosed,
    kept::Kept,
    limits::{AGAIN_AFTER_REFUSAL, CLOSED_OFFER_PATIENCE, LAST_WORDS_MAX},
};
use kring_journal::{
    CallId, ClosedWhy, Closing, DeadlineAction, Fact, Opened, OverflowWhy, QueueExit, Refusal,
};
use kring_media::Phrase;
use kring_time::Moment;

/// The recordings that say that it is closed, and why.
const CLOSED: &str = "closed";
const HOLIDAY: &str = "holiday";

impl Exchange {
    /// Tells of a queue whether it is open now. Call it before the first other input; later changes come
    /// as `SetOpening`. A queue that there is not is passed over.
    pub fn open_by_hours(&mut self, now: Moment, queue: &str, opening: Opening) {
        // Only the name can be wrong, and it comes from where the queues do.
        let _ = self.set_opening(now, queue, opening);
    }

    /// A queue opens or closes.
    pub(super) fn set_opening(
        &mut self,
        now: Moment,
        name: &str,
        opening: Opening,
    ) -> Result<Done, CommandRefused> {
        let queues = &self.config.queues;
        let queue = queues.iter().position(|queue| queue.name == name);
        let queue = queue.ok_or(CommandRefused::NoSuchQueue)?;
        if self.queues[queue].opening == opening {
            return Ok(Done::Unchanged);
        }
        self.queues[queue].opening = opening;
        let queue = name.to_owned();
        let fact = match opening {
            Opening::Open => Fact::QueueOpened(Opened { queue }),
            Opening::Closed { why, next_open } => Fact::QueueClosed(Closing {
                queue,
                why,
                next_open,
            }),
        };
        self.record_apart(now, fact);
        self.empty_closed_queues(now);
        // Those who are to be called back may have waited for the opening.
        self.serve_waiting(now);
        Ok(Done::Ok)
    }

    /// Whether the queue takes no new calls.
    pub(super) fn is_closed(&self, queue: usize) -> bool {
        self.queues[queue].opening != Opening::Open
    }

    /// Whether nobody will serve those who wait in it: it is closed, and the last one has gone home.
    pub(super) fn is_shut(&self, queue: usize) -> bool {
        self.is_closed(queue) && !self.roster.is_staffed(queue)
    }

    /// What is done with a call of a closed queue that nobody has answered. `due` is when it should have
    /// been.
    pub(super) fn act_closed(&mut self, now: Moment, id: CallId, due: Moment) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let (why, rules) = (Refusal::Closed, &self.config.queues[call.queue]);
        let clip = self.closed_clip(call.queue);
        let at_door = match rules.on_closed {
            OnClosed::Announce => None,
            OnClosed::AnnounceBusy => {
                self.tell_busy(now, id, why, due);
                return;
            }
            OnClosed::Overflow => {
                if let Some(to) = Self::redirect_of(rules.overflow.as_ref()) {
                    self.send_elsewhere(now, id, why, to, due);
                    return;
                }
                let greeting = Phrase::Clip(rules.waiting.greeting.clone());
                let say = vec![greeting, Phrase::clip(PLEASE_WAIT)];
                let has_way = self.has_way_out(id);
                has_way.then_some((DeadlineAction::Overflow, say))
            }
            OnClosed::OfferCallback => {
                let offer = self.call_back_offered(call);
                let say = offer.map(|offer| vec![Phrase::clip(clip), offer]);
                say.map(|say| (DeadlineAction::OfferCallback, say))
            }
        };
        if !at_door.is_some_and(|at_door| self.answer_at_door(now, id, at_door, due)) {
            self.announce_refusal(now, id, why, clip, due);
        }
    }

    /// The call is answered though the queue is closed, for this: whether kring can speak to the caller.
    fn answer_at_door(
        &mut self,
        now: Moment,
        id: CallId,
        (action, say): (DeadlineAction, Vec<Phrase>),
        due: Moment,
    ) -> bool {
        if !self.pick_up(now, id) {
            return false;
        }
        let Some(call) = self.calls.get_mut(&id) else {
            return false;
        };
        let mut kept = Kept::without_place(now);
        kept.goes = (action == DeadlineAction::Overflow).then_some((now, OverflowWhy::Closed));
        call.kept = Some(kept);
        call.bars.relent(now + AGAIN_AFTER_REFUSAL);
        call.state = State::AtDoor {
            until: now + LAST_WORDS_MAX + CLOSED_OFFER_PATIENCE,
            unsaid: say,
        };
        let can_hear = call.sound.voice.is_some();
        let rescue = rescue_of(now, call, (Refusal::Closed, action), due);
        self.record(now, id, Fact::Rescued(rescue));
        if can_hear {
            self.enter_queue(now, id);
        }
        self.reschedule(id);
        true
    }

    /// A caller at a closed door can hear: who is to go elsewhere does so, and is told that it is closed if
    /// nobody is there any more.
    pub(super) fn goes_from_door(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let goes = call.kept.as_ref().is_some_and(|kept| kept.goes.is_some());
        let at_door = matches!(call.state, State::AtDoor { .. });
        if at_door && goes && !self.goes_elsewhere(now, id) {
            self.turn_from_door(now, id);
        }
        self.reschedule(id);
    }

    /// Nobody was found for a caller who came to a closed door: they hear that it is closed. If it has opened
    /// meanwhile they wait there as anybody does.
    pub(super) fn turn_from_door(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let (queue, stand) = (call.queue, call.stand());
        if self.queues[queue].opening != Opening::Open {
            let say = Phrase::clip(self.closed_clip(queue));
            self.leave_queue(now, id, QueueExit::Closed, "closed", say);
            return;
        }
        if let Some(kept) = &mut call.kept {
            kept.waits_by(now, &self.config.queues[queue].waiting);
        }
        self.queues[queue].keep(stand);
        self.wait_again(now, id);
    }

    /// Whoever is kept in a queue that nobody will serve any more is told that it is closed.
    pub(super) fn empty_closed_queues(&mut self, now: Moment) {
        for queue in 0..self.queues.len() {
            if self.queues[queue].kept_count() == 0 || !self.is_shut(queue) {
                continue;
            }
            let clip = self.closed_clip(queue);
            for id in self.queues[queue].kept() {
                self.leave_queue(now, id, QueueExit::Closed, "closed", Phrase::clip(clip));
            }
        }
    }

    fn closed_clip(&self, queue: usize) -> &'static str {
        match self.queues[queue].opening {
            Opening::Closed {
                why: ClosedWhy::Holiday,
                ..
            } => HOLIDAY,
            _ => CLOSED,
        }
    }
}
