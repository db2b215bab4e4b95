//! Callers of whom something is known before their queue is chosen: kept in memory, since a call waits for
//! no disk, and read anew when persons or cases have changed, and every minute.

use crate::database;
use kring_call::{CallerTraits, KnownCallers};
use kring_media::Language;
use kring_store::{KnownCaller, Number, NumberPlan, Store};
use rustc_hash::FxHashMap;
use std::{
    sync::{PoisonError, RwLock},
    time::Duration,
};

/// Numbers that are kept, some 100 bytes each. Those of a ministry's open cases are far fewer.
const NUMBERS_MAX: usize = 100_000;

/// How often everything is read, whoever has changed it.
const READ_EVERY: Duration = Duration::from_mins(1);

/// The least time between two readings: at a busy centre somebody always changes something.
const READ_AFTER: Duration = Duration::from_secs(2);

/// Who is known, by canonical number.
#[derive(Debug)]
pub(crate) struct Known {
    numbers: NumberPlan,
    callers: RwLock<FxHashMap<String, CallerTraits>>,
}

impl Known {
    /// Nobody yet.
    pub(crate) fn new(numbers: NumberPlan) -> Known {
        Known {
            numbers,
            callers: RwLock::default(),
        }
    }

    /// Reads everything.
    pub(crate) async fn read(&self, store: &Store) -> Result<(), crate::exit::Fault> {
        let rows = store.known_callers(NUMBERS_MAX).await;
        let rows = rows.map_err(database::refused)?;
        kring_web::metrics::known_callers(rows.len(), rows.len() >= NUMBERS_MAX);
        let known = rows
            .into_iter()
            .map(|(number, row)| (number, traits(&row)))
            .collect();
        // A panic elsewhere leaves nothing half done in a map that is replaced whole.
        *self.callers.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }
}

fn traits(row: &KnownCaller) -> CallerTraits {
    CallerTraits {
        vip: row.vip,
        open_case: row.open_case,
        language: match row.language.as_deref() {
            Some("th") => Some(Language::Thai),
            Some("en") => Some(Language::English),
            _ => None,
        },
    }
}

impl KnownCallers for Known {
    fn traits_of(&self, user: &str) -> CallerTraits {
        let number = Number::read(user, &self.numbers);
        let callers = self.callers.read().unwrap_or_else(PoisonError::into_inner);
        callers.get(&number.canonical).copied().unwrap_or_default()
    }
}

/// Keeps it current until the process ends.
pub(crate) async fn follow(known: std::sync::Arc<Known>, store: Store) {
    let mut changes = store.callers_watched();
    loop {
        tokio::time::sleep(READ_AFTER).await;
        // The sender lives in the store that is held here.
        let _ = tokio::time::timeout(READ_EVERY, changes.changed()).await;
        if let Err(refused) = known.read(&store).await {
            tracing::warn!(%refused, "the callers who are known cannot be read");
        }
    }
}
