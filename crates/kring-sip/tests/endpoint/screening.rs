//! What every request is checked for before anybody asks what it means (RFC 3261 §8.2): the codes, and
//! what they explain.

use crate::{
    network::header,
    wire::{CONTACT, Wire, invite, request, to_tag},
};

/// The status of the only answer.
fn code(wire: &mut Wire) -> String {
    wire.only().1["SIP/2.0 ".len()..][..3].to_owned()
}

/// RFC 3261 §8.2.2.3: ACK and CANCEL are obeyed whatever they require, or a call could not be ended.
#[test]
fn nothing_can_be_required_of_ack_and_cancel() {
    let require = &["Require: never, heard-of"];
    let mut wire = Wire::new();
    wire.say(&invite("z9hG4bK-1", &[CONTACT], "v=0"));
    wire.say(&request(
        "CANCEL sip:1203@192.0.2.1",
        "z9hG4bK-1",
        "",
        1,
        require,
        "",
    ));
    assert_eq!(wire.heard(), ["100 INVITE", "200 CANCEL", "487 INVITE"]);
    assert_eq!(wire.happened(), ["incoming", "cancelled"]);

    let mut wire = Wire::new();
    wire.say(&invite("z9hG4bK-1", &[CONTACT], "v=0"));
    let leg = wire.events[0].0;
    wire.endpoint.accept(wire.now, leg, None);
    wire.drain();
    let tag = to_tag(&wire.sent.last().unwrap().1);
    wire.say(&request(
        "ACK sip:kring@192.0.2.1",
        "z9hG4bK-2",
        &tag,
        1,
        require,
        "",
    ));
    assert_eq!(wire.happened(), ["incoming", "confirmed"]);
}

/// Everything that we do not have is named, in one list, in and outside of dialogs.
#[test]
fn what_is_required_in_vain_is_listed() {
    let lines = &[CONTACT, "Require: never", "Require: heard-of, twice"];
    for method in ["INVITE", "OPTIONS"] {
        let mut wire = Wire::new();
        let start = format!("{method} sip:1203@192.0.2.1");
        wire.say(&request(&start, "z9hG4bK-1", "", 1, lines, ""));
        let (_, answer) = wire.only();
        assert!(answer.starts_with("SIP/2.0 420 "), "{answer}");
        assert_eq!(header(&answer, "Unsupported"), "never, heard-of, twice");
        assert_eq!(wire.endpoint.counts().transactions, 0);
    }
    let mut wire = Wire::new();
    let (_, tag) = wire.answered(&[]);
    wire.within("INFO", &tag, 2, &["Require: never"], "");
    let (_, answer) = wire.only();
    assert!(answer.starts_with("SIP/2.0 420 "), "{answer}");
    assert_eq!(header(&answer, "Unsupported"), "never");
}

/// A tag that is not ours belongs to a dialog that is no more.
#[test]
fn a_dialog_that_nobody_knows_is_481() {
    for method in [
        "INVITE", "BYE", "INFO", "UPDATE", "OPTIONS", "NOTIFY", "PRACK",
    ] {
        for tag in ["0123456789abcdef", "somebody-elses"] {
            let mut wire = Wire::new();
            let start = format!("{method} sip:kring@192.0.2.1");
            wire.say(&request(&start, "z9hG4bK-1", tag, 2, &[CONTACT], ""));
            assert_eq!(code(&mut wire), "481", "{method} {tag}");
            assert_eq!(wire.endpoint.counts().transactions, 0);
        }
    }
    let mut wire = Wire::new();
    wire.say(&request(
        "ACK sip:kring@192.0.2.1",
        "z9hG4bK-1",
        "any",
        2,
        &[],
        "",
    ));
    assert!(wire.heard().is_empty(), "an ACK is never answered");
}

/// The right tag with another caller's Call-ID is no way into a call.
#[test]
fn a_tag_alone_is_no_dialog() {
    let mut wire = Wire::new();
    let (_, tag) = wire.answered(&[]);
    let bye = request("BYE sip:kring@192.0.2.1", "z9hG4bK-9", &tag, 2, &[], "");
    wire.say(&bye.replace("one@192.0.2.2", "two@192.0.2.2"));
    wire.say(
        &bye.replace("tag=caller", "tag=another")
            .replace("K-9", "K-8"),
    );
    assert_eq!(wire.heard(), ["481 BYE", "481 BYE"]);
    assert_eq!(wire.endpoint.counts().dialogs, 1);
}

/// More than a datagram can hold is refused as too large, not as malformed.
#[test]
fn a_message_that_is_too_large_is_513() {
    let mut wire = Wire::new();
    let long = "x".repeat(70_000);
    wire.say(&invite(
        "z9hG4bK-1",
        &[CONTACT, &format!("Subject: {long}")],
        "v=0",
    ));
    assert_eq!(code(&mut wire), "513");
    let mut wire = Wire::new();
    let lines = vec!["X-Line: 1"; 300];
    wire.say(&request(
        "OPTIONS sip:192.0.2.1",
        "z9hG4bK-1",
        "",
        1,
        &lines,
        "",
    ));
    assert_eq!(code(&mut wire), "513");
    assert_eq!(wire.endpoint.counts().transactions, 0);
}

/// RFC 3261 §8.2.2.1: of a URI that we cannot read nothing else is asked.
#[test]
fn a_scheme_that_nobody_knows_is_416() {
    for uri in ["http://kring.example/", "urn:service:sos", "mailto:a@b"] {
        let mut wire = Wire::new();
        let lines = &[CONTACT, "Require: never"];
        wire.say(&request(
            &format!("INVITE {uri}"),
            "z9hG4bK-1",
            "",
            1,
            lines,
            "v=0",
        ));
        assert_eq!(code(&mut wire), "416", "{uri}");
    }
}

/// A Contact that points elsewhere moves the requests of its own call, and makes no other call.
#[test]
fn a_contact_leads_only_its_own_call() {
    let mut wire = Wire::new();
    let elsewhere = "Contact: <sip:0019001234567@198.51.100.9:5060>";
    wire.say(&invite("z9hG4bK-1", &[elsewhere], "v=0"));
    let leg = wire.events[0].0;
    wire.endpoint.accept(wire.now, leg, None);
    wire.drain();
    let tag = to_tag(&wire.sent.last().unwrap().1);
    wire.say(&request(
        "ACK sip:kring@192.0.2.1",
        "z9hG4bK-2",
        &tag,
        1,
        &[],
        "",
    ));
    wire.within("INFO", &tag, 2, &[elsewhere], "");
    let refer = ["Refer-To: <sip:0019001234567@192.0.2.2>", elsewhere];
    wire.within("REFER", &tag, 3, &refer, "");
    wire.sent.clear();
    wire.endpoint.bye(wire.now, leg, None);
    wire.pass_ms(40_000);
    let names: Vec<String> = wire.heard();
    assert_eq!(names[0], "487 REFER", "nobody has decided");
    assert!(
        names.len() > 1 && names.iter().skip(1).all(|name| name == "BYE"),
        "{names:?}"
    );
}
