//! What can be said of a stream of RTP from its headers: loss and jitter (RFC 3550 A.1, A.3, A.8).
//!
//! A new synchronisation source, or a sequence that starts anew, closes the account of the old one;
//! losses add up over all of them. Nothing here is told by the other end: that is RTCP.

use kring_time::Moment;
use std::time::Duration;

/// A jump forward by less is loss, by more a new start (RFC 3550 A.1).
const DROPOUT_MAX: u16 = 3_000;

/// A step back by less is reordering.
const MISORDER_MAX: u16 = 100;

/// How long a dynamic payload number is watched before its clock is believed.
const CLOCK_AFTER: Duration = Duration::from_millis(500);

/// The clocks that telephones use under dynamic numbers, Hz.
const CLOCKS: [u32; 4] = [8_000, 16_000, 32_000, 48_000];

/// The header fields that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtpSeen {
    /// 0 to 127.
    pub payload_type: u8,
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp, in units of the codec's clock.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
}

/// The account of everything received from one side.
#[derive(Clone, Debug, Default)]
pub struct Quality {
    source: Option<Source>,
    lost_before: u64,
    jitter: Jitter,
}

/// One run of sequence numbers of one source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(crate) ssrc: u32,
    base: u16,
    highest: u16,
    /// Sequence numbers passed by wrapping, a multiple of 65,536.
    cycles: u64,
    received: u64,
    /// Where a second packet would prove that the sender has started anew.
    restart_at: Option<u16>,
}

impl Quality {
    /// Takes one packet into the account.
    pub fn note(&mut self, now: Moment, seen: RtpSeen) {
        match &mut self.source {
            Some(source) if source.ssrc == seen.ssrc => {
                if let Step::Restarted = source.step(seen.sequence) {
                    self.begin(seen);
                }
            }
            _ => self.begin(seen),
        }
        self.jitter.note(now, seen);
    }

    fn begin(&mut self, seen: RtpSeen) {
        self.lost_before = self.lost();
        self.source = Some(Source::begun(seen));
        self.jitter.forget_transit();
    }

    /// Packets that should have come and did not. Duplicates hide as many losses (RFC 3550 A.3).
    pub fn lost(&self) -> u64 {
        self.lost_before + self.source.map_or(0, |source| source.lost())
    }

    /// Interarrival jitter now, µs. Zero until the clock of a dynamic payload number is known.
    pub fn jitter_us(&self) -> u64 {
        self.jitter.micros()
    }

    /// The same in units of the codec's clock, as a report tells it.
    pub(crate) fn jitter_units(&self) -> u32 {
        self.jitter.units()
    }

    /// The payload number of the speech that came last.
    pub(crate) fn payload_type(&self) -> u8 {
        self.jitter.payload_type
    }

    /// The source that is heard now.
    pub(crate) fn source(&self) -> Option<Source> {
        self.source
    }
}

enum Step {
    Counted,
    Restarted,
}

impl Source {
    /// The first packet of a source.
    pub(crate) fn begun(seen: RtpSeen) -> Source {
        Source {
            ssrc: seen.ssrc,
            base: seen.sequence,
            highest: seen.sequence,
            cycles: 0,
            received: 1,
            restart_at: None,
        }
    }

    /// A later one, of a row that may begin anew.
    pub(crate) fn follow(&mut self, seen: RtpSeen) {
        if let Step::Restarted = self.step(seen.sequence) {
            *self = Source::begun(seen);
        }
    }

    /// The newest number, with how often the row has wrapped (RFC 3550 §6.4.1).
    pub(crate) fn extended(&self) -> u32 {
        self.cycles as u32 | u32::from(self.highest)
    }

    /// Packets that should have come.
    pub(crate) fn expected(&self) -> u64 {
        self.cycles + u64::from(self.highest) + 1 - u64::from(self.base)
    }

    /// Packets that came, be it twice.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    fn step(&mut self, sequence: u16) -> Step {
        let ahead = sequence.wrapping_sub(self.highest);
        if ahead < DROPOUT_MAX {
            if sequence < self.highest {
                self.cycles += 1 << 16;
            }
            self.highest = sequence;
        } else if ahead <= u16::MAX - MISORDER_MAX {
            // Two in a row from the same new place: the sender began again without telling.
            if self.restart_at == Some(sequence) {
                return Step::Restarted;
            }
            self.restart_at = Some(sequence.wrapping_add(1));
            return Step::Counted;
        }
        self.received += 1;
        Step::Counted
    }

    pub(crate) fn lost(&self) -> u64 {
        self.expected().saturating_sub(self.received)
    }
}

/// The jitter of one payload number: key presses between speech keep their own time.
#[derive(Clone, Copy, Debug, Default)]
struct Jitter {
    payload_type: u8,
    clock: Clock,
    /// Of the last packet, in clock units; `None` after a new start.
    transit: Option<(u32, u32)>,
    /// Sixteen times the jitter in clock units, as RFC 3550 A.8 keeps it.
    scaled: u64,
}

#[derive(Clone, Copy, Debug, Default)]
enum Clock {
    #[default]
    Unknown,
    Watched {
        since: Moment,
        from: u32,
    },
    Known(u32),
}

impl Jitter {
    fn forget_transit(&mut self) {
        self.transit = None;
    }

    fn note(&mut self, now: Moment, seen: RtpSeen) {
        if matches!(self.clock, Clock::Unknown) || self.other_speech(seen) {
            *self = Jitter {
                payload_type: seen.payload_type,
                clock: match static_clock(seen.payload_type) {
                    Some(clock) => Clock::Known(clock),
                    None => Clock::Watched {
                        since: now,
                        from: seen.timestamp,
                    },
                },
                ..Jitter::default()
            };
        }
        if seen.payload_type != self.payload_type {
            return;
        }
        match self.clock {
            Clock::Unknown => {}
            Clock::Watched { since, from } => {
                let elapsed = now.since(since);
                if elapsed >= CLOCK_AFTER {
                    self.clock = believed_clock(seen.timestamp.wrapping_sub(from), elapsed)
                        .map_or(Clock::Unknown, Clock::Known);
                }
            }
            Clock::Known(clock) => self.update(now, seen.timestamp, clock),
        }
    }

    /// Static numbers are speech and take over at once. Of the dynamic ones the first that comes
    /// keeps its place, for the others may be key presses.
    fn other_speech(&self, seen: RtpSeen) -> bool {
        seen.payload_type != self.payload_type
            && static_clock(seen.payload_type).is_some()
            && seen.payload_type != 13
    }

    fn update(&mut self, now: Moment, timestamp: u32, clock: u32) {
        let arrival = (u128::from(now.as_micros()) * u128::from(clock) / 1_000_000) as u32;
        let transit = arrival.wrapping_sub(timestamp);
        if let Some((before, stamped)) = self.transit {
            // Packets of one frame share a timestamp and say nothing of the way.
            if stamped == timestamp {
                return;
            }
            let d = u64::from((transit.wrapping_sub(before) as i32).unsigned_abs());
            // More than a second is a new time base, not a late packet.
            if d < u64::from(clock) {
                self.scaled = self.scaled + d - ((self.scaled + 8) >> 4);
            }
        }
        self.transit = Some((transit, timestamp));
    }

    fn units(&self) -> u32 {
        (self.scaled >> 4).min(u64::from(u32::MAX)) as u32
    }

    fn micros(&self) -> u64 {
        match self.clock {
            Clock::Known(clock) => (self.scaled >> 4) * 1_000_000 / u64::from(clock),
            Clock::Unknown | Clock::Watched { .. } => 0,
        }
    }
}

/// RFC 3551 §6. G722 counts at 8,000 although it samples at 16,000.
fn static_clock(payload_type: u8) -> Option<u32> {
    match payload_type {
        6 => Some(16_000),
        10 | 11 => Some(44_100),
        14 => Some(90_000),
        0..=18 => Some(8_000),
        _ => None,
    }
}

fn believed_clock(advanced: u32, elapsed: Duration) -> Option<u32> {
    let rate = f64::from(advanced) / elapsed.as_secs_f64();
    CLOCKS.into_iter().find(|clock| {
        let ratio = rate / f64::from(*clock);
        (0.75..1.4).contains(&ratio)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(sequence: u16, timestamp: u32) -> RtpSeen {
        RtpSeen {
            payload_type: 8,
            sequence,
            timestamp,
            ssrc: 7,
        }
    }

    /// Feeds sequence numbers, one every 20 ms.
    fn heard(numbers: impl IntoIterator<Item = u16>) -> Quality {
        let mut quality = Quality::default();
        for (n, sequence) in numbers.into_iter().enumerate() {
            let now = Moment::from_millis(20 * n as u64);
            quality.note(now, packet(sequence, 160 * n as u32));
        }
        quality
    }

    #[test]
    fn nothing_is_lost_over_a_wrap_of_the_sequence() {
        let numbers = (65_000..=u16::MAX).chain(0..200).chain(200..4_000);
        assert_eq!(heard(numbers).lost(), 0);
        // Every tenth is missing, the wrap among them.
        let holes = (60_000..=u16::MAX).chain(0..5_000).filter(|n| n % 10 != 3);
        assert_eq!(heard(holes).lost(), 1_054);
    }

    #[test]
    fn reordering_is_no_loss_and_a_duplicate_no_gain() {
        assert_eq!(heard([1, 2, 4, 3, 5, 6]).lost(), 0);
        assert_eq!(heard([1, 2, 2, 3]).lost(), 0, "never below zero");
    }

    #[test]
    fn a_sender_that_starts_anew_has_not_lost_a_thousand_packets() {
        let quality = heard((1..50).chain([52]).chain(30_000..30_050));
        assert_eq!(quality.lost(), 2, "the two of the first run only");
    }

    #[test]
    fn one_wild_sequence_number_changes_nothing() {
        let quality = heard((1..50).chain([40_000]).chain(50..100));
        assert_eq!(quality.lost(), 0);
    }

    #[test]
    fn another_source_keeps_the_losses_of_the_first() {
        let mut quality = heard([1, 2, 5]);
        let next = RtpSeen {
            ssrc: 8,
            ..packet(9_000, 0)
        };
        quality.note(Moment::from_millis(80), next);
        assert_eq!(quality.lost(), 2);
    }

    #[test]
    fn jitter_is_zero_on_a_steady_stream_and_follows_an_unsteady_one() {
        assert_eq!(heard(0..500).jitter_us(), 0);
        let mut quality = Quality::default();
        for n in 0..2_000_u64 {
            // Every second packet 4 ms late: |D| is 4 ms each time.
            let now = Moment::from_millis(20 * n + if n % 2 == 0 { 0 } else { 4 });
            quality.note(now, packet(n as u16, 160 * n as u32));
        }
        assert!(
            (3_500..=4_100).contains(&quality.jitter_us()),
            "{}",
            quality.jitter_us()
        );
    }

    #[test]
    fn a_new_time_base_is_no_jitter() {
        let mut quality = heard(0..100);
        quality.note(Moment::from_millis(2_000), packet(100, 0xdead_beef));
        assert_eq!(quality.jitter_us(), 0);
    }

    #[test]
    fn the_clock_of_a_dynamic_number_is_found_and_key_presses_do_not_disturb() {
        let mut quality = Quality::default();
        for n in 0..400_u64 {
            let late = if n % 2 == 0 { 0 } else { 2 };
            let opus = RtpSeen {
                payload_type: 96,
                sequence: (2 * n) as u16,
                timestamp: 960 * n as u32,
                ssrc: 7,
            };
            let key = RtpSeen {
                payload_type: 101,
                sequence: (2 * n + 1) as u16,
                timestamp: 5,
                ssrc: 7,
            };
            quality.note(Moment::from_millis(20 * n + late), opus);
            quality.note(Moment::from_millis(20 * n + late), key);
        }
        assert!(
            (1_700..=2_100).contains(&quality.jitter_us()),
            "{}",
            quality.jitter_us()
        );
        assert_eq!(quality.lost(), 0);
    }
}
