//! All that a page needs to draw itself anew, as of one moment between two frames.

use super::{
    Inner,
    call::{LiveCall, Offer, WrapUp},
    floor::{Floor, When},
    presence::PresenceNow,
};
use crate::wire::{CallSnapshot, DraftOnWire, NumberOnWire, Presence, Snapshot, UnfinishedOnWire};
use crate::{clock::rfc3339, limits};
use kring_journal::{AgentId, CallState, PresenceState};
use kring_store::{Draft, Unfinished};
use std::sync::atomic::Ordering;

impl Inner {
    /// The agent's calls without a record, or nothing when the database is slow: a welcome does
    /// not wait for it.
    pub(crate) async fn unfinished(&self, agent: &AgentId) -> Option<Vec<UnfinishedOnWire>> {
        let asked = self.store.unfinished(agent);
        match tokio::time::timeout(limits::SNAPSHOT_DRAFTS_WITHIN, asked).await {
            Ok(Ok(rows)) => Some(rows.iter().map(UnfinishedOnWire::from).collect()),
            Ok(Err(refused)) => {
                tracing::warn!(%refused, "the unfinished list could not be read");
                None
            }
            Err(_) => None,
        }
    }

    /// What the agent's page shows now. The floor is locked by the caller, so that no frame comes
    /// between the snapshot and the number of the frame that follows it.
    pub(crate) fn snapshot(
        &self,
        floor: &Floor,
        now: When,
        agent: &AgentId,
        drafts: Option<Vec<UnfinishedOnWire>>,
    ) -> Snapshot {
        let offline = || Presence {
            state: PresenceState::Offline,
            reason: None,
            by: None,
            since: None,
        };
        Snapshot {
            presence: floor
                .presence(agent)
                .map_or_else(offline, PresenceNow::on_wire),
            call: floor
                .shown_to(agent)
                .map(|call| shown(call, now, agent, floor)),
            drafts,
            queue: floor.stats(now),
            draining: self.draining.load(Ordering::Relaxed),
        }
    }
}

fn shown(call: &LiveCall, now: When, agent: &AgentId, floor: &Floor) -> CallSnapshot {
    let ringing = call.offers.iter().find(|offer| offer.agent == *agent);
    let state = match (ringing, call.state()) {
        (Some(_), _) | (None, CallState::Ringing | CallState::Waiting) => "ringing",
        (None, CallState::Talking) => "talking",
        (None, CallState::Ended) => "wrap_up",
    };
    let answered = Offer::answered(agent);
    let talk_ms = match call.record.as_ref().and_then(|record| record.talk_ms) {
        Some(over) => Some(over),
        None => call
            .answered_at
            .map(|at| now.at.since(at).as_millis() as u64),
    };
    let wrapup_left_ms = match call.wrap_up {
        WrapUp::Open { until: Some(until) } => Some(until.since(now.at).as_millis() as u64),
        WrapUp::Open { until: None } | WrapUp::Closed => None,
    };
    let offer = ringing.unwrap_or(&answered);
    CallSnapshot {
        id: call.id,
        state,
        offered: call.pop(offer, floor.greeting()).at(now.at),
        ring: call.ring,
        held_ms: call
            .held_since
            .map(|since| now.at.since(since).as_millis() as u64),
        sound: call.sound.clone(),
        recording: call.recording,
        monitored: call
            .monitor
            .as_ref()
            .and_then(|monitor| monitor.told_to(agent)),
        talk_ms,
        wrapup_left_ms,
        draft: call.draft.clone(),
    }
}

impl From<&Unfinished> for UnfinishedOnWire {
    fn from(row: &Unfinished) -> UnfinishedOnWire {
        let record = &row.call.record;
        UnfinishedOnWire {
            call: record.id.to_string(),
            agent: record
                .record_owner
                .as_ref()
                .or(record.agent.as_ref())
                .map(ToString::to_string),
            number: row.call.number.as_ref().map(NumberOnWire::from),
            contact: None,
            answered_at: record.answered_at.map(rfc3339),
            ended_at: record.ended_at.map(rfc3339),
            talk_ms: record.talk_ms,
            draft: row.draft.as_ref().map(DraftOnWire::from),
        }
    }
}

impl From<&Draft> for DraftOnWire {
    fn from(draft: &Draft) -> DraftOnWire {
        DraftOnWire {
            version: draft.version,
            body: draft.body.clone(),
            saved_at: Some(rfc3339(draft.updated)),
        }
    }
}
