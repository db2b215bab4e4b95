//! Callers who change their mind, at each stage of a call, and phones that hear of it.

use crate::{
    kring::Kring,
    parts::{AGENT, CITIZEN, caller_is_answered, phone_answers, phone_rings},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp},
};

/// What a caller does who cancels after so long.
fn caller_cancels(after_ms: u32, lines: &[&str]) -> Scenario {
    Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .waits(after_ms)
        .cancels(lines)
        .hears("200")
        .hears("487")
        .acks_refusal()
}

/// The phone has not said a word when the caller gives up. A CANCEL may not be sent yet (RFC 3261
/// §9.1): it follows the phone's first response at once.
#[test]
fn a_cancel_waits_for_the_phones_first_word() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = kring.phone(
        "phone",
        at,
        &Scenario::phone()
            .hears("INVITE")
            .waits(1_200)
            .answers("180 Ringing", PLAIN, "")
            .hears("CANCEL")
            .answers("200 OK", PLAIN, "")
            .answers_invite("487 Request Terminated", PLAIN, "")
            .hears("ACK"),
    );
    kring.caller("caller", &caller_cancels(200, PLAIN)).finish();
    let ladder = phone.finish();
    let rang = ladder
        .iter()
        .find(|m| m.sent && m.is("180"))
        .expect("a 180");
    let told = ladder.iter().find(|m| m.is("CANCEL")).expect("a CANCEL");
    assert!(told.at - rang.at < 0.2, "{} s later", told.at - rang.at);
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "abandoned");
}

/// The phone has only said 100: CANCEL goes out, and the phone may not have rung at all.
#[test]
fn a_cancel_after_100_is_sent_at_once() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = kring.phone(
        "phone",
        at,
        &Scenario::phone()
            .hears("INVITE")
            .answers("100 Trying", PLAIN, "")
            .hears("CANCEL")
            .answers("200 OK", PLAIN, "")
            .answers_invite("487 Request Terminated", PLAIN, "")
            .hears("ACK"),
    );
    kring.caller("caller", &caller_cancels(400, PLAIN)).finish();
    phone.finish();
    let journal = kring.journal_until("abandoned");
    assert!(!journal.contains("alerting"), "{journal}");
}

/// The phone answers CANCEL, and sends its 487 only later: the agent is engaged until it does, and the
/// next call waits for it or goes to somebody else.
#[test]
fn a_late_487_is_acknowledged() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = kring.phone(
        "phone",
        at,
        &Scenario::phone()
            .hears("INVITE")
            .answers("180 Ringing", PLAIN, "")
            .hears("CANCEL")
            .answers("200 OK", PLAIN, "")
            .waits(1_500)
            .answers_invite("487 Request Terminated", PLAIN, "")
            .hears("ACK"),
    );
    kring.caller("caller", &caller_cancels(300, PLAIN)).finish();
    phone.finish();
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "abandoned");
}

/// The caller's CANCEL crosses kring's 200: the CANCEL is answered and changes nothing (RFC 3261
/// §9.2); the caller confirms and hangs up.
#[test]
fn a_cancel_that_crosses_the_200_changes_nothing() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = kring.phone("phone", at, &phone_answers(300));
    let caller = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .cancels(PLAIN)
        .hears("200")
        .acks("")
        .waits(300)
        .says("BYE", PLAIN, "")
        .hears("200");
    let ladder = kring.caller("caller", &caller).finish();
    phone.finish();
    let said: Vec<&str> = ladder
        .iter()
        .filter(|m| m.is("200"))
        .map(|m| m.cseq())
        .collect();
    assert!(said.contains(&"1 CANCEL"), "{said:?}");
    let call = kring.newest_call("state", "ended");
    assert_eq!(
        (&call["outcome"], &call["ended_by"]),
        (&"answered".into(), &"caller".into())
    );
}

/// A CANCEL for a call that never was.
#[test]
fn a_cancel_of_nothing_gets_481() {
    let (kring, _agents) = Kring::with_agents("", &[("malee", free_port())]);
    let caller = Scenario::caller().asks("CANCEL", PLAIN, "").hears("481");
    kring.caller("caller", &caller).finish();
}

/// The phone's 200 crosses the CANCEL while the caller is gone: ACK, then BYE, and the phone's late
/// BYE of its own is answered too.
#[test]
fn a_phone_that_answers_into_the_cancel_is_hung_up() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = kring.phone(
        "phone",
        at,
        &Scenario::phone()
            .hears("INVITE")
            .answers("180 Ringing", PLAIN, "")
            .hears("CANCEL")
            .answers_invite("200 OK", PLAIN, &sdp(AGENT))
            .hears("ACK")
            .hears("BYE")
            .answers("200 OK", PLAIN, ""),
    );
    kring.caller("caller", &caller_cancels(300, PLAIN)).finish();
    let ladder = phone.finish();
    let bye = ladder.iter().find(|m| m.is("BYE")).expect("a BYE");
    assert!(bye.get("Reason").is_some(), "{}", bye.text);
    kring.journal_until("lost race  malee, the call was over");
}

/// BYE instead of CANCEL before the answer: allowed to the caller (RFC 3261 §15), and the same to us.
#[test]
fn a_bye_before_the_answer_gives_up() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = kring.phone("phone", at, &phone_rings());
    let caller = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .waits(300)
        .says("BYE", PLAIN, "")
        .hears("200")
        .hears("487")
        .acks_refusal();
    kring.caller("caller", &caller).finish();
    phone.finish();
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "abandoned");
}

/// Both ends hang up at once: each BYE is answered 200, and the call has one end.
#[test]
fn two_byes_that_cross_are_both_answered() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .answers("200 OK", PLAIN, &sdp(AGENT))
        .hears("ACK")
        .hears("BYE")
        .says_once("BYE", PLAIN, "")
        .hears("200")
        .answers_to("BYE", "200 OK", PLAIN, "");
    let phone = kring.phone("phone", at, &phone);
    let caller = caller_is_answered()
        .waits(300)
        .says("BYE", PLAIN, "")
        .hears("200");
    kring.caller("caller", &caller).finish();
    phone.finish();
    kring.newest_call("state", "ended");
    let journal = kring.journal_until("ended");
    assert_eq!(journal.matches("ended ").count(), 1, "{journal}");
}
