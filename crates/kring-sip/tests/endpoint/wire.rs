//! One endpoint and a peer whose messages are written by hand.

use crate::network::{Side, config, label, name, peer};
use kring_sip::{
    AccountEvent, AccountId, Answered, AskId, Effect, Endpoint, LegEvent, LegId, Peer, SipCount,
    Transport, registrar::PhoneNews,
};
use kring_time::Moment;
use std::time::Duration;

/// A conversation with an endpoint.
pub(crate) struct Wire {
    pub(crate) now: Moment,
    pub(crate) endpoint: Endpoint,
    pub(crate) from: Peer,
    pub(crate) sent: Vec<(Peer, String)>,
    pub(crate) events: Vec<(LegId, LegEvent)>,
    pub(crate) answers: Vec<(AskId, Answered)>,
    pub(crate) accounts: Vec<(AccountId, AccountEvent)>,
    pub(crate) counted: Vec<SipCount>,
    pub(crate) phones: Vec<PhoneNews>,
}

impl Wire {
    pub(crate) fn new() -> Wire {
        Wire::over(Transport::Udp)
    }

    pub(crate) fn over(transport: Transport) -> Wire {
        Wire {
            now: Moment::BOOT,
            endpoint: Endpoint::new(config(Side::Alice, 7)),
            from: peer(Side::Bob, transport),
            sent: Vec::new(),
            events: Vec::new(),
            answers: Vec::new(),
            accounts: Vec::new(),
            counted: Vec::new(),
            phones: Vec::new(),
        }
    }

    /// The peer says this; line ends are made for it.
    pub(crate) fn say(&mut self, text: &str) {
        self.say_bytes(crlf(text).as_bytes());
    }

    pub(crate) fn say_bytes(&mut self, bytes: &[u8]) {
        self.endpoint.receive(self.now, self.from, bytes);
        self.drain();
    }

    pub(crate) fn drain(&mut self) {
        while let Some(effect) = self.endpoint.poll() {
            match effect {
                Effect::Send(transmit) => {
                    let text = String::from_utf8_lossy(&transmit.bytes).into_owned();
                    self.sent.push((transmit.to, text));
                }
                Effect::Event(leg, event) => self.events.push((leg, event)),
                Effect::Answered(ask, answered) => self.answers.push((ask, answered)),
                Effect::Account(account, event) => self.accounts.push((account, event)),
                Effect::Phone(news) => self.phones.push(news),
                Effect::Counted(count) => self.counted.push(count),
            }
        }
    }

    /// Lets time pass, waking the endpoint exactly when it wants to be.
    pub(crate) fn pass_ms(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while let Some(at) = self.endpoint.deadline().filter(|at| *at <= end) {
            self.now = at;
            self.endpoint.wake(at);
            self.drain();
        }
        self.now = end;
    }

    /// Everything sent since the last time, by name.
    pub(crate) fn heard(&mut self) -> Vec<String> {
        self.drain();
        self.sent.drain(..).map(|(_, text)| name(&text)).collect()
    }

    /// The one message sent since the last time.
    pub(crate) fn only(&mut self) -> (Peer, String) {
        self.drain();
        assert_eq!(self.sent.len(), 1, "{:#?}", self.sent);
        self.sent.remove(0)
    }

    /// Everything that happened since the last time.
    pub(crate) fn happened(&mut self) -> Vec<String> {
        self.drain();
        self.events
            .drain(..)
            .map(|(_, event)| label(&event))
            .collect()
    }
}

/// Text with the line ends of SIP, without the indentation of the test.
pub(crate) fn crlf(text: &str) -> String {
    let mut out = String::new();
    for line in text.trim_start_matches('\n').lines() {
        out.push_str(line.trim_start());
        out.push_str("\r\n");
    }
    out
}

/// A response to a request of the endpoint, as a phone would write it.
pub(crate) fn response(request: &str, status: &str, tag: &str, lines: &[&str]) -> String {
    let mut out = format!("SIP/2.0 {status}\r\n");
    for line in request.lines().take_while(|line| !line.is_empty()) {
        let wanted = ["Via: ", "From: ", "Call-ID: ", "CSeq: "];
        if wanted.iter().any(|start| line.starts_with(start)) {
            out.push_str(line);
            out.push_str("\r\n");
        } else if line.starts_with("To: ") {
            out.push_str(line);
            if !tag.is_empty() && !line.contains(";tag=") {
                out.push_str(";tag=");
                out.push_str(tag);
            }
            out.push_str("\r\n");
        }
    }
    for line in lines {
        out.push_str(line);
        out.push_str("\r\n");
    }
    out.push_str("Content-Length: 0\r\n\r\n");
    out
}

/// An INVITE of the peer, `lines` before its body.
pub(crate) fn invite(branch: &str, lines: &[&str], body: &str) -> String {
    request("INVITE sip:1203@192.0.2.1", branch, "", 1, lines, body)
}

/// A request of the peer in the call that [`invite`] makes. `to_tag` is the endpoint's, if it is known.
pub(crate) fn request(
    start: &str,
    branch: &str,
    to_tag: &str,
    seq: u32,
    lines: &[&str],
    body: &str,
) -> String {
    let method = start.split(' ').next().unwrap();
    let to_tag = if to_tag.is_empty() {
        String::new()
    } else {
        format!(";tag={to_tag}")
    };
    let mut out = format!(
        "{start} SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.2:5060;branch={branch}\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:0812345678@192.0.2.2>;tag=caller\r\n\
         To: <sip:1203@192.0.2.1>{to_tag}\r\n\
         Call-ID: one@192.0.2.2\r\n\
         CSeq: {seq} {method}\r\n"
    );
    for line in lines {
        out.push_str(line);
        out.push_str("\r\n");
    }
    if !body.is_empty() {
        out.push_str("Content-Type: application/sdp\r\n");
    }
    out + &format!("Content-Length: {}\r\n\r\n{body}", body.len())
}

/// The endpoint's To tag in a response.
pub(crate) fn to_tag(text: &str) -> String {
    crate::network::header(text, "To")
        .split_once(";tag=")
        .expect("a tag")
        .1
        .to_owned()
}

pub(crate) const CONTACT: &str = "Contact: <sip:caller@192.0.2.2:5062>";

impl Wire {
    /// The peer calls and is talked with: gives the leg and the endpoint's tag.
    pub(crate) fn answered(&mut self, lines: &[&str]) -> (LegId, String) {
        let lines = [&[CONTACT], lines].concat();
        self.say(&invite("z9hG4bK-1", &lines, "v=0"));
        let leg = self.events[0].0;
        self.endpoint
            .accept(self.now, leg, Some(bytes::Bytes::from_static(b"v=0")));
        self.drain();
        let tag = to_tag(&self.sent.last().unwrap().1);
        self.say(&request(
            "ACK sip:kring@192.0.2.1",
            "z9hG4bK-2",
            &tag,
            1,
            &[],
            "",
        ));
        assert_eq!(self.happened(), ["incoming", "confirmed"]);
        self.sent.clear();
        (leg, tag)
    }

    /// The peer's request in that call.
    pub(crate) fn within(&mut self, method: &str, tag: &str, seq: u32, lines: &[&str], body: &str) {
        let branch = format!("z9hG4bK-{seq}{method}");
        let start = format!("{method} sip:kring@192.0.2.1");
        self.say(&request(&start, &branch, tag, seq, lines, body));
    }
}
