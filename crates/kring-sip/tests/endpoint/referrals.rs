//! REFERs of ours within a call, and what the other side tells of them.

use crate::{
    network::{Faults, Network, Side, has_header, header, invitation, peer},
    wire::{Wire, response},
};
use bytes::Bytes;
use kring_sip::{HeaderName, LegId, Referral, Transport, digest::Credentials, header::Replaces};

pub(crate) fn referral(to: &str) -> Referral {
    Referral {
        to: to.parse().unwrap(),
        replaces: None,
        referred_by: None,
        extra: Vec::new(),
    }
}

/// The endpoint refers in a call that the peer has made: the leg, its tag, and the REFER.
pub(crate) fn asked(wire: &mut Wire) -> (LegId, String, String) {
    let (leg, tag) = wire.answered(&[]);
    assert!(
        wire.endpoint
            .refer(wire.now, leg, referral("sip:2104@192.0.2.2"))
    );
    let (_, refer) = wire.only();
    (leg, tag, refer)
}

const KIND: &str = "Content-Type: message/sipfrag;version=2.0";

/// The peer tells how it goes: `lines` may hold another Event.
pub(crate) fn told(wire: &mut Wire, tag: &str, seq: u32, state: &str, status: &str) -> String {
    told_of(wire, tag, seq, &format!("Event: refer\r\n{state}"), status)
}

pub(crate) fn told_of(wire: &mut Wire, tag: &str, seq: u32, lines: &str, status: &str) -> String {
    let body = match status {
        "" => String::new(),
        status => format!("SIP/2.0 {status}\r\n"),
    };
    let text = format!(
        "NOTIFY sip:kring@192.0.2.1 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK-n{seq}\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:0812345678@192.0.2.2>;tag=caller\r\n\
         To: <sip:1203@192.0.2.1>;tag={tag}\r\n\
         Call-ID: one@192.0.2.2\r\nCSeq: {seq} NOTIFY\r\n{lines}\r\n{KIND}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    wire.say_bytes(text.as_bytes());
    crate::network::name(&wire.only().1)
}

pub(crate) const ACTIVE: &str = "Subscription-State: active;expires=60";
pub(crate) const OVER: &str = "Subscription-State: terminated;reason=noresource";

#[test]
fn a_refer_says_who_is_to_be_called_and_in_whose_name() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    let referral = Referral {
        replaces: Some(Replaces {
            call_id: "a@b".into(),
            to_tag: "x".into(),
            from_tag: "y".into(),
            early_only: false,
        }),
        referred_by: Some("\"สมชาย\" <sip:5021@192.0.2.1>".parse().unwrap()),
        extra: vec![(
            HeaderName::from_token("X-Kring-Call").unwrap(),
            "17\r\nEvil: yes".to_owned(),
        )],
        ..referral("sip:2104@192.0.2.2")
    };
    assert!(wire.endpoint.refer(wire.now, leg, referral));
    let (to, refer) = wire.only();
    assert_eq!(to.address.to_string(), "192.0.2.2:5062", "as Contact said");
    assert!(refer.starts_with("REFER sip:caller@192.0.2.2:5062 SIP/2.0\r\n"));
    assert_eq!(
        header(&refer, "Refer-To"),
        "<sip:2104@192.0.2.2?Replaces=a%40b%3Bto-tag%3Dx%3Bfrom-tag%3Dy>"
    );
    assert_eq!(
        header(&refer, "Referred-By"),
        "\"สมชาย\" <sip:5021@192.0.2.1>"
    );
    assert_eq!(header(&refer, "X-Kring-Call"), "17  Evil: yes");
    assert!(header(&refer, "From").ends_with(&tag));
    assert!(has_header(&refer, "Contact"));
    assert!(header(&refer, "Supported").contains("norefersub"));
}

#[test]
fn a_transfer_goes_on_to_its_end_and_each_notify_is_told() {
    let mut wire = Wire::new();
    let (leg, tag, refer) = asked(&mut wire);
    assert!(
        !wire
            .endpoint
            .refer(wire.now, leg, referral("sip:2105@192.0.2.2")),
        "one at a time"
    );
    wire.say(&response(&refer, "202 Accepted", "", &[]));
    assert_eq!(wire.happened(), ["referral accepted"]);
    assert!(
        !wire
            .endpoint
            .refer(wire.now, leg, referral("sip:2105@192.0.2.2"))
    );
    for (seq, status) in [(2, "100 Trying"), (3, "180 Ringing")] {
        assert_eq!(told(&mut wire, &tag, seq, ACTIVE, status), "200 NOTIFY");
    }
    assert_eq!(told(&mut wire, &tag, 4, OVER, "200 OK"), "200 NOTIFY");
    assert_eq!(
        wire.happened(),
        ["referral 100", "referral 180", "referral 200 over"]
    );
    assert_eq!(told(&mut wire, &tag, 5, OVER, "200 OK"), "481 NOTIFY");
    assert!(
        wire.endpoint
            .refer(wire.now, leg, referral("sip:2105@192.0.2.2"))
    );
    assert_eq!(wire.endpoint.counts().dialogs, 1, "the call goes on");
}

#[test]
fn a_refused_refer_leaves_the_call_as_it_was() {
    for status in [
        "403 Forbidden",
        "405 Method Not Allowed",
        "481 Call/Transaction Does Not Exist",
        "408 Request Timeout",
        "501 Not Implemented",
        "603 Decline",
        "302 Moved Temporarily",
    ] {
        let mut wire = Wire::new();
        let (leg, tag, refer) = asked(&mut wire);
        wire.say(&response(&refer, status, "", &[]));
        let code = &status[..3];
        assert_eq!(wire.happened(), [format!("referral refused {code}")]);
        assert_eq!(told(&mut wire, &tag, 2, ACTIVE, "100 Trying"), "481 NOTIFY");
        assert!(
            wire.endpoint
                .refer(wire.now, leg, referral("sip:1@192.0.2.2"))
        );
        wire.endpoint
            .reoffer(wire.now, leg, Bytes::from_static(b"v=0 again"));
        assert_eq!(
            wire.heard(),
            ["REFER", "INVITE"],
            "{status}: the call goes on"
        );
    }
}

#[test]
fn a_refer_that_nobody_answers_ends_by_itself() {
    let mut wire = Wire::new();
    let (leg, _, _) = asked(&mut wire);
    wire.pass_ms(32_000);
    assert_eq!(wire.happened(), ["referral refused 408 here"]);
    assert_eq!(wire.heard().len(), 10, "repeated meanwhile");
    assert!(wire.endpoint.replaces_of(leg).is_some(), "the call goes on");
    wire.endpoint.transport_failed(wire.now, wire.from);
    assert!(
        wire.endpoint
            .refer(wire.now, leg, referral("sip:1@192.0.2.2"))
    );
    let (to, _) = wire.only();
    wire.endpoint.transport_failed(wire.now, to);
    assert_eq!(wire.happened(), ["referral refused 503 here"]);
}

#[test]
fn a_refer_is_sent_again_with_the_password() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    let secret = Credentials::with_password("5000", None, "secret");
    let login = wire.endpoint.add_login(secret);
    wire.endpoint.set_login(leg, login);
    assert!(
        wire.endpoint
            .refer(wire.now, leg, referral("sip:2104@192.0.2.2"))
    );
    let (_, refer) = wire.only();
    let line = "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n1\", qop=\"auth\"";
    wire.say(&response(&refer, "401 Unauthorized", "", &[line]));
    let (_, again) = wire.only();
    assert_eq!(header(&again, "CSeq"), "2 REFER");
    assert_eq!(header(&again, "Refer-To"), header(&refer, "Refer-To"));
    assert!(header(&again, "Authorization").contains("nonce=\"n1\""));
    wire.say(&response(&again, "202 Accepted", "", &[]));
    let lines = format!("Event: refer;id=2\r\n{OVER}");
    assert_eq!(told_of(&mut wire, &tag, 2, &lines, "200 OK"), "200 NOTIFY");
    assert_eq!(wire.happened(), ["referral accepted", "referral 200 over"]);
    // Whoever asks again has refused the password.
    assert!(
        wire.endpoint
            .refer(wire.now, leg, referral("sip:2104@192.0.2.2"))
    );
    let (_, refer) = wire.only();
    wire.say(&response(&refer, "401 Unauthorized", "", &[line]));
    let (_, again) = wire.only();
    wire.say(&response(&again, "401 Unauthorized", "", &[line]));
    assert_eq!(wire.happened(), ["referral refused 401"]);
}

#[test]
fn only_a_confirmed_call_is_referred() {
    let mut wire = Wire::new();
    let to = peer(Side::Bob, Transport::Udp);
    let leg = wire.endpoint.invite(wire.now, invitation(None, to));
    assert!(
        !wire
            .endpoint
            .refer(wire.now, leg, referral("sip:1@192.0.2.2"))
    );
    let (_, invite) = wire.only();
    wire.say(&response(
        &invite,
        "200 OK",
        "bob",
        &["Contact: <sip:b@192.0.2.2>"],
    ));
    assert!(
        !wire
            .endpoint
            .refer(wire.now, leg, referral("sip:1@192.0.2.2")),
        "no ACK yet"
    );
    wire.endpoint.acknowledge(wire.now, leg, None);
    assert!(
        wire.endpoint
            .refer(wire.now, leg, referral("sip:1@192.0.2.2"))
    );
    wire.endpoint.bye(wire.now, leg, None);
    assert!(
        !wire
            .endpoint
            .refer(wire.now, leg, referral("sip:1@192.0.2.2"))
    );
    assert!(
        !wire
            .endpoint
            .refer(wire.now, LegId(99), referral("sip:1@192.0.2.2"))
    );
}

/// Two of ours over a network that loses, doubles and reorders: what is told at the end is the end.
#[test]
fn referrals_survive_a_network_that_loses() {
    for seed in 0..200 {
        let mut net = Network::new(seed, Transport::Udp);
        let (alice, bob) = net.talk();
        net.faults = Faults {
            loss_percent: 20,
            double_percent: 10,
            delay_ms: (1, 300),
        };
        assert!(net.alice.refer(net.now, alice, referral("sip:1@192.0.2.9")));
        net.run_ms(40_000);
        net.bob.accept_referral(net.now, bob);
        net.run_ms(40_000);
        net.bob.report_referral(net.now, bob, 180);
        net.bob.report_referral(net.now, bob, 200);
        net.run_ms(40_000);
        let heard = net.events_of(Side::Alice);
        let last = heard.last().unwrap();
        let lost = [
            "referral refused 408 here",
            "referral 100",
            "referral 180",
            "referral accepted",
        ];
        assert!(
            last == "referral 200 over" || lost.contains(&last.as_str()),
            "{seed}: {heard:?}"
        );
        net.faults = Faults::NONE;
        net.alice.bye(net.now, alice, None);
        net.run_out();
        net.assert_clean();
    }
}
