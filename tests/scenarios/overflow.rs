//! Callers who go elsewhere at the deadline, or when there is no place or no more time: to an extension,
//! a department, another queue. Whoever is not there is no reason to let the caller go.

use crate::{assert_ear, lawful};
use kring_call::{OnDeadline, Recourse, WaitingRules, command::Command};
use kring_tests::{
    Cadence, Citizen, Extension, Floor, Mood, Party, Seat, assert_journal, transcript,
};
use std::time::Duration;

/// A floor whose callers go there at the deadline, with an agent who does not answer.
fn going_to(place: &str) -> Floor {
    let plan = ["longest_idle:2", "all:1"];
    Floor::new(Cadence::THAILAND)
        .queue("support", &plan, OnDeadline::Overflow)
        .overflow("support", place)
        .seat(Seat::new("seat-5021"))
}

fn citizen() -> Citizen {
    Citizen::new("citizen-1", "support")
}

/// The caller is answered, hears words and music while the extension rings, and then whoever lifts.
#[test]
fn a_caller_overflows_to_an_extension() {
    let floor = going_to("ext:1500")
        .extension(Extension::new("1500").answers_after_ms(4_000))
        .citizen(citizen())
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
        14.750  rescued    answered for overflow
        14.750  queued     place 1
        14.750  announced  greeting, please_wait, place 1
        14.750  overflow   to ext:1500
        14.750  dialled    1500 by pbx
        18.830  connected  1500 after 18.830 s, 4.080 s in the queue
        28.870  ended      by Caller, bye, talked 10.040 s
    ",
    );
    assert_ear(
        &floor,
        "citizen-1",
        "14.750 greeting
         17.750 please_wait
         18.830 person",
    );
    lawful(&floor);
}

/// Nobody is there: the caller waits in the queue they came from, and is served there.
#[test]
fn a_caller_comes_back_from_a_busy_extension() {
    let floor = going_to("ext:1500")
        .extension(Extension::new("1500").is_busy())
        .seat(
            Seat::new("seat-5022")
                .signs_in_at_ms(20_000)
                .answers_after_ms(2_000),
        )
        .citizen(citizen())
        .play();

    let journal = transcript(&floor);
    assert!(
        journal.contains("14.830  missed     1500 Busy 486"),
        "{journal}"
    );
    assert!(journal.contains("14.830  queued     place 1"), "{journal}");
    assert!(journal.contains("served     seat-5022"), "{journal}");
    lawful(&floor);
}

/// An extension rings three times at most, and the place is tried again after a minute.
#[test]
fn an_extension_that_nobody_lifts_is_dialled_again_later() {
    let floor = going_to("ext:1500")
        .extension(
            Extension::new("1500")
                .mood(Mood::Ignores)
                .answers_after_ms(1_000),
        )
        .citizen(citizen().waits_ms(120_000))
        .play();

    let journal = transcript(&floor);
    assert!(
        journal.contains("29.250  missed     1500 NoAnswer 0"),
        "{journal}"
    );
    assert!(
        journal.contains("overflow   to ext:1500, again"),
        "{journal}"
    );
    assert!(journal.contains("connected  1500"), "{journal}");
    let heard = &floor.dialled[0].1;
    let rang = heard.silent.unwrap().since(heard.sounded.unwrap());
    assert_eq!(rang, Duration::from_millis(14_500), "three rings");
    lawful(&floor);
}

/// The endpoints of a department are dialled one after another.
#[test]
fn a_department_is_tried_endpoint_by_endpoint() {
    let department = Command::PutDepartment {
        short: "DFT".to_owned(),
        extensions: vec!["2101".to_owned(), "2102".to_owned(), "2103".to_owned()],
    };
    let floor = going_to("department:DFT")
        .command_at_ms(0, department)
        .extension(Extension::new("2101").is_busy())
        .extension(Extension::new("2102").mood(Mood::Declines(Duration::from_secs(1))))
        .extension(
            Extension::new("2103")
                .answers_after_ms(1_000)
                .talks_ms(8_000),
        )
        .citizen(citizen().talks_on())
        .play();

    let journal = transcript(&floor);
    assert!(
        journal.contains("overflow   to department:DFT"),
        "{journal}"
    );
    assert!(journal.contains("missed     2101 Busy 486"), "{journal}");
    assert!(
        journal.contains("missed     2102 Declined 603"),
        "{journal}"
    );
    assert!(journal.contains("connected  2103"), "{journal}");
    assert!(journal.contains("ended      by Target, bye"), "{journal}");
    lawful(&floor);
}

/// A department of which nothing is known, a number that nobody has, and a PBX of which kring knows only
/// that it calls: the caller waits, and nobody lets them go.
#[test]
fn where_there_is_nobody_the_caller_waits() {
    let unknown = going_to("department:XYZ")
        .citizen(citizen().waits_ms(40_000))
        .play();
    assert!(!transcript(&unknown).contains("overflow "));
    let nobody = going_to("ext:9999")
        .citizen(citizen().waits_ms(40_000))
        .play();
    assert!(transcript(&nobody).contains("missed     9999 Unregistered 404"));
    let nowhere = going_to("ext:1500")
        .without_line()
        .citizen(citizen().waits_ms(40_000))
        .play();
    assert!(transcript(&nowhere).contains("missed     1500 Failed 0"));
    for floor in [unknown, nobody, nowhere] {
        let journal = transcript(&floor);
        assert!(
            journal.contains("left       caller gave up after 40"),
            "{journal}"
        );
        lawful(&floor);
    }
}

/// The caller hangs up while the extension rings: it stops at once.
#[test]
fn a_caller_who_hangs_up_on_the_way_stops_the_extension() {
    let floor = going_to("ext:1500")
        .extension(Extension::new("1500"))
        .citizen(citizen().waits_ms(3_000))
        .play();

    assert_eq!(floor.sent_ms("CANCEL", Party::Pbx), [17_830]);
    assert!(transcript(&floor).contains("left       caller gave up"));
    lawful(&floor);
}

/// The extension is lifted as the caller hangs up: it is told that nobody is there.
#[test]
fn an_extension_that_lifts_too_late_is_told_so() {
    let floor = going_to("ext:1500")
        .extension(Extension::new("1500").answers_after_ms(3_020))
        .citizen(citizen().waits_ms(3_000))
        .play();

    assert_eq!(floor.sent_ms("BYE", Party::Pbx).len(), 1);
    lawful(&floor);
}

/// An answer that crosses the last CANCEL has the caller all the same, and the extension is let go.
#[test]
fn a_crossing_answer_of_an_agent_wins_over_the_extension() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue("support", &["all:3"], OnDeadline::Overflow)
        .overflow("support", "ext:1500")
        .latency_ms(300)
        .seat(Seat::new("seat-5021").answers_after_ms(14_200))
        .extension(Extension::new("1500").answers_after_ms(5_000))
        .citizen(citizen())
        .play();

    let journal = transcript(&floor);
    assert!(journal.contains("served     seat-5021"), "{journal}");
    assert!(!journal.contains("connected"), "{journal}");
    lawful(&floor);
}

/// A URI is a redirect as long as kring has not answered.
#[test]
fn a_uri_is_a_redirect_before_the_answer() {
    let floor = going_to("sip:1500@pbx.example.net")
        .citizen(citizen())
        .play();
    let told = floor.told("citizen-1");
    assert_eq!(told.settled.map(|(_, code)| code), Some(302));
    assert_eq!(
        told.redirected_to.as_deref(),
        Some("sip:1500@pbx.example.net")
    );
    lawful(&floor);
}

/// Two queues, one of which has people.
fn two_queues() -> Floor {
    let plan = ["longest_idle:2", "all:1"];
    Floor::new(Cadence::THAILAND)
        .queue("law", &["all:3"], OnDeadline::AnswerGreetQueue)
        .queue("support", &plan, OnDeadline::Overflow)
        .overflow("support", "queue:law")
        .members("support", &[("seat-5021", 1)])
        .members("law", &[("seat-5022", 1)])
        .seat(Seat::new("seat-5021"))
}

/// The other queue has the caller by its own plan and members, and both are told.
#[test]
fn a_caller_overflows_to_another_queue() {
    let floor = two_queues()
        .seat(Seat::new("seat-5022").answers_after_ms(2_000))
        .citizen(citizen())
        .play();

    let journal = transcript(&floor);
    assert!(
        journal.contains("14.750  overflow   to queue:law"),
        "{journal}"
    );
    assert!(
        journal.contains("14.750  queued     place 1 in law"),
        "{journal}"
    );
    assert!(
        journal.contains("served     seat-5022 after 16.830 s"),
        "{journal}"
    );
    lawful(&floor);
}

/// A queue that nobody serves takes nobody.
#[test]
fn an_unstaffed_queue_takes_no_overflow() {
    let floor = two_queues()
        .seat(Seat::new("seat-5022").never_signs_in())
        .citizen(citizen().waits_ms(30_000))
        .play();

    assert!(!transcript(&floor).contains("overflow "));
    lawful(&floor);
}

/// Nobody is sent in a circle.
#[test]
fn two_queues_that_overflow_to_each_other_end_it() {
    let floor = two_queues()
        .queue("law", &["all:3"], OnDeadline::Overflow)
        .overflow("law", "queue:support")
        .members("law", &[("seat-5022", 1)])
        .seat(Seat::new("seat-5022"))
        .citizen(citizen().waits_ms(120_000))
        .play();

    let journal = transcript(&floor);
    assert_eq!(journal.matches("overflow ").count(), 1, "{journal}");
    lawful(&floor);
}

fn keeping(rules: WaitingRules) -> Floor {
    let plan = ["longest_idle:2", "all:1"];
    Floor::new(Cadence::THAILAND)
        .queue("support", &plan, OnDeadline::AnswerGreetQueue)
        .overflow("support", "ext:1500")
        .waiting("support", rules)
        .seat(Seat::new("seat-5021").never_signs_in())
}

/// Overflow by length: who finds no place goes elsewhere.
#[test]
fn a_full_queue_overflows() {
    let rules = WaitingRules {
        waiting_max: 1,
        when_full: Recourse::Overflow,
        ..WaitingRules::default()
    };
    let floor = keeping(rules)
        .extension(Extension::new("1500").answers_after_ms(1_000))
        .citizen(citizen().waits_ms(20_000))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(5_000))
        .play();

    let journal = transcript(&floor);
    assert!(
        journal.contains("rescued    answered for overflow, queue full"),
        "{journal}"
    );
    assert!(
        journal.contains("overflow   to ext:1500, queue full"),
        "{journal}"
    );
    assert!(journal.contains("connected  1500"), "{journal}");
    lawful(&floor);
}

/// Overflow by wait: who has waited as long as is allowed goes elsewhere, and is not hung up on.
#[test]
fn a_long_wait_overflows() {
    let rules = WaitingRules {
        max_wait: Duration::from_secs(30),
        when_waited: Recourse::Overflow,
        ..WaitingRules::default()
    };
    let floor = keeping(rules)
        .extension(Extension::new("1500").is_busy().answers_after_ms(1_000))
        .citizen(citizen())
        .play();

    let journal = transcript(&floor);
    assert!(
        journal.contains("30.000  overflow   to ext:1500, waited too long"),
        "{journal}"
    );
    assert!(
        journal.contains("90.000  overflow   to ext:1500, again"),
        "{journal}"
    );
    assert!(journal.contains("connected  1500"), "{journal}");
    lawful(&floor);
}

/// Whoever has not said yet in which codec they hear is taken nowhere, however long that takes.
#[test]
fn nobody_goes_elsewhere_before_they_can_hear() {
    let rules = WaitingRules {
        max_wait: Duration::from_secs(1),
        when_waited: Recourse::Overflow,
        ..WaitingRules::default()
    };
    let floor = keeping(rules)
        .path_ms(Party::Pbx, Party::Kring, 2_000)
        .extension(Extension::new("1500").answers_after_ms(1_000))
        .citizen(citizen().offers_late())
        .play();

    let journal = transcript(&floor);
    let at = |line: &str| {
        let found = journal.find(line);
        found.unwrap_or_else(|| panic!("no {line:?} in\n{journal}"))
    };
    assert!(
        at("queued     place 1") < at("overflow   to ext:1500, waited too long"),
        "{journal}"
    );
    assert!(journal.contains("connected  1500"), "{journal}");
    lawful(&floor);
}

/// The house closes while the extension rings: nobody is left over.
#[test]
fn a_shutdown_ends_an_overflow() {
    for at in [16_000, 22_000] {
        let floor = going_to("ext:1500")
            .extension(Extension::new("1500").answers_after_ms(4_000))
            .command_at_ms(at, Command::EndAll)
            .citizen(citizen())
            .play();
        assert!(transcript(&floor).contains("ended      by Kring, shutdown"));
        lawful(&floor);
    }
}
