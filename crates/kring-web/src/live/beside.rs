//! What the wallboard takes from the database: who works here, the directory, registered phones, call-backs. Read
//! behind whoever looks, so that no look waits for a disk but the first.

use super::{Inner, lock};
use crate::{limits, wire::NumberOnWire};
use kring_journal::CallId;
use kring_store::{AgentRow, Directory, StoreRefused};
use kring_time::Moment;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

/// As it was read last.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    pub(crate) agents: Vec<AgentRow>,
    pub(crate) directory: Option<Arc<Directory>>,
    /// Phones that can be called somewhere.
    pub(crate) registered: FxHashSet<String>,
    /// Citizens who may be called back now.
    pub(crate) call_backs_due: u32,
    /// Numbers of the calls whose records have been owed longest.
    pub(crate) numbers: FxHashMap<CallId, NumberOnWire>,
}

/// What was read last, and when.
#[derive(Debug, Default)]
pub(crate) struct BesideKept {
    last: Mutex<Option<(Moment, Arc<Beside>)>>,
    asking: AtomicBool,
}

impl Inner {
    /// What was read last; a newer reading begins behind it when it is old. Only the first look waits.
    pub(super) async fn beside(&self) -> Arc<Beside> {
        let last = lock(&self.beside.last).clone();
        let now = self.now().at;
        match last {
            Some((read_at, beside)) => {
                if now.since(read_at) >= limits::BESIDE_EVERY
                    && !self.beside.asking.swap(true, Ordering::Relaxed)
                    && let Some(inner) = self.own.upgrade()
                {
                    self.runtime.spawn(async move {
                        inner.read_beside().await;
                        inner.beside.asking.store(false, Ordering::Relaxed);
                    });
                }
                beside
            }
            None => {
                let read = tokio::time::timeout(limits::BESIDE_WITHIN, self.read_beside()).await;
                read.ok().flatten().unwrap_or_default()
            }
        }
    }

    async fn read_beside(&self) -> Option<Arc<Beside>> {
        match self.ask_beside().await {
            Ok(beside) => {
                let beside = Arc::new(beside);
                *lock(&self.beside.last) = Some((self.now().at, Arc::clone(&beside)));
                Some(beside)
            }
            Err(refused) => {
                tracing::warn!(%refused, "the wallboard shows the house as it was read last");
                None
            }
        }
    }

    async fn ask_beside(&self) -> Result<Beside, StoreRefused> {
        let now = self.now().wall;
        let oldest: Vec<CallId> = {
            let floor = self.floor();
            let owed = floor.watch.owed.iter().map(|(call, _)| call);
            owed.take(limits::BOARD_ROWS_MAX).collect()
        };
        let mut numbers = FxHashMap::default();
        for call in oldest {
            let Some(row) = self.store.call(call).await? else {
                continue;
            };
            // Made while the start read what is owed.
            if row.record.case_ref.is_some() || row.record.no_case.is_some() {
                self.floor().watch.owed.done(call);
            }
            let number = row.number.as_ref().map(NumberOnWire::from);
            numbers.extend(number.map(|number| (call, number)));
        }
        let due = |row: &kring_store::CallBackRow| {
            row.placed.is_none() && row.next_at.is_none_or(|at| at <= now)
        };
        let call_backs = self.store.call_backs().await?;
        let bindings = self.store.bindings(now).await?;
        Ok(Beside {
            agents: self.store.agents().await?,
            directory: Some(self.store.directory_at_hand().await?),
            registered: bindings.into_iter().map(|row| row.phone).collect(),
            call_backs_due: call_backs.iter().filter(|(row, _)| due(row)).count() as u32,
            numbers,
        })
    }
}
