//! What is told of a queue that opens and closes by its hours.

use super::ClosedWhy;
use crate::WallTime;
use serde::{Deserialize, Serialize};

/// The queue takes calls, and did not before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its name.
    pub queue: String,
}

/// The queue takes no new calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Its name.
    pub queue: String,
    /// Why.
    pub why: ClosedWhy,
    /// When it will open by its hours; none: not within a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_open: Option<WallTime>,
}
