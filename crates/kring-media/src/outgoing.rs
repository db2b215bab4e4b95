//! One stream of RTP towards one side, whoever speaks in it.
//!
//! As long as only one other side is heard, its packets pass untouched. From the first frame of kring's own, or
//! of somebody else, on, the stream has one source, one row of sequence numbers and one line of timestamps (RFC 3550 §5.1), and
//! packets of the other side are renumbered onto them: a phone sees a talk spurt begin, never a new stream.
//! So it is with packets that are made of another coding's: their timestamps count by the new one's clock.

use crate::{quality::RtpSeen, route::Scale, rtp};
use kring_time::Moment;

/// The first twelve bytes of a packet: all of its header that one stream must agree on.
pub type Header = [u8; rtp::HEADER];

/// Packets after the beginning of a spurt that may still be older than it: what the network reordered.
const STRAYS: u8 = 50;

/// Of 20 ms each.
const FRAMES_PER_SECOND: u32 = 50;

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
    /// This timestamp of theirs is that one of ours; and how fast each counts.
    theirs: u32,
    ours: u32,
    scale: Scale,
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

    /// The header of the next frame of kring's own, which belongs to the moment `at`; its timestamps count by
    /// `clock`, Hz.
    pub(crate) fn own(&mut self, at: Moment, payload_type: u8, clock: u32) -> Header {
        let (mark, mut sent) = match (self.line, self.last) {
            (Line::Own, Some(sent)) => (0, sent.after(clock / FRAMES_PER_SECOND)),
            (_, Some(sent)) => (rtp::MARKER, sent.after(sent.elapsed(at, clock))),
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

    /// A packet of the other side, of which the headers are `seen` and the first two bytes `head`, and which
    /// goes on as it is in coding and clock.
    #[inline]
    pub(crate) fn pass(
        &mut self,
        now: Moment,
        seen: RtpSeen,
        (head, scale): ([u8; 2], Scale),
    ) -> Passage {
        match self.line {
            Line::Theirs => {
                self.note_theirs(now, seen);
                Passage::Untouched
            }
            _ => self.carry(now, seen, (head, scale)),
        }
    }

    /// A packet that is made of one of the other side: under the other side's numbers as long as nobody else has
    /// spoken in this stream, but never untouched.
    pub(crate) fn carry(
        &mut self,
        now: Moment,
        seen: RtpSeen,
        (head, scale): ([u8; 2], Scale),
    ) -> Passage {
        let theirs = Spurt::of_theirs(seen, scale);
        let (mut spurt, mark) = match (self.line, self.last) {
            (_, None) => (theirs, 0),
            (Line::Theirs, Some(last)) if last.ssrc == seen.ssrc && scale.is_one() => (theirs, 0),
            (Line::Renumbered(spurt), _) if spurt.ssrc == seen.ssrc && spurt.scale == scale => {
                (spurt, 0)
            }
            (_, Some(last)) => {
                let next = last.after(last.elapsed(now, scale.to));
                let spurt = Spurt {
                    first: seen.sequence,
                    sequence: next.sequence.wrapping_sub(seen.sequence),
                    ours: next.timestamp,
                    strays: STRAYS,
                    ..theirs
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
        let ssrc = self.last.map_or(seen.ssrc, |last| last.ssrc);
        let sent = Sent {
            ssrc,
            sequence: seen.sequence.wrapping_add(spurt.sequence),
            timestamp: spurt.timestamp(seen.timestamp),
            at: now,
        };
        self.line = Line::Renumbered(spurt);
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

impl Spurt {
    /// Of the other side's own numbers, from the beginning on.
    fn of_theirs(seen: RtpSeen, scale: Scale) -> Spurt {
        Spurt {
            ssrc: seen.ssrc,
            first: seen.sequence,
            sequence: 0,
            theirs: seen.timestamp,
            ours: seen.timestamp,
            scale,
            strays: 0,
        }
    }

    /// Our timestamp for one of theirs.
    fn timestamp(&mut self, theirs: u32) -> u32 {
        let step = theirs.wrapping_sub(self.theirs);
        if self.scale.is_one() {
            return self.ours.wrapping_add(step);
        }
        let (from, to) = (i64::from(self.scale.from), i64::from(self.scale.to));
        let scaled = i64::from(step as i32) * to;
        let ours = self.ours.wrapping_add((scaled / from) as u32);
        // Both lines wrap, each in its own time: they meet anew wherever no fraction is lost by that.
        if scaled % from == 0 {
            (self.theirs, self.ours) = (theirs, ours);
        }
        ours
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

    /// Units of this clock since then, in whole frames and at least one.
    fn elapsed(self, now: Moment, clock: u32) -> u32 {
        let frames = (now.since(self.at).as_millis() + 10) / 20;
        (frames.clamp(1, 1 << 20) as u32).wrapping_mul(clock / FRAMES_PER_SECOND)
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
