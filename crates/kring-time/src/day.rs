//! Days of the civil calendar. Which day it is now, and at what time, is told by whoever has a clock and
//! knows the time zone.

use std::{fmt, str::FromStr};

/// From this year on a date is of the Buddhist era, whose years are [`BUDDHIST_AHEAD`] more.
const BUDDHIST_FROM: i32 = 2_400;

/// พ.ศ. less ค.ศ.
const BUDDHIST_AHEAD: i32 = 543;

/// Minutes of a day.
pub const DAY_MINUTES: u16 = 1_440;

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// A minute of a day, as clocks in a place show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CivilMinute {
    /// The day.
    pub day: Day,
    /// 0 to 1,439.
    pub minute: u16,
}

/// Why a text is no day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRefused(String);

impl fmt::Display for DayRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.0;
        write!(
            f,
            "{text:?} is no date: write YYYY-MM-DD, in the common or the Buddhist era"
        )
    }
}

impl std::error::Error for DayRefused {}

impl Day {
    /// This day of the common era, if there is such a day.
    pub fn of(year: i32, month: u8, day: u8) -> Option<Day> {
        let in_range = (1..=9_999).contains(&year) && (1..=12).contains(&month);
        if !in_range || day == 0 || day > days_of(year, month) {
            return None;
        }
        // Years begin with March, so that the leap day is the last of them.
        let (month, day) = (i32::from(month), i32::from(day));
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
        Some(Day(era * 146_097 + of_era - 719_468))
    }

    /// Year of the common era, month and day.
    pub fn civil(self) -> (i32, u8, u8) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        let year = year + era * 400 + i32::from(month <= 2);
        (year, month as u8, day as u8)
    }

    /// 0 is Monday, 6 Sunday.
    pub fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday.
        (self.0 + 3).rem_euclid(7) as usize
    }

    /// The day after.
    #[must_use]
    pub fn next(self) -> Day {
        Day(self.0 + 1)
    }
}

fn days_of(year: i32, month: u8) -> u8 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl FromStr for Day {
    type Err = DayRefused;

    /// `2026-12-05`, or `2569-12-05` of the Buddhist era.
    fn from_str(text: &str) -> Result<Day, DayRefused> {
        let refused = || DayRefused(text.chars().take(20).collect());
        let mut parts = text.trim().splitn(3, '-');
        let mut part = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits);
            part.and_then(|part| part.parse::<u16>().ok())
        };
        let (year, month, day) = (part(4), part(2), part(2));
        let (Some(year), Some(month), Some(day)) = (year, month, day) else {
            return Err(refused());
        };
        let mut year = i32::from(year);
        if year >= BUDDHIST_FROM {
            year -= BUDDHIST_AHEAD;
        }
        let (month, day) = (month as u8, day as u8);
        Day::of(year, month, day).ok_or_else(refused)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_one_another_through_leap_years() {
        assert_eq!(Day::of(1970, 1, 1), Some(Day(0)));
        assert_eq!(Day::of(2000, 3, 1), Some(Day(11_017)));
        let mut day = Day::of(1999, 12, 31).unwrap();
        for _ in 0..=146_097 {
            let (year, month, of_month) = day.civil();
            assert_eq!(Day::of(year, month, of_month), Some(day));
            day = day.next();
        }
        assert_eq!(day.to_string(), "2400-01-01");
    }

    #[test]
    fn weekdays_are_known() {
        let weekday = |text: &str| text.parse::<Day>().unwrap().weekday();
        assert_eq!(weekday("2026-11-28"), 5, "a Saturday");
        assert_eq!(weekday("1970-01-01"), 3);
        assert_eq!(weekday("1969-12-29"), 0);
    }

    #[test]
    fn both_eras_are_read() {
        let day: Day = "2569-12-10".parse().unwrap();
        assert_eq!(day, "2026-12-10".parse().unwrap());
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-1-1",
            "10-12-2026",
            "",
            "2026-12",
            "2026-12-100",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert!("2028-02-29".parse::<Day>().is_ok() && "2571-02-29".parse::<Day>().is_ok());
    }
}
