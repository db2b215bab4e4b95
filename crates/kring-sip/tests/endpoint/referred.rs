//! REFERs of the other side within a call, and what it is told of them.

use crate::{
    network::{Network, Side, has_header, header, invitation, peer},
    referrals::referral,
    wire::{CONTACT, Wire, invite, response, to_tag},
};
use bytes::Bytes;
use kring_sip::{LegEvent, LegId, Transport, digest::Credentials};

const REFER_TO: &str = "Refer-To: <sip:2104@192.0.2.1>";

/// The peer refers in a call that it has made: the leg and the endpoint's tag.
fn referred(wire: &mut Wire, lines: &[&str]) -> (LegId, String) {
    let (leg, tag) = wire.answered(&[]);
    wire.within("REFER", &tag, 2, &[&[REFER_TO], lines].concat(), "");
    assert_eq!(wire.happened(), ["referred to sip:2104@192.0.2.1"]);
    assert!(wire.heard().is_empty(), "it is being thought about");
    (leg, tag)
}

/// The NOTIFY that was sent: its event, its state and its body.
fn told(wire: &mut Wire) -> (String, String, String) {
    let (_, text) = wire.only();
    parts(&text)
}

fn parts(text: &str) -> (String, String, String) {
    assert!(text.starts_with("NOTIFY "), "{text}");
    assert_eq!(header(text, "Content-Type"), "message/sipfrag;version=2.0");
    assert!(has_header(text, "Contact"));
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    let line = |name| header(text, name).to_owned();
    (line("Event"), line("Subscription-State"), body.to_owned())
}

fn says(event: &str, state: &str, body: &str) -> (String, String, String) {
    (event.to_owned(), state.to_owned(), body.to_owned())
}

#[test]
fn a_refer_is_taken_on_and_told_of() {
    let mut wire = Wire::new();
    let (leg, tag) = referred(&mut wire, &["Referred-By: <sip:0812345678@192.0.2.2>"]);
    wire.within("REFER", &tag, 2, &[REFER_TO], "");
    assert!(wire.heard().is_empty(), "once is enough");
    wire.endpoint.accept_referral(wire.now, leg);
    wire.drain();
    let (_, accepted) = wire.sent.remove(0);
    assert!(accepted.starts_with("SIP/2.0 202 Accepted\r\n"));
    assert!(has_header(&accepted, "Contact") && !has_header(&accepted, "Refer-Sub"));
    let active = "active;expires=300";
    assert_eq!(
        told(&mut wire),
        says("refer", active, "SIP/2.0 100 Trying\r\n")
    );
    wire.pass_ms(1_000);
    wire.sent.clear();
    wire.endpoint.report_referral(wire.now, leg, 100);
    assert!(wire.heard().is_empty(), "that is no news");
    wire.endpoint.report_referral(wire.now, leg, 180);
    let active = "active;expires=299";
    assert_eq!(
        told(&mut wire),
        says("refer", active, "SIP/2.0 180 Ringing\r\n")
    );
    wire.endpoint.report_referral(wire.now, leg, 200);
    let over = "terminated;reason=noresource";
    assert_eq!(told(&mut wire), says("refer", over, "SIP/2.0 200 OK\r\n"));
    wire.endpoint.report_referral(wire.now, leg, 200);
    assert!(wire.heard().is_empty(), "that was all");
}

#[test]
fn what_a_refer_asks_for_is_told() {
    let mut wire = Wire::new();
    let (_, tag) = wire.answered(&[]);
    let lines = [
        "r: \"ทะเบียน\" <sip:2104@192.0.2.1;user=phone?Replaces=a%40b%3Bto-tag%3Dx%3Bfrom-tag%3Dy>",
        "b: \"สมชาย\" <sip:5021@192.0.2.1>",
    ];
    wire.within("REFER", &tag, 2, &lines, "");
    wire.drain();
    let (_, event) = wire.events.pop().unwrap();
    let LegEvent::Referred {
        to,
        replaces: Some(replaces),
        referred_by: Some(by),
    } = event
    else {
        panic!("{event:?}");
    };
    assert_eq!(to.display.as_deref(), Some("ทะเบียน"));
    assert_eq!(to.uri.to_string(), "sip:2104@192.0.2.1;user=phone");
    assert_eq!(replaces.to_string(), "a@b;to-tag=x;from-tag=y");
    assert_eq!(by.uri.user(), Some("5021"));
}

#[test]
fn a_refer_that_cannot_be_done_is_refused() {
    let cases: [(&[&str], &str); 8] = [
        (&[], "400"),
        (&["Refer-To: "], "400"),
        (&["Refer-To: nonsense"], "400"),
        (&["Refer-To: <sip:1@192.0.2.1>, <sip:2@192.0.2.1>"], "400"),
        (
            &["Refer-To: <sip:1@192.0.2.1>", "r: <sip:2@192.0.2.1>"],
            "400",
        ),
        (&["Refer-To: <sip:1@192.0.2.1?Replaces=nonsense>"], "400"),
        (&["Refer-To: <sip:1@192.0.2.1;method=BYE>"], "403"),
        (&[REFER_TO, "Require: multiple-refer"], "420"),
    ];
    for (lines, code) in cases {
        let mut wire = Wire::new();
        let (_, tag) = wire.answered(&[]);
        wire.within("REFER", &tag, 2, lines, "");
        assert_eq!(wire.heard(), [format!("{code} REFER")], "{lines:?}");
        assert!(wire.happened().is_empty());
    }
}

#[test]
fn a_refused_refer_may_be_sent_again() {
    let mut wire = Wire::new();
    let (leg, tag) = referred(&mut wire, &[]);
    wire.endpoint.reject_referral(wire.now, leg, 603);
    assert_eq!(wire.heard(), ["603 REFER"]);
    wire.endpoint.accept_referral(wire.now, leg);
    wire.endpoint.report_referral(wire.now, leg, 200);
    assert!(wire.heard().is_empty());
    wire.within("REFER", &tag, 3, &[REFER_TO], "");
    wire.endpoint.reject_referral(wire.now, leg, 7);
    assert_eq!(wire.heard(), ["603 REFER"], "no code at all");
    assert_eq!(wire.endpoint.counts().dialogs, 1);
}

#[test]
fn one_refer_at_a_time() {
    let mut wire = Wire::new();
    let (leg, tag) = referred(&mut wire, &[]);
    wire.within("REFER", &tag, 3, &[REFER_TO], "");
    assert_eq!(wire.heard(), ["491 REFER"]);
    wire.endpoint.accept_referral(wire.now, leg);
    wire.heard();
    wire.within("REFER", &tag, 4, &[REFER_TO], "");
    let (_, text) = wire.only();
    assert!(text.starts_with("SIP/2.0 500 ") && has_header(&text, "Retry-After"));
    wire.endpoint.report_referral(wire.now, leg, 486);
    wire.heard();
    // The second one of a dialog goes by its number (RFC 3515 §2.4.6).
    wire.within("REFER", &tag, 5, &[REFER_TO], "");
    wire.endpoint.accept_referral(wire.now, leg);
    wire.drain();
    let (event, ..) = parts(&wire.sent.pop().unwrap().1);
    assert_eq!(event, "refer;id=5");
}

/// RFC 4488.
#[test]
fn whoever_wants_no_notify_gets_none() {
    let mut wire = Wire::new();
    let (leg, tag) = referred(&mut wire, &["Refer-Sub: False", "Require: norefersub"]);
    wire.endpoint.accept_referral(wire.now, leg);
    let (_, accepted) = wire.only();
    assert!(accepted.starts_with("SIP/2.0 202 Accepted\r\n"));
    assert_eq!(header(&accepted, "Refer-Sub"), "false");
    wire.endpoint.report_referral(wire.now, leg, 200);
    assert!(wire.heard().is_empty());
    wire.within("REFER", &tag, 3, &[REFER_TO], "");
    wire.endpoint.reject_referral(wire.now, leg, 403);
    assert_eq!(wire.heard(), ["403 REFER"]);
}

#[test]
fn a_referral_that_lasts_too_long_is_given_up() {
    let mut wire = Wire::new();
    let (leg, _) = referred(&mut wire, &[]);
    wire.endpoint.accept_referral(wire.now, leg);
    wire.drain();
    let (_, notify) = wire.sent.pop().unwrap();
    wire.say(&response(&notify, "200 OK", "", &[]));
    wire.sent.clear();
    wire.pass_ms(299_000);
    assert!(wire.heard().is_empty());
    wire.pass_ms(1_000);
    let over = "terminated;reason=timeout";
    assert_eq!(
        told(&mut wire),
        says("refer", over, "SIP/2.0 100 Trying\r\n")
    );
    wire.endpoint.report_referral(wire.now, leg, 200);
    assert!(wire.heard().is_empty());
}

/// RFC 6665 §4.2.2: whoever does not want to know is not told.
#[test]
fn nobody_is_told_who_does_not_want_to_know() {
    for (status, wanted) in [
        ("481 Call/Transaction Does Not Exist", false),
        ("489 Bad Event", false),
        ("500 Server Internal Error", true),
        ("200 OK", true),
    ] {
        let mut wire = Wire::new();
        let (leg, _) = referred(&mut wire, &[]);
        wire.endpoint.accept_referral(wire.now, leg);
        wire.drain();
        let (_, notify) = wire.sent.pop().unwrap();
        wire.say(&response(&notify, status, "", &[]));
        wire.sent.clear();
        wire.endpoint.report_referral(wire.now, leg, 180);
        assert_eq!(wire.heard().len(), usize::from(wanted), "{status}");
        assert_eq!(wire.endpoint.counts().dialogs, 1, "{status}");
    }
}

#[test]
fn a_notify_is_sent_again_with_the_password() {
    let mut wire = Wire::new();
    let (leg, _) = referred(&mut wire, &[]);
    let secret = Credentials::with_password("5000", None, "secret");
    let login = wire.endpoint.add_login(secret);
    wire.endpoint.set_login(leg, login);
    wire.endpoint.accept_referral(wire.now, leg);
    wire.drain();
    let (_, notify) = wire.sent.pop().unwrap();
    wire.sent.clear();
    let line = "Proxy-Authenticate: Digest realm=\"pbx\", nonce=\"n1\", qop=\"auth\"";
    let status = "407 Proxy Authentication Required";
    wire.say(&response(&notify, status, "", &[line]));
    let (_, again) = wire.only();
    assert_eq!(parts(&again), parts(&notify));
    assert!(header(&again, "Proxy-Authorization").contains("nonce=\"n1\""));
    // Its end is the end of the subscription all the same.
    let status = "481 Call/Transaction Does Not Exist";
    wire.say(&response(&again, status, "", &[]));
    wire.endpoint.report_referral(wire.now, leg, 180);
    assert!(wire.heard().is_empty());
}

#[test]
fn a_dialog_that_ends_answers_the_refer_that_waits() {
    let mut wire = Wire::new();
    let (leg, tag) = referred(&mut wire, &[]);
    wire.within("BYE", &tag, 3, &[], "");
    assert_eq!(wire.heard(), ["487 REFER", "200 BYE"]);
    wire.endpoint.accept_referral(wire.now, leg);
    assert!(wire.heard().is_empty());
    wire.pass_ms(40_000);
    assert_eq!(wire.endpoint.counts(), Default::default());

    let mut wire = Wire::new();
    let (leg, tag) = referred(&mut wire, &[]);
    wire.endpoint.bye(wire.now, leg, None);
    assert_eq!(wire.heard(), ["487 REFER", "BYE"]);
    wire.within("REFER", &tag, 3, &[REFER_TO], "");
    assert_eq!(wire.heard(), ["481 REFER"]);
}

#[test]
fn a_refer_before_the_answer_is_too_early() {
    let mut wire = Wire::new();
    wire.say(&invite("z9hG4bK-1", &[CONTACT], "v=0"));
    let leg = wire.events[0].0;
    wire.endpoint.provisional(wire.now, leg, 180, None);
    wire.drain();
    let tag = to_tag(&wire.sent[1].1);
    wire.sent.clear();
    wire.within("REFER", &tag, 2, &[REFER_TO], "");
    let (_, text) = wire.only();
    assert!(text.starts_with("SIP/2.0 500 ") && has_header(&text, "Retry-After"));
}

/// A re-INVITE of either side and a REFER have nothing to do with each other.
#[test]
fn a_refer_during_a_reinvite_is_fine() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    wire.endpoint
        .reoffer(wire.now, leg, Bytes::from_static(b"v=0 hold"));
    wire.within("REFER", &tag, 2, &[REFER_TO], "");
    wire.endpoint.accept_referral(wire.now, leg);
    assert_eq!(wire.heard(), ["INVITE", "202 REFER", "NOTIFY"]);

    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    wire.within("INVITE", &tag, 2, &[], "v=0 hold");
    wire.within("REFER", &tag, 3, &[REFER_TO], "");
    assert!(
        wire.endpoint
            .refer(wire.now, leg, referral("sip:1@192.0.2.2"))
    );
    wire.endpoint.reject_referral(wire.now, leg, 603);
    wire.endpoint
        .accept_offer(wire.now, leg, Some(Bytes::from_static(b"v=0 held")));
    assert_eq!(
        wire.heard(),
        ["100 INVITE", "REFER", "603 REFER", "200 INVITE"]
    );
}

/// Both roles against each other.
#[test]
fn two_endpoints_transfer_a_call() {
    let mut net = Network::udp();
    let (alice, bob) = net.talk();
    assert!(net.bob.refer(net.now, bob, referral("sip:2104@192.0.2.1")));
    net.run_ms(10);
    net.alice.accept_referral(net.now, alice);
    net.run_ms(10);
    net.alice.report_referral(net.now, alice, 180);
    net.run_ms(10);
    net.alice.report_referral(net.now, alice, 486);
    net.run_ms(10);
    assert_eq!(
        net.events_of(Side::Alice).last().unwrap(),
        "referred to sip:2104@192.0.2.1"
    );
    let heard = net.events_of(Side::Bob);
    assert_eq!(
        heard[2..],
        [
            "referral accepted",
            "referral 100",
            "referral 180",
            "referral 486 over"
        ]
    );
    net.bob.bye(net.now, bob, None);
    net.run_out();
    net.assert_clean();
}

/// Whoever is called is asked within a call, and by nobody else.
#[test]
fn a_refer_outside_of_calls_is_forbidden() {
    let mut wire = Wire::new();
    wire.within("REFER", "", 1, &[REFER_TO], "");
    assert_eq!(wire.heard(), ["403 REFER"]);
    wire.within("REFER", "0000000000000000", 1, &[REFER_TO], "");
    assert_eq!(wire.heard(), ["481 REFER"]);
    let to = peer(Side::Bob, Transport::Udp);
    wire.endpoint.invite(wire.now, invitation(None, to));
    let (_, invite) = wire.only();
    assert!(header(&invite, "Allow").ends_with(", REFER"));
    assert!(header(&invite, "Supported").contains("replaces"));
}
