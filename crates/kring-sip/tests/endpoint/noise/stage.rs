//! Where a story is played: the endpoint, the clock, what was said, and what must hold at each step.

use super::{
    given::Given,
    lines::REALM,
    phones::{Handset, handsets},
    script::Script,
};
use kring_sip::{
    AccountId, Advertised, AskId, Effect, Endpoint, EndpointConfig, IncomingInvite, LegEvent,
    LegId, LoginId, Message, Peer, SipCount, Strangers, Transmit, Transport, call_id_of,
    digest::{Credentials, Ha1Set},
    glance, parse,
    registrar::{BINDINGS_MAX, Binding, PhoneNews, RegistrarConfig},
    without_secrets,
};
use kring_time::Moment;
use std::{
    collections::{BTreeSet, VecDeque},
    fmt::{self, Write},
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

/// Messages of the endpoint that are remembered.
const SAID: usize = 16;

/// The longest that a phone is registered for, s.
const GRANTED_S: u32 = 600;

/// A message of the endpoint.
pub(super) struct Said {
    pub(super) to: Peer,
    pub(super) text: String,
}

pub(super) struct Stage {
    pub(super) now: Moment,
    pub(super) endpoint: Endpoint,
    pub(super) legs: Vec<LegId>,
    over: BTreeSet<LegId>,
    /// The latest messages of the endpoint, for answers and requests that fit.
    pub(super) said: VecDeque<Said>,
    pub(super) incoming: Option<(LegId, Box<IncomingInvite>)>,
    pub(super) bindings: VecDeque<Binding>,
    pub(super) accounts: Vec<AccountId>,
    pub(super) login: LoginId,
    pub(super) asks: BTreeSet<AskId>,
    pub(super) handsets: [Handset; 3],
    pub(super) given: Given,
    /// For what must not repeat itself.
    pub(super) fresh: u32,
    /// The number of the latest call of the other side.
    pub(super) called: u32,
    tally: Tally,
    digest: DefaultHasher,
    reached: BTreeSet<String>,
}

/// Messages against their counts.
#[derive(Default)]
struct Tally {
    sent: u64,
    counted: u64,
    unreadable: u64,
}

pub(super) fn peer(number: usize) -> Peer {
    let (transport, address) = match number {
        0 => (Transport::Udp, "192.0.2.2:5060"),
        1 => (Transport::Tcp, "192.0.2.2:5062"),
        2 => (Transport::Udp, "192.0.2.2:5064"),
        3 => (Transport::Tls, "[2001:db8::2]:5061"),
        _ => (Transport::Ws, "10.0.0.9:40000"),
    };
    Peer {
        transport,
        address: address.parse().expect("an address"),
    }
}

impl Stage {
    /// As the beginning of a story wants it.
    pub(super) fn set(script: &mut Script<'_>) -> Stage {
        let own = ([192, 0, 2, 1], 5060).into();
        let bits = script.below(256);
        let mut registrar = RegistrarConfig::new(REALM);
        registrar.max_expires_s = GRANTED_S;
        let mut endpoint = Endpoint::new(EndpointConfig {
            talkable: bits & 1 != 0,
            strangers: match bits & 2 {
                0 => Strangers::Refuse,
                _ => Strangers::Ignore,
            },
            session_timer_s: [90, 0, 1_800][script.below(3)],
            registrar: (bits & 12 != 12).then_some(registrar),
            ..EndpointConfig::new(Advertised::everywhere(own), 1)
        });
        for (user, password) in [("5021", "secret"), ("5022", "geheim")] {
            endpoint.put_phone(user, Ha1Set::of_password(user, REALM, password));
        }
        Stage {
            now: Moment::BOOT,
            login: endpoint.add_login(Credentials::with_password("5000", None, "secret")),
            endpoint,
            legs: vec![LegId(u64::MAX)],
            over: BTreeSet::new(),
            said: VecDeque::new(),
            incoming: None,
            bindings: VecDeque::new(),
            accounts: Vec::new(),
            asks: BTreeSet::new(),
            handsets: handsets(),
            given: Given::nothing(),
            fresh: 0,
            called: 0,
            tally: Tally::default(),
            digest: DefaultHasher::new(),
            reached: BTreeSet::new(),
        }
    }

    pub(super) fn fresh(&mut self) -> u32 {
        self.fresh += 1;
        self.fresh
    }

    pub(super) fn hears(&mut self, from: Peer, bytes: &[u8]) {
        self.given.peer(from);
        self.given.text(bytes);
        self.endpoint.receive(self.now, from, bytes);
        self.has_done_what_is_due();
    }

    pub(super) fn hears_stranger(&mut self, from: Peer, bytes: &[u8]) {
        self.given.peer(from);
        self.given.text(bytes);
        self.endpoint.receive_stranger(self.now, from, bytes);
        self.has_done_what_is_due();
    }

    pub(super) fn wait(&mut self, length: Duration) {
        let end = self.now + length;
        while let Some(at) = self.endpoint.deadline().filter(|at| *at <= end) {
            self.now = at;
            self.endpoint.wake(at);
            self.has_done_what_is_due();
        }
        self.now = end;
    }

    pub(super) fn has_done_what_is_due(&mut self) {
        self.drain();
        let next = self.endpoint.deadline();
        assert!(next.is_none_or(|next| next > self.now), "nothing was done");
    }

    /// After an order. Whoever waits for the deadline then must not find that it has passed.
    pub(super) fn drain(&mut self) {
        while let Some(effect) = self.endpoint.poll() {
            match effect {
                Effect::Send(sent) => self.sends(&sent),
                Effect::Event(leg, event) => self.tells(leg, event),
                Effect::Phone(news) => self.tells_of_phone(news),
                Effect::Counted(count) => self.counts(&count),
                Effect::Answered(ask, answered) => {
                    assert!(self.asks.remove(&ask), "a question ends once");
                    self.reached(&*format!("answered:{}", answered.code));
                }
                Effect::Account(account, event) => {
                    assert!(self.accounts.contains(&account), "{event:?}");
                    self.reached(&*word("account", &event));
                }
            }
        }
        let next = self.endpoint.deadline();
        assert!(next.is_none_or(|next| next >= self.now), "it has passed");
        let (phones, bindings) = self.endpoint.registered_phones();
        assert!(phones <= 2 && bindings <= 2 * BINDINGS_MAX && phones <= bindings);
    }

    fn sends(&mut self, sent: &Transmit) {
        let (to, bytes) = (sent.to, &sent.bytes);
        let text = String::from_utf8_lossy(bytes).into_owned();
        assert!(self.given.has(to), "nobody has named {to:?}:\n{text}");
        assert!(bytes.len() < 65_000);
        let readable = parse(bytes);
        let mut words = text.split(' ');
        match (readable, text.starts_with("SIP/2.0")) {
            (Ok(Message::Response(_)), true) => self.reached(words.nth(1)),
            (Ok(Message::Request(_)), false) => self.reached(words.next()),
            // An answer to what could not be read repeats what could not be read.
            (refused, true) => {
                let code = words.nth(1).unwrap_or_default();
                let is_honest = code.starts_with('4') || ["505", "513"].contains(&code);
                assert!(is_honest, "{refused:?}:\n{text}");
            }
            (refused, false) => panic!("{refused:?}:\n{text}"),
        }
        let _ = (glance(bytes), call_id_of(bytes), without_secrets(bytes));
        (to, bytes, self.now).hash(&mut self.digest);
        self.tally.sent += 1;
        self.hands(&text);
        self.said.push_front(Said { to, text });
        self.said.truncate(SAID);
    }

    fn tells(&mut self, leg: LegId, event: LegEvent) {
        self.reached(&*word("leg", &event));
        let of_refer = matches!(
            event,
            LegEvent::ReferralAccepted
                | LegEvent::ReferralRefused { .. }
                | LegEvent::ReferralProgress { .. }
        );
        let is_open = of_refer || !self.over.contains(&leg);
        assert!(is_open, "{leg} is over: {event:?}");
        if !self.legs.contains(&leg) {
            self.legs.push(leg);
        }
        match event {
            LegEvent::Incoming(invite) => self.incoming = Some((leg, invite)),
            LegEvent::CallerCancelled { .. }
            | LegEvent::Rejected { .. }
            | LegEvent::Bye { .. }
            | LegEvent::Gone { .. } => {
                self.over.insert(leg);
                assert_eq!(self.endpoint.call_id(leg), None, "{leg}");
            }
            _ => {}
        }
    }

    fn tells_of_phone(&mut self, news: PhoneNews) {
        self.reached(&*word("phone", &news));
        if let PhoneNews::Registered { binding, .. } | PhoneNews::Refreshed { binding, .. } = news {
            self.bindings.push_front(*binding);
            self.bindings.truncate(4);
        }
    }

    fn counts(&mut self, count: &SipCount) {
        use kring_sip::Direction::{In, Out};
        match count {
            SipCount::Request { direction: Out, .. }
            | SipCount::Response { direction: Out, .. }
            | SipCount::Retransmission { .. }
            | SipCount::Stranger { answered: true, .. } => self.tally.counted += 1,
            SipCount::ParseError => self.tally.unreadable += 1,
            SipCount::BoundReached { bound } => self.reached(&*format!("bound:{bound}")),
            SipCount::Request { direction: In, .. }
            | SipCount::Response { direction: In, .. }
            | SipCount::Stranger { .. } => {}
        }
    }

    fn reached<'a>(&mut self, what: impl Into<Option<&'a str>>) {
        let what = what.into().unwrap_or_default();
        if !self.reached.contains(what) {
            self.reached.insert(what.to_owned());
        }
    }

    /// Ends every leg, whatever its state, and waits: nothing may be left. Gives all that was said as
    /// one number, and what was reached.
    pub(super) fn end(mut self) -> (u64, BTreeSet<String>) {
        for leg in self.legs.clone() {
            self.endpoint.reject_offer(self.now, leg, 488);
            self.endpoint.reject(self.now, leg, 480, Vec::new());
            let reason = kring_sip::Reason::sip(200, "over");
            self.endpoint.cancel(self.now, leg, reason);
            self.endpoint.bye(self.now, leg, None);
            self.drain();
        }
        for account in self.accounts.clone() {
            self.endpoint.unregister(self.now, account);
            self.drain();
        }
        self.wait(Duration::from_secs(200));
        let counts = self.endpoint.counts();
        assert_eq!((counts.transactions, counts.dialogs), (0, 0));
        assert!(self.asks.is_empty());
        for leg in &self.legs {
            assert_eq!(self.endpoint.call_id(*leg), None, "{leg}");
        }
        if self.endpoint.registered_phones() == (0, 0) {
            assert_eq!((counts.remembered, self.endpoint.deadline()), (0, None));
        }
        self.wait(Duration::from_secs(GRANTED_S.into()));
        assert_eq!(self.endpoint.counts().remembered, 0);
        assert_eq!(self.endpoint.registered_phones(), (0, 0));
        assert_eq!(self.endpoint.deadline(), None);
        let (sent, counted) = (self.tally.sent, self.tally.counted);
        assert!(counted <= sent && sent <= counted + self.tally.unreadable);
        (self.digest.finish(), self.reached)
    }
}

/// The name of a variant: its text as far as the name, and not the whole of a message.
fn word(whose: &str, event: &impl fmt::Debug) -> String {
    let mut name = Name(format!("{whose}:"));
    let _ = write!(name, "{event:?}");
    name.0
}

struct Name(String);

impl Write for Name {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = text.find(|sign: char| !sign.is_ascii_alphanumeric());
        self.0.push_str(&text[..end.unwrap_or(text.len())]);
        end.map_or(Ok(()), |_| Err(fmt::Error))
    }
}
