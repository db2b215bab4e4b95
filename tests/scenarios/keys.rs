//! Keys that callers press: for kring while it speaks to them, for the other side while that does.

use crate::lawful;
use kring_call::OnDeadline;
use kring_tests::{Account, Cadence, Citizen, Floor, KeysBy, Seat};

/// A caller who is kept from the 1st second and served in the 10th presses `1` and later `2`.
fn pressing(keys_by: KeysBy) -> Account {
    let agent = Seat::new("seat-5021")
        .signs_in_at_ms(9_000)
        .answers_after_ms(920);
    let citizen = Citizen::new("citizen-1", "support")
        .tells_keys_by(keys_by)
        .presses_after_ms(3_000, '1')
        .presses_after_ms(15_000, '2');
    Floor::new(Cadence::THAILAND)
        .queue("support", &["all:3"], OnDeadline::AnswerGreetQueue)
        .seat(agent)
        .citizen(citizen)
        .play()
}

/// The agent hears what is meant for the agent, and nothing that was pressed before.
#[test]
fn a_key_pressed_in_the_queue_is_not_heard_by_the_agent() {
    for keys_by in [KeysBy::Sound, KeysBy::Info] {
        let floor = pressing(keys_by);

        assert_eq!(floor.keys_passed, "2", "{keys_by:?}");
        assert!(floor.ear("citizen-1").ends_with("person"));
        lawful(&floor);
    }
}
