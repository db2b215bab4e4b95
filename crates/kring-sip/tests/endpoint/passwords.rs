//! Whoever is called, or hung up on, may ask who we are.

use crate::{
    network::{OFFER, Side, has_header, header, invitation, peer},
    wire::{Wire, response},
};
use kring_sip::{LegId, Transport, digest::Credentials};

const CONTACT: &[&str] = &["Contact: <sip:5021@192.0.2.2>"];

fn challenge(proxy: bool, nonce: &str, more: &str) -> String {
    let name = if proxy {
        "Proxy-Authenticate"
    } else {
        "WWW-Authenticate"
    };
    format!("{name}: Digest realm=\"pbx\", nonce=\"{nonce}\", qop=\"auth\"{more}")
}

fn call(wire: &mut Wire) -> (LegId, String) {
    let secret = Credentials::with_password("5000", None, "secret");
    let login = wire.endpoint.add_login(secret);
    let mut call = invitation(Some(OFFER), peer(Side::Bob, Transport::Udp));
    call.branches[0].login = Some(login);
    let leg = wire.endpoint.invite(wire.now, call);
    (leg, wire.only().1)
}

/// Says that a proxy wants to know who we are; gives what is sent then but the ACK.
fn asked(wire: &mut Wire, request: &str, line: &str) -> String {
    let status = "407 Proxy Authentication Required";
    wire.say(&response(request, status, "proxy", &[line]));
    wire.drain();
    let mut sent = wire.sent.drain(..).map(|(_, text)| text);
    let last = sent.next_back().unwrap();
    assert!(sent.all(|text| text.starts_with("ACK ")));
    last
}

#[test]
fn an_invite_is_sent_again_with_the_password_and_so_is_its_ack_and_the_bye() {
    let mut wire = Wire::new();
    let (leg, first) = call(&mut wire);
    let second = asked(&mut wire, &first, &challenge(true, "n1", ", algorithm=MD5"));
    assert_eq!(header(&second, "CSeq"), "2 INVITE");
    for name in ["Call-ID", "From", "To", "Contact"] {
        assert_eq!(header(&first, name), header(&second, name));
    }
    assert_ne!(header(&first, "Via"), header(&second, "Via"));
    assert!(second.ends_with(std::str::from_utf8(OFFER).unwrap()));
    let proof = header(&second, "Proxy-Authorization");
    assert!(proof.contains("uri=\"sip:5021@192.0.2.2\""), "{proof}");
    wire.say(&response(&second, "200 OK", "bob", CONTACT));
    assert_eq!(wire.happened(), ["accepted"]);
    wire.endpoint.acknowledge(wire.now, leg, None);
    let (_, ack) = wire.only();
    assert_eq!(header(&ack, "CSeq"), "2 ACK");
    assert_eq!(header(&ack, "Proxy-Authorization"), proof, "RFC 3261 §22.1");

    wire.endpoint.bye(wire.now, leg, None);
    let (_, bye) = wire.only();
    assert_eq!(header(&bye, "CSeq"), "3 BYE");
    let again = asked(&mut wire, &bye, &challenge(true, "n2", ""));
    assert_eq!(header(&again, "CSeq"), "4 BYE");
    assert_ne!(header(&again, "Via"), header(&bye, "Via"));
    assert_eq!(header(&again, "To"), header(&bye, "To"));
    assert!(header(&again, "Proxy-Authorization").contains("nonce=\"n2\""));
    wire.say(&response(&again, "200 OK", "", &[]));
    assert_eq!(wire.happened(), ["gone 200"]);
    wire.pass_ms(100_000);
    assert_eq!(wire.endpoint.counts(), Default::default());
}

#[test]
fn a_call_whose_password_is_refused_is_over() {
    let mut wire = Wire::new();
    let (_, first) = call(&mut wire);
    let second = asked(&mut wire, &first, &challenge(true, "n1", ""));
    let third = asked(&mut wire, &second, &challenge(true, "n2", ", stale=true"));
    assert_eq!(header(&third, "CSeq"), "3 INVITE");
    let line = challenge(true, "n3", "");
    wire.say(&response(
        &third,
        "407 Proxy Authentication Required",
        "p",
        &[&line],
    ));
    assert_eq!(wire.heard(), ["ACK"]);
    assert_eq!(wire.happened(), ["rejected 407"]);
}

/// A proxy and then the server behind it: both are answered, each for itself.
#[test]
fn two_who_ask_are_both_answered() {
    let mut wire = Wire::new();
    let (_, first) = call(&mut wire);
    let second = asked(&mut wire, &first, &challenge(true, "n1", ""));
    let line = challenge(false, "n2", "");
    wire.say(&response(&second, "401 Unauthorized", "server", &[&line]));
    wire.drain();
    let third = wire.sent.pop().unwrap().1;
    assert!(header(&third, "Proxy-Authorization").contains("nc=00000002"));
    assert!(header(&third, "Authorization").contains("nonce=\"n2\""));
}

/// RFC 8760: the strongest algorithm that is offered.
#[test]
fn the_strongest_algorithm_is_used() {
    let mut wire = Wire::new();
    let (_, first) = call(&mut wire);
    let weak = challenge(true, "n1", ", algorithm=MD5");
    let strong = challenge(true, "n2", ", algorithm=SHA-256");
    wire.say(&response(
        &first,
        "407 Proxy Authentication Required",
        "p",
        &[&weak, &strong],
    ));
    wire.drain();
    let second = wire.sent.pop().unwrap().1;
    let proof = header(&second, "Proxy-Authorization");
    assert!(
        proof.contains("algorithm=SHA-256") && proof.contains("nonce=\"n2\""),
        "{proof}"
    );
}

/// Nobody asks twice, and nobody gets a password that was not meant for the call.
#[test]
fn without_a_password_the_refusal_is_final() {
    let mut wire = Wire::new();
    let leg = wire
        .endpoint
        .invite(wire.now, invitation(None, peer(Side::Bob, Transport::Udp)));
    let (_, first) = wire.only();
    assert!(!has_header(&first, "Authorization"));
    wire.say(&response(
        &first,
        "401 Unauthorized",
        "a",
        &[&challenge(false, "n", "")],
    ));
    assert_eq!(wire.heard(), ["ACK"]);
    assert_eq!(wire.happened(), ["rejected 401"]);
    let _ = leg;
}

/// A refresh that is asked for a password goes on: the session lasts, and the next refresh comes.
#[test]
fn an_update_is_sent_again_with_the_password_and_refreshes_the_session() {
    let mut wire = Wire::new();
    let lines = [
        "Supported: timer",
        "Allow: INVITE, UPDATE",
        "x: 600;refresher=uas",
    ];
    let (leg, _) = wire.answered(&lines);
    let secret = Credentials::with_password("5000", None, "secret");
    let login = wire.endpoint.add_login(secret);
    wire.endpoint.set_login(leg, login);
    wire.pass_ms(300_000);
    let (_, update) = wire.only();
    let again = asked(&mut wire, &update, &challenge(true, "n1", ""));
    assert!(again.starts_with("UPDATE "), "{again}");
    assert!(header(&again, "Proxy-Authorization").contains("nonce=\"n1\""));
    wire.say(&response(
        &again,
        "200 OK",
        "",
        &["Session-Expires: 600;refresher=uac"],
    ));
    wire.pass_ms(299_000);
    assert!(wire.heard().is_empty());
    wire.pass_ms(1_100);
    assert_eq!(wire.heard(), ["UPDATE"]);
    assert!(wire.happened().is_empty());
}

/// A re-INVITE of ours is sent again with the password, and so says its ACK; who asks once more has
/// refused.
#[test]
fn a_reinvite_is_sent_again_with_the_password_once() {
    let mut wire = Wire::new();
    let (leg, _) = wire.answered(&[]);
    let secret = Credentials::with_password("5000", None, "secret");
    let login = wire.endpoint.add_login(secret);
    wire.endpoint.set_login(leg, login);
    let new = bytes::Bytes::from_static(b"v=0 new");
    wire.endpoint.reoffer(wire.now, leg, new.clone());
    let (_, first) = wire.only();
    let second = asked(&mut wire, &first, &challenge(true, "n1", ""));
    assert_eq!(header(&first, "CSeq"), "1 INVITE");
    assert_eq!(header(&second, "CSeq"), "2 INVITE");
    assert_ne!(header(&second, "Via"), header(&first, "Via"));
    assert!(second.ends_with("\r\n\r\nv=0 new"));
    let proof = header(&second, "Proxy-Authorization");
    assert!(
        proof.contains("uri=\"sip:caller@192.0.2.2:5062\""),
        "{proof}"
    );
    let ok = response(&second, "200 OK", "", &[crate::wire::CONTACT]);
    wire.say(&ok.replace("Content-Length: 0\r\n\r\n", "Content-Length: 3\r\n\r\nv=0"));
    let (_, ack) = wire.only();
    assert_eq!(header(&ack, "Proxy-Authorization"), proof, "RFC 3261 §22.1");
    assert_eq!(wire.happened(), ["answer"]);

    wire.endpoint.reoffer(wire.now, leg, new);
    let (_, first) = wire.only();
    assert!(!has_header(&first, "Proxy-Authorization"));
    let second = asked(&mut wire, &first, &challenge(true, "n2", ""));
    let line = challenge(true, "n3", "");
    let status = "407 Proxy Authentication Required";
    wire.say(&response(&second, status, "", &[&line]));
    assert_eq!(wire.heard(), ["ACK"]);
    assert_eq!(wire.happened(), ["offer refused 407"]);
    assert_eq!(wire.endpoint.counts().dialogs, 1);
}

#[test]
fn a_reinvite_without_a_password_is_refused() {
    let mut wire = Wire::new();
    let (leg, _) = wire.answered(&[]);
    let new = bytes::Bytes::from_static(b"v=0 new");
    wire.endpoint.reoffer(wire.now, leg, new);
    let (_, first) = wire.only();
    let line = challenge(false, "n1", "");
    wire.say(&response(&first, "401 Unauthorized", "", &[&line]));
    assert_eq!(wire.heard(), ["ACK"]);
    assert_eq!(wire.happened(), ["offer refused 401"]);
}
