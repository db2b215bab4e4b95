//! How often something may happen: a token bucket that is kept as one number, the moment at which it
//! will be full again. Nothing has to be counted down while nothing happens.

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
        let now_us = now.as_micros();
        let from = if self.full_at_us > now_us {
            self.full_at_us
        } else {
            now_us
        };
        let full_at_us = from + pace.every_us;
        if full_at_us - now_us > pace.at_once * pace.every_us {
            return false;
        }
        self.full_at_us = full_at_us;
        true
    }

    /// Whether it has been used less lately than `other`.
    pub(crate) const fn is_calmer_than(&self, other: &Bucket) -> bool {
        self.full_at_us < other.full_at_us
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
    fn nothing_is_never_a_pace() {
        let mut bucket = Bucket::default();
        assert!(bucket.take(Moment::BOOT, Pace::per_second(0, 0)));
        assert!(!bucket.take(Moment::BOOT, Pace::per_second(0, 0)));
    }
}
