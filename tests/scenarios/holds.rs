//! Hold by the screen: the citizen hears music, the agent nothing, and nobody's phone is asked.

use crate::{assert_ear, lawful, says};
use kring_call::command::{CommandRefused, ConsultTurn};
use kring_tests::{Account, Cadence, Citizen, Deed, Extension, Floor, Seat};

/// An agent who answers after two seconds, and then does these.
fn call(deeds: &[(u64, Deed)]) -> Account {
    let mut seat = Seat::new("seat-5021").answers_after_ms(2_000);
    for (ms, deed) in deeds {
        seat = seat.does_after_ms(*ms, deed.clone());
    }
    Floor::new(Cadence::THAILAND)
        .seat(seat)
        .extension(Extension::new("1500").answers_after_ms(1_000))
        .citizen(Citizen::new("citizen-1", "support").talks_ms(20_000))
        .play()
}

#[test]
fn whoever_is_held_hears_music_and_then_the_agent_again() {
    let floor = call(&[(3_000, Deed::Holds), (8_000, Deed::Resumes)]);
    says(
        &floor,
        &[
            "5.080  held       by seat-5021",
            "10.080  resumed    by seat-5021 after 5.000 s",
            "ended      by Caller",
        ],
    );
    assert_ear(
        &floor,
        "citizen-1",
        "2.080 person
         5.080 music
         10.080 person",
    );
    let agent = floor.agent_ear("citizen-1");
    assert_eq!(
        agent, "2.080 person\n5.080 silence\n10.080 person",
        "{agent}"
    );
    lawful(&floor);
}

#[test]
fn what_is_so_already_changes_nothing() {
    let floor = call(&[
        (1_000, Deed::Resumes),
        (3_000, Deed::Holds),
        (4_000, Deed::Holds),
        (8_000, Deed::Resumes),
        (9_000, Deed::Resumes),
    ]);
    let journal = kring_tests::transcript(&floor);
    assert_eq!(journal.matches("held       by").count(), 1, "{journal}");
    assert_eq!(journal.matches("resumed    by").count(), 1, "{journal}");
    lawful(&floor);
}

/// Asked from hold: the music goes on, and whoever comes back is not on hold any more.
#[test]
fn a_consult_ends_the_hold() {
    let floor = call(&[
        (2_000, Deed::Holds),
        (4_000, Deed::consults(&["1500"])),
        (6_000, Deed::Holds),
        (9_000, Deed::Turns(ConsultTurn::Cancel)),
    ]);
    says(
        &floor,
        &[
            "4.080  held       by seat-5021",
            "6.080  resumed    by seat-5021 after 2.000 s",
            "6.080  transfer   seat-5021 consults to 1500",
            "11.080  transfer   over, cancelled, back with the agent",
        ],
    );
    let refused = Err(CommandRefused::TransferInProgress);
    assert!(
        floor.answers.contains(&refused),
        "who is in a consult has the caller on hold already: {:?}",
        floor.answers
    );
    assert_ear(
        &floor,
        "citizen-1",
        "2.080 person
         4.080 music
         11.080 person",
    );
    lawful(&floor);
}

/// On hold for ever: the citizen hangs up, and the call ends as any other.
#[test]
fn who_is_held_may_hang_up() {
    let floor = call(&[(3_000, Deed::Holds)]);
    says(&floor, &["5.080  held", "ended      by Caller", "wrap-up"]);
    lawful(&floor);
}
