//! INVITEs that take the place of a call (RFC 3891).

use crate::{
    network::{Network, Side, invitation, peer},
    wire::{CONTACT, Wire, invite, response, to_tag},
};
use kring_sip::{Endpoint, HeaderName, LegEvent, LegId, Replaced, Transport, header::Replaces};

/// The peer calls once more, wanting the place of a call: what it heard.
fn replace(wire: &mut Wire, branch: &str, lines: &[&str], body: &str) -> Vec<String> {
    wire.events.clear();
    wire.sent.clear();
    let lines = [&[CONTACT], lines].concat();
    let text = invite(branch, &lines, body);
    wire.say(&text.replace("Call-ID: one@", &format!("Call-ID: {branch}@")));
    wire.heard()
}

fn told(wire: &Wire) -> Option<Replaced> {
    wire.events.iter().find_map(|(_, event)| match event {
        LegEvent::Incoming(invite) => invite.replaces,
        _ => None,
    })
}

#[test]
fn an_invite_may_take_the_place_of_a_call() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    let line = format!("Replaces: one@192.0.2.2;to-tag={tag};from-tag=caller");
    for (branch, body) in [("z9hG4bK-8", "v=0"), ("z9hG4bK-9", "")] {
        let lines = [line.as_str(), "Require: replaces"];
        assert_eq!(replace(&mut wire, branch, &lines, body), ["100 INVITE"]);
        let early_only = false;
        assert_eq!(told(&wire), Some(Replaced { leg, early_only }));
    }
    let fresh = wire.events[0].0;
    wire.endpoint.accept(wire.now, fresh, None);
    wire.endpoint.bye(wire.now, leg, None);
    assert_eq!(wire.heard(), ["200 INVITE", "BYE"]);
}

#[test]
fn a_replaces_of_nothing_gets_481() {
    let mut wire = Wire::new();
    let (_, tag) = wire.answered(&[]);
    for line in [
        format!("two@192.0.2.2;to-tag={tag};from-tag=caller"),
        format!("one@192.0.2.2;to-tag={tag};from-tag=another"),
        format!("one@192.0.2.2;to-tag={tag};from-tag=0"),
        "one@192.0.2.2;to-tag=0000000000000000;from-tag=caller".to_owned(),
        "one@192.0.2.2;to-tag=nonsense;from-tag=caller".to_owned(),
        format!("one@192.0.2.2;to-tag=caller;from-tag={tag}"),
    ] {
        let line = format!("Replaces: {line}");
        let heard = replace(&mut wire, "z9hG4bK-9", &[&line], "v=0");
        assert_eq!(heard, ["481 INVITE"], "{line}");
        assert!(told(&wire).is_none());
    }
    assert_eq!(wire.endpoint.counts().dialogs, 1);
}

#[test]
fn a_replaces_that_cannot_be_read_gets_400() {
    let mut wire = Wire::new();
    let (_, tag) = wire.answered(&[]);
    let good = format!("Replaces: one@192.0.2.2;to-tag={tag};from-tag=caller");
    for lines in [
        vec!["Replaces: "],
        vec!["Replaces: one@192.0.2.2"],
        vec!["Replaces: one@192.0.2.2;to-tag=x"],
        vec![good.as_str(), good.as_str()],
    ] {
        let heard = replace(&mut wire, "z9hG4bK-9", &lines, "v=0");
        assert_eq!(heard, ["400 INVITE"], "{lines:?}");
    }
    // Nothing but an INVITE takes a place.
    wire.within("INFO", &tag, 5, &[&good], "");
    wire.within("OPTIONS", "", 6, &[&good], "");
    assert_eq!(wire.heard(), ["400 INFO", "400 OPTIONS"]);
}

#[test]
fn a_call_that_was_answered_is_not_early_and_one_that_ends_is_declined() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    let line = format!("Replaces: one@192.0.2.2;to-tag={tag};from-tag=caller");
    let early = format!("{line};early-only");
    let heard = replace(&mut wire, "z9hG4bK-8", &[&early], "v=0");
    assert_eq!(heard, ["486 INVITE"]);
    wire.endpoint.bye(wire.now, leg, None);
    assert_eq!(wire.heard(), ["BYE"]);
    let heard = replace(&mut wire, "z9hG4bK-9", &[&line], "v=0");
    assert_eq!(heard, ["603 INVITE"]);
}

/// RFC 3891 §3: only the side that has begun a call can have it replaced before it is answered.
#[test]
fn a_call_that_rings_here_is_not_replaced_and_one_that_we_make_is() {
    let mut wire = Wire::new();
    wire.say(&invite("z9hG4bK-1", &[CONTACT], "v=0"));
    let leg = wire.events[0].0;
    wire.endpoint.provisional(wire.now, leg, 180, None);
    wire.drain();
    let tag = to_tag(&wire.sent[1].1);
    let line = format!("Replaces: one@192.0.2.2;to-tag={tag};from-tag=caller");
    let heard = replace(&mut wire, "z9hG4bK-8", &[&line], "v=0");
    assert_eq!(heard, ["481 INVITE"]);

    let to = peer(Side::Bob, Transport::Udp);
    let leg = wire.endpoint.invite(wire.now, invitation(None, to));
    let (_, request) = wire.only();
    wire.say(&response(&request, "180 Ringing", "bob", &[]));
    let call_id = crate::network::header(&request, "Call-ID");
    let from = crate::network::header(&request, "From");
    let (_, tag) = from.split_once(";tag=").unwrap();
    let line = format!("Replaces: {call_id};to-tag={tag};from-tag=bob;early-only");
    let heard = replace(&mut wire, "z9hG4bK-9", &[&line], "v=0");
    assert_eq!(heard, ["100 INVITE"]);
    let early_only = true;
    assert_eq!(told(&wire), Some(Replaced { leg, early_only }));
}

fn names(endpoint: &Endpoint, other: &Endpoint, (leg, others): (LegId, LegId)) {
    let replaces = endpoint.replaces_of(leg).expect("a confirmed leg");
    assert_eq!(other.named_by(&replaces), Some(others));
    assert_eq!(endpoint.named_by(&replaces), None, "the tags are turned");
}

/// What one side gives away is understood by the other.
#[test]
fn the_name_of_a_call_is_understood_at_its_other_end() {
    let mut net = Network::udp();
    let (alice, bob) = net.talk();
    names(&net.alice, &net.bob, (alice, bob));
    names(&net.bob, &net.alice, (bob, alice));

    // Alice calls once more, in the place of the first call.
    let replaces: Replaces = net.alice.replaces_of(alice).unwrap();
    let to = peer(Side::Bob, Transport::Udp);
    let mut call = invitation(None, to);
    call.extra = vec![(HeaderName::Replaces, replaces.to_string())];
    net.alice.invite(net.now, call);
    net.run_ms(10);
    let told = net
        .events
        .iter()
        .rev()
        .find_map(|(_, side, _, event)| match event {
            LegEvent::Incoming(invite) if *side == Side::Bob => Some(invite.replaces),
            _ => None,
        });
    let early_only = false;
    let leg = bob;
    assert_eq!(told.unwrap(), Some(Replaced { leg, early_only }));
    net.alice.bye(net.now, alice, None);
    net.run_ms(10);
    assert_eq!(net.alice.replaces_of(alice), None, "it is over");
    assert_eq!(net.bob.named_by(&replaces), None);
}
