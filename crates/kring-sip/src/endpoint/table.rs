//! Machines by key, each with its one entry in the timer queue. Nobody else touches the queue, so a
//! machine and its timer cannot disagree.

use super::{AskId, effect::LegId, leg::Leg};
use crate::{
    AccountId,
    timers::TimerQueue,
    transaction::{Client, ClientInvite, ClientKey, Server, ServerInvite, ServerKey},
};
use kring_time::Moment;
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// Whose timer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// See [`ClientInvite`].
    ClientInvite(ClientKey),
    /// See [`Client`].
    Client(ClientKey),
    /// See [`super::asking::Ask`].
    Ask(AskId),
    /// See [`crate::registration::Registration`].
    Account(AccountId),
    /// See [`super::orphans::Orphan`].
    Orphan(ClientKey),
    /// See [`ServerInvite`].
    ServerInvite(ServerKey),
    /// See [`Server`].
    Server(ServerKey),
    /// See [`Leg`].
    Leg(LegId),
}

/// Something that wants to be woken.
pub(crate) trait Machine {
    /// What it is known by.
    type Key: Copy + Eq + Hash;

    /// Its name in the timer queue.
    fn owner(key: Self::Key) -> Owner;

    /// When it wants to be woken.
    fn due(&self) -> Option<Moment>;
}

/// Machines of one kind.
#[derive(Debug)]
pub(crate) struct Table<M: Machine> {
    rows: FxHashMap<M::Key, Row<M>>,
}

#[derive(Debug)]
struct Row<M> {
    machine: M,
    queued: Option<Moment>,
}

impl<M: Machine> Table<M> {
    /// An empty one.
    pub(crate) fn new() -> Table<M> {
        Table {
            rows: FxHashMap::default(),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is one with this key.
    pub(crate) fn contains(&self, key: M::Key) -> bool {
        self.rows.contains_key(&key)
    }

    /// The one with this key, to be looked at.
    pub(crate) fn get(&self, key: M::Key) -> Option<&M> {
        self.rows.get(&key).map(|row| &row.machine)
    }

    /// The keys for which `wanted` holds, sorted so that the same inputs give the same order.
    pub(crate) fn keys_where(&self, wanted: impl Fn(&M) -> bool) -> Vec<M::Key>
    where
        M::Key: Ord,
    {
        let rows = self.rows.iter().filter(|(_, row)| wanted(&row.machine));
        let mut keys: Vec<M::Key> = rows.map(|(key, _)| *key).collect();
        keys.sort_unstable();
        keys
    }

    /// Adds one.
    pub(crate) fn insert(&mut self, queue: &mut TimerQueue<Owner>, key: M::Key, machine: M) {
        let queued = machine.due();
        let before = self.rows.insert(key, Row { machine, queued });
        let before = before.and_then(|row| row.queued);
        queue.change(M::owner(key), before, queued);
    }

    /// Changes one, and then its timer.
    pub(crate) fn change<R>(
        &mut self,
        queue: &mut TimerQueue<Owner>,
        key: M::Key,
        change: impl FnOnce(&mut M) -> R,
    ) -> Option<R> {
        let row = self.rows.get_mut(&key)?;
        let result = change(&mut row.machine);
        let due = row.machine.due();
        if due != row.queued {
            queue.change(M::owner(key), row.queued, due);
            row.queued = due;
        }
        Some(result)
    }

    /// Notes that the timer of this one was taken from the queue.
    pub(crate) fn popped(&mut self, key: M::Key) {
        if let Some(row) = self.rows.get_mut(&key) {
            row.queued = None;
        }
    }

    /// Takes one away.
    pub(crate) fn remove(&mut self, queue: &mut TimerQueue<Owner>, key: M::Key) -> Option<M> {
        let row = self.rows.remove(&key)?;
        queue.change(M::owner(key), row.queued, None);
        Some(row.machine)
    }
}

impl Machine for ClientInvite {
    type Key = ClientKey;

    fn owner(key: ClientKey) -> Owner {
        Owner::ClientInvite(key)
    }

    fn due(&self) -> Option<Moment> {
        self.due()
    }
}

impl Machine for Client {
    type Key = ClientKey;

    fn owner(key: ClientKey) -> Owner {
        Owner::Client(key)
    }

    fn due(&self) -> Option<Moment> {
        Some(self.due())
    }
}

impl Machine for ServerInvite {
    type Key = ServerKey;

    fn owner(key: ServerKey) -> Owner {
        Owner::ServerInvite(key)
    }

    fn due(&self) -> Option<Moment> {
        self.due()
    }
}

impl Machine for Server {
    type Key = ServerKey;

    fn owner(key: ServerKey) -> Owner {
        Owner::Server(key)
    }

    fn due(&self) -> Option<Moment> {
        self.due()
    }
}

impl Machine for Leg {
    type Key = LegId;

    fn owner(key: LegId) -> Owner {
        Owner::Leg(key)
    }

    fn due(&self) -> Option<Moment> {
        self.due()
    }
}
