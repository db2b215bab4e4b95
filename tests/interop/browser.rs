//! A browser of a few lines: the console's socket, and a peer connection by str0m as a full ICE agent. It says a tone that
//! nobody else says and tells what it hears, so that neither kring nor a real browser judges the sound.

use crate::{
    kring::{A_SLOW_MACHINE, Agent, eventually},
    tape::rms,
};
use kring_media::{dtmf, g711, tone};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    net::{SocketAddr, TcpStream, UdpSocket},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};
use str0m::{
    Candidate, Event, Input, Output, Rtc,
    change::{SdpAnswer, SdpPendingOffer},
    format::{Codec, FormatParams},
    media::{Direction, Frequency, MediaKind, Mid},
    net::{Protocol, Receive},
    rtp::RtpWrite,
};
use tokio_tungstenite::tungstenite::{
    self, Message, WebSocket,
    client::IntoClientRequest,
    http::{HeaderValue, header::SEC_WEBSOCKET_PROTOCOL},
};

/// As loud as the others.
const PEAK: i16 = 13_000;

/// Samples that are judged: 300 ms, in which every tone goes round a whole number of times.
const STRETCH: usize = 2_400;

/// A-law, and key presses as Chromium numbers them.
const PCMA: u8 = 8;
const KEYS: u8 = 126;

/// A page that is open: its socket, and what was said on it.
pub struct Page {
    said: Arc<Mutex<Vec<Value>>>,
    say: Sender<String>,
    stop: Arc<AtomicBool>,
    running: Option<JoinHandle<()>>,
}

impl Page {
    /// Opens the live socket as this agent's page does. It acknowledges, and says of every call that it sounds.
    pub fn open(agent: &Agent) -> Page {
        let (port, cookie) = agent.socket();
        let mut request = format!("ws://127.0.0.1:{port}/ws/v1")
            .into_client_request()
            .expect("an address");
        let headers = request.headers_mut();
        let plain = |text: &str| HeaderValue::from_str(text).expect("plain text");
        headers.insert(SEC_WEBSOCKET_PROTOCOL, plain("kring.v1"));
        headers.insert("Origin", plain(&format!("http://127.0.0.1:{port}")));
        headers.insert("Cookie", plain(cookie));
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("kring listens");
        stream.set_nodelay(true).expect("a socket");
        let (socket, _) = tungstenite::client(request, stream).expect("kring speaks WebSocket");
        let patience = Some(Duration::from_millis(5));
        socket
            .get_ref()
            .set_read_timeout(patience)
            .expect("a timeout");
        let (say, told) = channel();
        let (said, stop) = (
            Arc::<Mutex<Vec<Value>>>::default(),
            Arc::<AtomicBool>::default(),
        );
        let (heard, ends) = (said.clone(), stop.clone());
        let running = std::thread::spawn(move || serve(socket, &told, &heard, &ends));
        let page = Page {
            said,
            say,
            stop,
            running: Some(running),
        };
        page.says(&json!({"t": "hello", "client_id": "a browser"}));
        page.hears("welcome", |_| true);
        page
    }

    pub fn says(&self, frame: &Value) {
        self.say.send(frame.to_string()).expect("the page is open");
    }

    /// The newest frame of this kind of which this is true, once it is there.
    #[track_caller]
    pub fn hears(&self, kind: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let newest = || {
            let said = self.said.lock().expect("nobody panics with it");
            let mut frames = said.iter().rev();
            frames
                .find(|frame| frame["t"] == kind && is_it(frame))
                .cloned()
        };
        eventually(A_SLOW_MACHINE / 2, newest).unwrap_or_else(|| {
            panic!(
                "no {kind} in {:#?}",
                self.said.lock().expect("nobody panics")
            )
        })
    }

    /// The newest frame of this kind.
    pub fn newest(&self, kind: &str) -> Option<Value> {
        let said = self.said.lock().expect("nobody panics with it");
        said.iter().rev().find(|frame| frame["t"] == kind).cloned()
    }

    /// Waits until the phone is doing this.
    #[track_caller]
    pub fn phone_is(&self, state: &str) {
        let is = || {
            self.newest("phone.call")
                .filter(|said| said["d"]["state"] == state)
        };
        let there = eventually(A_SLOW_MACHINE / 2, is);
        assert!(
            there.is_some(),
            "not {state}, but {:?}",
            self.newest("phone.call")
        );
    }

    /// The call that is offered, once it is.
    #[track_caller]
    pub fn offered(&self) -> String {
        let frame = self.hears("call.offered", |_| true);
        frame["call"].as_str().expect("of a call").to_owned()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(running) = self.running.take() {
            let _ = running.join();
        }
    }
}

fn serve(
    mut socket: WebSocket<TcpStream>,
    say: &Receiver<String>,
    heard: &Mutex<Vec<Value>>,
    stop: &AtomicBool,
) {
    while !stop.load(Ordering::Relaxed) {
        for text in say.try_iter() {
            if socket.send(Message::text(text)).is_err() {
                return;
            }
        }
        let frame: Value = match socket.read() {
            Ok(Message::Text(text)) => serde_json::from_str(&text).expect("JSON"),
            Ok(Message::Close(_)) => return,
            Ok(_) => continue,
            Err(tungstenite::Error::Io(why))
                if matches!(
                    why.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) =>
            {
                continue;
            }
            Err(_) => return,
        };
        let mut answers = Vec::new();
        if let Some(seq) = frame["seq"].as_u64() {
            answers.push(json!({"t": "ack", "seq": seq}));
        }
        if frame["t"] == "call.offered" {
            answers.push(json!({"t": "ring.audible", "call": frame["call"]}));
        }
        heard.lock().expect("nobody panics with it").push(frame);
        for answer in answers {
            if socket.send(Message::text(answer.to_string())).is_err() {
                return;
            }
        }
    }
}

/// A page with its sound.
pub struct Browser {
    pub page: Page,
    /// The name of its leg.
    pub leg: String,
    /// From the offer until sound could pass.
    pub set_up: Duration,
    sound: Sound,
}

/// A peer connection that runs.
struct Sound {
    heard: Arc<Mutex<VecDeque<(Instant, Vec<i16>)>>>,
    keys: Sender<char>,
    packets: Arc<AtomicU64>,
    /// Each so many packets one is kept back; 0: none.
    lose_each: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    running: Option<JoinHandle<()>>,
}

impl Browser {
    /// Opens the page and its sound, which says `hz`, and waits until it is set up.
    #[track_caller]
    pub fn open(agent: &Agent, hz: f32) -> Browser {
        Browser::offers(Page::open(agent), 1, hz)
    }

    /// Its sound, by this offer of a page that is open.
    #[track_caller]
    pub fn offers(page: Page, offer: u32, hz: f32) -> Browser {
        let began = Instant::now();
        let (mut peer, sdp) = Peer::new(hz);
        page.says(&json!({"t": "phone.offer", "offer": offer, "sdp": sdp}));
        let answer = page.hears("phone.answer", |frame| frame["d"]["offer"] == offer);
        peer.takes(answer["d"]["sdp"].as_str().expect("SDP"));
        let leg = answer["d"]["leg"].as_str().expect("a name").to_owned();
        let sound = peer.runs();
        let is_it = |frame: &Value| frame["d"]["state"] == "connected" && frame["d"]["leg"] == leg;
        page.hears("phone.state", is_it);
        Browser {
            page,
            leg,
            set_up: began.elapsed(),
            sound,
        }
    }

    /// Waits until this tone is heard, as loud as it was said, and nothing else.
    #[track_caller]
    pub fn hears(&self, hz: f32) -> Instant {
        let said = f64::from(PEAK);
        self.listens(&format!("{hz} Hz"), |sound| {
            (tone::amplitude(sound, hz) - said).abs() < said / 8.0
                && tone::heard(sound, &[hz]).is_some()
        })
    }

    /// Waits until nothing comes any more.
    #[track_caller]
    pub fn hears_nothing(&self) {
        let quiet = || self.just_now().is_none().then_some(());
        let there = eventually(A_SLOW_MACHINE / 2, quiet);
        assert!(there.is_some(), "there is sound");
    }

    #[track_caller]
    fn listens(&self, what: &str, is_it: impl Fn(&[i16]) -> bool) -> Instant {
        let heard = eventually(A_SLOW_MACHINE / 2, || self.just_now().filter(|s| is_it(s)));
        let now = self.just_now();
        assert!(
            heard.is_some(),
            "no {what}: {:?}",
            now.map(|sound| rms(&sound))
        );
        Instant::now()
    }

    /// The last 300 ms of what came, if it came just now.
    fn just_now(&self) -> Option<Vec<i16>> {
        let heard = self.sound.heard.lock().expect("nobody panics with it");
        let (last, _) = heard.back()?;
        if last.elapsed() > Duration::from_millis(200) {
            return None;
        }
        let all: Vec<i16> = heard.iter().flat_map(|(_, sound)| sound.clone()).collect();
        Some(all.get(all.len().checked_sub(STRETCH)?..)?.to_vec())
    }

    /// Packets of sound that came.
    pub fn packets(&self) -> u64 {
        self.sound.packets.load(Ordering::Relaxed)
    }

    /// Presses a key for 100 ms.
    pub fn presses(&self, key: char) {
        self.sound.keys.send(key).expect("it runs");
    }

    /// The network loses one packet in so many from now on.
    pub fn loses_each(&self, so_many: u64) {
        self.sound.lose_each.store(so_many, Ordering::Relaxed);
    }

    /// The socket is lost; the peer connection is not.
    pub fn loses_its_socket(self) -> Unheard {
        Unheard {
            leg: self.leg,
            set_up: self.set_up,
            sound: self.sound,
        }
    }
}

/// A browser whose page has no socket.
pub struct Unheard {
    leg: String,
    set_up: Duration,
    sound: Sound,
}

impl Unheard {
    /// The page connects again, and says that it has its leg still.
    #[track_caller]
    pub fn connects_again(self, agent: &Agent) -> Browser {
        let page = Page::open(agent);
        page.says(&json!({"t": "phone.keep", "leg": self.leg}));
        page.hears("phone.state", |frame| frame["d"]["leg"] == self.leg);
        Browser {
            page,
            leg: self.leg,
            set_up: self.set_up,
            sound: self.sound,
        }
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(running) = self.running.take() {
            let _ = running.join();
        }
    }
}

/// A peer connection and its socket.
struct Peer {
    rtc: Rtc,
    socket: UdpSocket,
    at: SocketAddr,
    mid: Mid,
    pending: Option<SdpPendingOffer>,
    tone: tone::Sine,
}

impl Peer {
    /// With the offer that it makes.
    fn new(hz: f32) -> (Peer, String) {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let at = socket.local_addr().expect("bound");
        let mut config = Rtc::builder()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_pcma(true, false)
            .enable_pcmu(true, false);
        config.codec_config().add_config(
            KEYS.into(),
            None,
            Codec::Tele,
            Frequency::EIGHT_KHZ,
            None,
            FormatParams::parse_line("0-15"),
        );
        let mut rtc = config.build(Instant::now());
        let host = Candidate::host(at, Protocol::Udp).expect("an address");
        rtc.add_local_candidate(host);
        let mut change = rtc.sdp_api();
        let both = Direction::SendRecv;
        let mid = change.add_media(MediaKind::Audio, both, None, None, None);
        let (offer, pending) = change.apply().expect("a change");
        let peer = Peer {
            rtc,
            socket,
            at,
            mid,
            pending: Some(pending),
            tone: tone::Sine::new(hz, PEAK),
        };
        (peer, offer.to_sdp_string())
    }

    fn takes(&mut self, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).expect("SDP");
        let pending = self.pending.take().expect("it has offered");
        let taken = self.rtc.sdp_api().accept_answer(pending, answer);
        taken.expect("an answer to the offer");
    }

    fn runs(mut self) -> Sound {
        let (keys, pressed) = channel();
        let mut sound = Sound {
            heard: Arc::default(),
            keys,
            packets: Arc::default(),
            lose_each: Arc::default(),
            stop: Arc::default(),
            running: None,
        };
        let (heard, packets) = (sound.heard.clone(), sound.packets.clone());
        let (lose_each, stop) = (sound.lose_each.clone(), sound.stop.clone());
        let running = std::thread::spawn(move || {
            let mut said = Said::default();
            let began = Instant::now();
            let mut beat = 0_u32;
            while !stop.load(Ordering::Relaxed) {
                let due = self.drains(&heard, &packets);
                let next = began + Duration::from_millis(20) * beat;
                let now = Instant::now();
                if next <= now {
                    beat += 1;
                    said.keys
                        .extend(pressed.try_iter().flat_map(|key| dtmf::press(key, 5)));
                    let each = lose_each.load(Ordering::Relaxed);
                    self.speaks(&mut said, each);
                    continue;
                }
                self.listens(due.min(next).saturating_duration_since(now));
            }
        });
        sound.running = Some(running);
        sound
    }

    /// Everything that it has to say and to tell; when it is due next.
    fn drains(
        &mut self,
        heard: &Mutex<VecDeque<(Instant, Vec<i16>)>>,
        packets: &AtomicU64,
    ) -> Instant {
        loop {
            match self.rtc.poll_output().expect("it goes on") {
                Output::Timeout(due) => return due,
                Output::Transmit(sent) => {
                    let _ = self.socket.send_to(&sent.contents, sent.destination);
                }
                Output::Event(Event::RtpPacket(packet)) => {
                    let sound = match *packet.header.payload_type {
                        PCMA => packet.payload.iter().map(|b| g711::from_alaw(*b)).collect(),
                        0 => packet.payload.iter().map(|b| g711::from_ulaw(*b)).collect(),
                        _ => continue,
                    };
                    packets.fetch_add(1, Ordering::Relaxed);
                    let mut heard = heard.lock().expect("nobody panics with it");
                    heard.push_back((Instant::now(), sound));
                    if heard.len() > 50 {
                        heard.pop_front();
                    }
                }
                Output::Event(_) => {}
            }
        }
    }

    fn listens(&mut self, within: Duration) {
        let within = within.max(Duration::from_micros(100));
        self.socket
            .set_read_timeout(Some(within))
            .expect("a timeout");
        let mut buffer = [0; 2_000];
        let input = match self.socket.recv_from(&mut buffer) {
            Ok((length, from)) => {
                match Receive::new(Protocol::Udp, from, self.at, &buffer[..length]) {
                    Ok(receive) => Input::Receive(Instant::now(), receive),
                    Err(_) => return,
                }
            }
            Err(_) => Input::Timeout(Instant::now()),
        };
        self.rtc.handle_input(input).expect("it goes on");
    }

    /// 20 ms of the tone, or of a key.
    fn speaks(&mut self, said: &mut Said, lose_each: u64) {
        if !self.rtc.is_connected() {
            return;
        }
        let key = said.keys.pop_front();
        let sound: Vec<u8> = (0..160)
            .map(|_| g711::alaw(self.tone.next_sample()))
            .collect();
        said.sequence += 1;
        said.timestamp = said.timestamp.wrapping_add(160);
        if lose_each > 0 && said.sequence % lose_each == 0 {
            return;
        }
        let (number, payload, timestamp) = match &key {
            Some(key) => (
                KEYS,
                key.to_vec(),
                *said.pressed_at.get_or_insert(said.timestamp),
            ),
            None => {
                said.pressed_at = None;
                (PCMA, sound, said.timestamp)
            }
        };
        let sequence = said.sequence.into();
        let packet = RtpWrite::new(number.into(), sequence, timestamp, Instant::now(), payload);
        if let Some(stream) = self.rtc.direct_api().stream_tx_by_mid(self.mid, None) {
            stream.write_rtp(packet);
        }
    }
}

/// What was said so far.
#[derive(Default)]
struct Said {
    sequence: u64,
    timestamp: u32,
    keys: VecDeque<[u8; 4]>,
    pressed_at: Option<u32>,
}
