//! How today's calls were decided, for `queue.stats`. A day begins at midnight where the centre is.

use kring_journal::{RingResult, WallTime};
use std::time::Duration;

const DAY_US: i64 = 86_400_000_000;

/// The counts of one day.
#[derive(Clone, Debug)]
pub(crate) struct Today {
    ahead: Duration,
    day: i64,
    within: u32,
    decided: u32,
}

impl Today {
    /// Nothing counted, where clocks are `ahead` of UTC.
    pub(crate) fn new(ahead: Duration) -> Today {
        Today {
            ahead,
            day: i64::MIN,
            within: 0,
            decided: 0,
        }
    }

    /// Counts one decided call.
    pub(crate) fn count(&mut self, at: WallTime, result: RingResult) {
        self.turn(at);
        self.decided += 1;
        self.within += u32::from(result == RingResult::Within);
    }

    /// The share of the day's calls that were answered within the rule, %, to one decimal.
    pub(crate) fn within_pct(&self, now: WallTime) -> Option<f64> {
        (self.decided > 0 && self.day == self.day_of(now))
            .then(|| (f64::from(self.within) * 1_000.0 / f64::from(self.decided)).round() / 10.0)
    }

    /// When the day of `now` began.
    pub(crate) fn midnight(&self, now: WallTime) -> WallTime {
        WallTime(self.day_of(now) * DAY_US - self.ahead.as_micros() as i64)
    }

    fn turn(&mut self, at: WallTime) {
        let day = self.day_of(at);
        if self.day != day {
            (self.day, self.within, self.decided) = (day, 0, 0);
        }
    }

    fn day_of(&self, at: WallTime) -> i64 {
        (at.0 + self.ahead.as_micros() as i64).div_euclid(DAY_US)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_begins_again_at_midnight_in_bangkok() {
        let mut today = Today::new(Duration::from_hours(7));
        let before = WallTime(17 * 3_600 * 1_000_000 - 1);
        let after = WallTime(17 * 3_600 * 1_000_000);
        today.count(before, RingResult::Within);
        today.count(before, RingResult::Within);
        today.count(before, RingResult::Refused);
        assert_eq!(today.within_pct(before), Some(66.7));
        assert_eq!(today.within_pct(after), None);
        today.count(after, RingResult::Refused);
        assert_eq!(today.within_pct(after), Some(0.0));
    }
}
