//! The phones of the demo: agents' and officers'. Each sounds by the national cadence from the moment
//! it is invited, counts its own bursts, and talks in a tone of its own.

use super::{
    tally::Tally,
    ua::Part,
    voice::{Voice, description},
};
use kring_media::AudioDescription;
use kring_sip::{Endpoint, IncomingInvite, LegEvent, LegId};
use kring_time::Moment;
use std::time::Duration;

/// Sound and silence of one Thai ring.
const RING: Duration = Duration::from_secs(5);

/// A phone with one line.
pub(super) struct Phone {
    tally: Tally,
    voice_hz: f32,
    /// How long it lets it ring; `None`: until it is told to answer.
    picks_up_after: Option<Duration>,
    /// How long it talks before it hangs up; `None`: the other side does, or the page.
    talks_for: Option<Duration>,
    call: Option<Call>,
}

struct Call {
    leg: LegId,
    since: Moment,
    voice: Voice,
    offer: Option<AudioDescription>,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Ringing { picks_up: Option<Moment> },
    Talking { hangs_up: Option<Moment> },
    Leaving,
}

impl Phone {
    pub(super) fn new(
        tally: Tally,
        voice_hz: f32,
        picks_up_after: Option<Duration>,
        talks_for: Option<Duration>,
    ) -> Phone {
        Phone {
            tally,
            voice_hz,
            picks_up_after,
            talks_for,
            call: None,
        }
    }

    fn ring(&mut self, now: Moment, line: &mut Endpoint, leg: LegId, invite: &IncomingInvite) {
        let (None, Ok(voice)) = (&self.call, Voice::open_replying(self.voice_hz)) else {
            line.reject(now, leg, 486, Vec::new());
            return;
        };
        line.provisional(now, leg, 180, None);
        self.call = Some(Call {
            leg,
            since: now,
            voice,
            offer: invite
                .body
                .as_deref()
                .and_then(|sdp| kring_media::read(sdp).ok()),
            stage: Stage::Ringing {
                picks_up: self.picks_up_after.map(|after| now + after),
            },
        });
    }

    fn answer(&mut self, now: Moment, line: &mut Endpoint) {
        let hangs_up = self.talks_for.map(|length| now + length);
        let Some(call) = &mut self.call else {
            return;
        };
        let Some(sdp) = description(call.offer.as_ref(), call.voice.port()) else {
            line.reject(now, call.leg, 488, Vec::new());
            self.call = None;
            return;
        };
        line.accept(now, call.leg, Some(sdp.into()));
        if let Some(offer) = &call.offer {
            call.voice.speak_to(offer.rtp);
        }
        call.stage = Stage::Talking { hangs_up };
        if self.picks_up_after.is_none() {
            self.tally.newcomer_answers();
        }
        let bursts = bursts(call.since, now);
        self.tally
            .note(|seen| seen.bursts_most = seen.bursts_most.max(bursts));
    }
}

fn bursts(since: Moment, now: Moment) -> u32 {
    1 + (now.since(since).as_micros() / RING.as_micros()) as u32
}

impl Part for Phone {
    fn event(&mut self, now: Moment, line: &mut Endpoint, leg: LegId, event: LegEvent) {
        if let LegEvent::Incoming(invite) = event {
            self.ring(now, line, leg, &invite);
            return;
        }
        let Some(call) = self.call.as_ref().filter(|call| call.leg == leg) else {
            return;
        };
        match event {
            LegEvent::TalkWanted if matches!(call.stage, Stage::Ringing { .. }) => {
                self.answer(now, line);
            }
            LegEvent::CallerCancelled { .. } => {
                let bursts = bursts(call.since, now);
                self.tally
                    .note(|seen| seen.bursts_most = seen.bursts_most.max(bursts));
                self.call = None;
            }
            LegEvent::Bye { .. } | LegEvent::Gone { .. } => self.call = None,
            LegEvent::AckMissing => line.bye(now, leg, None),
            _ => {}
        }
    }

    fn due(&self) -> Option<Moment> {
        match self.call.as_ref()?.stage {
            Stage::Ringing { picks_up } => picks_up,
            Stage::Talking { hangs_up } => hangs_up,
            Stage::Leaving => None,
        }
    }

    fn act(&mut self, now: Moment, line: &mut Endpoint) {
        let Some(call) = &mut self.call else {
            return;
        };
        match call.stage {
            Stage::Ringing { .. } => self.answer(now, line),
            Stage::Talking { .. } => {
                line.bye(now, call.leg, None);
                call.stage = Stage::Leaving;
            }
            Stage::Leaving => {}
        }
    }
}
