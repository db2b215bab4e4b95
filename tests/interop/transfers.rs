//! The citizen's PBX is asked by REFER: one that obeys, ones that refuse, one that says yes and nothing more.

use crate::{
    desk::{Desk, EXTENSION, hangs_up, is_hung_up, tells},
    parts::{CITIZEN, phone_answers},
    scenario::{PLAIN, Scenario},
    sipp::Sipp,
    talker,
};
use serde_json::json;

const REFER: &str = "transfer_method = \"refer\"";

/// A file of `interop/sipp` plays the PBX, and malee's phone is hung up on at the end.
fn with_pbx(desk: &Desk, file: &str, keys: &[(&str, &str)]) -> (Sipp, Sipp, String) {
    let phone = desk
        .kring
        .phone("phone", desk.phone_at, &phone_answers(100));
    let pbx = Sipp::pbx(
        desk.kring.folder.path(),
        file,
        desk.kring.sip,
        CITIZEN,
        keys,
    );
    let id = desk.call();
    let wanted = json!({"extension": EXTENSION, "note": "ถามเรื่องใบอนุญาต", "reason": "legal"});
    let transfer = desk.transfers(&id, &wanted);
    (pbx, phone, transfer)
}

/// 202, then 100, 180 and 200: the citizen is the PBX's, and malee's phone is hung up on.
#[test]
fn a_pbx_that_obeys_has_the_citizen() {
    let desk = Desk::open(REFER, "");
    let (pbx, phone, transfer) = with_pbx(&desk, "pbx_transfers.xml", &[]);
    let told = desk.transfer_until(&transfer, "answered");
    assert_eq!(told["sip_code"], 200, "{told}");
    assert_eq!(told["target"]["extension"], EXTENSION, "{told}");
    let ladder = pbx.finish();
    phone.finish();
    let refer = ladder.iter().find(|m| m.is("REFER")).expect("a REFER");
    let to = refer.get("Refer-To").expect("where to");
    assert!(
        to.contains(&format!("sip:1500@127.0.0.1:{}", desk.unit_at)),
        "{to}"
    );
    assert!(refer.get("Referred-By").is_some(), "{}", refer.text);
    let mark = refer.get("X-Kring-Call").expect("which call");
    assert!(mark.contains("note=\"ถามเรื่องใบอนุญาต\""), "{mark}");
    let journal = desk.kring.journal_until("ended      by Kring");
    tells(
        &journal,
        &[
            "malee transfers to 1500 by REFER",
            "accepted 202",
            "progress 100",
            "progress 180",
            "caller and 1500",
            "ended      by Kring, transferred",
        ],
    );
    assert_eq!(
        desk.kring.newest_call("state", "ended")["outcome"],
        "answered"
    );
}

/// It takes the citizen out of the call before it has said what became of them: its last word is waited for, and
/// no phone rings on.
#[test]
fn a_pbx_may_hang_up_before_the_last_notify() {
    let desk = Desk::open(REFER, "");
    let (pbx, phone, transfer) = with_pbx(&desk, "pbx_hangs_up_and_transfers.xml", &[]);
    let told = desk.transfer_until(&transfer, "answered");
    pbx.finish();
    phone.finish();
    assert_eq!(told["mode"], "blind", "{told}");
    let journal = desk.kring.journal_until("ended      by Kring");
    tells(
        &journal,
        &[
            "by REFER",
            "accepted 202",
            "caller and",
            "ended      by Kring, transferred",
        ],
    );
}

/// The extension is busy: the citizen, who never left, is back with malee.
#[test]
fn a_pbx_that_fails_leaves_the_citizen_with_the_agent() {
    for (failure, code, why) in [
        ("486 Busy Here", 486, "over, busy 486"),
        ("603 Decline", 603, "over, declined 603"),
    ] {
        let desk = Desk::open(REFER, "");
        let keys = [("failure", failure)];
        let phone = desk
            .kring
            .phone("phone", desk.phone_at, &phone_hangs_up_on_cue());
        let folder = desk.kring.folder.path();
        let file = "pbx_fails_to_transfer.xml";
        let pbx = Sipp::pbx(folder, file, desk.kring.sip, CITIZEN, &keys);
        let transfer = desk.transfers(&desk.call(), &json!({"extension": EXTENSION}));
        let told = desk.transfer_until(&transfer, "recalled");
        assert_eq!(told["sip_code"], code, "{told}");
        assert_eq!(desk.kring.newest_call("state", "talking")["agent"], "malee");
        phone.cue();
        pbx.finish();
        phone.finish();
        let journal = desk.kring.journal_until("ended      by Agent");
        tells(
            &journal,
            &["progress 180", why, "back with the agent", "ended"],
        );
    }
}

fn phone_hangs_up_on_cue() -> Scenario {
    hangs_up(crate::parts::phone_is_answered(100))
}

/// 202 and then nothing: after `wait_final_notify_s` the citizen is back.
#[test]
fn a_pbx_that_falls_silent_leaves_the_citizen_with_the_agent() {
    let desk = Desk::open(REFER, "wait_final_notify_s = 5");
    let phone = desk
        .kring
        .phone("phone", desk.phone_at, &phone_hangs_up_on_cue());
    let folder = desk.kring.folder.path();
    let pbx = Sipp::pbx(folder, "pbx_falls_silent.xml", desk.kring.sip, CITIZEN, &[]);
    let transfer = desk.transfers(&desk.call(), &json!({"extension": EXTENSION}));
    let told = desk.transfer_until(&transfer, "recalled");
    let took = told["elapsed_ms"].as_u64().expect("a number");
    assert!((4_900..7_000).contains(&took), "{told}");
    phone.cue();
    pbx.finish();
    phone.finish();
    let journal = desk.kring.journal_until("ended      by Agent");
    tells(
        &journal,
        &["accepted 202", "over, not_told, back with the agent"],
    );
}

/// The PBX does not transfer: the citizen hears music for a moment, and then malee again.
fn is_refused(status: &'static str, why: &str) {
    let desk = Desk::open(REFER, "");
    let refuses =
        move |caller: Scenario| hangs_up(caller.hears("REFER").answers(status, PLAIN, ""));
    let talk = desk.talks(&refuses, &is_hung_up);
    let transfer = desk.transfers(&talk.id, &json!({"extension": EXTENSION}));
    let told = desk.transfer_until(&transfer, "recalled");
    assert_eq!(
        told["sip_code"].to_string(),
        status[..3],
        "the PBX's own word"
    );
    talk.citizen.hears(&[talker::AGENT]);
    talk.agent.hears(&[talker::CITIZEN]);
    talk.caller.cue();
    talk.caller.finish();
    talk.phone.finish();
    talk.citizen.stop().assert_one_stream();
    let journal = desk.kring.journal_until("ended      by Caller");
    tells(&journal, &["by REFER", why, "back with the agent"]);
}

#[test]
fn a_pbx_that_forbids_transfers_keeps_the_citizen_with_the_agent() {
    is_refused("403 Forbidden", "over, declined 403");
}

#[test]
fn a_pbx_that_does_not_allow_refer_keeps_the_citizen_with_the_agent() {
    is_refused("405 Method Not Allowed", "over, failed 405");
}

/// 481 to a REFER is no end of the call, whatever RFC 3261 section 12.2.1.2 says.
#[test]
fn a_pbx_that_knows_no_call_keeps_the_citizen_with_the_agent() {
    is_refused("481 Call/Transaction Does Not Exist", "over, failed 481");
}

#[test]
fn a_pbx_that_does_not_know_refer_keeps_the_citizen_with_the_agent() {
    is_refused("501 Not Implemented", "over, failed 501");
}

#[test]
fn a_pbx_that_declines_keeps_the_citizen_with_the_agent() {
    is_refused("603 Decline", "over, declined 603");
}
