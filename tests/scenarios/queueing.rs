//! Callers who are answered, greeted and kept at the deadline. What the phones sounded and what the
//! citizen's ear received are the witnesses.

use crate::{assert_ear, lawful};
use kring_call::{OnDeadline, WaitingRules, command::PresenceWish};
use kring_tests::{Cadence, Citizen, Floor, Mood, Party, Seat, assert_journal, transcript};
use std::time::Duration;

/// A floor whose queue keeps its callers, telling them their place every 45 s.
fn keeping() -> Floor {
    keeping_by(WaitingRules::default())
}

fn keeping_by(rules: WaitingRules) -> Floor {
    let plan = ["longest_idle:2", "all:1"];
    Floor::new(Cadence::THAILAND)
        .queue("support", &plan, OnDeadline::AnswerGreetQueue)
        .waiting("support", rules)
}

/// At the deadline the caller is answered and greeted; whoever becomes ready is rung at once, and the
/// music ends when somebody answers.
#[test]
fn a_caller_whom_nobody_answers_is_greeted_and_served_later() {
    let late = Seat::new("seat-5022")
        .signs_in_at_ms(30_000)
        .answers_after_ms(2_000);
    let floor = keeping()
        .seat(Seat::new("seat-5021"))
        .seat(late)
        .rona_limit(1)
        .citizen(Citizen::new("citizen-1", "support"))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
        10.000  ring       3
        14.500  withdrawn  seat-5021 Rona
        14.580  warned     seat-5021 Rona, last one ready
        14.750  rescued    answered and queued
        14.750  queued     place 1
        14.750  announced  greeting, please_wait, place 1
        24.500  again      round 1
        24.500  ring       1
        24.580  alerting   seat-5021
        29.500  ring       2
        34.500  ring       3
        34.580  alerting   seat-5022
        36.580  served     seat-5022 after 36.580 s, 21.830 s in the queue
        36.580  withdrawn  seat-5021 AnsweredElsewhere
        46.620  ended      by Caller, bye, talked 10.040 s
    ",
    );
    assert_ear(
        &floor,
        "citizen-1",
        "14.750 greeting
         17.750 please_wait
         20.750 place 1
         22.750 music
         36.580 person",
    );
    assert_eq!(floor.sent_ms("200", Party::Pbx)[0], 14_750);
    assert_eq!(
        floor.told("citizen-1").settled.map(|(_, code)| code),
        Some(200)
    );
    lawful(&floor);
}

/// The last ready agent is never paused; each round rings three times at most, with a rest between.
#[test]
fn the_only_agent_is_rung_in_rounds_of_three() {
    let floor = keeping()
        .seat(Seat::new("seat-5021"))
        .citizen(Citizen::new("citizen-1", "support").waits_ms(60_000))
        .play();

    for rung in &floor.rung {
        assert!(rung.bursts <= 3, "{} bursts", rung.bursts);
    }
    let invited = floor.sent_ms("INVITE", Party::Phone(0));
    assert_eq!(invited, [0, 24_500, 49_000, 73_500]);
    let journal = transcript(&floor);
    assert!(
        journal.contains("left       caller gave up after 60.080 s in the queue"),
        "{journal}"
    );
    assert!(
        journal.contains("ended      by Caller, bye, talked 0.000 s"),
        "{journal}"
    );
    lawful(&floor);
}

/// Places are told by who came first, and told again.
#[test]
fn who_came_first_is_served_first() {
    let rules = WaitingRules {
        announce_every: Duration::from_secs(20),
        ..WaitingRules::default()
    };
    let agent = Seat::new("seat-5021")
        .signs_in_at_ms(40_000)
        .answers_after_ms(1_000);
    let floor = keeping_by(rules)
        .wrap_up_s(5)
        .seat(agent)
        .citizen(Citizen::new("citizen-1", "support"))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(2_000))
        .play();

    assert_ear(
        &floor,
        "citizen-1",
        "0.000 greeting
         3.000 please_wait
         6.000 place 1
         8.000 music
         20.000 please_wait
         23.000 place 1
         25.000 music
         40.000 please_wait
         41.040 person",
    );
    assert_ear(
        &floor,
        "citizen-2",
        "2.000 greeting
         5.000 please_wait
         8.000 place 2
         10.000 music
         22.000 please_wait
         25.000 place 2
         27.000 music
         42.000 please_wait
         45.000 place 1
         47.000 music
         54.160 person",
    );
    lawful(&floor);
}

/// Whoever has waited as long as is allowed is told so, and hung up on after that.
#[test]
fn the_longest_wait_ends_with_words() {
    let rules = WaitingRules {
        max_wait: Duration::from_secs(30),
        ..WaitingRules::default()
    };
    let floor = keeping_by(rules)
        .seat(Seat::new("seat-5021").never_signs_in())
        .citizen(Citizen::new("citizen-1", "support"))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  rescued    answered and queued, unstaffed
         0.000  queued     place 1
         0.000  announced  greeting, please_wait, place 1
        30.000  left       waited too long after 30.000 s in the queue
        30.000  announced  busy
        33.000  ended      by Kring, max_wait, talked 0.000 s
    ",
    );
    assert!(floor.told("citizen-1").bye_came);
    lawful(&floor);
}

/// There are only so many places: whoever comes when they are taken is told busy.
#[test]
fn a_full_queue_tells_busy() {
    let rules = WaitingRules {
        waiting_max: 1,
        max_wait: Duration::from_secs(60),
        ..WaitingRules::default()
    };
    let floor = keeping_by(rules)
        .seat(Seat::new("seat-5021").never_signs_in())
        .citizen(Citizen::new("citizen-1", "support").waits_ms(20_000))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(5_000))
        .citizen(
            Citizen::new("citizen-3", "support")
                .dials_at_ms(30_000)
                .waits_ms(1_000),
        )
        .play();

    assert!(transcript(&floor).contains("refused    busy, retry after 60 s, queue full"));
    let code = |name: &str| floor.told(name).settled.map(|(_, code)| code);
    assert_eq!(code("citizen-2"), Some(486));
    assert_eq!(code("citizen-3"), Some(200), "the place is free again");
    lawful(&floor);
}

/// A PBX that makes its offer in the ACK: the caller is greeted when there is somewhere to send it.
#[test]
fn a_late_offer_is_greeted_after_the_ack() {
    let agent = Seat::new("seat-5021")
        .signs_in_at_ms(20_000)
        .answers_after_ms(1_000);
    let floor = keeping()
        .seat(agent)
        .citizen(Citizen::new("citizen-1", "support").offers_late())
        .play();

    assert_ear(
        &floor,
        "citizen-1",
        "0.080 greeting
         3.080 please_wait
         6.080 place 1
         8.080 music
         21.040 person",
    );
    lawful(&floor);
}

/// A caller with whom kring has no codec cannot be greeted: they are told busy, as ever.
#[test]
fn a_caller_to_whom_kring_cannot_speak_is_told_busy() {
    let floor = keeping()
        .citizen(Citizen::new("citizen-1", "support").knows(&[18]))
        .play();

    let settled = floor.told("citizen-1").settled.map(|(_, code)| code);
    assert_eq!(settled, Some(486));
    lawful(&floor);
}

/// An answer that crosses the last CANCEL finds the caller greeted already, and is welcome.
#[test]
fn an_answer_that_comes_too_late_for_the_budget_serves_the_caller() {
    let floor = keeping()
        .latency_ms(300)
        .seat(Seat::new("seat-5021").answers_after_ms(14_200))
        .citizen(Citizen::new("citizen-1", "support"))
        .play();

    let journal = transcript(&floor);
    assert!(journal.contains("served     seat-5021"), "{journal}");
    assert!(!journal.contains("lost race"), "{journal}");
    lawful(&floor);
}

/// Who declines a waiting caller is asked again when some time has passed, if nobody else is there.
#[test]
fn who_declined_is_asked_again_after_a_while() {
    let agent = Seat::new("seat-5021")
        .mood(Mood::Declines(Duration::from_secs(1)))
        .signs_in_at_ms(5_000);
    let floor = keeping()
        .seat(agent)
        .citizen(Citizen::new("citizen-1", "support").waits_ms(80_000))
        .play();

    let invited = floor.sent_ms("INVITE", Party::Phone(0));
    assert_eq!(invited, [4_960, 36_040, 67_120]);
    lawful(&floor);
}

/// A caller who waits may hold and resume like any other.
#[test]
fn a_caller_may_hold_while_waiting() {
    let agent = Seat::new("seat-5021")
        .signs_in_at_ms(20_000)
        .answers_after_ms(1_000);
    let floor = keeping()
        .seat(agent)
        .citizen(Citizen::new("citizen-1", "support").is_held_after_ms(3_000))
        .play();

    assert!(transcript(&floor).contains("served     seat-5021"));
    lawful(&floor);
}

/// The house closes: whoever waits is let go, and both the queue and the phones are told.
#[test]
fn a_shutdown_ends_the_waiting() {
    let floor = keeping()
        .seat(Seat::new("seat-5021"))
        .command_at_ms(30_000, kring_call::command::Command::EndAll)
        .citizen(Citizen::new("citizen-1", "support"))
        .play();

    let journal = transcript(&floor);
    assert!(
        journal.contains("left       call over after 15.210 s in the queue"),
        "{journal}"
    );
    assert!(
        journal.contains("ended      by Kring, shutdown"),
        "{journal}"
    );
    lawful(&floor);
}

/// Somebody who pauses while a waiting caller rings there gives the caller to the next.
#[test]
fn a_pause_gives_the_waiting_caller_to_the_next() {
    let pausing = Seat::new("seat-5021").wishes_at_ms(
        26_000,
        PresenceWish::Paused {
            reason: "lunch".to_owned(),
        },
    );
    let next = Seat::new("seat-5022")
        .signs_in_at_ms(25_000)
        .answers_after_ms(2_000);
    let floor = keeping()
        .seat(pausing)
        .seat(next)
        .citizen(Citizen::new("citizen-1", "support"))
        .play();

    assert!(transcript(&floor).contains("served     seat-5022"));
    lawful(&floor);
}

/// The recorded greeting is heard by both, and then they hear each other.
#[test]
fn a_greeting_is_heard_by_both_before_they_talk() {
    let floor = Floor::new(Cadence::THAILAND)
        .greets_with("greeting")
        .seat(Seat::new("seat-5021").answers_after_ms(920))
        .citizen(Citizen::new("citizen-1", "support").waits_ms(60_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         1.000  answered   seat-5021 after 1.000 s, ring 1
         1.000  announced  greeting
        14.040  ended      by Caller, bye, talked 13.040 s
    ",
    );
    assert_ear(
        &floor,
        "citizen-1",
        "1.000 greeting
         4.000 person",
    );
    lawful(&floor);
}

/// Where the offer comes with the ACK, the greeting begins when there is somewhere to send it.
#[test]
fn a_greeting_waits_for_a_late_offer() {
    let floor = Floor::new(Cadence::THAILAND)
        .greets_with("greeting")
        .seat(Seat::new("seat-5021").answers_after_ms(920))
        .citizen(Citizen::new("citizen-1", "support").offers_late())
        .play();

    assert!(
        floor
            .ear("citizen-1")
            .starts_with("1.080 greeting\n4.080 person")
    );
    lawful(&floor);
}
