//! Messages that are lost. What was lost is sent again, and nothing lost buys a fourth burst unseen.

use crate::lawful;
use kring_call::OnDeadline;
use kring_tests::{Cadence, Citizen, Floor, Mood, Party, Seat, assert_journal, transcript};

const PHONE: Party = Party::Phone(0);

/// A lost 180 hides when the phone began to ring. It does not matter: rings are counted from t0.
#[test]
fn a_lost_180_does_not_buy_a_fourth_burst() {
    let floor = Floor::new(Cadence::THAILAND)
        .loses("180", Party::Kring, 1)
        .caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.580  alerting   seat-5021
         5.000  ring       2
        10.000  ring       3
        14.500  withdrawn  seat-5021 Rona
        14.750  refused    busy, retry after 60 s
    ",
    );
    assert_eq!(floor.bursts_heard, 3);
    lawful(&floor);
}

/// A lost INVITE is sent again after T1; the phone rings half a second later and still only thrice.
#[test]
fn a_lost_invite_is_sent_again() {
    let floor = Floor::new(Cadence::THAILAND)
        .loses("INVITE", PHONE, 1)
        .caller_dials("citizen-1", "support");

    assert_eq!(floor.sent_ms("INVITE", PHONE), [0, 500]);
    assert!(transcript(&floor).contains("0.580  alerting   seat-5021"));
    assert_eq!(floor.bursts_heard, 3);
    lawful(&floor);
}

/// A lost CANCEL is sent again until it is answered. The phone sounds a fourth burst, which nobody can
/// help, and the journal says for how long.
#[test]
fn a_lost_cancel_is_sent_again_and_the_overrun_is_told() {
    let floor = Floor::new(Cadence::THAILAND)
        .loses("CANCEL", PHONE, 1)
        .caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
        10.000  ring       3
        14.500  withdrawn  seat-5021 Rona
        14.750  refused    busy, retry after 60 s
        15.080  late       seat-5021 silent 80 ms past the deadline
    ",
    );
    assert_eq!(floor.sent_ms("CANCEL", PHONE), [14_500, 15_000]);
    assert_eq!(
        floor.bursts_heard, 3,
        "the second CANCEL came as the fourth burst began"
    );
    lawful(&floor);
}

/// Two lost CANCELs: a fourth burst sounds, and is recorded.
#[test]
fn two_lost_cancels_are_a_fourth_burst_on_record() {
    let floor = Floor::new(Cadence::THAILAND)
        .loses("CANCEL", PHONE, 2)
        .caller_dials("citizen-1", "support");

    assert_eq!(floor.sent_ms("CANCEL", PHONE), [14_500, 15_000, 16_000]);
    assert_eq!(floor.bursts_heard, 4);
    assert!(transcript(&floor).contains("late       seat-5021 silent 1080 ms past the deadline"));
    assert_eq!(
        floor.ringback_ms("citizen-1"),
        Some(14_750),
        "the citizen is not kept waiting"
    );
    lawful(&floor);
}

/// The PBX repeats its INVITE because our 100 and 180 were lost: it is one call.
#[test]
fn a_repeated_invite_is_one_call() {
    let floor = Floor::new(Cadence::THAILAND)
        .loses("100", Party::Pbx, 2)
        .loses("180", Party::Pbx, 2)
        .caller_dials("citizen-1", "support");

    let transcript = transcript(&floor);
    assert_eq!(transcript.matches("offered ").count(), 1, "{transcript}");
    assert_eq!(floor.rung.len(), 1);
    assert_eq!(floor.bursts_heard, 3);
    lawful(&floor);
}

/// The 200 to the citizen is lost twice and sent again until the ACK comes.
#[test]
fn a_lost_200_is_sent_again() {
    let floor = Floor::new(Cadence::THAILAND)
        .loses("200", Party::Pbx, 2)
        .seat(Seat::new("seat-5021").answers_after_ms(920))
        .caller_dials("citizen-1", "support");

    let sent = floor.sent_ms("200", Party::Pbx);
    assert_eq!(sent[..3], [1_000, 1_500, 2_500]);
    assert!(transcript(&floor).contains("ended      by Caller, bye"));
    lawful(&floor);
}

/// The ACK of a refusal is lost: the 486 is sent again, and the call has ended once.
#[test]
fn a_refusal_is_sent_again_until_acknowledged() {
    let floor = Floor::new(Cadence::THAILAND)
        .loses("ACK", Party::Kring, 1)
        .caller_dials("citizen-1", "support");

    assert_eq!(floor.sent_ms("486", Party::Pbx), [14_750, 15_250]);
    lawful(&floor);
}

/// A phone without power says nothing: after a few seconds the next one is rung in its place.
#[test]
fn a_dead_phone_is_given_up_for_the_next() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").mood(Mood::Dead).signs_in_at_ms(10))
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
         4.000  unreached  seat-5021 Silent 0
         4.080  alerting   seat-5022
         5.000  ring       2
         5.080  answered   seat-5022 after 5.080 s, ring 2
        15.160  ended      by Caller, bye, talked 10.080 s
    ",
    );
    lawful(&floor);
}

/// BYE is lost on its way to the phone: it is sent again, and the agent is not rung before it is answered.
#[test]
fn a_lost_bye_is_sent_again() {
    let floor = Floor::new(Cadence::THAILAND)
        .loses("BYE", PHONE, 1)
        .seat(Seat::new("seat-5021").answers_after_ms(920))
        .caller_dials("citizen-1", "support");

    let sent = floor.sent_ms("BYE", PHONE);
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[1] - sent[0], 500);
    lawful(&floor);
}

/// She lifts the handset of a phone that kring has given up, because every word of it was lost: the call
/// still rings, so she has it.
#[test]
fn an_answer_of_a_phone_taken_for_dead_still_wins() {
    let floor = Floor::new(Cadence::THAILAND)
        .loses("180", Party::Kring, 9)
        .seat(Seat::new("seat-5021").answers_after_ms(6_000))
        .caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         4.000  unreached  seat-5021 Silent 0
         5.000  ring       2
         6.080  answered   seat-5021 after 6.080 s, ring 2
        16.160  ended      by Caller, bye, talked 10.080 s
    ",
    );
    lawful(&floor);
}

/// The phone rings and every word of it is lost, the last one delayed beyond the INVITE's own end: it is
/// silenced as soon as it is heard, and the journal says how long it may have sounded.
#[test]
fn a_phone_heard_too_late_is_silenced_all_the_same() {
    let floor = Floor::new(Cadence::THAILAND)
        .loses("180", Party::Kring, 6)
        .holds_up("180", Party::Kring, 1_000)
        .caller_dials("citizen-1", "support");

    assert_eq!(
        floor.sent_ms("INVITE", PHONE),
        [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]
    );
    assert_eq!(floor.sent_ms("CANCEL", PHONE), [32_580]);
    let transcript = transcript(&floor);
    assert!(
        transcript.contains("late       seat-5021 silent 17660 ms past"),
        "{transcript}"
    );
    lawful(&floor);
}

/// A phone over TCP: nothing is repeated, and the rule is the same.
#[test]
fn a_phone_on_tcp_rings_three_times_too() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").on_tcp())
        .caller_dials("citizen-1", "support");

    assert_eq!(floor.sent_ms("INVITE", PHONE), [0]);
    assert_eq!(floor.sent_ms("CANCEL", PHONE), [14_500]);
    assert_eq!(floor.bursts_heard, 3);
    lawful(&floor);
}

/// The network says that nobody is there: the next phone rings at once, not after seconds.
#[test]
fn an_unplugged_phone_hands_on_at_once() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(
            Seat::new("seat-5021")
                .mood(Mood::Unplugged)
                .signs_in_at_ms(10),
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
         0.040  unreached  seat-5021 Failed 0
         0.120  alerting   seat-5022
         1.120  answered   seat-5022 after 1.120 s, ring 1
        11.200  ended      by Caller, bye, talked 10.080 s
    ",
    );
    lawful(&floor);
}

/// The connection to a telephone breaks while CANCEL is under way: it is sent again over a new one, and
/// nobody hears a fourth ring.
#[test]
fn a_cancel_that_is_lost_with_its_connection_is_sent_again() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").on_tcp())
        .caller_dials("citizen-1", "support");
    let cancel = floor.sent_ms("CANCEL", Party::Phone(0));
    assert_eq!(cancel, [14_500], "what is to be lost below");

    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").on_tcp())
        .cut_at_ms(14_560, Party::Phone(0))
        .caller_dials("citizen-1", "support");
    assert_eq!(floor.sent_ms("CANCEL", Party::Phone(0)).len(), 2);
    assert_eq!(floor.bursts_heard, 3, "what the phone sounded");
    lawful(&floor);
}

/// Nothing that the telephone says ever arrives, so no CANCEL may leave (RFC 3261 §9.1): the invitation
/// ends by itself with the call's last ring.
#[test]
fn a_telephone_that_cannot_be_heard_stops_by_itself() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").honours_expires())
        .loses("180", Party::Kring, 1_000)
        .loses("487", Party::Kring, 1_000)
        .caller_dials("citizen-1", "support");

    assert!(floor.sent_ms("CANCEL", Party::Phone(0)).is_empty());
    assert_eq!(floor.bursts_heard, 3, "what the phone sounded");
}

/// Nobody is signed in, and the ACK with the caller's offer is lost: whoever becomes ready meanwhile is
/// rung when kring knows how to speak to the caller, and not before. Found by seed 1191.
#[test]
fn a_caller_whose_offer_is_lost_has_a_place_when_it_comes() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue(
            "support",
            &["longest_idle:2", "all:1"],
            OnDeadline::AnswerGreetQueue,
        )
        .loses("ACK", Party::Kring, 2)
        .seat(
            Seat::new("seat-5021")
                .signs_in_at_ms(1_000)
                .answers_after_ms(1_000),
        )
        .citizen(Citizen::new("citizen-1", "support").offers_late())
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  rescued    answered and queued, unstaffed
         1.580  queued     place 1
         1.580  announced  greeting, please_wait, place 1
         1.580  again      round 1
         1.580  ring       1
         1.660  alerting   seat-5021
         2.660  served     seat-5021 after 2.660 s, 2.660 s in the queue
        12.700  ended      by Caller, bye, talked 10.040 s
    ",
    );
    lawful(&floor);
}
