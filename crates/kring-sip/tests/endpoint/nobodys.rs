//! Sources that are nobody's: one answer for all that they ask, and nothing to learn from it.

use crate::{
    network::{Side, config, has_header, header},
    wire::{CONTACT, Wire, crlf, invite, request, response},
};
use kring_sip::{Effect, Endpoint, EndpointConfig, Peer, SipCount, Strangers, Transport};
use kring_time::Moment;
use proptest::prelude::*;

fn stranger(port: u16, transport: Transport) -> Peer {
    Peer {
        transport,
        address: ([203, 0, 113, 9], port).into(),
    }
}

/// What a stranger hears, each answer with where it went.
fn heard(endpoint: &mut Endpoint, from: Peer, text: &str) -> Vec<(Peer, String)> {
    endpoint.receive_stranger(Moment::BOOT, from, text.as_bytes());
    std::iter::from_fn(|| endpoint.poll())
        .filter_map(|effect| match effect {
            Effect::Send(sent) => {
                Some((sent.to, String::from_utf8_lossy(&sent.bytes).into_owned()))
            }
            Effect::Event(leg, event) => panic!("{leg}: {event:?}"),
            Effect::Counted(_) | Effect::Phone(_) | Effect::Answered(..) | Effect::Account(..) => {
                None
            }
        })
        .collect()
}

fn endpoint(strangers: Strangers) -> Endpoint {
    Endpoint::new(EndpointConfig {
        strangers,
        ..config(Side::Alice, 7)
    })
}

/// An answer without what it repeats of its request.
fn own_words(answer: &str) -> Vec<String> {
    let repeated = ["Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "];
    let own = |line: &&str| !repeated.iter().any(|start| line.starts_with(start));
    answer.lines().filter(own).map(str::to_owned).collect()
}

/// Every method, known or not, to every kind of URI, well made or not, over UDP and TCP.
#[test]
fn every_request_of_a_stranger_hears_the_same() {
    let uris = [
        "sip:192.0.2.1",
        "sip:1203@192.0.2.1",
        "sip:5021@192.0.2.1",
        "tel:1203",
        "http://x",
    ];
    let methods = [
        "INVITE",
        "OPTIONS",
        "REGISTER",
        "CANCEL",
        "BYE",
        "SUBSCRIBE",
        "NOTIFY",
        "MESSAGE",
        "REFER",
        "PUBLISH",
        "INFO",
        "UPDATE",
        "PRACK",
        "FOO",
    ];
    for transport in [Transport::Udp, Transport::Tcp] {
        let from = stranger(5_060, transport);
        for method in methods {
            for uri in uris {
                let mut endpoint = endpoint(Strangers::Refuse);
                for lines in [
                    &[][..],
                    &["Require: 100rel"],
                    &["Max-Forwards: x"],
                    &["Accept: text/plain"],
                ] {
                    let text =
                        request(&format!("{method} {uri}"), "z9hG4bK-1", "", 1, lines, "v=0");
                    let answers = heard(&mut endpoint, from, &crlf(&text));
                    let [(to, answer)] = answers.as_slice() else {
                        panic!("{method} {uri}: {answers:?}");
                    };
                    assert_eq!(*to, from);
                    assert_eq!(
                        own_words(answer),
                        ["SIP/2.0 403 Forbidden", "Content-Length: 0", ""],
                        "{method} {uri}"
                    );
                }
                assert_eq!(endpoint.counts().transactions, 0);
                assert_eq!(endpoint.deadline(), None);
            }
        }
    }
}

#[test]
fn a_strangers_request_that_comes_again_gets_the_same_answer() {
    let mut endpoint = endpoint(Strangers::Refuse);
    let text = crlf(&invite("z9hG4bK-1", &[CONTACT], "v=0"));
    let from = stranger(5_060, Transport::Udp);
    let first = heard(&mut endpoint, from, &text);
    assert_eq!(heard(&mut endpoint, from, &text), first);
    assert!(header(&first[0].1, "To").contains(";tag="));
    assert!(header(&first[0].1, "Via").contains("received=203.0.113.9"));
}

/// An answer goes back to where the request came from, whatever its Via says: nobody is flooded by us
/// who has asked for nothing.
#[test]
fn a_stranger_cannot_have_a_third_one_answered() {
    let mut endpoint = endpoint(Strangers::Refuse);
    let text = crlf(&invite("z9hG4bK-1;maddr=198.51.100.7", &[CONTACT], "v=0"));
    let from = stranger(40_000, Transport::Udp);
    assert_eq!(heard(&mut endpoint, from, &text)[0].0, from);
}

#[test]
fn strangers_may_be_ignored() {
    let mut endpoint = endpoint(Strangers::Ignore);
    let from = stranger(5_060, Transport::Udp);
    for method in ["INVITE", "OPTIONS", "REGISTER", "BYE"] {
        let text = request(
            &format!("{method} sip:192.0.2.1"),
            "z9hG4bK-1",
            "",
            1,
            &[],
            "",
        );
        assert_eq!(heard(&mut endpoint, from, &crlf(&text)), []);
    }
}

/// An ACK is never answered, nor a response, nor what cannot be answered at all.
#[test]
fn what_wants_no_answer_gets_none() {
    let mut endpoint = endpoint(Strangers::Refuse);
    let from = stranger(5_060, Transport::Udp);
    let ack = request("ACK sip:1203@192.0.2.1", "z9hG4bK-1", "any", 1, &[], "");
    let options = crlf(&request(
        "OPTIONS sip:192.0.2.1",
        "z9hG4bK-1",
        "",
        1,
        &[],
        "",
    ));
    let answer = response(&options, "200 OK", "x", &[]);
    for text in [
        crlf(&ack),
        answer,
        "\r\n\r\n".into(),
        "GET / HTTP/1.1\r\n\r\n".into(),
        String::new(),
    ] {
        assert_eq!(heard(&mut endpoint, from, &text), [], "{text}");
    }
}

/// The phone at the other end of a call may hang up from an address that nobody has named.
#[test]
fn whoever_knows_a_dialog_is_no_stranger_in_it() {
    let mut wire = Wire::new();
    let (_, tag) = wire.answered(&[]);
    let bye = |tag: &str| {
        crlf(&request(
            "BYE sip:kring@192.0.2.1",
            "z9hG4bK-9",
            tag,
            2,
            &[],
            "",
        ))
    };
    let from = stranger(5_060, Transport::Udp);
    wire.endpoint
        .receive_stranger(wire.now, from, bye("0123456789abcdef").as_bytes());
    assert_eq!(wire.heard(), ["403 BYE"]);
    wire.endpoint
        .receive_stranger(wire.now, from, bye(&tag).as_bytes());
    assert_eq!(wire.heard(), ["200 BYE"]);
    assert_eq!(wire.happened(), ["bye"]);
}

/// Over its pace a stranger is not answered, and the bound is counted; others are.
#[test]
fn a_flood_is_answered_at_a_pace() {
    let mut wire = Wire::new();
    let text = crlf(&invite("z9hG4bK-1", &[CONTACT], "v=0"));
    for ms in 0..1_000 {
        let now = Moment::from_millis(ms);
        wire.endpoint
            .receive_stranger(now, stranger(5_060, Transport::Udp), text.as_bytes());
    }
    assert_eq!(wire.heard().len(), 29, "twenty at once, then ten a second");
    let bound = |count: &&SipCount| {
        **count
            == SipCount::BoundReached {
                bound: "stranger_rate",
            }
    };
    assert_eq!(wire.counted.iter().filter(bound).count(), 971);
    let other = Peer {
        transport: Transport::Udp,
        address: ([203, 0, 113, 10], 5_060).into(),
    };
    let now = Moment::from_millis(1_000);
    wire.endpoint.receive_stranger(now, other, text.as_bytes());
    assert_eq!(wire.heard(), ["403 INVITE"]);
    assert!(!has_header(&text, "Server"));
}

proptest! {
    /// Whatever a stranger sends, he makes nothing: no leg, no transaction, and at most one answer,
    /// which is the one that all get.
    #[test]
    fn a_stranger_makes_nothing(at in 0_usize..600, byte: u8, cut in 0_usize..600) {
        let mut bytes = crlf(&invite("z9hG4bK-1", &[CONTACT], "v=0")).into_bytes();
        let length = bytes.len();
        bytes[at % length] = byte;
        bytes.truncate(length - cut % length);
        let mut endpoint = endpoint(Strangers::Refuse);
        endpoint.receive_stranger(Moment::BOOT, stranger(5_060, Transport::Udp), &bytes);
        let mut sent = 0;
        while let Some(effect) = endpoint.poll() {
            match effect {
                Effect::Send(answer) => {
                    sent += 1;
                    prop_assert!(answer.bytes.starts_with(b"SIP/2.0 403 Forbidden\r\n"));
                }
                Effect::Event(_, event) => prop_assert!(false, "{event:?}"),
                Effect::Counted(_)
                | Effect::Phone(_)
                | Effect::Answered(..)
                | Effect::Account(..) => {}
            }
        }
        prop_assert!(sent <= 1);
        prop_assert_eq!(endpoint.counts().transactions + endpoint.counts().dialogs, 0);
    }
}
