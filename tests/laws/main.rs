//! The laws of the house on any seed, and the proof that each of them can be broken.

use kring_journal::MonitorMode;
use kring_tests::{
    Account, Cadence, Citizen, Deed, Floor, Mood, Party, Sabotage, Seat, any_floor, busy_hour,
    ladder, same_twice, violations,
};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

/// Seeds of one run, unless `SIM_SEEDS` says otherwise.
const SEEDS: u64 = 2_000;

/// Every so many seeds a day is played twice, for the sixth law.
const TWICE_EVERY: u64 = 8;

#[test]
fn the_laws_hold_on_any_seed() {
    hold(any_floor, "", count_of("SIM_SEEDS", SEEDS));
}

fn count_of(variable: &str, otherwise: u64) -> u64 {
    let asked = std::env::var(variable).ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

/// Plays the days of so many seeds on all cores, and says which was unlawful.
fn hold(day: fn(u64) -> Floor, option: &str, seeds: u64) {
    let next = AtomicU64::new(1);
    let broken = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > seeds || !broken.lock().unwrap().is_empty() {
                        return;
                    }
                    let account = day(seed).play();
                    let mut found = violations(&account);
                    if seed.is_multiple_of(TWICE_EVERY) {
                        found.extend(same_twice(&account, &day(seed).play()));
                    }
                    if !found.is_empty() {
                        broken.lock().unwrap().push((seed, found, ladder(&account)));
                    }
                }
            });
        }
    });
    if let Some((seed, found, ladder)) = broken.into_inner().unwrap().into_iter().next() {
        panic!(
            "seed {seed}: {found:#?}\n{ladder}\nreplay with: cargo sim -- {option}--seed {seed} --wire"
        );
    }
}

/// Busy hours of one run, unless `SIM_HOURS` says otherwise.
const HOURS: u64 = 2;

#[test]
fn the_laws_hold_in_any_busy_hour() {
    hold(busy_hour, "--busy ", count_of("SIM_HOURS", HOURS));
}

/// Seeds that do nothing prove nothing: every kind of end must occur among them.
#[test]
fn the_seeds_meet_every_kind_of_end() {
    let mut journals = String::new();
    for seed in 1..600 {
        journals += &kring_tests::transcript(&any_floor(seed).play());
    }
    for kind in [
        "answered",
        "refused    busy",
        "refused    announced",
        ", closed",
        "the queue closed",
        "by Vip",
        "priority 1",
        "refused    redirected",
        "rescued    answered and queued",
        "again      round 2",
        "served",
        "left       caller gave up",
        "left       waited too long",
        "queue full",
        "abandoned",
        "failed",
        "lost race",
        "late",
        "HopEnded",
        "Declined",
        "unstaffed",
        "Paused (rona)",
        "warned",
        "unfinished",
        "no_ack",
        "media_lost",
        "degraded",
        "Silent 0",
        "Unregistered",
        "overflow   to queue:law",
        "overflow   to department:DFT",
        ", closed\n",
        "for overflow, closed",
        "connected  1500",
        "missed     1501",
        "call-back  asked",
        "offered a call-back, closed",
        "picked up",
        "reached    the citizen",
        "call-back  served",
        "call-back  given up",
        "called by seat",
        "device out",
        "phone in",
        "phone out",
        "is rung to whisper",
        ": barge",
        "no more, call_over",
        "no more, no_answer",
    ] {
        assert!(
            journals.contains(kind),
            "no seed below 600 leads to {kind:?}"
        );
    }
}

fn unanswered(sabotage: Sabotage) -> Floor {
    let floor = Floor::new(Cadence::THAILAND).sabotaged(sabotage);
    floor.citizen(Citizen::new("citizen-1", "support"))
}

fn answered(sabotage: Sabotage) -> Floor {
    unanswered(sabotage).seat(Seat::new("seat-5021").answers_after_ms(2_000))
}

#[track_caller]
fn assert_red(account: &Account, laws: &[&str]) {
    let found = violations(account);
    for law in laws {
        assert!(
            found.iter().any(|violation| violation.law == *law),
            "{law} is blind: {found:#?}"
        );
    }
}

/// The floors that are broken below are lawful when nothing is broken.
#[test]
fn the_same_floors_are_lawful_unbroken() {
    for floor in [unanswered(Sabotage::None), answered(Sabotage::None)] {
        let account = floor.play();
        assert_eq!(violations(&account), [], "{}", ladder(&account));
    }
}

#[test]
fn swallowed_cancels_are_noticed() {
    let account = unanswered(Sabotage::SwallowsCancels).play();
    assert!(account.bursts_heard > 3);
    assert_red(&account, &["law 1"]);
}

#[test]
fn late_wakes_are_noticed() {
    assert_red(&unanswered(Sabotage::WakesLate).play(), &["law 1", "I4"]);
}

#[test]
fn a_millisecond_too_late_is_noticed() {
    assert_red(&unanswered(Sabotage::Dawdles).play(), &["I4"]);
}

#[test]
fn callers_who_are_told_nothing_are_noticed() {
    let floor = unanswered(Sabotage::ForgetsCallers);
    assert_red(&floor.play(), &["law 4", "I4"]);
}

/// Two callers wait, and the agent who signs in is given the one who came later.
#[test]
fn a_caller_who_is_overtaken_is_noticed() {
    let floor = |sabotage| {
        Floor::new(Cadence::THAILAND)
            .sabotaged(sabotage)
            .seat(Seat::new("seat-5021").signs_in_at_ms(4_000))
            .seat(Seat::new("seat-5022").mood(Mood::Refuses(486)))
            .citizen(Citizen::new("citizen-1", "support"))
            .citizen(Citizen::new("citizen-2", "support").dials_at_ms(1_000))
            .play()
    };
    assert_eq!(violations(&floor(Sabotage::None)), []);
    assert_red(&floor(Sabotage::PrefersTheLast), &["turn"]);
}

/// Whom a supervisor listens to hears the supervisor, or a caller on hold the agent.
#[test]
fn an_ear_that_hears_whom_it_should_not_is_noticed() {
    let floor = |sabotage| {
        let boss = Seat::new("seat-boss").away().answers_after_ms(500);
        answered(sabotage)
            .seat(boss.watches_after_ms(1_000, Deed::Monitors(MonitorMode::Listen)))
            .seat(
                Seat::new("seat-5022")
                    .answers_after_ms(2_000)
                    .does_after_ms(3_000, Deed::Holds),
            )
            .citizen(Citizen::new("citizen-2", "support").dials_at_ms(4_000))
            .play()
    };
    assert_eq!(violations(&floor(Sabotage::None)), []);
    assert_red(&floor(Sabotage::LetsListenersSpeak), &["heard"]);
    assert_red(&floor(Sabotage::HoldsNobody), &["heard"]);
}

#[test]
fn a_second_call_for_a_talking_agent_is_noticed() {
    assert_red(&answered(Sabotage::OffersTwice).play(), &["law 3", "law 8"]);
}

#[test]
fn a_second_final_response_is_noticed() {
    assert_red(&unanswered(Sabotage::ContradictsItself).play(), &["law 4"]);
}

#[test]
fn a_call_without_an_end_is_noticed() {
    assert_red(&answered(Sabotage::ForgetsEnds).play(), &["law 2", "law 5"]);
}

#[test]
fn a_late_pop_is_noticed() {
    assert_red(&answered(Sabotage::PopsLate).play(), &["law 8"]);
}

#[test]
fn swallowed_byes_are_noticed() {
    assert_red(&answered(Sabotage::SwallowsByes).play(), &["law 7"]);
}

/// kring rings where nobody has been told that it is registered.
#[test]
fn a_phone_that_is_rung_unregistered_is_noticed() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").registers_as("5021"))
        .enrols_at_ms(0, "5021", Party::Phone(0), 60);
    let called =
        |floor: Floor| floor.citizen(Citizen::new("citizen-1", "support").dials_at_ms(2_000));
    assert_eq!(violations(&called(floor.clone()).play()), []);
    let broken = called(floor.sabotaged(Sabotage::SwallowsGrants)).play();
    assert_red(&broken, &["registered"]);
}

#[test]
fn a_journal_that_says_otherwise_than_the_citizen_is_noticed() {
    let floor = Floor::new(Cadence::THAILAND).sabotaged(Sabotage::Embellishes);
    let floor = floor.citizen(Citizen::new("citizen-1", "support").gives_up_after_ms(4_000));
    assert_red(&floor.play(), &["law 5"]);
}

#[test]
fn chance_that_no_seed_decides_is_noticed() {
    let [first, second] = [(); 2].map(|()| answered(Sabotage::Gambles).play());
    assert!(same_twice(&first, &second).is_some());
    let [first, second] = [(); 2].map(|()| answered(Sabotage::None).play());
    assert_eq!(same_twice(&first, &second), None);
}
