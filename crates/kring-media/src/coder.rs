//! Sound of one coding out of another, packet by packet: through telephone samples of 8 kHz, which the lower
//! band of G.722 is by itself and which opus makes and takes as well as any.
//!
//! Each side has one decoder, of what it says, and one encoder, of what it hears. What G.722 and opus must
//! remember is made when it is first needed, and kept.

use crate::{g711, g722, limits::MIX_PACKET_MAX, speech::Recodable};
use kring_opus::BYTES_MAX;

/// Samples of one packet.
pub(crate) type Samples = [i16; MIX_PACKET_MAX];

const _: () = assert!(MIX_PACKET_MAX == kring_opus::SAMPLES_MAX);

/// What opus cannot put into one frame goes in so many samples each: 10 ms.
const PIECE: usize = 80;

/// Payload in, samples out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decoder {
    g722: Option<Box<g722::Decoder>>,
    opus: Option<kring_opus::Decoder>,
}

/// Samples in, payload out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Encoder {
    g722: Option<Box<g722::Encoder>>,
    opus: Option<kring_opus::Encoder>,
}

impl Decoder {
    /// Makes what this codec needs.
    pub(crate) fn prepare(&mut self, codec: Recodable) {
        match codec {
            Recodable::Pcma | Recodable::Pcmu => {}
            Recodable::G722 => {
                self.g722.get_or_insert_default();
            }
            Recodable::Opus => {
                if self.opus.is_none() {
                    self.opus = kring_opus::Decoder::new();
                }
            }
        }
    }

    /// The samples of a packet: how many there are. `None`: it is none of this codec, or too long, or the codec
    /// was not prepared.
    pub(crate) fn decode(
        &mut self,
        codec: Recodable,
        payload: &[u8],
        samples: &mut Samples,
    ) -> Option<usize> {
        if codec == Recodable::Opus {
            return self.opus.as_mut()?.decode(payload, samples);
        }
        let samples = samples.get_mut(..payload.len())?;
        match codec {
            Recodable::Pcma => each(payload, samples, g711::from_alaw),
            Recodable::Pcmu => each(payload, samples, g711::from_ulaw),
            Recodable::G722 | Recodable::Opus => {
                let decoder = self.g722.as_mut()?;
                each(payload, samples, |byte| decoder.decode_narrow(byte));
            }
        }
        Some(payload.len())
    }
}

impl Encoder {
    /// Makes what this codec needs.
    pub(crate) fn prepare(&mut self, codec: Recodable) {
        match codec {
            Recodable::Pcma | Recodable::Pcmu => {}
            Recodable::G722 => {
                self.g722.get_or_insert_default();
            }
            Recodable::Opus => {
                if self.opus.is_none() {
                    self.opus = kring_opus::Encoder::new();
                }
            }
        }
    }

    /// The payload of these samples: how long it is, bytes. `None`: there is no room for it, or the codec was not
    /// prepared.
    pub(crate) fn encode(
        &mut self,
        codec: Recodable,
        samples: &[i16],
        payload: &mut [u8],
    ) -> Option<usize> {
        if codec == Recodable::Opus {
            return encode_opus(self.opus.as_mut()?, samples, payload);
        }
        let payload = payload.get_mut(..samples.len())?;
        match codec {
            Recodable::Pcma => each(samples, payload, g711::alaw),
            Recodable::Pcmu => each(samples, payload, g711::ulaw),
            Recodable::G722 | Recodable::Opus => {
                let encoder = self.g722.as_mut()?;
                each(samples, payload, |sample| encoder.encode_narrow(sample));
            }
        }
        Some(samples.len())
    }
}

fn each<A: Copy, B>(from: &[A], to: &mut [B], mut make: impl FnMut(A) -> B) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = make(*from);
    }
}

/// One packet, of one frame where opus has one of that length, else of many of 10 ms (RFC 6716 §3.2.5: code 3,
/// variable). What is left over of 10 ms is dropped.
fn encode_opus(
    encoder: &mut kring_opus::Encoder,
    samples: &[i16],
    payload: &mut [u8],
) -> Option<usize> {
    let mut frame = [0; BYTES_MAX];
    if let Some(length) = encoder.encode(samples, &mut frame) {
        payload.get_mut(..length)?.copy_from_slice(&frame[..length]);
        return Some(length);
    }
    let pieces = samples.chunks_exact(PIECE);
    let count = pieces.len();
    if count == 0 {
        return None;
    }
    let (mut sizes, mut sound, mut head) =
        ([0_u8; 2 * (MIX_PACKET_MAX / PIECE)], [0; BYTES_MAX], None);
    let (mut sizes_end, mut sound_end) = (0, 0);
    for (n, piece) in pieces.enumerate() {
        let length = encoder.encode(piece, &mut frame)?;
        // All frames of a packet are of one kind (RFC 6716 §3.1); here nothing ever changes it.
        if *head.get_or_insert(frame[0]) != frame[0] {
            return None;
        }
        let bytes = &frame[1..length];
        if n + 1 < count {
            sizes_end += write_size(bytes.len(), &mut sizes[sizes_end..]);
        }
        sound
            .get_mut(sound_end..sound_end + bytes.len())?
            .copy_from_slice(bytes);
        sound_end += bytes.len();
    }
    let length = 2 + sizes_end + sound_end;
    let payload = payload.get_mut(..length)?;
    payload[..2].copy_from_slice(&[head? | 3, 0x80 | count as u8]);
    payload[2..2 + sizes_end].copy_from_slice(&sizes[..sizes_end]);
    payload[2 + sizes_end..].copy_from_slice(&sound[..sound_end]);
    Some(length)
}

/// RFC 6716 §3.1: one byte, or two for 252 and more.
fn write_size(size: usize, out: &mut [u8]) -> usize {
    if size < 252 {
        out[0] = size as u8;
        return 1;
    }
    out[0] = 252 + (size & 3) as u8;
    out[1] = ((size - usize::from(out[0])) >> 2) as u8;
    2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone;

    /// Every codec out of every other, in packets of every usual length, keeps the tone.
    #[test]
    fn a_tone_outlives_every_recoding() {
        let all = [
            Recodable::Pcma,
            Recodable::Pcmu,
            Recodable::G722,
            Recodable::Opus,
        ];
        for from in all {
            for to in all {
                for length in [80, 160, 240, 320, 480] {
                    let level = level_after(from, to, length);
                    assert!(
                        (level - 7_000.0).abs() < 1_400.0,
                        "{from:?} {to:?} {length}: {level}"
                    );
                }
            }
        }
    }

    fn level_after(from: Recodable, to: Recodable, length: usize) -> f64 {
        let (mut says, mut listens) = (Encoder::default(), Decoder::default());
        let (mut between_in, mut between_out) = (Decoder::default(), Encoder::default());
        says.prepare(from);
        between_in.prepare(from);
        between_out.prepare(to);
        listens.prepare(to);
        let mut tone = tone::Sine::new(450.0, 7_000);
        let (mut samples, mut bytes, mut heard) = ([0; MIX_PACKET_MAX], [0; 1_500], Vec::new());
        while heard.len() < 8_000 {
            let said: Vec<i16> = tone.by_ref().take(length).collect();
            let sent = says.encode(from, &said, &mut bytes).unwrap();
            let got = between_in
                .decode(from, &bytes[..sent], &mut samples)
                .unwrap();
            let sent = between_out.encode(to, &samples[..got], &mut bytes).unwrap();
            let got = listens.decode(to, &bytes[..sent], &mut samples).unwrap();
            assert_eq!(got, length);
            heard.extend_from_slice(&samples[..got]);
        }
        tone::amplitude(&heard[3_200..8_000], 450.0)
    }

    #[test]
    fn what_was_not_prepared_or_is_too_long_is_no_sound() {
        let mut samples = [0; MIX_PACKET_MAX];
        let mut decoder = Decoder::default();
        assert_eq!(
            decoder.decode(Recodable::G722, &[1; 160], &mut samples),
            None
        );
        assert_eq!(
            decoder.decode(Recodable::Opus, &[1; 160], &mut samples),
            None
        );
        assert_eq!(
            decoder.decode(Recodable::Pcma, &[1; 961], &mut samples),
            None
        );
        let mut encoder = Encoder::default();
        assert_eq!(
            encoder.encode(Recodable::G722, &[1; 160], &mut [0; 160]),
            None
        );
        assert_eq!(
            encoder.encode(Recodable::Pcma, &[1; 160], &mut [0; 159]),
            None
        );
    }
}
