//! Key presses that were signalled apart from the sound (INFO) and travel on within it (RFC 4733): each
//! takes the place of the sound packets that pass meanwhile, so numbers, timing and source stay whole.

use crate::{
    dtmf,
    limits::{PRESS_PACKETS_MAX, PRESSES_WAITING_MAX},
    rtp,
};
use std::collections::VecDeque;

/// A packet that carries one key event: header and payload.
pub type KeyPacket = [u8; rtp::HEADER + 4];

/// Sound packets between two presses, 20 ms each: 60 ms of pause, as telephones want it.
const PAUSE: u16 = 3;

/// One press that waits.
#[derive(Clone, Copy, Debug)]
struct Press {
    key: char,
    /// Its length, packets of 20 ms.
    packets: u16,
    /// The number under which the listener knows key events.
    payload_type: u8,
}

/// The presses of one side.
#[derive(Clone, Debug, Default)]
pub(crate) struct Presses {
    waiting: VecDeque<Press>,
    now: Option<Sounding>,
    pause: u16,
}

#[derive(Clone, Copy, Debug)]
struct Sounding {
    press: Press,
    /// The RTP timestamp of all its packets.
    timestamp: u32,
    sent: u16,
}

impl Presses {
    /// One more press of `duration_ms`. Beyond the bound it is lost, like a key pressed too fast.
    pub(crate) fn add(&mut self, key: char, duration_ms: u32, payload_type: u8) {
        if self.waiting.len() < PRESSES_WAITING_MAX {
            let packets = (duration_ms / 20).clamp(2, u32::from(PRESS_PACKETS_MAX)) as u16;
            self.waiting.push_back(Press {
                key,
                packets,
                payload_type,
            });
        }
    }

    /// What goes out instead of this packet of sound; none: the packet itself.
    pub(crate) fn instead_of(&mut self, packet: &[u8]) -> Option<KeyPacket> {
        if self.now.is_none() {
            if self.pause > 0 {
                self.pause -= 1;
                return None;
            }
            self.waiting.front()?;
        }
        let seen = rtp::look(packet)?;
        let mut sounding = match self.now.take() {
            Some(sounding) => sounding,
            None => Sounding {
                press: self.waiting.pop_front()?,
                timestamp: seen.timestamp,
                sent: 0,
            },
        };
        let Press {
            key,
            packets,
            payload_type,
        } = sounding.press;
        let payload = dtmf::press(key, packets).nth(usize::from(sounding.sent));
        let Some(payload) = payload else {
            self.pause = PAUSE;
            return None;
        };
        let mark = if sounding.sent == 0 { rtp::MARKER } else { 0 };
        let mut out = [0; rtp::HEADER + 4];
        out[0] = 0x80;
        out[1] = payload_type | mark;
        out[2..4].copy_from_slice(packet.get(2..4)?);
        out[4..8].copy_from_slice(&sounding.timestamp.to_be_bytes());
        out[8..12].copy_from_slice(packet.get(8..12)?);
        out[12..].copy_from_slice(&payload);
        sounding.sent += 1;
        self.now = Some(sounding);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtmf::{KeyEvent, KeyListener};

    fn sound(sequence: u16) -> Vec<u8> {
        let mut packet = Vec::new();
        let timestamp = 8_000 + u32::from(sequence) * 160;
        rtp::write(&mut packet, 8, sequence, timestamp, 0xcafe, &[0xd5; 160]);
        packet
    }

    /// Every packet keeps its number and source; the listener hears each key once, and sound around it.
    #[test]
    fn presses_take_the_place_of_sound() {
        let mut presses = Presses::default();
        presses.add('4', 100, 101);
        presses.add('#', 40, 101);
        let (mut heard, mut listener, mut sounds) = (String::new(), KeyListener::default(), 0);
        for sequence in 0..40 {
            let packet = sound(sequence);
            let Some(event) = presses.instead_of(&packet) else {
                sounds += 1;
                continue;
            };
            let seen = rtp::look(&event).unwrap();
            assert_eq!((seen.payload_type, seen.ssrc), (101, 0xcafe));
            assert_eq!(u32::from(sequence), u32::from(event[3]));
            heard.extend(listener.note(seen.timestamp, &event[12..]));
        }
        assert_eq!(heard, "4#");
        // Five packets and three ends, two and three ends; the rest is sound.
        assert_eq!(sounds, 40 - 8 - 5);
    }

    #[test]
    fn the_first_packet_is_marked_and_the_end_is_said() {
        let mut presses = Presses::default();
        presses.add('9', 40, 96);
        let events: Vec<KeyPacket> = (0..10)
            .filter_map(|sequence| presses.instead_of(&sound(sequence)))
            .collect();
        assert_eq!(events[0][1], 96 | rtp::MARKER);
        assert!(events[1..].iter().all(|event| event[1] == 96));
        let last = KeyEvent::read(&events.last().unwrap()[12..]).unwrap();
        assert!(last.end && last.key == '9' && last.duration == 320);
        assert!(events.iter().all(|event| event[4..8] == events[0][4..8]));
    }

    #[test]
    fn too_many_presses_are_lost() {
        let mut presses = Presses::default();
        for _ in 0..1_000 {
            presses.add('1', 100, 101);
        }
        assert_eq!(presses.waiting.len(), PRESSES_WAITING_MAX);
    }
}
