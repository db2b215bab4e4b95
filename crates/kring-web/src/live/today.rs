//! How today's calls were decided, for `queue.stats` and the wallboard. A day begins at midnight where the centre is,
//! and a call is of the day on which it came.

use crate::means::TEST_TRUNK;
use kring_journal::{CallRecord, RingResult, WallTime};
use std::time::Duration;

const DAY_US: i64 = 86_400_000_000;
const HALF_HOUR_US: i64 = 1_800_000_000;
const HALF_HOURS: usize = 48;

/// The counts of one day.
#[derive(Clone, Debug)]
pub(crate) struct Today {
    ahead: Duration,
    day: i64,
    tally: Tally,
}

/// How the calls of a day were decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) decided: u32,
    pub(crate) within: u32,
    pub(crate) rescued: u32,
    pub(crate) refused: u32,
    pub(crate) breached: u32,
    /// Callers who hung up in ring 1, 2 and 3.
    pub(crate) abandoned: [u32; 3],
    half_hours: [HalfHour; HALF_HOURS],
}

/// The calls that came within half an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct HalfHour {
    pub(crate) within: u32,
    pub(crate) other: u32,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally {
            decided: 0,
            within: 0,
            rescued: 0,
            refused: 0,
            breached: 0,
            abandoned: [0; 3],
            half_hours: [HalfHour::default(); HALF_HOURS],
        }
    }
}

impl Tally {
    /// The share that was answered within the rule, %, to one decimal.
    pub(crate) fn within_pct(&self) -> Option<f64> {
        (self.decided > 0)
            .then(|| (f64::from(self.within) * 1_000.0 / f64::from(self.decided)).round() / 10.0)
    }

    fn count(&mut self, half_hour: usize, result: RingResult, rings: u8) {
        self.decided += 1;
        match result {
            RingResult::Within => self.within += 1,
            RingResult::Rescued => self.rescued += 1,
            RingResult::Refused => self.refused += 1,
            RingResult::Breached => self.breached += 1,
            RingResult::AbandonedWithin => {
                self.abandoned[usize::from(rings.clamp(1, 3)) - 1] += 1;
            }
            RingResult::Failed => {}
        }
        if let Some(half_hour) = self.half_hours.get_mut(half_hour) {
            let within = result == RingResult::Within;
            half_hour.within += u32::from(within);
            half_hour.other += u32::from(!within);
        }
    }
}

impl Today {
    /// Nothing counted, where clocks are `ahead` of UTC.
    pub(crate) fn new(ahead: Duration) -> Today {
        Today {
            ahead,
            day: i64::MIN,
            tally: Tally::default(),
        }
    }

    /// Counts a call that is decided by the ring rule; others it passes over, and those that kring made to itself.
    pub(crate) fn count(&mut self, record: &CallRecord) {
        let Some(result) = record.result else { return };
        if record.trunk == TEST_TRUNK {
            return;
        }
        let day = self.day_of(record.arrived_at);
        // Whoever came before midnight and is decided after it is of the day before.
        if day < self.day {
            return;
        }
        if day > self.day {
            (self.day, self.tally) = (day, Tally::default());
        }
        let half_hour = (record.arrived_at.0 - self.midnight(record.arrived_at).0) / HALF_HOUR_US;
        self.tally.count(half_hour as usize, result, record.rings);
    }

    /// The counts of the day of `now`.
    pub(crate) fn tally(&self, now: WallTime) -> Tally {
        if self.day == self.day_of(now) {
            self.tally.clone()
        } else {
            Tally::default()
        }
    }

    /// The share of the day's calls that were answered within the rule, %, to one decimal.
    pub(crate) fn within_pct(&self, now: WallTime) -> Option<f64> {
        let same = self.day == self.day_of(now);
        self.tally.within_pct().filter(|_| same)
    }

    /// The half hours of the day, from that of the first call to that of `now`, with when each began.
    pub(crate) fn half_hours(&self, now: WallTime) -> Vec<(WallTime, HalfHour)> {
        let (tally, midnight) = (self.tally(now), self.midnight(now));
        let last = ((now.0 - midnight.0) / HALF_HOUR_US) as usize;
        let all = tally.half_hours.iter().copied().enumerate().take(last + 1);
        all.skip_while(|(_, counts)| *counts == HalfHour::default())
            .map(|(n, counts)| (WallTime(midnight.0 + n as i64 * HALF_HOUR_US), counts))
            .collect()
    }

    /// When the day of `now` began.
    pub(crate) fn midnight(&self, now: WallTime) -> WallTime {
        WallTime(self.day_of(now) * DAY_US - self.ahead_us())
    }

    /// What clocks in the centre show at `wall`, as if it were UTC.
    pub(crate) fn shown(&self, wall: WallTime) -> WallTime {
        WallTime(wall.0 + self.ahead_us())
    }

    fn ahead_us(&self) -> i64 {
        self.ahead.as_micros() as i64
    }

    fn day_of(&self, at: WallTime) -> i64 {
        (at.0 + self.ahead_us()).div_euclid(DAY_US)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::call::entry;
    use crate::live::floor::When;
    use kring_journal::{CallId, CallerRef, Fact, RingTerms};
    use kring_time::Moment;

    const MIDNIGHT: i64 = 17 * 3_600 * 1_000_000;
    const HOUR: i64 = 3_600 * 1_000_000;

    fn call(arrived_at: i64, result: RingResult, rings: u8) -> CallRecord {
        let offered = Fact::Offered {
            caller: CallerRef::new(1),
            queue: "support".into(),
            did: "1203".into(),
            sip_call_id: "1@pbx".into(),
            trunk: "pbx".into(),
            forwarded_by: None,
            rang_before: false,
            chosen_by: None,
            priority: None,
            outbound: None,
            terms: RingTerms::thailand(),
        };
        let when = When {
            at: Moment::from_micros(0),
            wall: WallTime(arrived_at),
        };
        let offered = entry(when, CallId::new(1, 1), &offered);
        let mut record = CallRecord::begin(&offered).unwrap();
        (record.result, record.rings) = (Some(result), rings);
        record
    }

    #[test]
    fn the_count_begins_again_at_midnight_in_bangkok() {
        let mut today = Today::new(Duration::from_hours(7));
        let (before, after) = (WallTime(MIDNIGHT - 1), WallTime(MIDNIGHT));
        today.count(&call(before.0, RingResult::Within, 1));
        today.count(&call(before.0, RingResult::Within, 2));
        today.count(&call(before.0, RingResult::Refused, 3));
        assert_eq!(today.within_pct(before), Some(66.7));
        assert_eq!(today.within_pct(after), None);
        today.count(&call(after.0, RingResult::Refused, 3));
        today.count(&call(before.0, RingResult::Within, 3));
        assert_eq!(
            today.within_pct(after),
            Some(0.0),
            "who came before midnight is of the day before"
        );
    }

    #[test]
    fn half_hours_go_from_the_first_call_to_now() {
        let mut today = Today::new(Duration::from_hours(7));
        let eight = MIDNIGHT + 8 * HOUR;
        today.count(&call(eight + 1, RingResult::Within, 1));
        today.count(&call(eight + HOUR, RingResult::AbandonedWithin, 2));
        let told = today.half_hours(WallTime(eight + 2 * HOUR));
        let at: Vec<i64> = told
            .iter()
            .map(|(at, _)| (at.0 - eight) / HALF_HOUR_US)
            .collect();
        assert_eq!(at, [0, 1, 2, 3, 4]);
        let counts: Vec<_> = told.iter().map(|(_, n)| (n.within, n.other)).collect();
        assert_eq!(counts, [(1, 0), (0, 0), (0, 1), (0, 0), (0, 0)]);
        assert_eq!(today.tally(WallTime(eight)).abandoned, [0, 1, 0]);
    }
}
