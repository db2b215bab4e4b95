//! Whether a caller's sound is recorded: by whose rules, and how far it is. A call has one recording at most.

use kring_time::Moment;

/// Which calls are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordPolicy {
    /// None, but those of agents all of whose calls are.
    #[default]
    Off,
    /// Those for which somebody asks while they last.
    OnDemand,
    /// Every one, from the answer on.
    All,
}

/// How the calls of a queue are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordRules {
    /// Which.
    pub policy: RecordPolicy,
    /// Whether the caller is told.
    pub notice: bool,
}

/// What somebody wants of the recording of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordWish {
    /// That it begins.
    Start,
    /// That what is said now is not kept.
    Pause,
    /// That it goes on.
    Resume,
    /// That it ends.
    Stop,
}

/// How far the recording of a call is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tape {
    /// There is none.
    #[default]
    Blank,
    /// It is recorded.
    Running { demand: Demand },
    /// It is, and what is said now is left out.
    Paused { demand: Demand, since: Moment },
    /// There was one.
    Over,
}

/// Who wants a recording, and so who may end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// The house: nobody in the call ends it.
    House,
    /// Somebody in the call.
    Asked,
}

impl Tape {
    /// Whether there is a file that is not closed.
    pub(crate) const fn turns(self) -> bool {
        matches!(self, Tape::Running { .. } | Tape::Paused { .. })
    }
}
