//! What is told of the lines to PBXs: whether they answer, and whether kring is registered there.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A PBX answers OPTIONS, and did not before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrunkThere {
    /// The trunk.
    pub trunk: String,
    /// From OPTIONS to its answer, microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtt_us: Option<u64>,
}

/// A PBX no longer answers OPTIONS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrunkAway {
    /// The trunk.
    pub trunk: String,
    /// 408 for silence, 503 for a failed transport or a PBX that says so.
    pub code: u16,
}

/// kring is registered with a PBX, and was not before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountUp {
    /// The trunk.
    pub trunk: String,
    /// For how long before it is refreshed, s.
    pub expires_s: u32,
}

/// kring is not registered with a PBX, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountDown {
    /// The trunk.
    pub trunk: String,
    /// The status that says so: 200 if kring took it back, 408 for silence.
    pub code: u16,
    /// What the PBX said, or what is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl fmt::Display for TrunkThere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.trunk)?;
        let rtt = self.rtt_us.map(|us| us as f64 / 1e3);
        rtt.iter().try_for_each(|ms| write!(f, " in {ms:.1} ms"))
    }
}

impl fmt::Display for TrunkAway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.trunk, self.code)
    }
}

impl fmt::Display for AccountUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for {} s", self.trunk, self.expires_s)
    }
}

impl fmt::Display for AccountDown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.trunk, self.code)?;
        self.reason.iter().try_for_each(|why| write!(f, " {why}"))
    }
}
