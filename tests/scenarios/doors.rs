//! Who is let in: strangers, unknown numbers, and a house that is closing or full.

use crate::lawful;
use kring_call::command::{Admission, Command};
use kring_tests::{Cadence, Citizen, Floor, Seat, assert_journal, transcript};

/// A stranger's INVITE is refused and rings nobody.
#[test]
fn a_stranger_rings_nobody() {
    let floor = Floor::new(Cadence::THAILAND)
        .citizen(Citizen::new("stranger", "support").without_trunk())
        .play();

    assert_journal(&floor, "");
    assert_eq!(
        floor.told("stranger").settled.map(|(_, code)| code),
        Some(403)
    );
    assert!(floor.rung.is_empty());
    lawful(&floor);
}

/// A number that is nobody's gets 404 and makes no call.
#[test]
fn an_unknown_number_is_not_found() {
    let floor = Floor::new(Cadence::THAILAND).caller_dials("citizen-1", "nobody");

    assert_journal(&floor, "");
    assert_eq!(
        floor.told("citizen-1").settled.map(|(_, code)| code),
        Some(404)
    );
    lawful(&floor);
}

/// While the house closes, new calls get 503 with Retry-After and those in progress go on.
#[test]
fn a_draining_house_finishes_its_calls_and_takes_no_new_ones() {
    for (admission, retry_after) in [(Admission::Draining, "60"), (Admission::JournalFull, "5")] {
        let floor = Floor::new(Cadence::THAILAND)
            .admits_at_ms(500, admission)
            .seat(Seat::new("seat-5021").answers_after_ms(920))
            .citizen(Citizen::new("citizen-1", "support"))
            .citizen(Citizen::new("citizen-2", "support").dials_at_ms(1_000))
            .play();

        let refused = floor.told("citizen-2");
        assert_eq!(refused.settled.map(|(_, code)| code), Some(503));
        assert_eq!(refused.retry_after.as_deref(), Some(retry_after));
        assert_journal(
            &floor,
            "
             0.000  offered    citizen-1 -> support
             0.000  ring       1
             0.080  alerting   seat-5021
             1.000  answered   seat-5021 after 1.000 s, ring 1
            11.080  ended      by Caller, bye, talked 10.080 s
        ",
        );
        lawful(&floor);
    }
}

/// When the time for closing is over, every call is ended and everybody told.
#[test]
fn the_end_of_the_drain_ends_every_call() {
    let floor = Floor::new(Cadence::THAILAND)
        .command_at_ms(5_040, Command::EndAll)
        .seat(Seat::new("seat-5021").answers_after_ms(920))
        .citizen(Citizen::new("citizen-1", "support").talks_ms(60_000))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(3_000))
        .play();

    let transcript = transcript(&floor);
    assert!(
        transcript.contains("5.000  ended      by Kring, shutdown"),
        "{transcript}"
    );
    assert!(transcript.contains("5.000  failed     503"), "{transcript}");
    assert!(floor.told("citizen-1").bye_came);
    assert_eq!(
        floor.told("citizen-2").settled.map(|(_, code)| code),
        Some(503)
    );
    lawful(&floor);
}
