//! RTP at 50 packets a second for each direction of each call, and its account at the other end.
//!
//! One thread speaks, every tenth of a millisecond a two-hundredth of the streams, for telephones do not speak in step; one
//! listens, and looks at its sockets every millisecond: a thread that waited for each packet would be woken by whoever
//! sends it, and that is the program that is measured.

use super::batch::{Batch, PACKETS, sleep_exactly};
use crate::Outcome;
use std::{
    net::{SocketAddrV4, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed},
    },
    thread::JoinHandle,
    time::{Duration, Instant, SystemTime},
};

/// How often the speaker speaks.
const TICK: Duration = Duration::from_micros(100);

/// Ticks in the 20 ms of sound of a packet.
const FRAME_TICKS: u64 = 200;

/// Header and 20 ms of A-law.
const LENGTH: usize = 172;

/// Begins the payload: what does not have it is none of ours.
const MAGIC: [u8; 4] = *b"krng";

/// What is on its way at the end is waited for so long.
const DRAIN: Duration = Duration::from_millis(400);

/// Delays are counted in steps of 5 µs up to 500 ms.
const STEP_US: u64 = 5;
const STEPS: usize = 100_000;

/// The streams that one side sends.
pub(super) struct Direction {
    pub(super) from: Vec<UdpSocket>,
    /// Each stream's socket and target.
    pub(super) to: Vec<(usize, SocketAddrV4)>,
}

/// Both directions at work.
pub(super) struct Window {
    shared: Arc<Shared>,
    speaker: JoinHandle<()>,
    listener: JoinHandle<Heard>,
}

struct Shared {
    stop: AtomicBool,
    deaf: AtomicBool,
    /// 1: packets of now count.
    counts: AtomicU8,
    sent: AtomicU64,
}

/// What came of the packets that count.
pub(super) struct Heard {
    pub(super) sent: u64,
    pub(super) got: u64,
    delays: Vec<u32>,
}

impl Window {
    pub(super) fn open(directions: &[Direction; 2]) -> Outcome<Window> {
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            deaf: AtomicBool::new(false),
            counts: AtomicU8::new(0),
            sent: AtomicU64::new(0),
        });
        let mut ears = Vec::new();
        let mut mouths = Vec::new();
        for direction in directions {
            let cloned: Result<Vec<_>, _> =
                direction.from.iter().map(UdpSocket::try_clone).collect();
            ears.extend(cloned?);
            let cloned: Result<Vec<_>, _> =
                direction.from.iter().map(UdpSocket::try_clone).collect();
            mouths.push((cloned?, direction.to.clone()));
        }
        let (speaks, listens) = (shared.clone(), shared.clone());
        Ok(Window {
            shared,
            speaker: std::thread::spawn(move || speaks.speak(&mouths)),
            listener: std::thread::spawn(move || listens.listen(&ears)),
        })
    }

    pub(super) fn count(&self) {
        self.shared.counts.store(1, Relaxed);
    }

    pub(super) fn count_no_more(&self) {
        self.shared.counts.store(0, Relaxed);
    }

    pub(super) fn close(self) -> Heard {
        self.shared.stop.store(true, Relaxed);
        let _ = self.speaker.join();
        std::thread::sleep(DRAIN);
        self.shared.deaf.store(true, Relaxed);
        let mut heard = self.listener.join().unwrap_or_else(|_| Heard::new());
        heard.sent = self.shared.sent.load(Relaxed);
        heard
    }
}

impl Shared {
    fn speak(&self, mouths: &[(Vec<UdpSocket>, Vec<(usize, SocketAddrV4)>)]) {
        let mut batch = Batch::new();
        sleep_exactly();
        let began = Instant::now();
        for tick in 0_u64.. {
            if self.stop.load(Relaxed) {
                return;
            }
            let due = began + TICK * tick as u32;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            for (side, (sockets, streams)) in mouths.iter().enumerate() {
                for (n, socket) in sockets.iter().enumerate() {
                    self.speak_by(&mut batch, (n, socket), (tick, side), streams);
                }
            }
        }
    }

    /// The packets of one socket that are due at this tick.
    fn speak_by(
        &self,
        batch: &mut Batch,
        (own, socket): (usize, &UdpSocket),
        (tick, side): (u64, usize),
        streams: &[(usize, SocketAddrV4)],
    ) {
        let counts = self.counts.load(Relaxed);
        let sequence = (tick / FRAME_TICKS) as u32;
        let mut filled = 0;
        let due = ((tick % FRAME_TICKS) as usize..streams.len()).step_by(FRAME_TICKS as usize);
        for stream in due {
            let (by, to) = streams[stream];
            if by != own {
                continue;
            }
            let packet = batch.packet(filled);
            packet[..2].copy_from_slice(&[0x80, 8]);
            packet[2..4].copy_from_slice(&(sequence as u16).to_be_bytes());
            packet[4..8].copy_from_slice(&(sequence * 160).to_be_bytes());
            packet[8..12].copy_from_slice(&(2 * stream as u32 + side as u32).to_be_bytes());
            packet[12..16].copy_from_slice(&MAGIC);
            packet[16] = counts;
            packet[17..25].copy_from_slice(&micros().to_be_bytes());
            batch.address(filled, LENGTH, to);
            filled += 1;
            if filled == PACKETS {
                self.send(batch, socket, filled, counts);
                filled = 0;
            }
        }
        self.send(batch, socket, filled, counts);
    }

    fn send(&self, batch: &mut Batch, socket: &UdpSocket, many: usize, counts: u8) {
        let sent = batch.send(socket, many) as u64;
        self.sent.fetch_add(sent * u64::from(counts), Relaxed);
    }

    fn listen(&self, ears: &[UdpSocket]) -> Heard {
        let mut batch = Batch::new();
        let mut heard = Heard::new();
        while !self.deaf.load(Relaxed) {
            std::thread::sleep(Duration::from_millis(1));
            for socket in ears {
                loop {
                    let came = batch.receive(socket);
                    for n in 0..came {
                        let (packet, at) = batch.came(n);
                        heard.hear(packet, at);
                    }
                    if came < PACKETS {
                        break;
                    }
                }
            }
        }
        heard
    }
}

impl Heard {
    fn new() -> Heard {
        Heard {
            sent: 0,
            got: 0,
            delays: vec![0; STEPS],
        }
    }

    fn hear(&mut self, packet: &[u8], at: Duration) {
        if packet.len() != LENGTH || packet[12..16] != MAGIC || packet[16] == 0 {
            return;
        }
        let sent = packet[17..]
            .first_chunk()
            .map_or(0, |at| u64::from_be_bytes(*at));
        let delay = (at.as_micros() as u64).saturating_sub(sent);
        self.delays[((delay / STEP_US) as usize).min(STEPS - 1)] += 1;
        self.got += 1;
    }

    /// Takes in what another round has heard.
    pub(super) fn add(&mut self, other: &Heard) {
        self.sent += other.sent;
        self.got += other.got;
        for (own, their) in self.delays.iter_mut().zip(&other.delays) {
            *own += their;
        }
    }

    pub(super) fn lost_percent(&self) -> f64 {
        100.0 * self.sent.saturating_sub(self.got) as f64 / self.sent.max(1) as f64
    }

    /// The delay that so many of a thousand packets do not exceed, µs.
    pub(super) fn delay_us(&self, permille: u64) -> u64 {
        let wanted = (self.got * permille).div_ceil(1_000);
        let mut passed = 0;
        for (step, count) in self.delays.iter().enumerate() {
            passed += u64::from(*count);
            if passed >= wanted {
                return step as u64 * STEP_US;
            }
        }
        0
    }
}

fn micros() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_micros() as u64)
}

impl Default for Heard {
    fn default() -> Heard {
        Heard::new()
    }
}
