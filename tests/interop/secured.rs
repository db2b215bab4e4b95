//! TLS through the whole daemon: a PBX that shows a certificate and wants to see one, and certificates that are renewed
//! while somebody talks.

use crate::{
    kring::{A_SLOW_MACHINE, House, Kring, Prepared, eventually},
    parts::{CITIZEN, phone_answers, phone_is_answered},
    peer::{Authority, SipPeer, Streamed, Tls, Way, header, pcma, streamed},
    ports::free_port,
    scenario::PLAIN,
};
use std::net::TcpListener;

/// The PBX's port at the other end is what the kernel gave it.
fn pbx(stream: Tls) -> SipPeer<Streamed<Tls>> {
    SipPeer::over(streamed(stream), "TLS 127.0.0.1:5061")
}

/// A house with malee's phone at `at`, and these keys of `[sip]`.
fn house(tables: &str, sip: &str, listen: &str, at: u16) -> Prepared {
    House {
        tables,
        sip,
        listen,
        seats: vec![("malee", format!("sip:malee@127.0.0.1:{at}"))],
        ..House::default()
    }
    .prepare()
}

const NAMES: &str = "From: <sip:0812345678@127.0.0.1>;tag=a\r\nCall-ID: over-tls\r\n";
const CONTACT: &str = "Contact: <sip:pbx@127.0.0.1:5061;transport=tls>\r\n";

/// The PBX calls `uri`, is answered, and has confirmed; To as kring wrote it, and kring's Contact.
fn calls<W: Way>(pbx: &mut SipPeer<W>, uri: &str) -> (String, String) {
    let lines = format!("{NAMES}To: <{uri}>\r\nCSeq: 1 INVITE\r\n{CONTACT}");
    pbx.asks("INVITE", uri, &lines, &pcma(CITIZEN));
    pbx.hears("SIP/2.0 180 ");
    let answered = pbx.hears("SIP/2.0 200 ");
    let to = header(&answered, "To").to_owned();
    let contact = header(&answered, "Contact");
    let target = contact.split(['<', '>']).nth(1).expect("an address");
    let lines = format!("{NAMES}To: {to}\r\nCSeq: 1 ACK\r\n");
    pbx.asks("ACK", target, &lines, "");
    (to, target.to_owned())
}

fn hangs_up<W: Way>(pbx: &mut SipPeer<W>, (to, target): &(String, String)) {
    let lines = format!("{NAMES}To: {to}\r\nCSeq: 3 BYE\r\n");
    pbx.asks("BYE", target, &lines, "");
    pbx.hears("SIP/2.0 200 ");
}

fn was_answered(kring: &Kring) {
    let call = kring.newest_call("state", "ended");
    let journal = kring.journal_until("ended ");
    assert_eq!(call["outcome"], "answered", "{journal}");
    assert_eq!(call["ended_by"], "caller", "{call}");
}

/// kring registers by TLS, each side sees the other's certificate, and the PBX's call comes over the connection that
/// kring opened (RFC 5923): there is no other.
#[test]
fn a_pbx_over_tls_is_registered_with_and_calls_over_the_same_connection() {
    let (folder, authority) = (tempfile::tempdir().expect("a folder"), Authority::new());
    let ca = folder.path().join("ca.pem");
    authority.write(&ca);
    let keys = authority.papers().write(folder.path());
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "open sesame\n").expect("the folder is writable");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let tables = format!(
        "[[trunk]]\nname = \"pbx\"\ntransport = \"tls\"\ntls_ca = {ca:?}\nregister = {{ \
         uri = \"sip:5000@127.0.0.1:{port}\", password_file = {secret:?}, expires_s = 300 }}\n\
         [[queue]]\nname = \"support\"\ndid = [\"5000\"]\n"
    );
    let at = free_port();
    let opening = house(
        &tables,
        &keys,
        &format!(", \"tls:127.0.0.1:{}\"", free_port()),
        at,
    );
    let opening = std::thread::spawn(move || opening.open());

    let mut pbx = authority.accepts(&listener, &authority.papers());
    let first = pbx.hears("REGISTER ");
    let challenge = "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n1\", qop=\"auth\", \
                     algorithm=SHA-256\r\n";
    pbx.answers(&first, "401 Unauthorized", challenge, "");
    let second = pbx.hears("REGISTER ");
    assert!(
        header(&second, "Via").starts_with("SIP/2.0/TLS "),
        "{second}"
    );
    let contact = header(&second, "Contact").to_owned();
    pbx.answers(&second, "200 OK", &format!("Contact: {contact}\r\n"), "");

    let (kring, _agents) = opening.join().expect("kring starts");
    let phone = kring.phone("phone", at, &phone_answers(100));
    let uri = contact.split(['<', '>']).nth(1).expect("an address");
    let dialog = calls(&mut pbx, uri);
    hangs_up(&mut pbx, &dialog);
    was_answered(&kring);
    phone.finish();
    listener.set_nonblocking(true).expect("a listener");
    assert!(listener.accept().is_err(), "a second connection");
}

/// With `tls_verify = "require"` a certificate is what lets in; who has none, or one of another authority, hears no SIP.
#[test]
fn a_trunk_calls_over_tls_with_its_certificate_and_nobody_without() {
    let (folder, authority) = (tempfile::tempdir().expect("a folder"), Authority::new());
    let ca = folder.path().join("ca.pem");
    authority.write(&ca);
    let keys = authority.papers().write(folder.path());
    let sip = format!("{keys}tls_client_ca = {ca:?}\ntls_verify = \"require\"\n");
    let (port, at) = (free_port(), free_port());
    let tables = "[[trunk]]\nname = \"pbx\"\ntransport = \"tls\"\npeers = [\"127.0.0.1\"]\n";
    let (kring, _agents) = house(tables, &sip, &format!(", \"tls:127.0.0.1:{port}\""), at).open();

    let other = Authority::new().papers();
    for papers in [None, Some(&other)] {
        let refused = pbx(authority.connects(port, papers)).way_is_closed();
        assert!(!refused.contains("SIP/2.0"), "{refused}");
    }
    let papers = authority.papers();
    let mut pbx = pbx(authority.connects(port, Some(&papers)));
    let phone = kring.phone("phone", at, &phone_answers(100));
    let dialog = calls(&mut pbx, "sip:1203@127.0.0.1");
    hangs_up(&mut pbx, &dialog);
    was_answered(&kring);
    phone.finish();
}

/// SIGHUP in the middle of a call: who connects now sees the new certificate, and the call goes on over its connection.
#[test]
fn certificates_are_renewed_while_a_call_goes_on() {
    let (folder, old, new) = (
        tempfile::tempdir().expect("a folder"),
        Authority::new(),
        Authority::new(),
    );
    let keys = old.papers().write(folder.path());
    let (port, at) = (free_port(), free_port());
    let (kring, _agents) = house("", &keys, &format!(", \"tls:127.0.0.1:{port}\""), at).open();
    let phone = phone_is_answered(100)
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let phone = kring.phone("phone", at, &phone);
    let mut talking = pbx(old.connects(port, None));
    let dialog = calls(&mut talking, "sip:1203@127.0.0.1");

    new.papers().write(folder.path());
    kring.hangs_up();
    let served = || {
        let mut stream = new.connects(port, None);
        stream.conn.complete_io(&mut stream.sock).ok()
    };
    eventually(A_SLOW_MACHINE, served).expect("the new certificate");
    let mut old_one = old.connects(port, None);
    let shown = old_one.conn.complete_io(&mut old_one.sock);
    assert!(shown.is_err(), "the old certificate is shown");

    let (to, target) = &dialog;
    let lines = format!("{NAMES}To: {to}\r\nCSeq: 2 UPDATE\r\n{CONTACT}");
    talking.asks("UPDATE", target, &lines, "");
    talking.hears("SIP/2.0 200 ");
    hangs_up(&mut talking, &dialog);
    was_answered(&kring);
    phone.finish();
}
