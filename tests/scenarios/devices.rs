//! Agents with several devices: they ring as one, and one that is dead, busy or silent costs the others
//! nothing. Pages must say that they sound.

use crate::lawful;
use kring_call::OnDeadline;
use kring_tests::{Cadence, Citizen, Floor, Habit, Mood, Party, Seat, assert_journal, transcript};

/// The desk phone of the agent, with phone 1 of the floor beside it.
fn two() -> Seat {
    Seat::new("seat-5021").signs_in_at_ms(10).and_phone(1)
}

/// Phone 1: nobody's seat.
fn beside() -> Seat {
    Seat::new("beside-1").never_signs_in()
}

fn floor() -> Floor {
    Floor::new(Cadence::THAILAND).citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
}

#[test]
fn two_devices_ring_as_one_and_the_first_answer_wins() {
    let floor = floor()
        .seat(two())
        .seat(beside().answers_after_ms(7_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  invited    seat-5021 at pbx:5021, desk:1
         0.000  ring       1
         0.080  alerting   seat-5021 at pbx:5021
         0.080  alerting   seat-5021 at desk:1
         5.000  ring       2
         7.080  answered   seat-5021 after 7.080 s, ring 2 at desk:1
        17.160  ended      by Caller, bye, talked 10.080 s
        ",
    );
    assert_eq!(floor.sent_ms("CANCEL", Party::Phone(0)), [7_080]);
    assert_eq!(floor.bursts_at("seat-5021"), 2, "it was told to stop");
}

#[test]
fn a_busy_device_lets_the_other_ring() {
    let floor = floor()
        .seat(two().mood(Mood::Refuses(486)))
        .seat(beside().answers_after_ms(3_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  device out seat-5021 at pbx:5021 Busy 486
         0.080  alerting   seat-5021 at desk:1
         3.080  answered   seat-5021 after 3.080 s, ring 1 at desk:1
        13.160  ended      by Caller, bye, talked 10.080 s
        ",
    );
}

/// 603 speaks for the person, at whatever device (RFC 3261 section 16.7): the next agent rings.
#[test]
fn who_declines_at_one_device_declines_at_all() {
    let floor = floor()
        .seat(two())
        .seat(beside().mood(Mood::Refuses(603)))
        .seat(
            Seat::new("seat-5023")
                .signs_in_at_ms(20)
                .answers_after_ms(1_000),
        )
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021 at pbx:5021
         0.080  unreached  seat-5021 Declined 603
         0.160  alerting   seat-5023
         1.160  answered   seat-5023 after 1.160 s, ring 1
        11.240  ended      by Caller, bye, talked 10.080 s
        ",
    );
    assert_eq!(floor.bursts_at("seat-5021"), 1, "it was told to stop");
}

#[test]
fn an_agent_is_unreached_when_all_devices_are() {
    let floor = floor()
        .seat(two().mood(Mood::Refuses(404)))
        .seat(beside().mood(Mood::Refuses(486)))
        .seat(
            Seat::new("seat-5023")
                .signs_in_at_ms(20)
                .answers_after_ms(1_000),
        )
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  device out seat-5021 at pbx:5021 Unregistered 404
         0.080  unreached  seat-5021 Busy 486
         0.160  alerting   seat-5023
         1.160  answered   seat-5023 after 1.160 s, ring 1
        11.240  ended      by Caller, bye, talked 10.080 s
        ",
    );
    lawful(&floor);
}

/// A device that is dead is given up after 4 s, and nobody waits for it when the other has rung out.
#[test]
fn a_dead_device_costs_the_other_nothing() {
    let floor = floor()
        .seat(two())
        .seat(beside().mood(Mood::Dead))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(16_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021 at pbx:5021
         4.000  device out seat-5021 at desk:1 Silent 0
         5.000  ring       2
        10.000  ring       3
        14.500  withdrawn  seat-5021 Rona
        14.750  refused    busy, retry after 60 s
        15.000  offered    citizen-2 -> support
        15.000  ring       1
        15.080  alerting   seat-5021 at pbx:5021
        19.000  device out seat-5021 at desk:1 Silent 0
        20.000  ring       2
        25.000  ring       3
        29.500  withdrawn  seat-5021 Rona
        29.580  warned     seat-5021 Rona, last one ready
        29.750  refused    busy, retry after 60 s
        ",
    );
    assert_eq!(floor.bursts_at("seat-5021"), 6);
}

/// The caller gives up before the dead device is known to be dead: the agent is free at once.
#[test]
fn a_dead_device_does_not_keep_its_agent() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(two())
        .seat(beside().mood(Mood::Dead))
        .citizen(
            Citizen::new("citizen-1", "support")
                .dials_at_ms(1_000)
                .gives_up_after_ms(2_000),
        )
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(4_000))
        .play();

    let rung = floor.sent_ms("INVITE", Party::Phone(0));
    assert_eq!(rung, [0, 3_000], "{}", transcript(&floor));
}

#[test]
fn a_device_where_nobody_is_costs_the_other_nothing() {
    let floor = floor()
        .seat(two())
        .seat(beside().mood(Mood::Unplugged))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.040  device out seat-5021 at desk:1 Failed 0
         0.080  alerting   seat-5021 at pbx:5021
         5.000  ring       2
        10.000  ring       3
        14.500  withdrawn  seat-5021 Rona
        14.750  refused    busy, retry after 60 s
        ",
    );
    assert_eq!(floor.bursts_at("seat-5021"), 3);
}

/// One device of an agent has said nothing yet when another agent answers: told to stop as soon as it speaks, it
/// is told that the call was answered, and shows nothing as missed.
#[test]
fn a_device_that_speaks_too_late_is_told_who_has_the_call() {
    let floor = floor()
        .queue("support", &["all:3"], OnDeadline::AnnounceBusy)
        .path_ms(Party::Phone(1), Party::Kring, 2_000)
        .seat(two())
        .seat(beside())
        .seat(Seat::new("seat-5022").answers_after_ms(500))
        .play();

    let told = floor.datagrams.iter().filter(|datagram| {
        let is_cancel = datagram.letter.method() == Some("CANCEL");
        is_cancel && datagram.to == Party::Phone(1)
    });
    let told: Vec<_> = told.map(|cancel| cancel.letter.get("Reason")).collect();
    let reason = told.first().copied().flatten().unwrap_or("no CANCEL");
    assert!(reason.contains("cause=200"), "{reason}");
    lawful(&floor);
}

/// A device whose own rings end with those of the call is told to stop with all the others, and its agent is rung
/// again as soon as they are.
#[test]
fn a_device_whose_rings_end_with_the_call_is_no_exception() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue("support", &["all:3"], OnDeadline::AnswerGreetQueue)
        .rona_limit(0)
        .seat(
            Seat::new("seat-5021")
                .rings_every_ms(5_000)
                .and_phone_every_ms(1, 5_000),
        )
        .seat(beside())
        .citizen(Citizen::new("citizen-1", "support").waits_ms(15_000))
        .play();

    let journal = transcript(&floor);
    assert!(!journal.contains("device out"), "{journal}");
    assert!(
        journal.contains("14.500  withdrawn  seat-5021 Rona"),
        "{journal}"
    );
    assert!(journal.contains("24.500  again      round 1"), "{journal}");
    lawful(&floor);
}

/// A device that has had its own rings does not hear that it should stop, and sounds on: that is told when it is
/// silent at last, though the other device of its agent had more time.
#[test]
fn a_device_that_sounds_on_after_its_own_rings_is_told_of() {
    let floor = floor()
        .loses("CANCEL", Party::Phone(1), 4)
        .seat(
            Seat::new("seat-5021")
                .signs_in_at_ms(10)
                .and_phone_every_ms(1, 2_500)
                .with_screen(|screen| screen.declines = Some(Habit::always_ms(9_000))),
        )
        .seat(beside().rings_every_ms(2_500))
        .play();

    let journal = transcript(&floor);
    assert!(
        journal.contains("7.000  device out seat-5021 at desk:1 Rona"),
        "{journal}"
    );
    assert!(
        journal.contains("9.000  withdrawn  seat-5021 Declined"),
        "{journal}"
    );
    assert!(journal.contains("late       seat-5021 silent"), "{journal}");
}

/// The second device rings every 3 s: it has had its three rings after 9 s and leaves alone.
#[test]
fn a_device_with_a_period_of_its_own_leaves_alone() {
    let floor = floor()
        .seat(
            Seat::new("seat-5021")
                .signs_in_at_ms(10)
                .and_phone_every_ms(1, 3_000),
        )
        .seat(beside().rings_every_ms(3_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021 at pbx:5021
         0.080  alerting   seat-5021 at desk:1
         5.000  ring       2
         8.500  device out seat-5021 at desk:1 Rona
        10.000  ring       3
        14.500  withdrawn  seat-5021 Rona
        14.750  refused    busy, retry after 60 s
        ",
    );
    assert_eq!(
        ["seat-5021", "beside-1"].map(|seat| floor.bursts_at(seat)),
        [3, 3],
        "three rings at each, by its own count"
    );
}

/// A page whose sound is locked: the offer moves on after a second, to somebody who hears it.
#[test]
fn a_page_that_nobody_hears_is_passed_over() {
    let floor = floor()
        .seat(Seat::new("seat-5021").signs_in_at_ms(10).is_page(None))
        .seat(
            Seat::new("seat-5022")
                .signs_in_at_ms(20)
                .is_page(Some(300))
                .answers_after_ms(2_000),
        )
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  invited    seat-5021 at browser
         0.000  ring       1
         0.080  alerting   seat-5021
         1.000  unreached  seat-5021 SilentDevice 0
         1.000  invited    seat-5022 at browser
         1.080  alerting   seat-5022
         3.080  answered   seat-5022 after 3.080 s, ring 1
        13.160  ended      by Caller, bye, talked 10.080 s
        ",
    );
    assert_eq!(floor.bursts_at("seat-5021"), 1);
    lawful(&floor);
}

/// Twice in a row, and the agent is told that the device does not work.
#[test]
fn who_has_a_silent_page_is_paused() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue("support", &["longest_idle:3"], OnDeadline::AnnounceBusy)
        .seat(Seat::new("seat-5021").signs_in_at_ms(10).is_page(None))
        .seat(
            Seat::new("seat-5022")
                .signs_in_at_ms(20)
                .answers_after_ms(100),
        )
        .citizen(
            Citizen::new("citizen-1", "support")
                .dials_at_ms(1_000)
                .talks_ms(500),
        )
        .citizen(
            Citizen::new("citizen-2", "support")
                .dials_at_ms(20_000)
                .talks_ms(500),
        )
        .citizen(
            Citizen::new("citizen-3", "support")
                .dials_at_ms(40_000)
                .talks_ms(500),
        )
        .play();

    let transcript = transcript(&floor);
    assert!(
        transcript.contains("presence   seat-5021 Paused (device)"),
        "{transcript}"
    );
    assert_eq!(floor.rung_at("seat-5021").count(), 2, "{transcript}");
    lawful(&floor);
}
