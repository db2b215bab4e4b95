//! What calls do to agents: missed calls, time for the record, and signing out at the wrong moment.

use crate::lawful;
use kring_call::command::PresenceWish;
use kring_journal::{AgentId, CallId, PresenceState};
use kring_tests::{Cadence, Citizen, Floor, Habit, Seat, assert_journal, transcript};

/// Who lets two calls ring out is paused and told so; the other agent goes on.
#[test]
fn an_agent_who_lets_two_calls_ring_out_is_paused() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue(
            "support",
            &["longest_idle:3"],
            kring_call::OnDeadline::AnnounceBusy,
        )
        .seat(Seat::new("seat-5021").signs_in_at_ms(10))
        .seat(
            Seat::new("seat-5022")
                .signs_in_at_ms(20)
                .answers_after_ms(100),
        )
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .citizen(
            Citizen::new("citizen-2", "support")
                .dials_at_ms(20_000)
                .talks_ms(1_000),
        )
        .citizen(Citizen::new("citizen-3", "support").dials_at_ms(40_000))
        .play();

    let transcript = transcript(&floor);
    assert!(
        transcript.contains("presence   seat-5021 Paused (rona)"),
        "{transcript}"
    );
    assert!(!transcript.contains("warned"), "{transcript}");
    lawful(&floor);
}

/// The queue's last ready agent is warned and not paused: somebody must be there.
#[test]
fn the_last_ready_agent_is_only_warned() {
    let floor = Floor::new(Cadence::THAILAND)
        .citizen(Citizen::new("citizen-1", "support"))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(20_000))
        .citizen(Citizen::new("citizen-3", "support").dials_at_ms(40_000))
        .play();

    let transcript = transcript(&floor);
    assert!(
        transcript.contains("warned     seat-5021 Rona, last one ready"),
        "{transcript}"
    );
    assert!(!transcript.contains("Paused"), "{transcript}");
    assert_eq!(floor.rung_at("seat-5021").count(), 3, "and is rung again");
    lawful(&floor);
}

/// The one last ring of an `all` hop is nobody's fault.
#[test]
fn a_single_last_ring_does_not_count_against_anybody() {
    let floor = Floor::new(Cadence::THAILAND)
        .rona_limit(1)
        .seat(Seat::new("seat-5021").signs_in_at_ms(10))
        .seat(Seat::new("seat-5022").signs_in_at_ms(20))
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .play();

    let transcript = transcript(&floor);
    assert!(
        transcript.contains("presence   seat-5021 Paused (rona)"),
        "{transcript}"
    );
    assert!(
        !transcript.contains("presence   seat-5022 Paused"),
        "{transcript}"
    );
    lawful(&floor);
}

/// The time for the record runs out: the draft goes to the unfinished list, the agent to the next call.
#[test]
fn wrap_up_ends_by_itself() {
    let floor = Floor::new(Cadence::THAILAND)
        .wrap_up_s(30)
        .seat(
            Seat::new("seat-5021")
                .answers_after_ms(920)
                .with_screen(|s| s.writes_up = None),
        )
        .citizen(Citizen::new("citizen-1", "support").talks_ms(1_000))
        .citizen(
            Citizen::new("citizen-2", "support")
                .dials_at_ms(25_000)
                .talks_ms(1_000),
        )
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         1.000  answered   seat-5021 after 1.000 s, ring 1
         2.080  ended      by Caller, bye, talked 1.080 s
         2.080  wrap-up    seat-5021 for 30 s
        25.000  offered    citizen-2 -> support
        25.000  ring       1
        30.000  ring       2
        32.080  unfinished seat-5021
        32.160  alerting   seat-5021
        33.080  answered   seat-5021 after 8.080 s, ring 2
        34.160  ended      by Caller, bye, talked 1.080 s
        34.160  wrap-up    seat-5021 for 30 s
        64.160  unfinished seat-5021
    ",
    );
    lawful(&floor);
}

/// An agent signs out while the phone rings: the call goes to the next one.
#[test]
fn signing_out_while_it_rings_hands_the_call_on() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(
            Seat::new("seat-5021")
                .signs_in_at_ms(10)
                .wishes_at_ms(4_040, PresenceWish::Offline),
        )
        .seat(
            Seat::new("seat-5022")
                .signs_in_at_ms(20)
                .answers_after_ms(1_000),
        )
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         3.000  withdrawn  seat-5021 Declined
         3.080  alerting   seat-5022
         4.080  answered   seat-5022 after 4.080 s, ring 1
        14.160  ended      by Caller, bye, talked 10.080 s
    ",
    );
    assert!(transcript(&floor).contains("presence   seat-5021 Offline"));
    lawful(&floor);
}

/// No screen is alive: the phones ring all the same, and the call is marked.
#[test]
fn without_a_screen_the_phone_rings_and_the_call_is_degraded() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(
            Seat::new("seat-5021")
                .answers_after_ms(920)
                .with_screen(|s| s.alive = false),
        )
        .caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  degraded   no live screen
         0.000  ring       1
         0.080  alerting   seat-5021
         1.000  answered   seat-5021 after 1.000 s, ring 1
        11.080  ended      by Caller, bye, talked 10.080 s
    ",
    );
    lawful(&floor);
}

/// Who comes back from being paused is rung again.
#[test]
fn a_paused_agent_may_return() {
    let floor = Floor::new(Cadence::THAILAND)
        .rona_limit(1)
        .seat(
            Seat::new("seat-5021")
                .signs_in_at_ms(10)
                .with_screen(|screen| screen.returns = Some(Habit::always_ms(2_000))),
        )
        .seat(Seat::new("seat-5022").signs_in_at_ms(20))
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .play();

    let transcript = transcript(&floor);
    let paused = transcript.find("seat-5021 Paused (rona)").expect("paused");
    assert!(
        transcript[paused..].contains("seat-5021 Ready"),
        "{transcript}"
    );
    lawful(&floor);
}

/// After a restart everybody is what they were; whose call died with the process writes its record.
#[test]
fn presence_survives_a_restart() {
    let restored = |agent: &str, state, call| kring_call::Restored {
        agent: AgentId::new(agent),
        state,
        reason: None,
        call,
    };
    let died = CallId::new(1_795_000_000_000, 7);
    let floor = Floor::new(Cadence::THAILAND)
        .wrap_up_s(30)
        .restored(restored("seat-5021", PresenceState::Talking, Some(died)))
        .restored(restored("seat-5022", PresenceState::Ringing, None))
        .seat(Seat::new("seat-5021").away())
        .seat(Seat::new("seat-5022").away().answers_after_ms(1_000))
        .caller_dials("citizen-1", "support");

    let transcript = transcript(&floor);
    assert!(
        transcript.contains("presence   seat-5021 WrapUp"),
        "{transcript}"
    );
    assert!(
        transcript.contains("presence   seat-5022 Ready"),
        "{transcript}"
    );
    assert!(
        transcript.contains("answered   seat-5022 after 1.080 s"),
        "{transcript}"
    );
    assert!(transcript.contains("unfinished seat-5021"), "{transcript}");
}
