//! Session timers (RFC 4028), as the called side and as the calling one.

use crate::{
    network::{Network, OFFER, Side, config, has_header, header, invitation, peer},
    wire::{CONTACT, Wire, invite, request, response},
};
use bytes::Bytes;
use kring_sip::{Endpoint, EndpointConfig, LegEvent, Transport};

const TIMER: &str = "Supported: timer";

fn wire_with(session_timer_s: u32) -> Wire {
    let mut wire = Wire::new();
    wire.endpoint = Endpoint::new(EndpointConfig {
        session_timer_s,
        ..config(Side::Alice, 7)
    });
    wire
}

/// The 200 to an INVITE with these lines.
fn settled(session_timer_s: u32, lines: &[&str]) -> String {
    let mut wire = wire_with(session_timer_s);
    let lines = [&[CONTACT], lines].concat();
    wire.say(&invite("z9hG4bK-1", &lines, "v=0"));
    let leg = wire.events[0].0;
    let answer = Some(Bytes::from_static(b"v=0"));
    wire.endpoint.accept(wire.now, leg, answer);
    wire.drain();
    wire.sent.pop().unwrap().1
}

/// RFC 4028 §9, table 2, and what we should like ourselves.
#[test]
fn the_called_side_settles_the_timer() {
    let expected: [(u32, &[&str], &str, bool); 9] = [
        (
            0,
            &[TIMER, "Session-Expires: 600"],
            "600;refresher=uac",
            true,
        ),
        (
            0,
            &[TIMER, "x: 600;refresher=uas"],
            "600;refresher=uas",
            false,
        ),
        (
            0,
            &[TIMER, "x: 600;refresher=uac"],
            "600;refresher=uac",
            true,
        ),
        // A proxy wants it, the caller knows nothing of it.
        (0, &["Session-Expires: 600"], "600;refresher=uas", false),
        // Ours is shorter, but not shorter than anybody on the way bears.
        (300, &[TIMER, "x: 600"], "300;refresher=uac", true),
        (
            300,
            &[TIMER, "x: 600", "Min-SE: 400"],
            "400;refresher=uac",
            true,
        ),
        (900, &[TIMER, "x: 600"], "600;refresher=uac", true),
        // Nobody asked but us.
        (300, &[TIMER], "300;refresher=uas", false),
        (
            300,
            &["k: timer", "Min-SE: 1000"],
            "1000;refresher=uas",
            false,
        ),
    ];
    for (own, lines, expires, requires) in expected {
        let ok = settled(own, lines);
        assert_eq!(header(&ok, "Session-Expires"), expires, "{lines:?}");
        assert_eq!(has_header(&ok, "Require"), requires, "{lines:?}");
        assert!(header(&ok, "Supported").contains("timer"));
    }
    let without: [(u32, &[&str]); 4] = [
        (0, &[TIMER]),
        (300, &[]),
        (0, &["Session-Expires: 30"]),
        (300, &["Session-Expires: soon"]),
    ];
    for (own, lines) in without {
        assert!(
            !has_header(&settled(own, lines), "Session-Expires"),
            "{lines:?}"
        );
    }
}

#[test]
fn an_interval_too_small_is_refused_with_the_least_that_we_take() {
    let mut wire = Wire::new();
    let lines = [CONTACT, TIMER, "Session-Expires: 60"];
    wire.say(&invite("z9hG4bK-1", &lines, "v=0"));
    let (_, text) = wire.only();
    assert!(
        text.starts_with("SIP/2.0 422 Session Interval Too Small\r\n"),
        "{text}"
    );
    assert_eq!(header(&text, "Min-SE"), "90");
    assert!(wire.happened().is_empty());
}

#[test]
fn a_demanded_timer_is_no_bad_extension() {
    let ok = settled(0, &["Require: timer", "Session-Expires: 600;refresher=uac"]);
    assert_eq!(header(&ok, "Session-Expires"), "600;refresher=uac");
}

/// Nobody refreshes: BYE, 32 s before the end.
#[test]
fn a_session_that_nobody_refreshes_ends_by_bye() {
    let mut wire = Wire::new();
    wire.answered(&[TIMER, "Session-Expires: 600;refresher=uac"]);
    wire.pass_ms(567_900);
    assert!(wire.heard().is_empty());
    wire.pass_ms(200);
    let (_, bye) = wire.only();
    assert!(bye.starts_with("BYE "));
    assert_eq!(
        header(&bye, "Reason"),
        "SIP;cause=408;text=\"Session timer expired\""
    );
    assert_eq!(wire.happened(), ["gone 408"]);
    assert_eq!(wire.endpoint.counts().dialogs, 0);
    wire.say(&response(&bye, "200 OK", "", &[]));
    wire.pass_ms(10_000);
    assert_eq!(wire.endpoint.counts().transactions, 0);
}

/// Asterisk refreshes by UPDATE without SDP, some phones by re-INVITE: both last as long again.
#[test]
fn their_refreshes_begin_the_interval_anew() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[TIMER, "Session-Expires: 600;refresher=uac"]);
    wire.pass_ms(300_000);
    let lines = [CONTACT, TIMER, "Session-Expires: 600;refresher=uac"];
    wire.within("UPDATE", &tag, 2, &lines, "");
    let (_, ok) = wire.only();
    assert_eq!(header(&ok, "Session-Expires"), "600;refresher=uac");
    assert_eq!(header(&ok, "Require"), "timer");
    wire.pass_ms(500_000);
    // One that says nothing of timers is a refresh all the same.
    wire.within("INVITE", &tag, 3, &[CONTACT], "v=0");
    wire.endpoint
        .accept_offer(wire.now, leg, Some(Bytes::from_static(b"v=0")));
    wire.drain();
    let ok = wire.sent.pop().unwrap().1;
    assert_eq!(header(&ok, "Session-Expires"), "600;refresher=uac");
    wire.say(&request(
        "ACK sip:kring@192.0.2.1",
        "z9hG4bK-a",
        &tag,
        3,
        &[],
        "",
    ));
    wire.sent.clear();
    wire.pass_ms(560_000);
    assert!(wire.heard().is_empty());
    wire.pass_ms(10_000);
    assert_eq!(wire.heard()[0], "BYE");
}

#[test]
fn our_refresh_goes_by_update_where_the_other_side_takes_it() {
    let mut wire = Wire::new();
    wire.answered(&[TIMER, "Allow: INVITE, UPDATE", "x: 600;refresher=uas"]);
    for _ in 0..3 {
        wire.pass_ms(300_000);
        let (_, update) = wire.only();
        assert!(
            update.starts_with("UPDATE sip:caller@192.0.2.2:5062 SIP/2.0\r\n"),
            "{update}"
        );
        assert_eq!(header(&update, "Session-Expires"), "600;refresher=uac");
        assert_eq!(header(&update, "Content-Length"), "0");
        assert!(has_header(&update, "Contact") && has_header(&update, "Allow"));
        let lines = ["Session-Expires: 600;refresher=uac", "Require: timer"];
        wire.say(&response(&update, "200 OK", "", &lines));
    }
    assert!(wire.happened().is_empty());
}

#[test]
fn our_refresh_goes_by_reinvite_with_the_same_sdp_else() {
    let mut wire = Wire::new();
    wire.answered(&[TIMER, "x: 600;refresher=uas"]);
    wire.pass_ms(300_000);
    let (_, again) = wire.only();
    assert!(
        again.starts_with("INVITE ") && again.ends_with("\r\n\r\nv=0"),
        "{again}"
    );
    let mut ok = response(
        &again,
        "200 OK",
        "",
        &["Session-Expires: 600;refresher=uac", CONTACT],
    );
    ok = ok.replace(
        "Content-Length: 0\r\n\r\n",
        "Content-Length: 5\r\n\r\nv=0 1",
    );
    wire.say(&ok);
    wire.say(&ok);
    assert_eq!(wire.heard(), ["ACK", "ACK"]);
    assert_eq!(wire.happened(), ["refreshed"]);
    wire.pass_ms(300_000);
    assert_eq!(wire.heard(), ["INVITE"]);
}

/// It said UPDATE in Allow and refuses it: then by re-INVITE, at once.
#[test]
fn a_refused_update_is_followed_by_a_reinvite() {
    let mut wire = Wire::new();
    wire.answered(&[TIMER, "Allow: UPDATE", "x: 600;refresher=uas"]);
    wire.pass_ms(300_000);
    let (_, update) = wire.only();
    wire.say(&response(&update, "501 Not Implemented", "", &[]));
    let (_, again) = wire.only();
    assert!(again.starts_with("INVITE "));
}

#[test]
fn a_refresh_that_is_too_early_for_them_takes_their_interval() {
    let mut wire = Wire::new();
    wire.answered(&[TIMER, "Allow: UPDATE", "x: 600;refresher=uas"]);
    wire.pass_ms(300_000);
    let (_, update) = wire.only();
    let status = "422 Session Interval Too Small";
    wire.say(&response(&update, status, "", &["Min-SE: 1200"]));
    let (_, again) = wire.only();
    assert_eq!(header(&again, "Session-Expires"), "1200;refresher=uac");
    assert_eq!(header(&again, "Min-SE"), "1200");
    wire.say(&response(
        &again,
        "200 OK",
        "",
        &["Session-Expires: 1200;refresher=uac"],
    ));
    wire.pass_ms(599_000);
    assert!(wire.heard().is_empty());
    wire.pass_ms(1_400);
    assert_eq!(wire.heard(), ["UPDATE"]);
}

/// 481 and silence end the call at once; other refusals are tried again until the end.
#[test]
fn a_failed_refresh_ends_the_call_or_is_tried_again() {
    for status in ["481 Call/Transaction Does Not Exist", ""] {
        let mut wire = Wire::new();
        wire.answered(&[TIMER, "Allow: UPDATE", "x: 600;refresher=uas"]);
        wire.pass_ms(300_000);
        let update = wire.sent.remove(0).1;
        if status.is_empty() {
            wire.pass_ms(32_000);
        } else {
            wire.say(&response(&update, status, "", &[]));
        }
        assert!(wire.heard().contains(&"BYE".to_owned()), "{status}");
        let code = if status.is_empty() {
            "gone 408"
        } else {
            "gone 481"
        };
        assert_eq!(wire.happened(), [code]);
    }
    let mut wire = Wire::new();
    wire.answered(&[TIMER, "Allow: UPDATE", "x: 600;refresher=uas"]);
    wire.pass_ms(300_000);
    let mut tries = 0;
    while wire.endpoint.counts().dialogs > 0 {
        for (_, text) in std::mem::take(&mut wire.sent) {
            if text.starts_with("UPDATE ") {
                tries += 1;
                wire.say(&response(&text, "500 Server Internal Error", "", &[]));
            }
        }
        wire.pass_ms(1_000);
    }
    assert!((4..=8).contains(&tries), "{tries}");
    assert_eq!(wire.now.as_micros() / 1_000_000, 568);
}

#[test]
fn our_calls_ask_for_a_timer_and_do_as_the_answer_says() {
    let to = peer(Side::Bob, Transport::Udp);
    let cases = [
        ("Session-Expires: 1200;refresher=uac", Some(600), None),
        ("Session-Expires: 1200;refresher=uas", None, Some(1_168)),
        ("Server: knows-no-timers", None, None),
    ];
    for (line, refresh_s, end_s) in cases {
        let mut wire = wire_with(1_800);
        wire.endpoint.invite(wire.now, invitation(Some(OFFER), to));
        let (_, first) = wire.only();
        assert_eq!(header(&first, "Session-Expires"), "1800");
        assert!(header(&first, "Supported").contains("timer"));
        assert!(!has_header(&first, "Min-SE"));
        wire.say(&response(&first, "200 OK", "bob", &[line, "Allow: UPDATE"]));
        let (leg, event) = wire.events.pop().unwrap();
        assert!(matches!(event, LegEvent::Accepted { .. }));
        wire.endpoint.acknowledge(wire.now, leg, None);
        assert_eq!(wire.heard(), ["ACK"]);
        wire.pass_ms(33_000);
        let due = wire
            .endpoint
            .deadline()
            .map(|at| at.as_micros() / 1_000_000);
        assert_eq!(due, refresh_s.or(end_s), "{line}");
    }
}

/// Two of us talk for a day.
#[test]
fn two_endpoints_keep_a_long_call_alive() {
    let mut net = Network::udp();
    net.alice = Endpoint::new(EndpointConfig {
        session_timer_s: 1_800,
        ..config(Side::Alice, 1)
    });
    net.talk();
    net.run_ms(86_400_000);
    let updates = net.times(Side::Alice, "UPDATE").len() + net.times(Side::Bob, "UPDATE").len();
    assert_eq!(updates, 95, "every 900 s");
    assert!(net.times(Side::Alice, "BYE").is_empty());
    // The cable is cut: both sides notice.
    net.faults.loss_percent = 100;
    net.run_out();
    assert_eq!(net.events_of(Side::Alice).last().unwrap(), "gone 408");
    assert_eq!(net.events_of(Side::Bob).last().unwrap(), "gone 408");
    net.assert_clean();
}

/// RFC 4028 §7.3: whoever wants a longer session is asked again, once, within the same call.
#[test]
fn an_invite_that_gets_422_is_sent_again_with_the_longer_session() {
    let mut wire = wire_with(300);
    let call = invitation(Some(OFFER), peer(Side::Bob, Transport::Udp));
    let leg = wire.endpoint.invite(wire.now, call);
    let (_, first) = wire.only();
    let status = "422 Session Interval Too Small";
    wire.say(&response(&first, status, "p", &["Min-SE: 900"]));
    wire.drain();
    let second = wire.sent.pop().unwrap().1;
    assert!(wire.sent.pop().unwrap().1.starts_with("ACK "));
    for name in ["Call-ID", "From", "To", "Contact"] {
        assert_eq!(header(&first, name), header(&second, name));
    }
    assert_eq!(header(&second, "CSeq"), "2 INVITE");
    assert_eq!(header(&second, "Session-Expires"), "900");
    assert_eq!(header(&second, "Min-SE"), "900");
    assert!(wire.happened().is_empty(), "the same leg goes on");
    // Again: that was not it.
    wire.say(&response(&second, status, "p", &["Min-SE: 1800"]));
    assert_eq!(wire.heard(), ["ACK"]);
    assert_eq!(wire.happened(), ["rejected 422"]);
    assert!(wire.endpoint.call_id(leg).is_none());
}

/// Whoever says 422 to a session that was long enough is not asked again, nor whoever was cancelled.
#[test]
fn a_422_that_explains_nothing_is_a_refusal() {
    let status = "422 Session Interval Too Small";
    for (own, line) in [
        (300, "Min-SE: 120"),
        (0, "Min-SE: 900"),
        (300, "Subject: none"),
    ] {
        let mut wire = wire_with(own);
        let call = invitation(Some(OFFER), peer(Side::Bob, Transport::Udp));
        wire.endpoint.invite(wire.now, call);
        let (_, first) = wire.only();
        wire.say(&response(&first, status, "p", &[line]));
        assert_eq!(wire.heard(), ["ACK"], "{line}");
        assert_eq!(wire.happened(), ["rejected 422"], "{line}");
    }
}
