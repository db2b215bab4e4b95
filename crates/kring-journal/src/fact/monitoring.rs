//! What is told of somebody who watches over others and hears a call: how, until when, and whether its agent
//! was told.

use crate::{AgentId, MonitorId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A supervisor's phone was rung to hear a call, hears it, speaks in it otherwise than before, or has left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Monitored {
    /// Which hearing of which supervisor.
    pub monitor: MonitorId,
    /// The supervisor.
    pub by: AgentId,
    /// Who hears the supervisor.
    pub mode: MonitorMode,
    /// How far it is.
    pub state: MonitorState,
    /// Whose call it is now; none: nobody's, it waits or is with somebody elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// Whether that agent is told, as the house has it at this moment.
    #[serde(default)]
    pub told: bool,
    /// Why it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<MonitorEnd>,
    /// How long the supervisor heard the call, once it is over, ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard_ms: Option<u64>,
}

/// Who hears a supervisor; in every mode the supervisor hears all who talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonitorMode {
    /// Nobody.
    Listen,
    /// The agent alone.
    Whisper,
    /// All who talk.
    Barge,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonitorState {
    /// The supervisor's phone rings.
    Ringing,
    /// The supervisor hears the call.
    On,
    /// It is over.
    Ended,
}

/// Why a supervisor does not hear a call any more, or never did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonitorEnd {
    /// The supervisor left it, on the screen or at the phone.
    Left,
    /// The call is over.
    CallOver,
    /// The supervisor's phone was not answered.
    NoAnswer,
    /// It was busy, declined, or could not be reached.
    Unreached,
    /// It speaks no codec that kring does.
    NoCodec,
}

impl MonitorMode {
    /// Its name in facts, and at every other door.
    pub const fn name(self) -> &'static str {
        match self {
            MonitorMode::Listen => "listen",
            MonitorMode::Whisper => "whisper",
            MonitorMode::Barge => "barge",
        }
    }
}

impl MonitorEnd {
    /// See [`MonitorMode::name`].
    pub const fn name(self) -> &'static str {
        match self {
            MonitorEnd::Left => "left",
            MonitorEnd::CallOver => "call_over",
            MonitorEnd::NoAnswer => "no_answer",
            MonitorEnd::Unreached => "unreached",
            MonitorEnd::NoCodec => "no_codec",
        }
    }
}

impl fmt::Display for Monitored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (by, mode) = (&self.by, self.mode.name());
        match (self.state, self.why) {
            (MonitorState::Ringing, _) => write!(f, "{by} is rung to {mode}")?,
            (MonitorState::On, _) => write!(f, "{by}: {mode}")?,
            (MonitorState::Ended, why) => {
                let why = why.map_or("over", MonitorEnd::name);
                write!(f, "{by} no more, {why}")?;
            }
        }
        match (&self.agent, self.told) {
            (Some(agent), true) => write!(f, ", {agent} is told"),
            _ => Ok(()),
        }
    }
}
