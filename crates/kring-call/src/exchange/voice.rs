//! kring's own voice: it answers a caller with sound of its own, and says what there is to say.

use super::{Exchange, sounding::Mouth};
use crate::{
    call::{Call, State},
    config::Ringback,
    sound::Sound,
};
use bytes::Bytes;
use kring_journal::{CallId, Fact, RingTerms};
use kring_media::{
    AudioDescription, Codec, Coding, Ground, Languages, MediaOrder, OwnAudio, Phrase, Program,
    Side, answer_by_kring, coding_of, offer_by_kring, offer_of_agreed,
};
use kring_sip::LegId;
use kring_time::Moment;
use std::sync::Arc;

/// What an agent hears whose phone has answered by itself.
const BEEP: &str = "beep";

impl Exchange {
    /// Answers the caller with sound of kring's own: whether there is a codec for it. A caller who made
    /// no offer is made one; what kring may speak is known when the ACK has brought the answer.
    pub(super) fn pick_up(&mut self, now: Moment, id: CallId) -> bool {
        let Some(call) = self.calls.get_mut(&id) else {
            return false;
        };
        let sdp = if call.sound.voice.is_some() {
            // It hears the tone: a 200 says what the 183 said.
            self.say_again(id)
        } else {
            let (address, codecs) = (self.config.media_address, &self.config.codecs);
            let own = call.sound.own(address, Side::Caller);
            let (said, voice) = match &call.sound.callers {
                Some(offer) => match answer_by_kring(offer, codecs, &own) {
                    Ok((answer, voice)) => (answer, Some(voice)),
                    Err(_) => return false,
                },
                None => match offer_by_kring(codecs, &own) {
                    // Whoever refused it would be lost.
                    Ok(offer) => (offer.softly(own.shield.as_deref()), None),
                    Err(_) => return false,
                },
            };
            let sdp = call.sound.say(Side::Caller, said);
            self.open_sound(id, Mouth::Open);
            if let Some(voice) = voice {
                self.settle_voice(id, voice);
            }
            sdp
        };
        if let Some(leg) = self.calls.get(&id).and_then(|call| call.caller_leg) {
            self.endpoint.accept(now, leg, Some(sdp.into()));
        }
        true
    }

    /// What the 183 of a caller who hears kring's tone said. From the answer on the caller speaks, too.
    pub(super) fn say_again(&mut self, id: CallId) -> Vec<u8> {
        let Some(sound) = self.calls.get(&id).map(|call| &call.sound) else {
            return Vec::new();
        };
        let (session, again) = (sound.session, sound.said_again(Side::Caller));
        if let Some(callers) = sound.callers.clone() {
            self.order_remote(session, Side::Caller, &callers);
        }
        again
    }

    /// Under which terms the rings of a call with this sound are counted, and what kring says of itself if
    /// it makes the tone.
    pub(super) fn terms_of(
        &self,
        leg: LegId,
        sound: &Sound,
    ) -> (Arc<RingTerms>, Option<(AudioDescription, Coding)>) {
        let terms = &self.config.terms;
        if self.config.ringback == Ringback::Pbx {
            return (terms.clone(), None);
        }
        let own = sound.own(self.config.media_address, Side::Caller);
        let takes = self.endpoint.takes_early_media(leg);
        let offer = sound.callers.as_ref().filter(|_| takes);
        match offer.map(|offer| answer_by_kring(offer, &self.config.codecs, &own)) {
            Some(Ok(answer)) => (terms.clone(), Some(answer)),
            _ => {
                let mut modelled = (**terms).clone();
                modelled.t0_from = ringback_of_pbx();
                (Arc::new(modelled), None)
            }
        }
    }

    /// The caller hears the ringing tone of kring; the answer of which 183 and 200 tell (RFC 3261
    /// §13.3.1.1: it is the same in both).
    pub(super) fn sound_ringback(
        &mut self,
        id: CallId,
        (answer, voice): (AudioDescription, Coding),
    ) -> Option<Bytes> {
        let call = self.calls.get_mut(&id)?;
        let sdp = call.sound.say(Side::Caller, answer);
        self.open_sound(id, Mouth::Shut);
        self.settle_voice(id, voice);
        self.speak(id, Vec::new(), Ground::Ringback);
        Some(sdp.into())
    }

    /// That it is recorded, then the agent's greeting, or the queue's, if there is one: both hear it, and then
    /// each other. An agent whose phone answers by itself hears a beep first: nobody has lifted anything, and a
    /// caller is there.
    pub(super) fn greet(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let greeting = self.greeting_of(call).map(Phrase::Clip);
        let said = self.notice_of(call).into_iter().chain(greeting).collect();
        let beeps = matches!(&call.state, State::Talking { agent, .. }
            if self.roster.get(agent).is_some_and(|agent| agent.profile.auto_answer));
        let beep = beeps.then(|| Phrase::clip(BEEP)).into_iter().collect();
        self.say_to_both(now, id, said, beep);
    }

    /// Both hear this, the agent something else before it, and then each other.
    pub(super) fn say_to_both(
        &mut self,
        now: Moment,
        id: CallId,
        said: Vec<Phrase>,
        before: Vec<Phrase>,
    ) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        if said.is_empty() && before.is_empty() {
            return;
        }
        let sound = &call.sound;
        let agents = sound.agents.as_ref().and_then(coding_of);
        // What is passed on is the same coding on both sides.
        let callers = sound.callers.as_ref();
        let has = |voice: &Coding| {
            callers.is_some_and(|said| said.codecs.iter().any(|c| Coding::of(c) == Some(*voice)))
        };
        let Some(coding) = agents.filter(has) else {
            return;
        };
        let session = sound.session;
        let for_agent: Vec<Phrase> = before.into_iter().chain(said.iter().cloned()).collect();
        let heard = [(Side::Caller, said.clone()), (Side::Agent, for_agent)];
        let programs = heard.map(|(side, say)| (side, self.program(call, say, Ground::Other)));
        if !said.is_empty() {
            self.note_said(now, id, &said);
        }
        for (side, program) in programs {
            if program.say.is_empty() {
                continue;
            }
            self.order(MediaOrder::Play {
                session,
                side,
                coding,
                program,
            });
        }
    }

    fn greeting_of(&self, call: &Call) -> Option<Arc<str>> {
        match &call.state {
            State::Talking { agent, .. } if self.config.agent_greetings.contains(agent) => {
                Some(format!("agents/{agent}").into())
            }
            _ => self.config.queues[call.queue]
                .voice
                .greeting_on_answer
                .clone(),
        }
    }

    /// In which languages the people of a call are spoken to: the caller's own, where it is known.
    fn languages_of(&self, call: &Call) -> Languages {
        match call.language {
            Some(language) => Languages::from(language),
            None => self.config.queues[call.queue].voice.languages,
        }
    }

    pub(super) fn program(&self, call: &Call, say: Vec<Phrase>, then: Ground) -> Program {
        Program {
            say,
            languages: self.languages_of(call),
            then,
            music: self.config.queues[call.queue].voice.music.clone(),
        }
    }

    /// From now on kring can speak to the caller, and phones are offered what the caller has agreed to.
    pub(super) fn settle_voice(&mut self, id: CallId, voice: Coding) -> bool {
        let Some(call) = self.calls.get_mut(&id) else {
            return false;
        };
        let own = OwnAudio {
            shield: None,
            ..call.sound.own(self.config.media_address, Side::Agent)
        };
        let to_phones = call.sound.callers.as_ref();
        let to_phones = to_phones.and_then(|said| offer_of_agreed(said, voice, &own).ok());
        let Some(to_phones) = to_phones else {
            return false;
        };
        call.sound.settle_on(voice, to_phones);
        true
    }

    /// The ACK of a caller who made no offer has brought the answer: whether kring can speak to it.
    pub(super) fn voice_is_answered(&mut self, id: CallId) -> bool {
        let call = self.calls.get(&id);
        let voice = call.and_then(|call| coding_of(call.sound.callers.as_ref()?));
        voice.is_some_and(|voice| self.settle_voice(id, voice))
    }

    /// The caller hears these, and then what goes on, instead of anything that it heard of kring before.
    pub(super) fn speak(&mut self, id: CallId, say: Vec<Phrase>, then: Ground) {
        self.speak_to(id, Side::Caller, say, then);
    }

    /// The same, of any side.
    pub(super) fn speak_to(&mut self, id: CallId, side: Side, say: Vec<Phrase>, then: Ground) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let session = call.sound.session;
        if let Some(coding) = call.sound.voice {
            let program = self.program(call, say, then);
            self.order(MediaOrder::Play {
                session,
                side,
                coding,
                program,
            });
        }
    }

    /// What the phone of a caller with whom kring speaks answered: whether the caller can have it.
    pub(super) fn fits_voice(call: &Call, answer: &AudioDescription) -> Option<bool> {
        let voice = call.sound.voice?;
        let is_same = |codec| Coding::of(codec) == Some(voice);
        Some(answer.codecs.iter().any(is_same))
    }

    /// Somebody whom kring holds holds, resumes, moves or is asked for its session: whoever waits may do so.
    pub(super) fn held_sound_moves(&mut self, now: Moment, id: CallId, leg: LegId, sdp: &Bytes) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let side = call.side_of(leg);
        let sound = &mut call.sound;
        if sdp.is_empty() {
            sound.answer_due = Some(side);
            let again = sound.said_again(side);
            self.endpoint.accept_offer(now, leg, Some(again.into()));
            return;
        }
        let offer = sound.read_offer(side, sdp);
        if let Ok(offer) = &offer {
            self.renew_shield(id, side, offer);
        }
        let Some(sound) = self.calls.get_mut(&id).map(|call| &mut call.sound) else {
            return;
        };
        let own = sound.own(self.config.media_address, side);
        let agreed = sound.agreed(side);
        let answer = offer.and_then(|offer| {
            let answer = kring_media::answer_to_change(&offer, &agreed, offer.ptime, &own)?;
            Ok((offer, answer))
        });
        // Another codec would be another one for whoever hears it now or soon.
        let voice = sound.voice;
        let is_same = |codec: &Codec| Coding::of(codec) == voice;
        let answer = answer
            .ok()
            .filter(|(offer, _)| offer.codecs.iter().any(is_same));
        let Some((offer, answer)) = answer else {
            self.endpoint.reject_offer(now, leg, 488);
            return;
        };
        let (session, said) = (sound.session, sound.say(side, answer));
        sound.hear(side, offer.clone());
        self.endpoint.accept_offer(now, leg, Some(said.into()));
        if side == Side::Agent && self.has_second(id) {
            self.first_moves(now, id, &offer);
        } else {
            self.order_remote(session, side, &offer);
        }
    }

    /// All was said to a side.
    pub(super) fn said(&mut self, now: Moment, id: CallId, side: Side) {
        if side == Side::Caller {
            self.last_words_said(now, id);
        }
    }

    /// Writes down what the caller is told.
    pub(super) fn note_said(&mut self, now: Moment, id: CallId, say: &[Phrase]) {
        let languages = self.calls.get(&id).map(|call| self.languages_of(call));
        let told = languages.filter(|languages| *languages != Languages::default());
        let mut said = kring_journal::Announcement {
            languages: told.map(|languages| languages.code().to_owned()),
            ..kring_journal::Announcement::default()
        };
        for phrase in say {
            match phrase {
                Phrase::Clip(name) => said.clips.push(name.to_string()),
                Phrase::Position(place) => said.position = Some(*place),
                Phrase::Wait(minutes) => said.wait_min = Some(*minutes),
            }
        }
        self.record(now, id, Fact::Announced(said));
    }
}

/// How sure t0 is when the PBX makes the tone.
fn ringback_of_pbx() -> String {
    RingTerms::thailand().t0_from
}
