//! Who rings when: hops, agents who become free, and what happens when nobody is.

use crate::lawful;
use kring_call::{OnDeadline, command::PresenceWish};
use kring_tests::{Cadence, Citizen, Floor, Mood, Party, Seat, assert_journal, transcript};

/// The default plan: the longest idle for two rings, then everybody for the last. She keeps her leg.
#[test]
fn the_last_ring_is_everybodys_and_the_first_phone_keeps_its_leg() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").signs_in_at_ms(10))
        .seat(Seat::new("seat-5022").signs_in_at_ms(20))
        .seat(Seat::new("seat-5023").signs_in_at_ms(30))
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  invited    seat-5021 at pbx:5021
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
        10.000  ring       3
        10.000  invited    seat-5022 at pbx:5022
        10.000  invited    seat-5023 at pbx:5023
        10.080  alerting   seat-5022
        10.080  alerting   seat-5023
        14.500  withdrawn  seat-5021 Rona
        14.500  withdrawn  seat-5022 Rona
        14.500  withdrawn  seat-5023 Rona
        14.750  refused    busy, retry after 60 s
    ",
    );
    assert_eq!(
        floor.sent_ms("INVITE", Party::Phone(0)),
        [0],
        "one leg for all three rings"
    );
    let bursts = ["seat-5021", "seat-5022", "seat-5023"].map(|agent| floor.bursts_at(agent));
    assert_eq!(bursts, [3, 1, 1]);
    lawful(&floor);
}

/// A queue's own list is tried from its top, whoever has been idle longest.
#[test]
fn a_linear_queue_begins_at_the_top_of_its_list() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue(
            "support",
            &["linear:2", "linear:1"],
            OnDeadline::AnnounceBusy,
        )
        .members("support", &[("seat-5023", 1), ("seat-5021", 1)])
        .seat(Seat::new("seat-5021").signs_in_at_ms(10))
        .seat(Seat::new("seat-5022").signs_in_at_ms(5))
        .seat(
            Seat::new("seat-5023")
                .signs_in_at_ms(30)
                .answers_after_ms(200),
        )
        .citizen(
            Citizen::new("citizen-1", "support")
                .dials_at_ms(1_000)
                .talks_ms(1_000),
        )
        .citizen(
            Citizen::new("citizen-2", "support")
                .dials_at_ms(90_000)
                .talks_ms(1_000),
        )
        .play();

    let rung = ["seat-5021", "seat-5022", "seat-5023"].map(|agent| floor.rung_at(agent).count());
    assert_eq!(rung, [0, 0, 2], "the first of the list, twice");
    lawful(&floor);
}

/// Whoever is of the second priority is rung while nobody of the first is free.
#[test]
fn the_second_priority_is_rung_while_nobody_of_the_first_is_free() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue("support", &["longest_idle:3"], OnDeadline::AnnounceBusy)
        .members("support", &[("seat-5021", 2), ("seat-5022", 1)])
        .seat(
            Seat::new("seat-5021")
                .signs_in_at_ms(10)
                .answers_after_ms(200),
        )
        .seat(
            Seat::new("seat-5022")
                .signs_in_at_ms(20)
                .answers_after_ms(200),
        )
        .citizen(
            Citizen::new("citizen-1", "support")
                .dials_at_ms(1_000)
                .talks_ms(30_000),
        )
        .citizen(
            Citizen::new("citizen-2", "support")
                .dials_at_ms(10_000)
                .talks_ms(1_000),
        )
        .play();

    let rung = ["seat-5021", "seat-5022"].map(|agent| floor.rung_at(agent).count());
    assert_eq!(rung, [1, 1]);
    let transcript = transcript(&floor);
    let first = transcript.find("invited    seat-5022").expect("rung");
    let second = transcript.find("invited    seat-5021").expect("rung");
    assert!(first < second, "{transcript}");
    lawful(&floor);
}

/// Calls are spread by how many each has answered, not by who has been idle.
#[test]
fn least_calls_spreads_the_calls() {
    let talks = |n: u64, talks_ms| {
        Citizen::new(&format!("citizen-{n}"), "support")
            .dials_at_ms(n * 30_000)
            .talks_ms(talks_ms)
    };
    let floor = Floor::new(Cadence::THAILAND)
        .queue("support", &["least_calls:3"], OnDeadline::AnnounceBusy)
        .wrap_up_s(0)
        .seat(
            Seat::new("seat-5021")
                .signs_in_at_ms(10)
                .answers_after_ms(200),
        )
        .seat(
            Seat::new("seat-5022")
                .signs_in_at_ms(200_000)
                .answers_after_ms(200),
        )
        .citizen(talks(1, 1_000))
        .citizen(talks(2, 1_000))
        .citizen(talks(7, 1_000))
        .citizen(talks(8, 1_000))
        .citizen(talks(9, 1_000))
        .play();

    let rung = ["seat-5021", "seat-5022"].map(|agent| floor.rung_at(agent).count());
    assert_eq!(
        rung,
        [3, 2],
        "the newcomer takes two in a row to be even, then the longer idle"
    );
    lawful(&floor);
}

/// A hop for one phone after another: the leaver falls silent half a second before the joiner begins.
#[test]
fn leavers_go_in_the_silence_and_joiners_come_with_the_ring() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue(
            "support",
            &["longest_idle:2", "longest_idle:1"],
            OnDeadline::AnnounceBusy,
        )
        .seat(Seat::new("seat-5021").signs_in_at_ms(10))
        .seat(Seat::new("seat-5022").signs_in_at_ms(20))
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  invited    seat-5021 at pbx:5021
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
         9.500  withdrawn  seat-5021 HopEnded
        10.000  ring       3
        10.000  invited    seat-5022 at pbx:5022
        10.080  alerting   seat-5022
        14.500  withdrawn  seat-5022 Rona
        14.750  refused    busy, retry after 60 s
        ",
    );
    assert_eq!(
        [floor.bursts_at("seat-5021"), floor.bursts_at("seat-5022")],
        [2, 1]
    );
    lawful(&floor);
}

/// A phone that has registered the PBX as its own address cannot make kring call a number there.
#[test]
fn a_phone_cannot_register_its_way_to_a_toll_number() {
    let toll = format!("sip:0019001234567@{}", Party::Pbx.address());
    let floor = Floor::new(Cadence::THAILAND)
        .seat(
            Seat::new("seat-5021")
                .registers_as("5021")
                .signs_in_at_ms(10),
        )
        .seat(Seat::new("seat-5022").signs_in_at_ms(20))
        .registers_as_at_ms(0, "5021", Party::Pbx, &toll)
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .play();

    assert_journal(
        &floor,
        "
             0.000  offered    citizen-1 -> support
             0.000  unreached  seat-5021 Redirected 0
             0.000  invited    seat-5022 at pbx:5022
             0.000  ring       1
             0.080  alerting   seat-5022
             5.000  ring       2
            10.000  ring       3
            14.500  withdrawn  seat-5022 Rona
            14.750  refused    busy, retry after 60 s
        ",
    );
    assert_eq!(floor.bursts_at("seat-5022"), 3);
}

/// Busy, declined, not registered: the next agent rings at once, and nobody is asked twice.
#[test]
fn a_phone_that_refuses_hands_on_at_once() {
    for (mood, line) in [
        (Mood::Refuses(486), "unreached  seat-5021 Busy 486"),
        (Mood::Refuses(603), "unreached  seat-5021 Declined 603"),
        (Mood::Refuses(404), "unreached  seat-5021 Unregistered 404"),
        (Mood::Refuses(500), "unreached  seat-5021 Failed 500"),
        // Nobody follows a phone that sends its calls elsewhere.
        (Mood::Refuses(302), "unreached  seat-5021 Redirected 302"),
    ] {
        let floor = Floor::new(Cadence::THAILAND)
            .seat(Seat::new("seat-5021").mood(mood).signs_in_at_ms(10))
            .seat(Seat::new("seat-5022").signs_in_at_ms(20))
            .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
            .play();

        let expected = format!(
            "
             0.000  offered    citizen-1 -> support
             0.000  invited    seat-5021 at pbx:5021
             0.000  ring       1
             0.080  {line}
             0.080  invited    seat-5022 at pbx:5022
             0.160  alerting   seat-5022
             5.000  ring       2
            10.000  ring       3
            14.500  withdrawn  seat-5022 Rona
            14.750  refused    busy, retry after 60 s
            "
        );
        assert_journal(&floor, &expected);
        assert_eq!(floor.bursts_at("seat-5022"), 3, "within the same budget");
        lawful(&floor);
    }
}

/// Declined on the screen: the phone is told to stop, the next one rings.
#[test]
fn a_call_declined_on_the_screen_goes_to_the_next_agent() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(
            Seat::new("seat-5021")
                .signs_in_at_ms(10)
                .with_screen(|screen| screen.declines = Some(kring_tests::Habit::always_ms(2_000))),
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
         0.000  invited    seat-5021 at pbx:5021
         0.000  ring       1
         0.080  alerting   seat-5021
         2.000  withdrawn  seat-5021 Declined
         2.000  invited    seat-5022 at pbx:5022
         2.080  alerting   seat-5022
         3.080  answered   seat-5022 after 3.080 s, ring 1
        13.160  ended      by Caller, bye, talked 10.080 s
    ",
    );
    lawful(&floor);
}

/// Nobody is free: the call rings all the same, and whoever becomes free is rung at once.
#[test]
fn an_agent_who_becomes_free_is_rung_at_once() {
    let pause = PresenceWish::Paused {
        reason: "lunch".to_owned(),
    };
    let floor = Floor::new(Cadence::THAILAND)
        .seat(
            Seat::new("seat-5021")
                .wishes_at_ms(0, pause)
                .wishes_at_ms(8_040, PresenceWish::Ready)
                .answers_after_ms(1_000),
        )
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         5.000  ring       2
         7.000  invited    seat-5021 at pbx:5021
         7.080  alerting   seat-5021
         8.080  answered   seat-5021 after 8.080 s, ring 2
        18.160  ended      by Caller, bye, talked 10.080 s
    ",
    );
    lawful(&floor);
}

/// Nobody of the queue is signed in: the caller is not kept waiting for nobody.
#[test]
fn an_unstaffed_queue_refuses_at_once() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").away())
        .caller_dials("citizen-1", "support");

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  refused    busy, retry after 60 s, unstaffed
    ",
    );
    let told = floor.told("citizen-1");
    assert_eq!(told.settled.map(|(_, code)| code), Some(480));
    assert_eq!(told.retry_after.as_deref(), Some("60"));
    lawful(&floor);
}

/// Everybody is busy to the end: the budget of the call is the same.
#[test]
fn when_everybody_is_busy_the_budget_still_ends() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").answers_after_ms(500))
        .citizen(Citizen::new("citizen-1", "support").talks_ms(60_000))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(2_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  ring       1
         0.080  alerting   seat-5021
         0.580  answered   seat-5021 after 0.580 s, ring 1
         2.000  offered    citizen-2 -> support
         2.000  ring       1
         7.000  ring       2
        12.000  ring       3
        16.750  refused    busy, retry after 60 s
        60.660  ended      by Caller, bye, talked 60.080 s
    ",
    );
    assert_eq!(
        floor.rung_at("seat-5021").count(),
        1,
        "a talking agent is not rung"
    );
    lawful(&floor);
}

/// Who becomes free when not even one burst could sound is not rung for nothing.
#[test]
fn nobody_is_rung_in_the_last_second() {
    let pause = PresenceWish::Paused {
        reason: "lunch".to_owned(),
    };
    for (free_at_ms, rung) in [(14_039, 1), (14_041, 0)] {
        let floor = Floor::new(Cadence::THAILAND)
            .seat(
                Seat::new("seat-5021")
                    .wishes_at_ms(0, pause.clone())
                    .wishes_at_ms(1_000 + free_at_ms, PresenceWish::Ready),
            )
            .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
            .play();
        assert_eq!(
            floor.rung_at("seat-5021").count(),
            rung,
            "free at {free_at_ms} ms"
        );
        lawful(&floor);
    }
}

/// Two calls and one agent: the second is rung when the first is over and its record written.
#[test]
fn the_second_call_waits_for_the_only_agent() {
    let floor = Floor::new(Cadence::THAILAND)
        .wrap_up_s(0)
        .seat(Seat::new("seat-5021").answers_after_ms(1_000))
        .citizen(Citizen::new("citizen-1", "support").talks_ms(4_000))
        .citizen(
            Citizen::new("citizen-2", "support")
                .dials_at_ms(500)
                .talks_ms(4_000),
        )
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  invited    seat-5021 at pbx:5021
         0.000  ring       1
         0.080  alerting   seat-5021
         0.500  offered    citizen-2 -> support
         0.500  ring       1
         1.080  answered   seat-5021 after 1.080 s, ring 1
         5.160  ended      by Caller, bye, talked 4.080 s
         5.240  invited    seat-5021 at pbx:5021
         5.320  alerting   seat-5021
         5.500  ring       2
         6.320  answered   seat-5021 after 5.820 s, ring 2
        10.400  ended      by Caller, bye, talked 4.080 s
    ",
    );
    lawful(&floor);
}

/// Queues have their own members.
#[test]
fn a_call_rings_only_the_members_of_its_queue() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue("law", &["all:3"], OnDeadline::AnnounceBusy)
        .seat(Seat::new("seat-5021").serves("support"))
        .seat(Seat::new("seat-5022").serves("law"))
        .caller_dials("citizen-1", "law");

    assert_eq!(
        [floor.bursts_at("seat-5021"), floor.bursts_at("seat-5022")],
        [0, 3]
    );
    lawful(&floor);
}

/// A telephone with rings of its own has used them up at the very moment at which the leavers of a hop go: the
/// next one joins at the ring, and not in the silence before it. Found by busy hour 3218.
#[test]
fn nobody_is_rung_in_the_silence_before_a_hop_for_one_who_leaves_then() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(Seat::new("seat-5021").signs_in_at_ms(10).is_page(None))
        .seat(
            Seat::new("seat-5022")
                .signs_in_at_ms(20)
                .rings_every_ms(3_000),
        )
        .seat(Seat::new("seat-5023").signs_in_at_ms(30))
        .caller_dials("citizen-1", "support");

    assert_eq!(floor.sent_ms("INVITE", Party::Phone(1)), [1_000]);
    assert_eq!(floor.sent_ms("CANCEL", Party::Phone(1)), [9_500]);
    assert_eq!(floor.sent_ms("INVITE", Party::Phone(2)), [10_000]);
    lawful(&floor);
}
