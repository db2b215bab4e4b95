//! Messages that cross on the way: an answer and a CANCEL, two answers, a caller who goes as the agent comes.

use crate::lawful;
use kring_tests::{Cadence, Citizen, Floor, Party, Seat, assert_journal, transcript};

/// She lifts the handset while our CANCEL is on its way: the answer wins, nobody is refused.
#[test]
fn an_answer_that_crosses_the_cancel_within_half_a_guard_wins() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").answers_after_ms(14_490))
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
        14.570  answered   seat-5021 after 14.570 s, ring 3
        24.650  ended      by Caller, bye, talked 10.080 s
    ",
    );
    assert_eq!(
        floor.told("citizen-1").settled.map(|(_, code)| code),
        Some(200)
    );
    assert_eq!(floor.bursts_heard, 3);
    lawful(&floor);
}

/// On a slow path the 200 comes after the deadline action: it is acknowledged and ended at once.
#[test]
fn an_answer_after_the_deadline_action_gets_ack_and_bye() {
    let floor = Floor::new(Cadence::THAILAND)
        .path_ms(Party::Phone(0), Party::Kring, 300)
        .seat(Seat::new("seat-5021").answers_after_ms(14_480))
        .caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.340  alerting   seat-5021
         5.000  ring       2
        10.000  ring       3
        14.500  withdrawn  seat-5021 Rona
        14.750  refused    busy, retry after 60 s
        14.820  lost race  seat-5021, the call was over
    ",
    );
    let phone = Party::Phone(0);
    assert_eq!(floor.sent_ms("ACK", phone), [14_820]);
    assert_eq!(floor.sent_ms("BYE", phone), [14_820]);
    assert_eq!(
        floor.told("citizen-1").settled.map(|(_, code)| code),
        Some(486)
    );
    lawful(&floor);
}

/// The citizen hangs up in the second ring; the phone falls silent at once.
#[test]
fn a_caller_who_gives_up_is_recorded_as_abandoned() {
    let floor = Floor::new(Cadence::THAILAND)
        .citizen(Citizen::new("citizen-1", "support").gives_up_after_ms(7_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
         7.000  abandoned  after 7.000 s, ring 2
         7.000  withdrawn  seat-5021 CallerGaveUp
    ",
    );
    assert_eq!(floor.bursts_heard, 2);
    assert_eq!(
        floor.told("citizen-1").settled.map(|(_, code)| code),
        Some(487)
    );
    lawful(&floor);
}

/// The citizen hangs up just as the agent answers, and kring hears the citizen first: abandoned, and
/// the agent's 200 is acknowledged and ended.
#[test]
fn a_cancel_that_is_heard_before_the_answer_wins() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").answers_after_ms(2_960))
        .citizen(Citizen::new("citizen-1", "support").gives_up_after_ms(3_030))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         3.030  abandoned  after 3.030 s, ring 1
         3.030  withdrawn  seat-5021 CallerGaveUp
         3.040  lost race  seat-5021, the call was over
    ",
    );
    assert_eq!(
        floor.told("citizen-1").settled.map(|(_, code)| code),
        Some(487)
    );
    lawful(&floor);
}

/// The citizen hangs up just as the agent answers, and kring hears the agent first: answered, and ended
/// by the citizen, whose CANCEL came too late and who says BYE to the 200.
#[test]
fn an_answer_that_is_heard_before_the_cancel_wins() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").answers_after_ms(2_960))
        .citizen(Citizen::new("citizen-1", "support").gives_up_after_ms(3_050))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         3.040  answered   seat-5021 after 3.040 s, ring 1
         3.120  ended      by Caller, bye, talked 0.080 s
    ",
    );
    lawful(&floor);
}

/// Three agents answer within two milliseconds: one wins, two get ACK and BYE and are told so.
#[test]
fn of_three_answers_within_two_milliseconds_one_wins() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue("support", &["all:3"], kring_call::OnDeadline::AnnounceBusy)
        .seat(Seat::new("seat-5021").answers_after_ms(4_001))
        .seat(Seat::new("seat-5022").answers_after_ms(4_000))
        .seat(Seat::new("seat-5023").answers_after_ms(4_002))
        .caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         0.080  alerting   seat-5022
         0.080  alerting   seat-5023
         4.080  answered   seat-5022 after 4.080 s, ring 1
         4.080  withdrawn  seat-5021 AnsweredElsewhere
         4.080  withdrawn  seat-5023 AnsweredElsewhere
         4.081  lost race  seat-5021 to seat-5022
         4.082  lost race  seat-5023 to seat-5022
        14.160  ended      by Caller, bye, talked 10.080 s
    ",
    );
    for loser in [Party::Phone(0), Party::Phone(2)] {
        assert_eq!(floor.sent_ms("ACK", loser).len(), 1);
        assert_eq!(floor.sent_ms("BYE", loser).len(), 1);
    }
    lawful(&floor);
}

/// The phone's own BYE crosses the citizen's: the call ends once.
#[test]
fn two_goodbyes_end_a_call_once() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(
            Seat::new("seat-5021")
                .answers_after_ms(1_000)
                .talks_ms(5_000),
        )
        .citizen(Citizen::new("citizen-1", "support").talks_ms(5_000))
        .play();

    let ends = transcript(&floor).matches("ended      by").count();
    assert_eq!(ends, 1, "{}", transcript(&floor));
    lawful(&floor);
}
