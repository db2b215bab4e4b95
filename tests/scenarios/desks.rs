//! Screens that are loaded anew, and desks whose power fails, in the middle of a ring or a call.

use crate::lawful;
use kring_call::OnDeadline;
use kring_tests::{Cadence, Citizen, Floor, Party, Seat, assert_journal, transcript};

/// The page is loaded anew in the second ring: the phone rings on, nobody else is asked, and the call is
/// hers.
#[test]
fn a_screen_that_is_loaded_anew_costs_no_ring() {
    let seat = Seat::new("seat-5021").reloads_at_ms(6_000, 800);
    let floor = Floor::new(Cadence::THAILAND)
        .seat(seat.answers_after_ms(9_000))
        .seat(Seat::new("seat-5022"))
        .caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
        -0.940  screen     seat-5021 restored
        -0.940  screen     seat-5022 restored
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
         5.960  screen     seat-5021 dead
         6.760  screen     seat-5021 restored
         9.080  answered   seat-5021 after 9.080 s, ring 2
        19.160  ended      by Caller, bye, talked 10.080 s
    ",
    );
    assert_eq!(floor.sent_ms("INVITE", Party::Phone(0)), [0]);
    assert!(floor.sent_ms("INVITE", Party::Phone(1)).is_empty());
    assert_eq!(floor.bursts_heard, 2);
    lawful(&floor);
}

/// The power fails at the desk that rings. The call goes to everybody else at the next hop, and the dead
/// phone is told to stop until kring gives it up: it may have sounded on for all that kring knows.
#[test]
fn a_desk_without_power_does_not_keep_the_call() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").crashes_at_ms(3_000, 60_000))
        .seat(Seat::new("seat-5022").answers_after_ms(2_000))
        .citizen(Citizen::new("citizen-1", "support").talks_ms(20_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
        10.000  ring       3
        10.080  alerting   seat-5022
        12.080  answered   seat-5022 after 12.080 s, ring 3
        12.080  withdrawn  seat-5021 AnsweredElsewhere
        32.160  ended      by Caller, bye, talked 20.080 s
        44.080  late       seat-5021 silent 29080 ms past the deadline
    ",
    );
    assert_eq!(floor.bursts_at("seat-5021"), 1, "its bell is without power");
    let told = floor.sent_ms("CANCEL", Party::Phone(0));
    assert_eq!(told[..3], [12_080, 12_580, 13_580]);
    lawful(&floor);
}

/// The power fails while they talk: the citizen hangs up on the silence, and whoever calls next has her
/// when she is back.
#[test]
fn a_desk_is_itself_again_when_the_power_is_back() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue("support", &["longest_idle:3"], OnDeadline::AnswerGreetQueue)
        .wrap_up_s(0)
        .seat(
            Seat::new("seat-5021")
                .crashes_at_ms(5_000, 20_000)
                .answers_after_ms(2_000),
        )
        .citizen(Citizen::new("citizen-1", "support").talks_ms(8_000))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(20_000))
        .play();

    let journal = transcript(&floor);
    for line in [
        "ended      by Caller, bye, talked 8.",
        "answered   seat-5021 after 7.",
    ] {
        assert!(journal.contains(line), "no {line:?} in\n{journal}");
    }
    assert_eq!(floor.bursts_at("seat-5021"), 2, "one for each citizen");
    lawful(&floor);
}

/// The telephone has its power back before anybody noticed, and knows nothing of the call: a change that the
/// PBX wants gets 481 (RFC 3261 §12.2.2), and the call is over for both. Found by busy hour 794.
#[test]
fn a_desk_that_forgot_the_call_ends_it_when_it_is_asked() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(
            Seat::new("seat-5021")
                .knows(&[8, 9])
                .answers_after_ms(920)
                .crashes_at_ms(3_000, 2_000),
        )
        .citizen(
            Citizen::new("citizen-1", "support")
                .knows(&[8, 9])
                .talks_ms(60_000)
                .changes_codec_after_ms(8_000, 9),
        )
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         1.000  answered   seat-5021 after 1.000 s, ring 1
         9.160  ended      by Agent, lost, talked 8.160 s
    ",
    );
    assert!(floor.told("citizen-1").bye_came);
    lawful(&floor);
}
