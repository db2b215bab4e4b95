//! What is told of transfers and consults: whom an agent wants a caller to talk with, how that goes, and
//! with whom the caller is in the end.

use super::Unreached;
use crate::{AgentId, TransferId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One step of a transfer or consult.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Which one: a call may have several, one after another.
    pub transfer: TransferId,
    /// What has happened.
    #[serde(flatten)]
    pub step: TransferStep,
}

/// What happens to a transfer. The serde tag is `step`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum TransferStep {
    /// The agent wants it. From here the caller hears music, until somebody else is heard.
    Asked {
        /// Who has the caller.
        agent: AgentId,
        /// Whether the agent talks to the third party first.
        mode: TransferMode,
        /// Who joins the two.
        way: TransferWay,
        /// The department's short name, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        department: Option<String>,
        /// The first extension.
        to: String,
        /// Why, as the agent says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<TransferReason>,
        /// At the phone itself, not on the screen.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_phone: bool,
    },
    /// Another extension is tried, or another way is taken.
    Tried {
        /// The extension.
        to: String,
        /// Who joins the two.
        way: TransferWay,
    },
    /// The PBX has taken the transfer on.
    Accepted {
        /// Its final response to REFER.
        code: u16,
    },
    /// The PBX, or the extension itself, says how it goes.
    Progress {
        /// The status: 100 to 199.
        code: u16,
    },
    /// One extension, or one way, has failed.
    Missed {
        /// The extension.
        to: String,
        /// How.
        why: Unreached,
        /// The status that says so; 0 for none.
        code: u16,
    },
    /// The extension is the telephone of somebody who works here: they see who comes.
    Shown {
        /// Who.
        officer: AgentId,
    },
    /// The third party talks with the agent, and the caller hears music.
    Consulting {
        /// The extension.
        to: String,
    },
    /// Others hear each other now.
    Turned {
        /// With whom the agent talks.
        with: TalksWith,
    },
    /// The agent need not hear the answer: the caller gets it.
    Released,
    /// The agent has taken the call to another phone, by that phone's own button.
    Taken {
        /// Who.
        agent: AgentId,
    },
    /// The caller is with the third party, and the agent with neither.
    Done {
        /// The extension.
        to: String,
        /// How long the agent had the caller, ms.
        talk_ms: u64,
        /// From the wish on, ms.
        took_ms: u64,
    },
    /// The caller is back, or was never away.
    Over {
        /// Why.
        why: TransferOver,
        /// The status that says so; 0 for none.
        code: u16,
        /// Who has the caller now.
        back: BackWith,
        /// From the wish on, ms.
        took_ms: u64,
    },
}

/// Whether an agent talks to the third party first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferMode {
    /// The caller is to be with the third party as soon as it answers.
    Blind,
    /// The agent asks the third party first, and may hand the caller over.
    Attended,
}

/// Who joins caller and third party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferWay {
    /// The PBX, which is asked to by REFER (RFC 5589).
    Refer,
    /// kring, which dials the third party itself.
    Bridge,
}

/// Why a caller is transferred (`reason` of the transfer).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferReason {
    /// คำถามเชิงลึก
    InDepth,
    /// ข้อกฎหมาย
    Legal,
    /// ขอคุยเจ้าหน้าที่โดยตรง
    WantsOfficer,
    /// Anything else.
    Other,
}

/// With whom an agent talks during a consult.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TalksWith {
    /// The third party; the caller hears music.
    Unit,
    /// The caller; the third party hears music.
    Caller,
    /// Both.
    Both,
}

/// Why a caller is not with the third party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferOver {
    /// It was busy.
    Busy,
    /// It rang as long as it might.
    NoAnswer,
    /// It did not want to.
    Declined,
    /// It could not be reached, or refused in another way.
    Failed,
    /// The PBX has not said in time what became of it.
    NotTold,
    /// The PBX has sent the caller back.
    Returned,
    /// The agent took it back.
    Cancelled,
    /// The third party has hung up.
    UnitLeft,
    /// The caller has hung up.
    CallerLeft,
    /// kring has ended the call.
    CallOver,
}

/// Who has the caller when a transfer is over without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackWith {
    /// The agent, who never let go.
    Agent,
    /// The agent's phone rings again, for the agent had hung up.
    AgentRung,
    /// The queue, in which the caller is the first.
    Queue,
    /// Nobody: the caller has hung up.
    Nobody,
}

impl TransferOver {
    /// What became of a third party that could not be had.
    pub const fn of(why: Unreached) -> TransferOver {
        match why {
            Unreached::Busy => TransferOver::Busy,
            Unreached::NoAnswer | Unreached::Silent => TransferOver::NoAnswer,
            Unreached::Declined => TransferOver::Declined,
            Unreached::Unregistered
            | Unreached::Failed
            | Unreached::SilentDevice
            | Unreached::Redirected => TransferOver::Failed,
        }
    }

    /// The name used in JSON and in metric labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            TransferOver::Busy => "busy",
            TransferOver::NoAnswer => "no_answer",
            TransferOver::Declined => "declined",
            TransferOver::Failed => "failed",
            TransferOver::NotTold => "not_told",
            TransferOver::Returned => "returned",
            TransferOver::Cancelled => "cancelled",
            TransferOver::UnitLeft => "unit_left",
            TransferOver::CallerLeft => "caller_left",
            TransferOver::CallOver => "call_over",
        }
    }
}

impl TransferMode {
    /// The name used in JSON and in metric labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            TransferMode::Blind => "blind",
            TransferMode::Attended => "attended",
        }
    }
}

impl fmt::Display for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.step {
            TransferStep::Asked {
                agent,
                mode,
                way,
                department,
                to,
                by_phone,
                ..
            } => {
                let verb = match mode {
                    TransferMode::Blind => "transfers",
                    TransferMode::Attended => "consults",
                };
                write!(f, "{agent} {verb} to ")?;
                department
                    .iter()
                    .try_for_each(|department| write!(f, "{department} "))?;
                write!(f, "{to} by {way}")?;
                f.write_str(if *by_phone { " at the phone" } else { "" })
            }
            TransferStep::Tried { to, way } => write!(f, "tries {to} by {way}"),
            TransferStep::Accepted { code } => write!(f, "accepted {code}"),
            TransferStep::Progress { code } => write!(f, "progress {code}"),
            TransferStep::Missed { to, why, code } => write!(f, "{to} {why:?} {code}"),
            TransferStep::Consulting { to } => write!(f, "agent and {to}"),
            TransferStep::Turned { with } => f.write_str(match with {
                TalksWith::Unit => "agent and unit",
                TalksWith::Caller => "agent and caller",
                TalksWith::Both => "all three",
            }),
            TransferStep::Taken { agent } => write!(f, "{agent} takes it to another phone"),
            TransferStep::Shown { officer } => write!(f, "shown to {officer}"),
            TransferStep::Released => f.write_str("without waiting for the answer"),
            TransferStep::Done { to, talk_ms, .. } => {
                let talk = *talk_ms as f64 / 1e3;
                write!(f, "caller and {to}, agent talked {talk:.3} s")
            }
            TransferStep::Over {
                why, code, back, ..
            } => {
                write!(f, "over, {}", why.as_str())?;
                if *code != 0 {
                    write!(f, " {code}")?;
                }
                f.write_str(match back {
                    BackWith::Agent => ", back with the agent",
                    BackWith::AgentRung => ", the agent is rung",
                    BackWith::Queue => ", back in the queue",
                    BackWith::Nobody => "",
                })
            }
        }
    }
}

impl fmt::Display for TransferWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TransferWay::Refer => "REFER",
            TransferWay::Bridge => "bridge",
        })
    }
}

/// The agent lets the caller hear music.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The agent.
    pub agent: AgentId,
}

/// They hear each other again, or a transfer begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldOver {
    /// The agent.
    pub agent: AgentId,
    /// How long it was, ms.
    pub held_ms: u64,
}
