//! Phones that register with us: each message is written here, and each answer read here.

use crate::{
    network::{has_header, header},
    wire::{Wire, crlf},
};
use kring_sip::{
    Advertised, Branch, Endpoint, EndpointConfig, Message, Method, Peer, SipCount, Transport,
    digest::{Algorithm, Answer, Credentials, Ha1Set},
    parse,
    registrar::{Gone, PhoneNews, RegistrarConfig},
};

pub(crate) const REALM: &str = "kring.example";

/// A phone as its maker sees it.
pub(crate) struct Phone {
    user: &'static str,
    pub(crate) at: Peer,
    credentials: Credentials,
    pub(crate) answer: Option<Answer>,
    pub(crate) seq: u32,
    branch: u32,
}

pub(crate) fn at(transport: Transport, address: &str) -> Peer {
    Peer {
        transport,
        address: address.parse().unwrap(),
    }
}

impl Phone {
    pub(crate) fn new(user: &'static str, password: &str, at: Peer) -> Phone {
        Phone {
            user,
            at,
            credentials: Credentials::with_password(user, None, password),
            answer: None,
            seq: 0,
            branch: 0,
        }
    }

    /// A REGISTER with these lines, which knows the password when it was asked for it.
    pub(crate) fn register(&mut self, lines: &str) -> String {
        self.seq += 1;
        self.branch += 1;
        let (user, seq, branch) = (self.user, self.seq, self.branch);
        let (transport, port) = (self.at.transport.via(), self.at.address.port());
        let proof = self.answer.as_mut().map(|answer| {
            let (name, line) = answer.line(&Method::Register, "sip:kring.example", 7);
            format!("{name}: {line}\n")
        });
        format!(
            "REGISTER sip:kring.example SIP/2.0\n\
             Via: SIP/2.0/{transport} 10.0.0.9:5060;rport;branch=z9hG4bK{port}x{branch}\n\
             From: <sip:{user}@kring.example>;tag=p{port}\n\
             To: <sip:{user}@kring.example>\nCall-ID: reg-{user}-{port}\n\
             CSeq: {seq} REGISTER\nMax-Forwards: 70\nUser-Agent: Yealink SIP-T31P\n\
             {}{lines}Content-Length: 0\n\n",
            proof.unwrap_or_default()
        )
    }

    /// Registers, proving the password when asked; gives the last answer.
    pub(crate) fn registers(&mut self, wire: &mut Wire, lines: &str) -> String {
        let said = self.register(lines);
        let answer = self.says(wire, &said);
        if !answer.starts_with("SIP/2.0 401") {
            return answer;
        }
        let Ok(Message::Response(response)) = parse(answer.as_bytes()) else {
            panic!("no response: {answer}");
        };
        self.answer = Some(Answer::to(&response, &self.credentials).unwrap());
        let said = self.register(lines);
        self.says(wire, &said)
    }

    pub(crate) fn says(&self, wire: &mut Wire, text: &str) -> String {
        wire.endpoint
            .receive_stranger(wire.now, self.at, crlf(text).as_bytes());
        let (to, answer) = wire.only();
        assert_eq!(to, self.at);
        answer
    }
}

/// An endpoint with the phones 5021 and 5022, whose password is `secret`.
pub(crate) fn house() -> Wire {
    let mut wire = Wire::new();
    let config = EndpointConfig {
        registrar: Some(RegistrarConfig {
            algorithms: Algorithm::ALL.to_vec(),
            ..RegistrarConfig::new(REALM)
        }),
        ..EndpointConfig::new(
            Advertised::everywhere("192.0.2.1:5060".parse().unwrap()),
            11,
        )
    };
    wire.endpoint = Endpoint::new(config);
    for user in ["5021", "5022"] {
        let secrets = Ha1Set::of_password(user, REALM, "secret");
        assert!(wire.endpoint.put_phone(user, secrets));
    }
    wire
}

pub(crate) fn desk() -> Phone {
    Phone::new("5021", "secret", at(Transport::Udp, "10.0.0.9:5060"))
}

pub(crate) fn contacts(answer: &str) -> Vec<&str> {
    let lines = answer.lines();
    lines
        .filter_map(|line| line.strip_prefix("Contact: "))
        .collect()
}

pub(crate) fn branches(wire: &Wire, user: &str) -> Vec<Branch> {
    wire.endpoint.phone_branches(wire.now, user)
}

pub(crate) fn gone(wire: &mut Wire) -> Vec<Gone> {
    let why = |news: PhoneNews| match news {
        PhoneNews::Gone { why, .. } => Some(why),
        _ => None,
    };
    wire.phones.drain(..).filter_map(why).collect()
}

#[test]
fn a_phone_registers_refreshes_and_goes() {
    let (mut wire, mut phone) = (house(), desk());
    let answer = phone.registers(&mut wire, "Contact: <sip:5021@10.0.0.9>\nExpires: 600\n");
    assert!(answer.starts_with("SIP/2.0 200 OK\r\n"), "{answer}");
    assert_eq!(contacts(&answer), ["<sip:5021@10.0.0.9>;expires=600"]);
    assert!(has_header(&answer, "Server"));
    assert_eq!(wire.endpoint.registered_phones(), (1, 1));
    let branch = &branches(&wire, "5021")[0];
    assert_eq!(branch.peers, [phone.at]);
    assert!(!branch.keeps_way, "it is where it says");

    wire.pass_ms(400_500);
    let answer = phone.registers(&mut wire, "");
    assert_eq!(
        contacts(&answer),
        ["<sip:5021@10.0.0.9>;expires=200"],
        "rounded up"
    );
    phone.registers(&mut wire, "Contact: <sip:5021@10.0.0.9>\nExpires: 600\n");
    assert!(matches!(
        &wire.phones[..],
        [
            PhoneNews::Registered { live: 1, .. },
            PhoneNews::Refreshed { .. }
        ]
    ));
    let answer = phone.registers(&mut wire, "Contact: <sip:5021@10.0.0.9>;expires=0\n");
    assert!(contacts(&answer).is_empty());
    assert!(branches(&wire, "5021").is_empty());
    assert_eq!(gone(&mut wire), [Gone::Unregistered]);

    phone.registers(&mut wire, "Contact: <sip:5021@10.0.0.9>\n");
    wire.pass_ms(3_599_000);
    assert_eq!(
        branches(&wire, "5021").len(),
        1,
        "an hour when nobody says how long"
    );
    wire.pass_ms(1_001);
    assert_eq!(gone(&mut wire), [Gone::Expired]);
    assert_eq!(wire.endpoint.registered_phones(), (0, 0));
}

/// A repetition of the same datagram has the same nonce count: it is answered from memory, not refused.
#[test]
fn a_lost_answer_is_given_again_and_a_replay_is_refused() {
    let (mut wire, mut phone) = (house(), desk());
    phone.registers(&mut wire, "Contact: <sip:5021@10.0.0.9>\n");
    let refresh = phone.register("Contact: <sip:5021@10.0.0.9>\n");
    let first = phone.says(&mut wire, &refresh);
    assert_eq!(phone.says(&mut wire, &refresh), first);
    let replay = refresh.replace("z9hG4bK", "z9hG4bKother");
    let answer = phone.says(&mut wire, &replay);
    assert!(
        answer.starts_with("SIP/2.0 401") && answer.contains("stale=true"),
        "{answer}"
    );
    wire.pass_ms(301_000);
    let old = phone.register("Contact: <sip:5021@10.0.0.9>\n");
    let answer = phone.says(&mut wire, &old);
    assert!(
        answer.starts_with("SIP/2.0 401") && answer.contains("stale=true"),
        "an old nonce"
    );
}

#[test]
fn bounds_stars_and_order_are_kept() {
    let (mut wire, mut phone) = (house(), desk());
    let brief = phone.registers(&mut wire, "Contact: <sip:5021@10.0.0.9>;expires=59\n");
    assert!(brief.starts_with("SIP/2.0 423"), "{brief}");
    assert_eq!(header(&brief, "Min-Expires"), "60");
    let long = phone.registers(
        &mut wire,
        "Contact: <sip:5021@10.0.0.9>;expires=99999999999\n",
    );
    assert_eq!(contacts(&long), ["<sip:5021@10.0.0.9>;expires=3600"]);
    let odd = phone.registers(&mut wire, "Contact: <sip:5021@10.0.0.9>;expires=soon\n");
    assert_eq!(contacts(&odd), ["<sip:5021@10.0.0.9>;expires=3600"]);
    for star in [
        "Contact: *\n",
        "Contact: *\nExpires: 60\n",
        "Contact: *, <sip:5021@10.0.0.9>\nExpires: 0\n",
        "Contact: <sip:5021@10.0.0.9>, *\nExpires: 0\n",
        "Contact: <mailto:somchai@example.com>\n",
        "Contact: <sip:5021@10.0.0.9\n",
    ] {
        let answer = phone.registers(&mut wire, star);
        assert!(answer.starts_with("SIP/2.0 400"), "{star}: {answer}");
        assert_eq!(branches(&wire, "5021").len(), 1, "{star}");
    }
    phone.seq = 3;
    let early = phone.registers(&mut wire, "Contact: <sip:5021@10.0.0.9>\n");
    assert!(early.starts_with("SIP/2.0 500"), "out of order: {early}");
    phone.seq = 99;
    let none = phone.registers(&mut wire, "Contact: *\nExpires: 0\n");
    assert!(none.starts_with("SIP/2.0 200") && contacts(&none).is_empty());
    let foreign = phone
        .register("")
        .replace("To: <sip:5021@", "To: <sip:5022@");
    assert!(phone.says(&mut wire, &foreign).starts_with("SIP/2.0 403"));
    let demand = phone.register("Require: foo, path\n");
    let answer = phone.says(&mut wire, &demand);
    assert_eq!(
        (&answer[8..11], header(&answer, "Unsupported")),
        ("420", "foo")
    );
}

/// svwar and svcrack: an unknown name, a wrong password and a disabled phone are one and the same.
#[test]
fn a_scanner_cannot_tell_names_apart() {
    let mut wire = house();
    wire.endpoint.remove_phone("5022");
    let mut shapes: Vec<String> = Vec::new();
    for user in ["5021", "5022", "9999"] {
        let mut phone = Phone::new(user, "guess", at(Transport::Udp, "203.0.113.7:5071"));
        let said = phone.register("Contact: <sip:x@203.0.113.7>\n");
        let asked = phone.says(&mut wire, &said);
        let refused = phone.registers(&mut wire, "Contact: <sip:x@203.0.113.7>\n");
        for text in [asked, refused] {
            let lines = text.lines().map(|line| match line.split_once("nonce=\"") {
                Some((start, rest)) => format!(
                    "{start}nonce[{}]{}",
                    rest.find('"').unwrap(),
                    &rest[rest.find('"').unwrap()..]
                ),
                None => line.replace(user, "USER"),
            });
            let lines: Vec<String> = lines
                .filter(|line| !line.starts_with("Via") && !line.starts_with("CSeq"))
                .collect();
            shapes.push(
                lines
                    .join("\n")
                    .split(";tag=")
                    .map(|part| part.get(16..).unwrap_or(part))
                    .collect(),
            );
        }
    }
    assert!(
        shapes.iter().all(|shape| *shape == shapes[0]),
        "{shapes:#?}"
    );
    assert_eq!(shapes[0].matches("WWW-Authenticate").count(), 3);
    assert_eq!(wire.endpoint.registered_phones(), (0, 0));
}

#[test]
fn who_guesses_is_not_listened_to_and_an_honest_phone_is() {
    let (mut wire, mut honest) = (house(), desk());
    honest.registers(&mut wire, "Contact: <sip:5021@10.0.0.9>\n");
    let mut guesser = Phone::new("5021", "guess", at(Transport::Udp, "203.0.113.7:5071"));
    for _ in 0..40 {
        guesser.answer = None;
        let answer = guesser.registers(&mut wire, "");
        assert!(answer.starts_with("SIP/2.0 401") && !answer.contains("stale"));
    }
    let locked = |news: &PhoneNews| matches!(news, PhoneNews::Locked { .. });
    assert!(wire.phones.iter().any(locked));
    let mut found = Phone::new("5021", "secret", guesser.at);
    let answer = found.registers(&mut wire, "");
    assert!(
        answer.starts_with("SIP/2.0 401") && !answer.contains("stale"),
        "though it is right"
    );
    let answer = honest.registers(&mut wire, "Contact: <sip:5021@10.0.0.9>\n");
    assert!(answer.starts_with("SIP/2.0 200"), "{answer}");
    wire.pass_ms(16 * 60_000);
    found.answer = None;
    assert!(
        found.registers(&mut wire, "").starts_with("SIP/2.0 200"),
        "locks end"
    );
}

#[test]
fn a_flood_of_registers_is_dropped_and_counted() {
    let mut wire = house();
    let mut phone = Phone::new("5021", "secret", at(Transport::Udp, "203.0.113.7:5071"));
    for _ in 0..1_500 {
        let text = crlf(&phone.register(""));
        wire.endpoint
            .receive_stranger(wire.now, phone.at, text.as_bytes());
    }
    wire.drain();
    assert_eq!(wire.sent.len(), 1_000);
    let dropped = |count: &&SipCount| {
        matches!(
            count,
            SipCount::BoundReached {
                bound: "register_rate"
            }
        )
    };
    assert_eq!(wire.counted.iter().filter(dropped).count(), 500);
    wire.sent.clear();
    assert!(
        desk().registers(&mut wire, "").starts_with("SIP/2.0 200"),
        "others are heard"
    );
}
