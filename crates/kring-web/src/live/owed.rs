//! Records that are owed, of everybody: a fold of the facts, so that the wallboard counts them without a disk.

use super::call::WrapUp;
use crate::limits;
use kring_journal::{AgentId, CallId, CallRecord, Fact, PresenceState, WallTime};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Why a record is not made yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwedWhy {
    /// The agent is at it.
    Open,
    /// Its time ran out.
    Expired,
    /// The page that it was written on is gone.
    PageGone,
}

impl OwedWhy {
    /// As the wallboard says it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            OwedWhy::Open => "open",
            OwedWhy::Expired => "expired",
            OwedWhy::PageGone => "page_gone",
        }
    }
}

/// A record that is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwedRecord {
    pub(crate) agent: AgentId,
    /// When the call ended.
    pub(crate) since: WallTime,
    pub(crate) why: OwedWhy,
}

/// All of them, the oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwedRecords {
    order: BTreeSet<(WallTime, CallId)>,
    known: FxHashMap<CallId, OwedRecord>,
}

impl OwedRecords {
    /// A call is as this record says.
    pub(crate) fn put(&mut self, record: &CallRecord, why: OwedWhy) {
        let owes = record.record_owner.as_ref().or(record.agent.as_ref());
        let (true, Some(agent), Some(since)) = (record.is_unfinished(), owes, record.ended_at)
        else {
            return;
        };
        if self.known.contains_key(&record.id) {
            return;
        }
        if self.known.len() >= limits::OWED_RECORDS_MAX
            && let Some((_, newest)) = self.order.pop_last()
        {
            self.known.remove(&newest);
        }
        let agent = agent.clone();
        self.order.insert((since, record.id));
        self.known
            .insert(record.id, OwedRecord { agent, since, why });
    }

    /// Takes in a fact of a call.
    pub(crate) fn apply(&mut self, call: CallId, fact: &Fact) {
        match fact {
            Fact::Confirmed { .. } | Fact::NoCase { .. } => self.done(call),
            Fact::WrapUpOpened { .. } | Fact::WrapUpExtended { .. } => {
                self.because(call, OwedWhy::Open);
            }
            Fact::WrapUpExpired { .. } => self.because(call, OwedWhy::Expired),
            Fact::RecordHandedOver(over) => {
                if let Some(owed) = self.known.get_mut(&call) {
                    owed.agent = over.to.clone();
                }
            }
            _ => {}
        }
    }

    /// An agent does something else: the form that was open is not any more.
    pub(crate) fn presence(&mut self, agent: &AgentId, state: PresenceState) {
        if state == PresenceState::WrapUp {
            return;
        }
        let open = self.known.values_mut();
        open.filter(|owed| owed.agent == *agent && owed.why == OwedWhy::Open)
            .for_each(|owed| {
                owed.why = match state {
                    PresenceState::Offline => OwedWhy::PageGone,
                    _ => OwedWhy::Expired,
                };
            });
    }

    /// The oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (CallId, &OwedRecord)> {
        let known = |(_, call): &(WallTime, CallId)| Some((*call, self.known.get(call)?));
        self.order.iter().filter_map(known)
    }

    /// The record is made.
    pub(crate) fn done(&mut self, call: CallId) {
        if let Some(owed) = self.known.remove(&call) {
            self.order.remove(&(owed.since, call));
        }
    }

    fn because(&mut self, call: CallId, why: OwedWhy) {
        if let Some(owed) = self.known.get_mut(&call) {
            owed.why = why;
        }
    }
}

/// Why the record of a call that has just ended is owed.
pub(super) fn why(wrap_up: WrapUp) -> OwedWhy {
    match wrap_up {
        WrapUp::Open { .. } => OwedWhy::Open,
        // Its time begins with the next fact, or there is none.
        WrapUp::Closed => OwedWhy::Expired,
    }
}
