//! Somebody answers: the race is decided, both offers are closed, the sound is joined.

use super::{Exchange, Role, withdrawing::reason_for};
use crate::{
    call::{Call, State},
    doing::Doing,
};
use bytes::Bytes;
use kring_journal::{CallId, Fact, RingResult, Unreached, Withdrawal};
use kring_media::{AudioDescription, Side};
use kring_sip::{LegId, Reason};
use kring_time::Moment;

impl Exchange {
    /// A phone sent 200 while the call could still be won. The first one wins.
    pub(super) fn phone_answered(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        body: Option<Bytes>,
    ) {
        if !self.calls.get(&id).is_some_and(Call::can_be_won) {
            return;
        }
        self.endpoint.acknowledge(now, leg, None);
        let answer = body.as_deref().map(kring_media::read);
        let Some(Ok(answer)) = answer else {
            self.unusable_answer(now, id, leg);
            return;
        };
        let Some(for_caller) = self.answer_for_caller(id, &answer) else {
            self.unusable_answer(now, id, leg);
            return;
        };
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        let Some(offer) = call.take_offer(leg) else {
            self.calls.insert(id, call);
            return;
        };
        self.waiting.remove(&(call.clock.t0(), id));
        let to_caller = call.sound.say(Side::Caller, for_caller);
        self.endpoint
            .accept(now, call.caller_leg, Some(to_caller.into()));
        self.join_sound(&mut call, answer);
        let deadline = call.clock.deadline();
        let fact = Fact::Answered {
            agent: offer.agent.clone(),
            rings: call.clock.rings_at(now),
            wait_ms: now.since(call.clock.t0()).as_millis() as u64,
            result: if now <= deadline {
                RingResult::Within
            } else {
                RingResult::Breached
            },
            margin_ms: deadline.millis_from(now),
        };
        self.record(now, id, fact);
        // A device with rings of its own may have been told to stop, and have sounded on.
        let silent_by = call.clock.silent_by(offer.invited, offer.own_period);
        self.note_overrun(now, id, &offer.agent, silent_by);
        self.release_offers(
            now,
            &mut call,
            Withdrawal::AnsweredElsewhere,
            &reason_for(Withdrawal::AnsweredElsewhere),
            Some(&offer.agent),
        );
        self.legs.insert(leg, Role::Agent(id));
        self.roster.has_answered(&offer.agent);
        self.set_doing(now, &offer.agent, Doing::Talking { call: id });
        call.state = State::Talking {
            agent: offer.agent,
            leg,
            since: now,
        };
        self.calls.insert(id, call);
        self.reschedule(id);
    }

    /// The caller's answer, or, for a caller who made no offer, ours (RFC 3261 section 13.2.1).
    fn answer_for_caller(&self, id: CallId, answer: &AudioDescription) -> Option<AudioDescription> {
        let sound = &self.calls.get(&id)?.sound;
        let own = sound.own(self.config.media_address, Side::Caller);
        match &sound.callers {
            Some(offer) => kring_media::answer_to_caller(offer, answer, &own).ok(),
            None => {
                let codecs = &self.config.codecs;
                let offer = kring_media::offer_to_agent(Some(answer), codecs, &own);
                offer.ok().map(|(_, offer)| offer)
            }
        }
    }

    /// The phone answered with sound that the caller cannot have: the next phone, please.
    fn unusable_answer(&mut self, now: Moment, id: CallId, leg: LegId) {
        let reason = Reason::sip(488, "No codec in common with the caller");
        self.endpoint.bye(now, leg, Some(reason));
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Some(offer) = call.take_offer(leg) else {
            return;
        };
        call.excluded.push(offer.agent.clone());
        self.legs
            .insert(leg, Role::Closing(Some(offer.agent.clone())));
        let fact = Fact::Unreached {
            agent: offer.agent.clone(),
            why: Unreached::Failed,
            code: 488,
        };
        self.record(now, id, fact);
        self.count_device_miss(&offer.agent, Unreached::Failed);
        self.offer_more(now, id);
        self.reschedule(id);
    }

    /// An ACK. Where our 200 made the offer it carries the answer (RFC 3261 section 13.2.1).
    /// A choice narrower than the other side's is told there.
    pub(super) fn confirmed(&mut self, now: Moment, id: CallId, leg: LegId, body: Option<Bytes>) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let side = call.side_of(leg);
        if call.sound.answer_due != Some(side) {
            return;
        }
        if let Some(Ok(answer)) = body.as_deref().map(kring_media::read) {
            call.sound.answer_due = None;
            let session = call.sound.session;
            call.sound.hear(side, answer.clone());
            self.order_remote(session, side, &answer);
            self.bring_back(now, id, side.other());
        }
    }
}
