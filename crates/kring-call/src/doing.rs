//! What an agent is doing, and what went wrong with the last calls.

use kring_journal::{CallId, PresenceState};
use kring_time::Moment;

/// What an agent is doing. The data of a state lives in the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    Offline,
    Ready,
    Paused {
        reason: String,
    },
    /// INVITE is out; the phone has not said that it rings.
    Offered {
        call: CallId,
    },
    Ringing {
        call: CallId,
        answerable: bool,
    },
    Talking {
        call: CallId,
    },
    WrapUp {
        call: CallId,
        until: Moment,
    },
}

impl Doing {
    pub(crate) fn state(&self) -> PresenceState {
        match self {
            Doing::Offline => PresenceState::Offline,
            Doing::Ready => PresenceState::Ready,
            Doing::Paused { .. } => PresenceState::Paused,
            Doing::Offered { .. } => PresenceState::Offered,
            Doing::Ringing { .. } => PresenceState::Ringing,
            Doing::Talking { .. } => PresenceState::Talking,
            Doing::WrapUp { .. } => PresenceState::WrapUp,
        }
    }

    pub(crate) fn reason(&self) -> Option<String> {
        match self {
            Doing::Paused { reason } => Some(reason.clone()),
            _ => None,
        }
    }
}

/// What made an agent's phone unusable or unanswered, counted one after another.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Misses {
    /// Calls rung out.
    pub(crate) rung_out: u8,
    /// Calls the phone failed to take: unregistered, silent, failed.
    pub(crate) device: u8,
}
