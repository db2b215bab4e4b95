//! One side of a relay: where it is, what was heard of it, and the stream that it gets.

use crate::{
    limits::PACKET_MAX,
    order::{Side, SideStats},
    outgoing::Passage,
    presses::{KeyPacket, Presses},
    quality::{Quality, RtpSeen},
    reporting::Standing,
    reports::{Reports, Tongues},
    rtcp, rtp,
    sdp::Codec,
    speaking::Speaking,
    verdict::{PacketKind, Remote, Verdict, Why},
};
use kring_time::Moment;
use std::{net::SocketAddr, sync::Arc};

/// One side. A place that nobody has is one without an address.
#[derive(Clone, Debug, Default)]
pub(crate) struct End {
    pub(crate) remote: Option<Remote>,
    pub(crate) ear: Ear,
    /// What it takes, and what it was told.
    pub(crate) speech: (Arc<[Codec]>, Arc<[Codec]>),
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
                    self.reports.heard(now, &seen, &self.speech.0);
                    if seen.goodbye {
                        Taken::Goodbye
                    } else {
                        Taken::Report
                    }
                }
            },
        };
        match (&taken, self.ear) {
            (Taken::Garbage, _) => self.garbage += 1,
            (_, Ear::Closed) => {}
            (_, Ear::Open { .. } | Ear::Told { .. }) => self.ear = Ear::Open { since: now },
        }
        taken
    }

    /// A packet from there would be this side's.
    #[inline]
    pub(crate) fn expects(&self, kind: PacketKind, from: SocketAddr) -> bool {
        let is_ours = |remote: &Remote| match kind {
            PacketKind::Rtp => is_from(&from, &remote.rtp),
            PacketKind::Rtcp => is_from(&from, &remote.rtcp),
        };
        self.remote.as_ref().is_some_and(is_ours)
    }

    /// Nothing was heard of this side before the packet that was just taken.
    pub(crate) fn began_just_now(&self) -> bool {
        self.packets == 1
    }

    /// How a packet of another side goes on to this one, which is `out`.
    #[inline]
    pub(crate) fn pass(
        &mut self,
        now: Moment,
        (out, to): (Side, SocketAddr),
        seen: RtpSeen,
        bytes: &[u8],
    ) -> Verdict {
        match self.speaking.pass(now, seen, bytes) {
            Passage::Untouched => Verdict::Forward { out, to },
            Passage::Under(header) => Verdict::Renumber { out, to, header },
            Passage::TooLate => Verdict::Drop(Why::TooLate),
        }
    }

    /// A key event that goes to this side in the place of sound.
    pub(crate) fn replaced(
        &mut self,
        now: Moment,
        (out, to): (Side, SocketAddr),
        mut by: KeyPacket,
    ) -> Verdict {
        let passage = rtp::look(&by).map(|seen| self.speaking.pass(now, seen, &by));
        match passage {
            Some(Passage::Under(header)) => by[..rtp::HEADER].copy_from_slice(&header),
            Some(Passage::TooLate) => return Verdict::Drop(Why::TooLate),
            Some(Passage::Untouched) | None => {}
        }
        Verdict::Replace { out, to, by }
    }

    /// Where this side wants packets of a kind, if it does.
    #[inline]
    pub(crate) fn target(&self, kind: PacketKind) -> Option<SocketAddr> {
        let remote = self.remote.as_ref()?;
        // RTCP goes on during a hold (RFC 3264 §8.4).
        let wanted = remote.receives || kind == PacketKind::Rtcp;
        let to = remote.address(kind);
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
        let (takes, told) = (&self.speech.0[..], &self.speech.1[..]);
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
            told: self.reports.told(&self.speech.0),
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

/// Address and port; an IPv6 scope or flow label is the kernel's word and not the sender's.
fn is_from(from: &SocketAddr, signalled: &SocketAddr) -> bool {
    from.port() == signalled.port() && from.ip() == signalled.ip()
}
