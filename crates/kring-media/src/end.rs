//! One side of a relay: where it is, what was heard of it, and the stream that it gets.

use crate::{
    coder::{Decoder, Encoder},
    dtmf,
    limits::PACKET_MAX,
    lock::Lock,
    notice::SideStats,
    order::Side,
    outgoing::Passage,
    presses::{KeyPacket, Presses},
    quality::{Quality, RtpSeen},
    reporting::Standing,
    reports::{Reports, Tongues},
    route::{Recoding, Route, Scale, Way},
    rtcp, rtp,
    sdp::Codec,
    speaking::Speaking,
    speech::{Recodable, Speech, Tongue},
    verdict::{PacketKind, Recode, Remote, Verdict, Why},
};
use kring_time::Moment;
use std::net::SocketAddr;

/// The first byte of a packet that kring makes (RFC 3550 §5.1).
const PLAIN: u8 = 0x80;

/// One side. A place that nobody has is one without an address.
#[derive(Clone, Debug, Default)]
pub(crate) struct End {
    pub(crate) remote: Option<Remote>,
    pub(crate) lock: Lock,
    pub(crate) ear: Ear,
    pub(crate) speech: Speech,
    /// How its packets go to the one that hears it alone.
    pub(crate) route: Route,
    /// How its sound went last.
    sound: Scale,
    /// What this payload number of its means, to be mixed.
    meaning: Option<(u8, Option<Recodable>)>,
    /// For what is made of its packets, and of others' for it.
    pub(crate) decoder: Decoder,
    pub(crate) encoder: Encoder,
    /// Keys of this side that wait for its sound.
    pub(crate) presses: Presses,
    /// What this side hears of kring, and the stream it gets.
    pub(crate) speaking: Speaking,
    pub(crate) quality: Quality,
    pub(crate) packets: u64,
    /// What is reported to it and by it.
    pub(crate) reports: Reports,
    pub(crate) standing: Standing,
    strangers: u64,
    garbage: u64,
}

/// How a side is listened for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Ear {
    /// It need not send.
    #[default]
    Closed,
    /// It should send, and was last heard, or first waited for, then.
    Open { since: Moment },
    /// The same, and its silence was told.
    Told { since: Moment },
}

/// What a packet turned out to be.
#[derive(Clone, Copy)]
pub(crate) enum Taken {
    /// From an address that this side has not signalled.
    Strange,
    Garbage,
    Report,
    /// It says goodbye (RFC 3550 §6.6). The stream may go on with another's sound: its end is signalling's
    /// word.
    Goodbye,
    Sound(RtpSeen),
}

impl End {
    /// A packet came: is it this side's, and is it what it should be?
    // Inlined here and below: one call is one packet of every call, and codegen units are cut by module.
    #[inline]
    pub(crate) fn take(
        &mut self,
        now: Moment,
        kind: PacketKind,
        from: SocketAddr,
        bytes: &[u8],
    ) -> Taken {
        if !self.expects(kind, from) {
            self.strangers += 1;
            return Taken::Strange;
        }
        let taken = match kind {
            _ if bytes.len() > PACKET_MAX => Taken::Garbage,
            PacketKind::Rtp => match rtp::look(bytes) {
                None => Taken::Garbage,
                Some(seen) => {
                    self.quality.note(now, seen);
                    self.packets += 1;
                    Taken::Sound(seen)
                }
            },
            PacketKind::Rtcp => match rtcp::look_for(bytes, self.reports.own_source()) {
                Err(_) => Taken::Garbage,
                Ok(seen) => {
                    self.reports.heard(now, &seen, &self.speech.takes);
                    if seen.goodbye {
                        Taken::Goodbye
                    } else {
                        Taken::Report
                    }
                }
            },
        };
        if let Taken::Garbage = taken {
            self.garbage += 1;
            return taken;
        }
        self.lock.settle(kind, from);
        if let Ear::Open { .. } | Ear::Told { .. } = self.ear {
            self.ear = Ear::Open { since: now };
        }
        taken
    }

    /// A packet from there would be this side's.
    #[inline]
    pub(crate) fn expects(&self, kind: PacketKind, from: SocketAddr) -> bool {
        let is_ours = |remote: &Remote| self.lock.admits(remote, kind, from);
        self.remote.as_ref().is_some_and(is_ours)
    }

    /// Nothing was heard of this side before the packet that was just taken.
    pub(crate) fn began_just_now(&self) -> bool {
        self.packets == 1
    }

    /// How a packet of `speaker` goes on to this side, which is `out`.
    #[inline]
    pub(crate) fn pass(
        &mut self,
        now: Moment,
        (out, to): (Side, SocketAddr),
        (speaker, route): (Side, Route),
        seen: RtpSeen,
        bytes: &[u8],
    ) -> Verdict {
        if route.way != Way::AsItIs {
            return self.pass_changed(now, (out, to), (speaker, route), seen, bytes);
        }
        let head = [bytes[0], bytes[1]];
        match self.speaking.pass(now, seen, (head, route.scale)) {
            Passage::Untouched => Verdict::Forward { out, to },
            Passage::Under(header) => Verdict::Renumber { out, to, header },
            Passage::TooLate => Verdict::Drop(Why::TooLate),
        }
    }

    #[inline(never)]
    fn pass_changed(
        &mut self,
        now: Moment,
        (out, to): (Side, SocketAddr),
        (speaker, route): (Side, Route),
        seen: RtpSeen,
        bytes: &[u8],
    ) -> Verdict {
        let mark = bytes[1] & rtp::MARKER;
        let passage = match route.way {
            Way::NotUnderstood => return Verdict::Drop(Why::NotUnderstood),
            Way::AsItIs => self
                .speaking
                .pass(now, seen, ([bytes[0], bytes[1]], route.scale)),
            Way::Under(number) => {
                let head = [bytes[0], mark | number];
                self.speaking.carry(now, seen, (head, route.scale))
            }
            // Neither padding nor extension is taken along.
            Way::Recoded(number, _) => {
                let head = [PLAIN, mark | number];
                self.speaking.carry(now, seen, (head, route.scale))
            }
        };
        match (passage, route.way) {
            (Passage::Under(header), Way::Recoded(_, recoding)) => {
                let by = Recode {
                    speaker,
                    listener: out,
                    header,
                    recoding,
                };
                Verdict::Recode { out, to, by }
            }
            (Passage::Under(header), _) => Verdict::Renumber { out, to, header },
            (Passage::Untouched, _) => Verdict::Forward { out, to },
            (Passage::TooLate, _) => Verdict::Drop(Why::TooLate),
        }
    }

    /// A key event that goes to this side in the place of sound, which goes by `scale`.
    pub(crate) fn replaced(
        &mut self,
        now: Moment,
        (out, to): (Side, SocketAddr),
        scale: Scale,
        mut by: KeyPacket,
    ) -> Verdict {
        let Some(seen) = rtp::look(&by) else {
            return Verdict::Drop(Why::Garbage);
        };
        let head = ([by[0], by[1]], scale);
        let passage = if scale.is_one() {
            self.speaking.pass(now, seen, head)
        } else {
            self.speaking.carry(now, seen, head)
        };
        match passage {
            Passage::Under(header) => by[..rtp::HEADER].copy_from_slice(&header),
            Passage::TooLate => return Verdict::Drop(Why::TooLate),
            Passage::Untouched => {}
        }
        if let Some(clock) = self.speech.clock_under(seen.payload_type) {
            dtmf::rescale(&mut by[rtp::HEADER..], (8_000, clock));
        }
        Verdict::Replace { out, to, by }
    }

    /// How a packet of this side under this number goes to `listener`, found and kept; what it needs is made.
    #[inline(never)]
    pub(crate) fn find_route(&mut self, number: u8, listener: &mut End) {
        let route = Route::find(number, &self.speech, &listener.speech, self.sound);
        let is_keys = matches!(route.way, Way::Recoded(_, Recoding::Keys { .. }))
            || (self.speech.sent_under(number)).is_some_and(Codec::is_telephone_event);
        if !is_keys {
            self.sound = route.scale;
        }
        if let Some((from, to)) = route.needs() {
            self.decoder.prepare(from);
            listener.encoder.prepare(to);
        }
        self.route = route;
    }

    /// What it says is on its way to somebody else from now on, or by other numbers.
    pub(crate) fn forget_route(&mut self) {
        (self.route, self.sound) = (Route::default(), Scale::PLAIN);
        self.meaning = None;
    }

    /// What a number of this side's means, if it can be mixed; `or`: where the side has not said it.
    pub(crate) fn meaning(&mut self, number: u8, or: Option<Tongue>) -> Option<Recodable> {
        if let Some((of, meaning)) = self.meaning
            && of == number
        {
            return meaning;
        }
        let meaning = match or.filter(|or| or.number == number) {
            Some(or) if self.speech.sent_under(number).is_none() => Some(or.codec),
            _ => self.speech.tongue_under(number),
        };
        self.meaning = Some((number, meaning));
        meaning
    }

    /// Where this side wants packets of a kind, if it does.
    #[inline]
    pub(crate) fn target(&self, kind: PacketKind) -> Option<SocketAddr> {
        let remote = self.remote.as_ref()?;
        // RTCP goes on during a hold (RFC 3264 §8.4).
        let wanted = remote.receives || kind == PacketKind::Rtcp;
        let to = self.lock.target(remote, kind)?;
        (wanted && !to.ip().is_unspecified() && to.port() != 0).then_some(to)
    }

    /// It says that it sends, from an address it can be known by.
    pub(crate) fn sends(&self) -> bool {
        let sends = |remote: Remote| remote.sends && !remote.rtp.ip().is_unspecified();
        self.remote.is_some_and(sends)
    }

    /// It says that it listens.
    pub(crate) fn receives(&self) -> bool {
        self.remote.is_some_and(|remote| remote.receives)
    }

    /// What the numbers on its line mean: it sends under those that it was told, if it was.
    pub(crate) fn tongues(&self) -> Tongues<'_> {
        let (takes, told) = (&self.speech.takes[..], &self.speech.told[..]);
        Tongues {
            sends: if told.is_empty() { takes } else { told },
            takes,
        }
    }

    pub(crate) fn stats(&self) -> SideStats {
        SideStats {
            packets: self.packets,
            lost: self.quality.lost(),
            jitter_us: self.quality.jitter_us(),
            strangers: self.strangers,
            garbage: self.garbage,
            bad: 0,
            sent: self.reports.sent_to_it(),
            mos: (self.reports).mos_of(&self.quality, self.packets, self.tongues().sends),
            round_trip_us: self.reports.round_trip_us(),
            told: self.reports.told(&self.speech.takes),
        }
    }
}

impl Ear {
    pub(crate) fn since(self) -> Option<Moment> {
        match self {
            Ear::Closed => None,
            Ear::Open { since } | Ear::Told { since } => Some(since),
        }
    }

    /// Waits from now on, if it did not already.
    pub(crate) fn open(&mut self, now: Moment) {
        if let Ear::Closed = self {
            *self = Ear::Open { since: now };
        }
    }
}
