//! Consults that an agent makes at the phone: the phone holds the caller and dials the unit itself, turns from
//! one to the other, and joins the two by a REFER that names its other call (RFC 5589 §7). And calls that an
//! agent takes over to another phone of their own (INVITE with Replaces, RFC 3891).
//!
//! The phone has two legs then and one ear: both are told the same port, and what the agent is to hear goes
//! to where the phone listens now.

use super::{
    Exchange, Role,
    phone_transfers::{code_of, wanted_at_phone},
    transferring::SaidAt,
};
use crate::{
    call::State,
    transfer::{Circle, Second, Stage},
};
use bytes::Bytes;
use kring_journal::{AgentId, CallId, Fact, Transfer, TransferMode, TransferOver, TransferStep};
use kring_media::{
    AudioDescription, Codec, Coding, OwnAudio, Side, answer_by_kring, answer_to_change,
};
use kring_sip::{IncomingInvite, LegEvent, LegId, Reason, header::Replaces};
use kring_time::Moment;

impl Exchange {
    /// A phone whose agent has a caller dials: the agent asks somebody. The code with which it is refused
    /// otherwise.
    pub(super) fn phone_consults(
        &mut self,
        now: Moment,
        leg: LegId,
        user: &str,
        invite: &IncomingInvite,
    ) -> Result<(), u16> {
        let (agent, id) = self.talking_by_phone(user).ok_or(403_u16)?;
        let shield = self.shield_of_phone(user, invite.from_peer.transport);
        let shield = shield.map_err(|_| 488_u16)?;
        let read = |sdp: &[u8]| kring_media::read_under(shield.as_deref(), sdp);
        let offer = invite.body.as_deref().map(read);
        let Some(Ok(offer)) = offer else {
            return Err(488);
        };
        let wanted = wanted_at_phone(TransferMode::Attended, &invite.request_uri);
        let said_at = SaidAt::SecondCall(leg, Box::new(offer), shield);
        let begun = self.transfer(now, Some(&agent), id, wanted, said_at);
        begun.map_err(|refused| code_of(&refused))?;
        let transfer = self.calls.get(&id).and_then(|call| call.transfer());
        let second = transfer.and_then(|transfer| transfer.second.clone());
        if second.is_some_and(|second| self.answer_second(id, &second).is_none()) {
            // The phone speaks another codec there than the caller takes.
            self.bring_caller_back(now, id, TransferOver::Failed, 488);
        }
        Ok(())
    }

    /// The agent who talks at this registered phone, and the call.
    fn talking_by_phone(&self, user: &str) -> Option<(AgentId, CallId)> {
        let mut agents = self.roster.agents_of_phone(user).into_iter();
        agents.find_map(|agent| {
            let call = self.roster.get(&agent)?.doing.call()?;
            (self.talking_agent(call) == Some(&agent)).then_some((agent, call))
        })
    }

    /// What kring says to the second leg of a phone: its port of the agent's side, and the caller's codec.
    fn answer_second(&self, id: CallId, second: &Second) -> Option<AudioDescription> {
        let call = self.calls.get(&id)?;
        let (offer, voice) = (&second.offer, call.sound.voice?);
        let own = OwnAudio {
            shield: second.shield.clone(),
            ..call.sound.own(self.config.media_address, Side::Agent)
        };
        let callers =
            |codec: &&Codec| codec.is_telephone_event() || Coding::of(codec) == Some(voice);
        let narrowed = AudioDescription {
            codecs: offer.codecs.iter().filter(callers).cloned().collect(),
            ..(**offer).clone()
        };
        let (answer, _) = answer_by_kring(&narrowed, &self.config.codecs, &own).ok()?;
        Some(answer)
    }

    /// The unit has answered whom the phone dialled: so does kring.
    pub(super) fn second_is_answered(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let Some(second) = call.transfer().and_then(|t| t.second.clone()) else {
            return;
        };
        let Some(answer) = self.answer_second(id, &second) else {
            return;
        };
        let sdp = kring_media::write(&answer).into();
        self.endpoint.accept(now, second.leg, Some(sdp));
        self.hear_second(id, &answer, &second.offer);
        if let Some(second) = self.second_mut(id) {
            second.answered = true;
        }
    }

    /// What the agent hears goes to the phone's second leg, which was told `said`.
    fn hear_second(&mut self, id: CallId, said: &AudioDescription, theirs: &AudioDescription) {
        if let Some(call) = self.calls.remove(&id) {
            self.order_remote_said(&call.sound, Side::Agent, (Some(said), theirs));
            self.calls.insert(id, call);
        }
    }

    fn second_mut(&mut self, id: CallId) -> Option<&mut Second> {
        let transfer = self.calls.get_mut(&id)?.transfer_mut()?;
        transfer.second.as_mut()
    }

    /// The phone's second call is over: by BYE, or with this code when it was not answered yet. What the
    /// agent hears goes to the first again.
    pub(super) fn let_second_go(&mut self, now: Moment, id: CallId, code: u16) {
        let transfer = self.calls.get_mut(&id).and_then(|call| call.transfer_mut());
        let Some(second) = transfer.and_then(|transfer| transfer.second.take()) else {
            return;
        };
        if self.legs.contains_key(&second.leg) {
            if second.answered {
                let reason = Reason::sip(200, "Normal call clearing");
                self.endpoint.bye(now, second.leg, Some(reason));
                self.legs.insert(second.leg, Role::Closing(None));
            } else {
                self.endpoint.reject(now, second.leg, code, Vec::new());
                self.legs.remove(&second.leg);
            }
        }
        let sound = self.calls.get(&id).map(|call| &call.sound);
        let first =
            sound.and_then(|sound| Some((sound.session, sound.theirs(Side::Agent)?.clone())));
        if let Some((session, first)) = first {
            self.order_remote(session, Side::Agent, &first);
        }
    }

    /// Something happens to the second leg of a phone.
    pub(super) fn second_leg_event(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        event: LegEvent,
    ) {
        match event {
            LegEvent::CallerCancelled { .. } | LegEvent::Bye { .. } | LegEvent::Gone { .. } => {
                self.legs.remove(&leg);
                self.bring_caller_back(now, id, TransferOver::Cancelled, 0);
            }
            LegEvent::AckMissing => self.bring_caller_back(now, id, TransferOver::Cancelled, 0),
            LegEvent::Offer { body, .. } => self.second_sound_moves(now, id, leg, &body),
            LegEvent::Referred { replaces, .. } => {
                self.phone_joins(now, id, leg, replaces.as_ref());
            }
            LegEvent::Pressed { key, duration_ms } => {
                self.key_pressed(now, id, leg, (key, duration_ms));
            }
            _ => {}
        }
    }

    /// The phone holds or resumes its second call: the agent turns.
    fn second_sound_moves(&mut self, now: Moment, id: CallId, leg: LegId, sdp: &Bytes) {
        let call = self.calls.get(&id);
        let second = call.and_then(|call| call.transfer()?.second.as_ref());
        let answered = call.zip(second).and_then(|(call, second)| {
            let offer = kring_media::read_under(second.shield.as_deref(), sdp).ok()?;
            let own = OwnAudio {
                shield: second.shield.clone(),
                ..call.sound.own(self.config.media_address, Side::Agent)
            };
            let agreed = call.sound.agreed(Side::Agent);
            let answer = answer_to_change(&offer, &agreed, offer.ptime, &own).ok()?;
            Some((offer, answer))
        });
        let Some((offer, answer)) = answered else {
            self.endpoint.reject_offer(now, leg, 488);
            return;
        };
        let sdp = kring_media::write(&answer).into();
        self.endpoint.accept_offer(now, leg, Some(sdp));
        if let Some(second) = self.second_mut(id) {
            *second.offer = offer.clone();
        }
        if offer.direction.sends() && offer.direction.receives() {
            self.hear_second(id, &answer, &offer);
            self.turn_to(now, id, Circle::Unit);
        }
    }

    /// Whether the agent's phone has a second call, to ask somebody.
    pub(super) fn has_second(&self, id: CallId) -> bool {
        let transfer = self.calls.get(&id).and_then(|call| call.transfer());
        transfer.is_some_and(|transfer| transfer.second.is_some())
    }

    /// The phone holds or resumes its first call while it has a second: by resuming, the agent turns to the
    /// caller, and what is to be heard goes there.
    pub(super) fn first_moves(&mut self, now: Moment, id: CallId, offer: &AudioDescription) {
        let session = self.calls.get(&id).map(|call| call.sound.session);
        if let Some(session) = session
            && offer.direction.sends()
            && offer.direction.receives()
        {
            self.order_remote(session, Side::Agent, offer);
            self.turn_to(now, id, Circle::Caller);
        }
    }

    /// The phone wants the two whom it talks with joined: a REFER in either of its legs that names the other.
    pub(super) fn phone_joins(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        replaces: Option<&Replaces>,
    ) {
        let named = replaces.and_then(|replaces| self.endpoint.named_by(replaces));
        let transfer = self.calls.get_mut(&id).and_then(|call| call.transfer_mut());
        let joins = transfer.filter(|transfer| {
            let second = transfer.second.as_ref().map(|second| second.leg);
            let met = matches!(transfer.stage, Stage::Met { .. });
            let others = [transfer.agent_leg, second];
            met && named.is_some() && others.contains(&named) && others.contains(&Some(leg))
        });
        let Some(transfer) = joins else {
            self.endpoint.reject_referral(now, leg, 491);
            return;
        };
        transfer.referrer = Some(leg);
        self.endpoint.accept_referral(now, leg);
        self.hand_over(now, id);
    }

    /// A phone of the agent's takes the agent's call from another one.
    pub(super) fn phone_takes(&mut self, now: Moment, leg: LegId, invite: &IncomingInvite) {
        if !self.endpoint.is_phone_at(invite.from_peer) {
            let code = if self.is_known(invite.from_peer) {
                603
            } else {
                403
            };
            self.endpoint.turn_away(now, leg, code, Vec::new());
            return;
        }
        let Some(user) = self.endpoint.prove_caller(now, leg, invite) else {
            return;
        };
        if let Err(code) = self.take_over(now, leg, &user, invite) {
            self.endpoint.turn_away(now, leg, code, Vec::new());
        }
    }

    fn take_over(
        &mut self,
        now: Moment,
        leg: LegId,
        user: &str,
        invite: &IncomingInvite,
    ) -> Result<(), u16> {
        let old = invite
            .replaces
            .map(|replaced| replaced.leg)
            .ok_or(481_u16)?;
        let (agent, id) = self.talking_by_phone(user).ok_or(403_u16)?;
        let is_theirs = matches!(self.legs.get(&old), Some(Role::Agent(call)) if *call == id);
        let talks = matches!(
            self.calls.get(&id).map(|c| &c.state),
            Some(State::Talking { .. })
        );
        if !is_theirs || !talks {
            return Err(if is_theirs { 491 } else { 403 });
        }
        let shield = self.shield_of_phone(user, invite.from_peer.transport);
        let shield = shield.map_err(|_| 488_u16)?;
        let read = |sdp: &[u8]| kring_media::read_under(shield.as_deref(), sdp).ok();
        let offer = invite.body.as_deref().and_then(read).ok_or(488_u16)?;
        self.abandon_change(now, id);
        let call = self.calls.get_mut(&id).ok_or(481_u16)?;
        let own = OwnAudio {
            shield: shield.clone(),
            ..call.sound.own(self.config.media_address, Side::Agent)
        };
        let agreed = call.sound.agreed(Side::Agent);
        let answer = answer_to_change(&offer, &agreed, offer.ptime, &own).map_err(|_| 488_u16)?;
        call.sound.shielded_by(Side::Agent, shield);
        let (session, answer) = (call.sound.session, call.sound.say(Side::Agent, answer));
        call.sound.hear(Side::Agent, offer.clone());
        if let State::Talking { leg: talks, .. } = &mut call.state {
            *talks = leg;
        }
        self.endpoint.accept(now, leg, Some(answer.into()));
        self.order_remote(session, Side::Agent, &offer);
        self.endpoint
            .bye(now, old, Some(Reason::sip(200, "Taken by another phone")));
        self.legs.insert(old, Role::Closing(None));
        self.legs.insert(leg, Role::Agent(id));
        self.roster
            .change(&agent, |agent| agent.phone_leg = Some(leg));
        let transfer = self.new_transfer_id(now);
        let step = TransferStep::Taken { agent };
        self.record(now, id, Fact::Transfer(Transfer { transfer, step }));
        self.bring_back(now, id, Side::Caller);
        self.reschedule(id);
        Ok(())
    }
}
