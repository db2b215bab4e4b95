//! The one writer of the journal: it numbers facts, commits them in groups, and answers those who
//! wait for the disk.
//!
//! Signalling never waits for it. A fact may be lost with the last group of a crash; what a person
//! trusts is answered only after its commit.

use crate::clock::Clock;
use kring_call::command::CallerIdentity;
use kring_journal::{AgentId, CallId, CallRecord, CallerRef, Entry, Fact};
use kring_store::{
    CallerRow, Group, JournalLog, Number, NumberPlan, PresenceRow, StoreRefused, Trusted,
    TrustedDone,
};
use kring_time::Moment;
use kring_web::{Live, Note};
use rustc_hash::FxHashMap;
use std::{collections::VecDeque, mem, time::Duration};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep, timeout_at},
};

/// Facts that may wait for the disk. Some 20 MB, and minutes of a busy centre.
const WAITING_MAX: usize = 65_536;

/// With less room than this, new calls are refused so that those in progress can be written.
const ROOM_MIN: usize = WAITING_MAX / 4;

/// Facts of one group: a transaction that never holds the disk for long.
const GROUP_MAX: usize = 512;

/// First and longest wait before a refused group is tried again.
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_LONGEST: Duration = Duration::from_secs(5);

/// What the exchange sends here.
#[derive(Debug)]
pub(crate) enum Recorded {
    /// Something happened.
    Fact {
        at: Moment,
        call: Option<CallId>,
        fact: Fact,
    },
    /// Who stands behind a reference.
    Caller(CallerRef, CallerIdentity),
}

/// The exchange's end of the queue.
#[derive(Clone, Debug)]
pub(crate) struct RecorderSender(mpsc::Sender<Recorded>);

impl RecorderSender {
    /// Queues it, without waiting. `false`: the queue is full and the fact is lost, which the refusal
    /// of new calls long before is there to prevent.
    pub(crate) fn send(&self, recorded: Recorded) -> bool {
        self.0.try_send(recorded).is_ok()
    }

    /// Whether new calls should be refused.
    pub(crate) fn is_nearly_full(&self) -> bool {
        self.0.capacity() < ROOM_MIN
    }
}

/// The writer and everything it folds.
pub(crate) struct Recorder {
    journal: JournalLog,
    clock: Clock,
    live: Live,
    plan: NumberPlan,
    group: Duration,
    facts: mpsc::Receiver<Recorded>,
    notes: mpsc::Receiver<Note>,
    records: FxHashMap<CallId, CallRecord>,
    next: Pending,
    /// What screens and pages say while a group is gathered, each when it came.
    noted: VecDeque<(Moment, Note)>,
}

/// A group that is being gathered.
#[derive(Default)]
struct Pending {
    group: Group,
    changed: Vec<CallId>,
    presence: FxHashMap<AgentId, PresenceRow>,
    replies: Vec<oneshot::Sender<Result<TrustedDone, StoreRefused>>>,
    oldest: Option<Moment>,
}

/// A queue to a recorder that is to be made.
pub(crate) fn channel() -> (RecorderSender, mpsc::Receiver<Recorded>) {
    let (sender, facts) = mpsc::channel(WAITING_MAX);
    (RecorderSender(sender), facts)
}

impl Recorder {
    /// A recorder for this journal. `group` is the longest that a fact waits for company.
    pub(crate) fn new(
        journal: JournalLog,
        clock: Clock,
        live: Live,
        plan: NumberPlan,
        group: Duration,
        facts: mpsc::Receiver<Recorded>,
        notes: mpsc::Receiver<Note>,
    ) -> Recorder {
        Recorder {
            journal,
            clock,
            live,
            plan,
            group,
            facts,
            notes,
            records: FxHashMap::default(),
            next: Pending::default(),
            noted: VecDeque::new(),
        }
    }

    /// The history rows of calls that this boot closes for the one before.
    pub(crate) fn take_over(&mut self, open_calls: Vec<CallRecord>) {
        self.records
            .extend(open_calls.into_iter().map(|call| (call.id, call)));
    }

    /// Writes facts at once; for the first and the last group of a boot.
    pub(crate) async fn write(
        &mut self,
        facts: Vec<(Option<CallId>, Fact)>,
    ) -> Result<(), StoreRefused> {
        let at = self.clock.now();
        for (call, fact) in facts {
            self.take_fact(at, call, fact);
        }
        self.commit().await
    }

    /// Runs until the exchange is gone and everything that it said is on the disk.
    pub(crate) async fn run(mut self) -> Recorder {
        let mut notes_open = true;
        loop {
            tokio::select! {
                recorded = self.facts.recv() => match recorded {
                    Some(recorded) => self.take(recorded),
                    None => break,
                },
                note = self.notes.recv(), if notes_open => match note {
                    Some(note) => self.noted.push_back((self.clock.now(), note)),
                    None => notes_open = false,
                },
            }
            self.gather().await;
            self.commit_until_done().await;
        }
        while let Ok(note) = self.notes.try_recv() {
            self.take_note(self.clock.now(), note);
        }
        self.commit_until_done().await;
        self
    }

    /// Waits a little for company; a write that somebody waits for closes the group at once. Nobody
    /// looks at the facts meanwhile, so the exchange wakes no thread by recording them. What a screen says of
    /// a call stands behind what it was told: the group is in the order of time.
    async fn gather(&mut self) {
        let until = Instant::now() + self.group;
        while !self.somebody_waits() && self.noted.len() < GROUP_MAX {
            match timeout_at(until, self.notes.recv()).await {
                Ok(Some(note)) => self.noted.push_back((self.clock.now(), note)),
                // The time is over, or the screens are gone.
                Ok(None) | Err(_) => break,
            }
        }
        while self.next.group.entries.len() < GROUP_MAX {
            let Ok(recorded) = self.facts.try_recv() else {
                break;
            };
            if let Recorded::Fact { at, .. } = &recorded {
                self.take_notes_before(*at);
            }
            self.take(recorded);
        }
        while let Some((at, note)) = self.noted.pop_front() {
            self.take_note(at, note);
        }
    }

    fn somebody_waits(&self) -> bool {
        let newest = self.noted.back();
        newest.is_some_and(|(_, note)| matches!(note, Note::Trusted { .. }))
    }

    fn take_notes_before(&mut self, moment: Moment) {
        while self.noted.front().is_some_and(|(at, _)| *at < moment) {
            if let Some((at, note)) = self.noted.pop_front() {
                self.take_note(at, note);
            }
        }
    }

    fn take(&mut self, recorded: Recorded) {
        match recorded {
            Recorded::Fact { at, call, fact } => self.take_fact(at, call, fact),
            Recorded::Caller(caller, identity) => {
                let number = number_of(&identity, &self.plan);
                self.next.group.callers.push(CallerRow {
                    caller,
                    canonical: number.canonical,
                    class: number.class,
                    display: number.display,
                });
            }
        }
    }

    fn take_note(&mut self, at: Moment, note: Note) {
        match note {
            Note::Fact { call, fact } => self.take_fact(at, call, fact),
            Note::Trusted { write, reply } => {
                let wall = self.clock.wall(at);
                self.next.group.trusted.push(Trusted { at, wall, write });
                self.next.replies.push(reply);
            }
        }
    }

    fn take_fact(&mut self, at: Moment, call: Option<CallId>, fact: Fact) {
        let wall = self.clock.wall(at);
        if let Fact::Presence {
            agent,
            state,
            reason,
            ..
        } = &fact
        {
            let row = PresenceRow {
                agent: agent.clone(),
                state: *state,
                reason: reason.clone(),
                since: wall,
            };
            self.next.presence.insert(agent.clone(), row);
        }
        let entry = self.journal.entry(at, wall, call, fact);
        kring_web::metrics::fold(&entry);
        self.fold(&entry);
        self.next.oldest.get_or_insert(at);
        self.next.group.entries.push(entry);
    }

    /// Brings the history row of the entry's call up to date.
    fn fold(&mut self, entry: &Entry) {
        let Some(id) = entry.call else {
            return;
        };
        if let Some(begun) = CallRecord::begin(entry) {
            self.records.insert(id, begun);
        }
        if let Some(record) = self.records.get_mut(&id) {
            record.apply(entry);
            if !self.next.changed.contains(&id) {
                self.next.changed.push(id);
            }
        }
    }

    /// Tries until it is written: the queue behind it is bounded, and the door closes in time.
    async fn commit_until_done(&mut self) {
        let mut wait = RETRY_FIRST;
        while let Err(refused) = self.commit().await {
            tracing::error!(%refused, facts = self.next.group.entries.len(), "the journal cannot be written; trying again");
            kring_web::metrics::journal_refused();
            sleep(wait).await;
            wait = (wait * 2).min(RETRY_LONGEST);
        }
    }

    async fn commit(&mut self) -> Result<(), StoreRefused> {
        self.close_group();
        let pending = &self.next;
        if pending.group.entries.is_empty()
            && pending.group.trusted.is_empty()
            && pending.group.callers.is_empty()
        {
            return Ok(());
        }
        let begun = self.clock.now();
        let appended = self.journal.append(&pending.group).await?;
        let done = self.clock.now();
        let lag = done.since(pending.oldest.unwrap_or(begun));
        kring_web::metrics::journal_written(done.since(begun), lag, appended.last_seq);
        if let Some(took) = appended.synced_in {
            kring_web::metrics::journal_synced(took);
        }
        let Pending {
            replies, changed, ..
        } = mem::take(&mut self.next);
        for entry in &appended.facts {
            kring_web::metrics::fold(entry);
            self.live
                .fact(entry.at, entry.wall, entry.call, &entry.fact);
        }
        for (reply, answer) in replies.into_iter().zip(appended.trusted) {
            // Whoever asked may have left; the write stands.
            let _ = reply.send(answer);
        }
        for id in changed {
            if self
                .records
                .get(&id)
                .is_some_and(|record| record.ended_at.is_some())
            {
                self.records.remove(&id);
            }
        }
        Ok(())
    }

    /// Puts the folds' present state into the group. Done anew at each try; it costs nothing.
    fn close_group(&mut self) {
        let records = self
            .next
            .changed
            .iter()
            .filter_map(|id| self.records.get(id));
        self.next.group.records = records.cloned().collect();
        self.next.group.presence = self.next.presence.values().cloned().collect();
    }
}

/// The number that an identity names.
pub(crate) fn number_of(identity: &CallerIdentity, plan: &NumberPlan) -> Number {
    if identity.anonymous {
        Number::anonymous()
    } else {
        Number::read(&identity.user, plan)
    }
}
