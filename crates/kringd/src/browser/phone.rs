//! One agent's phone: what it is doing by SIP, the leg of the browser that holds it, and the page that is told.
//!
//! The call belongs to the phone, not to the leg: a reload takes the phone over with a new leg, and the dialog does not
//! notice.

use super::{
    leg::Leg,
    limits::{OFFERS_MAX, OFFERS_WITHIN},
    line::Line,
};
use kring_journal::AgentId;
use kring_media::AudioDescription;
use kring_sip::{Endpoint, IncomingInvite, LegEvent, LegId};
use kring_time::Moment;
use kring_web::{LegState, PhoneCall, PhonePage, PhoneQuality, PhoneSaid, PhoneState};
use std::collections::VecDeque;

/// One agent's.
pub(super) struct Phone {
    pub(super) agent: AgentId,
    /// The page that has it, while its socket is there.
    pub(super) page: Option<PhonePage>,
    /// Since when there is no page.
    pub(super) alone_since: Moment,
    pub(super) leg: Option<Leg>,
    pub(super) call: Option<Call>,
    /// When offers came lately.
    offers: VecDeque<Moment>,
    /// What was counted when figures were told last.
    told: Counted,
}

/// A call at the phone.
pub(super) struct Call {
    pub(super) sip: LegId,
    stage: Stage,
}

impl Call {
    /// Its sound, once it was answered.
    pub(super) fn line(&mut self) -> Option<&mut Line> {
        match &mut self.stage {
            Stage::Talks(line) => Some(line),
            Stage::Rings(_) => None,
        }
    }
}

enum Stage {
    /// It rings; kring's offer, if it made one.
    Rings(Option<Box<AudioDescription>>),
    /// It was answered.
    Talks(Box<Line>),
}

#[derive(Clone, Copy, Default)]
struct Counted {
    up: (u64, u64),
    down: (u64, u64),
}

impl Phone {
    pub(super) fn new(now: Moment, agent: AgentId) -> Phone {
        Phone {
            agent,
            page: None,
            alone_since: now,
            leg: None,
            call: None,
            offers: VecDeque::new(),
            told: Counted::default(),
        }
    }

    /// Whether its agent may offer once more.
    pub(super) fn may_offer(&mut self, now: Moment) -> bool {
        while self
            .offers
            .front()
            .is_some_and(|at| now.since(*at) > OFFERS_WITHIN)
        {
            self.offers.pop_front();
        }
        if self.offers.len() >= OFFERS_MAX {
            return false;
        }
        self.offers.push_back(now);
        true
    }

    pub(super) fn say(&self, said: PhoneSaid) {
        if let Some(page) = &self.page {
            page.say(said);
        }
    }

    pub(super) fn say_state(&self, now: Moment, state: PhoneState) {
        if let Some(leg) = &self.leg {
            let ms = now.since(leg.began).as_millis() as u64;
            let leg = leg.name.clone();
            self.say(PhoneSaid::State { state, ms, leg });
        }
    }

    pub(super) fn say_call(&self) {
        let state = self.doing();
        self.say(PhoneSaid::Call { state });
    }

    pub(super) fn doing(&self) -> PhoneCall {
        match self.call.as_ref().map(|call| &call.stage) {
            None => PhoneCall::Idle,
            Some(Stage::Rings(_)) => PhoneCall::Ringing,
            Some(Stage::Talks(line)) if line.is_both_ways() => PhoneCall::Talking,
            Some(Stage::Talks(_)) => PhoneCall::Held,
        }
    }

    /// The sound of its call.
    pub(super) fn line(&mut self) -> Option<&mut Line> {
        self.call.as_mut()?.line()
    }

    /// Whether a page could ring and answer: kring is told 480 otherwise, at once.
    pub(super) fn is_reachable(&self, now: Moment) -> bool {
        let Some(leg) = &self.leg else {
            return false;
        };
        let left = self.page.is_none() && now.since(self.alone_since) > super::limits::PAGE_GONE;
        let silent = now.since(leg.heard) > super::limits::PAGE_GONE;
        leg.state != LegState::None && !(left && silent)
    }

    /// kring rings.
    pub(super) fn ring(
        &mut self,
        now: Moment,
        endpoint: &mut Endpoint,
        sip: LegId,
        invite: &IncomingInvite,
    ) {
        if !self.is_reachable(now) {
            endpoint.reject(now, sip, 480, Vec::new());
            return;
        }
        if self.call.is_some() {
            endpoint.reject(now, sip, 486, Vec::new());
            return;
        }
        let offer = match invite.body.as_deref().map(kring_media::read) {
            None => None,
            Some(Ok(offer)) => Some(Box::new(offer)),
            Some(Err(_)) => {
                endpoint.reject(now, sip, 488, Vec::new());
                return;
            }
        };
        endpoint.provisional(now, sip, 180, None);
        let stage = Stage::Rings(offer);
        self.call = Some(Call { sip, stage });
        self.say_call();
    }

    /// Answers the call that rings, on this line.
    pub(super) fn lift(&mut self, now: Moment, endpoint: &mut Endpoint, mut line: Line) {
        let Some(call) = &mut self.call else {
            return;
        };
        let Stage::Rings(offer) = &call.stage else {
            return;
        };
        let body = match offer {
            Some(offer) => line.answer(offer),
            None => line.offer(),
        };
        let Some(body) = body else {
            endpoint.reject(now, call.sip, 488, Vec::new());
            self.call = None;
            self.say_call();
            return;
        };
        endpoint.accept(now, call.sip, Some(body.into()));
        call.stage = Stage::Talks(Box::new(line));
        if let Some(leg) = &mut self.leg {
            leg.part();
            // A browser that was silent while nothing rang is not lost for that.
            leg.sounded = now;
        }
        self.told = self.counted();
        self.say_call();
    }

    /// What else happens to its call. Whether the call is over.
    pub(super) fn event(&mut self, now: Moment, endpoint: &mut Endpoint, event: LegEvent) -> bool {
        let Some(call) = &mut self.call else {
            return false;
        };
        match event {
            LegEvent::CallerCancelled { .. } | LegEvent::Bye { .. } | LegEvent::Gone { .. } => {
                self.call = None;
                self.say_call();
                return true;
            }
            LegEvent::AckMissing => endpoint.bye(now, call.sip, None),
            LegEvent::Confirmed { body: Some(body) } => {
                if let (Stage::Talks(line), Ok(answer)) =
                    (&mut call.stage, kring_media::read(&body))
                {
                    line.answered(&answer);
                }
            }
            LegEvent::Offer { body, .. } => self.change(now, endpoint, &body),
            // The keys of others, and what is no phone's business.
            _ => {}
        }
        false
    }

    /// kring offers within the call: another codec, another way.
    fn change(&mut self, now: Moment, endpoint: &mut Endpoint, body: &[u8]) {
        let Some(Call {
            sip,
            stage: Stage::Talks(line),
        }) = &mut self.call
        else {
            return;
        };
        if body.is_empty() {
            match line.offer() {
                Some(offer) => endpoint.accept_offer(now, *sip, Some(offer.into())),
                None => endpoint.reject_offer(now, *sip, 488),
            }
            return;
        }
        let answer = kring_media::read(body)
            .ok()
            .and_then(|offer| line.answer(&offer));
        match answer {
            Some(answer) => endpoint.accept_offer(now, *sip, Some(answer.into())),
            None => endpoint.reject_offer(now, *sip, 488),
        }
        self.say_call();
    }

    fn counted(&self) -> Counted {
        self.leg.as_ref().map_or_else(Counted::default, |leg| {
            let figures = &leg.figures;
            Counted {
                up: (figures.up_packets, figures.up.lost()),
                down: (figures.down_packets, figures.down_lost),
            }
        })
    }

    /// Another leg counts from nothing.
    pub(super) fn count_anew(&mut self) {
        self.told = Counted::default();
    }

    /// Tells the page how the sound was since it was told last.
    pub(super) fn say_quality(&mut self) {
        let counted = self.counted();
        let told = std::mem::replace(&mut self.told, counted);
        let Some(leg) = &self.leg else {
            return;
        };
        let figures = &leg.figures;
        let up = (
            counted.up.0.saturating_sub(told.up.0),
            counted.up.1.saturating_sub(told.up.1),
        );
        let lost = counted.down.1.saturating_sub(told.down.1);
        let sent = counted.down.0.saturating_sub(told.down.0);
        let down = (sent.saturating_sub(lost), lost);
        self.say(PhoneSaid::Quality {
            up: quality(up, figures.up.jitter_us() as f64 / 1e3),
            // Eight units of a timestamp are a millisecond.
            down: quality(down, f64::from(figures.down_jitter) / 8.0),
            rtt_ms: figures.rtt.map(|rtt| tenths(rtt.as_secs_f64() * 1e3)),
        });
    }
}

fn quality((packets, lost): (u64, u64), jitter_ms: f64) -> PhoneQuality {
    let share = lost as f64 * 100.0 / (packets + lost).max(1) as f64;
    PhoneQuality {
        packets,
        lost,
        loss_pct: tenths(share),
        jitter_ms: tenths(jitter_ms),
    }
}

fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
