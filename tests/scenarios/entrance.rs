//! To which queue a caller comes, whose turn it is, and who is there to answer: callers who are known,
//! priorities, skills and opening hours.

use crate::{assert_ear, lawful};
use kring_call::{CallerTrait, CallerTraits, OnClosed, OnDeadline, command::PresenceWish};
use kring_journal::ClosedWhy;
use kring_media::Language;
use kring_tests::{Account, Cadence, Citizen, Floor, Party, Seat, assert_journal, transcript};

const PLAN: [&str; 2] = ["longest_idle:2", "all:1"];

/// A floor whose queues keep their callers.
fn keeping(queues: &[&str]) -> Floor {
    let floor = Floor::new(Cadence::THAILAND);
    let with = |floor: Floor, queue: &&str| floor.queue(queue, &PLAN, OnDeadline::AnswerGreetQueue);
    queues.iter().fold(floor, with)
}

/// One agent, who comes when callers wait already, and takes a call a minute.
fn one_agent(at_ms: u64) -> Seat {
    Seat::new("seat-5021")
        .signs_in_at_ms(at_ms)
        .answers_after_ms(1_000)
}

#[track_caller]
fn assert_served(floor: &Account, expected: &[&str]) {
    let journal = transcript(floor);
    let mut served: Vec<(u64, &str)> = Vec::new();
    for entry in &floor.entries {
        if let (kring_journal::Fact::Served(_), Some(call)) = (&entry.fact, entry.call) {
            let (_, name) = &floor.names[&call];
            served.push((entry.at.as_micros(), name));
        }
    }
    served.sort_unstable();
    let names: Vec<&str> = served.into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, expected, "{journal}");
}

/// A caller with an open case comes to the queue for such callers of the same number, before those who
/// have waited less than its priority is worth.
#[test]
fn a_caller_with_an_open_case_has_a_queue_of_their_own() {
    let known = CallerTraits {
        open_case: true,
        ..CallerTraits::default()
    };
    let floor = keeping(&["support", "returning"])
        .is_for(
            "returning",
            "support",
            &[CallerTrait::Vip, CallerTrait::OpenCase],
        )
        .priority("returning", 1)
        .knows("citizen-2", known)
        .seat(one_agent(40_000))
        .wrap_up_s(0)
        .citizen(Citizen::new("citizen-1", "support"))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(2_000))
        .play();

    let journal = transcript(&floor);
    assert!(
        journal.contains("offered    citizen-2 -> returning, by OpenCase, priority 1"),
        "{journal}"
    );
    assert!(
        journal.contains("offered    citizen-1 -> support\n"),
        "{journal}"
    );
    assert_served(&floor, &["citizen-2", "citizen-1"]);
    lawful(&floor);
}

/// Who speaks English is led to those who do; the first queue that is for such a caller takes them.
#[test]
fn a_language_leads_to_those_who_speak_it() {
    let known = CallerTraits {
        vip: true,
        open_case: false,
        language: Some(Language::English),
    };
    let english = CallerTrait::Language(Language::English);
    let floor = keeping(&["support", "english", "vip"])
        .is_for("english", "support", &[english])
        .is_for("vip", "support", &[CallerTrait::Vip])
        .asks_for("english", &["english:3"])
        .knows("citizen-1", known)
        .seat(
            Seat::new("seat-5021")
                .can("english:2")
                .answers_after_ms(1_000),
        )
        .seat(
            Seat::new("seat-5022")
                .can("english:4")
                .answers_after_ms(1_000),
        )
        .citizen(Citizen::new("citizen-1", "support"))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> english, by Language
         0.000  ring       1
         0.080  alerting   seat-5022
         1.080  answered   seat-5022 after 1.080 s, ring 1
        11.160  ended      by Caller, bye, talked 10.080 s
    ",
    );
    lawful(&floor);
}

/// Whoever has waited four minutes is not overtaken any more by the first priority: nobody starves.
#[test]
fn a_long_wait_outweighs_a_priority() {
    let floor = keeping(&["support", "urgent"])
        .priority("urgent", 1)
        .seat(one_agent(300_000))
        .wrap_up_s(0)
        .citizen(Citizen::new("citizen-1", "support"))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(100_000))
        .citizen(Citizen::new("citizen-3", "urgent").dials_at_ms(250_000))
        .play();

    assert_served(&floor, &["citizen-1", "citizen-3", "citizen-2"]);
    lawful(&floor);
}

/// Nobody who is signed in has the skills: the queue is as good as unstaffed, and says so at once.
#[test]
fn a_queue_whose_skills_nobody_has_is_unstaffed() {
    let floor = Floor::new(Cadence::THAILAND)
        .asks_for("support", &["tax:3", "law"])
        .seat(Seat::new("seat-5021").can("tax:4"))
        .citizen(Citizen::new("citizen-1", "support"))
        .play();

    assert!(transcript(&floor).contains("unstaffed"));
    assert!(floor.sent_ms("INVITE", Party::Phone(0)).is_empty());
    lawful(&floor);
}

/// Outside of the hours a caller hears that it is closed, and no phone rings, whoever is there.
#[test]
fn a_closed_queue_says_so() {
    let floor = Floor::new(Cadence::THAILAND)
        .closes_at_ms(0, "support", ClosedWhy::Holiday)
        .opens_at_ms(60_000, "support")
        .citizen(Citizen::new("citizen-1", "support"))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(61_000))
        .seat(Seat::new("seat-5021").answers_after_ms(920))
        .play();

    assert_journal(
        &floor,
        "
        -0.040  closed     support Holiday
         0.000  offered    citizen-1 -> support
         0.000  refused    announced, closed
         0.000  announced  holiday
         3.000  ended      by Kring, announced, talked 0.000 s
        59.960  opened     support
        61.000  offered    citizen-2 -> support
        61.000  ring       1
        61.080  alerting   seat-5021
        62.000  answered   seat-5021 after 1.000 s, ring 1
        72.080  ended      by Caller, bye, talked 10.080 s
    ",
    );
    assert_ear(&floor, "citizen-1", "0.000 holiday");
    lawful(&floor);
}

/// A queue may say it by a response of the network.
#[test]
fn a_closed_queue_may_answer_with_480() {
    let floor = Floor::new(Cadence::THAILAND)
        .when_closed("support", OnClosed::AnnounceBusy)
        .closes_at_ms(0, "support", ClosedWhy::Hours)
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .play();

    let journal = transcript(&floor);
    assert!(
        journal.contains("refused    busy, retry after 60 s, closed"),
        "{journal}"
    );
    assert_eq!(
        floor.told("citizen-1").settled.map(|(_, code)| code),
        Some(480)
    );
    lawful(&floor);
}

/// Closing time finds callers waiting: they are served by who is still there, and when the last one goes
/// home those who are left are told.
#[test]
fn who_waits_at_closing_time_is_served_while_somebody_is_there() {
    let agent = Seat::new("seat-5021")
        .signs_in_at_ms(5_000)
        .answers_after_ms(20_000)
        .wishes_at_ms(70_000, PresenceWish::Offline);
    let floor = keeping(&["support"])
        .wrap_up_s(0)
        .rona_limit(0)
        .closes_at_ms(30_000, "support", ClosedWhy::Hours)
        .seat(agent)
        .citizen(Citizen::new("citizen-1", "support"))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(1_000))
        .play();

    let journal = transcript(&floor);
    assert!(journal.contains("left       the queue closed"), "{journal}");
    assert!(journal.contains("ended      by Kring, closed"), "{journal}");
    assert!(
        floor.ear("citizen-1").contains("closed"),
        "{}",
        floor.ear("citizen-1")
    );
    lawful(&floor);
}
