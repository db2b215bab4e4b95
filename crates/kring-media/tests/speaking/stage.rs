//! One caller's phone before a relay: everything that it received, and what a stream must be.

use kring_media::{
    Clip, Coding, FRAME, FramePacket, Ground, Language, Library, MediaNotice, PacketKind, Particle,
    Phrase, Playable, Program, Prompt, Relay, Remote, Samples, SessionId, Side, Verdict, rtp, tone,
};
use kring_time::Moment;
use std::{net::SocketAddr, time::Duration};

pub(crate) const SESSION: SessionId = SessionId(3);
const PCMA: Coding = Coding {
    codec: Playable::Pcma,
    payload_type: 8,
};

pub(crate) fn ms(ms: u64) -> Moment {
    Moment::from_millis(ms)
}

pub(crate) fn remote(port: u16) -> Remote {
    let at = |port| SocketAddr::new([192, 0, 2, 10].into(), port);
    Remote {
        rtp: at(port),
        rtcp: at(port + 1),
        sends: true,
        receives: true,
    }
}

pub(crate) fn tone_of(hz: f32, ms: usize) -> Prompt {
    Prompt::new(&Samples {
        rate: 8_000,
        samples: tone::Sine::new(hz, 6_000).take(ms * 8).collect(),
    })
}

/// The greeting is 600 Hz, every other recording 700 Hz, the music 500 Hz.
fn library() -> Library {
    let (on, off) = (Duration::from_secs(1), Duration::from_secs(4));
    let ringback = Prompt::ringback(400.0, on, off);
    let mut library = Library::new(Particle::Ka, ringback);
    for clip in Clip::all_of(Language::Thai) {
        library.add(clip, tone_of(700.0, 100));
    }
    library.add_named("greeting", None, tone_of(600.0, 300));
    library.set_music(tone_of(500.0, 2_000));
    assert!(library.is_whole(Language::Thai));
    library
}

pub(crate) fn program(say: &[Phrase], then: Ground) -> Program {
    Program::new(say.to_vec(), then)
}

/// One caller's phone, and everything it received.
pub(crate) struct Stage {
    pub(crate) relay: Relay,
    pub(crate) library: Library,
    pub(crate) received: Vec<(u64, Vec<u8>)>,
    pub(crate) notices: Vec<(u64, MediaNotice)>,
}

impl Stage {
    /// Only the caller is there: early media, or a caller who waits.
    pub(crate) fn alone() -> Stage {
        let mut relay = Relay::new(SESSION, Duration::from_secs(20));
        relay.set_remote(ms(0), Side::Caller, remote(4_000));
        Stage {
            relay,
            library: library(),
            received: Vec::new(),
            notices: Vec::new(),
        }
    }

    pub(crate) fn play(&mut self, at: u64, program: &Program) {
        let player = self.library.player(program, PCMA);
        let chance = 0xcafe_0001_fff0_1234;
        self.relay.play(ms(at), Side::Caller, player, 8, chance);
    }

    pub(crate) fn tick(&mut self, at: u64) {
        let mut packet: FramePacket = [0; rtp::HEADER + FRAME];
        while let Some(to) = self.relay.next_frame(ms(at), Side::Caller, &mut packet) {
            assert_eq!(to, remote(4_000).rtp);
            self.received.push((at, packet.to_vec()));
        }
        self.relay.wake(ms(at));
        while let Some(notice) = self.relay.poll_notice() {
            self.notices.push((at, notice));
        }
    }

    pub(crate) fn run(&mut self, from: u64, to: u64) {
        for at in (from..to).step_by(20) {
            self.tick(at);
        }
    }

    /// The agent sends a packet; what of it reaches the caller is received.
    pub(crate) fn agent_says(&mut self, at: u64, packet: &[u8]) -> Verdict {
        let (from, kind) = (remote(6_000).rtp, PacketKind::Rtp);
        let verdict = self.relay.packet(ms(at), Side::Agent, kind, from, packet);
        let mut packet = packet.to_vec();
        match verdict {
            Verdict::Forward { .. } => self.received.push((at, packet)),
            Verdict::Renumber { header, .. } => {
                packet[..rtp::HEADER].copy_from_slice(&header);
                self.received.push((at, packet));
            }
            Verdict::Replace { by, .. } => self.received.push((at, by.to_vec())),
            Verdict::Recode { .. } => panic!("nobody has said what he speaks"),
            Verdict::Drop(_) => {}
        }
        verdict
    }

    /// What was heard in the frames from one time to another.
    pub(crate) fn heard(&self, from: u64, to: u64, tones: &[f32]) -> Option<f32> {
        let within = self
            .received
            .iter()
            .filter(|(at, _)| (from..to).contains(at));
        let bytes: Vec<u8> = within
            .flat_map(|(_, p)| p[rtp::HEADER..].to_vec())
            .collect();
        tone::heard(&Playable::Pcma.decode(&bytes), tones)
    }

    /// One source, no number missing or twice, and timestamps that follow the time.
    pub(crate) fn assert_one_stream(&self) {
        let packets: Vec<_> = (self.received.iter())
            .map(|(at, packet)| (*at, rtp::look(packet).unwrap()))
            .collect();
        let (begun, first) = packets[0];
        for (n, (at, seen)) in packets.iter().enumerate() {
            assert_eq!(seen.ssrc, first.ssrc, "at {at} ms");
            assert_eq!(
                seen.sequence,
                first.sequence.wrapping_add(n as u16),
                "at {at} ms"
            );
            let line = seen.timestamp.wrapping_sub(first.timestamp);
            let clock = ((at - begun) * 8) as u32;
            assert!(
                line.abs_diff(clock) <= 480,
                "at {at} ms: {line}, not {clock}"
            );
        }
        let steps = packets
            .windows(2)
            .map(|two| two[1].1.timestamp.wrapping_sub(two[0].1.timestamp));
        assert!(
            steps.into_iter().all(|step| step < 1 << 20),
            "the line never runs back"
        );
    }

    pub(crate) fn said(&self) -> Vec<u64> {
        let said = MediaNotice::Said {
            session: SESSION,
            side: Side::Caller,
        };
        (self.notices.iter())
            .filter(|(_, notice)| *notice == said)
            .map(|(at, _)| *at)
            .collect()
    }
}
