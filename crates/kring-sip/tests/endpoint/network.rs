//! Two endpoints and the network between them, in virtual time: whatever is lost, doubled or late
//! comes from a seed.

use bytes::Bytes;
use kring_sip::{
    Advertised, Branch, Effect, Endpoint, EndpointConfig, Invitation, LegEvent, LegId, NameAddr,
    Peer, Transmit, Transport,
};
use kring_time::Moment;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{collections::BTreeMap, time::Duration};

pub(crate) const OFFER: &[u8] = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n";
pub(crate) const ANSWER: &[u8] = b"v=0\r\no=- 2 1 IN IP4 192.0.2.2\r\ns=-\r\nt=0 0\r\n";

/// What the network does to messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Faults {
    pub(crate) loss_percent: u32,
    pub(crate) double_percent: u32,
    /// Between these, ms; unequal ones change the order.
    pub(crate) delay_ms: (u64, u64),
}

impl Faults {
    pub(crate) const NONE: Faults = Faults {
        loss_percent: 0,
        double_percent: 0,
        delay_ms: (1, 1),
    };
}

/// A message as it left.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) at: Moment,
    pub(crate) from: Side,
    pub(crate) text: String,
}

impl Sent {
    /// `INVITE`, or `200 INVITE`.
    pub(crate) fn name(&self) -> String {
        name(&self.text)
    }
}

pub(crate) fn name(text: &str) -> String {
    let start = text.lines().next().unwrap();
    match start.strip_prefix("SIP/2.0 ") {
        Some(rest) => format!(
            "{} {}",
            &rest[..3],
            header(text, "CSeq").split_once(' ').unwrap().1
        ),
        None => start.split(' ').next().unwrap().to_owned(),
    }
}

/// The first line of that name.
pub(crate) fn header<'a>(text: &'a str, name: &str) -> &'a str {
    let start = format!("{name}: ");
    let line = text.lines().find_map(|line| line.strip_prefix(&start));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}"))
}

pub(crate) fn has_header(text: &str, name: &str) -> bool {
    let start = format!("{name}: ");
    text.lines().any(|line| line.starts_with(&start))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Calls.
    Alice,
    /// Is called.
    Bob,
}

pub(crate) struct Network {
    pub(crate) now: Moment,
    pub(crate) alice: Endpoint,
    pub(crate) bob: Endpoint,
    pub(crate) faults: Faults,
    pub(crate) sent: Vec<Sent>,
    pub(crate) events: Vec<(Moment, Side, LegId, LegEvent)>,
    /// Events not yet taken by [`Network::next_event`].
    unread: usize,
    transport: Transport,
    wire: BTreeMap<(Moment, u64), (Side, Bytes)>,
    chance: ChaCha8Rng,
    packets: u64,
    /// Loses the next message of that name, once.
    pub(crate) lose: Vec<&'static str>,
}

pub(crate) fn peer(side: Side, transport: Transport) -> Peer {
    let address = match side {
        Side::Alice => "192.0.2.1:5060",
        Side::Bob => "192.0.2.2:5060",
    };
    Peer {
        transport,
        address: address.parse().unwrap(),
    }
}

pub(crate) fn config(side: Side, seed: u64) -> EndpointConfig {
    let address = peer(side, Transport::Udp).address;
    EndpointConfig {
        user_agent: "kring-test".to_owned(),
        ..EndpointConfig::new(Advertised::everywhere(address), seed)
    }
}

pub(crate) fn invitation(body: Option<&'static [u8]>, to_peer: Peer) -> Invitation {
    let address = |text: &str| text.parse::<NameAddr>().unwrap();
    Invitation {
        branches: vec![Branch::to("sip:5021@192.0.2.2".parse().unwrap(), to_peer)],
        from: address("\"สมชาย\" <sip:0812345678@192.0.2.1>"),
        to: address("<sip:5021@192.0.2.2>"),
        body: body.map(Bytes::from_static),
        extra: Vec::new(),
        max_forwards: 69,
    }
}

impl Network {
    pub(crate) fn new(seed: u64, transport: Transport) -> Network {
        Network {
            now: Moment::BOOT,
            alice: Endpoint::new(config(Side::Alice, seed)),
            bob: Endpoint::new(config(Side::Bob, seed + 1)),
            faults: Faults::NONE,
            sent: Vec::new(),
            events: Vec::new(),
            unread: 0,
            transport,
            wire: BTreeMap::new(),
            chance: ChaCha8Rng::seed_from_u64(seed),
            packets: 0,
            lose: Vec::new(),
        }
    }

    pub(crate) fn udp() -> Network {
        Network::new(1, Transport::Udp)
    }

    /// Alice calls Bob.
    pub(crate) fn call(&mut self) -> LegId {
        let to = peer(Side::Bob, self.transport);
        let leg = self.alice.invite(self.now, invitation(Some(OFFER), to));
        self.settle();
        leg
    }

    /// Alice calls, Bob's 180 and 200 go through, Alice acknowledges. Gives both legs.
    pub(crate) fn talk(&mut self) -> (LegId, LegId) {
        let alice = self.call();
        let bob = self.ring();
        self.bob
            .accept(self.now, bob, Some(Bytes::from_static(ANSWER)));
        self.run_ms(10);
        self.alice.acknowledge(self.now, alice, None);
        self.run_ms(10);
        (alice, bob)
    }

    /// Bob gets the INVITE and rings.
    pub(crate) fn ring(&mut self) -> LegId {
        self.run_ms(10);
        let bob = self.leg_of(Side::Bob);
        self.bob.provisional(self.now, bob, 180, None);
        self.run_ms(10);
        bob
    }

    pub(crate) fn leg_of(&self, wanted: Side) -> LegId {
        let found = self.events.iter().find(|(_, side, _, _)| *side == wanted);
        found.expect("an event of that side").2
    }

    /// What the endpoints have to say goes onto the wire and into the list of events.
    pub(crate) fn settle(&mut self) {
        while let Some(effect) = self.alice.poll() {
            self.take(Side::Alice, effect);
        }
        while let Some(effect) = self.bob.poll() {
            self.take(Side::Bob, effect);
        }
    }

    fn take(&mut self, from: Side, effect: Effect) {
        match effect {
            Effect::Send(transmit) => self.carry(from, transmit),
            Effect::Event(leg, event) => self.events.push((self.now, from, leg, event)),
            Effect::Counted(_) | Effect::Phone(_) | Effect::Answered(..) | Effect::Account(..) => {}
        }
    }

    fn carry(&mut self, from: Side, transmit: Transmit) {
        let text = String::from_utf8_lossy(&transmit.bytes).into_owned();
        let to = match from {
            Side::Alice => Side::Bob,
            Side::Bob => Side::Alice,
        };
        assert_eq!(transmit.to, peer(to, self.transport), "{text}");
        let sent = Sent {
            at: self.now,
            from,
            text,
        };
        let name = sent.name();
        self.sent.push(sent);
        if let Some(at) = self.lose.iter().position(|lose| *lose == name) {
            self.lose.remove(at);
            return;
        }
        // A stream loses nothing and keeps the order.
        let faults = match self.transport {
            Transport::Udp => self.faults,
            _ => Faults::NONE,
        };
        if self.chance.random_ratio(faults.loss_percent, 100) {
            return;
        }
        self.packet(to, &transmit.bytes, faults);
        if self.chance.random_ratio(faults.double_percent, 100) {
            self.packet(to, &transmit.bytes, faults);
        }
    }

    fn packet(&mut self, to: Side, bytes: &Bytes, faults: Faults) {
        let delay = self
            .chance
            .random_range(faults.delay_ms.0..=faults.delay_ms.1);
        let at = self.now + Duration::from_millis(delay);
        self.packets += 1;
        self.wire.insert((at, self.packets), (to, bytes.clone()));
    }

    /// The next thing that happens at all.
    pub(crate) fn next(&self) -> Option<Moment> {
        let packet = self.wire.first_key_value().map(|((at, _), _)| *at);
        [packet, self.alice.deadline(), self.bob.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Lets the next thing happen.
    pub(crate) fn step(&mut self) {
        self.settle();
        let Some(at) = self.next() else {
            return;
        };
        self.now = self.now.max(at);
        while let Some(entry) = self.wire.first_entry() {
            if entry.key().0 > self.now {
                break;
            }
            let (to, bytes) = entry.remove();
            match to {
                Side::Alice => {
                    self.alice
                        .receive(self.now, peer(Side::Bob, self.transport), &bytes);
                }
                Side::Bob => self
                    .bob
                    .receive(self.now, peer(Side::Alice, self.transport), &bytes),
            }
            self.settle();
        }
        self.alice.wake(self.now);
        self.bob.wake(self.now);
        self.settle();
    }

    pub(crate) fn run_ms(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        self.settle();
        while self.next().is_some_and(|at| at <= end) {
            self.step();
        }
        self.now = end;
    }

    /// Until nothing waits any more.
    pub(crate) fn run_out(&mut self) {
        self.settle();
        while self.next().is_some() {
            self.step();
        }
    }

    pub(crate) fn next_event(&mut self) -> Option<(Side, LegId, LegEvent)> {
        let (_, side, leg, event) = self.events.get(self.unread)?.clone();
        self.unread += 1;
        Some((side, leg, event))
    }

    /// Names of all messages in order: `> INVITE`, `< 200 INVITE`.
    pub(crate) fn ladder(&self) -> Vec<String> {
        let arrow = |side| match side {
            Side::Alice => '>',
            Side::Bob => '<',
        };
        self.sent
            .iter()
            .map(|sent| format!("{} {}", arrow(sent.from), sent.name()))
            .collect()
    }

    /// When `side` sent messages of that name, ms.
    pub(crate) fn times(&self, side: Side, name: &str) -> Vec<u64> {
        self.sent
            .iter()
            .filter(|sent| sent.from == side && sent.name() == name)
            .map(|sent| sent.at.as_micros() / 1_000)
            .collect()
    }

    pub(crate) fn events_of(&self, wanted: Side) -> Vec<String> {
        self.events
            .iter()
            .filter(|(_, side, _, _)| *side == wanted)
            .map(|(_, _, _, event)| label(event))
            .collect()
    }

    /// Nothing is left of the call on either side.
    pub(crate) fn assert_clean(&self) {
        for endpoint in [&self.alice, &self.bob] {
            assert_eq!(endpoint.deadline(), None);
            assert_eq!(endpoint.counts().transactions, 0);
            assert_eq!(endpoint.counts().dialogs, 0);
        }
    }
}

/// An event in a word or two.
pub(crate) fn label(event: &LegEvent) -> String {
    match event {
        LegEvent::Incoming(_) => "incoming".to_owned(),
        LegEvent::CallerCancelled { .. } => "cancelled".to_owned(),
        LegEvent::Confirmed { body: None } => "confirmed".to_owned(),
        LegEvent::Confirmed { body: Some(_) } => "confirmed with answer".to_owned(),
        LegEvent::TalkWanted => "talk wanted".to_owned(),
        LegEvent::AckMissing => "ack missing".to_owned(),
        LegEvent::Progress { code, .. } => format!("progress {code}"),
        LegEvent::Accepted { .. } => "accepted".to_owned(),
        LegEvent::BranchOver { code, .. } => format!("branch over {code}"),
        LegEvent::Rejected { code, local, .. } => {
            format!("rejected {code}{}", if *local { " here" } else { "" })
        }
        LegEvent::Answer { .. } => "answer".to_owned(),
        LegEvent::Refreshed { .. } => "refreshed".to_owned(),
        LegEvent::OfferCancelled => "offer cancelled".to_owned(),
        LegEvent::OfferRefused { code } => format!("offer refused {code}"),
        LegEvent::Offer { kind, .. } => format!("offer {kind:?}"),
        LegEvent::Pressed { key, duration_ms } => format!("pressed {key} for {duration_ms} ms"),
        LegEvent::ReferralAccepted => "referral accepted".to_owned(),
        LegEvent::ReferralRefused { code, local } => {
            format!(
                "referral refused {code}{}",
                if *local { " here" } else { "" }
            )
        }
        LegEvent::ReferralProgress { code, over } => {
            format!("referral {code}{}", if *over { " over" } else { "" })
        }
        LegEvent::Referred { to, .. } => format!("referred to {}", to.uri),
        LegEvent::Bye { .. } => "bye".to_owned(),
        LegEvent::Gone { code } => format!("gone {code}"),
    }
}
