//! What a phone's refresh costs: REGISTER with digest in, 200 out. The promise is 10,000 phones that
//! refresh every 60 s in a quarter of a core, which is 1.5 ms a refresh, and in 30 MB.
//!
//! The clock of the house goes on by 6 ms with each refresh, as it does then, so that transactions, nonces
//! and expiries are as many as they are in a full house. Making the phone's own REGISTER is not counted.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use kring_sip::{
    Advertised, Effect, Endpoint, EndpointConfig, Message, Method, Peer, Transport,
    digest::{Answer, Credentials, Ha1Set},
    parse,
    registrar::RegistrarConfig,
};
use kring_time::Moment;
use std::{hint::black_box, time::Duration};

const PHONES: u32 = 10_000;
const REALM: &str = "kring";

struct Phone {
    user: String,
    at: Peer,
    credentials: Credentials,
    answer: Option<Answer>,
    seq: u32,
}

struct House {
    now: Moment,
    endpoint: Endpoint,
    phones: Vec<Phone>,
    next: usize,
}

impl Phone {
    fn new(n: u32) -> Phone {
        let user = format!("{}", 20_000 + n);
        let host = [10, 1, (n >> 8) as u8, n as u8];
        Phone {
            credentials: Credentials::with_password(&user, None, "correct horse"),
            user,
            at: Peer {
                transport: Transport::Udp,
                address: (host, 5060).into(),
            },
            answer: None,
            seq: 0,
        }
    }

    fn register(&mut self) -> Vec<u8> {
        self.seq += 1;
        let (user, seq, at) = (&self.user, self.seq, self.at.address);
        let proof = self.answer.as_mut().map_or(String::new(), |answer| {
            let (name, line) = answer.line(&Method::Register, "sip:192.0.2.1", u64::from(seq));
            format!("{name}: {line}\r\n")
        });
        let text = format!(
            "REGISTER sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP {at};rport;branch=z9hG4bK{user}x{seq}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{user}@192.0.2.1>;tag=a{user}\r\nTo: <sip:{user}@192.0.2.1>\r\n\
             Call-ID: reg-{user}@{at}\r\nCSeq: {seq} REGISTER\r\nContact: <sip:{user}@{at}>;expires=120\r\n\
             Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY\r\nUser-Agent: Yealink SIP-T31P 124.86.0.75\r\n\
             {proof}Content-Length: 0\r\n\r\n"
        );
        text.into_bytes()
    }
}

impl House {
    fn full() -> House {
        let config = EndpointConfig {
            registrar: Some(RegistrarConfig::new(REALM)),
            ..EndpointConfig::new(Advertised::everywhere(([192, 0, 2, 1], 5060).into()), 1)
        };
        let mut house = House {
            now: Moment::BOOT,
            endpoint: Endpoint::new(config),
            phones: (0..PHONES).map(Phone::new).collect(),
            next: 0,
        };
        for n in 0..house.phones.len() {
            let secrets = Ha1Set::of_password(&house.phones[n].user, REALM, "correct horse");
            assert!(house.endpoint.put_phone(&house.phones[n].user, secrets));
            house.refresh(n);
        }
        assert_eq!(house.endpoint.registered_phones().0, house.phones.len());
        house
    }

    /// One phone refreshes, twice if its nonce has grown old.
    fn refresh(&mut self, n: usize) {
        self.now = self.now + Duration::from_millis(6);
        for _ in 0..2 {
            let phone = &mut self.phones[n];
            let bytes = phone.register();
            let answer = say(&mut self.endpoint, self.now, phone.at, &bytes);
            if answer.starts_with(b"SIP/2.0 200") {
                return;
            }
            let Ok(Message::Response(response)) = parse(&answer) else {
                panic!("no answer to a REGISTER");
            };
            phone.answer = Answer::to(&response, &phone.credentials).ok();
        }
        panic!("phone {n} cannot register");
    }

    /// The next phone and its REGISTER.
    fn prepare(&mut self) -> (usize, Vec<u8>) {
        self.next = (self.next + 1) % self.phones.len();
        (self.next, self.phones[self.next].register())
    }
}

fn say(endpoint: &mut Endpoint, now: Moment, from: Peer, bytes: &[u8]) -> Vec<u8> {
    endpoint.receive_stranger(now, from, bytes);
    let mut answer = Vec::new();
    while let Some(effect) = endpoint.poll() {
        if let Effect::Send(transmit) = effect {
            answer = transmit.bytes.to_vec();
        }
    }
    answer
}

fn refresh(criterion: &mut Criterion) {
    let before = resident_kb();
    let mut house = House::full();
    // The phones themselves are in this number, too: about 1 KB each.
    println!("10,000 registered phones: {} KB", resident_kb() - before);
    criterion.bench_function("register/refresh", |bencher| {
        let house = std::cell::RefCell::new(&mut house);
        bencher.iter_batched(
            || house.borrow_mut().prepare(),
            |(n, bytes)| {
                let mut house = house.borrow_mut();
                let house = &mut **house;
                house.now = house.now + Duration::from_millis(6);
                let (now, at) = (house.now, house.phones[n].at);
                let answer = say(&mut house.endpoint, now, at, &bytes);
                // An old nonce: the phone will know the new one when it comes again.
                if let Ok(Message::Response(response)) = parse(&answer)
                    && response.status.code() == 401
                {
                    let phone = &mut house.phones[n];
                    phone.answer = Answer::to(&response, &phone.credentials).ok();
                }
                black_box(answer)
            },
            BatchSize::PerIteration,
        );
    });
}

fn stranger(criterion: &mut Criterion) {
    let mut house = House::full();
    let mut scanner = Phone::new(60_000);
    criterion.bench_function("register/stranger", |bencher| {
        bencher.iter(|| {
            house.now = house.now + Duration::from_millis(50);
            let bytes = scanner.register();
            say(&mut house.endpoint, house.now, scanner.at, &bytes)
        });
    });
}

/// Resident memory of this process, or 0 where nobody tells.
fn resident_kb() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    number.unwrap_or(0)
}

criterion_group!(benches, refresh, stranger);
criterion_main!(benches);
