//! What an agent is doing, and what went wrong with the last calls.

use kring_journal::{CallId, PresenceState, Unreached};
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
        since: Moment,
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

    /// The call in which the agent talks.
    pub(crate) fn call(&self) -> Option<CallId> {
        match self {
            Doing::Talking { call } => Some(*call),
            _ => None,
        }
    }

    pub(crate) fn reason(&self) -> Option<String> {
        match self {
            Doing::Paused { reason } => Some(reason.clone()),
            _ => None,
        }
    }
}

/// Why an agent did not take a call that was offered: each is counted by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    /// It rang out.
    RungOut,
    /// Rejected, at the phone or on the screen.
    Declined,
    /// The phone was in another call.
    Busy,
    /// The phone was registered nowhere.
    Unregistered,
    /// The phone was silent or failed.
    Device,
}

impl Miss {
    const ALL: [Miss; 5] = [
        Miss::RungOut,
        Miss::Declined,
        Miss::Busy,
        Miss::Unregistered,
        Miss::Device,
    ];

    /// What a phone's refusal was.
    pub(crate) fn of(why: Unreached) -> Miss {
        match why {
            Unreached::NoAnswer => Miss::RungOut,
            Unreached::Busy => Miss::Busy,
            Unreached::Declined => Miss::Declined,
            Unreached::Unregistered => Miss::Unregistered,
            Unreached::Silent
            | Unreached::Failed
            | Unreached::Redirected
            | Unreached::SilentDevice => Miss::Device,
        }
    }

    /// The reason of the pause that it leads to.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Miss::RungOut => "rona",
            Miss::Declined => "declined",
            Miss::Busy => "busy",
            Miss::Unregistered => "unregistered",
            Miss::Device => "device",
        }
    }
}

/// The calls not taken since the last one that was, by reason.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Misses([u8; Miss::ALL.len()]);

impl Misses {
    /// One more.
    pub(crate) fn count(&mut self, miss: Miss) {
        let count = &mut self.0[miss as usize];
        *count = count.saturating_add(1);
    }

    /// Those of this reason are forgotten.
    pub(crate) fn forgive(&mut self, miss: Miss) {
        self.0[miss as usize] = 0;
    }

    /// A reason that was counted `limit` times.
    pub(crate) fn at(self, limit: u8) -> Option<Miss> {
        let mut all = Miss::ALL.into_iter();
        all.find(|miss| self.0[*miss as usize] >= limit)
    }
}
