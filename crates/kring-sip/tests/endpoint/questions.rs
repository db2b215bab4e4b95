//! OPTIONS that we ask: who is asked, how long, and what counts as an answer.

use crate::{
    network::header,
    wire::{Wire, response},
};
use kring_sip::{AskId, Method, NameAddr, Peer, Question, Transport, digest::Credentials};
use std::time::Duration;

fn at(host: u8) -> Peer {
    Peer {
        transport: Transport::Udp,
        address: format!("192.0.2.{host}:5060").parse().unwrap(),
    }
}

fn question(hosts: &[u8]) -> Question {
    let address = |text: &str| text.parse::<NameAddr>().unwrap();
    Question {
        method: Method::Options,
        target: "sip:pbx.example.net".parse().unwrap(),
        route: Vec::new(),
        peers: hosts.iter().map(|host| at(*host)).collect(),
        from: address("<sip:kring@192.0.2.1>"),
        to: address("<sip:pbx.example.net>"),
        extra: Vec::new(),
        login: None,
        patience: Duration::from_secs(60),
    }
}

/// What was answered, in a line.
fn answers(wire: &mut Wire) -> Vec<String> {
    wire.drain();
    let line = |(_, answered): (AskId, kring_sip::Answered)| {
        let peer = answered
            .peer
            .map_or("nobody".to_owned(), |p| p.address.ip().to_string());
        let here = if answered.local { " here" } else { "" };
        let ms = answered.round_trip.as_millis();
        format!("{}{here} of {peer} in {ms} ms", answered.code)
    };
    wire.answers.drain(..).map(line).collect()
}

#[test]
fn a_question_is_answered_once_and_timed() {
    let mut wire = Wire::new();
    wire.endpoint.ask(wire.now, question(&[11]));
    let (to, options) = wire.only();
    assert_eq!(to, at(11));
    assert!(options.starts_with("OPTIONS sip:pbx.example.net SIP/2.0\r\n"));
    assert_eq!(header(&options, "CSeq"), "1 OPTIONS");
    assert!(header(&options, "From").starts_with("<sip:kring@192.0.2.1>;tag="));
    wire.pass_ms(12);
    wire.say(&response(&options, "200 OK", "a", &[]));
    wire.say(&response(&options, "200 OK", "a", &[]));
    assert_eq!(answers(&mut wire), ["200 of 192.0.2.11 in 12 ms"]);
    wire.pass_ms(100_000);
    assert_eq!(wire.endpoint.counts().transactions, 0);
    assert_eq!(wire.endpoint.deadline(), None);
}

#[test]
fn silence_is_408_after_the_patience_asked_for() {
    let mut wire = Wire::new();
    let hasty = Question {
        patience: Duration::from_secs(2),
        ..question(&[11])
    };
    wire.endpoint.ask(wire.now, hasty);
    wire.pass_ms(1_999);
    assert!(answers(&mut wire).is_empty());
    wire.pass_ms(1);
    assert_eq!(answers(&mut wire), ["408 here of 192.0.2.11 in 2000 ms"]);
    assert_eq!(wire.endpoint.counts().transactions, 0);
    wire.endpoint.ask(wire.now, question(&[11]));
    wire.pass_ms(32_000);
    assert_eq!(answers(&mut wire), ["408 here of 192.0.2.11 in 32000 ms"]);
    assert_eq!(wire.endpoint.deadline(), None);
}

/// RFC 3263 §4.3, for requests that are no INVITE.
#[test]
fn who_is_silent_or_cannot_serve_is_followed_by_the_next() {
    let mut wire = Wire::new();
    wire.endpoint.ask(wire.now, question(&[11, 21, 31]));
    let (_, first) = wire.only();
    wire.pass_ms(4_000);
    let (to, second) = wire.sent.pop().unwrap();
    assert_eq!(to, at(21));
    assert_eq!(header(&first, "Call-ID"), header(&second, "Call-ID"));
    assert_eq!(header(&first, "CSeq"), header(&second, "CSeq"));
    assert_ne!(header(&first, "Via"), header(&second, "Via"));
    wire.sent.clear();
    wire.say(&response(&second, "503 Service Unavailable", "b", &[]));
    let (to, third) = wire.only();
    assert_eq!(to, at(31));
    wire.say(&response(&third, "404 Not Found", "c", &[]));
    assert_eq!(answers(&mut wire), ["404 of 192.0.2.31 in 0 ms"]);
    wire.endpoint.ask(wire.now, question(&[]));
    assert_eq!(answers(&mut wire), ["503 here of nobody in 0 ms"]);
}

#[test]
fn a_password_is_given_once_and_a_stale_nonce_renewed_once() {
    let mut wire = Wire::new();
    let secret = Credentials::with_password("5000", None, "secret");
    let login = wire.endpoint.add_login(secret);
    let asked = Question {
        login: Some(login),
        ..question(&[11])
    };
    wire.endpoint.ask(wire.now, asked);
    let (_, first) = wire.only();
    let challenge = |nonce: &str, stale: &str| {
        format!("WWW-Authenticate: Digest realm=\"pbx\", nonce=\"{nonce}\", qop=\"auth\"{stale}")
    };
    wire.say(&response(
        &first,
        "401 Unauthorized",
        "a",
        &[&challenge("n1", "")],
    ));
    let (_, second) = wire.only();
    assert_eq!(header(&second, "CSeq"), "2 OPTIONS");
    assert_eq!(header(&first, "Call-ID"), header(&second, "Call-ID"));
    assert_eq!(header(&first, "From"), header(&second, "From"));
    assert_ne!(header(&first, "Via"), header(&second, "Via"));
    let proof = header(&second, "Authorization");
    assert!(
        proof.contains("username=\"5000\"") && proof.contains("nonce=\"n1\""),
        "{proof}"
    );
    assert!(proof.contains("uri=\"sip:pbx.example.net\""), "{proof}");
    wire.say(&response(
        &second,
        "401 Unauthorized",
        "a",
        &[&challenge("n2", ", stale=true")],
    ));
    let (_, third) = wire.only();
    assert!(header(&third, "Authorization").contains("nonce=\"n2\""));
    wire.say(&response(
        &third,
        "401 Unauthorized",
        "a",
        &[&challenge("n3", ", stale=true")],
    ));
    assert!(wire.heard().is_empty());
    assert_eq!(answers(&mut wire), ["401 of 192.0.2.11 in 0 ms"]);
}
