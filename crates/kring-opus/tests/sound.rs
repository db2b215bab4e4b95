//! What is said in opus is heard, in every length there is; and no bytes do harm.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use kring_opus::{BYTES_MAX, Decoder, Encoder, SAMPLES_MAX};
use proptest::prelude::*;
use std::f64::consts::TAU;

fn sine(hz: f64, from: usize, length: usize) -> Vec<i16> {
    (from..from + length)
        .map(|n| ((TAU * hz * n as f64 / 8_000.0).sin() * 7_000.0) as i16)
        .collect()
}

/// How much of a tone there is, as its amplitude.
fn amplitude(samples: &[i16], hz: f64) -> f64 {
    let turn = |n: usize| TAU * hz * n as f64 / 8_000.0;
    let sum = |wave: fn(f64) -> f64| -> f64 {
        (samples.iter().enumerate())
            .map(|(n, sample)| f64::from(*sample) * wave(turn(n)))
            .sum()
    };
    2.0 * sum(f64::sin).hypot(sum(f64::cos)) / samples.len() as f64
}

#[test]
fn a_tone_is_heard_in_packets_of_every_length() {
    for length in [20, 40, 80, 160, 320, 480, 640, 800, 960] {
        let (mut encoder, mut decoder) = (Encoder::new().unwrap(), Decoder::new().unwrap());
        let (mut packet, mut samples) = ([0; BYTES_MAX], [0; SAMPLES_MAX]);
        let mut heard = Vec::new();
        for n in 0..8_000 / length {
            let said = sine(450.0, n * length, length);
            let bytes = encoder.encode(&said, &mut packet).unwrap();
            let got = decoder.decode(&packet[..bytes], &mut samples).unwrap();
            assert_eq!(got, length);
            heard.extend_from_slice(&samples[..got]);
        }
        let level = amplitude(&heard[2_000..6_000], 450.0);
        assert!((level - 7_000.0).abs() < 700.0, "{length}: {level}");
        assert!(amplitude(&heard[2_000..6_000], 710.0) < 200.0, "{length}");
    }
}

#[test]
fn lengths_that_opus_has_not_are_refused() {
    let mut encoder = Encoder::new().unwrap();
    let mut packet = [0; BYTES_MAX];
    for length in [0, 1, 159, 240, 1_920] {
        assert_eq!(
            encoder.encode(&vec![0; length], &mut packet),
            None,
            "{length}"
        );
    }
    let mut samples = [0; SAMPLES_MAX];
    assert_eq!(Decoder::new().unwrap().decode(&[], &mut samples), None);
}

#[test]
fn a_copy_goes_on_as_the_original() {
    let mut encoder = Encoder::new().unwrap();
    let mut packet = [0; BYTES_MAX];
    encoder.encode(&sine(450.0, 0, 160), &mut packet).unwrap();
    let (mut copy, mut other) = (encoder.clone(), [0; BYTES_MAX]);
    drop(encoder.clone());
    let said = sine(450.0, 160, 160);
    let bytes = encoder.encode(&said, &mut packet);
    assert_eq!(bytes, copy.encode(&said, &mut other));
    assert_eq!(packet, other);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_bytes_do_harm(packets in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 1..6)) {
        let mut decoder = Decoder::new().unwrap();
        let mut samples = [0; SAMPLES_MAX];
        for packet in packets {
            let got = decoder.decode(&packet, &mut samples);
            prop_assert!(got.is_none_or(|got| got <= SAMPLES_MAX));
        }
    }
}
