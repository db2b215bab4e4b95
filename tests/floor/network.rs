//! The network of the floor: latency by direction, and seeded loss, duplication, delay and reordering
//! until the faults end. It keeps every datagram with the moments at which its copies arrived.

use crate::{chance::Chance, wire::Letter};
use bytes::Bytes;
use kring_time::Moment;
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

/// Who sends and receives on the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// The daemon.
    Kring,
    /// The PBX that sends calls.
    Pbx,
    /// Somebody in the internet who is no trunk.
    Stranger,
    /// The agents' phones, in their order.
    Phone(u8),
}

impl Party {
    /// Where it is.
    pub fn address(self) -> SocketAddr {
        let host = match self {
            Party::Kring => [192, 0, 2, 1],
            Party::Pbx => [192, 0, 2, 10],
            Party::Stranger => [203, 0, 113, 66],
            Party::Phone(number) => [192, 0, 2, 100 + number],
        };
        SocketAddr::new(IpAddr::V4(Ipv4Addr::from(host)), 5060)
    }

    /// Who is there.
    pub fn at(address: SocketAddr) -> Option<Party> {
        let IpAddr::V4(ip) = address.ip() else {
            return None;
        };
        let party = match ip.octets() {
            [192, 0, 2, 1] => Party::Kring,
            [192, 0, 2, 10] => Party::Pbx,
            [203, 0, 113, 66] => Party::Stranger,
            [192, 0, 2, last] if last >= 100 => Party::Phone(last - 100),
            _ => return None,
        };
        (party.address() == address).then_some(party)
    }
}

/// What may go wrong with each datagram, while the faults last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// Lost, of a thousand.
    pub lost: u32,
    /// Sent twice, of a thousand.
    pub doubled: u32,
    /// Held up, of a thousand; what was sent later may then arrive earlier.
    pub held_up: u32,
    /// The longest hold-up, ms.
    pub held_up_max_ms: u64,
    /// When the faults end.
    pub until: Moment,
}

/// A fault that a scenario asks for by name.
#[derive(Clone, Debug)]
pub struct Mishap {
    /// `INVITE`, `CANCEL`, `180`: the label of the messages concerned.
    pub label: String,
    /// Only those to this party.
    pub to: Party,
    /// How many of the next ones.
    pub count: u32,
    /// Held up for so long; none: lost.
    pub held_up: Option<Duration>,
}

/// One datagram, as somebody sent it.
#[derive(Clone, Debug)]
pub struct Datagram {
    /// When.
    pub sent: Moment,
    /// By whom.
    pub from: Party,
    /// To whom.
    pub to: Party,
    /// What it says.
    pub letter: Letter,
    /// As it was on the wire.
    pub bytes: Bytes,
    /// When its copies arrived: none when it was lost, or is still under way.
    pub arrived: Vec<Moment>,
}

/// The network.
#[derive(Debug)]
pub(crate) struct Network {
    latency: Duration,
    own_latency: Vec<(Party, Party, Duration)>,
    faults: Faults,
    mishaps: Vec<Mishap>,
    streams: Vec<Party>,
    /// When the last message of a stream arrives: nothing overtakes it.
    stream_ends: Vec<(Party, Party, Moment)>,
    chance: Chance,
    under_way: BinaryHeap<Reverse<(Moment, usize)>>,
    log: Vec<Datagram>,
}

impl Network {
    /// A network whose every path takes `latency`.
    pub(crate) fn new(latency: Duration, faults: Faults, chance: Chance) -> Network {
        Network {
            latency,
            own_latency: Vec::new(),
            faults,
            mishaps: Vec::new(),
            streams: Vec::new(),
            stream_ends: Vec::new(),
            chance,
            under_way: BinaryHeap::new(),
            log: Vec::new(),
        }
    }

    /// Gives one direction a latency of its own.
    pub(crate) fn set_latency(&mut self, from: Party, to: Party, latency: Duration) {
        self.own_latency.retain(|(f, t, _)| (*f, *t) != (from, to));
        self.own_latency.push((from, to, latency));
    }

    /// Gives these parties TCP: nothing of theirs is lost, doubled or overtaken.
    pub(crate) fn set_streams(&mut self, streams: Vec<Party>) {
        self.streams = streams;
    }

    fn stream_arrival(&mut self, from: Party, to: Party, arrival: Moment) -> Moment {
        let known = self
            .stream_ends
            .iter_mut()
            .find(|(f, t, _)| (*f, *t) == (from, to));
        if let Some((.., end)) = known {
            *end = arrival.max(*end);
            return *end;
        }
        self.stream_ends.push((from, to, arrival));
        arrival
    }

    /// Makes something go wrong.
    pub(crate) fn add_mishap(&mut self, mishap: Mishap) {
        self.mishaps.push(mishap);
    }

    /// How long a datagram takes when nothing goes wrong.
    pub(crate) fn latency(&self, from: Party, to: Party) -> Duration {
        let own = self
            .own_latency
            .iter()
            .find(|(f, t, _)| (*f, *t) == (from, to));
        own.map_or(self.latency, |(_, _, latency)| *latency)
    }

    /// Takes a datagram.
    pub(crate) fn send(
        &mut self,
        now: Moment,
        from: Party,
        to: Party,
        letter: Letter,
        bytes: Bytes,
    ) {
        let number = self.log.len();
        let arrival = now + self.latency(from, to);
        if self.streams.contains(&from) || self.streams.contains(&to) {
            let arrival = self.stream_arrival(from, to, arrival);
            self.under_way.push(Reverse((arrival, number)));
            self.log.push(Datagram {
                sent: now,
                from,
                to,
                letter,
                bytes,
                arrived: Vec::new(),
            });
            return;
        }
        match self.mishap(&letter, to) {
            Some(Mishap { held_up: None, .. }) => {}
            Some(Mishap {
                held_up: Some(held_up),
                ..
            }) => {
                self.under_way.push(Reverse((arrival + held_up, number)));
            }
            None if now < self.faults.until => self.send_with_faults(arrival, number),
            None => self.under_way.push(Reverse((arrival, number))),
        }
        self.log.push(Datagram {
            sent: now,
            from,
            to,
            letter,
            bytes,
            arrived: Vec::new(),
        });
    }

    fn send_with_faults(&mut self, arrival: Moment, number: usize) {
        let copies = if self.chance.happens(self.faults.doubled) {
            2
        } else {
            1
        };
        for _ in 0..copies {
            if self.chance.happens(self.faults.lost) {
                continue;
            }
            let held_up = if self.chance.happens(self.faults.held_up) {
                self.chance.millis(0, self.faults.held_up_max_ms)
            } else {
                Duration::ZERO
            };
            self.under_way.push(Reverse((arrival + held_up, number)));
        }
    }

    fn mishap(&mut self, letter: &Letter, to: Party) -> Option<Mishap> {
        if self.mishaps.is_empty() {
            return None;
        }
        let label = letter.label();
        let meant = |m: &&mut Mishap| m.count > 0 && m.to == to && m.label == label;
        let mishap = self.mishaps.iter_mut().find(meant)?;
        mishap.count -= 1;
        Some(mishap.clone())
    }

    /// The connection to this party breaks: what is under way is lost. Whether something of kring's was.
    pub(crate) fn cut(&mut self, party: Party) -> bool {
        let log = &self.log;
        let (lost, kept): (Vec<_>, Vec<_>) =
            self.under_way.drain().partition(|Reverse((_, number))| {
                let datagram = &log[*number];
                datagram.from == party || datagram.to == party
            });
        self.under_way = kept.into();
        self.stream_ends
            .retain(|(from, to, _)| *from != party && *to != party);
        lost.iter()
            .any(|Reverse((_, number))| log[*number].to == party)
    }

    /// When the next datagram arrives.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        self.under_way.peek().map(|Reverse((at, _))| *at)
    }

    /// A datagram that has arrived by `now`: from, to, and what it is.
    pub(crate) fn arrival(&mut self, now: Moment) -> Option<(Party, Party, Letter, Bytes)> {
        let Reverse((at, number)) = *self.under_way.peek()?;
        if at > now {
            return None;
        }
        self.under_way.pop();
        let datagram = &mut self.log[number];
        datagram.arrived.push(at);
        Some((
            datagram.from,
            datagram.to,
            datagram.letter.clone(),
            datagram.bytes.clone(),
        ))
    }

    /// Every datagram so far, in the order of sending.
    pub(crate) fn log(&self) -> &[Datagram] {
        &self.log
    }

    /// Every datagram, when all is over.
    pub(crate) fn into_log(self) -> Vec<Datagram> {
        self.log
    }
}
