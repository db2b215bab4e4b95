//! The three-ring rule, told as calls that nobody answers in time.

use crate::lawful;
use kring_call::OnDeadline;
use kring_tests::{Cadence, Citizen, Floor, Party, Seat, assert_journal, transcript};

/// Nobody answers: three full Thai rings are heard, and the call leaves before a fourth.
#[test]
fn an_unanswered_call_rings_three_times_and_is_refused() {
    let floor = Floor::new(Cadence::THAILAND).caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
        10.000  ring       3
        14.500  withdrawn  seat-5021 Rona
        14.750  refused    busy, retry after 60 s
    ",
    );
    assert_eq!(
        floor.bursts_heard, 3,
        "what the phone sounded, not what kring believes"
    );
    assert_eq!(floor.sent_ms("CANCEL", Party::Phone(0)), [14_500]);
    assert_eq!(floor.sent_ms("486", Party::Pbx), [14_750]);
    assert_eq!(floor.ringback_ms("citizen-1"), Some(14_750));
    lawful(&floor);
}

/// The pop is there before the INVITE, and t0 is our own 180: it waits for no phone.
#[test]
fn the_ringback_begins_when_the_invite_leaves() {
    let floor = Floor::new(Cadence::THAILAND).caller_dials("citizen-1", "support");

    assert_eq!(floor.sent_ms("INVITE", Party::Phone(0)), [0]);
    assert_eq!(floor.sent_ms("180", Party::Pbx), [0]);
    assert!(transcript(&floor).contains("invited    seat-5021 at pbx:5021"));
    lawful(&floor);
}

/// A constant latency cancels out, as long as CANCEL takes as long as INVITE.
#[test]
fn no_latency_buys_a_fourth_burst() {
    for latency_ms in (0..1_500).step_by(50) {
        let floor = Floor::new(Cadence::THAILAND).latency_ms(latency_ms);
        let floor = floor.caller_dials("citizen-1", "support");
        assert_eq!(floor.bursts_heard, 3, "latency {latency_ms} ms");
        lawful(&floor);
    }
}

/// CANCEL may take the guard longer than INVITE did, and not a millisecond more can be promised.
#[test]
fn a_slower_cancel_is_covered_by_the_guard() {
    for (extra_ms, bursts) in [(0, 3), (499, 3), (500, 3), (501, 4)] {
        let floor = Floor::new(Cadence::THAILAND)
            .holds_up("CANCEL", Party::Phone(0), extra_ms)
            .holds_up("CANCEL", Party::Phone(0), extra_ms)
            .caller_dials("citizen-1", "support");
        assert_eq!(
            floor.bursts_heard, bursts,
            "CANCEL {extra_ms} ms slower than INVITE"
        );
        let told = transcript(&floor).contains("late       seat-5021");
        assert_eq!(
            told,
            extra_ms > 420,
            "an overrun is recorded when the phone confirms too late"
        );
        lawful(&floor);
    }
}

/// The caller is sent elsewhere instead of being told busy.
#[test]
fn the_deadline_action_may_be_a_redirect() {
    let elsewhere = OnDeadline::Redirect {
        to: "sip:operator@192.0.2.10".to_owned(),
    };
    let floor = Floor::new(Cadence::THAILAND)
        .queue("support", &["longest_idle:2", "all:1"], elsewhere)
        .caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
        10.000  ring       3
        14.500  withdrawn  seat-5021 Rona
        14.750  refused    redirected to sip:operator@192.0.2.10
    ",
    );
    let told = floor.told("citizen-1");
    assert_eq!(told.settled.map(|(_, code)| code), Some(302));
    assert_eq!(
        told.redirected_to.as_deref(),
        Some("sip:operator@192.0.2.10")
    );
    lawful(&floor);
}

/// `policy = "end_of_burst"`: the last burst sounds in full, the silence after it is not waited for.
#[test]
fn the_budget_may_end_with_the_third_burst() {
    let floor = Floor::new(Cadence::THAILAND)
        .ending_with_the_burst()
        .caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
        10.000  ring       3
        11.000  withdrawn  seat-5021 Rona
        11.000  refused    busy, retry after 60 s
        11.080  late       seat-5021 silent 80 ms past the deadline
    ",
    );
    assert_eq!(floor.bursts_heard, 3);
    lawful(&floor);
}

/// A device that rings faster than the country is withdrawn when its own three rings are over.
#[test]
fn a_device_with_its_own_rings_has_three_of_its_own() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").rings_every_ms(3_000))
        .caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
         8.500  withdrawn  seat-5021 Rona
        10.000  ring       3
        14.750  refused    busy, retry after 60 s
    ",
    );
    assert_eq!(floor.bursts_heard, 3);
    lawful(&floor);
}

/// Another country, another cadence: the rule is counted in rings, not in seconds.
#[test]
fn another_cadence_moves_the_deadline() {
    let floor = Floor::new(Cadence {
        on_ms: 2_000,
        off_ms: 1_500,
    });
    let floor = floor.caller_dials("citizen-1", "support");

    assert_eq!(floor.sent_ms("CANCEL", Party::Phone(0)), [10_000]);
    assert_eq!(floor.sent_ms("486", Party::Pbx), [10_250]);
    assert!(
        kring_tests::violations(&floor)
            .iter()
            .all(|found| found.law != "I4")
    );
}

/// The wall clock goes back by an hour during the second ring: rings are counted by another clock.
#[test]
fn a_step_of_the_wall_clock_changes_nothing() {
    let steady = Floor::new(Cadence::THAILAND).caller_dials("citizen-1", "support");
    let stepped = Floor::new(Cadence::THAILAND)
        .wall_steps_at_ms(6_000, -3_600)
        .caller_dials("citizen-1", "support");

    assert_eq!(transcript(&steady), transcript(&stepped));
    let (first, last) = (
        stepped.entries.first().unwrap(),
        stepped.entries.last().unwrap(),
    );
    assert!(last.wall < first.wall, "the wall did step");
    lawful(&stepped);
}

/// The citizen hangs up at the very moment at which the third ring begins: it has begun. Found by busy hour 3428.
#[test]
fn whoever_gives_up_when_a_ring_begins_has_heard_it() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021"))
        .citizen(Citizen::new("citizen-1", "support").gives_up_after_ms(10_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
        10.000  ring       3
        10.000  abandoned  after 10.000 s, ring 3
        10.000  withdrawn  seat-5021 CallerGaveUp
    ",
    );
    lawful(&floor);
}
