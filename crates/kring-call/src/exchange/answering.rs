//! Somebody answers: the race is decided, both offers are closed, the sound is joined.

use super::{Exchange, Role, withdrawing::reason_for};
use crate::{
    call::{Call, State},
    doing::{Doing, Miss},
    limits::AGAIN_AFTER_REFUSAL,
};
use bytes::Bytes;
use kring_journal::{AgentId, CallId, EndedBy, Fact, RingResult, Service, Unreached, Withdrawal};
use kring_media::{AudioDescription, Shield, Side};
use kring_sip::{BranchId, LegId, Reason};
use kring_time::Moment;
use std::sync::Arc;

impl Exchange {
    /// A phone sent 200 while the call could still be won. The first one wins.
    pub(super) fn phone_answered(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        branch: BranchId,
        body: Option<Bytes>,
    ) {
        if !self.calls.get(&id).is_some_and(|call| call.can_be_won()) {
            return;
        }
        self.endpoint.acknowledge(now, leg, None);
        let Some((answer, shield)) = self.answer_of_phone(id, (leg, branch), body.as_deref())
        else {
            self.unusable_answer(now, id, leg);
            return;
        };
        if let Some(call) = self.calls.get_mut(&id) {
            let offer = call.offers.iter().find(|offer| offer.leg == leg);
            call.sound.agent_behind = offer.and_then(|offer| offer.behind(branch));
        }
        if self.calls.get(&id).is_some_and(|call| call.is_placed()) {
            self.picked_up(now, id, leg, (answer, shield));
            return;
        }
        let Some(for_caller) = self.answer_for_caller(id, &answer) else {
            self.unusable_answer(now, id, leg);
            return;
        };
        let again = match for_caller {
            ForCaller::HadOne if !self.is_kept(id) => self.say_again(id),
            _ => Vec::new(),
        };
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        let Some(offer) = call.take_offer(leg) else {
            self.calls.insert(id, call);
            return;
        };
        self.queues[call.queue].left(call.stand());
        let to_caller = match for_caller {
            ForCaller::Answer(said) => Some(call.sound.say(Side::Caller, *said)),
            ForCaller::HadOne if call.kept.is_none() => Some(again),
            ForCaller::HadOne => None,
        };
        if let (Some(sdp), Some(caller_leg)) = (to_caller, call.caller_leg) {
            self.endpoint.accept(now, caller_leg, Some(sdp.into()));
        }
        self.drop_outward(now, &call, reason_for(Withdrawal::AnsweredElsewhere));
        call.sound.won_by(offer.offered, shield, &answer);
        self.join_sound(&mut call, answer);
        let device = offer.device_of(branch);
        let agent = (&offer.agent, offer.named(device));
        self.record(now, id, answered(now, &call, agent));
        // A device with rings of its own may have been told to stop, and have sounded on.
        self.note_overrun(now, id, &offer.agent, offer.silent_by_of(device));
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
        self.connected(now, id);
        self.reschedule(id);
    }

    /// What a phone has answered to the offer of its branch, and the keys of that.
    fn answer_of_phone(
        &self,
        id: CallId,
        (leg, branch): (LegId, BranchId),
        body: Option<&[u8]>,
    ) -> Option<(AudioDescription, Option<Arc<Shield>>)> {
        let call = self.calls.get(&id)?;
        let offer = call.offers.iter().find(|offer| offer.leg == leg)?;
        let (plain, shield) = (call.sound.offered_as(offer.offered), offer.shield(branch));
        let answer = match &shield {
            Some(shield) => kring_media::read_answer(&plain.shielded(shield), Some(shield), body?),
            None => kring_media::read(body?),
        };
        Some((answer.ok()?, shield))
    }

    /// Caller and agent are connected: what each is told of it.
    fn connected(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let (was_kept, can_hear) = (call.kept.is_some(), call.sound.callers.is_some());
        let user = call.identity.user.clone();
        if was_kept {
            // Whoever made no offer may have agreed to more than this phone takes, and a phone that was
            // invited before to more than the caller takes.
            self.bring_back(now, id, Side::Caller);
            self.bring_back(now, id, Side::Agent);
        }
        self.is_served(now, &user);
        self.record_by_rule(now, id);
        self.monitor_meets_agent(now, id);
        if can_hear {
            self.greet(now, id);
        }
    }

    /// The caller's answer, or, for a caller who made no offer, ours (RFC 3261 section 13.2.1). A caller
    /// who is kept has had it.
    fn answer_for_caller(&self, id: CallId, answer: &AudioDescription) -> Option<ForCaller> {
        let call = self.calls.get(&id)?;
        if let Some(fits) = Self::fits_voice(call, answer) {
            return fits.then_some(ForCaller::HadOne);
        }
        if call.kept.is_some() {
            // Our 200 has made the offer already, and what the caller takes of it comes with the ACK.
            return Some(ForCaller::HadOne);
        }
        let sound = &call.sound;
        let own = sound.own(self.config.media_address, Side::Caller);
        let said = match &sound.callers {
            Some(offer) => kring_media::answer_to_caller(offer, answer, &own).ok(),
            None => {
                let codecs = &self.config.codecs;
                let offer = kring_media::offer_to_agent(Some(answer), codecs, &own);
                // Whoever refused it would be lost.
                let softly =
                    |(_, offer): (_, AudioDescription)| offer.softly(own.shield.as_deref());
                offer.ok().map(softly)
            }
        };
        said.map(|said| ForCaller::Answer(Box::new(said)))
    }

    /// The phone answered with sound that the caller cannot have: the next phone, please.
    pub(super) fn unusable_answer(&mut self, now: Moment, id: CallId, leg: LegId) {
        let reason = Reason::sip(488, "No codec in common with the caller");
        self.endpoint.bye(now, leg, Some(reason));
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Some(offer) = call.take_offer(leg) else {
            return;
        };
        call.bar(now, offer.agent.clone(), AGAIN_AFTER_REFUSAL);
        self.legs
            .insert(leg, Role::Closing(Some(offer.agent.clone())));
        let fact = Fact::Unreached {
            agent: offer.agent.clone(),
            why: Unreached::Failed,
            code: 488,
        };
        self.record(now, id, fact);
        self.count_miss(now, id, &offer.agent, Miss::Device);
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
        let is_first = call.sound.callers.is_none() && side == Side::Caller;
        // Who was answered by an agent meanwhile has no place in the queue any more.
        let talks = matches!(call.state, State::Talking { .. });
        let first_heard = call.kept.is_some() && call.sound.voice.is_none() && !talks;
        let answer = body.and_then(|sdp| call.sound.read_answer(side, &sdp).ok());
        if let Some(answer) = answer {
            call.sound.answer_due = None;
            let session = call.sound.session;
            call.sound.hear(side, answer.clone());
            self.order_remote(session, side, &answer);
            // A phone that answered before this ACK came may take less than the caller does.
            self.bring_back(now, id, Side::Caller);
            self.bring_back(now, id, Side::Agent);
        }
        if first_heard {
            if self.voice_is_answered(id) {
                self.enter_queue(now, id);
            } else {
                self.end_kept(now, id, EndedBy::Kring, "no_codec");
            }
        } else if is_first {
            self.greet(now, id);
        }
    }
}

/// What the caller is told when a phone answers.
enum ForCaller {
    /// This, with the 200.
    Answer(Box<AudioDescription>),
    /// What it was told before: kring has answered, or makes the tone.
    HadOne,
}

/// The fact that an agent has answered: in time, or a caller who was kept.
fn answered(now: Moment, call: &Call, (agent, device): (&AgentId, Option<String>)) -> Fact {
    let (agent, rings) = (agent.clone(), call.clock.rings_at(now));
    let wait_ms = now.since(call.t0).as_millis() as u64;
    if let Some(kept) = &call.kept {
        return Fact::Served(Service {
            agent,
            device,
            rings,
            wait_ms,
            queued_ms: kept.queued_ms(now),
        });
    }
    let deadline = call.clock.deadline();
    Fact::Answered {
        agent,
        device,
        rings,
        wait_ms,
        result: if now <= deadline {
            RingResult::Within
        } else {
            RingResult::Breached
        },
        margin_ms: deadline.millis_from(now),
    }
}
