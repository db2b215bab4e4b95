//! Three who talk with each other: what each of them said is put together anew for each, every 20 ms.
//!
//! It is mixed as telephone sound, at 8 kHz. G.722 needs no other rate for that: the lower of its two bands is
//! such a sound by itself. Each hears the sum of the two others and nothing of itself; the sum stops at
//! the loudest sample there is and never wraps, which two who speak at the usual levels do not reach.
//! Only G.711 and G.722 are sound here. Key events (RFC 4733), comfort noise and everything else are silence.

use crate::{
    coding::{FRAME, FRAME_LENGTH},
    g711, g722,
    inbox::Inbox,
    limits::MIX_AHEAD_MAX,
    order::Side,
    player::{EARLY, LATE_MAX},
    program::{Coding, Playable},
    quality::RtpSeen,
    rtp,
};
use kring_time::Moment;

/// The static payload numbers of what can be mixed (RFC 3551 §6).
const STATIC: [(u8, Playable); 3] = [
    (0, Playable::Pcmu),
    (8, Playable::Pcma),
    (9, Playable::G722),
];

/// Three seats and their beat.
#[derive(Clone, Debug)]
pub(crate) struct Conference {
    /// In the order of [`Side::PARTIES`].
    seats: [Seat; 3],
    /// When the next frame is due; none before the first.
    due: Option<Moment>,
    /// The moment of the frame that is being given out, and to how many it was given.
    at: Moment,
    given: usize,
}

#[derive(Clone, Debug)]
struct Seat {
    coding: Coding,
    inbox: Inbox,
    /// What it said in the frame that is being given out.
    said: [i16; FRAME],
    decoder: g722::Decoder,
    encoder: g722::Encoder,
}

/// What is due now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beat {
    /// A frame for this side, which belongs to this moment.
    Frame { side: Side, at: Moment },
    /// A frame that comes too late for all: it is left out.
    LeftOut,
    /// Nothing yet.
    Later,
}

impl Conference {
    /// In which nobody has said anything; how each is spoken to.
    pub(crate) fn new(codings: [Coding; 3]) -> Conference {
        Conference {
            seats: codings.map(Seat::new),
            due: None,
            at: Moment::BOOT,
            given: Side::PARTIES.len(),
        }
    }

    /// How each is spoken to from now on.
    pub(crate) fn speak_in(&mut self, codings: [Coding; 3]) {
        for (seat, coding) in self.seats.iter_mut().zip(codings) {
            seat.coding = coding;
        }
    }

    /// A packet of a side.
    // Apart from the way of packets that only pass, which is every call's.
    #[inline(never)]
    pub(crate) fn hear(&mut self, side: Side, seen: RtpSeen, bytes: &[u8]) {
        let seat = &mut self.seats[side as usize];
        let (Some(codec), Some(payload)) = (seat.codec(seen.payload_type), rtp::payload(bytes))
        else {
            return;
        };
        let (ssrc, timestamp, payload) = (seen.ssrc, seen.timestamp, payload.iter());
        match codec {
            Playable::Pcma => {
                let samples = payload.map(|byte| g711::from_alaw(*byte));
                seat.inbox.put(ssrc, timestamp, samples);
            }
            Playable::Pcmu => {
                let samples = payload.map(|byte| g711::from_ulaw(*byte));
                seat.inbox.put(ssrc, timestamp, samples);
            }
            Playable::G722 => {
                let decoder = &mut seat.decoder;
                let samples = payload.map(|byte| decoder.decode_narrow(*byte));
                seat.inbox.put(ssrc, timestamp, samples);
            }
        }
    }

    /// The next thing that is due. Every frame is given to all three before the next one is made.
    pub(crate) fn beat(&mut self, now: Moment) -> Beat {
        if self.given == Side::PARTIES.len() {
            let due = *self.due.get_or_insert(now);
            if due > now + EARLY {
                return Beat::Later;
            }
            if due + LATE_MAX < now {
                self.catch_up(now, due);
                return Beat::LeftOut;
            }
            self.advance(due);
            self.given = 0;
        }
        let side = Side::PARTIES[self.given];
        self.given += 1;
        Beat::Frame { side, at: self.at }
    }

    /// Writes the frame of a side, and tells its payload number.
    pub(crate) fn write(&mut self, side: Side, payload: &mut [u8]) -> u8 {
        let mut sum = [0_i32; FRAME];
        for (n, other) in self.seats.iter().enumerate() {
            if n != side as usize {
                for (sum, said) in sum.iter_mut().zip(other.said) {
                    *sum += i32::from(said);
                }
            }
        }
        let seat = &mut self.seats[side as usize];
        for (byte, sum) in payload.iter_mut().zip(sum) {
            let sample = sum.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
            *byte = match seat.coding.codec {
                Playable::Pcma => g711::alaw(sample),
                Playable::Pcmu => g711::ulaw(sample),
                Playable::G722 => seat.encoder.encode_narrow(sample),
            };
        }
        seat.coding.payload_type
    }

    fn advance(&mut self, due: Moment) {
        for seat in &mut self.seats {
            seat.said = seat.inbox.take();
        }
        self.at = due;
        self.due = Some(due + FRAME_LENGTH);
    }

    /// A thread was held up: what should have sounded meanwhile goes by, as far as there is any.
    fn catch_up(&mut self, now: Moment, due: Moment) {
        let mut due = due;
        for _ in 0..MIX_AHEAD_MAX / FRAME {
            if due + LATE_MAX < now {
                self.advance(due);
                due = due + FRAME_LENGTH;
            }
        }
        if due + LATE_MAX < now {
            self.due = Some(now);
        }
    }
}

impl Seat {
    fn new(coding: Coding) -> Seat {
        Seat {
            coding,
            inbox: Inbox::default(),
            said: [0; FRAME],
            decoder: g722::Decoder::default(),
            encoder: g722::Encoder::default(),
        }
    }

    /// What a payload number of this side means. It may send in another codec than it is spoken to.
    fn codec(&self, payload_type: u8) -> Option<Playable> {
        if payload_type == self.coding.payload_type {
            return Some(self.coding.codec);
        }
        let known = STATIC.iter().find(|(number, _)| *number == payload_type);
        known.map(|(_, codec)| *codec)
    }
}
