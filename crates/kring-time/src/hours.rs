//! Opening hours: which minutes of a week a queue or a unit is open, and on which days it is not.
//!
//! Arithmetic of the civil calendar only. What time it is, in which place, is not known here.

use crate::{
    day::{CivilMinute, DAY_MINUTES, Day},
    limits::{OPENING_SOUGHT_DAYS, TOLD_BACK_CHARS_MAX},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
    sync::Arc,
};

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A part of a day: open from the first minute until before the second.
type Span = (u16, u16);

/// The whole day.
const WHOLE_DAY: [Span; 1] = [(0, DAY_MINUTES)];

/// The hours of a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WeekHours {
    /// At every minute, on holidays too.
    Always,
    /// These parts of each day, Monday first, in order.
    Week(Box<[Vec<Span>; 7]>),
}

/// The hours of one day that is not like others of its weekday. Without any it is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayHours(Vec<Span>);

/// When a queue or a unit is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Its hours.
    pub week: WeekHours,
    /// Days on which it is closed whatever the week says.
    pub holidays: Arc<BTreeSet<Day>>,
    /// Days with hours of their own, whatever the week and the holidays say.
    pub exceptions: BTreeMap<Day, DayHours>,
}

/// How it is at a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Openness {
    /// Open.
    Open,
    /// Closed, because it is outside of the hours.
    OutOfHours,
    /// Closed on a day on which it would have been open: a holiday, of all or of its own.
    Holiday,
}

/// Why a text tells no hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoursRefused {
    text: String,
    write: &'static str,
}

impl fmt::Display for HoursRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let HoursRefused { text, write } = self;
        write!(f, "{text:?} tells no hours: write {write}")
    }
}

impl std::error::Error for HoursRefused {}

impl HoursRefused {
    fn new(text: &str, write: &'static str) -> HoursRefused {
        let text = text.chars().take(TOLD_BACK_CHARS_MAX).collect();
        HoursRefused { text, write }
    }
}

impl WeekHours {
    fn of(&self, day: Day) -> &[Span] {
        match self {
            WeekHours::Always => &WHOLE_DAY,
            WeekHours::Week(week) => &week[day.weekday()],
        }
    }
}

impl Schedule {
    /// These hours, without holidays and exceptions.
    pub fn of(week: WeekHours) -> Schedule {
        Schedule {
            week,
            holidays: Arc::default(),
            exceptions: BTreeMap::new(),
        }
    }

    /// How it is at that minute.
    pub fn at(&self, at: CivilMinute) -> Openness {
        let is_open = |(open, close): &Span| (*open..*close).contains(&at.minute);
        if self.on(at.day).iter().any(is_open) {
            Openness::Open
        } else if self.on(at.day).is_empty() && !self.week.of(at.day).is_empty() {
            Openness::Holiday
        } else {
            Openness::OutOfHours
        }
    }

    /// The first minute from `at` on in which it is open; none: not within a year.
    pub fn next_open(&self, at: CivilMinute) -> Option<CivilMinute> {
        let (mut day, mut from) = (at.day, at.minute);
        for _ in 0..=OPENING_SOUGHT_DAYS {
            let spans = self.on(day).iter();
            if let Some((open, _)) = spans.into_iter().find(|(_, close)| *close > from) {
                let minute = from.max(*open);
                return Some(CivilMinute { day, minute });
            }
            (day, from) = (day.next(), 0);
        }
        None
    }

    /// The hours of that very day, in order: each from its first minute until before its second.
    pub fn on(&self, day: Day) -> &[(u16, u16)] {
        match (self.exceptions.get(&day), &self.week) {
            (Some(DayHours(spans)), _) => spans,
            (None, WeekHours::Week(_)) if self.holidays.contains(&day) => &[],
            (None, week) => week.of(day),
        }
    }
}

impl FromStr for DayHours {
    type Err = HoursRefused;

    /// `closed`, or the times of one day.
    fn from_str(text: &str) -> Result<DayHours, HoursRefused> {
        let write = "\"closed\", or times such as \"08:30-12:00,13:00-16:30\"";
        let refused = || HoursRefused::new(text, write);
        if text.trim() == "closed" {
            return Ok(DayHours::default());
        }
        let mut spans = times(text).ok_or_else(refused)?;
        spans.sort_unstable();
        // The night belongs to the day after, which has hours of its own.
        if overlaps(&spans) || spans.iter().any(|(open, close)| open >= close) {
            return Err(refused());
        }
        Ok(DayHours(spans))
    }
}

impl FromStr for WeekHours {
    type Err = HoursRefused;

    fn from_str(text: &str) -> Result<WeekHours, HoursRefused> {
        let write = "\"always\", or days and times such as \
                     \"mon-fri 08:30-12:00,13:00-16:30; sat 09:00-12:00\"";
        let refused = || HoursRefused::new(text, write);
        if text.trim() == "always" {
            return Ok(WeekHours::Always);
        }
        let mut week: [Vec<Span>; 7] = Default::default();
        for part in text.split(';') {
            let (days, times) = part
                .trim()
                .split_once(char::is_whitespace)
                .ok_or_else(refused)?;
            let times = self::times(times).ok_or_else(refused)?;
            for day in weekdays(days).ok_or_else(refused)? {
                for time in &times {
                    add(&mut week, day, *time);
                }
            }
        }
        for spans in &mut week {
            spans.sort_unstable();
        }
        if week.iter().any(|spans| overlaps(spans)) {
            return Err(refused());
        }
        Ok(WeekHours::Week(Box::new(week)))
    }
}

/// Overlapping hours are a slip: two lines for one day that do not know of each other.
fn overlaps(spans: &[Span]) -> bool {
    spans.windows(2).any(|two| two[0].1 > two[1].0)
}

/// `08:30-12:00,13:00-16:30`
fn times(text: &str) -> Option<Vec<Span>> {
    let times = text.split(',').map(|time| span(time.trim()));
    times.collect()
}

/// What ends before it begins ends on the next day.
fn add(week: &mut [Vec<Span>; 7], day: usize, (open, close): Span) {
    if open < close {
        week[day].push((open, close));
        return;
    }
    week[day].push((open, DAY_MINUTES));
    if close > 0 {
        week[(day + 1) % 7].push((0, close));
    }
}

/// `mon-fri`, `sat`, `mon,wed`, `fri-mon`.
fn weekdays(text: &str) -> Option<Vec<usize>> {
    let weekday = |text: &str| {
        let text = text.trim().to_ascii_lowercase();
        WEEKDAYS.iter().position(|name| *name == text)
    };
    let mut days = Vec::new();
    for part in text.split(',') {
        let (first, last) = match part.split_once('-') {
            Some((first, last)) => (weekday(first)?, weekday(last)?),
            None => (weekday(part)?, weekday(part)?),
        };
        let length = (last + 7 - first) % 7;
        days.extend((0..=length).map(|n| (first + n) % 7));
    }
    Some(days)
}

/// `08:30-12:00`; the same twice is the whole day.
fn span(text: &str) -> Option<Span> {
    let (open, close) = text.split_once('-')?;
    let (open, close) = (minute(open.trim())?, minute(close.trim())?);
    (open < DAY_MINUTES).then_some((open, close))
}

/// `08:30`; `24:00` is the end of the day.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let part = |text: &str| {
        let is_two = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        is_two.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hours, minutes) = (part(hours)?, part(minutes)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= DAY_MINUTES).then_some(minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(hours: &str, holidays: &[&str]) -> Schedule {
        Schedule {
            week: hours.parse().unwrap(),
            holidays: Arc::new(holidays.iter().map(|day| day.parse().unwrap()).collect()),
            exceptions: BTreeMap::new(),
        }
    }

    fn at(text: &str) -> CivilMinute {
        let (day, time) = text.split_once(' ').unwrap();
        CivilMinute {
            day: day.parse().unwrap(),
            minute: minute(time).unwrap(),
        }
    }

    fn next(schedule: &Schedule, from: &str) -> String {
        let next = schedule.next_open(at(from)).unwrap();
        format!(
            "{} {:02}:{:02}",
            next.day,
            next.minute / 60,
            next.minute % 60
        )
    }

    const OFFICE: &str = "mon-fri 08:30-12:00,13:00-16:30; sat 09:00-12:00";

    #[test]
    fn an_office_has_a_break_at_noon_and_half_a_saturday() {
        let office = schedule(OFFICE, &[]);
        let closed = |text: &str| office.at(at(text)) != Openness::Open;
        // 2026-11-27 is a Friday.
        assert!(closed("2026-11-27 08:29") && !closed("2026-11-27 08:30"));
        assert!(!closed("2026-11-27 11:59") && closed("2026-11-27 12:00"));
        assert!(!closed("2026-11-27 16:29") && closed("2026-11-27 16:30"));
        assert!(!closed("2026-11-28 10:00") && closed("2026-11-29 10:00"));
        assert_eq!(next(&office, "2026-11-27 10:00"), "2026-11-27 10:00");
        assert_eq!(next(&office, "2026-11-27 12:00"), "2026-11-27 13:00");
        assert_eq!(next(&office, "2026-11-27 16:30"), "2026-11-28 09:00");
        assert_eq!(next(&office, "2026-11-28 12:00"), "2026-11-30 08:30");
    }

    #[test]
    fn holidays_of_either_era_close_the_day() {
        let office = schedule(OFFICE, &["2026-12-07", "2569-12-08"]);
        assert_eq!(office.at(at("2026-12-07 10:00")), Openness::Holiday);
        assert_eq!(office.at(at("2026-12-08 20:00")), Openness::Holiday);
        assert_eq!(office.at(at("2026-12-06 10:00")), Openness::OutOfHours);
        assert_eq!(next(&office, "2026-12-05 13:00"), "2026-12-09 08:30");
        let always = schedule("always", &["2026-12-07"]);
        assert_eq!(always.at(at("2026-12-07 10:00")), Openness::Open);
    }

    #[test]
    fn a_day_of_its_own_comes_before_week_and_holidays() {
        let day = |day: &str, hours: &str| (day.parse().unwrap(), hours.parse().unwrap());
        let mut office = schedule(OFFICE, &["2026-12-07"]);
        office.exceptions = BTreeMap::from([
            day("2026-12-07", "10:00-11:00,09:00-09:30"),
            day("2026-12-08", "closed"),
            day("2026-12-06", "closed"),
        ]);
        assert_eq!(office.at(at("2026-12-07 10:30")), Openness::Open);
        assert_eq!(office.at(at("2026-12-07 11:00")), Openness::OutOfHours);
        assert_eq!(office.at(at("2026-12-08 10:00")), Openness::Holiday);
        assert_eq!(
            office.at(at("2026-12-06 10:00")),
            Openness::OutOfHours,
            "a Sunday"
        );
        assert_eq!(next(&office, "2026-12-05 13:00"), "2026-12-07 09:00");
        assert_eq!(next(&office, "2026-12-07 11:00"), "2026-12-09 08:30");
        let mut always = schedule("always", &[]);
        always.exceptions = BTreeMap::from([day("2026-12-08", "closed")]);
        assert_eq!(next(&always, "2026-12-08 10:00"), "2026-12-09 00:00");
        for text in [
            "",
            "always",
            "mon 09:00-10:00",
            "22:00-06:00",
            "09:00-11:00,10:00-12:00",
        ] {
            assert!(text.parse::<DayHours>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_night_ends_on_the_next_morning() {
        let night = schedule("fri-sun 22:00-06:00", &[]);
        let closed = |text: &str| night.at(at(text)) != Openness::Open;
        assert!(closed("2026-11-27 21:59") && !closed("2026-11-27 22:00"));
        assert!(!closed("2026-11-28 05:59") && closed("2026-11-28 06:00"));
        assert!(
            !closed("2026-11-30 00:00") && closed("2026-11-30 06:00"),
            "Monday"
        );
        let whole = schedule("mon-sun 00:00-24:00", &[]);
        assert_eq!(whole.at(at("2026-11-27 23:59")), Openness::Open);
    }

    #[test]
    fn a_queue_without_an_open_day_within_a_year_never_opens() {
        let day = "2026-12-07".parse::<Day>().unwrap();
        let holidays = std::iter::successors(Some(day), |day| Some(day.next())).take(400);
        let shut = Schedule {
            week: OFFICE.parse().unwrap(),
            holidays: Arc::new(holidays.collect()),
            exceptions: BTreeMap::new(),
        };
        assert_eq!(shut.next_open(at("2026-12-07 00:00")), None);
    }

    #[test]
    fn what_tells_no_hours_is_refused() {
        for text in [
            "",
            "mon",
            "mon 8:30-12:00",
            "mon 08:30",
            "mon 08:60-12:00",
            "mon 24:00-24:00",
            "mun 08:30-12:00",
            "mon 08:30-12:00,11:00-13:00",
            "mon 08:30-25:00",
            "never",
            "mon-tue 08:00-12:00; tue 09:00-10:00",
        ] {
            assert!(text.parse::<WeekHours>().is_err(), "{text:?}");
        }
    }
}
