//! Those who are heard together: what each of them said is put together anew for each who hears several of them,
//! every 20 ms.
//!
//! It is mixed as telephone sound, at 8 kHz. G.722 needs no other rate for that: the lower of its two bands is
//! such a sound by itself. Each hears the sum of those it hears and nothing of itself; the sum stops at
//! the loudest sample there is and never wraps, which a few who speak at the usual levels do not reach.
//! Only what kring speaks is sound here. Key events (RFC 4733), comfort noise and everything else are silence.

use crate::{
    bond::Sides,
    coder::{Decoder, Encoder},
    coding::{FRAME, FRAME_LENGTH},
    inbox::Inbox,
    limits::{MIX_AHEAD_MAX, MIX_PACKET_MAX},
    order::Side,
    player::{EARLY, LATE_MAX},
    quality::RtpSeen,
    rtp,
    speech::{Recodable, Tongue},
};
use kring_time::Moment;

/// Four seats and their beat.
#[derive(Clone, Debug)]
pub(crate) struct Mixer {
    /// In the order of [`Side::ALL`].
    seats: [Seat; 4],
    /// When the next frame is due; none before the first.
    due: Option<Moment>,
    /// The moment of the frame that is being given out, and to how many it was given.
    at: Moment,
    given: usize,
}

#[derive(Clone, Debug)]
struct Seat {
    /// How it is spoken to, if it can be.
    tongue: Option<Tongue>,
    inbox: Inbox,
    /// What it said in the frame that is being given out.
    said: [i16; FRAME],
    decoder: Decoder,
    encoder: Encoder,
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

impl Default for Seat {
    fn default() -> Seat {
        Seat {
            tongue: None,
            inbox: Inbox::default(),
            said: [0; FRAME],
            decoder: Decoder::default(),
            encoder: Encoder::default(),
        }
    }
}

impl Default for Mixer {
    fn default() -> Mixer {
        Mixer {
            seats: Default::default(),
            due: None,
            at: Moment::BOOT,
            given: Side::ALL.len(),
        }
    }
}

impl Mixer {
    /// How a side is spoken to from now on.
    pub(crate) fn speak_in(&mut self, side: Side, tongue: Option<Tongue>) {
        let seat = &mut self.seats[side as usize];
        seat.tongue = tongue;
        if let Some(tongue) = tongue {
            seat.encoder.prepare(tongue.codec);
            seat.decoder.prepare(tongue.codec);
        }
    }

    /// How a side is spoken to.
    pub(crate) fn tongue(&self, side: Side) -> Option<Tongue> {
        self.seats[side as usize].tongue
    }

    /// Whoever had this seat has left it.
    pub(crate) fn leave(&mut self, side: Side) {
        self.seats[side as usize] = Seat::default();
    }

    /// The third has the agent's seat.
    pub(crate) fn succeed(&mut self) {
        self.seats[Side::Agent as usize] = std::mem::take(&mut self.seats[Side::Third as usize]);
    }

    /// A packet of a side, in this codec.
    // Apart from the way of packets that only pass, which is every call's.
    #[inline(never)]
    pub(crate) fn hear(&mut self, side: Side, codec: Recodable, seen: RtpSeen, bytes: &[u8]) {
        let Seat { inbox, decoder, .. } = &mut self.seats[side as usize];
        let Some(payload) = rtp::payload(bytes) else {
            return;
        };
        let mut samples = [0; MIX_PACKET_MAX];
        // Only what a side was not spoken to in is made here, and once.
        decoder.prepare(codec);
        let Some(length) = decoder.decode(codec, payload, &mut samples) else {
            return;
        };
        // The line of the inbox counts samples.
        let timestamp = seen.timestamp / (codec.clock() / kring_opus::RATE);
        inbox.put(seen.ssrc, timestamp, samples[..length].iter().copied());
    }

    /// The next thing that is due. Every frame is given to all before the next one is made.
    pub(crate) fn beat(&mut self, now: Moment) -> Beat {
        if self.given == Side::ALL.len() {
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
        let side = Side::ALL[self.given];
        self.given += 1;
        Beat::Frame { side, at: self.at }
    }

    /// Writes the frame of a side who hears these: how it is coded, and how long it is. None: it cannot be
    /// spoken to.
    pub(crate) fn write(
        &mut self,
        side: Side,
        heard: Sides,
        payload: &mut [u8],
    ) -> Option<(Tongue, usize)> {
        let mut sum = [0_i32; FRAME];
        for (other, seat) in Side::ALL.into_iter().zip(&self.seats) {
            if heard.has(other) {
                for (sum, said) in sum.iter_mut().zip(seat.said) {
                    *sum += i32::from(said);
                }
            }
        }
        let cut = |sum: i32| sum.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        let seat = &mut self.seats[side as usize];
        let tongue = seat.tongue?;
        let length = (seat.encoder).encode(tongue.codec, &sum.map(cut), payload)?;
        Some((tongue, length))
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
