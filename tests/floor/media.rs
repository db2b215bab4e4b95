//! The media threads of the floor: they bind ports, open relays and close them as they are told, and
//! tell what they would hear. No packet exists; what people say comes from the seed, and what kring says
//! is heard as it was ordered.

use crate::{
    chance::Chance,
    ear::{Ear, Source, spoken},
};
use kring_media::{MediaNotice, MediaOrder, PortPair, Program, SessionId, Side, SideStats};
use kring_time::Moment;
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
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
    /// The caller's and the agent's.
    ears: [Ear; 2],
    programs: [Option<Program>; 2],
}

/// What a caller hears now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hears {
    /// kring itself.
    Kring,
    /// Somebody.
    Person,
}

impl Relay {
    /// Turns each ear to where sound now comes from.
    fn listen(&mut self, now: Moment) {
        let known = [self.caller_known, self.agent_known];
        for (n, ear) in self.ears.iter_mut().enumerate() {
            let source = match (&self.programs[n], known[n], known[1 - n]) {
                (_, false, _) => Source::Unplugged,
                (Some(program), _, person) => Source::Kring(program.clone(), person),
                (None, _, true) => Source::Person,
                (None, _, false) => Source::Silence,
            };
            if *ear.source() != source {
                ear.turn(now, source);
            }
        }
    }
}

/// The media threads.
#[derive(Debug)]
pub(crate) struct MediaThreads {
    hearing: Hearing,
    chance: Chance,
    next_port: u16,
    notices: VecDeque<(Moment, MediaNotice)>,
    relays: BTreeMap<SessionId, Relay>,
    /// Whose port for a caller's sound it is.
    callers_ports: HashMap<u16, SessionId>,
    /// What the callers of closed relays heard.
    heard: BTreeMap<SessionId, Vec<(Moment, String)>>,
    /// Keys that were passed on to the other side as events: whose.
    keys: Vec<(SessionId, Side, char)>,
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
            callers_ports: HashMap::new(),
            heard: BTreeMap::new(),
            keys: Vec::new(),
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
                    ears: [Ear::default(), Ear::default()],
                    programs: [None, None],
                };
                self.callers_ports.insert(caller.rtp, session);
                if self.relays.insert(session, relay).is_some() {
                    self.mistakes.push(format!("{session:?} was opened twice"));
                }
            }
            MediaOrder::Remote { session, side, .. } => self.remote(now, session, side),
            MediaOrder::Press {
                session, side, key, ..
            } => self.keys.push((session, side, key)),
            MediaOrder::Play {
                session,
                side,
                program,
                ..
            } => self.play(now, session, side, Some(program)),
            MediaOrder::Hush { session, side } => self.play(now, session, side, None),
            MediaOrder::Admit { session, .. }
            | MediaOrder::Join { session, .. }
            | MediaOrder::Dismiss { session }
            | MediaOrder::Succeed { session } => self
                .mistakes
                .push(format!("{session:?}: a third is not known here yet")),
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
            Side::Third => {}
        }
        relay.listen(now);
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

    fn play(&mut self, now: Moment, session: SessionId, side: Side, program: Option<Program>) {
        self.notices.retain(
            |(_, notice)| !matches!(notice, MediaNotice::Said { session: s, side: of } if (*s, *of) == (session, side)),
        );
        let Some(relay) = self.relays.get_mut(&session) else {
            self.mistakes
                .push(format!("{session:?} was spoken to but is not open"));
            return;
        };
        let known = [relay.caller_known, relay.agent_known, false][side as usize];
        if program.is_some() && !known {
            self.mistakes.push(format!(
                "{session:?}: {side:?} was spoken to but is nowhere"
            ));
        }
        // A program that is played again begins anew.
        let ear = &mut relay.ears[side as usize];
        ear.note(now);
        relay.programs[side as usize].clone_from(&program);
        relay.listen(now);
        if let Some(program) = program.filter(|program| !program.say.is_empty()) {
            self.tell(now + spoken(&program), MediaNotice::Said { session, side });
        }
    }

    /// The caller presses a key that goes with the sound: kring hears it while it speaks there, and
    /// else the other side does.
    pub(crate) fn press(&mut self, now: Moment, session: SessionId, key: char) {
        let side = Side::Caller;
        let Some(relay) = self.relays.get(&session) else {
            return;
        };
        if relay.ears[side as usize].hears_kring(now) {
            self.tell(now, MediaNotice::Pressed { session, side, key });
        } else if relay.agent_known {
            self.keys.push((session, side, key));
        }
    }

    /// The keys that went on to the other side, by session: whose they were.
    pub(crate) fn keys(&self) -> &[(SessionId, Side, char)] {
        &self.keys
    }

    /// What is heard at this port of ours, and in which session.
    pub(crate) fn listen(&self, now: Moment, port: u16) -> Option<(SessionId, Hears)> {
        let session = self.callers_ports.get(&port)?;
        let relay = self.relays.get(session)?;
        let alone = !relay.agent_known || relay.ears[0].hears_kring(now);
        let hears = if alone { Hears::Kring } else { Hears::Person };
        Some((*session, hears))
    }

    /// What callers heard, by session.
    pub(crate) fn heard(&self) -> &BTreeMap<SessionId, Vec<(Moment, String)>> {
        &self.heard
    }

    fn close(&mut self, now: Moment, session: SessionId) {
        let Some(mut relay) = self.relays.remove(&session) else {
            self.mistakes
                .push(format!("{session:?} was closed but is not open"));
            return;
        };
        self.callers_ports.remove(&relay.ports[0].rtp);
        relay.ears[0].note(now);
        for at in relay.ears[0].silences() {
            self.mistakes
                .push(format!("{session:?}: the caller heard nothing at {at}"));
        }
        let heard = std::mem::take(&mut relay.ears[0].heard);
        self.heard.insert(session, heard);
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
