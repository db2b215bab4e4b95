//! The citizen of a placed call is dialled: the agent's phone has been lifted and hears theirs ring. When
//! the citizen answers it is a call like any other.

use super::{Exchange, Role, outward::Wanted, placing::Over, sounding::Mouth};
use crate::{
    call::{Call, Cause, State},
    doing::Doing,
    limits::CITIZEN_PATIENCE,
};
use kring_journal::{AgentId, CallBackEnd, CallId, Fact, PickUp, Reach, Unreached, Withdrawal};
use kring_media::{AudioDescription, Codec, Ground, MediaOrder, Shield, Side, coding_of};
use kring_sip::LegId;
use kring_time::Moment;
use std::sync::Arc;

impl Exchange {
    /// An agent's phone was lifted for a placed call: the citizen is dialled, and the agent hears it ring.
    pub(super) fn picked_up(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        (answer, shield): (AudioDescription, Option<Arc<Shield>>),
    ) {
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        let (Some(offer), Some(coding)) = (call.take_offer(leg), coding_of(&answer)) else {
            self.calls.insert(id, call);
            self.unusable_answer(now, id, leg);
            return;
        };
        let elsewhere = Withdrawal::AnsweredElsewhere;
        let reason = super::withdrawing::reason_for(elsewhere);
        self.release_offers(now, &mut call, elsewhere, &reason, Some(&offer.agent));
        let (agent, session) = (offer.agent, call.sound.session);
        self.legs.insert(leg, Role::Agent(id));
        self.roster.has_answered(&agent);
        let picked_up = PickUp {
            agent: agent.clone(),
        };
        self.record(now, id, Fact::PickedUp(picked_up));
        self.set_doing(now, &agent, Doing::Talking { call: id });
        call.sound.won_by(offer.offered, shield, &answer);
        call.sound.hear(Side::Agent, answer.clone());
        let own = call.sound.own(self.config.media_address, Side::Caller);
        let codecs = &self.config.codecs;
        let offered = kring_media::offer_to_agent(Some(&answer), codecs, &own).ok();
        let body = offered.map(|(_, offer)| {
            call.sound.say(Side::Caller, offer.clone());
            offer
        });
        let program = self.program(&call, Vec::new(), Ground::Ringback);
        self.calls.insert(id, call);
        self.open_sound(id, Mouth::Open);
        self.order_remote(session, Side::Agent, &answer);
        self.order(MediaOrder::Play {
            session,
            side: Side::Agent,
            coding,
            program,
        });
        self.dial_citizen(now, id, (agent, leg), body);
        self.reschedule(id);
    }

    fn dial_citizen(
        &mut self,
        now: Moment,
        id: CallId,
        (agent, leg): (AgentId, LegId),
        body: Option<AudioDescription>,
    ) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let (trunk, errand) = (call.trunk, call.errand.clone());
        let outward = errand.zip(body).and_then(|(errand, body)| {
            let wanted = Wanted {
                number: &errand.number,
                trunk,
                from: errand.from.clone(),
                offer: body,
                patience: CITIZEN_PATIENCE,
                told: None,
                extra: Vec::new(),
            };
            self.dial(now, id, wanted)
        });
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let is_dialled = outward.is_some();
        call.state = State::Reaching {
            agent,
            leg,
            since: now,
            outward,
        };
        if !is_dialled {
            self.placed_over(now, id, Over::Missed(Unreached::Failed, 0));
        }
    }

    /// Whether this call is placed by kring and its citizen is being dialled.
    pub(super) fn is_reaching(&self, id: CallId) -> bool {
        let call = self.calls.get(&id);
        call.is_some_and(|call| matches!(call.state, State::Reaching { .. }))
    }

    /// The citizen has lifted: agent and citizen hear each other.
    pub(super) fn citizen_reached(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        answer: AudioDescription,
    ) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let State::Reaching {
            agent,
            leg: agent_leg,
            since,
            ..
        } = call.state.clone()
        else {
            return;
        };
        call.caller_leg = Some(leg);
        call.sound.hear(Side::Caller, answer.clone());
        call.state = State::Talking {
            agent: agent.clone(),
            leg: agent_leg,
            since: now,
        };
        let (session, user) = (call.sound.session, call.identity.user.clone());
        let cause = call.errand.as_ref().map(|errand| errand.cause.clone());
        let reach = Reach {
            agent,
            wait_ms: now.since(call.t0).as_millis() as u64,
            rang_ms: now.since(since).as_millis() as u64,
        };
        self.legs.insert(leg, Role::Caller(id));
        self.order_remote(session, Side::Caller, &answer);
        let side = Side::Agent;
        self.order(MediaOrder::Hush { session, side });
        self.record(now, id, Fact::Reached(reach));
        match cause {
            Some(Cause::CallBack(asked)) => self.end_call_back(now, asked, CallBackEnd::Served),
            _ => self.is_served(now, &user),
        }
        // The agent's phone may have agreed to more than the citizen's took.
        self.bring_back(now, id, Side::Agent);
        self.record_by_rule(now, id);
        self.tell_recorded(now, id);
    }

    /// Whether an answer of the citizen has sound that the agent's phone can have.
    pub(super) fn fits_agent(call: &Call, answer: &AudioDescription) -> bool {
        let agreed = call.sound.agreed(Side::Agent);
        let known = |codec: &Codec| agreed.iter().any(|other| other.is_same_coding(codec));
        let mut codecs = answer.codecs.iter();
        codecs.any(|codec| codec.is_speech() && known(codec))
    }
}
