//! A tape: every RTP packet that came to a port of ours and when, so that a stream can be judged as a whole.
//!
//! When is the kernel's word: on one machine it is the moment at which the packet was sent, however long the
//! thread that holds the tape had to wait for its turn.

use kring_media::{Playable, rtp, tone};
use std::{
    net::UdpSocket,
    os::fd::AsRawFd,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Bytes of an RTP header without extensions (RFC 3550 section 5.1).
const HEADER: usize = 12;

/// Milliseconds of sound in a packet.
const FRAME_MS: u64 = 20;

/// When the packet that was read last came, as a `timespec` (socket(7)). The first time it says that there is none, and
/// the kernel takes the time from then on.
const SIOCGSTAMPNS: u32 = 0x8907;

/// How often the pulse of the machine is felt.
const BEAT: Duration = Duration::from_millis(5);

/// A tape that runs.
pub struct Tape {
    pub port: u16,
    /// For whoever speaks from where the tape listens.
    pub socket: Arc<UdpSocket>,
    packets: Arc<Mutex<Vec<Heard>>>,
    stop: Arc<AtomicBool>,
    running: JoinHandle<()>,
    pulse: JoinHandle<()>,
    /// By how much the machine was late so far, µs.
    late_by_us: Arc<AtomicU64>,
}

/// One packet.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Since 1970.
    pub at: Duration,
    pub packet: Vec<u8>,
}

/// What was on it.
pub struct Recorded {
    pub packets: Vec<Heard>,
    /// The longest that the machine kept a thread of the daemon's priority waiting, which wanted nothing but to wake. A
    /// quiet machine is late by less than a millisecond.
    pub late_by: Duration,
}

impl Tape {
    /// Records from now on.
    pub fn runs() -> Tape {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let _ = came(&socket);
        let patience = Some(Duration::from_millis(100));
        socket.set_read_timeout(patience).expect("a timeout");
        let port = socket.local_addr().expect("bound").port();
        let (socket, stop) = (Arc::new(socket), Arc::new(AtomicBool::new(false)));
        let packets = Arc::<Mutex<Vec<Heard>>>::default();
        let (ear, told, tape) = (socket.clone(), stop.clone(), packets.clone());
        let running = std::thread::spawn(move || {
            let mut buffer = [0; 2_000];
            while !told.load(Ordering::Relaxed) {
                if let Ok((length, _)) = ear.recv_from(&mut buffer) {
                    let at = came(&ear).unwrap_or_else(now);
                    let packet = buffer[..length].to_vec();
                    let heard = Heard { at, packet };
                    tape.lock().expect("nobody panics with it").push(heard);
                }
            }
        });
        let late_by_us = Arc::<AtomicU64>::default();
        let (told, latest) = (stop.clone(), late_by_us.clone());
        let pulse = std::thread::spawn(move || feel_the_pulse(&told, &latest));
        Tape {
            port,
            socket,
            packets,
            stop,
            running,
            pulse,
            late_by_us,
        }
    }

    /// Stops it.
    pub fn stop(self) -> Recorded {
        self.stop.store(true, Ordering::Relaxed);
        let late_by = self.late_by();
        self.running.join().expect("a tape does not tear");
        self.pulse.join().expect("a pulse goes on");
        let mut packets = self.packets.lock().expect("nobody panics with it");
        let packets = std::mem::take(&mut *packets);
        Recorded { packets, late_by }
    }

    /// The last packets so far, if they are so many and the last of them came just now.
    pub fn just_now(&self, count: usize) -> Option<Recorded> {
        let heard = self.packets.lock().expect("nobody panics with it");
        let from = heard.len().checked_sub(count)?;
        let fresh = now().saturating_sub(heard.last()?.at) < Duration::from_millis(200);
        fresh.then(|| Recorded {
            packets: heard[from..].to_vec(),
            late_by: self.late_by(),
        })
    }

    fn late_by(&self) -> Duration {
        Duration::from_micros(self.late_by_us.load(Ordering::Relaxed))
    }
}

impl Recorded {
    /// One source, no number missing or twice, and one line of timestamps that follows the time: it goes on
    /// by a frame, or, where a spurt begins, by whole frames.
    pub fn assert_one_stream(&self) {
        let seen: Vec<_> = (self.packets.iter())
            .map(|heard| rtp::look(&heard.packet).expect("RTP"))
            .collect();
        let (first, began) = (seen[0], self.packets[0].at);
        for (n, (one, heard)) in seen.iter().zip(&self.packets).enumerate() {
            assert_eq!(one.ssrc, first.ssrc, "packet {n}");
            let number = first.sequence.wrapping_add(n as u16);
            assert_eq!(one.sequence, number, "packet {n}");
            let line = i64::from(one.timestamp.wrapping_sub(first.timestamp)) / 8;
            let clock = heard.at.saturating_sub(began).as_millis() as i64;
            // Never ahead of the time; behind it as far as a person's telephone, which is one of this
            // machine's processes, was held up.
            assert!(
                (-5_000..500).contains(&(line - clock)),
                "packet {n}: {line} ms at {clock} ms"
            );
        }
        for (n, two) in seen.windows(2).enumerate() {
            let step = two[1].timestamp.wrapping_sub(two[0].timestamp);
            let begins = self.packets[n + 1].packet[1] & 0x80 != 0;
            let whole = begins && step > 0 && step.is_multiple_of(160);
            assert!(step == 160 || whole, "packet {n}: a step of {step}");
        }
    }

    /// The gaps among the first `count` packets that are longer than so long and than the machine was ever late by beside
    /// that: after which packet, and the gap; and the longest of all.
    pub fn gaps(&self, count: usize, longer_than: Duration) -> (Vec<(usize, Duration)>, Duration) {
        let gaps: Vec<Duration> = (self.packets[..count].windows(2))
            .map(|two| two[1].at.saturating_sub(two[0].at))
            .collect();
        let longest = gaps.iter().max().copied().unwrap_or_default();
        let gaps = gaps.into_iter().enumerate();
        let bound = longer_than.saturating_add(self.late_by);
        let long = gaps.filter(|(_, gap)| *gap > bound).collect();
        (long, longest)
    }

    /// The places in the tape at which a talk spurt begins: another one speaks (RFC 3551 section 4.1).
    pub fn spurts(&self) -> Vec<usize> {
        let marked = |(_, heard): &(usize, &Heard)| heard.packet[1] & 0x80 != 0;
        let marks = self.packets.iter().enumerate().filter(marked);
        marks.map(|(n, _)| n).collect()
    }

    /// What the packets of a stretch of the tape say, at 8 kHz.
    pub fn sound(&self, coding: Playable, from: usize, until: usize) -> Vec<i16> {
        let bytes: Vec<u8> = self.packets[from..until.min(self.packets.len())]
            .iter()
            .flat_map(|heard| heard.packet[HEADER..].to_vec())
            .collect();
        let samples = coding.decode(&bytes);
        let every = (coding.sample_rate() / 8_000) as usize;
        samples.chunks_exact(every).map(|some| some[0]).collect()
    }
}

/// Since 1970.
fn now() -> Duration {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default()
}

/// A thread of the daemon's priority that has nothing to do but to wake every few milliseconds: by how much it was late
/// at most, until it is told to stop. On a machine that is shared that may be a tenth of a second, and no program can
/// send a packet meanwhile.
fn feel_the_pulse(told: &AtomicBool, latest_us: &AtomicU64) {
    // SAFETY: it concerns this thread alone (setpriority(2)).
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, crate::kring::NICE) };
    let mut last = Instant::now();
    while !told.load(Ordering::Relaxed) {
        std::thread::sleep(BEAT);
        let late = last.elapsed().saturating_sub(BEAT);
        latest_us.fetch_max(late.as_micros() as u64, Ordering::Relaxed);
        last = Instant::now();
    }
}

/// When the packet that was read last came.
fn came(socket: &UdpSocket) -> Option<Duration> {
    let mut at = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the socket is open, and the kernel writes one `timespec`.
    let told = unsafe { libc::ioctl(socket.as_raw_fd(), SIOCGSTAMPNS.into(), &raw mut at) };
    (told == 0).then(|| Duration::new(at.tv_sec as u64, at.tv_nsec as u32))
}

/// So many packets are so long.
pub const fn packets_of_ms(ms: u64) -> usize {
    (ms / FRAME_MS) as usize
}

/// The root of the mean square.
pub fn rms(samples: &[i16]) -> f64 {
    let sum: f64 = samples.iter().map(|s| f64::from(*s).powi(2)).sum();
    (sum / samples.len().max(1) as f64).sqrt()
}

/// Whether these samples are 400 Hz and little else.
pub fn is_ringback(samples: &[i16]) -> bool {
    tone::heard(samples, &[400.0, 425.0, 350.0, 440.0]) == Some(400.0)
}
