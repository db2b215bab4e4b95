//! Nobody who is free sits idle while a call may be offered: an agent who becomes free is rung at once,
//! and a hop for one phone rings one as long as there is somebody to ring. And nobody is overtaken: whoever
//! becomes free is rung for the caller whose turn it is.

use super::{Court, plans::Ringing};
use crate::witness::{Evidence, ends_race, reopens_race};
use kring_journal::{AgentId, CallId, Fact, Outbound, PresenceState};
use kring_time::Moment;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

#[derive(Default)]
struct Agent {
    is_ready: bool,
    is_signed_in: bool,
    screen_alive: bool,
}

/// Looks at the house after each moment at which something happened.
pub(super) fn nobody_idle(evidence: &Evidence<'_>, court: &mut Court) {
    let entries = &evidence.account.entries;
    let mut house = House {
        evidence,
        agents: BTreeMap::new(),
        calls: BTreeMap::new(),
        turns: BTreeMap::new(),
        won: BTreeMap::new(),
        waited: Vec::new(),
        touched: BTreeSet::new(),
    };
    let mut before = Moment::BOOT;
    for (n, entry) in entries.iter().enumerate() {
        if entry.at > before {
            house.waited = house.wanting(before);
            let same = entries[n..].iter().take_while(|other| other.at == entry.at);
            house.touched = same.filter_map(|other| other.call).collect();
            before = entry.at;
        }
        if let Some(fault) = house.overtaken(entry) {
            let ms = entry.at.millis_from(evidence.account.zero());
            court.accuse("turn", format!("at {ms} ms {fault}"));
            return;
        }
        house.follow(entry);
        if entries.get(n + 1).is_none_or(|next| next.at > entry.at)
            && let Some(fault) = house.idle(entry.at)
        {
            let ms = entry.at.millis_from(evidence.account.zero());
            court.accuse("service", format!("at {ms} ms {fault}"));
            return;
        }
    }
}

struct House<'a> {
    evidence: &'a Evidence<'a>,
    agents: BTreeMap<&'a AgentId, Agent>,
    calls: BTreeMap<CallId, (&'a str, Ringing<'a>)>,
    turns: BTreeMap<CallId, Moment>,
    /// Calls that somebody has or had: they come back when a transfer comes to nothing.
    won: BTreeMap<CallId, (&'a str, Ringing<'a>)>,
    /// Calls that wanted a phone when the moment before was over.
    waited: Vec<CallId>,
    /// Calls of which anything was told at the present moment: they may not have wanted one before.
    touched: BTreeSet<CallId>,
}

impl<'a> House<'a> {
    fn follow(&mut self, entry: &'a kring_journal::Entry) {
        match (&entry.fact, entry.call) {
            (Fact::Presence { agent, state, .. }, _) => {
                let agent = self.agents.entry(agent).or_default();
                agent.is_ready = *state == PresenceState::Ready;
                agent.is_signed_in = *state != PresenceState::Offline;
            }
            (Fact::ScreenRestored { agent }, _) => {
                self.agents.entry(agent).or_default().screen_alive = true;
            }
            (Fact::ScreenDead { agent }, _) => {
                self.agents.entry(agent).or_default().screen_alive = false;
            }
            // The call of one agent is for nobody else.
            (
                Fact::Offered {
                    outbound: Some(Outbound::ByAgent { .. }),
                    ..
                },
                Some(_),
            ) => {}
            (
                Fact::Offered {
                    queue,
                    terms,
                    outbound,
                    ..
                },
                Some(call),
            ) => {
                // Who is called back has waited since they first called.
                let turn = match outbound {
                    Some(Outbound::CallBack { asked, .. }) => {
                        self.turns.get(asked).copied().unwrap_or(Moment::BOOT)
                    }
                    _ => entry.at + self.worth(queue),
                };
                self.turns.insert(call, turn);
                if let Some(plan) = self.evidence.plan(queue) {
                    self.calls
                        .insert(call, (queue, Ringing::new(terms, plan, entry.at)));
                }
            }
            (fact, Some(call)) if reopens_race(fact) => {
                // Whoever comes back is the first in line.
                self.turns.insert(call, Moment::BOOT);
                if let Some((queue, mut ringing)) = self.won.remove(&call) {
                    ringing.follow(entry);
                    self.calls.insert(call, (queue, ringing));
                }
            }
            (fact, Some(call)) if ends_race(fact) => {
                let won = self.calls.remove(&call);
                self.won.extend(won.map(|won| (call, won)));
            }
            (_, Some(call)) => {
                if let Fact::Queued {
                    queue: Some(other), ..
                } = &entry.fact
                    && let Some(plan) = self.evidence.plan(other)
                    && let Some((queue, ringing)) = self.calls.get_mut(&call)
                    && *queue != other.as_str()
                {
                    *queue = other;
                    ringing.goes_by(plan);
                }
                if let Some((_, ringing)) = self.calls.get_mut(&call) {
                    ringing.follow(entry);
                }
            }
            _ => {}
        }
    }

    /// The calls that want a phone at `now`.
    fn wanting(&self, now: Moment) -> Vec<CallId> {
        let wants = |ringing: &Ringing<'_>| {
            let takes_more = !ringing.strategy(now).is_for_one() || ringing.live.is_empty();
            ringing.may_offer(now) && takes_more
        };
        let calls = self.calls.iter();
        let wanting = calls.filter(|(_, (_, ringing))| wants(ringing));
        wanting.map(|(id, _)| *id).collect()
    }

    /// What the priority of a queue is worth: a minute of waiting a step.
    fn worth(&self, queue: &str) -> Duration {
        let mut priorities = self.evidence.account.priorities.iter();
        let priority = priorities.find(|(name, _)| name == queue);
        let steps = priority.map_or(0, |(_, priority)| u32::from(priority - 1));
        Duration::from_mins(1) * steps
    }

    /// Whether this phone should have been rung for another caller, who has waited for one since before.
    fn overtaken(&self, entry: &kring_journal::Entry) -> Option<String> {
        let (Fact::Invited { agent, .. }, Some(call)) = (&entry.fact, entry.call) else {
            return None;
        };
        // Whose screen is dead is the last resort of each call, when it finds nobody else.
        if !self.agents.get(agent).is_some_and(|a| a.screen_alive) {
            return None;
        }
        let mine = self.turns.get(&call)?;
        self.waited.iter().find_map(|other| {
            let (queue, ringing) = self.calls.get(other)?;
            let earlier = self.turns.get(other)? < mine && !self.touched.contains(other);
            let could_have_it = ringing.may_offer(entry.at)
                && self.evidence.serves(agent, queue)
                && !ringing.was_barred(entry.at, agent);
            let overtaken = earlier && could_have_it;
            let names = || (self.name(&call), self.name(other));
            overtaken
                .then(names)
                .map(|(then, first)| format!("{agent} is rung for {then}, and not for {first}"))
        })
    }

    /// Whoever could be rung now and is not.
    fn idle(&self, now: Moment) -> Option<String> {
        // Of many agents few are ready while calls wait, and the other way round.
        let ready = || self.agents.iter().filter(|(_, agent)| agent.is_ready);
        ready().next()?;
        self.calls.iter().find_map(|(id, (queue, ringing))| {
            let wants_one = ringing.strategy(now).is_for_one();
            if !ringing.may_offer(now) || (wants_one && !ringing.live.is_empty()) {
                return None;
            }
            let free = ready().find(|(agent, _)| self.could_take(now, agent, queue, ringing));
            free.map(|(agent, _)| format!("{agent} is free and {} is not offered", self.name(id)))
        })
    }

    fn name(&self, call: &CallId) -> &str {
        let known = self.evidence.account.names.get(call);
        known.map_or("?", |(_, name)| name)
    }

    fn could_take(&self, now: Moment, id: &AgentId, queue: &str, ringing: &Ringing<'_>) -> bool {
        let Some(agent) = self.agents.get(id) else {
            return false;
        };
        let others_see = |other: &(&&AgentId, &Agent)| {
            other.1.is_signed_in && other.1.screen_alive && self.evidence.serves(other.0, queue)
        };
        agent.is_ready
            && (agent.screen_alive || !self.agents.iter().any(|other| others_see(&other)))
            && self.evidence.serves(id, queue)
            && !ringing.is_barred(now, id)
            && !self.evidence.is_engaged(id, now)
    }
}
