//! What is told of a configuration that was read again while kring ran. No value of it is told: values may
//! be secrets.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What is in force now and was not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconfiguration {
    /// Tables, keys and queues, such as `agent.wrapup_s` or `queue support`.
    pub changed: Vec<String>,
    /// So many more.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub more: u32,
}

/// How wrong a configuration is; the log says what is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistakes {
    /// Mistakes in it.
    pub complaints: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_nothing(more: &u32) -> bool {
    *more == 0
}

impl fmt::Display for Reconfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.changed.join(", "))?;
        match self.more {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.complaints == 1 { "" } else { "s" };
        write!(f, "{} mistake{s}, the one in force stays", self.complaints)
    }
}
