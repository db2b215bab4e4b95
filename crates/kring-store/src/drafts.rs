//! Drafts and the unfinished list: typed text is never lost (invariant I6).

use crate::{CallRow, Store, StoreRefused};
use kring_journal::{AgentId, CallId, WallTime};
use serde::Serialize;

/// What an agent has typed for a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Draft {
    /// The call.
    pub call: CallId,
    /// Who typed it.
    pub agent: AgentId,
    /// From 1, one more with each save.
    pub version: i64,
    /// The form, as the console has it.
    pub body: serde_json::Value,
    /// When it was saved.
    pub updated: WallTime,
}

/// A call that an agent answered and that still lacks its record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unfinished {
    /// The call.
    pub call: CallRow,
    /// What was typed for it.
    pub draft: Option<Draft>,
}

impl Store {
    /// The draft of a call.
    pub async fn draft(&self, call: CallId) -> Result<Option<Draft>, StoreRefused> {
        todo!()
    }

    /// The agent's ended calls that have neither case nor a reason for none, oldest first, at most
    /// [`crate::limits::UNFINISHED_MAX`].
    pub async fn unfinished(&self, agent: &AgentId) -> Result<Vec<Unfinished>, StoreRefused> {
        todo!()
    }
}
