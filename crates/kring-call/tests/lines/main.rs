//! Lines to PBXs as the exchange keeps them: asked, registered, lost, found again; and calls by them.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod changed;
mod house;

use house::{House, account, answer, at, invite, pbx};
use kring_call::{
    Input, Line,
    command::{AgentProfile, Command, Device, Place, PresenceWish},
};
use kring_journal::AgentId;
use kring_sip::Peer;
use std::time::Duration;

#[test]
fn a_pbx_is_up_after_one_answer_and_down_after_two_silences() {
    let mut house = House::pinged();
    let (to, options) = house.sent.remove(0);
    assert_eq!(to, pbx());
    assert!(
        options.starts_with("OPTIONS sip:pbx.example.net SIP/2.0\r\n"),
        "{options}"
    );
    house.now = house.now + Duration::from_millis(2);
    house.say(&answer(&options, "404 Not Found", &[]));
    assert_eq!(house.facts, ["0: trunk up   pbx in 2.0 ms"]);
    assert_eq!(
        house.line().addresses[0].round_trip,
        Some(Duration::from_millis(2))
    );

    house.pass_s(29);
    assert!(house.sent.is_empty(), "not before 30 s");
    house.pass_s(1 + 4 + 2);
    assert_eq!(house.facts.len(), 1, "one silence is no loss");
    assert_eq!(house.line().up, Some(true));
    house.pass_s(4);
    assert_eq!(house.facts[1..], ["40: trunk down pbx 408"]);
    let line = house.line();
    assert_eq!((line.up, line.addresses[0].round_trip), (Some(false), None));
    assert!(
        line.last_error.as_ref().unwrap().contains("408"),
        "{line:?}"
    );

    house.sent.clear();
    house.pass_s(30);
    let (_, options) = house.sent.remove(0);
    house.say(&answer(&options, "200 OK", &[]));
    assert!(
        house.facts[2].contains("trunk up   pbx"),
        "{:?}",
        house.facts
    );
    assert_eq!(house.line().last_error, None);
}

#[test]
fn a_pbx_with_several_addresses_is_up_while_one_answers() {
    let mut house = House::pinged();
    let other = at("192.0.2.11:5060");
    house.found(&[pbx(), other], &[]);
    let sent: Vec<_> = house.sent.drain(..).collect();
    assert_eq!(sent.len(), 2, "each is asked for itself");
    house.say_from(other, &answer(&sent[1].1, "200 OK", &[]));
    house.pass_s(12);
    assert_eq!(house.facts, ["0: trunk up   pbx in 0.0 ms"]);
    let ups: Vec<_> = house.line().addresses.iter().map(|at| at.up).collect();
    assert_eq!(ups, [Some(false), Some(true)]);
}

#[test]
fn a_call_to_the_registration_is_one_to_the_extension() {
    let mut house = House::registered();
    assert_eq!(house.facts, ["0: registered pbx for 300 s"]);
    assert_eq!(house.line().registered, Some(true));
    house.say(&invite("sip:kring-7f3a@192.0.2.1:5060", "one"));
    assert!(house.facts[1].contains("offered"), "{:?}", house.facts);
    // The token alone opens nothing.
    house.sent.clear();
    house.say_from(
        at("203.0.113.9:5060"),
        &invite("sip:kring-7f3a@192.0.2.1:5060", "two"),
    );
    assert!(
        house.sent[0].1.starts_with("SIP/2.0 403 "),
        "{:?}",
        house.sent
    );
    // A PBX that puts the number there is understood, too; one that is nobody's is not found.
    house.say(&invite("sip:5000@192.0.2.1:5060", "three"));
    assert_eq!(
        house
            .facts
            .iter()
            .filter(|fact| fact.contains("offered"))
            .count(),
        2
    );
    house.sent.clear();
    house.say(&invite("sip:1234@192.0.2.1:5060", "four"));
    assert!(
        house.sent[0].1.starts_with("SIP/2.0 404 "),
        "{:?}",
        house.sent
    );
}

#[test]
fn a_refused_registration_is_told_with_its_reason() {
    let mut house = House::open(Line {
        account: Some(account()),
        ..Line::default()
    });
    house.found(&[], &[pbx()]);
    let (_, first) = house.sent.remove(0);
    let challenge = "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n\", qop=\"auth\"";
    house.say(&answer(&first, "401 Unauthorized", &[challenge]));
    let (_, second) = house.sent.remove(0);
    house.say(&answer(&second, "401 Unauthorized", &[challenge]));
    assert_eq!(
        house.facts,
        ["0: no account pbx 401 the password was refused"]
    );
    let line = house.line();
    assert_eq!(line.registered, Some(false));
    assert_eq!(
        line.last_error.as_deref(),
        Some("REGISTER: 401 the password was refused, again in 300 s")
    );
}

#[test]
fn a_name_that_leads_nowhere_is_told_once() {
    let mut house = House::open(Line {
        account: Some(account()),
        ..Line::default()
    });
    for _ in 0..2 {
        house.command(Command::LoseTrunk {
            trunk: "pbx".to_owned(),
            why: "no name server answered".to_owned(),
        });
    }
    assert_eq!(
        house.facts,
        ["0: no account pbx 503 no name server answered"]
    );
    house.found(&[], &[pbx()]);
    assert_eq!(
        house.sent.len(),
        1,
        "and asked as soon as it leads somewhere"
    );
}

#[test]
fn the_end_takes_the_registration_back() {
    let mut house = House::registered();
    assert_eq!(house.exchange.registered(), 1);
    house.command(Command::EndAll);
    let (_, last) = house.sent.pop().unwrap();
    assert!(last.contains("\r\nExpires: 0\r\n"), "{last}");
    house.say(&answer(&last, "200 OK", &[]));
    assert_eq!(house.exchange.registered(), 0);
    assert_eq!(house.facts[1..], ["0: no account pbx 200"]);
}

/// An extension of the PBX is rung through its Service-Route, with the password of the account.
#[test]
fn a_call_to_an_extension_takes_the_way_of_the_line() {
    let mut house = House::open(Line {
        uri: Some("sip:pbx.example.net".parse().unwrap()),
        account: Some(account()),
        ..Line::default()
    });
    house.found(&[pbx()], &[pbx()]);
    let register = house
        .sent
        .iter()
        .find(|(_, text)| text.starts_with("REGISTER"));
    let register = register.unwrap().1.clone();
    let route = "Service-Route: <sip:edge@192.0.2.10;lr>";
    house.say(&answer(&register, "200 OK", &["Expires: 300", route]));
    house.command(Command::PutAgent(AgentProfile {
        id: AgentId::new("somsri"),
        devices: vec![Device {
            name: "pbx:5021".to_owned(),
            place: Place::At {
                uri: "sip:5021@pbx.example.net".parse().unwrap(),
                peers: vec![pbx()],
            },
            ring_period: None,
            must_be_heard: false,
            srtp: None,
        }],
        queues: Vec::new(),
        auto_answer: false,
        skills: Vec::new(),
        record: false,
    }));
    house.command(Command::SetPresence {
        agent: AgentId::new("somsri"),
        wish: PresenceWish::Ready,
    });
    house.sent.clear();
    house.say(&invite("sip:kring-7f3a@192.0.2.1:5060", "one"));
    let rings = |(_, text): &&(Peer, String)| text.starts_with("INVITE ");
    let first = house.sent.iter().find(rings).unwrap().1.clone();
    assert!(
        first.contains("\r\nRoute: <sip:edge@192.0.2.10;lr>\r\n"),
        "{first}"
    );
    house.sent.clear();
    let challenge = "Proxy-Authenticate: Digest realm=\"pbx\", nonce=\"n\", qop=\"auth\"";
    house.say(&answer(
        &first,
        "407 Proxy Authentication Required",
        &[challenge],
    ));
    let second = house.sent.iter().find(rings).unwrap().1.clone();
    assert!(
        second.contains("\r\nProxy-Authorization: Digest username=\"5000\""),
        "{second}"
    );
}

/// A phone by name has as many addresses as its records say: the next one rings when nobody is at the first.
#[test]
fn a_device_by_name_is_rung_at_its_next_address() {
    let mut house = House::registered();
    let (first, second) = (at("192.0.2.31:5060"), at("192.0.2.32:5060"));
    house.command(Command::PutAgent(AgentProfile {
        id: AgentId::new("somsri"),
        devices: vec![Device {
            name: "sip:somsri@phones.example.net".to_owned(),
            place: Place::At {
                uri: "sip:somsri@phones.example.net".parse().unwrap(),
                peers: vec![first, second],
            },
            ring_period: None,
            must_be_heard: false,
            srtp: None,
        }],
        queues: Vec::new(),
        auto_answer: false,
        skills: Vec::new(),
        record: false,
    }));
    house.command(Command::SetPresence {
        agent: AgentId::new("somsri"),
        wish: PresenceWish::Ready,
    });
    house.sent.clear();
    house.say(&invite("sip:kring-7f3a@192.0.2.1:5060", "one"));
    let rung = |house: &House| {
        let sent = house.sent.iter();
        let invites = sent.filter(|(_, text)| text.starts_with("INVITE "));
        invites.map(|(to, _)| *to).collect::<Vec<_>>()
    };
    assert_eq!(rung(&house), [first]);
    house.handle(Input::TransportFailed { to: first });
    assert_eq!(rung(&house), [first, second]);
    // Whoever may be rung there is no stranger.
    house.sent.clear();
    let ask = "OPTIONS sip:kring@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.32;branch=z9hG4bKq\r\n\
               Max-Forwards: 70\r\nFrom: <sip:somsri@192.0.2.32>;tag=1\r\nTo: <sip:kring@192.0.2.1>\r\n\
               Call-ID: q\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
    house.say_from(second, ask);
    assert!(
        house.sent[0].1.starts_with("SIP/2.0 200 "),
        "{:?}",
        house.sent
    );
}
