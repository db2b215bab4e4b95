//! Callers of a queue who go elsewhere: to another queue, or to whoever kring dials for them.
//!
//! They keep their music and their place until somebody has them; where nobody is, they are back in the
//! queue they came from, and are taken there again after a while.

use super::{Exchange, outward::Wanted, queueing::PLEASE_WAIT};
use crate::{
    call::State,
    command::{CommandRefused, Done},
    identity::number_of,
    kept::Bars,
    limits::{DEPARTMENTS_MAX, OVERFLOW_AGAIN, TARGETS_MAX},
    outward::OverflowTo,
};
use kring_journal::{CallId, Connection, Fact, Missed, Overflow, OverflowWhy, Unreached};
use kring_media::{AudioDescription, Phrase};
use kring_time::Moment;
use std::collections::VecDeque;

/// Where a caller can go now.
enum Way {
    Queue(usize),
    Extensions(VecDeque<String>),
}

impl Exchange {
    /// The caller goes to where their queue overflows, if there is anybody: whether they do.
    pub(super) fn overflow(&mut self, now: Moment, id: CallId, why: OverflowWhy) -> bool {
        let Some(call) = self.calls.get_mut(&id) else {
            return false;
        };
        let Some(kept) = &mut call.kept else {
            return false;
        };
        // Whoever cannot hear yet, and has not said in which codec, goes as soon as they can.
        let can_hear = call.sound.voice.is_some();
        kept.goes = Some(if can_hear {
            (now + OVERFLOW_AGAIN, OverflowWhy::Again)
        } else {
            (now, why)
        });
        if why == OverflowWhy::MaxWait {
            // From now on they wait for whoever is free first, here or there.
            kept.leave_at = None;
        }
        let queued_ms = kept.queued_ms(now);
        let Some((to, way)) = self.way_out(id).filter(|_| can_hear) else {
            return false;
        };
        self.stop_offering(id);
        let overflow = Overflow {
            to: to.to_string(),
            why,
            queued_ms,
        };
        self.record(now, id, Fact::Overflowed(overflow));
        match way {
            Way::Queue(queue) => self.move_to_queue(now, id, queue),
            Way::Extensions(numbers) => self.dial_target(now, id, numbers),
        }
        true
    }

    /// Where the call can go from its queue, and what that is called.
    fn way_out(&self, id: CallId) -> Option<(OverflowTo, Way)> {
        let call = self.calls.get(&id)?;
        let to = self.config.queues[call.queue].overflow.clone()?;
        let one = |number: String| Some(Way::Extensions(VecDeque::from([number])));
        let way = match &to {
            OverflowTo::Queue(name) => {
                let mut queues = self.config.queues.iter();
                let queue = queues.position(|queue| queue.name == *name)?;
                let kept = call.kept.as_ref();
                let came_through = kept.is_some_and(|kept| kept.came_through.contains(&queue));
                let is_circle = queue == call.queue || came_through;
                let takes = !self.is_closed(queue)
                    && self.roster.is_staffed(queue)
                    && !self.is_queue_full(queue);
                (takes && !is_circle).then_some(Way::Queue(queue))
            }
            OverflowTo::Department(short) => {
                let numbers = self.departments.get(short)?.clone();
                (!numbers.is_empty()).then(|| Way::Extensions(numbers.into()))
            }
            OverflowTo::Extension(number) => one(number.clone()),
            OverflowTo::Uri(uri) => one(number_of(uri)),
        }?;
        Some((to, way))
    }

    /// No phone is to ring for the call. Those that were told to stop are the call's own still: a 200 of
    /// theirs that is on its way serves the caller.
    fn stop_offering(&mut self, id: CallId) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.is_listed = false;
            self.queues[call.queue].list(call.stand(), false);
        }
    }

    /// The caller waits in another queue from now on, by its plan and in the place of when they came.
    fn move_to_queue(&mut self, now: Moment, id: CallId, queue: usize) {
        let rules = &self.config.queues[queue];
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let before = std::mem::replace(&mut call.queue, queue);
        call.plan = rules.plan.clone();
        call.bars = Bars::default();
        call.tried.clear();
        let stand = call.stand();
        if let Some(kept) = &mut call.kept {
            kept.came_through.push(before);
            kept.waits_by(now, &rules.waiting);
        }
        self.queues[before].left(stand);
        self.queues[queue].keep(stand);
        self.wait_again(now, id);
    }

    /// Whether there is anybody now to whom the call can go from its queue.
    pub(super) fn has_way_out(&self, id: CallId) -> bool {
        self.way_out(id).is_some()
    }

    /// The caller has a place, is told so, and phones may ring.
    pub(super) fn wait_again(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.state = State::Resting;
        let (queue, stand) = (call.queue, call.stand());
        let has_moved = call
            .kept
            .as_ref()
            .is_some_and(|kept| !kept.came_through.is_empty());
        let queued = Fact::Queued {
            position: self.queues[queue].position(stand),
            queue: has_moved.then(|| self.config.queues[queue].name.clone()),
        };
        self.record(now, id, queued);
        self.announce(now, id, vec![Phrase::clip(PLEASE_WAIT)]);
        self.offer_more(now, id);
        self.reschedule(id);
    }

    /// Dials the first of these that can be dialled; if there is none, the caller waits again, and who came to
    /// a closed door is told so.
    fn dial_target(&mut self, now: Moment, id: CallId, mut numbers: VecDeque<String>) {
        while let Some(number) = numbers.pop_front() {
            let Some(call) = self.calls.get(&id) else {
                return;
            };
            let wanted = self.outward_trunk(call.trunk).map(|trunk| Wanted {
                number: &number,
                trunk,
                from: call.from.clone(),
                offer: call.sound.to_phones.clone(),
                patience: self
                    .config
                    .terms
                    .budget()
                    .saturating_sub(self.config.terms.guard()),
                told: Some(number.clone()),
                extra: Vec::new(),
            });
            let outward = wanted.and_then(|wanted| self.dial(now, id, wanted));
            let Some(outward) = outward else {
                let why = Unreached::Failed;
                self.note_missed(now, id, Some(number), (why, 0));
                continue;
            };
            if let Some(call) = self.calls.get_mut(&id) {
                let others = numbers;
                call.state = State::Overflowing { outward, others };
            }
            self.reschedule(id);
            return;
        }
        let call = self.calls.get(&id);
        if call.is_some_and(|call| self.queues[call.queue].has(call.stand())) {
            self.wait_again(now, id);
        } else {
            self.turn_from_door(now, id);
        }
    }

    /// Whether somebody outside is dialled for this caller.
    pub(super) fn is_overflowing(&self, id: CallId) -> bool {
        let call = self.calls.get(&id);
        call.is_some_and(|call| matches!(call.state, State::Overflowing { .. }))
    }

    /// Whoever was dialled cannot be had: the next one is tried, and after the last the queue.
    pub(super) fn target_missed(&mut self, now: Moment, id: CallId, why: (Unreached, u16)) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let state = std::mem::replace(&mut call.state, State::Resting);
        let State::Overflowing { outward, others } = state else {
            call.state = state;
            return;
        };
        self.note_missed(now, id, outward.to, why);
        self.dial_target(now, id, others);
    }

    fn note_missed(
        &mut self,
        now: Moment,
        id: CallId,
        to: Option<String>,
        (why, code): (Unreached, u16),
    ) {
        self.record(now, id, Fact::Missed(Missed { to, why, code }));
    }

    /// Whoever was dialled has the caller.
    pub(super) fn connect_target(&mut self, now: Moment, id: CallId, answer: AudioDescription) {
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        let State::Overflowing { outward, .. } = &call.state else {
            self.calls.insert(id, call);
            return;
        };
        let (leg, to) = (outward.leg, outward.to.clone().unwrap_or_default());
        self.queues[call.queue].left(call.stand());
        self.join_sound(&mut call, answer);
        let connection = Connection {
            to,
            wait_ms: now.since(call.t0).as_millis() as u64,
            queued_ms: call.kept.as_ref().map_or(0, |kept| kept.queued_ms(now)),
        };
        self.record(now, id, Fact::Connected(connection));
        self.legs.insert(leg, super::Role::Agent(id));
        let since = now;
        call.state = State::Connected { leg, since };
        self.calls.insert(id, call);
    }

    /// Makes a department known before the first input. Later ones come as `PutDepartment`.
    pub fn introduce_department(&mut self, short: &str, extensions: Vec<String>) {
        // Beyond the bound there is nobody to tell.
        let _ = self.put_department(short.to_owned(), extensions);
    }

    /// Makes a department known, or gives it other extensions.
    pub(super) fn put_department(
        &mut self,
        short: String,
        mut extensions: Vec<String>,
    ) -> Result<Done, CommandRefused> {
        let is_new = !self.departments.contains_key(&short);
        if is_new && self.departments.len() >= DEPARTMENTS_MAX {
            return Err(CommandRefused::TooManyDepartments);
        }
        extensions.truncate(TARGETS_MAX);
        self.departments.insert(short, extensions);
        Ok(Done::Ok)
    }
}
