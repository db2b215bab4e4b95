//! Which calls are recorded, what their people may do about it, and that no call depends on it.

use crate::{assert_ear, lawful, says};
use kring_call::{RecordPolicy, RecordRules, command::RecordWish};
use kring_tests::{Account, Cadence, Citizen, Deed, Extension, Floor, Seat};

fn call(policy: RecordPolicy, notice: bool, deeds: &[(u64, Deed)]) -> Account {
    let mut seat = Seat::new("seat-5021").answers_after_ms(2_000);
    for (ms, deed) in deeds {
        seat = seat.does_after_ms(*ms, deed.clone());
    }
    Floor::new(Cadence::THAILAND)
        .seat(seat)
        .extension(Extension::new("1500").answers_after_ms(1_000))
        .recorded(RecordRules { policy, notice })
        .citizen(Citizen::new("citizen-1", "support").talks_ms(20_000))
        .play()
}

#[test]
fn every_call_is_recorded_from_the_answer_to_the_end_and_the_caller_is_told() {
    let floor = call(RecordPolicy::All, true, &[]);
    says(
        &floor,
        &[
            "recording  started, Queue",
            "announced  recorded",
            "ended      by Caller",
            "recording  ended, ",
        ],
    );
    assert_ear(&floor, "citizen-1", "2.080 recorded\n2.080 person");
    lawful(&floor);
}

#[test]
fn nothing_is_recorded_where_nobody_wants_it() {
    let floor = call(
        RecordPolicy::Off,
        true,
        &[(1_000, Deed::Records(RecordWish::Start))],
    );
    let journal = kring_tests::transcript(&floor);
    assert!(!journal.contains("recording"), "{journal}");
    lawful(&floor);
}

#[test]
fn an_agent_records_pauses_and_ends_on_demand() {
    let floor = call(
        RecordPolicy::OnDemand,
        false,
        &[
            (2_000, Deed::Records(RecordWish::Start)),
            (4_000, Deed::Records(RecordWish::Pause)),
            (4_500, Deed::Records(RecordWish::Pause)),
            (7_000, Deed::Records(RecordWish::Resume)),
            (9_000, Deed::Records(RecordWish::Stop)),
            (9_500, Deed::Records(RecordWish::Start)),
        ],
    );
    says(
        &floor,
        &[
            "4.080  recording  started, Asked by seat-5021, not told",
            "6.080  recording  paused by seat-5021",
            "9.080  recording  resumed by seat-5021 after 3.000 s",
            "11.080  recording  stopped by seat-5021",
            "recording  ended, ",
            "ended      by Caller",
        ],
    );
    let journal = kring_tests::transcript(&floor);
    assert_eq!(journal.matches("paused by").count(), 1, "{journal}");
    assert_eq!(
        journal.matches("started").count(),
        1,
        "a call has one: {journal}"
    );
    lawful(&floor);
}

#[test]
fn what_the_house_wants_may_be_paused_and_not_ended() {
    let floor = call(
        RecordPolicy::All,
        false,
        &[
            (2_000, Deed::Records(RecordWish::Stop)),
            (3_000, Deed::Records(RecordWish::Pause)),
        ],
    );
    let journal = kring_tests::transcript(&floor);
    assert!(!journal.contains("stopped"), "{journal}");
    assert!(journal.contains("paused by seat-5021"), "{journal}");
    assert!(journal.contains("recording  ended, "), "{journal}");
    lawful(&floor);
}
