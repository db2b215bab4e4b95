//! An honest caller, a phone that answers at once, and the floods beside them: SIP by hand, over loopback.
//!
//! Everything ends by itself: what waits has an end, and a flood stops when it is dropped.

use std::{
    collections::BTreeMap,
    io::Write as _,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// The peer of the trunk that has no bound of its own.
pub const PBX: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 20);

/// The peer of the trunk that may bring [`TRUNK_CPS`] calls a second.
pub const BOUND_PBX: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 21);

/// Calls a second of the bound trunk.
pub const TRUNK_CPS: u32 = 20;

/// Nobody's address.
const STRANGER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 66);

/// A TCP connection that says nothing, or one byte after the other.
const CONNECTIONS: u8 = 250;

/// The trunks that all this needs.
pub const TRUNKS: &str = "[[trunk]]\nname = \"pbx\"\npeers = [\"127.0.0.20\"]\n\
    [[trunk]]\nname = \"bound\"\npeers = [\"127.0.0.21\"]\nmax_cps = 20\n";

/// What is sent beside the honest caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flood {
    /// 1,000 INVITE a second of a stranger.
    StrangersInvites,
    /// 300 calls a second above what a trunk may bring, from one number.
    TrunksCalls,
    /// 1,000 REGISTER a second of a stranger.
    Registers,
    /// 1,000 OPTIONS a second of a stranger.
    Options,
    /// 500 TCP connections, idle and slow.
    Connections,
}

impl Flood {
    pub const ALL: [Flood; 5] = [
        Flood::StrangersInvites,
        Flood::TrunksCalls,
        Flood::Registers,
        Flood::Options,
        Flood::Connections,
    ];

    /// Begins; ends when what is handed back is dropped.
    pub fn begin(self, kring: SocketAddr) -> Running {
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let flood = move || match self {
            Flood::StrangersInvites => datagrams(kring, STRANGER, "INVITE", 1_000, &told),
            Flood::TrunksCalls => datagrams(kring, BOUND_PBX, "INVITE", 300 + TRUNK_CPS, &told),
            Flood::Registers => datagrams(kring, STRANGER, "REGISTER", 1_000, &told),
            Flood::Options => datagrams(kring, STRANGER, "OPTIONS", 1_000, &told),
            Flood::Connections => connections(kring, &told),
        };
        Running {
            stop,
            thread: Some(std::thread::spawn(flood)),
        }
    }
}

/// Something that goes on until it is dropped.
pub struct Running {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<u64>>,
}

impl Running {
    /// Ends it: how much was sent.
    pub fn end(mut self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().expect("it is ended once");
        thread.join().expect("a flood does not panic")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// `per_second` requests, evenly; calls that are accepted are ended at once, as a PBX would.
fn datagrams(
    kring: SocketAddr,
    from: Ipv4Addr,
    method: &str,
    per_second: u32,
    stop: &AtomicBool,
) -> u64 {
    let socket = bound(from);
    socket.set_nonblocking(true).expect("a socket can");
    let own = socket.local_addr().expect("bound");
    let (began, mut sent) = (Instant::now(), 0_u64);
    let mut buffer = [0; 4_096];
    while !stop.load(Ordering::Relaxed) {
        let due = (began.elapsed().as_secs_f64() * f64::from(per_second)) as u64;
        while sent < due {
            let text = request(
                method,
                own,
                "flood",
                &format!("f{sent}-{}", own.port()),
                "",
                1,
            );
            // A full buffer is the network's to solve.
            let _ = socket.send_to(text.as_bytes(), kring);
            sent += 1;
        }
        while let Ok((length, _)) = socket.recv_from(&mut buffer) {
            let answer = String::from_utf8_lossy(&buffer[..length]).into_owned();
            for text in after(&answer, own, "flood") {
                let _ = socket.send_to(text.as_bytes(), kring);
            }
        }
        std::thread::park_timeout(Duration::from_millis(1));
    }
    sent
}

/// What a caller says to a final response of its INVITE: ACK, and BYE if it was accepted.
fn after(answer: &str, own: SocketAddr, user: &str) -> Vec<String> {
    let code = code_of(answer);
    if code < 200 || !header(answer, "CSeq").ends_with("INVITE") {
        return Vec::new();
    }
    let (call, to) = (header(answer, "Call-ID"), header(answer, "To"));
    let mut said = vec![request("ACK", own, user, call, to, 1)];
    if code < 300 {
        said.push(request("BYE", own, user, call, to, 2));
    }
    said
}

/// 500 connections from ten addresses: half of them idle, half of them sending one byte each 100 ms.
fn connections(kring: SocketAddr, stop: &AtomicBool) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let mut open = Vec::new();
    for n in 0..CONNECTIONS {
        for slow in [false, true] {
            let address = Ipv4Addr::new(127, 0, 0, 70 + n % 10);
            let opened = runtime.block_on(async {
                let socket = tokio::net::TcpSocket::new_v4()?;
                socket.bind(SocketAddrV4::new(address, 0).into())?;
                let stream = tokio::time::timeout(Duration::from_secs(1), socket.connect(kring));
                let stream = stream.await??.into_std()?;
                Ok::<_, std::io::Error>(stream)
            });
            // Whom kring does not let in any more it does not have to bear.
            open.extend(opened.ok().map(|stream| (stream, slow)));
        }
    }
    let text = b"INVITE sip:1203@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.66:5060;branch=z9hG4bKslow\r\n";
    let mut at = 0;
    while !stop.load(Ordering::Relaxed) {
        for (stream, _) in open.iter_mut().filter(|(_, slow)| *slow) {
            let _ = stream.write(&text[at % text.len()..][..1]);
        }
        at += 1;
        std::thread::park_timeout(Duration::from_millis(100));
    }
    open.len() as u64
}

/// What became of the honest caller's calls.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub offered: usize,
    /// Answered and hung up again. How long from the first INVITE to the 200, sorted.
    setups: Vec<Duration>,
    /// The others by status; 0 for no answer.
    pub failed: BTreeMap<u16, usize>,
}

impl Tally {
    pub fn good(&self) -> usize {
        self.setups.len()
    }

    /// The time within which so many of a hundred good calls were set up.
    pub fn percentile(&self, percent: usize) -> Duration {
        let last = self.setups.len().saturating_sub(1);
        let at = (self.setups.len() * percent / 100).min(last);
        self.setups.get(at).copied().unwrap_or_default()
    }
}

/// Calls 1203 from `from`, one call after the other, ten a second, each from another number.
pub fn call_honestly(kring: SocketAddr, from: Ipv4Addr, lasting: Duration) -> Tally {
    let socket = bound(from);
    let wait = Duration::from_millis(500);
    socket.set_read_timeout(Some(wait)).expect("a socket can");
    let own = socket.local_addr().expect("bound");
    let mut tally = Tally::default();
    let began = Instant::now();
    while began.elapsed() < lasting {
        let number = format!("08{:08}", 11_000_000 + tally.offered);
        let id = format!("h{}-{}", tally.offered, own.port());
        match one_call(&socket, kring, own, &number, &id) {
            Ok(setup) => tally.setups.push(setup),
            Err(code) => *tally.failed.entry(code).or_default() += 1,
        }
        tally.offered += 1;
        let next = Duration::from_millis(100) * tally.offered as u32;
        std::thread::park_timeout(next.saturating_sub(began.elapsed()));
    }
    tally.setups.sort_unstable();
    tally
}

/// One call: the time until its 200, or the status that it got instead.
fn one_call(
    socket: &UdpSocket,
    kring: SocketAddr,
    own: SocketAddr,
    number: &str,
    id: &str,
) -> Result<Duration, u16> {
    let began = Instant::now();
    let invite = request("INVITE", own, number, id, "", 1);
    let answer = ask(socket, kring, &invite, id, "INVITE").ok_or(0_u16)?;
    let setup = began.elapsed();
    let said = after(&answer, own, number);
    socket
        .send_to(said[0].as_bytes(), kring)
        .map_err(|_| 0_u16)?;
    let Some(bye) = said.get(1) else {
        return Err(code_of(&answer));
    };
    let ended = ask(socket, kring, bye, id, "BYE").ok_or(0_u16)?;
    (code_of(&ended) == 200)
        .then_some(setup)
        .ok_or(code_of(&ended))
}

/// Sends until there is a final response, as T1 has it, for four seconds.
fn ask(
    socket: &UdpSocket,
    kring: SocketAddr,
    text: &str,
    id: &str,
    method: &str,
) -> Option<String> {
    let until = Instant::now() + Duration::from_secs(4);
    let mut buffer = [0; 4_096];
    let mut heard = false;
    while Instant::now() < until {
        if !heard {
            socket.send_to(text.as_bytes(), kring).ok()?;
        }
        while let Ok((length, _)) = socket.recv_from(&mut buffer) {
            let answer = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if !answer.starts_with("SIP/") || header(&answer, "Call-ID") != id {
                continue;
            }
            if !header(&answer, "CSeq").ends_with(method) {
                continue;
            }
            if code_of(&answer) >= 200 {
                return Some(answer);
            }
            heard = true;
        }
    }
    None
}

/// All agents' phones at one address; each call is answered at once.
pub fn phones(at: SocketAddr) -> Running {
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    let socket = UdpSocket::bind(at).expect("the phones' port");
    let wait = Duration::from_millis(50);
    socket.set_read_timeout(Some(wait)).expect("a socket can");
    let answering = move || {
        let (mut buffer, mut answered) = ([0; 4_096], 0);
        while !told.load(Ordering::Relaxed) {
            let Ok((length, from)) = socket.recv_from(&mut buffer) else {
                continue;
            };
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if text.starts_with("SIP/") || text.starts_with("ACK ") {
                continue;
            }
            answered += 1;
            let body = if text.starts_with("INVITE ") {
                sdp(at)
            } else {
                String::new()
            };
            let _ = socket.send_to(accept(&text, at, &body).as_bytes(), from);
        }
        answered
    };
    Running {
        stop,
        thread: Some(std::thread::spawn(answering)),
    }
}

fn accept(request: &str, own: SocketAddr, body: &str) -> String {
    let mut out = "SIP/2.0 200 OK\r\n".to_owned();
    for line in request.lines().take_while(|line| !line.is_empty()) {
        let name = line.split(':').next().unwrap_or_default();
        if matches!(name, "Via" | "From" | "Call-ID" | "CSeq" | "Record-Route") {
            out += &format!("{line}\r\n");
        } else if name == "To" {
            let tag = if line.contains(";tag=") {
                ""
            } else {
                ";tag=phone"
            };
            out += &format!("{line}{tag}\r\n");
        }
    }
    out + &format!("Contact: <sip:phone@{own}>\r\n{}", ending(body))
}

/// A request of a caller. `to` is the To line of a response; none before there was one.
fn request(method: &str, own: SocketAddr, user: &str, id: &str, to: &str, seq: u32) -> String {
    let to = if to.is_empty() {
        "<sip:1203@127.0.0.1>"
    } else {
        to
    };
    let body = if method == "INVITE" {
        sdp(own)
    } else {
        String::new()
    };
    // An ACK of a refusal has the branch of its INVITE, and that of a 200 may have any.
    let branch = if method == "BYE" { "bye" } else { "inv" };
    format!(
        "{method} sip:1203@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{branch}{id}\r\n\
         Max-Forwards: 70\r\nFrom: <sip:{user}@{own}>;tag={id}\r\nTo: {to}\r\nCall-ID: {id}\r\n\
         CSeq: {seq} {method}\r\nContact: <sip:{user}@{own}>\r\n{}",
        ending(&body)
    )
}

fn ending(body: &str) -> String {
    let kind = if body.is_empty() {
        ""
    } else {
        "Content-Type: application/sdp\r\n"
    };
    format!("{kind}Content-Length: {}\r\n\r\n{body}", body.len())
}

fn sdp(own: SocketAddr) -> String {
    let ip = own.ip();
    format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n\
         a=rtpmap:8 PCMA/8000\r\n"
    )
}

fn code_of(answer: &str) -> u16 {
    let code = answer.split(' ').nth(1);
    code.and_then(|code| code.parse().ok()).unwrap_or(0)
}

fn header<'a>(text: &'a str, name: &str) -> &'a str {
    let mut lines = text.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    value.unwrap_or_default().trim()
}

fn bound(ip: Ipv4Addr) -> UdpSocket {
    UdpSocket::bind((ip, 0)).expect("a free port of loopback")
}
