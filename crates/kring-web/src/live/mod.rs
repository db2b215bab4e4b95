//! The agents' live streams: what happens on the floor, on their screens, now.
//!
//! A pop is in its agent's outbox when [`Live::fact`] returns, so that the INVITE which follows can
//! never overtake it. Nothing here waits: not for a disk, not for a socket, not for a lookup.

mod alerts;
mod beside;
mod board;
mod call;
mod closings;
mod floor;
mod hold;
mod lines;
mod lookup;
mod monitors;
mod outbox;
mod overlay;
mod owed;
mod phones;
mod poor_sound;
mod presence;
mod recall;
mod recording;
mod screens;
mod snapshot;
mod socket;
mod stream;
mod today;
mod transferred;
mod transfers;
mod watch;

pub(crate) use board::Viewer;
pub use lines::{LineAddress, LineNow};
pub(crate) use overlay::Fresh;
pub(crate) use presence::PresenceNow;
pub(crate) use socket::open;
pub(crate) use transfers::{TransferNow, TransferState};

use crate::{
    access::AccessNotes,
    clock::Clock,
    config::LiveConfig,
    desk::Desk,
    limits,
    wire::{Card, DraftOnWire, Said},
};
use beside::BesideKept;
use call::Lookup;
use floor::{Delivery, Floor, When};
use kring_call::command::CallerIdentity;
use kring_journal::{AgentId, CallId, CallerRef, Fact, WallTime};
use kring_store::{Access, AccessWhat, Number, Store};
use kring_time::Moment;
use lines::Lines;
use outbox::{Body, Stamp};
use rustc_hash::FxHashMap;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};
use stream::Stream;
use tokio::runtime::Handle;
use ulid::Ulid;

/// The live streams. Clones are the same streams.
#[derive(Clone, Debug)]
pub struct Live(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) config: LiveConfig,
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) desk: Desk,
    pub(crate) access: AccessNotes,
    pub(crate) runtime: Handle,
    /// New at each start of the process: a page with frames of another one starts anew.
    pub(crate) epoch: String,
    pub(crate) draining: AtomicBool,
    /// Sockets that have said hello.
    pub(crate) connections: AtomicUsize,
    /// Sockets that have not.
    pub(crate) strangers: AtomicUsize,
    /// Ourselves, for work that goes on beside.
    own: Weak<Inner>,
    floor: Mutex<Floor>,
    lines: Mutex<Lines>,
    beside: BesideKept,
    streams: RwLock<FxHashMap<AgentId, Arc<Stream>>>,
    /// 80 random bits, counted up: names of frames, without asking for randomness on the way.
    frame_names: u128,
    frames_made: AtomicU64,
    stats_stale: AtomicBool,
}

/// Takes a lock that no panic can leave half-changed for long: the floor is a fold and goes on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    /// Streams without a frame. Must be made inside a tokio runtime: lookups and statistics run
    /// on it, while [`Live::introduce`] and [`Live::fact`] may be called from any thread.
    pub fn new(config: LiveConfig, clock: Clock, store: Store, desk: Desk) -> Live {
        // The first number that is read compiles the patterns of the whole world: not during a call.
        let _ = Number::read("0812345678", &config.numbers);
        let greeting = config.greeting(&config.particle);
        let inner = Arc::new_cyclic(|own| Inner {
            own: own.clone(),
            floor: Mutex::new(Floor::new(greeting, config.day_ahead_of_utc)),
            lines: Mutex::default(),
            beside: BesideKept::default(),
            config,
            clock,
            access: AccessNotes::begin(store.clone()),
            store,
            desk,
            runtime: Handle::current(),
            epoch: format!("{:016x}", rand::random::<u64>()),
            draining: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            strangers: AtomicUsize::new(0),
            streams: RwLock::new(FxHashMap::default()),
            frame_names: rand::random::<u128>(),
            frames_made: AtomicU64::new(0),
            stats_stale: AtomicBool::new(false),
        });
        inner
            .runtime
            .spawn(stream::tell_stats(Arc::downgrade(&inner)));
        inner.runtime.spawn(recall::look_back(Arc::clone(&inner)));
        Live(inner)
    }

    /// A call came, and this is who it says it is. Begins to look the caller up; pops of this call
    /// wait for that, at most `pop_hold`. Does not block.
    pub fn introduce(&self, call: CallId, _caller: CallerRef, identity: &CallerIdentity) {
        let inner = &self.0;
        let (now, _) = inner.clock.now();
        let mut floor = inner.floor();
        let Some(live) = floor.call_or_new(call, now) else {
            tracing::warn!(%call, "too many calls in memory: this one gets no pop");
            return;
        };
        live.lookup = Lookup::Awaited;
        drop(floor);
        let task = lookup::look_up(Arc::clone(inner), call, identity.clone());
        inner.runtime.spawn(task);
    }

    /// Something happened. When this returns, every frame that comes of it is in its outbox and
    /// every socket has been woken. Facts of one call must come in order. Does not block.
    pub fn fact(&self, at: Moment, wall: WallTime, call: Option<CallId>, fact: &Fact) {
        let inner = &self.0;
        if matches!(fact, Fact::Draining) {
            inner.draining.store(true, Ordering::Relaxed);
        }
        let when = When { at, wall };
        // The floor stays locked until the frames are in: two facts of one call keep their order.
        let mut floor = inner.floor();
        let deliveries = floor.apply(when, call, fact);
        for delivery in deliveries {
            inner.deliver(when, delivery);
        }
        if call.is_none() {
            inner.tell_of_phone(when, fact);
        }
        drop(floor);
        inner.stats_stale.store(true, Ordering::Relaxed);
    }

    /// Agents greet so from now on; `{particle}` is replaced. Pops that are on screens stay as they are.
    pub fn greet_with(&self, greeting_th: &str, particle: &str) {
        let greeting = greeting_th.replace("{particle}", particle);
        self.0.floor().greet_with(greeting.into());
    }

    /// When the day of `now` began where the centre is.
    pub(crate) fn midnight(&self, now: WallTime) -> WallTime {
        self.0.floor().midnight(now)
    }

    /// Keeps a stored draft for the next snapshot and for `wrapup.opened`.
    pub(crate) fn remember_draft(&self, call: CallId, draft: DraftOnWire) {
        if let Some(live) = self.0.floor().call_mut(call)
            && live
                .draft
                .as_ref()
                .is_none_or(|old| old.version < draft.version)
        {
            live.draft = Some(draft);
        }
    }

    /// Sockets that are open now, for the gauge.
    pub fn connections(&self) -> usize {
        self.0.connections.load(Ordering::Relaxed)
    }

    /// Where it is noted who read of whom.
    pub(crate) fn access(&self) -> AccessNotes {
        self.0.access.clone()
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn config(&self) -> &LiveConfig {
        &self.0.config
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.0
    }
}

impl Inner {
    pub(crate) fn floor(&self) -> MutexGuard<'_, Floor> {
        lock(&self.floor)
    }

    fn stamp(&self, when: When) -> Stamp {
        let n = self.frames_made.fetch_add(1, Ordering::Relaxed);
        let name = self.frame_names.wrapping_add(u128::from(n));
        Stamp {
            id: Ulid::from_parts((when.wall.0 / 1_000).max(0) as u64, name),
            at: when.at,
            wall: when.wall,
        }
    }

    /// The agent's stream, made when it is the first time; `None` when there are too many.
    pub(crate) fn stream(&self, agent: &AgentId) -> Option<Arc<Stream>> {
        if let Some(stream) = self.streams_now().get(agent) {
            return Some(Arc::clone(stream));
        }
        let mut streams = self.streams.write().unwrap_or_else(PoisonError::into_inner);
        if streams.len() >= limits::AGENTS_MAX && !streams.contains_key(agent) {
            tracing::warn!(%agent, "too many agents: this one has no stream");
            return None;
        }
        let new = || Arc::new(Stream::new(agent.clone()));
        Some(Arc::clone(streams.entry(agent.clone()).or_insert_with(new)))
    }

    pub(super) fn streams_now(
        &self,
    ) -> std::sync::RwLockReadGuard<'_, FxHashMap<AgentId, Arc<Stream>>> {
        self.streams.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every stream, for what concerns all.
    pub(crate) fn all_streams(&self) -> Vec<Arc<Stream>> {
        self.streams_now().values().map(Arc::clone).collect()
    }

    /// Whoever was on the screen of this agent is in the access log.
    pub(crate) fn note_pop(&self, when: When, agent: &AgentId, card: &Card) {
        for contact in card.contact.iter().chain(&card.candidates) {
            if let Ok(contact) = contact.id.parse() {
                self.access.note(Access {
                    at: when.wall,
                    who: format!("person {agent}"),
                    contact,
                    what: AccessWhat::Pop,
                });
            }
        }
    }

    fn deliver(&self, when: When, delivery: Delivery) {
        match delivery {
            Delivery::Pop {
                to,
                call,
                pop,
                held,
            } => {
                let body = if held {
                    Body::Held(pop)
                } else {
                    self.note_pop(when, &to, &pop.card);
                    Body::Pop(Arc::from(pop))
                };
                if let Some(stream) = self.stream(&to) {
                    stream.outbox().put_pop(self.stamp(when), call, body);
                }
            }
            Delivery::Frame { to, call, said } => self.put(when, &to, call, &said),
            Delivery::All(said) => {
                for stream in self.all_streams() {
                    stream.outbox().put(self.stamp(when), None, &said);
                }
            }
            Delivery::Recall(owed) => {
                if let Some(inner) = self.own.upgrade() {
                    self.runtime.spawn(recall::recall(inner, when, owed));
                }
            }
            Delivery::Supervisors(call, said) => {
                self.tell_supervisors(when, call, &said, |_| true);
            }
            Delivery::OtherSupervisors(but, said) => {
                self.tell_supervisors(when, None, &said, |agent| *agent != but);
            }
        }
    }

    fn tell_supervisors(
        &self,
        when: When,
        call: Option<CallId>,
        said: &Said,
        whom: impl Fn(&AgentId) -> bool,
    ) {
        let streams = self.all_streams();
        let watching = streams.iter().filter(|stream| stream.is_supervisor());
        for stream in watching.filter(|stream| whom(&stream.agent)) {
            stream.outbox().put(self.stamp(when), call, said);
        }
    }

    fn put(&self, when: When, to: &AgentId, call: Option<CallId>, said: &Said) {
        if let Some(stream) = self.stream(to) {
            stream.outbox().put(self.stamp(when), call, said);
        }
    }

    pub(crate) fn now(&self) -> When {
        let (at, wall) = self.clock.now();
        When { at, wall }
    }
}
