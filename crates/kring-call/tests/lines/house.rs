//! An exchange with one trunk, and everything that it says.

use bytes::Bytes;
use kring_call::{
    Exchange, ExchangeConfig, Input, Line, LineAccount, LineStatus, OnDeadline, Output, Plan,
    QueueConfig, QueueVoice, Settings, Trunk,
    command::{Command, ReplySlot},
};
use kring_journal::RingTerms;
use kring_media::{MediaNotice, MediaOrder, PortPair};
use kring_sip::{Advertised, EndpointConfig, Peer, Transport, digest::Credentials};
use kring_time::Moment;
use std::{sync::Arc, time::Duration};

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n\
                   m=audio 4000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n";

pub(crate) fn at(text: &str) -> Peer {
    Peer {
        transport: Transport::Udp,
        address: text.parse().unwrap(),
    }
}

pub(crate) fn pbx() -> Peer {
    at("192.0.2.10:5060")
}

pub(crate) fn account() -> LineAccount {
    LineAccount {
        user: "5000".to_owned(),
        registrar: "sip:pbx.example.net".parse().unwrap(),
        aor: "sip:5000@pbx.example.net".parse().unwrap(),
        route: Vec::new(),
        peers: Vec::new(),
        credentials: Credentials::with_password("5000", None, "secret"),
        contact_user: "kring-7f3a".to_owned(),
        expires_s: 600,
        learns_address: false,
    }
}

/// The PBX with this line.
pub(crate) fn trunk(line: Line) -> Trunk {
    Trunk {
        line,
        ..Trunk::new("pbx", Vec::new())
    }
}

fn configured(trunks: Vec<Trunk>) -> ExchangeConfig {
    let own = "192.0.2.1:5060".parse().unwrap();
    let terms = Arc::new(RingTerms::thailand());
    ExchangeConfig {
        endpoint: EndpointConfig::new(Advertised::everywhere(own), 7),
        seed: 7,
        wall_at_boot_ms: 0,
        media_address: "192.0.2.1".parse().unwrap(),
        codecs: Vec::new(),
        srtp: Default::default(),
        queues: vec![QueueConfig {
            name: "support".to_owned(),
            did: vec!["5000".to_owned()],
            callers: Vec::new(),
            skills: Vec::new(),
            priority: kring_call::limits::PRIORITY_USUAL,
            on_closed: kring_call::OnClosed::default(),
            plan: Arc::new(Plan::read(&["all:3"], terms.limit).unwrap()),
            members: [].into(),
            on_deadline: OnDeadline::AnnounceBusy,
            overflow: None,
            callback: None,
            waiting: kring_call::WaitingRules::default(),
            voice: QueueVoice::default(),
        }],
        known_callers: Arc::new(kring_call::NobodyKnown),
        terms,
        ringback: kring_call::Ringback::Pbx,
        agent_greetings: Arc::default(),
        trunks,
        wrap_up: Duration::from_secs(60),
        rona_limit: 0,
        pause_reasons: Vec::new(),
        cps_max: 0,
        options_ping: Duration::from_secs(30),
        dial: kring_call::DialPolicy::default(),
        transfer: kring_call::TransferRules::default(),
        monitor: kring_call::MonitorRules::default(),
        pass_headers: Vec::new(),
    }
}

/// An exchange and everything that it says.
pub(crate) struct House {
    pub(crate) now: Moment,
    pub(crate) exchange: Exchange,
    pub(crate) sent: Vec<(Peer, String)>,
    pub(crate) facts: Vec<String>,
    pub(crate) line: Option<LineStatus>,
    /// Trunks that are no more.
    pub(crate) gone: Vec<String>,
}

impl House {
    pub(crate) fn open(line: Line) -> House {
        let exchange = Exchange::new(configured(vec![trunk(line)]));
        let mut house = House {
            now: Moment::BOOT,
            exchange,
            sent: Vec::new(),
            facts: Vec::new(),
            line: None,
            gone: Vec::new(),
        };
        house.exchange.connect(house.now);
        house.drain();
        house
    }

    /// These trunks from now on.
    pub(crate) fn retrunk(&mut self, trunks: Vec<Trunk>) {
        let settings = Settings::of(&configured(trunks));
        self.command(Command::Reconfigure(Box::new(settings)));
    }

    pub(crate) fn pinged() -> House {
        let mut house = House::open(Line {
            uri: Some("sip:pbx.example.net".parse().unwrap()),
            ..Line::default()
        });
        house.found(&[pbx()], &[]);
        house
    }

    pub(crate) fn registered() -> House {
        let mut house = House::open(Line {
            account: Some(account()),
            ..Line::default()
        });
        assert!(house.sent.is_empty(), "its address is not known yet");
        house.found(&[], &[pbx()]);
        let (to, register) = house.sent.remove(0);
        assert_eq!(to, pbx());
        house.say(&answer(
            &register,
            "200 OK",
            &["Expires: 300", "Service-Route: <sip:edge@192.0.2.10;lr>"],
        ));
        house
    }

    pub(crate) fn found(&mut self, peers: &[Peer], registrar: &[Peer]) {
        self.command(Command::MoveTrunk {
            trunk: "pbx".to_owned(),
            peers: peers.to_vec(),
            registrar: registrar.to_vec(),
        });
    }

    pub(crate) fn command(&mut self, command: Command) {
        let slot = ReplySlot(1);
        self.handle(Input::Command { slot, command });
    }

    pub(crate) fn say(&mut self, text: &str) {
        self.say_from(pbx(), text);
    }

    pub(crate) fn say_from(&mut self, from: Peer, text: &str) {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        self.handle(Input::Datagram { from, bytes });
    }

    pub(crate) fn handle(&mut self, input: Input) {
        self.exchange.handle(self.now, input);
        self.drain();
    }

    pub(crate) fn drain(&mut self) {
        let mut ports = Vec::new();
        while let Some(output) = self.exchange.poll() {
            match output {
                Output::Send(sent) => {
                    let text = String::from_utf8_lossy(&sent.bytes).into_owned();
                    self.sent.push((sent.to, text));
                }
                Output::Record(at, _, fact) => {
                    self.facts
                        .push(format!("{}: {fact}", at.as_micros() / 1_000_000));
                }
                Output::Line(status) => self.line = Some(status),
                Output::LineGone(trunk) => self.gone.push(trunk),
                Output::Media(MediaOrder::Reserve { pairs }) => ports.push(pairs),
                _ => {}
            }
        }
        for pairs in ports {
            let pairs = (0..pairs).map(|n| PortPair {
                rtp: 20_000 + 2 * n as u16,
            });
            let notice = MediaNotice::Reserved {
                pairs: pairs.collect(),
            };
            self.handle(Input::Media(notice));
        }
    }

    pub(crate) fn pass_s(&mut self, s: u64) {
        let end = self.now + Duration::from_secs(s);
        while let Some(due) = self.exchange.deadline().filter(|due| *due <= end) {
            self.now = due;
            self.handle(Input::Deadline);
        }
        self.now = end;
    }

    pub(crate) fn line(&self) -> &LineStatus {
        self.line.as_ref().unwrap()
    }
}

/// A response to what the exchange has sent.
pub(crate) fn answer(request: &str, status: &str, lines: &[&str]) -> String {
    let copied = ["Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "];
    let mut out = format!("SIP/2.0 {status}\r\n");
    for line in request.lines() {
        if copied.iter().any(|start| line.starts_with(start)) {
            let tag = if line.starts_with("To: ") {
                ";tag=pbx"
            } else {
                ""
            };
            out += &format!("{line}{tag}\r\n");
        }
    }
    for line in lines {
        out += &format!("{line}\r\n");
    }
    out + "Content-Length: 0\r\n\r\n"
}

pub(crate) fn invite(uri: &str, branch: &str) -> String {
    format!(
        "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK-{branch}\r\n\
         From: <sip:0812345678@pbx>;tag=a\r\nTo: <{uri}>\r\nCall-ID: {branch}\r\nCSeq: 1 INVITE\r\n\
         Contact: <sip:a@192.0.2.10>\r\nContent-Type: application/sdp\r\n\
         Content-Length: {}\r\n\r\n{SDP}",
        SDP.len()
    )
}
