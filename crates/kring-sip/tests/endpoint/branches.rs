//! One leg that rings in several places, and places that have several addresses.

use crate::{
    network::{OFFER, Side, header, invitation, peer},
    wire::{Wire, response},
};
use bytes::Bytes;
use kring_sip::{Branch, Invitation, LegId, OwnOffer, Peer, Reason, Transport};

fn at(host: u8) -> Peer {
    Peer {
        transport: Transport::Udp,
        address: format!("192.0.2.{host}:5060").parse().unwrap(),
    }
}

fn branch(peers: &[u8]) -> Branch {
    Branch {
        target: format!("sip:somchai@192.0.2.{}", peers[0]).parse().unwrap(),
        route: Vec::new(),
        peers: peers.iter().map(|host| at(*host)).collect(),
        keeps_way: false,
        login: None,
        extra: Vec::new(),
        offer: None,
    }
}

/// Calls branches, each a list of its peers. Gives the leg and the INVITEs.
fn call(wire: &mut Wire, branches: &[&[u8]]) -> (LegId, Vec<(Peer, String)>) {
    let call = Invitation {
        branches: branches.iter().map(|peers| branch(peers)).collect(),
        ..invitation(Some(OFFER), peer(Side::Bob, Transport::Udp))
    };
    let leg = wire.endpoint.invite(wire.now, call);
    wire.drain();
    (leg, wire.sent.drain(..).collect())
}

/// Who is sent what, in order.
fn posted(wire: &mut Wire) -> Vec<String> {
    wire.drain();
    let sent = wire.sent.drain(..);
    sent.map(|(to, text)| format!("{} {}", crate::network::name(&text), to.address.ip()))
        .collect()
}

#[test]
fn the_phone_that_answers_first_wins_and_the_others_stop_ringing() {
    let mut wire = Wire::new();
    let (leg, invites) = call(&mut wire, &[&[11], &[12], &[13]]);
    for name in ["Call-ID", "From", "CSeq"] {
        assert_eq!(header(&invites[0].1, name), header(&invites[1].1, name));
    }
    assert_ne!(header(&invites[0].1, "Via"), header(&invites[1].1, "Via"));
    let desk = ["Contact: <sip:desk@192.0.2.11>"];
    let mobile = ["Contact: <sip:mobile@192.0.2.12>"];
    wire.say(&response(&invites[0].1, "180 Ringing", "desk", &desk));
    wire.say(&response(&invites[1].1, "180 Ringing", "mobile", &mobile));
    wire.say(&response(&invites[1].1, "200 OK", "mobile", &mobile));
    assert_eq!(
        wire.happened(),
        ["progress 180", "progress 180", "accepted"]
    );
    // The third has said nothing yet: its CANCEL waits.
    let (to, cancel) = wire.only();
    assert_eq!(
        (to, header(&cancel, "Via")),
        (at(11), header(&invites[0].1, "Via"))
    );
    assert_eq!(
        header(&cancel, "Reason"),
        "SIP;cause=200;text=\"Call completed elsewhere\""
    );
    wire.say(&response(&invites[2].1, "180 Ringing", "late", &desk));
    assert_eq!(posted(&mut wire), ["CANCEL 192.0.2.13"]);
    wire.endpoint.acknowledge(wire.now, leg, None);
    assert_eq!(posted(&mut wire), ["ACK 192.0.2.12"]);
    wire.say(&response(
        &invites[0].1,
        "487 Request Terminated",
        "desk",
        &[],
    ));
    assert_eq!(posted(&mut wire), ["ACK 192.0.2.11"]);
    // The other one's answer crossed the CANCEL.
    let late = ["Contact: <sip:late@192.0.2.13>"];
    wire.say(&response(&invites[2].1, "200 OK", "late", &late));
    assert_eq!(posted(&mut wire), ["ACK 192.0.2.13", "BYE 192.0.2.13"]);
    assert!(wire.happened().is_empty());
    assert_eq!(wire.endpoint.counts().dialogs, 1);
    wire.endpoint.bye(wire.now, leg, None);
    wire.pass_ms(100_000);
    assert_eq!(wire.endpoint.counts().transactions, 0);
    assert_eq!(wire.endpoint.deadline(), None);
}

#[test]
fn the_leg_is_refused_when_all_have_refused_and_with_the_best_word() {
    let mut wire = Wire::new();
    let (_, invites) = call(&mut wire, &[&[11], &[12], &[13]]);
    wire.say(&response(&invites[0].1, "404 Not Found", "a", &[]));
    wire.say(&response(&invites[1].1, "486 Busy Here", "b", &[]));
    assert_eq!(wire.happened(), ["branch over 404", "branch over 486"]);
    wire.say(&response(
        &invites[2].1,
        "503 Service Unavailable",
        "c",
        &[],
    ));
    assert_eq!(wire.happened(), ["rejected 486"]);
    assert_eq!(
        posted(&mut wire),
        ["ACK 192.0.2.11", "ACK 192.0.2.12", "ACK 192.0.2.13"]
    );
}

/// RFC 3261 §16.7, number 5.
#[test]
fn a_refusal_for_everywhere_ends_the_other_branches() {
    let mut wire = Wire::new();
    let (_, invites) = call(&mut wire, &[&[11], &[12]]);
    wire.say(&response(&invites[0].1, "180 Ringing", "a", &[]));
    wire.say(&response(&invites[1].1, "603 Decline", "b", &[]));
    assert_eq!(posted(&mut wire), ["ACK 192.0.2.12", "CANCEL 192.0.2.11"]);
    assert_eq!(wire.happened(), ["progress 180", "rejected 603"]);
    wire.pass_ms(100_000);
    assert_eq!(wire.endpoint.counts().transactions, 0);
}

#[test]
fn giving_up_cancels_every_branch() {
    let mut wire = Wire::new();
    let (leg, invites) = call(&mut wire, &[&[11, 21], &[12, 22]]);
    wire.say(&response(&invites[0].1, "180 Ringing", "a", &[]));
    wire.endpoint
        .cancel(wire.now, leg, Reason::sip(487, "Caller hung up"));
    assert_eq!(posted(&mut wire), ["CANCEL 192.0.2.11"]);
    wire.say(&response(&invites[1].1, "100 Trying", "", &[]));
    assert_eq!(posted(&mut wire), ["CANCEL 192.0.2.12"]);
    wire.say(&response(&invites[0].1, "487 Request Terminated", "a", &[]));
    assert_eq!(wire.happened(), ["progress 180", "branch over 487"]);
    // 503 now asks nobody else: the call is not wanted any more.
    wire.say(&response(
        &invites[1].1,
        "503 Service Unavailable",
        "b",
        &[],
    ));
    assert_eq!(wire.happened(), ["rejected 487"]);
    assert_eq!(posted(&mut wire), ["ACK 192.0.2.11", "ACK 192.0.2.12"]);
}

/// RFC 3263 §4.3: the same request, and a transaction of its own.
#[test]
fn a_peer_that_cannot_serve_is_followed_by_the_next() {
    let mut wire = Wire::new();
    let (_, invites) = call(&mut wire, &[&[11, 21, 31]]);
    wire.say(&response(
        &invites[0].1,
        "503 Service Unavailable",
        "a",
        &[],
    ));
    wire.drain();
    let sent: Vec<(Peer, String)> = wire.sent.drain(..).collect();
    assert_eq!(crate::network::name(&sent[0].1), "ACK");
    let (to, second) = &sent[1];
    assert_eq!(*to, at(21));
    for name in ["Call-ID", "From", "To", "CSeq"] {
        assert_eq!(header(&invites[0].1, name), header(second, name));
    }
    assert_ne!(header(&invites[0].1, "Via"), header(second, "Via"));
    wire.endpoint.transport_failed(wire.now, at(21));
    assert_eq!(posted(&mut wire), ["INVITE 192.0.2.31"]);
    assert!(wire.happened().is_empty());
    wire.endpoint.transport_failed(wire.now, at(31));
    assert_eq!(wire.happened(), ["rejected 503 here"]);
}

#[test]
fn a_silent_peer_is_followed_by_the_next_and_told_to_stop_when_it_wakes() {
    let mut wire = Wire::new();
    let (leg, invites) = call(&mut wire, &[&[11, 21]]);
    wire.pass_ms(3_999);
    assert_eq!(
        posted(&mut wire).len(),
        3,
        "three repetitions, at 0.5, 1.5 and 3.5 s"
    );
    wire.pass_ms(1);
    let (to, second) = wire.only();
    assert_eq!(to, at(21));
    wire.say(&response(&second, "180 Ringing", "b", &[]));
    wire.say(&response(&invites[0].1, "180 Ringing", "a", &[]));
    assert_eq!(posted(&mut wire), ["CANCEL 192.0.2.11"]);
    wire.say(&response(&invites[0].1, "487 Request Terminated", "a", &[]));
    wire.say(&response(&second, "200 OK", "b", &[]));
    assert_eq!(wire.happened(), ["progress 180", "accepted"]);
    wire.endpoint.bye(wire.now, leg, None);
    wire.pass_ms(100_000);
    assert_eq!(wire.endpoint.counts(), Default::default());
}

/// Whoever has said anything is waited for as long as it takes.
#[test]
fn a_peer_that_has_spoken_is_not_left() {
    let mut wire = Wire::new();
    let (_, invites) = call(&mut wire, &[&[11, 21]]);
    wire.say(&response(&invites[0].1, "100 Trying", "", &[]));
    wire.pass_ms(60_000);
    assert!(posted(&mut wire).is_empty());
    wire.say(&response(&invites[0].1, "486 Busy Here", "a", &[]));
    assert_eq!(wire.happened(), ["rejected 486"]);
}

#[test]
fn the_known_way_is_in_invite_cancel_and_ack() {
    let mut wire = Wire::new();
    let call = Invitation {
        branches: vec![Branch {
            route: vec!["<sip:edge@192.0.2.9;lr>".parse().unwrap()],
            ..branch(&[11])
        }],
        body: Some(Bytes::from_static(OFFER)),
        ..invitation(None, peer(Side::Bob, Transport::Udp))
    };
    let leg = wire.endpoint.invite(wire.now, call);
    let (_, invite) = wire.only();
    assert!(invite.starts_with("INVITE sip:somchai@192.0.2.11 SIP/2.0\r\n"));
    wire.say(&response(&invite, "180 Ringing", "a", &[]));
    wire.endpoint.cancel(wire.now, leg, Reason::sip(200, ""));
    let (_, cancel) = wire.only();
    wire.say(&response(&invite, "487 Request Terminated", "a", &[]));
    let (_, ack) = wire.only();
    for text in [invite, cancel, ack] {
        assert_eq!(header(&text, "Route"), "<sip:edge@192.0.2.9;lr>");
    }
}

#[test]
fn a_call_to_nowhere_is_refused_at_once() {
    let mut wire = Wire::new();
    let (_, invites) = call(&mut wire, &[]);
    assert!(invites.is_empty());
    assert_eq!(wire.happened(), ["rejected 503 here"]);
}

/// A phone that cannot have what it is offered is offered something else, once; another branch is not.
#[test]
fn a_refused_offer_is_followed_by_the_other_one_once() {
    let mut wire = Wire::new();
    let own = OwnOffer {
        sdp: Bytes::from_static(b"v=0 secured"),
        instead: Some(Bytes::from_static(b"v=0 plain")),
    };
    let call = Invitation {
        branches: vec![Branch {
            offer: Some(own),
            ..branch(&[11])
        }],
        ..invitation(Some(OFFER), peer(Side::Bob, Transport::Udp))
    };
    wire.endpoint.invite(wire.now, call);
    let (_, first) = wire.only();
    assert!(first.ends_with("v=0 secured"), "{first}");
    wire.say(&response(&first, "488 Not Acceptable Here", "a", &[]));
    let (_, second) = wire.sent.pop().expect("another INVITE");
    assert!(second.ends_with("v=0 plain"), "{second}");
    assert_eq!(header(&second, "CSeq"), "2 INVITE");
    assert_eq!(wire.happened(), Vec::<String>::new());
    wire.say(&response(&second, "488 Not Acceptable Here", "b", &[]));
    let happened = wire.happened();
    assert!(
        happened.len() == 1 && happened[0].contains("488"),
        "{happened:?}"
    );
}
