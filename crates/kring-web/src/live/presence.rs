//! What one agent does now, as the last fact of it says.

use crate::{clock::rfc3339, wire::Presence};
use kring_journal::{AgentId, PresenceState, WallTime};

/// What an agent does now.
#[derive(Clone, Debug)]
pub(crate) struct PresenceNow {
    pub(crate) state: PresenceState,
    pub(crate) reason: Option<String>,
    /// Who said so, if not the agent.
    pub(crate) by: Option<AgentId>,
    pub(crate) since: WallTime,
}

impl PresenceNow {
    /// As it is said to pages.
    pub(crate) fn on_wire(&self) -> Presence {
        Presence {
            state: self.state,
            reason: self.reason.clone(),
            by: self.by.as_ref().map(AgentId::to_string),
            since: Some(rfc3339(self.since)),
        }
    }
}
