//! Phones that register and refresh: what a house full of them costs the daemon, in CPU and memory.
//!
//! Each phone has an address of its own, proves its password, uses its nonce again as long as it may, and
//! begins anew when it is told that it is stale. They come evenly over the interval, as they do in a house
//! that has run for a while.

use crate::{
    Options, Outcome,
    house::{House, wall},
    proc,
};
use kring_sip::{
    Message, Method,
    digest::{Answer, Credentials, Ha1, Ha1Set},
    parse,
};
use kring_store::PhoneRow;
use std::{
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
    time::{Duration, Instant},
};

const REALM: &str = "kring";
const PASSWORD: &str = "khao-niao-mamuang";

/// Between two refreshes of one phone.
const INTERVAL: Duration = Duration::from_secs(60);

/// Where all phones listen, each at an address of its own.
const PHONE_PORT: u16 = 5_062;

/// No phone comes from here. Every second refresh finds its nonce too old.
const TRUNK: &str =
    "[[trunk]]\nname = \"pbx\"\npeers = [\"127.0.0.20\"]\n[registrar]\nnonce_s = 90\n";

/// What the promise is: of one core, and memory, kB, for 10,000 phones.
const CORE_MAX: f64 = 0.25;
const MEMORY_KB_MAX: u64 = 30_000;

/// `--count` (10,000) phones come within one interval, and refresh for `--seconds` (130).
pub(crate) fn refresh(options: &Options) -> Outcome<()> {
    let count = options.number("--count", 10_000)?;
    let seconds = options.number("--seconds", 130)?;
    let rows: Vec<PhoneRow> = (0..count).map(account).collect();
    let house = House::with_phones(&rows, TRUNK)?;
    let mut phones: Vec<Phone> = (0..count).map(Phone::new).collect();
    std::thread::park_timeout(Duration::from_secs(5));
    let before = proc::resident_kb(house.pid())?;
    let idle = cost_of(&house, |_| {
        std::thread::park_timeout(Duration::from_secs(10));
        Ok(())
    })?;
    println!("registrations none yet: {idle:.4} of a core, {before} kB");
    let coming = come(&house, &mut phones, count)?;
    let refreshes = (u64::from(count) * u64::from(seconds) / INTERVAL.as_secs()) as u32;
    let staying = come(&house, &mut phones, refreshes)?;
    // What was gathered in the last seconds is written.
    std::thread::park_timeout(Duration::from_secs(5));
    let grown = proc::resident_kb(house.pid())?.saturating_sub(before);
    println!("registrations memory: {grown} kB above none");
    if coming.refused + staying.refused > 0 {
        return Err("some phones were refused".into());
    }
    if staying.core > CORE_MAX || grown > MEMORY_KB_MAX {
        return Err("it costs more than was promised".into());
    }
    Ok(())
}

/// What one turn cost.
struct Turn {
    core: f64,
    refused: u32,
}

/// So many REGISTERs that are obeyed, one phone after the other, at the pace of the interval.
fn come(house: &House, phones: &mut [Phone], times: u32) -> Outcome<Turn> {
    let every = INTERVAL / u32::try_from(phones.len())?;
    let (mut asked, mut refused, mut slowest) = (0, 0, Duration::ZERO);
    let began = Instant::now();
    let core = cost_of(house, |sip| {
        for n in 0..times {
            let due = began + every * n;
            std::thread::park_timeout(due.saturating_duration_since(Instant::now()));
            let at = n as usize % phones.len();
            let from = Instant::now();
            match phones[at].registers(sip)? {
                Some(requests) => asked += requests,
                None => refused += 1,
            }
            slowest = slowest.max(from.elapsed());
        }
        Ok(())
    })?;
    println!(
        "registrations obeyed={} asked={asked} refused={refused} slowest={:.1}ms wall={:.1}s core={core:.4}",
        times - refused,
        slowest.as_secs_f64() * 1_000.0,
        began.elapsed().as_secs_f64(),
    );
    Ok(Turn { core, refused })
}

/// CPU seconds of the daemon a second while `what` happens.
fn cost_of(house: &House, what: impl FnOnce(SocketAddrV4) -> Outcome<()>) -> Outcome<f64> {
    let (before, began) = (proc::cpu_seconds(house.pid())?, Instant::now());
    what(SocketAddrV4::new(Ipv4Addr::LOCALHOST, house.sip))?;
    let used = proc::cpu_seconds(house.pid())? - before;
    Ok(used / began.elapsed().as_secs_f64())
}

fn account(n: u32) -> PhoneRow {
    let user = user(n);
    let secrets = Ha1Set::of_password(&user, REALM, PASSWORD);
    let one = |ha1: &Ha1| format!("{}:{}", ha1.algorithm(), ha1.hex());
    PhoneRow {
        srtp: None,
        realm: REALM.to_owned(),
        secrets: secrets.iter().map(one).collect::<Vec<_>>().join(" "),
        name: format!("desk {n}"),
        phone: user,
        disabled: false,
        created: wall(),
        symmetric: false,
    }
}

fn user(n: u32) -> String {
    format!("{}", 20_000 + n)
}

/// A phone, and what it remembers between two refreshes.
struct Phone {
    user: String,
    ip: Ipv4Addr,
    credentials: Credentials,
    answer: Option<Answer>,
    seq: u32,
}

impl Phone {
    fn new(n: u32) -> Phone {
        let user = user(n);
        let [_, high, middle, low] = n.to_be_bytes();
        Phone {
            credentials: Credentials::with_password(&user, None, PASSWORD),
            user,
            ip: Ipv4Addr::new(127, 1 + high, middle, low),
            answer: None,
            seq: 0,
        }
    }

    /// Registers, and proves its password when asked: in how many requests, or not at all.
    fn registers(&mut self, kring: SocketAddrV4) -> Outcome<Option<u32>> {
        let socket = UdpSocket::bind((self.ip, PHONE_PORT))?;
        socket.set_read_timeout(Some(Duration::from_millis(500)))?;
        for request in 1..=3 {
            let said = self.register(kring);
            let Some(heard) = ask(&socket, kring, said.as_bytes())? else {
                return Ok(None);
            };
            let Ok(Message::Response(response)) = parse(&heard) else {
                return Ok(None);
            };
            match response.status.code() {
                200 => return Ok(Some(request)),
                401 => self.answer = Some(Answer::to(&response, &self.credentials)?),
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    fn register(&mut self, kring: SocketAddrV4) -> String {
        self.seq += 1;
        let (user, seq, ip) = (&self.user, self.seq, self.ip);
        let uri = format!("sip:{kring}");
        let proof = self.answer.as_mut().map(|answer| {
            let (name, line) = answer.line(&Method::Register, &uri, u64::from(seq));
            format!("{name}: {line}\r\n")
        });
        let instance = format!("00000000-0000-1000-8000-{:0>12}", self.user);
        format!(
            "REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {ip}:{PHONE_PORT};rport;branch=z9hG4bK{user}x{seq}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{user}@{kring}>;tag=a{user}\r\nTo: <sip:{user}@{kring}>\r\n\
             Call-ID: reg-{user}@{ip}\r\nCSeq: {seq} REGISTER\r\n\
             Contact: <sip:{user}@{ip}:{PHONE_PORT}>;expires=120;+sip.instance=\"<urn:uuid:{instance}>\"\r\n\
             Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY, INFO, UPDATE\r\n\
             User-Agent: Yealink SIP-T31P 124.86.0.75\r\n{}Content-Length: 0\r\n\r\n",
            proof.unwrap_or_default()
        )
    }
}

/// Says it, three times if need be, and hears the answer.
fn ask(socket: &UdpSocket, kring: SocketAddrV4, said: &[u8]) -> Outcome<Option<Vec<u8>>> {
    let mut buffer = [0; 4_096];
    for _ in 0..3 {
        socket.send_to(said, kring)?;
        if let Ok((length, _)) = socket.recv_from(&mut buffer) {
            return Ok(Some(buffer[..length].to_vec()));
        }
    }
    Ok(None)
}
