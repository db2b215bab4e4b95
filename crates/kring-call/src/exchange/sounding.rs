//! The sound of calls: ports, orders to the media threads, and what these tell.

use super::{Exchange, Output, told};
use crate::{
    call::{Call, State},
    sound::Sound,
};
use kring_journal::{CallId, Fact, MediaSide, MonitorEnd};
use kring_media::{AudioDescription, MediaNotice, MediaOrder, PortPair, SessionId, Side};
use kring_time::Moment;
use std::sync::Arc;

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

    /// One more pair, for a third party.
    pub(super) fn take_third_ports(&mut self) -> Option<PortPair> {
        let taken = self.ports.take_one();
        self.reserve_ports();
        taken
    }

    pub(super) fn new_session(&mut self) -> SessionId {
        let session = SessionId(self.next_session);
        self.next_session += 1;
        session
    }

    /// Relays between the caller and the phone that answered.
    pub(super) fn join_sound(&mut self, call: &mut Call, agents: AudioDescription) {
        let session = call.sound.session;
        if self.sessions.contains_key(&session) {
            self.order_remote_of(&call.sound, Side::Agent, &agents);
            let side = Side::Caller;
            self.order(MediaOrder::Hush { session, side });
        } else {
            self.open(call, Mouth::Open);
            self.order_remote_of(&call.sound, Side::Agent, &agents);
        }
        call.sound.agents = Some(agents);
    }

    /// Opens the relay with the caller alone: kring is about to speak.
    pub(super) fn open_sound(&mut self, id: CallId, mouth: Mouth) {
        if let Some(call) = self.calls.remove(&id) {
            self.open(&call, mouth);
            self.calls.insert(id, call);
        }
    }

    fn open(&mut self, call: &Call, mouth: Mouth) {
        let session = call.sound.session;
        self.sessions.insert(session, call.id);
        self.order(MediaOrder::Open {
            session,
            caller: call.sound.caller_ports,
            agent: call.sound.agent_ports,
        });
        if let Some(callers) = &call.sound.callers {
            let said = call.sound.said_to(Side::Caller);
            self.order_keys(&call.sound, Side::Caller, (said, callers));
            self.order(MediaOrder::Remote {
                session,
                side: Side::Caller,
                rtp: callers.rtp,
                rtcp: callers.rtcp,
                sends: mouth == Mouth::Open && callers.direction.sends(),
                receives: callers.direction.receives(),
                codecs: callers.codecs.clone().into(),
                told: call.sound.told(Side::Caller),
                symmetric: None,
            });
        }
    }

    pub(super) fn order_remote(
        &mut self,
        session: SessionId,
        side: Side,
        theirs: &AudioDescription,
    ) {
        let id = self.sessions.get(&session).copied();
        let Some((id, call)) = id.and_then(|id| Some((id, self.calls.remove(&id)?))) else {
            return;
        };
        self.order_remote_of(&call.sound, side, theirs);
        self.calls.insert(id, call);
    }

    /// The same of a call that is in hand.
    fn order_remote_of(&mut self, sound: &Sound, side: Side, theirs: &AudioDescription) {
        self.order_remote_said(sound, side, (sound.said_to(side), theirs));
    }

    /// The same of a leg that was told something else than its side: the second of a phone.
    pub(super) fn order_remote_said(
        &mut self,
        sound: &Sound,
        side: Side,
        (said, theirs): (Option<&AudioDescription>, &AudioDescription),
    ) {
        self.order_keys(sound, side, (said, theirs));
        let told = said.map_or_else(Default::default, |said| said.codecs.clone().into());
        self.order(MediaOrder::Remote {
            session: sound.session,
            side,
            rtp: theirs.rtp,
            rtcp: theirs.rtcp,
            sends: theirs.direction.sends(),
            receives: theirs.direction.receives(),
            codecs: theirs.codecs.clone().into(),
            told,
            symmetric: sound.agent_behind.filter(|_| side == Side::Agent),
        });
    }

    /// Whoever was on this side is gone: nothing is sent there, and nothing awaited.
    pub(super) fn unplug(&mut self, id: CallId, side: Side) {
        let sound = self.calls.get(&id).map(|call| &call.sound);
        let theirs = sound.and_then(|sound| Some((sound.session, sound.theirs(side)?)));
        let Some((session, theirs)) = theirs else {
            return;
        };
        let (rtp, rtcp, codecs) = (theirs.rtp, theirs.rtcp, theirs.codecs.clone());
        self.order(MediaOrder::Remote {
            session,
            side,
            rtp,
            rtcp,
            sends: false,
            receives: false,
            codecs: codecs.into(),
            told: Arc::default(),
            symmetric: None,
        });
    }

    /// The call is over: an open relay is closed, ports that were never used go back at once, and whoever
    /// listened hears nothing more.
    pub(super) fn release_sound(&mut self, now: Moment, call: &Call) {
        let session = call.sound.session;
        self.end_recording_of(call);
        if let Some(monitor) = &call.monitor {
            let agent = match &call.state {
                State::Talking { agent, .. } => Some(agent.clone()),
                State::Transferring(transfer) => Some(transfer.agent.clone()),
                _ => None,
            };
            self.release_monitor(now, (call.id, agent), monitor, MonitorEnd::CallOver);
        }
        if self.sessions.contains_key(&session) {
            self.order(MediaOrder::Close { session });
        } else {
            self.ports
                .give_back([call.sound.caller_ports, call.sound.agent_ports]);
        }
    }

    /// What the media threads tell.
    pub(super) fn hear(&mut self, now: Moment, notice: MediaNotice) {
        match notice {
            MediaNotice::Reserved { pairs } => self.ports.bound(pairs),
            MediaNotice::Exhausted => self.ports.exhausted(),
            MediaNotice::Flowing { session, side } => {
                if let Some(side) = journal_side(side) {
                    self.record_of(now, session, Fact::MediaFlowing { side });
                }
            }
            MediaNotice::Silent {
                session,
                side,
                for_ms,
            } => {
                if let Some(side) = journal_side(side) {
                    self.record_of(now, session, Fact::MediaSilent { side, for_ms });
                }
            }
            MediaNotice::Dead { session } => {
                if let Some(id) = self.sessions.get(&session).copied() {
                    self.end_by_kring(now, id, "media_lost");
                }
            }
            MediaNotice::Said { session, side } => {
                if let Some(id) = self.sessions.get(&session).copied() {
                    self.said(now, id, side);
                }
            }
            MediaNotice::Pressed { session, side, key } => {
                self.key_heard(now, session, side, key);
            }
            MediaNotice::Recorded { session, file, why } => self.recorded(now, session, file, why),
            MediaNotice::Quality {
                session,
                side,
                line,
            } => {
                if let Some(side) = journal_side(side) {
                    self.record_of(now, session, told::line_sound(side, &line));
                }
            }
            MediaNotice::Left {
                session,
                side,
                heard,
            } => {
                if let Some(side) = journal_side(side) {
                    self.record_of(now, session, told::summary(side, &heard));
                }
            }
            MediaNotice::Closed {
                session,
                caller,
                agent,
            } => {
                self.record_of(now, session, told::summary(MediaSide::Caller, &caller));
                self.record_of(now, session, told::summary(MediaSide::Agent, &agent));
                self.sessions.remove(&session);
            }
        }
    }

    fn record_of(&mut self, now: Moment, session: SessionId, fact: Fact) {
        if let Some(id) = self.sessions.get(&session).copied() {
            self.record(now, id, fact);
        }
    }

    pub(super) fn order(&mut self, order: MediaOrder) {
        self.outputs.push_back(Output::Media(order));
    }

    /// The agent whose call this is, while they talk or wait for the citizen to answer.
    pub(super) fn talking_agent(&self, id: CallId) -> Option<&kring_journal::AgentId> {
        match &self.calls.get(&id)?.state {
            State::Talking { agent, .. } | State::Reaching { agent, .. } => Some(agent),
            State::Transferring(transfer) => Some(&transfer.agent),
            _ => None,
        }
    }
}

/// Whether a caller's silence is worth a word: before an answer it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mouth {
    Open,
    Shut,
}

/// None: a supervisor, of whose sound the call's journal does not tell.
fn journal_side(side: Side) -> Option<MediaSide> {
    match side {
        Side::Caller => Some(MediaSide::Caller),
        Side::Agent => Some(MediaSide::Agent),
        Side::Third => Some(MediaSide::Third),
        Side::Monitor => None,
    }
}
