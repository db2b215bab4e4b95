//! The PBX of the demo: citizens call through it, one every few seconds, and officers of departments answer
//! at its extensions.

use super::{
    OFFICER_HZ,
    people::{CITIZENS, Citizen, OFFICERS},
    phone::Phone,
    tally::Tally,
    ua::Part,
    voice::{Voice, description},
};
use kring_sip::{
    Branch, Endpoint, HeaderName, IncomingInvite, Invitation, LegEvent, LegId, NameAddr, Peer,
    Reason, Uri,
};
use kring_time::Moment;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rustc_hash::FxHashMap;
use std::{net::SocketAddr, time::Duration};
use tokio::sync::watch;

/// The number that the demo's centre answers to.
pub(super) const DID: &str = "025077000";

/// The first call comes so long after the start.
const FIRST_CALL: Duration = Duration::from_millis(1_500);

/// Calls in progress at once: more than the demo's seats would only wait.
const CALLS_MAX: usize = 4;

/// An answer so late is kring's own: nobody rings at an agent any more.
const KEPT_AFTER: Duration = Duration::from_millis(14_600);

/// How long a citizen waits whom kring keeps.
const WAITS: Duration = Duration::from_secs(25);

/// How long a citizen talks whom the newcomer has answered: time to ask a unit, and to transfer.
const PATIENT: Duration = Duration::from_mins(3);

/// How long an officer lets it ring, and talks.
const OFFICER_LIFTS: Duration = Duration::from_secs(2);
const OFFICER_TALKS: Duration = Duration::from_secs(90);

/// All calls of the demo, as the PBX sees them.
pub(super) struct Pbx {
    own: SocketAddr,
    kring: Peer,
    tally: Tally,
    chance: ChaCha8Rng,
    /// When the next citizen calls.
    next: Moment,
    /// Whether more citizens shall call.
    dials: watch::Receiver<bool>,
    turn: usize,
    calls: FxHashMap<LegId, Call>,
    /// Officers by extension.
    officers: Vec<(&'static str, Phone)>,
}

struct Call {
    voice: Voice,
    dialled: Moment,
    stage: Stage,
}

enum Stage {
    /// It rings; the citizen's patience ends.
    Ringing { gives_up: Moment },
    /// kring keeps the citizen, who hears music or, later, an agent.
    Kept { hangs_up: Moment },
    /// The citizen talks, and may be the one who hangs up.
    Talking { hangs_up: Moment },
    /// CANCEL or BYE is out.
    Leaving,
}

impl Pbx {
    pub(super) fn new(
        own: SocketAddr,
        kring: Peer,
        tally: Tally,
        chance: ChaCha8Rng,
        now: Moment,
        dials: watch::Receiver<bool>,
    ) -> Pbx {
        let officer = || {
            let (lifts, talks) = (Some(OFFICER_LIFTS), Some(OFFICER_TALKS));
            Phone::new(tally.clone(), OFFICER_HZ, lifts, talks)
        };
        Pbx {
            officers: OFFICERS
                .iter()
                .map(|of| (of.extension, officer()))
                .collect(),
            own,
            kring,
            tally,
            chance,
            next: now + FIRST_CALL,
            dials,
            turn: 0,
            calls: FxHashMap::default(),
        }
    }

    fn dial(&mut self, now: Moment, line: &mut Endpoint) {
        self.next = now + Duration::from_millis(self.chance.random_range(4_000..8_000));
        if self.calls.len() >= CALLS_MAX || !*self.dials.borrow() {
            return;
        }
        let citizen = &CITIZENS[self.turn % CITIZENS.len()];
        self.turn += 1;
        let Some((invitation, voice)) = self.invitation(citizen) else {
            return;
        };
        let leg = line.invite(now, invitation);
        let gives_up = now + Duration::from_secs(citizen.patience_s);
        let stage = Stage::Ringing { gives_up };
        let call = Call {
            voice,
            dialled: now,
            stage,
        };
        self.calls.insert(leg, call);
        self.tally.note(|seen| seen.calls += 1);
    }

    fn invitation(&self, citizen: &Citizen) -> Option<(Invitation, Voice)> {
        let voice = Voice::open(citizen.voice_hz).ok()?;
        let host = self.own.ip().to_string();
        let at_kring = self.kring.address;
        let target = Uri::sip(Some(DID), &at_kring.ip().to_string(), Some(at_kring.port())).ok()?;
        let from = if citizen.number == "anonymous" {
            "sip:anonymous@anonymous.invalid".parse().ok()?
        } else {
            Uri::sip(Some(citizen.number), &host, Some(self.own.port())).ok()?
        };
        let diversion = format!("<sip:1203@{host}>;reason=unconditional");
        let extra = citizen
            .by_hotline
            .then(|| Some((HeaderName::from_token("Diversion")?, diversion)))
            .flatten();
        let invitation = Invitation {
            to: NameAddr::new(target.clone()),
            branches: vec![Branch::to(target, self.kring)],
            from: NameAddr::new(from),
            body: Some(description(None, voice.port())?.into()),
            extra: extra.into_iter().collect(),
            max_forwards: 70,
        };
        Some((invitation, voice))
    }

    /// kring calls an extension.
    fn called(
        &mut self,
        now: Moment,
        line: &mut Endpoint,
        leg: LegId,
        invite: Box<IncomingInvite>,
    ) {
        let wanted = invite.request_uri.user();
        let officer = self
            .officers
            .iter_mut()
            .find(|(extension, _)| wanted == Some(*extension));
        match officer {
            Some((_, phone)) => phone.event(now, line, leg, LegEvent::Incoming(invite)),
            None => line.reject(now, leg, 404, Vec::new()),
        }
    }

    /// Something happened to a leg that is no citizen's.
    fn at_extensions(&mut self, now: Moment, line: &mut Endpoint, leg: LegId, event: &LegEvent) {
        for (_, phone) in &mut self.officers {
            phone.event(now, line, leg, event.clone());
        }
    }

    /// Listens to what the voice heard before the leg is forgotten.
    fn over(&mut self, leg: LegId) {
        let Some(call) = self.calls.remove(&leg) else {
            return;
        };
        if matches!(call.stage, Stage::Talking { .. } | Stage::Leaving) && call.voice.spoke() {
            let heard = call.voice.heard_both_ways();
            self.tally.note(|seen| {
                seen.listened += 1;
                seen.heard_both_ways += u32::from(heard);
            });
        }
    }
}

impl Part for Pbx {
    fn event(&mut self, now: Moment, line: &mut Endpoint, leg: LegId, event: LegEvent) {
        if let LegEvent::Incoming(invite) = event {
            self.called(now, line, leg, invite);
            return;
        }
        if !self.calls.contains_key(&leg) {
            self.at_extensions(now, line, leg, &event);
            return;
        }
        match event {
            LegEvent::Accepted { body, .. } => {
                line.acknowledge(now, leg, None);
                let talk = if self.tally.newcomer_has_answered() {
                    PATIENT
                } else {
                    Duration::from_millis(self.chance.random_range(6_000..12_000))
                };
                let Some(call) = self.calls.get_mut(&leg) else {
                    return;
                };
                if now.since(call.dialled) >= KEPT_AFTER {
                    // Says nothing, so that music is not taken for an agent who was heard.
                    call.stage = Stage::Kept {
                        hangs_up: now + WAITS,
                    };
                    self.tally.note(|seen| seen.kept += 1);
                    return;
                }
                if let Some(Ok(theirs)) = body.as_deref().map(kring_media::read) {
                    call.voice.speak_to(theirs.rtp);
                }
                call.stage = Stage::Talking {
                    hangs_up: now + talk,
                };
                self.tally.note(|seen| seen.answered += 1);
            }
            LegEvent::Rejected { code, .. } => {
                let gave_up = code == 487;
                self.tally.note(|seen| {
                    seen.gave_up += u32::from(gave_up);
                    seen.refused += u32::from(!gave_up);
                });
                self.over(leg);
            }
            LegEvent::Bye { .. } | LegEvent::Gone { .. } => self.over(leg),
            // Ringback is the citizen's phone's own business.
            _ => {}
        }
    }

    fn due(&self) -> Option<Moment> {
        let calls = self.calls.values().filter_map(|call| match call.stage {
            Stage::Ringing { gives_up } => Some(gives_up),
            Stage::Talking { hangs_up } | Stage::Kept { hangs_up } => Some(hangs_up),
            Stage::Leaving => None,
        });
        let officers = self.officers.iter().filter_map(|(_, phone)| phone.due());
        calls.chain(officers).chain([self.next]).min()
    }

    fn act(&mut self, now: Moment, line: &mut Endpoint) {
        if self.next <= now {
            self.dial(now, line);
        }
        for (_, phone) in &mut self.officers {
            if phone.due().is_some_and(|due| due <= now) {
                phone.act(now, line);
            }
        }
        for (leg, call) in &mut self.calls {
            match call.stage {
                Stage::Ringing { gives_up } if gives_up <= now => {
                    line.cancel(now, *leg, Reason::sip(487, "Citizen hung up"));
                    call.stage = Stage::Leaving;
                }
                Stage::Talking { hangs_up } | Stage::Kept { hangs_up } if hangs_up <= now => {
                    line.bye(now, *leg, None);
                    call.stage = Stage::Leaving;
                }
                _ => {}
            }
        }
    }
}
