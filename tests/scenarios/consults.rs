//! Consults: the agent asks the unit while the citizen hears music, and may hand the citizen over.

use crate::{assert_ear, lawful, says};
use kring_call::command::{CommandRefused, ConsultTurn};
use kring_tests::{Cadence, Citizen, Deed, Extension, Floor, Seat};

/// An agent who answers after two seconds, asks 1500 a second later, and then does these.
fn asked(turns: &[(u64, Deed)]) -> Floor {
    let mut seat = Seat::new("seat-5021")
        .answers_after_ms(2_000)
        .does_after_ms(1_000, Deed::consults(&["1500"]));
    for (ms, deed) in turns {
        seat = seat.does_after_ms(*ms, deed.clone());
    }
    Floor::new(Cadence::THAILAND).seat(seat)
}

fn unit() -> Extension {
    Extension::new("1500").answers_after_ms(1_000)
}

fn citizen() -> Citizen {
    Citizen::new("citizen-1", "support").talks_ms(20_000)
}

/// Asked, and handed over.
#[test]
fn a_consult_is_completed() {
    let floor = asked(&[(6_000, Deed::Turns(ConsultTurn::Complete))])
        .extension(unit())
        .citizen(citizen())
        .play();

    says(
        &floor,
        &[
            "3.080  transfer   seat-5021 consults to 1500 by bridge",
            "4.160  transfer   agent and 1500",
            "8.080  transfer   caller and 1500, agent talked 6.000 s",
            "8.080  wrap-up    seat-5021",
            "ended      by Caller",
        ],
    );
    assert_ear(
        &floor,
        "citizen-1",
        "2.080 person
         3.080 music
         8.080 the unit",
    );
    lawful(&floor);
}

/// Asked, and thanked: the citizen is back.
#[test]
fn a_consult_is_cancelled() {
    let floor = asked(&[(6_000, Deed::Turns(ConsultTurn::Cancel))])
        .extension(unit())
        .citizen(citizen())
        .play();

    says(
        &floor,
        &[
            "transfer   agent and 1500",
            "8.080  transfer   over, cancelled, back with the agent",
            "ended      by Caller, bye, talked 20.080 s",
        ],
    );
    assert_ear(
        &floor,
        "citizen-1",
        "2.080 person
         3.080 music
         8.080 person",
    );
    lawful(&floor);
}

/// To and fro, and then all three.
#[test]
fn an_agent_turns_from_one_to_the_other_and_to_both() {
    let floor = asked(&[
        (4_000, Deed::Turns(ConsultTurn::Swap)),
        (6_000, Deed::Turns(ConsultTurn::Swap)),
        (8_000, Deed::Turns(ConsultTurn::Conference)),
        (10_000, Deed::Turns(ConsultTurn::Complete)),
    ])
    .extension(unit())
    .citizen(citizen())
    .play();

    says(
        &floor,
        &[
            "transfer   agent and 1500",
            "6.080  transfer   agent and caller",
            "8.080  transfer   agent and unit",
            "10.080  transfer   all three",
            "12.080  transfer   caller and 1500",
        ],
    );
    lawful(&floor);
}

/// The unit hangs up, at each stage: agent and citizen hear each other.
#[test]
fn the_unit_hangs_up_first() {
    for turns in [
        vec![],
        vec![(3_000, Deed::Turns(ConsultTurn::Swap))],
        vec![(3_000, Deed::Turns(ConsultTurn::Conference))],
    ] {
        let floor = asked(&turns)
            .extension(unit().talks_ms(4_000))
            .citizen(citizen())
            .play();
        says(
            &floor,
            &[
                "over, unit_left, back with the agent",
                "ended      by Caller, bye, talked 20.080 s",
            ],
        );
        lawful(&floor);
    }
}

/// The agent hangs up, at each stage: the citizen is with the unit.
#[test]
fn the_agent_hangs_up_first() {
    for turns in [
        vec![(3_500, Deed::HangsUp)],
        vec![
            (3_000, Deed::Turns(ConsultTurn::Swap)),
            (3_500, Deed::HangsUp),
        ],
        vec![
            (3_000, Deed::Turns(ConsultTurn::Conference)),
            (3_500, Deed::HangsUp),
        ],
        // While the unit still rings.
        vec![(1_500, Deed::HangsUp)],
    ] {
        let floor = asked(&turns).extension(unit()).citizen(citizen()).play();
        says(&floor, &["caller and 1500", "ended      by Caller"]);
        lawful(&floor);
    }
}

/// The citizen hangs up, at each stage: everybody is let go.
#[test]
fn the_citizen_hangs_up_first() {
    for (turns, talks_ms) in [
        (vec![], 1_500),
        (vec![], 4_000),
        (vec![(3_000, Deed::Turns(ConsultTurn::Swap))], 4_000),
        (vec![(3_000, Deed::Turns(ConsultTurn::Conference))], 4_000),
    ] {
        let floor = asked(&turns)
            .extension(unit())
            .citizen(citizen().talks_ms(talks_ms))
            .play();
        says(
            &floor,
            &[
                "over, caller_left",
                "ended      by Caller",
                "wrap-up    seat-5021",
            ],
        );
        lawful(&floor);
    }
}

/// The agent does not wait for the unit to answer: from then on it is a blind transfer, with its recall.
#[test]
fn a_consult_is_completed_while_the_unit_rings() {
    let complete = || [(1_500, Deed::Turns(ConsultTurn::Complete))];
    let floor = asked(&complete())
        .extension(unit())
        .citizen(citizen())
        .play();
    says(
        &floor,
        &["without waiting for the answer", "caller and 1500"],
    );
    lawful(&floor);

    let floor = asked(&complete())
        .extension(Extension::new("1500"))
        .citizen(citizen().talks_ms(40_000))
        .play();
    says(
        &floor,
        &[
            "without waiting for the answer",
            "over, no_answer, back with the agent",
        ],
    );
    lawful(&floor);
}

/// Nobody can be turned to who has not answered.
#[test]
fn who_is_not_there_cannot_be_turned_to() {
    let floor = asked(&[
        (1_100, Deed::Turns(ConsultTurn::Swap)),
        (1_200, Deed::Turns(ConsultTurn::Conference)),
    ])
    .extension(unit())
    .citizen(citizen())
    .play();
    let refused = floor.answers.iter();
    let refused = refused.filter(|answer| **answer == Err(CommandRefused::NoConsult));
    assert_eq!(refused.count(), 2);
    lawful(&floor);
}
