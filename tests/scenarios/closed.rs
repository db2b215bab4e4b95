//! Callers of a queue that is closed: they may ask to be called back, or are taken to whoever is there
//! elsewhere. Nobody is left without an end, and nobody is called back while it is closed.

use crate::{assert_ear, lawful};
use kring_call::{CallbackRules, OnClosed, OnDeadline};
use kring_journal::ClosedWhy;
use kring_tests::{
    Account, Cadence, Citizen, Extension, Floor, KeysBy, Mood, Party, Seat, assert_journal,
    transcript,
};
use std::time::Duration;

/// The citizen's number.
const NUMBER: &str = "0812345678";

/// A floor whose only queue is closed until the first minute is over, with an agent who has stayed.
fn closed(action: OnClosed) -> Floor {
    let plan = ["longest_idle:2", "all:1"];
    Floor::new(Cadence::THAILAND)
        .queue("support", &plan, OnDeadline::AnswerGreetQueue)
        .when_closed("support", action)
        .closes_at_ms(0, "support", ClosedWhy::Hours)
        .opens_at_ms(60_000, "support")
        .seat(Seat::new("seat-5021").answers_after_ms(1_000))
}

fn offering() -> Floor {
    closed(OnClosed::OfferCallback).calls_back("support", CallbackRules::default())
}

fn going_to(place: &str) -> Floor {
    closed(OnClosed::Overflow).overflow("support", place)
}

fn citizen() -> Citizen {
    Citizen::new(NUMBER, "support").tells_keys_by(KeysBy::Info)
}

fn telephone() -> Extension {
    Extension::new(NUMBER)
        .answers_after_ms(3_000)
        .talks_ms(20_000)
}

#[track_caller]
fn assert_told(floor: &Account, line: &str) {
    let journal = transcript(floor);
    assert!(journal.contains(line), "{line}\n{journal}");
}

/// The caller hears that it is closed, and the offer; presses the key; and is called back when it is open.
#[test]
fn a_caller_out_of_hours_is_called_back_when_it_opens() {
    let floor = offering()
        .citizen(citizen().presses_after_ms(4_000, '1'))
        .extension(telephone())
        .play();

    assert_journal(
        &floor,
        "
        -0.040  closed     support Hours
         0.000  offered    0812345678 -> support
         0.000  rescued    answered and offered a call-back, closed
         0.000  announced  closed, callback
         4.080  left       asked to be called back after 4.080 s in the queue
         4.080  announced  callback_taken
         4.080  call-back  asked of support
         7.080  ended      by Kring, call_back, talked 0.000 s
        59.960  opened     support
        59.960  offered    0812345678 -> support, call-back 1
        59.960  ring       1
        60.040  alerting   seat-5021
        61.040  picked up  seat-5021
        61.040  dialled    the citizen by pbx
        64.120  reached    the citizen for seat-5021, rang 3.080 s
        64.120  call-back  served after 1 tries
        84.200  ended      by Caller, bye, talked 20.080 s
    ",
    );
    assert_ear(
        &floor,
        NUMBER,
        "0.000 closed
         3.000 callback
         4.080 callback_taken",
    );
    lawful(&floor);
}

/// Who presses nothing, or another key, hears once more that it is closed, and kring hangs up.
#[test]
fn who_does_not_want_to_be_called_back_hears_that_it_is_closed() {
    let floor = offering()
        .citizen(citizen().presses_after_ms(4_000, '2'))
        .play();

    assert_journal(
        &floor,
        "
        -0.040  closed     support Hours
         0.000  offered    0812345678 -> support
         0.000  rescued    answered and offered a call-back, closed
         0.000  announced  closed, callback
        16.000  left       the queue closed after 16.000 s in the queue
        16.000  announced  closed
        19.000  ended      by Kring, closed, talked 0.000 s
        59.960  opened     support
    ",
    );
    assert!(floor.call_backs.is_empty());
    assert!(floor.told(NUMBER).bye_came);
    lawful(&floor);
}

/// A caller may hang up at the door at any moment; nobody has abandoned a queue that served nobody.
#[test]
fn a_caller_may_hang_up_at_the_door() {
    for ms in [1_000, 8_000, 17_000] {
        let floor = offering().citizen(citizen().waits_ms(ms)).play();
        assert_told(&floor, "left       the queue closed");
        assert_told(&floor, "ended      by Caller, bye");
        assert!(floor.sent_ms("INVITE", Party::Phone(0)).is_empty());
        lawful(&floor);
    }
}

/// Whoever cannot be called back hears that it is closed, and nothing of a key.
#[test]
fn who_cannot_be_called_back_only_hears_that_it_is_closed() {
    let floor = offering()
        .citizen(Citizen::new("0019001234567", "support"))
        .play();

    assert_told(&floor, "refused    announced, closed");
    assert_ear(&floor, "0019001234567", "0.000 closed");
    lawful(&floor);
}

/// A caller who makes no offer hears the words when the codec is known, and may press the key.
#[test]
fn a_caller_without_an_offer_hears_it_when_the_codec_is_known() {
    let floor = offering()
        .citizen(citizen().offers_late().presses_after_ms(5_000, '1'))
        .extension(telephone())
        .play();

    assert_told(&floor, "announced  closed, callback");
    assert_told(&floor, "call-back  served after 1 tries");
    lawful(&floor);
}

/// The queue opens while a caller stands at its door and has pressed nothing: they wait there as anybody.
#[test]
fn an_opening_lets_in_who_stands_at_the_door() {
    let floor = offering().citizen(citizen().dials_at_ms(58_000)).play();

    assert_told(
        &floor,
        "rescued    answered and offered a call-back, closed",
    );
    assert_told(&floor, "16.000  queued     place 1");
    assert_told(&floor, "17.080  served     seat-5021");
    lawful(&floor);
}

/// Whoever asked while it was open is not called after closing time.
#[test]
fn nobody_is_called_back_after_closing_time() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue("support", &["all:3"], OnDeadline::OfferCallback)
        .calls_back("support", CallbackRules::default())
        .closes_at_ms(20_000, "support", ClosedWhy::Hours)
        .opens_at_ms(90_000, "support")
        .seat(
            Seat::new("seat-5021")
                .signs_in_at_ms(30_000)
                .answers_after_ms(1_000),
        )
        .citizen(citizen().presses_after_ms(10_000, '1'))
        .extension(telephone())
        .play();

    assert_told(&floor, "10.080  call-back  asked of support");
    assert_told(
        &floor,
        "89.960  offered    0812345678 -> support, call-back 1",
    );
    lawful(&floor);
}

/// The caller is answered, hears words and music while the extension rings, and then whoever lifts; the
/// agent who has stayed is not rung.
#[test]
fn a_closed_queue_overflows_to_an_extension() {
    let floor = going_to("ext:1500")
        .extension(Extension::new("1500").answers_after_ms(4_000))
        .citizen(citizen())
        .play();

    assert_journal(
        &floor,
        "
        -0.040  closed     support Hours
         0.000  offered    0812345678 -> support
         0.000  rescued    answered for overflow, closed
         0.000  announced  greeting, please_wait
         0.000  overflow   to ext:1500, closed
         0.000  dialled    1500 by pbx
         4.080  connected  1500 after 4.080 s, 4.080 s in the queue
        14.120  ended      by Caller, bye, talked 10.040 s
        59.960  opened     support
    ",
    );
    assert_ear(
        &floor,
        NUMBER,
        "0.000 greeting
         3.000 please_wait
         4.080 person",
    );
    assert!(floor.sent_ms("INVITE", Party::Phone(0)).is_empty());
    lawful(&floor);
}

/// One after another is tried, and then the caller hears that it is closed.
#[test]
fn when_nobody_is_there_the_caller_hears_that_it_is_closed() {
    let department = kring_call::command::Command::PutDepartment {
        short: "DFT".to_owned(),
        extensions: vec!["2101".to_owned(), "2102".to_owned()],
    };
    let floor = going_to("department:DFT")
        .command_at_ms(0, department)
        .extension(Extension::new("2101").is_busy())
        .extension(Extension::new("2102").mood(Mood::Ignores))
        .citizen(citizen())
        .play();

    assert_journal(
        &floor,
        "
        -0.040  closed     support Hours
         0.000  offered    0812345678 -> support
         0.000  rescued    answered for overflow, closed
         0.000  announced  greeting, please_wait
         0.000  overflow   to department:DFT, closed
         0.000  dialled    2101 by pbx
         0.080  missed     2101 Busy 486
         0.080  dialled    2102 by pbx
        14.580  missed     2102 NoAnswer 0
        14.580  left       the queue closed after 14.580 s in the queue
        14.580  announced  closed
        17.580  ended      by Kring, closed, talked 0.000 s
        59.960  opened     support
    ",
    );
    lawful(&floor);
}

/// Where there is no way at all the caller is told so at once.
#[test]
fn a_closed_queue_without_a_way_out_says_that_it_is_closed() {
    let unknown = going_to("department:XYZ").citizen(citizen()).play();
    assert_told(&unknown, "refused    announced, closed");
    let nowhere = going_to("ext:1500")
        .without_line()
        .citizen(citizen())
        .play();
    assert_told(&nowhere, "left       the queue closed");
    for floor in [unknown, nowhere] {
        assert!(floor.told(NUMBER).bye_came);
        assert!(floor.ear(NUMBER).contains("closed"));
        lawful(&floor);
    }
}

/// The extension rings while the queue opens: if it is not lifted the caller waits in the queue.
#[test]
fn an_opening_takes_in_who_was_on_the_way_elsewhere() {
    let floor = going_to("ext:1500")
        .extension(Extension::new("1500").mood(Mood::Ignores))
        .citizen(citizen().dials_at_ms(50_000))
        .play();

    assert_told(&floor, "14.500  missed     1500 NoAnswer 0");
    assert_told(&floor, "14.500  queued     place 1");
    assert_told(&floor, "15.580  served     seat-5021");
    lawful(&floor);
}

/// A URI is a redirect, as at the deadline.
#[test]
fn a_closed_queue_redirects_to_a_uri() {
    let floor = going_to("sip:1500@pbx.example.net")
        .citizen(citizen())
        .play();

    let told = floor.told(NUMBER);
    assert_eq!(told.settled.map(|(_, code)| code), Some(302));
    assert_eq!(
        told.redirected_to.as_deref(),
        Some("sip:1500@pbx.example.net")
    );
    lawful(&floor);
}

/// A closed queue that overflows to another one, which has an agent of its own.
fn two_queues() -> Floor {
    let plan = ["longest_idle:2", "all:1"];
    Floor::new(Cadence::THAILAND)
        .queue("support", &plan, OnDeadline::AnswerGreetQueue)
        .queue("hotline", &plan, OnDeadline::AnswerGreetQueue)
        .when_closed("support", OnClosed::Overflow)
        .overflow("support", "queue:hotline")
        .members("support", &[("seat-5021", 1)])
        .members("hotline", &[("seat-5022", 1)])
        .closes_at_ms(0, "support", ClosedWhy::Holiday)
        .seat(Seat::new("seat-5021"))
        .seat(Seat::new("seat-5022").answers_after_ms(2_000))
}

/// An open queue has the caller by its own plan and members.
#[test]
fn a_closed_queue_overflows_to_an_open_one() {
    let floor = two_queues().citizen(citizen()).play();

    assert_journal(
        &floor,
        "
        -0.040  closed     support Holiday
         0.000  offered    0812345678 -> support
         0.000  rescued    answered for overflow, closed
         0.000  announced  greeting, please_wait
         0.000  overflow   to queue:hotline, closed
         0.000  queued     place 1 in hotline
         0.000  announced  please_wait, place 1
         0.000  again      round 1
         0.000  ring       1
         0.080  alerting   seat-5022
         2.080  served     seat-5022 after 2.080 s, 2.080 s in the queue
        12.120  ended      by Caller, bye, talked 10.040 s
    ",
    );
    assert!(floor.sent_ms("INVITE", Party::Phone(0)).is_empty());
    lawful(&floor);
}

/// Another queue that is closed, too, takes nobody, whoever is still there.
#[test]
fn a_closed_queue_takes_no_overflow() {
    let floor = two_queues()
        .closes_at_ms(0, "hotline", ClosedWhy::Holiday)
        .citizen(citizen())
        .play();
    assert_told(&floor, "refused    announced, closed");
    assert_ear(&floor, NUMBER, "0.000 holiday");
    lawful(&floor);
}

/// Who waits in the other queue hears from time to time how things are, though no wait had begun before.
#[test]
fn who_came_to_another_queue_is_told_how_things_are() {
    let floor = two_queues()
        .seat(Seat::new("seat-5023").mood(Mood::Ignores))
        .members("hotline", &[("seat-5023", 1)])
        .rona_limit(0)
        .citizen(citizen().waits_ms(Duration::from_secs(100).as_millis() as u64))
        .play();

    assert_told(&floor, "45.000  announced  please_wait, place 1");
    assert_told(&floor, "90.000  announced  please_wait, place 1");
    lawful(&floor);
}

/// The house closes for good while callers stand at the door or are on their way.
#[test]
fn a_shutdown_ends_a_call_at_the_door() {
    for floor in [offering(), going_to("ext:1500")] {
        let floor = floor
            .extension(Extension::new("1500").answers_after_ms(4_000))
            .command_at_ms(2_000, kring_call::command::Command::EndAll)
            .citizen(citizen())
            .play();
        assert_told(&floor, "ended      by Kring, shutdown");
        lawful(&floor);
    }
}
