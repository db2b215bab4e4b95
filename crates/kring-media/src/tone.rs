//! Tones at 8 kHz: made for ringback and for phones that must be told apart, and found again.

use std::{f64::consts::TAU, time::Duration};

/// Samples in a second.
pub const RATE: u32 = 8_000;

/// The peak of network tones: -10 dBm0, the nominal level of ITU-T E.180 §2, where the largest sine of
/// G.711's A-law (32,256) is +3.14 dBm0.
const TONE_PEAK: i16 = 7_100;

/// A steady tone.
#[derive(Clone, Debug)]
pub struct Sine {
    amplitude: f64,
    /// In turns, so that it never loses precision.
    phase: f64,
    step: f64,
}

impl Sine {
    /// `hz` below 4,000; `amplitude` is the peak.
    pub fn new(hz: f32, amplitude: i16) -> Sine {
        Sine {
            amplitude: f64::from(amplitude),
            phase: 0.0,
            step: f64::from(hz) / f64::from(RATE),
        }
    }

    /// The next sample.
    pub fn next_sample(&mut self) -> i16 {
        let sample = (self.phase * TAU).sin() * self.amplitude;
        self.phase = (self.phase + self.step).fract();
        sample.round() as i16
    }
}

impl Iterator for Sine {
    type Item = i16;

    fn next(&mut self) -> Option<i16> {
        Some(self.next_sample())
    }
}

/// Ringback: a tone that comes and goes. It never ends.
#[derive(Clone, Debug)]
pub struct Ringback {
    tone: Sine,
    on: u32,
    period: u32,
    at: u32,
}

impl Ringback {
    /// Thailand's: 400 Hz, one second on and four off, beginning with the tone.
    pub fn thailand() -> Ringback {
        Ringback::new(400.0, Duration::from_secs(1), Duration::from_secs(4))
    }

    /// Any cadence. `on` and `off` up to an hour; without either it is silent.
    pub fn new(hz: f32, on: Duration, off: Duration) -> Ringback {
        let samples = |length: Duration| {
            let ms = length.as_millis().min(3_600_000) as u32;
            ms * (RATE / 1_000)
        };
        Ringback {
            tone: Sine::new(hz, TONE_PEAK),
            on: samples(on),
            period: (samples(on) + samples(off)).max(1),
            at: 0,
        }
    }

    /// The next sample.
    pub fn next_sample(&mut self) -> i16 {
        let sounds = self.at < self.on;
        self.at = (self.at + 1) % self.period;
        // The tone runs on in silence, so that every burst is the same.
        let sample = self.tone.next_sample();
        if sounds { sample } else { 0 }
    }
}

impl Iterator for Ringback {
    type Item = i16;

    fn next(&mut self) -> Option<i16> {
        Some(self.next_sample())
    }
}

/// The amplitude of the tone `hz` in these samples (Goertzel's algorithm). The longer they are, the
/// nearer tones can be told apart: 160 samples part tones 50 Hz from each other.
pub fn amplitude(samples: &[i16], hz: f32) -> f64 {
    if samples.is_empty() {
        return 0.0;
    }
    let turn = TAU * f64::from(hz) / f64::from(RATE);
    let coefficient = 2.0 * turn.cos();
    let (mut last, mut before) = (0.0, 0.0);
    for sample in samples {
        let next = f64::from(*sample) + coefficient * last - before;
        (before, last) = (last, next);
    }
    let power = last * last + before * before - coefficient * last * before;
    2.0 * power.max(0.0).sqrt() / samples.len() as f64
}

/// The quietest tone that [`heard`] takes for one: about -40 dBm0.
const AUDIBLE: f64 = 300.0;

/// How much of all the sound a tone must be. One of two equal tones is 0.71; speech has no such part.
const PURITY: f64 = 0.8;

/// Which of the tones these samples are, if they are one of them and little else.
pub fn heard(samples: &[i16], tones: &[f32]) -> Option<f32> {
    let energy: f64 = samples
        .iter()
        .map(|sample| f64::from(*sample).powi(2))
        .sum();
    // The peak of a sine of this energy.
    let peak = (2.0 * energy / samples.len().max(1) as f64).sqrt();
    let loudest = tones
        .iter()
        .map(|hz| (*hz, amplitude(samples, *hz)))
        .max_by(|one, other| one.1.total_cmp(&other.1))?;
    (loudest.1 >= AUDIBLE && loudest.1 >= PURITY * peak).then_some(loudest.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::g711;

    fn tone(hz: f32, amplitude: i16, samples: usize) -> Vec<i16> {
        Sine::new(hz, amplitude).take(samples).collect()
    }

    #[test]
    fn a_tone_has_the_amplitude_it_was_made_with() {
        let samples = tone(400.0, 8_000, 800);
        assert!((amplitude(&samples, 400.0) - 8_000.0).abs() < 40.0);
        assert!(amplitude(&samples, 600.0) < 100.0);
        assert!(amplitude(&[], 400.0).abs() < f64::EPSILON);
    }

    #[test]
    fn tones_are_told_apart_after_a_law() {
        let tones = [350.0, 425.0, 520.0, 697.0, 1_020.0];
        for hz in tones {
            let coded: Vec<i16> = tone(hz, 6_000, 320)
                .into_iter()
                .map(|s| g711::from_alaw(g711::alaw(s)))
                .collect();
            assert_eq!(heard(&coded, &tones), Some(hz));
        }
    }

    #[test]
    fn silence_noise_and_chords_are_no_tone() {
        let tones = [400.0, 697.0];
        assert_eq!(heard(&[0; 160], &tones), None);
        assert_eq!(heard(&[], &tones), None);
        assert_eq!(heard(&tone(400.0, 100, 160), &tones), None, "too quiet");
        let mut state = 1_u32;
        let noise: Vec<i16> = (0..320)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 16) as i16 / 4
            })
            .collect();
        assert_eq!(heard(&noise, &tones), None);
        let low = tone(400.0, 6_000, 320);
        let high = tone(697.0, 6_000, 320);
        let chord: Vec<i16> = low.iter().zip(&high).map(|(a, b)| a / 2 + b / 2).collect();
        assert_eq!(heard(&chord, &[400.0, 1_020.0]), None);
    }

    #[test]
    fn thai_ringback_is_one_second_in_five() {
        let second = RATE as usize;
        let samples: Vec<i16> = Ringback::thailand().take(10 * second).collect();
        for (n, second) in samples.chunks(second).enumerate() {
            let expected = (n % 5 == 0).then_some(400.0);
            assert_eq!(heard(second, &[400.0]), expected, "second {n}");
            assert_eq!(expected.is_none(), second.iter().all(|sample| *sample == 0));
        }
    }

    #[test]
    fn a_cadence_without_length_is_silent() {
        let mut nothing = Ringback::new(400.0, Duration::ZERO, Duration::ZERO);
        assert!((0..100).all(|_| nothing.next_sample() == 0));
    }
}
