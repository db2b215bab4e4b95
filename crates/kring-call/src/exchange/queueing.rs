//! Callers whom kring keeps after the deadline: they are answered, greeted and told their place, and
//! phones go on ringing for them, in rounds that each have a budget of rings of their own.
//!
//! Whoever is kept hears something at every moment, and is let go by nobody's failure but only by
//! themselves, by an agent, or when they have waited as long as the administrator allows.

use super::{Exchange, Role, withdrawing::reason_for};
use crate::{
    call::{Call, State},
    config::Recourse,
    kept::{Kept, LastOffer},
    limits::{
        AGAIN_AFTER_REFUSAL, ATTEMPTS_MAX, CALLBACK_LAST_OFFER, CLOSED_OFFER_PATIENCE,
        LAST_WORDS_MAX,
    },
    ring::RingClock,
};
use kring_journal::{
    CallId, DeadlineAction, EndedBy, Fact, OverflowWhy, QueueExit, Refusal, Rescue, Withdrawal,
};
use kring_media::{Ground, Phrase};
use kring_sip::Reason;
use kring_time::Moment;

/// The recording that asks a caller to hold the line.
pub(super) const PLEASE_WAIT: &str = "please_wait";

/// The recording that asks a caller to call again.
pub(super) const BUSY: &str = "busy";

impl Exchange {
    /// The call is answered and kept: whether kring can speak to the caller and there is a place.
    pub(super) fn keep(
        &mut self,
        now: Moment,
        id: CallId,
        (why, action): (Refusal, DeadlineAction),
        due: Moment,
    ) -> bool {
        if !self.pick_up(now, id) {
            return false;
        }
        let Some(call) = self.calls.get_mut(&id) else {
            return false;
        };
        let (queue, stand) = (call.queue, call.stand());
        let rescue = rescue_of(now, call, (why, action), due);
        let mut kept = Kept::new(now, &self.config.queues[queue].waiting);
        if action == DeadlineAction::Overflow {
            let why = match why {
                Refusal::QueueFull => OverflowWhy::QueueFull,
                _ => OverflowWhy::Deadline,
            };
            kept.goes = Some((now, why));
        }
        if (why, action) == (Refusal::QueueFull, DeadlineAction::OfferCallback) {
            // There is no place: only for as long as it takes to press the key.
            kept.last_offer = LastOffer::Made;
            kept.leave_at = Some(now + CALLBACK_LAST_OFFER);
        }
        call.kept = Some(kept);
        call.state = State::Resting;
        call.bars.relent(now + AGAIN_AFTER_REFUSAL);
        let can_hear = call.sound.voice.is_some();
        self.queues[queue].keep(stand);
        self.record(now, id, Fact::Rescued(rescue));
        if can_hear {
            self.enter_queue(now, id);
        }
        true
    }

    /// Whether as many are kept already as may be.
    pub(super) fn is_queue_full(&self, queue: usize) -> bool {
        let most = self.config.queues[queue].waiting.waiting_max;
        most != 0 && self.queues[queue].kept_count() >= most
    }

    /// The caller can hear: has a place from now on, and phones may ring. One who is to be hung up on
    /// hears why.
    pub(super) fn enter_queue(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if let State::Leaving { unsaid, .. } | State::AtDoor { unsaid, .. } = &mut call.state {
            let say = std::mem::take(unsaid);
            self.note_said(now, id, &say);
            self.speak(id, say, Ground::Music);
            self.goes_from_door(now, id);
            return;
        }
        let queue = call.queue;
        let position = self.queues[queue].position(call.stand());
        let goes = call.kept.as_ref().and_then(|kept| kept.goes_now(now));
        let queued = Fact::Queued {
            position,
            queue: None,
        };
        self.record(now, id, queued);
        let greeting = self.config.queues[queue].waiting.greeting.clone();
        let say = vec![Phrase::Clip(greeting), Phrase::clip(PLEASE_WAIT)];
        self.announce(now, id, say);
        if goes.is_some_and(|why| self.overflow(now, id, why)) {
            return;
        }
        self.offer_more(now, id);
        self.reschedule(id);
    }

    /// Tells the caller how things are.
    pub(super) fn announce(&mut self, now: Moment, id: CallId, mut say: Vec<Phrase>) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let queue = &self.config.queues[call.queue];
        if queue.waiting.tells_position {
            let line = &self.queues[call.queue];
            let position = line.position(call.stand());
            let agents = self.roster.at_work(call.queue);
            let wait = line.handlings.wait_min(position, agents);
            say.push(Phrase::Position(position));
            say.extend(wait.map(Phrase::Wait));
        }
        say.extend(self.call_back_offered(call));
        self.note_said(now, id, &say);
        self.speak(id, say, Ground::Music);
    }

    /// What is due for a caller who is kept.
    pub(super) fn see_to_kept(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let rules = &self.config.queues[call.queue].waiting;
        let Some(kept) = &mut call.kept else {
            return;
        };
        call.bars.lift(now);
        let rests = matches!(call.state, State::Resting);
        match call.state {
            State::Leaving { until, cause, .. } => {
                if until <= now {
                    self.end_kept(now, id, EndedBy::Kring, cause);
                }
                return;
            }
            State::AtDoor { until, .. } => {
                if until <= now {
                    self.turn_from_door(now, id);
                }
                return;
            }
            // Whoever is on the way elsewhere hears music, and nothing of their place.
            State::Overflowing { .. } => return,
            _ => {}
        }
        let is_told = kept.announce_at.is_some_and(|at| at <= now);
        let next = is_told.then(|| {
            kept.announce_at = Some(now + rules.announce_every);
            let next = kept.next_announcement(&rules.announcements);
            next.unwrap_or_else(|| PLEASE_WAIT.into())
        });
        if rests && kept.is_over(now) {
            self.wait_is_over(now, id);
        } else if !(rests && self.goes_elsewhere(now, id))
            && let Some(next) = next
        {
            self.announce(now, id, vec![Phrase::Clip(next)]);
        }
    }

    /// The caller has waited as long as is allowed.
    fn wait_is_over(&mut self, now: Moment, id: CallId) {
        let Some(queue) = self.calls.get(&id).map(|call| call.queue) else {
            return;
        };
        match self.config.queues[queue].waiting.when_waited {
            Recourse::Refuse => self.leave_unserved(now, id),
            Recourse::Overflow => {
                self.overflow(now, id, OverflowWhy::MaxWait);
            }
            Recourse::OfferCallback => self.offer_call_back_last(now, id),
        }
    }

    /// The wait is over: the call-back is offered once more, if it can be, and then it ends.
    fn offer_call_back_last(&mut self, now: Moment, id: CallId) {
        let call = self.calls.get(&id);
        let offered = call.is_some_and(|call| self.call_back_offered(call).is_some());
        let kept = self.calls.get_mut(&id).and_then(|call| call.kept.as_mut());
        match kept {
            Some(kept) if offered && kept.last_offer == LastOffer::ToCome => {
                kept.last_offer = LastOffer::Made;
                kept.leave_at = Some(now + CALLBACK_LAST_OFFER);
                self.announce(now, id, Vec::new());
            }
            _ => self.leave_unserved(now, id),
        }
    }

    /// Takes the caller elsewhere if it is time: whether it was, and there is a way.
    pub(super) fn goes_elsewhere(&mut self, now: Moment, id: CallId) -> bool {
        let call = self
            .calls
            .get(&id)
            .filter(|call| call.sound.voice.is_some());
        let kept = call.and_then(|call| call.kept.as_ref());
        let why = kept.and_then(|kept| kept.goes_now(now));
        why.is_some_and(|why| self.overflow(now, id, why))
    }

    /// The next round of offers begins: the plan anew, with its own rings.
    pub(super) fn begin_round(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Some(kept) = &mut call.kept else {
            return;
        };
        kept.round = kept.round.saturating_add(1);
        let round = kept.round;
        call.clock = RingClock::start(now, self.config.terms.clone());
        call.plan = self.config.queues[call.queue].plan.clone();
        call.hop = 0;
        call.rings_told = 0;
        call.state = State::Ringing {
            leavers_gone: false,
        };
        self.record(now, id, Fact::OfferedAgain { round });
    }

    /// The round is over: its phones are told to stop, and others may ring at once.
    pub(super) fn end_round(&mut self, now: Moment, id: CallId) {
        self.withdraw_all(now, id, Withdrawal::Rona);
        if let Some(call) = self.calls.get_mut(&id) {
            call.state = State::Resting;
        }
        if !self.goes_elsewhere(now, id) {
            self.offer_more(now, id);
        }
    }

    /// A round in which nobody is left to ring is over: whether this one is, now.
    pub(super) fn rests_now(&mut self, id: CallId) -> bool {
        let Some(call) = self.calls.get_mut(&id) else {
            return false;
        };
        let rings = matches!(
            call.state,
            State::Ringing {
                leavers_gone: false
            }
        );
        let silent = call.kept.is_some() && rings && call.live_offers().next().is_none();
        if silent {
            call.state = State::Resting;
        }
        silent
    }

    /// The caller has waited as long as is allowed: is told so, and hung up on when that was said.
    fn leave_unserved(&mut self, now: Moment, id: CallId) {
        let say = Phrase::clip(BUSY);
        self.leave_queue(now, id, QueueExit::MaxWait, "max_wait", say);
    }

    /// The caller leaves the queue unserved, hears why, and is hung up on when that was said.
    pub(super) fn leave_queue(
        &mut self,
        now: Moment,
        id: CallId,
        why: QueueExit,
        cause: &'static str,
        say: Phrase,
    ) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let queued_ms = call.kept.as_ref().map_or(0, |kept| kept.queued_ms(now));
        self.record(now, id, Fact::LeftQueue { why, queued_ms });
        self.say_last_words(now, id, cause, vec![say]);
    }

    /// A caller whom kring has answered leaves whatever line they stood in, hears this, and is hung up on
    /// when it was said; `cause` is why, for the record.
    pub(super) fn say_last_words(
        &mut self,
        now: Moment,
        id: CallId,
        cause: &'static str,
        say: Vec<Phrase>,
    ) {
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        self.queues[call.queue].left(call.stand());
        let over = Withdrawal::CallOver;
        self.drop_outward(now, &call, reason_for(over));
        self.release_offers(now, &mut call, over, &reason_for(over), None);
        let can_hear = call.sound.voice.is_some();
        call.state = State::Leaving {
            until: now + LAST_WORDS_MAX,
            cause,
            unsaid: say,
        };
        self.calls.insert(id, call);
        if can_hear {
            self.enter_queue(now, id);
        }
        self.reschedule(id);
    }

    /// kring has said its last words to the caller, or all that there was to say at a closed door.
    pub(super) fn last_words_said(&mut self, now: Moment, id: CallId) {
        match self.calls.get_mut(&id).map(|call| &mut call.state) {
            Some(State::Leaving { cause, .. }) => {
                let cause = *cause;
                self.end_kept(now, id, EndedBy::Kring, cause);
            }
            Some(State::AtDoor { until, .. }) => {
                *until = (*until).min(now + CLOSED_OFFER_PATIENCE);
                self.reschedule(id);
            }
            _ => {}
        }
    }

    /// A caller who is kept is no more, and nobody has served them.
    pub(super) fn end_kept(&mut self, now: Moment, id: CallId, by: EndedBy, cause: &str) {
        let Some(call) = self.forget(id) else {
            return;
        };
        let (exit, withdrawal) = match by {
            // Nobody was going to come, and the caller had been told so.
            EndedBy::Caller if matches!(call.state, State::AtDoor { .. }) => {
                (QueueExit::Closed, Withdrawal::CallerGaveUp)
            }
            EndedBy::Caller => (QueueExit::GaveUp, Withdrawal::CallerGaveUp),
            EndedBy::Agent | EndedBy::Target | EndedBy::Kring => {
                (QueueExit::CallOver, Withdrawal::CallOver)
            }
        };
        if let (Some(kept), false) = (&call.kept, matches!(call.state, State::Leaving { .. })) {
            let queued_ms = kept.queued_ms(now);
            let why = exit;
            self.record(now, id, Fact::LeftQueue { why, queued_ms });
        }
        match call.caller_leg {
            Some(leg) if by != EndedBy::Caller => {
                let reason = Reason::sip(200, cause);
                self.endpoint.bye(now, leg, Some(reason));
                self.legs.insert(leg, Role::Closing(None));
            }
            Some(leg) => {
                self.legs.remove(&leg);
            }
            None => {}
        }
        let fact = Fact::Ended {
            by,
            cause: cause.to_owned(),
            talk_ms: 0,
        };
        self.record(now, id, fact);
        self.let_phones_go_because(now, call, withdrawal, reason_for(withdrawal));
    }

    /// Whether a caller is kept whom nobody has answered.
    pub(super) fn is_kept(&self, id: CallId) -> bool {
        let call = self.calls.get(&id);
        call.is_some_and(|call| call.kept.is_some() && !call.is_joined())
    }

    /// Whether another round may begin for a call that rests.
    pub(super) fn may_ring_again(&self, now: Moment, id: CallId) -> bool {
        let Some(call) = self.calls.get(&id) else {
            return false;
        };
        let kept = call.kept.as_ref().filter(|kept| !kept.is_over(now));
        kept.is_some() && call.sound.voice.is_some() && call.attempts < ATTEMPTS_MAX
    }
}

/// What is told of a caller whom kring answers itself.
pub(super) fn rescue_of(
    now: Moment,
    call: &Call,
    (why, action): (Refusal, DeadlineAction),
    due: Moment,
) -> Rescue {
    Rescue {
        why,
        action,
        rings: call.rings_told,
        wait_ms: now.since(call.t0).as_millis() as u64,
        lateness_us: now.since(due).as_micros() as u64,
    }
}
