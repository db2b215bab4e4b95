//! What the media threads tell the exchange. Nobody waits for it.

#[cfg(doc)]
use crate::order::MediaOrder;
use crate::{
    figures::LineSound,
    mos::Mos,
    order::{PortPair, SessionId, Side},
};

/// A closed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its sound, ms.
    pub length_ms: u64,
    /// Its size as it lies on the disk, sealed.
    pub bytes: u64,
    /// SHA-256 of these bytes.
    pub sha256: [u8; 32],
    /// Sound that was not written because the recorder was behind, ms.
    pub missing_ms: u64,
}

/// Why a recording has no end, or not even a beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRecorded {
    /// The disk is full.
    DiskFull,
    /// The disk refused otherwise.
    Disk,
    /// There is no key to seal it with.
    NoKey,
    /// So many are being recorded that there is no room for one more.
    TooMany,
}

/// What the media threads tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaNotice {
    /// These pairs are bound and free: newly made, or rested after a call.
    Reserved {
        /// The pairs.
        pairs: Vec<PortPair>,
    },
    /// The last [`MediaOrder::Reserve`] could not be met in full: the range is used up.
    Exhausted,
    /// The first RTP packet of a side was forwarded or could have been. Told once for each who comes in, under
    /// the place that he has then.
    Flowing {
        /// The session.
        session: SessionId,
        /// Whose packet it was.
        side: Side,
    },
    /// A side that said it sends, to somebody who is joined with it, has sent neither RTP nor RTCP for a while. Told once; again only
    /// after it has been heard in between.
    Silent {
        /// The session.
        session: SessionId,
        /// Who is silent.
        side: Side,
        /// For how long, ms.
        for_ms: u64,
    },
    /// Neither RTP nor RTCP from any of those who are joined for the configured time, while all of them
    /// should send.
    /// Told once.
    Dead {
        /// The session.
        session: SessionId,
    },
    /// All phrases of the last [`MediaOrder::Play`] have been said, or could not be.
    Said {
        /// The session.
        session: SessionId,
        /// Who heard them.
        side: Side,
    },
    /// A side that is being played to pressed a key and told it by RFC 4733. Told once a press.
    Pressed {
        /// The session.
        session: SessionId,
        /// Who pressed it.
        side: Side,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        key: char,
    },
    /// A recording is over: its file is closed. May come after [`MediaNotice::Closed`].
    Recorded {
        /// The session.
        session: SessionId,
        /// What is there of it; none: nothing.
        file: Option<Recorded>,
        /// Why it is not whole; none: it is.
        why: Option<NotRecorded>,
    },
    /// How a side's line sounds, told when its class is another one than before. Of a line that sounds good
    /// from the beginning nothing is told.
    Quality {
        /// The session.
        session: SessionId,
        /// Whose line.
        side: Side,
        /// Since the last look.
        line: LineSound,
    },
    /// Somebody has left a session that goes on: the third who was dismissed, or the agent whose place the third
    /// took.
    Left {
        /// The session.
        session: SessionId,
        /// Which place he had.
        side: Side,
        /// What was heard of him.
        heard: SideStats,
    },
    /// The relay has stopped.
    Closed {
        /// The session.
        session: SessionId,
        /// What was heard of the caller.
        caller: SideStats,
        /// What was heard of the agent, the one who had that place at the end.
        agent: SideStats,
    },
}

/// What the relay saw of one side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SideStats {
    /// RTP packets taken from it.
    pub packets: u64,
    /// RTP packets lost on the way to us, by sequence number (RFC 3550 A.3).
    pub lost: u64,
    /// Interarrival jitter at the end, µs (RFC 3550 A.8).
    pub jitter_us: u64,
    /// Packets to its ports from any other address than the signalled one, dropped.
    pub strangers: u64,
    /// Packets from its address that were no RTP or RTCP, dropped.
    pub garbage: u64,
    /// Packets from its address that failed their authentication or were played again, dropped (RFC 3711 §3.3).
    pub bad: u64,
    /// RTP packets sent to it.
    pub sent: u64,
    /// How its sound came here, over the whole time; none while nothing came.
    pub mos: Option<Mos>,
    /// There and back again, µs, as its last report let kring reckon (RFC 3550 §6.4.1).
    pub round_trip_us: Option<u64>,
    /// What it told by RTCP of the sound that it got; none when it never did.
    pub told: Option<Told>,
}

/// What a side tells of the sound that kring sends to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// RTP packets lost on the way to it.
    pub lost: u64,
    /// Interarrival jitter that it heard last, µs.
    pub jitter_us: u64,
    /// How it got the sound, over the whole time.
    pub mos: Mos,
}
