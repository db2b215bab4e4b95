//! A browser's leg: DTLS-SRTP by str0m, ICE-lite, G.711. Sans-IO but for the door by which it sends.
//!
//! kring never looks for the browser: who it is and where is learned from the checks that it sends (RFC 8445 §2.5), so
//! what the offer says of candidates is left aside.

use super::{
    coding::Heard,
    door::Doors,
    joint::{Joint, Placed},
    limits,
};
use crate::clock::Clock;
use kring_media::quality::{Quality, RtpSeen};
use kring_time::Moment;
use kring_web::{LegState, PhoneRefused};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use str0m::{
    Candidate, Event, IceConnectionState, Input, Output, Rtc,
    change::SdpOffer,
    config::DtlsCert,
    format::{Codec, FormatParams},
    media::{Direction, Frequency, Mid, Pt},
    net::{Protocol, Receive},
    rtp::{RtpPacket, RtpWrite},
};

/// The number of key presses where the browser names none.
const KEYS: u8 = 126;

/// A browser's leg.
pub(super) struct Leg {
    rtc: Rtc,
    /// For `phone.keep`; nobody can guess it.
    pub(super) name: String,
    /// Which leg a newcomer's datagram asks for.
    pub(super) ufrag: String,
    pub(super) began: Moment,
    pub(super) state: LegState,
    /// Where it has been heard from.
    pub(super) addresses: Vec<SocketAddr>,
    mid: Mid,
    numbers: Numbers,
    /// When it wants to be woken.
    pub(super) due: Instant,
    /// When anything came of it, and when sound.
    pub(super) heard: Moment,
    pub(super) sounded: Moment,
    /// Its way to the browser: one stream over all calls.
    out: Joint,
    pub(super) figures: Figures,
}

/// Under which numbers the browser speaks and listens.
#[derive(Clone, Copy, Debug, Default)]
struct Numbers {
    alaw: Option<u8>,
    ulaw: Option<u8>,
    keys: Option<u8>,
}

/// How the sound was.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// From the browser.
    pub(super) up: Quality,
    pub(super) up_packets: u64,
    /// To the browser: what was sent, and what it says that it lost, with its jitter, timestamp units.
    pub(super) down_packets: u64,
    pub(super) down_lost: u64,
    pub(super) down_jitter: u32,
    pub(super) rtt: Option<Duration>,
}

/// What came of a leg.
pub(super) enum FromLeg {
    /// Sound or a key.
    Packet(Box<RtpPacket>, Heard),
    /// Sound can pass.
    Connected,
    /// The browser has ended it.
    Closed,
}

impl Leg {
    /// Answers an offer. The leg is there as soon as the browser has the answer.
    pub(super) fn answer(
        now: Moment,
        clock: &Clock,
        offer: &str,
        doors: &Doors,
        certificate: &DtlsCert,
    ) -> Result<(Leg, String), PhoneRefused> {
        let bad = |why: &dyn std::fmt::Display| {
            tracing::info!(%why, "a browser's offer is not taken");
            PhoneRefused::BadOffer
        };
        let instant = clock.instant(now);
        let mut rtc = configured(certificate).build(instant);
        for door in doors.all() {
            let host = Candidate::host(door.told, Protocol::Udp);
            let host = host.map_err(|refused| bad(&refused))?;
            rtc.add_local_candidate(host);
        }
        let stripped = without_candidates(offer);
        let parsed = SdpOffer::from_sdp_string(&stripped).map_err(|refused| bad(&refused))?;
        let answer = rtc.sdp_api().accept_offer(parsed);
        let answer = answer.map_err(|refused| bad(&refused))?;
        let ufrag = rtc.direct_api().local_ice_credentials().ufrag;
        let name = format!("{:032x}", rand::random::<u128>());
        let mut leg = Leg {
            rtc,
            name,
            ufrag,
            began: now,
            state: LegState::Connecting,
            addresses: Vec::new(),
            mid: Mid::from("0"),
            numbers: Numbers::default(),
            due: instant,
            heard: now,
            sounded: now,
            out: Joint::default(),
            figures: Figures::default(),
        };
        leg.rtc
            .handle_input(Input::Timeout(instant))
            .map_err(|refused| bad(&refused))?;
        leg.first_word(doors).map_err(|refused| bad(&refused))?;
        let mid = sound_of(&stripped)
            .filter(|mid| {
                let media = leg.rtc.media(*mid);
                media.is_some_and(|media| media.direction() == Direction::SendRecv)
            })
            .ok_or_else(|| bad(&"no sound both ways"))?;
        leg.mid = mid;
        leg.numbers = leg.agreed();
        if leg.numbers.alaw.is_none() && leg.numbers.ulaw.is_none() {
            return Err(bad(&"no G.711"));
        }
        Ok((leg, answer.to_sdp_string()))
    }

    /// What it says before anything has come.
    fn first_word(&mut self, doors: &Doors) -> Result<(), str0m::RtcError> {
        loop {
            match self.rtc.poll_output()? {
                Output::Event(_) => {}
                Output::Transmit(sent) => {
                    doors.send(sent.source, sent.destination, &sent.contents);
                }
                Output::Timeout(due) => {
                    self.due = due;
                    return Ok(());
                }
            }
        }
    }

    fn agreed(&self) -> Numbers {
        let remote: Vec<Pt> = match self.rtc.media(self.mid) {
            Some(media) => media.remote_pts().to_vec(),
            None => Vec::new(),
        };
        let mut numbers = Numbers::default();
        for params in self.rtc.codec_config().params() {
            let number = Some(*params.pt()).filter(|_| remote.contains(&params.pt()));
            match params.spec().codec {
                Codec::PCMA => numbers.alaw = number,
                Codec::PCMU => numbers.ulaw = number,
                Codec::Tele => numbers.keys = number,
                _ => {}
            }
        }
        numbers
    }

    /// Whether this datagram, which nobody else claims, is for it. A request must name it; its proof is looked at when it
    /// is taken in.
    pub(super) fn accepts(
        &self,
        instant: Instant,
        at: (SocketAddr, SocketAddr),
        bytes: &[u8],
    ) -> bool {
        receive(at, bytes)
            .is_some_and(|receive| self.rtc.accepts(&Input::Receive(instant, receive)))
    }

    /// A datagram came. False: the leg has broken.
    pub(super) fn take(
        &mut self,
        (now, instant): (Moment, Instant),
        at: (SocketAddr, SocketAddr),
        bytes: &[u8],
    ) -> bool {
        let Some(receive) = receive(at, bytes) else {
            return true;
        };
        self.heard = now;
        self.rtc
            .handle_input(Input::Receive(instant, receive))
            .is_ok()
    }

    /// It is due.
    pub(super) fn wake(&mut self, instant: Instant) -> bool {
        self.rtc.handle_input(Input::Timeout(instant)).is_ok()
    }

    /// A packet of kring's for the browser. Drain afterwards.
    pub(super) fn speak(
        &mut self,
        (now, instant): (Moment, Instant),
        (heard, seen): (Heard, RtpSeen),
        marked: bool,
        payload: &[u8],
    ) {
        let number = match heard {
            Heard::Alaw => self.numbers.alaw,
            Heard::Ulaw => self.numbers.ulaw,
            Heard::Keys => self.numbers.keys,
        };
        let (Some(number), LegState::Connected | LegState::Lost) = (number, self.state) else {
            return;
        };
        let Some(Placed {
            sequence,
            timestamp,
            begins,
        }) = self.out.place(now, seen)
        else {
            return;
        };
        let packet = RtpWrite::new(number.into(), sequence.into(), timestamp, instant, payload)
            .marker(marked || begins);
        if let Some(stream) = self.rtc.direct_api().stream_tx_by_mid(self.mid, None) {
            stream.write_rtp(packet);
            self.figures.down_packets += 1;
        }
    }

    /// What follows is another call's: its numbers have nothing to do with those before.
    pub(super) fn part(&mut self) {
        self.out.part();
    }

    /// Says everything that it has to say. False: it has broken.
    pub(super) fn drain(
        &mut self,
        (now, instant): (Moment, Instant),
        doors: &Doors,
        came: &mut Vec<FromLeg>,
    ) -> bool {
        // What is due at once is done at once; a leg that is never satisfied waits for its next turn.
        for _ in 0..limits::BURST_MAX {
            loop {
                match self.rtc.poll_output() {
                    Ok(Output::Timeout(due)) => {
                        self.due = due;
                        break;
                    }
                    Ok(Output::Transmit(sent)) => {
                        doors.send(sent.source, sent.destination, &sent.contents);
                    }
                    Ok(Output::Event(event)) => came.extend(self.event(now, event)),
                    Err(refused) => {
                        tracing::info!(%refused, "a browser's leg has broken");
                        return false;
                    }
                }
            }
            if self.due > instant || !self.rtc.is_alive() {
                break;
            }
            if !self.wake(instant) {
                return false;
            }
        }
        self.rtc.is_alive()
    }

    fn event(&mut self, now: Moment, event: Event) -> Option<FromLeg> {
        match event {
            Event::Connected => Some(FromLeg::Connected),
            Event::Closed => Some(FromLeg::Closed),
            Event::RtpPacket(packet) => {
                let number = *packet.header.payload_type;
                let heard = self.numbers.heard(number)?;
                self.sounded = now;
                self.figures.up_packets += 1;
                self.figures.up.note(
                    now,
                    RtpSeen {
                        payload_type: number,
                        sequence: packet.header.sequence_number,
                        timestamp: packet.header.timestamp,
                        ssrc: *packet.header.ssrc,
                    },
                );
                Some(FromLeg::Packet(Box::new(packet), heard))
            }
            Event::PeerStats(stats) => {
                if let Some(rtt) = stats.rtt {
                    self.figures.rtt = Some(rtt);
                }
                None
            }
            Event::MediaEgressStats(stats) => {
                if let Some(remote) = stats.remote {
                    self.figures.down_lost = remote.packets_lost;
                    self.figures.down_jitter = remote.jitter;
                }
                if stats.rtt.is_some() {
                    self.figures.rtt = stats.rtt;
                }
                None
            }
            // It comes and goes by itself; silence is what counts.
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => {
                tracing::debug!("a browser's leg is not checked at present");
                None
            }
            _ => None,
        }
    }

    /// Ends it, and says so to the browser.
    pub(super) fn close(mut self, at: (Moment, Instant), doors: &Doors) {
        if self.rtc.close().is_ok() {
            self.drain(at, doors, &mut Vec::new());
        }
    }
}

impl Numbers {
    fn heard(self, number: u8) -> Option<Heard> {
        let number = Some(number);
        match () {
            () if number == self.alaw => Some(Heard::Alaw),
            () if number == self.ulaw => Some(Heard::Ulaw),
            () if number == self.keys => Some(Heard::Keys),
            () => None,
        }
    }
}

fn configured(certificate: &DtlsCert) -> str0m::RtcConfig {
    let mut config = Rtc::builder()
        .set_ice_lite(true)
        .set_rtp_mode(true)
        .set_dtls_cert(certificate.clone())
        .set_stats_interval(Some(Duration::from_secs(1)))
        .clear_codecs()
        .enable_pcma(true, false)
        .enable_pcmu(true, false);
    config.codec_config().add_config(
        KEYS.into(),
        None,
        Codec::Tele,
        Frequency::EIGHT_KHZ,
        None,
        FormatParams::parse_line("0-15"),
    );
    config
}

/// The name of an offer's first line of sound.
fn sound_of(offer: &str) -> Option<Mid> {
    let (_, sound) = offer.split_once("m=audio ")?;
    let own = sound.split("\nm=").next()?;
    let named = own.lines().find_map(|line| line.strip_prefix("a=mid:"))?;
    Some(Mid::from(named.trim_end()))
}

fn receive((from, at): (SocketAddr, SocketAddr), bytes: &[u8]) -> Option<Receive<'_>> {
    Receive::new(Protocol::Udp, from, at, bytes).ok()
}

/// The browser's own addresses, mDNS names and TCP among them, are of no use to who never asks.
fn without_candidates(offer: &str) -> String {
    let lines = offer.split_inclusive('\n');
    let kept = lines.filter(|line| !line.starts_with("a=candidate:"));
    kept.collect()
}
