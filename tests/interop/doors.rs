//! Requests that make no call: what is not understood, not allowed, or not for us is refused with the
//! code that tells its sender why, and no phone rings.

use crate::{
    kring::{House, Kring},
    parts::{AGENT, CITIZEN, caller_talks, phone_answers},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp, sdp_with},
    sipp::Logged,
};
use std::net::UdpSocket;

/// Plays one request that gets this code; no phone may ring and no call may be on record.
fn refused(scenario: Scenario, code: &str) -> Logged {
    let at = free_port();
    let phone = UdpSocket::bind(("127.0.0.1", at)).expect("the phone's port");
    phone.set_nonblocking(true).expect("a socket");
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let ladder = kring.caller("caller", &scenario).finish();
    assert!(
        phone.recv_from(&mut [0; 2_000]).is_err(),
        "the phone was rung"
    );
    let calls = kring.get("/api/v1/calls");
    assert!(calls.body.contains("\"items\":[]"), "{calls:?}");
    let answer = ladder.iter().find(|m| !m.sent && m.is(code));
    answer
        .unwrap_or_else(|| panic!("no {code} in {ladder:#?}"))
        .clone()
}

/// A request outside of dialogs that gets this code.
fn asked(method: &str, lines: &[&str], code: &str) -> Logged {
    refused(Scenario::caller().asks(method, lines, "").hears(code), code)
}

/// A call that is refused with this code.
fn called(lines: &[&str], body: &str, code: &str) -> Logged {
    let scenario = Scenario::caller()
        .calls(lines, body)
        .may_hear("100")
        .hears(code)
        .acks_refusal();
    refused(scenario, code)
}

#[track_caller]
fn assert_says(answer: &Logged, name: &str, words: &[&str]) {
    let value = answer.get(name).unwrap_or_default();
    for word in words {
        assert!(
            value.contains(word),
            "{name}: {word} is missing in\n{}",
            answer.text
        );
    }
}

#[test]
fn options_tells_what_kring_can_do() {
    let (kring, _agents) = Kring::with_agents("", &[("malee", free_port())]);
    let pings = Scenario::caller().asks("OPTIONS", PLAIN, "").hears("200");
    let ladder = kring.caller("caller", &pings).finish();
    let answer = ladder.iter().find(|m| m.is("200")).expect("a 200");
    assert_says(
        answer,
        "Allow",
        &["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "UPDATE"],
    );
    assert_says(answer, "Accept", &["application/sdp"]);
}

#[test]
fn message_gets_405_with_the_methods_that_are_allowed() {
    let answer = asked("MESSAGE", PLAIN, "405");
    assert_says(&answer, "Allow", &["INVITE", "BYE"]);
}

#[test]
fn an_unknown_method_gets_501() {
    let answer = asked("DANCE", PLAIN, "501");
    assert_says(&answer, "Allow", &["INVITE"]);
}

#[test]
fn a_demand_that_nobody_can_meet_gets_420() {
    let answer = called(&["Require: teleportation"], &sdp(CITIZEN), "420");
    assert_says(&answer, "Unsupported", &["teleportation"]);
}

#[test]
fn a_body_of_another_kind_gets_415() {
    let answer = called(&["Content-Type: text/html"], "<p>สวัสดี</p>\n", "415");
    assert_says(&answer, "Accept", &["application/sdp"]);
}

#[test]
fn a_compressed_body_gets_415() {
    let answer = called(&["Content-Encoding: gzip"], &sdp(CITIZEN), "415");
    assert_says(&answer, "Accept-Encoding", &["identity"]);
}

#[test]
fn a_caller_who_cannot_read_sdp_gets_406() {
    called(&["Accept: text/plain"], &sdp(CITIZEN), "406");
}

#[test]
fn a_call_without_hops_to_spare_gets_483() {
    let uri = "sip:[service]@[remote_ip]:[remote_port]";
    let scenario = Scenario::caller()
        .calls_at(uri, &["Max-Forwards: 0"], &sdp(CITIZEN))
        .may_hear("100")
        .hears("483")
        .acks_refusal();
    refused(scenario, "483");
}

#[test]
fn a_uri_of_another_scheme_gets_416() {
    let scenario = Scenario::caller()
        .calls_at(
            "mailto:desk@rayong.example",
            &["Max-Forwards: 70"],
            &sdp(CITIZEN),
        )
        .may_hear("100")
        .hears("416")
        .acks_refusal();
    refused(scenario, "416");
}

#[test]
fn an_sdp_that_is_none_gets_400() {
    called(PLAIN, "v=0\nthis is no description\n", "400");
}

#[test]
fn a_codec_that_nobody_speaks_gets_488() {
    called(
        PLAIN,
        &sdp_with(CITIZEN, "96", &["a=rtpmap:96 iLBC/8000"]),
        "488",
    );
}

#[test]
fn video_alone_gets_488() {
    let video = sdp(CITIZEN).replace("m=audio", "m=video");
    called(PLAIN, &video, "488");
}

/// A request that claims to belong to a dialog that is none.
#[test]
fn an_unknown_dialog_gets_481() {
    for method in ["BYE", "INFO", "UPDATE"] {
        let message = format!(
            "{method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n\
             Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n\
             From: <sip:0812345678@[local_ip]>;tag=c1\nTo: <sip:1203@[remote_ip]>;tag=0123456789abcdef\n\
             Call-ID: [call_id]\nCSeq: 7 {method}\nMax-Forwards: 70\nContent-Length: 0\n"
        );
        let scenario = Scenario::caller().sends(&message).hears("481");
        refused(scenario, "481");
    }
}

/// The same INVITE by two ways at once: a fork before us (RFC 3261 §8.2.2.2).
#[test]
fn a_merged_invite_gets_482() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = kring.phone("phone", at, &phone_answers(800));
    let message = format!(
        "INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n\
         Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK-the-other-way\n\
         From: \"Citizen\" <sip:0812345678@[local_ip]:[local_port]>;tag=c1\n\
         To: <sip:[service]@[remote_ip]:[remote_port]>\nCall-ID: [call_id]\nCSeq: 1 INVITE\n\
         Contact: <sip:0812345678@[local_ip]:[local_port]>\nMax-Forwards: 69\n\
         Content-Type: application/sdp\nContent-Length: [len]\n\n{}",
        sdp(CITIZEN)
    );
    let ack = "ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n\
         Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK-the-other-way\n\
         From: \"Citizen\" <sip:0812345678@[local_ip]:[local_port]>;tag=c1\n\
         To: [$to]\nCall-ID: [call_id]\nCSeq: 1 ACK\nMax-Forwards: 69\nContent-Length: 0\n";
    let caller = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .sends_beside(&message)
        .hears("482")
        .sends_beside(ack)
        .hears("200")
        .acks("")
        .waits(300)
        .says("BYE", PLAIN, "")
        .hears("200");
    kring.caller("caller", &caller).finish();
    phone.finish();
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
}

/// More calls a second than configured: 503 with the time after which to try again, and the callers
/// within the bound are served.
#[test]
fn calls_above_the_rate_get_503_with_retry_after() {
    let at = free_port();
    let (kring, _agents) = House {
        sip: "max_cps = 1",
        seats: vec![("malee", format!("sip:malee@127.0.0.1:{at}"))],
        ..House::default()
    }
    .open();
    let phone = kring.phone("phone", at, &phone_answers(1_500));
    let served = kring.caller("served", &caller_talks(300));
    served.wait_for(false, "180");
    let over = Scenario::caller()
        .calls(PLAIN, &sdp(AGENT))
        .may_hear("100")
        .hears("503")
        .acks_refusal();
    let ladder = kring.caller("over", &over).finish();
    let refused = ladder.iter().find(|m| m.is("503")).expect("a 503");
    let seconds: u32 = refused
        .get("Retry-After")
        .and_then(|text| text.parse().ok())
        .expect("when to try again");
    assert!((1..=600).contains(&seconds), "{seconds}");
    served.finish();
    phone.finish();
}

/// A number that leads to no queue.
#[test]
fn a_number_that_is_nobodys_gets_404() {
    let at = free_port();
    let queue = "[[queue]]\nname = \"support\"\ndid = [\"038611025\"]\n";
    let (kring, _agents) = Kring::with_agents(queue, &[("malee", at)]);
    let caller = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("404")
        .acks_refusal();
    kring.caller("caller", &caller).finish();
    let calls = kring.get("/api/v1/calls");
    assert!(calls.body.contains("\"items\":[]"), "{calls:?}");
}
