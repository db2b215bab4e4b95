//! A fresh database, and a recorder as small as can be.

use kring_journal::{
    AgentId, CallId, CallRecord, CallerRef, EndedBy, Entry, Fact, PresenceState, RingResult,
    RingTerms, WallTime,
};
use kring_store::{
    Appended, Boot, CallerRow, Group, JournalLog, Number, NumberPlan, PresenceRow, Store,
    StoreConfig, StoreRefused, Trusted, TrustedDone, TrustedWrite,
};
use kring_time::Moment;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

/// 2026-11-23T08:00:00Z.
pub(crate) const MORNING: i64 = 1_795_420_800_000_000;
pub(crate) const SECOND: i64 = 1_000_000;

/// An empty database.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) url: String,
    folder: Option<PathBuf>,
    /// Where attachments lie.
    pub(crate) files: PathBuf,
}

impl World {
    pub(crate) async fn sqlite() -> World {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("kring-sqlite-{}-{n}", std::process::id()));
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir(&folder).expect("a fresh folder");
        let url = format!("sqlite:{}", folder.join("kring.db").display());
        World::open(url, Some(folder)).await
    }

    pub(crate) async fn open(url: String, folder: Option<PathBuf>) -> World {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let files = std::env::temp_dir().join(format!("kring-files-{}-{n}", std::process::id()));
        let mut config = StoreConfig::new(&url, "node-1");
        config.attachments = Some(files.clone());
        let store = Store::open(&config).await.expect("the store opens");
        World {
            store,
            url,
            folder,
            files,
        }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.folder.is_some()
    }

    /// The same database as another node has it, or the same one after a restart.
    pub(crate) async fn store_of(&self, node: &str) -> Store {
        Store::open(&StoreConfig::new(&self.url, node))
            .await
            .expect("the store opens again")
    }

    /// The address of another database that is new, beside this one.
    pub(crate) async fn another(&self, name: &str) -> String {
        if let Some(folder) = &self.folder {
            return format!("sqlite:{}", folder.join(format!("{name}.db")).display());
        }
        let (server, _) = self.url.split_once('?').expect("a socket's folder");
        let (_, own) = server.rsplit_once('/').expect("a database");
        let new = format!("{own}_{name}");
        let new = &new[new.len().saturating_sub(60)..];
        let mut raw = PgConnection::connect(&self.url).await.expect("the server");
        let made = sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE \"{new}\"")));
        raw.execute(made).await.expect("a new database");
        raw.close().await.expect("it closes");
        self.url
            .replacen(&format!("/{own}?"), &format!("/{new}?"), 1)
    }

    /// Runs SQL behind the store's back; how many rows it touched.
    pub(crate) async fn sql(&self, sql: &'static str) -> Result<u64, sqlx::Error> {
        if self.is_sqlite() {
            let mut raw = SqliteConnection::connect(&self.url).await?;
            let done = raw.execute(sqlx::raw_sql(sql)).await?.rows_affected();
            raw.close().await?;
            Ok(done)
        } else {
            let mut raw = PgConnection::connect(&self.url).await?;
            let done = raw.execute(sqlx::raw_sql(sql)).await?.rows_affected();
            raw.close().await?;
            Ok(done)
        }
    }

    /// Takes away what protects the journal, as somebody with the file in their hands can.
    pub(crate) async fn unprotect(&self) {
        let sql = if self.is_sqlite() {
            "DROP TRIGGER journal_no_update; DROP TRIGGER journal_no_delete; \
             DROP TRIGGER journal_segment_no_update; DROP TRIGGER journal_segment_no_delete;"
        } else {
            "DROP TRIGGER journal_no_change ON journal; \
             DROP TRIGGER journal_segment_no_change ON journal_segment;"
        };
        self.sql(sql).await.expect("the triggers are there");
    }

    pub(crate) async fn boot(&self) -> Recorder {
        Recorder::of(
            self.store
                .begin_boot(WallTime(MORNING), "0.1.0")
                .await
                .expect("a boot"),
        )
    }
}

impl Drop for World {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.files));
        if let Some(folder) = &self.folder {
            drop(std::fs::remove_dir_all(folder));
        }
    }
}

/// What kringd's recorder does: numbers facts, folds them, and hands both over in groups.
pub(crate) struct Recorder {
    pub(crate) log: JournalLog,
    pub(crate) records: HashMap<CallId, CallRecord>,
    pub(crate) group: Group,
    /// Everything that was committed.
    pub(crate) entries: Vec<Entry>,
    pub(crate) now: i64,
}

impl Recorder {
    pub(crate) fn of(boot: Boot) -> Recorder {
        Recorder {
            records: boot
                .open_calls
                .into_iter()
                .map(|call| (call.id, call))
                .collect(),
            log: boot.journal,
            group: Group::default(),
            entries: Vec::new(),
            now: 0,
        }
    }

    pub(crate) fn wall(&self) -> WallTime {
        WallTime(MORNING + self.now)
    }

    pub(crate) fn later(&mut self, us: i64) -> &mut Recorder {
        self.now += us;
        self
    }

    pub(crate) fn fact(&mut self, call: Option<CallId>, fact: Fact) -> Entry {
        let at = Moment::from_micros(self.now as u64);
        let entry = self.log.entry(at, self.wall(), call, fact);
        if let Some(begun) = CallRecord::begin(&entry) {
            self.records.insert(begun.id, begun);
        }
        if let Some(record) = call.and_then(|call| self.records.get_mut(&call)) {
            record.apply(&entry);
            self.group.records.push(record.clone());
        }
        if let Fact::Presence {
            agent,
            state,
            reason,
            ..
        } = &entry.fact
        {
            self.group.presence.push(PresenceRow {
                agent: agent.clone(),
                state: *state,
                reason: reason.clone(),
                since: entry.wall,
            });
        }
        self.group.entries.push(entry.clone());
        entry
    }

    pub(crate) async fn commit(&mut self) -> Result<Appended, StoreRefused> {
        let appended = self.log.append(&self.group).await?;
        self.entries.append(&mut self.group.entries);
        self.entries.extend(appended.facts.iter().cloned());
        for fact in &appended.facts {
            if let Some(record) = fact.call.and_then(|call| self.records.get_mut(&call)) {
                record.apply(fact);
            }
        }
        self.group = Group::default();
        Ok(appended)
    }

    /// Writes one trusted thing now.
    pub(crate) async fn trust(&mut self, write: TrustedWrite) -> Result<TrustedDone, StoreRefused> {
        self.group.trusted.push(Trusted {
            at: Moment::from_micros(self.now as u64),
            wall: self.wall(),
            write,
        });
        let mut appended = self.commit().await.expect("the group stands");
        appended.trusted.pop().expect("one answer for one write")
    }

    /// A call comes from this number.
    pub(crate) fn offered(&mut self, number: &str) -> CallId {
        let id = CallId::new(
            (self.wall().0 / 1_000) as u64,
            u128::from(self.next_chance()),
        );
        let caller = CallerRef::new(self.next_chance());
        let number = Number::read(number, &NumberPlan::default());
        self.group.callers.push(CallerRow {
            caller,
            canonical: number.canonical,
            class: number.class,
            display: number.display,
        });
        self.fact(
            Some(id),
            Fact::Offered {
                caller,
                queue: "support".to_owned(),
                did: "038611025".to_owned(),
                sip_call_id: format!("{id}@pbx"),
                trunk: "pbx".to_owned(),
                forwarded_by: None,
                rang_before: false,
                chosen_by: None,
                priority: None,
                outbound: None,
                terms: RingTerms::thailand(),
            },
        );
        self.fact(Some(id), Fact::Ring { number: 1, of: 3 });
        id
    }

    /// An agent answers it after two seconds.
    pub(crate) fn answered(&mut self, call: CallId, agent: &str) {
        self.later(2 * SECOND).fact(
            Some(call),
            Fact::Answered {
                agent: AgentId::new(agent),
                device: None,
                rings: 1,
                wait_ms: 2_000,
                result: RingResult::Within,
                margin_ms: 13_000,
            },
        );
    }

    /// And the citizen hangs up after a minute.
    pub(crate) fn ended(&mut self, call: CallId) {
        self.later(60 * SECOND).fact(
            Some(call),
            Fact::Ended {
                by: EndedBy::Caller,
                cause: "bye".to_owned(),
                talk_ms: 60_000,
            },
        );
    }

    /// A whole call from this number, answered by this agent and ended, on the disk.
    pub(crate) async fn talked(&mut self, number: &str, agent: &str) -> CallId {
        let call = self.offered(number);
        self.answered(call, agent);
        self.ended(call);
        self.commit().await.expect("the group stands");
        self.later(SECOND);
        call
    }

    pub(crate) fn presence(&mut self, agent: &str, state: PresenceState, reason: Option<&str>) {
        self.fact(
            None,
            Fact::Presence {
                agent: AgentId::new(agent),
                state,
                reason: reason.map(str::to_owned),
                by: None,
            },
        );
    }

    /// Different for every call of every test process, and the same again in the next run.
    fn next_chance(&self) -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        NEXT.fetch_add(1, Ordering::Relaxed)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}
