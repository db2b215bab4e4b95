//! The media threads of the floor: they bind ports, open relays and close them as they are told, and
//! tell what they would hear. No packet exists; what is heard comes from the seed.

use crate::chance::Chance;
use kring_media::{MediaNotice, MediaOrder, PortPair, SessionId, Side, SideStats};
use kring_time::Moment;
use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

/// How long it takes to do what is asked.
const WORK: Duration = Duration::from_millis(1);

/// From the second address to the first packet.
const FIRST_PACKET: Duration = Duration::from_millis(40);

/// How long sockets rest after a call.
const REST: Duration = Duration::from_secs(5);

/// Without any packet for so long a side is silent, or the call dead.
const DEAD_AFTER: Duration = Duration::from_secs(20);

/// What may go wrong with sound, of a thousand calls each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hearing {
    /// One side is silent from the beginning.
    pub silent: u32,
    /// Neither side sends anything.
    pub dead: u32,
}

#[derive(Debug)]
struct Relay {
    ports: [PortPair; 2],
    caller_known: bool,
    agent_known: bool,
    began: bool,
}

/// The media threads.
#[derive(Debug)]
pub(crate) struct MediaThreads {
    hearing: Hearing,
    chance: Chance,
    next_port: u16,
    notices: VecDeque<(Moment, MediaNotice)>,
    relays: BTreeMap<SessionId, Relay>,
    mistakes: Vec<String>,
}

impl MediaThreads {
    /// Threads with all their ports free.
    pub(crate) fn new(hearing: Hearing, chance: Chance) -> MediaThreads {
        MediaThreads {
            hearing,
            chance,
            next_port: 20_000,
            notices: VecDeque::new(),
            relays: BTreeMap::new(),
            mistakes: Vec::new(),
        }
    }

    /// Takes an order.
    pub(crate) fn obey(&mut self, now: Moment, order: MediaOrder) {
        match order {
            MediaOrder::Reserve { pairs } => {
                let pairs = (0..pairs).map(|_| self.bind()).collect();
                self.tell(now + WORK, MediaNotice::Reserved { pairs });
            }
            MediaOrder::Open {
                session,
                caller,
                agent,
            } => {
                let taken = |relay: &Relay| relay.ports.iter().any(|p| [caller, agent].contains(p));
                if self.relays.values().any(taken) || caller == agent {
                    self.mistakes
                        .push(format!("{session:?} was given ports in use"));
                }
                let relay = Relay {
                    ports: [caller, agent],
                    caller_known: false,
                    agent_known: false,
                    began: false,
                };
                if self.relays.insert(session, relay).is_some() {
                    self.mistakes.push(format!("{session:?} was opened twice"));
                }
            }
            MediaOrder::Remote { session, side, .. } => self.remote(now, session, side),
            // The floor has no ears for keys.
            MediaOrder::Press { .. } | MediaOrder::Play { .. } | MediaOrder::Hush { .. } => {}
            MediaOrder::Close { session } => self.close(now, session),
        }
    }

    fn remote(&mut self, now: Moment, session: SessionId, side: Side) {
        let Some(relay) = self.relays.get_mut(&session) else {
            self.mistakes
                .push(format!("{session:?} got an address but is not open"));
            return;
        };
        match side {
            Side::Caller => relay.caller_known = true,
            Side::Agent => relay.agent_known = true,
        }
        if relay.began || !relay.caller_known || !relay.agent_known {
            return;
        }
        relay.began = true;
        if self.chance.happens(self.hearing.dead) {
            self.tell(now + DEAD_AFTER, MediaNotice::Dead { session });
            return;
        }
        let mute = self.chance.happens(self.hearing.silent);
        self.tell(
            now + FIRST_PACKET,
            MediaNotice::Flowing {
                session,
                side: Side::Caller,
            },
        );
        if mute {
            let for_ms = DEAD_AFTER.as_millis() as u64;
            self.tell(
                now + DEAD_AFTER,
                MediaNotice::Silent {
                    session,
                    side: Side::Agent,
                    for_ms,
                },
            );
        } else {
            self.tell(
                now + FIRST_PACKET,
                MediaNotice::Flowing {
                    session,
                    side: Side::Agent,
                },
            );
        }
    }

    fn close(&mut self, now: Moment, session: SessionId) {
        let Some(relay) = self.relays.remove(&session) else {
            self.mistakes
                .push(format!("{session:?} was closed but is not open"));
            return;
        };
        self.notices
            .retain(|(_, notice)| !is_about(notice, session));
        let (caller, agent) = (SideStats::default(), SideStats::default());
        self.tell(
            now + WORK,
            MediaNotice::Closed {
                session,
                caller,
                agent,
            },
        );
        self.tell(
            now + REST,
            MediaNotice::Reserved {
                pairs: relay.ports.to_vec(),
            },
        );
    }

    /// When the next notice comes.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        self.notices.front().map(|(at, _)| *at)
    }

    /// A notice that has come by `now`.
    pub(crate) fn notice(&mut self, now: Moment) -> Option<MediaNotice> {
        self.notices.front().filter(|(at, _)| *at <= now)?;
        self.notices.pop_front().map(|(_, notice)| notice)
    }

    /// Relays that were opened and never closed.
    pub(crate) fn open_relays(&self) -> usize {
        self.relays.len()
    }

    /// Orders that no exchange in its senses would give.
    pub(crate) fn mistakes(&self) -> &[String] {
        &self.mistakes
    }

    fn bind(&mut self) -> PortPair {
        let rtp = self.next_port;
        self.next_port += 2;
        PortPair { rtp }
    }

    fn tell(&mut self, at: Moment, notice: MediaNotice) {
        let place = self.notices.partition_point(|(other, _)| *other <= at);
        self.notices.insert(place, (at, notice));
    }
}

fn is_about(notice: &MediaNotice, closed: SessionId) -> bool {
    match notice {
        MediaNotice::Flowing { session, .. }
        | MediaNotice::Silent { session, .. }
        | MediaNotice::Dead { session }
        | MediaNotice::Said { session, .. }
        | MediaNotice::Pressed { session, .. }
        | MediaNotice::Closed { session, .. } => *session == closed,
        MediaNotice::Reserved { .. } | MediaNotice::Exhausted => false,
    }
}
