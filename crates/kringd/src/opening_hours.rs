//! Opening hours by the clock on the wall of the centre: when each queue opens and closes, told to the
//! exchange, which knows no time of day.
//!
//! The wall is looked at again every second, so a clock that is set, and a zone that changes its own, move
//! the hours with them.

use crate::{clock::Clock, config::Config};
use kring_call::command::{Command, Opening};
use kring_journal::WallTime;
use kring_store::{Standing, Zone};
use kring_time::{Day, Schedule};
use kring_web::Ask;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::sync::{mpsc, oneshot, watch};

/// How often the wall is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The queues that have hours.
#[derive(Clone, Debug)]
pub(crate) struct OpeningHours {
    zone: Zone,
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

    /// With the holidays of the directory beside those of the configuration.
    pub(crate) fn closed_also_on(&self, days: &BTreeSet<Day>) -> OpeningHours {
        if days.is_empty() {
            return self.clone();
        }
        let also = |(queue, schedule): &(String, Schedule)| {
            let holidays = schedule.holidays.union(days).copied();
            let schedule = Schedule {
                holidays: Arc::new(holidays.collect()),
                ..schedule.clone()
            };
            (queue.clone(), schedule)
        };
        OpeningHours {
            zone: self.zone.clone(),
            schedules: self.schedules.iter().map(also).collect(),
        }
    }

    /// How it is with each queue that has hours now.
    pub(crate) fn now(&self, clock: &Clock) -> Vec<(String, Opening)> {
        self.at(clock.wall(clock.now()))
    }

    fn at(&self, wall: WallTime) -> Vec<(String, Opening)> {
        let opening = |schedule: &Schedule| match Standing::of(schedule, &self.zone, wall) {
            Standing::Open => Opening::Open,
            Standing::Closed { why, next_open } => Opening::Closed { why, next_open },
        };
        let schedules = self.schedules.iter();
        schedules
            .map(|(queue, schedule)| (queue.clone(), opening(schedule)))
            .collect()
    }
}

/// Tells the exchange of every change, until it is gone. The hours may be others after the configuration
/// was read again, and the holidays after the directory was changed; a queue that has no hours any more is
/// open.
pub(crate) async fn follow(
    mut hours: watch::Receiver<OpeningHours>,
    mut holidays: watch::Receiver<Arc<BTreeSet<Day>>>,
    clock: Clock,
    asks: mpsc::Sender<Ask>,
) {
    let mut told: BTreeMap<String, Opening> = BTreeMap::new();
    let mut tick = tokio::time::interval(LOOK_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut in_force = hours.borrow().closed_also_on(&holidays.borrow());
    loop {
        tick.tick().await;
        // Whoever sent them may be gone; what was said last holds.
        let are_others = hours.has_changed().unwrap_or(false);
        if are_others || holidays.has_changed().unwrap_or(false) {
            let days = holidays.borrow_and_update().clone();
            in_force = hours.borrow_and_update().closed_also_on(&days);
        }
        let now: BTreeMap<String, Opening> = in_force.now(&clock).into_iter().collect();
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
    use jiff::Timestamp;
    use kring_journal::ClosedWhy;

    const OFFICE: &str = "mon-fri 08:30-12:00,13:00-16:30";

    fn hours(zone: &str, week: &str, holidays: &[&str]) -> OpeningHours {
        let schedule = Schedule {
            holidays: Arc::new(holidays.iter().map(|day| day.parse().unwrap()).collect()),
            ..Schedule::of(week.parse().unwrap())
        };
        OpeningHours {
            zone: Zone::named(zone).unwrap(),
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

    #[test]
    fn holidays_of_the_directory_close_queues_too() {
        let office = hours("Asia/Bangkok", OFFICE, &["2026-11-30"]);
        let days = BTreeSet::from(["2026-11-27".parse().unwrap()]);
        let office = office.closed_also_on(&days);
        assert_closed(
            &office,
            "2026-11-27T03:00:00Z",
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
