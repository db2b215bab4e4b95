//! Laws of the arithmetic, on any hours, and days that a person can count.

use super::*;
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

const OFFICE: &str = "mon-fri 08:30-12:00,13:00-16:30";

fn schedule(hours: &str, holidays: &[&str]) -> Schedule {
    Schedule {
        week: hours.parse().unwrap(),
        holidays: Arc::new(holidays.iter().map(|day| day.parse().unwrap()).collect()),
        exceptions: BTreeMap::new(),
    }
}

fn at(text: &str) -> CivilMinute {
    let (day, time) = text.split_once(' ').unwrap();
    let (hours, minutes) = time.split_once(':').unwrap();
    CivilMinute {
        day: day.parse().unwrap(),
        minute: hours.parse::<u16>().unwrap() * 60 + minutes.parse::<u16>().unwrap(),
    }
}

fn due(schedule: &Schedule, from: &str, allowance: Allowance) -> String {
    let due = allowance
        .reached(schedule, at(from), allowance.parts())
        .unwrap();
    format!("{} {:02}:{:02}", due.day, due.minute / 60, due.minute % 60)
}

#[test]
fn fifteen_working_days_are_three_weeks() {
    let office = schedule(OFFICE, &[]);
    // 2026-11-23 is a Monday.
    assert_eq!(
        due(&office, "2026-11-23 10:00", Allowance::Days(15)),
        "2026-12-14 10:00"
    );
    // What comes after hours begins with the next working day.
    assert_eq!(
        due(&office, "2026-11-23 18:00", Allowance::Days(1)),
        "2026-11-24 16:30"
    );
    assert_eq!(
        due(&office, "2026-11-28 09:00", Allowance::Days(1)),
        "2026-11-30 16:30"
    );
}

#[test]
fn holidays_and_the_break_at_noon_do_not_count() {
    let office = schedule(OFFICE, &["2026-12-07", "2026-12-10"]);
    assert_eq!(
        due(&office, "2026-12-04 10:00", Allowance::Days(3)),
        "2026-12-11 10:00"
    );
    assert_eq!(
        due(&office, "2026-12-04 11:30", Allowance::Hours(1)),
        "2026-12-04 13:30"
    );
    assert_eq!(
        due(&office, "2026-12-04 16:00", Allowance::Hours(1)),
        "2026-12-08 09:00"
    );
    let half = schedule("mon-fri 08:30-16:30; sat 09:00-12:00", &[]);
    assert_eq!(
        due(&half, "2026-12-05 10:30", Allowance::Days(1)),
        "2026-12-07 12:30"
    );
}

#[test]
fn who_is_always_open_counts_every_day_and_who_never_is_none() {
    let always = schedule("always", &["2026-12-07"]);
    assert_eq!(
        due(&always, "2026-12-04 10:00", Allowance::Days(15)),
        "2026-12-19 10:00"
    );
    assert_eq!(
        due(&always, "2026-12-04 23:30", Allowance::Hours(1)),
        "2026-12-05 00:30"
    );
    let never = Schedule {
        week: kring_time::WeekHours::Week(Box::default()),
        ..schedule(OFFICE, &[])
    };
    let from = at("2026-12-04 10:00");
    assert_eq!(Allowance::Days(1).reached(&never, from, DAY_PARTS), None);
    assert_eq!(working_minutes(&never, from, at("2027-12-04 10:00")), 0);
}

#[test]
fn an_allowance_is_written_in_days_or_hours() {
    assert_eq!("15".parse(), Ok(Allowance::Days(15)));
    assert_eq!("15d".parse(), Ok(Allowance::Days(15)));
    assert_eq!(" 4h ".parse(), Ok(Allowance::Hours(4)));
    assert_eq!(Allowance::Hours(4).to_string(), "4h");
    for text in ["", "0", "-1", "h", "15 days", "99999", "1001", "1.5"] {
        assert!(text.parse::<Allowance>().is_err(), "{text:?}");
    }
}

fn hours() -> impl Strategy<Value = Schedule> {
    let weeks = prop::sample::select(vec![
        OFFICE,
        "mon-fri 08:30-16:30; sat 09:00-12:00",
        "fri-sun 22:00-06:00",
        "mon-sun 00:00-24:00",
        "wed 09:00-09:01",
        "always",
    ]);
    let holidays = prop::collection::btree_set(0u16..60, 0..8);
    (weeks, holidays).prop_map(|(week, holidays)| Schedule {
        week: week.parse().unwrap(),
        holidays: Arc::new(holidays.into_iter().map(day).collect()),
        exceptions: BTreeMap::from([(day(20), "10:00-11:00".parse().unwrap())]),
    })
}

fn day(after: u16) -> Day {
    let first = Day::of(2026, 11, 23).unwrap();
    std::iter::successors(Some(first), |day| Some(day.next()))
        .nth(usize::from(after))
        .unwrap()
}

fn minutes() -> impl Strategy<Value = CivilMinute> {
    (0u16..60, 0u16..DAY_MINUTES).prop_map(|(after, minute)| CivilMinute {
        day: day(after),
        minute,
    })
}

fn allowances() -> impl Strategy<Value = Allowance> {
    prop_oneof![
        (1u16..40).prop_map(Allowance::Days),
        (1u16..200).prop_map(Allowance::Hours),
    ]
}

fn before(at: CivilMinute) -> CivilMinute {
    match at.minute {
        0 => {
            let mut last = day(0);
            while last.next() < at.day {
                last = last.next();
            }
            CivilMinute {
                day: last,
                minute: DAY_MINUTES - 1,
            }
        }
        minute => CivilMinute {
            minute: minute - 1,
            ..at
        },
    }
}

proptest! {
    /// What is due is due when the allowance has passed, and not a minute earlier.
    #[test]
    fn it_is_due_when_all_has_passed_and_not_before(
        schedule in hours(), from in minutes(), allowance in allowances(),
    ) {
        let due = allowance.reached(&schedule, from, allowance.parts());
        prop_assume!(due.is_some());
        let due = due.unwrap();
        prop_assert!(due > from);
        prop_assert!(allowance.spent(&schedule, from, due) >= allowance.parts());
        let earlier = before(due);
        prop_assert!(earlier < from || allowance.spent(&schedule, from, earlier) < allowance.parts());
    }

    /// A stop adds nothing: two parts of a span are worth what the whole is.
    #[test]
    fn time_adds_up(schedule in hours(), mut at in prop::collection::vec(minutes(), 3), allowance in allowances()) {
        at.sort_unstable();
        let spent = |from, to| allowance.spent(&schedule, from, to);
        prop_assert_eq!(spent(at[0], at[1]) + spent(at[1], at[2]), spent(at[0], at[2]));
        prop_assert!(spent(at[0], at[1]) >= 0);
        prop_assert_eq!(spent(at[2], at[0]), 0);
    }

    /// What comes later is not due earlier, and more time is never less.
    #[test]
    fn later_is_never_earlier(
        schedule in hours(), one in minutes(), other in minutes(), allowance in allowances(), more in 0i64..5_000,
    ) {
        let (first, second) = (one.min(other), one.max(other));
        let due = |from, parts| allowance.reached(&schedule, from, parts);
        let parts = allowance.parts();
        if let (Some(first), Some(second)) = (due(first, parts), due(second, parts)) {
            prop_assert!(first <= second);
        }
        if let (Some(less), Some(longer)) = (due(one, parts), due(one, parts + more)) {
            prop_assert!(less <= longer);
        }
    }
}
