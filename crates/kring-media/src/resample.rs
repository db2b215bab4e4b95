//! A whole clip at another rate, once at the start. Our own and not a crate's, since a clip is in memory and
//! nothing streams: one windowed sinc, its taps counted out once for each phase.

use std::f64::consts::PI;

/// Zero crossings of the sinc on each side: with the window some 60 dB of what would fold back.
const REACH: usize = 16;

/// These samples, of `from` Hz, at `to` Hz. Both are at least 1,000; the rates of [`crate::Samples`] have at
/// most 640 phases.
pub(crate) fn resample(samples: &[i16], from: u32, to: u32) -> Vec<i16> {
    if from == to || samples.is_empty() {
        return samples.to_vec();
    }
    let shared = gcd(from, to);
    // Output n stands at input n * down / up.
    let (up, down) = ((to / shared) as usize, (from / shared) as usize);
    // Half the lower rate, with room for the filter to fall.
    let cutoff = 0.46 * 2.0 * f64::from(to.min(from)) / f64::from(from);
    let half = (REACH as f64 / cutoff).ceil() as usize;
    let phases: Vec<Vec<f32>> = (0..up).map(|n| taps(n, up, half, cutoff)).collect();
    let length = (samples.len() * up).div_ceil(down);
    (0..length)
        .map(|n| {
            let taps = &phases[n * down % up];
            let first = n * down / up;
            let sum: f32 = match (first + 1).checked_sub(half) {
                Some(begin) if begin + taps.len() <= samples.len() => taps
                    .iter()
                    .zip(&samples[begin..])
                    .map(|(tap, sample)| tap * f32::from(*sample))
                    .sum(),
                _ => (taps.iter().enumerate())
                    .filter_map(|(k, tap)| {
                        let at = (first + 1 + k).checked_sub(half)?;
                        Some(tap * f32::from(*samples.get(at)?))
                    })
                    .sum(),
            };
            sum.round() as i16
        })
        .collect()
}

/// The weights of the `2 * half` inputs around the place `phase / up` after an input.
fn taps(phase: usize, up: usize, half: usize, cutoff: f64) -> Vec<f32> {
    let offset = phase as f64 / up as f64;
    let weights: Vec<f64> = (0..2 * half)
        .map(|k| {
            let distance = k as f64 + 1.0 - half as f64 - offset;
            // Blackman's window.
            let turn = PI * distance / half as f64;
            let window = 0.42 + 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos();
            let x = PI * cutoff * distance;
            let sinc = if x.abs() < 1e-9 { 1.0 } else { x.sin() / x };
            sinc * window
        })
        .collect();
    // Steady sound keeps its level whatever the phase.
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| (weight / sum) as f32).collect()
}

fn gcd(one: u32, other: u32) -> u32 {
    if other == 0 {
        one
    } else {
        gcd(other, one % other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone;

    fn sine(hz: f64, rate: u32, ms: u32) -> Vec<i16> {
        (0..rate * ms / 1_000)
            .map(|n| (10_000.0 * (2.0 * PI * hz * f64::from(n) / f64::from(rate)).sin()) as i16)
            .collect()
    }

    #[test]
    fn a_tone_keeps_pitch_level_and_length_from_every_rate() {
        for rate in [8_000, 11_025, 16_000, 22_050, 44_100, 48_000] {
            let at_8k = resample(&sine(1_000.0, rate, 400), rate, 8_000);
            assert!(
                (3_199..=3_201).contains(&at_8k.len()),
                "{rate}: {}",
                at_8k.len()
            );
            let level = tone::amplitude(&at_8k[400..2_800], 1_000.0);
            assert!((level - 10_000.0).abs() < 150.0, "{rate} Hz: {level}");
        }
    }

    /// 5 kHz would be heard as 3 kHz.
    #[test]
    fn what_a_lower_rate_cannot_hold_is_taken_out_and_not_folded_back() {
        let at_8k = resample(&sine(5_000.0, 48_000, 400), 48_000, 8_000);
        assert!(tone::amplitude(&at_8k[400..2_800], 3_000.0) < 20.0);
    }

    #[test]
    fn nothing_becomes_nothing() {
        assert!(resample(&[], 8_000, 16_000).is_empty());
        assert_eq!(resample(&[1, 2], 8_000, 8_000), [1, 2]);
        assert_eq!(resample(&[500; 3], 8_000, 16_000).len(), 6);
    }
}
