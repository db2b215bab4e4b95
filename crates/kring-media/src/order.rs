//! The language between the exchange and the media threads.
//!
//! Orders go one way and notices come back; neither side waits for the other. A socket's address
//! is all that the exchange ever knows of sound.

#[cfg(doc)]
use crate::notice::MediaNotice;
use crate::{
    program::{Coding, Program},
    sdp::Codec,
    srtp::SrtpKeys,
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// The sound of one call: a caller, an agent, and at times a third and a supervisor. Made by the exchange, never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

/// One of the places in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Who made the call.
    Caller,
    /// Who answers it.
    Agent,
    /// Whoever is consulted, or to whom the caller is transferred.
    Third,
    /// A supervisor. Never joined: what it hears and who hears it is [`Monitoring`].
    Monitor,
}

impl Side {
    /// The two that every session has, the caller first.
    pub const BOTH: [Side; 2] = [Side::Caller, Side::Agent];

    /// Those who may be joined with each other.
    pub const PARTIES: [Side; 3] = [Side::Caller, Side::Agent, Side::Third];

    /// Everybody who may be in a session.
    pub const ALL: [Side; 4] = [Side::Caller, Side::Agent, Side::Third, Side::Monitor];

    /// The opposite one in a session of two; of a third and of a monitor, the caller.
    #[must_use]
    pub const fn other(self) -> Side {
        match self {
            Side::Caller => Side::Agent,
            Side::Agent | Side::Third | Side::Monitor => Side::Caller,
        }
    }
}

/// Who hears whom of the parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// All but this side hear each other; the side that is left out hears only what kring plays to it.
    /// `Without(Third)` is how every session begins.
    Without(Side),
    /// Everybody hears the two others: kring mixes. How each is spoken to, in the order of [`Side::PARTIES`].
    Conference([Coding; 3]),
}

/// What a monitor is to those who are joined. It hears all of them in every mode; who is left out neither
/// hears it nor is heard by it, and nobody hears himself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Monitoring {
    /// Nobody hears it.
    Listen,
    /// The agent hears it with the others, and nobody else does.
    Whisper,
    /// All hear it.
    Barge,
}

/// Two ports of ours that are bound: RTP on an even one, RTCP on the odd one above it
/// (RFC 3550 §11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortPair {
    /// The even port.
    pub rtp: u16,
}

impl PortPair {
    /// The odd port.
    pub const fn rtcp(self) -> u16 {
        self.rtp | 1
    }
}

/// What the exchange asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaOrder {
    /// Bind so many more pairs. Answered by [`MediaNotice::Reserved`], perhaps with fewer, and by
    /// [`MediaNotice::Exhausted`] when the range is used up.
    Reserve {
        /// How many.
        pairs: usize,
    },
    /// Relay between these two reserved pairs, as soon as the remote addresses are told.
    Open {
        /// The new session.
        session: SessionId,
        /// What the caller sends to.
        caller: PortPair,
        /// What the agent's phone sends to.
        agent: PortPair,
    },
    /// What a side signalled in its SDP. May come again: hold, resume, another address.
    Remote {
        /// The session.
        session: SessionId,
        /// Whose address it is.
        side: Side,
        /// Where it wants RTP, and the only source from which RTP of this side is taken.
        rtp: SocketAddr,
        /// The same for RTCP.
        rtcp: SocketAddr,
        /// It says that it sends sound: its silence is then worth a notice.
        sends: bool,
        /// It says that it wants sound. If not, none is sent to it.
        receives: bool,
        /// What it takes, under its own payload numbers, preferred first, key events among them. Empty: not
        /// known, and whatever comes for it passes as it is.
        codecs: Arc<[Codec]>,
        /// What it was told last: under these numbers it sends. Empty: under those of `codecs`.
        told: Arc<[Codec]>,
        /// A phone behind a translator of addresses: until it has been heard, its sound may come from any port of
        /// this address, and is then exchanged with that one and no other (RFC 4961). None: only as signalled.
        symmetric: Option<IpAddr>,
    },
    /// From now on this side's sound is sealed and opened by these keys, or plain with none. Comes before the
    /// [`MediaOrder::Remote`] of the same answer; the same keys again change nothing.
    Secure {
        /// The session.
        session: SessionId,
        /// Whose sound.
        side: Side,
        /// Boxed: most legs are plain.
        keys: Option<Box<SrtpKeys>>,
    },
    /// A key that this side pressed and told apart from its sound: whom it is joined with hears it as an event
    /// (RFC 4733) in place of the sound that passes meanwhile. In a conference it is lost.
    Press {
        /// The session.
        session: SessionId,
        /// Who pressed it.
        side: Side,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        key: char,
        /// For how long, ms.
        duration_ms: u32,
        /// The payload number of key events at the other side.
        payload_type: u8,
    },
    /// Speak to a side yourself, instead of whatever it heard of kring before. It hears nothing of the
    /// other side until all is said and nothing goes on ([`crate::Ground::Other`]) or
    /// [`MediaOrder::Hush`]. Its remote address must be known.
    Play {
        /// The session.
        session: SessionId,
        /// Who hears it.
        side: Side,
        /// How it is spoken to.
        coding: Coding,
        /// What it hears.
        program: Program,
    },
    /// Speak to a side no more: it hears the other side, if there is one.
    Hush {
        /// The session.
        session: SessionId,
        /// Who hears nothing more of kring.
        side: Side,
    },
    /// A third side comes in, with these reserved ports. It hears and is heard only from a
    /// [`MediaOrder::Join`] on.
    Admit {
        /// The session. One that has a third side already keeps it, and these ports rest.
        session: SessionId,
        /// What the third sends to.
        third: PortPair,
    },
    /// From now on these hear each other. What kring plays to a side still takes the place of what it
    /// would hear, until it ends or [`MediaOrder::Hush`].
    Join {
        /// The session.
        session: SessionId,
        /// Who hears whom.
        joined: Joined,
    },
    /// The third side leaves: its ports rest and come back by [`MediaNotice::Reserved`], and caller and
    /// agent hear each other.
    Dismiss {
        /// The session.
        session: SessionId,
    },
    /// The third side takes the agent's place, with its ports, its address and its stream; caller and new
    /// agent hear each other. The former agent's ports rest.
    Succeed {
        /// The session.
        session: SessionId,
    },
    /// A supervisor comes in, with these reserved ports. It hears and is heard only from a
    /// [`MediaOrder::Listen`] on.
    Attend {
        /// The session. One that has a monitor already keeps it, and these ports rest.
        session: SessionId,
        /// What the monitor sends to.
        monitor: PortPair,
    },
    /// From now on the monitor hears those who are joined, and is heard by them as this mode says; again for
    /// another mode. It stays over every [`MediaOrder::Join`], [`MediaOrder::Dismiss`] and
    /// [`MediaOrder::Succeed`].
    Listen {
        /// The session.
        session: SessionId,
        /// Who hears it.
        mode: Monitoring,
    },
    /// The monitor leaves: its ports rest and come back by [`MediaNotice::Reserved`].
    Depart {
        /// The session.
        session: SessionId,
    },
    /// Records what the caller says and hears, or no longer. Ended at the latest by [`MediaOrder::Close`].
    Record {
        /// The session.
        session: SessionId,
        /// What becomes of it.
        what: Recording,
    },
    /// Stop relaying. Answered by [`MediaNotice::Closed`]; the ports rest for late packets and then
    /// come back by [`MediaNotice::Reserved`].
    Close {
        /// The session.
        session: SessionId,
    },
}

impl MediaOrder {
    /// What kind of order it is, for logs.
    pub const fn name(&self) -> &'static str {
        match self {
            MediaOrder::Reserve { .. } => "reserve",
            MediaOrder::Open { .. } => "open",
            MediaOrder::Remote { .. } => "remote",
            MediaOrder::Secure { .. } => "secure",
            MediaOrder::Press { .. } => "press",
            MediaOrder::Play { .. } => "play",
            MediaOrder::Hush { .. } => "hush",
            MediaOrder::Admit { .. } => "admit",
            MediaOrder::Join { .. } => "join",
            MediaOrder::Dismiss { .. } => "dismiss",
            MediaOrder::Succeed { .. } => "succeed",
            MediaOrder::Attend { .. } => "attend",
            MediaOrder::Listen { .. } => "listen",
            MediaOrder::Depart { .. } => "depart",
            MediaOrder::Record { .. } => "record",
            MediaOrder::Close { .. } => "close",
        }
    }
}

/// What becomes of the recording of a caller's sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recording {
    /// It begins. Answered by [`MediaNotice::Recorded`] when it is over, however it ends.
    Begin {
        /// Under which name: letters, digits and hyphens. The shell knows the folder.
        name: Arc<str>,
    },
    /// What is said is nobody's to keep: silence is written instead.
    Pause,
    /// It goes on.
    Resume,
    /// It is over.
    End,
}
