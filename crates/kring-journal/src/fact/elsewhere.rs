//! What is told of callers who go elsewhere: to another queue, to a department or an extension that kring
//! dials for them, and what came of it.

use super::Unreached;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The caller leaves the queue for somewhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overflow {
    /// Where to, as configured: `queue:law`, `department:DFT`, `ext:1500`.
    pub to: String,
    /// Why.
    pub why: OverflowWhy,
    /// From the moment kring answered, ms.
    pub queued_ms: u64,
}

/// Why a caller goes elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverflowWhy {
    /// Nobody had answered at the deadline.
    Deadline,
    /// As many wait already as may.
    QueueFull,
    /// The wait became as long as is allowed.
    MaxWait,
    /// Nobody was there the last time.
    Again,
    /// The queue was closed when they came.
    Closed,
}

/// An INVITE of kring's own, through a trunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialling {
    /// The extension; none when a citizen is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The trunk it goes by.
    pub trunk: String,
    /// Call-ID of the leg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sip_call_id: Option<String>,
}

/// Whoever kring dialled cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// The extension; none when a citizen was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// How.
    pub why: Unreached,
    /// The final response; 0 for none.
    pub code: u16,
}

/// An extension that kring had dialled for the caller answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The extension.
    pub to: String,
    /// From t0, ms.
    pub wait_ms: u64,
    /// From the moment kring answered, ms.
    pub queued_ms: u64,
}

impl fmt::Display for Overflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.why {
            OverflowWhy::Deadline => "",
            OverflowWhy::QueueFull => ", queue full",
            OverflowWhy::MaxWait => ", waited too long",
            OverflowWhy::Again => ", again",
            OverflowWhy::Closed => ", closed",
        };
        write!(f, "to {}{why}", self.to)
    }
}

impl fmt::Display for Dialling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", whom(self.to.as_deref()), self.trunk)
    }
}

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (to, why, code) = (whom(self.to.as_deref()), self.why, self.code);
        write!(f, "{to} {why:?} {code}")
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (wait, queued) = (self.wait_ms as f64 / 1e3, self.queued_ms as f64 / 1e3);
        let to = &self.to;
        write!(f, "{to} after {wait:.3} s, {queued:.3} s in the queue")
    }
}

/// A citizen's number is in no fact.
fn whom(to: Option<&str>) -> &str {
    to.unwrap_or("the citizen")
}
