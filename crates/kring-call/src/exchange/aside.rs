//! The sound of a supervisor who hears a call: what their phone says of it, and an agent who is aside from the
//! caller, with whom the supervisor then is.

use super::Exchange;
use crate::{
    call::{Call, State},
    transfer::Stage,
};
use bytes::Bytes;
use kring_journal::CallId;
use kring_media::{AudioDescription, Ground, Joined, MediaOrder, Side, answer_to_change};
use kring_sip::LegId;
use kring_time::Moment;

impl Exchange {
    /// The supervisor's phone holds, resumes, moves, or asks for its session: nobody else is concerned.
    pub(super) fn monitor_sound_moves(&mut self, now: Moment, id: CallId, leg: LegId, sdp: &Bytes) {
        let address = self.config.media_address;
        let call = self.calls.get_mut(&id);
        let Some((session, monitor)) = call.and_then(|call| {
            let session = call.sound.session;
            Some((session, call.monitor.as_mut()?))
        }) else {
            return;
        };
        if sdp.is_empty() {
            let again = kring_media::write(monitor.said());
            self.endpoint.accept_offer(now, leg, Some(again.into()));
            return;
        }
        let own = monitor.own(address, session);
        let agreed = monitor.said().codecs.clone();
        let answer = kring_media::read(sdp).and_then(|offer| {
            let answer = answer_to_change(&offer, &agreed, offer.ptime, &own)?;
            Ok((offer, answer))
        });
        match answer {
            Ok((offer, answer)) => {
                let said = monitor.say(answer);
                self.endpoint.accept_offer(now, leg, Some(said.into()));
                self.order_monitor(id, &offer);
            }
            Err(_) => self.endpoint.reject_offer(now, leg, 488),
        }
    }

    pub(super) fn order_monitor(&mut self, id: CallId, theirs: &AudioDescription) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        if let Some(monitor) = &call.monitor {
            let (sound, said) = (call.sound.clone(), monitor.said().clone());
            self.order_remote_said(&sound, Side::Monitor, (Some(&said), theirs));
        }
    }

    /// An agent who is aside from the caller hears the supervisor who speaks, or what kring has for them.
    pub(super) fn set_agent_aside(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let Some(Aside { ground }) = aside(call) else {
            return;
        };
        let (session, monitor) = (call.sound.session, call.monitor.as_ref());
        let speaks = monitor.is_some_and(|monitor| monitor.speaks());
        if monitor.is_some_and(|monitor| monitor.hears_since().is_some()) {
            let joined = Joined::Without(Side::Caller);
            self.order(MediaOrder::Join { session, joined });
        }
        match ground {
            Some(_) if speaks => self.hush(id, Side::Agent),
            Some(ground) => self.speak_to(id, Side::Agent, Vec::new(), ground),
            None => {}
        }
    }

    /// Caller and agent of a hold that is over hear each other, whoever was with the agent meanwhile.
    pub(super) fn end_aside(&mut self, id: CallId) {
        let monitor = self.calls.get(&id).and_then(|call| call.monitor.as_ref());
        if monitor.is_some_and(|monitor| monitor.hears_since().is_some()) {
            self.leave_out(id, Side::Third);
        }
    }
}

/// The caller hears music, and nobody talks with them: what kring has for the agent meanwhile. Nothing, if the
/// agent has hung up, or dials at a phone that makes its own tone.
pub(super) struct Aside {
    ground: Option<Ground>,
}

/// Whether it is so now.
pub(super) fn aside(call: &Call) -> Option<Aside> {
    match &call.state {
        State::Talking { .. } => call.sound.on_hold.map(|_| Aside {
            ground: Some(Ground::Silence),
        }),
        State::Transferring(transfer) => match &transfer.stage {
            Stage::Waiting | Stage::Referred { .. } | Stage::Dialling { .. } => {
                let waits = transfer.agent_leg.is_some() && transfer.second.is_none();
                let ground = waits.then_some(Ground::Ringback);
                Some(Aside { ground })
            }
            Stage::Met { .. } | Stage::Joining { .. } | Stage::Settling { .. } => None,
        },
        _ => None,
    }
}
