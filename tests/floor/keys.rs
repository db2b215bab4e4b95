//! The keys that a citizen presses while kring speaks to them, and how the PBX tells of each.

use kring_time::Moment;
use std::{collections::VecDeque, time::Duration};

/// How a PBX tells that a key was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeysBy {
    /// As events within the sound (RFC 4733).
    Sound,
    /// By INFO.
    Info,
}

/// What is still to be pressed.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    planned: VecDeque<(Moment, char)>,
    /// Pressed, and on the way with the sound.
    sounding: VecDeque<char>,
}

impl Keys {
    /// kring began to speak: each key is pressed so long after it.
    pub(crate) fn plan(&mut self, now: Moment, presses: &[(Duration, char)]) {
        self.planned = presses
            .iter()
            .map(|(after, key)| (now + *after, *key))
            .collect();
    }

    /// When the next one is pressed.
    pub(crate) fn due(&self) -> Option<Moment> {
        self.planned.front().map(|(at, _)| *at)
    }

    /// A key that is pressed by `now`.
    pub(crate) fn press(&mut self, now: Moment) -> Option<char> {
        let (_, key) = self.planned.pop_front_if(|(at, _)| *at <= now)?;
        Some(key)
    }

    /// It goes with the sound.
    pub(crate) fn sound(&mut self, key: char) {
        self.sounding.push_back(key);
    }

    /// Whether a key was pressed of which the media threads have not heard.
    pub(crate) fn is_sounding(&self) -> bool {
        !self.sounding.is_empty()
    }

    /// A key that has come with the sound.
    pub(crate) fn sounded(&mut self) -> Option<char> {
        self.sounding.pop_front()
    }
}
