//! SIP traces of calls: beside the journal and its chain, so that they can be erased by age or by
//! call. What a trace holds is the business of those who packed it.

use crate::{Store, StoreRefused, connect::Durability, limits, sql::Given};
use kring_journal::{CallId, WallTime};
use sqlx::Row;

/// A packed trace on its way to the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceRow {
    /// The call.
    pub call: CallId,
    /// When it was packed; by this it grows old.
    pub kept_at: WallTime,
    /// The messages that it holds.
    pub messages: u32,
    /// The trace, compressed; at most [`limits::TRACE_BYTES_MAX`] bytes.
    pub packed: Vec<u8>,
}

impl Store {
    /// Keeps traces; one that is kept already for a call is replaced. May be lost by a power cut.
    pub async fn keep_traces(&self, traces: &[TraceRow]) -> Result<(), StoreRefused> {
        if traces.is_empty() {
            return Ok(());
        }
        if traces
            .iter()
            .any(|row| row.packed.len() > limits::TRACE_BYTES_MAX)
        {
            return Err(StoreRefused::Unacceptable {
                field: "trace",
                why: "is too long",
            });
        }
        let mut writing = self.writing().await?;
        let mut transaction = writing.begin(Durability::Grouped).await?;
        for row in traces {
            let mut given = Given::default();
            given
                .add_text(&row.call)
                .add_wall(Some(row.kept_at))
                .add(i64::from(row.messages))
                .add(row.packed.as_slice());
            sqlx::query_with(
                "INSERT INTO sip_trace (call, kept_at, messages, packed) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (call) DO UPDATE SET kept_at = excluded.kept_at, \
                 messages = excluded.messages, packed = excluded.packed",
                given.take(),
            )
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The packed trace of a call.
    pub async fn trace(&self, call: CallId) -> Result<Option<Vec<u8>>, StoreRefused> {
        let row = sqlx::query("SELECT packed FROM sip_trace WHERE call = $1")
            .bind(call.to_string())
            .fetch_optional(&self.reader)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Erases the trace of a call; whether there was one.
    pub async fn erase_trace(&self, call: CallId) -> Result<bool, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut transaction = writing.begin(Durability::Trusted).await?;
        let done = sqlx::query("DELETE FROM sip_trace WHERE call = $1")
            .bind(call.to_string())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Erases traces that were kept before this, oldest first, at most
    /// [`limits::TRACES_ERASED_AT_ONCE`]; how many it were. Call it again while it was that many.
    pub async fn erase_traces_before(&self, before: WallTime) -> Result<u64, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut transaction = writing.begin(Durability::Grouped).await?;
        let done = sqlx::query(
            "DELETE FROM sip_trace WHERE call IN \
             (SELECT call FROM sip_trace WHERE kept_at < $1 ORDER BY kept_at LIMIT $2)",
        )
        .bind(before.0)
        .bind(i64::from(limits::TRACES_ERASED_AT_ONCE))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }
}
