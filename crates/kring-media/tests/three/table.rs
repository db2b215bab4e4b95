//! Three phones before one relay, each with a tone of its own: what each sends, and everything it receives.

use kring_media::{
    Coding, FRAME, FramePacket, Joined, MediaNotice, PacketKind, Playable, Relay, Remote,
    SessionId, Side, Verdict, g722, rtp, tone,
};
use kring_time::Moment;
use std::{net::SocketAddr, time::Duration};

pub(crate) const SESSION: SessionId = SessionId(5);
pub(crate) const CHANCES: [u64; 4] = [
    0xcafe_0001_fff0_1234,
    0xcafe_0002_1111_2222,
    0xcafe_0003_ffff_ff00,
    0xcafe_0004_7fff_0000,
];
pub(crate) const ALL_PCMA: Joined = Joined::Conference([PCMA; 3]);
pub(crate) const PCMA: Coding = Coding {
    codec: Playable::Pcma,
    payload_type: 8,
};
pub(crate) const PCMU: Coding = Coding {
    codec: Playable::Pcmu,
    payload_type: 0,
};
pub(crate) const G722: Coding = Coding {
    codec: Playable::G722,
    payload_type: 9,
};

/// The tones of caller, agent and third: whole periods in a second, and none a multiple of another.
pub(crate) const TONES: [f32; 3] = [450.0, 710.0, 1_130.0];

/// The peak of a sine of -10 dBm0.
pub(crate) const USUAL: i16 = 7_100;

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

/// What a side sends, and what it has received.
pub(crate) struct Phone {
    pub(crate) coding: Coding,
    /// The length of its packets, ms.
    pub(crate) ptime: u64,
    pub(crate) loudness: i16,
    pub(crate) mute: bool,
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) received: Vec<(u64, Vec<u8>)>,
    hz: f32,
    samples: u64,
    encoder: g722::Encoder,
    next_at: u64,
}

impl Phone {
    fn new(side: Side) -> Phone {
        let n = side as u32;
        Phone {
            coding: PCMA,
            ptime: 20,
            loudness: USUAL,
            mute: false,
            ssrc: 0xbeef_0000 + n,
            sequence: 65_500 + n as u16,
            timestamp: u32::MAX - 40_000 * n,
            received: Vec::new(),
            hz: TONES[side as usize],
            samples: 0,
            encoder: g722::Encoder::default(),
            next_at: 0,
        }
    }

    /// The next packet.
    pub(crate) fn packet(&mut self) -> Vec<u8> {
        let rate = u64::from(self.coding.codec.sample_rate());
        let wanted = rate * self.ptime / 1_000;
        let samples: Vec<i16> = (0..wanted)
            .map(|n| {
                let turn = (self.samples + n) as f64 * f64::from(self.hz) / rate as f64;
                ((turn * std::f64::consts::TAU).sin() * f64::from(self.loudness)).round() as i16
            })
            .collect();
        self.samples += wanted;
        let payload: Vec<u8> = match self.coding.codec {
            Playable::G722 => (samples.chunks_exact(2))
                .map(|two| self.encoder.encode([two[0], two[1]]))
                .collect(),
            g711 => g711.encode(&samples),
        };
        let mut packet = Vec::new();
        let (number, ssrc) = (self.coding.payload_type, self.ssrc);
        rtp::write(
            &mut packet,
            number,
            self.sequence,
            self.timestamp,
            ssrc,
            &payload,
        );
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(8 * self.ptime as u32);
        packet
    }

    /// The sound it received, at 8 kHz: a decoder has been there from the first packet on.
    pub(crate) fn sound(&self, from: u64, to: u64) -> Vec<i16> {
        let mut decoder = g722::Decoder::default();
        let mut sound = Vec::new();
        for (at, packet) in &self.received {
            let payload = &packet[rtp::HEADER..];
            let samples: Vec<i16> = match self.coding.codec {
                Playable::G722 => (payload.iter())
                    .map(|byte| decoder.decode(*byte)[0])
                    .collect(),
                g711 => g711.decode(payload),
            };
            if (from..to).contains(at) {
                sound.extend(samples);
            }
        }
        sound
    }
}

pub(crate) struct Table {
    pub(crate) relay: Relay,
    /// In the order of `Side::PARTIES`.
    pub(crate) phones: [Phone; 3],
    pub(crate) notices: Vec<(u64, MediaNotice)>,
    pub(crate) now: u64,
}

impl Table {
    /// A caller and an agent.
    pub(crate) fn of_two() -> Table {
        let mut relay = Relay::new(SESSION, Duration::from_secs(20));
        for side in Side::BOTH {
            relay.set_remote(ms(0), side, remote(side));
        }
        Table {
            relay,
            phones: Side::PARTIES.map(Phone::new),
            notices: Vec::new(),
            now: 0,
        }
    }

    /// And a third, who is left out yet.
    pub(crate) fn of_three() -> Table {
        let mut table = Table::of_two();
        table.admit();
        table
    }

    pub(crate) fn admit(&mut self) {
        let third = remote(Side::Third);
        self.relay.set_remote(ms(self.now), Side::Third, third);
    }

    pub(crate) fn join(&mut self, joined: Joined) {
        self.relay.join(ms(self.now), joined, CHANCES);
    }

    pub(crate) fn phone(&mut self, side: Side) -> &mut Phone {
        &mut self.phones[side as usize]
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

    /// Everybody talks for so long; the beat falls between their packets.
    pub(crate) fn talk(&mut self, for_ms: u64) {
        let end = self.now + for_ms;
        while self.now < end {
            for side in Side::PARTIES {
                let phone = &mut self.phones[side as usize];
                if phone.next_at > self.now {
                    continue;
                }
                phone.next_at = phone.next_at.max(self.now) + phone.ptime;
                if !phone.mute && self.relay.remote(side).is_some() {
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
        for side in Side::PARTIES {
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
        while let Some(notice) = self.relay.poll_notice() {
            self.notices.push((self.now, notice));
        }
    }

    /// Whose tones a side hears in a time, as they were sent: within a tenth of their loudness.
    pub(crate) fn hears(&self, side: Side, from: u64, to: u64) -> Vec<Side> {
        let sound = self.phones[side as usize].sound(from, to);
        let is_heard = |other: &Side| {
            let loudness = tone::amplitude(&sound, TONES[*other as usize]);
            let sent = f64::from(self.phones[*other as usize].loudness);
            assert!(
                loudness < 0.02 * sent || (loudness / sent - 1.0).abs() < 0.1,
                "{side:?} hears {other:?} at {loudness}, not {sent}"
            );
            loudness > 0.5 * sent
        };
        Side::PARTIES.into_iter().filter(is_heard).collect()
    }

    /// One source, no number missing or twice, and timestamps that follow the time.
    pub(crate) fn assert_one_stream(&self, side: Side) {
        let received = &self.phones[side as usize].received;
        let packets: Vec<_> = (received.iter())
            .map(|(at, packet)| (*at, rtp::look(packet).unwrap()))
            .collect();
        let (begun, first) = packets[0];
        for (n, (at, seen)) in packets.iter().enumerate() {
            let expected = (first.ssrc, first.sequence.wrapping_add(n as u16));
            assert_eq!(
                (seen.ssrc, seen.sequence),
                expected,
                "{side:?} at {at} ms, packet {n}"
            );
            let line = seen.timestamp.wrapping_sub(first.timestamp);
            let clock = ((at - begun) * 8) as u32;
            assert!(
                line.abs_diff(clock) <= 480,
                "{side:?} at {at} ms: {line}, not {clock}"
            );
        }
        let steps = packets
            .windows(2)
            .map(|two| two[1].1.timestamp.wrapping_sub(two[0].1.timestamp));
        assert!(
            steps.into_iter().all(|step| (1..1 << 20).contains(&step)),
            "the line of {side:?} never runs back or stands"
        );
    }

    /// The longest time without a packet, ms.
    pub(crate) fn longest_gap(&self, side: Side) -> u64 {
        let received = &self.phones[side as usize].received;
        let gaps = received.windows(2).map(|two| two[1].0 - two[0].0);
        gaps.max().unwrap_or(0)
    }
}
