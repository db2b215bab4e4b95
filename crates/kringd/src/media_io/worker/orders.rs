//! What a relaying thread is ordered, and how it obeys.

use super::{
    super::{
        call::{Call, KINDS, join},
        limits::STALE_PACKETS_MAX,
        ports::{BoundPair, PoolOrder},
    },
    Worker, recording,
};
use kring_media::{
    Coding, Joined, Library, MediaNotice, MediaOrder, Monitoring, Program, Recording, Relay,
    Remote, SessionId, Side, SideStats,
};
use kring_time::Moment;
use rustix::event::epoll;
use std::{
    net::UdpSocket,
    os::fd::OwnedFd,
    sync::{Arc, mpsc::Receiver},
};

#[derive(Debug)]
pub(in super::super) enum WorkerOrder {
    Open {
        session: SessionId,
        caller: BoundPair,
        agent: BoundPair,
    },
    Admit {
        session: SessionId,
        third: BoundPair,
    },
    Attend {
        session: SessionId,
        monitor: BoundPair,
    },
    /// Any but `Reserve` and those that bring ports.
    Session(MediaOrder),
    SpeakWith(Arc<Library>),
    Stop,
}

/// What the loop does next.
pub(super) enum Next {
    GoOn,
    End,
}

impl Worker {
    pub(super) fn obey(&mut self, now: Moment, orders: &Receiver<WorkerOrder>) -> Next {
        while let Ok(order) = orders.try_recv() {
            match order {
                WorkerOrder::Open {
                    session,
                    caller,
                    agent,
                } => self.open(session, caller, agent),
                WorkerOrder::Admit { session, third } => self.admit(session, Side::Third, third),
                WorkerOrder::Attend { session, monitor } => {
                    self.admit(session, Side::Monitor, monitor);
                }
                WorkerOrder::Session(order) => self.obey_in_session(now, order),
                WorkerOrder::SpeakWith(library) => self.library = library,
                WorkerOrder::Stop => return Next::End,
            }
        }
        Next::GoOn
    }

    fn obey_in_session(&mut self, now: Moment, order: MediaOrder) {
        match order {
            MediaOrder::Remote {
                session,
                side,
                rtp,
                rtcp,
                sends,
                receives,
                codecs,
                told,
                symmetric,
            } => {
                let remote = Remote {
                    rtp,
                    rtcp,
                    sends,
                    receives,
                };
                if let Some(call) = self.call(session, side) {
                    let said = (&codecs, &told);
                    call.relay.set_codecs(now, side, said, rand::random());
                    call.relay.set_symmetric(side, symmetric);
                    call.relay.set_remote(now, side, remote);
                }
            }
            MediaOrder::Secure {
                session,
                side,
                keys,
            } => {
                if let Some(call) = self.call(session, side) {
                    call.wires.secure(side, keys.map(|keys| *keys));
                }
            }
            MediaOrder::Press {
                session,
                side,
                key,
                duration_ms,
                payload_type,
            } => {
                if let Some(call) = self.call(session, side) {
                    call.relay.press(side, key, duration_ms, payload_type);
                }
            }
            MediaOrder::Play {
                session,
                side,
                coding,
                program,
            } => self.play(now, (session, side), coding, &program),
            MediaOrder::Hush { session, side } => {
                if let Some(call) = self.call(session, side) {
                    call.relay.hush(side);
                }
            }
            MediaOrder::Join { session, joined } => self.join(now, session, joined),
            MediaOrder::Dismiss { session } => self.dismiss(now, session),
            MediaOrder::Succeed { session } => self.succeed(now, session),
            MediaOrder::Listen { session, mode } => self.listen(now, session, mode),
            MediaOrder::Depart { session } => self.depart(now, session),
            MediaOrder::Record { session, what } => self.record(now, session, what),
            MediaOrder::Close { session } => self.close(now, session),
            // `MediaHandle` sends no others this way.
            MediaOrder::Reserve { .. }
            | MediaOrder::Open { .. }
            | MediaOrder::Admit { .. }
            | MediaOrder::Attend { .. } => {}
        }
    }

    /// The call, in which there must be this side. One that has ended is none.
    fn call(&mut self, session: SessionId, side: Side) -> Option<&mut Call> {
        let slot = *self.slots.get(&session)?;
        let call = self.calls.get_mut(slot)?.as_deref_mut()?;
        if call.pair(side).is_none() {
            tracing::error!(
                session = session.0,
                ?side,
                "a media order is for a side that its session has not"
            );
            return None;
        }
        Some(call)
    }

    fn play(
        &mut self,
        now: Moment,
        (session, side): (SessionId, Side),
        coding: Coding,
        said: &Program,
    ) {
        let player = self.library.player(said, coding);
        if let Some(call) = self.call(session, side) {
            let number = coding.payload_type;
            call.relay.play(now, side, player, number, rand::random());
            self.keep_speaking(session);
        }
    }

    /// The session needs the beat of frames.
    fn keep_speaking(&mut self, session: SessionId) {
        if let Some(slot) = self.slots.get(&session).copied()
            && !self.speaking.contains(&slot)
        {
            self.speaking.push(slot);
        }
    }

    fn open(&mut self, session: SessionId, caller: BoundPair, agent: BoundPair) {
        if self.slots.contains_key(&session) {
            tracing::error!(session = session.0, "a media session was opened twice");
            self.let_rest(vec![caller, agent]);
            return;
        }
        let slot = self.vacant.pop().unwrap_or_else(|| {
            self.calls.push(None);
            self.calls.len() - 1
        });
        let_in(&self.epoll, slot, Side::Caller, &caller);
        let_in(&self.epoll, slot, Side::Agent, &agent);
        let mut relay = Relay::new(session, self.dead_after);
        relay.report(rand::random());
        self.slots.insert(session, slot);
        self.calls[slot] = Some(Box::new(Call::new(relay, caller, agent)));
    }

    /// Somebody comes in: a third, or a monitor.
    fn admit(&mut self, session: SessionId, side: Side, pair: BoundPair) {
        let slot = self.slots.get(&session).copied();
        let call = slot.and_then(|slot| Some((slot, self.calls[slot].as_deref_mut()?)));
        let Some((slot, call)) = call else {
            // It ended meanwhile.
            self.let_rest(vec![pair]);
            return;
        };
        let place = match side {
            Side::Monitor => &mut call.monitor,
            _ => &mut call.third,
        };
        if place.is_none() {
            let_in(&self.epoll, slot, side, &pair);
            *place = Some(pair);
            return;
        }
        tracing::error!(
            session = session.0,
            ?side,
            "somebody came into a media session twice"
        );
        self.let_rest(vec![pair]);
    }

    fn join(&mut self, now: Moment, session: SessionId, joined: Joined) {
        // Caller and agent can always be joined.
        let needed = match joined {
            Joined::Without(Side::Third) => Side::Agent,
            Joined::Without(_) | Joined::Conference(_) => Side::Third,
        };
        if let Some(call) = self.call(session, needed) {
            call.relay.join(now, joined, rand::random());
            self.keep_speaking(session);
        }
    }

    fn dismiss(&mut self, now: Moment, session: SessionId) {
        let Some(call) = self.call(session, Side::Third) else {
            return;
        };
        call.say_goodbye(now, Side::Third);
        let heard = call.stats(Side::Third);
        call.relay.dismiss(now, rand::random());
        call.wires.dismiss(Side::Third);
        if let Some(third) = call.third.take() {
            self.ignore(&third);
            self.let_rest(vec![third]);
        }
        let side = Side::Third;
        self.outbox.tell(MediaNotice::Left {
            session,
            side,
            heard,
        });
    }

    fn succeed(&mut self, now: Moment, session: SessionId) {
        let slot = self.slots.get(&session).copied();
        let Some(call) = self.call(session, Side::Third) else {
            return;
        };
        call.say_goodbye(now, Side::Agent);
        let heard = call.stats(Side::Agent);
        call.relay.succeed(now, rand::random());
        call.wires.succeed();
        if let (Some(third), Some(slot)) = (call.third.take(), slot) {
            self.ignore(&third);
            watch(&self.epoll, slot, Side::Agent, &third);
            if let Some(call) = self.calls[slot].as_deref_mut() {
                let former = std::mem::replace(&mut call.agent, third);
                self.ignore(&former);
                self.let_rest(vec![former]);
            }
        }
        let side = Side::Agent;
        self.outbox.tell(MediaNotice::Left {
            session,
            side,
            heard,
        });
    }

    fn listen(&mut self, now: Moment, session: SessionId, mode: Monitoring) {
        if let Some(call) = self.call(session, Side::Monitor) {
            call.relay.listen(now, mode, rand::random());
            self.keep_speaking(session);
        }
    }

    fn depart(&mut self, now: Moment, session: SessionId) {
        let Some(call) = self.call(session, Side::Monitor) else {
            return;
        };
        call.say_goodbye(now, Side::Monitor);
        call.relay.depart(now);
        call.wires.dismiss(Side::Monitor);
        if let Some(monitor) = call.monitor.take() {
            self.ignore(&monitor);
            self.let_rest(vec![monitor]);
        }
    }

    /// Always answered, even for a session that never was: the exchange waits for the answer.
    fn close(&mut self, now: Moment, session: SessionId) {
        let mut closed = self.slots.remove(&session).and_then(|slot| {
            self.vacant.push(slot);
            self.calls[slot].take()
        });
        if let Some(call) = &mut closed {
            for side in Side::ALL {
                call.say_goodbye(now, side);
            }
        }
        let stats = |side| {
            closed
                .as_ref()
                .map_or(SideStats::default(), |call| call.stats(side))
        };
        let (caller, agent) = (stats(Side::Caller), stats(Side::Agent));
        let third = closed.as_ref().filter(|call| call.third.is_some());
        if let Some(heard) = third.map(|call| call.stats(Side::Third)) {
            let side = Side::Third;
            self.outbox.tell(MediaNotice::Left {
                session,
                side,
                heard,
            });
        }
        if let Some(mut call) = closed {
            if let Some(tap) = &self.tap {
                recording::turn(now, tap, &mut call, &Recording::End);
            }
            let pairs = call.into_pairs(session);
            for pair in &pairs {
                self.ignore(pair);
            }
            self.let_rest(pairs);
        }
        self.outbox.tell(MediaNotice::Closed {
            session,
            caller,
            agent,
        });
    }

    /// No packet of this pair is looked at from now on.
    fn ignore(&self, pair: &BoundPair) {
        for kind in KINDS {
            let _ = epoll::delete(&self.epoll, pair.socket(kind));
        }
    }

    fn let_rest(&self, pairs: Vec<BoundPair>) {
        // The channel has room for every pair of the range, so this is refused only at the end.
        let _ = self.landlord.try_send(PoolOrder::Rest { pairs });
    }
}

/// A pair comes into a call: what came before that is not for it.
fn let_in(epoll: &OwnedFd, slot: usize, side: Side, pair: &BoundPair) {
    for kind in KINDS {
        throw_away_stale(pair.socket(kind));
    }
    watch(epoll, slot, side, pair);
}

/// A packet of this pair is one of this side from now on.
fn watch(epoll: &OwnedFd, slot: usize, side: Side, pair: &BoundPair) {
    for kind in KINDS {
        let token = epoll::EventData::new_u64(join(slot, side, kind));
        let added = epoll::add(epoll, pair.socket(kind), token, epoll::EventFlags::IN);
        if let Err(refused) = added {
            let port = pair.ports.rtp;
            tracing::error!(port, %refused, "a socket of a call is not watched");
        }
    }
}

/// What came for an earlier call, or between the calls.
fn throw_away_stale(socket: &UdpSocket) {
    let mut byte = [0];
    for _ in 0..STALE_PACKETS_MAX {
        if socket.recv_from(&mut byte).is_err() {
            return;
        }
    }
}
