//! Four phones before one relay, each with a tone and a coding of its own: what each sends, everything it receives,
//! and who is heard in that.

use kring_media::{
    Codec, FRAME, FramePacket, Ground, Joined, Library, MediaNotice, Monitoring, PacketKind,
    Particle, Player, Program, Prompt, Relay, Remote, Samples, SessionId, Side, Verdict, dtmf,
    g711, g722, rtp, tone,
};
use kring_time::Moment;
use std::{f64::consts::TAU, net::SocketAddr, sync::Arc, time::Duration};

pub(crate) const SESSION: SessionId = SessionId(5);
pub(crate) const CHANCES: [u64; 4] = [
    0xcafe_0001_fff0_1234,
    0xcafe_0002_1111_2222,
    0xcafe_0003_ffff_ff00,
    0xcafe_0004_7fff_0000,
];

/// The tones of caller, agent, third and monitor: whole periods in a second, and none a multiple of another.
pub(crate) const TONES: [f32; 4] = [450.0, 710.0, 1_130.0, 1_610.0];

/// Of the music that is played.
const MUSIC: f32 = 2_030.0;

/// The peak of a sine of -10 dBm0.
const LOUDNESS: f64 = 7_100.0;

pub(crate) fn ms(ms: u64) -> Moment {
    Moment::from_millis(ms)
}

pub(crate) fn remote(side: Side) -> Remote {
    let port = 4_000 + 2_000 * side as u16;
    let at = |port| SocketAddr::new([192, 0, 2, 10].into(), port);
    Remote {
        rtp: at(port),
        rtcp: at(port + 1),
        sends: true,
        receives: true,
    }
}

pub(crate) fn codec(payload_type: u8, name: &str) -> Codec {
    let is_opus = name == "opus";
    Codec {
        payload_type,
        name: name.into(),
        clock: if is_opus { 48_000 } else { 8_000 },
        channels: if is_opus { 2 } else { 1 },
        fmtp: None,
    }
}

/// A codec under its usual number.
pub(crate) fn usual(name: &str) -> Codec {
    let number = match name {
        "PCMU" => 0,
        "PCMA" => 8,
        "G722" => 9,
        "G729" => 18,
        "opus" => 96,
        _ => 101,
    };
    codec(number, name)
}

/// Music without end.
pub(crate) fn music() -> Player {
    let second = Duration::from_secs(1);
    let mut library = Library::new(Particle::Ka, Prompt::ringback(400.0, second, second));
    library.set_music(Prompt::new(&Samples {
        rate: 8_000,
        samples: tone::Sine::new(MUSIC, 6_000).take(8_000).collect(),
    }));
    let coding = kring_media::Coding::of(&usual("PCMA")).unwrap();
    library.player(&Program::new(Vec::new(), Ground::Music), coding)
}

/// What a side sends, and what it has received.
pub(crate) struct Phone {
    /// In what it speaks.
    pub(crate) says: Codec,
    /// What it takes.
    pub(crate) takes: Vec<Codec>,
    /// The length of its packets, ms.
    pub(crate) ptime: u64,
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) received: Vec<(u64, Vec<u8>)>,
    hz: f32,
    samples: u64,
    g722: g722::Encoder,
    opus: kring_opus::Encoder,
    next_at: u64,
}

impl Phone {
    fn new(side: Side, name: &str) -> Phone {
        let n = side as u32;
        Phone {
            says: usual(name),
            takes: vec![usual(name), usual("telephone-event")],
            ptime: 20,
            ssrc: 0xbeef_0000 + n,
            sequence: 65_500 + n as u16,
            timestamp: u32::MAX - 40_000 * n,
            received: Vec::new(),
            hz: TONES[side as usize],
            samples: 0,
            g722: g722::Encoder::default(),
            opus: kring_opus::Encoder::new().unwrap(),
            next_at: 0,
        }
    }

    fn payload(&mut self) -> Vec<u8> {
        let length = 8 * self.ptime;
        let samples: Vec<i16> = (self.samples..self.samples + length)
            .map(|n| (TAU * f64::from(self.hz) * n as f64 / 8_000.0).sin() * LOUDNESS)
            .map(|sample| sample.round() as i16)
            .collect();
        self.samples += length;
        match self.says.name.as_str() {
            "PCMA" => samples.iter().map(|s| g711::alaw(*s)).collect(),
            "PCMU" => samples.iter().map(|s| g711::ulaw(*s)).collect(),
            "G722" => samples
                .iter()
                .map(|s| self.g722.encode_narrow(*s))
                .collect(),
            "opus" => {
                let mut packet = [0; kring_opus::BYTES_MAX];
                let length = self.opus.encode(&samples, &mut packet).unwrap();
                packet[..length].to_vec()
            }
            _ => vec![0x5a; 20],
        }
    }

    /// The next packet.
    pub(crate) fn packet(&mut self) -> Vec<u8> {
        let payload = self.payload();
        let (number, ssrc) = (self.says.payload_type, self.ssrc);
        let (sequence, timestamp) = (self.sequence, self.timestamp);
        let mut packet = Vec::new();
        rtp::write(&mut packet, number, sequence, timestamp, ssrc, &payload);
        self.sequence = self.sequence.wrapping_add(1);
        let units = self.says.clock / 1_000 * self.ptime as u32;
        self.timestamp = self.timestamp.wrapping_add(units);
        packet
    }

    fn codec_of(&self, packet: &[u8]) -> &Codec {
        let number = packet[1] & 0x7f;
        let mut takes = self.takes.iter();
        takes
            .find(|codec| codec.payload_type == number)
            .unwrap_or_else(|| panic!("{number} is none of {:?}", self.takes))
    }

    /// The sound it received, at 8 kHz: decoders have been there from the first packet on.
    pub(crate) fn sound(&self, from: u64, to: u64) -> Vec<i16> {
        let mut g722 = g722::Decoder::default();
        let mut opus = kring_opus::Decoder::new().unwrap();
        let (mut sound, mut room) = (Vec::new(), [0; kring_opus::SAMPLES_MAX]);
        for (at, packet) in &self.received {
            let payload = &packet[rtp::HEADER..];
            let samples: Vec<i16> = match self.codec_of(packet).name.as_str() {
                "PCMA" => payload.iter().map(|b| g711::from_alaw(*b)).collect(),
                "PCMU" => payload.iter().map(|b| g711::from_ulaw(*b)).collect(),
                "G722" => payload.iter().map(|b| g722.decode(*b)[0]).collect(),
                "opus" => {
                    let length = opus.decode(payload, &mut room).expect("no opus");
                    room[..length].to_vec()
                }
                _ => Vec::new(),
            };
            if (from..to).contains(at) {
                sound.extend(samples);
            }
        }
        sound
    }

    /// The keys it heard.
    pub(crate) fn keys(&self) -> String {
        let mut listener = dtmf::KeyListener::default();
        let events =
            (self.received.iter()).filter(|(_, packet)| self.codec_of(packet).is_telephone_event());
        events
            .filter_map(|(_, packet)| {
                let seen = rtp::look(packet)?;
                listener.note(seen.timestamp, &packet[rtp::HEADER..])
            })
            .collect()
    }
}

pub(crate) struct Hall {
    pub(crate) relay: Relay,
    /// In the order of `Side::ALL`.
    pub(crate) phones: [Phone; 4],
    pub(crate) notices: Vec<MediaNotice>,
    pub(crate) now: u64,
}

impl Hall {
    /// A caller and an agent who hear each other; in what all four speak.
    pub(crate) fn of(names: [&str; 4]) -> Hall {
        let phones = Side::ALL.map(|side| Phone::new(side, names[side as usize]));
        let mut hall = Hall {
            relay: Relay::new(SESSION, Duration::from_secs(20)),
            phones,
            notices: Vec::new(),
            now: 0,
        };
        for side in Side::BOTH {
            hall.comes(side);
        }
        hall
    }

    /// A side says where it is and what it takes.
    pub(crate) fn comes(&mut self, side: Side) {
        let takes: Arc<[Codec]> = self.phone(side).takes.clone().into();
        self.says_of_itself(side, &takes, &Arc::default());
        self.relay.set_remote(ms(self.now), side, remote(side));
    }

    /// What a side takes and was told.
    pub(crate) fn says_of_itself(&mut self, side: Side, takes: &Arc<[Codec]>, told: &Arc<[Codec]>) {
        let now = ms(self.now);
        self.relay.set_codecs(now, side, (takes, told), CHANCES);
    }

    pub(crate) fn phone(&mut self, side: Side) -> &mut Phone {
        &mut self.phones[side as usize]
    }

    pub(crate) fn join(&mut self, joined: Joined) {
        self.relay.join(ms(self.now), joined, CHANCES);
    }

    pub(crate) fn listen(&mut self, mode: Monitoring) {
        self.relay.listen(ms(self.now), mode, CHANCES);
    }

    pub(crate) fn hold(&mut self, side: Side) {
        self.relay.play(ms(self.now), side, music(), 8, 99);
    }

    /// A packet of a side; what becomes of it is received.
    pub(crate) fn send(&mut self, side: Side, packet: &[u8]) -> Verdict {
        let home = self.relay.remote(side).unwrap().rtp;
        let (now, kind) = (ms(self.now), PacketKind::Rtp);
        let verdict = self.relay.packet(now, side, kind, home, packet);
        let mut packet = packet.to_vec();
        match verdict {
            Verdict::Forward { out, .. } => self.receive(out, packet),
            Verdict::Renumber { out, header, .. } => {
                packet[..rtp::HEADER].copy_from_slice(&header);
                self.receive(out, packet);
            }
            Verdict::Replace { out, by, .. } => self.receive(out, by.to_vec()),
            Verdict::Recode { out, by, .. } => {
                let mut made = [0; 1_500];
                let length = self.relay.recode(by, &packet, &mut made);
                assert!(length > rtp::HEADER, "nothing was made of it");
                self.receive(out, made[..length].to_vec());
            }
            Verdict::Drop(_) => {}
        }
        verdict
    }

    /// The next packet of a side's own.
    pub(crate) fn says(&mut self, side: Side) -> Verdict {
        let packet = self.phone(side).packet();
        self.send(side, &packet)
    }

    fn receive(&mut self, side: Side, packet: Vec<u8>) {
        let now = self.now;
        self.phone(side).received.push((now, packet));
    }

    /// Everybody who is there talks for so long; the beat falls between their packets.
    pub(crate) fn talk(&mut self, for_ms: u64) {
        let end = self.now + for_ms;
        while self.now < end {
            for side in Side::ALL {
                let phone = &mut self.phones[side as usize];
                if phone.next_at > self.now {
                    continue;
                }
                phone.next_at = phone.next_at.max(self.now) + phone.ptime;
                if self.relay.remote(side).is_some() {
                    self.says(side);
                }
            }
            self.now += 5;
            if self.now % 20 == 15 {
                self.beat();
            }
        }
    }

    /// What kring has to send and to tell now.
    pub(crate) fn beat(&mut self) {
        let mut packet: FramePacket = [0; rtp::HEADER + FRAME];
        for side in Side::ALL {
            while let Some(to) = self.relay.next_frame(ms(self.now), side, &mut packet) {
                assert_eq!(Some(to), self.relay.remote(side).map(|remote| remote.rtp));
                self.receive(side, packet.to_vec());
            }
        }
        while let Some((side, to, length)) = self.relay.next_mixed(ms(self.now), &mut packet) {
            assert_eq!(Some(to), self.relay.remote(side).map(|remote| remote.rtp));
            self.receive(side, packet[..length].to_vec());
        }
        self.relay.wake(ms(self.now));
        self.notices
            .extend(std::iter::from_fn(|| self.relay.poll_notice()));
    }

    /// Whose tones a side hears in a time, as loud as they were said.
    pub(crate) fn hears(&self, side: Side, from: u64, to: u64) -> Vec<Side> {
        let sound = self.phones[side as usize].sound(from, to);
        let is_heard = |other: &Side| {
            let loudness = tone::amplitude(&sound, TONES[*other as usize]) / LOUDNESS;
            assert!(
                loudness < 0.1 || (0.75..1.25).contains(&loudness),
                "at {from} ms {side:?} hears {other:?} at {loudness}"
            );
            loudness > 0.5
        };
        Side::ALL.into_iter().filter(is_heard).collect()
    }

    /// Whether a side hears music in a time.
    pub(crate) fn hears_music(&self, side: Side, from: u64, to: u64) -> bool {
        let sound = self.phones[side as usize].sound(from, to);
        tone::amplitude(&sound, MUSIC) > 4_000.0
    }

    /// One source, no number missing or twice, and timestamps that follow the time by the clock of each packet.
    pub(crate) fn assert_one_stream(&self, side: Side) {
        let phone = &self.phones[side as usize];
        let packets: Vec<_> = (phone.received.iter())
            .filter(|(_, packet)| !phone.codec_of(packet).is_telephone_event())
            .map(|(at, packet)| {
                let clock = phone.codec_of(packet).clock / 1_000;
                (*at, rtp::look(packet).unwrap(), i64::from(clock))
            })
            .collect();
        let mut behind = 0;
        for two in packets.windows(2) {
            let [(before, last, _), (at, seen, clock)] = [two[0], two[1]];
            assert_eq!(seen.ssrc, last.ssrc, "{side:?} at {at} ms");
            let next = last.sequence.wrapping_add(1);
            assert_eq!(seen.sequence, next, "{side:?} at {at} ms");
            let step = i64::from(seen.timestamp.wrapping_sub(last.timestamp) as i32);
            assert!(step > 0, "{side:?} at {at} ms: the line steps by {step}");
            behind += (at - before) as i64 - step / clock;
            assert!(
                behind.abs() <= 200,
                "{side:?} at {at} ms: {behind} ms behind"
            );
        }
    }
}
