//! Sound that stops, and what it does to the call.

use crate::lawful;
use kring_tests::{Cadence, Citizen, Floor, Hearing, Seat, assert_journal};

/// One silent side raises an alert and ends nothing: mute and hold are no death.
#[test]
fn one_silent_side_ends_nothing() {
    let floor = Floor::new(Cadence::THAILAND)
        .hearing(Hearing {
            silent: 1_000,
            dead: 0,
        })
        .seat(Seat::new("seat-5021").answers_after_ms(920))
        .citizen(Citizen::new("citizen-1", "support").talks_ms(30_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         1.000  answered   seat-5021 after 1.000 s, ring 1
        21.000  silent     Agent for 20000 ms
        31.080  ended      by Caller, bye, talked 30.080 s
    ",
    );
    lawful(&floor);
}

/// Nothing from either side: the call is dead, and both are told so.
#[test]
fn a_call_without_any_sound_is_ended() {
    let floor = Floor::new(Cadence::THAILAND)
        .hearing(Hearing {
            silent: 0,
            dead: 1_000,
        })
        .seat(Seat::new("seat-5021").answers_after_ms(920))
        .citizen(Citizen::new("citizen-1", "support").talks_on())
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         1.000  answered   seat-5021 after 1.000 s, ring 1
        21.000  ended      by Kring, media_lost, talked 20.000 s
    ",
    );
    assert!(floor.told("citizen-1").bye_came);
    lawful(&floor);
}
