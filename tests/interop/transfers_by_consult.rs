//! The agent asks the unit while the citizen hears music: who hears whom at each turn, judged by tones.

use crate::{
    desk::{Desk, Three, hangs_up, is_hung_up, tells},
    scenario::{PLAIN, Scenario},
    talker::{AGENT, CITIZEN, UNIT},
};

/// To the unit, to the citizen, to the unit, to both, and the two are left alone.
#[test]
fn an_agent_asks_the_unit_turns_and_hands_the_citizen_over() {
    let desk = Desk::open("", "");
    let three = desk.consults([&hangs_up, &is_hung_up, &is_hung_up]);
    let Three {
        talk,
        unit,
        unit_phone,
        ..
    } = three;
    desk.turns(&talk.id, "swap");
    talk.citizen.hears(&[AGENT]);
    talk.agent.hears(&[CITIZEN]);
    unit.hears_music();
    desk.turns(&talk.id, "swap");
    unit.hears(&[AGENT]);
    talk.agent.hears(&[UNIT]);
    talk.citizen.hears_music();
    desk.turns(&talk.id, "conference");
    talk.citizen.hears(&[AGENT, UNIT]);
    talk.agent.hears(&[CITIZEN, UNIT]);
    unit.hears(&[CITIZEN, AGENT]);
    desk.turns(&talk.id, "complete");
    talk.citizen.hears(&[UNIT]);
    unit.hears(&[CITIZEN]);
    talk.phone.finish();
    talk.caller.cue();
    talk.caller.finish();
    unit_phone.finish();
    for heard in [talk.citizen.stop(), unit.stop()] {
        heard.assert_one_stream();
    }
    tells(
        &desk.kring.journal_until("ended      by Caller"),
        &[
            "malee consults to 1500 by bridge",
            "agent and 1500",
            "agent and caller",
            "agent and unit",
            "all three",
            "caller and 1500",
        ],
    );
}

/// The unit has said what there was to say: it is let go, and the citizen is back.
#[test]
fn a_consult_is_cancelled() {
    let desk = Desk::open("", "");
    let Three {
        talk,
        unit_phone,
        transfer,
        ..
    } = desk.consults([&hangs_up, &is_hung_up, &is_hung_up]);
    desk.turns(&talk.id, "cancel");
    desk.transfer_until(&transfer, "recalled");
    talk.citizen.hears(&[AGENT]);
    talk.agent.hears(&[CITIZEN]);
    unit_phone.finish();
    talk.caller.cue();
    talk.caller.finish();
    talk.phone.finish();
    tells(
        &desk.kring.journal_until("ended"),
        &[
            "over, cancelled, back with the agent",
            "ended      by Caller",
        ],
    );
}

#[test]
fn a_unit_that_hangs_up_leaves_the_citizen_with_the_agent() {
    let desk = Desk::open("", "");
    let Three {
        talk,
        unit_phone,
        transfer,
        ..
    } = desk.consults([&hangs_up, &is_hung_up, &hangs_up]);
    unit_phone.cue();
    unit_phone.finish();
    desk.transfer_until(&transfer, "recalled");
    talk.citizen.hears(&[AGENT]);
    talk.agent.hears(&[CITIZEN]);
    talk.caller.cue();
    talk.caller.finish();
    talk.phone.finish();
    tells(
        &desk.kring.journal_until("ended"),
        &[
            "over, unit_left, back with the agent",
            "ended      by Caller",
        ],
    );
}

/// The agent hangs up in the middle: citizen and unit have each other.
#[test]
fn an_agent_who_hangs_up_leaves_the_citizen_with_the_unit() {
    let desk = Desk::open("", "");
    let Three {
        talk,
        unit,
        unit_phone,
        ..
    } = desk.consults([&is_hung_up, &hangs_up, &hangs_up]);
    talk.phone.cue();
    talk.phone.finish();
    talk.citizen.hears(&[UNIT]);
    unit.hears(&[CITIZEN]);
    unit_phone.cue();
    unit_phone.finish();
    talk.caller.finish();
    tells(
        &desk.kring.journal_until("ended"),
        &["agent and 1500", "caller and 1500", "ended      by Target"],
    );
}

/// The citizen hangs up: unit and agent are hung up on.
#[test]
fn a_citizen_who_hangs_up_ends_the_consult() {
    let desk = Desk::open("", "");
    let Three {
        talk,
        unit_phone,
        transfer,
        ..
    } = desk.consults([&hangs_up, &is_hung_up, &is_hung_up]);
    talk.caller.cue();
    talk.caller.finish();
    talk.phone.finish();
    unit_phone.finish();
    desk.transfer_until(&transfer, "failed");
    tells(
        &desk.kring.journal_until("ended"),
        &["over, caller_left", "ended      by Caller"],
    );
}

const REFER: &str = "transfer_method = \"refer\"";

/// Both legs are at the PBX: it is asked to put the citizen in kring's place (RFC 3891), and does.
#[test]
fn a_pbx_joins_the_citizen_with_the_unit() {
    let desk = Desk::open(REFER, "");
    let obeys = |caller: Scenario| {
        let notify = |caller: Scenario, state: &str, body: &str| {
            let lines = [
                "Event: refer",
                state,
                "Content-Type: message/sipfrag;version=2.0",
            ];
            caller.says("NOTIFY", &lines, body).hears("200")
        };
        let caller = caller.hears("REFER").answers("202 Accepted", PLAIN, "");
        let caller = notify(
            caller,
            "Subscription-State: active;expires=60",
            "SIP/2.0 100 Trying\n",
        );
        let caller = caller.waits(300);
        is_hung_up(notify(
            caller,
            "Subscription-State: terminated;reason=noresource",
            "SIP/2.0 200 OK\n",
        ))
    };
    let three = desk.consults([&obeys, &is_hung_up, &is_hung_up]);
    let Three {
        talk,
        unit_phone,
        transfer,
        ..
    } = three;
    desk.turns(&talk.id, "complete");
    let caller = talk.caller.finish();
    talk.phone.finish();
    let unit = unit_phone.finish();
    desk.transfer_until(&transfer, "answered");

    let refer = caller.iter().find(|m| m.is("REFER")).expect("a REFER");
    let to = refer
        .get("Refer-To")
        .expect("where to")
        .replace("%40", "@")
        .replace("%3B", ";")
        .replace("%3D", "=");
    let answer = unit
        .iter()
        .find(|m| m.is("200") && m.cseq().contains("INVITE"))
        .expect("a 200");
    let value = |name: &str| answer.get(name).expect("it has all").to_owned();
    let tag = |name: &str| value(name).split(";tag=").nth(1).expect("a tag").to_owned();
    // RFC 3891 section 3: the tags as the unit has them.
    for part in [
        format!("Replaces={}", value("Call-ID")),
        format!("to-tag={}", tag("To")),
        format!("from-tag={}", tag("From")),
    ] {
        assert!(to.contains(&part), "no {part} in {to}");
    }
    tells(
        &desk.kring.journal_until("ended"),
        &[
            "agent and 1500",
            "tries 1500 by REFER",
            "accepted 202",
            "caller and 1500",
            "ended      by Kring, transferred",
        ],
    );
}

/// It will not: kring joins the two itself.
#[test]
fn kring_joins_whom_the_pbx_does_not_join() {
    let desk = Desk::open(REFER, "");
    let refuses = |caller: Scenario| {
        hangs_up(
            caller
                .hears("REFER")
                .answers("501 Not Implemented", PLAIN, ""),
        )
    };
    let Three {
        talk,
        unit,
        unit_phone,
        ..
    } = desk.consults([&refuses, &is_hung_up, &is_hung_up]);
    desk.turns(&talk.id, "complete");
    talk.citizen.hears(&[UNIT]);
    unit.hears(&[CITIZEN]);
    talk.phone.finish();
    talk.caller.cue();
    talk.caller.finish();
    unit_phone.finish();
    tells(
        &desk.kring.journal_until("ended"),
        &[
            "tries 1500 by REFER",
            "tries 1500 by bridge",
            "caller and 1500",
            "ended      by Caller",
        ],
    );
}
