//! In which words and languages kring speaks: the citizen's ear is the witness.

use crate::lawful;
use kring_call::{CallerTraits, OnDeadline, WaitingRules};
use kring_media::{Language, Languages};
use kring_tests::{Cadence, Citizen, Floor, Seat, transcript};
use std::time::Duration;

fn keeping(rules: WaitingRules) -> Floor {
    Floor::new(Cadence::THAILAND)
        .queue("support", &["all:3"], OnDeadline::AnswerGreetQueue)
        .waiting("support", rules)
        .seat(Seat::new("seat-5021").never_signs_in())
}

/// All is said in Thai, and then all in English; the journal tells it.
#[test]
fn a_queue_of_two_languages_says_everything_twice() {
    let floor = keeping(WaitingRules::default())
        .speaks(Languages::ThaiThenEnglish)
        .citizen(Citizen::new("citizen-1", "support").waits_ms(20_000))
        .play();

    assert_eq!(
        floor.ear("citizen-1"),
        "0.000 greeting\n3.000 please_wait\n6.000 place 1\n\
         8.000 greeting in English\n11.000 please_wait in English\n14.000 place 1 in English\n\
         16.000 music"
    );
    let journal = transcript(&floor);
    assert!(
        journal.contains("announced  greeting, please_wait, place 1 (th+en)"),
        "{journal}"
    );
    lawful(&floor);
}

/// Who is known to want English is spoken to in English, whatever the queue speaks.
#[test]
fn a_caller_is_spoken_to_in_the_language_that_is_known() {
    let english = CallerTraits {
        language: Some(Language::English),
        ..CallerTraits::default()
    };
    let floor = keeping(WaitingRules::default())
        .speaks(Languages::ThaiThenEnglish)
        .knows("citizen-1", english)
        .citizen(Citizen::new("citizen-1", "support").waits_ms(10_000))
        .play();

    assert_eq!(
        floor.ear("citizen-1"),
        "0.000 greeting in English\n3.000 please_wait in English\n6.000 place 1 in English\n8.000 music"
    );
    lawful(&floor);
}

/// Each announcement is another one, in turn.
#[test]
fn announcements_take_turns() {
    let rules = WaitingRules {
        announce_every: Duration::from_secs(20),
        tells_position: false,
        announcements: ["website".into(), "documents".into()].into(),
        ..WaitingRules::default()
    };
    let floor = keeping(rules)
        .citizen(Citizen::new("citizen-1", "support").waits_ms(75_000))
        .play();

    assert_eq!(
        floor.ear("citizen-1"),
        "0.000 greeting\n3.000 please_wait\n6.000 music\n\
         20.000 website\n23.000 music\n40.000 documents\n43.000 music\n60.000 website\n63.000 music"
    );
    lawful(&floor);
}

/// An agent who has recorded a greeting need not say it; the queue's is for the others.
#[test]
fn an_agents_own_greeting_takes_the_place_of_the_queues() {
    for (recorded, expected) in [
        ("seat-5021", "1.000 agents/seat-5021\n4.000 person"),
        ("seat-5022", "1.000 greeting\n4.000 person"),
    ] {
        let floor = Floor::new(Cadence::THAILAND)
            .greets_with("greeting")
            .has_recorded_a_greeting(recorded)
            .seat(Seat::new("seat-5021").answers_after_ms(920))
            .citizen(Citizen::new("citizen-1", "support"))
            .play();

        assert!(floor.ear("citizen-1").starts_with(expected), "{recorded}");
        lawful(&floor);
    }
}
