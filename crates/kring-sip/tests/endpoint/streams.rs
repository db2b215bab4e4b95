//! Requests that are too large for a datagram: over TCP to those who take it, and back to datagrams as
//! the same transaction when that fails (RFC 3261 §18.1.1).

use crate::{
    network::{OFFER, Side, header, invitation, peer},
    wire::{Wire, request, response},
};
use bytes::Bytes;
use kring_sip::{Branch, HeaderName, Invitation, LegId, Peer, Reason, Transport};
use std::time::Duration;

const DESK: &[&str] = &["Contact: <sip:desk@192.0.2.2>"];

fn by(transport: Transport) -> Peer {
    peer(Side::Bob, transport)
}

fn udp() -> Peer {
    by(Transport::Udp)
}

fn tcp() -> Peer {
    by(Transport::Tcp)
}

fn uui() -> HeaderName {
    HeaderName::from_token("User-to-User").unwrap()
}

/// A wire whose peer has asked something over TCP, from a port of its own, and is spoken to by UDP.
fn known() -> Wire {
    let mut wire = Wire::new();
    wire.from = Peer {
        address: "192.0.2.2:43210".parse().unwrap(),
        ..tcp()
    };
    wire.say(&request(
        "OPTIONS sip:kring@192.0.2.1",
        "z9hG4bK-q",
        "",
        1,
        &[],
        "",
    ));
    wire.from = udp();
    wire.sent.clear();
    wire
}

/// Calls with so many bytes of User-to-User. Gives the leg and the INVITE.
fn call(wire: &mut Wire, bytes: usize, peers: Vec<Peer>) -> (LegId, Peer, String) {
    let target = "sip:5021@192.0.2.2".parse().unwrap();
    let call = Invitation {
        branches: vec![Branch {
            peers,
            ..Branch::to(target, udp())
        }],
        extra: vec![(uui(), "5".repeat(bytes))],
        ..invitation(Some(OFFER), udp())
    };
    let leg = wire.endpoint.invite(wire.now, call);
    let (to, invite) = wire.only();
    (leg, to, invite)
}

fn large(wire: &mut Wire) -> (LegId, Peer, String) {
    call(wire, 1_000, vec![udp()])
}

fn transport_of(text: &str) -> &str {
    let via = header(text, "Via");
    via.split(['/', ' ']).nth(2).unwrap()
}

fn branch_of(text: &str) -> &str {
    header(text, "Via").split_once("branch=").unwrap().1
}

#[test]
fn a_large_request_goes_by_tcp_to_whom_is_known_to_take_it() {
    let mut wire = known();
    let (_, to, small) = call(&mut wire, 10, vec![udp()]);
    assert_eq!((to, transport_of(&small)), (udp(), "UDP"));
    let mut wire = known();
    let (leg, to, invite) = large(&mut wire);
    assert!(invite.len() > 1_300);
    assert_eq!((to, transport_of(&invite)), (tcp(), "TCP"));
    assert_eq!(header(&invite, "Contact"), "<sip:kring@192.0.2.1:5060>");
    // Nothing is repeated that has been heard, and what follows in the dialog goes the same way.
    wire.from = tcp();
    wire.say(&response(&invite, "180 Ringing", "desk", DESK));
    wire.pass_ms(10_000);
    assert!(wire.heard().is_empty());
    wire.say(&response(&invite, "200 OK", "desk", DESK));
    wire.endpoint.acknowledge(wire.now, leg, None);
    wire.endpoint.bye(wire.now, leg, None);
    for method in ["ACK", "BYE"] {
        wire.drain();
        let (to, text) = wire.sent.remove(0);
        assert!(text.starts_with(method), "{text}");
        assert_eq!((to, transport_of(&text)), (tcp(), "TCP"));
    }
}

#[test]
fn nobody_is_tried_who_has_not_said_that_he_takes_tcp() {
    let mut wire = Wire::new();
    let (_, to, invite) = large(&mut wire);
    assert_eq!((to, transport_of(&invite)), (udp(), "UDP"));
}

#[test]
fn whoever_has_answered_over_tcp_takes_it() {
    let mut wire = Wire::new();
    let (_, _, invite) = call(&mut wire, 10, vec![tcp()]);
    wire.from = tcp();
    wire.say(&response(&invite, "486 Busy Here", "desk", DESK));
    wire.sent.clear();
    let (_, to, _) = large(&mut wire);
    assert_eq!(to, tcp());
}

/// RFC 3263 §4.1: the name of the PBX says where its TCP is, here at another port.
#[test]
fn what_the_name_offers_beside_datagrams_is_taken() {
    let mut wire = Wire::new();
    let elsewhere = Peer {
        transport: Transport::Tcp,
        address: "192.0.2.9:5060".parse().unwrap(),
    };
    let offered = Peer {
        address: "192.0.2.2:5070".parse().unwrap(),
        ..elsewhere
    };
    let peers = vec![udp(), elsewhere, offered];
    let (_, to, invite) = call(&mut wire, 10, peers.clone());
    assert_eq!((to, transport_of(&invite)), (udp(), "UDP"));
    let (_, to, invite) = call(&mut wire, 1_000, peers.clone());
    assert_eq!((to, transport_of(&invite)), (offered, "TCP"));
    wire.endpoint.transport_failed(wire.now, offered);
    let (to, again) = wire.only();
    assert_eq!((to, branch_of(&again)), (udp(), branch_of(&invite)));
    let (_, to, _) = call(&mut wire, 1_000, peers);
    assert_eq!(to, udp());
}

#[test]
fn a_refused_connection_sends_the_same_request_by_udp_with_its_timers() {
    let mut wire = known();
    let (leg, _, invite) = large(&mut wire);
    wire.pass_ms(150);
    wire.endpoint.transport_failed(wire.now, tcp());
    let (to, again) = wire.only();
    assert_eq!((to, transport_of(&again)), (udp(), "UDP"));
    assert_eq!(again, invite.replacen("SIP/2.0/TCP", "SIP/2.0/UDP", 1));
    // Timer A from here on.
    wire.pass_ms(499);
    assert!(wire.heard().is_empty());
    wire.pass_ms(1);
    assert_eq!(wire.only(), (udp(), again.clone()));
    wire.pass_ms(1_000);
    assert_eq!(wire.only(), (udp(), again.clone()));
    wire.say(&response(&again, "180 Ringing", "desk", DESK));
    wire.endpoint
        .cancel(wire.now, leg, Reason::sip(487, "Gone"));
    let (to, cancel) = wire.only();
    assert_eq!((to, transport_of(&cancel)), (udp(), "UDP"));
    assert_eq!(branch_of(&cancel), branch_of(&invite));
    assert_eq!(wire.happened(), ["progress 180"]);
}

/// A firewall that swallows: known for ten minutes, whatever the peer says of itself, and then tried again.
#[test]
fn a_peer_whose_tcp_fails_is_left_in_peace_for_ten_minutes() {
    let mut wire = known();
    large(&mut wire);
    wire.endpoint.transport_failed(wire.now, tcp());
    wire.sent.clear();
    wire.from = Peer {
        address: "192.0.2.2:43211".parse().unwrap(),
        ..tcp()
    };
    wire.say(&request(
        "OPTIONS sip:kring@192.0.2.1",
        "z9hG4bK-r",
        "",
        2,
        &[],
        "",
    ));
    wire.sent.clear();
    assert_eq!(large(&mut wire).1, udp());
    wire.pass_ms(599_000);
    wire.sent.clear();
    assert_eq!(large(&mut wire).1, udp());
    wire.pass_ms(1_000);
    wire.sent.clear();
    assert_eq!(large(&mut wire).1, tcp());
}

/// A connection that a firewall has forgotten loses what is written and says nothing: the first
/// repetition is a datagram. A peer that was only slow is believed again.
#[test]
fn a_silent_connection_is_left_by_the_first_repetition() {
    let mut wire = known();
    let (_, _, invite) = large(&mut wire);
    wire.pass_ms(500);
    let (to, again) = wire.only();
    assert_eq!((to, branch_of(&again)), (udp(), branch_of(&invite)));
    wire.endpoint.transport_failed(wire.now, tcp());
    assert!(wire.heard().is_empty(), "it has left there already");
    assert!(wire.happened().is_empty());
    wire.from = tcp();
    wire.say(&response(&invite, "180 Ringing", "desk", DESK));
    assert_eq!(wire.happened(), ["progress 180"]);
    assert_eq!(large(&mut wire).1, tcp());
}

/// CANCEL and the ACK of a refusal belong to the transaction of their INVITE (RFC 3261 §9.1,
/// §17.1.1.3).
#[test]
fn a_cancel_and_the_ack_of_a_refusal_go_where_the_invite_went() {
    let mut wire = known();
    let (leg, _, invite) = large(&mut wire);
    wire.from = tcp();
    wire.say(&response(&invite, "180 Ringing", "desk", DESK));
    wire.endpoint
        .cancel(wire.now, leg, Reason::sip(487, "Gone"));
    let (to, cancel) = wire.only();
    assert_eq!(
        (to, header(&cancel, "Via")),
        (tcp(), header(&invite, "Via"))
    );
    wire.say(&response(&invite, "487 Request Terminated", "desk", &[]));
    let (to, ack) = wire.only();
    assert_eq!((to, header(&ack, "Via")), (tcp(), header(&invite, "Via")));
    assert_eq!(wire.happened(), ["progress 180", "rejected 487"]);
    // The CANCEL is unanswered, and its connection is lost.
    wire.endpoint.transport_failed(wire.now, tcp());
    let (to, again) = wire.only();
    assert_eq!((to, transport_of(&again)), (udp(), "UDP"));
    wire.pass_ms(100_000);
    assert_eq!(wire.endpoint.counts(), Default::default());
}

/// A hang-up that follows its dialog over TCP is not lost with the connection.
#[test]
fn a_bye_whose_connection_is_gone_goes_by_udp() {
    let mut wire = known();
    let (leg, _, invite) = large(&mut wire);
    wire.from = tcp();
    wire.say(&response(&invite, "200 OK", "desk", DESK));
    wire.endpoint.acknowledge(wire.now, leg, None);
    wire.endpoint.bye(wire.now, leg, None);
    assert_eq!(wire.heard(), ["ACK", "BYE"]);
    wire.endpoint.transport_failed(wire.now, tcp());
    let (to, bye) = wire.only();
    assert_eq!((to, transport_of(&bye)), (udp(), "UDP"));
    wire.pass_ms(500);
    assert_eq!(wire.only(), (udp(), bye.clone()), "timer E");
    wire.from = udp();
    wire.say(&response(&bye, "200 OK", "desk", &[]));
    assert_eq!(wire.happened(), ["accepted", "gone 200"]);
}

/// A phone that names UDP in its Contact is taken at its word.
#[test]
fn a_contact_that_names_udp_brings_the_dialog_back() {
    let mut wire = known();
    let (leg, _, invite) = large(&mut wire);
    wire.from = tcp();
    let contact = ["Contact: <sip:desk@192.0.2.2;transport=udp>"];
    wire.say(&response(&invite, "200 OK", "desk", &contact));
    wire.endpoint.acknowledge(wire.now, leg, None);
    let (to, ack) = wire.only();
    assert_eq!((to, transport_of(&ack)), (udp(), "UDP"));
}

#[test]
fn a_large_change_within_a_call_goes_by_tcp_and_back() {
    let mut wire = known();
    let (leg, _) = wire.answered(&[]);
    wire.from = Peer {
        address: "192.0.2.2:43210".parse().unwrap(),
        ..tcp()
    };
    let ask = request("OPTIONS sip:kring@192.0.2.1", "z9hG4bK-s", "", 9, &[], "");
    wire.say(&ask.replace("192.0.2.2:5060;", "192.0.2.2:5062;"));
    wire.sent.clear();
    let caller = |transport| Peer {
        transport,
        address: "192.0.2.2:5062".parse().unwrap(),
    };
    let sdp = Bytes::from(vec![b'x'; 1_400]);
    wire.endpoint.reoffer(wire.now, leg, sdp);
    let (to, again) = wire.only();
    assert_eq!((to, transport_of(&again)), (caller(Transport::Tcp), "TCP"));
    wire.endpoint
        .transport_failed(wire.now, caller(Transport::Tcp));
    let (to, again) = wire.only();
    assert_eq!((to, transport_of(&again)), (caller(Transport::Udp), "UDP"));
    wire.from = udp();
    wire.say(&response(&again, "488 Not Acceptable Here", "caller", &[]));
    let (to, ack) = wire.only();
    assert_eq!((to, transport_of(&ack)), (caller(Transport::Udp), "UDP"));
    assert_eq!(wire.happened(), ["offer refused 488"]);
}

/// The shell is told how long the connection may take, so that a phone rings a fifth of a second later at
/// most.
#[test]
fn a_request_that_has_another_way_says_how_long_it_waits() {
    let mut wire = known();
    let call = Invitation {
        extra: vec![(uui(), "5".repeat(1_000))],
        ..invitation(Some(OFFER), udp())
    };
    wire.endpoint.invite(wire.now, call);
    let sent = std::iter::from_fn(|| wire.endpoint.poll());
    let mut waits = sent.filter_map(|effect| match effect {
        kring_sip::Effect::Send(transmit) => Some(transmit.connect_within),
        _ => None,
    });
    let wait = waits.next().flatten();
    assert!(wait.is_some_and(|wait| wait <= Duration::from_millis(200)));
}
