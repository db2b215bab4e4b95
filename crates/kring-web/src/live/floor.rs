//! The floor: every live call, every agent's presence, and what each fact means for the screens.
//!
//! Pure: facts in, deliveries out. What is shown is a fold of the journal; a restart that replays
//! the facts shows the same.

use super::{
    alerts,
    call::{LiveCall, Lookup, Offer, WrapUp, entry},
    closings::Closings,
    presence::PresenceNow,
    recall::Owed,
    screens::{late, of_screen, screens, to, to_supervisors},
    transfers::{self, Transfers},
    watch::Watch,
};
use crate::{
    limits,
    wire::{Pop, QueueStats, Said},
};
use kring_journal::{AgentId, CallId, CallRecord, CallState, Fact, PresenceState, WallTime};
use kring_time::Moment;
use rustc_hash::FxHashMap;
use std::{collections::VecDeque, sync::Arc, time::Duration};

/// Something for a stream.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// The pop; `held` until the caller is looked up.
    Pop {
        to: AgentId,
        call: CallId,
        pop: Box<Pop>,
        held: bool,
    },
    /// A frame for one agent.
    Frame {
        to: AgentId,
        call: Option<CallId>,
        said: Said,
    },
    /// A frame for every agent.
    All(Said),
    /// A call that is not in memory has its wrap-up opened: it is to be fetched.
    Recall(Owed),
    /// A frame for those who watch over others.
    Supervisors(Option<CallId>, Said),
    /// The same, but for this one, who has a frame of their own.
    OtherSupervisors(AgentId, Said),
}

type Calls = FxHashMap<CallId, Box<LiveCall>>;

/// The call, made if it is new; `None` when there are too many.
fn call_of(calls: &mut Calls, id: CallId, now: Moment) -> Option<&mut LiveCall> {
    if !calls.contains_key(&id) && calls.len() >= limits::LIVE_CALLS_MAX {
        return None;
    }
    let new = || Box::new(LiveCall::new(id, now));
    Some(calls.entry(id).or_insert_with(new))
}

/// The calls and the agents.
#[derive(Debug)]
pub(crate) struct Floor {
    /// Boxed: the table grows by doubling, and a call is most of a kilobyte.
    calls: Calls,
    ended: VecDeque<CallId>,
    presence: FxHashMap<AgentId, PresenceNow>,
    /// Devices that were seen to be answerable from the screen, or not.
    answerable: FxHashMap<String, bool>,
    greeting: Arc<str>,
    /// What supervisors are shown beside the calls.
    pub(crate) watch: Watch,
    /// Which queues are closed.
    pub(crate) closings: Closings,
    /// The last transfers.
    pub(crate) transfers: Transfers,
}

/// When a fact happened, on both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct When {
    pub(crate) at: Moment,
    pub(crate) wall: WallTime,
}

impl Floor {
    /// An empty floor whose agents greet so, and whose days begin so long before UTC's.
    pub(crate) fn new(greeting: Arc<str>, day_ahead: Duration) -> Floor {
        Floor {
            calls: FxHashMap::default(),
            ended: VecDeque::new(),
            presence: FxHashMap::default(),
            answerable: FxHashMap::default(),
            greeting,
            watch: Watch::new(day_ahead),
            closings: Closings::default(),
            transfers: Transfers::default(),
        }
    }

    /// The call, made if it is new; `None` when there are too many.
    pub(crate) fn call_or_new(&mut self, id: CallId, now: Moment) -> Option<&mut LiveCall> {
        call_of(&mut self.calls, id, now)
    }

    /// The call, if it is still in memory.
    pub(crate) fn call(&self, id: CallId) -> Option<&LiveCall> {
        self.calls.get(&id).map(|call| &**call)
    }

    /// See [`Floor::call`].
    pub(crate) fn call_mut(&mut self, id: CallId) -> Option<&mut LiveCall> {
        self.calls.get_mut(&id).map(|call| &mut **call)
    }

    /// All calls in memory, live and just ended, in no order.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &LiveCall> {
        self.calls.values().map(|call| &**call)
    }

    /// The call that the agent's phone rings for.
    pub(crate) fn ringing_at(&self, agent: &AgentId) -> Option<&LiveCall> {
        self.calls()
            .find(|call| call.offers.iter().any(|offer| offer.agent == *agent))
    }

    /// The call that the agent's screen shows: ringing, talking, or waiting for its record.
    pub(crate) fn shown_to(&self, agent: &AgentId) -> Option<&LiveCall> {
        self.ringing_at(agent).or_else(|| {
            self.calls()
                .filter(|call| call.winner() == Some(agent))
                .filter(|call| !call.is_over_for_agent() || call.wrap_up != WrapUp::Closed)
                .max_by_key(|call| call.id)
        })
    }

    /// What the agent does now; offline until a fact says otherwise.
    pub(crate) fn presence(&self, agent: &AgentId) -> Option<&PresenceNow> {
        self.presence.get(agent)
    }

    /// Agents greet so from now on.
    pub(crate) fn greet_with(&mut self, greeting: Arc<str>) {
        self.greeting = greeting;
    }

    /// How agents greet.
    pub(crate) fn greeting(&self) -> Arc<str> {
        Arc::clone(&self.greeting)
    }

    /// The agent's phone or page sounds; whether that is news.
    pub(crate) fn sounded(&mut self, call: CallId, agent: &AgentId) -> bool {
        let offers = self.calls.get_mut(&call).map(|call| &mut call.offers);
        let offer = offers.and_then(|o| o.iter_mut().find(|o| o.agent == *agent));
        offer.is_some_and(|offer| !std::mem::replace(&mut offer.audible, true))
    }

    /// The numbers of the queue at `now`.
    pub(crate) fn stats(&self, now: When) -> QueueStats {
        let ringing = || self.calls.values().filter(|call| call.waits());
        let ready = |p: &&PresenceNow| p.state == PresenceState::Ready;
        QueueStats {
            waiting: ringing().count() as u32,
            oldest_ms: ringing()
                .map(|call| now.at.since(call.t0).as_millis() as u64)
                .max()
                .unwrap_or(0),
            ready: self.presence.values().filter(ready).count() as u32,
            within_pct_today: self.watch.today.within_pct(now.wall),
        }
    }

    /// When the day of `now` began.
    pub(crate) fn midnight(&self, now: WallTime) -> WallTime {
        self.watch.today.midnight(now)
    }

    /// Counts a call of an earlier boot among today's.
    pub(crate) fn count_before(&mut self, record: &CallRecord) {
        if !self.calls.contains_key(&record.id) {
            self.watch.today.count(record);
        }
    }

    /// Takes in one fact. The frames that come of it, in order.
    pub(crate) fn apply(&mut self, now: When, call: Option<CallId>, fact: &Fact) -> Vec<Delivery> {
        self.closings.apply(fact);
        self.watch.apply(now, call, fact);
        match (call, fact) {
            (Some(id), fact) => self.apply_to_call(now, id, fact),
            (
                None,
                Fact::Presence {
                    agent,
                    state,
                    reason,
                    by,
                },
            ) => {
                let presence = PresenceNow {
                    state: *state,
                    reason: reason.clone(),
                    by: by.clone(),
                    since: now.wall,
                };
                self.apply_presence(agent, presence)
            }
            (None, Fact::ScreenDead { agent } | Fact::ScreenRestored { agent }) => {
                of_screen(agent, fact)
            }
            (None, Fact::RonaWarned(warning)) => {
                let alert = alerts::warned(warning.reason.as_deref());
                to(&warning.agent, None, Said::Alert(alert))
            }
            (None, Fact::Draining) => vec![Delivery::All(Said::Drain {})],
            (None, Fact::InvariantBroken(_)) => to_supervisors(alerts::INVARIANT_BROKEN),
            (None, Fact::ConfigurationRefused(_)) => to_supervisors(alerts::CONFIGURATION_REFUSED),
            (None, Fact::TrunkDown(_)) => to_supervisors(alerts::TRUNK_DOWN),
            (None, Fact::TrunkUp(_)) => to_supervisors(alerts::TRUNK_UP),
            // One that we took back ourselves is no trouble.
            (None, Fact::Unregistered(account)) if account.code != 200 => {
                to_supervisors(alerts::UNREGISTERED)
            }
            // The others are about the process, and no screen shows them.
            (None, _) => Vec::new(),
        }
    }

    fn apply_presence(&mut self, agent: &AgentId, presence: PresenceNow) -> Vec<Delivery> {
        if self.presence.len() >= limits::AGENTS_MAX && !self.presence.contains_key(agent) {
            return Vec::new();
        }
        let mut out = to(agent, None, Said::Presence(presence.on_wire()));
        if presence.state != PresenceState::WrapUp {
            self.leave_wrap_up(agent);
        }
        if presence.state == PresenceState::Paused && presence.by.is_none() {
            let alert = presence.reason.as_deref().and_then(alerts::paused);
            out.extend(
                alert
                    .iter()
                    .flat_map(|alert| to(agent, None, Said::Alert(*alert))),
            );
        }
        self.presence.insert(agent.clone(), presence);
        out
    }

    /// Whoever is no longer in wrap-up has no record form open: it waits in the unfinished list.
    fn leave_wrap_up(&mut self, agent: &AgentId) {
        for call in self.calls.values_mut() {
            if call.winner() == Some(agent) && call.is_over_for_agent() {
                call.wrap_up = WrapUp::Closed;
            }
        }
    }

    fn apply_to_call(&mut self, now: When, id: CallId, fact: &Fact) -> Vec<Delivery> {
        // Only an offer begins a call; facts of calls that have left the memory change no screen
        // but the one of their agent, in `late`.
        if !matches!(fact, Fact::Offered { .. } | Fact::Invited { .. })
            && !self.calls.contains_key(&id)
        {
            return match fact {
                Fact::WrapUpOpened { agent, for_s } => vec![Delivery::Recall(Owed {
                    call: id,
                    agent: agent.clone(),
                    for_s: *for_s,
                })],
                _ => late(id, fact),
            };
        }
        if let Fact::Invited {
            agent,
            device,
            beside,
            hop,
            attempt,
        } = fact
        {
            let devices = std::iter::once(device).chain(beside).cloned().collect();
            return self.invited(now, id, agent, devices, (*hop, *attempt));
        }
        let transfer = match fact {
            Fact::Transfer(step) => self.transfers.apply(now, id, step).cloned(),
            _ => None,
        };
        let Some(call) = call_of(&mut self.calls, id, now.at) else {
            return Vec::new();
        };
        let decided = call.outcome().is_some();
        let entry = entry(now, id, fact);
        match (&mut call.record, CallRecord::begin(&entry)) {
            (_, Some(record)) => call.offered(now.at, record, fact),
            (Some(record), None) => record.apply(&entry),
            (None, None) => {}
        }
        let out = match (fact, transfer) {
            (Fact::Transfer(step), Some(transfer)) => {
                let record = call.record.as_ref();
                self.watch.transfer(record, &transfer, &step.step);
                transfers::frames(call, step, &transfer)
            }
            _ => screens(now, call, fact),
        };
        let over = call.state() == CallState::Ended;
        self.watch.call(decided, call);
        if let Fact::Alerting {
            agent,
            device,
            answerable,
            ..
        } = fact
        {
            self.remember_device(id, agent, device.as_ref(), *answerable);
        }
        if over {
            self.retire(id);
        }
        out
    }

    fn invited(
        &mut self,
        now: When,
        id: CallId,
        agent: &AgentId,
        devices: Vec<String>,
        (hop, attempt): (u8, u16),
    ) -> Vec<Delivery> {
        let mut known = devices.iter().map(|device| self.answerable.get(device));
        let answerable = known.any(|known| known == Some(&true));
        let greeting = self.greeting();
        let Some(call) = self.call_or_new(id, now.at) else {
            return Vec::new();
        };
        let offer = Offer {
            agent: agent.clone(),
            hop,
            attempt,
            devices,
            answerable,
            audible: false,
        };
        let held = matches!(call.lookup, Lookup::Awaited);
        let delivery = Delivery::Pop {
            to: agent.clone(),
            call: id,
            pop: Box::new(call.pop(&offer, greeting)),
            held,
        };
        if held {
            call.held_at.push(agent.clone());
        }
        call.close_offer(agent);
        call.offers.push(offer);
        vec![delivery]
    }

    fn remember_device(
        &mut self,
        id: CallId,
        agent: &AgentId,
        device: Option<&String>,
        answerable: bool,
    ) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Some(offer) = call.offers.iter_mut().find(|o| o.agent == *agent) else {
            return;
        };
        // Of several devices it is enough that one can be made to answer.
        offer.answerable = answerable || (device.is_some() && offer.answerable);
        let device = device.or(offer.devices.first()).cloned();
        if self.answerable.len() >= limits::DEVICES_KNOWN_MAX {
            self.answerable.clear();
        }
        self.answerable
            .extend(device.map(|device| (device, answerable)));
    }

    /// Ended calls stay a while, for the record and for lists; then the oldest goes.
    pub(super) fn retire(&mut self, id: CallId) {
        if self.ended.contains(&id) {
            return;
        }
        self.ended.push_back(id);
        if self.ended.len() > limits::RECENT_CALLS_MAX
            && let Some(oldest) = self.ended.pop_front()
        {
            self.calls.remove(&oldest);
        }
    }
}
