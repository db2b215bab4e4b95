//! INVITEs to a phone that are too large for a datagram (RFC 3261 §18.1.1): by TCP where the phone is known
//! to take it, else by UDP, and within a quarter of a second in any case.

use crate::{
    kring::{A_SLOW_MACHINE, Kring, eventually},
    parts::{CITIZEN, phone_answers},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp_with},
    sipp::{Logged, Sipp},
};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream, UdpSocket},
    os::fd::AsRawFd,
    time::{Duration, Instant},
};

/// A phone rings no later than this after its agent was chosen, whatever becomes of TCP, s.
const RINGS_WITHIN: f64 = 0.250;

/// A caller with so much to say that the INVITE to the phone exceeds 1,300 bytes.
fn caller_says_much() -> Scenario {
    let uui = format!("User-to-User: {};encoding=hex", "5a".repeat(180));
    let name = format!(
        "\"{}\" <sip:0812345678@[local_ip]:[local_port]>",
        "ก".repeat(100)
    );
    let lines = [
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-16",
    ];
    Scenario::caller()
        .named(&name)
        .calls(&[&uui], &sdp_with(CITIZEN, "8 0 101", &lines))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("")
        .waits(500)
        .says("BYE", PLAIN, "")
        .hears("200")
}

/// The phone at this port asks something over TCP, and says there where it can be reached by it.
fn tells_of_its_tcp(kring: &Kring, port: u16) {
    let mut stream = TcpStream::connect(("127.0.0.1", kring.sip)).expect("it listens");
    let ask = format!(
        "OPTIONS sip:kring@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:{port};branch=z9hG4bK-tcp\r\n\
         From: <sip:malee@127.0.0.1>;tag=1\r\nTo: <sip:kring@127.0.0.1>\r\nCall-ID: tcp-{port}\r\n\
         CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    );
    stream.write_all(ask.as_bytes()).expect("it reads");
    let mut answer = [0; 20];
    stream.read_exact(&mut answer).expect("an answer");
    assert!(answer.starts_with(b"SIP/2.0 200 "), "{answer:?}");
}

/// The INVITE as the phone heard it, and how long after `Invited` kring knew that it rings, s.
fn rung(kring: &Kring, phone: Sipp) -> (Logged, f64) {
    let ladder = phone.finish();
    let invite = ladder.iter().find(|m| m.is("INVITE")).expect("an INVITE");
    assert!(invite.text.len() > 1_300, "{}", invite.text);
    let journal = kring.journal_until("ended");
    let at = |what: &str| {
        let line = journal.lines().find(|line| line.contains(what));
        let line = line.unwrap_or_else(|| panic!("no {what} in\n{journal}"));
        let seconds = line
            .split_whitespace()
            .find_map(|word| word.parse::<f64>().ok());
        seconds.expect("a moment")
    };
    (invite.clone(), at("alerting") - at("invited"))
}

fn via(invite: &Logged) -> &str {
    invite.get("Via").unwrap_or_default()
}

#[test]
fn a_large_invite_reaches_a_phone_by_tcp() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    // A phone that takes TCP takes datagrams, too.
    let datagrams = UdpSocket::bind(("127.0.0.1", at)).expect("a free port");
    let phone = kring.phone_that("phone", at, &["-t", "t1"], &phone_answers(200));
    listens(at);
    tells_of_its_tcp(&kring, at);
    kring.caller("caller", &caller_says_much()).finish();
    let (invite, after) = rung(&kring, phone);
    assert!(via(&invite).contains("/TCP"), "{}", invite.text);
    assert!(after <= RINGS_WITHIN, "{after}");
    datagrams.set_nonblocking(true).expect("a socket");
    assert!(datagrams.recv(&mut [0; 4_000]).is_err(), "no second copy");
}

#[test]
fn a_large_invite_goes_by_udp_when_tcp_is_refused() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = kring.phone("phone", at, &phone_answers(200));
    tells_of_its_tcp(&kring, at);
    kring.caller("caller", &caller_says_much()).finish();
    let (invite, after) = rung(&kring, phone);
    assert!(via(&invite).contains("/UDP"), "{}", invite.text);
    assert!(after <= RINGS_WITHIN, "{after}");
}

/// The kernel swallows every SYN to a listener whose queue is full, as a firewall does. The second call finds
/// that known: it loses no time.
#[test]
fn a_large_invite_goes_by_udp_when_a_firewall_swallows_tcp() {
    let at = free_port();
    let tables = "[agent]\nwrapup_s = 0\n";
    let (kring, _agents) = Kring::with_agents(tables, &[("malee", at)]);
    let _full = swallows(at);
    tells_of_its_tcp(&kring, at);
    let phone = kring.phone("phone", at, &phone_answers(200));
    kring.caller("caller", &caller_says_much()).finish();
    let (invite, after) = rung(&kring, phone);
    assert!(via(&invite).contains("/UDP"), "{}", invite.text);
    assert!((0.150..=RINGS_WITHIN).contains(&after), "{after}");
    let again = kring.phone("again", at, &phone_answers(200));
    let began = Instant::now();
    let caller = kring.caller("caller-again", &caller_says_much());
    let second = again.wait_for(false, "INVITE");
    assert!(began.elapsed() < Duration::from_secs(10));
    let ladder = caller.finish();
    let first = ladder.iter().find(|m| m.is("INVITE")).expect("an INVITE");
    let took = second.at - first.at;
    assert!(took < 0.150, "it was not tried again: {took}");
    again.finish();
}

/// Nobody has said that this phone takes TCP, and somebody listens there all the same: it is not tried.
#[test]
fn a_large_invite_goes_by_udp_to_a_phone_that_never_spoke_tcp() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let _full = swallows(at);
    let phone = kring.phone("phone", at, &phone_answers(200));
    kring.caller("caller", &caller_says_much()).finish();
    let (invite, after) = rung(&kring, phone);
    assert!(via(&invite).contains("/UDP"), "{}", invite.text);
    assert!(after < 0.150, "{after}");
}

/// A listener whose queue is full, and those who fill it.
fn swallows(port: u16) -> (TcpListener, Vec<TcpStream>) {
    let address: SocketAddr = ([127, 0, 0, 1], port).into();
    let listener = TcpListener::bind(address).expect("a free port");
    // SAFETY: listen takes two numbers; the descriptor is that of the listener above.
    assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 0) }, 0);
    let wait = Duration::from_millis(100);
    let fill = || TcpStream::connect_timeout(&address, wait).ok();
    (listener, std::iter::from_fn(fill).collect())
}

/// Waits until somebody listens there: SIPp needs a moment.
fn listens(port: u16) {
    let stands = || {
        std::fs::read_to_string("/proc/net/tcp")
            .ok()
            .filter(|table| {
                let entry = format!("0100007F:{port:04X} 00000000:0000 0A");
                table.contains(&entry)
            })
    };
    let found = eventually(A_SLOW_MACHINE, stands);
    assert!(found.is_some(), "nobody listens at {port}");
}
