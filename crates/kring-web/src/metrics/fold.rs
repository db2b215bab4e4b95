//! The numbers that are folds over facts.
//!
//! The process keeps one fold; it is told every entry that is journalled, in order. Gauges count
//! what this boot has seen: a restart begins again, and presence is told anew at each start.

use kring_journal::{
    CallId, CallRecord, CallState, DeviceEnd, DeviceOut, Entry, Fact, PresenceState, RecordingStep,
    Rescue, RingResult, Unreached,
};
use kring_time::Moment;
use metrics::{Counter, counter, gauge, histogram};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use super::{sound, transfers::Transfers};
use crate::limits;
use kring_journal::AgentId;

static FOLD: LazyLock<Mutex<Fold>> = LazyLock::new(Mutex::default);

/// Takes one more entry of the journal into the numbers.
pub fn fold(entry: &Entry) {
    FOLD.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take(entry);
}

/// Says how long those who wait have waited by `now`, and begins the numbers of `queues` at nothing.
pub(super) fn tell_waits(now: Moment, queues: &[String]) {
    let fold = FOLD.lock().unwrap_or_else(PoisonError::into_inner);
    fold.tell_waits(now, queues);
}

/// How the ring rule can end; a rate of a result that has not been yet is nothing, not unknown.
const RESULTS: [RingResult; 6] = [
    RingResult::Within,
    RingResult::Breached,
    RingResult::Rescued,
    RingResult::Refused,
    RingResult::AbandonedWithin,
    RingResult::Failed,
];

/// What has to be remembered between entries.
#[derive(Debug, Default)]
pub(super) struct Fold {
    calls: FxHashMap<CallId, Open>,
    agents: FxHashMap<AgentId, PresenceState>,
    dead_screens: FxHashSet<AgentId>,
    /// Answered and ended calls that lack their record.
    pending: FxHashSet<CallId>,
    transfers: Transfers,
}

#[derive(Debug)]
struct Open {
    record: CallRecord,
    offered_at: Moment,
    /// Pops in outboxes that no page has acknowledged.
    unseen: u32,
    /// The phones that were rung last, and what kind of device each is; bounded by the agents.
    phones: Vec<(AgentId, &'static str)>,
}

impl Fold {
    pub(super) fn take(&mut self, entry: &Entry) {
        match &entry.fact {
            Fact::Presence { agent, state, .. } => self.presence(agent, *state),
            Fact::ScreenDead { agent } => {
                self.dead_screens.insert(agent.clone());
                self.screens();
            }
            Fact::ScreenRestored { agent } => {
                self.dead_screens.remove(agent);
                self.screens();
            }
            Fact::InvariantBroken(broken) => {
                counter!("kring_invariant_violations_total", "rule" => broken.rule.clone())
                    .increment(1);
            }
            Fact::Recording(RecordingStep::Ended(_)) => recorded("kept"),
            Fact::Recording(RecordingStep::Failed { why, .. }) => recorded(why.as_str()),
            Fact::LookedUp { result, took_us } => {
                counter!("kring_contact_lookups_total", "result" => result.clone()).increment(1);
                pop_took("lookup", *took_us as f64 / 1e6);
            }
            Fact::DeviceOut(DeviceOut {
                device,
                end:
                    DeviceEnd::Unreached {
                        why: Unreached::Silent | Unreached::SilentDevice,
                        ..
                    },
                ..
            }) => {
                let kind = kind_of(device);
                counter!("kring_ring_silent_total", "device" => kind).increment(1);
            }
            Fact::Transfer(step) => self.transfers.take(step),
            Fact::PopPainted { after_ms, .. } => pop_took("paint", *after_ms as f64 / 1e3),
            Fact::Confirmed {
                case_kind,
                resolution,
                wrap_up_ms,
                ..
            } => {
                let (kind, resolution) = (case_kind.clone(), resolution.clone());
                counter!("kring_cases_total", "kind" => kind, "resolution" => resolution)
                    .increment(1);
                histogram!("kring_wrapup_seconds").record(*wrap_up_ms as f64 / 1e3);
            }
            Fact::MediaSummary(summary) => sound::take(summary),
            _ => {}
        }
        if let Some(call) = entry.call {
            self.call(call, entry);
        }
    }

    fn presence(&mut self, agent: &AgentId, state: PresenceState) {
        if self.agents.len() < limits::AGENTS_MAX || self.agents.contains_key(agent) {
            self.agents.insert(agent.clone(), state);
        }
        let states = [
            ("offline", PresenceState::Offline),
            ("ready", PresenceState::Ready),
            ("offered", PresenceState::Offered),
            ("ringing", PresenceState::Ringing),
            ("talking", PresenceState::Talking),
            ("wrap_up", PresenceState::WrapUp),
            ("paused", PresenceState::Paused),
        ];
        for (name, state) in states {
            let count = self.agents.values().filter(|now| **now == state).count();
            gauge!("kring_agents", "state" => name).set(count as f64);
        }
        self.screens();
    }

    /// Somebody who has gone home needs no screen.
    fn screens(&self) {
        let at_work = |agent: &&AgentId| {
            self.agents
                .get(*agent)
                .is_some_and(|state| *state != PresenceState::Offline)
        };
        let dead = self.dead_screens.iter().filter(at_work).count();
        gauge!("kring_screen_dead_agents").set(dead as f64);
    }

    fn call(&mut self, id: CallId, entry: &Entry) {
        if let Some(record) = CallRecord::begin(entry) {
            if self.calls.len() < limits::FOLD_CALLS_MAX {
                let offered_at = entry.at;
                self.calls.insert(
                    id,
                    Open {
                        record,
                        offered_at,
                        unseen: 0,
                        phones: Vec::new(),
                    },
                );
            }
            self.active(entry.at);
            return;
        }
        if matches!(entry.fact, Fact::Confirmed { .. } | Fact::NoCase { .. })
            && self.pending.remove(&id)
        {
            gauge!("kring_wrapup_pending").set(self.pending.len() as f64);
        }
        let Some(open) = self.calls.get_mut(&id) else {
            return;
        };
        let decided = open.record.outcome.is_some();
        open.record.apply(entry);
        open.pops(entry);
        if let Fact::Refused { lateness_us, .. } | Fact::Rescued(Rescue { lateness_us, .. }) =
            &entry.fact
        {
            histogram!("kring_ring_deadline_lateness_seconds").record(*lateness_us as f64 / 1e6);
        }
        let (newly, ended) = (!decided && open.record.outcome.is_some(), open.is_over());
        if newly {
            open.decided();
        }
        if ended && let Some(open) = self.calls.remove(&id) {
            open.gone();
            if open.record.is_unfinished() && self.pending.len() < limits::FOLD_CALLS_MAX {
                self.pending.insert(id);
            }
            gauge!("kring_wrapup_pending").set(self.pending.len() as f64);
        }
        let moves = matches!(
            entry.fact,
            Fact::Ring { .. } | Fact::Served(_) | Fact::Connected(_) | Fact::Reached(_)
        );
        if newly || ended || moves {
            self.active(entry.at);
        }
    }

    pub(super) fn tell_waits(&self, now: Moment, queues: &[String]) {
        for queue in queues {
            for result in RESULTS {
                ring_rule(queue, result).increment(0);
            }
            queue_waits(queue, 0, 0.0);
        }
        self.active(now);
    }

    fn active(&self, now: Moment) {
        let mut queues: FxHashMap<&str, (u32, f64)> = FxHashMap::default();
        let (mut talking, mut waiting) = (0_u32, 0_u32);
        for open in self.calls.values() {
            match open.record.state {
                CallState::Ringing | CallState::Waiting => {
                    waiting += u32::from(open.record.state == CallState::Waiting);
                    let (calls, oldest) = queues.entry(&open.record.queue).or_default();
                    *calls += 1;
                    *oldest = oldest.max(now.since(open.offered_at).as_secs_f64());
                }
                CallState::Talking => {
                    queues.entry(&open.record.queue).or_default();
                    talking += 1;
                }
                CallState::Ended => {}
            }
        }
        let kept: u32 = queues.values().map(|(calls, _)| calls).sum();
        let ringing = kept - waiting;
        gauge!("kring_calls_active", "state" => "ringing").set(f64::from(ringing));
        gauge!("kring_calls_active", "state" => "waiting").set(f64::from(waiting));
        gauge!("kring_calls_active", "state" => "talking").set(f64::from(talking));
        for (queue, (calls, oldest)) in queues {
            queue_waits(queue, calls, oldest);
        }
    }
}

impl Open {
    fn is_over(&self) -> bool {
        self.record.state == CallState::Ended
    }

    fn pops(&mut self, entry: &Entry) {
        match &entry.fact {
            Fact::Invited { agent, device, .. } => {
                self.unseen += 1;
                self.phones.retain(|(other, _)| other != agent);
                self.phones.push((agent.clone(), kind_of(device)));
                // The pop is in the outbox in the step of this fact.
                pop_took("enqueue", entry.at.since(self.offered_at).as_secs_f64());
            }
            Fact::Unreached {
                agent,
                why: Unreached::Silent | Unreached::SilentDevice,
                ..
            } => {
                let mut phones = self.phones.iter();
                let kind = phones.find(|(other, _)| other == agent);
                let kind = kind.map_or("other", |(_, kind)| kind);
                counter!("kring_ring_silent_total", "device" => kind).increment(1);
            }
            Fact::PopAcknowledged { after_us, .. } => {
                self.unseen = self.unseen.saturating_sub(1);
                counter!("kring_screen_pop_total", "result" => "acknowledged").increment(1);
                pop_took("ack", *after_us as f64 / 1e6);
            }
            _ => {}
        }
    }

    fn decided(&self) {
        let record = &self.record;
        let Some(outcome) = record.outcome else {
            return;
        };
        let direction = record.direction.as_str();
        counter!("kring_calls_total", "direction" => direction, "outcome" => outcome.as_str())
            .increment(1);
        // The ring rule is about citizens who call.
        let Some(result) = record.result else {
            return;
        };
        ring_rule(&record.queue, result).increment(1);
        histogram!("kring_call_rings").record(f64::from(record.rings));
        let waited = record.wait_ms.unwrap_or(0) as f64 / 1e3;
        histogram!("kring_call_ring_seconds").record(waited);
    }

    /// Pops that nobody has acknowledged by the end never will be. The queue's gauges fall to zero.
    fn gone(&self) {
        if self.unseen > 0 {
            let unseen = u64::from(self.unseen);
            counter!("kring_screen_pop_total", "result" => "unseen").increment(unseen);
        }
        queue_waits(&self.record.queue, 0, 0.0);
    }
}

fn ring_rule(queue: &str, result: RingResult) -> Counter {
    let queue = queue.to_owned();
    counter!("kring_ring_rule_total", "queue" => queue, "result" => result.as_str())
}

fn queue_waits(queue: &str, calls: u32, oldest_s: f64) {
    let queue = queue.to_owned();
    gauge!("kring_queue_calls", "queue" => queue.clone()).set(f64::from(calls));
    gauge!("kring_queue_oldest_wait_seconds", "queue" => queue).set(oldest_s);
}

/// What kind of device it is: its number stays out of the label.
fn kind_of(device: &str) -> &'static str {
    match device.split_once(':') {
        Some(("sip" | "sips", _)) => "sip",
        Some(("pbx", _)) => "pbx",
        Some(("phone", _)) => "phone",
        _ if device == "browser" => "browser",
        _ => "other",
    }
}

fn recorded(result: &'static str) {
    counter!("kring_recordings_total", "result" => result).increment(1);
}

fn pop_took(stage: &'static str, seconds: f64) {
    histogram!("kring_screen_pop_seconds", "stage" => stage).record(seconds);
}
