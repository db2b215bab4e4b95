//! Another codec in the middle of a call: what phone and caller are really offered and answered, and what
//! they hear of each other before and after.

use crate::{
    kring::{House, Kring, free_port},
    parts::{AGENT, CITIZEN, caller_is_answered, phone_answers, phone_is_answered},
    scenario::{PLAIN, Scenario, sdp, sdp_with},
    sipp::Logged,
    sound::Ear,
};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(5);

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

/// G.722 and nothing else to speak in.
fn g722(port: u16) -> String {
    let events = "a=rtpmap:101 telephone-event/8000";
    sdp_with(port, "9 101", &["a=rtpmap:9 G722/8000", events])
}

/// The message of this kind that was heard or sent as the `n`th, from 0.
#[track_caller]
fn nth<'a>(ladder: &'a [Logged], sent: bool, what: &str, n: usize) -> &'a Logged {
    let mut found = ladder.iter().filter(|m| m.sent == sent && m.is(what));
    found
        .nth(n)
        .unwrap_or_else(|| panic!("no {what} number {n} in {ladder:#?}"))
}

fn is_g722(message: &Logged) -> bool {
    message.text.contains(" RTP/AVP 9 101") && message.text.contains("a=rtpmap:9 G722/8000")
}

/// The caller changes to G.722: the phone is offered it, takes it, and both hear each other in it.
#[test]
fn a_codec_changed_by_the_caller_is_agreed_with_the_phone() {
    let (kring, at) = house("");
    let (mut citizen, mut agent) = (Ear::open(0x2a), Ear::open(0x6b));
    let phone = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .answers("200 OK", PLAIN, &sdp(agent.port))
        .hears("ACK")
        .hears("INVITE")
        .answers("200 OK", PLAIN, &g722(agent.port))
        .hears("ACK")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let phone = kring.phone("phone", at, &phone);
    let caller = Scenario::caller()
        .calls(PLAIN, &sdp(citizen.port))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("")
        .waits(1_500)
        .says("INVITE", PLAIN, &g722(citizen.port))
        .may_hear("100")
        .hears("200")
        .acks("")
        .waits(2_000)
        .says("BYE", PLAIN, "")
        .hears("200");
    let caller = kring.caller("caller", &caller);
    citizen.speak_to(&caller.wait_for(false, "200"));
    agent.speak_to(&phone.wait_for(false, "INVITE"));
    assert!(citizen.hears_codec(8, 20, SOON) >= 20, "PCMA before");
    assert!(agent.hears_codec(8, 20, SOON) >= 20, "PCMA before");
    phone.wait_for(false, "BYE_not_yet").text.clear();
    citizen.changes_to(9);
    agent.changes_to(9);
    let (caller, phone) = (caller.finish(), phone.finish());
    let _ = (caller, phone);
}
