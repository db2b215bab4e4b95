//! What is told of a caller whom kring keeps after the deadline: that it answered, what it said, whom it
//! rang for the caller, and how the waiting ended.

use super::{DeadlineAction, Refusal};
use crate::AgentId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// kring answered the caller itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rescue {
    /// Why nobody else did.
    pub why: Refusal,
    /// What is done with the caller.
    pub action: DeadlineAction,
    /// Rings begun, from t0.
    pub rings: u8,
    /// From t0, ms.
    pub wait_ms: u64,
    /// How long after its due time the action was taken, microseconds.
    pub lateness_us: u64,
}

/// What the caller was told by kring's own voice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// The recordings, by name, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clips: Vec<String>,
    /// The place in the queue, from 1, if it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// The wait that was told, minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_min: Option<u32>,
    /// The languages in which all this was said, if not in Thai alone: `en`, `th+en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub languages: Option<String>,
}

/// An agent answered a caller whom kring had kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// The agent.
    pub agent: AgentId,
    /// At which of several devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Rings begun in this offer.
    pub rings: u8,
    /// From t0, ms.
    pub wait_ms: u64,
    /// From the moment kring answered, ms.
    pub queued_ms: u64,
}

/// How a caller left the queue unserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueExit {
    /// The caller hung up.
    GaveUp,
    /// The wait became as long as is allowed.
    MaxWait,
    /// The queue is closed, and nobody who serves it is there any more.
    Closed,
    /// The call went elsewhere.
    Overflow,
    /// The caller asked to be called back.
    CallBack,
    /// The call ended for another reason: dead sound, shutdown.
    CallOver,
}

impl fmt::Display for Rescue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.action {
            DeadlineAction::AnswerGreetQueue => "answered and queued",
            DeadlineAction::Overflow => "answered for overflow",
            DeadlineAction::OfferCallback => "answered and offered a call-back",
            DeadlineAction::AnnounceBusy | DeadlineAction::Announce => "answered and told busy",
            DeadlineAction::Redirect => "redirected",
        };
        write!(f, "{what}{}", self.why.aside())
    }
}

impl fmt::Display for Announcement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.clips.clone();
        said.extend(self.position.map(|place| format!("place {place}")));
        said.extend(self.wait_min.map(|minutes| format!("wait {minutes} min")));
        f.write_str(&said.join(", "))?;
        match &self.languages {
            Some(languages) => write!(f, " ({languages})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (wait, queued) = (self.wait_ms as f64 / 1e3, self.queued_ms as f64 / 1e3);
        let agent = &self.agent;
        write!(f, "{agent} after {wait:.3} s, {queued:.3} s in the queue")?;
        let mut device = self.device.iter();
        device.try_for_each(|device| write!(f, " at {device}"))
    }
}

impl fmt::Display for QueueExit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            QueueExit::GaveUp => "caller gave up",
            QueueExit::MaxWait => "waited too long",
            QueueExit::Closed => "the queue closed",
            QueueExit::Overflow => "went elsewhere",
            QueueExit::CallBack => "asked to be called back",
            QueueExit::CallOver => "call over",
        })
    }
}
