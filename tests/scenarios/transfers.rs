//! Blind transfers: the caller is to be with somebody else, and whatever becomes of that, somebody has them.

use crate::{assert_ear, lawful, says};
use kring_call::{TransferMethod, command::CommandRefused};
use kring_tests::{
    Cadence, Citizen, Deed, Extension, Floor, Mood, Obedience, Seat, assert_journal, transcript,
};

/// An agent who answers after two seconds and transfers a second later.
fn desk(deed: Deed) -> Seat {
    Seat::new("seat-5021")
        .answers_after_ms(2_000)
        .does_after_ms(1_000, deed)
}

fn floor() -> Floor {
    Floor::new(Cadence::THAILAND)
}

fn declines_after_ms(ms: u64) -> Mood {
    Mood::Declines(std::time::Duration::from_millis(ms))
}

fn citizen() -> Citizen {
    Citizen::new("citizen-1", "support")
}

/// Whom kring dials lifts: caller and unit hear each other, and the agent writes the record.
#[test]
fn a_caller_is_bridged_to_an_extension() {
    let floor = floor()
        .seat(desk(Deed::transfers(&["1500"])))
        .extension(Extension::new("1500").answers_after_ms(4_000))
        .citizen(citizen())
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         2.080  answered   seat-5021 after 2.080 s, ring 1
         3.080  transfer   seat-5021 transfers to 1500 by bridge
         3.080  dialled    1500 by pbx
         3.160  transfer   progress 180
         7.160  transfer   caller and 1500, agent talked 5.080 s
         7.160  wrap-up    seat-5021 for 60 s
        12.160  ended      by Caller, bye, talked 10.080 s
    ",
    );
    assert_ear(
        &floor,
        "citizen-1",
        "2.080 person
         3.080 music
         7.160 the unit",
    );
    lawful(&floor);
}

/// Nobody lifts there: the caller is back with the agent, who never let go, after three rings.
#[test]
fn a_caller_comes_back_from_an_extension_that_is_not_answered() {
    let floor = floor()
        .seat(desk(Deed::transfers(&["1500"])))
        .extension(Extension::new("1500"))
        .citizen(citizen().talks_ms(30_000))
        .play();

    says(
        &floor,
        &[
            "3.080  transfer   seat-5021 transfers to 1500 by bridge",
            "17.580  transfer   1500 NoAnswer 0",
            "17.580  transfer   over, no_answer, back with the agent",
            "ended      by Caller, bye, talked 30.080 s",
        ],
    );
    assert_ear(
        &floor,
        "citizen-1",
        "2.080 person
         3.080 music
         17.580 person",
    );
    lawful(&floor);
}

/// Busy, absent, declined: each has its own word, and the next endpoint of the department is tried.
#[test]
fn the_endpoints_of_a_department_are_tried_in_order() {
    let floor = floor()
        .seat(desk(Deed::transfers(&["1500", "1501", "1502"])))
        .extension(Extension::new("1500").is_busy())
        .extension(Extension::new("1501").mood(Mood::Refuses(404)))
        .extension(Extension::new("1502").answers_after_ms(1_000))
        .citizen(citizen())
        .play();

    says(
        &floor,
        &[
            "transfer   seat-5021 transfers to 1500 by bridge",
            "transfer   1500 Busy 486",
            "dialled    1501",
            "transfer   1501 Unregistered 404",
            "dialled    1502",
            "transfer   caller and 1502",
        ],
    );
    lawful(&floor);
}

/// The agent has hung up meanwhile. Nobody is there: the agent's phone rings again.
#[test]
fn an_agent_who_has_hung_up_is_rung_again() {
    let floor = floor()
        .seat(desk(Deed::transfers(&["1500"])).talks_ms(3_000))
        .extension(Extension::new("1500"))
        .citizen(citizen().talks_ms(40_000).waits_ms(60_000))
        .play();

    says(
        &floor,
        &[
            "3.080  transfer   seat-5021 transfers to 1500 by bridge",
            "17.580  transfer   over, no_answer, the agent is rung",
            "17.580  again      round 1",
            "17.580  invited    seat-5021",
            "served     seat-5021",
        ],
    );
    lawful(&floor);
}

/// The same, and the agent does not answer any more: the caller is the first in the queue.
#[test]
fn a_caller_whose_agent_is_gone_is_the_first_in_the_queue() {
    let floor = floor()
        .seat(
            desk(Deed::transfers(&["1500"]))
                .talks_ms(3_000)
                .mood(Mood::Ignores),
        )
        .seat(
            Seat::new("seat-5022")
                .signs_in_at_ms(20_000)
                .answers_after_ms(2_000),
        )
        .extension(Extension::new("1500").mood(declines_after_ms(4_000)))
        .citizen(citizen().talks_ms(60_000).waits_ms(90_000))
        .play();

    says(
        &floor,
        &[
            "transfer   1500 Declined 603",
            "the agent is rung",
            "served     seat-5022",
        ],
    );
    lawful(&floor);
}

/// The caller hangs up while the unit rings: nobody rings on.
#[test]
fn a_caller_may_hang_up_while_the_unit_rings() {
    let floor = floor()
        .seat(desk(Deed::transfers(&["1500"])))
        .extension(Extension::new("1500"))
        .citizen(citizen().talks_ms(5_000))
        .play();

    says(
        &floor,
        &[
            "transfer   over, caller_left",
            "ended      by Caller",
            "wrap-up    seat-5021",
        ],
    );
    lawful(&floor);
}

/// One transfer at a time, and only of one's own call.
#[test]
fn a_second_transfer_is_refused() {
    let floor = floor()
        .seat(desk(Deed::transfers(&["1500"])).does_after_ms(2_000, Deed::transfers(&["1501"])))
        .extension(Extension::new("1500").answers_after_ms(6_000))
        .extension(Extension::new("1501").answers_after_ms(1_000))
        .citizen(citizen())
        .play();

    assert!(
        floor
            .answers
            .contains(&Err(CommandRefused::TransferInProgress)),
        "{:?}",
        floor.answers
    );
    says(&floor, &["transfer   caller and 1500"]);
    lawful(&floor);
}

/// The caller's PBX does it: 202, then 100, 180, 200, and the call is its own.
#[test]
fn a_pbx_that_obeys_takes_the_caller() {
    let floor = floor()
        .transfers_by(TransferMethod::Refer)
        .seat(desk(Deed::transfers(&["1500"])))
        .citizen(
            citizen()
                .talks_on()
                .obeys(Obedience::says(&[(0, 100), (200, 180), (4_000, 200)])),
        )
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         2.080  answered   seat-5021 after 2.080 s, ring 1
         3.080  transfer   seat-5021 transfers to 1500 by REFER
         3.160  transfer   accepted 202
         3.160  transfer   progress 100
         3.360  transfer   progress 180
         7.160  transfer   caller and 1500, agent talked 5.080 s
         7.160  ended      by Kring, transferred, talked 5.080 s
         7.160  wrap-up    seat-5021 for 60 s
    ",
    );
    lawful(&floor);
}

/// It says busy, or nothing at all: the caller is back with the agent.
#[test]
fn a_pbx_that_fails_leaves_the_caller_with_the_agent() {
    for (obedience, why) in [
        (Obedience::says(&[(0, 100), (500, 486)]), "over, busy 486"),
        (
            Obedience::says(&[(0, 100), (500, 603)]),
            "over, declined 603",
        ),
        (Obedience::says(&[(0, 100), (500, 503)]), "over, failed 503"),
        (Obedience::says(&[(0, 100), (500, 408)]), "408"),
        (Obedience::falls_silent(), "over, not_told"),
        (Obedience::Refuses(403), "over, declined 403"),
        (Obedience::Refuses(405), "over, failed 405"),
        (Obedience::Refuses(481), "over, failed 481"),
        (Obedience::Refuses(501), "over, failed 501"),
        (Obedience::Refuses(503), "over, failed 503"),
    ] {
        let floor = floor()
            .transfers_by(TransferMethod::Refer)
            .seat(desk(Deed::transfers(&["1500"])))
            .citizen(citizen().talks_ms(60_000).obeys(obedience))
            .play();

        says(
            &floor,
            &[
                "by REFER",
                why,
                "back with the agent",
                "ended      by Caller",
            ],
        );
        lawful(&floor);
    }
}

/// Where kring may choose, it asks only whom it knows to keep the caller, and bridges when that one will not.
#[test]
fn kring_bridges_where_the_pbx_does_not_transfer() {
    let play = |citizen: Citizen| {
        floor()
            .seat(desk(Deed::transfers(&["1500"])))
            .extension(Extension::new("1500").answers_after_ms(2_000))
            .citizen(citizen)
            .play()
    };
    let asterisk = play(citizen().comes_by("Asterisk PBX 20.6"));
    says(
        &asterisk,
        &["transfers to 1500 by bridge", "caller and 1500"],
    );
    lawful(&asterisk);

    let refuses = citizen()
        .comes_by("baresip v1.0.0")
        .obeys(Obedience::Refuses(501));
    let refuses = play(refuses);
    says(
        &refuses,
        &[
            "transfers to 1500 by REFER",
            "tries 1500 by bridge",
            "caller and 1500",
        ],
    );
    lawful(&refuses);
}

/// The agent presses the button of the phone: the same transfer, and the phone hears how it goes.
#[test]
fn a_phone_transfers_by_its_own_button() {
    let floor = floor()
        .may_dial("15XX")
        .seat(
            Seat::new("seat-5021")
                .answers_after_ms(2_000)
                .refers_after_ms(1_000, "sip:1500@192.0.2.1"),
        )
        .extension(Extension::new("1500").answers_after_ms(2_000))
        .citizen(citizen())
        .play();

    says(
        &floor,
        &[
            "transfers to 1500 by bridge at the phone",
            "caller and 1500",
        ],
    );
    let ladder = kring_tests::ladder(&floor);
    assert!(ladder.contains("NOTIFY"), "{ladder}");
    lawful(&floor);
}

/// The phone is told that it came to nothing. If it hangs up on that, as many do, it is rung again; and if it
/// does not, caller and agent talk on.
#[test]
fn a_phone_whose_transfer_failed_may_hang_up_and_is_rung_again() {
    let play = |talks_ms: u64| {
        floor()
            .may_dial("15XX")
            .seat(
                Seat::new("seat-5021")
                    .answers_after_ms(2_000)
                    .refers_after_ms(1_000, "sip:1500@192.0.2.1")
                    .talks_ms(talks_ms),
            )
            .extension(Extension::new("1500").is_busy())
            .citizen(citizen().talks_ms(30_000).waits_ms(60_000))
            .play()
    };
    let rung = play(1_500);
    says(
        &rung,
        &[
            "1500 Busy 486",
            "over, busy 486, the agent is rung",
            "served     seat-5021",
        ],
    );
    lawful(&rung);
    let stays = play(60_000);
    says(
        &stays,
        &[
            "over, busy 486, back with the agent",
            "ended      by Caller",
        ],
    );
    lawful(&stays);
}

/// Where the phone wants to go kring may not dial: 403, and the call goes on.
#[test]
fn a_phone_transfers_only_where_kring_may_dial() {
    let floor = floor()
        .may_dial("15XX")
        .seat(
            Seat::new("seat-5021")
                .answers_after_ms(2_000)
                .refers_after_ms(1_000, "sip:0012125550100@192.0.2.1"),
        )
        .citizen(citizen())
        .play();

    let journal = transcript(&floor);
    assert!(!journal.contains("transfer "), "{journal}");
    says(&floor, &["ended      by Caller, bye, talked 10.080 s"]);
    lawful(&floor);
}

/// A hold and a transfer at once: the change of sound gives way, and nobody loses anybody.
#[test]
fn a_transfer_during_a_change_of_sound() {
    for hold_ms in [900, 960, 1_000, 1_040] {
        let floor = floor()
            .seat(desk(Deed::transfers(&["1500"])))
            .extension(Extension::new("1500").answers_after_ms(2_000))
            .citizen(citizen().is_held_after_ms(hold_ms).talks_ms(20_000))
            .play();
        says(&floor, &["caller and 1500", "ended      by Caller"]);
        lawful(&floor);
    }
}

/// Seed 433: where the plan rings everybody, the agent who is rung again is not the only one.
#[test]
fn whoever_the_plan_wants_is_rung_beside_the_agent_who_had_the_caller() {
    let floor = floor()
        .queue(
            "support",
            &["all:3"],
            kring_call::OnDeadline::AnswerGreetQueue,
        )
        .seat(desk(Deed::transfers(&["1500"])).talks_ms(2_000))
        .seat(Seat::new("seat-5022"))
        .extension(Extension::new("1500").mood(declines_after_ms(4_000)))
        .citizen(citizen().talks_ms(60_000).waits_ms(60_000))
        .play();
    says(
        &floor,
        &[
            "the agent is rung",
            "invited    seat-5021",
            "invited    seat-5022",
        ],
    );
    lawful(&floor);
}

/// The PBX takes the transfer on, finds nobody and hands the caller back by a new call: it is the same call,
/// and the agent has it again.
#[test]
fn a_caller_whom_the_pbx_hands_back_is_recognised() {
    let obeys = Obedience::says(&[(0, 100), (1_500, 180)]);
    let floor = floor()
        .transfers_by(TransferMethod::Refer)
        .seat(desk(Deed::transfers(&["1500"])))
        .citizen(citizen().talks_on().obeys(obeys))
        .citizen(
            Citizen::new("again", "support")
                .calls_as("citizen-1")
                .dials_at_ms(5_000)
                .talks_ms(10_000),
        )
        .play();
    says(
        &floor,
        &[
            "transfers to 1500 by REFER",
            "over, returned, back with the agent",
            "ended      by Caller",
        ],
    );
    let journal = transcript(&floor);
    assert_eq!(journal.matches("offered ").count(), 1, "{journal}");
}

/// The extension is the telephone of somebody who works here: they are shown the call before it rings.
#[test]
fn an_officer_who_works_here_is_shown_the_call() {
    let floor = floor()
        .seat(desk(Deed::transfers(&["5099"])))
        .seat(Seat::new("seat-5099").away())
        .extension(Extension::new("5099").answers_after_ms(2_000))
        .citizen(citizen())
        .play();
    says(
        &floor,
        &[
            "transfer   shown to seat-5099",
            "dialled    5099",
            "caller and 5099",
        ],
    );
    lawful(&floor);
}
