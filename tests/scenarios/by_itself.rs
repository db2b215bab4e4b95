//! Phones that are asked to answer by themselves: the INVITE says so in the words of those who make them, and
//! the agent hears a beep before the caller, for nobody has lifted anything.

use crate::lawful;
use kring_tests::{
    Account, Cadence, Citizen, Floor, Party, Seat, SelfAnswer, assert_journal, transcript,
};

/// What the INVITEs to the first phone say in this header.
fn said(floor: &Account, header: &str) -> Vec<String> {
    let invites = floor.datagrams.iter().filter(|datagram| {
        let letter = &datagram.letter;
        datagram.to == Party::Phone(0) && letter.asks("INVITE") && letter.to_tag().is_none()
    });
    let values = invites.flat_map(|datagram| datagram.letter.all(header));
    values.map(str::to_owned).collect()
}

/// Whatever words a phone reads, it lifts itself; the agent hears a beep, and then the caller.
#[test]
fn a_phone_that_is_asked_to_answers_by_itself() {
    for words in [
        SelfAnswer::CallInfo,
        SelfAnswer::AlertInfo,
        SelfAnswer::AnswerMode,
    ] {
        let floor = Floor::new(Cadence::THAILAND)
            .seat(
                Seat::new("seat-5021")
                    .answers_by_itself()
                    .lifts_itself(words),
            )
            .citizen(Citizen::new("citizen-1", "support"))
            .play();

        assert_journal(
            &floor,
            "
             0.000  offered    citizen-1 -> support
             0.000  ring       1
             0.080  alerting   seat-5021
             0.080  answered   seat-5021 after 0.080 s, ring 1
            10.160  ended      by Caller, bye, talked 10.080 s
        ",
        );
        let host = Party::Phone(0).address().ip();
        assert_eq!(
            said(&floor, "Call-Info"),
            [format!("<sip:{host}>;answer-after=0")]
        );
        assert_eq!(
            said(&floor, "Alert-Info"),
            ["<http://127.0.0.1>;info=alert-autoanswer;delay=0"]
        );
        assert_eq!(said(&floor, "Answer-Mode"), ["Auto"]);
        assert_eq!(
            floor.agent_ear("citizen-1"),
            "0.080 beep\n3.080 person",
            "{}",
            transcript(&floor)
        );
        assert_eq!(floor.ear("citizen-1"), "0.080 person");
        lawful(&floor);
    }
}

/// The queue's greeting comes after the beep for the agent, and at once for the caller.
#[test]
fn the_beep_comes_before_the_greeting() {
    let floor = Floor::new(Cadence::THAILAND)
        .greets_with("greeting")
        .seat(
            Seat::new("seat-5021")
                .answers_by_itself()
                .lifts_itself(SelfAnswer::CallInfo),
        )
        .citizen(Citizen::new("citizen-1", "support"))
        .play();

    let agent = floor.agent_ear("citizen-1");
    assert_eq!(agent, "0.080 beep\n3.080 greeting\n6.080 person");
    assert_eq!(floor.ear("citizen-1"), "0.080 greeting\n3.080 person");
    lawful(&floor);
}

/// A phone that does not know these words rings, and is lifted like any other.
#[test]
fn a_phone_that_knows_no_such_words_rings() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(
            Seat::new("seat-5021")
                .answers_by_itself()
                .answers_after_ms(6_000),
        )
        .citizen(Citizen::new("citizen-1", "support"))
        .play();

    let journal = transcript(&floor);
    assert!(
        journal.contains("answered   seat-5021 after 6.080 s, ring 2"),
        "{journal}"
    );
    assert_eq!(floor.bursts_heard, 2);
    assert!(floor.agent_ear("citizen-1").starts_with("6.080 beep"));
    lawful(&floor);
}

/// Nobody asks the phones of others to lift themselves.
#[test]
fn a_phone_that_is_not_asked_to_rings() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(
            Seat::new("seat-5021")
                .lifts_itself(SelfAnswer::CallInfo)
                .answers_after_ms(2_000),
        )
        .citizen(Citizen::new("citizen-1", "support"))
        .play();

    assert!(transcript(&floor).contains("answered   seat-5021 after 2.080 s"));
    for header in ["Call-Info", "Alert-Info", "Answer-Mode"] {
        assert!(said(&floor, header).is_empty(), "{header}");
    }
    assert_eq!(floor.agent_ear("citizen-1"), "2.080 person");
    lawful(&floor);
}
