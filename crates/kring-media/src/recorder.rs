//! The recording of one caller's sound: packets in, one line of stereo samples out. Left is what the caller says,
//! right what the caller hears.
//!
//! The line is kring's own time: a sample lies where its packet came, and within a stream by its timestamps. Every
//! sender counts them by a clock of its own, so each stream is watched for how far it runs ahead or behind, and is
//! led back by a sample a packet, which nobody hears: the two channels stay together however long a call lasts.
//! What has not come is silence. Keys (RFC 4733) are silence, too: a card's number is not in a file by its keys.

mod peaks;

pub use peaks::Peaks;

use crate::{g711, g722, limits::MIX_PACKET_MAX, program::Playable, rtp};
use kring_time::Moment;
use std::time::Duration;

/// Samples of one channel in a second, Hz.
pub const RECORDING_RATE: u32 = 8_000;

/// Bytes of [`wav_header`].
pub const WAV_HEADER: usize = 44;

/// The head of a WAV of two channels of 16 bits at [`RECORDING_RATE`] with so many bytes of sound; none: as many as
/// come, which players understand by the greatest number there is.
pub fn wav_header(sound: Option<u64>) -> [u8; WAV_HEADER] {
    let sound = sound
        .and_then(|bytes| u32::try_from(bytes).ok())
        .unwrap_or(u32::MAX);
    let mut header = [0; WAV_HEADER];
    let mut at = 0;
    let mut put = |bytes: &[u8]| {
        header[at..at + bytes.len()].copy_from_slice(bytes);
        at += bytes.len();
    };
    put(b"RIFF");
    put(&sound.saturating_add(WAV_HEADER as u32 - 8).to_le_bytes());
    put(b"WAVEfmt ");
    put(&16_u32.to_le_bytes());
    put(&1_u16.to_le_bytes());
    put(&2_u16.to_le_bytes());
    put(&RECORDING_RATE.to_le_bytes());
    put(&(RECORDING_RATE * 4).to_le_bytes());
    put(&4_u16.to_le_bytes());
    put(&16_u16.to_le_bytes());
    put(b"data");
    put(&sound.to_le_bytes());
    header
}

/// How long a packet is waited for before its place is written as silence: longer than any buffer of a phone,
/// and than most holes in a mobile network.
const HORIZON: u64 = 4_000;

/// A stream this far from where its packets come has begun anew, whatever its timestamps say, samples.
const JUMP: i64 = 3_600;

/// Packets over which a stream is watched: a second as a rule.
const WATCH: u32 = 50;

/// A stream is left alone within this, samples: a millisecond.
const TOLERANCE: i64 = 8;

/// Places for samples. A power of two that holds the horizon and a jump ahead.
const PLACES: usize = 8_192;

/// Pauses that are told one by one; more are silence all the same.
const PAUSES_MAX: usize = 256;

/// The static payload numbers of sound that is understood (RFC 3551 §6).
const STATIC: [(u8, Playable); 3] = [
    (0, Playable::Pcmu),
    (8, Playable::Pcma),
    (9, Playable::G722),
];

/// Comfort noise (RFC 3389): silence in a recording.
const COMFORT_NOISE: u8 = 13;

/// The first payload number whose meaning SDP says (RFC 3551 §3).
const DYNAMIC: u8 = 96;

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// What the caller says: left.
    Said,
    /// What the caller hears: right.
    Heard,
}

/// A recording while it lasts.
#[derive(Debug)]
pub struct Recorder {
    origin: Moment,
    tracks: [Track; 2],
    /// Samples of each channel that are settled.
    written: u64,
    /// Settled samples that were not fetched, left and right in turn.
    settled: Vec<i16>,
    peaks: Peaks,
    paused: Option<u64>,
    pauses: Vec<(u64, u64)>,
    /// Packets in a codec that cannot be understood.
    strange: u64,
}

/// One channel.
#[derive(Debug)]
struct Track {
    /// By place on the line.
    places: Box<[i16; PLACES]>,
    line: Option<Line>,
    decoder: g722::Decoder,
}

/// One row of timestamps.
#[derive(Clone, Copy, Debug)]
struct Line {
    ssrc: u32,
    /// The timestamp after the newest packet, and its place.
    timestamp: u32,
    place: i64,
    /// How much later than its place the earliest packet of this watch came; negative: sooner.
    least: i64,
    watched: u32,
    /// Samples to be led forward, or back.
    slip: i64,
}

impl Recorder {
    /// Begins now.
    pub fn new(now: Moment) -> Recorder {
        Recorder {
            origin: now,
            tracks: std::array::from_fn(|_| Track::default()),
            written: 0,
            settled: Vec::new(),
            peaks: Peaks::default(),
            paused: None,
            pauses: Vec::new(),
            strange: 0,
        }
    }

    /// An RTP packet that came or went at this moment. Moments do not go back by more than the horizon.
    pub fn packet(&mut self, at: Moment, channel: Channel, bytes: &[u8]) {
        let came = self.place(at);
        // However late this thread is, a packet's place is on the line.
        if came > self.written + 2 * HORIZON {
            self.settle_to(came - HORIZON);
        }
        if self.paused.is_some_and(|from| came >= from) {
            return;
        }
        let (Some(seen), Some(payload)) = (rtp::look(bytes), rtp::payload(bytes)) else {
            return;
        };
        let known = STATIC
            .iter()
            .find(|(number, _)| *number == seen.payload_type);
        let Some((_, codec)) = known else {
            let is_sound = seen.payload_type < DYNAMIC && seen.payload_type != COMFORT_NOISE;
            self.strange += u64::from(is_sound);
            return;
        };
        if payload.is_empty() || payload.len() > MIX_PACKET_MAX {
            return;
        }
        let track = &mut self.tracks[channel as usize];
        let (place, slip) = track.place(came as i64, seen.ssrc, seen.timestamp, payload.len());
        track.put(self.written as i64, place, *codec, payload, slip);
    }

    /// What is said from now on is not kept.
    pub fn pause(&mut self, at: Moment) {
        let at = self.place(at);
        self.paused.get_or_insert(at);
    }

    /// It is kept again.
    pub fn resume(&mut self, at: Moment) {
        let at = self.place(at);
        if let Some(from) = self.paused.take()
            && self.pauses.len() < PAUSES_MAX
        {
            self.pauses.push((from, at));
        }
    }

    /// Settles what is older than anything that can still come.
    pub fn settle(&mut self, now: Moment) {
        let to = self.place(now).saturating_sub(HORIZON);
        self.settle_to(to);
    }

    /// It is over: everything is settled.
    pub fn finish(&mut self, now: Moment) {
        self.resume(now);
        let to = self.place(now);
        self.settle_to(to);
    }

    /// Settled samples, left and right in turn. Fetched once.
    pub fn fetch(&mut self) -> std::vec::Drain<'_, i16> {
        self.settled.drain(..)
    }

    /// How long it is so far, ms, as far as it is settled.
    pub const fn length_ms(&self) -> u64 {
        self.written * 1_000 / RECORDING_RATE as u64
    }

    /// From when to when it was paused, ms from its beginning.
    pub fn pauses_ms(&self) -> impl Iterator<Item = (u64, u64)> {
        let ms = |samples: u64| samples * 1_000 / u64::from(RECORDING_RATE);
        self.pauses
            .iter()
            .map(move |(from, to)| (ms(*from), ms(*to)))
    }

    /// How loud it was.
    pub const fn peaks(&self) -> &Peaks {
        &self.peaks
    }

    /// Sound in codecs that are not understood, ms, if packets hold 20 ms as they do as a rule.
    pub const fn strange_ms(&self) -> u64 {
        self.strange * 20
    }

    fn place(&self, at: Moment) -> u64 {
        let since = if at > self.origin {
            at.since(self.origin)
        } else {
            Duration::ZERO
        };
        (since.as_micros() as u64) * u64::from(RECORDING_RATE) / 1_000_000
    }

    fn settle_to(&mut self, to: u64) {
        let [said, heard] = &mut self.tracks;
        while self.written < to {
            let at = self.written as usize % PLACES;
            let (left, right) = (said.places[at], heard.places[at]);
            said.places[at] = 0;
            heard.places[at] = 0;
            self.settled.extend([left, right]);
            self.peaks.put(left, right);
            self.written += 1;
        }
    }
}

impl Track {
    /// Where a packet's first sample lies, and whether a sample is put in (1) or left out (-1).
    fn place(&mut self, came: i64, ssrc: u32, timestamp: u32, length: usize) -> (i64, i64) {
        let begun = Line {
            ssrc,
            timestamp,
            place: came,
            least: i64::MAX,
            watched: 0,
            slip: 0,
        };
        let line = self.line.get_or_insert(begun);
        let mut ahead = i64::from(timestamp.wrapping_sub(line.timestamp) as i32);
        let mut late = came - (line.place + ahead);
        if line.ssrc != ssrc || late.abs() > JUMP {
            *line = begun;
            self.decoder = g722::Decoder::default();
            (ahead, late) = (0, 0);
        }
        let place = line.place + ahead;
        if ahead < 0 {
            // Out of order, or twice: it lies where it would have, and leads nothing.
            return (place, 0);
        }
        let slip = line.slip.signum();
        line.timestamp = timestamp.wrapping_add(length as u32);
        line.place = place + length as i64 + slip;
        if slip == 0 {
            line.watch(late);
        } else {
            line.slip -= slip;
        }
        (place, slip)
    }

    fn put(&mut self, written: i64, place: i64, codec: Playable, payload: &[u8], slip: i64) {
        let decoder = &mut self.decoder;
        let places = &mut self.places;
        let mut put = |at: i64, sample: i16| {
            if at >= written && at < written + PLACES as i64 {
                places[at as usize % PLACES] = sample;
            }
        };
        let kept = payload.len() - usize::from(slip < 0);
        let mut last = 0;
        for (n, byte) in payload.iter().enumerate() {
            let sample = match codec {
                Playable::Pcma => g711::from_alaw(*byte),
                Playable::Pcmu => g711::from_ulaw(*byte),
                Playable::G722 => decoder.decode_narrow(*byte),
            };
            if n < kept {
                put(place + n as i64, sample);
            }
            last = sample;
        }
        if slip > 0 {
            put(place + payload.len() as i64, last);
        }
    }
}

impl Line {
    /// A packet came so much later than its place, while the stream is not being led. The earliest of a watch
    /// shows the sender's clock; the others were held up on the way.
    fn watch(&mut self, late: i64) {
        self.least = self.least.min(late);
        self.watched += 1;
        if self.watched == WATCH {
            if self.least.abs() > TOLERANCE {
                self.slip = self.least;
            }
            self.least = i64::MAX;
            self.watched = 0;
        }
    }
}

impl Default for Track {
    fn default() -> Track {
        Track {
            places: Box::new([0; PLACES]),
            line: None,
            decoder: g722::Decoder::default(),
        }
    }
}
