//! RTCP of one line: what kring reports to a side, and what that side reports to kring (RFC 3550 §6).
//!
//! Each line is a session of RTP of its own, so its reports end here: kring reports what it heard of the side, and reads
//! what the side heard of kring. What was lost before kring is no loss of this line: the gaps of the stream that kring
//! sends are taken off what the side tells.

use crate::{
    figures::WayFigures,
    limits::{LOOK_PACKETS_MIN, REPORT_EVERY, REPORT_MAX, ROUND_TRIP_MAX},
    mos::{Mos, Path, Robustness},
    notice::Told,
    quality::{Quality, Source},
    rtcp::{Own, Received, RtcpSeen, Sender},
    rtp,
    sdp::Codec,
};
use kring_time::Moment;
use std::time::Duration;

/// One RTCP packet of kring's; how much of it counts is told with it.
pub type ReportPacket = [u8; REPORT_MAX];

/// The sound of one packet, and what a telephone keeps of it at least before it sounds.
const FRAME_MS: u64 = 20;

/// Random numbers that follow from one: splitmix64. For names and pauses, for nothing secret.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chances(u64);

impl Chances {
    pub(crate) const fn new(chance: u64) -> Chances {
        Chances(chance)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// What numbers mean on one side's line: what it sends, and what it takes. Empty: nothing is known but the static ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tongues<'a> {
    pub(crate) sends: &'a [Codec],
    pub(crate) takes: &'a [Codec],
}

fn robustness(number: u8, known: &[Codec]) -> Robustness {
    let mut known = known.iter();
    known
        .find(|codec| codec.payload_type == number)
        .map_or(Robustness::of_number(number), |codec| {
            Robustness::of_name(&codec.name)
        })
}

/// The account of RTCP with one side.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reports {
    pace: Pace,
    outflow: Outflow,
    /// Their last sender report: the middle of its time, and when it came.
    theirs: Option<(u32, Moment)>,
    /// Of whom kring reported last, and how much was expected and received then.
    reported: Reported,
    told: Option<ToldSoFar>,
    round_trip: Option<Duration>,
    look: Look,
}

#[derive(Clone, Copy, Debug, Default)]
enum Pace {
    /// Nothing is reported yet.
    #[default]
    Still,
    /// The next report, and as whom kring reports where it sends nothing.
    Next { at: Moment, own: Own },
}

#[derive(Clone, Copy, Debug, Default)]
struct Reported {
    ssrc: u32,
    expected: u64,
    received: u64,
}

/// What goes to the side.
#[derive(Clone, Copy, Debug, Default)]
struct Outflow {
    source: Option<Source>,
    /// Of this source (RFC 3550 §6.4.1).
    packets: u32,
    octets: u32,
    /// Of all sources.
    total: u64,
    payload_type: u8,
    timestamp: u32,
    at: Moment,
}

/// What the side told of what it got, over all sources.
#[derive(Clone, Copy, Debug)]
struct ToldSoFar {
    ssrc: u32,
    /// Lost of the sources before this one.
    before: u64,
    /// Lost in all, and how much had been sent when it said so.
    lost: u64,
    sent: u64,
    jitter_us: u64,
}

/// Where the counts were at the last look.
#[derive(Clone, Copy, Debug, Default)]
struct Look {
    packets: u64,
    lost: u64,
    told_sent: u64,
    told_lost: u64,
}

impl Reports {
    /// This packet of RTP goes out to the side.
    #[inline]
    pub(crate) fn sent(&mut self, now: Moment, packet: &[u8]) {
        let Some(seen) = rtp::header(packet) else {
            return;
        };
        let out = &mut self.outflow;
        match &mut out.source {
            Some(source) if source.ssrc == seen.ssrc => source.follow(seen),
            _ => {
                out.source = Some(Source::begun(seen));
                (out.packets, out.octets) = (0, 0);
            }
        }
        // Key events keep the time at which they began.
        if out.packets == 0 || seen.payload_type < 96 || seen.payload_type == out.payload_type {
            (out.payload_type, out.timestamp, out.at) = (seen.payload_type, seen.timestamp, now);
        }
        let payload = packet.len() - rtp::HEADER;
        out.packets = out.packets.wrapping_add(1);
        out.octets = out.octets.wrapping_add(payload as u32);
        out.total += 1;
    }

    /// The source under which the side gets its sound.
    pub(crate) fn own_source(&self) -> Option<u32> {
        self.outflow.source.map(|source| source.ssrc)
    }

    /// The side has told this.
    pub(crate) fn heard(&mut self, now: Moment, seen: &RtcpSeen, takes: &[Codec]) {
        if let Some(middle) = seen.sent_at {
            self.theirs = Some((middle, now));
        }
        let (Some(block), Some(source)) = (seen.block, self.outflow.source) else {
            return;
        };
        let fresh = ToldSoFar {
            ssrc: source.ssrc,
            before: 0,
            lost: 0,
            sent: 0,
            jitter_us: 0,
        };
        let told = self.told.get_or_insert(fresh);
        if told.ssrc != source.ssrc {
            (told.ssrc, told.before) = (source.ssrc, told.lost);
        }
        // A gap that kring passed on is told by the side as a loss, too.
        let lost = u64::from(block.lost).saturating_sub(source.lost());
        told.lost = told.lost.max(told.before + lost);
        told.sent = self.outflow.total;
        told.jitter_us = micros(block.jitter, clock_of(self.outflow.payload_type, takes));
        self.round_trip = round_trip(now, block.last_report, block.delay).or(self.round_trip);
    }

    pub(crate) fn round_trip_us(&self) -> Option<u64> {
        self.round_trip
            .map(|round_trip| round_trip.as_micros() as u64)
    }

    /// RTP packets sent to the side.
    pub(crate) fn sent_to_it(&self) -> u64 {
        self.outflow.total
    }

    /// What the side got, over the whole time, if it ever told.
    pub(crate) fn told(&self, takes: &[Codec]) -> Option<Told> {
        let told = self.told?;
        let codec = robustness(self.outflow.payload_type, takes);
        Some(Told {
            lost: told.lost,
            jitter_us: told.jitter_us,
            mos: self.mos(codec, told.lost, told.sent, told.jitter_us),
        })
    }

    /// What the side's sound was worth, of which so much came and so much did not.
    pub(crate) fn mos_of(&self, quality: &Quality, packets: u64, sends: &[Codec]) -> Option<Mos> {
        let lost = quality.lost();
        let codec = robustness(quality.payload_type(), sends);
        let mos = self.mos(codec, lost, lost + packets, quality.jitter_us());
        (packets > 0).then_some(mos)
    }

    fn mos(&self, codec: Robustness, lost: u64, of: u64, jitter_us: u64) -> Mos {
        let way = self.round_trip.map_or(Duration::ZERO, |there| there / 2);
        // What a telephone waits for late packets: twice the jitter is usual, a packet the least.
        let patience = Duration::from_micros(2 * jitter_us).max(Duration::from_millis(FRAME_MS));
        let path = Path {
            codec,
            loss: lost as f64 / of.max(1) as f64,
            delay: way + Duration::from_millis(FRAME_MS) + patience,
        };
        path.mos()
    }

    /// How both ways were since the last look: from the side, of which so many packets have come, and to it. None
    /// for a way on which too little went to say.
    pub(crate) fn look(
        &mut self,
        quality: &Quality,
        packets: u64,
        tongues: Tongues<'_>,
    ) -> [Option<WayFigures>; 2] {
        let (lost, before) = (quality.lost(), self.look);
        let (told_sent, told_lost) = self.told.map_or((0, 0), |told| (told.sent, told.lost));
        self.look = Look {
            packets,
            lost,
            told_sent,
            told_lost,
        };
        let lost = lost.saturating_sub(before.lost);
        let all = packets.saturating_sub(before.packets) + lost;
        let codec = robustness(quality.payload_type(), tongues.sends);
        let from = self.way(codec, lost, all, quality.jitter_us());
        let lost = told_lost.saturating_sub(before.told_lost);
        let all = told_sent.saturating_sub(before.told_sent);
        let jitter_us = self.told.map_or(0, |told| told.jitter_us);
        let codec = robustness(self.outflow.payload_type, tongues.takes);
        [from, self.way(codec, lost.min(all), all, jitter_us)]
    }

    fn way(&self, codec: Robustness, lost: u64, all: u64, jitter_us: u64) -> Option<WayFigures> {
        (all >= LOOK_PACKETS_MIN).then(|| WayFigures {
            lost_permille: (lost * 1_000 / all) as u16,
            jitter_us,
            mos: self.mos(codec, lost, all, jitter_us),
        })
    }

    /// Writes the report that is due now, if one is; how long it is.
    pub(crate) fn write(
        &mut self,
        now: Moment,
        quality: &Quality,
        takes: &[Codec],
        chances: &mut Chances,
        out: &mut ReportPacket,
    ) -> Option<usize> {
        match self.pace {
            Pace::Still => {
                // The first comes after half the time (RFC 3550 §6.2).
                self.pace = Pace::Next {
                    at: now + pause(chances) / 2,
                    own: Own::named(chances.next(), chances.next()),
                };
                None
            }
            Pace::Next { at, .. } if now < at => None,
            Pace::Next { own, .. } => {
                let at = now + pause(chances);
                self.pace = Pace::Next { at, own };
                let block = self.block(now, quality);
                own.write(self.sender(now, takes), block, out)
            }
        }
    }

    /// Writes the last report of all, with a goodbye; none where nothing was ever reported.
    pub(crate) fn goodbye(
        &mut self,
        now: Moment,
        quality: &Quality,
        takes: &[Codec],
        out: &mut ReportPacket,
    ) -> Option<usize> {
        let Pace::Next { own, .. } = std::mem::take(&mut self.pace) else {
            return None;
        };
        let block = self.block(now, quality);
        own.write_goodbye(self.sender(now, takes), block, out)
    }

    /// What kring says of its own stream; none when it sent nothing lately, which makes it a mere receiver (§6.4).
    fn sender(&self, now: Moment, takes: &[Codec]) -> Option<Sender> {
        let out = &self.outflow;
        let source = out.source?;
        let since = now.since(out.at);
        (since < 2 * REPORT_EVERY).then(|| {
            let clock = u128::from(clock_of(out.payload_type, takes));
            let units = since.as_micros() * clock / 1_000_000;
            Sender {
                ssrc: source.ssrc,
                at: ntp(now),
                timestamp: out.timestamp.wrapping_add(units as u32),
                packets: out.packets,
                octets: out.octets,
            }
        })
    }

    /// What kring says of the side's stream; none when nothing came.
    fn block(&mut self, now: Moment, quality: &Quality) -> Option<Received> {
        let source = quality.source()?;
        let (expected, received) = (source.expected(), source.received());
        let is_other = self.reported.ssrc != source.ssrc || expected < self.reported.expected;
        let before = if is_other {
            Reported::default()
        } else {
            self.reported
        };
        self.reported = Reported {
            ssrc: source.ssrc,
            expected,
            received,
        };
        let expected_since = expected - before.expected;
        let lost_since = expected_since.saturating_sub(received.saturating_sub(before.received));
        let fraction = (lost_since * 256).checked_div(expected_since).unwrap_or(0);
        let (last_report, delay) = self.theirs.map_or((0, 0), |(middle, at)| {
            let delay = now.since(at).as_micros() * 65_536 / 1_000_000;
            (middle, delay as u32)
        });
        Some(Received {
            ssrc: source.ssrc,
            fraction: fraction.min(255) as u8,
            lost: source.lost().min(0x7f_ffff) as u32,
            highest: source.extended(),
            jitter: quality.jitter_units(),
            last_report,
            delay,
        })
    }
}

/// Half to one and a half of the interval, so that the reports of many calls don't march in step (§6.3.1).
fn pause(chances: &mut Chances) -> Duration {
    let interval = REPORT_EVERY.as_micros() as u64;
    Duration::from_micros(interval / 2 + chances.next() % interval)
}

/// The time as RTCP writes it: seconds and 2^32nds. Counted from the start of this machine, which RFC 3550 §4 allows to
/// whoever knows no time of day: only differences are used.
const fn ntp(now: Moment) -> u64 {
    let micros = now.as_micros() as u128;
    (micros * (1 << 32) / 1_000_000) as u64
}

/// There and back again; nothing of a report that answers none of kring's, or of an hour ago.
fn round_trip(now: Moment, last_report: u32, delay: u32) -> Option<Duration> {
    if last_report == 0 {
        return None;
    }
    let middle = (ntp(now) >> 16) as u32;
    let units = middle.wrapping_sub(last_report).wrapping_sub(delay) as i32;
    // Their clock and rounding may make it a little less than nothing.
    let units = if (-655..0).contains(&units) { 0 } else { units };
    let units = u64::try_from(units).ok()?;
    let trip = Duration::from_micros(units * 1_000_000 / 65_536);
    (trip <= ROUND_TRIP_MAX).then_some(trip)
}

/// The clock of a payload number, Hz. Of dynamic numbers that nobody has told, telephones use those of opus.
fn clock_of(payload_type: u8, known: &[Codec]) -> u32 {
    let mut codecs = known.iter();
    match codecs.find(|codec| codec.payload_type == payload_type) {
        Some(codec) => codec.clock.max(1),
        None if payload_type >= 96 => 48_000,
        None => 8_000,
    }
}

const fn micros(units: u32, clock: u32) -> u64 {
    units as u64 * 1_000_000 / clock as u64
}
