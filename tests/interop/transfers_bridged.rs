//! kring dials the unit itself and joins it with the citizen: sound both ways, without a gap that anybody would hear,
//! as one stream; and back to the agent when the unit cannot be had.

use crate::{
    baresip::Baresip,
    desk::{Desk, EXTENSION, Talk, hangs_up, is_hung_up, tells},
    scenario::{PLAIN, Scenario, sdp},
    talker::{self, Talker, first_heard},
};
use serde_json::json;
use std::time::Duration;

const TO_UNIT: &str =
    "{\"department_id\":\"TEST\",\"mode\":\"blind\",\"reason\":\"legal\",\"note\":\"ใบอนุญาต\"}";

fn wanted() -> serde_json::Value {
    serde_json::from_str(TO_UNIT).expect("JSON")
}

/// Citizen and unit hear each other as soon as the unit has answered, and malee writes the record.
#[test]
fn a_citizen_is_bridged_to_a_unit_without_a_gap() {
    let desk = Desk::open(
        "user_to_user = true",
        "record_link = \"https://kring.test/calls/{call}\"",
    );
    desk.department(3);
    let talk = desk.talks(&hangs_up, &is_hung_up);
    let mut unit = Talker::open(talker::UNIT);
    let lifts = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .waits(1_000)
        .answers("200 OK", PLAIN, &sdp(unit.port))
        .hears("ACK");
    let unit_phone = desk.kring.phone("unit", desk.unit_at, &is_hung_up(lifts));
    let transfer = desk.transfers(&talk.id, &wanted());
    // Whoever lifts the handset speaks at once.
    let invite = unit_phone.wait_for(false, "INVITE");
    unit.speak_to(&invite);
    talk.citizen.hears_music();
    let told = desk.transfer_until(&transfer, "answered");
    assert_eq!(
        told["target"],
        json!({"department": "TEST", "extension": EXTENSION})
    );
    talk.citizen.hears(&[talker::UNIT]);
    unit.hears(&[talker::CITIZEN]);
    talk.phone.finish();
    talk.caller.cue();
    talk.caller.finish();
    unit_phone.finish();

    assert!(
        invite.text.starts_with("INVITE sip:1500@"),
        "{}",
        invite.text
    );
    for (name, says) in [
        (
            "X-Kring-Call",
            format!(
                "{};record=\"https://kring.test/calls/{}\";note=\"ใบอนุญาต\"",
                talk.id, talk.id
            ),
        ),
        ("P-Asserted-Identity", "sip:0812345678@".to_owned()),
        ("From", "sip:0812345678@".to_owned()),
        ("Diversion", "sip:1203@".to_owned()),
        ("User-to-User", ";encoding=hex".to_owned()),
    ] {
        let line = invite
            .get(name)
            .unwrap_or_else(|| panic!("no {name} in\n{}", invite.text));
        assert!(line.contains(&says), "{name}: {line}");
    }
    let heard = talk.citizen.stop();
    heard.assert_one_stream();
    let joined = first_heard(&heard, talker::UNIT);
    let gap = heard.packets[joined]
        .at
        .saturating_sub(heard.packets[joined - 1].at);
    eprintln!("the gap at the join: {gap:?}");
    assert!(gap < Duration::from_millis(100), "{gap:?}");
    let journal = desk.kring.journal_until("ended      by Caller");
    tells(
        &journal,
        &[
            "malee transfers to TEST 1500 by bridge",
            "dialled    1500 by pbx",
            "progress 180",
            "caller and 1500",
            "wrap-up    malee",
            "ended      by Caller",
        ],
    );
}

/// A real phone as the unit: its own tone reaches the citizen, and it hangs up.
#[test]
fn a_citizen_is_bridged_to_baresip() {
    let desk = Desk::open("", "");
    let talk = desk.talks(&is_hung_up, &is_hung_up);
    let account = "<sip:1500@127.0.0.1>;regint=0;answermode=auto";
    let mut unit = Baresip::start(desk.kring.folder.path(), desk.unit_at, account);
    let transfer = desk.transfers(&talk.id, &json!({"extension": EXTENSION}));
    desk.transfer_until(&transfer, "answered");
    unit.wait_for("CALL_ESTABLISHED");
    talk.citizen.hears_only(440.0);
    talk.phone.finish();
    unit.tell("hangup", "");
    talk.caller.finish();
    let call = desk.kring.newest_call("state", "ended");
    assert_eq!(call["outcome"], "answered", "{call}");
    tells(
        &desk.kring.journal_until("ended"),
        &["caller and 1500", "ended      by Target"],
    );
}

/// The unit cannot be had: the citizen hears malee again, and she the citizen.
fn is_recalled(unit: &Scenario, code: u64, why: &str) {
    let desk = Desk::open("", "");
    desk.department(1);
    let talk = desk.talks(&hangs_up, &is_hung_up);
    let unit = desk.kring.phone("unit", desk.unit_at, unit);
    let transfer = desk.transfers(&talk.id, &wanted());
    let told = desk.transfer_until(&transfer, "recalled");
    if code > 0 {
        assert_eq!(told["sip_code"], code, "{told}");
    }
    unit.finish();
    hear_each_other(&talk);
    talk.caller.cue();
    talk.caller.finish();
    talk.phone.finish();
    talk.citizen.stop().assert_one_stream();
    tells(
        &desk.kring.journal_until("ended      by Caller"),
        &[
            "malee transfers to TEST 1500 by bridge",
            why,
            "back with the agent",
            "ended",
        ],
    );
}

fn hear_each_other(talk: &Talk) {
    talk.citizen.hears(&[talker::AGENT]);
    talk.agent.hears(&[talker::CITIZEN]);
}

fn refuses(status: &str) -> Scenario {
    Scenario::phone()
        .hears("INVITE")
        .answers(status, PLAIN, "")
        .hears("ACK")
}

#[test]
fn a_unit_that_is_busy_gives_the_citizen_back() {
    is_recalled(&refuses("486 Busy Here"), 486, "over, busy 486");
}

#[test]
fn a_unit_that_is_not_there_gives_the_citizen_back() {
    is_recalled(&refuses("404 Not Found"), 404, "over, failed 404");
}

#[test]
fn a_unit_that_does_not_answer_gives_the_citizen_back() {
    is_recalled(&crate::parts::phone_rings(), 0, "over, no_answer");
}

/// The citizen hangs up while the unit rings: it rings no more.
#[test]
fn a_citizen_may_hang_up_while_the_unit_rings() {
    let desk = Desk::open("", "recall_rings = 10");
    let talk = desk.talks(&hangs_up, &is_hung_up);
    let unit = desk
        .kring
        .phone("unit", desk.unit_at, &crate::parts::phone_rings());
    let transfer = desk.transfers(&talk.id, &json!({"extension": EXTENSION}));
    desk.transfer_until(&transfer, "ringing");
    talk.caller.cue();
    talk.caller.finish();
    unit.finish();
    talk.phone.finish();
    desk.transfer_until(&transfer, "failed");
    tells(
        &desk.kring.journal_until("ended"),
        &["over, caller_left", "ended      by Caller"],
    );
}
