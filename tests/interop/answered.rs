//! Calls that somebody answers.

use crate::{
    kring::Kring,
    ports::free_port,
    sipp::Sipp,
    sound::{Ear, packet, sdp_port},
};
use std::{net::UdpSocket, time::Duration};

const CITIZEN: u8 = 0x2a;
const AGENT: u8 = 0x6b;
const STRANGER: u8 = 0x11;

/// Ring, answer, sound both ways through kring, BYE from the caller; and a stranger who sends to the
/// same ports is heard by nobody, before and after.
#[test]
fn an_answered_call_has_sound_both_ways_and_no_strangers() {
    let phone_port = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", phone_port)]);
    let (mut citizen, mut agent) = (Ear::open(CITIZEN), Ear::open(AGENT));
    let phone = Sipp::phone(
        kring.folder.path(),
        "phone_answers.xml",
        phone_port,
        agent.port,
    );
    let caller = Sipp::caller(
        kring.folder.path(),
        "caller_hangs_up.xml",
        kring.sip,
        citizen.port,
    );

    let answer = caller.wait_for(false, "200");
    let invite = phone.wait_for(false, "INVITE");
    let stranger = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let (to_caller_side, to_agent_side) = (sdp_port(&answer.text), sdp_port(&invite.text));
    let intrude = || {
        for n in 0..20 {
            for port in [to_caller_side, to_agent_side] {
                stranger
                    .send_to(&packet(n, STRANGER), ("127.0.0.1", port))
                    .expect("loopback");
            }
        }
    };
    intrude();
    citizen.speak_to(&answer);
    agent.speak_to(&invite);
    assert!(
        citizen.hears(AGENT, 25, Duration::from_secs(10)) >= 25,
        "the citizen hears the agent"
    );
    assert!(
        agent.hears(CITIZEN, 25, Duration::from_secs(10)) >= 25,
        "the agent hears the citizen"
    );
    intrude();
    let quarter = Duration::from_millis(250);
    assert_eq!(
        citizen.hears(STRANGER, 1, quarter),
        0,
        "no stranger at the citizen's ear"
    );
    assert_eq!(
        agent.hears(STRANGER, 1, quarter),
        0,
        "no stranger at the agent's ear"
    );

    caller.finish();
    phone.finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(call["outcome"], "answered", "{call}");
    assert_eq!(call["result"], "within", "{call}");
    assert_eq!(call["rings"], 1, "{call}");
    assert_eq!(call["agent"], "malee", "{call}");
    assert_eq!(call["ended_by"], "caller", "{call}");
    let journal = kring.journal_until("heard      Agent");
    for line in [
        "offered",
        "ring       1",
        "invited    malee",
        "alerting   malee",
        "answered   malee",
        "media      from Caller",
        "media      from Agent",
        "ended      by Caller",
        "wrap-up    malee",
        "40 from strangers dropped",
    ] {
        assert!(journal.contains(line), "no {line:?} in\n{journal}");
    }
    let metrics = kring.metrics_until("kring_ring_rule_total{queue=\"main\",result=\"within\"} 1");
    assert!(
        metrics.contains("kring_calls_total{direction=\"inbound\",outcome=\"answered\"} 1"),
        "{metrics}"
    );
    assert!(
        metrics.contains("kring_call_rings_bucket{le=\"1\"} 1"),
        "{metrics}"
    );
    kring.verify_journal();
}

#[test]
fn the_agent_may_hang_up_first() {
    let phone_port = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", phone_port)]);
    let phone = Sipp::phone(
        kring.folder.path(),
        "phone_hangs_up.xml",
        phone_port,
        30_000,
    );
    let caller = Sipp::caller(kring.folder.path(), "caller_listens.xml", kring.sip, 30_002);
    caller.finish();
    phone.finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(call["ended_by"], "agent", "{call}");
    let talked = call["talk_ms"].as_u64().expect("it was answered");
    assert!((2_900..3_600).contains(&talked), "{call}");
}

#[test]
fn the_agent_may_hang_up_on_the_screen() {
    let phone_port = free_port();
    let (kring, agents) = Kring::with_agents("", &[("malee", phone_port)]);
    let phone = Sipp::phone(kring.folder.path(), "phone_answers.xml", phone_port, 30_004);
    let caller = Sipp::caller(kring.folder.path(), "caller_listens.xml", kring.sip, 30_006);
    let call = kring.newest_call("state", "talking");
    let id = call["id"].as_str().expect("an id");
    let answer = agents[0].post(&format!("/api/v1/calls/{id}/hangup"), "");
    assert!(answer.status < 300, "{answer:?}");
    caller.finish();
    phone.finish();
    assert_eq!(kring.newest_call("state", "ended")["ended_by"], "agent");
}

/// A desk phone cannot be answered from the screen, and the answer says so.
#[test]
fn a_desk_phone_is_answered_by_its_handset() {
    let phone_port = free_port();
    let (kring, agents) = Kring::with_agents("", &[("malee", phone_port)]);
    let phone = Sipp::phone(kring.folder.path(), "phone_rings.xml", phone_port, 30_008);
    let caller = Sipp::caller(kring.folder.path(), "caller_cancels.xml", kring.sip, 30_010);
    phone.wait_for(true, "180");
    let call = kring.newest_call("state", "ringing");
    let id = call["id"].as_str().expect("an id");
    let answer = agents[0].post(&format!("/api/v1/calls/{id}/answer"), "");
    assert_eq!(answer.status, 409, "{answer:?}");
    assert!(answer.body.contains("answer_on_phone"), "{answer:?}");
    caller.finish();
    phone.finish();
}

/// Our 200 to the caller is never confirmed: it is repeated, then both sides get BYE within 40 s.
#[test]
fn a_200_that_is_never_confirmed_ends_in_bye_to_both() {
    let phone_port = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", phone_port)]);
    let phone = Sipp::phone(kring.folder.path(), "phone_answers.xml", phone_port, 30_012);
    let caller = Sipp::caller(
        kring.folder.path(),
        "caller_never_acks.xml",
        kring.sip,
        30_014,
    );
    let at_caller = caller.finish();
    let at_phone = phone.finish();
    let answered = at_caller.iter().find(|m| m.is("200")).expect("a 200").at;
    let repeats = at_caller.iter().filter(|m| !m.sent && m.is("200")).count();
    assert!(repeats >= 8, "repeated by T1 to T2 for 64*T1: {repeats}");
    for ladder in [&at_caller, &at_phone] {
        let bye = ladder.iter().find(|m| m.is("BYE")).expect("a BYE").at;
        assert!(
            (31.0..40.0).contains(&(bye - answered)),
            "BYE after {} s",
            bye - answered
        );
    }
    let call = kring.newest_call("state", "ended");
    assert_eq!(
        (&call["ended_by"], &call["cause"]),
        (&"kring".into(), &"no_ack".into())
    );
}

/// The handset is lifted while the CANCEL of the deadline arrives: within half the guard it wins.
#[test]
fn an_answer_that_crosses_the_cancel_wins() {
    let phone_port = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", phone_port)]);
    let phone = Sipp::phone(
        kring.folder.path(),
        "phone_answers_crossing.xml",
        phone_port,
        30_016,
    );
    let caller = Sipp::caller(
        kring.folder.path(),
        "caller_hangs_up.xml",
        kring.sip,
        30_018,
    );
    caller.finish();
    phone.finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(
        (&call["outcome"], &call["result"]),
        (&"answered".into(), &"within".into())
    );
    assert_eq!(call["rings"], 3, "{call}");
    let journal = kring.journal_until("ended");
    assert!(journal.contains("withdrawn  malee Rona"), "{journal}");
}
