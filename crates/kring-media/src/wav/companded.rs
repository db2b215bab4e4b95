//! WAV files that hold G.711, as telephone systems write them: the reader of the format knows PCM only.

use crate::g711;

/// What such a file says and holds.
#[derive(Debug)]
pub(super) struct Companded {
    pub(super) channels: u16,
    pub(super) rate: u32,
    pub(super) samples: Vec<i16>,
}

/// WAVE_FORMAT_ALAW.
const ALAW: u16 = 6;

/// WAVE_FORMAT_MULAW.
const ULAW: u16 = 7;

/// Chunks before the sound: more is no recording.
const CHUNKS_MAX: usize = 64;

/// The sound of the file, if it is G.711.
pub(super) fn read(bytes: &[u8]) -> Option<Companded> {
    let mut rest = bytes
        .strip_prefix(b"RIFF")?
        .get(4..)?
        .strip_prefix(b"WAVE")?;
    let mut format = None;
    for _ in 0..CHUNKS_MAX {
        let (head, after) = rest.split_first_chunk::<8>()?;
        let [.., a, b, c, d] = *head;
        let length = u32::from_le_bytes([a, b, c, d]) as usize;
        // A file that was cut ends in its sound.
        let body = &after[..length.min(after.len())];
        match (&head[..4], format) {
            (b"fmt ", _) => format = Some(format_of(body)?),
            (b"data", Some((expand, channels, rate))) => {
                let samples = body.iter().map(|byte| expand(*byte)).collect();
                return Some(Companded {
                    channels,
                    rate,
                    samples,
                });
            }
            _ => {}
        }
        // Chunks begin at even places.
        rest = after.get(length.next_multiple_of(2)..)?;
    }
    None
}

type Expand = fn(u8) -> i16;

fn format_of(body: &[u8]) -> Option<(Expand, u16, u32)> {
    let two = |at: usize| Some(u16::from_le_bytes(*body.get(at..)?.first_chunk()?));
    let expand: Expand = match (two(0)?, two(14)?) {
        (ALAW, 8) => g711::from_alaw,
        (ULAW, 8) => g711::from_ulaw,
        _ => return None,
    };
    let rate = u32::from_le_bytes(*body.get(4..)?.first_chunk()?);
    Some((expand, two(2)?, rate))
}
