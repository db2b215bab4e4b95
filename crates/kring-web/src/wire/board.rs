//! The wallboard: `GET /wallboard`.

use super::{MonitorOnWire, NumberOnWire};
use crate::trunks_api::TrunkOnWire;
use kring_journal::{AgentId, CallId, PresenceState};
use serde::Serialize;
use utoipa::ToSchema;

/// The floor, now.
#[derive(Serialize, ToSchema)]
pub(crate) struct WallboardOnWire {
    /// RFC 3339.
    pub(crate) at: String,
    /// The day where the centre is: `YYYY-MM-DD`.
    pub(crate) day: String,
    pub(crate) ring_rule: RingRuleToday,
    /// The caller who has waited longest.
    pub(crate) oldest: Option<OldestWait>,
    pub(crate) unfinished: UnfinishedCount,
    /// The most urgent first, at most 200.
    pub(crate) calls: Vec<BoardCall>,
    /// Whoever takes calls, by login, at most 500.
    pub(crate) seats: Vec<BoardSeat>,
    /// Of today, from that of the first call to now.
    pub(crate) half_hours: Vec<BoardHalfHour>,
    pub(crate) transfers: TransfersOnBoard,
    /// Citizens who may be called back now.
    pub(crate) callbacks_due: u32,
    pub(crate) lines: Vec<TrunkOnWire>,
}

/// How the calls that came today were decided.
#[derive(Serialize, ToSchema)]
pub(crate) struct RingRuleToday {
    pub(crate) decided: u32,
    pub(crate) within: u32,
    pub(crate) within_pct: Option<f64>,
    pub(crate) target_pct: f64,
    pub(crate) rescued: u32,
    pub(crate) refused: u32,
    pub(crate) breached: u32,
    /// Callers who hung up in ring 1, 2 and 3.
    pub(crate) abandoned: [u32; 3],
}

/// A caller who waits.
#[derive(Serialize, ToSchema)]
pub(crate) struct OldestWait {
    #[schema(value_type = String)]
    pub(crate) call: CallId,
    pub(crate) wait_ms: u64,
    pub(crate) ring: Option<u8>,
    pub(crate) of: Option<u8>,
}

/// Records that are owed.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnfinishedCount {
    pub(crate) count: u32,
    pub(crate) under_15_min: u32,
    pub(crate) under_60_min: u32,
    pub(crate) over_60_min: u32,
    /// At most 5.
    pub(crate) oldest: Vec<UnfinishedOnBoard>,
}

/// A record that is owed.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnfinishedOnBoard {
    #[schema(value_type = String)]
    pub(crate) call: CallId,
    #[schema(value_type = String)]
    pub(crate) agent: AgentId,
    pub(crate) agent_name: Option<String>,
    /// Null when it was erased, or is not for whoever asks.
    pub(crate) number: Option<NumberOnWire>,
    /// When the call ended.
    pub(crate) since: String,
    /// `expired`, `page_gone` or `open`.
    pub(crate) why: &'static str,
}

/// A live call.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardCall {
    #[schema(value_type = String)]
    pub(crate) id: CallId,
    /// `ringing`, `waiting` or `talking`.
    pub(crate) state: &'static str,
    pub(crate) queue: String,
    pub(crate) ring: Option<u8>,
    pub(crate) of: Option<u8>,
    /// Null when it is not for whoever asks.
    pub(crate) number: Option<NumberOnWire>,
    /// Of the person; its first letter alone for whoever may not read it. Null: nobody knows.
    pub(crate) name: Option<String>,
    pub(crate) did: String,
    pub(crate) forwarded_by: Option<String>,
    /// Who has the caller.
    #[schema(value_type = Option<String>)]
    pub(crate) agent: Option<AgentId>,
    pub(crate) agent_name: Option<String>,
    /// The extension that has the caller, after the agent or the queue.
    pub(crate) connected_to: Option<String>,
    #[schema(value_type = Vec<String>)]
    pub(crate) ringing_at: Vec<AgentId>,
    /// When it came, or was answered.
    pub(crate) since: String,
    pub(crate) wait_ms: u64,
    pub(crate) talk_ms: Option<u64>,
    pub(crate) held: bool,
    /// The supervisor who hears it, for those who may; null: nobody does.
    pub(crate) monitor: Option<MonitorOnWire>,
}

/// Somebody who takes calls.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardSeat {
    #[schema(value_type = String)]
    pub(crate) login: AgentId,
    pub(crate) name: String,
    /// The first of the phones.
    pub(crate) device: Option<String>,
    /// `offline`, `ready`, `offered`, `ringing`, `talking`, `wrap_up` or `paused`.
    #[schema(value_type = String)]
    pub(crate) state: PresenceState,
    pub(crate) reason: Option<String>,
    pub(crate) since: Option<String>,
    /// The call that rings there, or that they have.
    #[schema(value_type = Option<String>)]
    pub(crate) call: Option<CallId>,
    /// `alive`, `dead` (there should be one, and it says nothing) or `none`.
    pub(crate) screen: &'static str,
    pub(crate) dead_ms: Option<u64>,
    /// Whether a phone that registers with kring is there; null for other phones.
    pub(crate) registered: Option<bool>,
    pub(crate) queues: Vec<String>,
}

/// The calls that came within half an hour.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardHalfHour {
    pub(crate) at: String,
    pub(crate) within: u32,
    pub(crate) other: u32,
}

/// Transfers of calls that came today. What was taken back, or given up by the caller, is not counted.
#[derive(Serialize, ToSchema)]
pub(crate) struct TransfersOnBoard {
    pub(crate) failed: u32,
    pub(crate) total: u32,
    /// The worst first, at most 5.
    pub(crate) failing: Vec<FailingTarget>,
}

/// A unit, or an extension of none, to which transfers fail.
#[derive(Serialize, ToSchema)]
pub(crate) struct FailingTarget {
    /// Short name.
    pub(crate) department: Option<String>,
    pub(crate) name_th: Option<String>,
    pub(crate) name_en: Option<String>,
    /// Of the last that failed.
    pub(crate) extension: String,
    pub(crate) sip_code: Option<u16>,
    pub(crate) failed: u32,
    pub(crate) total: u32,
}
