//! What those who watch over the floor are shown beside the calls: how today went, which records are owed, where
//! transfers fail, whose screen is dead. Folds of the facts, each within its bound.

use super::{
    call::{LiveCall, WrapUp},
    floor::When,
    owed::{OwedRecords, why},
    today::Today,
    transferred::Transferred,
    transfers::TransferNow,
};
use crate::limits;
use kring_journal::{AgentId, CallId, CallRecord, Fact, PresenceState, TransferStep};
use kring_store::TEST_TRUNK;
use kring_time::Moment;
use rustc_hash::FxHashMap;
use std::time::Duration;

/// The folds.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) today: Today,
    pub(crate) owed: OwedRecords,
    pub(crate) transferred: Transferred,
    /// Since when the screens are dead that should be alive.
    dead: FxHashMap<AgentId, Moment>,
}

impl Watch {
    /// Nothing seen, where clocks are `ahead` of UTC.
    pub(crate) fn new(ahead: Duration) -> Watch {
        Watch {
            today: Today::new(ahead),
            owed: OwedRecords::default(),
            transferred: Transferred::default(),
            dead: FxHashMap::default(),
        }
    }

    /// Takes in any fact.
    pub(crate) fn apply(&mut self, now: When, call: Option<CallId>, fact: &Fact) {
        match (call, fact) {
            (Some(call), fact) => self.owed.apply(call, fact),
            (None, Fact::ScreenDead { agent }) if self.dead.len() < limits::AGENTS_MAX => {
                self.dead.entry(agent.clone()).or_insert(now.at);
            }
            (None, Fact::ScreenRestored { agent }) => {
                self.dead.remove(agent);
            }
            (None, Fact::Presence { agent, state, .. }) => {
                self.owed.presence(agent, *state);
                if *state == PresenceState::Offline {
                    self.dead.remove(agent);
                }
            }
            _ => {}
        }
    }

    /// A call has taken in a fact: it was decided by it, or ended.
    pub(crate) fn call(&mut self, decided_before: bool, call: &LiveCall) {
        let Some(record) = &call.record else { return };
        if !decided_before {
            self.today.count(record);
        }
        self.owed.put(record, why(call.wrap_up));
    }

    /// A transfer of a call has taken a step.
    pub(crate) fn transfer(
        &mut self,
        record: Option<&CallRecord>,
        transfer: &TransferNow,
        step: &TransferStep,
    ) {
        if let Some(record) = record.filter(|record| record.trunk != TEST_TRUNK) {
            let midnight = self.today.midnight(record.arrived_at);
            self.transferred.count(midnight.0, transfer, step);
        }
    }

    /// Since when the agent's screen is dead, if it is and should not be.
    pub(crate) fn dead_since(&self, agent: &AgentId) -> Option<Moment> {
        self.dead.get(agent).copied()
    }

    /// A record that was owed before this boot.
    pub(crate) fn owed_before(&mut self, record: &CallRecord) {
        self.owed.put(record, why(WrapUp::Closed));
    }
}
