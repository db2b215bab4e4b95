//! WAV files as prompts come in them: read whole, mixed to one channel of 16 bits. The reading of the format
//! is hound's; what a telephone has a use for is decided here.

mod companded;

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
    /// Reads a WAV file: PCM of 8, 16, 24 or 32 bits, float of 32, or G.711, mono or stereo.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn from_wav(bytes: &[u8]) -> Result<Samples, WavRefused> {
        if bytes.len() > WAV_MAX {
            return Err(WavRefused::TooBig(bytes.len()));
        }
        if let Some(read) = companded::read(bytes) {
            check(read.channels, read.rate)?;
            let samples: Vec<i32> = read.samples.into_iter().map(i32::from).collect();
            return whole(&samples, read.channels, read.rate);
        }
        let mut reader = WavReader::new(bytes).map_err(WavRefused::NotWav)?;
        let spec = reader.spec();
        check(spec.channels, spec.sample_rate)?;
        check_width(spec)?;
        check_length(reader.duration() / spec.sample_rate)?;
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
        let read = read.map_err(WavRefused::NotWav)?;
        whole(&read, spec.channels, spec.sample_rate)
    }
}

fn check(channels: u16, rate: u32) -> Result<(), WavRefused> {
    if !(1..=2).contains(&channels) {
        return Err(WavRefused::Channels(channels));
    }
    if !RATES.contains(&rate) {
        return Err(WavRefused::Rate(rate));
    }
    Ok(())
}

fn check_width(spec: WavSpec) -> Result<(), WavRefused> {
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

fn check_length(seconds: u32) -> Result<(), WavRefused> {
    if seconds > PROMPT_SECONDS_MAX {
        return Err(WavRefused::TooLong(seconds));
    }
    Ok(())
}

/// All that was read, as one channel.
fn whole(read: &[i32], channels: u16, rate: u32) -> Result<Samples, WavRefused> {
    let samples: Vec<i16> = read.chunks_exact(channels.into()).map(mixed).collect();
    if samples.is_empty() {
        return Err(WavRefused::Empty);
    }
    check_length((samples.len() / rate as usize) as u32)?;
    Ok(Samples { rate, samples })
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
    use crate::Playable;
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

    /// A file of G.711 as a PBX writes it, with a chunk of odd length before the sound.
    fn of_g711(tag: u16, channels: u16, sound: &[u8]) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x12\0\0\0".to_vec();
        file.extend(tag.to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend(8_000_u32.to_le_bytes());
        file.extend((8_000 * u32::from(channels)).to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend([8, 0, 0, 0]);
        file.extend(b"note\x03\0\0\0abc\0data");
        file.extend((sound.len() as u32).to_le_bytes());
        file.extend(sound);
        file
    }

    #[test]
    fn a_file_of_g711_is_heard_as_it_is() {
        let samples = [0, 8_000, -8_000, 300];
        for (tag, coding) in [(6, Playable::Pcma), (7, Playable::Pcmu)] {
            let sound = coding.encode(&samples);
            let read = Samples::from_wav(&of_g711(tag, 1, &sound)).unwrap();
            assert_eq!(read.rate, 8_000);
            assert_eq!(read.samples, coding.decode(&sound));
            let stereo = Samples::from_wav(&of_g711(tag, 2, &sound)).unwrap();
            assert_eq!(stereo.samples.len(), 2);
        }
        let refused = Samples::from_wav(&of_g711(6, 5, &[0; 10])).unwrap_err();
        assert!(refused.to_string().contains("mono or stereo"));
        let none = Samples::from_wav(&of_g711(6, 1, &[])).unwrap_err();
        assert!(none.to_string().contains("record it again"));
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
