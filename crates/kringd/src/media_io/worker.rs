//! One relaying thread: it waits for packets of its calls, asks their relays, and sends; and speaks itself
//! where it is told to, or mixes. What it is told, it obeys in `orders`.
//!
//! Readiness is level-triggered and one packet is read for each: at one packet a socket in 20 ms a
//! second read would only learn that there is nothing, and a burst comes round again at once. Sockets are not connected,
//! although that would spare the kernel a look at its routes: it would then answer strangers (ICMP), uncounted.

mod orders;
mod recording;

use super::{
    Waker,
    call::{Call, split},
    limits::{BUFFER, EVENTS_MAX, GATHER, SWEEP_EVERY},
    metronome::{Beat, Metronome},
    outbox::Outbox,
    pace::Pace,
    ports::PoolOrder,
};
use crate::{clock::Clock, recording::Tap};
use kring_media::{
    Channel, FRAME, FramePacket, Library, PacketKind, SessionId, Side, Verdict, rtp,
};
use kring_time::Moment;
use orders::Next;
pub(super) use orders::WorkerOrder;
use rustc_hash::FxHashMap;
use rustix::{
    event::{Timespec, epoll},
    io::Errno,
};
use std::{
    io,
    net::SocketAddr,
    os::fd::OwnedFd,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender},
    },
    time::Duration,
};

/// No wait for packets.
const AT_ONCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 0,
};

/// The token of the eventfd.
const WAKE: u64 = u64::MAX;

/// The token of the metronome.
const BEAT: u64 = u64::MAX - 1;

pub(super) struct Worker {
    epoll: OwnedFd,
    waker: Waker,
    clock: Clock,
    dead_after: Duration,
    library: Arc<Library>,
    outbox: Outbox,
    /// The way to whoever records; none: nobody does.
    tap: Option<Tap>,
    landlord: SyncSender<PoolOrder>,
    calls: Vec<Option<Box<Call>>>,
    vacant: Vec<usize>,
    slots: FxHashMap<SessionId, usize>,
    buffer: Box<[u8; BUFFER]>,
    /// A packet that was made of the one in `buffer`.
    recoded: Box<[u8; BUFFER]>,
    pace: Pace,
    metronome: Metronome,
    /// The slots of calls to which kring speaks, or which it mixes; some may have ended meanwhile.
    speaking: Vec<usize>,
    /// When all relays are asked next whether somebody is silent.
    sweep_at: Moment,
}

impl Worker {
    pub(super) fn new(
        dead_after: Duration,
        library: Arc<Library>,
        clock: Clock,
        (outbox, tap): (Outbox, Option<Tap>),
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
            tap,
            landlord,
            calls: Vec::new(),
            vacant: Vec::new(),
            slots: FxHashMap::default(),
            buffer: Box::new([0; BUFFER]),
            recoded: Box::new([0; BUFFER]),
            pace: Pace::default(),
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
        let mut rested = false;
        loop {
            // A socket from which one packet was read may hold more: only when all are empty is there a rest.
            let patience = (self.pace.is_fast() && !rested).then_some(&AT_ONCE);
            let ready = match epoll::wait(&self.epoll, &mut events, patience) {
                Ok(0) => {
                    std::thread::sleep(GATHER);
                    rested = true;
                    continue;
                }
                Ok(ready) => ready,
                Err(Errno::INTR) => continue,
                Err(refused) => {
                    tracing::error!(%refused, "a media thread ends: its calls are silent now");
                    return;
                }
            };
            rested = false;
            let now = self.clock.now();
            self.pace.note(now, ready);
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
        let Some(call) = self.calls.get_mut(slot).and_then(Option::as_deref_mut) else {
            return;
        };
        let buffer = &mut self.buffer[..];
        // An error here is a packet that went bad in the kernel; there will be others.
        let received = call.socket(side, kind).map(|s| s.recv_from(buffer));
        let Some(Ok((mut length, from))) = received else {
            return;
        };
        let from = canonical(from);
        // A stranger's packet is not worth a cipher: the relay counts it as it is.
        if call.wires.is_sealed(side) && call.relay.expects(side, kind, from) {
            match call.wires.open(side, kind, buffer, length) {
                Some(opened) => length = opened,
                None => return,
            }
        }
        let packet = &buffer[..length];
        let verdict = call.relay.packet(now, side, kind, from, packet);
        if side == Side::Caller && kind == PacketKind::Rtp && verdict.is_of_side() {
            call.record(now, &mut self.tap, Channel::Said, packet);
        }
        let out = match verdict {
            Verdict::Forward { out, to } => Some((out, packet, to)),
            Verdict::Renumber { out, to, header } => {
                buffer[..rtp::HEADER].copy_from_slice(&header);
                Some((out, &buffer[..length], to))
            }
            Verdict::Replace { out, to, ref by } => Some((out, &by[..], to)),
            Verdict::Recode { out, to, by } => {
                let length = call.relay.recode(by, packet, &mut self.recoded[..]);
                (length > 0).then_some((out, &self.recoded[..length], to))
            }
            Verdict::Drop(_) => None,
        };
        if let Some((out, packet, to)) = out {
            call.send(now, out, packet, to);
            if out == Side::Caller {
                call.record(now, &mut self.tap, Channel::Heard, packet);
            }
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
                call.send_reports(now);
                while let Some(notice) = call.relay.poll_notice() {
                    self.outbox.tell(notice);
                }
            }
        }
        self.outbox.flush();
        self.keep_time();
    }

    /// A frame for everybody to whom kring speaks or for whom it mixes. All of a thread's are sent in one
    /// turn.
    fn speak(&mut self, now: Moment) {
        let mut packet: FramePacket = [0; rtp::HEADER + FRAME];
        let (calls, outbox, tap) = (&mut self.calls, &mut self.outbox, &mut self.tap);
        self.speaking.retain(|slot| {
            let Some(call) = calls.get_mut(*slot).and_then(Option::as_deref_mut) else {
                return false;
            };
            for side in Side::ALL {
                while let Some(to) = call.relay.next_frame(now, side, &mut packet) {
                    call.send(now, side, &packet, to);
                    if side == Side::Caller {
                        call.record(now, tap, Channel::Heard, &packet);
                    }
                }
            }
            while let Some((side, to, length)) = call.relay.next_mixed(now, &mut packet) {
                let packet = &packet[..length];
                call.send(now, side, packet, to);
                if side == Side::Caller {
                    call.record(now, tap, Channel::Heard, packet);
                }
            }
            while let Some(notice) = call.relay.poll_notice() {
                outbox.tell(notice);
            }
            call.relay.speaks()
        });
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
