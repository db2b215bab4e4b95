//! Any bytes at all, played as a story: messages well and badly made, orders for legs that exist or not,
//! and time. The endpoint never panics, never wants to be woken in the past, and lets go of everything
//! once all legs are ended.
//!
//! The fuzz target `endpoint` plays the same stories.

use kring_sip::{
    Advertised, Branch, Effect, Endpoint, EndpointConfig, HeaderName, Invitation, LegId, Peer,
    Reason, Transport,
};
use kring_time::Moment;
use std::time::Duration;

/// A story being read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn one(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.one().unwrap_or_default()) % bound
    }

    fn some(&mut self, most: usize) -> &'a [u8] {
        let length = self.below(most).min(self.0.len());
        let (some, rest) = self.0.split_at(length);
        self.0 = rest;
        some
    }
}

struct Stage {
    now: Moment,
    endpoint: Endpoint,
    legs: Vec<LegId>,
    /// The latest messages of the endpoint, for answers and requests that fit.
    said: Vec<String>,
}

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nt=0 0\r\n";
const METHODS: [&str; 12] = [
    "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "UPDATE", "NOTIFY", "PRACK", "REFER",
    "REGISTER", "JUMP",
];
const STATUS: [&str; 12] = [
    "100 Trying",
    "180 Ringing",
    "183 Progress",
    "200 OK",
    "202 Accepted",
    "302 Moved",
    "408 Timeout",
    "481 Gone",
    "486 Busy",
    "487 Terminated",
    "503 Unavailable",
    "603 Decline",
];

fn peer(number: usize) -> Peer {
    let transport = if number.is_multiple_of(2) {
        Transport::Udp
    } else {
        Transport::Tcp
    };
    Peer {
        transport,
        address: ([192, 0, 2, 2], 5060 + (number / 2) as u16).into(),
    }
}

/// Plays a story to its end.
pub(crate) fn play(story: &[u8]) {
    let address = ([192, 0, 2, 1], 5060).into();
    let mut stage = Stage {
        now: Moment::BOOT,
        endpoint: Endpoint::new(EndpointConfig {
            talkable: story.len().is_multiple_of(2),
            ..EndpointConfig::new(Advertised::everywhere(address), 1)
        }),
        legs: vec![LegId(u64::MAX)],
        said: Vec::new(),
    };
    let mut bytes = Bytes(story);
    while let Some(deed) = bytes.one() {
        match deed % 8 {
            0 => stage.pass(&mut bytes),
            1 => stage.invite(&mut bytes),
            2 | 3 => stage.respond(&mut bytes),
            4 | 5 => stage.request(&mut bytes),
            6 => stage.order(&mut bytes),
            _ => stage.noise(&mut bytes),
        }
        stage.drain();
    }
    stage.end();
}

impl Stage {
    fn drain(&mut self) {
        while let Some(effect) = self.endpoint.poll() {
            match effect {
                Effect::Send(sent) => {
                    self.said
                        .push(String::from_utf8_lossy(&sent.bytes).into_owned());
                    if self.said.len() > 12 {
                        self.said.remove(0);
                    }
                }
                Effect::Event(leg, _) if !self.legs.contains(&leg) => self.legs.push(leg),
                Effect::Event(..)
                | Effect::Phone(_)
                | Effect::Counted(_)
                | Effect::Answered(..)
                | Effect::Account(..) => {}
            }
        }
    }

    fn pass(&mut self, bytes: &mut Bytes<'_>) {
        let us = 1_u64 << bytes.below(26);
        self.wait(Duration::from_micros(us));
    }

    fn wait(&mut self, length: Duration) {
        let end = self.now + length;
        while let Some(at) = self.endpoint.deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.endpoint.wake(self.now);
            self.drain();
            let next = self.endpoint.deadline();
            assert!(next.is_none_or(|next| next > self.now), "woken for nothing");
        }
        self.now = end;
    }

    fn invite(&mut self, bytes: &mut Bytes<'_>) {
        let branches = (0..=bytes.below(3)).map(|_| Branch {
            target: "sip:5021@192.0.2.2".parse().expect("a URI"),
            route: Vec::new(),
            peers: (0..=bytes.below(3)).map(|_| peer(bytes.below(4))).collect(),
            keeps_way: bytes.below(2) == 0,
        });
        let branches = branches.collect();
        let leg = self.endpoint.invite(
            self.now,
            Invitation {
                branches,
                from: "<sip:0812345678@192.0.2.1>".parse().expect("an address"),
                to: "<sip:5021@192.0.2.2>".parse().expect("an address"),
                body: (bytes.below(2) == 0).then(|| SDP.into()),
                extra: vec![(
                    HeaderName::Subject,
                    String::from_utf8_lossy(bytes.some(9)).into(),
                )],
                max_forwards: 70,
                login: None,
            },
        );
        self.legs.push(leg);
    }

    /// An answer to something that the endpoint said.
    fn respond(&mut self, bytes: &mut Bytes<'_>) {
        if self.said.is_empty() {
            return;
        }
        let request = &self.said[bytes.below(self.said.len())];
        let mut out = format!("SIP/2.0 {}\r\n", STATUS[bytes.below(STATUS.len())]);
        let tag = bytes.below(4);
        for line in request.lines().skip(1).take_while(|line| !line.is_empty()) {
            if ["Via", "From", "Call-ID", "CSeq"]
                .iter()
                .any(|name| line.starts_with(name))
            {
                out.push_str(line);
                out.push_str("\r\n");
            } else if line.starts_with("To: ") {
                let tag = if line.contains(";tag=") || tag == 0 {
                    String::new()
                } else {
                    format!(";tag={tag}")
                };
                out.extend([line, tag.as_str(), "\r\n"]);
            }
        }
        out += EXTRA_LINES[bytes.below(EXTRA_LINES.len())];
        out += "Content-Length: 0\r\n\r\n";
        self.say(bytes, out);
    }

    /// A request out of the blue, or within something that the endpoint said.
    fn request(&mut self, bytes: &mut Bytes<'_>) {
        let method = METHODS[bytes.below(METHODS.len())];
        let (call, branch) = (bytes.below(4), bytes.below(64));
        let mut seq = bytes.below(3);
        let mut from = "<sip:081@192.0.2.2>;tag=caller".to_owned();
        let mut to = "<sip:1203@192.0.2.1>".to_owned();
        let mut call_id = call.to_string();
        if !self.said.is_empty() && bytes.below(4) != 0 {
            let said = &self.said[bytes.below(self.said.len())];
            let line = |name: &str| {
                let found = said.lines().find_map(|line| line.strip_prefix(name));
                found.unwrap_or_default().to_owned()
            };
            call_id = line("Call-ID: ");
            let said_seq = line("CSeq: ");
            let said_seq = said_seq.split(' ').next().unwrap_or_default();
            seq += said_seq.parse().unwrap_or(0);
            (from, to) = if said.starts_with("SIP/2.0") {
                (line("From: "), line("To: "))
            } else {
                (line("To: "), line("From: "))
            };
        }
        let body = if bytes.below(2) == 0 { SDP } else { "" };
        let out = format!(
            "{method} sip:1203@192.0.2.1 SIP/2.0\r\n\
             Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK-{branch}\r\n\
             From: {from}\r\nTo: {to}\r\nCall-ID: {call_id}\r\nCSeq: {seq} {method}\r\n{}\
             Content-Length: {}\r\n\r\n{body}",
            EXTRA_LINES[bytes.below(EXTRA_LINES.len())],
            body.len()
        );
        self.say(bytes, out);
    }

    /// Says it, sometimes with a byte changed or the end cut off.
    fn say(&mut self, bytes: &mut Bytes<'_>, text: String) {
        let mut message = text.into_bytes();
        match bytes.below(8) {
            0 => {
                let at = bytes.below(256) * 7 % message.len();
                message[at] = bytes.one().unwrap_or_default();
            }
            1 => message.truncate(bytes.below(256) * 5),
            _ => {}
        }
        self.endpoint
            .receive(self.now, peer(bytes.below(4)), &message);
    }

    fn noise(&mut self, bytes: &mut Bytes<'_>) {
        let from = peer(bytes.below(4));
        match bytes.below(4) {
            0 => self.endpoint.transport_failed(self.now, from),
            _ => self.endpoint.receive(self.now, from, bytes.some(200)),
        }
    }

    fn order(&mut self, bytes: &mut Bytes<'_>) {
        let leg = self.legs[bytes.below(self.legs.len())];
        let (now, end) = (self.now, &mut self.endpoint);
        let body = (bytes.below(2) == 0).then(|| SDP.into());
        let code = 50 * bytes.below(16) as u16 + 80;
        let reason = Reason::sip(code, &String::from_utf8_lossy(bytes.some(5)));
        match bytes.below(10) {
            0 => end.cancel(now, leg, reason),
            1 => end.acknowledge(now, leg, body),
            2 => end.notify_talk(now, leg),
            3 => end.provisional(now, leg, code, body),
            4 => end.accept(now, leg, body),
            5 => end.reject(
                now,
                leg,
                code,
                vec![(HeaderName::Warning, "399 x\r\ny".into())],
            ),
            6 => end.turn_away(now, leg, code, Vec::new()),
            7 => end.bye(now, leg, Some(reason)),
            8 => end.accept_offer(now, leg, body),
            _ => end.reject_offer(now, leg, code),
        }
    }

    /// Ends every leg, whatever its state, and waits: nothing may be left.
    fn end(&mut self) {
        for leg in self.legs.clone() {
            self.endpoint.reject_offer(self.now, leg, 488);
            self.endpoint.reject(self.now, leg, 480, Vec::new());
            self.endpoint
                .cancel(self.now, leg, Reason::sip(200, "over"));
            self.endpoint.bye(self.now, leg, None);
            self.drain();
        }
        self.wait(Duration::from_secs(200));
        let counts = self.endpoint.counts();
        assert_eq!((counts.transactions, counts.dialogs), (0, 0));
        assert_eq!(self.endpoint.deadline(), None);
    }
}

const EXTRA_LINES: [&str; 10] = [
    "",
    "Contact: <sip:phone@192.0.2.2:5070>\r\n",
    "Contact: <sip:phone@pbx.example;transport=tls>\r\n",
    "Contact: <sip:phone@192.0.2.2;transport=tcp>\r\nAllow-Events: talk\r\n",
    "Record-Route: <sip:10.0.0.1;lr>, <sip:10.0.0.2>\r\nContact: sip:a@192.0.2.2\r\n",
    "Record-Route: <sip:10.0.0.1>\r\n",
    "Record-Route: nonsense\r\nContact: *\r\n",
    "Require: 100rel\r\n",
    "Content-Type: text/plain\r\nAccept: text/plain\r\n",
    "Max-Forwards: 0\r\nRetry-After: 9\r\n",
];
