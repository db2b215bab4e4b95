//! G.722 at 64 kbit/s: wideband speech, two samples of 16 kHz in a byte (ITU-T G.722, 11/1988 and later).
//!
//! Written from the recommendation's block diagrams, whose names (`det`, `nb`, QMF) stand here; both ends
//! keep bit-exact the same predictors. A decoder that joins in the middle is right again within some
//! milliseconds, since every memory of the predictors leaks.

/// The quadrature mirror filter's coefficients, half of a symmetric 24 (table 11/G.722).
const QMF: [i32; 12] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

/// Decision levels of the 6-bit quantiser of the lower band (table 14/G.722).
const Q6: [i32; 30] = [
    0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940,
    1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
];

/// Steps of the 4-bit inverse quantiser, which both ends adapt by (table 16/G.722).
const QM4: [i32; 16] = [
    0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584,
    1200, 0,
];

/// Steps of the 6-bit inverse quantiser, by which the decoder speaks (table 15/G.722). The four words
/// that no encoder sends stand first.
const QM6: [i32; 64] = [
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232,
    -9360, -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776,
    -2400, -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280,
    11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776,
    2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
];

/// Steps of the upper band's quantiser.
const QM2: [i32; 4] = [-7408, -1616, 7408, 1616];

/// The word of an upper band in which nothing is: its step shrinks to the least.
const SILENT_UPPER: usize = 3;

/// How a word of the lower band moves the logarithmic step.
const WL: [i32; 8] = [-60, -30, 58, 172, 334, 538, 1198, 3042];

/// Which of [`WL`] a 4-bit word means.
const RL42: [usize; 16] = [0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0];

/// How a word of the upper band moves the logarithmic step.
const WH: [i32; 4] = [798, -214, 798, -214];

/// 2048 times the powers of two in 32 steps: the linear step from the logarithmic one.
const ILB: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
    2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];

/// Makes bytes of samples.
#[derive(Clone, Debug)]
pub struct Encoder {
    delay: [i32; 24],
    lower: Band,
    upper: Band,
}

/// Makes samples of bytes.
#[derive(Clone, Debug)]
pub struct Decoder {
    delay: [i32; 24],
    lower: Band,
    upper: Band,
}

impl Default for Encoder {
    fn default() -> Encoder {
        Encoder {
            delay: [0; 24],
            lower: Band::new(32),
            upper: Band::new(8),
        }
    }
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder {
            delay: [0; 24],
            lower: Band::new(32),
            upper: Band::new(8),
        }
    }
}

impl Encoder {
    /// The byte of two samples of 16 kHz, which follow those of the call before.
    pub fn encode(&mut self, pair: [i16; 2]) -> u8 {
        let (low, high) = split(&mut self.delay, pair);
        let lower_word = self.lower_word(low);
        let error = saturate(high - self.upper.estimate);
        let magnitude = if error < 0 { !error } else { error };
        let is_far = magnitude >= (564 * self.upper.det) >> 12;
        let upper_word = match (error < 0, is_far) {
            (true, false) => 1,
            (true, true) => 0,
            (false, false) => 3,
            (false, true) => 2,
        };
        self.upper.adapt_upper(upper_word);
        (upper_word << 6 | lower_word) as u8
    }

    /// The byte of one sample of 8 kHz: the lower band is such a sound, at half its level, and the upper one
    /// is silent. One encoder makes bytes of one kind only.
    pub fn encode_narrow(&mut self, sample: i16) -> u8 {
        (SILENT_UPPER << 6 | self.lower_word(i32::from(sample) >> 1)) as u8
    }

    fn lower_word(&mut self, low: i32) -> usize {
        let error = saturate(low - self.lower.estimate);
        let magnitude = if error < 0 { !error } else { error };
        let reached = |level: &i32| magnitude >= (level * self.lower.det) >> 12;
        // The levels rise, and the first is 0.
        let level = 1 + Q6[1..].iter().take_while(|level| reached(level)).count();
        let lower_word = match (error < 0, level) {
            (true, 1) => 63,
            (true, 2) => 62,
            (true, level) => 34 - level,
            (false, level) => 62 - level,
        };
        self.lower.adapt_lower(lower_word >> 2);
        lower_word
    }
}

impl Decoder {
    /// The two samples of a byte.
    pub fn decode(&mut self, byte: u8) -> [i16; 2] {
        let low = self.low(byte);
        let upper_word = usize::from(byte >> 6);
        let step = (self.upper.det * QM2[upper_word]) >> 15;
        let high = (self.upper.estimate + step).clamp(-16_384, 16_383);
        self.upper.adapt_upper(upper_word);
        join(&mut self.delay, low, high)
    }

    /// The one sample of 8 kHz that the lower band of a byte is. One decoder makes samples of one kind only.
    pub fn decode_narrow(&mut self, byte: u8) -> i16 {
        (self.low(byte) * 2) as i16
    }

    fn low(&mut self, byte: u8) -> i32 {
        let lower_word = usize::from(byte & 0x3f);
        let step = (self.lower.det * QM6[lower_word]) >> 15;
        let low = (self.lower.estimate + step).clamp(-16_384, 16_383);
        self.lower.adapt_lower(lower_word >> 2);
        low
    }
}

/// The two bands, 8 kHz each, of two more samples.
fn split(delay: &mut [i32; 24], pair: [i16; 2]) -> (i32, i32) {
    delay.copy_within(2.., 0);
    delay[22] = pair[0].into();
    delay[23] = pair[1].into();
    let (mut odd, mut even) = (0, 0);
    for (n, taps) in delay.chunks_exact(2).enumerate() {
        odd += taps[0] * QMF[n];
        even += taps[1] * QMF[11 - n];
    }
    ((even + odd) >> 14, (even - odd) >> 14)
}

/// Two samples of 16 kHz from one of each band.
fn join(delay: &mut [i32; 24], low: i32, high: i32) -> [i16; 2] {
    delay.copy_within(2.., 0);
    delay[22] = low + high;
    delay[23] = low - high;
    let (mut first, mut second) = (0, 0);
    for (n, taps) in delay.chunks_exact(2).enumerate() {
        second += taps[0] * QMF[n];
        first += taps[1] * QMF[11 - n];
    }
    [saturate(first >> 11) as i16, saturate(second >> 11) as i16]
}

fn saturate(value: i32) -> i32 {
    value.clamp(i16::MIN.into(), i16::MAX.into())
}

/// One band's adaptive step and its predictor: two poles, six zeros.
#[derive(Clone, Debug)]
struct Band {
    /// The logarithmic step.
    nb: i32,
    /// The linear step.
    det: i32,
    /// What the next sample is expected to be (`s`).
    estimate: i32,
    /// The zeros' part of it (`sz`).
    from_zeros: i32,
    /// The poles' coefficients.
    a: [i32; 2],
    /// The zeros' coefficients.
    b: [i32; 6],
    /// The last differences, the newest first.
    d: [i32; 6],
    /// The last two partly reconstructed samples.
    p: [i32; 2],
    /// The last two reconstructed samples.
    r: [i32; 2],
}

impl Band {
    const fn new(det: i32) -> Band {
        Band {
            nb: 0,
            det,
            estimate: 0,
            from_zeros: 0,
            a: [0; 2],
            b: [0; 6],
            d: [0; 6],
            p: [0; 2],
            r: [0; 2],
        }
    }

    fn adapt_lower(&mut self, word: usize) {
        let difference = (self.det * QM4[word]) >> 15;
        self.rescale(WL[RL42[word]], 18_432, 8);
        self.predict(difference);
    }

    fn adapt_upper(&mut self, word: usize) {
        let difference = (self.det * QM2[word]) >> 15;
        self.rescale(WH[word], 22_528, 10);
        self.predict(difference);
    }

    /// LOGSCL and SCALEL, LOGSCH and SCALEH.
    fn rescale(&mut self, step: i32, most: i32, shift: i32) {
        self.nb = (((self.nb * 127) >> 7) + step).clamp(0, most);
        let mantissa = ILB[((self.nb >> 6) & 31) as usize];
        let down = shift - (self.nb >> 11);
        let linear = if down < 0 {
            mantissa << -down
        } else {
            mantissa >> down
        };
        self.det = linear << 2;
    }

    /// Block 4: learns from the newest difference, and expects the next sample.
    fn predict(&mut self, difference: i32) {
        let reconstructed = saturate(self.estimate + difference);
        let partly = saturate(self.from_zeros + difference);
        let same = |one: i32, other: i32| (one < 0) == (other < 0);

        // UPPOL2, UPPOL1
        let fourfold = saturate(self.a[0] << 2);
        let turned = if same(partly, self.p[0]) {
            saturate(-fourfold)
        } else {
            fourfold
        };
        let nudge = if same(partly, self.p[1]) { 128 } else { -128 };
        let second = nudge + (turned >> 7) + ((self.a[1] * 32_512) >> 15);
        let second = second.clamp(-12_288, 12_288);
        let nudge = if same(partly, self.p[0]) { 192 } else { -192 };
        let first = saturate(nudge + ((self.a[0] * 32_640) >> 15));
        let most = 15_360 - second;
        let first = first.clamp(-most, most);

        // UPZERO
        let nudge = if difference == 0 { 0 } else { 128 };
        for (coefficient, old) in self.b.iter_mut().zip(self.d) {
            let nudge = if same(difference, old) { nudge } else { -nudge };
            *coefficient = saturate(nudge + ((*coefficient * 32_640) >> 15));
        }

        // DELAYA
        self.d.copy_within(..5, 1);
        self.d[0] = difference;
        self.p = [partly, self.p[0]];
        self.r = [reconstructed, self.r[0]];
        self.a = [first, second];

        // FILTEP, FILTEZ, PREDIC
        let part = |coefficient: i32, value: i32| (coefficient * saturate(value * 2)) >> 15;
        let from_poles = saturate(part(first, self.r[0]) + part(second, self.r[1]));
        let zeros = self.b.iter().zip(self.d);
        self.from_zeros = saturate(zeros.map(|(b, d)| part(*b, d)).sum());
        self.estimate = saturate(from_poles + self.from_zeros);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn tone(hz: f64, peak: f64, samples: usize) -> Vec<i16> {
        (0..samples)
            .map(|n| (peak * (TAU * hz * n as f64 / 16_000.0).sin()) as i16)
            .collect()
    }

    fn coded(samples: &[i16]) -> Vec<u8> {
        let mut encoder = Encoder::default();
        let pairs = samples.chunks_exact(2);
        pairs.map(|two| encoder.encode([two[0], two[1]])).collect()
    }

    fn decoded(bytes: &[u8]) -> Vec<i16> {
        let mut decoder = Decoder::default();
        bytes.iter().flat_map(|b| decoder.decode(*b)).collect()
    }

    /// Signal to noise, dB, at the delay of the two filters: 22 samples.
    fn clarity(samples: &[i16], back: &[i16]) -> f64 {
        let (mut signal, mut noise) = (0.0, 0.0);
        for (sent, heard) in samples.iter().zip(&back[22..]).skip(1_000) {
            signal += f64::from(*sent).powi(2);
            noise += (f64::from(*sent) - f64::from(*heard)).powi(2);
        }
        10.0 * (signal / noise.max(1.0)).log10()
    }

    #[test]
    fn speech_bands_come_back_clear() {
        for (hz, least) in [
            (300.0, 30.0),
            (1_000.0, 30.0),
            (3_000.0, 25.0),
            (6_000.0, 10.0),
        ] {
            let samples = tone(hz, 8_000.0, 16_000);
            let back = decoded(&coded(&samples));
            let clarity = clarity(&samples, &back);
            assert!(clarity > least, "{hz} Hz: {clarity} dB");
        }
    }

    /// The figures were made by another implementation (libg722, with the first steps of the recommendation)
    /// from the same input.
    #[test]
    fn the_bytes_are_those_of_another_implementation() {
        let (bytes, back) = golden();
        assert_eq!(
            sum(bytes.iter().map(|byte| u32::from(*byte))),
            1_442_131_645
        );
        assert_eq!(
            sum(back.iter().map(|s| u32::from(*s as u16))),
            1_924_292_652
        );
    }

    /// Tone, noise, full scale and silence.
    fn golden() -> (Vec<u8>, Vec<i16>) {
        let mut samples = tone(440.0, 12_000.0, 4_000);
        let mut state = 1_u32;
        samples.extend((0..4_000).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as i16
        }));
        samples.extend([i16::MAX; 400]);
        samples.extend([i16::MIN; 400]);
        samples.extend([0; 1_200]);
        let bytes = coded(&samples);
        let back = decoded(&bytes);
        (bytes, back)
    }

    /// FNV-1a over 32-bit words.
    fn sum(words: impl Iterator<Item = u32>) -> u32 {
        words.fold(0x811c_9dc5, |sum, word| {
            (sum ^ word).wrapping_mul(0x0100_0193)
        })
    }

    #[test]
    fn silence_stays_silent() {
        let back = decoded(&coded(&[0; 3_200]));
        assert!(back.iter().all(|sample| sample.abs() < 40));
    }

    #[test]
    fn any_bytes_are_heard_without_overflow() {
        let mut state = 7_u32;
        let bytes: Vec<u8> = (0..50_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        assert_eq!(decoded(&bytes).len(), 100_000);
    }
}
