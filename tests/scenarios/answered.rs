//! Calls that an agent answers, and how they end.

use crate::lawful;
use kring_tests::{
    Cadence, Citizen, Floor, Habit, Party, Reoffer, Seat, assert_journal, transcript,
};

/// An answer counts in whichever ring it comes.
#[test]
fn an_agent_may_answer_in_each_ring() {
    for (after_ms, ring) in [(2_000, 1), (7_000, 2), (12_000, 3)] {
        let floor = Floor::new(Cadence::THAILAND)
            .seat(Seat::new("seat-5021").answers_after_ms(after_ms))
            .caller_dials("citizen-1", "support");

        let wait = (after_ms + 80) as f64 / 1e3;
        let line = format!("answered   seat-5021 after {wait:.3} s, ring {ring}");
        assert!(
            transcript(&floor).contains(&line),
            "{line}\n{}",
            transcript(&floor)
        );
        assert_eq!(
            u64::from(floor.bursts_heard),
            ring,
            "what the phone sounded"
        );
        assert_eq!(
            floor.told("citizen-1").settled.map(|(_, code)| code),
            Some(200)
        );
        lawful(&floor);
    }
}

/// A whole call: answered in the second ring, the citizen hangs up, the record is written.
#[test]
fn a_call_is_answered_talked_and_written_up() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").answers_after_ms(6_000))
        .caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
        -0.940  presence   seat-5021 Ready
         0.000  offered    citizen-1 -> support
         0.000  invited    seat-5021 at pbx:5021
         0.000  presence   seat-5021 Offered
         0.000  ring       1
         0.080  alerting   seat-5021
         0.080  presence   seat-5021 Ringing
         5.000  ring       2
         6.080  answered   seat-5021 after 6.080 s, ring 2
         6.080  presence   seat-5021 Talking
         6.120  media      from Caller
         6.120  media      from Agent
        16.160  ended      by Caller, bye, talked 10.080 s
        16.160  wrap-up    seat-5021 for 60 s
        16.160  presence   seat-5021 WrapUp
        18.160  presence   seat-5021 Ready
    ",
    );
    lawful(&floor);
}

/// In the last silence an answer still wins: it is the third ring, and within the rule.
#[test]
fn an_agent_may_answer_in_the_last_silence() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").answers_after_ms(14_320))
        .caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
        10.000  ring       3
        14.400  answered   seat-5021 after 14.400 s, ring 3
        24.480  ended      by Caller, bye, talked 10.080 s
    ",
    );
    assert!(floor.sent_ms("CANCEL", Party::Phone(0)).is_empty());
    lawful(&floor);
}

/// Whoever hangs up first ends the call for both.
#[test]
fn the_agent_may_hang_up_the_phone() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").answers_after_ms(920).talks_ms(3_000))
        .citizen(Citizen::new("citizen-1", "support").talks_on())
        .play();

    assert!(transcript(&floor).contains("ended      by Agent, bye, talked 3.080 s"));
    assert!(floor.told("citizen-1").bye_came);
    lawful(&floor);
}

/// The button on the screen ends the call for both.
#[test]
fn the_agent_may_hang_up_on_the_screen() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(
            Seat::new("seat-5021")
                .answers_after_ms(920)
                .with_screen(|screen| screen.hangs_up = Some(Habit::always_ms(4_000))),
        )
        .citizen(Citizen::new("citizen-1", "support").talks_on())
        .play();

    assert!(transcript(&floor).contains("ended      by Agent, hangup, talked 4.000 s"));
    assert!(floor.told("citizen-1").bye_came);
    assert_eq!(floor.sent_ms("BYE", Party::Phone(0)).len(), 1);
    lawful(&floor);
}

/// A phone that says `Allow-Events: talk` can be made to answer from the screen.
#[test]
fn the_screen_may_answer_where_the_phone_lets_it() {
    let mut seat = Seat::new("seat-5021");
    seat.phone.answerable = true;
    seat.screen.answers = Some(Habit::always_ms(3_000));
    let floor = Floor::new(Cadence::THAILAND)
        .seat(seat)
        .caller_dials("citizen-1", "support");

    assert_eq!(floor.sent_ms("NOTIFY", Party::Phone(0)), [3_080]);
    assert!(transcript(&floor).contains("answered   seat-5021 after 3.160 s, ring 1"));
    lawful(&floor);
}

/// The PBX never acknowledges: kring hangs up both sides instead of keeping a ghost.
#[test]
fn a_call_that_is_never_confirmed_is_ended() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").answers_after_ms(920))
        .citizen(Citizen::new("citizen-1", "support").is_never_confirmed())
        .play();

    assert!(
        transcript(&floor).contains("ended      by Kring, no_ack"),
        "{}",
        transcript(&floor)
    );
    let byes = [
        floor.sent_ms("BYE", Party::Pbx),
        floor.sent_ms("BYE", Party::Phone(0)),
    ];
    assert!(
        byes.iter()
            .all(|byes| byes.first().is_some_and(|at| *at <= 40_000)),
        "{byes:?}"
    );
    lawful(&floor);
}

/// An INVITE without SDP is answered with our offer; the citizen's answer comes in the ACK.
#[test]
fn a_late_offer_is_answered_and_sounds() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").answers_after_ms(920))
        .citizen(Citizen::new("citizen-1", "support").offers_late())
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         1.000  answered   seat-5021 after 1.000 s, ring 1
         1.120  media      from Caller
         1.120  media      from Agent
        11.080  ended      by Caller, bye, talked 10.080 s
    ",
    );
    lawful(&floor);
}

/// Forwarded by the hotline: the citizen stays the citizen.
#[test]
fn a_forwarded_call_says_by_whom() {
    let floor = Floor::new(Cadence::THAILAND)
        .citizen(Citizen::new("citizen-1", "support").forwarded_by("1203"))
        .play();

    assert!(transcript(&floor).contains("offered    citizen-1 -> support via 1203"));
    lawful(&floor);
}

/// Either side holds the call by re-INVITE: it is confirmed, and the call goes on.
#[test]
fn either_side_may_hold_the_call() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(
            Seat::new("seat-5021")
                .answers_after_ms(920)
                .holds_after_ms(2_000),
        )
        .citizen(Citizen::new("citizen-1", "support").is_held_after_ms(4_000))
        .play();

    // The phone holds at 3.000 s, the PBX at 5.080 s; each resumes four seconds later.
    let ok = |to| floor.sent_ms("200", to);
    assert_eq!(ok(Party::Phone(0)), [3_000, 7_000]);
    assert_eq!(ok(Party::Pbx)[..3], [1_000, 5_080, 9_080]);
    assert!(transcript(&floor).contains("ended      by Caller, bye, talked 10.080 s"));
    lawful(&floor);
}

/// The PBX asks whether we are alive, before, during and after a call.
#[test]
fn the_pbx_is_told_that_we_are_alive() {
    let floor = Floor::new(Cadence::THAILAND)
        .pbx_pings_at_ms(0)
        .pbx_pings_at_ms(5_000)
        .pbx_pings_at_ms(40_000)
        .caller_dials("citizen-1", "support");

    assert_eq!(floor.sent_ms("200", Party::Pbx), [0, 5_000, 40_000]);
    lawful(&floor);
}

/// A phone that says 183 instead of 180 rings just as well.
#[test]
fn a_phone_may_ring_with_a_tone_of_its_own() {
    let mut seat = Seat::new("seat-5021").answers_after_ms(920);
    seat.phone.rings_with = 183;
    let floor = Floor::new(Cadence::THAILAND)
        .seat(seat)
        .caller_dials("citizen-1", "support");

    assert!(transcript(&floor).contains("0.080  alerting   seat-5021"));
    assert_eq!(
        floor.sent_ms("183", Party::Pbx),
        [] as [i64; 0],
        "the citizen hears our 180 only"
    );
    lawful(&floor);
}

/// Two telephones behind one address are lifted at once: the first answer has the call, the second is
/// acknowledged and told to hang up.
#[test]
fn a_second_telephone_that_answers_too_is_hung_up() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(
            Seat::new("seat-5021")
                .answers_after_ms(3_000)
                .forked_by_ms(30),
        )
        .caller_dials("citizen-1", "support");

    let byes = floor.sent_ms("BYE", Party::Phone(0));
    assert_eq!(
        byes.len(),
        2,
        "one for the second, one at the end: {byes:?}"
    );
    assert!(byes[0] < 4_000, "{byes:?}");
    assert!(floor.told("citizen-1").hung_up.is_some());
    lawful(&floor);
}

/// Held and resumed by UPDATE, from either side.
#[test]
fn an_update_holds_and_resumes_as_a_new_invite_does() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(
            Seat::new("seat-5021")
                .answers_after_ms(3_000)
                .holds_after_ms(1_000)
                .reoffers_by(Reoffer::Update),
        )
        .citizen(
            Citizen::new("citizen-1", "support")
                .talks_ms(20_000)
                .is_held_after_ms(7_000)
                .reoffers_by(Reoffer::Update),
        )
        .play();

    let answers = |party| floor.sent_ms("200", party).len();
    assert_eq!(answers(Party::Phone(0)), 2, "hold and resume");
    assert!(answers(Party::Pbx) >= 4, "INVITE, hold, resume, BYE");
    lawful(&floor);
}
