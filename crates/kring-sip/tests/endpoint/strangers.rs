//! Requests outside of dialogs, well made and otherwise (RFC 4475): each gets its answer, and none
//! but a call leaves anything behind.

use crate::{
    network::{has_header, header},
    wire::{CONTACT, Wire, crlf, invite, request, to_tag},
};
use kring_sip::{HeaderName, LegEvent};

/// A torture message as it came.
fn torture(name: &str) -> Vec<u8> {
    let path = format!(
        "{}/../../tests/torture/{name}.dat",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn torture_messages_get_their_answers() {
    let expected = [
        ("invalid/bext01", "420"),
        ("invalid/unkscm", "416"),
        ("invalid/novelsc", "416"),
        ("invalid/zeromf", "200"),
        ("invalid/insuf", "none"),
        ("invalid/badvers", "505"),
        ("invalid/mismatch01", "400"),
        ("invalid/mismatch02", "400"),
        ("invalid/invut", "415"),
        ("invalid/sdp01", "406"),
        ("invalid/multi01", "400"),
        ("invalid/regbadct", "400"),
        ("invalid/regaut01", "405"),
        ("invalid/scalar02", "400"),
        ("invalid/clerr", "400"),
        ("invalid/ncl", "400"),
        ("invalid/ltgtruri", "400"),
        ("invalid/quotbal", "400"),
        ("invalid/bcast", "none"),
        ("invalid/bigcode", "none"),
        ("invalid/inv2543", "100"),
        ("valid/dblreq", "405"),
        ("valid/intmeth", "501"),
        ("valid/mpart01", "405"),
        ("valid/longreq", "100"),
        ("valid/esc01", "100"),
        ("valid/wsinv", "481"),
        ("valid/noreason", "none"),
        ("valid/unreason", "none"),
    ];
    let mut wrong = Vec::new();
    for (name, status) in expected {
        let mut wire = Wire::new();
        wire.say_bytes(&torture(name));
        let answers: Vec<String> = wire
            .sent
            .iter()
            .map(|(_, text)| text["SIP/2.0 ".len()..][..3].to_owned())
            .collect();
        let answer = answers.first().map_or("none", |answer| answer.as_str());
        let calls = usize::from(status == "100");
        if answer != status || wire.endpoint.counts().dialogs != calls {
            wrong.push(format!("{name}: {answers:?} instead of {status}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_repeated_invite_gets_the_last_response_again() {
    let mut wire = Wire::new();
    let text = invite("z9hG4bK-1", &[CONTACT], "v=0");
    wire.say(&text);
    wire.say(&text);
    assert_eq!(wire.heard(), ["100 INVITE", "100 INVITE"]);
    let leg = wire.events[0].0;
    wire.endpoint.provisional(wire.now, leg, 180, None);
    wire.say(&text);
    assert_eq!(wire.heard(), ["180 INVITE", "180 INVITE"]);
    wire.endpoint.reject(wire.now, leg, 486, Vec::new());
    wire.say(&text);
    assert_eq!(wire.heard(), ["486 INVITE", "486 INVITE"]);
    wire.say(&request(
        "ACK sip:1203@192.0.2.1",
        "z9hG4bK-1",
        "any",
        1,
        &[],
        "",
    ));
    wire.say(&text);
    assert!(wire.heard().is_empty(), "absorbed until timer I");
    assert_eq!(wire.happened(), ["incoming"]);
    wire.pass_ms(5_000);
    assert_eq!(wire.endpoint.counts().transactions, 0);
}

/// RFC 3261 §8.2.2.2: the same INVITE on another way is not another call.
#[test]
fn a_merged_request_is_refused() {
    let mut wire = Wire::new();
    wire.say(&invite("z9hG4bK-1", &[CONTACT], "v=0"));
    wire.say(&invite("z9hG4bK-2", &[CONTACT], "v=0"));
    assert_eq!(wire.heard(), ["100 INVITE", "482 INVITE"]);
    assert_eq!(wire.happened(), ["incoming"]);
}

/// RFC 6026: after a 2xx a repeated INVITE is swallowed, not a new call.
#[test]
fn an_invite_that_comes_again_after_the_200_is_no_new_call() {
    let mut wire = Wire::new();
    let (leg, _) = wire.answered(&[]);
    wire.endpoint.bye(wire.now, leg, None);
    wire.say(&invite("z9hG4bK-1", &[CONTACT], "v=0"));
    assert_eq!(wire.heard(), ["BYE"]);
    assert!(wire.happened().is_empty());
}

#[test]
fn those_who_know_only_rfc_2543_are_answered() {
    let mut wire = Wire::new();
    let plain = |text: String| {
        text.replace(";branch=z9hG4bK-1", "")
            .replace(";tag=caller", "")
    };
    let text = plain(invite("z9hG4bK-1", &[CONTACT], "v=0"));
    wire.say(&text);
    wire.say(&text);
    assert_eq!(wire.heard(), ["100 INVITE", "100 INVITE"]);
    let leg = wire.events[0].0;
    wire.endpoint.accept(wire.now, leg, None);
    let tag = to_tag(&wire.only().1);
    wire.say(&plain(request(
        "ACK sip:1203@192.0.2.1",
        "z9hG4bK-1",
        &tag,
        1,
        &[],
        "",
    )));
    wire.say(&plain(request(
        "BYE sip:1203@192.0.2.1",
        "z9hG4bK-1",
        &tag,
        2,
        &[],
        "",
    )));
    assert_eq!(wire.heard(), ["200 BYE"]);
    assert_eq!(wire.happened(), ["incoming", "confirmed", "bye"]);
}

#[test]
fn a_cancel_for_nothing_is_481() {
    let mut wire = Wire::new();
    wire.say(&request(
        "CANCEL sip:1203@192.0.2.1",
        "z9hG4bK-1",
        "",
        1,
        &[],
        "",
    ));
    assert_eq!(wire.heard(), ["481 CANCEL"]);
    assert_eq!(wire.endpoint.counts().transactions, 0);
}

#[test]
fn a_cancel_after_the_answer_changes_nothing() {
    let mut wire = Wire::new();
    let (_, _) = wire.answered(&[]);
    wire.say(&request(
        "CANCEL sip:1203@192.0.2.1",
        "z9hG4bK-1",
        "",
        1,
        &[],
        "",
    ));
    assert_eq!(wire.heard(), ["200 CANCEL"]);
    assert!(wire.happened().is_empty());
}

#[test]
fn the_responses_to_invite_and_to_its_cancel_have_one_tag() {
    let mut wire = Wire::new();
    wire.say(&invite("z9hG4bK-1", &[CONTACT], "v=0"));
    wire.say(&request(
        "CANCEL sip:1203@192.0.2.1",
        "z9hG4bK-1",
        "",
        1,
        &[],
        "",
    ));
    let tags: Vec<String> = wire.sent.iter().map(|(_, text)| to_tag(text)).collect();
    assert_eq!(tags.len(), 3);
    assert!(tags.iter().all(|tag| *tag == tags[0]), "{tags:?}");
}

#[test]
fn options_tell_what_we_can() {
    let mut wire = Wire::new();
    let options = request("OPTIONS sip:192.0.2.1", "z9hG4bK-1", "", 1, &[], "");
    wire.say(&options);
    let first = wire.only();
    let (_, text) = &first;
    assert!(text.starts_with("SIP/2.0 200 OK\r\n"));
    assert!(header(text, "Allow").contains("INVITE"));
    assert_eq!(header(text, "Accept"), "application/sdp");
    wire.say(&options);
    assert_eq!(wire.only(), first, "stateless, and the same for all that");
    assert_eq!(wire.endpoint.counts().transactions, 0);
}

#[test]
fn methods_that_are_not_for_us_are_refused_with_those_that_are() {
    let cases = [
        ("REGISTER", "405"),
        ("SUBSCRIBE", "405"),
        ("PUBLISH", "405"),
        ("MESSAGE", "405"),
        ("REFER", "403"),
        ("invite", "501"),
        ("BYE", "481"),
        ("UPDATE", "481"),
    ];
    for (method, code) in cases {
        let mut wire = Wire::new();
        wire.say(&request(
            &format!("{method} sip:192.0.2.1"),
            "z9hG4bK-1",
            "",
            1,
            &[],
            "",
        ));
        let (_, text) = wire.only();
        assert!(
            text.starts_with(&format!("SIP/2.0 {code} ")),
            "{method}: {text}"
        );
        assert_eq!(
            has_header(&text, "Allow"),
            code.ends_with(['1', '5']) && code != "481"
        );
        assert_eq!(wire.endpoint.counts().transactions, 0);
    }
}

#[test]
fn a_call_without_hops_to_spare_ends_here() {
    let mut wire = Wire::new();
    let none = |text: String| text.replace("Max-Forwards: 70", "Max-Forwards: 0");
    wire.say(&none(invite("z9hG4bK-1", &[CONTACT], "v=0")));
    wire.say(&none(request(
        "OPTIONS sip:192.0.2.1",
        "z9hG4bK-2",
        "",
        1,
        &[],
        "",
    )));
    assert_eq!(wire.heard(), ["483 INVITE", "200 OPTIONS"]);
}

#[test]
fn only_sdp_is_read() {
    let with = |lines: &[&str]| {
        let text = invite("z9hG4bK-1", &[&[CONTACT], lines].concat(), "v=0");
        let mut wire = Wire::new();
        wire.say(&text);
        let body = match wire.events.first() {
            Some((_, LegEvent::Incoming(invite))) => invite.body.is_some(),
            _ => false,
        };
        let answer = wire.only().1;
        (answer["SIP/2.0 ".len()..][..3].to_owned(), body, answer)
    };
    assert_eq!(with(&["Accept: application/sdp, text/plain"]).0, "100");
    assert_eq!(with(&["Accept: */*"]).0, "100");
    assert_eq!(with(&["Accept: text/plain"]).0, "406");
    let (code, _, answer) = with(&["Content-Encoding: gzip"]);
    assert_eq!(
        (code.as_str(), header(&answer, "Accept-Encoding")),
        ("415", "identity")
    );
    let text = invite("z9hG4bK-1", &[CONTACT], "v=0").replace("application/sdp", "text/html");
    let mut wire = Wire::new();
    wire.say(&text);
    assert_eq!(header(&wire.only().1, "Accept"), "application/sdp");
    let optional = text.replace(
        "Content-Type",
        "Content-Disposition: render; Handling=Optional\r\nContent-Type",
    );
    let mut wire = Wire::new();
    wire.say(&optional);
    assert_eq!(wire.heard(), ["100 INVITE"]);
    assert!(matches!(&wire.events[0].1, LegEvent::Incoming(invite) if invite.body.is_none()));
}

/// Those who have no business here cost nothing, and neither do their repetitions and ACKs.
#[test]
fn a_stranger_is_turned_away_without_a_trace() {
    let mut wire = Wire::new();
    for _ in 0..3 {
        wire.say(&invite("z9hG4bK-1", &[CONTACT], "v=0"));
        let (leg, _) = wire.events.pop().unwrap();
        wire.endpoint.turn_away(wire.now, leg, 403, Vec::new());
        assert_eq!(wire.heard(), ["100 INVITE", "403 INVITE"]);
        assert_eq!(wire.endpoint.counts().transactions, 0);
        assert_eq!(wire.endpoint.deadline(), None);
    }
    wire.say(&request(
        "ACK sip:1203@192.0.2.1",
        "z9hG4bK-1",
        "any",
        1,
        &[],
        "",
    ));
    assert!(wire.heard().is_empty());
}

#[test]
fn no_line_can_be_smuggled_into_our_messages() {
    let mut wire = Wire::new();
    wire.say(&invite("z9hG4bK-1", &[CONTACT], "v=0"));
    let leg = wire.events[0].0;
    wire.sent.clear();
    let extra = vec![(HeaderName::Warning, "399 x \"y\"\r\nEvil: yes".to_owned())];
    wire.endpoint.reject(wire.now, leg, 488, extra);
    assert!(!has_header(&wire.only().1, "Evil"));
}

#[test]
fn keep_alives_and_noise_are_not_answered() {
    let mut wire = Wire::new();
    for bytes in [
        &b"\r\n\r\n"[..],
        b"",
        b"\0",
        b"GET / HTTP/1.1\r\n\r\n",
        &[0xff; 2_000],
    ] {
        wire.say_bytes(bytes);
    }
    wire.say(&crlf("SIP/2.0 200 OK\n\n"));
    assert!(wire.heard().is_empty() && wire.happened().is_empty());
}
