//! What comes from strangers, broken peers and machines gone mad.

use crate::{
    kring::{A_SLOW_MACHINE, House, Kring, eventually},
    peer::Authority,
    ports::free_port,
    sipp::Sipp,
};
use std::{
    io::{ErrorKind, Read, Write},
    net::{TcpStream, UdpSocket},
    time::{Duration, Instant},
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

/// The torture messages, each cut and bent, over UDP and TCP, from the PBX and from a stranger: no crash, no
/// growth, every OPTIONS between them is answered, and a good call works afterwards. 20,000 of them in
/// `tests/run`; `BAD_INPUT` sets another number.
#[test]
fn broken_messages_do_no_harm() {
    let count = std::env::var("BAD_INPUT")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(20_000);
    let phone_port = free_port();
    // No torture message dials the queue's number: what is still a good INVITE rings nobody.
    let tables = "[[trunk]]\nname = \"pbx\"\npeers = [\"127.0.0.1\"]\n\
                  [[queue]]\nname = \"support\"\ndid = [\"1203\"]\n";
    let (kring, _agents) = Kring::with_agents(tables, &[("malee", phone_port)]);
    let messages = torture();
    let (pbx, stranger) = (socket("127.0.0.1"), socket("127.0.0.9"));
    let mut stream = None;
    let before = kring.resident_kb();
    let began = Instant::now();
    for n in 0..count {
        let bent = bend(&messages[n % messages.len()], n);
        match n % 4 {
            0 => over_tcp(&kring, &mut stream, &bent),
            1 => send(&stranger, &kring, &bent),
            _ => send(&pbx, &kring, &bent),
        }
        if n % 200 == 0 {
            answers_options(&pbx, &kring, n);
        }
    }
    let took = began.elapsed();
    drop(stream);
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
    println!("{count} broken messages in {took:.1?}, grown by {grown} kB");
    assert!(grown < 32 * 1_024, "grown by {grown} kB");
}

fn torture() -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("torture");
    let mut files = Vec::new();
    for kind in ["valid", "invalid"] {
        let found = std::fs::read_dir(folder.join(kind)).expect("the messages are there");
        files.extend(found.map(|file| file.expect("an entry").path()));
    }
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read(file).expect("readable"))
        .collect()
}

/// One of many ways to break a message, by its number: bytes changed, a stretch twice, an end missing, or
/// only its Call-ID, so that it is as good as it was and new.
fn bend(message: &[u8], n: usize) -> Vec<u8> {
    let mut bent = message.to_vec();
    let place = |salt: usize| n.wrapping_mul(2_654_435_761).wrapping_add(salt * 97) % message.len();
    match n / 7 % 5 {
        0 => bent[place(1)] = (n * 31) as u8,
        1 => (0..8).for_each(|salt| bent[place(salt)] = (n * 31 + salt) as u8),
        2 => bent.truncate(place(2).max(1)),
        3 => {
            let (from, to) = (place(3).min(place(4)), place(3).max(place(4)));
            bent.splice(to..to, message[from..to].iter().copied());
        }
        _ => {
            let id = bent
                .windows(9)
                .position(|w| w.eq_ignore_ascii_case(b"call-id: "));
            if let Some(at) = id {
                bent.splice(at + 9..at + 9, format!("n{n}").into_bytes());
            }
        }
    }
    // A datagram holds no more.
    bent.truncate(60_000);
    bent
}

fn socket(ip: &str) -> UdpSocket {
    let socket = UdpSocket::bind((ip, 0)).expect("a free port");
    let wait = Some(Duration::from_millis(500));
    socket.set_read_timeout(wait).expect("a timeout");
    socket
}

fn send(socket: &UdpSocket, kring: &Kring, bytes: &[u8]) {
    socket
        .send_to(bytes, ("127.0.0.1", kring.sip))
        .expect("loopback");
}

/// The daemon may close a connection on which it cannot tell where the next message begins: that is
/// its right, and the next message comes on another.
fn over_tcp(kring: &Kring, stream: &mut Option<TcpStream>, bytes: &[u8]) {
    for _ in 0..2 {
        let open = stream.get_or_insert_with(|| {
            let stream = TcpStream::connect(("127.0.0.1", kring.sip)).expect("it listens");
            let wait = Some(Duration::from_secs(5));
            stream.set_write_timeout(wait).expect("a timeout");
            stream
        });
        open.set_nonblocking(true).expect("a stream");
        let closed = loop {
            match open.read(&mut [0; 16_384]) {
                Ok(0) => break true,
                Ok(_) => {}
                Err(none) => break none.kind() != ErrorKind::WouldBlock,
            }
        };
        open.set_nonblocking(false).expect("a stream");
        if !closed && open.write_all(bytes).is_ok() {
            return;
        }
        *stream = None;
    }
}

/// It lives, and has read everything that came before on this socket.
fn answers_options(pbx: &UdpSocket, kring: &Kring, n: usize) {
    let port = pbx.local_addr().expect("bound").port();
    let ask = format!(
        "OPTIONS sip:1203@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKalive{n}\r\n\
         From: <sip:pbx@127.0.0.1>;tag=1\r\nTo: <sip:1203@127.0.0.1>\r\nCall-ID: alive-{n}\r\n\
         CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    );
    let is_ours = format!("Call-ID: alive-{n}\r\n");
    let mut buffer = [0; 65_536];
    let answered = eventually(A_SLOW_MACHINE, || {
        send(pbx, kring, ask.as_bytes());
        while let Ok(length) = pbx.recv(&mut buffer) {
            let text = String::from_utf8_lossy(&buffer[..length]);
            if text.starts_with("SIP/2.0 200 ") && text.contains(&is_ours) {
                return Some(());
            }
        }
        None
    });
    assert!(answered.is_some(), "no answer after {n} messages");
}

/// 400 for what can still be answered, silence for the rest.
#[test]
fn a_malformed_request_gets_400() {
    let (kring, _agents) = Kring::with_agents("", &[("malee", free_port())]);
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
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

/// Half a request, half a handshake, half a WebSocket, and nothing at all: each is cut after ten seconds, and counted.
#[test]
fn who_does_not_end_what_he_begins_is_cut() {
    let (folder, authority) = (tempfile::tempdir().expect("a folder"), Authority::new());
    let keys = authority.papers().write(folder.path());
    let (tls, ws) = (free_port(), free_port());
    let (kring, _agents) = House {
        sip: &keys,
        listen: &format!(", \"tls:127.0.0.1:{tls}\", \"ws:127.0.0.1:{ws}\""),
        ..House::default()
    }
    .open();
    let half: [(u16, &[u8]); 4] = [
        (kring.sip, b"OPTIONS sip:kring SIP/2.0\r\nVia: SIP/2.0/TCP"),
        (tls, b"\x16\x03\x01"),
        (ws, b"GET / HTTP/1.1\r\nUpgrade: websoc"),
        (kring.sip, b""),
    ];
    let begun = half.map(|(port, said)| {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        stream.write_all(said).expect("it is taken");
        let wait = Some(A_SLOW_MACHINE);
        stream.set_read_timeout(wait).expect("a timeout");
        stream
    });
    for mut stream in begun {
        // It may be told why, and it may be cut before it has read that: only waiting is wrong.
        if let Err(why) = stream.read_to_end(&mut Vec::new()) {
            let open = [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&why.kind());
            assert!(!open, "{stream:?} is open after a minute");
        }
    }
    answers_options(&socket("127.0.0.1"), &kring, 0);
    for bound in ["handshake_slow", "message_unfinished"] {
        kring.metrics_until(&format!(
            "kring_sip_bounds_reached_total{{bound=\"{bound}\"}}"
        ));
    }
}
