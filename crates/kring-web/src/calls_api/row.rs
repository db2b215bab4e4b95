//! A call as REST shows it.

use super::sound::SoundOnWire;
use crate::{
    clock::rfc3339,
    live::Fresh,
    wire::{NumberOnWire, masked},
};
use kring_journal::{CallSound, Outcome, RingResult};
use kring_store::{CallMatter, CallRow, CallerNumber, NumberClass};
use kring_text::whole_name;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A call. Times are RFC 3339 in UTC with microseconds, lengths milliseconds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CallOnWire {
    pub(crate) id: String,
    /// Call-ID of the caller's leg.
    sip_call_id: String,
    /// `inbound`, or `outbound` for a call that kring placed.
    direction: &'static str,
    /// `ringing`, `waiting` (kring has answered and keeps the caller), `talking` or `ended`.
    state: &'static str,
    /// `answered`, `rescued`, `abandoned`, `rejected` or `failed`; null until it is decided.
    outcome: Option<&'static str>,
    /// Of the ring rule: `within`, `breached`, `rescued`, `refused`, `abandoned_within`, `failed`.
    result: Option<&'static str>,
    /// Rings begun, from t0.
    rings: u8,
    arrived_at: String,
    answered_at: Option<String>,
    ended_at: Option<String>,
    /// From t0 to the outcome.
    wait_ms: Option<u64>,
    talk_ms: Option<u64>,
    forwarded_by: Option<String>,
    /// Who answered.
    agent: Option<String>,
    /// Who answered a caller whom kring had kept (`rescued`).
    served_by: Option<String>,
    /// The extension that had the caller after the queue (`rescued`).
    connected_to: Option<String>,
    /// How a caller whom kring kept left the queue unserved: `gave_up`, `max_wait`, `closed`, `call_back`, `call_over`.
    #[schema(value_type = Option<String>)]
    left_queue: Value,
    /// The caller hung up while kring kept them.
    abandoned_in_queue: bool,
    queue: String,
    did: String,
    trunk: String,
    /// Null when it was erased.
    number: Option<NumberOnWire>,
    /// `caller`, `agent`, `target` (whoever had the caller after the queue) or `kring`.
    #[schema(value_type = Option<String>)]
    ended_by: Value,
    cause: Option<String>,
    /// The final response to the caller, when it was not 200.
    final_code: Option<u16>,
    /// `announce_busy`, `announce`, `redirect`, `answer_greet_queue`, `overflow` or `offer_callback`.
    #[schema(value_type = Option<String>)]
    deadline_action: Value,
    /// No screen was alive when it rang.
    degraded: bool,
    case_ref: Option<String>,
    /// Why there is no case.
    no_case: Option<String>,
    /// What is to be said of that.
    no_case_note: Option<String>,
    /// Who owes the record, when it was handed over.
    record_owner: Option<String>,
    /// Of the person of its case, or whose number it is alone; its first letter for whoever may not read it.
    name: Option<String>,
    /// The unit of its case, in Thai.
    department: Option<String>,
    /// Its short name.
    department_short: Option<String>,
    /// How it sounded; in `GET /calls/{id}` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    sound: Option<SoundOnWire>,
}

impl CallOnWire {
    /// With who called, and the unit of its case.
    pub(crate) fn with(mut self, matter: Option<&CallMatter>, reads: bool) -> CallOnWire {
        let Some(matter) = matter else { return self };
        self.name = matter.name.as_ref().map(|[prefix, given, family]| {
            if reads {
                whole_name(prefix, given, family)
            } else {
                masked(given)
            }
        });
        if let Some((short, name)) = matter.department.clone() {
            (self.department_short, self.department) = (Some(short), Some(name));
        }
        self
    }

    /// With how it sounded.
    pub(crate) fn sounding(self, sound: &CallSound) -> CallOnWire {
        CallOnWire {
            sound: SoundOnWire::of(sound),
            ..self
        }
    }
}

impl From<&CallRow> for CallOnWire {
    fn from(row: &CallRow) -> CallOnWire {
        let record = &row.record;
        let name = |value: Result<Value, serde_json::Error>| value.unwrap_or(Value::Null);
        CallOnWire {
            id: record.id.to_string(),
            sip_call_id: record.sip_call_id.clone(),
            direction: record.direction.as_str(),
            state: record.state.as_str(),
            outcome: record.outcome.map(Outcome::as_str),
            result: record.result.map(RingResult::as_str),
            rings: record.rings,
            arrived_at: rfc3339(record.arrived_at),
            answered_at: record.answered_at.map(rfc3339),
            ended_at: record.ended_at.map(rfc3339),
            wait_ms: record.wait_ms,
            talk_ms: record.talk_ms,
            forwarded_by: record.forwarded_by.clone(),
            agent: record.agent.as_ref().map(ToString::to_string),
            served_by: record.served_by().map(ToString::to_string),
            connected_to: record.connected_to.clone(),
            left_queue: name(serde_json::to_value(record.left_queue)),
            abandoned_in_queue: record.abandoned_in_queue(),
            queue: record.queue.clone(),
            did: record.did.clone(),
            trunk: record.trunk.clone(),
            number: row.number.as_ref().map(NumberOnWire::from),
            ended_by: name(serde_json::to_value(record.ended_by)),
            cause: record.cause.clone(),
            final_code: record.final_code,
            deadline_action: name(serde_json::to_value(record.deadline_action)),
            degraded: record.degraded,
            case_ref: record.case_ref.clone(),
            no_case: record.no_case.clone(),
            no_case_note: row.no_case_note.clone(),
            record_owner: record.record_owner.as_ref().map(ToString::to_string),
            name: None,
            department: None,
            department_short: None,
            sound: None,
        }
    }
}

impl Fresh {
    /// The row that the journal has not committed yet.
    pub(crate) fn row(&self) -> CallRow {
        let class = NumberClass::from_name(self.number.class).unwrap_or(NumberClass::Anon);
        CallRow {
            record: self.record.clone(),
            number: Some(CallerNumber {
                canonical: self.number.canonical.clone(),
                display: self.number.display.clone(),
                class,
            }),
            no_case_note: None,
        }
    }

    /// The stored row, brought up to what memory knows. The number stays the store's, for it may
    /// have been erased.
    pub(crate) fn over(&self, stored: CallRow) -> CallRow {
        CallRow {
            record: self.record.clone(),
            number: stored.number,
            no_case_note: stored.no_case_note,
        }
    }
}
