//! Citizens who are to be called back: mutable state, so that a restart forgets nobody, and gone when it is
//! done. What happened is in the journal.

use crate::{
    CallerNumber, Store, StoreRefused,
    connect::Durability,
    sql::{Cells, Given},
};
use kring_journal::{CallId, CallerRef, WallTime};

/// A citizen who is to be called back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallBackRow {
    /// The call in which they asked.
    pub asked: CallId,
    /// Who they are in facts.
    pub caller: CallerRef,
    /// The queue whose agents call.
    pub queue: String,
    /// The trunk that brought the call.
    pub trunk: String,
    /// The number that they had dialled.
    pub did: String,
    /// Since when they wait: when they first called.
    pub since: WallTime,
    /// How often they were called.
    pub tries: u8,
    /// From when on they may be called again; none: now.
    pub next_at: Option<WallTime>,
    /// The call that is placed for it now.
    pub placed: Option<CallId>,
}

impl Store {
    /// Keeps call-backs of this node as they are now, and forgets those that are over.
    pub async fn keep_call_backs(
        &self,
        kept: &[CallBackRow],
        over: &[CallId],
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut transaction = writing.begin(Durability::Trusted).await?;
        for asked in over {
            sqlx::query("DELETE FROM call_back WHERE call = $1")
                .bind(asked.to_string())
                .execute(&mut *transaction)
                .await?;
        }
        for row in kept {
            let mut given = Given::default();
            given
                .add_text(&row.asked)
                .add(self.config.node.as_str())
                .add_text(&row.caller)
                .add(row.queue.as_str())
                .add(row.trunk.as_str())
                .add(row.did.as_str())
                .add_wall(Some(row.since))
                .add(i64::from(row.tries))
                .add_wall(row.next_at)
                .add(row.placed.map(|placed| placed.to_string()));
            sqlx::query_with(KEEP, given.take())
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The call-backs of every node with their numbers, the longest waiting first. None: erased.
    pub async fn call_backs(
        &self,
    ) -> Result<Vec<(CallBackRow, Option<CallerNumber>)>, StoreRefused> {
        let sql = "SELECT b.call, b.caller, b.queue, b.trunk, b.did, b.asked, b.tries, b.next_at, \
                   b.placed, p.canonical, p.display, p.class FROM call_back b \
                   LEFT JOIN caller r ON r.caller = b.caller \
                   LEFT JOIN phone_number p ON p.canonical = r.number ORDER BY b.asked, b.call";
        let rows = sqlx::query(sql).fetch_all(&self.reader).await?;
        rows.iter()
            .map(|row| read(&mut Cells::of(row, "call_back")))
            .collect()
    }

    /// The same, of this node only: what a start has to take up.
    pub async fn own_call_backs(
        &self,
    ) -> Result<Vec<(CallBackRow, Option<CallerNumber>)>, StoreRefused> {
        let own = sqlx::query("SELECT call FROM call_back WHERE node = $1")
            .bind(&self.config.node)
            .fetch_all(&self.reader)
            .await?;
        let own: Result<Vec<CallId>, StoreRefused> = own
            .iter()
            .map(|row| Cells::of(row, "call_back").id())
            .collect();
        let own = own?;
        let mut rows = self.call_backs().await?;
        rows.retain(|(row, _)| own.contains(&row.asked));
        Ok(rows)
    }
}

const KEEP: &str = "INSERT INTO call_back (call, node, caller, queue, trunk, did, asked, tries, \
    next_at, placed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
    ON CONFLICT (call) DO UPDATE SET node = excluded.node, tries = excluded.tries, \
    next_at = excluded.next_at, placed = excluded.placed";

fn read(cells: &mut Cells<'_>) -> Result<(CallBackRow, Option<CallerNumber>), StoreRefused> {
    let row = CallBackRow {
        asked: cells.id()?,
        caller: cells.id()?,
        queue: cells.text()?,
        trunk: cells.text()?,
        did: cells.text()?,
        since: cells.wall()?,
        tries: cells.whole()?,
        next_at: cells.some_wall()?,
        placed: match cells.some_text()? {
            Some(text) => text.parse().ok(),
            None => None,
        },
    };
    let (canonical, display, class) = (cells.some_text()?, cells.some_text()?, cells.some_name()?);
    let number = match (canonical, display, class) {
        (Some(canonical), Some(display), Some(class)) => Some(CallerNumber {
            canonical,
            display,
            class,
        }),
        _ => None,
    };
    Ok((row, number))
}
