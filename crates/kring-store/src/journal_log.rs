//! The one writer of the journal: it numbers facts, chains them and commits them in groups.
//!
//! A group is one transaction. What a person trusts (a draft, a confirmed case) is written in the
//! same transaction as its fact, and that group is on the disk before `append` returns.

use crate::{NumberClass, Store, StoreRefused, Trusted, TrustedDone};
use kring_journal::{AgentId, CallId, CallRecord, CallerRef, Entry, Fact, PresenceState, WallTime};
use kring_time::Moment;
use serde::{Deserialize, Serialize};

/// What is committed together.
#[derive(Debug, Default)]
pub struct Group {
    /// The facts, numbered by [`JournalLog::entry`], without gaps.
    pub entries: Vec<Entry>,
    /// The history rows that these facts changed, as they are now.
    pub records: Vec<CallRecord>,
    /// The numbers of new callers.
    pub callers: Vec<CallerRow>,
    /// The agents whose state changed, as it is now.
    pub presence: Vec<PresenceRow>,
    /// What people wait for. Their facts follow the group's last entry.
    pub trusted: Vec<Trusted>,
}

/// Whose number a reference in the journal stands for. Can be erased; the journal stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerRow {
    /// The reference that the facts carry.
    pub caller: CallerRef,
    /// [`crate::Number::canonical`].
    pub canonical: String,
    /// Its class.
    pub class: NumberClass,
    /// As people write it.
    pub display: String,
}

/// An agent's state, for the next start of the process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceRow {
    /// The agent.
    pub agent: AgentId,
    /// The state.
    pub state: PresenceState,
    /// Why, for `paused`.
    pub reason: Option<String>,
    /// Since when.
    pub since: WallTime,
}

/// What became of a group.
#[derive(Debug)]
pub struct Appended {
    /// One answer for each trusted write, in order. A refused one left the rest standing.
    pub trusted: Vec<Result<TrustedDone, StoreRefused>>,
    /// The facts that the trusted writes became, numbered; broadcast these now.
    pub facts: Vec<Entry>,
    /// The number of the last fact on the disk.
    pub last_seq: u64,
}

/// A start of the process.
#[derive(Debug)]
pub struct Boot {
    /// The only writer of this node's journal.
    pub journal: JournalLog,
    /// The number of this boot: new, and greater than any before it in this database.
    pub boot: i64,
    /// The boot before, when it ended without saying so.
    pub unclean: Option<UncleanBoot>,
    /// This node's calls that were open when it ended.
    pub open_calls: Vec<CallRecord>,
    /// What the agents were doing.
    pub presence: Vec<PresenceRow>,
}

/// A boot that ended without the fact `stopped`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UncleanBoot {
    /// Which.
    pub boot: i64,
    /// When its last fact on the disk happened.
    pub last_wall: WallTime,
}

/// The writer. There is one, in one task; it keeps the end of the hash chain in memory.
#[derive(Debug)]
pub struct JournalLog {
    store: Store,
    boot: i64,
    next_seq: u64,
}

impl JournalLog {
    /// The number of this boot.
    pub fn boot(&self) -> i64 {
        self.boot
    }

    /// Gives a fact its number. Every numbered fact must be appended, in order; a group that could
    /// not be appended is appended again as it is.
    pub fn entry(&mut self, at: Moment, wall: WallTime, call: Option<CallId>, fact: Fact) -> Entry {
        todo!()
    }

    /// Commits a group. On an error nothing of it stands, unless the connection was lost in the
    /// commit itself: the same group appended again finds that out, so that no fact is doubled.
    pub async fn append(&mut self, group: &Group) -> Result<Appended, StoreRefused> {
        todo!()
    }
}

impl Store {
    /// Begins a boot of this node. Call once at start, before anything else is written; append
    /// what [`crate::closing_facts`] says as the first group.
    pub async fn begin_boot(&self, now: WallTime, version: &str) -> Result<Boot, StoreRefused> {
        todo!()
    }

    /// The number that a reference in the journal stands for; none when it was erased.
    pub async fn resolve(&self, caller: CallerRef) -> Result<Option<String>, StoreRefused> {
        todo!()
    }

    /// Forgets the number behind a caller. The journal keeps the reference, which then means nobody.
    pub async fn erase_caller(&self, caller: CallerRef) -> Result<(), StoreRefused> {
        todo!()
    }
}
