//! A piece of sound, ready in every coding: made once at the start, shared by all who hear it, and cut into
//! frames that cost nothing to play.

use crate::{coding::FRAME, program::Playable, resample::resample, tone::Ringback, wav::Samples};
use std::{f64::consts::TAU, sync::Arc, time::Duration};

/// Whole frames in each coding.
#[derive(Clone, Debug)]
pub struct Prompt {
    alaw: Arc<[u8]>,
    ulaw: Arc<[u8]>,
    g722: Arc<[u8]>,
}

impl Prompt {
    /// This sound, with silence up to a whole frame.
    pub fn new(sound: &Samples) -> Prompt {
        let narrow = padded(resample(&sound.samples, sound.rate, 8_000), Playable::Pcma);
        let wide = padded(resample(&sound.samples, sound.rate, 16_000), Playable::G722);
        Prompt {
            alaw: Playable::Pcma.encode(&narrow).into(),
            ulaw: Playable::Pcmu.encode(&narrow).into(),
            g722: Playable::G722.encode(&wide).into(),
        }
    }

    /// These one after another.
    pub fn joined(prompts: &[Prompt]) -> Prompt {
        let all = |coding: Playable| {
            let frames = prompts.iter().map(|prompt| &prompt.frames(coding)[..]);
            frames.collect::<Vec<_>>().concat().into()
        };
        Prompt {
            alaw: all(Playable::Pcma),
            ulaw: all(Playable::Pcmu),
            g722: all(Playable::G722),
        }
    }

    /// One period of ringback, to be repeated. `on` and `off` up to a minute each, in whole frames.
    pub fn ringback(hz: f32, on: Duration, off: Duration) -> Prompt {
        let minute = Duration::from_secs(60);
        let (on, off) = (on.min(minute), off.min(minute));
        let length = (on + off).as_millis() as usize * 8;
        Prompt::new(&Samples {
            rate: 8_000,
            samples: Ringback::new(hz, on, off).take(length.max(FRAME)).collect(),
        })
    }

    /// A sign for the ear that somebody is there now: 660 Hz and then 880 Hz, 140 ms each, rising and
    /// falling softly.
    pub fn beep() -> Prompt {
        const LENGTH: usize = 1_120;
        let tone = |hz: f64| {
            (0..LENGTH).map(move |n| {
                let edge = n.min(LENGTH - n).min(160) as f64 / 160.0;
                (6_000.0 * edge * (TAU * hz * n as f64 / 8_000.0).sin()) as i16
            })
        };
        Prompt::new(&Samples {
            rate: 8_000,
            samples: tone(660.0).chain(tone(880.0)).collect(),
        })
    }

    /// All frames of a coding, [`FRAME`] bytes each.
    pub fn frames(&self, coding: Playable) -> &Arc<[u8]> {
        match coding {
            Playable::Pcma => &self.alaw,
            Playable::Pcmu => &self.ulaw,
            Playable::G722 => &self.g722,
        }
    }

    /// How long it sounds, in whole frames.
    pub fn length(&self) -> Duration {
        crate::FRAME_LENGTH * (self.alaw.len() / FRAME) as u32
    }
}

fn padded(mut samples: Vec<i16>, coding: Playable) -> Vec<i16> {
    let whole = samples.len().next_multiple_of(coding.samples_per_frame());
    samples.resize(whole, 0);
    samples
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone;

    #[test]
    fn every_coding_has_the_same_length_and_the_same_sound() {
        let samples = tone::Sine::new(400.0, 8_000).take(1_700).collect();
        let prompt = Prompt::new(&Samples {
            rate: 8_000,
            samples,
        });
        assert_eq!(prompt.length(), Duration::from_millis(220));
        for coding in Playable::ALL {
            let frames = prompt.frames(coding);
            assert_eq!(frames.len(), 11 * FRAME, "{coding:?}");
            let heard = resample(&coding.decode(frames), coding.sample_rate(), 8_000);
            let level = tone::amplitude(&heard[200..1_400], 400.0);
            assert!((level - 8_000.0).abs() < 200.0, "{coding:?}: {level}");
        }
    }

    /// The level is E.180's nominal one, -10 dBm0: a full scale of +3.14 dBm0 is 32,256 in A-law.
    #[test]
    fn ringback_has_the_cadence_and_level_of_the_thai_network() {
        let (on, off) = (Duration::from_secs(1), Duration::from_secs(4));
        let prompt = Prompt::ringback(400.0, on, off);
        assert_eq!(prompt.length(), on + off);
        let heard = Playable::Pcma.decode(prompt.frames(Playable::Pcma));
        for (n, second) in heard.chunks(8_000).enumerate() {
            let expected = (n == 0).then_some(400.0);
            assert_eq!(tone::heard(second, &[400.0]), expected, "second {n}");
        }
        let peak = tone::amplitude(&heard[..8_000], 400.0);
        let below_full_scale = 20.0 * (peak / 32_256.0).log10();
        assert!((below_full_scale + 13.14).abs() < 0.2, "{below_full_scale}");
    }

    #[test]
    fn a_beep_is_two_short_tones() {
        let beep = Prompt::beep();
        assert_eq!(beep.length(), Duration::from_millis(280));
        let heard = Playable::Pcmu.decode(beep.frames(Playable::Pcmu));
        let (first, second) = heard.split_at(1_120);
        assert_eq!(tone::heard(first, &[660.0, 880.0]), Some(660.0));
        assert_eq!(tone::heard(second, &[660.0, 880.0]), Some(880.0));
        let loudest = heard.iter().map(|sample| sample.unsigned_abs()).max();
        assert!(loudest < Some(7_000), "{loudest:?}");
    }
}
