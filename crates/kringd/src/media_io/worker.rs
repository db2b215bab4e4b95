//! One relaying thread: it waits for packets of its calls, asks their relays, and sends; and speaks itself
//! where it is told to.
//!
//! Readiness is level-triggered and one packet is read for each: at one packet a socket in 20 ms a
//! second read would only learn that there is nothing, and a burst comes round again at once.

use super::{
    Waker,
    call::{Call, ENDS, join, split},
    limits::{BUFFER, EVENTS_MAX, STALE_PACKETS_MAX, SWEEP_EVERY},
    metronome::{Beat, Metronome},
    outbox::Outbox,
    ports::{BoundPair, PoolOrder},
};
use crate::clock::Clock;
use kring_media::{
    Coding, FRAME, FramePacket, Library, MediaNotice, MediaOrder, PacketKind, Program, Relay,
    Remote, SessionId, Side, SideStats, Verdict, rtp,
};
use kring_time::Moment;
use rustc_hash::FxHashMap;
use rustix::{event::epoll, io::Errno};
use std::{
    io,
    net::{SocketAddr, UdpSocket},
    os::fd::OwnedFd,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender},
    },
    time::Duration,
};

/// The token of the eventfd.
const WAKE: u64 = u64::MAX;

/// The token of the metronome.
const BEAT: u64 = u64::MAX - 1;

#[derive(Debug)]
pub(super) enum WorkerOrder {
    Open {
        session: SessionId,
        caller: BoundPair,
        agent: BoundPair,
    },
    /// Any but `Reserve` and `Open`.
    Session(MediaOrder),
    SpeakWith(Arc<Library>),
    Stop,
}

pub(super) struct Worker {
    epoll: OwnedFd,
    waker: Waker,
    clock: Clock,
    dead_after: Duration,
    library: Arc<Library>,
    outbox: Outbox,
    landlord: SyncSender<PoolOrder>,
    calls: Vec<Option<Call>>,
    vacant: Vec<usize>,
    slots: FxHashMap<SessionId, usize>,
    buffer: Box<[u8; BUFFER]>,
    metronome: Metronome,
    /// The slots of calls to which kring speaks; some may have ended meanwhile.
    speaking: Vec<usize>,
    /// When all relays are asked next whether somebody is silent.
    sweep_at: Moment,
}

/// What the loop does next.
enum Next {
    GoOn,
    End,
}

impl Worker {
    pub(super) fn new(
        dead_after: Duration,
        library: Arc<Library>,
        clock: Clock,
        outbox: Outbox,
        landlord: SyncSender<PoolOrder>,
        waker: Waker,
    ) -> io::Result<Worker> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let token = epoll::EventData::new_u64(WAKE);
        epoll::add(&epoll, &*waker.0, token, epoll::EventFlags::IN)?;
        let metronome = Metronome::new()?;
        let token = epoll::EventData::new_u64(BEAT);
        epoll::add(&epoll, &metronome, token, epoll::EventFlags::IN)?;
        Ok(Worker {
            epoll,
            waker,
            clock,
            dead_after,
            library,
            outbox,
            landlord,
            calls: Vec::new(),
            vacant: Vec::new(),
            slots: FxHashMap::default(),
            buffer: Box::new([0; BUFFER]),
            metronome,
            speaking: Vec::new(),
            sweep_at: Moment::BOOT,
        })
    }

    pub(super) fn run(mut self, orders: &Receiver<WorkerOrder>) {
        let nothing = epoll::Event {
            flags: epoll::EventFlags::empty(),
            data: epoll::EventData::new_u64(0),
        };
        let mut events = [nothing; EVENTS_MAX];
        loop {
            let ready = match epoll::wait(&self.epoll, &mut events, None) {
                Ok(ready) => ready,
                Err(Errno::INTR) => continue,
                Err(refused) => {
                    tracing::error!(%refused, "a media thread ends: its calls are silent now");
                    return;
                }
            };
            let now = self.clock.now();
            let mut woken = false;
            for event in &events[..ready] {
                match event.data.u64() {
                    WAKE => woken = true,
                    BEAT => self.beat(now),
                    token => self.serve(now, token),
                }
            }
            if woken {
                self.waker.settle();
                if let Next::End = self.obey(now, orders) {
                    return;
                }
                self.keep_time();
            }
        }
    }

    /// One packet of one socket.
    fn serve(&mut self, now: Moment, token: u64) {
        let (slot, side, kind) = split(token);
        let Some(call) = self.calls.get_mut(slot).and_then(Option::as_mut) else {
            return;
        };
        let buffer = &mut self.buffer[..];
        // An error here is a packet that went bad in the kernel; there will be others.
        let Ok((length, from)) = call.socket(side, kind).recv_from(buffer) else {
            return;
        };
        let packet = &buffer[..length];
        let from = canonical(from);
        let sent = match call.relay.packet(now, side, kind, from, packet) {
            Verdict::Forward { out, to } => call.send(out, kind, packet, to),
            Verdict::Renumber { out, to, header } => {
                buffer[..rtp::HEADER].copy_from_slice(&header);
                call.send(out, kind, &buffer[..length], to)
            }
            Verdict::Replace { out, to, by } => call.send(out, kind, &by, to),
            Verdict::Drop(_) => Ok(()),
        };
        if sent.is_err() {
            call.unsent += 1;
        }
        while let Some(notice) = call.relay.poll_notice() {
            self.outbox.tell(notice);
        }
    }

    fn beat(&mut self, now: Moment) {
        self.metronome.hear();
        self.speak(now);
        if self.sweep_at <= now {
            self.sweep_at = now + SWEEP_EVERY;
            for call in self.calls.iter_mut().flatten() {
                call.relay.wake(now);
                while let Some(notice) = call.relay.poll_notice() {
                    self.outbox.tell(notice);
                }
            }
        }
        self.outbox.flush();
        self.keep_time();
    }

    /// A frame for everybody to whom kring speaks. All of a thread's are sent in one turn.
    fn speak(&mut self, now: Moment) {
        let mut packet: FramePacket = [0; rtp::HEADER + FRAME];
        let (calls, outbox) = (&mut self.calls, &mut self.outbox);
        self.speaking.retain(|slot| {
            let Some(call) = calls.get_mut(*slot).and_then(Option::as_mut) else {
                return false;
            };
            for side in Side::BOTH {
                while let Some(to) = call.relay.next_frame(now, side, &mut packet) {
                    if call.send(side, PacketKind::Rtp, &packet, to).is_err() {
                        call.unsent += 1;
                    }
                }
            }
            while let Some(notice) = call.relay.poll_notice() {
                outbox.tell(notice);
            }
            call.relay.speaks()
        });
    }

    fn play(
        &mut self,
        now: Moment,
        session: SessionId,
        side: Side,
        coding: Coding,
        said: &Program,
    ) {
        let Some(slot) = self.slots.get(&session).copied() else {
            return;
        };
        let player = self.library.player(said, coding);
        if let Some(call) = self.calls.get_mut(slot).and_then(Option::as_mut) {
            let chance = rand::random();
            let number = coding.payload_type;
            call.relay.play(now, side, player, number, chance);
            if !self.speaking.contains(&slot) {
                self.speaking.push(slot);
            }
        }
    }

    /// Without calls and with everything told, the thread sleeps until it is woken.
    fn keep_time(&mut self) {
        let idle = self.slots.is_empty() && self.outbox.is_empty();
        self.metronome.set(match (idle, self.speaking.is_empty()) {
            (_, false) => Beat::Frames,
            (false, true) => Beat::Sweeps,
            (true, true) => Beat::Still,
        });
    }

    fn obey(&mut self, now: Moment, orders: &Receiver<WorkerOrder>) -> Next {
        while let Ok(order) = orders.try_recv() {
            match order {
                WorkerOrder::Open {
                    session,
                    caller,
                    agent,
                } => self.open(session, caller, agent),
                WorkerOrder::Session(MediaOrder::Remote {
                    session,
                    side,
                    rtp,
                    rtcp,
                    sends,
                    receives,
                }) => {
                    let remote = Remote {
                        rtp,
                        rtcp,
                        sends,
                        receives,
                    };
                    if let Some(call) = self.call(session) {
                        call.relay.set_remote(now, side, remote);
                    }
                }
                WorkerOrder::Session(MediaOrder::Press {
                    session,
                    side,
                    key,
                    duration_ms,
                    payload_type,
                }) => {
                    if let Some(call) = self.call(session) {
                        call.relay.press(side, key, duration_ms, payload_type);
                    }
                }
                WorkerOrder::Session(MediaOrder::Play {
                    session,
                    side,
                    coding,
                    program,
                }) => self.play(now, session, side, coding, &program),
                WorkerOrder::Session(MediaOrder::Hush { session, side }) => {
                    if let Some(call) = self.call(session) {
                        call.relay.hush(side);
                    }
                }
                WorkerOrder::Session(MediaOrder::Close { session }) => self.close(session),
                WorkerOrder::Session(
                    order @ (MediaOrder::Admit { .. }
                    | MediaOrder::Join { .. }
                    | MediaOrder::Dismiss { .. }
                    | MediaOrder::Succeed { .. }),
                ) => tracing::error!(
                    order = order.name(),
                    "a media order of three is not known yet"
                ),
                // `MediaHandle` sends no others this way.
                WorkerOrder::Session(MediaOrder::Reserve { .. } | MediaOrder::Open { .. }) => {}
                WorkerOrder::SpeakWith(library) => self.library = library,
                WorkerOrder::Stop => return Next::End,
            }
        }
        Next::GoOn
    }

    fn call(&mut self, session: SessionId) -> Option<&mut Call> {
        let slot = *self.slots.get(&session)?;
        self.calls.get_mut(slot)?.as_mut()
    }

    fn open(&mut self, session: SessionId, caller: BoundPair, agent: BoundPair) {
        let call = Call {
            relay: Relay::new(session, self.dead_after),
            caller,
            agent,
            unsent: 0,
        };
        if self.slots.contains_key(&session) {
            tracing::error!(session = session.0, "a media session was opened twice");
            self.let_rest(call);
            return;
        }
        let slot = self.vacant.pop().unwrap_or_else(|| {
            self.calls.push(None);
            self.calls.len() - 1
        });
        for (side, kind) in ENDS {
            let socket = call.socket(side, kind);
            throw_away_stale(socket);
            let token = epoll::EventData::new_u64(join(slot, side, kind));
            let added = epoll::add(&self.epoll, socket, token, epoll::EventFlags::IN);
            if let Err(refused) = added {
                tracing::error!(session = session.0, %refused, "a socket of a call is not watched");
            }
        }
        self.slots.insert(session, slot);
        self.calls[slot] = Some(call);
    }

    /// Always answered, even for a session that never was: the exchange waits for the answer.
    fn close(&mut self, session: SessionId) {
        let closed = self.slots.remove(&session).and_then(|slot| {
            self.vacant.push(slot);
            self.calls[slot].take()
        });
        let stats = |side| {
            closed
                .as_ref()
                .map_or(SideStats::default(), |c| c.relay.stats(side))
        };
        let (caller, agent) = (stats(Side::Caller), stats(Side::Agent));
        if let Some(call) = closed {
            for (side, kind) in ENDS {
                let _ = epoll::delete(&self.epoll, call.socket(side, kind));
            }
            if call.unsent > 0 {
                let unsent = call.unsent;
                tracing::warn!(
                    session = session.0,
                    unsent,
                    "packets of a call could not be sent"
                );
            }
            self.let_rest(call);
        }
        self.outbox.tell(MediaNotice::Closed {
            session,
            caller,
            agent,
        });
    }

    fn let_rest(&self, call: Call) {
        let Call { caller, agent, .. } = call;
        // The channel has room for every pair of the range, so this is refused only at the end.
        let _ = self.landlord.try_send(PoolOrder::Rest { caller, agent });
    }
}

/// A socket for both families shows IPv4 as `::ffff:a.b.c.d`; SDP does not.
fn canonical(from: SocketAddr) -> SocketAddr {
    match from {
        SocketAddr::V4(_) => from,
        SocketAddr::V6(six) => match six.ip().to_ipv4_mapped() {
            Some(four) => SocketAddr::new(four.into(), six.port()),
            None => from,
        },
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
