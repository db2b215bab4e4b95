//! What the other side tells of our REFERs: early, late, wrongly, or after a BYE.

use crate::{
    network::header,
    referrals::{ACTIVE, OVER, asked, referral, told, told_of},
    wire::{Wire, response},
};
use kring_sip::digest::Credentials;

/// RFC 3515 §2.4.4: what comes of it may be known before it is answered.
#[test]
fn a_notify_may_overtake_the_202() {
    let mut wire = Wire::new();
    let (leg, tag, refer) = asked(&mut wire);
    assert_eq!(told(&mut wire, &tag, 2, ACTIVE, "100 Trying"), "200 NOTIFY");
    assert_eq!(wire.happened(), ["referral accepted", "referral 100"]);
    wire.say(&response(&refer, "202 Accepted", "", &[]));
    assert!(wire.happened().is_empty());
    told(&mut wire, &tag, 3, OVER, "486 Busy Here");
    assert_eq!(wire.happened(), ["referral 486 over"]);

    // Even the last word may.
    assert!(
        wire.endpoint
            .refer(wire.now, leg, referral("sip:2105@192.0.2.2"))
    );
    let (_, refer) = wire.only();
    told(&mut wire, &tag, 4, OVER, "200 OK");
    wire.say(&response(&refer, "202 Accepted", "", &[]));
    assert_eq!(wire.happened(), ["referral accepted", "referral 200 over"]);

    // Who says that it goes on, and then that it never began.
    assert!(
        wire.endpoint
            .refer(wire.now, leg, referral("sip:2105@192.0.2.2"))
    );
    let (_, refer) = wire.only();
    told(&mut wire, &tag, 5, ACTIVE, "100 Trying");
    wire.say(&response(&refer, "603 Decline", "", &[]));
    assert_eq!(
        wire.happened(),
        ["referral accepted", "referral 100", "referral 603 over"]
    );
}

#[test]
fn a_202_and_then_silence_ends_by_itself() {
    let mut wire = Wire::new();
    let (leg, tag, refer) = asked(&mut wire);
    wire.say(&response(&refer, "202 Accepted", "", &[]));
    told(&mut wire, &tag, 2, ACTIVE, "180 Ringing");
    wire.pass_ms(91_000);
    assert_eq!(wire.happened(), ["referral accepted", "referral 180"]);
    wire.pass_ms(2_000);
    assert_eq!(
        wire.happened(),
        ["referral 180 over"],
        "60 s and the time of a last NOTIFY"
    );
    // What may be of the old one is not taken for the new one.
    assert!(
        wire.endpoint
            .refer(wire.now, leg, referral("sip:1@192.0.2.2"))
    );
    let (_, refer) = wire.only();
    wire.say(&response(&refer, "202 Accepted", "", &[]));
    assert_eq!(told(&mut wire, &tag, 3, OVER, "200 OK"), "481 NOTIFY");
    let id = header(&refer, "CSeq").split(' ').next().unwrap();
    let lines = format!("Event: refer;id={id}\r\n{OVER}");
    assert_eq!(told_of(&mut wire, &tag, 4, &lines, "200 OK"), "200 NOTIFY");
    assert_eq!(wire.happened(), ["referral accepted", "referral 200 over"]);
}

#[test]
fn a_notify_of_nothing_gets_481() {
    let mut wire = Wire::new();
    let (leg, tag) = wire.answered(&[]);
    assert_eq!(told(&mut wire, &tag, 2, ACTIVE, "100 Trying"), "481 NOTIFY");
    assert!(
        wire.endpoint
            .refer(wire.now, leg, referral("sip:1@192.0.2.2"))
    );
    let (_, refer) = wire.only();
    wire.say(&response(&refer, "202 Accepted", "", &[]));
    for (seq, event) in [
        (3, "Event: refer;id=77"),
        (4, "Event: refer;id=x"),
        (5, "Event: presence"),
        (6, "Event: talk"),
    ] {
        let lines = format!("{event}\r\n{ACTIVE}");
        assert_eq!(
            told_of(&mut wire, &tag, seq, &lines, "100 Trying"),
            "481 NOTIFY"
        );
    }
    assert_eq!(wire.happened(), ["referral accepted"]);
}

#[test]
fn a_notify_that_says_nothing_is_refused() {
    let mut wire = Wire::new();
    let (_, tag, refer) = asked(&mut wire);
    wire.say(&response(&refer, "202 Accepted", "", &[]));
    assert_eq!(told(&mut wire, &tag, 2, ACTIVE, ""), "400 NOTIFY");
    let lines = ["Event: refer", ACTIVE];
    wire.within("NOTIFY", &tag, 3, &lines, "v=0");
    let (_, answer) = wire.only();
    assert!(
        answer.starts_with("SIP/2.0 415 "),
        "SDP is no answer: {answer}"
    );
    assert_eq!(header(&answer, "Accept"), "message/sipfrag");
    assert_eq!(wire.happened(), ["referral accepted"]);
    // The last one counts whatever it is like.
    wire.within("NOTIFY", &tag, 4, &["Event: refer", OVER], "v=0");
    assert_eq!(wire.heard(), ["415 NOTIFY"]);
    assert_eq!(wire.happened(), ["referral 100 over"]);
}

/// A PBX that tells the final status and ends the subscription only then.
#[test]
fn the_end_of_the_subscription_is_no_news_after_the_final_status() {
    let mut wire = Wire::new();
    let (_, tag, refer) = asked(&mut wire);
    wire.say(&response(&refer, "200 OK", "", &[]));
    told(&mut wire, &tag, 2, ACTIVE, "200 OK");
    assert_eq!(wire.happened(), ["referral accepted", "referral 200 over"]);
    assert_eq!(told(&mut wire, &tag, 3, OVER, "200 OK"), "200 NOTIFY");
    assert!(wire.happened().is_empty());
    assert_eq!(told(&mut wire, &tag, 4, OVER, "200 OK"), "481 NOTIFY");
}

#[test]
fn the_last_notify_may_cross_our_bye() {
    let mut wire = Wire::new();
    let (leg, tag, refer) = asked(&mut wire);
    wire.say(&response(&refer, "202 Accepted", "", &[]));
    wire.endpoint.bye(wire.now, leg, None);
    let (_, bye) = wire.only();
    assert_eq!(told(&mut wire, &tag, 2, ACTIVE, "100 Trying"), "200 NOTIFY");
    assert_eq!(told(&mut wire, &tag, 3, OVER, "200 OK"), "200 NOTIFY");
    assert_eq!(
        wire.happened(),
        ["referral accepted", "referral 100", "referral 200 over"]
    );
    wire.say(&response(&bye, "200 OK", "", &[]));
    assert_eq!(wire.happened(), ["gone 200"]);
    assert_eq!(told(&mut wire, &tag, 4, OVER, "200 OK"), "481 NOTIFY");
    wire.pass_ms(40_000);
    assert_eq!(wire.endpoint.counts(), Default::default());
}

/// PBXs hang up as soon as they have taken the REFER on, and tell later how it went.
#[test]
fn the_last_notify_may_follow_their_bye() {
    let mut wire = Wire::new();
    let (leg, tag, refer) = asked(&mut wire);
    wire.within("BYE", &tag, 2, &[], "");
    assert_eq!(wire.heard(), ["200 BYE"]);
    wire.say(&response(&refer, "202 Accepted", "", &[]));
    assert_eq!(wire.endpoint.call_id(leg), None, "the call is over");
    assert_eq!(
        told(&mut wire, &tag, 3, ACTIVE, "180 Ringing"),
        "200 NOTIFY"
    );
    for (seq, method) in (4..).zip(["BYE", "INVITE", "OPTIONS", "REFER", "INFO"]) {
        wire.within(method, &tag, seq, &[], "");
        assert_eq!(wire.heard(), [format!("481 {method}")]);
    }
    assert_eq!(told(&mut wire, &tag, 9, ACTIVE, "200 OK"), "200 NOTIFY");
    assert_eq!(told(&mut wire, &tag, 10, OVER, "200 OK"), "200 NOTIFY");
    assert_eq!(told(&mut wire, &tag, 11, OVER, "200 OK"), "481 NOTIFY");
    assert_eq!(
        wire.happened(),
        [
            "bye",
            "referral accepted",
            "referral 180",
            "referral 200 over"
        ]
    );
    wire.pass_ms(40_000);
    assert_eq!(wire.endpoint.counts(), Default::default());
}

#[test]
fn nobody_waits_for_ever_after_their_bye() {
    for (answers, told) in [
        ("", "referral refused 408 here"),
        ("603 Decline", "referral refused 603"),
        ("401 Unauthorized", "referral refused 401"),
        ("202 Accepted", "referral 100 over"),
    ] {
        let mut wire = Wire::new();
        let (leg, tag) = wire.answered(&[]);
        let secret = Credentials::with_password("5000", None, "secret");
        let login = wire.endpoint.add_login(secret);
        wire.endpoint.set_login(leg, login);
        let referral = referral("sip:2104@192.0.2.2");
        assert!(wire.endpoint.refer(wire.now, leg, referral));
        let (_, refer) = wire.only();
        wire.within("BYE", &tag, 2, &[], "");
        if !answers.is_empty() {
            let line = "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n1\", qop=\"auth\"";
            wire.say(&response(&refer, answers, "", &[line]));
        }
        wire.pass_ms(64_000);
        assert_eq!(wire.happened().last().unwrap(), told, "{answers}");
        assert_eq!(wire.endpoint.counts(), Default::default());
    }
    let mut wire = Wire::new();
    let (_, tag, refer) = asked(&mut wire);
    wire.say(&response(&refer, "202 Accepted", "", &[]));
    wire.within("BYE", &tag, 2, &[], "");
    wire.pass_ms(64_000);
    assert_eq!(
        wire.happened(),
        ["referral accepted", "bye", "referral 100 over"]
    );
    assert_eq!(wire.endpoint.counts(), Default::default());
}
