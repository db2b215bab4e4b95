//! What a side hears of kring itself: phrases one after another, then a ground that goes on.
//!
//! Here sounds have names and no samples: who decides what is said need not know how it sounds.

use crate::{languages::Languages, sdp::Codec};
use std::sync::Arc;

/// A codec that kring can speak itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Playable {
    /// G.711 A-law.
    Pcma,
    /// G.711 µ-law.
    Pcmu,
    /// G.722, 16 kHz under a clock of 8,000 Hz (RFC 3551 §4.5.2).
    G722,
}

/// How a side is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Coding {
    /// The codec.
    pub codec: Playable,
    /// Its payload number at that side.
    pub payload_type: u8,
}

/// One thing that is said.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Phrase {
    /// A recording by its name in the library: one that kring brings along, or one that is configured.
    /// A name that the library has not is passed over.
    Clip(Arc<str>),
    /// The caller's place in the queue, from 1.
    Position(u32),
    /// How long the caller may have to wait, minutes, from 1.
    Wait(u32),
}

/// What goes on when everything is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ground {
    /// Nothing of kring's: the other side is heard, if there is one.
    Other,
    /// Music, from where it was when it was last heard in this session.
    Music,
    /// Nothing at all: not the other side either.
    Silence,
    /// Ringback by the national cadence, beginning with a burst.
    Ringback,
}

/// What a side hears of kring.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Program {
    /// Said once, in this order; at most [`crate::limits::PHRASES_MAX`].
    pub say: Vec<Phrase>,
    /// In which languages that is said: all of it in the first, then all of it in the second.
    pub languages: Languages,
    /// Heard after that.
    pub then: Ground,
    /// Which music that is, by its name in the library; none, or one that the library has not: the
    /// house's.
    pub music: Option<Arc<str>>,
}

impl Program {
    /// These phrases in Thai, and the house's music where there is any.
    pub fn new(say: Vec<Phrase>, then: Ground) -> Program {
        Program {
            say,
            languages: Languages::default(),
            then,
            music: None,
        }
    }
}

impl Playable {
    /// The codec that an SDP names so, if kring can speak it.
    pub fn of(codec: &Codec) -> Option<Playable> {
        let all = [Playable::Pcma, Playable::Pcmu, Playable::G722];
        let is_narrow = codec.clock == 8_000 && codec.channels == 1;
        let named = |one: &Playable| one.name().eq_ignore_ascii_case(&codec.name);
        all.into_iter().find(named).filter(|_| is_narrow)
    }

    /// Its encoding name in SDP.
    pub const fn name(self) -> &'static str {
        match self {
            Playable::Pcma => "PCMA",
            Playable::Pcmu => "PCMU",
            Playable::G722 => "G722",
        }
    }
}

impl Coding {
    /// How kring may speak to a side that has this codec.
    pub fn of(codec: &Codec) -> Option<Coding> {
        Playable::of(codec).map(|playable| Coding {
            codec: playable,
            payload_type: codec.payload_type,
        })
    }
}

impl Phrase {
    /// A recording by its name.
    pub fn clip(name: &str) -> Phrase {
        Phrase::Clip(name.into())
    }
}
