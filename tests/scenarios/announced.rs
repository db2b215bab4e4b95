//! Callers whom nobody will serve, and who are told so by kring's own voice before it hangs up.

use crate::{assert_ear, lawful};
use kring_call::OnDeadline;
use kring_tests::{Cadence, Citizen, Floor, Seat, assert_journal, transcript};

fn announcing() -> Floor {
    let plan = ["longest_idle:2", "all:1"];
    Floor::new(Cadence::THAILAND).queue("support", &plan, OnDeadline::Announce)
}

/// After three rings the caller is answered, hears why nobody came, and is hung up on.
#[test]
fn a_caller_whom_nobody_answers_is_told_so() {
    let floor = announcing().caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
        10.000  ring       3
        14.500  withdrawn  seat-5021 Rona
        14.750  refused    announced
        14.750  announced  busy
        17.750  ended      by Kring, announced, talked 0.000 s
    ",
    );
    assert_ear(&floor, "citizen-1", "14.750 busy");
    let told = floor.told("citizen-1");
    assert!(told.bye_came);
    assert_eq!(told.settled.map(|(_, code)| code), Some(200));
    assert_eq!(floor.bursts_heard, 3);
    lawful(&floor);
}

/// Nobody is signed in: the words come at once. The PBX makes its offer late, so they wait for its ACK.
#[test]
fn the_words_wait_until_they_can_be_heard() {
    let floor = announcing()
        .seat(Seat::new("seat-5021").never_signs_in())
        .citizen(Citizen::new("citizen-1", "support").offers_late())
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  refused    announced, unstaffed
         0.080  announced  busy
         3.080  ended      by Kring, announced, talked 0.000 s
    ",
    );
    assert_ear(&floor, "citizen-1", "0.080 busy");
    lawful(&floor);
}

/// A caller with whom kring has no codec hears the busy tone of the network instead.
#[test]
fn who_cannot_be_spoken_to_is_told_by_a_response() {
    let floor = announcing()
        .citizen(Citizen::new("citizen-1", "support").knows(&[18]))
        .play();

    let settled = floor.told("citizen-1").settled.map(|(_, code)| code);
    assert_eq!(settled, Some(486));
    lawful(&floor);
}

/// An answer that crosses the last CANCEL comes too late for one who is told to call again.
#[test]
fn who_answers_while_the_words_are_said_loses_the_race() {
    let floor = announcing()
        .latency_ms(300)
        .seat(Seat::new("seat-5021").answers_after_ms(14_200))
        .citizen(Citizen::new("citizen-1", "support"))
        .play();

    let journal = transcript(&floor);
    assert!(
        journal.contains("lost race  seat-5021, the call was over"),
        "{journal}"
    );
    lawful(&floor);
}

/// Who hangs up while it is said was refused all the same.
#[test]
fn a_caller_may_hang_up_on_the_words() {
    let floor = announcing()
        .citizen(Citizen::new("citizen-1", "support").waits_ms(1_000))
        .play();

    let journal = transcript(&floor);
    assert!(journal.contains("ended      by Caller, bye"), "{journal}");
    assert!(!journal.contains("left       "), "{journal}");
    lawful(&floor);
}
