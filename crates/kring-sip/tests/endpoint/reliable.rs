//! Reliable provisional responses (RFC 3262), ours and those of the phones that we ring.

use crate::{
    network::{OFFER, Side, has_header, header, invitation, peer},
    wire::{CONTACT, Wire, invite, response, to_tag},
};
use bytes::Bytes;
use kring_sip::{LegEvent, LegId, Transport};

const DEMANDS: &str = "Require: 100rel";
const TAKES: &str = "Supported: 100rel";

/// The peer calls, and we answer 18x: gives the leg, our tag and the 18x.
fn ringing(wire: &mut Wire, line: &str, code: u16, body: Option<&'static [u8]>) -> (LegId, String) {
    wire.say(&invite("z9hG4bK-1", &[CONTACT, line], "v=0"));
    assert_eq!(wire.heard(), ["100 INVITE"]);
    let leg = wire.events[0].0;
    wire.happened();
    let body = body.map(Bytes::from_static);
    wire.endpoint.provisional(wire.now, leg, code, body);
    (leg, wire.only().1)
}

#[test]
fn a_response_is_reliable_where_it_must_be_or_carries_sdp() {
    let cases: [(&str, Option<&'static [u8]>, bool); 5] = [
        (DEMANDS, None, true),
        (DEMANDS, Some(b"v=0"), true),
        (TAKES, None, false),
        (TAKES, Some(b"v=0"), true),
        ("Subject: nothing", Some(b"v=0"), false),
    ];
    for (line, body, reliable) in cases {
        let (_, text) = ringing(&mut Wire::new(), line, 183, body);
        assert_eq!(has_header(&text, "RSeq"), reliable, "{line}");
        assert_eq!(has_header(&text, "Require"), reliable, "{line}");
        assert!(header(&text, "Allow").contains("PRACK"));
    }
}

#[test]
fn it_is_repeated_until_its_prack() {
    let mut wire = Wire::new();
    let (_, text) = ringing(&mut wire, DEMANDS, 180, None);
    assert_eq!(header(&text, "RSeq"), "1");
    wire.pass_ms(3_600);
    assert_eq!(wire.heard(), ["180 INVITE"; 3], "after 0.5, 1.5 and 3.5 s");
    let tag = to_tag(&text);
    let wrong = ["RAck: 2 1 INVITE", "RAck: 1 2 INVITE", "Subject: none"];
    for (seq, line) in (2..).zip(wrong) {
        wire.within("PRACK", &tag, seq, &[line], "");
        assert_eq!(wire.heard(), ["481 PRACK"], "{line}");
    }
    wire.within("PRACK", &tag, 50, &["RAck: 1 1 INVITE"], "");
    wire.within("PRACK", &tag, 50, &["RAck: 1 1 INVITE"], "");
    wire.within("PRACK", &tag, 51, &["RAck: 1 1 INVITE"], "");
    assert_eq!(wire.heard(), ["200 PRACK", "200 PRACK", "481 PRACK"]);
    wire.pass_ms(20_000);
    assert!(wire.heard().is_empty());
}

#[test]
fn a_caller_who_never_acknowledges_is_refused() {
    let mut wire = Wire::new();
    ringing(&mut wire, DEMANDS, 180, None);
    wire.pass_ms(32_000);
    let heard = wire.heard();
    assert_eq!(heard.iter().filter(|name| *name == "180 INVITE").count(), 6);
    assert_eq!(heard.last().unwrap(), "504 INVITE");
    assert_eq!(wire.happened(), ["cancelled"]);
    wire.pass_ms(60_000);
    assert_eq!(wire.endpoint.counts().transactions, 0);
}

#[test]
fn the_next_one_and_the_2xx_wait_for_the_prack() {
    let mut wire = Wire::new();
    let (leg, text) = ringing(&mut wire, DEMANDS, 183, Some(b"v=0"));
    let tag = to_tag(&text);
    wire.endpoint.provisional(wire.now, leg, 180, None);
    assert!(wire.heard().is_empty());
    wire.within("PRACK", &tag, 2, &["RAck: 1 1 INVITE"], "");
    assert_eq!(wire.sent.len(), 2);
    assert_eq!(header(&wire.sent[1].1, "RSeq"), "2");
    wire.sent.clear();
    // This one carried no SDP: the 2xx does not wait, and its PRACK is taken all the same.
    wire.endpoint
        .accept(wire.now, leg, Some(Bytes::from_static(b"v=0")));
    assert_eq!(wire.heard(), ["200 INVITE"]);
    wire.within("PRACK", &tag, 3, &["RAck: 2 1 INVITE"], "");
    wire.within("PRACK", &tag, 4, &["RAck: 2 1 INVITE"], "");
    assert_eq!(wire.heard(), ["200 PRACK", "481 PRACK"]);

    let mut wire = Wire::new();
    let (leg, text) = ringing(&mut wire, TAKES, 183, Some(b"v=0"));
    wire.endpoint
        .accept(wire.now, leg, Some(Bytes::from_static(b"v=0")));
    assert!(wire.heard().is_empty(), "RFC 3262 section 3");
    wire.within("PRACK", &to_tag(&text), 2, &["RAck: 1 1 INVITE"], "");
    assert_eq!(wire.heard(), ["200 PRACK", "200 INVITE"]);
}

/// We ring a phone.
fn ring(wire: &mut Wire, body: Option<&'static [u8]>) -> String {
    let to = peer(Side::Bob, Transport::Udp);
    wire.endpoint.invite(wire.now, invitation(body, to));
    wire.only().1
}

fn reliable(request: &str, tag: &str, rseq: &str) -> String {
    let rseq = format!("RSeq: {rseq}");
    let lines = [DEMANDS, &rseq, "Contact: <sip:5021@192.0.2.2:5070>"];
    response(request, "180 Ringing", tag, &lines)
}

#[test]
fn each_reliable_response_of_a_phone_gets_one_prack_in_order() {
    let mut wire = Wire::new();
    let first = ring(&mut wire, Some(OFFER));
    assert!(header(&first, "Supported").contains("100rel"));
    wire.say(&reliable(&first, "bob", "700"));
    let (to, prack) = wire.only();
    assert!(prack.starts_with("PRACK sip:5021@192.0.2.2:5070 SIP/2.0\r\n"));
    assert_eq!(to.address.to_string(), "192.0.2.2:5070");
    assert_eq!(header(&prack, "RAck"), "700 1 INVITE");
    assert_eq!(header(&prack, "CSeq"), "2 PRACK");
    wire.say(&response(&prack, "200 OK", "", &[]));
    // Repeated, and one that has overtaken another.
    wire.say(&reliable(&first, "bob", "700"));
    wire.say(&reliable(&first, "bob", "702"));
    assert!(wire.heard().is_empty());
    assert_eq!(wire.happened(), ["progress 180"]);
    wire.say(&reliable(&first, "bob", "701"));
    assert_eq!(header(&wire.only().1, "RAck"), "701 1 INVITE");
    // Another fork counts for itself.
    wire.say(&reliable(&first, "eve", "9"));
    let (_, prack) = wire.only();
    assert_eq!(header(&prack, "RAck"), "9 1 INVITE");
    assert!(header(&prack, "To").ends_with(";tag=eve"));
    assert_eq!(wire.happened(), ["progress 180", "progress 180"]);
    // The 2xx of a fork counts on.
    wire.say(&response(
        &first,
        "200 OK",
        "bob",
        &["Contact: <sip:5021@192.0.2.2:5070>"],
    ));
    let leg = wire.events.pop().unwrap().0;
    wire.endpoint.acknowledge(wire.now, leg, None);
    wire.endpoint.bye(wire.now, leg, None);
    let bye = wire.sent.pop();
    wire.drain();
    let bye = bye.or_else(|| wire.sent.pop()).unwrap().1;
    assert_eq!(header(&bye, "CSeq"), "4 BYE");
}

/// A gateway may give its answer with a reliable 183 and leave it out of the 2xx (RFC 3261 §13.2.1); what another fork
/// has said is none of its own.
#[test]
fn an_answer_given_early_holds_for_the_2xx() {
    for (tag, holds) in [("bob", true), ("eve", false)] {
        let mut wire = Wire::new();
        let first = ring(&mut wire, Some(OFFER));
        let early = reliable(&first, "bob", "1").replace(
            "Content-Length: 0\r\n\r\n",
            "Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=bob",
        );
        wire.say(&early);
        assert_eq!(wire.heard(), ["PRACK"]);
        let contact = "Contact: <sip:5021@192.0.2.2:5070>";
        wire.say(&response(&first, "200 OK", tag, &[contact]));
        let Some((_, LegEvent::Accepted { body, .. })) = wire.events.pop() else {
            panic!("it is no answer");
        };
        assert_eq!(body.as_deref(), holds.then_some(&b"v=bob"[..]), "{tag}");
    }
}

#[test]
fn whoever_makes_no_offer_takes_none_early() {
    let first = ring(&mut Wire::new(), None);
    assert!(!header(&first, "Supported").contains("100rel"));
}

#[test]
fn an_unanswered_prack_is_repeated_and_forgotten() {
    let mut wire = Wire::new();
    let first = ring(&mut wire, Some(OFFER));
    wire.say(&reliable(&first, "bob", "1"));
    wire.pass_ms(40_000);
    let heard = wire.heard();
    assert!(heard.len() > 5 && heard.iter().all(|name| name == "PRACK"));
    assert_eq!(wire.happened(), ["progress 180"]);
}
