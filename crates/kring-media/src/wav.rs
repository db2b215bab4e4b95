//! WAV files as prompts come in them: read whole, mixed to one channel of 16 bits. The reading of the format
//! is hound's; what a telephone has a use for is decided here.

use crate::limits::{PROMPT_SECONDS_MAX, WAV_MAX};
use hound::{SampleFormat, WavReader, WavSpec};

/// Rates that studios, phones and speech programs write, Hz.
const RATES: [u32; 8] = [
    8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
];

/// One channel of sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Samples {
    /// Samples in a second, Hz.
    pub rate: u32,
    /// The sound.
    pub samples: Vec<i16>,
}

/// Why a file is not taken, and what to do. Who reads the file says which one it is.
#[derive(Debug, thiserror::Error)]
pub enum WavRefused {
    /// Bytes.
    #[error(
        "the file has {0} bytes and {WAV_MAX} are the most; save it as 16 kHz, mono, 16 bits (ITU-T G.722 holds no more)"
    )]
    TooBig(usize),
    /// Seconds.
    #[error("the sound is {0} s long and {PROMPT_SECONDS_MAX} s are the most; cut it")]
    TooLong(u32),
    /// No samples.
    #[error("the file holds no sound; record it again")]
    Empty,
    /// The format's own rules.
    #[error(
        "not a WAV file that can be read ({0}); save it as WAV, PCM 16 bits, not as MP3 or a compressed WAV"
    )]
    NotWav(hound::Error),
    /// Channels.
    #[error("the file has {0} channels; save it in mono or stereo")]
    Channels(u16),
    /// Hz.
    #[error("the file has {0} samples in a second; save it at 8000, 16000 or 48000 Hz")]
    Rate(u32),
    /// Bits in a sample.
    #[error("the file has samples of {0} bits; save it with 16")]
    Bits(u16),
}

impl Samples {
    /// Reads a WAV file: PCM of 8, 16, 24 or 32 bits, or float of 32, mono or stereo.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn from_wav(bytes: &[u8]) -> Result<Samples, WavRefused> {
        if bytes.len() > WAV_MAX {
            return Err(WavRefused::TooBig(bytes.len()));
        }
        let mut reader = WavReader::new(bytes).map_err(WavRefused::NotWav)?;
        let spec = reader.spec();
        check(spec)?;
        let seconds = reader.duration() / spec.sample_rate;
        if seconds > PROMPT_SECONDS_MAX {
            return Err(WavRefused::TooLong(seconds));
        }
        let bits = spec.bits_per_sample;
        let read: Result<Vec<i32>, _> = match spec.sample_format {
            SampleFormat::Float => (reader.samples::<f32>())
                .map(|sample| sample.map(|sample| (sample * 32_767.0) as i32))
                .collect(),
            SampleFormat::Int if bits < 16 => (reader.samples::<i32>())
                .map(|sample| sample.map(|sample| sample << (16 - bits)))
                .collect(),
            SampleFormat::Int => (reader.samples::<i32>())
                .map(|sample| sample.map(|sample| sample >> (bits - 16)))
                .collect(),
        };
        let samples: Vec<i16> = read
            .map_err(WavRefused::NotWav)?
            .chunks_exact(spec.channels.into())
            .map(mixed)
            .collect();
        if samples.is_empty() {
            return Err(WavRefused::Empty);
        }
        Ok(Samples {
            rate: spec.sample_rate,
            samples,
        })
    }
}

fn check(spec: WavSpec) -> Result<(), WavRefused> {
    if !(1..=2).contains(&spec.channels) {
        return Err(WavRefused::Channels(spec.channels));
    }
    if !RATES.contains(&spec.sample_rate) {
        return Err(WavRefused::Rate(spec.sample_rate));
    }
    let known = match spec.sample_format {
        SampleFormat::Int => [8, 16, 24, 32].contains(&spec.bits_per_sample),
        SampleFormat::Float => spec.bits_per_sample == 32,
    };
    if known {
        Ok(())
    } else {
        Err(WavRefused::Bits(spec.bits_per_sample))
    }
}

fn mixed(channels: &[i32]) -> i16 {
    // Float beyond full scale has been seen; two of them still fit.
    let sum: i64 = channels.iter().map(|sample| i64::from(*sample)).sum();
    let mean = sum / channels.len() as i64;
    mean.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use hound::WavWriter;
    use std::io::Cursor;

    fn spec(channels: u16, sample_rate: u32, bits_per_sample: u16) -> WavSpec {
        WavSpec {
            channels,
            sample_rate,
            bits_per_sample,
            sample_format: if bits_per_sample == 1 {
                SampleFormat::Float
            } else {
                SampleFormat::Int
            },
        }
    }

    fn wav(spec: WavSpec, samples: &[i32]) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        let mut writer = WavWriter::new(&mut file, spec).unwrap();
        for sample in samples {
            match spec.sample_format {
                SampleFormat::Int => writer.write_sample(*sample).unwrap(),
                SampleFormat::Float => writer.write_sample(*sample as f32 / 32_768.0).unwrap(),
            }
        }
        writer.finalize().unwrap();
        file.into_inner()
    }

    #[test]
    fn every_width_and_rate_is_heard_the_same() {
        for rate in [8_000, 16_000, 48_000] {
            for bits in [8, 16, 24, 32] {
                let file = wav(
                    spec(1, rate, bits),
                    &[0, 1 << (bits - 2), -(1 << (bits - 2))],
                );
                let read = Samples::from_wav(&file).unwrap();
                assert_eq!(read.rate, rate);
                assert_eq!(read.samples, [0, 16_384, -16_384], "{bits} bits");
            }
        }
        let float = WavSpec {
            bits_per_sample: 32,
            sample_format: SampleFormat::Float,
            ..spec(1, 8_000, 16)
        };
        let read = Samples::from_wav(&wav(float, &[0, 16_384, -80_000])).unwrap();
        assert_eq!(
            read.samples,
            [0, 16_383, i16::MIN],
            "float, the last beyond full scale"
        );
    }

    #[test]
    fn two_channels_become_their_mean() {
        let file = wav(spec(2, 8_000, 16), &[1_000, 3_000, -400, 400]);
        assert_eq!(Samples::from_wav(&file).unwrap().samples, [2_000, 0]);
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let refused = |bytes: &[u8]| Samples::from_wav(bytes).unwrap_err().to_string();
        assert!(refused(b"ID3\x03 this is an MP3").contains("save it as WAV"));
        assert!(refused(&wav(spec(3, 8_000, 16), &[1, 2, 3])).contains("mono or stereo"));
        assert!(refused(&wav(spec(1, 12_345, 16), &[1])).contains("16000"));
        assert!(refused(&wav(spec(1, 8_000, 16), &[])).contains("record it again"));
        let cut = &wav(spec(1, 8_000, 16), &[1, 2, 3, 4])[..46];
        assert!(refused(cut).contains("not a WAV file that can be read"));
        let long = vec![0; 8_000 * 601];
        assert!(refused(&wav(spec(1, 8_000, 8), &long)).contains("601 s"));
    }
}
