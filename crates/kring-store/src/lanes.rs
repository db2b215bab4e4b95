//! The connections to SQLite: one that writes and a few that read, each taken by one asker at a time.
//!
//! Writers wait in line, in order, and so never meet a lock. sqlx's own pool is not used here: it asks
//! each connection that comes back for a sign of life, by a task of its own, and that costs twice
//! what a short query does. A file does not go away as a server does.
//!
//! Statistics are never gathered (no ANALYZE, no PRAGMA optimize): with them SQLite plans every
//! statement anew at each run, because a marker's value could matter, and that takes longer than
//! the statements do.

use crate::{StoreRefused, connect::Durability, limits};
use sqlx::{AnyConnection, ConnectOptions, Connection, Executor, any::AnyConnectOptions};
use std::{
    str::FromStr,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};
use tokio::sync::{Mutex, MutexGuard};

const WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
    PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;";
const READER: &str = "PRAGMA query_only = ON; PRAGMA cache_size = -65536; \
    PRAGMA mmap_size = 1073741824; PRAGMA temp_store = MEMORY;";

/// An asker's turn on a connection; nothing is in it after `close`.
pub(crate) type Turn<'l> = MutexGuard<'l, Option<AnyConnection>>;

#[derive(Debug)]
pub(crate) struct Lanes {
    writer: Mutex<Option<AnyConnection>>,
    /// Whether the writer syncs the disk at each commit just now.
    syncs: AtomicBool,
    readers: Box<[Mutex<Option<AnyConnection>>]>,
    next_reader: AtomicUsize,
}

impl Lanes {
    /// Opens the file, and makes it when there is none.
    pub(crate) async fn open(url: &str) -> Result<Lanes, StoreRefused> {
        let mark = if url.contains('?') { '&' } else { '?' };
        let options = AnyConnectOptions::from_str(&format!("{url}{mark}mode=rwc"))?
            .disable_statement_logging();
        let lane = async |pragmas: &'static str| -> Result<_, StoreRefused> {
            let mut connection = options.connect().await?;
            connection.execute(pragmas).await?;
            Ok(Mutex::new(Some(connection)))
        };
        let writer = lane(WRITER).await?;
        let mut readers = Vec::new();
        for _ in 0..limits::SQLITE_READERS {
            readers.push(lane(READER).await?);
        }
        Ok(Lanes {
            writer,
            syncs: AtomicBool::new(false),
            readers: readers.into(),
            next_reader: AtomicUsize::new(0),
        })
    }

    pub(crate) async fn writer(&self) -> Result<Turn<'_>, StoreRefused> {
        open(self.writer.lock().await)
    }

    /// A reader that is free, or else the first to become so of one.
    pub(crate) async fn reader(&self) -> Result<Turn<'_>, StoreRefused> {
        let first = self.next_reader.fetch_add(1, Ordering::Relaxed);
        let lane = |n: usize| &self.readers[(first.wrapping_add(n)) % self.readers.len()];
        let free = (0..self.readers.len()).find_map(|n| lane(n).try_lock().ok());
        match free {
            Some(turn) => open(turn),
            None => open(lane(0).lock().await),
        }
    }

    /// Makes the writer's next commit as sure as this. SQLite refuses the pragma inside a
    /// transaction. A FULL commit syncs the whole write-ahead log, and with it every group before.
    pub(crate) async fn sync_as(
        &self,
        writer: &mut AnyConnection,
        durability: Durability,
    ) -> Result<(), StoreRefused> {
        let trusted = durability == Durability::Trusted;
        if self.syncs.load(Ordering::Relaxed) == trusted {
            return Ok(());
        }
        writer
            .execute(match durability {
                Durability::Grouped => "PRAGMA synchronous = NORMAL",
                Durability::Trusted => "PRAGMA synchronous = FULL",
            })
            .await?;
        self.syncs.store(trusted, Ordering::Relaxed);
        Ok(())
    }

    /// Waits for what is under way. The last to close moves the write-ahead log into the file.
    pub(crate) async fn close(&self) {
        for lane in self.readers.iter().chain([&self.writer]) {
            if let Some(connection) = lane.lock().await.take() {
                // What was committed is safe either way, and there is nobody left to tell.
                drop(connection.close().await);
            }
        }
    }
}

fn open(turn: Turn<'_>) -> Result<Turn<'_>, StoreRefused> {
    match *turn {
        Some(_) => Ok(turn),
        None => Err(sqlx::Error::PoolClosed.into()),
    }
}
