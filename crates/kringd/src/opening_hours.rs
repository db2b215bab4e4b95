//! Opening hours by the clock on the wall of the centre: when each queue opens and closes, told to the
//! exchange, which knows no time of day.
//!
//! The wall is looked at again every second, so a clock that is set, and a zone that changes its own, move
//! the hours with them.

use crate::{clock::Clock, config::Config};
use jiff::{
    Timestamp, civil,
    tz::{AmbiguousOffset, TimeZone},
};
use kring_call::{
    CivilMinute, Day, Schedule,
    command::{Command, Opening},
};
use kring_journal::WallTime;
use kring_web::Ask;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot, watch};

/// How often the wall is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The queues that have hours.
#[derive(Clone, Debug)]
pub(crate) struct OpeningHours {
    zone: TimeZone,
    schedules: Arc<[(String, Schedule)]>,
}

impl OpeningHours {
    pub(crate) fn of(config: &Config) -> OpeningHours {
        let queues = config.queues.iter();
        let schedules = queues.filter_map(|queue| Some((queue.name.clone(), queue.hours.clone()?)));
        OpeningHours {
            zone: config.hours.zone.clone(),
            schedules: schedules.collect(),
        }
    }

    /// How it is with each queue that has hours now.
    pub(crate) fn now(&self, clock: &Clock) -> Vec<(String, Opening)> {
        self.at(clock.wall(clock.now()))
    }

    fn at(&self, wall: WallTime) -> Vec<(String, Opening)> {
        let Some(at) = civil_minute(wall, &self.zone) else {
            // Outside of the years that a calendar has: no reason to close.
            return Vec::new();
        };
        let opening = |schedule: &Schedule| match schedule.closed(at) {
            None => Opening::Open,
            Some(why) => {
                let next = schedule.next_open(at);
                let next_open = next.and_then(|next| wall_time(next, &self.zone));
                Opening::Closed { why, next_open }
            }
        };
        let schedules = self.schedules.iter();
        schedules
            .map(|(queue, schedule)| (queue.clone(), opening(schedule)))
            .collect()
    }
}

/// What a clock on the wall there shows.
fn civil_minute(wall: WallTime, zone: &TimeZone) -> Option<CivilMinute> {
    let at = Timestamp::from_microsecond(wall.0).ok()?;
    let shown = zone.to_datetime(at);
    let day = Day::of(
        i32::from(shown.year()),
        shown.month().unsigned_abs(),
        shown.day().unsigned_abs(),
    )?;
    let minute =
        u16::from(shown.hour().unsigned_abs()) * 60 + u16::from(shown.minute().unsigned_abs());
    Some(CivilMinute { day, minute })
}

/// When a clock there shows this for the first time; a time that is left out when clocks go forward is
/// that at which they do.
fn wall_time(at: CivilMinute, zone: &TimeZone) -> Option<WallTime> {
    let (year, month, day) = at.day.civil();
    let shown = civil::DateTime::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
        i8::try_from(at.minute / 60).ok()?,
        i8::try_from(at.minute % 60).ok()?,
        0,
        0,
    );
    let shown = zone.to_ambiguous_timestamp(shown.ok()?);
    let at = if matches!(shown.offset(), AmbiguousOffset::Gap { .. }) {
        let after = shown.later().ok()?;
        zone.preceding(after).next()?.timestamp()
    } else {
        shown.compatible().ok()?
    };
    Some(WallTime(at.as_microsecond()))
}

/// Tells the exchange of every change, until it is gone. The hours may be others after the configuration
/// was read again; a queue that has none any more is open.
pub(crate) async fn follow(
    hours: watch::Receiver<OpeningHours>,
    clock: Clock,
    asks: mpsc::Sender<Ask>,
) {
    let mut told: BTreeMap<String, Opening> = BTreeMap::new();
    let mut tick = tokio::time::interval(LOOK_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let now: BTreeMap<String, Opening> = hours.borrow().now(&clock).into_iter().collect();
        let freed = told.keys().filter(|queue| !now.contains_key(*queue));
        let freed = freed.map(|queue| (queue.clone(), Opening::Open));
        let changes: Vec<(String, Opening)> = freed
            .chain(now.clone())
            .filter(|(queue, opening)| told.get(queue) != Some(opening))
            .collect();
        told = now;
        for (queue, opening) in changes {
            let command = Command::SetOpening { queue, opening };
            let (reply, _) = oneshot::channel();
            if asks.send(Ask { command, reply }).await.is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kring_journal::ClosedWhy;

    const OFFICE: &str = "mon-fri 08:30-12:00,13:00-16:30";

    fn hours(zone: &str, week: &str, holidays: &[&str]) -> OpeningHours {
        let schedule = Schedule {
            week: week.parse().unwrap(),
            holidays: Arc::new(holidays.iter().map(|day| day.parse().unwrap()).collect()),
        };
        OpeningHours {
            zone: TimeZone::get(zone).unwrap(),
            schedules: [("support".to_owned(), schedule)].into(),
        }
    }

    /// By UTC.
    fn wall(text: &str) -> WallTime {
        WallTime(text.parse::<Timestamp>().unwrap().as_microsecond())
    }

    #[track_caller]
    fn assert_closed(hours: &OpeningHours, at: &str, why: ClosedWhy, next: &str) {
        let next_open = Some(wall(next));
        let expected = vec![("support".to_owned(), Opening::Closed { why, next_open })];
        assert_eq!(hours.at(wall(at)), expected);
    }

    #[track_caller]
    fn assert_open(hours: &OpeningHours, at: &str) {
        let expected = vec![("support".to_owned(), Opening::Open)];
        assert_eq!(hours.at(wall(at)), expected, "{at}");
    }

    #[test]
    fn bangkok_is_seven_hours_ahead_of_utc() {
        let hours = hours("Asia/Bangkok", OFFICE, &["2569-11-30"]);
        // Friday, 08:29:59 and 08:30:00 there.
        assert_closed(
            &hours,
            "2026-11-27T01:29:59Z",
            ClosedWhy::Hours,
            "2026-11-27T01:30:00Z",
        );
        assert_open(&hours, "2026-11-27T01:30:00Z");
        assert_closed(
            &hours,
            "2026-11-27T05:00:00Z",
            ClosedWhy::Hours,
            "2026-11-27T06:00:00Z",
        );
        // Saturday, and a Monday that is a holiday.
        assert_closed(
            &hours,
            "2026-11-27T20:00:00Z",
            ClosedWhy::Hours,
            "2026-12-01T01:30:00Z",
        );
        assert_closed(
            &hours,
            "2026-11-30T03:00:00Z",
            ClosedWhy::Holiday,
            "2026-12-01T01:30:00Z",
        );
    }

    /// Clocks in Berlin went from 02:00 to 03:00 on 2026-03-29, and back from 03:00 on 2026-10-25.
    #[test]
    fn a_zone_that_moves_its_clocks_moves_the_hours() {
        let office = hours("Europe/Berlin", OFFICE, &[]);
        assert_open(&office, "2026-03-27T07:30:00Z");
        assert_closed(
            &office,
            "2026-03-30T06:29:00Z",
            ClosedWhy::Hours,
            "2026-03-30T06:30:00Z",
        );
        // What is left out opens when the clocks show something again.
        let night = hours("Europe/Berlin", "sun 02:30-03:30", &[]);
        assert_closed(
            &night,
            "2026-03-29T00:59:59Z",
            ClosedWhy::Hours,
            "2026-03-29T01:00:00Z",
        );
        assert_open(&night, "2026-03-29T01:00:00Z");
        // What is shown twice is open both times.
        assert_open(&night, "2026-10-25T00:45:00Z");
        assert_open(&night, "2026-10-25T01:45:00Z");
    }

    /// Whatever the wall shows decides, whatever it showed before.
    #[test]
    fn a_wall_that_is_set_moves_the_hours() {
        let office = hours("Asia/Bangkok", OFFICE, &[]);
        assert_open(&office, "2026-11-27T04:59:00Z");
        assert_closed(
            &office,
            "2026-11-27T05:01:00Z",
            ClosedWhy::Hours,
            "2026-11-27T06:00:00Z",
        );
        assert_open(&office, "2026-11-27T04:59:00Z");
    }
}
