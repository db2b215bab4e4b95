//! One agent's stream of frames: numbered without gaps, bounded, and replayed from any point that
//! it still holds.
//!
//! Frames leave in the order in which they were put. A pop that waits for its caller's name holds
//! back what follows it, for `pop_hold` at most. Nothing here waits for a socket.

use crate::{
    limits,
    session::Proof,
    wire::{self, Label, Pop, Said},
};
use axum::extract::ws::Utf8Bytes;
use kring_journal::{CallId, WallTime};
use kring_time::Moment;
use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};
use tokio::sync::Notify;
use ulid::Ulid;

/// What is to be sent for a frame.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// This text.
    Text(Utf8Bytes),
    /// A pop whose caller is still being looked up: it is not sent yet.
    Held(Box<Pop>),
    /// A pop; its text is made anew for each sending, because it says how long it has rung.
    Pop(Arc<Pop>),
}

/// One frame of the stream.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) label: Label,
    pub(crate) body: Body,
    put_at: Moment,
    /// When it first went to a socket; only kept for frames that must be acknowledged.
    handed_at: Option<Moment>,
    must_ack: bool,
}

/// When a frame is put, and its name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    pub(crate) id: Ulid,
    pub(crate) at: Moment,
    pub(crate) wall: WallTime,
}

/// Why a socket is told to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dismissal {
    /// The session that opened it was signed out.
    SignedOut = 1,
    /// The agent has opened too many others since.
    Replaced = 2,
    /// The agent has signed in at another screen.
    TakenOver = 3,
}

/// A socket's place at the outbox: how it is woken, and whether it must go.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) wake: Notify,
    /// Whose session opened it, as the store names sessions.
    pub(crate) session: String,
    /// How whoever opened it proved who they are.
    pub(crate) proof: Proof,
    dismissed: AtomicU8,
}

impl Slot {
    /// A place for a socket of this session.
    pub(crate) fn new(session: String, proof: Proof) -> Arc<Slot> {
        Arc::new(Slot {
            wake: Notify::new(),
            session,
            proof,
            dismissed: AtomicU8::new(0),
        })
    }

    /// Tells the socket to close.
    pub(crate) fn dismiss(&self, why: Dismissal) {
        self.dismissed.store(why as u8, Ordering::Release);
        self.wake.notify_one();
    }

    /// Whether and why the socket must close.
    pub(crate) fn dismissal(&self) -> Option<Dismissal> {
        match self.dismissed.load(Ordering::Acquire) {
            1 => Some(Dismissal::SignedOut),
            2 => Some(Dismissal::Replaced),
            3 => Some(Dismissal::TakenOver),
            _ => None,
        }
    }
}

/// Whether a screen of the agent is alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Screen {
    /// A socket is there and nothing is overdue.
    Alive,
    /// No socket, or one that does not acknowledge.
    Dead,
}

/// What a socket that asks for frames is given.
#[derive(Debug)]
pub(crate) enum Batch {
    /// These, in order; empty when there is nothing to send now.
    Frames(Vec<Frame>),
    /// The socket is so far behind that its frames are no longer held.
    FellBehind,
}

/// A pop that was acknowledged for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PopSeen {
    pub(crate) call: CallId,
    pub(crate) after: Duration,
}

/// The stream. Guarded by its owner.
#[derive(Debug)]
pub(crate) struct Outbox {
    newest: u64,
    acked: u64,
    /// The newest pop that was said to be painted.
    painted: u64,
    frames: VecDeque<Frame>,
    sockets: Vec<Arc<Slot>>,
    screen: Screen,
}

impl Outbox {
    /// An empty stream; its screen is dead, for there is no socket.
    pub(crate) fn new() -> Outbox {
        Outbox {
            newest: 0,
            acked: 0,
            painted: 0,
            frames: VecDeque::new(),
            sockets: Vec::new(),
            screen: Screen::Dead,
        }
    }

    /// Appends a pop. It is given to sockets at once when `body` is not [`Body::Held`].
    pub(crate) fn put_pop(&mut self, stamp: Stamp, call: CallId, body: Body) {
        self.append(Frame {
            label: self.label(stamp, Some(call)),
            body,
            put_at: stamp.at,
            handed_at: None,
            must_ack: true,
        });
    }

    /// Appends any other frame.
    pub(crate) fn put(&mut self, stamp: Stamp, call: Option<CallId>, said: &Said) {
        let label = self.label(stamp, call);
        self.append(Frame {
            label,
            body: Body::Text(wire::frame(label, said)),
            put_at: stamp.at,
            handed_at: None,
            must_ack: said.must_ack(),
        });
    }

    fn label(&self, stamp: Stamp, call: Option<CallId>) -> Label {
        Label {
            seq: self.newest + 1,
            id: stamp.id,
            wall: stamp.wall,
            call,
        }
    }

    fn append(&mut self, frame: Frame) {
        if self.frames.len() == limits::OUTBOX_FRAMES_MAX {
            self.frames.pop_front();
        }
        self.newest = frame.label.seq;
        let held = matches!(frame.body, Body::Held(_));
        self.frames.push_back(frame);
        if !held {
            self.wake();
        }
    }

    /// Lets the held pops of `call` go, made by `fill`. Says how many went.
    pub(crate) fn release(&mut self, call: CallId, fill: impl Fn(&mut Pop)) -> usize {
        let mut released = 0;
        for frame in self
            .frames
            .iter_mut()
            .filter(|f| f.label.call == Some(call))
        {
            if let Body::Held(pop) = &frame.body {
                let mut pop = (**pop).clone();
                fill(&mut pop);
                frame.body = Body::Pop(Arc::new(pop));
                released += 1;
            }
        }
        if released > 0 {
            self.wake();
        }
        released
    }

    /// The frames after `after` that may be sent now, oldest first. They count as handed over.
    pub(crate) fn take(&mut self, now: Moment, after: u64) -> Batch {
        if after >= self.newest {
            return Batch::Frames(Vec::new());
        }
        let oldest = self.frames.front().map_or(1, |f| f.label.seq);
        if after + 1 < oldest {
            return Batch::FellBehind;
        }
        let skip = (after + 1 - oldest) as usize;
        let mut batch = Vec::new();
        for frame in self.frames.iter_mut().skip(skip).take(limits::SOCKET_BATCH) {
            if matches!(frame.body, Body::Held(_)) {
                break;
            }
            if frame.must_ack && frame.label.seq > self.acked {
                frame.handed_at.get_or_insert(now);
            }
            batch.push(frame.clone());
        }
        Batch::Frames(batch)
    }

    /// Everything up to `seq` has been received by a page. Returns the pops seen for the first time.
    pub(crate) fn acknowledge(&mut self, now: Moment, seq: u64) -> Vec<PopSeen> {
        let seq = seq.min(self.newest);
        if seq <= self.acked {
            return Vec::new();
        }
        let before = std::mem::replace(&mut self.acked, seq);
        self.frames
            .iter()
            .filter(|f| f.label.seq > before && f.label.seq <= seq)
            .filter_map(|f| match (&f.body, f.label.call) {
                (Body::Pop(_), Some(call)) => Some(PopSeen {
                    call,
                    after: now.since(f.put_at),
                }),
                _ => None,
            })
            .collect()
    }

    /// The call whose pop has this number, when no page has said before that it painted it.
    pub(crate) fn painted(&mut self, seq: u64) -> Option<CallId> {
        let pop = self
            .frames
            .iter()
            .find(|f| f.label.seq == seq && f.body.is_pop());
        let call = pop.and_then(|f| f.label.call)?;
        let news = seq > self.painted;
        self.painted = self.painted.max(seq);
        news.then_some(call)
    }

    /// Takes in a socket. One too many dismisses the oldest. The frames that it will be sent again
    /// have their time to be acknowledged again.
    pub(crate) fn join(&mut self, slot: Arc<Slot>) {
        if self.sockets.len() == limits::SOCKETS_PER_AGENT_MAX {
            self.sockets.remove(0).dismiss(Dismissal::Replaced);
        }
        self.sockets.push(slot);
        self.frames.iter_mut().for_each(|f| f.handed_at = None);
    }

    /// Lets a socket go.
    pub(crate) fn leave(&mut self, slot: &Arc<Slot>) {
        self.sockets.retain(|other| !Arc::ptr_eq(other, slot));
    }

    /// Dismisses the sockets that this session opened.
    pub(crate) fn sign_out(&mut self, session: &str) {
        self.sockets
            .iter()
            .filter(|slot| slot.session == session)
            .for_each(|slot| slot.dismiss(Dismissal::SignedOut));
    }

    /// Dismisses every socket.
    pub(crate) fn sign_out_everywhere(&mut self) {
        self.sockets
            .iter()
            .for_each(|slot| slot.dismiss(Dismissal::SignedOut));
    }

    /// Dismisses the sockets of every sign-in; those of programs stay.
    pub(crate) fn take_over(&mut self) {
        self.seated()
            .for_each(|slot| slot.dismiss(Dismissal::TakenOver));
    }

    /// Sockets of sign-ins that were not told to go.
    pub(crate) fn seats(&self) -> usize {
        self.seated().count()
    }

    fn seated(&self) -> impl Iterator<Item = &Arc<Slot>> {
        let at_seat = |slot: &&Arc<Slot>| slot.proof == Proof::Session;
        let stays = |slot: &&Arc<Slot>| slot.dismissal().is_none();
        self.sockets.iter().filter(at_seat).filter(stays)
    }

    /// Sockets that were not told to go.
    pub(crate) fn sockets(&self) -> usize {
        self.sockets
            .iter()
            .filter(|slot| slot.dismissal().is_none())
            .count()
    }

    /// Where a page that has frames up to `resume_after` of this epoch goes on. A page of another
    /// epoch, or one that was away too long, has `None` and starts behind the newest frame, or
    /// before the pop of the call that is at the agent's phone now.
    pub(crate) fn start(&self, resume_after: Option<u64>, ringing: Option<CallId>) -> u64 {
        let oldest = self.frames.front().map_or(self.newest + 1, |f| f.label.seq);
        let live_pop = self
            .frames
            .iter()
            .rfind(|f| f.label.call.is_some() && f.label.call == ringing && f.body.is_pop())
            .map(|f| f.label.seq);
        let anew = live_pop.map_or(self.newest, |pop| pop - 1);
        let Some(after) =
            resume_after.filter(|after| *after <= self.newest && *after + 1 >= oldest)
        else {
            return anew;
        };
        // The pop of a call that is over must not be shown again: the snapshot tells what became
        // of it, and the stream goes on behind it.
        let stale = self
            .frames
            .iter()
            .any(|f| f.label.seq > after && f.body.is_pop() && f.label.call != ringing);
        if stale { anew } else { after }
    }

    /// When the oldest frame that was handed over becomes overdue.
    pub(crate) fn ack_deadline(&self, within: Duration) -> Option<Moment> {
        self.frames
            .iter()
            .filter(|f| f.label.seq > self.acked)
            .filter_map(|f| f.handed_at)
            .min()
            .map(|handed| handed + within)
    }

    /// Judges the screen by what is overdue now. Returns the new state when it has changed.
    pub(crate) fn judge(&mut self, now: Moment, within: Duration) -> Option<Screen> {
        let overdue = self.ack_deadline(within).is_some_and(|due| due <= now);
        let screen = if self.sockets() == 0 || overdue {
            Screen::Dead
        } else {
            Screen::Alive
        };
        (std::mem::replace(&mut self.screen, screen) != screen).then_some(screen)
    }

    /// Whether a screen is alive, as last judged.
    pub(crate) fn screen(&self) -> Screen {
        self.screen
    }

    fn wake(&self) {
        self.sockets.iter().for_each(|slot| slot.wake.notify_one());
    }
}

impl Body {
    fn is_pop(&self) -> bool {
        matches!(self, Body::Held(_) | Body::Pop(_))
    }
}

#[cfg(test)]
mod tests;
