//! Mouths and ears: RTP of our own on the ports that SIPp's SDP names, so that what is heard is judged
//! by neither SIPp nor kring.

use crate::sipp::Logged;
use std::{
    net::UdpSocket,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// One end of a call: says one byte 160 times a packet, and counts the packets it hears by what they say.
pub struct Ear {
    pub port: u16,
    socket: Arc<UdpSocket>,
    says: u8,
    /// Payload type of what it says: PCMA until it is told otherwise.
    codec: Arc<AtomicU8>,
    stop: Arc<AtomicBool>,
    mouth: Option<JoinHandle<()>>,
}

impl Ear {
    /// An ear that says `says` once it knows where to.
    pub fn open(says: u8) -> Ear {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        socket
            .set_read_timeout(Some(Duration::from_millis(20)))
            .expect("a timeout");
        Ear {
            port: socket.local_addr().expect("bound").port(),
            socket: Arc::new(socket),
            says,
            codec: Arc::new(AtomicU8::new(8)),
            stop: Arc::default(),
            mouth: None,
        }
    }

    /// Speaks to the port that this message's SDP names, 50 packets a second, until dropped.
    pub fn speak_to(&mut self, sdp: &Logged) -> u16 {
        let port = sdp_port(&sdp.text);
        let (socket, stop, says) = (self.socket.clone(), self.stop.clone(), self.says);
        let codec = self.codec.clone();
        self.mouth = Some(std::thread::spawn(move || {
            let began = Instant::now();
            for n in 0_u32.. {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let due = began + Duration::from_millis(20) * n;
                std::thread::park_timeout(due.saturating_duration_since(Instant::now()));
                let mut packet = packet(n, says);
                packet[1] = codec.load(Ordering::Relaxed);
                let _ = socket.send_to(&packet, ("127.0.0.1", port));
            }
        }));
        port
    }

    /// How many packets that say `what` it hears in this time, at most `enough`.
    pub fn hears(&self, what: u8, enough: u32, within: Duration) -> u32 {
        let until = Instant::now() + within;
        let heard = AtomicU32::new(0);
        let mut buffer = [0; 2_000];
        while Instant::now() < until && heard.load(Ordering::Relaxed) < enough {
            if let Ok((length, _)) = self.socket.recv_from(&mut buffer)
                && length == 172
                && buffer[12..length].iter().all(|byte| *byte == what)
            {
                heard.fetch_add(1, Ordering::Relaxed);
            }
        }
        heard.into_inner()
    }
}

impl Ear {
    /// How many packets of G.711 it hears in this time, whatever they say, at most `enough`.
    pub fn hears_sound(&self, enough: u32, within: Duration) -> u32 {
        let until = Instant::now() + within;
        let mut heard = 0;
        let mut buffer = [0; 2_000];
        while Instant::now() < until && heard < enough {
            if let Ok((length, _)) = self.socket.recv_from(&mut buffer)
                && length > 12
                && matches!(buffer[1] & 0x7f, 0 | 8)
            {
                heard += 1;
            }
        }
        heard
    }

    /// From now on it speaks in the codec of this payload type.
    pub fn changes_to(&self, codec: u8) {
        self.codec.store(codec, Ordering::Relaxed);
    }

    /// How many packets of this payload type it hears in this time, at most `enough`.
    pub fn hears_codec(&self, codec: u8, enough: u32, within: Duration) -> u32 {
        let until = Instant::now() + within;
        let mut heard = 0;
        let mut buffer = [0; 2_000];
        while Instant::now() < until && heard < enough {
            if let Ok((length, _)) = self.socket.recv_from(&mut buffer)
                && length > 12
                && buffer[1] & 0x7f == codec
            {
                heard += 1;
            }
        }
        heard
    }

    /// Whether this key comes in time as a telephone event of payload type 101 (RFC 4733 section 2.3).
    pub fn hears_key(&self, key: u8, within: Duration) -> bool {
        let until = Instant::now() + within;
        let mut buffer = [0; 2_000];
        while Instant::now() < until {
            if let Ok((16, _)) = self.socket.recv_from(&mut buffer)
                && buffer[1] & 0x7f == 101
                && buffer[12] == key
            {
                return true;
            }
        }
        false
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(mouth) = self.mouth.take() {
            let _ = mouth.join();
        }
    }
}

/// The audio port of an SDP body.
pub fn sdp_port(message: &str) -> u16 {
    let line = message
        .lines()
        .find_map(|line| line.strip_prefix("m=audio "));
    let port = line
        .and_then(|line| line.split(' ').next())
        .and_then(|port| port.parse().ok());
    port.unwrap_or_else(|| panic!("no audio in {message}"))
}

/// An RTP packet of 20 ms of PCMA (RFC 3550 section 5.1).
pub fn packet(n: u32, says: u8) -> Vec<u8> {
    let mut bytes = vec![0x80, 8];
    bytes.extend((n as u16).to_be_bytes());
    bytes.extend((n * 160).to_be_bytes());
    bytes.extend(u32::from(says).to_be_bytes());
    bytes.extend([says; 160]);
    bytes
}
