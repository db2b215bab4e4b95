//! The agents: what each is doing, who may be offered a call, and in which order.
//!
//! An agent is free for an offer only when ready *and* the phone's last leg is gone, so no agent ever
//! has two live voice legs (invariant I3).

use crate::{
    bench::{Bench, Seat, Standing},
    command::{AgentProfile, Place, PresenceWish},
    config::{Member, QueueConfig},
    doing::{Doing, Misses},
    limits::{AGENTS_MAX, DEVICES_MAX},
    plan::Strategy,
    skill::Skill,
};
use kring_journal::AgentId;
use kring_sip::LegId;
use kring_time::Moment;
use rustc_hash::FxHashMap;
use std::{collections::BTreeSet, net::IpAddr};

/// What an agent is to become, and who wants it.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) wish: PresenceWish,
    /// Somebody who watches over others; none: the agent.
    pub(crate) by: Option<AgentId>,
}

impl Default for Wish {
    /// Who wishes nothing is ready for the next call.
    fn default() -> Wish {
        Wish {
            wish: PresenceWish::Ready,
            by: None,
        }
    }
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
    pub(crate) wish: Option<Wish>,
    /// Since when idle; orders `longest_idle`. Kept when a call was withdrawn without the agent's doing.
    idle_since: Moment,
    /// Calls answered since signing in; orders `least_calls`.
    answered: u32,
    /// The queues served.
    pub(crate) seats: Vec<Seat>,
}

impl Agent {
    fn is_free(&self) -> bool {
        self.doing == Doing::Ready && self.phone_leg.is_none() && !self.profile.devices.is_empty()
    }

    fn standing(&self) -> Standing {
        Standing {
            screen_dead: !self.screen_alive,
            answered: self.answered,
            idle_since: self.idle_since,
        }
    }

    fn shares_a_queue_with(&self, other: &Agent) -> bool {
        let serves = |queue: usize| other.seats.iter().any(|seat| seat.queue == queue);
        self.seats.iter().any(|seat| serves(seat.queue))
    }
}

/// Whether and where an agent sits in the queue of this index: by the queue's own list, or, where it
/// has none, by what the agent's profile says; in any case only with the skills that it asks for.
fn seat(queue: usize, config: &QueueConfig, profile: &AgentProfile) -> Option<Seat> {
    if !Skill::all_met(&config.skills, &profile.skills) {
        return None;
    }
    if config.members.is_empty() {
        let serves = profile.queues.is_empty() || profile.queues.contains(&config.name);
        return serves.then_some(Seat {
            queue,
            priority: 1,
            place: 0,
        });
    }
    let is = |member: &Member| member.agent == profile.id;
    let place = config.members.iter().position(is)?;
    Some(Seat {
        queue,
        priority: config.members[place].priority,
        place: place as u32,
    })
}

/// Every seat of the agent.
fn seats(queues: &[QueueConfig], profile: &AgentProfile) -> Vec<Seat> {
    let queues = queues.iter().enumerate();
    let seats = queues.filter_map(|(index, queue)| seat(index, queue, profile));
    seats.collect()
}

/// Each of them once.
fn addresses_of(profile: &AgentProfile) -> BTreeSet<IpAddr> {
    let peers = profile
        .devices
        .iter()
        .flat_map(|device| match &device.place {
            Place::At { peers, .. } => peers.as_slice(),
            Place::Registered { .. } => &[],
        });
    peers.map(|peer| peer.address.ip().to_canonical()).collect()
}

#[derive(Debug)]
pub(crate) struct Roster {
    agents: FxHashMap<AgentId, Agent>,
    /// The configured queues, for the agents who come.
    queues: Vec<QueueConfig>,
    /// Their free members.
    benches: Vec<Bench>,
    free: usize,
    wrap_ups: BTreeSet<(Moment, AgentId)>,
    /// Where the agents' phones are, and how many at each address.
    phones: FxHashMap<IpAddr, usize>,
}

impl Roster {
    /// Of queues without agents.
    pub(crate) fn new(queues: &[QueueConfig]) -> Roster {
        Roster {
            agents: FxHashMap::default(),
            queues: queues.to_vec(),
            benches: queues.iter().map(|_| Bench::default()).collect(),
            free: 0,
            wrap_ups: BTreeSet::new(),
            phones: FxHashMap::default(),
        }
    }

    pub(crate) fn get(&self, id: &AgentId) -> Option<&Agent> {
        self.agents.get(id)
    }

    /// Adds or replaces a profile; the agent keeps doing what it does. `false` when the house is full.
    pub(crate) fn put(&mut self, mut profile: AgentProfile) -> bool {
        profile.devices.truncate(DEVICES_MAX);
        let known = self.agents.contains_key(&profile.id);
        if !known && self.agents.len() >= AGENTS_MAX {
            return false;
        }
        let id = profile.id.clone();
        for address in addresses_of(&profile) {
            *self.phones.entry(address).or_default() += 1;
        }
        let seats = seats(&self.queues, &profile);
        if known {
            let before = self.change(&id, |agent| {
                agent.seats = seats;
                std::mem::replace(&mut agent.profile, profile)
            });
            if let Some(before) = before {
                self.phone_moves_out(&before);
            }
        } else {
            let agent = Agent {
                profile,
                doing: Doing::Offline,
                misses: Misses::default(),
                screen_alive: false,
                phone_leg: None,
                wish: None,
                idle_since: Moment::BOOT,
                answered: 0,
                seats,
            };
            self.agents.insert(id, agent);
        }
        true
    }

    /// The queues are others now: everybody takes the seats that these have for them.
    pub(crate) fn reseat(&mut self, queues: &[QueueConfig]) {
        let everybody: Vec<AgentId> = self.agents.keys().cloned().collect();
        for id in &everybody {
            self.take_out(id);
        }
        self.queues = queues.to_vec();
        self.benches = queues.iter().map(|_| Bench::default()).collect();
        for id in &everybody {
            if let Some(agent) = self.agents.get_mut(id) {
                agent.seats = seats(&self.queues, &agent.profile);
            }
            self.put_in(id);
        }
    }

    /// Forgets an agent who is signed out.
    pub(crate) fn forget(&mut self, id: &AgentId) {
        if self
            .agents
            .get(id)
            .is_some_and(|a| a.doing == Doing::Offline && a.phone_leg.is_none())
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
    /// Whose telephone this extension of a PBX is, of those who work here.
    pub(crate) fn officer_at(&self, extension: &str) -> Option<&AgentId> {
        let is = |agent: &&Agent| {
            let mut devices = agent.profile.devices.iter();
            devices.any(|device| {
                matches!(&device.place, Place::At { uri, .. } if uri.user() == Some(extension))
            })
        };
        let officers = self.agents.values().filter(is);
        officers.map(|agent| &agent.profile.id).min()
    }

    pub(crate) fn agents_of_phone(&self, phone: &str) -> Vec<AgentId> {
        let is = |agent: &&Agent| {
            let mut devices = agent.profile.devices.iter();
            devices
                .any(|device| matches!(&device.place, Place::Registered { user } if user == phone))
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
        self.take_out(id);
        let agent = self.agents.get_mut(id)?;
        let was_offline = agent.doing == Doing::Offline;
        let changed = change(agent);
        if was_offline && agent.doing != Doing::Offline {
            agent.answered = 0;
        }
        self.put_in(id);
        Some(changed)
    }

    /// One more call was answered.
    pub(crate) fn has_answered(&mut self, id: &AgentId) {
        self.change(id, |agent| {
            agent.misses = Misses::default();
            agent.answered = agent.answered.saturating_add(1);
        });
    }

    /// The agent's idle time begins anew: a call was worked on, or was the agent's to take.
    pub(crate) fn idle_from(&mut self, now: Moment, id: &AgentId) {
        self.change(id, |agent| agent.idle_since = now);
    }

    /// Whether any member of the queue of this index is signed in.
    pub(crate) fn is_staffed(&self, queue: usize) -> bool {
        self.benches[queue].signed_in > 0
    }

    /// How many members of `queue` work: have a call, write its record or wait for one.
    pub(crate) fn at_work(&self, queue: usize) -> usize {
        let works = |agent: &&Agent| {
            let away = matches!(agent.doing, Doing::Offline | Doing::Paused { .. });
            let serves = agent.seats.iter().any(|seat| seat.queue == queue);
            !away && serves && !agent.profile.devices.is_empty()
        };
        self.agents.values().filter(works).count()
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
            takes_calls && other.profile.id != *id && me.shares_a_queue_with(other)
        })
    }

    pub(crate) fn anybody_free(&self) -> bool {
        self.free > 0
    }

    /// Whether a member of the queue of this index is free.
    pub(crate) fn has_free(&self, queue: usize) -> bool {
        self.benches[queue].has_anybody()
    }

    /// The free members of the queue of this index who pass `fits`, in the order of `strategy`, at most
    /// `most`; see [`Bench::first`].
    pub(crate) fn candidates(
        &self,
        queue: usize,
        strategy: Strategy,
        most: usize,
        fits: impl Fn(&AgentId) -> bool,
    ) -> (Vec<AgentId>, bool) {
        self.benches[queue].first(strategy, most, fits)
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

    /// Out of every order, before something changes.
    fn take_out(&mut self, id: &AgentId) {
        let Some(agent) = self.agents.get(id) else {
            return;
        };
        let (is_free, signed_in) = (agent.is_free(), agent.doing != Doing::Offline);
        self.free -= usize::from(is_free);
        for seat in &agent.seats {
            let bench = &mut self.benches[seat.queue];
            bench.signed_in -= usize::from(signed_in);
            if is_free {
                bench.leave_seat(id, *seat, agent.standing());
            }
        }
        if let Doing::WrapUp { until, .. } = agent.doing {
            self.wrap_ups.remove(&(until, id.clone()));
        }
    }

    /// Into every order again.
    fn put_in(&mut self, id: &AgentId) {
        let Some(agent) = self.agents.get(id) else {
            return;
        };
        let (is_free, signed_in) = (agent.is_free(), agent.doing != Doing::Offline);
        self.free += usize::from(is_free);
        for seat in &agent.seats {
            let bench = &mut self.benches[seat.queue];
            bench.signed_in += usize::from(signed_in);
            if is_free {
                bench.take_seat(id, *seat, agent.standing());
            }
        }
        if let Doing::WrapUp { until, .. } = agent.doing {
            self.wrap_ups.insert((until, id.clone()));
        }
    }
}

mod survey;
#[cfg(test)]
mod tests;
