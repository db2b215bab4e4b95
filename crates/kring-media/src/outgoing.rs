//! One stream of RTP towards one side, whoever speaks in it.
//!
//! As long as only one other side is heard, its packets pass untouched. From the first frame of kring's own, or
//! of somebody else, on, the stream has one source, one row of sequence numbers and one line of timestamps (RFC 3550 §5.1), and
//! packets of the other side are renumbered onto them: a phone sees a talk spurt begin, never a new stream.

use crate::{coding::FRAME, quality::RtpSeen, rtp};
use kring_time::Moment;

/// The first twelve bytes of a packet: all of its header that one stream must agree on.
pub type Header = [u8; rtp::HEADER];

/// Packets after the beginning of a spurt that may still be older than it: what the network reordered.
const STRAYS: u8 = 50;

/// What goes to one side.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outgoing {
    last: Option<Sent>,
    line: Line,
}

/// The newest packet sent.
#[derive(Clone, Copy, Debug)]
struct Sent {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    at: Moment,
}

#[derive(Clone, Copy, Debug, Default)]
enum Line {
    /// The other side's numbers, as they come.
    #[default]
    Theirs,
    /// Our numbers; who speaks next begins a spurt.
    Pause,
    /// Our numbers, kring speaks.
    Own,
    /// Our numbers, the other side speaks.
    Renumbered(Spurt),
}

/// One run of the other side's packets, and what is added to its numbers.
#[derive(Clone, Copy, Debug)]
struct Spurt {
    ssrc: u32,
    first: u16,
    sequence: u16,
    timestamp: u32,
    /// How many more packets may turn out to be older than the spurt.
    strays: u8,
}

/// How a packet of the other side goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    /// As it is.
    Untouched,
    /// With this header.
    Under(Header),
    /// Not at all: it is older than what was said since.
    TooLate,
}

impl Outgoing {
    /// kring will speak: from now on the numbers are ours. `chance` begins them where nothing was sent yet
    /// (RFC 3550 §5.1 wants them hard to guess).
    pub(crate) fn begin(&mut self, now: Moment, chance: u64) {
        self.last.get_or_insert(Sent {
            ssrc: (chance >> 32) as u32,
            sequence: (chance >> 16) as u16,
            timestamp: chance as u32,
            at: now,
        });
        self.line = Line::Pause;
    }

    /// kring speaks no more; the numbers stay ours.
    pub(crate) fn end(&mut self) {
        if !matches!(self.line, Line::Theirs) {
            self.line = Line::Pause;
        }
    }

    /// Somebody else is heard from now on. Where anything was sent before, the numbers are ours from here, so
    /// that it goes on as one stream; where nothing was, whoever is first may begin it with his.
    pub(crate) fn change(&mut self) {
        if self.last.is_some() {
            self.line = Line::Pause;
        }
    }

    /// The header of the next frame of kring's own, which belongs to the moment `at`.
    pub(crate) fn own(&mut self, at: Moment, payload_type: u8) -> Header {
        let (mark, mut sent) = match (self.line, self.last) {
            (Line::Own, Some(sent)) => (0, sent.after(FRAME as u32)),
            (_, Some(sent)) => (rtp::MARKER, sent.after(sent.elapsed(at))),
            // `begin` came first.
            (_, None) => return [0; rtp::HEADER],
        };
        sent.at = at;
        self.line = Line::Own;
        self.last = Some(sent);
        let head = [0x80, payload_type | mark];
        header(head, sent.sequence, sent.timestamp, sent.ssrc)
    }

    /// A frame was due that nobody could hear: time passes, and the next one begins a spurt.
    pub(crate) fn skip(&mut self) {
        if let Line::Own = self.line {
            self.line = Line::Pause;
        }
    }

    /// A packet of the other side, of which the headers are `seen` and the first two bytes `head`.
    pub(crate) fn pass(&mut self, now: Moment, seen: RtpSeen, head: [u8; 2]) -> Passage {
        let (mut spurt, mark) = match (self.line, self.last) {
            (Line::Theirs, _) | (_, None) => {
                self.note_theirs(now, seen);
                return Passage::Untouched;
            }
            (Line::Renumbered(spurt), _) if spurt.ssrc == seen.ssrc => (spurt, 0),
            (_, Some(last)) => {
                let next = last.after(last.elapsed(now));
                let spurt = Spurt {
                    ssrc: seen.ssrc,
                    first: seen.sequence,
                    sequence: next.sequence.wrapping_sub(seen.sequence),
                    timestamp: next.timestamp.wrapping_sub(seen.timestamp),
                    strays: STRAYS,
                };
                (spurt, rtp::MARKER)
            }
        };
        if spurt.strays > 0 {
            if is_behind(seen.sequence, spurt.first) {
                return Passage::TooLate;
            }
            spurt.strays -= 1;
        }
        self.line = Line::Renumbered(spurt);
        let ssrc = self.last.map_or(0, |last| last.ssrc);
        let sent = Sent {
            ssrc,
            sequence: seen.sequence.wrapping_add(spurt.sequence),
            timestamp: seen.timestamp.wrapping_add(spurt.timestamp),
            at: now,
        };
        if self
            .last
            .is_none_or(|last| is_behind(last.sequence, sent.sequence))
        {
            self.last = Some(sent);
        }
        let head = [head[0], head[1] | mark];
        Passage::Under(header(head, sent.sequence, sent.timestamp, ssrc))
    }

    fn note_theirs(&mut self, now: Moment, seen: RtpSeen) {
        let newest = Sent {
            ssrc: seen.ssrc,
            sequence: seen.sequence,
            timestamp: seen.timestamp,
            at: now,
        };
        match self.last {
            Some(last) if last.ssrc == seen.ssrc && is_behind(seen.sequence, last.sequence) => {}
            _ => self.last = Some(newest),
        }
    }
}

impl Sent {
    fn after(self, units: u32) -> Sent {
        Sent {
            sequence: self.sequence.wrapping_add(1),
            timestamp: self.timestamp.wrapping_add(units),
            ..self
        }
    }

    /// Timestamp units since then, at 8,000 Hz, in whole frames and at least one: what any codec that kring
    /// speaks counts by.
    fn elapsed(self, now: Moment) -> u32 {
        let frames = (now.since(self.at).as_millis() + 10) / 20;
        frames.clamp(1, 1 << 20) as u32 * FRAME as u32
    }
}

/// `one` comes before `other` in a row of 16 bits that wraps.
fn is_behind(one: u16, other: u16) -> bool {
    (one.wrapping_sub(other) as i16) < 0
}

fn header(head: [u8; 2], sequence: u16, timestamp: u32, ssrc: u32) -> Header {
    let mut header = [0; rtp::HEADER];
    header[..2].copy_from_slice(&head);
    header[2..4].copy_from_slice(&sequence.to_be_bytes());
    header[4..8].copy_from_slice(&timestamp.to_be_bytes());
    header[8..].copy_from_slice(&ssrc.to_be_bytes());
    header
}
