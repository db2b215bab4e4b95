//! The model of the floor against the relay that carries real packets: after any orders whoever is heard by an ear of
//! the model is heard in what the relay sends there, by the tone that only they say, and nobody else is.

use crate::{
    chance::Chance,
    ear::{People, Source, Who},
    seats::Seats,
};
use kring_media::{
    Codec, Coding, FRAME, FramePacket, Ground, Joined, Library, Monitoring, PacketKind, Particle,
    Playable, PortPair, Program, Prompt, Relay, Remote, SessionId, Side, Verdict, g711, rtp, tone,
};
use kring_time::Moment;
use std::{net::SocketAddr, sync::Arc, time::Duration};

/// Of caller, agent, unit and supervisor, Hz: whole periods in 240 ms, and none a multiple of another.
const TONES: [f32; 4] = [450.0, 700.0, 1_150.0, 1_600.0];

/// So loud that three of them are within G.711's range.
const PEAK: i16 = 7_000;

const PCMA: Coding = Coding {
    codec: Playable::Pcma,
    payload_type: 8,
};

/// Random numbers with which streams begin.
const CHANCES: [u64; 4] = [11, 22, 33, 44];

/// Beats after each order, and those of them that are judged.
const BEATS: u64 = 30;
const JUDGED: usize = 12;

const MODES: [Monitoring; 3] = [Monitoring::Listen, Monitoring::Whisper, Monitoring::Barge];

struct Mouth {
    who: Who,
    tone: tone::Sine,
    sequence: u16,
    heard: Vec<Vec<u8>>,
}

impl Mouth {
    fn of(who: Who, first: u16) -> Mouth {
        Mouth {
            who,
            tone: tone::Sine::new(TONES[who as usize], PEAK),
            sequence: first,
            heard: Vec::new(),
        }
    }

    fn packet(&mut self) -> Vec<u8> {
        let sound: Vec<u8> = (0..FRAME)
            .map(|_| g711::alaw(self.tone.next_sample()))
            .collect();
        let mut packet = Vec::new();
        let at = u32::from(self.sequence) * FRAME as u32;
        rtp::write(&mut packet, 8, self.sequence, at, self.who as u32, &sound);
        self.sequence = self.sequence.wrapping_add(1);
        packet
    }
}

/// A session in the model and in the relay.
struct Twin {
    now: u64,
    model: Seats,
    relay: Relay,
    mouths: [Option<Mouth>; 4],
    library: Library,
    told: Vec<String>,
}

fn at(side: Side) -> Remote {
    let address = SocketAddr::from(([192, 0, 2, 10], 4_000 + 10 * side as u16));
    Remote {
        rtp: address,
        rtcp: address,
        sends: true,
        receives: true,
    }
}

impl Twin {
    fn new() -> Twin {
        let second = Duration::from_secs(1);
        let (caller, agent) = (PortPair { rtp: 20_000 }, PortPair { rtp: 20_002 });
        let mut twin = Twin {
            now: 0,
            model: Seats::new(caller, agent),
            relay: Relay::new(SessionId(1), Duration::from_secs(3_600)),
            mouths: Default::default(),
            library: Library::new(Particle::Ka, Prompt::ringback(400.0, second, second)),
            told: Vec::new(),
        };
        twin.comes(Side::Caller, Who::Caller);
        twin.comes(Side::Agent, Who::Agent);
        twin
    }

    fn moment(&self) -> Moment {
        Moment::from_millis(self.now)
    }

    /// Somebody has said where they are.
    fn comes(&mut self, side: Side, who: Who) {
        let codec = Codec {
            payload_type: 8,
            name: "PCMA".to_owned(),
            clock: 8_000,
            channels: 1,
            fmtp: None,
        };
        let codecs: Arc<[Codec]> = vec![codec].into();
        let now = self.moment();
        self.relay.set_codecs(now, side, (&codecs, &Arc::default()), CHANCES);
        self.relay.set_remote(now, side, at(side));
        if let Some(seat) = self.model.get_mut(side) {
            seat.known = true;
        }
        self.model.listen(now);
        self.mouths[side as usize] = Some(Mouth::of(who, 100 * self.told.len() as u16));
    }

    fn join(&mut self, joined: Joined) {
        let now = self.moment();
        self.model.join(now, joined);
        self.relay.join(now, joined, CHANCES);
    }

    /// One order that an exchange might give now.
    fn any_order(&mut self, chance: &mut Chance) {
        let now = self.moment();
        let has = |twin: &Twin, side: Side| twin.mouths[side as usize].is_some();
        let (third, monitor) = (has(self, Side::Third), has(self, Side::Monitor));
        let order = chance.between(0, 9);
        self.told.push(format!("{order} at {now}"));
        match order {
            0..=2 if third => {
                let parts = [
                    Joined::Without(Side::Caller),
                    Joined::Without(Side::Third),
                    Joined::Conference([PCMA; 3]),
                ];
                let joined = chance.one_of(&parts);
                self.join(joined);
            }
            0..=2 => {
                self.model.admit(PortPair { rtp: 20_004 });
                self.comes(Side::Third, Who::Unit);
            }
            3 if third => {
                self.model.dismiss(now);
                self.relay.dismiss(now, CHANCES);
                self.mouths[Side::Third as usize] = None;
            }
            4 if third => {
                self.model.succeed(now);
                self.relay.succeed(now, CHANCES);
                self.mouths[Side::Agent as usize] = self.mouths[Side::Third as usize].take();
            }
            5 if monitor => {
                self.model.depart(now);
                self.relay.depart(now);
                self.mouths[Side::Monitor as usize] = None;
            }
            3..=7 => {
                if !monitor {
                    self.model.attend(PortPair { rtp: 20_006 });
                    self.comes(Side::Monitor, Who::Monitor);
                }
                let mode = chance.one_of(&MODES);
                self.model.monitor(now, mode);
                self.relay.listen(now, mode, CHANCES);
            }
            _ => self.any_program(chance),
        }
    }

    /// kring speaks to somebody, or does so no more.
    fn any_program(&mut self, chance: &mut Chance) {
        let now = self.moment();
        let side = chance.one_of(&Side::BOTH);
        if chance.happens(500) {
            let program = Program::new(Vec::new(), Ground::Ringback);
            let player = self.library.player(&program, PCMA);
            self.model.play(now, side, Some(program));
            self.relay.play(now, side, player, 8, 5);
        } else {
            self.model.play(now, side, None);
            self.relay.hush(side);
        }
    }

    fn beat(&mut self) {
        self.now += 20;
        let now = self.moment();
        for side in Side::ALL {
            let Some(mouth) = &mut self.mouths[side as usize] else {
                continue;
            };
            let mut packet = mouth.packet();
            let home = at(side).rtp;
            let verdict = self.relay.packet(now, side, PacketKind::Rtp, home, &packet);
            match verdict {
                Verdict::Forward { out, .. } => self.receive(out, packet),
                Verdict::Renumber { out, header, .. } => {
                    packet[..rtp::HEADER].copy_from_slice(&header);
                    self.receive(out, packet);
                }
                Verdict::Recode { .. } | Verdict::Replace { .. } => {
                    panic!("all speak PCMA, and nobody presses a key")
                }
                Verdict::Drop(_) => {}
            }
        }
        let mut frame: FramePacket = [0; rtp::HEADER + FRAME];
        for side in Side::ALL {
            while self.relay.next_frame(now, side, &mut frame).is_some() {
                self.receive(side, frame.to_vec());
            }
        }
        while let Some((side, _, length)) = self.relay.next_mixed(now, &mut frame) {
            self.receive(side, frame[..length].to_vec());
        }
    }

    fn receive(&mut self, side: Side, packet: Vec<u8>) {
        if let Some(mouth) = &mut self.mouths[side as usize] {
            mouth.heard.push(packet);
        }
    }

    /// Whose tones the relay has sent to this side.
    fn heard(&self, side: Side) -> People {
        let Some(mouth) = &self.mouths[side as usize] else {
            return People::NOBODY;
        };
        let last = mouth.heard.len().saturating_sub(JUDGED);
        let sound: Vec<i16> = mouth.heard[last..]
            .iter()
            .flat_map(|packet| Playable::Pcma.decode(&packet[rtp::HEADER..]))
            .collect();
        let is_heard = |who: &Who| {
            let level = tone::amplitude(&sound, TONES[*who as usize]);
            level > f64::from(PEAK) / 2.0
        };
        People::of(Who::ALL.into_iter().filter(is_heard))
    }

    /// Whom the model says that a side hears.
    fn should_hear(&self, side: Side) -> People {
        match self.model.get(side).map(|seat| seat.ear.source()) {
            Some(Source::Person(people)) => *people,
            _ => People::NOBODY,
        }
    }
}

#[test]
fn the_model_hears_what_the_relay_sends() {
    for seed in 0..120 {
        let mut chance = Chance::new(seed, 40);
        let mut twin = Twin::new();
        for _ in 0..14 {
            twin.any_order(&mut chance);
            for mouth in twin.mouths.iter_mut().flatten() {
                mouth.heard.clear();
            }
            for _ in 0..BEATS {
                twin.beat();
            }
            for side in Side::ALL {
                let (heard, should) = (twin.heard(side), twin.should_hear(side));
                assert_eq!(heard, should, "seed {seed}: {side:?} after {:?}", twin.told);
            }
        }
    }
}
