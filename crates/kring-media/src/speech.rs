//! What one side speaks: what it takes, under which numbers, and what its own numbers mean.

use crate::{
    program::{Coding, Playable},
    sdp::Codec,
};
use std::sync::Arc;

/// A codec that kring can make another of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Recodable {
    /// G.711 A-law.
    Pcma,
    /// G.711 µ-law.
    Pcmu,
    /// G.722.
    G722,
    /// Opus (RFC 7587).
    Opus,
}

/// A codec of kring's, and its payload number at one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tongue {
    pub(crate) codec: Recodable,
    pub(crate) number: u8,
}

/// Where nothing is known of a side, the static payload numbers still mean what they mean (RFC 3551 §6).
const STATIC: [Tongue; 3] = [
    Tongue {
        codec: Recodable::Pcmu,
        number: 0,
    },
    Tongue {
        codec: Recodable::Pcma,
        number: 8,
    },
    Tongue {
        codec: Recodable::G722,
        number: 9,
    },
];

/// One side's.
#[derive(Clone, Debug, Default)]
pub(crate) struct Speech {
    pub(crate) takes: Arc<[Codec]>,
    pub(crate) told: Arc<[Codec]>,
}

impl Recodable {
    /// The codec that an SDP names so, if kring speaks it.
    pub(crate) fn of(codec: &Codec) -> Option<Recodable> {
        // RFC 7587 §4.1: always these two, whatever is sent.
        let is_opus = codec.name.eq_ignore_ascii_case("opus");
        if is_opus && codec.clock == 48_000 && codec.channels == 2 {
            return Some(Recodable::Opus);
        }
        Playable::of(codec).map(Recodable::from)
    }

    /// The clock of its timestamps, Hz.
    pub(crate) const fn clock(self) -> u32 {
        match self {
            Recodable::Pcma | Recodable::Pcmu | Recodable::G722 => 8_000,
            Recodable::Opus => 48_000,
        }
    }
}

impl From<Coding> for Tongue {
    fn from(coding: Coding) -> Tongue {
        Tongue {
            codec: coding.codec.into(),
            number: coding.payload_type,
        }
    }
}

impl From<Playable> for Recodable {
    fn from(playable: Playable) -> Recodable {
        match playable {
            Playable::Pcma => Recodable::Pcma,
            Playable::Pcmu => Recodable::Pcmu,
            Playable::G722 => Recodable::G722,
        }
    }
}

impl Speech {
    pub(crate) fn new(takes: &Arc<[Codec]>, told: &Arc<[Codec]>) -> Speech {
        Speech {
            takes: Arc::clone(takes),
            told: Arc::clone(told),
        }
    }

    /// Nothing was said of what it takes.
    pub(crate) fn is_unknown(&self) -> bool {
        self.takes.is_empty()
    }

    /// What this number means where this side sends it.
    pub(crate) fn sent_under(&self, number: u8) -> Option<&Codec> {
        let mut both = self.told.iter().chain(self.takes.iter());
        both.find(|codec| codec.payload_type == number)
    }

    /// The same, of kring's codecs.
    pub(crate) fn tongue_under(&self, number: u8) -> Option<Recodable> {
        match self.sent_under(number) {
            Some(codec) => Recodable::of(codec),
            None => (STATIC.iter().find(|tongue| tongue.number == number)).map(|t| t.codec),
        }
    }

    /// Under which number this side takes a codec, if it does: under this `number` rather than another.
    pub(crate) fn takes(&self, codec: &Codec, number: u8) -> Option<u8> {
        let same = |theirs: &&Codec| theirs.is_same_coding(codec);
        let numbers = self.takes.iter().filter(same).map(|c| c.payload_type);
        numbers.min_by_key(|theirs| *theirs != number)
    }

    /// The same of one of kring's codecs.
    pub(crate) fn number_of(&self, codec: Recodable, number: u8) -> Option<u8> {
        let same = |theirs: &&Codec| Recodable::of(theirs) == Some(codec);
        let numbers = self.takes.iter().filter(same).map(|c| c.payload_type);
        numbers.min_by_key(|theirs| *theirs != number)
    }

    /// The clock of what it takes under a number, Hz.
    pub(crate) fn clock_under(&self, number: u8) -> Option<u32> {
        let mut takes = self.takes.iter();
        takes.find(|c| c.payload_type == number).map(|c| c.clock)
    }

    /// The key events that it takes, those of this clock rather than others.
    pub(crate) fn keys(&self, clock: u32) -> Option<(u8, u32)> {
        let keys = self.takes.iter().filter(|codec| codec.is_telephone_event());
        keys.map(|keys| (keys.payload_type, keys.clock))
            .min_by_key(|keys| keys.1 != clock)
    }

    /// Of kring's codecs the one that it likes best.
    pub(crate) fn preferred(&self) -> Option<Tongue> {
        self.takes.iter().find_map(|codec| {
            Some(Tongue {
                codec: Recodable::of(codec)?,
                number: codec.payload_type,
            })
        })
    }

    /// The number under which it will probably send.
    pub(crate) fn first_number(&self) -> Option<u8> {
        let list = if self.told.is_empty() {
            &self.takes
        } else {
            &self.told
        };
        let mut speech = list.iter().filter(|codec| codec.is_speech());
        speech.next().map(|codec| codec.payload_type)
    }

    /// What it says can be mixed, and what is mixed can be said to it: what it likes best is a codec of
    /// kring's, as far as is known.
    pub(crate) fn is_mixable(&self) -> bool {
        let mut speech = self.takes.iter().filter(|codec| codec.is_speech());
        speech
            .next()
            .is_none_or(|best| Recodable::of(best).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codec(payload_type: u8, name: &str, clock: u32) -> Codec {
        Codec {
            payload_type,
            name: name.into(),
            clock,
            channels: if clock == 48_000 { 2 } else { 1 },
            fmtp: None,
        }
    }

    #[test]
    fn numbers_mean_what_the_side_was_told() {
        let takes = [codec(96, "opus", 48_000), codec(8, "PCMA", 8_000)];
        let told = [codec(111, "opus", 48_000), codec(96, "G722", 8_000)];
        let speech = Speech::new(&takes.into(), &told.into());
        assert_eq!(speech.tongue_under(111), Some(Recodable::Opus));
        assert_eq!(speech.tongue_under(96), Some(Recodable::G722));
        assert_eq!(speech.tongue_under(8), Some(Recodable::Pcma), "its own");
        assert_eq!(speech.tongue_under(0), Some(Recodable::Pcmu), "static");
        assert_eq!(speech.tongue_under(97), None);
        assert_eq!(speech.first_number(), Some(111));
        assert_eq!(speech.takes(&codec(7, "OPUS", 48_000), 7), Some(96));
        let best = speech.preferred().map(|tongue| tongue.codec);
        assert_eq!((best, speech.is_mixable()), (Some(Recodable::Opus), true));
    }

    #[test]
    fn who_likes_best_what_kring_does_not_speak_cannot_be_mixed() {
        let takes = [codec(18, "G729", 8_000), codec(8, "PCMA", 8_000)];
        let speech = Speech::new(&takes.into(), &Arc::default());
        assert!(!speech.is_mixable());
        assert!(Speech::default().is_mixable(), "nothing is known");
    }
}
