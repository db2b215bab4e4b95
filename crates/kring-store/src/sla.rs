//! How long something has taken, and when it is due, in time that counts: working days or working hours.
//!
//! Pure arithmetic over opening hours. A working day is a day on which it is open at all, however long it is
//! open then; within one, time passes as the open minutes do. Whoever is always open counts every day.

use crate::limits;
use kring_time::{CivilMinute, DAY_MINUTES, Day, Schedule};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{fmt, str::FromStr};

/// Parts into which a working day is divided, so that a share of one is a whole number.
const DAY_PARTS: i64 = 1_000_000;

/// Minutes of an hour.
const HOUR_MINUTES: i64 = 60;

/// How much time something may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// So many working days.
    Days(u16),
    /// So many working hours.
    Hours(u16),
}

/// What tells no allowance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no time to answer in: write working days, such as 15 or \"15d\", or hours, such as \"4h\""
)]
pub struct AllowanceRefused(String);

impl Allowance {
    /// What is needed, in the measure of this allowance.
    pub(crate) fn parts(self) -> i64 {
        match self {
            Allowance::Days(days) => i64::from(days) * DAY_PARTS,
            Allowance::Hours(hours) => i64::from(hours) * HOUR_MINUTES,
        }
    }

    /// What has passed of a day of so many open minutes after `passed` of them, and what the whole day is.
    fn of_day(self, passed: i64, open: i64) -> (i64, i64) {
        match self {
            _ if open == 0 => (0, 0),
            Allowance::Days(_) => (passed * DAY_PARTS / open, DAY_PARTS),
            Allowance::Hours(_) => (passed, open),
        }
    }

    /// The fewest open minutes of a day of `open` after which `parts` have passed.
    fn minutes_for(self, parts: i64, open: i64) -> i64 {
        match self {
            Allowance::Days(_) => (parts * open + DAY_PARTS - 1) / DAY_PARTS,
            Allowance::Hours(_) => parts,
        }
    }

    /// What of the allowance has passed between the two, in its own measure; never less than nothing.
    pub(crate) fn spent(self, schedule: &Schedule, from: CivilMinute, to: CivilMinute) -> i64 {
        if to <= from {
            return 0;
        }
        let (begun, _) = self.passed(schedule, from);
        let mut spent = -begun;
        let mut day = from.day;
        for _ in 0..limits::SLA_DAYS_MAX {
            if day == to.day {
                return spent + self.passed(schedule, to).0;
            }
            let whole = CivilMinute { day, minute: 0 };
            spent += self.passed(schedule, whole).1;
            day = day.next();
        }
        spent
    }

    /// The first minute at which `parts` have passed since `from`; none: not within ten years.
    pub(crate) fn reached(
        self,
        schedule: &Schedule,
        from: CivilMinute,
        parts: i64,
    ) -> Option<CivilMinute> {
        if parts <= 0 {
            return Some(from);
        }
        // Counted from the beginning of the first day.
        let mut left = parts + self.passed(schedule, from).0;
        let mut day = from.day;
        for _ in 0..limits::SLA_DAYS_MAX {
            let open = open_minutes(schedule, day);
            let (_, whole) = self.of_day(0, open);
            if left <= whole {
                let passed = self.minutes_for(left, open);
                return Some(after_open_minutes(schedule, day, passed));
            }
            left -= whole;
            day = day.next();
        }
        None
    }

    /// What has passed of that day at that minute, and what the whole day is.
    fn passed(self, schedule: &Schedule, at: CivilMinute) -> (i64, i64) {
        let before =
            |(open, close): &(u16, u16)| i64::from((*close).min(at.minute).max(*open) - *open);
        let passed = schedule.on(at.day).iter().map(before).sum();
        self.of_day(passed, open_minutes(schedule, at.day))
    }
}

/// Minutes between the two in which it is open.
pub(crate) fn working_minutes(schedule: &Schedule, from: CivilMinute, to: CivilMinute) -> i64 {
    Allowance::Hours(0).spent(schedule, from, to)
}

fn open_minutes(schedule: &Schedule, day: Day) -> i64 {
    let long = |(open, close): &(u16, u16)| i64::from(*close - *open);
    schedule.on(day).iter().map(long).sum()
}

/// The end of the day's `passed`th open minute.
fn after_open_minutes(schedule: &Schedule, day: Day, passed: i64) -> CivilMinute {
    let mut left = passed;
    let mut minute = DAY_MINUTES;
    for (open, close) in schedule.on(day) {
        let long = i64::from(*close - *open);
        if left <= long {
            minute = *open + left.max(0) as u16;
            break;
        }
        left -= long;
    }
    if minute == DAY_MINUTES {
        let day = day.next();
        return CivilMinute { day, minute: 0 };
    }
    CivilMinute { day, minute }
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Allowance::Days(days) => write!(f, "{days}d"),
            Allowance::Hours(hours) => write!(f, "{hours}h"),
        }
    }
}

impl FromStr for Allowance {
    type Err = AllowanceRefused;

    /// `15` and `15d` are working days, `4h` working hours.
    fn from_str(text: &str) -> Result<Allowance, AllowanceRefused> {
        let refused = || AllowanceRefused(text.chars().take(20).collect());
        let trimmed = text.trim();
        let (digits, of) = match trimmed.strip_suffix('h') {
            Some(digits) => (digits, Allowance::Hours as fn(u16) -> Allowance),
            None => (
                trimmed.strip_suffix('d').unwrap_or(trimmed),
                Allowance::Days as fn(u16) -> Allowance,
            ),
        };
        let n: u16 = digits.parse().map_err(|_| refused())?;
        if !(1..=limits::SLA_ALLOWANCE_MAX).contains(&n) {
            return Err(refused());
        }
        Ok(of(n))
    }
}

impl Serialize for Allowance {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Allowance {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Allowance, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
