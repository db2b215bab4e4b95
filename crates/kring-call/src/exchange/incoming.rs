//! A call comes: the answer at the door, and the first step of its life.

use super::{
    Exchange, Output, Party, Role, choosing::Chosen, door::Door, queue::turn,
    shielding::unsecured_warning,
};
use crate::{
    beginning::Beginning,
    call::Call,
    command::CallerIdentity,
    identity::Caller,
    limits::{PRIORITY_USUAL, RETRY_AFTER_OVERLOAD_S},
    passed::passed,
    sound::Sound,
};
use kring_journal::{CallId, CallerRef, Fact, Refusal};
use kring_media::{AudioDescription, Coding, Language, OwnAudio, SdpRefused, Side};
use kring_sip::{HeaderName, IncomingInvite, LegId, NameAddr, Transport, Uri};
use kring_time::Moment;
use std::net::IpAddr;

impl Exchange {
    /// An INVITE outside any dialog.
    pub(super) fn incoming(&mut self, now: Moment, leg: LegId, invite: &IncomingInvite) {
        let (trunk, did, number) = match self.door(now, invite) {
            Door::Open { trunk, did, number } => (trunk, did, number),
            Door::Stranger => {
                // Remembered by nobody: whoever has no business here cannot fill our tables.
                self.endpoint.turn_away(now, leg, 403, Vec::new());
                return;
            }
            Door::Phone => {
                self.phone_dials(now, leg, invite);
                return;
            }
            Door::NoSuchNumber => {
                self.endpoint.turn_away(now, leg, 404, Vec::new());
                return;
            }
            Door::Loop => {
                self.turn_away(now, leg, 482, None);
                return;
            }
            Door::Closed { retry_after_s } => {
                self.turn_away(now, leg, 503, Some(retry_after_s));
                return;
            }
        };
        let sound = match self.prepare_sound(trunk, invite) {
            Ok(sound) => sound,
            Err(NoSound::Ports) => {
                self.count_bound("rtp_ports");
                self.turn_away(now, leg, 503, Some(RETRY_AFTER_OVERLOAD_S));
                return;
            }
            Err(NoSound::Sdp(SdpRefused::NotSecured)) => {
                let warning = unsecured_warning().into_iter().collect();
                self.endpoint.reject(now, leg, 488, warning);
                return;
            }
            Err(NoSound::Sdp(refused)) => {
                let code = if refused.is_malformed() { 400 } else { 488 };
                self.turn_away(now, leg, code, None);
                return;
            }
        };
        if let Some(login) = self.login_of_trunk(trunk) {
            self.endpoint.set_login(leg, login);
        }
        let trusted = self.config.trunks[trunk].trust_identity;
        let caller = Caller::of(&invite.headers, &invite.from, trusted);
        if self.takes_back(now, leg, trunk, (invite, &caller.identity)) {
            self.ports
                .give_back([sound.caller_ports, sound.agent_ports]);
            return;
        }
        let known = self.known_of(&caller.identity);
        let entrance = Entrance {
            trunk,
            chosen: self.choose_queue(&number, known),
            did,
            language: known.language,
        };
        self.accept_call(now, leg, invite, entrance, caller, sound);
    }

    fn turn_away(&mut self, now: Moment, leg: LegId, code: u16, retry_after_s: Option<u32>) {
        let extra = retry_after_s
            .map(|s| (HeaderName::RetryAfter, s.to_string()))
            .into_iter()
            .collect();
        // Remembered until the ACK: a repeated INVITE gets the same answer, even if the door has opened.
        self.endpoint.reject(now, leg, code, extra);
    }

    fn prepare_sound(&mut self, trunk: usize, invite: &IncomingInvite) -> Result<Sound, NoSound> {
        let shield = self.shield_of_trunk(trunk, invite.from_peer.transport);
        let shield = shield.map_err(NoSound::Sdp)?;
        let callers = match &invite.body {
            Some(sdp) => {
                let offer = kring_media::read_under(shield.as_deref(), sdp);
                Some(offer.map_err(NoSound::Sdp)?)
            }
            None => None,
        };
        let (caller_ports, agent_ports) = self.take_ports().ok_or(NoSound::Ports)?;
        let session = self.new_session();
        let own = OwnAudio {
            shield: None,
            address: self.config.media_address,
            port: agent_ports.rtp,
            session_id: session.0,
            version: 1,
        };
        let offered = kring_media::offer_to_agent(callers.as_ref(), &self.config.codecs, &own);
        match offered {
            Ok((_, to_phones)) => {
                let ports = (caller_ports, agent_ports);
                let mut sound = Sound::new(session, ports, callers, to_phones);
                sound.shielded_by(Side::Caller, shield);
                Ok(sound)
            }
            Err(refused) => {
                self.ports.give_back([caller_ports, agent_ports]);
                Err(NoSound::Sdp(refused))
            }
        }
    }

    fn accept_call(
        &mut self,
        now: Moment,
        leg: LegId,
        invite: &IncomingInvite,
        entrance: Entrance,
        caller: Caller,
        sound: Sound,
    ) {
        let Entrance {
            trunk,
            chosen: Chosen { queue, by },
            did,
            language,
        } = entrance;
        let priority = self.config.queues[queue].priority;
        let id = self.new_call_id(now);
        let Caller {
            identity,
            rang_before,
            history_index,
        } = caller;
        let caller = CallerRef::new(self.chance_u128() as u64);
        let trunk_name = self.config.trunks[trunk].name.clone();
        self.tell_leg(id, leg, Party::Caller(trunk_name.clone()));
        let (terms, early) = self.terms_of(leg, &sound);
        let offered = Fact::Offered {
            caller,
            queue: self.config.queues[queue].name.clone(),
            did: did.clone(),
            sip_call_id: invite.call_id.clone(),
            trunk: trunk_name,
            forwarded_by: identity.forwarded_by.clone(),
            rang_before,
            chosen_by: by,
            priority: (priority != PRIORITY_USUAL).then_some(priority),
            terms: (*terms).clone(),
            outbound: None,
        };
        let from = self.caller_for_phones(&identity);
        let known = identity.clone();
        self.outputs
            .push_back(Output::Introduce(id, caller, identity));
        self.record(now, id, offered);
        let beginning = Beginning {
            id,
            queue,
            trunk,
            caller,
            identity: known,
            did,
            dialled: invite.request_uri.clone(),
            from,
            turn: turn(now, priority),
            terms,
            plan: self.config.queues[queue].plan.clone(),
            sound,
        };
        let call = Call {
            caller_leg: Some(leg),
            caller_agent: invite.headers.get(&HeaderName::UserAgent).map(Into::into),
            history_index,
            max_forwards: invite.max_forwards.saturating_sub(1),
            passed: passed(&invite.headers, &self.config.pass_headers),
            language,
            ..Call::begin(now, beginning)
        };
        self.take_first_step(now, leg, call, early);
    }

    /// Phones ring, or the queue has nobody or is closed, and that is acted on at once.
    fn take_first_step(
        &mut self,
        now: Moment,
        leg: LegId,
        call: Call,
        early: Option<(AudioDescription, Coding)>,
    ) {
        let (id, queue, trunk) = (call.id, call.queue, call.trunk);
        self.legs.insert(leg, Role::Caller(id));
        self.calls.insert(id, Box::new(call));
        self.shares.began(trunk);
        if self.is_closed(queue) {
            self.act_closed(now, id, now);
        } else if self.roster.is_staffed(queue) {
            self.begin_ringing(now, id, leg, early);
        } else {
            self.act_at_deadline(now, id, Refusal::Unstaffed, now);
        }
    }

    /// t0: phones ring, and the caller hears the tone.
    fn begin_ringing(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        early: Option<(AudioDescription, Coding)>,
    ) {
        let tone = early.and_then(|answer| self.sound_ringback(id, answer));
        self.offer_more(now, id);
        match tone {
            Some(answer) => self.endpoint.early_media(now, leg, answer),
            None => self.endpoint.provisional(now, leg, 180, None),
        }
        self.tell_rings(now, id);
        self.reschedule(id);
    }

    /// The From of the INVITEs to phones: the citizen's number at our address, or nobody's.
    pub(super) fn caller_for_phones(&self, identity: &CallerIdentity) -> NameAddr {
        let own = self.config.endpoint.advertised.at(Transport::Udp);
        let host = match own.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let named = (!identity.anonymous)
            .then(|| Uri::sip(Some(&identity.user), &host, Some(own.port())).ok())
            .flatten();
        let uri = named.unwrap_or_else(|| self.anonymous.clone());
        let mut from = NameAddr::new(uri);
        from.display = identity.display.as_deref().map(Into::into);
        from
    }
}

/// How a call came in.
struct Entrance {
    trunk: usize,
    chosen: Chosen,
    did: String,
    /// The caller's, where it is known.
    language: Option<Language>,
}

enum NoSound {
    Ports,
    Sdp(SdpRefused),
}
