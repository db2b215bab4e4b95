//! The ways that messages come by: TCP, IPv6, short names and very long lines.

use crate::{
    kring::{House, Kring},
    parts::{AGENT, CITIZEN, caller_talks, phone_answers},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp},
    sipp::{Logged, Sipp, Stage},
};

fn seat(uri: String) -> Vec<(&'static str, String)> {
    vec![("malee", uri)]
}

/// The PBX calls over TCP, the phone speaks UDP: both dialogs are kept apart.
#[test]
fn a_caller_over_tcp_reaches_a_phone_over_udp() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = kring.phone("phone", at, &phone_answers(200));
    let caller = kring.caller_that("caller", &["-t", "t1"], &caller_talks(500));
    let ladder = caller.finish();
    phone.finish();
    let answer = ladder.iter().find(|m| m.is("200")).expect("a 200");
    assert!(answer.text.contains("transport=tcp"), "{}", answer.text);
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
}

/// The phone speaks TCP: INVITE, ACK and BYE reach it over one connection of kring's.
#[test]
fn a_phone_over_tcp_is_rung() {
    let at = free_port();
    let (kring, _agents) = House {
        seats: seat(format!("sip:malee@127.0.0.1:{at};transport=tcp")),
        ..House::default()
    }
    .open();
    let phone = kring.phone_that("phone", at, &["-t", "t1"], &phone_answers(200));
    kring.caller("caller", &caller_talks(500)).finish();
    let ladder = phone.finish();
    let invite = ladder.iter().find(|m| m.is("INVITE")).expect("an INVITE");
    assert!(
        invite.get("Via").unwrap_or_default().contains("/TCP"),
        "{}",
        invite.text
    );
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
}

/// IPv6 from the caller's first byte to the phone's last.
#[test]
fn a_call_over_ipv6() {
    let at = free_port();
    let trunk = "[[trunk]]\nname = \"pbx\"\npeers = [\"::1\"]\n";
    let (kring, _agents) = House {
        tables: trunk,
        ip: "[::1]",
        seats: seat(format!("sip:malee@[::1]:{at}")),
        ..House::default()
    }
    .open();
    let folder = kring.folder.path();
    let at_six = |port, more: &[&str]| Stage {
        ip: "::1",
        ..Stage::local(folder, port, more)
    };
    let phone = Sipp::plays(at_six(at, &[]), "phone", &phone_answers(200));
    let target = format!("[::1]:{}", kring.sip);
    let caller = at_six(0, &[&target, "-s", "1203"]);
    let ladder = Sipp::plays(caller, "caller", &caller_talks(500)).finish();
    phone.finish();
    let answer = ladder.iter().find(|m| m.is("200")).expect("a 200");
    assert!(answer.text.contains("c=IN IP6 ::1"), "{}", answer.text);
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
}

/// Every header by its one-letter name (RFC 3261 §7.3.3).
#[test]
fn compact_headers_make_a_call() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = kring.phone("phone", at, &phone_answers(200));
    let invite = format!(
        "INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n\
         v: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n\
         f: \"Citizen\" <sip:0812345678@[local_ip]:[local_port]>;tag=c1\n\
         t: <sip:[service]@[remote_ip]:[remote_port]>\ni: [call_id]\nCSeq: 1 INVITE\n\
         m: <sip:0812345678@[local_ip]:[local_port]>\nMax-Forwards: 70\nk: timer\n\
         c: application/sdp\nl: [len]\n\n{}",
        sdp(CITIZEN)
    );
    let caller = Scenario::caller()
        .sends(&invite)
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("")
        .waits(300)
        .says("BYE", PLAIN, "")
        .hears("200");
    kring.caller("caller", &caller).finish();
    phone.finish();
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
}

/// Headers that fill most of a datagram, folded lines among them.
#[test]
fn long_headers_do_no_harm() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = kring.phone("phone", at, &phone_answers(200));
    let long = format!("X-Ticket: {}", "0123456789".repeat(300));
    let folded = format!("Subject: a folded\n {}", "line ".repeat(200));
    let name = format!(
        "\"{}\" <sip:0812345678@[local_ip]:[local_port]>",
        "ก".repeat(200)
    );
    let caller = Scenario::caller()
        .named(&name)
        .calls(&[&long, &folded], &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("")
        .waits(300)
        .says("BYE", PLAIN, "")
        .hears("200");
    kring.caller("caller", &caller).finish();
    phone.finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(call["number"]["canonical"], "+66812345678", "{call}");
}

/// The PBX stands behind a proxy that stays in the path: our requests within the call go through it
/// (RFC 3261 §12.2.1.1).
#[test]
fn a_recorded_route_is_kept() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let hangs_up = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .answers("200 OK", PLAIN, &sdp(AGENT))
        .hears("ACK")
        .waits(500)
        .says("BYE", PLAIN, "")
        .hears("200");
    let phone = kring.phone("phone", at, &hangs_up);
    let route = "Record-Route: <sip:[local_ip]:[local_port];lr;did=7f3>";
    let caller = Scenario::caller()
        .calls(&[route], &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let ladder = kring.caller("caller", &caller).finish();
    phone.finish();
    let answer = ladder.iter().find(|m| m.is("200")).expect("a 200");
    assert!(
        answer
            .get("Record-Route")
            .unwrap_or_default()
            .contains("did=7f3"),
        "{}",
        answer.text
    );
    let bye = ladder.iter().find(|m| m.is("BYE")).expect("a BYE");
    assert!(
        bye.get("Route").unwrap_or_default().contains("lr;did=7f3"),
        "{}",
        bye.text
    );
}

/// Several calls through a network that loses one message in six, both ways.
#[test]
fn four_calls_in_a_row_survive_lost_packets() {
    let at = free_port();
    let (kring, _agents) = House {
        tables: "[agent]\nwrapup_s = 0\n",
        seats: seat(format!("sip:malee@127.0.0.1:{at}")),
        ..House::default()
    }
    .open();
    let lossy = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .may_hear("180")
        .hears("200")
        .acks("")
        .waits(300)
        .says("BYE", PLAIN, "")
        .hears("200");
    for n in 0..4 {
        let name = format!("phone-{n}");
        let phone = kring.phone(&name, at, &phone_answers(100));
        let name = format!("caller-{n}");
        kring.caller_that(&name, &["-lost", "16"], &lossy).finish();
        phone.finish();
        kring.newest_call("state", "ended");
    }
    let calls: serde_json::Value =
        serde_json::from_str(&kring.get("/api/v1/calls").body).expect("JSON");
    let answered = |call: &&serde_json::Value| call["outcome"] == "answered";
    let items = calls["items"].as_array().expect("a list");
    assert_eq!(items.iter().filter(answered).count(), 4, "{calls}");
}

/// Behind NAT everybody is told the outer address, in SIP and in SDP; what is said to it comes to kring.
#[test]
fn behind_nat_everybody_is_told_the_outer_address() {
    let at = free_port();
    let (kring, _agents) = House {
        sip: "advertised = \"203.0.113.5:5062\"\n",
        seats: vec![("malee", format!("sip:malee@127.0.0.1:{at}"))],
        ..House::default()
    }
    .open();
    let phone = kring.phone("phone", at, &phone_answers(100));
    let caller = kring.caller("caller", &caller_talks(300)).finish();
    let rung = phone.finish();
    let heard = |ladder: &[Logged], what: &str| {
        let heard = ladder.iter().find(|m| !m.sent && m.is(what));
        heard
            .cloned()
            .unwrap_or_else(|| panic!("no {what} in {ladder:#?}"))
    };
    for told in [heard(&caller, "200"), heard(&rung, "INVITE")] {
        let contact = told.get("Contact").unwrap_or_default();
        assert!(contact.contains("@203.0.113.5:5062"), "{contact}");
        assert!(
            told.text.contains("\nc=IN IP4 203.0.113.5"),
            "{}",
            told.text
        );
    }
    let via = heard(&rung, "INVITE");
    let via = via.get("Via").unwrap_or_default();
    assert!(
        via.starts_with("SIP/2.0/UDP 203.0.113.5:5062;") && via.contains(";rport"),
        "{via}"
    );
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
}
