//! Voices of the demo: G.711 A-law tones over real RTP, and ears that know a tone from silence.
//!
//! A citizen's voice speaks at once; an agent's only after it has heard the citizen. So a citizen who
//! hears anything has been heard: one ear proves both ways.

use kring_media::{AudioDescription, OwnAudio, g711, rtp, tone::Sine};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

/// Sound of one packet.
const FRAME: Duration = Duration::from_millis(20);

/// Samples of one packet at 8 kHz.
const SAMPLES: usize = 160;

/// PCMA's number (RFC 3551 section 6).
const PCMA: u8 = 8;

/// Amplitude of a voice, and the mean amplitude from which an ear calls it sound.
const AMPLITUDE: i16 = 8_000;
const AUDIBLE: u32 = 1_000;

/// Packets with sound after which a voice counts as heard: 200 ms.
const HEARD: u32 = 10;

/// One end of a conversation. Falls silent when dropped.
pub(crate) struct Voice {
    port: u16,
    target: watch::Sender<Option<SocketAddr>>,
    heard: Arc<AtomicU32>,
    task: JoinHandle<()>,
}

/// When a voice begins to speak.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    AtOnce,
    WhenSpokenTo,
}

impl Voice {
    /// A citizen's voice on a free even port of the loopback.
    pub(crate) fn open(hz: f32) -> io::Result<Voice> {
        Voice::begin(hz, Manner::AtOnce)
    }

    /// An agent's voice: it replies.
    pub(crate) fn open_replying(hz: f32) -> io::Result<Voice> {
        Voice::begin(hz, Manner::WhenSpokenTo)
    }

    fn begin(hz: f32, manner: Manner) -> io::Result<Voice> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        let port = socket.local_addr()?.port();
        let socket = tokio::net::UdpSocket::from_std(socket)?;
        let (target, told) = watch::channel(None);
        let heard = Arc::new(AtomicU32::new(0));
        let task = tokio::spawn(converse(socket, hz, manner, told, heard.clone()));
        Ok(Voice {
            port,
            target,
            heard,
            task,
        })
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Begins to speak to this address.
    pub(crate) fn speak_to(&self, target: SocketAddr) {
        self.target.send_replace(Some(target));
    }

    /// Whether it was ever told to speak.
    pub(crate) fn spoke(&self) -> bool {
        self.target.borrow().is_some()
    }

    /// For a citizen's voice: whether the agent heard it and it heard the agent.
    pub(crate) fn heard_both_ways(&self) -> bool {
        self.heard.load(Ordering::Relaxed) >= HEARD
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(
    socket: tokio::net::UdpSocket,
    hz: f32,
    manner: Manner,
    target: watch::Receiver<Option<SocketAddr>>,
    heard: Arc<AtomicU32>,
) {
    let mut sine = Sine::new(hz, AMPLITUDE);
    let mut ticks = interval(FRAME);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut sequence, mut timestamp, ssrc) = (1_u16, 0_u32, rand::random());
    let mut packet = Vec::with_capacity(rtp::HEADER + SAMPLES);
    let mut incoming = [0_u8; 1_500];
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                let Some(to) = *target.borrow() else { continue };
                let speaks = manner == Manner::AtOnce || heard.load(Ordering::Relaxed) >= HEARD;
                let sound: Vec<u8> = (0..SAMPLES)
                    .map(|_| g711::alaw(if speaks { sine.next_sample() } else { 0 }))
                    .collect();
                let marked = if timestamp == 0 { PCMA | rtp::MARKER } else { PCMA };
                rtp::write(&mut packet, marked, sequence, timestamp, ssrc, &sound);
                let _ = socket.send_to(&packet, to).await;
                sequence = sequence.wrapping_add(1);
                timestamp = timestamp.wrapping_add(SAMPLES as u32);
            }
            received = socket.recv_from(&mut incoming) => {
                if let Ok((length, _)) = received
                    && rtp::payload(&incoming[..length]).is_some_and(is_audible)
                {
                    heard.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }
}

fn is_audible(sound: &[u8]) -> bool {
    let sum: u32 = sound
        .iter()
        .map(|byte| u32::from(g711::from_alaw(*byte).unsigned_abs()))
        .sum();
    !sound.is_empty() && sum / sound.len() as u32 >= AUDIBLE
}

/// SDP of a voice: an offer, or the answer to one. `None` when the offer has no A-law.
pub(crate) fn description(offer: Option<&AudioDescription>, port: u16) -> Option<Vec<u8>> {
    let own = OwnAudio {
        shield: None,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port,
        session_id: u64::from(port),
        version: 1,
    };
    let spoken = ["PCMA".to_owned()];
    Some(kring_media::offer_to_agent(offer, &spoken, &own).ok()?.0)
}
