//! The days of a report: read in either era, and when they begin where the centre is.

use super::bad;
use crate::problem::Problem;
use kring_journal::WallTime;
use kring_store::{ReportSpan, Zone};
use kring_time::{CivilMinute, Day};
use std::time::Duration;

const DAY_US: i64 = 86_400_000_000;

/// Days of a report at most: ten years.
const DAYS_MAX: i64 = 3_660;

/// The days, and where they are days.
pub(super) struct Days {
    pub(super) from: Day,
    pub(super) to: Day,
    zone: Zone,
    ahead: Duration,
}

/// How far ahead of UTC clocks are there on the day of `at`, within a day.
pub(crate) fn ahead_of_utc(zone: &Zone, at: WallTime) -> Duration {
    let day = zone.civil_minute(at).map(|shown| shown.day);
    let midnight = day.and_then(|day| zone.wall_time(CivilMinute { day, minute: 0 }));
    let behind = midnight.map_or(0, |midnight| midnight.0.rem_euclid(DAY_US));
    Duration::from_micros(((DAY_US - behind) % DAY_US) as u64)
}

impl Days {
    /// Of what was asked for, or of this month.
    pub(super) fn read(
        zone: &Zone,
        now: WallTime,
        from: &Option<String>,
        to: &Option<String>,
    ) -> Result<Days, Problem> {
        let read = |name: &str, text: &Option<String>| -> Result<Option<Day>, Problem> {
            let day = text
                .as_ref()
                .map(|text| text.parse().map_err(|_| bad(name)));
            day.transpose()
        };
        let today = zone.civil_minute(now).ok_or_else(|| bad("from"))?.day;
        let (year, month, _) = today.civil();
        let first = Day::of(year, month, 1).unwrap_or(today);
        let from = read("from", from)?.unwrap_or(first);
        let to = read("to", to)?.unwrap_or_else(|| last_of_month(from));
        let days = Days {
            from,
            to,
            zone: zone.clone(),
            ahead: ahead_of_utc(zone, now),
        };
        let span = days.span();
        if to < from || span.until.0 - span.from.0 > DAYS_MAX * DAY_US {
            return Err(bad("to"));
        }
        Ok(days)
    }

    /// When they begin and end.
    pub(super) fn span(&self) -> ReportSpan {
        ReportSpan {
            from: self.begins(self.from),
            until: self.begins(self.to.next()),
            ahead: self.ahead,
        }
    }

    /// When a day begins.
    pub(super) fn begins(&self, day: Day) -> WallTime {
        let midnight = CivilMinute { day, minute: 0 };
        self.zone.wall_time(midnight).unwrap_or(WallTime(0))
    }

    /// The day that begins then.
    pub(super) fn day_of(&self, midnight: i64) -> Day {
        let shown = self.zone.civil_minute(WallTime(midnight));
        shown.map_or(self.from, |shown| shown.day)
    }

    /// When the day that begins then begins and ends.
    pub(super) fn of_day(midnight: i64) -> (WallTime, WallTime) {
        (WallTime(midnight), WallTime(midnight + DAY_US))
    }

    /// The part of a month that is within the days: when it begins and ends.
    pub(super) fn of_month(&self, year: i32, month: u8) -> (WallTime, WallTime) {
        let first = Day::of(year, month, 1).unwrap_or(self.from);
        let (first, last) = (first.max(self.from), last_of_month(first).min(self.to));
        (self.begins(first), self.begins(last.next()))
    }
}

fn last_of_month(day: Day) -> Day {
    let (year, month, _) = day.civil();
    (28..=31)
        .rev()
        .find_map(|last| Day::of(year, month, last))
        .unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_either_era_and_are_whole_months_when_nothing_is_said() {
        let zone = Zone::default();
        let now = WallTime(1_795_420_800_000_000);
        let read = |from: Option<&str>, to: Option<&str>| {
            let days = Days::read(&zone, now, &from.map(str::to_owned), &to.map(str::to_owned));
            days.map(|days| (days.from.to_string(), days.to.to_string()))
                .ok()
        };
        let of = |from: &str, to: &str| Some((from.to_owned(), to.to_owned()));
        assert_eq!(read(None, None), of("2026-11-01", "2026-11-30"));
        assert_eq!(
            read(Some("2569-10-01"), Some("2570-09-30")),
            of("2026-10-01", "2027-09-30")
        );
        assert_eq!(
            read(Some("2567-02-10"), None),
            of("2024-02-10", "2024-02-29")
        );
        assert_eq!(read(Some("2026-10-02"), Some("2026-10-01")), None);
        assert_eq!(read(Some("2026-10-32"), None), None);
        assert_eq!(ahead_of_utc(&zone, now), Duration::from_hours(7));
    }
}
