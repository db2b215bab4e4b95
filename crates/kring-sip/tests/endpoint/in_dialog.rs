//! What the other side may ask within a dialog.

use crate::{
    network::{Network, OFFER, Side, has_header, header, invitation, peer},
    wire::{CONTACT, Wire, invite, request, response, to_tag},
};
use bytes::Bytes;
use kring_sip::{LegEvent, OfferKind, Transport};

#[test]
fn each_method_has_its_answer() {
    let mut wire = Wire::new();
    let (_, tag) = wire.answered(&[]);
    let expected = [
        ("OPTIONS", "200 OPTIONS"),
        ("INFO", "200 INFO"),
        ("NOTIFY", "481 NOTIFY"),
        ("PRACK", "481 PRACK"),
        ("REFER", "400 REFER"),
        ("MESSAGE", "405 MESSAGE"),
        ("JUMP", "501 JUMP"),
        ("UPDATE", "200 UPDATE"),
    ];
    for (seq, (method, answer)) in (2..).zip(expected) {
        wire.within(method, &tag, seq, &[], "");
        let (_, text) = wire.only();
        assert_eq!(crate::network::name(&text), answer);
        assert_eq!(
            has_header(&text, "Allow"),
            matches!(answer, "405 MESSAGE" | "501 JUMP" | "200 UPDATE"),
            "{text}"
        );
        assert_eq!(to_tag(&text), tag);
    }
    assert!(wire.happened().is_empty());
}

#[test]
fn a_repeated_request_gets_the_same_answer_and_happens_once() {
    let mut wire = Wire::new();
    let (_, tag) = wire.answered(&[]);
    wire.within("BYE", &tag, 2, &["Reason: Q.850;cause=16"], "");
    let first = wire.only();
    wire.within("BYE", &tag, 2, &["Reason: Q.850;cause=16"], "");
    assert_eq!(wire.only(), first);
    let events: Vec<_> = wire.events.drain(..).collect();
    assert_eq!(events.len(), 1);
    assert!(
        matches!(&events[0].1, LegEvent::Bye { reason: Some(reason) } if reason == "Q.850;cause=16")
    );
    wire.within("BYE", &tag, 3, &[], "");
    assert_eq!(wire.heard(), ["481 BYE"]);
    wire.pass_ms(32_000);
    assert_eq!(wire.endpoint.counts().transactions, 0);
}

/// RFC 3261 §12.2.2.
#[test]
fn numbers_must_grow() {
    let mut wire = Wire::new();
    let (_, tag) = wire.answered(&[]);
    wire.within("INFO", &tag, 10, &[], "");
    wire.within("OPTIONS", &tag, 9, &[], "");
    wire.within("OPTIONS", &tag, 11, &[], "");
    assert_eq!(wire.heard(), ["200 INFO", "500 OPTIONS", "200 OPTIONS"]);
}

#[test]
fn a_demanded_extension_is_named_as_unsupported() {
    let mut wire = Wire::new();
    let (_, tag) = wire.answered(&[]);
    wire.within("INFO", &tag, 2, &["Require: path, timer, tdialog"], "");
    let (_, text) = wire.only();
    assert!(text.starts_with("SIP/2.0 420 Bad Extension\r\n"));
    assert_eq!(header(&text, "Unsupported"), "path, tdialog");
}

#[test]
fn strangers_do_not_get_into_a_dialog() {
    let mut wire = Wire::new();
    let (_, tag) = wire.answered(&[]);
    let bye = request("BYE sip:kring@192.0.2.1", "z9hG4bK-x", &tag, 2, &[], "");
    for (what, other) in [
        ("tag=caller", "tag=another"),
        ("one@192.0.2.2", "two@192.0.2.2"),
        (&tag, "0000000000000000"),
        (&tag, "not-ours"),
    ] {
        wire.say(&bye.replace(what, other));
        assert_eq!(wire.heard(), ["481 BYE"], "{other}");
    }
    assert!(wire.happened().is_empty());
}

#[test]
fn a_reinvite_is_offered_and_answered() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    wire.within(
        "INVITE",
        &tag,
        2,
        &["Contact: <sip:moved@192.0.2.3:5070>"],
        "v=0 hold",
    );
    assert_eq!(wire.heard(), ["100 INVITE"]);
    let (_, event) = wire.events.pop().unwrap();
    assert!(
        matches!(event, LegEvent::Offer { body, kind: OfferKind::Reinvite } if body == "v=0 hold")
    );
    wire.endpoint
        .accept_offer(wire.now, leg, Some(Bytes::from_static(b"v=0 held")));
    let (_, ok) = wire.only();
    assert!(ok.starts_with("SIP/2.0 200 OK\r\n") && ok.ends_with("\r\n\r\nv=0 held"));
    assert!(has_header(&ok, "Contact"));
    // Repeated until its ACK, which changes nothing else.
    wire.pass_ms(1_600);
    assert_eq!(wire.heard(), ["200 INVITE", "200 INVITE"]);
    wire.say(&request(
        "ACK sip:kring@192.0.2.1",
        "z9hG4bK-a",
        &tag,
        2,
        &[],
        "",
    ));
    wire.pass_ms(40_000);
    assert!(wire.heard().is_empty());
    assert!(wire.happened().is_empty());
    // The target has moved with it.
    wire.endpoint.bye(wire.now, leg, None);
    let (to, bye) = wire.only();
    assert_eq!(to.address.to_string(), "192.0.2.3:5070");
    assert!(bye.starts_with("BYE sip:moved@192.0.2.3:5070 SIP/2.0\r\n"));
}

#[test]
fn a_refused_reinvite_leaves_the_dialog_as_it_was() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    wire.within(
        "INVITE",
        &tag,
        2,
        &["Contact: <sip:moved@192.0.2.3:5070>"],
        "v=0 video",
    );
    wire.endpoint.reject_offer(wire.now, leg, 488);
    assert_eq!(wire.heard(), ["100 INVITE", "488 INVITE"]);
    wire.say(&request(
        "ACK sip:kring@192.0.2.1",
        "z9hG4bK-2INVITE",
        &tag,
        2,
        &[],
        "",
    ));
    wire.endpoint.bye(wire.now, leg, None);
    assert_eq!(wire.only().0.address.to_string(), "192.0.2.2:5062");
}

#[test]
fn a_reinvite_without_offer_gets_ours_and_its_ack_brings_the_answer() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    wire.within("INVITE", &tag, 2, &[], "");
    let (_, event) = wire.events.pop().unwrap();
    assert!(matches!(event, LegEvent::Offer { body, .. } if body.is_empty()));
    wire.endpoint
        .accept_offer(wire.now, leg, Some(Bytes::from_static(b"v=0 ours")));
    // Ours is open: another one must wait (RFC 3261 §14.2).
    wire.within("UPDATE", &tag, 3, &[], "v=0 theirs");
    assert_eq!(wire.heard(), ["100 INVITE", "200 INVITE", "491 UPDATE"]);
    wire.say(&request(
        "ACK sip:kring@192.0.2.1",
        "z9hG4bK-a",
        &tag,
        2,
        &[],
        "v=0 answer",
    ));
    assert_eq!(wire.happened(), ["confirmed with answer"]);
}

#[test]
fn a_second_offer_waits_for_the_first() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    wire.within("INVITE", &tag, 2, &[], "v=0");
    wire.within("INVITE", &tag, 3, &[], "v=0");
    wire.within("UPDATE", &tag, 4, &[], "v=0");
    wire.drain();
    let late: Vec<_> = wire.sent.drain(1..).collect();
    for (_, text) in &late {
        assert!(text.starts_with("SIP/2.0 500 "), "{text}");
        assert!(header(text, "Retry-After").parse::<u32>().unwrap() <= 10);
    }
    assert_eq!(late.len(), 2);
    wire.endpoint.accept_offer(wire.now, leg, None);
    // The ACK is missing still (RFC 5407 §3.1.4).
    wire.within("INVITE", &tag, 5, &[], "v=0");
    assert_eq!(wire.heard(), ["100 INVITE", "200 INVITE", "491 INVITE"]);
}

#[test]
fn an_update_with_an_offer_is_answered_at_once() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    wire.within(
        "UPDATE",
        &tag,
        2,
        &["Contact: <sip:moved@192.0.2.3:5070>"],
        "v=0",
    );
    assert_eq!(wire.happened(), ["offer Update"]);
    wire.within(
        "UPDATE",
        &tag,
        2,
        &["Contact: <sip:moved@192.0.2.3:5070>"],
        "v=0",
    );
    assert!(
        wire.heard().is_empty() && wire.happened().is_empty(),
        "it is being thought about"
    );
    wire.endpoint
        .accept_offer(wire.now, leg, Some(Bytes::from_static(b"v=0 yes")));
    let (_, ok) = wire.only();
    assert!(ok.ends_with("v=0 yes") && has_header(&ok, "Contact"));
    wire.pass_ms(10_000);
    assert!(wire.heard().is_empty(), "an UPDATE has no ACK");
    wire.endpoint.bye(wire.now, leg, None);
    assert_eq!(wire.only().0.address.to_string(), "192.0.2.3:5070");
}

#[test]
fn a_bye_answers_the_offer_that_waits() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    wire.within("INVITE", &tag, 2, &[], "v=0");
    wire.within("BYE", &tag, 3, &[], "");
    assert_eq!(wire.heard(), ["100 INVITE", "487 INVITE", "200 BYE"]);
    wire.endpoint.accept_offer(wire.now, leg, None);
    assert!(wire.heard().is_empty());
    wire.pass_ms(100_000);
    assert_eq!(wire.endpoint.counts().transactions, 0);
}

#[test]
fn a_reinvite_can_be_cancelled() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    wire.within("INVITE", &tag, 2, &[], "v=0");
    let start = "CANCEL sip:kring@192.0.2.1";
    wire.say(&request(start, "z9hG4bK-2INVITE", &tag, 2, &[], ""));
    assert_eq!(wire.heard(), ["100 INVITE", "200 CANCEL", "487 INVITE"]);
    wire.endpoint.accept_offer(wire.now, leg, None);
    assert!(wire.heard().is_empty());
    assert_eq!(wire.endpoint.counts().dialogs, 1, "the call goes on");
}

#[test]
fn offers_before_the_call_is_answered_are_too_early() {
    let mut wire = Wire::new();
    wire.say(&invite("z9hG4bK-1", &[CONTACT], "v=0"));
    let leg = wire.events[0].0;
    wire.endpoint.provisional(wire.now, leg, 180, None);
    wire.drain();
    let tag = to_tag(&wire.sent[1].1);
    wire.sent.clear();
    wire.within("UPDATE", &tag, 2, &[], "v=0");
    let (_, text) = wire.only();
    assert!(text.starts_with("SIP/2.0 500 ") && has_header(&text, "Retry-After"));

    let to = peer(Side::Bob, Transport::Udp);
    wire.endpoint.invite(wire.now, invitation(Some(OFFER), to));
    let (_, invite) = wire.only();
    wire.say(&response(&invite, "183 Session Progress", "bob", &[]));
    let from_tag = header(&invite, "From")
        .split_once(";tag=")
        .unwrap()
        .1
        .to_owned();
    let update = request(
        "UPDATE sip:kring@192.0.2.1",
        "z9hG4bK-u",
        &from_tag,
        1,
        &[],
        "v=0",
    )
    .replace("one@192.0.2.2", header(&invite, "Call-ID"))
    .replace("tag=caller", "tag=bob");
    wire.say(&update);
    assert_eq!(wire.heard(), ["491 UPDATE"]);
}

/// RFC 3261 §15: the caller may end an early dialog by BYE.
#[test]
fn a_bye_in_an_early_dialog_is_a_cancel() {
    let mut wire = Wire::new();
    wire.say(&invite("z9hG4bK-1", &[CONTACT], "v=0"));
    let leg = wire.events[0].0;
    wire.endpoint.provisional(wire.now, leg, 180, None);
    wire.drain();
    let tag = to_tag(&wire.sent[1].1);
    wire.sent.clear();
    wire.within("BYE", &tag, 2, &[], "");
    assert_eq!(wire.heard(), ["200 BYE", "487 INVITE"]);
    assert_eq!(wire.happened(), ["incoming", "cancelled"]);
    assert_eq!(wire.endpoint.counts().dialogs, 0);
}

#[test]
fn both_hang_up_at_once() {
    let mut net = Network::udp();
    let (alice, bob) = net.talk();
    net.alice.bye(net.now, alice, None);
    net.bob.bye(net.now, bob, None);
    net.run_out();
    assert_eq!(net.events_of(Side::Alice).last().unwrap(), "gone 200");
    assert_eq!(net.events_of(Side::Bob).last().unwrap(), "gone 200");
    net.assert_clean();
}
