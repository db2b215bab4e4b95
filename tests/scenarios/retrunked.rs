//! Trunks come, change and go while calls ring, wait and talk.

use crate::lawful;
use kring_tests::{Cadence, Citizen, Floor, Seat, assert_journal};

fn floor() -> Floor {
    Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").answers_after_ms(920))
        .citizen(Citizen::new("citizen-1", "support").talks_ms(10_000))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(4_000))
}

/// Whoever came by the trunk goes on to the end, hangs up as ever, and nobody else comes by it.
#[test]
fn the_calls_of_a_trunk_that_is_taken_away_go_on() {
    let floor = floor()
        .reconfigured_at_ms(3_000, |floor| floor.trunk(None))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         1.000  answered   seat-5021 after 1.000 s, ring 1
         2.960  configured trunk pbx retired
        11.080  ended      by Caller, bye, talked 10.080 s
    ",
    );
    let refused = floor.told("citizen-2").settled;
    assert_eq!(
        refused.map(|(_, code)| code),
        Some(403),
        "a stranger by now"
    );
    lawful(&floor);
}

/// A call that rings when its trunk goes is answered all the same.
#[test]
fn a_call_that_rings_is_answered_though_its_trunk_is_gone() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").answers_after_ms(6_000))
        .citizen(Citizen::new("citizen-1", "support").talks_ms(2_000))
        .reconfigured_at_ms(3_000, |floor| floor.trunk(None))
        .play();

    let answered = floor.told("citizen-1").settled;
    assert_eq!(answered.map(|(_, code)| code), Some(200));
    lawful(&floor);
}

/// A trunk that comes back, and one that is new, take calls at once.
#[test]
fn a_trunk_that_is_added_takes_calls_at_once() {
    let floor = floor()
        .reconfigured_at_ms(1_500, |floor| floor.trunk(None))
        .reconfigured_at_ms(3_000, |floor| floor.trunk(Some("other")))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         1.000  answered   seat-5021 after 1.000 s, ring 1
         1.460  configured trunk pbx retired
         2.960  configured trunk other added
         4.000  offered    citizen-2 -> support
         4.000  ring       1
         9.000  ring       2
        11.080  ended      by Caller, bye, talked 10.080 s
        13.160  alerting   seat-5021
        14.000  ring       3
        14.080  answered   seat-5021 after 10.080 s, ring 3
        24.160  ended      by Caller, bye, talked 10.080 s
    ",
    );
    lawful(&floor);
}
