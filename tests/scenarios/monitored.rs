//! A supervisor hears a call in each mode, and follows it wherever it goes; each party hears exactly those it
//! should, and the agent is told as the house has it.

use crate::{assert_ear, lawful, says};
use kring_call::{
    TellAgent, TransferMethod,
    command::{Command, CommandRefused, ConsultTurn},
};
use kring_journal::{AgentId, Fact, MonitorEnd, MonitorMode, MonitorState, Monitored};
use kring_tests::{
    Account, Cadence, Citizen, Deed, Extension, Floor, Mood, Seat, transcript, violations,
};

const BOSS: &str = "seat-boss";

/// An agent who answers after two seconds and talks, and what they do with the caller.
fn agent(deeds: &[(u64, Deed)]) -> Seat {
    let seat = Seat::new("seat-5021").answers_after_ms(2_000);
    let deeds = deeds.iter().cloned();
    deeds.fold(seat, |seat, (ms, deed)| seat.does_after_ms(ms, deed))
}

/// A supervisor who lifts half a second after their phone rings, and does this after the answer.
fn boss(deeds: &[(u64, Deed)]) -> Seat {
    let seat = Seat::new(BOSS).away().answers_after_ms(500);
    let deeds = deeds.iter().cloned();
    deeds.fold(seat, |seat, (ms, deed)| seat.watches_after_ms(ms, deed))
}

fn listens(ms: u64, mode: MonitorMode) -> (u64, Deed) {
    (ms, Deed::Monitors(mode))
}

fn house(agent: Seat, boss: Seat) -> Floor {
    Floor::new(Cadence::THAILAND)
        .transfers_by(TransferMethod::Bridge)
        .extension(Extension::new("1500").answers_after_ms(1_000))
        .seat(agent)
        .seat(boss)
        .citizen(Citizen::new("citizen-1", "support").talks_ms(20_000))
}

#[track_caller]
fn hears(account: &Account, heard: &str, expected: &str) {
    let lines = expected.lines().map(str::trim);
    let expected: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    assert_eq!(heard, expected.join("\n"), "{}", transcript(account));
}

/// The ends that are told of supervisors.
fn ends(account: &Account) -> Vec<Option<MonitorEnd>> {
    let facts = account.entries.iter().map(|entry| &entry.fact);
    let ended = facts.filter_map(|fact| match fact {
        Fact::Monitored(how) if how.state == MonitorState::Ended => Some(how.why),
        _ => None,
    });
    ended.collect()
}

/// The supervisor hears both, and nobody hears the supervisor.
#[test]
fn a_supervisor_listens() {
    let floor = house(agent(&[]), boss(&[listens(1_000, MonitorMode::Listen)])).play();

    says(
        &floor,
        &[
            "3.080  monitored  seat-boss is rung to listen",
            "3.660  monitored  seat-boss: listen, seat-5021 is told",
            "ended      by Caller",
            "monitored  seat-boss no more, call_over",
        ],
    );
    assert_ear(&floor, "citizen-1", "2.080 person");
    hears(&floor, &floor.agent_ear("citizen-1"), "2.080 person");
    hears(
        &floor,
        &floor.monitor_ear("citizen-1"),
        "3.660 caller and agent",
    );
    lawful(&floor);
}

/// The agent hears a whisper, and the citizen does not.
#[test]
fn a_supervisor_whispers() {
    let floor = house(agent(&[]), boss(&[listens(1_000, MonitorMode::Whisper)])).play();

    assert_ear(&floor, "citizen-1", "2.080 person");
    hears(
        &floor,
        &floor.agent_ear("citizen-1"),
        "2.080 person
         3.660 caller and monitor",
    );
    hears(
        &floor,
        &floor.monitor_ear("citizen-1"),
        "3.660 caller and agent",
    );
    lawful(&floor);
}

/// Everybody hears who barges in.
#[test]
fn a_supervisor_barges_in() {
    let floor = house(agent(&[]), boss(&[listens(1_000, MonitorMode::Barge)])).play();

    assert_ear(
        &floor,
        "citizen-1",
        "2.080 person
         3.660 agent and monitor",
    );
    hears(
        &floor,
        &floor.agent_ear("citizen-1"),
        "2.080 person
         3.660 caller and monitor",
    );
    lawful(&floor);
}

/// Listens first, whispers, speaks to all, and goes: each change holds at once, without another ring.
#[test]
fn a_supervisor_goes_from_one_mode_to_the_next() {
    let floor = house(
        agent(&[]),
        boss(&[
            listens(1_000, MonitorMode::Listen),
            listens(4_000, MonitorMode::Whisper),
            listens(6_000, MonitorMode::Barge),
            (8_000, Deed::StopsMonitoring),
        ]),
    )
    .play();

    says(
        &floor,
        &[
            "3.660  monitored  seat-boss: listen",
            "6.080  monitored  seat-boss: whisper",
            "8.080  monitored  seat-boss: barge",
            "10.080  monitored  seat-boss no more, left",
            "ended      by Caller, bye, talked 20.080 s",
        ],
    );
    assert_ear(
        &floor,
        "citizen-1",
        "2.080 person
         8.080 agent and monitor
         10.080 person",
    );
    hears(
        &floor,
        &floor.agent_ear("citizen-1"),
        "2.080 person
         6.080 caller and monitor
         10.080 person",
    );
    assert_eq!(floor.rung_at(BOSS).count(), 1, "its phone rang once");
    lawful(&floor);
}

/// While the citizen hears music the supervisor is with the agent: that is when there is something to say.
#[test]
fn a_whisper_is_heard_while_the_caller_is_on_hold() {
    let floor = house(
        agent(&[(4_000, Deed::Holds), (8_000, Deed::Resumes)]),
        boss(&[
            listens(1_000, MonitorMode::Listen),
            listens(6_000, MonitorMode::Whisper),
        ]),
    )
    .play();

    assert_ear(
        &floor,
        "citizen-1",
        "2.080 person
         6.080 music
         10.080 person",
    );
    hears(
        &floor,
        &floor.agent_ear("citizen-1"),
        "2.080 person
         6.080 silence
         8.080 the monitor
         10.080 caller and monitor",
    );
    hears(
        &floor,
        &floor.monitor_ear("citizen-1"),
        "3.660 caller and agent
         6.080 the agent
         10.080 caller and agent",
    );
    lawful(&floor);
}

/// Through consult, both turns, conference and transfer: the supervisor hears those who talk.
#[test]
fn a_supervisor_follows_a_consult_and_a_transfer() {
    let floor = house(
        agent(&[
            (3_000, Deed::consults(&["1500"])),
            (6_000, Deed::Turns(ConsultTurn::Swap)),
            (8_000, Deed::Turns(ConsultTurn::Conference)),
            (10_000, Deed::Turns(ConsultTurn::Complete)),
        ]),
        boss(&[listens(1_000, MonitorMode::Whisper)]),
    )
    .play();

    hears(
        &floor,
        &floor.monitor_ear("citizen-1"),
        "3.660 caller and agent
         5.080 the agent
         6.160 agent and unit
         8.080 caller and agent
         10.080 caller, agent and unit
         12.080 caller and unit",
    );
    hears(
        &floor,
        &floor.agent_ear("citizen-1"),
        "2.080 person
         3.660 caller and monitor
         5.080 the monitor
         6.160 unit and monitor
         8.080 caller and monitor
         10.080 caller, unit and monitor",
    );
    hears(
        &floor,
        &floor.unit_ear("citizen-1"),
        "6.160 the agent
         8.080 music
         10.080 caller and agent
         12.080 caller and monitor",
    );
    says(
        &floor,
        &[
            "caller and 1500",
            "ended      by",
            "seat-boss no more, call_over",
        ],
    );
    lawful(&floor);
}

/// A transfer comes to nothing and the agent has hung up: the agent's phone rings again, and the supervisor is
/// there when it is lifted.
#[test]
fn a_supervisor_follows_a_recall() {
    let floor = Floor::new(Cadence::THAILAND)
        .transfers_by(TransferMethod::Bridge)
        .extension(Extension::new("1500"))
        .seat(agent(&[
            (3_000, Deed::transfers(&["1500"])),
            (4_000, Deed::HangsUp),
        ]))
        .seat(boss(&[listens(1_000, MonitorMode::Barge)]))
        .citizen(Citizen::new("citizen-1", "support").talks_ms(60_000))
        .play();

    says(
        &floor,
        &[
            "monitored  seat-boss: barge, seat-5021 is told",
            "over, no_answer, the agent is rung",
            "served     seat-5021",
            "monitored  seat-boss: barge, seat-5021 is told",
        ],
    );
    let heard = floor.monitor_ear("citizen-1");
    let expected = "3.660 caller and agent\n5.080 the agent\n6.080 silence\n\
                    19.580 the caller\n21.660 caller and agent";
    assert!(heard.starts_with(expected), "{heard}");
    lawful(&floor);
}

/// The agent is told in the modes that the house names, and of nothing else.
#[test]
fn an_agent_is_told_as_the_house_has_it() {
    for (rule, told) in [
        (TellAgent::Always, vec![true, true, true]),
        (TellAgent::WhisperAndBarge, vec![false, true, true]),
        (TellAgent::Never, vec![false, false, false]),
    ] {
        let floor = house(
            agent(&[]),
            boss(&[
                listens(1_000, MonitorMode::Listen),
                listens(4_000, MonitorMode::Whisper),
                listens(6_000, MonitorMode::Barge),
            ]),
        )
        .tells_agents(rule)
        .play();
        let facts = floor.entries.iter().map(|entry| &entry.fact);
        let on = facts.filter_map(|fact| match fact {
            Fact::Monitored(Monitored {
                state: MonitorState::On,
                told,
                ..
            }) => Some(*told),
            _ => None,
        });
        assert_eq!(on.collect::<Vec<_>>(), told, "{rule:?}");
        lawful(&floor);
    }
}

/// Whoever listens to a call is rung for no other, and whoever is in a call cannot listen.
#[test]
fn a_supervisor_has_one_call_at_a_time() {
    let boss = boss(&[listens(1_000, MonitorMode::Listen)]).signs_in_at_ms(0);
    let floor = Floor::new(Cadence::THAILAND)
        .seat(agent(&[]))
        .seat(boss)
        .citizen(Citizen::new("citizen-1", "support").talks_ms(20_000))
        .citizen(
            Citizen::new("citizen-2", "support")
                .dials_at_ms(5_000)
                .gives_up_after_ms(6_000),
        )
        .play();
    let rung: Vec<&str> = floor
        .rung_at(BOSS)
        .map(|rung| rung.heard.caller.as_str())
        .collect();
    assert_eq!(rung, ["monitor"], "{}", transcript(&floor));
    lawful(&floor);
}

/// A phone that is busy, is not lifted, or has no codec of ours: the call notices nothing.
#[test]
fn a_supervisor_who_cannot_be_had_leaves_the_call_as_it_was() {
    for (mood, why) in [
        (Mood::Refuses(486), MonitorEnd::Unreached),
        (Mood::Ignores, MonitorEnd::NoAnswer),
        (Mood::Dead, MonitorEnd::NoAnswer),
    ] {
        let seat = Seat::new(BOSS).away().mood(mood);
        let seat = seat.watches_after_ms(1_000, Deed::Monitors(MonitorMode::Barge));
        let citizen = Citizen::new("citizen-1", "support").talks_ms(50_000);
        let floor = Floor::new(Cadence::THAILAND)
            .seat(agent(&[]))
            .seat(seat)
            .citizen(citizen)
            .play();
        assert_eq!(ends(&floor), [Some(why)], "{}", transcript(&floor));
        assert_ear(&floor, "citizen-1", "2.080 person");
        lawful(&floor);
    }
}

/// The supervisor hangs up at the phone.
#[test]
fn a_supervisor_hangs_up_at_the_phone() {
    let floor = house(
        agent(&[]),
        boss(&[listens(1_000, MonitorMode::Barge)]).talks_ms(3_000),
    )
    .play();
    assert_eq!(ends(&floor), [Some(MonitorEnd::Left)]);
    assert_ear(
        &floor,
        "citizen-1",
        "2.080 person
         3.660 agent and monitor
         6.740 person",
    );
    lawful(&floor);
}

/// One supervisor a call; the others are told so, and an agent cannot listen to the own call.
#[test]
fn another_supervisor_is_refused() {
    let watch = |ms| Command::Monitor {
        by: AgentId::new("seat-5021"),
        call: kring_journal::CallId::new(ms, 1),
        mode: MonitorMode::Listen,
    };
    let second = Seat::new("seat-boss-2")
        .away()
        .watches_after_ms(3_000, Deed::Monitors(MonitorMode::Barge))
        .watches_after_ms(4_000, Deed::StopsMonitoring);
    let floor = house(agent(&[]), boss(&[listens(1_000, MonitorMode::Listen)]))
        .seat(second)
        .command_at_ms(3_000, watch(7))
        .play();
    let refused: Vec<&CommandRefused> = floor
        .answers
        .iter()
        .filter_map(|answer| answer.as_ref().err())
        .collect();
    assert_eq!(
        refused,
        [
            &CommandRefused::CallGone,
            &CommandRefused::Monitored,
            &CommandRefused::Monitored
        ]
    );
    lawful(&floor);
}

/// A phone that can be made to answer is not waited for: the supervisor has asked for the call.
#[test]
fn a_phone_that_can_answer_does() {
    let mut seat = Seat::new(BOSS).away().mood(Mood::Ignores);
    seat.phone.answerable = true;
    let seat = seat.watches_after_ms(1_000, Deed::Monitors(MonitorMode::Listen));
    let floor = house(agent(&[]), seat).play();
    hears(
        &floor,
        &floor.monitor_ear("citizen-1"),
        "3.240 caller and agent",
    );
    assert_eq!(violations(&floor), []);
}
