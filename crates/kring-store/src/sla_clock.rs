//! The clock of one case: while it runs, the time to answer passes; it is a fold of when it ran.
//!
//! Nothing that is computed is stored: hours and holidays that change tell another due time at once. Only what
//! lists are sorted by is kept beside, and renewed.

use crate::{
    CaseStatus, StoreRefused, Zone, limits,
    sla::{Allowance, working_minutes},
};
use kring_journal::WallTime;
use kring_time::{CivilMinute, Schedule};
use serde::{Deserialize, Serialize};

/// Microseconds of a minute.
const MINUTE_US: i64 = 60_000_000;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlaClock {
    /// How long it may run; none: there is only a time that somebody promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    allow: Option<Allowance>,
    /// A time that somebody set by hand: it counts instead, whatever stops.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fixed: Option<WallTime>,
    /// When it ran: from, until. The last may still run.
    #[serde(default)]
    ran: Vec<(WallTime, Option<WallTime>)>,
    /// When the matter was answered, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<WallTime>,
}

/// How a clock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlaState {
    /// It runs.
    Running,
    /// It waits for the citizen.
    Stopped,
    /// It has run out.
    Late,
    /// The matter was answered in time.
    Met,
}

/// What a clock tells at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlaNow {
    /// When it is or was due; none while it is stopped: nobody knows when it goes on.
    pub due: Option<WallTime>,
    /// Open minutes of the unit that are left.
    pub remaining_working_minutes: i64,
    /// How it is.
    pub state: SlaState,
}

/// By which hours it runs.
#[derive(Clone, Copy, Debug)]
pub struct SlaHours<'h> {
    /// When the unit is open.
    pub schedule: &'h Schedule,
    /// Where.
    pub zone: &'h Zone,
}

impl SlaState {
    /// As scripts compare it.
    pub const fn as_str(self) -> &'static str {
        match self {
            SlaState::Running => "running",
            SlaState::Stopped => "stopped",
            SlaState::Late => "late",
            SlaState::Met => "met",
        }
    }
}

/// What the clock does in a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Run,
    Stop,
    End,
}

impl Turn {
    fn of(status: CaseStatus) -> Turn {
        match status {
            CaseStatus::WaitingCitizen => Turn::Stop,
            CaseStatus::Answered | CaseStatus::Closed => Turn::End,
            CaseStatus::Open
            | CaseStatus::InProgress
            | CaseStatus::WaitingUnit
            | CaseStatus::Reopened => Turn::Run,
        }
    }
}

impl SlaClock {
    /// The clock of a case that begins in this status; none when nobody asks for an answer in time.
    pub fn begin(allow: Option<Allowance>, status: CaseStatus, now: WallTime) -> Option<SlaClock> {
        let allow = Some(allow?);
        let mut clock = SlaClock {
            allow,
            ..SlaClock::default()
        };
        if Turn::of(status) != Turn::Run {
            // What is answered at once has taken no time.
            clock.ran.push((now, Some(now)));
        }
        clock.turn(status, now).ok()?;
        Some(clock)
    }

    /// A time that somebody sets by hand.
    pub(crate) fn fix(&mut self, due: WallTime) {
        self.fixed = Some(due);
    }

    /// The case is in this status from now on.
    pub(crate) fn turn(&mut self, status: CaseStatus, now: WallTime) -> Result<(), StoreRefused> {
        let turn = Turn::of(status);
        let spans = self.ran.len();
        match (turn, self.ran.last_mut()) {
            (Turn::Run, Some((_, None))) => {}
            (Turn::Run, _) if spans >= limits::SLA_SPANS_MAX => {
                return Err(StoreRefused::TooMany("changes between waiting and working"));
            }
            (Turn::Run, _) => self.ran.push((now, None)),
            (Turn::Stop | Turn::End, Some((from, until @ None))) => *until = Some(now.max(*from)),
            (Turn::Stop | Turn::End, _) => {}
        }
        self.ended = match turn {
            Turn::End => self.ended.or(Some(now)),
            Turn::Run | Turn::Stop => None,
        };
        Ok(())
    }

    /// What it tells at `now`, by hours that the unit has; none outside of the years that a calendar has.
    pub fn told(&self, hours: SlaHours<'_>, now: WallTime) -> Option<SlaNow> {
        if let Some(due) = self.fixed {
            return self.until(hours, due, self.ended.unwrap_or(now));
        }
        let allow = self.allow?;
        let mut left = allow.parts();
        for (n, (from, to)) in self.ran.iter().enumerate() {
            let begun = hours.begun(*from)?;
            let due = allow.reached(hours.schedule, begun, left)?;
            let due_wall = hours.zone.wall_time(due)?;
            let over = to.unwrap_or(now);
            let last = n + 1 == self.ran.len();
            if due_wall < over || (last && (to.is_none() || self.ended.is_some())) {
                return self.until(hours, due_wall, over);
            }
            if last {
                let stopped = hours.shown(over)?;
                let remaining = working_minutes(hours.schedule, stopped, due);
                return Some(SlaNow {
                    due: None,
                    remaining_working_minutes: remaining,
                    state: SlaState::Stopped,
                });
            }
            left -= allow.spent(hours.schedule, begun, hours.shown(over)?);
        }
        None
    }

    fn until(&self, hours: SlaHours<'_>, due: WallTime, at: WallTime) -> Option<SlaNow> {
        let state = match self.ended {
            _ if at > due => SlaState::Late,
            Some(_) => SlaState::Met,
            None => SlaState::Running,
        };
        let (from, to) = (hours.shown(at)?, hours.shown(due)?);
        Some(SlaNow {
            due: Some(due),
            remaining_working_minutes: working_minutes(hours.schedule, from, to),
            state,
        })
    }

    /// What lists are sorted and filtered by: when an answer is due that is still owed.
    pub(crate) fn owed(&self, hours: SlaHours<'_>, now: WallTime) -> Option<WallTime> {
        if self.ended.is_some() {
            return None;
        }
        self.told(hours, now)?.due
    }
}

impl SlaHours<'_> {
    /// The minute that has begun.
    fn shown(self, at: WallTime) -> Option<CivilMinute> {
        self.zone.civil_minute(at)
    }

    /// The minute that begins then or next: a case is never due earlier than its time allows.
    fn begun(self, at: WallTime) -> Option<CivilMinute> {
        self.shown(WallTime(at.0 + MINUTE_US - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T10:00 in Bangkok, a Monday.
    const MONDAY: i64 = 1_795_402_800_000_000;
    const HOUR: i64 = 3_600_000_000;
    const DAY: i64 = 24 * HOUR;

    fn office() -> Schedule {
        Schedule::of("mon-fri 08:30-12:00,13:00-16:30".parse().unwrap())
    }

    fn told(clock: &SlaClock, now: i64) -> SlaNow {
        let (schedule, zone) = (office(), Zone::default());
        let hours = SlaHours {
            schedule: &schedule,
            zone: &zone,
        };
        clock.told(hours, WallTime(now)).unwrap()
    }

    fn clock() -> SlaClock {
        let allow = Some(Allowance::Days(2));
        SlaClock::begin(allow, CaseStatus::Open, WallTime(MONDAY)).unwrap()
    }

    #[test]
    fn a_clock_runs_out_by_working_days() {
        let clock = clock();
        let now = told(&clock, MONDAY + HOUR);
        assert_eq!(now.due, Some(WallTime(MONDAY + 2 * DAY)));
        assert_eq!(
            (now.state, now.remaining_working_minutes),
            (SlaState::Running, 780)
        );
        let late = told(&clock, MONDAY + 2 * DAY + 1);
        assert_eq!(
            (late.state, late.remaining_working_minutes),
            (SlaState::Late, 0)
        );
    }

    #[test]
    fn waiting_for_the_citizen_takes_no_time() {
        let mut clock = clock();
        clock
            .turn(CaseStatus::WaitingCitizen, WallTime(MONDAY + DAY))
            .unwrap();
        let waiting = told(&clock, MONDAY + 3 * DAY);
        assert_eq!((waiting.due, waiting.state), (None, SlaState::Stopped));
        assert_eq!(
            waiting.remaining_working_minutes, 420,
            "a working day is left"
        );
        clock
            .turn(CaseStatus::InProgress, WallTime(MONDAY + 3 * DAY))
            .unwrap();
        let again = told(&clock, MONDAY + 3 * DAY);
        assert_eq!(again.due, Some(WallTime(MONDAY + 4 * DAY)));
        assert_eq!(again.state, SlaState::Running);
    }

    #[test]
    fn an_answer_in_time_has_met_it_and_reopening_lets_it_go_on() {
        let mut clock = clock();
        clock
            .turn(CaseStatus::Answered, WallTime(MONDAY + DAY))
            .unwrap();
        clock
            .turn(CaseStatus::Closed, WallTime(MONDAY + 9 * DAY))
            .unwrap();
        assert_eq!(told(&clock, MONDAY + 30 * DAY).state, SlaState::Met);
        clock
            .turn(CaseStatus::Reopened, WallTime(MONDAY + 7 * DAY))
            .unwrap();
        let again = told(&clock, MONDAY + 7 * DAY);
        assert_eq!(
            again.due,
            Some(WallTime(MONDAY + 8 * DAY)),
            "a day was left"
        );
        clock
            .turn(CaseStatus::Closed, WallTime(MONDAY + 10 * DAY))
            .unwrap();
        assert_eq!(told(&clock, MONDAY + 30 * DAY).state, SlaState::Late);
    }

    #[test]
    fn who_is_answered_while_waiting_for_the_citizen_is_not_late() {
        let mut clock = clock();
        clock
            .turn(CaseStatus::WaitingCitizen, WallTime(MONDAY + DAY))
            .unwrap();
        clock
            .turn(CaseStatus::Closed, WallTime(MONDAY + 60 * DAY))
            .unwrap();
        assert_eq!(told(&clock, MONDAY + 90 * DAY).state, SlaState::Met);
    }

    #[test]
    fn a_promised_time_counts_instead() {
        let mut clock = clock();
        clock.fix(WallTime(MONDAY + DAY));
        assert_eq!(told(&clock, MONDAY).due, Some(WallTime(MONDAY + DAY)));
        assert_eq!(told(&clock, MONDAY + DAY + 1).state, SlaState::Late);
        let text = serde_json::to_string(&clock).unwrap();
        assert_eq!(serde_json::from_str::<SlaClock>(&text).unwrap(), clock);
    }
}
