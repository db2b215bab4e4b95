//! No bytes make the reader panic, and no stream makes it keep more than it may.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use kring_sip::{
    Message, NameAddr, StreamFramer, Uri,
    header::{Contact, RAck, Reason, ReferTo, Replaces, SessionExpires, Via},
    limits, parse,
};
use proptest::{collection::vec, prelude::*};

/// Reads everything that can be read of a message.
fn read_all(message: &Message) {
    let headers = message.headers();
    let _ = (
        headers.via(),
        headers.from(),
        headers.to(),
        headers.call_id(),
        headers.cseq(),
    );
    let _ = (
        headers.max_forwards(),
        headers.expires(),
        headers.retry_after(),
    );
    let _ = (
        headers.refer_to(),
        headers.replaces(),
        headers.session_expires(),
        headers.rack(),
    );
    let _ = (
        headers.vias().count(),
        headers.contacts().count(),
        headers.routes().count(),
    );
    let _ = (
        headers.diversion().count(),
        headers.reasons().count(),
        headers.content_type(),
    );
}

/// Text that looks like SIP, broken somewhere.
fn almost_a_message() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: [&[u8]; 34] = [
        b"INVITE",
        b"SIP/2.0",
        b"SIP/7.0",
        b" ",
        b"\r\n",
        b"\n",
        b"\r",
        b"\t",
        b":",
        b";",
        b",",
        b"=",
        b"<",
        b">",
        b"\"",
        b"\\",
        b"@",
        b"?",
        b"%",
        b"[",
        b"]",
        b"/",
        b"Via: SIP/2.0/UDP h;branch=z9hG4bK1",
        b"From: <sip:a@b>;tag=1",
        b"To: sip:c@d",
        b"Call-ID: x",
        b"CSeq: 1 INVITE",
        b"Max-Forwards: 70",
        b"Contact: <sip:a@[::1]>",
        b"l: 0",
        b"Content-Length: 99999999999",
        b"sip:x@y",
        b"\xa1\xd2\xc3",
        b"200",
    ];
    vec(proptest::sample::select(PIECES.to_vec()), 0..40).prop_map(|pieces| pieces.concat())
}

const RIGHT: &[u8] = b"INVITE sip:1203@[2001:db8::1]:5060;lr SIP/2.0\r\n\
    v: SIP / 2.0 / UDP h:5060;branch=z9hG4bK1;rport,SIP/2.0/TCP [::1]\r\nf: \"\xa1\xd2\" <sip:a@b>;tag=1\r\n\
    t: tel:+6638611025;phone-context=+66\r\ni: x@y\r\nCSeq: 1\r\n INVITE\r\nMax-Forwards: 70\r\n\
    m: <sip:a@b?Replaces=c%3Bto-tag%3Dd>;q=0.5;expires=60\r\nr: <sip:a@b;method=REFER>\r\n\
    Replaces: c;to-tag=d;from-tag=e;early-only\r\nx: 1800;refresher=uas\r\nRAck: 1 2 INVITE\r\n\
    l: 3\r\n\r\nabc";

#[test]
fn the_message_that_is_spoilt_was_right() {
    assert!(parse(RIGHT).is_ok());
}

/// A message that is right, but for one byte.
fn one_byte_off() -> impl Strategy<Value = Vec<u8>> {
    (0..RIGHT.len(), any::<u8>()).prop_map(|(at, byte)| {
        let mut bytes = RIGHT.to_vec();
        bytes[at] = byte;
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn messages(bytes in prop_oneof![
        vec(any::<u8>(), 0..200), almost_a_message(), one_byte_off(),
    ]) {
        match parse(&bytes) {
            Ok(message) => {
                read_all(&message);
                let again = parse(&message.to_bytes());
                prop_assert!(again.is_ok(), "written and refused: {:?}", again);
                prop_assert_eq!(again.unwrap().to_bytes(), message.to_bytes());
            }
            Err(refused) => {
                if let Some(salvage) = refused.salvage {
                    let answer = salvage.respond("tag").to_bytes();
                    prop_assert!(answer.starts_with(b"SIP/2.0 "));
                    prop_assert!(answer.ends_with(b"\r\n\r\n"));
                }
            }
        }
    }

    #[test]
    fn streams(chunks in vec(prop_oneof![vec(any::<u8>(), 0..200), almost_a_message(), one_byte_off()], 0..12)) {
        let mut framer = StreamFramer::new();
        for chunk in chunks {
            framer.push(&chunk);
            for frame in framer.by_ref().flatten() {
                prop_assert!(frame.len() <= limits::MESSAGE_BYTES_MAX);
            }
            prop_assert!(framer.waiting() <= limits::STREAM_BYTES_MAX);
        }
    }

    #[test]
    fn values(text in "[ -~ก-๙\t]{0,40}|[<>\"\\\\;=,:@?%a-c\\[\\]/ 0-9]{0,24}") {
        let _ = (text.parse::<Uri>(), text.parse::<NameAddr>(), text.parse::<Via>());
        let _ = (text.parse::<Contact>(), text.parse::<ReferTo>(), text.parse::<Replaces>());
        let _ = (text.parse::<RAck>(), text.parse::<Reason>(), text.parse::<SessionExpires>());
    }
}
