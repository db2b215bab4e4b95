//! Recordings are heard: which tone is in which channel, and when.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use kring_media::{Channel, Playable, Recorder, rtp, tone::Sine};
use kring_time::Moment;

/// Somebody who sends 20 ms every 20 ms of a clock of their own.
struct Sender {
    channel: Channel,
    codec: Playable,
    number: u8,
    ssrc: u32,
    /// How fast their clock is, parts of a million.
    ppm: i64,
    /// What they have sent so far, packets.
    sent: u64,
    tone: Sine,
    /// In every second of their own they beep for its first 100 ms; or else always.
    beeps: bool,
    g722: kring_media::g722::Encoder,
}

impl Sender {
    fn new(channel: Channel, codec: Playable, hz: f32) -> Sender {
        let number = match codec {
            Playable::Pcmu => 0,
            Playable::Pcma => 8,
            Playable::G722 => 9,
        };
        Sender {
            channel,
            codec,
            number,
            ssrc: 7,
            ppm: 0,
            sent: 0,
            tone: Sine::new(hz, 8_000),
            beeps: false,
            g722: kring_media::g722::Encoder::default(),
        }
    }

    /// When the next packet leaves, µs of true time: with a fast clock, sooner.
    fn leaves_us(&self) -> u64 {
        let own = self.sent as i64 * 20_000;
        (own - own * self.ppm / 1_000_000) as u64
    }

    fn packet(&mut self) -> Vec<u8> {
        let loud = !self.beeps || self.sent % 50 < 5;
        let samples: Vec<i16> = (0..160)
            .map(|_| self.tone.next_sample() * i16::from(loud))
            .collect();
        let payload = match self.codec {
            Playable::G722 => samples
                .iter()
                .map(|sample| self.g722.encode_narrow(*sample))
                .collect(),
            codec => codec.encode(&samples),
        };
        let mut packet = Vec::new();
        let (sequence, timestamp) = (self.sent as u16, (self.sent * 160) as u32);
        rtp::write(
            &mut packet,
            self.number,
            sequence,
            timestamp,
            self.ssrc,
            &payload,
        );
        self.sent += 1;
        packet
    }
}

/// The same chance every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Plays `seconds` of these senders, of whose packets so many of a hundred are lost and each is held up by
/// less than `jitter_us`; what was recorded, left and right.
fn record(senders: &mut [Sender], seconds: u64, lost: u64, jitter_us: u64) -> [Vec<i16>; 2] {
    let begin = 5_000_000;
    let mut chance = Chance(42);
    let mut packets = Vec::new();
    for sender in senders {
        while sender.leaves_us() < seconds * 1_000_000 {
            let held_up = if jitter_us > 0 {
                chance.below(jitter_us)
            } else {
                0
            };
            let at = begin + sender.leaves_us() + held_up;
            let packet = sender.packet();
            if chance.below(100) >= lost {
                packets.push((at, sender.channel, packet));
            }
        }
    }
    packets.sort_by_key(|(at, _, _)| *at);
    let mut recorder = Recorder::new(Moment::from_micros(begin));
    let mut line = Vec::new();
    for (at, channel, packet) in &packets {
        recorder.packet(Moment::from_micros(*at), *channel, packet);
        recorder.settle(Moment::from_micros(*at));
        line.extend(recorder.fetch());
    }
    recorder.finish(Moment::from_micros(begin + seconds * 1_000_000));
    line.extend(recorder.fetch());
    let channel = |n: usize| line.iter().skip(n).step_by(2).copied().collect();
    [channel(0), channel(1)]
}

/// How much of a tone is in samples, of their whole: 1 if nothing else is (Goertzel).
fn share(samples: &[i16], hz: f64) -> f64 {
    let step = std::f64::consts::TAU * hz / 8_000.0;
    let (mut re, mut im, mut all) = (0.0, 0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let sample = f64::from(*sample);
        re += sample * (step * n as f64).cos();
        im += sample * (step * n as f64).sin();
        all += sample * sample;
    }
    2.0 * (re * re + im * im) / (all.max(1.0) * samples.len() as f64)
}

/// Where beeps begin, samples.
fn beeps(samples: &[i16]) -> Vec<usize> {
    let loud: Vec<bool> = samples
        .chunks(8)
        .map(|part| part.iter().any(|s| s.abs() > 1_500))
        .collect();
    let mut quiet = 100;
    let mut found = Vec::new();
    for (n, loud) in loud.into_iter().enumerate() {
        if loud && quiet >= 40 {
            found.push(n * 8);
        }
        quiet = if loud { 0 } else { quiet + 1 };
    }
    found
}

#[test]
fn each_channel_has_its_own_tone_and_nothing_of_the_other() {
    for codec in Playable::ALL {
        let mut both = [
            Sender::new(Channel::Said, codec, 700.0),
            Sender::new(Channel::Heard, codec, 1_300.0),
        ];
        let [left, right] = record(&mut both, 10, 0, 0);
        assert_eq!((left.len(), right.len()), (80_000, 80_000));
        let (left, right) = (&left[8_000..72_000], &right[8_000..72_000]);
        assert!(
            share(left, 700.0) > 0.95,
            "{codec:?}: {}",
            share(left, 700.0)
        );
        assert!(share(left, 1_300.0) < 0.001, "{codec:?}");
        assert!(share(right, 1_300.0) > 0.95, "{codec:?}");
        assert!(share(right, 700.0) < 0.001, "{codec:?}");
    }
}

/// Ten minutes in which the caller's clock is fast and the agent's slow, by as much as bad telephones are, with
/// loss and jitter. Beeps of the same true second stay together, and where they were.
#[test]
fn the_channels_stay_together_for_ten_minutes() {
    for (ppm, lost, jitter_us) in [
        (0, 0, 0),
        (200, 0, 0),
        (200, 5, 30_000),
        (-400, 10, 60_000),
        (1_000, 2, 15_000),
    ] {
        let mut both = [
            Sender::new(Channel::Said, Playable::Pcma, 1_000.0),
            Sender::new(Channel::Heard, Playable::Pcmu, 1_000.0),
        ];
        (both[0].ppm, both[1].ppm) = (ppm, -ppm);
        (both[0].beeps, both[1].beeps) = (true, true);
        let channels = record(&mut both, 600, lost, jitter_us);
        for (channel, skew) in channels.iter().zip([ppm, -ppm]) {
            assert_eq!(channel.len(), 600 * 8_000, "as long as the call");
            let found = beeps(channel);
            assert!(found.len() > 570, "{} beeps", found.len());
            // A beep of their own second n leaves at this true time.
            let off = |at: &usize| {
                let us = *at as i64 * 125;
                let own = us + us * skew / 1_000_000;
                let beep = (own + 500_000) / 1_000_000 * 1_000_000;
                let should = beep - beep * skew / 1_000_000;
                (us - should).abs()
            };
            // The first ones come by the jitter of the first packet.
            let late: Vec<i64> = found.iter().skip(5).map(off).collect();
            // A lost packet at its beginning makes a beep begin 20 ms later: so the usual one counts.
            let mut sorted = late.clone();
            sorted.sort_unstable();
            let (usual, most) = (sorted[sorted.len() / 2], sorted[sorted.len() * 85 / 100]);
            assert!(usual < 5_000, "{ppm} ppm: {usual} us");
            assert!(most < 20_000, "{ppm} ppm: {most} us");
            // Nor does it grow.
            let mut end: Vec<i64> = late[late.len() - 60..].to_vec();
            end.sort_unstable();
            assert!(
                end[30] < 5_000,
                "{ppm} ppm: {} us in the last minute",
                end[30]
            );
        }
    }
}

#[test]
fn what_is_said_in_a_pause_is_not_there() {
    let mut caller = Sender::new(Channel::Said, Playable::Pcma, 700.0);
    let mut recorder = Recorder::new(Moment::BOOT);
    for n in 0..500 {
        let at = Moment::from_millis(n * 20);
        match n {
            200 => recorder.pause(at),
            300 => recorder.resume(at),
            _ => {}
        }
        recorder.packet(at, Channel::Said, &caller.packet());
    }
    recorder.finish(Moment::from_millis(10_000));
    assert_eq!(recorder.length_ms(), 10_000);
    assert_eq!(recorder.pauses_ms().collect::<Vec<_>>(), [(4_000, 6_000)]);
    let line: Vec<i16> = recorder.fetch().collect();
    let left: Vec<i16> = line.into_iter().step_by(2).collect();
    assert!(share(&left[1_000..31_000], 700.0) > 0.99);
    assert!(left[32_000..48_000].iter().all(|sample| *sample == 0));
    assert!(share(&left[49_000..79_000], 700.0) > 0.99);
}

/// A mute of ten seconds in which the timestamps stand still, then another source: neither shifts anything.
#[test]
fn a_stream_that_begins_anew_lies_where_it_comes() {
    let mut caller = Sender::new(Channel::Said, Playable::Pcma, 700.0);
    let mut recorder = Recorder::new(Moment::BOOT);
    let mut feed = |from_ms: u64, caller: &mut Sender| {
        for n in 0..50 {
            let at = Moment::from_millis(from_ms + n * 20);
            recorder.packet(at, Channel::Said, &caller.packet());
        }
    };
    feed(1_000, &mut caller);
    feed(12_000, &mut caller);
    caller.ssrc = 8;
    caller.sent = 9_000;
    feed(14_000, &mut caller);
    recorder.finish(Moment::from_millis(16_000));
    let line: Vec<i16> = recorder.fetch().collect();
    let left: Vec<i16> = line.into_iter().step_by(2).collect();
    let sounds = |second: usize| {
        left[second * 8_000..(second + 1) * 8_000]
            .iter()
            .any(|s| s.abs() > 4_000)
    };
    let heard: Vec<usize> = (0..16).filter(|second| sounds(*second)).collect();
    assert_eq!(heard, [1, 12, 14]);
}

#[test]
fn keys_noise_and_foreign_codecs_are_silence_and_counted() {
    let mut recorder = Recorder::new(Moment::BOOT);
    let mut packet = Vec::new();
    for (n, number) in [101, 13, 18, 18].into_iter().enumerate() {
        rtp::write(&mut packet, number, n as u16, 0, 7, &[0x55; 20]);
        recorder.packet(Moment::from_millis(n as u64), Channel::Heard, &packet);
    }
    recorder.packet(Moment::BOOT, Channel::Heard, b"no RTP");
    recorder.finish(Moment::from_millis(100));
    assert!(recorder.fetch().all(|sample| sample == 0));
    assert_eq!(recorder.strange_ms(), 40, "the two of G.729");
}

#[test]
fn peaks_are_drawn_over_any_length() {
    let mut caller = Sender::new(Channel::Said, Playable::Pcma, 700.0);
    let mut recorder = Recorder::new(Moment::BOOT);
    for n in 0..50 * 300 {
        recorder.packet(Moment::from_millis(n * 20), Channel::Said, &caller.packet());
        recorder.settle(Moment::from_millis(n * 20));
        recorder.fetch();
    }
    recorder.finish(Moment::from_millis(300_000));
    let peaks = recorder.peaks();
    assert_eq!(peaks.each_ms(), 400);
    assert_eq!(peaks.all().len(), 750);
    assert!(peaks.all().all(|[left, right]| left > 20 && right == 0));
}
