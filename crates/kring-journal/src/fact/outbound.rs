//! What is told of calls that kring places itself: to citizens who asked to be called back, and for agents
//! who call somebody.

use crate::{AgentId, CallId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why kring places a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Outbound {
    /// The citizen asked to be called back.
    CallBack {
        /// In which call.
        asked: CallId,
        /// Which attempt it is, from 1.
        attempt: u8,
    },
    /// An agent calls somebody.
    ByAgent {
        /// Who.
        agent: AgentId,
        /// About which case.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case_id: Option<String>,
    },
}

/// The agent whom kring rang for a call of its own has answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickUp {
    /// The agent.
    pub agent: AgentId,
}

/// The caller asked to be called back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBackWish {
    /// Whose agents will call.
    pub queue: String,
}

/// A call-back is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBackOver {
    /// How.
    pub why: CallBackEnd,
    /// How often the citizen was called.
    pub tries: u8,
}

/// Whoever was called has answered, and talks with the agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// The agent.
    pub agent: AgentId,
    /// From the moment kring placed the call, ms.
    pub wait_ms: u64,
    /// From the INVITE to the citizen, ms.
    pub rang_ms: u64,
}

/// How a call-back ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallBackEnd {
    /// The citizen was reached.
    Served,
    /// The citizen was not reached as often as is tried.
    GivenUp,
    /// The citizen called again and was served before.
    Withdrawn,
    /// A supervisor took it back.
    Cancelled,
    /// The number is no longer known: it was erased.
    Erased,
}

impl fmt::Display for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outbound::CallBack { attempt, .. } => write!(f, "call-back {attempt}"),
            Outbound::ByAgent { agent, .. } => write!(f, "called by {agent}"),
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (agent, rang) = (&self.agent, self.rang_ms as f64 / 1e3);
        write!(f, "the citizen for {agent}, rang {rang:.3} s")
    }
}

impl fmt::Display for CallBackOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CallBackOver { why, tries } = self;
        write!(f, "{why} after {tries} tries")
    }
}

impl fmt::Display for CallBackEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CallBackEnd::Served => "served",
            CallBackEnd::GivenUp => "given up",
            CallBackEnd::Withdrawn => "withdrawn, served before",
            CallBackEnd::Cancelled => "cancelled",
            CallBackEnd::Erased => "erased",
        })
    }
}
