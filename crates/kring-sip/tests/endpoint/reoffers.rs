//! Our own re-INVITEs, and what happens when both sides want something at once.

use crate::{
    network::{ANSWER, Network, OFFER, Side, header, invitation, peer},
    wire::{CONTACT, Wire, request, response},
};
use bytes::Bytes;
use kring_sip::{LegEvent, LegId, Transport};

const NEW: &[u8] = b"v=0 new";

fn reoffer(wire: &mut Wire, leg: LegId) -> String {
    wire.endpoint
        .reoffer(wire.now, leg, Bytes::from_static(NEW));
    wire.only().1
}

fn with_body(text: &str, body: &str) -> String {
    let empty = "Content-Length: 0\r\n\r\n";
    let full = format!("Content-Length: {}\r\n\r\n{body}", body.len());
    assert!(text.ends_with(empty));
    text.replace(empty, &full)
}

#[test]
fn a_reoffer_is_answered_and_moves_the_target() {
    let mut wire = Wire::new();
    let (leg, _) = wire.answered(&[]);
    let again = reoffer(&mut wire, leg);
    assert!(again.starts_with("INVITE sip:caller@192.0.2.2:5062 SIP/2.0\r\n"));
    assert!(again.ends_with("\r\n\r\nv=0 new"));
    wire.say(&response(&again, "100 Trying", "", &[]));
    wire.pass_ms(3_000);
    let ok = response(
        &again,
        "200 OK",
        "",
        &["Contact: <sip:moved@192.0.2.3:5070>"],
    );
    wire.say(&with_body(&ok, "v=0 yes"));
    let (to, ack) = wire.only();
    assert!(ack.starts_with("ACK sip:moved@192.0.2.3:5070 SIP/2.0\r\n"));
    assert_eq!(to.address.to_string(), "192.0.2.3:5070");
    assert_eq!(
        header(&ack, "CSeq").split(' ').next(),
        header(&again, "CSeq").split(' ').next()
    );
    let (_, event) = wire.events.pop().unwrap();
    assert!(matches!(event, LegEvent::Answer { body } if body == "v=0 yes"));
    wire.pass_ms(40_000);
    assert!(wire.heard().is_empty());
    assert_eq!(wire.endpoint.counts().transactions, 0);
}

#[test]
fn a_refused_reoffer_leaves_the_call_as_it_was() {
    let mut wire = Wire::new();
    let (leg, _) = wire.answered(&[]);
    let again = reoffer(&mut wire, leg);
    wire.say(&response(&again, "488 Not Acceptable Here", "", &[]));
    let (_, ack) = wire.only();
    assert!(ack.starts_with("ACK sip:caller@192.0.2.2:5062 SIP/2.0\r\n"));
    assert_eq!(
        header(&ack, "Via"),
        header(&again, "Via"),
        "the transaction's own"
    );
    assert_eq!(wire.happened(), ["offer refused 488"]);
    assert_eq!(wire.endpoint.counts().dialogs, 1);
    // Accepted without an answer: nothing was agreed.
    let again = reoffer(&mut wire, leg);
    wire.say(&response(&again, "200 OK", "", &[CONTACT]));
    assert_eq!(wire.heard(), ["ACK"]);
    assert_eq!(wire.happened(), ["offer refused 488"]);
}

#[test]
fn a_reoffer_to_nobody_ends_the_call() {
    for status in [
        "481 Call/Transaction Does Not Exist",
        "408 Request Timeout",
        "",
    ] {
        let mut wire = Wire::new();
        let (leg, _) = wire.answered(&[]);
        let again = reoffer(&mut wire, leg);
        if status.is_empty() {
            wire.pass_ms(32_000);
            assert!(wire.heard().ends_with(&["BYE".to_owned()]));
        } else {
            wire.say(&response(&again, status, "", &[]));
            assert_eq!(wire.heard(), ["ACK", "BYE"]);
        }
        let code = if status.starts_with("481") {
            "gone 481"
        } else {
            "gone 408"
        };
        assert_eq!(wire.happened(), [code], "{status}");
        assert_eq!(wire.endpoint.counts().dialogs, 0);
    }
}

/// No person is waited for: a re-INVITE that gets 100 and nothing more is lost.
#[test]
fn a_reoffer_that_hangs_is_given_up() {
    let mut wire = Wire::new();
    let (leg, _) = wire.answered(&[]);
    let again = reoffer(&mut wire, leg);
    wire.say(&response(&again, "100 Trying", "", &[]));
    wire.pass_ms(63_000);
    assert!(wire.heard().is_empty());
    wire.pass_ms(2_000);
    assert_eq!(wire.happened(), ["gone 408"]);
}

/// RFC 3261 §14.1: who made the Call-ID waits 2.1 to 4 s, the other 0 to 2 s.
#[test]
fn glare_is_left_after_different_times() {
    let mut net = Network::udp();
    let (alice, bob) = net.talk();
    net.alice.reoffer(net.now, alice, Bytes::from_static(OFFER));
    net.bob.reoffer(net.now, bob, Bytes::from_static(ANSWER));
    let start = net.now;
    net.run_ms(100);
    assert_eq!(net.times(Side::Alice, "491 INVITE").len(), 1);
    assert_eq!(net.times(Side::Bob, "491 INVITE").len(), 1);
    let end = net.now + std::time::Duration::from_secs(6);
    let mut answered = 0;
    while net.next().is_some_and(|at| at <= end) {
        net.step();
        for (_, side, leg, event) in net.events.split_off(answered) {
            if let LegEvent::Offer { .. } = event {
                let answer = Some(Bytes::from_static(ANSWER));
                match side {
                    Side::Alice => net.alice.accept_offer(net.now, leg, answer),
                    Side::Bob => net.bob.accept_offer(net.now, leg, answer),
                }
            }
            net.events.push((net.now, side, leg, event));
            answered = net.events.len();
        }
    }
    let after = |side| net.times(side, "INVITE").pop().unwrap() - start.as_micros() / 1_000;
    assert!(
        (2_100..=4_020).contains(&after(Side::Alice)),
        "{}",
        after(Side::Alice)
    );
    assert!(after(Side::Bob) <= 2_020, "{}", after(Side::Bob));
    assert_eq!(net.events_of(Side::Alice).last().unwrap(), "answer");
    assert!(net.events_of(Side::Bob).contains(&"answer".to_owned()));
}

#[test]
fn an_offer_waits_while_ours_is_open() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    let again = reoffer(&mut wire, leg);
    wire.within("INVITE", &tag, 2, &[], "v=0");
    wire.within("UPDATE", &tag, 3, &[], "v=0");
    wire.within("UPDATE", &tag, 4, &[], "");
    assert_eq!(wire.heard(), ["491 INVITE", "491 UPDATE", "200 UPDATE"]);
    wire.say(&with_body(
        &response(&again, "200 OK", "", &[CONTACT]),
        "v=0",
    ));
    wire.within("UPDATE", &tag, 5, &[], "v=0");
    assert_eq!(wire.happened(), ["answer", "offer Update"]);
}

#[test]
fn ours_waits_while_theirs_is_open_and_the_latest_goes() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    wire.within("UPDATE", &tag, 2, &[], "v=0");
    let offer = |wire: &mut Wire, body: &'static [u8]| {
        wire.endpoint
            .reoffer(wire.now, leg, Bytes::from_static(body));
    };
    offer(&mut wire, b"v=0 old");
    offer(&mut wire, NEW);
    wire.pass_ms(5_000);
    assert!(wire.heard().is_empty());
    wire.endpoint
        .accept_offer(wire.now, leg, Some(Bytes::from_static(b"v=0")));
    wire.drain();
    assert_eq!(wire.sent.len(), 2, "in the same step: its time had come");
    assert!(wire.sent[1].1.ends_with("v=0 new"));
}

/// Whatever ends what stood in its way: it goes at once, and nobody is told to wake in the past.
#[test]
fn ours_goes_with_the_order_that_makes_way_for_it() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    wire.within("UPDATE", &tag, 2, &[], "v=0");
    wire.endpoint
        .reoffer(wire.now, leg, Bytes::from_static(NEW));
    wire.pass_ms(5_000);
    wire.endpoint.reject_offer(wire.now, leg, 488);
    assert_eq!(wire.heard(), ["488 UPDATE", "INVITE"]);

    let mut wire = Wire::new();
    let to = peer(Side::Bob, Transport::Udp);
    let leg = wire.endpoint.invite(wire.now, invitation(Some(OFFER), to));
    let first = wire.only().1;
    let contact = "Contact: <sip:5021@192.0.2.2:5070>";
    wire.say(&response(&first, "200 OK", "bob", &[contact]));
    wire.endpoint
        .reoffer(wire.now, leg, Bytes::from_static(NEW));
    wire.pass_ms(100);
    wire.endpoint.acknowledge(wire.now, leg, None);
    assert_eq!(wire.heard(), ["ACK", "INVITE"]);
}

#[test]
fn whoever_is_overloaded_is_asked_again_when_it_says() {
    let mut wire = Wire::new();
    let (leg, _) = wire.answered(&[]);
    let again = reoffer(&mut wire, leg);
    let busy = response(&again, "500 Server Internal Error", "", &["Retry-After: 7"]);
    wire.say(&busy);
    assert_eq!(wire.heard(), ["ACK"]);
    wire.pass_ms(6_990);
    assert!(wire.heard().is_empty());
    wire.pass_ms(20);
    assert_eq!(wire.heard(), ["INVITE"]);
    assert!(wire.happened().is_empty());
}

/// Whoever always says 491 does not mean glare.
#[test]
fn an_endless_491_is_a_refusal() {
    let mut wire = Wire::new();
    let (leg, _) = wire.answered(&[]);
    wire.endpoint
        .reoffer(wire.now, leg, Bytes::from_static(NEW));
    wire.drain();
    let mut tries = 0;
    while wire.events.is_empty() {
        for (_, text) in std::mem::take(&mut wire.sent) {
            if text.starts_with("INVITE ") {
                tries += 1;
                wire.say(&response(&text, "491 Request Pending", "", &[]));
            }
        }
        wire.pass_ms(100);
    }
    assert_eq!(wire.happened(), ["offer refused 491"]);
    assert_eq!(tries, 7);
}

/// Hung up while our re-INVITE is on its way: its answer is acknowledged, and nothing is left.
#[test]
fn a_call_ends_under_an_open_reoffer() {
    for status in ["200 OK", "487 Request Terminated"] {
        for theirs in [true, false] {
            let mut wire = Wire::new();
            let (leg, tag) = wire.answered(&[]);
            let again = reoffer(&mut wire, leg);
            if theirs {
                wire.within("BYE", &tag, 2, &[], "");
                assert_eq!(wire.heard(), ["200 BYE"]);
            } else {
                wire.endpoint.bye(wire.now, leg, None);
                let (_, bye) = wire.only();
                wire.say(&response(&bye, "200 OK", "", &[]));
            }
            wire.say(&response(&again, status, "", &[CONTACT]));
            assert_eq!(wire.heard(), ["ACK"], "{status}");
            assert_eq!(wire.happened().len(), 1);
            wire.pass_ms(100_000);
            assert_eq!(wire.endpoint.counts().transactions, 0);
            assert_eq!(wire.endpoint.deadline(), None);
        }
    }
}

/// RFC 3261 §9.2: whoever takes a re-INVITE back is told so, and nobody answers it any more.
#[test]
fn an_offer_that_is_taken_back_is_refused_and_told() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    wire.within("INVITE", &tag, 2, &[CONTACT], "v=0");
    assert_eq!(wire.heard(), ["100 INVITE"]);
    assert_eq!(wire.happened(), ["offer Reinvite"]);
    let start = "CANCEL sip:kring@192.0.2.1";
    wire.say(&request(start, "z9hG4bK-2INVITE", &tag, 2, &[], ""));
    assert_eq!(wire.heard(), ["200 CANCEL", "487 INVITE"]);
    assert_eq!(wire.happened(), ["offer cancelled"]);
    wire.endpoint
        .accept_offer(wire.now, leg, Some(Bytes::from_static(b"v=0")));
    assert!(wire.heard().is_empty());
    assert_eq!(wire.endpoint.counts().dialogs, 1);
}

#[test]
fn what_has_not_left_can_be_taken_back() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    wire.within("UPDATE", &tag, 2, &[], "v=0");
    wire.endpoint
        .reoffer(wire.now, leg, Bytes::from_static(NEW));
    assert!(wire.endpoint.withdraw_reoffer(leg));
    wire.endpoint.reject_offer(wire.now, leg, 488);
    wire.pass_ms(10_000);
    assert_eq!(wire.heard(), ["488 UPDATE"]);
    reoffer(&mut wire, leg);
    assert!(!wire.endpoint.withdraw_reoffer(leg), "it is on its way");
}
