//! One stream made of several: whoever listens hears one source with one row of numbers and one line of timestamps,
//! although the speaker is another browser after a reload, or another call (RFC 3550 §5.1).

use kring_media::quality::RtpSeen;
use kring_time::Moment;

/// Units of a timestamp in a millisecond: all that passes here is 8 kHz.
const UNITS_PER_MS: u64 = 8;

/// What the packets of a source become.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Joint {
    source: Option<Source>,
    /// The highest number that was given out.
    sequence: u64,
    /// The timestamp given out last, and when.
    last: Option<(u32, Moment)>,
}

#[derive(Clone, Copy, Debug)]
struct Source {
    ssrc: u32,
    /// The newest that came of it, and what it became.
    newest: u16,
    became: u64,
    /// Added to its timestamps.
    shift: u32,
}

/// A packet's place in the one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    /// With the wraps counted.
    pub(super) sequence: u64,
    pub(super) timestamp: u32,
    /// It is the first of its source.
    pub(super) begins: bool,
}

impl Joint {
    /// The next packet comes of somebody else, whatever it calls itself.
    pub(super) fn part(&mut self) {
        self.source = None;
    }

    /// Where this packet goes. Gaps stay gaps, and what came in another order goes in it. None: it is of before the first.
    pub(super) fn place(&mut self, now: Moment, seen: RtpSeen) -> Option<Placed> {
        let known = self.source.filter(|source| source.ssrc == seen.ssrc);
        let begins = known.is_none();
        let mut source = known.unwrap_or_else(|| self.begin(now, seen));
        let ahead = i64::from(seen.sequence.wrapping_sub(source.newest) as i16);
        let sequence = u64::try_from(source.became as i64 + ahead).ok()?;
        if ahead > 0 {
            source.newest = seen.sequence;
            source.became = sequence;
        }
        self.source = Some(source);
        let timestamp = seen.timestamp.wrapping_add(source.shift);
        if sequence >= self.sequence {
            self.sequence = sequence;
            self.last = Some((timestamp, now));
        }
        Some(Placed {
            sequence,
            timestamp,
            begins,
        })
    }

    fn begin(&mut self, now: Moment, seen: RtpSeen) -> Source {
        let timestamp = match self.last {
            Some((last, at)) => {
                let units = now.since(at).as_micros() as u64 * UNITS_PER_MS / 1_000;
                // As much later as it is, and later in any case.
                last.wrapping_add((units as u32).max(160))
            }
            None => seen.timestamp,
        };
        self.sequence += 1;
        Source {
            ssrc: seen.ssrc,
            newest: seen.sequence,
            became: self.sequence,
            shift: timestamp.wrapping_sub(seen.timestamp),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn packet(ssrc: u32, sequence: u16, timestamp: u32) -> RtpSeen {
        RtpSeen {
            payload_type: 8,
            sequence,
            timestamp,
            ssrc,
        }
    }

    #[test]
    fn gaps_and_wraps_stay_as_they_came() {
        let mut joint = Joint::default();
        let now = Moment::BOOT;
        let mut place = |sequence, timestamp| {
            let placed = joint.place(now, packet(7, sequence, timestamp)).unwrap();
            (placed.sequence, placed.timestamp, placed.begins)
        };
        assert_eq!(place(65_534, 100), (1, 100, true));
        assert_eq!(place(65_535, 260), (2, 260, false));
        assert_eq!(place(1, 580), (4, 580, false), "one is lost");
        assert_eq!(place(0, 420), (3, 420, false), "it was only late");
        assert_eq!(place(2, 740), (5, 740, false));
    }

    /// A reload: another source with numbers of its own, 1.5 s later.
    #[test]
    fn another_source_goes_on_in_the_same_stream() {
        let mut joint = Joint::default();
        joint.place(Moment::BOOT, packet(7, 50_000, 8_000));
        let later = Moment::BOOT + Duration::from_millis(1_500);
        let placed = joint.place(later, packet(9, 12, 77)).unwrap();
        assert_eq!(
            (placed.sequence, placed.timestamp, placed.begins),
            (2, 8_000 + 12_000, true)
        );
        joint.part();
        let placed = joint.place(later, packet(9, 13, 237)).unwrap();
        assert_eq!((placed.sequence, placed.begins), (3, true));
        assert!(placed.timestamp > 20_000);
    }
}
