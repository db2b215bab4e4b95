//! What happens within an answered call: hold, resume, sound that moves, refreshes, and the packets that
//! a network loses.

use crate::{
    kring::Kring,
    parts::{AGENT, CITIZEN, caller_is_answered, caller_talks, phone_answers, phone_is_answered},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp, sdp_that},
    sipp::Logged,
    sound::Ear,
};
use std::time::Duration;

/// One agent, a phone and a caller who play these; both ladders when all is over.
fn played(caller: &Scenario, phone: &Scenario) -> (Kring, Vec<Logged>, Vec<Logged>) {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = kring.phone("phone", at, phone);
    let caller = kring.caller("caller", caller).finish();
    (kring, caller, phone.finish())
}

/// What was heard in answer to the request with this CSeq.
#[track_caller]
fn answer<'a>(ladder: &'a [Logged], code: &str, cseq: &str) -> &'a Logged {
    ladder
        .iter()
        .find(|m| !m.sent && m.is(code) && m.cseq() == cseq)
        .unwrap_or_else(|| panic!("no {code} of {cseq} in {ladder:#?}"))
}

/// The caller holds and resumes: kring answers with the direction that fits (RFC 3264 §6.1, §8.4).
#[test]
fn a_caller_may_hold_and_resume() {
    let caller = caller_is_answered()
        .says("INVITE", PLAIN, &sdp_that(CITIZEN, "a=sendonly"))
        .may_hear("100")
        .hears("200")
        .acks("")
        .waits(300)
        .says("INVITE", PLAIN, &sdp_that(CITIZEN, "a=sendrecv"))
        .may_hear("100")
        .hears("200")
        .acks("")
        .waits(300)
        .says("BYE", PLAIN, "")
        .hears("200");
    let (kring, ladder, _) = played(&caller, &phone_answers(100));
    let held = answer(&ladder, "200", "2 INVITE");
    assert!(held.text.contains("a=recvonly"), "{}", held.text);
    let resumed = answer(&ladder, "200", "3 INVITE");
    assert!(!resumed.text.contains("only"), "{}", resumed.text);
    assert!(
        version(resumed) > version(held),
        "a changed description has a new version"
    );
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
}

/// The old way of hold, with the address 0.0.0.0 (RFC 3264 §8.4).
#[test]
fn a_caller_may_hold_the_old_way() {
    let zero = sdp(CITIZEN).replace("c=IN IP[media_ip_type] [media_ip]", "c=IN IP4 0.0.0.0");
    let caller = caller_is_answered()
        .says("INVITE", PLAIN, &zero)
        .may_hear("100")
        .hears("200")
        .acks("")
        .waits(200)
        .says("BYE", PLAIN, "")
        .hears("200");
    let (kring, _, _) = played(&caller, &phone_answers(100));
    assert_eq!(kring.newest_call("state", "ended")["ended_by"], "caller");
}

/// The agent's phone holds and resumes.
#[test]
fn a_phone_may_hold_and_resume() {
    let phone = phone_is_answered(100)
        .says("INVITE", PLAIN, &sdp_that(AGENT, "a=sendonly"))
        .may_hear("100")
        .hears("200")
        .acks("")
        .waits(300)
        .says("INVITE", PLAIN, &sdp_that(AGENT, "a=sendrecv"))
        .may_hear("100")
        .hears("200")
        .acks("")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let (_, _, ladder) = played(&caller_talks(1_500), &phone);
    let held = answer(&ladder, "200", "1 INVITE");
    assert!(held.text.contains("a=recvonly"), "{}", held.text);
    let resumed = answer(&ladder, "200", "2 INVITE");
    assert!(!resumed.text.contains("only"), "{}", resumed.text);
}

/// The caller's sound moves to another port in the middle of the call: the new ear hears the agent, and
/// the old one hears nobody.
#[test]
fn sound_follows_a_caller_who_moves() {
    const SPOKEN: u8 = 0x6b;
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let (old, new, mut agent) = (Ear::open(1), Ear::open(2), Ear::open(SPOKEN));
    let phone = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .answers("200 OK", PLAIN, &sdp(agent.port))
        .hears("ACK")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let phone = kring.phone("phone", at, &phone);
    let caller = Scenario::caller()
        .calls(PLAIN, &sdp(old.port))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("")
        .waits(800)
        .says("INVITE", PLAIN, &sdp(new.port))
        .may_hear("100")
        .hears("200")
        .acks("")
        .waits(1_500)
        .says("BYE", PLAIN, "")
        .hears("200");
    let caller = kring.caller("caller", &caller);
    agent.speak_to(&phone.wait_for(false, "INVITE"));
    assert!(
        old.hears(SPOKEN, 5, Duration::from_secs(10)) >= 5,
        "before the move"
    );
    assert!(
        new.hears(SPOKEN, 10, Duration::from_secs(10)) >= 10,
        "after the move"
    );
    // What was on its way is drained first.
    old.hears(SPOKEN, u32::MAX, Duration::from_millis(100));
    assert_eq!(
        old.hears(SPOKEN, 1, Duration::from_millis(300)),
        0,
        "the old ear is deaf"
    );
    caller.finish();
    phone.finish();
}

/// Asterisk refreshes sessions so (RFC 4028 §7.4).
#[test]
fn an_update_without_a_description_is_a_refresh() {
    let caller = caller_is_answered()
        .says("UPDATE", PLAIN, "")
        .hears("200")
        .waits(200)
        .says("BYE", PLAIN, "")
        .hears("200");
    let (_, ladder, _) = played(&caller, &phone_answers(100));
    let refreshed = answer(&ladder, "200", "2 UPDATE");
    assert!(refreshed.get("Contact").is_some(), "{}", refreshed.text);
}

#[test]
fn an_update_may_hold() {
    let caller = caller_is_answered()
        .says("UPDATE", PLAIN, &sdp_that(CITIZEN, "a=sendonly"))
        .hears("200")
        .waits(200)
        .says("BYE", PLAIN, "")
        .hears("200");
    let (_, ladder, _) = played(&caller, &phone_answers(100));
    let held = answer(&ladder, "200", "2 UPDATE");
    assert!(held.text.contains("a=recvonly"), "{}", held.text);
}

/// The caller makes no offer: kring's 200 does, and the ACK answers (RFC 3261 §13.2.1). Sound flows.
#[test]
fn a_late_offer_is_answered_in_the_ack() {
    const SPOKEN: u8 = 0x6b;
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let (citizen, mut agent) = (Ear::open(1), Ear::open(SPOKEN));
    let phone = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .answers("200 OK", PLAIN, &sdp(agent.port))
        .hears("ACK")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let phone = kring.phone("phone", at, &phone);
    let caller = Scenario::caller()
        .calls(PLAIN, "")
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks(&sdp(citizen.port))
        .waits(1_500)
        .says("BYE", PLAIN, "")
        .hears("200");
    let caller = kring.caller("caller", &caller);
    agent.speak_to(&phone.wait_for(false, "INVITE"));
    assert!(citizen.hears(SPOKEN, 10, Duration::from_secs(10)) >= 10);
    let ladder = caller.finish();
    let offer = answer(&ladder, "200", "1 INVITE");
    assert!(offer.text.contains("m=audio"), "{}", offer.text);
    phone.finish();
}

/// A re-INVITE without an offer asks for ours (RFC 3261 §14.2).
#[test]
fn a_reinvite_without_an_offer_gets_one() {
    let caller = caller_is_answered()
        .says("INVITE", PLAIN, "")
        .may_hear("100")
        .hears("200")
        .acks(&sdp(CITIZEN))
        .waits(200)
        .says("BYE", PLAIN, "")
        .hears("200");
    let (_, ladder, _) = played(&caller, &phone_answers(100));
    let offer = answer(&ladder, "200", "2 INVITE");
    assert!(offer.text.contains("m=audio"), "{}", offer.text);
}

/// A change to a codec that the phone does not speak is refused, and the call stays as it was.
#[test]
fn a_change_that_cannot_be_had_gets_488_and_the_call_goes_on() {
    let ilbc = sdp(CITIZEN)
        .replace("8 101", "97 101")
        .replace("8 PCMA", "97 iLBC");
    let caller = caller_is_answered()
        .says("INVITE", PLAIN, &ilbc)
        .may_hear("100")
        .hears("488")
        .acks_refusal()
        .waits(300)
        .says("BYE", PLAIN, "")
        .hears("200");
    let (kring, _, _) = played(&caller, &phone_answers(100));
    let call = kring.newest_call("state", "ended");
    assert_eq!(
        (&call["ended_by"], &call["outcome"]),
        (&"caller".into(), &"answered".into())
    );
}

/// A re-INVITE before the ACK of the first: 491, the caller tries again later (RFC 3261 §14.2).
#[test]
fn a_reinvite_before_the_ack_gets_491() {
    let caller = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .says_once("INVITE", PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("491")
        .acks_refusal()
        .acks_number(1)
        .waits(200)
        .says("BYE", PLAIN, "")
        .hears("200");
    let (kring, _, _) = played(&caller, &phone_answers(300));
    assert_eq!(kring.newest_call("state", "ended")["ended_by"], "caller");
}

/// A request with a number that was used already is out of order (RFC 3261 §12.2.2).
#[test]
fn a_request_out_of_order_gets_500() {
    let caller = caller_is_answered()
        .says("UPDATE", PLAIN, "")
        .hears("200")
        .says_numbered("INFO", 2)
        .hears("500")
        .says("BYE", PLAIN, "")
        .hears("200");
    played(&caller, &phone_answers(100));
}

/// PRACK of nothing.
#[test]
fn a_prack_of_nothing_gets_481() {
    let caller = caller_is_answered()
        .says("PRACK", &["RAck: 1 1 INVITE"], "")
        .hears("481")
        .says("BYE", PLAIN, "")
        .hears("200");
    played(&caller, &phone_answers(100));
}

/// A demand within the call that nobody can meet.
#[test]
fn a_demand_within_the_call_gets_420() {
    let caller = caller_is_answered()
        .says("INVITE", &["Require: precondition"], &sdp(CITIZEN))
        .may_hear("100")
        .hears("420")
        .acks_refusal()
        .says("BYE", PLAIN, "")
        .hears("200");
    let (_, ladder, _) = played(&caller, &phone_answers(100));
    let refused = answer(&ladder, "420", "2 INVITE");
    assert_eq!(refused.get("Unsupported"), Some("precondition"));
}

/// The caller's ACK is lost and comes late: kring has repeated its 200 meanwhile, and the call lives.
#[test]
fn a_lost_ack_is_waited_for() {
    let caller = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .waits(1_800)
        .acks("")
        .waits(700)
        .says("BYE", PLAIN, "")
        .hears("200");
    let (kring, ladder, _) = played(&caller, &phone_answers(100));
    let copies = ladder
        .iter()
        .filter(|m| !m.sent && m.is("200") && m.cseq() == "1 INVITE");
    assert!(copies.count() >= 3, "sent at 0, 0.5 and 1.5 s: {ladder:#?}");
    assert_eq!(kring.newest_call("state", "ended")["ended_by"], "caller");
}

/// The caller hangs up without ever confirming: a UAC may not, and some do (RFC 3261 §15).
#[test]
fn a_bye_without_an_ack_ends_the_call() {
    let caller = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .waits(200)
        .says("BYE", PLAIN, "")
        .hears("200");
    let (kring, _, _) = played(&caller, &phone_answers(100));
    let call = kring.newest_call("state", "ended");
    assert_eq!(
        (&call["ended_by"], &call["cause"]),
        (&"caller".into(), &"bye".into())
    );
}

/// OPTIONS within a call asks whether it lives (RFC 5057 §5.4).
#[test]
fn options_within_a_call_says_that_it_lives() {
    let caller = caller_is_answered()
        .says("OPTIONS", PLAIN, "")
        .hears("200")
        .says("BYE", PLAIN, "")
        .hears("200")
        .says("OPTIONS", PLAIN, "")
        .hears("481");
    played(&caller, &phone_answers(100));
}

/// SIPp throws away one message in seven, both ways: the call is answered and ended all the same.
#[test]
fn calls_survive_a_network_that_loses_packets() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = kring.phone("phone", at, &phone_answers(100));
    let lossy = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .may_hear("180")
        .hears("200")
        .acks("")
        .waits(500)
        .says("BYE", PLAIN, "")
        .hears("200");
    kring
        .caller_that("caller", &["-lost", "15"], &lossy)
        .finish();
    phone.finish();
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
}

/// The version of the session description (RFC 4566 §5.2).
fn version(message: &Logged) -> u64 {
    let line = message
        .text
        .lines()
        .find_map(|line| line.strip_prefix("o="));
    line.and_then(|line| line.split(' ').nth(2)?.parse().ok())
        .unwrap_or_else(|| panic!("no version in {}", message.text))
}
