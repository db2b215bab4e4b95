//! What is told of phones: where one that registers can be called, why it no longer can, and how one of an
//! agent's several devices left an offer.

use super::{PhoneGoneWhy, Unreached, Withdrawal};
use crate::AgentId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A phone can be called in one more place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneThere {
    /// Its user.
    pub phone: String,
    /// How it came: `udp`, `tcp`, `tls`, `ws` or `wss`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport: Option<String>,
    /// What it calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// In how many places it can be called now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bindings: Option<u32>,
}

/// A phone can be called in one place less.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneAway {
    /// Its user.
    pub phone: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<PhoneGoneWhy>,
    /// In how many places it can be called still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bindings: Option<u32>,
}

/// One of an agent's several devices rings no more; the others go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceOut {
    /// The agent.
    pub agent: AgentId,
    /// Which device.
    pub device: String,
    /// How it ended.
    #[serde(flatten)]
    pub end: DeviceEnd,
}

/// How one of several devices of an agent ended, while the others rang on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum DeviceEnd {
    /// It was told to stop.
    Withdrawn {
        /// Why.
        why: Withdrawal,
    },
    /// It ended the offer itself.
    Unreached {
        /// How.
        why: Unreached,
        /// Its final response; 0 for none.
        code: u16,
    },
}

impl fmt::Display for PhoneThere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = self.transport.as_deref().unwrap_or("?");
        write!(f, "{} over {way}", self.phone)
    }
}

impl fmt::Display for PhoneAway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.phone)?;
        self.why.iter().try_for_each(|why| write!(f, " {why:?}"))
    }
}

impl fmt::Display for DeviceOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} ", self.agent, self.device)?;
        match &self.end {
            DeviceEnd::Withdrawn { why } => write!(f, "{why:?}"),
            DeviceEnd::Unreached { why, code } => write!(f, "{why:?} {code}"),
        }
    }
}
