//! RTP at 50 packets a second for each direction of each call, and its account at the other end.

use crate::Outcome;
use kring_media::rtp;
use rustix::{
    buffer::spare_capacity,
    event::{Timespec, epoll},
};
use std::{
    net::{SocketAddr, UdpSocket},
    os::fd::OwnedFd,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// Milliseconds of sound in a packet; the streams are spread over them.
const FRAME_MS: u64 = 20;

/// A-law, 20 ms.
const SAMPLES: usize = 160;

/// Delays are counted in steps of 10 µs up to 100 ms.
const STEP_US: u64 = 10;
const STEPS: usize = 10_000;

/// The streams that one side sends.
pub(crate) struct Direction {
    pub(crate) from: Vec<UdpSocket>,
    /// Each stream's socket and target.
    pub(crate) to: Vec<(usize, SocketAddr)>,
}

/// How what comes is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listening {
    /// Each packet when it comes, so that its delay can be told.
    AtOnce,
    /// What has come meanwhile, every few milliseconds. Whoever sends to a thread that waits pays for waking
    /// it, and on one machine that is the daemon: far more than the packet costs.
    NowAndThen,
}

/// How often is listened now and then: a quarter of a packet's length, and far less than a socket holds.
const NAP: Duration = Duration::from_millis(5);

/// Both directions at work.
pub(crate) struct Streams {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    began: Instant,
    stop: AtomicBool,
    sent: AtomicU64,
    got: AtomicU64,
    late_ticks: AtomicU64,
    delays: Vec<AtomicU64>,
}

/// What was counted so far, or between two counts.
#[derive(Clone)]
pub(crate) struct Count {
    pub(crate) sent: u64,
    pub(crate) got: u64,
    pub(crate) late_ticks: u64,
    delays: Vec<u64>,
}

impl Streams {
    pub(crate) fn start(directions: [Direction; 2], how: Listening) -> Outcome<Streams> {
        let shared = Arc::new(Shared {
            began: Instant::now(),
            stop: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            got: AtomicU64::new(0),
            late_ticks: AtomicU64::new(0),
            delays: (0..STEPS).map(|_| AtomicU64::new(0)).collect(),
        });
        let mut threads = Vec::new();
        let ears = Ears::open(directions.iter().flat_map(|direction| &direction.from))?;
        let listener = shared.clone();
        threads.push(std::thread::spawn(move || listener.listen(&ears, how)));
        let speaker = shared.clone();
        threads.push(std::thread::spawn(move || speaker.speak(&directions)));
        Ok(Streams { shared, threads })
    }

    pub(crate) fn count(&self) -> Count {
        let shared = &self.shared;
        Count {
            sent: shared.sent.load(Relaxed),
            got: shared.got.load(Relaxed),
            late_ticks: shared.late_ticks.load(Relaxed),
            delays: shared
                .delays
                .iter()
                .map(|count| count.load(Relaxed))
                .collect(),
        }
    }

    pub(crate) fn stop(self) {
        self.shared.stop.store(true, Relaxed);
        for thread in self.threads {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn speak(&self, directions: &[Direction; 2]) {
        let mut packet = Vec::with_capacity(rtp::HEADER + SAMPLES);
        let mut payload = [0xd5; SAMPLES];
        for tick in 0_u64.. {
            if self.stop.load(Relaxed) {
                return;
            }
            let due = self.began + Duration::from_millis(tick);
            match due.checked_duration_since(Instant::now()) {
                Some(early) => std::thread::sleep(early),
                None if due.elapsed() > Duration::from_millis(5) => {
                    self.late_ticks.fetch_add(1, Relaxed);
                }
                None => {}
            }
            let sequence = (tick / FRAME_MS) as u16;
            let timestamp = sequence as u32 * SAMPLES as u32;
            for (side, Direction { from, to }) in directions.iter().enumerate() {
                let slot = (tick % FRAME_MS) as usize;
                for stream in (slot..to.len()).step_by(FRAME_MS as usize) {
                    let sent_at = self.began.elapsed().as_micros() as u64;
                    payload[..8].copy_from_slice(&sent_at.to_be_bytes());
                    let ssrc = (2 * stream + side) as u32;
                    rtp::write(&mut packet, 8, sequence, timestamp, ssrc, &payload);
                    let (socket, target) = to[stream];
                    if from[socket].send_to(&packet, target).is_ok() {
                        self.sent.fetch_add(1, Relaxed);
                    }
                }
            }
        }
    }

    fn listen(&self, ears: &Ears, how: Listening) {
        let mut ready = Vec::with_capacity(ears.sockets.len());
        let patience = Timespec {
            tv_sec: 0,
            tv_nsec: 100_000_000,
        };
        while !self.stop.load(Relaxed) {
            if how == Listening::NowAndThen {
                std::thread::sleep(NAP);
                ears.sockets.iter().for_each(|socket| self.drain(socket));
                continue;
            }
            ready.clear();
            let _ = epoll::wait(&ears.epoll, spare_capacity(&mut ready), Some(&patience));
            for event in &ready {
                self.drain(&ears.sockets[event.data.u64() as usize]);
            }
        }
    }

    fn drain(&self, socket: &UdpSocket) {
        let mut buffer = [0; 2_048];
        while let Ok((length, _)) = socket.recv_from(&mut buffer) {
            self.hear(&buffer[..length]);
        }
    }

    fn hear(&self, packet: &[u8]) {
        let payload = rtp::payload(packet).and_then(|sound| sound.first_chunk::<8>());
        let Some(sent_at) = payload.map(|stamp| u64::from_be_bytes(*stamp)) else {
            return;
        };
        let now = self.began.elapsed().as_micros() as u64;
        let step = (now.saturating_sub(sent_at) / STEP_US) as usize;
        self.delays[step.min(STEPS - 1)].fetch_add(1, Relaxed);
        self.got.fetch_add(1, Relaxed);
    }
}

/// All sockets behind one epoll and one thread. A thread for each would be woken by each packet, and
/// waking it is charged to the daemon that sent it.
struct Ears {
    epoll: OwnedFd,
    sockets: Vec<UdpSocket>,
}

impl Ears {
    fn open<'a>(sockets: impl Iterator<Item = &'a UdpSocket>) -> Outcome<Ears> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let sockets = sockets
            .map(UdpSocket::try_clone)
            .collect::<Result<Vec<_>, _>>()?;
        for (n, socket) in sockets.iter().enumerate() {
            socket.set_nonblocking(true)?;
            let token = epoll::EventData::new_u64(n as u64);
            epoll::add(&epoll, socket, token, epoll::EventFlags::IN)?;
        }
        Ok(Ears { epoll, sockets })
    }
}

impl Count {
    pub(crate) fn since(&self, before: &Count) -> Count {
        Count {
            sent: self.sent - before.sent,
            got: self.got - before.got,
            late_ticks: self.late_ticks - before.late_ticks,
            delays: self
                .delays
                .iter()
                .zip(&before.delays)
                .map(|(now, then)| now - then)
                .collect(),
        }
    }

    /// A few packets are on their way at both counts, so a loss below 0.01 % may be none.
    pub(crate) fn loss_percent(&self) -> f64 {
        100.0 * self.sent.saturating_sub(self.got) as f64 / self.sent.max(1) as f64
    }

    /// The delay that so many percent of the packets do not exceed, µs.
    pub(crate) fn delay_us(&self, percent: u64) -> u64 {
        let wanted = (self.delays.iter().sum::<u64>() * percent).div_ceil(100);
        let mut passed = 0;
        for (step, count) in self.delays.iter().enumerate() {
            passed += count;
            if passed >= wanted {
                return (step as u64 + 1) * STEP_US;
            }
        }
        0
    }
}
