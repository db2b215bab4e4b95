//! The media threads of the floor: they bind ports, open relays and close them as they are told, and
//! tell what they would hear. No packet exists; what people say comes from the seed, and what kring says
//! is heard as it was ordered.

#[cfg(test)]
mod relay;
#[cfg(test)]
mod tests;

use crate::{
    chance::Chance,
    ear::{People, Sound, Who, spoken},
    seats::{Seat, Seats},
};
use kring_media::{
    Joined, MediaNotice, MediaOrder, Monitoring, PortPair, Program, Recorded, Recording, SessionId,
    Side, SideStats,
};
use kring_time::Moment;
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

/// How long it takes to do what is asked.
const WORK: Duration = Duration::from_millis(1);

/// Until a recording is closed, which is after the call.
const CLOSING: Duration = Duration::from_millis(50);

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

/// What a caller hears now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hears {
    /// kring itself.
    Kring,
    /// Somebody.
    Person,
}

/// The media threads.
#[derive(Debug)]
pub(crate) struct MediaThreads {
    hearing: Hearing,
    chance: Chance,
    next_port: u16,
    notices: VecDeque<(Moment, MediaNotice)>,
    relays: BTreeMap<SessionId, Seats>,
    /// Whose port for a caller's sound it is.
    callers_ports: HashMap<u16, SessionId>,
    /// What those heard who have left.
    heard: BTreeMap<(SessionId, Who), Vec<(Moment, Sound)>>,
    /// Keys that were passed on to the other side as events: whose.
    keys: Vec<(SessionId, Side, char)>,
    mistakes: Vec<String>,
    /// Since when which session is recorded.
    tapes: BTreeMap<SessionId, Moment>,
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
            tapes: BTreeMap::new(),
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
                self.check_free(session, &[caller, agent]);
                if caller == agent {
                    self.mistakes
                        .push(format!("{session:?} was given one pair twice"));
                }
                self.callers_ports.insert(caller.rtp, session);
                let seats = Seats::new(caller, agent);
                if self.relays.insert(session, seats).is_some() {
                    self.mistakes.push(format!("{session:?} was opened twice"));
                }
            }
            MediaOrder::Remote {
                session,
                side,
                sends,
                receives,
                ..
            } => self.remote(now, session, side, (sends, receives)),
            // No packet exists here, so nothing is sealed.
            MediaOrder::Secure { .. } => {}
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
            MediaOrder::Admit { session, third } => self.admit(session, third),
            MediaOrder::Join { session, joined } => self.join(now, session, joined),
            MediaOrder::Dismiss { session } => {
                let third = self.relays.get_mut(&session).and_then(|r| r.dismiss(now));
                self.leaves(now, session, third);
            }
            MediaOrder::Succeed { session } => {
                let agent = self.relays.get_mut(&session).and_then(|r| r.succeed(now));
                self.leaves(now, session, agent);
            }
            MediaOrder::Attend { session, monitor } => self.attend(session, monitor),
            MediaOrder::Listen { session, mode } => self.monitor(now, session, mode),
            MediaOrder::Depart { session } => {
                let monitor = self.relays.get_mut(&session).and_then(|r| r.depart(now));
                self.leaves(now, session, monitor);
            }
            MediaOrder::Record { session, what } => self.record(now, session, &what),
            MediaOrder::Close { session } => self.close(now, session),
        }
    }

    /// Nothing of what is heard changes. A recording is there when it has ended.
    fn record(&mut self, now: Moment, session: SessionId, what: &Recording) {
        match what {
            Recording::Begin { .. } => {
                if self.tapes.insert(session, now).is_some() {
                    self.mistakes.push(format!("{session:?} is recorded twice"));
                }
            }
            Recording::Pause | Recording::Resume => {
                if !self.tapes.contains_key(&session) {
                    self.mistakes.push(format!("{session:?} is not recorded"));
                }
            }
            Recording::End => {
                let Some(since) = self.tapes.remove(&session) else {
                    self.mistakes
                        .push(format!("the recording of {session:?} ends twice"));
                    return;
                };
                let length_ms = now.since(since).as_millis() as u64;
                let file = Recorded {
                    length_ms,
                    bytes: length_ms * 32,
                    sha256: [0xab; 32],
                    missing_ms: 0,
                };
                let told = MediaNotice::Recorded {
                    session,
                    file: Some(file),
                    why: None,
                };
                self.tell(now + CLOSING, told);
            }
        }
    }

    fn check_free(&mut self, session: SessionId, pairs: &[PortPair]) {
        let mut used = self.relays.values().flat_map(Seats::ports);
        if used.any(|pair| pairs.contains(&pair)) {
            self.mistakes
                .push(format!("{session:?} was given ports in use"));
        }
    }

    fn admit(&mut self, session: SessionId, third: PortPair) {
        self.check_free(session, &[third]);
        match self
            .relays
            .get_mut(&session)
            .map(|relay| relay.admit(third))
        {
            Some(true) => {}
            Some(false) => self
                .mistakes
                .push(format!("{session:?} was given a second third")),
            None => self
                .mistakes
                .push(format!("{session:?} was given a third but is not open")),
        }
    }

    fn attend(&mut self, session: SessionId, monitor: PortPair) {
        self.check_free(session, &[monitor]);
        let came = self
            .relays
            .get_mut(&session)
            .map(|relay| relay.attend(monitor));
        if came != Some(true) {
            self.mistakes
                .push(format!("{session:?} was given a monitor: {came:?}"));
        }
    }

    fn monitor(&mut self, now: Moment, session: SessionId, mode: Monitoring) {
        let relay = self.relays.get_mut(&session);
        match relay.filter(|relay| relay.is_known(Side::Monitor)) {
            Some(relay) => relay.monitor(now, mode),
            None => self
                .mistakes
                .push(format!("{session:?} has nobody who could {mode:?}")),
        }
    }

    fn join(&mut self, now: Moment, session: SessionId, joined: Joined) {
        let relay = self.relays.get_mut(&session);
        let Some(relay) = relay else {
            self.mistakes
                .push(format!("{session:?} was joined but is not open"));
            return;
        };
        // A supervisor may be alone with the agent.
        let of_two = [Side::Third, Side::Caller].map(Joined::Without);
        let needs_third = match relay.get(Side::Monitor) {
            Some(_) => !of_two.contains(&joined),
            None => joined != of_two[0],
        };
        if needs_third && relay.get(Side::Third).is_none() {
            self.mistakes
                .push(format!("{session:?}: {joined:?} without a third"));
            return;
        }
        relay.join(now, joined);
    }

    /// Somebody has left for good: his ports rest.
    fn leaves(&mut self, now: Moment, session: SessionId, seat: Option<Seat>) {
        let Some(seat) = seat else {
            self.mistakes
                .push(format!("{session:?} has nobody who could go or stay"));
            return;
        };
        let pairs = vec![seat.ports];
        self.keep(now, session, seat);
        self.tell(now + REST, MediaNotice::Reserved { pairs });
    }

    /// What he heard is kept.
    fn keep(&mut self, now: Moment, session: SessionId, mut seat: Seat) {
        seat.ear.leave(now);
        let heard = self.heard.entry((session, seat.ear.who())).or_default();
        heard.append(&mut seat.ear.heard);
    }

    fn remote(
        &mut self,
        now: Moment,
        session: SessionId,
        side: Side,
        (sends, receives): (bool, bool),
    ) {
        let relay = self.relays.get_mut(&session);
        let Some(relay) = relay else {
            self.mistakes
                .push(format!("{session:?} got an address but is not open"));
            return;
        };
        let Some(seat) = relay.get_mut(side) else {
            self.mistakes
                .push(format!("{session:?} got an address of nobody's"));
            return;
        };
        let comes_in = !std::mem::replace(&mut seat.known, true);
        seat.sends = sends;
        seat.is_unplugged = !sends && !receives;
        relay.listen(now);
        if matches!(side, Side::Third | Side::Monitor) {
            if comes_in {
                self.tell(now + FIRST_PACKET, MediaNotice::Flowing { session, side });
            }
            return;
        }
        if relay.began || !Side::BOTH.iter().all(|side| relay.is_known(*side)) {
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
        if relay.get(side).is_none() {
            self.mistakes.push(format!(
                "{session:?}: {side:?} is spoken to or hushed but is nobody"
            ));
            return;
        }
        let known = relay.is_known(side);
        if program.is_some() && !known {
            self.mistakes.push(format!(
                "{session:?}: {side:?} was spoken to but is nowhere"
            ));
        }
        relay.play(now, side, program.clone());
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
        let ear = relay.get(side).map(|seat| &seat.ear);
        if ear.is_some_and(|ear| ear.hears_kring(now)) {
            self.tell(now, MediaNotice::Pressed { session, side, key });
        } else if relay.only_listener(side).is_some() {
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
        let hears_kring = relay.get(Side::Caller)?.ear.hears_kring(now);
        let alone = hears_kring || relay.heard_by(Side::Caller) == People::NOBODY;
        let hears = if alone { Hears::Kring } else { Hears::Person };
        Some((*session, hears))
    }

    /// What somebody in a session heard, who has left it.
    pub(crate) fn heard(&self, session: SessionId, who: Who) -> Option<&[(Moment, Sound)]> {
        self.heard.get(&(session, who)).map(Vec::as_slice)
    }

    fn close(&mut self, now: Moment, session: SessionId) {
        let Some(relay) = self.relays.remove(&session) else {
            self.mistakes
                .push(format!("{session:?} was closed but is not open"));
            return;
        };
        let pairs: Vec<PortPair> = relay.ports().collect();
        self.callers_ports.remove(&pairs[0].rtp);
        for seat in relay.into_seats() {
            self.keep(now, session, seat);
        }
        for (at, what) in self
            .heard
            .get(&(session, Who::Caller))
            .into_iter()
            .flatten()
        {
            if matches!(what, Sound::Silence | Sound::People(People::NOBODY)) {
                self.mistakes
                    .push(format!("{session:?}: the caller heard nothing at {at}"));
            }
        }
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
        self.tell(now + REST, MediaNotice::Reserved { pairs });
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
        | MediaNotice::Quality { session, .. }
        | MediaNotice::Left { session, .. }
        | MediaNotice::Closed { session, .. } => *session == closed,
        // A file may be closed after the call.
        MediaNotice::Recorded { .. } | MediaNotice::Reserved { .. } | MediaNotice::Exhausted => {
            false
        }
    }
}
