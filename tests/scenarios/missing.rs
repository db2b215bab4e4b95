//! Calls that an agent does not take: each reason has its own count and its own pause, and who was not
//! at fault keeps the place in the line of the longest idle.

use crate::lawful;
use kring_call::{
    OnDeadline,
    command::{Command, PresenceWish},
};
use kring_journal::AgentId;
use kring_tests::{Account, Cadence, Citizen, Floor, Habit, Mood, Seat, transcript};

/// Calls every 20 s, and one agent who takes them beside the one who does not.
fn floor(first: Seat, calls: u64) -> Floor {
    let mut floor = Floor::new(Cadence::THAILAND)
        .queue("support", &["longest_idle:3"], OnDeadline::AnnounceBusy)
        .seat(first.signs_in_at_ms(10))
        .seat(
            Seat::new("seat-5022")
                .signs_in_at_ms(20)
                .answers_after_ms(100),
        );
    for n in 0..calls {
        let citizen = Citizen::new(&format!("citizen-{n}"), "support");
        floor = floor.citizen(citizen.dials_at_ms(1_000 + n * 20_000).talks_ms(500));
    }
    floor
}

#[track_caller]
fn says(floor: &Account, line: &str) {
    let transcript = transcript(floor);
    assert!(transcript.contains(line), "{transcript}");
}

#[track_caller]
fn never_says(floor: &Account, line: &str) {
    let transcript = transcript(floor);
    assert!(!transcript.contains(line), "{transcript}");
}

#[test]
fn who_declines_two_calls_on_the_screen_is_paused_for_that() {
    let declines = |screen: &mut kring_tests::ScreenSetup| {
        screen.declines = Some(Habit::always_ms(500));
    };
    let floor = floor(Seat::new("seat-5021").with_screen(declines), 5).play();
    says(&floor, "presence   seat-5021 Paused (declined)");
    assert_eq!(floor.rung_at("seat-5021").count(), 2);
    lawful(&floor);
}

#[test]
fn who_rejects_two_calls_at_the_phone_is_paused_for_that() {
    let floor = floor(Seat::new("seat-5021").mood(Mood::Refuses(603)), 5).play();
    says(&floor, "presence   seat-5021 Paused (declined)");
    lawful(&floor);
}

#[test]
fn whose_phone_is_busy_twice_is_paused_for_that() {
    let floor = floor(Seat::new("seat-5021").mood(Mood::Refuses(486)), 3).play();
    says(&floor, "presence   seat-5021 Paused (busy)");
    lawful(&floor);
}

#[test]
fn whose_phone_is_registered_nowhere_is_paused_for_that() {
    let floor = floor(Seat::new("seat-5021").registers_as("5021"), 3).play();
    says(&floor, "presence   seat-5021 Paused (unregistered)");
    lawful(&floor);
}

#[test]
fn whose_phone_fails_twice_is_paused_for_the_device() {
    let floor = floor(Seat::new("seat-5021").mood(Mood::Refuses(500)), 3).play();
    says(&floor, "presence   seat-5021 Paused (device)");
    lawful(&floor);
}

/// One of each is not two of one, and an answer forgives them all.
#[test]
fn each_reason_is_counted_by_itself_and_an_answer_forgives() {
    let moods = Seat::new("seat-5021")
        .mood(Mood::Refuses(486))
        .mood(Mood::Refuses(603))
        .mood(Mood::Answers(std::time::Duration::from_millis(100)))
        .mood(Mood::Refuses(486))
        .mood(Mood::Refuses(603))
        .mood(Mood::Answers(std::time::Duration::from_millis(100)));
    let floor = floor(moods, 8).play();
    never_says(&floor, "seat-5021 Paused");
    assert!(floor.rung_at("seat-5021").count() >= 5);
    lawful(&floor);
}

/// The queue's last ready agent is warned of what it was, and rung again.
#[test]
fn the_last_ready_agent_is_warned_of_the_reason() {
    let mut floor =
        Floor::new(Cadence::THAILAND).seat(Seat::new("seat-5021").mood(Mood::Refuses(486)));
    for n in 0..3 {
        let citizen = Citizen::new(&format!("citizen-{n}"), "support");
        floor = floor.citizen(citizen.dials_at_ms(1_000 + n * 20_000));
    }
    let floor = floor.play();
    says(&floor, "warned     seat-5021 busy, last one ready");
    never_says(&floor, "Paused");
    lawful(&floor);
}

/// The caller gives up: the agent who was rung is still the longest idle.
#[test]
fn a_caller_who_gives_up_costs_the_agent_no_place() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").signs_in_at_ms(10))
        .seat(Seat::new("seat-5022").signs_in_at_ms(20))
        .citizen(
            Citizen::new("citizen-1", "support")
                .dials_at_ms(1_000)
                .gives_up_after_ms(9_000),
        )
        .citizen(
            Citizen::new("citizen-2", "support")
                .dials_at_ms(20_000)
                .gives_up_after_ms(3_000),
        )
        .play();
    let rung = ["seat-5021", "seat-5022"].map(|agent| floor.rung_at(agent).count());
    assert_eq!(rung, [2, 0]);
    lawful(&floor);
}

/// Somebody else is faster: whoever rang in vain is rung first next time.
#[test]
fn a_call_that_was_answered_elsewhere_costs_no_place() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue("support", &["all:3"], OnDeadline::AnnounceBusy)
        .queue("second", &["longest_idle:3"], OnDeadline::AnnounceBusy)
        .seat(Seat::new("seat-5021").signs_in_at_ms(10))
        .seat(Seat::new("seat-5022").signs_in_at_ms(20))
        .seat(
            Seat::new("seat-5023")
                .signs_in_at_ms(30)
                .answers_after_ms(9_000),
        )
        .citizen(
            Citizen::new("citizen-1", "support")
                .dials_at_ms(1_000)
                .talks_ms(500),
        )
        .citizen(
            Citizen::new("citizen-2", "second")
                .dials_at_ms(20_000)
                .gives_up_after_ms(3_000),
        )
        .play();
    let rung = ["seat-5021", "seat-5022", "seat-5023"].map(|agent| floor.rung_at(agent).count());
    assert_eq!(rung, [2, 1, 1]);
    lawful(&floor);
}

/// Who comes free at 12 s has half a ring: that is neither counted, nor does it cost the place.
#[test]
fn less_than_a_whole_ring_is_no_fault() {
    let floor = Floor::new(Cadence::THAILAND)
        .rona_limit(1)
        .queue("support", &["longest_idle:3"], OnDeadline::AnnounceBusy)
        .seat(Seat::new("seat-5021").signs_in_at_ms(12_000))
        .seat(Seat::new("seat-5022").signs_in_at_ms(20_000))
        .seat(Seat::new("seat-5023").signs_in_at_ms(10).wishes_at_ms(
            20,
            PresenceWish::Paused {
                reason: "lunch".to_owned(),
            },
        ))
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .citizen(
            Citizen::new("citizen-2", "support")
                .dials_at_ms(30_000)
                .gives_up_after_ms(3_000),
        )
        .play();
    never_says(&floor, "seat-5021 Paused");
    let rung = ["seat-5021", "seat-5022"].map(|agent| floor.rung_at(agent).count());
    assert_eq!(rung, [2, 0], "{}", transcript(&floor));
    lawful(&floor);
}

/// A whole call rung out is: the other one is rung first next time.
#[test]
fn who_lets_it_ring_out_goes_to_the_end_of_the_line() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue("support", &["longest_idle:3"], OnDeadline::AnnounceBusy)
        .seat(Seat::new("seat-5021").signs_in_at_ms(10))
        .seat(Seat::new("seat-5022").signs_in_at_ms(20))
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .citizen(
            Citizen::new("citizen-2", "support")
                .dials_at_ms(30_000)
                .gives_up_after_ms(3_000),
        )
        .play();
    let rung = ["seat-5021", "seat-5022"].map(|agent| floor.rung_at(agent).count());
    assert_eq!(rung, [1, 1]);
    lawful(&floor);
}

/// A supervisor pauses somebody who talks: it holds after the call and its record, and says by whom.
#[test]
fn a_supervisor_sets_the_state_of_an_agent_in_a_call() {
    let order = |wish| Command::ForcePresence {
        agent: AgentId::new("seat-5021"),
        wish,
        by: AgentId::new("malee"),
    };
    let floor = Floor::new(Cadence::THAILAND)
        .wrap_up_s(30)
        .seat(Seat::new("seat-5021").answers_after_ms(100))
        .citizen(
            Citizen::new("citizen-1", "support")
                .dials_at_ms(1_000)
                .talks_ms(5_000),
        )
        .command_at_ms(
            3_000,
            order(PresenceWish::Paused {
                reason: "lunch".to_owned(),
            }),
        )
        .command_at_ms(20_000, order(PresenceWish::Ready))
        .play();
    let text = transcript(&floor);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("presence"))
        .collect();
    let states: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.split("seat-5021 ").nth(1))
        .collect();
    assert_eq!(
        states,
        [
            "Ready",
            "Offered",
            "Ringing",
            "Talking",
            "WrapUp",
            "Paused (lunch) by malee",
            "Ready by malee"
        ],
        "{text}"
    );
    lawful(&floor);
}

/// More time for the record, as often as is asked for, but half an hour in all.
#[test]
fn the_time_for_the_record_can_be_extended() {
    let floor = Floor::new(Cadence::THAILAND)
        .wrap_up_s(30)
        .seat(
            Seat::new("seat-5021")
                .answers_after_ms(920)
                .with_screen(|screen| {
                    screen.writes_up = None;
                    screen.extends = Some((Habit::always_ms(10_000), 60));
                }),
        )
        .citizen(Citizen::new("citizen-1", "support").talks_ms(1_000))
        .play();
    let text = transcript(&floor);
    assert!(
        text.contains("12.080  more time  seat-5021 for 80 s"),
        "{text}"
    );
    assert!(text.contains("92.080  unfinished seat-5021"), "{text}");
    lawful(&floor);
}
