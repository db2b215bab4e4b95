//! What is told of the recording of a caller's sound. The file's hash is here, so that whoever hears it years
//! later can say that it is the one.

use crate::AgentId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What happens to a recording. A call has one at most. The serde tag is `step`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum RecordingStep {
    /// From here on it is recorded.
    Started {
        /// Why.
        why: RecordedWhy,
        /// Who asked for it, if anybody did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AgentId>,
        /// Whether the caller is told so.
        notice: bool,
    },
    /// What is said now is nobody's to keep: a card's number.
    Paused {
        /// Who said so.
        by: AgentId,
    },
    /// It goes on.
    Resumed {
        /// Who said so.
        by: AgentId,
        /// How long it was paused, ms.
        paused_ms: u64,
    },
    /// Somebody wants no more of it.
    Stopped {
        /// Who said so.
        by: AgentId,
    },
    /// The file is closed, whole.
    Ended(RecordedFile),
    /// It could not be written, or not to its end. The call goes on.
    Failed {
        /// Why.
        why: RecordingFault,
        /// What is there of it; none: nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kept: Option<RecordedFile>,
    },
}

/// A closed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedFile {
    /// Its sound, ms.
    pub length_ms: u64,
    /// Its size as it lies on the disk, sealed.
    pub bytes: u64,
    /// SHA-256 of these bytes, in hexadecimal digits.
    pub sha256: String,
    /// Sound that was not written because the recorder was behind, ms.
    #[serde(default)]
    pub missing_ms: u64,
}

/// Why a call is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordedWhy {
    /// All calls of its queue, or of the house, are.
    Queue,
    /// All calls of its agent are.
    Agent,
    /// Somebody asked for it in the call.
    Asked,
}

/// Why it is not, or no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingFault {
    /// The disk is full.
    DiskFull,
    /// The disk refused otherwise.
    Disk,
    /// There is no key to seal it with.
    NoKey,
    /// So many are being recorded that there is no room for one more.
    TooMany,
}

impl RecordingFault {
    /// The name used in JSON and in metric labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            RecordingFault::DiskFull => "disk_full",
            RecordingFault::Disk => "disk",
            RecordingFault::NoKey => "no_key",
            RecordingFault::TooMany => "too_many",
        }
    }
}

impl fmt::Display for RecordingStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecordingStep::Started { why, by, notice } => {
                write!(f, "started, {why:?}")?;
                by.iter().try_for_each(|by| write!(f, " by {by}"))?;
                f.write_str(if *notice { "" } else { ", not told" })
            }
            RecordingStep::Paused { by } => write!(f, "paused by {by}"),
            RecordingStep::Resumed { by, paused_ms } => {
                write!(f, "resumed by {by} after {:.3} s", *paused_ms as f64 / 1e3)
            }
            RecordingStep::Stopped { by } => write!(f, "stopped by {by}"),
            RecordingStep::Ended(file) => write!(f, "ended, {file}"),
            RecordingStep::Failed { why, kept: None } => write!(f, "failed, {why:?}"),
            RecordingStep::Failed {
                why,
                kept: Some(kept),
            } => write!(f, "failed, {why:?}, kept {kept}"),
        }
    }
}

impl fmt::Display for RecordedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.length_ms as f64 / 1e3;
        let hash = self.sha256.get(..12).unwrap_or_default();
        write!(f, "{length:.3} s, {} bytes, sha256 {hash}", self.bytes)?;
        if self.missing_ms > 0 {
            write!(f, ", {} ms missing", self.missing_ms)?;
        }
        Ok(())
    }
}
