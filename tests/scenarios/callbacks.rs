//! Callers who would rather be called back, and calls that agents make: the agent's phone first, then the
//! citizen's, which the agent hears ring.

use crate::{assert_ear, lawful};
use kring_call::{
    CallbackRules, OnDeadline, Recourse, WaitingRules,
    command::{Command, CommandRefused, Done},
};
use kring_journal::AgentId;
use kring_tests::{
    Account, Cadence, Citizen, Extension, Floor, KeysBy, Mood, Party, Seat, assert_journal,
    transcript,
};
use std::time::Duration;

/// The citizen's number.
const NUMBER: &str = "0812345678";

/// A floor that offers call-backs, tried twice, two minutes apart.
fn calling_back() -> Floor {
    let rules = CallbackRules {
        retry: Duration::from_mins(2),
        tries: 2,
    };
    let plan = ["longest_idle:2", "all:1"];
    Floor::new(Cadence::THAILAND)
        .queue("support", &plan, OnDeadline::OfferCallback)
        .calls_back("support", rules)
}

/// A citizen who asks to be called back ten seconds after kring has answered.
fn asking() -> Citizen {
    Citizen::new(NUMBER, "support")
        .presses_after_ms(10_000, '1')
        .tells_keys_by(KeysBy::Info)
}

/// An agent who comes at 60 s and lifts after a second.
fn late_seat() -> Seat {
    Seat::new("seat-5021")
        .signs_in_at_ms(60_000)
        .answers_after_ms(1_000)
}

#[track_caller]
fn assert_told(floor: &Account, line: &str) {
    let journal = transcript(floor);
    assert!(journal.contains(line), "{line}\n{journal}");
}

/// The caller hears the offer, presses the key, is told so and hung up on; when an agent is free the
/// agent's phone rings, and then the citizen's.
#[test]
fn a_caller_asks_and_is_called_back() {
    let floor = calling_back()
        .seat(late_seat())
        .citizen(asking())
        .extension(
            Extension::new(NUMBER)
                .answers_after_ms(3_000)
                .talks_ms(20_000),
        )
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    0812345678 -> support
         0.000  rescued    answered and offered a call-back, unstaffed
         0.000  queued     place 1
         0.000  announced  greeting, please_wait, callback, place 1
        10.080  left       asked to be called back after 10.080 s in the queue
        10.080  announced  callback_taken
        10.080  call-back  asked of support
        13.080  ended      by Kring, call_back, talked 0.000 s
        59.960  offered    0812345678 -> support, call-back 1
        59.960  ring       1
        60.040  alerting   seat-5021
        61.040  picked up  seat-5021
        61.040  dialled    the citizen by pbx
        64.120  reached    the citizen for seat-5021, rang 3.080 s
        64.120  call-back  served after 1 tries
        84.200  ended      by Caller, bye, talked 20.080 s
    ",
    );
    assert_ear(
        &floor,
        NUMBER,
        "0.000 greeting
         3.000 please_wait
         6.000 place 1
         8.000 callback
         10.080 callback_taken",
    );
    assert!(floor.told(NUMBER).bye_came);
    assert!(floor.call_backs.is_empty());
    lawful(&floor);
}

/// Whoever is busy or does not answer is called again, and then no more.
#[test]
fn a_citizen_who_is_not_reached_is_tried_again_and_given_up() {
    let floor = calling_back()
        .seat(late_seat())
        .citizen(asking())
        .extension(Extension::new(NUMBER).is_busy().mood(Mood::Ignores))
        .play();

    assert_told(&floor, "61.120  missed     the citizen Busy 486");
    assert_told(&floor, "61.120  failed     486 busy");
    assert_told(&floor, "missed     the citizen NoAnswer 0");
    assert_told(&floor, "call-back  given up after 2 tries");
    let invites = floor.sent_ms("INVITE", Party::Pbx);
    assert_eq!(invites.len(), 2, "{invites:?}");
    let apart = invites[1] - invites[0];
    assert!((120_000..123_000).contains(&apart), "{apart} ms");
    let heard = &floor.dialled[1].1;
    let rang = heard.silent.unwrap().since(heard.sounded.unwrap());
    assert!(rang <= Duration::from_secs(46), "{rang:?}");
    lawful(&floor);
}

/// The agent hangs up while the citizen's telephone rings: it stops, and that was no try.
#[test]
fn an_agent_who_hangs_up_leaves_the_call_back_as_it_was() {
    let floor = calling_back()
        .seat(late_seat().talks_ms(5_000))
        .citizen(asking())
        .extension(
            Extension::new(NUMBER)
                .mood(Mood::Ignores)
                .answers_after_ms(1_000)
                .talks_ms(2_000),
        )
        .play();

    assert_told(&floor, "abandoned  after");
    assert_eq!(floor.sent_ms("CANCEL", Party::Pbx).len(), 1);
    assert_told(&floor, "call-back  served after 1 tries");
    lawful(&floor);
}

/// No agent lifts: others are rung by the plan, and it is tried again later.
#[test]
fn a_call_back_for_which_nobody_lifts_waits_on() {
    let agent = Seat::new("seat-5021")
        .signs_in_at_ms(60_000)
        .mood(Mood::Ignores)
        .answers_after_ms(1_000);
    let floor = calling_back()
        .seat(agent)
        .citizen(asking())
        .extension(
            Extension::new(NUMBER)
                .answers_after_ms(1_000)
                .talks_ms(2_000),
        )
        .play();

    assert_told(&floor, "failed     0 no_agent");
    assert_told(&floor, "offered    0812345678 -> support, call-back 1");
    assert_told(&floor, "call-back  served after 1 tries");
    assert!(floor.rung.iter().all(|rung| rung.bursts <= 3));
    lawful(&floor);
}

/// A call-back stands in line from when the citizen first called.
#[test]
fn who_called_first_comes_first() {
    let floor = calling_back()
        .wrap_up_s(1)
        .seat(late_seat().talks_ms(4_000))
        .citizen(Citizen::new("0811111111", "support").talks_on())
        .citizen(asking().dials_at_ms(2_000))
        .citizen(
            Citizen::new("0822222222", "support")
                .dials_at_ms(4_000)
                .talks_on(),
        )
        .extension(Extension::new(NUMBER).answers_after_ms(1_000))
        .play();

    let journal = transcript(&floor);
    let at = |line: &str| {
        journal
            .find(line)
            .unwrap_or_else(|| panic!("{line}\n{journal}"))
    };
    let first = at("served     seat-5021 after 61.");
    let second = at("reached    the citizen");
    let third = journal.rfind("served     seat-5021").unwrap();
    assert!(first < second && second < third, "{journal}");
    lawful(&floor);
}

/// Whoever withholds the number, or has one that may not be dialled, is offered nothing; the key does
/// nothing.
#[test]
fn who_cannot_be_called_back_is_not_offered_it() {
    for name in ["anonymous", "0019001234567"] {
        let citizen = Citizen::new(name, "support");
        let floor = calling_back()
            .seat(Seat::new("seat-5021").never_signs_in())
            .citizen(citizen.presses_after_ms(10_000, '1').waits_ms(30_000))
            .play();
        let journal = transcript(&floor);
        assert!(!journal.contains("call-back"), "{journal}");
        assert_told(&floor, "left       caller gave up");
        // A caller without a name has no story for the laws.
        if name != "anonymous" {
            lawful(&floor);
        }
    }
}

/// The key may come as an event in the sound (RFC 4733).
#[test]
fn the_key_may_come_with_the_sound() {
    let floor = calling_back()
        .seat(Seat::new("seat-5021").never_signs_in())
        .citizen(asking().tells_keys_by(KeysBy::Sound))
        .play();

    assert_eq!(floor.call_backs.len(), 1);
    lawful(&floor);
}

/// Other keys mean nothing.
#[test]
fn another_key_means_nothing() {
    let floor = calling_back()
        .seat(Seat::new("seat-5021").never_signs_in())
        .citizen(
            Citizen::new(NUMBER, "support")
                .presses_after_ms(5_000, '2')
                .waits_ms(30_000),
        )
        .play();

    assert!(floor.call_backs.is_empty());
    assert_told(&floor, "left       caller gave up");
    lawful(&floor);
}

/// Whoever calls again meanwhile and is served is not called back.
#[test]
fn who_is_served_meanwhile_is_not_called_back() {
    let again = Citizen::new("+66812345678", "support").dials_at_ms(20_000);
    let floor = calling_back()
        .seat(
            Seat::new("seat-5021")
                .signs_in_at_ms(20_500)
                .answers_after_ms(500),
        )
        .citizen(asking())
        .citizen(again.talks_ms(5_000))
        .extension(Extension::new(NUMBER).mood(Mood::Refuses(480)))
        .play();

    assert!(floor.call_backs.is_empty());
    let journal = transcript(&floor);
    assert_eq!(
        journal.matches("call-back  withdrawn").count(),
        1,
        "{journal}"
    );
    lawful(&floor);
}

/// The caller hangs up while kring says that it was taken down.
#[test]
fn a_caller_may_hang_up_during_the_last_words() {
    let floor = calling_back()
        .seat(Seat::new("seat-5021").never_signs_in())
        .citizen(asking().waits_ms(11_000))
        .play();

    assert_eq!(floor.call_backs.len(), 1);
    assert_told(&floor, "ended      by Caller, bye");
    lawful(&floor);
}

/// A supervisor takes a call-back back.
#[test]
fn a_call_back_can_be_cancelled() {
    let day = || {
        calling_back()
            .seat(late_seat())
            .citizen(asking())
            .extension(Extension::new(NUMBER).answers_after_ms(1_000))
    };
    let asked = *day().play().names.keys().next().unwrap();
    let floor = day()
        .command_at_ms(30_000, Command::CancelCallBack(asked))
        .command_at_ms(31_000, Command::CancelCallBack(asked))
        .play();

    assert_told(&floor, "call-back  cancelled after 0 tries");
    assert!(floor.answers.contains(&Err(CommandRefused::NoSuchCallBack)));
    assert!(floor.sent_ms("INVITE", Party::Pbx).is_empty());
    // While the agent's phone rings for it, and while the citizen's does.
    for ms in [60_500, 61_500] {
        let floor = day()
            .command_at_ms(ms, Command::CancelCallBack(asked))
            .play();
        assert_told(&floor, "call-back  cancelled");
        assert_told(&floor, "failed     0 called_off");
        lawful(&floor);
    }
    lawful(&floor);
}

/// A restart takes up what was open, in whatever state it was.
#[test]
fn a_restart_forgets_nobody() {
    let before = calling_back()
        .seat(Seat::new("seat-5021").never_signs_in())
        .citizen(asking())
        .play();
    let open = before.call_backs.values().next().unwrap().clone();
    let floor = calling_back()
        .seat(late_seat())
        .owing(open)
        .extension(
            Extension::new(NUMBER)
                .answers_after_ms(1_000)
                .talks_ms(5_000),
        )
        .play();

    assert_told(&floor, "reached    the citizen for seat-5021");
    assert_told(&floor, "call-back  served after 1 tries");
    assert!(floor.call_backs.is_empty());
}

/// The house closes at every moment of a call-back: nothing is left over, and it is still owed.
#[test]
fn a_shutdown_leaves_the_call_back_for_the_next_start() {
    for ms in [5_000, 12_000, 30_000, 60_500, 62_000] {
        let floor = calling_back()
            .seat(late_seat())
            .citizen(asking())
            .extension(Extension::new(NUMBER).answers_after_ms(3_000))
            .command_at_ms(ms, Command::EndAll)
            .play();
        let owed = usize::from(ms > 10_080);
        assert_eq!(floor.call_backs.len(), owed, "at {ms} ms");
        lawful(&floor);
    }
}

/// Whoever finds no place may ask all the same, and has a little time to do so.
#[test]
fn a_full_queue_offers_a_call_back() {
    let rules = WaitingRules {
        waiting_max: 1,
        when_full: Recourse::OfferCallback,
        ..WaitingRules::default()
    };
    let floor = calling_back()
        .waiting("support", rules)
        .seat(Seat::new("seat-5021").never_signs_in())
        .citizen(Citizen::new("0811111111", "support").waits_ms(90_000))
        .citizen(asking().dials_at_ms(5_000))
        .citizen(Citizen::new("0822222222", "support").dials_at_ms(5_000))
        .play();

    assert_told(
        &floor,
        "rescued    answered and offered a call-back, queue full",
    );
    assert_eq!(floor.call_backs.len(), 1);
    assert_told(&floor, "left       waited too long after 30.000 s");
    lawful(&floor);
}

/// At the end of the wait the call-back is offered once more.
#[test]
fn the_longest_wait_ends_with_the_offer() {
    let rules = WaitingRules {
        max_wait: Duration::from_secs(60),
        announce_every: Duration::ZERO,
        when_waited: Recourse::OfferCallback,
        ..WaitingRules::default()
    };
    let floor = calling_back()
        .waiting("support", rules)
        .seat(Seat::new("seat-5021").never_signs_in())
        .citizen(
            Citizen::new(NUMBER, "support")
                .presses_after_ms(70_000, '1')
                .tells_keys_by(KeysBy::Info),
        )
        .citizen(Citizen::new("0822222222", "support"))
        .play();

    assert_told(&floor, "60.000  announced  callback, place 1");
    assert_told(&floor, "left       asked to be called back after 70.080 s");
    assert_told(&floor, "left       waited too long after 90.000 s");
    lawful(&floor);
}

/// An agent calls a person.
fn call(number: &str) -> Command {
    Command::Call {
        agent: AgentId::new("seat-5021"),
        number: number.to_owned(),
        case_id: None,
    }
}

fn desk() -> Floor {
    Floor::new(Cadence::THAILAND)
        .may_dial("08XXXXXXXX")
        .seat(Seat::new("seat-5021").answers_after_ms(1_000))
        .seat(Seat::new("seat-5022"))
}

/// The agent's phone rings first, then the citizen's; the history says outbound.
#[test]
fn an_agent_calls_a_citizen() {
    let floor = desk()
        .extension(
            Extension::new(NUMBER)
                .answers_after_ms(2_000)
                .talks_ms(8_000),
        )
        .command_at_ms(5_000, call(NUMBER))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    0812345678 -> support, called by seat-5021
         0.000  ring       1
         0.080  alerting   seat-5021
         1.080  picked up  seat-5021
         1.080  dialled    the citizen by pbx
         3.160  reached    the citizen for seat-5021, rang 2.080 s
        11.240  ended      by Caller, bye, talked 8.080 s
    ",
    );
    assert!(
        floor
            .answers
            .iter()
            .any(|answer| matches!(answer, Ok(Done::Placed(_))))
    );
    assert_eq!(floor.rung_at("seat-5022").count(), 0);
    lawful(&floor);
}

/// What is not allowed is not dialled, and whoever has a call makes no other one.
#[test]
fn an_agents_call_may_be_refused() {
    let floor = desk()
        .extension(
            Extension::new(NUMBER)
                .answers_after_ms(1_000)
                .talks_ms(20_000),
        )
        .command_at_ms(1_000, call("0019001234567"))
        .command_at_ms(2_000, call(NUMBER))
        .command_at_ms(3_000, call(NUMBER))
        .command_at_ms(8_000, call(NUMBER))
        .play();

    let refused: Vec<_> = floor
        .answers
        .iter()
        .filter_map(|a| a.clone().err())
        .collect();
    assert_eq!(
        refused,
        [
            CommandRefused::NumberNotAllowed,
            CommandRefused::AgentBusy,
            CommandRefused::AgentBusy
        ]
    );
    let nowhere = desk()
        .without_line()
        .command_at_ms(1_000, call(NUMBER))
        .play();
    assert!(nowhere.answers.contains(&Err(CommandRefused::NoWayOut)));
    lawful(&floor);
}

/// However the citizen is not reached, the agent is free again and nobody else is rung.
#[test]
fn an_agents_call_that_reaches_nobody_ends() {
    for (mood, told) in [
        (Mood::Refuses(486), "failed     486 busy"),
        (Mood::Refuses(404), "failed     404 not_reached"),
        (
            Mood::Declines(Duration::from_secs(1)),
            "failed     603 declined",
        ),
        (Mood::Ignores, "failed     0 no_answer"),
    ] {
        let floor = desk()
            .extension(Extension::new(NUMBER).mood(mood))
            .command_at_ms(1_000, call(NUMBER))
            .play();
        assert_told(&floor, told);
        assert_eq!(floor.rung_at("seat-5022").count(), 0);
        lawful(&floor);
    }
}

/// A citizen whose telephone has no codec in common with the agent's.
#[test]
fn an_agents_call_needs_a_common_codec() {
    let floor = desk()
        .extension(Extension::new(NUMBER).knows(&[18]).answers_after_ms(1_000))
        .command_at_ms(1_000, call(NUMBER))
        .play();

    assert_told(&floor, "missed     the citizen Failed 488");
    lawful(&floor);
}

/// The agent does not lift, declines, or has no phone that can be rung: the call is over at once or after
/// three rings.
#[test]
fn an_agent_who_does_not_lift_calls_nobody() {
    for mood in [
        Mood::Ignores,
        Mood::Refuses(486),
        Mood::Declines(Duration::from_secs(1)),
    ] {
        let floor = Floor::new(Cadence::THAILAND)
            .may_dial("08XXXXXXXX")
            .seat(Seat::new("seat-5021").mood(mood))
            .seat(Seat::new("seat-5022"))
            .extension(Extension::new(NUMBER))
            .command_at_ms(1_000, call(NUMBER))
            .play();
        assert_told(&floor, "failed     0 no_agent");
        assert!(floor.sent_ms("INVITE", Party::Pbx).is_empty());
        assert_eq!(floor.rung_at("seat-5022").count(), 0);
        lawful(&floor);
    }
}

/// Whoever does not lift for a call of their own has let nobody wait: it counts for nothing, however often,
/// and the place among the longest idle is kept.
#[test]
fn an_agents_own_call_that_is_not_lifted_is_no_miss() {
    for mood in [
        Mood::Ignores,
        Mood::Refuses(486),
        Mood::Declines(Duration::from_secs(1)),
        Mood::Dead,
    ] {
        let seat = Seat::new("seat-5021").mood(mood).mood(mood);
        let floor = Floor::new(Cadence::THAILAND)
            .may_dial("08XXXXXXXX")
            .rona_limit(1)
            .seat(seat.answers_after_ms(1_000))
            .seat(Seat::new("seat-5022").signs_in_at_ms(500))
            .command_at_ms(1_000, call(NUMBER))
            .command_at_ms(60_000, call(NUMBER))
            .citizen(Citizen::new("citizen-1", "support").dials_at_ms(120_000))
            .play();
        let journal = transcript(&floor);
        assert_eq!(journal.matches("failed     0 no_agent").count(), 2);
        assert!(!journal.contains("Paused"), "{mood:?}\n{journal}");
        assert_told(&floor, "answered   seat-5021");
        lawful(&floor);
    }
}

/// The agent hangs up while the citizen's telephone rings, just as it is lifted, and later.
#[test]
fn an_agent_may_hang_up_at_any_moment() {
    for talks in [1_000, 2_060, 2_080, 2_100, 5_000] {
        let floor = Floor::new(Cadence::THAILAND)
            .may_dial("08XXXXXXXX")
            .seat(
                Seat::new("seat-5021")
                    .answers_after_ms(1_000)
                    .talks_ms(talks),
            )
            .extension(Extension::new(NUMBER).answers_after_ms(2_000))
            .command_at_ms(1_000, call(NUMBER))
            .play();
        lawful(&floor);
    }
}
