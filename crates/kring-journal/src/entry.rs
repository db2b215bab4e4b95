//! A fact in its place: which node, which boot, which number, when, of which call.

use crate::{CallId, Fact};
use kring_time::Moment;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Microseconds since 1970-01-01T00:00:00Z, as the wall clock had it. For people, never for
/// measuring: it may step.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct WallTime(pub i64);

/// One row of the journal. Its key is `(node, boot, seq)`; `boot` is new at each start of the
/// process, so that no number is ever used twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The node that wrote it.
    pub node: String,
    /// Which start of that node's process; grows with each.
    pub boot: i64,
    /// 1, 2, 3, … within the boot, without gaps.
    pub seq: u64,
    /// When it happened, on the node's monotonic clock.
    #[serde(with = "micros")]
    pub at: Moment,
    /// When it happened, on the wall.
    pub wall: WallTime,
    /// The call it belongs to; none for facts of agents and of the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// What happened.
    pub fact: Fact,
}

/// `  14.500  withdrawn  seat-5021 Rona`: the transcript's line.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>9}  {}", self.at, self.fact)
    }
}

mod micros {
    use kring_time::Moment;
    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(at: &Moment, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_u64(at.as_micros())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Moment, D::Error> {
        u64::deserialize(d).map(Moment::from_micros)
    }
}
