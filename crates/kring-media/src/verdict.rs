//! What is asked of a relay, and what it answers: where a packet came, what becomes of it.

use crate::{
    dtmf, end::End, limits::MIX_PACKET_MAX, order::Side, outgoing::Header, presses::KeyPacket,
    route::Recoding, rtp,
};
use std::net::SocketAddr;

/// On which of a side's two ports a packet came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PacketKind {
    /// The even one.
    Rtp,
    /// The odd one.
    Rtcp,
}

/// What a side signalled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Where RTP goes and comes from.
    pub rtp: SocketAddr,
    /// Where RTCP goes and comes from.
    pub rtcp: SocketAddr,
    /// It says that it sends.
    pub sends: bool,
    /// It says that it listens.
    pub receives: bool,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Send it, as it is, from the port of `out` of the same kind.
    Forward {
        /// Whose port it leaves by.
        out: Side,
        /// Where to.
        to: SocketAddr,
    },
    /// Send it with these first bytes in the place of its own: kring or somebody else has spoken in this
    /// stream.
    Renumber {
        /// Whose port it leaves by.
        out: Side,
        /// Where to.
        to: SocketAddr,
        /// The new header.
        header: Header,
    },
    /// Send this one in its place: a key was pressed meanwhile.
    Replace {
        /// Whose port it leaves by.
        out: Side,
        /// Where to.
        to: SocketAddr,
        /// The key event.
        by: KeyPacket,
    },
    /// Send what [`crate::Relay::recode`] makes of it: its listener speaks another coding.
    Recode {
        /// Whose port it leaves by.
        out: Side,
        /// Where to.
        to: SocketAddr,
        /// What is to be made of it.
        by: Recode,
    },
    /// It goes no further.
    Drop(Why),
}

/// How a packet becomes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recode {
    pub(crate) speaker: Side,
    pub(crate) listener: Side,
    pub(crate) header: Header,
    pub(crate) recoding: Recoding,
}

/// Why a packet goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It came from an address that was not signalled.
    Stranger,
    /// It is no RTP, or no RTCP.
    Garbage,
    /// The other side does not listen now, or has not said where it is.
    NotWanted,
    /// kring speaks to the other side itself.
    SpokenTo,
    /// The side is joined with nobody.
    LeftOut,
    /// It is heard in a mix only.
    Mixed,
    /// It was a report on kring's own sound: kring has read it, and makes those of the others itself.
    Read,
    /// Its listener does not take this coding, and kring cannot make another of it.
    NotUnderstood,
    /// A goodbye (RFC 3550 §6.6): the stream may go on with another's sound, and calls end by signalling.
    Goodbye,
    /// It is older than what kring has said since.
    TooLate,
}

impl Recode {
    /// The packet that is made of this one: how long it is, bytes.
    pub(crate) fn write(
        self,
        (speaker, listener): (&mut End, &mut End),
        packet: &[u8],
        into: &mut [u8],
    ) -> Option<usize> {
        let payload = rtp::payload(packet)?;
        let (header, room) = into.split_at_mut_checked(rtp::HEADER)?;
        header.copy_from_slice(&self.header);
        let length = match self.recoding {
            Recoding::Sound { from, to } => {
                let mut samples = [0; MIX_PACKET_MAX];
                let length = speaker.decoder.decode(from, payload, &mut samples)?;
                listener.encoder.encode(to, &samples[..length], room)?
            }
            Recoding::Keys { from, to } => {
                let room = room.get_mut(..payload.len())?;
                room.copy_from_slice(payload);
                dtmf::rescale(room, (from, to));
                room.len()
            }
        };
        Some(rtp::HEADER + length)
    }
}

impl Verdict {
    /// Whether it was a packet of its side, whatever becomes of it.
    pub const fn is_of_side(&self) -> bool {
        !matches!(self, Verdict::Drop(Why::Stranger | Why::Garbage))
    }
}

impl Remote {
    pub(crate) fn address(&self, kind: PacketKind) -> SocketAddr {
        match kind {
            PacketKind::Rtp => self.rtp,
            PacketKind::Rtcp => self.rtcp,
        }
    }
}
