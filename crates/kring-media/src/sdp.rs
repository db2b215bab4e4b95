//! SDP as kring understands it: one audio line, and what must be said about the others.
//!
//! Nothing of `sdp-types` is seen outside `read` and `write` below.

mod crypto;
mod read;
mod write;

use crate::limits::{MEDIA_LINES_MAX, SDP_MAX};
use std::net::SocketAddr;

pub use crypto::Crypto;
pub use read::{read, read_answer, read_under};
pub use write::write;

/// One way of coding audio under its payload number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codec {
    /// 0 to 127.
    pub payload_type: u8,
    /// The encoding name as given: `PCMA`.
    pub name: String,
    /// The clock of the RTP timestamps, Hz.
    pub clock: u32,
    /// Channels, 1 if nothing was said.
    pub channels: u8,
    /// The value of `a=fmtp`, without the payload number.
    pub fmtp: Option<String>,
}

impl Codec {
    /// The same way of coding, whatever its number and parameters.
    pub fn is_same_coding(&self, other: &Codec) -> bool {
        self.name.eq_ignore_ascii_case(&other.name)
            && self.clock == other.clock
            && self.channels == other.channels
    }

    /// Key presses of RFC 4733, not speech.
    pub fn is_telephone_event(&self) -> bool {
        self.name.eq_ignore_ascii_case("telephone-event")
    }

    /// Something in which one can speak: neither key presses nor comfort noise.
    pub fn is_speech(&self) -> bool {
        !self.is_telephone_event() && !self.name.eq_ignore_ascii_case("CN")
    }
}

/// Which way sound goes, as seen by who says it (RFC 3264 §5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    #[default]
    SendRecv,
    /// I send and do not listen: hold.
    SendOnly,
    /// I listen only.
    RecvOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// From what is wanted.
    pub const fn of(sends: bool, receives: bool) -> Direction {
        match (sends, receives) {
            (true, true) => Direction::SendRecv,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::RecvOnly,
            (false, false) => Direction::Inactive,
        }
    }

    /// Whether who says so sends.
    pub const fn sends(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::SendOnly)
    }

    /// Whether who says so listens.
    pub const fn receives(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::RecvOnly)
    }

    /// The same as seen from the other end.
    #[must_use]
    pub const fn reversed(self) -> Direction {
        Direction::of(self.receives(), self.sends())
    }

    /// What both allow.
    #[must_use]
    pub const fn and(self, other: Direction) -> Direction {
        Direction::of(
            self.sends() && other.sends(),
            self.receives() && other.receives(),
        )
    }

    /// The attribute's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Direction::SendRecv => "sendrecv",
            Direction::SendOnly => "sendonly",
            Direction::RecvOnly => "recvonly",
            Direction::Inactive => "inactive",
        }
    }

    fn from_attribute(name: &str) -> Option<Direction> {
        let all = [
            Direction::SendRecv,
            Direction::SendOnly,
            Direction::RecvOnly,
            Direction::Inactive,
        ];
        all.into_iter().find(|direction| direction.as_str() == name)
    }
}

/// Who made the description and which one it is (`o=`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// `-` when there was none.
    pub username: String,
    /// Names the session with the rest of the line but the version.
    pub session_id: String,
    /// Grows by one with every change (RFC 3264 §8).
    pub version: u64,
}

/// An `m=` line that kring does not take. It is answered with port 0 in its place
/// (RFC 3264 §6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherMedia {
    /// `video`, `image`, `application`, a second `audio`.
    pub media: String,
    /// `RTP/AVP`, `udptl`, …
    pub proto: String,
    /// The formats, as given.
    pub formats: String,
}

/// The audio of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioDescription {
    /// Where it wants RTP. The address may be unspecified (`0.0.0.0`): held by RFC 2543's way.
    pub rtp: SocketAddr,
    /// Where it wants RTCP: the port above unless `a=rtcp` says otherwise (RFC 3605).
    pub rtcp: SocketAddr,
    /// By preference, telephone-event among them. At least one is speech.
    pub codecs: Vec<Codec>,
    /// The payload number of key presses, if it knows them.
    pub telephone_event: Option<u8>,
    /// Which way sound goes, seen from this side. A held address does not receive.
    pub direction: Direction,
    /// The milliseconds of sound wanted in one packet.
    pub ptime: Option<u8>,
    /// `RTP/AVP`, `RTP/AVPF`, or secured `RTP/SAVP`, `RTP/SAVPF`; an answer must say the same.
    pub proto: String,
    /// The ways in which its sound may be secured, preferred first, or the one that was chosen; none: it is plain.
    pub crypto: Vec<Crypto>,
    /// Whose description this is.
    pub origin: Origin,
    /// The other `m=` lines that stand before the audio.
    pub before: Vec<OtherMedia>,
    /// Those that stand after it.
    pub after: Vec<OtherMedia>,
}

/// Why an SDP is not taken. [`SdpRefused::NoCommonCodec`] and the other refusals of well-formed
/// sound are 488; the rest is 400 ([`SdpRefused::is_malformed`]).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SdpRefused {
    /// Too long to be read.
    #[error("the SDP is longer than {SDP_MAX} bytes")]
    TooLong,
    /// Not SDP.
    #[error("not SDP: {0}")]
    Malformed(String),
    /// More `m=` lines than anybody needs.
    #[error("the SDP has more than {MEDIA_LINES_MAX} m= lines")]
    TooManyMedia,
    /// No audio, or audio refused with port 0.
    #[error("the SDP has no m=audio line that is in use")]
    NoAudio,
    /// Audio is there, but none over plain RTP.
    #[error("the audio is offered over {0} only; kring takes RTP/AVP here")]
    NotPlainRtp(String),
    /// The audio is secured, but in no way that kring can.
    #[error("the audio is secured by no suite that kring has")]
    NoCommonCipher,
    /// The audio must be secured here and is not, or not as it was offered.
    #[error("the audio must be secured by SRTP here")]
    NotSecured,
    /// Nobody said where the audio is.
    #[error("neither the session nor m=audio has a c= line")]
    NoAddress,
    /// A name, a multicast address, or nonsense.
    #[error("{0:?} is no address that sound can be sent to")]
    BadAddress(String),
    /// The payload numbers name no codec in which both could speak.
    #[error("no codec in common")]
    NoCommonCodec,
}

impl SdpRefused {
    /// It could not be understood (400), as opposed to not be met (488).
    pub const fn is_malformed(&self) -> bool {
        matches!(
            self,
            SdpRefused::TooLong | SdpRefused::Malformed(_) | SdpRefused::NoAddress
        )
    }
}
