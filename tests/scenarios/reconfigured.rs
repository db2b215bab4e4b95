//! The configuration changes while calls ring and wait: nobody is dropped, and what was counted stands.

use kring_call::{CallbackRules, OnDeadline, Recourse, WaitingRules};
use kring_journal::ClosedWhy;
use kring_tests::{
    Account, Cadence, Citizen, Extension, Floor, KeysBy, Party, Seat, assert_journal, transcript,
};
use std::time::Duration;

const PLAN: [&str; 2] = ["longest_idle:2", "all:1"];

/// All laws but those that follow the plan and the terms with which the floor opened.
#[track_caller]
fn lawful(floor: &Account) {
    let opening = ["plan", "service"];
    let found = kring_tests::violations(floor);
    let found = found.iter().filter(|broken| !opening.contains(&broken.law));
    let found: Vec<_> = found.collect();
    assert!(
        found.is_empty(),
        "{found:#?}\n{}",
        kring_tests::ladder(floor)
    );
}

fn keeping() -> Floor {
    Floor::new(Cadence::THAILAND).queue("support", &PLAN, OnDeadline::AnswerGreetQueue)
}

/// A call that rings keeps its clock and its plan; the rounds that follow go by the new one.
#[test]
fn a_ringing_call_keeps_its_plan_and_its_next_round_has_the_new_one() {
    let floor = keeping()
        .seat(Seat::new("seat-5021"))
        .seat(Seat::new("seat-5022"))
        .rona_limit(0)
        .citizen(Citizen::new("citizen-1", "support").waits_ms(24_000))
        .reconfigured_at_ms(6_000, |floor| {
            floor.queue("support", &["all:3"], OnDeadline::AnswerGreetQueue)
        })
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
         5.960  configured queue support
        10.000  ring       3
        10.080  alerting   seat-5022
        14.500  withdrawn  seat-5021 Rona
        14.500  withdrawn  seat-5022 Rona
        14.750  rescued    answered and queued
        14.750  queued     place 1
        14.750  announced  greeting, please_wait, place 1
        24.500  again      round 1
        24.500  ring       1
        24.580  alerting   seat-5022
        24.580  alerting   seat-5021
        29.500  ring       2
        34.500  ring       3
        38.830  left       caller gave up after 24.080 s in the queue
        38.830  ended      by Caller, bye, talked 0.000 s
        38.830  withdrawn  seat-5022 CallerGaveUp
        38.830  withdrawn  seat-5021 CallerGaveUp
    ",
    );
    for rung in &floor.rung {
        assert!(rung.bursts <= 3, "{} bursts", rung.bursts);
    }
    lawful(&floor);
}

/// Whoever waits in a queue that is taken out is served by its members still; no call comes to it, and
/// the queue that is new takes the others.
#[test]
fn a_queue_that_is_taken_out_serves_those_who_wait_in_it() {
    let floor = keeping()
        .queue("law", &["all:3"], OnDeadline::AnswerGreetQueue)
        .members("law", &[("seat-5021", 1)])
        .seat(
            Seat::new("seat-5021")
                .signs_in_at_ms(20_000)
                .answers_after_ms(1_000),
        )
        .seat(Seat::new("seat-5022").signs_in_at_ms(60_000))
        .citizen(Citizen::new("citizen-1", "law"))
        .citizen(Citizen::new("citizen-2", "law").dials_at_ms(10_000))
        .citizen(
            Citizen::new("citizen-3", "trade")
                .dials_at_ms(12_000)
                .waits_ms(9_000),
        )
        .reconfigured_at_ms(5_000, |floor| {
            floor
                .without_queue("law")
                .queue("trade", &["all:3"], OnDeadline::AnnounceBusy)
                .members("trade", &[("seat-5022", 1)])
        })
        .play();

    let journal = transcript(&floor);
    for line in [
        "4.960  configured queue law retired, queue trade added",
        "served     seat-5021 after 21.040 s, 21.040 s in the queue",
    ] {
        assert!(journal.contains(line), "no {line:?} in\n{journal}");
    }
    assert_eq!(
        floor.told("citizen-2").settled.map(|(_, code)| code),
        Some(404)
    );
    assert_eq!(
        floor.told("citizen-3").settled.map(|(_, code)| code),
        Some(480)
    );
    lawful(&floor);
}

/// An agent who becomes a member of the queue is rung at once for those who wait in it.
#[test]
fn a_new_member_is_rung_at_once_for_those_who_wait() {
    let floor = keeping()
        .members("support", &[("seat-5021", 1)])
        .seat(Seat::new("seat-5021").away())
        .seat(Seat::new("seat-5022").answers_after_ms(1_000))
        .citizen(Citizen::new("citizen-1", "support"))
        .reconfigured_at_ms(30_000, |floor| {
            floor.members("support", &[("seat-5021", 1), ("seat-5022", 2)])
        })
        .play();

    let journal = transcript(&floor);
    assert!(
        journal.contains("29.960  configured queue support"),
        "{journal}"
    );
    assert_eq!(floor.sent_ms("INVITE", Party::Phone(1)), [29_960]);
    assert!(
        journal.contains("served     seat-5022 after 31.040 s"),
        "{journal}"
    );
    lawful(&floor);
}

/// A ring that is longer from now on is longer for those who call from now on.
#[test]
fn a_budget_that_has_begun_is_not_changed() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue("support", &["all:3"], OnDeadline::AnnounceBusy)
        .seat(Seat::new("seat-5021"))
        .rona_limit(0)
        .citizen(Citizen::new("citizen-1", "support"))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(20_000))
        .reconfigured_at_ms(2_000, |floor| {
            floor
                .rings(2)
                .queue("support", &["all:2"], OnDeadline::AnnounceBusy)
        })
        .play();

    let journal = transcript(&floor);
    for line in [
        "1.960  configured ring, queue support",
        "14.750  refused    busy, retry after 60 s",
        "29.750  refused    busy, retry after 60 s",
    ] {
        assert!(journal.contains(line), "no {line:?} in\n{journal}");
    }
    for rung in &floor.rung {
        assert!(rung.bursts <= 3, "{} bursts", rung.bursts);
    }
}

/// A queue is taken out while citizens are to be called back by its agents, and another one comes: they are
/// called all the same, and the new queue does not take the old one's place.
#[test]
fn whoever_asked_for_a_call_back_is_called_by_a_queue_that_is_taken_out() {
    let number = "0812345678";
    let asking = Citizen::new(number, "law")
        .presses_after_ms(5_000, '1')
        .tells_keys_by(KeysBy::Info);
    let floor = keeping()
        .queue("law", &["all:3"], OnDeadline::OfferCallback)
        .calls_back("law", CallbackRules::default())
        .members("law", &[("seat-5021", 1)])
        .closes_at_ms(15_000, "law", ClosedWhy::Hours)
        .seat(
            Seat::new("seat-5021")
                .signs_in_at_ms(60_000)
                .answers_after_ms(1_000),
        )
        .seat(Seat::new("seat-5022").answers_after_ms(1_000))
        .citizen(asking)
        .citizen(Citizen::new("citizen-2", "trade").dials_at_ms(40_000))
        .extension(
            Extension::new(number)
                .answers_after_ms(1_000)
                .talks_ms(5_000),
        )
        .reconfigured_at_ms(20_000, |floor| {
            floor
                .without_queue("law")
                .queue("trade", &["all:3"], OnDeadline::AnnounceBusy)
                .members("trade", &[("seat-5022", 1)])
        })
        .play();

    let journal = transcript(&floor);
    for line in [
        "19.960  configured queue law retired, queue trade added",
        "41.080  answered   seat-5022",
        "59.960  offered    0812345678 -> law, call-back 1",
        "call-back  served after 1 tries",
    ] {
        assert!(journal.contains(line), "no {line:?} in\n{journal}");
    }
    lawful(&floor);
}

/// A caller who came through a queue that is taken out may go on to a new one: its place is not the old one's,
/// so this is no circle.
#[test]
fn who_came_through_a_queue_that_is_taken_out_may_go_to_a_new_one() {
    let rules = WaitingRules {
        max_wait: Duration::from_secs(30),
        when_waited: Recourse::Overflow,
        ..WaitingRules::default()
    };
    let floor = keeping()
        .queue("support", &PLAN, OnDeadline::Overflow)
        .overflow("support", "queue:law")
        .queue("law", &["all:3"], OnDeadline::AnswerGreetQueue)
        .waiting("law", rules)
        .overflow("law", "queue:trade")
        .members("support", &[("seat-5021", 1)])
        .members("law", &[("seat-5022", 1)])
        .rona_limit(0)
        .seat(Seat::new("seat-5021"))
        .seat(Seat::new("seat-5022"))
        .seat(Seat::new("seat-5023").answers_after_ms(1_000))
        .citizen(Citizen::new("citizen-1", "support"))
        .reconfigured_at_ms(20_000, |floor| {
            floor
                .without_queue("support")
                .queue("trade", &["all:3"], OnDeadline::AnnounceBusy)
                .members("trade", &[("seat-5023", 1)])
        })
        .play();

    let journal = transcript(&floor);
    for line in [
        "14.750  overflow   to queue:law",
        "19.960  configured queue support retired, queue trade added",
        "overflow   to queue:trade, waited too long",
        "served     seat-5023",
    ] {
        assert!(journal.contains(line), "no {line:?} in\n{journal}");
    }
    lawful(&floor);
}
