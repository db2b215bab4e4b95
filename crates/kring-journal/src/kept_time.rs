//! The evidence of a caller whom kring kept: why, what was announced, how often the queue offered the
//! call again, and how the waiting ended.

use crate::{AgentId, DeadlineAction, Fact, QueueExit, Refusal};
use serde::Serialize;

/// What kring said to a caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// When, in milliseconds from t0.
    pub at_ms: i64,
    /// The recordings, by name, in their order.
    pub clips: Vec<String>,
    /// The place in the queue, from 1, if it was told.
    pub position: Option<u32>,
    /// The wait that was told, minutes.
    pub wait_min: Option<u32>,
}

/// The queue offered the call again, with a budget of rings of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Round {
    /// How many times by then.
    pub round: u16,
    /// When, in milliseconds from t0.
    pub began_ms: i64,
    /// When each of its rings began, in milliseconds from t0.
    pub rings_ms: Vec<i64>,
}

/// An agent answered at last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServedAt {
    /// The agent.
    pub agent: AgentId,
    /// When, in milliseconds from t0.
    pub at_ms: i64,
    /// Rings begun in that offer.
    pub rings: u8,
    /// From the moment kring answered, ms.
    pub queued_ms: u64,
}

/// The caller left the queue unserved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftAt {
    /// How.
    pub why: QueueExit,
    /// When, in milliseconds from t0.
    pub at_ms: i64,
    /// From the moment kring answered, ms.
    pub queued_ms: u64,
}

/// The time after kring answered the caller itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptTime {
    /// When kring answered, in milliseconds from t0.
    pub since_ms: i64,
    /// Why nobody else had.
    pub why: Refusal,
    /// What was done with the caller.
    pub action: DeadlineAction,
    /// The first place in the queue, from 1; none before the caller could hear.
    pub position: Option<u32>,
    /// Every time that the queue offered the call again.
    pub rounds: Vec<Round>,
    /// Who served the caller, if anybody did.
    pub served: Option<ServedAt>,
    /// How the caller left otherwise.
    pub left: Option<LeftAt>,
}

impl KeptTime {
    /// Takes in one more fact of the call, `ms` from t0. Facts that tell nothing of the waiting are
    /// passed over.
    pub(crate) fn apply(&mut self, ms: i64, fact: &Fact) {
        match fact {
            Fact::Queued { position, .. } => {
                self.position.get_or_insert(*position);
            }
            Fact::OfferedAgain { round } => self.rounds.push(Round {
                round: *round,
                began_ms: ms,
                rings_ms: Vec::new(),
            }),
            Fact::Ring { .. } => {
                if let Some(round) = self.rounds.last_mut() {
                    round.rings_ms.push(ms);
                }
            }
            Fact::Served(service) => {
                self.served.get_or_insert(ServedAt {
                    agent: service.agent.clone(),
                    at_ms: ms,
                    rings: service.rings,
                    queued_ms: service.queued_ms,
                });
            }
            Fact::LeftQueue { why, queued_ms } => {
                self.left.get_or_insert(LeftAt {
                    why: *why,
                    at_ms: ms,
                    queued_ms: *queued_ms,
                });
            }
            _ => {}
        }
    }
}
