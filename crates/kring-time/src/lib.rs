//! What time is, inside kring: the moments of a process, the days of the calendar, and the hours of a week.
//!
//! The pure crates never ask for the time; they are told. So this crate has no way to read a
//! clock: only `kringd::clock` makes a [`Moment`] from a real one, and tests make any they like.

#![forbid(unsafe_code)]

mod day;
mod hours;
mod limits;

pub use day::{CivilMinute, DAY_MINUTES, Day, DayRefused};
pub use hours::{DayHours, HoursRefused, Openness, Schedule, WeekHours};

use std::{
    fmt,
    ops::{Add, Sub},
    time::Duration,
};

/// Microseconds since this node's process began: monotonic, comparable, printable, storable.
///
/// A ring's length is a difference of two moments and so is immune to steps of the wall clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

impl Moment {
    /// The moment at which the process began.
    pub const BOOT: Moment = Moment(0);

    /// The moment `us` microseconds after boot.
    pub const fn from_micros(us: u64) -> Moment {
        Moment(us)
    }

    /// The moment `ms` milliseconds after boot.
    pub const fn from_millis(ms: u64) -> Moment {
        Moment(ms * 1_000)
    }

    /// Microseconds since boot.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// How long ago `earlier` was; zero if it was not earlier.
    pub const fn since(self, earlier: Moment) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// Milliseconds from `earlier` to here, negative if `earlier` is in fact later.
    pub const fn millis_from(self, earlier: Moment) -> i64 {
        (self.0 as i64 - earlier.0 as i64) / 1_000
    }
}

impl Add<Duration> for Moment {
    type Output = Moment;

    /// Saturates after 584,000 years.
    fn add(self, length: Duration) -> Moment {
        let us = u64::try_from(length.as_micros()).unwrap_or(u64::MAX);
        Moment(self.0.saturating_add(us))
    }
}

impl Sub<Duration> for Moment {
    type Output = Moment;

    /// Saturates at boot.
    fn sub(self, length: Duration) -> Moment {
        let us = u64::try_from(length.as_micros()).unwrap_or(u64::MAX);
        Moment(self.0.saturating_sub(us))
    }
}

/// Seconds with three decimals, right-aligned on request: `14.580`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!(
            "{}.{:03}",
            self.0 / 1_000_000,
            self.0 / 1_000 % 1_000
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_seconds_and_pads() {
        assert_eq!(Moment::from_micros(14_580_999).to_string(), "14.580");
        assert_eq!(format!("{:>8}", Moment::from_millis(80)), "   0.080");
    }

    #[test]
    fn differences_never_wrap() {
        let (early, late) = (Moment::from_millis(5), Moment::from_millis(9));
        assert_eq!(late.since(early), Duration::from_millis(4));
        assert_eq!(early.since(late), Duration::ZERO);
        assert_eq!(early.millis_from(late), -4);
        assert_eq!(early - Duration::from_secs(1), Moment::BOOT);
    }
}
