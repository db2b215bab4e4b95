//! What is told of the process itself.

use serde::{Deserialize, Serialize};

/// A boot that ended without saying so; its last group of facts may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interruption {
    /// The boot that ended so.
    pub boot: i64,
    /// Calls that were open in it and were closed by this start.
    pub calls_open: u32,
}

/// The wall clock was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WallStep {
    /// By how much, microseconds, positive when it went forward.
    pub by_us: i64,
}

/// A law of the house was found broken at run time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// Which, such as `I3`.
    pub rule: String,
    /// What was seen.
    pub seen: String,
}
