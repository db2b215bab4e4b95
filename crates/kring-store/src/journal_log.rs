//! The one writer of the journal: it numbers facts, chains them and commits them in groups.
//!
//! A group is one transaction. What a person trusts (a draft, a confirmed case) is written in the
//! same transaction as its fact, and that group is on the disk before `append` returns.

use crate::{
    CallerRow, PresenceRow, Store, StoreRefused, Trusted, TrustedDone, call_facts,
    call_rows::put_calls,
    chain::{NOTHING_BEFORE, Seal, StoredEntry},
    connect::Durability,
    limits,
    reports::{forget_days, newest},
    sql::{Cells, ManyRows},
    trusted::perform,
};
use kring_journal::{CallId, CallRecord, Entry, Fact, WallTime};
use kring_time::Moment;
use sqlx::{Acquire, Any, AnyConnection, Transaction};
use std::time::Duration;
use tokio::time::Instant;

/// What is committed together.
#[derive(Debug, Default)]
pub struct Group {
    /// The facts, numbered by [`JournalLog::entry`], without gaps.
    pub entries: Vec<Entry>,
    /// The history rows that these facts changed, as they are now. Of two of one call the last counts.
    pub records: Vec<CallRecord>,
    /// The numbers of new callers.
    pub callers: Vec<CallerRow>,
    /// The agents whose state changed, as it is now. Of two of one agent the last counts.
    pub presence: Vec<PresenceRow>,
    /// What people wait for. Their facts follow the group's last entry, which must then be the last
    /// that was numbered.
    pub trusted: Vec<Trusted>,
}

/// What became of a group.
#[derive(Debug)]
pub struct Appended {
    /// One answer for each trusted write, in order. A refused one left the rest standing.
    pub trusted: Vec<Result<TrustedDone, StoreRefused>>,
    /// The facts that the trusted writes became, numbered; broadcast these now. Their history rows
    /// are brought up to date already; a row kept in memory must still `apply` them.
    pub facts: Vec<Entry>,
    /// The number of the last fact on the disk.
    pub last_seq: u64,
    /// How long the commit itself took, when the disk was waited for: a group with a trusted write.
    pub synced_in: Option<Duration>,
}

/// The writer. There is one, in one task; it keeps the end of the hash chain in memory.
#[derive(Debug)]
pub struct JournalLog {
    store: Store,
    boot: i64,
    /// The number that the next fact gets.
    next_seq: u64,
    end: End,
    /// The end as it was when this boot began.
    begin: End,
    /// The last append was not answered: only the database knows where the chain ends.
    in_doubt: bool,
}

/// Where the chain ends.
#[derive(Clone, Debug)]
struct End {
    segment: i64,
    hash: String,
    /// The number that is to be stored next.
    due_seq: u64,
}

static ENTRIES: ManyRows = ManyRows::new(
    "INSERT INTO journal (boot, seq, node, at_us, wall_us, call, fact) VALUES",
    7,
    "",
);
static NUMBERS: ManyRows = ManyRows::new(
    "INSERT INTO phone_number (canonical, class, display) VALUES",
    3,
    "ON CONFLICT (canonical) DO NOTHING",
);
static CALLERS: ManyRows = ManyRows::new(
    "INSERT INTO caller (caller, number) VALUES",
    2,
    "ON CONFLICT (caller) DO NOTHING",
);
static PRESENCE: ManyRows = ManyRows::new(
    "INSERT INTO presence (agent, state, reason, since) VALUES",
    4,
    "ON CONFLICT (agent) DO UPDATE \
     SET state = excluded.state, reason = excluded.reason, since = excluded.since",
);

impl JournalLog {
    /// A writer for a boot that has written nothing, after this node's segment `last` with its hash.
    pub(crate) fn begin(store: Store, boot: i64, last: Option<(i64, String)>) -> JournalLog {
        let (segment, hash) = last.unwrap_or_else(|| (0, NOTHING_BEFORE.to_owned()));
        let end = End {
            segment,
            hash,
            due_seq: 1,
        };
        JournalLog {
            store,
            boot,
            next_seq: 1,
            begin: end.clone(),
            end,
            in_doubt: false,
        }
    }

    /// The number of this boot.
    pub fn boot(&self) -> i64 {
        self.boot
    }

    /// Gives a fact its number. Every numbered fact must be appended, in order; a group that could
    /// not be appended is appended again as it is.
    pub fn entry(&mut self, at: Moment, wall: WallTime, call: Option<CallId>, fact: Fact) -> Entry {
        let seq = self.next_seq;
        self.next_seq += 1;
        Entry {
            node: self.store.config.node.clone(),
            boot: self.boot,
            seq,
            at,
            wall,
            call,
            fact,
        }
    }

    /// Commits a group of at most [`limits::GROUP_ENTRIES_MAX`] facts. On an error nothing of it
    /// stands, unless the connection was lost in the commit itself: the same group appended again
    /// finds that out, so that no fact is doubled. The trusted writes may be left out of it then
    /// (and refused to those who wait); kept, they find themselves done.
    pub async fn append(&mut self, group: &Group) -> Result<Appended, StoreRefused> {
        if self.in_doubt {
            self.end = self.stored_end().await?;
            self.next_seq = self.next_seq.max(self.end.due_seq);
            self.in_doubt = false;
        }
        let entries = self.due(group)?;
        self.in_doubt = true;
        let store = self.store.clone();
        let durability = if group.trusted.is_empty() {
            Durability::Grouped
        } else {
            Durability::Trusted
        };
        let mut writing = store.writing().await?;
        let mut tx = writing.begin(durability).await?;
        insert(&mut tx, &ENTRIES, &entries).await?;
        put_rows(&mut tx, group, &store.config.node).await?;
        let (trusted, facts) = self.perform_all(&mut tx, &group.trusted).await?;
        let stored: Vec<StoredEntry> = facts.iter().map(StoredEntry::of).collect();
        insert(&mut tx, &ENTRIES, &stored).await?;
        call_facts::fold(&mut tx, &facts).await?;
        let end = self.seal(&mut tx, entries.iter().chain(&stored)).await?;
        let begun = Instant::now();
        tx.commit().await?;
        let synced_in = (durability == Durability::Trusted).then(|| begun.elapsed());
        if durability == Durability::Trusted {
            // A record may have opened a case or a person.
            store.callers_changed();
        }
        self.in_doubt = false;
        self.end = end;
        self.next_seq = self.next_seq.max(self.end.due_seq);
        Ok(Appended {
            trusted,
            facts,
            last_seq: self.end.due_seq - 1,
            synced_in,
        })
    }

    /// The group's entries that are not stored yet, which must be the next ones.
    fn due(&self, group: &Group) -> Result<Vec<StoredEntry>, StoreRefused> {
        if group.entries.len() > limits::GROUP_ENTRIES_MAX {
            return Err(StoreRefused::Unacceptable {
                field: "group",
                why: "holds too many facts",
            });
        }
        let fresh = group
            .entries
            .iter()
            .skip_while(|entry| entry.seq < self.end.due_seq);
        let mut expected = self.end.due_seq;
        let mut stored = Vec::with_capacity(group.entries.len());
        for entry in fresh {
            if entry.seq != expected || entry.boot != self.boot {
                let found = entry.seq;
                return Err(StoreRefused::OutOfOrder { expected, found });
            }
            expected += 1;
            stored.push(StoredEntry::of(entry));
        }
        if !group.trusted.is_empty() && expected != self.next_seq {
            return Err(StoreRefused::OutOfOrder {
                expected: self.next_seq,
                found: expected,
            });
        }
        Ok(stored)
    }

    /// Performs the trusted writes, each in a savepoint of its own, and numbers their facts.
    async fn perform_all(
        &self,
        tx: &mut Transaction<'_, Any>,
        writes: &[Trusted],
    ) -> Result<(Vec<Result<TrustedDone, StoreRefused>>, Vec<Entry>), StoreRefused> {
        let (mut done, mut facts) = (Vec::with_capacity(writes.len()), Vec::new());
        for trusted in writes {
            let mut savepoint = tx.begin().await?;
            match perform(&mut savepoint, &self.store.config, trusted).await {
                Ok((what, fact)) => {
                    savepoint.commit().await?;
                    facts.extend(fact.map(|(call, fact)| Entry {
                        node: self.store.config.node.clone(),
                        boot: self.boot,
                        seq: self.next_seq + facts.len() as u64,
                        at: trusted.at,
                        wall: trusted.wall,
                        call: Some(call),
                        fact,
                    }));
                    done.push(Ok(what));
                }
                Err(refused) => {
                    savepoint.rollback().await?;
                    done.push(Err(refused));
                }
            }
        }
        Ok((done, facts))
    }

    /// Writes the segment of these entries, and tells where the chain ends then.
    async fn seal<'e>(
        &self,
        connection: &mut AnyConnection,
        entries: impl Iterator<Item = &'e StoredEntry>,
    ) -> Result<End, StoreRefused> {
        let mut seal = Seal::after(&self.end.hash);
        let mut due_seq = self.end.due_seq;
        for entry in entries {
            seal.add(entry);
            due_seq = entry.seq as u64 + 1;
        }
        if due_seq == self.end.due_seq {
            return Ok(self.end.clone());
        }
        let end = End {
            segment: self.end.segment + 1,
            hash: seal.close(),
            due_seq,
        };
        sqlx::query(
            "INSERT INTO journal_segment (node, n, boot, first_seq, last_seq, previous, hash) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&self.store.config.node)
        .bind(end.segment)
        .bind(self.boot)
        .bind(self.end.due_seq as i64)
        .bind(due_seq as i64 - 1)
        .bind(&self.end.hash)
        .bind(&end.hash)
        .execute(connection)
        .await?;
        Ok(end)
    }

    /// Where the chain ends in the database.
    async fn stored_end(&self) -> Result<End, StoreRefused> {
        let mut writing = self.store.writing().await?;
        let mut tx = writing.begin(Durability::Grouped).await?;
        let row = sqlx::query(
            "SELECT n, hash, last_seq FROM journal_segment WHERE node = $1 AND boot = $2 \
             ORDER BY n DESC LIMIT 1",
        )
        .bind(&self.store.config.node)
        .bind(self.boot)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else {
            return Ok(self.begin.clone());
        };
        let mut cells = Cells::of(&row, "journal_segment");
        Ok(End {
            segment: cells.int()?,
            hash: cells.text()?,
            due_seq: cells.whole::<u64>()? + 1,
        })
    }
}

async fn insert(
    connection: &mut AnyConnection,
    entries: &'static ManyRows,
    rows: &[StoredEntry],
) -> Result<(), sqlx::Error> {
    entries
        .insert(connection, rows, |entry, given| {
            given
                .add(entry.boot)
                .add(entry.seq)
                .add(entry.node.as_str())
                .add(entry.at_us)
                .add(entry.wall_us)
                .add(entry.call.clone())
                .add(entry.fact.as_str());
        })
        .await
}

/// Writes the rows that are no facts: numbers, history, presence.
async fn put_rows(
    connection: &mut AnyConnection,
    group: &Group,
    node: &str,
) -> Result<(), StoreRefused> {
    NUMBERS
        .insert(connection, &group.callers, |caller, given| {
            given
                .add(caller.canonical.as_str())
                .add(caller.class.as_str())
                .add(caller.display.as_str());
        })
        .await?;
    CALLERS
        .insert(connection, &group.callers, |caller, given| {
            given
                .add_text(&caller.caller)
                .add(caller.canonical.as_str());
        })
        .await?;
    put_calls(connection, &group.records, node).await?;
    let came = group.records.iter().map(|record| record.arrived_at);
    forget_days(connection, came, newest(&group.records)).await?;
    call_facts::fold(connection, &group.entries).await?;
    let mut last: Vec<&PresenceRow> = Vec::with_capacity(group.presence.len());
    for row in group.presence.iter().rev() {
        if !last.iter().any(|seen| seen.agent == row.agent) {
            last.push(row);
        }
    }
    PRESENCE
        .insert(connection, &last, |row: &&PresenceRow, given| {
            given
                .add(row.agent.as_str())
                .add_name(&row.state)
                .add(row.reason.clone())
                .add(row.since.0);
        })
        .await?;
    Ok(())
}
