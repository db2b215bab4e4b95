//! How often something may happen: a token bucket that is kept as one number, the moment at which it
//! will be full again. Nothing has to be counted down while nothing happens.
//!
//! Many buckets stand in a table that never grows: who was there longest ago gives way.

use kring_time::Moment;

/// So many a second, and so many at once after a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    every_us: u64,
    at_once: u64,
}

/// One bucket; which [`Pace`] it keeps is said at each taking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    full_at_us: u64,
}

impl Pace {
    /// `rate` a second, `at_once` of them without waiting. Both are at least 1 and `rate` at most a
    /// million.
    pub const fn per_second(rate: u32, at_once: u32) -> Pace {
        let rate = if rate == 0 { 1 } else { rate as u64 };
        let every_us = 1_000_000 / rate;
        Pace {
            every_us: if every_us == 0 { 1 } else { every_us },
            at_once: if at_once == 0 { 1 } else { at_once as u64 },
        }
    }
}

impl Bucket {
    /// Takes one token, if there is one.
    pub const fn take(&mut self, now: Moment, pace: Pace) -> bool {
        self.take_leaving(now, pace, 0)
    }

    /// Takes one token, if that leaves so many for others.
    pub const fn take_leaving(&mut self, now: Moment, pace: Pace, left: u32) -> bool {
        let now_us = now.as_micros();
        let from = if self.full_at_us > now_us {
            self.full_at_us
        } else {
            now_us
        };
        let full_at_us = from + pace.every_us;
        let at_once = pace.at_once.saturating_sub(left as u64);
        if full_at_us - now_us > at_once * pace.every_us {
            return false;
        }
        self.full_at_us = full_at_us;
        true
    }
}

/// Buckets by key, so many and no more.
#[derive(Debug)]
pub struct Paces {
    rows: Box<[Row]>,
    pace: Pace,
}

#[derive(Clone, Copy, Debug, Default)]
struct Row {
    who: u128,
    bucket: Bucket,
}

/// Keys that share a place by chance: the one whose bucket is the fullest gives way.
const WAYS: usize = 4;

impl Paces {
    /// At least `rows` buckets of one pace.
    pub fn new(rows: usize, pace: Pace) -> Paces {
        Paces {
            rows: vec![Row::default(); rows.max(1).div_ceil(WAYS) * WAYS].into(),
            pace,
        }
    }

    /// Takes one token of `who`, if there is one. `place` is a digest of `who` that nobody outside can
    /// choose.
    pub fn take(&mut self, now: Moment, who: u128, place: u64) -> bool {
        let sets = (self.rows.len() / WAYS) as u64;
        let first = (place % sets) as usize * WAYS;
        let set = &mut self.rows[first..first + WAYS];
        let index = set.iter().position(|row| row.who == who);
        let index = index.unwrap_or_else(|| {
            let fuller = |a: usize, b: usize| set[b].bucket.full_at_us < set[a].bucket.full_at_us;
            let fullest = (1..WAYS).fold(
                0,
                |best, other| if fuller(best, other) { other } else { best },
            );
            let bucket = Bucket::default();
            set[fullest] = Row { who, bucket };
            fullest
        });
        set[index].bucket.take(now, self.pace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes one each millisecond of `ms`, and says how many there were.
    fn taken(bucket: &mut Bucket, pace: Pace, ms: std::ops::Range<u64>) -> usize {
        ms.filter(|ms| bucket.take(Moment::from_millis(*ms), pace))
            .count()
    }

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let pace = Pace::per_second(10, 20);
        let mut bucket = Bucket::default();
        assert_eq!(taken(&mut bucket, pace, 0..1_000), 20 + 9);
        assert_eq!(taken(&mut bucket, pace, 1_000..2_000), 10);
        assert_eq!(taken(&mut bucket, pace, 60_000..60_001), 1);
        assert_eq!(taken(&mut bucket, pace, 60_001..61_000), 19 + 9);
    }

    #[test]
    fn what_is_left_for_others_is_left() {
        let pace = Pace::per_second(10, 20);
        let mut bucket = Bucket::default();
        let now = Moment::BOOT;
        assert_eq!(
            (0..30)
                .filter(|_| bucket.take_leaving(now, pace, 15))
                .count(),
            5
        );
        assert_eq!((0..30).filter(|_| bucket.take(now, pace)).count(), 15);
    }

    #[test]
    fn a_table_of_paces_never_grows() {
        let mut paces = Paces::new(10, Pace::per_second(1, 2));
        for who in 0..10_000_u64 {
            assert!(
                paces.take(Moment::BOOT, u128::from(who), who * 7),
                "a new one"
            );
        }
        assert_eq!(paces.rows.len(), 12);
        let again = [(); 3].map(|()| paces.take(Moment::BOOT, 9_999, 9_999 * 7));
        assert_eq!(again, [true, false, false], "one of two was taken before");
    }

    #[test]
    fn nothing_is_never_a_pace() {
        let mut bucket = Bucket::default();
        assert!(bucket.take(Moment::BOOT, Pace::per_second(0, 0)));
        assert!(!bucket.take(Moment::BOOT, Pace::per_second(0, 0)));
    }
}
