//! What one side hears of kring, frame by frame: what is to be said, and then what goes on for ever.
//!
//! Frames come from shared prompts and are never made here. The player knows where it is and what time its
//! next frame has, and nothing of packets.

use crate::{
    coding::{FRAME, FRAME_LENGTH},
    program::Playable,
    prompt::Prompt,
};
use kring_time::Moment;
use std::{sync::Arc, time::Duration};

/// A thread that is later than this leaves frames out instead of sending them in a burst, which a phone's
/// buffer would only throw away.
pub(crate) const LATE_MAX: Duration = Duration::from_millis(60);

/// How much before its time a frame may be sent: half of it, so that a steady beat with some jitter sends
/// exactly one each time.
pub(crate) const EARLY: Duration = Duration::from_millis(10);

/// What goes on after all is said.
#[derive(Clone, Debug)]
pub enum Afterwards {
    /// Nothing of kring's.
    Nothing,
    /// This from its beginning, over and over: ringback, which begins with its burst.
    Anew(Prompt),
    /// This over and over, from where it was when it was last heard: music.
    GoOn(Prompt),
}

/// One side's player.
#[derive(Clone, Debug)]
pub struct Player {
    say: Vec<Arc<[u8]>>,
    ground: Option<Arc<[u8]>>,
    /// Where the ground is, in bytes.
    ground_at: usize,
    goes_on: bool,
    place: Place,
    /// When the next frame is due; none before the first.
    due: Option<Moment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In what is said: which, and how many bytes of it are out.
    Saying { which: usize, at: usize },
    /// All is said, and it is not told yet.
    Said,
    /// The ground, or nothing.
    Ground,
}

/// What is due now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due<'a> {
    /// This frame, whose time is this.
    Frame(&'a [u8], Moment),
    /// A frame that comes too late: it is left out.
    LeftOut,
    /// All phrases are said. Once.
    Said,
    /// Nothing goes on either: the player is at its end.
    Over,
    /// Nothing yet.
    Later,
}

impl Player {
    /// These prompts in one coding, and what goes on after them.
    pub fn new(say: &[Prompt], then: &Afterwards, coding: Playable) -> Player {
        let (ground, goes_on) = match then {
            Afterwards::Nothing => (None, false),
            Afterwards::Anew(prompt) => (Some(prompt), false),
            Afterwards::GoOn(prompt) => (Some(prompt), true),
        };
        let ground = ground.map(|prompt| Arc::clone(prompt.frames(coding)));
        Player {
            say: (say.iter())
                .map(|prompt| Arc::clone(prompt.frames(coding)))
                .filter(|frames| !frames.is_empty())
                .collect(),
            ground: ground.filter(|frames| !frames.is_empty()),
            ground_at: 0,
            goes_on,
            place: Place::Saying { which: 0, at: 0 },
            due: None,
        }
    }

    /// Takes the place of an earlier one: music that both have goes on where it was, and the beat is kept.
    #[must_use]
    pub(crate) fn after(mut self, earlier: &Player) -> Player {
        let same = match (&self.ground, &earlier.ground) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            _ => false,
        };
        if same && self.goes_on {
            self.ground_at = earlier.ground_at;
        }
        self.due = earlier.due;
        self
    }

    /// It is not heard for a while: its time stands still.
    pub(crate) fn pause(&mut self) {
        self.due = None;
    }

    /// The next thing that is due.
    pub(crate) fn next(&mut self, now: Moment) -> Due<'_> {
        let due = *self.due.get_or_insert(now);
        if due > now + EARLY {
            return Due::Later;
        }
        match self.place {
            Place::Saying { which, .. } if which >= self.say.len() => {
                self.place = Place::Said;
                return self.next(now);
            }
            Place::Said => {
                self.place = Place::Ground;
                return Due::Said;
            }
            Place::Ground if self.ground.is_none() => return Due::Over,
            Place::Saying { .. } | Place::Ground => {}
        }
        self.due = Some(due + FRAME_LENGTH);
        let is_late = due + LATE_MAX < now;
        let frame = self.step();
        if is_late {
            Due::LeftOut
        } else {
            Due::Frame(frame, due)
        }
    }

    /// One frame on. Only called where there is one.
    fn step(&mut self) -> &[u8] {
        if let Place::Saying { which, at } = self.place {
            let ends = at + 2 * FRAME > self.say[which].len();
            self.place = if ends {
                Place::Saying {
                    which: which + 1,
                    at: 0,
                }
            } else {
                Place::Saying {
                    which,
                    at: at + FRAME,
                }
            };
            return frame(&self.say[which], at);
        }
        let Some(ground) = &self.ground else {
            return &[];
        };
        let at = self.ground_at;
        let next = at + FRAME;
        self.ground_at = if next + FRAME > ground.len() { 0 } else { next };
        frame(ground, at)
    }
}

fn frame(frames: &[u8], at: usize) -> &[u8] {
    frames.get(at..at + FRAME).unwrap_or_default()
}
