//! G.711 both ways: a browser speaks A-law or µ-law as it likes, kring has agreed on one of them.

use kring_media::{Codec, g711};

/// What a packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A-law.
    Alaw,
    /// µ-law.
    Ulaw,
    /// A key (RFC 4733).
    Keys,
}

/// The codecs by the names that kring offers them under.
pub(super) const SPOKEN: [&str; 2] = ["PCMA", "PCMU"];

impl Heard {
    /// What this codec is, if a browser can be given it untouched.
    pub(super) fn of(codec: &Codec) -> Option<Heard> {
        let is = |name: &str| codec.name.eq_ignore_ascii_case(name);
        match codec.clock {
            8_000 if is("PCMA") => Some(Heard::Alaw),
            8_000 if is("PCMU") => Some(Heard::Ulaw),
            8_000 if codec.is_telephone_event() => Some(Heard::Keys),
            _ => None,
        }
    }
}

const ULAW_OF_ALAW: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = g711::ulaw(g711::from_alaw(byte as u8));
        byte += 1;
    }
    table
};

const ALAW_OF_ULAW: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = g711::alaw(g711::from_ulaw(byte as u8));
        byte += 1;
    }
    table
};

/// Appends the sound in the coding that is wanted.
pub(super) fn put(out: &mut Vec<u8>, sound: &[u8], is: Heard, wanted: Heard) {
    match (is, wanted) {
        (Heard::Alaw, Heard::Ulaw) => {
            out.extend(sound.iter().map(|byte| ULAW_OF_ALAW[usize::from(*byte)]));
        }
        (Heard::Ulaw, Heard::Alaw) => {
            out.extend(sound.iter().map(|byte| ALAW_OF_ULAW[usize::from(*byte)]));
        }
        _ => out.extend_from_slice(sound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The loudness of each step survives within a step of the coarser law.
    #[test]
    fn a_law_becomes_the_other_within_a_step() {
        for byte in 0..=255_u8 {
            let mut out = Vec::new();
            put(&mut out, &[byte], Heard::Alaw, Heard::Ulaw);
            let (was, is) = (
                i32::from(g711::from_alaw(byte)),
                i32::from(g711::from_ulaw(out[0])),
            );
            assert!((was - is).abs() <= was.abs() / 16 + 16, "{was} {is}");
            out.clear();
            put(&mut out, &[byte], Heard::Ulaw, Heard::Alaw);
            let (was, is) = (
                i32::from(g711::from_ulaw(byte)),
                i32::from(g711::from_alaw(out[0])),
            );
            assert!((was - is).abs() <= was.abs() / 16 + 16, "{was} {is}");
        }
    }
}
