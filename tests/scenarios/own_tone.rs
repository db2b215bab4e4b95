//! The ringing tone that kring makes itself: 183 with early media, and the 200 says the same.

use crate::lawful;
use kring_call::OnDeadline;
use kring_tests::{Cadence, Citizen, Floor, Party, Reliability, Seat, transcript};

fn toning() -> Floor {
    Floor::new(Cadence::THAILAND).makes_the_tone()
}

/// From t0 on the caller hears the tone; it stops when the agent answers.
#[test]
fn the_caller_hears_krings_tone_until_the_answer() {
    let floor = toning()
        .seat(Seat::new("seat-5021").answers_after_ms(6_920))
        .citizen(Citizen::new("citizen-1", "support"))
        .play();

    assert_eq!(floor.sent_ms("183", Party::Pbx), [0]);
    assert!(floor.sent_ms("180", Party::Pbx).is_empty());
    assert_eq!(floor.ear("citizen-1"), "0.000 ringback\n7.000 person");
    let certain = floor.entries.iter().any(|entry| {
        matches!(&entry.fact, kring_journal::Fact::Offered { terms, .. } if terms.t0_from == "own_ringback")
    });
    assert!(certain, "{}", transcript(&floor));
    lawful(&floor);
}

/// A PBX that can acknowledge provisional responses (RFC 3262) is not asked to, for the 200 would have to
/// wait for it; one that demands it makes the tone itself.
#[test]
fn the_tone_makes_no_answer_wait() {
    for (reliability, label, ear) in [
        (
            Reliability::Supported,
            "183",
            "0.000 ringback\n1.000 person",
        ),
        (Reliability::Required, "180", "1.000 person"),
    ] {
        let citizen = Citizen::new("citizen-1", "support").with_reliability(reliability);
        let floor = toning()
            .seat(Seat::new("seat-5021").answers_after_ms(920))
            .citizen(citizen)
            .play();

        assert_eq!(floor.sent_ms(label, Party::Pbx)[0], 0);
        assert_eq!(floor.ear("citizen-1"), ear);
        lawful(&floor);
    }
}

/// At the deadline the tone gives way to the greeting, or to nothing.
#[test]
fn the_tone_gives_way_to_the_greeting() {
    let floor = toning()
        .queue("support", &["all:3"], OnDeadline::AnswerGreetQueue)
        .seat(Seat::new("seat-5021"))
        .citizen(Citizen::new("citizen-1", "support").waits_ms(12_000))
        .play();

    assert_eq!(
        floor.ear("citizen-1"),
        "0.000 ringback\n14.750 greeting\n17.750 please_wait\n20.750 place 1\n22.750 music"
    );
    lawful(&floor);

    let busy = toning().caller_dials("citizen-1", "support");
    assert_eq!(busy.ear("citizen-1"), "0.000 ringback");
    assert_eq!(
        busy.told("citizen-1").settled.map(|(_, code)| code),
        Some(486)
    );
    lawful(&busy);
}

/// A caller who makes no offer, or to whom kring cannot speak, is told 180, and t0 is modelled.
#[test]
fn without_an_offer_the_pbx_makes_the_tone() {
    for citizen in [
        Citizen::new("citizen-1", "support").offers_late(),
        Citizen::new("citizen-1", "support").knows(&[18]),
    ] {
        let floor = toning()
            .seat(
                Seat::new("seat-5021")
                    .answers_after_ms(920)
                    .knows(&[18, 8, 0]),
            )
            .citizen(citizen)
            .play();

        assert_eq!(floor.sent_ms("180", Party::Pbx), [0]);
        let certain = floor.entries.iter().any(|entry| {
            matches!(&entry.fact, kring_journal::Fact::Offered { terms, .. } if terms.t0_from == "own_ringback")
        });
        assert!(!certain, "{}", transcript(&floor));
        lawful(&floor);
    }
}

/// A caller who gives up hears the tone to the end, and the ports are free again.
#[test]
fn a_caller_who_gives_up_leaves_no_tone_behind() {
    let floor = toning()
        .citizen(Citizen::new("citizen-1", "support").gives_up_after_ms(4_000))
        .play();

    assert_eq!(floor.ear("citizen-1"), "0.000 ringback");
    assert!(transcript(&floor).contains("abandoned"));
    lawful(&floor);
}
