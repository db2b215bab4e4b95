//! The codings in which kring itself can speak. All three make 160 bytes of 20 ms and count 160 in their
//! timestamps, so one line of frames serves them alike.

use crate::{g711, g722, program::Playable};
use std::time::Duration;

/// Bytes, and units of the RTP clock, of one frame.
pub const FRAME: usize = 160;

/// The sound of one frame.
pub const FRAME_LENGTH: Duration = Duration::from_millis(20);

impl Playable {
    /// All of them.
    pub const ALL: [Playable; 3] = [Playable::Pcma, Playable::Pcmu, Playable::G722];

    /// Samples in a second, Hz.
    pub const fn sample_rate(self) -> u32 {
        match self {
            Playable::Pcma | Playable::Pcmu => 8_000,
            Playable::G722 => 16_000,
        }
    }

    /// The clock of the timestamps, Hz. G.722's is 8,000 by an old mistake that became the rule
    /// (RFC 3551 §4.5.2).
    pub const fn rtp_clock(self) -> u32 {
        8_000
    }

    /// Samples of one frame.
    pub const fn samples_per_frame(self) -> usize {
        self.sample_rate() as usize / 50
    }

    /// The bytes of samples at [`Playable::sample_rate`], from the state of silence. An odd last sample
    /// is dropped by G.722.
    pub fn encode(self, samples: &[i16]) -> Vec<u8> {
        match self {
            Playable::Pcma => samples.iter().map(|s| g711::alaw(*s)).collect(),
            Playable::Pcmu => samples.iter().map(|s| g711::ulaw(*s)).collect(),
            Playable::G722 => {
                let mut encoder = g722::Encoder::default();
                let pairs = samples.chunks_exact(2);
                pairs.map(|two| encoder.encode([two[0], two[1]])).collect()
            }
        }
    }

    /// The samples of bytes, from the state of silence.
    pub fn decode(self, bytes: &[u8]) -> Vec<i16> {
        match self {
            Playable::Pcma => bytes.iter().map(|b| g711::from_alaw(*b)).collect(),
            Playable::Pcmu => bytes.iter().map(|b| g711::from_ulaw(*b)).collect(),
            Playable::G722 => {
                let mut decoder = g722::Decoder::default();
                bytes.iter().flat_map(|b| decoder.decode(*b)).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_160_bytes_in_every_coding() {
        for coding in Playable::ALL {
            let frame = coding.encode(&vec![1_000; coding.samples_per_frame()]);
            assert_eq!(frame.len(), FRAME, "{coding:?}");
            assert_eq!(coding.decode(&frame).len(), coding.samples_per_frame());
            assert_eq!(coding.rtp_clock() / 50, FRAME as u32);
        }
    }
}
