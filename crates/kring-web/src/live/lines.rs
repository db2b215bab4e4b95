//! How the lines to the PBXs are now, for whoever asks: the newest word of the exchange on each.

use super::{Live, lock};
use std::{collections::BTreeMap, time::Duration};

/// Trunks that a configuration can have.
const LINES_MAX: usize = 1_000;

/// A line to a PBX, now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineNow {
    /// The name of the trunk.
    pub trunk: String,
    /// Where it is: each address, the best first.
    pub addresses: Vec<LineAddress>,
    /// Whether it answers; none if nobody asks it, or nothing is known yet.
    pub up: Option<bool>,
    /// Whether we are registered; none without an account, or before the first answer.
    pub registered: Option<bool>,
    /// The account, if there is one.
    pub account: Option<String>,
    /// What went wrong last; none if all is well.
    pub last_error: Option<String>,
}

/// One address of a PBX.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineAddress {
    /// `udp:192.0.2.10:5060`.
    pub address: String,
    /// Whether it answers.
    pub up: Option<bool>,
    /// How long its last answer took.
    pub round_trip: Option<Duration>,
}

/// The lines by the name of their trunk.
pub(crate) type Lines = BTreeMap<String, LineNow>;

impl Live {
    /// Keeps what is known of a line now. Does not block.
    pub fn line(&self, now: LineNow) {
        let mut lines = lock(&self.0.lines);
        if lines.len() < LINES_MAX || lines.contains_key(&now.trunk) {
            lines.insert(now.trunk.clone(), now);
        }
    }

    /// There is no such trunk any more.
    pub fn line_gone(&self, trunk: &str) {
        lock(&self.0.lines).remove(trunk);
    }

    /// All lines, by name.
    pub(crate) fn lines(&self) -> Vec<LineNow> {
        lock(&self.0.lines).values().cloned().collect()
    }
}
