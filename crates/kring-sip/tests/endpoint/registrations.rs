//! kring registers at a PBX: kept up, refused, silent, moved, and taken back.

use crate::{
    network::{has_header, header},
    wire::{Wire, response},
};
use kring_sip::{Account, AccountEvent, AccountId, Peer, Transport, digest::Credentials};

const ROUTE: &str = "Service-Route: <sip:edge@192.0.2.9;lr>";

fn at(host: u8) -> Peer {
    Peer {
        transport: Transport::Udp,
        address: format!("192.0.2.{host}:5060").parse().unwrap(),
    }
}

fn register(wire: &mut Wire, hosts: &[u8]) -> AccountId {
    let login = wire
        .endpoint
        .add_login(Credentials::with_password("5000", None, "secret"));
    let account = Account {
        registrar: "sip:pbx.example.net".parse().unwrap(),
        aor: "sip:5000@pbx.example.net".parse().unwrap(),
        route: Vec::new(),
        peers: hosts.iter().map(|host| at(*host)).collect(),
        login,
        contact_user: "5000-7f3a".to_owned(),
        expires_s: 600,
        learns_address: true,
    };
    wire.endpoint.register(wire.now, account)
}

/// What happened to accounts, a word or two each.
fn happened(wire: &mut Wire) -> Vec<String> {
    wire.drain();
    let words = |(_, event): (AccountId, AccountEvent)| match event {
        AccountEvent::Up { expires_s, .. } => format!("up for {expires_s} s"),
        AccountEvent::Failed { code, reason, .. } => format!("failed {code} {reason}"),
        AccountEvent::Down { code } => format!("down {code}"),
    };
    wire.accounts.drain(..).map(words).collect()
}

/// The next message that is sent, and when, s after `since_ms`.
fn next(wire: &mut Wire, within_s: u64) -> (u64, String) {
    let before = wire.now.as_micros();
    for _ in 0..within_s * 10 {
        wire.pass_ms(100);
        if !wire.sent.is_empty() {
            let text = wire.only().1;
            return ((wire.now.as_micros() - before) / 1_000_000, text);
        }
    }
    panic!("nothing was sent in {within_s} s");
}

fn challenge(nonce: &str) -> String {
    format!(
        "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"{nonce}\", qop=\"auth\", algorithm=MD5"
    )
}

fn contact_of(text: &str) -> String {
    format!("Contact: {}", header(text, "Contact"))
}

#[test]
fn it_registers_with_digest_and_refreshes_before_it_runs_out() {
    let mut wire = Wire::new();
    let account = register(&mut wire, &[11]);
    let (to, first) = wire.only();
    assert_eq!(to, at(11));
    assert!(first.starts_with("REGISTER sip:pbx.example.net SIP/2.0\r\n"));
    assert_eq!(header(&first, "To"), "<sip:5000@pbx.example.net>");
    assert_eq!(
        header(&first, "Contact"),
        "<sip:5000-7f3a@192.0.2.1:5060>;expires=600"
    );
    assert_eq!(header(&first, "Supported"), "path");
    wire.say(&response(
        &first,
        "401 Unauthorized",
        "a",
        &[&challenge("n1")],
    ));
    let (_, second) = wire.only();
    assert_eq!(header(&second, "CSeq"), "2 REGISTER");
    assert!(header(&second, "Authorization").contains("nc=00000001"));
    let granted = "Contact: <sip:other@192.0.2.7>;expires=9, <sip:5000-7f3a@192.0.2.1>;expires=300";
    wire.say(&response(&second, "200 OK", "a", &[granted, ROUTE]));
    assert_eq!(happened(&mut wire), ["up for 300 s"]);
    let route = wire.endpoint.service_route(account);
    assert_eq!(route[0].to_string(), "<sip:edge@192.0.2.9;lr>");

    let (after_s, third) = next(&mut wire, 300);
    assert!((240..=270).contains(&after_s), "{after_s}");
    assert_eq!(header(&third, "Call-ID"), header(&first, "Call-ID"));
    assert_eq!(header(&third, "CSeq"), "3 REGISTER");
    assert!(
        header(&third, "Authorization").contains("nc=00000002"),
        "no challenge is waited for"
    );
    wire.say(&response(&third, "200 OK", "a", &[&contact_of(&third)]));
    assert!(happened(&mut wire).is_empty(), "it was up already");
    assert!(wire.endpoint.service_route(account).is_empty());

    wire.endpoint.unregister(wire.now, account);
    let (_, last) = wire.only();
    assert_eq!(header(&last, "Expires"), "0");
    assert_eq!(
        header(&last, "Contact"),
        "<sip:5000-7f3a@192.0.2.1:5060>;expires=0"
    );
    wire.say(&response(&last, "200 OK", "a", &[]));
    assert_eq!(happened(&mut wire), ["down 200"]);
    wire.pass_ms(1_000_000);
    assert!(wire.heard().is_empty());
    assert_eq!(wire.endpoint.counts().transactions, 0);
}

#[test]
fn a_wrong_password_is_told_and_not_hammered() {
    let mut wire = Wire::new();
    register(&mut wire, &[11]);
    let (_, first) = wire.only();
    wire.say(&response(
        &first,
        "401 Unauthorized",
        "a",
        &[&challenge("n1")],
    ));
    let (_, second) = wire.only();
    wire.say(&response(
        &second,
        "401 Unauthorized",
        "a",
        &[&challenge("n2")],
    ));
    assert_eq!(happened(&mut wire), ["failed 401 the password was refused"]);
    let (after_s, third) = next(&mut wire, 400);
    assert!((299..=301).contains(&after_s), "{after_s}");
    assert!(
        !has_header(&third, "Authorization"),
        "what was refused is not said again"
    );
}

#[test]
fn a_silent_registrar_is_asked_ever_less_often() {
    let mut wire = Wire::new();
    register(&mut wire, &[11]);
    let mut pauses = Vec::new();
    for _ in 0..9 {
        wire.pass_ms(32_000);
        wire.sent.clear();
        assert_eq!(happened(&mut wire), ["failed 408 Request Timeout"]);
        pauses.push(next(&mut wire, 310).0);
    }
    assert!((1..=4).contains(&pauses[0]), "{pauses:?}");
    assert!(
        pauses[7..].iter().all(|pause| (149..=301).contains(pause)),
        "{pauses:?}"
    );
}

#[test]
fn the_next_address_is_asked_and_kept_when_it_answers() {
    let mut wire = Wire::new();
    register(&mut wire, &[11, 21]);
    wire.endpoint.transport_failed(wire.now, at(11));
    wire.drain();
    let (to, second) = wire.sent.pop().unwrap();
    assert_eq!(to, at(21));
    wire.sent.clear();
    wire.say(&response(&second, "200 OK", "a", &[&contact_of(&second)]));
    assert_eq!(happened(&mut wire), ["up for 600 s"]);
    while wire.sent.is_empty() {
        wire.pass_ms(1_000);
    }
    assert_eq!(wire.only().0, at(21));
}

#[test]
fn retry_after_and_min_expires_are_obeyed() {
    let mut wire = Wire::new();
    register(&mut wire, &[11]);
    let (_, first) = wire.only();
    wire.say(&response(
        &first,
        "423 Interval Too Brief",
        "a",
        &["Min-Expires: 3600"],
    ));
    let (_, second) = wire.only();
    assert_eq!(header(&second, "Expires"), "3600");
    wire.say(&response(
        &second,
        "503 Service Unavailable",
        "a",
        &["Retry-After: 77"],
    ));
    assert_eq!(happened(&mut wire), ["failed 503 Service Unavailable"]);
    let (after_s, _) = next(&mut wire, 100);
    assert!((76..=77).contains(&after_s), "{after_s}");
}

/// RFC 3581: the address that a NAT gives us is told to the registrar.
#[test]
fn contact_follows_the_address_that_the_registrar_sees() {
    let mut wire = Wire::new();
    register(&mut wire, &[11]);
    let (_, first) = wire.only();
    let seen = |text: &str| {
        let text = response(text, "200 OK", "a", &[&contact_of(text)]);
        text.replacen(";rport", ";rport=40000;received=203.0.113.5", 1)
    };
    wire.say(&seen(&first));
    let (_, second) = wire.only();
    assert_eq!(
        header(&second, "Contact"),
        "<sip:5000-7f3a@203.0.113.5:40000>;expires=600"
    );
    wire.say(&seen(&second));
    assert!(wire.heard().is_empty(), "told once");
    assert_eq!(happened(&mut wire), ["up for 600 s"]);
}

#[test]
fn a_registration_that_is_not_refreshed_runs_out() {
    let mut wire = Wire::new();
    register(&mut wire, &[11]);
    let (_, first) = wire.only();
    wire.say(&response(&first, "200 OK", "a", &["Expires: 60"]));
    assert_eq!(happened(&mut wire), ["up for 60 s"]);
    wire.pass_ms(60_001);
    assert_eq!(happened(&mut wire), ["down 408"]);
}
