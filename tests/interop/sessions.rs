//! Sessions that are kept alive or die (RFC 4028), keys told by INFO, headers that go along, and calls that
//! come back to where they began.

use crate::{
    kring::{House, Kring},
    parts::{AGENT, CITIZEN, caller_is_answered, phone_answers},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp},
    sipp::Logged,
    sound::Ear,
};
use std::time::Duration;

fn house(sip: &'static str) -> (Kring, u16) {
    let at = free_port();
    let (kring, _agents) = House {
        sip,
        seats: vec![("malee", format!("sip:malee@127.0.0.1:{at}"))],
        ..House::default()
    }
    .open();
    (kring, at)
}

fn played(
    sip: &'static str,
    caller: &Scenario,
    phone: &Scenario,
) -> (Kring, Vec<Logged>, Vec<Logged>) {
    let (kring, at) = house(sip);
    let phone = kring.phone("phone", at, phone);
    let caller = kring.caller("caller", caller).finish();
    (kring, caller, phone.finish())
}

fn answered_with(lines: &[&str]) -> Scenario {
    Scenario::caller()
        .calls(lines, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("")
}

#[track_caller]
fn first<'a>(ladder: &'a [Logged], sent: bool, what: &str) -> &'a Logged {
    let found = ladder.iter().find(|m| m.sent == sent && m.is(what));
    found.unwrap_or_else(|| panic!("no {what} in {ladder:#?}"))
}

/// An interval below 90 s is refused with the least that we take (RFC 4028 §5, §9).
#[test]
fn an_interval_too_small_gets_422() {
    let (kring, _) = house("");
    let caller = Scenario::caller()
        .calls(&["Supported: timer", "Session-Expires: 30"], &sdp(CITIZEN))
        .may_hear("100")
        .hears("422")
        .acks_refusal();
    let ladder = kring.caller("caller", &caller).finish();
    assert_eq!(first(&ladder, false, "422").get("Min-SE"), Some("90"));
}

/// The caller asks, and refreshes: kring's 200 agrees, and each refresh is answered.
#[test]
fn a_caller_who_refreshes_is_answered() {
    let timer = ["Supported: timer", "Session-Expires: 600;refresher=uac"];
    let caller = answered_with(&timer)
        .waits(200)
        .says("UPDATE", &timer, "")
        .hears("200")
        .waits(200)
        .says("BYE", PLAIN, "")
        .hears("200");
    let (_, ladder, _) = played("", &caller, &phone_answers(100));
    let settled = first(&ladder, false, "200")
        .get("Session-Expires")
        .unwrap_or_default();
    assert!(
        settled.starts_with("600") && settled.contains("refresher=uac"),
        "{settled}"
    );
    let refreshed = ladder
        .iter()
        .find(|m| m.is("200") && m.cseq() == "2 UPDATE");
    assert!(refreshed.expect("a 200").get("Session-Expires").is_some());
}

/// The caller wants us to refresh: we do, at half of the interval, by the method it allows.
#[test]
fn kring_refreshes_where_the_caller_wants_it_to() {
    let timer = [
        "Supported: timer",
        "Session-Expires: 90;refresher=uas",
        "Allow: INVITE, ACK, CANCEL, BYE, UPDATE",
    ];
    let caller = answered_with(&timer)
        .hears("UPDATE")
        .answers(
            "200 OK",
            &["Require: timer", "Session-Expires: 90;refresher=uac"],
            "",
        )
        .says("BYE", PLAIN, "")
        .hears("200");
    let (kring, ladder, _) = played("", &caller, &phone_answers(100));
    let (answered, refreshed) = (
        first(&ladder, false, "200"),
        first(&ladder, false, "UPDATE"),
    );
    let after = refreshed.at - answered.at;
    assert!((40.0..50.0).contains(&after), "refreshed after {after} s");
    assert!(
        refreshed.get("Session-Expires").is_some(),
        "{}",
        refreshed.text
    );
    assert_eq!(kring.newest_call("state", "ended")["ended_by"], "caller");
}

/// The caller was to refresh and is dead: kring hangs up before the interval is over, on both sides
/// (RFC 4028 §10).
#[test]
fn a_session_that_nobody_refreshes_ends() {
    let timer = ["Supported: timer", "Session-Expires: 90;refresher=uac"];
    let caller = answered_with(&timer)
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let (kring, ladder, _) = played("", &caller, &phone_answers(100));
    let (answered, ended) = (first(&ladder, false, "200"), first(&ladder, false, "BYE"));
    let after = ended.at - answered.at;
    assert!((55.0..90.0).contains(&after), "ended after {after} s");
    let call = kring.newest_call("state", "ended");
    assert_eq!(
        (&call["ended_by"], &call["cause"]),
        (&"caller".into(), &"lost".into())
    );
}

/// kring asks phones for a timer as configured, and does what they settle.
#[test]
fn phones_are_asked_for_a_session_timer() {
    let caller = caller_is_answered()
        .waits(200)
        .says("BYE", PLAIN, "")
        .hears("200");
    let (_, _, ladder) = played("session_timer_s = 600", &caller, &phone_answers(100));
    let invite = first(&ladder, false, "INVITE");
    let asked = invite.get("Session-Expires").unwrap_or_default();
    assert!(asked.starts_with("600"), "{}", invite.text);
    assert!(
        invite
            .get("Supported")
            .unwrap_or_default()
            .contains("timer"),
        "{}",
        invite.text
    );
}

/// A phone presses a key by INFO: the citizen hears the event of RFC 4733, once.
#[test]
fn a_key_by_info_reaches_the_citizen_as_an_event() {
    let (kring, at) = house("");
    let (citizen, mut agent) = (Ear::open(0x2a), Ear::open(0x6b));
    let presses = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .answers("200 OK", PLAIN, &sdp(agent.port))
        .hears("ACK")
        .waits(800)
        .says(
            "INFO",
            &["Content-Type: application/dtmf-relay"],
            "Signal=7\nDuration=200\n",
        )
        .hears("200")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let phone = kring.phone("phone", at, &presses);
    let caller = Scenario::caller()
        .calls(PLAIN, &sdp(citizen.port))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("")
        .waits(2_500)
        .says("BYE", PLAIN, "")
        .hears("200");
    let caller = kring.caller("caller", &caller);
    // The event takes the place of sound of the phone's that passes meanwhile.
    agent.speak_to(&phone.wait_for(false, "INVITE"));
    assert!(citizen.hears_key(7, Duration::from_secs(15)), "the key 7");
    caller.finish();
    phone.finish();
}

/// An INFO that is no key is refused, and the call goes on.
#[test]
fn an_info_of_another_kind_gets_415() {
    let caller = caller_is_answered()
        .says("INFO", &["Content-Type: text/plain"], "hello\n")
        .hears("415")
        .says("INFO", PLAIN, "")
        .hears("200")
        .says("BYE", PLAIN, "")
        .hears("200");
    played("", &caller, &phone_answers(100));
}

/// A package that nobody agreed on (RFC 6086 §4.2.2).
#[test]
fn an_info_package_gets_469() {
    let caller = caller_is_answered()
        .says("INFO", &["Info-Package: moon"], "")
        .hears("469")
        .says("BYE", PLAIN, "")
        .hears("200");
    played("", &caller, &phone_answers(100));
}

/// User-to-User goes to the phone by default (RFC 7433); other headers only when they are listed.
#[test]
fn listed_headers_go_to_the_phone() {
    let lines = [
        "User-to-User: 56a3;encoding=hex",
        "X-Case: 2569/14",
        "X-Secret: no",
    ];
    let caller = answered_with(&lines)
        .waits(200)
        .says("BYE", PLAIN, "")
        .hears("200");
    let sip = "pass_headers = [\"User-to-User\", \"X-Case\"]";
    let (_, _, ladder) = played(sip, &caller, &phone_answers(100));
    let invite = first(&ladder, false, "INVITE");
    assert_eq!(invite.get("User-to-User"), Some("56a3;encoding=hex"));
    assert_eq!(invite.get("X-Case"), Some("2569/14"));
    assert_eq!(invite.get("X-Secret"), None);
}

/// The PBX sends a call of ours back to us: it has our mark, and ends in 482.
#[test]
fn a_call_that_comes_back_gets_482() {
    let (kring, at) = house("");
    let phone = kring.phone(
        "phone",
        at,
        &Scenario::phone()
            .hears("INVITE")
            .answers("180 Ringing", PLAIN, "")
            .hears("CANCEL")
            .answers("200 OK", PLAIN, "")
            .answers_invite("487 Request Terminated", PLAIN, "")
            .hears("ACK"),
    );
    let caller = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .waits(2_500)
        .cancels(PLAIN)
        .hears("200")
        .hears("487")
        .acks_refusal();
    let caller = kring.caller("caller", &caller);
    let invite = phone.wait_for(false, "INVITE");
    let marks: Vec<String> = invite
        .text
        .lines()
        .filter(|line| line.starts_with("X-Kring") || line.starts_with("Via:"))
        .map(|line| line.trim_end().to_owned())
        .collect();
    let lines: Vec<&str> = marks.iter().map(String::as_str).collect();
    let back = Scenario::caller()
        .calls(&lines, &sdp(AGENT))
        .may_hear("100")
        .hears("482")
        .acks_refusal();
    kring.caller("back", &back).finish();
    caller.finish();
    phone.finish();
}

/// Why a side hung up is told to the other (RFC 3326).
#[test]
fn the_reason_of_a_bye_goes_on() {
    let caller = caller_is_answered()
        .waits(200)
        .says(
            "BYE",
            &["Reason: Q.850;cause=16;text=\"Normal call clearing\""],
            "",
        )
        .hears("200");
    let (_, _, ladder) = played("", &caller, &phone_answers(100));
    let bye = first(&ladder, false, "BYE");
    assert!(
        bye.get("Reason").unwrap_or_default().contains("cause="),
        "{}",
        bye.text
    );
}
