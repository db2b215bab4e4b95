//! The history row of a call: a fold of its facts, and nothing else.
//!
//! Applying the same entries in the same order gives the same row, on any node, after any restart.

use crate::{
    AgentId, CallId, CallerRef, DeadlineAction, EndedBy, Entry, Fact, QueueExit, Rescue, Service,
    Transfer, TransferStep, WallTime,
};
use kring_time::Moment;
use serde::{Deserialize, Serialize};

/// How the ring rule ended for a call (`kring_ring_rule_total{result}`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RingResult {
    /// Answered before the deadline.
    Within,
    /// Answered after the deadline. This must not happen.
    Breached,
    /// Greeted and queued, called back or overflowed at the deadline.
    Rescued,
    /// Busy or redirect at the deadline.
    Refused,
    /// The caller hung up while it rang.
    AbandonedWithin,
    /// The call could not be carried on.
    Failed,
}

/// The one terminal outcome of a call (invariant I1; `kring_calls_total{outcome}`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An agent answered.
    Answered,
    /// kring kept the caller at the deadline.
    Rescued,
    /// The caller hung up first.
    Abandoned,
    /// Busy, told so in whatever way, or redirect.
    Rejected,
    /// It could not be carried on.
    Failed,
}

/// Where a call is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// It rings, or waits to ring.
    Ringing,
    /// kring has answered and keeps the caller.
    Waiting,
    /// Caller and agent are connected.
    Talking,
    /// Nobody is connected any more.
    Ended,
}

/// Who began a call (`kring_calls_total{direction}`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// A citizen called.
    #[default]
    Inbound,
    /// kring placed it.
    Outbound,
}

macro_rules! names {
    ($type:ident { $($variant:ident => $name:literal),+ $(,)? }) => {
        impl $type {
            /// The name used in JSON, in SQL and in metric labels.
            pub const fn as_str(self) -> &'static str {
                match self { $($type::$variant => $name),+ }
            }
        }
    };
}
names!(RingResult {
    Within => "within", Breached => "breached", Rescued => "rescued", Refused => "refused",
    AbandonedWithin => "abandoned_within", Failed => "failed",
});
names!(Outcome {
    Answered => "answered", Rescued => "rescued", Abandoned => "abandoned",
    Rejected => "rejected", Failed => "failed",
});
names!(Direction { Inbound => "inbound", Outbound => "outbound" });
names!(CallState { Ringing => "ringing", Waiting => "waiting", Talking => "talking", Ended => "ended" });

/// A row of the call history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The call.
    pub id: CallId,
    /// Call-ID of the caller's leg; of an outbound call once the citizen is dialled.
    pub sip_call_id: String,
    /// Who began it.
    pub direction: Direction,
    /// Whose call.
    pub caller: CallerRef,
    /// The queue it came to.
    pub queue: String,
    /// The number that was dialled.
    pub did: String,
    /// The trunk it came by.
    pub trunk: String,
    /// The number that forwarded it.
    pub forwarded_by: Option<String>,
    /// Where it is in its life.
    pub state: CallState,
    /// Set once, when it is decided.
    pub outcome: Option<Outcome>,
    /// Set with the outcome.
    pub result: Option<RingResult>,
    /// Rings begun, from t0.
    pub rings: u8,
    /// When it came.
    pub arrived_at: WallTime,
    /// When an agent answered, in time or out of the queue.
    pub answered_at: Option<WallTime>,
    /// When nobody was connected any more.
    pub ended_at: Option<WallTime>,
    /// From t0 to the outcome, ms.
    pub wait_ms: Option<u64>,
    /// From answer to end, ms.
    pub talk_ms: Option<u64>,
    /// Who answered, in time or out of the queue.
    pub agent: Option<AgentId>,
    /// The extension that had the caller in the end: after the queue, or by a transfer.
    pub connected_to: Option<String>,
    /// How a caller who was kept left the queue unserved.
    pub left_queue: Option<QueueExit>,
    /// Who hung up an answered call.
    pub ended_by: Option<EndedBy>,
    /// Why it ended, such as `bye`.
    pub cause: Option<String>,
    /// The final response to the caller, when it was not 200.
    pub final_code: Option<u16>,
    /// What was done at the deadline.
    pub deadline_action: Option<DeadlineAction>,
    /// No screen was alive when it rang.
    pub degraded: bool,
    /// The case that the agent confirmed.
    pub case_ref: Option<String>,
    /// Why there is none.
    pub no_case: Option<String>,
    /// Who owes the record, when it is not who answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_owner: Option<AgentId>,
    /// t0 on the clock of the boot that took the call; for the fold and its storage, not for people.
    #[serde(skip)]
    pub offered_at: Moment,
}

impl CallRecord {
    /// The row that an `Offered` entry begins; `None` for any other entry.
    pub fn begin(entry: &Entry) -> Option<CallRecord> {
        let Fact::Offered {
            caller,
            queue,
            did,
            sip_call_id,
            trunk,
            forwarded_by,
            outbound,
            ..
        } = &entry.fact
        else {
            return None;
        };
        Some(CallRecord {
            id: entry.call?,
            sip_call_id: sip_call_id.clone(),
            direction: match outbound {
                None => Direction::Inbound,
                Some(_) => Direction::Outbound,
            },
            caller: *caller,
            queue: queue.clone(),
            did: did.clone(),
            trunk: trunk.clone(),
            forwarded_by: forwarded_by.clone(),
            state: CallState::Ringing,
            outcome: None,
            result: None,
            rings: 0,
            arrived_at: entry.wall,
            answered_at: None,
            ended_at: None,
            wait_ms: None,
            talk_ms: None,
            agent: None,
            connected_to: None,
            left_queue: None,
            ended_by: None,
            cause: None,
            final_code: None,
            deadline_action: None,
            degraded: false,
            case_ref: None,
            no_case: None,
            record_owner: None,
            offered_at: entry.at,
        })
    }

    /// The row of the call whose entries these are, in order; `None` without an `Offered`.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Option<CallRecord> {
        let mut entries = entries.into_iter();
        let mut record = entries.find_map(CallRecord::begin)?;
        entries.for_each(|entry| record.apply(entry));
        Some(record)
    }

    /// Takes in one more fact of this call. Facts that change no row are passed over.
    pub fn apply(&mut self, entry: &Entry) {
        match &entry.fact {
            // The rings of the budget; later offers to a caller who is kept have their own.
            Fact::Ring { number, .. } if self.outcome.is_none() => {
                self.rings = self.rings.max(*number);
            }
            Fact::Degraded => self.degraded = true,
            Fact::Answered {
                agent,
                rings,
                wait_ms,
                result,
                ..
            } => {
                self.decide(Outcome::Answered, *result, *rings, *wait_ms);
                self.state = CallState::Talking;
                self.answered_at = Some(entry.wall);
                self.agent = Some(agent.clone());
            }
            Fact::Refused {
                action,
                code,
                rings,
                wait_ms,
                ..
            } => {
                self.decide(Outcome::Rejected, RingResult::Refused, *rings, *wait_ms);
                self.deadline_action = Some(*action);
                if *action == DeadlineAction::Announce {
                    self.state = CallState::Waiting;
                } else {
                    self.final_code = Some(*code);
                    self.end(entry);
                }
            }
            Fact::Rescued(Rescue {
                action,
                rings,
                wait_ms,
                ..
            }) => {
                self.decide(Outcome::Rescued, RingResult::Rescued, *rings, *wait_ms);
                self.deadline_action = Some(*action);
                self.state = CallState::Waiting;
            }
            Fact::Served(Service { agent, .. }) => {
                self.state = CallState::Talking;
                self.answered_at = Some(entry.wall);
                self.agent = Some(agent.clone());
            }
            Fact::Abandoned { rings, wait_ms } => {
                let result = RingResult::AbandonedWithin;
                self.decide(Outcome::Abandoned, result, *rings, *wait_ms);
                self.end(entry);
            }
            Fact::Failed { cause, code } => {
                let waited = entry.at.since(self.offered_at).as_millis() as u64;
                self.decide(Outcome::Failed, RingResult::Failed, self.rings, waited);
                self.cause = Some(cause.clone());
                self.final_code = Some(*code);
                self.end(entry);
            }
            Fact::Ended { by, cause, talk_ms } => {
                self.ended_by = Some(*by);
                self.cause = Some(cause.clone());
                self.talk_ms = Some(*talk_ms);
                self.end(entry);
            }
            Fact::Confirmed { case_ref, .. } => self.case_ref = Some(case_ref.clone()),
            Fact::NoCase { reason, .. } => self.no_case = Some(reason.clone()),
            _ => self.apply_elsewhere(entry),
        }
    }

    /// Where the call went, whom kring called, and to whom its record went.
    fn apply_elsewhere(&mut self, entry: &Entry) {
        match &entry.fact {
            Fact::RecordHandedOver(over) => self.record_owner = Some(over.to.clone()),
            Fact::LeftQueue { why, .. } => self.left_queue = Some(*why),
            Fact::Dialled(dialling) if self.sip_call_id.is_empty() => {
                self.sip_call_id = dialling.sip_call_id.clone().unwrap_or_default();
            }
            Fact::PickedUp(picked_up) => self.agent = Some(picked_up.agent.clone()),
            Fact::Reached(reach) => {
                self.decide(Outcome::Answered, RingResult::Within, 0, reach.wait_ms);
                self.state = CallState::Talking;
                self.answered_at = Some(entry.wall);
                self.agent = Some(reach.agent.clone());
            }
            Fact::Transfer(Transfer {
                step: TransferStep::Done { to, .. },
                ..
            }) => self.connected_to = Some(to.clone()),
            Fact::Connected(connection) => {
                self.state = CallState::Talking;
                self.answered_at = Some(entry.wall);
                self.connected_to = Some(connection.to.clone());
            }
            _ => {}
        }
    }

    /// Who answered a caller who had been kept, if anybody did.
    pub fn served_by(&self) -> Option<&AgentId> {
        self.agent
            .as_ref()
            .filter(|_| self.outcome == Some(Outcome::Rescued))
    }

    /// Whether a caller who had been kept hung up unserved.
    pub fn abandoned_in_queue(&self) -> bool {
        self.outcome == Some(Outcome::Rescued)
            && self.agent.is_none()
            && self.connected_to.is_none()
            // Whoever asked to be called back, or was told that it is closed, had nobody to wait for.
            && !matches!(self.left_queue, Some(QueueExit::CallBack | QueueExit::Closed))
            && self.ended_by == Some(EndedBy::Caller)
    }

    /// Whether a person connected with the caller and the record is still owed.
    pub fn is_unfinished(&self) -> bool {
        let by_person = self.outcome == Some(Outcome::Answered) || self.served_by().is_some();
        self.state == CallState::Ended
            && by_person
            && self.case_ref.is_none()
            && self.no_case.is_none()
    }

    /// The first outcome stands: a second would mean a broken engine, and must not rewrite history.
    fn decide(&mut self, outcome: Outcome, result: RingResult, rings: u8, wait_ms: u64) {
        if self.outcome.is_none() {
            self.outcome = Some(outcome);
            // The ring rule is about citizens who wait for an answer.
            self.result = (self.direction == Direction::Inbound).then_some(result);
            self.rings = rings;
            self.wait_ms = Some(wait_ms);
        }
    }

    fn end(&mut self, entry: &Entry) {
        self.state = CallState::Ended;
        self.ended_at.get_or_insert(entry.wall);
    }
}
