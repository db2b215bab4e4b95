//! kring's own voice in a relay: which side it speaks to now, and the one stream that this side gets.

use crate::{
    coding::FRAME,
    dtmf::KeyListener,
    outgoing::{Header, Outgoing, Passage},
    player::{Due, Player},
    quality::RtpSeen,
    route::Scale,
    rtp,
};
use kring_time::Moment;

/// A packet with one frame: header and payload.
pub type FramePacket = [u8; rtp::HEADER + FRAME];

/// The clock of all that is played, Hz.
const CLOCK: u32 = 8_000;

/// Key events have a dynamic number and carry four bytes (RFC 4733 §2.3).
const KEY_PAYLOAD: usize = 4;

/// What is spoken to one side.
#[derive(Clone, Debug, Default)]
pub(crate) struct Speaking {
    outgoing: Outgoing,
    voice: Voice,
    keys: KeyListener,
}

#[derive(Clone, Debug, Default)]
enum Voice {
    /// Nothing was ever said.
    #[default]
    Never,
    /// It speaks, under this payload number.
    Speaks(Box<Player>, u8),
    /// It has spoken: its music goes on from there if it is to be heard again.
    Silent(Box<Player>),
}

/// What one turn brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The packet was written: it goes out now.
    Send,
    /// All that was to be said is said.
    Said,
    /// Nothing more for now.
    Later,
}

impl Speaking {
    /// Speaks from now on, instead of what was heard before.
    pub(crate) fn play(&mut self, now: Moment, player: Player, payload_type: u8, chance: u64) {
        let player = match std::mem::take(&mut self.voice) {
            Voice::Never => player,
            Voice::Speaks(earlier, _) | Voice::Silent(earlier) => player.after(&earlier),
        };
        self.voice = Voice::Speaks(Box::new(player), payload_type);
        self.outgoing.begin(now, chance);
    }

    /// Speaks no more.
    pub(crate) fn hush(&mut self) {
        self.voice = match std::mem::take(&mut self.voice) {
            Voice::Speaks(mut player, _) => {
                player.pause();
                Voice::Silent(player)
            }
            other => other,
        };
        self.outgoing.end();
    }

    pub(crate) fn speaks(&self) -> bool {
        matches!(self.voice, Voice::Speaks(..))
    }

    /// The next thing that is due; `hears`: there is somewhere to send it to.
    pub(crate) fn turn(&mut self, now: Moment, hears: bool, out: &mut FramePacket) -> Turn {
        let Voice::Speaks(player, payload_type) = &mut self.voice else {
            return Turn::Later;
        };
        loop {
            match player.next(now) {
                Due::Frame(frame, at) if hears && frame.len() == FRAME => {
                    let header = self.outgoing.own(at, *payload_type, CLOCK);
                    out[..rtp::HEADER].copy_from_slice(&header);
                    out[rtp::HEADER..].copy_from_slice(frame);
                    return Turn::Send;
                }
                Due::Frame(..) | Due::LeftOut => self.outgoing.skip(),
                Due::Said => return Turn::Said,
                Due::Over => {
                    self.hush();
                    return Turn::Later;
                }
                Due::Later => return Turn::Later,
            }
        }
    }

    /// Somebody else is heard from now on, or nobody, when kring does not speak.
    pub(crate) fn hear_another(&mut self) {
        if !self.speaks() {
            self.outgoing.change();
        }
    }

    /// A mix is heard from now on, when kring does not speak; `chance` as in [`Speaking::play`].
    pub(crate) fn hear_mix(&mut self, now: Moment, chance: u64) {
        if !self.speaks() {
            self.outgoing.begin(now, chance);
        }
    }

    /// The header of the next frame of a mix, which belongs to the moment `at`, under a clock in Hz.
    pub(crate) fn mixed(&mut self, at: Moment, payload_type: u8, clock: u32) -> Header {
        self.outgoing.own(at, payload_type, clock)
    }

    /// A frame of a mix was due that this side does not hear.
    pub(crate) fn skip(&mut self) {
        self.outgoing.skip();
    }

    /// How a packet of the other side, whose first two bytes are `head`, goes on to this one.
    #[inline]
    pub(crate) fn pass(&mut self, now: Moment, seen: RtpSeen, head: ([u8; 2], Scale)) -> Passage {
        self.outgoing.pass(now, seen, head)
    }

    /// The same of a packet that is made of one of the other side.
    pub(crate) fn carry(&mut self, now: Moment, seen: RtpSeen, head: ([u8; 2], Scale)) -> Passage {
        self.outgoing.carry(now, seen, head)
    }

    /// The key that this packet of the side tells, while kring speaks to it.
    pub(crate) fn key(&mut self, seen: RtpSeen, bytes: &[u8]) -> Option<char> {
        let Voice::Speaks(_, payload_type) = self.voice else {
            return None;
        };
        if seen.payload_type < 96 || seen.payload_type == payload_type {
            return None;
        }
        let payload = rtp::payload(bytes).filter(|payload| payload.len() == KEY_PAYLOAD)?;
        self.keys.note(seen.timestamp, payload)
    }
}
