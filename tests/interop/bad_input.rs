//! What comes from strangers, broken peers and machines gone mad.

use crate::{
    kring::{Kring, free_port},
    sipp::Sipp,
};
use std::{
    io::Write,
    net::{TcpStream, UdpSocket},
    time::Duration,
};

/// Only trunk peers may call. A stranger is refused and rings nobody.
#[test]
fn an_invite_from_no_trunk_peer_rings_nobody() {
    let phone_port = free_port();
    let trunk =
        "[[trunk]]\nname = \"pbx\"\naddress = \"127.0.0.7:5060\"\npeers = [\"127.0.0.7\"]\n";
    let (kring, _agents) = Kring::with_agents(trunk, &[("malee", phone_port)]);
    let phone = UdpSocket::bind(("127.0.0.1", phone_port)).expect("the phone's port");
    phone
        .set_read_timeout(Some(Duration::from_millis(500)))
        .expect("a timeout");
    let caller = Sipp::caller(
        kring.folder.path(),
        "caller_gets_403.xml",
        kring.sip,
        30_200,
    );
    caller.finish();
    assert!(
        phone.recv_from(&mut [0; 2_000]).is_err(),
        "the phone was rung"
    );
    let calls = kring.get("/api/v1/calls");
    assert!(calls.body.contains("\"items\":[]"), "{calls:?}");
}

/// The torture messages, each cut and bent, over UDP and TCP: no crash, no growth, and a good call
/// works afterwards.
#[test]
fn broken_messages_do_no_harm() {
    let phone_port = free_port();
    let trunk = "[[trunk]]\nname = \"pbx\"\npeers = [\"127.0.0.1\"]\n";
    let (kring, _agents) = Kring::with_agents(trunk, &[("malee", phone_port)]);
    let torture = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("torture");
    let mut messages = Vec::new();
    for kind in ["valid", "invalid"] {
        for file in std::fs::read_dir(torture.join(kind)).expect("the messages are there") {
            messages.push(std::fs::read(file.expect("an entry").path()).expect("readable"));
        }
    }
    let before = kring.resident_kb();
    // Not a trunk peer: what is still a good INVITE must not ring the phone.
    let socket = UdpSocket::bind("127.0.0.9:0").expect("a free port");
    for (n, message) in messages.iter().cycle().take(5_000).enumerate() {
        let mut bent = message.clone();
        let place = n * 7 % bent.len();
        bent[place] = (n * 31) as u8;
        bent.truncate(bent.len() - n % (bent.len() / 2 + 1));
        socket
            .send_to(&bent, ("127.0.0.1", kring.sip))
            .expect("loopback");
        if n % 50 == 0 {
            let mut stream = TcpStream::connect(("127.0.0.1", kring.sip)).expect("it listens");
            // The daemon may have closed it already, which is its right.
            let _ = stream.write_all(&bent);
        }
    }
    let phone = Sipp::phone(kring.folder.path(), "phone_answers.xml", phone_port, 30_202);
    let caller = Sipp::caller(
        kring.folder.path(),
        "caller_hangs_up.xml",
        kring.sip,
        30_204,
    );
    caller.finish();
    phone.finish();
    kring.newest_call("state", "ended");
    let grown = kring.resident_kb().saturating_sub(before);
    assert!(grown < 32 * 1_024, "grown by {grown} kB");
}

/// 400 for what can still be answered, silence for the rest.
#[test]
fn a_malformed_request_gets_400() {
    let (kring, _agents) = Kring::with_agents("", &[("malee", free_port())]);
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    socket
        .set_read_timeout(Some(Duration::from_secs(2)))
        .expect("a timeout");
    let port = socket.local_addr().expect("bound").port();
    let bad = format!(
        "INVITE sip:1203@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKx\r\n\
         From: <sip:a@b>;tag=1\r\nTo: <sip:b@c>\r\nCall-ID: bad\r\nCSeq: 99999999999 INVITE\r\n\
         Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    );
    socket
        .send_to(bad.as_bytes(), ("127.0.0.1", kring.sip))
        .expect("loopback");
    let mut buffer = [0; 2_000];
    let (length, _) = socket.recv_from(&mut buffer).expect("an answer");
    let answer = String::from_utf8_lossy(&buffer[..length]);
    assert!(answer.starts_with("SIP/2.0 400 "), "{answer}");
}
