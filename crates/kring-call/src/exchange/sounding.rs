//! The sound of calls: ports, orders to the media threads, and what these tell.

use super::{Exchange, Output};
use crate::call::{Call, State};
use bytes::Bytes;
use kring_journal::{CallId, Fact, MediaSide};
use kring_media::{
    AudioDescription, MediaNotice, MediaOrder, OwnAudio, PortPair, SessionId, Side, SideStats,
};
use kring_sip::LegId;
use kring_time::Moment;

impl Exchange {
    pub(super) fn reserve_ports(&mut self) {
        let pairs = self.ports.wanted();
        if pairs > 0 {
            self.order(MediaOrder::Reserve { pairs });
        }
    }

    pub(super) fn take_ports(&mut self) -> Option<(PortPair, PortPair)> {
        let taken = self.ports.take();
        self.reserve_ports();
        taken
    }

    pub(super) fn new_session(&mut self) -> SessionId {
        let session = SessionId(self.next_session);
        self.next_session += 1;
        session
    }

    pub(super) fn own_audio_for_caller(&self, call: &Call) -> OwnAudio {
        OwnAudio {
            address: self.config.media_address,
            port: call.sound.caller_ports.rtp,
            session_id: call.sound.session.0,
            version: 1,
        }
    }

    /// Relays between the caller and the phone that answered.
    pub(super) fn join_sound(&mut self, call: &mut Call, agents: AudioDescription) {
        let session = call.sound.session;
        self.sessions.insert(session, call.id);
        self.order(MediaOrder::Open {
            session,
            caller: call.sound.caller_ports,
            agent: call.sound.agent_ports,
        });
        if let Some(callers) = &call.sound.callers {
            self.order_remote(session, Side::Caller, callers);
        }
        self.order_remote(session, Side::Agent, &agents);
        call.sound.agents = Some(agents);
    }

    pub(super) fn order_remote(
        &mut self,
        session: SessionId,
        side: Side,
        theirs: &AudioDescription,
    ) {
        self.order(MediaOrder::Remote {
            session,
            side,
            rtp: theirs.rtp,
            rtcp: theirs.rtcp,
            sends: theirs.direction.sends(),
            receives: theirs.direction.receives(),
        });
    }

    /// The call is over: an open relay is closed, ports that were never used go back at once.
    pub(super) fn release_sound(&mut self, call: &Call) {
        let session = call.sound.session;
        if self.sessions.contains_key(&session) {
            self.order(MediaOrder::Close { session });
        } else {
            self.ports
                .give_back([call.sound.caller_ports, call.sound.agent_ports]);
        }
    }

    /// A re-INVITE or UPDATE with an offer: sound may move to another address, be held, or resumed.
    /// The other side is not asked anew, so the codecs are those that it took.
    pub(super) fn sound_moves(&mut self, now: Moment, id: CallId, leg: LegId, sdp: &Bytes) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let sound = &mut call.sound;
        let (side, ports, other) = if leg == call.caller_leg {
            (Side::Caller, sound.caller_ports, &sound.agents)
        } else {
            (Side::Agent, sound.agent_ports, &sound.callers)
        };
        // A caller who made no offer has no description; the phone's answer is what was agreed.
        let Some(other) = other.as_ref().or(sound.agents.as_ref()) else {
            self.endpoint.reject_offer(now, leg, 488);
            return;
        };
        let own = OwnAudio {
            address: self.config.media_address,
            port: ports.rtp,
            session_id: sound.session.0,
            version: now.as_micros(),
        };
        let session = sound.session;
        if sdp.is_empty() {
            // An offerless re-INVITE wants ours (RFC 3261 section 14.2).
            match kring_media::offer_to_agent(Some(other), &self.config.codecs, &own) {
                Ok((offer, _)) => {
                    sound.answer_due = Some(side);
                    self.endpoint.accept_offer(now, leg, Some(offer.into()));
                }
                Err(_) => self.endpoint.reject_offer(now, leg, 488),
            }
            return;
        }
        let offer = kring_media::read(sdp);
        let answer = offer.and_then(|offer| {
            let answer = kring_media::answer_to_change(&offer, other, &own)?;
            Ok((offer, answer))
        });
        match answer {
            Ok((offer, answer)) => {
                self.endpoint.accept_offer(now, leg, Some(answer.into()));
                self.order_remote(session, side, &offer);
            }
            Err(_) => self.endpoint.reject_offer(now, leg, 488),
        }
    }

    /// The answer to an offer of ours within the call.
    pub(super) fn sound_is_answered(&mut self, id: CallId, leg: LegId, sdp: &Bytes) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let side = if leg == call.caller_leg {
            Side::Caller
        } else {
            Side::Agent
        };
        if let Ok(answer) = kring_media::read(sdp) {
            let session = call.sound.session;
            self.order_remote(session, side, &answer);
        }
    }

    /// A key that one side pressed and told by INFO: the other side hears it, if it knows such events.
    /// Neither journal nor log is told: it may be part of a secret.
    pub(super) fn key_pressed(&mut self, id: CallId, leg: LegId, key: char, duration_ms: u32) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let (side, listener) = if leg == call.caller_leg {
            (Side::Caller, &call.sound.agents)
        } else {
            (Side::Agent, &call.sound.callers)
        };
        let known = listener
            .as_ref()
            .and_then(|listener| listener.telephone_event);
        if let Some(payload_type) = known {
            let session = call.sound.session;
            self.order(MediaOrder::Press {
                session,
                side,
                key,
                duration_ms,
                payload_type,
            });
        }
    }

    /// What the media threads tell.
    pub(super) fn hear(&mut self, now: Moment, notice: MediaNotice) {
        match notice {
            MediaNotice::Reserved { pairs } => self.ports.bound(pairs),
            MediaNotice::Exhausted => self.ports.exhausted(),
            MediaNotice::Flowing { session, side } => {
                let side = journal_side(side);
                self.record_of(now, session, Fact::MediaFlowing { side });
            }
            MediaNotice::Silent {
                session,
                side,
                for_ms,
            } => {
                let side = journal_side(side);
                self.record_of(now, session, Fact::MediaSilent { side, for_ms });
            }
            MediaNotice::Dead { session } => {
                if let Some(id) = self.sessions.get(&session).copied() {
                    self.end_by_kring(now, id, "media_lost");
                }
            }
            // Nobody is spoken to yet.
            MediaNotice::Said { .. } | MediaNotice::Pressed { .. } => {}
            MediaNotice::Closed {
                session,
                caller,
                agent,
            } => {
                self.record_of(now, session, summary(MediaSide::Caller, &caller));
                self.record_of(now, session, summary(MediaSide::Agent, &agent));
                self.sessions.remove(&session);
            }
        }
    }

    fn record_of(&mut self, now: Moment, session: SessionId, fact: Fact) {
        if let Some(id) = self.sessions.get(&session).copied() {
            self.record(now, id, fact);
        }
    }

    fn order(&mut self, order: MediaOrder) {
        self.outputs.push_back(Output::Media(order));
    }

    /// The agent whose call this is, while they talk.
    pub(super) fn talking_agent(&self, id: CallId) -> Option<&kring_journal::AgentId> {
        match &self.calls.get(&id)?.state {
            State::Talking { agent, .. } => Some(agent),
            _ => None,
        }
    }
}

fn journal_side(side: Side) -> MediaSide {
    match side {
        Side::Caller => MediaSide::Caller,
        Side::Agent => MediaSide::Agent,
    }
}

fn summary(side: MediaSide, stats: &SideStats) -> Fact {
    Fact::MediaSummary {
        side,
        packets: stats.packets,
        lost: stats.lost,
        jitter_us: stats.jitter_us,
        strangers: stats.strangers,
    }
}
