//! The agents: what each is doing, who may be offered a call, and in which order.
//!
//! An agent is free for an offer only when ready *and* the phone's last leg is gone, so no agent ever
//! has two live voice legs (invariant I3).

use crate::{
    command::{AgentProfile, Place, PresenceWish},
    limits::AGENTS_MAX,
};
use kring_journal::{AgentId, CallId, PresenceState};
use kring_sip::LegId;
use kring_time::Moment;
use rustc_hash::FxHashMap;
use std::{collections::BTreeSet, net::IpAddr};

/// What an agent is doing. The data of a state lives in the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    Offline,
    Ready,
    Paused {
        reason: String,
    },
    /// INVITE is out; the phone has not said that it rings.
    Offered {
        call: CallId,
    },
    Ringing {
        call: CallId,
        answerable: bool,
    },
    Talking {
        call: CallId,
    },
    WrapUp {
        call: CallId,
        until: Moment,
    },
}

impl Doing {
    pub(crate) fn state(&self) -> PresenceState {
        match self {
            Doing::Offline => PresenceState::Offline,
            Doing::Ready => PresenceState::Ready,
            Doing::Paused { .. } => PresenceState::Paused,
            Doing::Offered { .. } => PresenceState::Offered,
            Doing::Ringing { .. } => PresenceState::Ringing,
            Doing::Talking { .. } => PresenceState::Talking,
            Doing::WrapUp { .. } => PresenceState::WrapUp,
        }
    }

    pub(crate) fn reason(&self) -> Option<String> {
        match self {
            Doing::Paused { reason } => Some(reason.clone()),
            _ => None,
        }
    }
}

/// What made an agent's phone unusable or unanswered, counted one after another.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Misses {
    /// Calls rung out.
    pub(crate) rung_out: u8,
    /// Calls the phone failed to take: unregistered, silent, failed.
    pub(crate) device: u8,
}

#[derive(Clone, Debug)]
pub(crate) struct Agent {
    pub(crate) profile: AgentProfile,
    pub(crate) doing: Doing,
    pub(crate) misses: Misses,
    pub(crate) screen_alive: bool,
    /// The phone's leg, until the phone has confirmed that it is over.
    pub(crate) phone_leg: Option<LegId>,
    /// What to become when the present call lets go.
    pub(crate) wish: Option<PresenceWish>,
    /// Since when idle; orders `longest_idle`. Kept when a call was withdrawn without the agent's doing.
    idle_since: Moment,
}

impl Agent {
    fn is_free(&self) -> bool {
        self.doing == Doing::Ready && self.phone_leg.is_none() && self.profile.device.is_some()
    }

    fn serves(&self, queue: &str) -> bool {
        self.profile.queues.is_empty() || self.profile.queues.iter().any(|name| name == queue)
    }
}

/// Each of them once.
fn addresses_of(profile: &AgentProfile) -> BTreeSet<IpAddr> {
    match profile.device.as_ref().map(|device| &device.place) {
        Some(Place::At { peers, .. }) => {
            let addresses = peers.iter().map(|peer| peer.address.ip().to_canonical());
            addresses.collect()
        }
        Some(Place::Registered { .. }) | None => BTreeSet::new(),
    }
}

#[derive(Debug, Default)]
pub(crate) struct Roster {
    agents: FxHashMap<AgentId, Agent>,
    /// The free agents, longest idle first.
    free: BTreeSet<(Moment, AgentId)>,
    wrap_ups: BTreeSet<(Moment, AgentId)>,
    /// Where the agents' phones are, and how many at each address.
    phones: FxHashMap<IpAddr, usize>,
}

impl Roster {
    pub(crate) fn get(&self, id: &AgentId) -> Option<&Agent> {
        self.agents.get(id)
    }

    /// Adds or replaces a profile; the agent keeps doing what it does. `false` when the house is full.
    pub(crate) fn put(&mut self, profile: AgentProfile) -> bool {
        if self.agents.len() >= AGENTS_MAX && !self.agents.contains_key(&profile.id) {
            return false;
        }
        let id = profile.id.clone();
        for address in addresses_of(&profile) {
            *self.phones.entry(address).or_default() += 1;
        }
        if let Some(agent) = self.agents.get_mut(&id) {
            let before = std::mem::replace(&mut agent.profile, profile);
            self.phone_moves_out(&before);
        } else {
            let agent = Agent {
                profile,
                doing: Doing::Offline,
                misses: Misses::default(),
                screen_alive: false,
                phone_leg: None,
                wish: None,
                idle_since: Moment::BOOT,
            };
            self.agents.insert(id.clone(), agent);
        }
        self.refile(&id);
        true
    }

    /// Forgets an agent who is signed out.
    pub(crate) fn forget(&mut self, id: &AgentId) {
        if self
            .agents
            .get(id)
            .is_some_and(|a| a.doing == Doing::Offline)
            && let Some(agent) = self.agents.remove(id)
        {
            self.phone_moves_out(&agent.profile);
        }
    }

    /// Whether some agent's phone is at this address.
    pub(crate) fn has_phone_at(&self, address: IpAddr) -> bool {
        self.phones.contains_key(&address.to_canonical())
    }

    /// Whose phone it is.
    pub(crate) fn agents_of_phone(&self, phone: &str) -> Vec<AgentId> {
        let is = |agent: &&Agent| {
            let device = agent.profile.device.as_ref();
            device.is_some_and(
                |device| matches!(&device.place, Place::Registered { user } if user == phone),
            )
        };
        let agents = self.agents.values().filter(is);
        let mut found: Vec<AgentId> = agents.map(|agent| agent.profile.id.clone()).collect();
        found.sort_unstable();
        found
    }

    fn phone_moves_out(&mut self, before: &AgentProfile) {
        for address in addresses_of(before) {
            if let Some(phones) = self.phones.get_mut(&address) {
                *phones -= 1;
                if *phones == 0 {
                    self.phones.remove(&address);
                }
            }
        }
    }

    /// The one way to change an agent: whatever changes, the order of the free is right afterwards.
    pub(crate) fn change<T>(
        &mut self,
        id: &AgentId,
        change: impl FnOnce(&mut Agent) -> T,
    ) -> Option<T> {
        let agent = self.agents.get_mut(id)?;
        self.free.remove(&(agent.idle_since, id.clone()));
        if let Doing::WrapUp { until, .. } = agent.doing {
            self.wrap_ups.remove(&(until, id.clone()));
        }
        let changed = change(agent);
        self.refile(id);
        Some(changed)
    }

    /// The agent's idle time begins anew: a call was worked on, or was the agent's to take.
    pub(crate) fn idle_from(&mut self, now: Moment, id: &AgentId) {
        self.change(id, |agent| agent.idle_since = now);
    }

    /// Whether any member of `queue` is signed in.
    pub(crate) fn is_staffed(&self, queue: &str) -> bool {
        self.agents
            .values()
            .any(|agent| agent.doing != Doing::Offline && agent.serves(queue))
    }

    /// Whether another member of a queue of `id` takes calls: is ready, or rings now and will answer or
    /// be ready again.
    pub(crate) fn another_is_ready(&self, id: &AgentId) -> bool {
        let Some(me) = self.agents.get(id) else {
            return false;
        };
        self.agents.values().any(|other| {
            let takes_calls = other.is_free()
                || matches!(other.doing, Doing::Offered { .. } | Doing::Ringing { .. });
            takes_calls
                && other.profile.id != *id
                && (me.profile.queues.is_empty()
                    || me.profile.queues.iter().any(|queue| other.serves(queue)))
        })
    }

    pub(crate) fn anybody_free(&self) -> bool {
        !self.free.is_empty()
    }

    /// The free members of `queue` who pass `fits`, longest idle first, at most `most`. Agents whose
    /// screens are dead are left out while one with a live screen is among them; the second value
    /// tells that there was none.
    pub(crate) fn candidates(
        &self,
        queue: &str,
        most: usize,
        fits: impl Fn(&AgentId) -> bool,
    ) -> (Vec<AgentId>, bool) {
        let (mut alive, mut dead) = (Vec::new(), Vec::new());
        for (_, id) in &self.free {
            let Some(agent) = self.agents.get(id) else {
                continue;
            };
            if !agent.serves(queue) || !fits(id) {
                continue;
            }
            let seats = if agent.screen_alive {
                &mut alive
            } else {
                &mut dead
            };
            if seats.len() < most {
                seats.push(id.clone());
            }
            if alive.len() >= most {
                break;
            }
        }
        if alive.is_empty() {
            let degraded = !dead.is_empty();
            (dead, degraded)
        } else {
            (alive, false)
        }
    }

    /// When the next wrap-up runs out.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        self.wrap_ups.first().map(|(until, _)| *until)
    }

    /// An agent whose wrap-up has run out by `now`.
    pub(crate) fn expired(&self, now: Moment) -> Option<AgentId> {
        let (until, id) = self.wrap_ups.first()?;
        (*until <= now).then(|| id.clone())
    }

    fn refile(&mut self, id: &AgentId) {
        let Some(agent) = self.agents.get(id) else {
            return;
        };
        if agent.is_free() {
            self.free.insert((agent.idle_since, id.clone()));
        } else {
            self.free.remove(&(agent.idle_since, id.clone()));
        }
        if let Doing::WrapUp { until, .. } = agent.doing {
            self.wrap_ups.insert((until, id.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster(logins: &[&str]) -> Roster {
        let mut roster = Roster::default();
        for (n, login) in logins.iter().enumerate() {
            let profile = AgentProfile {
                id: AgentId::new(login),
                device: Some(crate::tests::device(login)),
                queues: vec!["support".to_owned()],
            };
            assert!(roster.put(profile));
            let id = AgentId::new(login);
            roster.change(&id, |agent| agent.doing = Doing::Ready);
            roster.idle_from(Moment::from_millis(n as u64), &id);
        }
        roster
    }

    #[test]
    fn the_longest_idle_comes_first() {
        let mut roster = roster(&["a", "b", "c"]);
        roster.idle_from(Moment::from_millis(9), &AgentId::new("a"));
        let (order, degraded) = roster.candidates("support", 9, |_| true);
        assert_eq!(
            order.iter().map(AgentId::as_str).collect::<Vec<_>>(),
            ["b", "c", "a"]
        );
        assert!(degraded, "no screen is alive");
    }

    #[test]
    fn a_dead_screen_is_skipped_only_while_another_lives() {
        let mut roster = roster(&["a", "b"]);
        let b = AgentId::new("b");
        roster.change(&b, |agent| agent.screen_alive = true);
        assert_eq!(
            roster.candidates("support", 9, |_| true),
            (vec![b.clone()], false)
        );
        assert_eq!(
            roster.candidates("support", 9, |id| *id != b),
            (vec![AgentId::new("a")], true)
        );
    }

    #[test]
    fn an_agent_whose_phone_is_not_silent_yet_is_not_free() {
        let mut roster = roster(&["a"]);
        let a = AgentId::new("a");
        roster.change(&a, |agent| agent.phone_leg = Some(LegId(7)));
        assert!(!roster.anybody_free());
        roster.change(&a, |agent| agent.phone_leg = None);
        assert!(roster.anybody_free());
        assert!(roster.candidates("law", 9, |_| true).0.is_empty());
    }
}
