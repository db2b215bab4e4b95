//! The way from a relaying thread to the writer: a ring of bytes with one at each end. No lock, no allocation and no
//! system call for a packet.

use super::limits::{PACKET_MAX, RING, TURNS_WAITING_MAX};
use kring_media::{Channel, SessionId};
use kring_time::Moment;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::{
    Arc,
    mpsc::{Receiver, SyncSender, sync_channel},
};

/// Before each packet: session, moment, channel, length.
const HEAD: usize = 20;

/// What becomes of a recording, and when.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(super) session: SessionId,
    pub(super) at: Moment,
    pub(super) what: What,
}

/// See [`Turn`].
#[derive(Debug)]
pub(crate) enum What {
    Begin(Arc<str>),
    Pause,
    Resume,
    /// So many packets found no room.
    End {
        missed: u64,
    },
}

/// A relaying thread's end.
#[derive(Debug)]
pub(crate) struct Tap {
    ring: Producer<u8>,
    turns: SyncSender<Turn>,
}

/// The writer's ends: one ring for each relaying thread.
#[derive(Debug)]
pub(crate) struct Taps {
    pub(super) rings: Vec<Consumer<u8>>,
    pub(super) turns: Receiver<Turn>,
}

/// What a call knows of its own recording.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tapped {
    paused: bool,
    missed: u64,
}

impl Taps {
    /// The ends for so many relaying threads.
    pub(crate) fn new(threads: usize) -> (Vec<Tap>, Taps) {
        let (sender, turns) = sync_channel(TURNS_WAITING_MAX);
        let (taps, rings) = (0..threads)
            .map(|_| {
                let (ring, end) = RingBuffer::new(RING);
                let turns = sender.clone();
                (Tap { ring, turns }, end)
            })
            .unzip();
        (taps, Taps { rings, turns })
    }
}

impl Tap {
    /// Begins one; whether the writer will know.
    pub(crate) fn begin(&self, session: SessionId, at: Moment, name: Arc<str>) -> bool {
        self.turn(session, at, What::Begin(name))
    }

    /// What follows is not kept.
    pub(crate) fn pause(&self, session: SessionId, at: Moment, tapped: &mut Tapped) {
        tapped.paused = true;
        self.turn(session, at, What::Pause);
    }

    /// What follows is kept.
    pub(crate) fn resume(&self, session: SessionId, at: Moment, tapped: &mut Tapped) {
        tapped.paused = false;
        self.turn(session, at, What::Resume);
    }

    /// It is over.
    pub(crate) fn end(&self, session: SessionId, at: Moment, tapped: Tapped) {
        let missed = tapped.missed;
        self.turn(session, at, What::End { missed });
    }

    /// A packet that came from the caller, or went there.
    #[inline]
    pub(crate) fn packet(
        &mut self,
        session: SessionId,
        at: Moment,
        channel: Channel,
        packet: &[u8],
        tapped: &mut Tapped,
    ) {
        if tapped.paused || packet.len() > PACKET_MAX {
            return;
        }
        if self.ring.slots() < HEAD + packet.len() {
            tapped.missed += 1;
            return;
        }
        let mut head = [0; HEAD];
        head[..8].copy_from_slice(&session.0.to_le_bytes());
        head[8..16].copy_from_slice(&at.as_micros().to_le_bytes());
        head[16] = channel as u8;
        head[18..].copy_from_slice(&(packet.len() as u16).to_le_bytes());
        // There is room for both: only the writer changes how much, and it only makes more.
        let _ = self.ring.push_entire_slice(&head);
        let _ = self.ring.push_entire_slice(packet);
    }

    fn turn(&self, session: SessionId, at: Moment, what: What) -> bool {
        let turn = Turn { session, at, what };
        let sent = self.turns.try_send(turn).is_ok();
        if !sent {
            tracing::error!(session = session.0, "the recorder is stuck");
        }
        sent
    }
}

/// The next packet of a ring, written into `out`.
pub(super) fn next_packet(
    ring: &mut Consumer<u8>,
    out: &mut [u8; PACKET_MAX],
) -> Option<(SessionId, Moment, Channel, usize)> {
    // A head may be there before its packet is.
    let head = ring.read_chunk(HEAD).ok()?;
    let (first, second) = head.as_slices();
    let mut bytes = [0; HEAD];
    bytes[..first.len()].copy_from_slice(first);
    bytes[first.len()..].copy_from_slice(second);
    let length = usize::from(u16::from_le_bytes([bytes[18], bytes[19]]));
    let number = |at: usize| {
        let part = bytes[at..at + 8].first_chunk().copied();
        u64::from_le_bytes(part.unwrap_or_default())
    };
    let (session, at) = (SessionId(number(0)), Moment::from_micros(number(8)));
    let channel = if bytes[16] == Channel::Said as u8 {
        Channel::Said
    } else {
        Channel::Heard
    };
    if ring.slots() < HEAD + length {
        return None;
    }
    ring.read_chunk(HEAD).ok()?.commit_all();
    ring.pop_entire_slice(out.get_mut(..length)?).ok()?;
    Some((session, at, channel, length))
}
