//! Provisional responses that are not to be lost (RFC 3262): a PBX that demands them, and phones that give them.

use crate::{
    kring::Kring,
    parts::{AGENT, CITIZEN, caller_talks, phone_answers, phone_rings},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp},
    sipp::Logged,
};

fn house() -> (Kring, u16) {
    let at = free_port();
    (Kring::with_agents("", &[("malee", at)]).0, at)
}

fn heard<'a>(ladder: &'a [Logged], what: &str) -> Vec<&'a Logged> {
    let heard = ladder.iter().filter(|m| !m.sent && m.is(what));
    heard.collect()
}

/// `Require: 100rel`: the 180 has a number, comes again until its PRACK, and the 200 waits for none.
#[test]
fn a_caller_who_demands_it_gets_a_reliable_180() {
    let (kring, at) = house();
    let phone = kring.phone("phone", at, &phone_answers(2_500));
    let caller = Scenario::caller()
        .calls(&["Require: 100rel"], &sdp(CITIZEN))
        .may_hear("100")
        .hears_reliable("180")
        .waits(1_200)
        .says("PRACK", &["RAck: [$rseq] 1 INVITE"], "")
        .hears("200")
        .hears("200")
        .acks("")
        .waits(200)
        .says_numbered("BYE", 3)
        .hears("200");
    let ladder = kring.caller("caller", &caller).finish();
    phone.finish();
    let ringing = heard(&ladder, "180");
    assert!(ringing.len() >= 2, "it comes again: {ladder:#?}");
    assert_eq!(ringing[0].get("Require"), Some("100rel"));
    assert_eq!(ringing[0].get("RSeq"), ringing[1].get("RSeq"));
    let last = ringing.last().expect("it rang");
    let prack = ladder.iter().find(|m| m.sent && m.is("PRACK"));
    assert!(
        last.at <= prack.expect("it is said").at + 0.5,
        "{ladder:#?}"
    );
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
}

/// A PRACK of another number is none (RFC 3262 §3), and the right one is still waited for.
#[test]
fn a_prack_of_another_number_gets_481() {
    let (kring, at) = house();
    let phone = kring.phone("phone", at, &phone_answers(1_500));
    let caller = Scenario::caller()
        .calls(&["Require: 100rel"], &sdp(CITIZEN))
        .may_hear("100")
        .hears_reliable("180")
        .says("PRACK", &["RAck: 4711 1 INVITE"], "")
        .hears("481")
        .says("PRACK", &["RAck: [$rseq] 1 INVITE"], "")
        .hears("200")
        .hears("200")
        .acks("")
        .says("BYE", PLAIN, "")
        .hears("200");
    kring.caller("caller", &caller).finish();
    phone.finish();
}

/// A phone that rings reliably is told so, and answers.
#[test]
fn a_phone_that_rings_reliably_gets_its_prack() {
    let (kring, at) = house();
    let phone = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", &["Require: 100rel", "RSeq: 4711"], "")
        .hears("PRACK")
        .answers("200 OK", PLAIN, "")
        .waits(300)
        .answers_invite("200 OK", PLAIN, &sdp(AGENT))
        .hears("ACK")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let phone = kring.phone("phone", at, &phone);
    let caller = caller_talks(300);
    kring.caller("caller", &caller).finish();
    let ladder = phone.finish();
    let invite = heard(&ladder, "INVITE")[0];
    assert!(
        invite
            .get("Supported")
            .unwrap_or_default()
            .contains("100rel")
    );
    let number = invite.cseq().split(' ').next().expect("a number");
    let prack = heard(&ladder, "PRACK");
    let wanted = format!("4711 {number} INVITE");
    assert_eq!(prack[0].get("RAck"), Some(wanted.as_str()));
    assert_eq!(prack.len(), 1, "{ladder:#?}");
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
}

/// Its early description is the answer to the offer: sound is agreed with the PRACK, and the 200 needs none.
#[test]
fn a_phone_with_reliable_early_media_is_answered_by_it() {
    let (kring, at) = house();
    let early = ["Require: 100rel", "RSeq: 1"];
    let phone = Scenario::phone()
        .hears("INVITE")
        .answers("183 Session Progress", &early, &sdp(AGENT))
        .hears("PRACK")
        .answers("200 OK", PLAIN, "")
        .waits(300)
        .answers_invite("200 OK", PLAIN, "")
        .hears("ACK")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let phone = kring.phone("phone", at, &phone);
    let caller = caller_talks(300);
    kring.caller("caller", &caller).finish();
    phone.finish();
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
}

/// The caller gives up before the PRACK: the phone is told, and nothing waits.
#[test]
fn a_caller_may_give_up_before_the_prack() {
    let (kring, at) = house();
    let phone = kring.phone("phone", at, &phone_rings());
    let caller = Scenario::caller()
        .calls(&["Require: 100rel"], &sdp(CITIZEN))
        .may_hear("100")
        .hears_reliable("180")
        .cancels(PLAIN)
        .hears("200")
        .hears("487")
        .acks_refusal();
    kring.caller("caller", &caller).finish();
    phone.finish();
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "abandoned");
}
