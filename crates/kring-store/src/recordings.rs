//! Which calls were recorded, and what there is of each. The sound lies in files of the node that made it; without a
//! row nobody hears a file, and it is swept away.

use crate::{
    ChangedBy, Store, StoreRefused,
    audit::{Deed, note},
    connect::Durability,
    names::stored_names,
    sql::{Cells, Given},
};
use kring_journal::{CallId, WallTime};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{AnyConnection, AssertSqlSafe};
use std::collections::BTreeSet;

stored_names! {
    /// Where a recording is in its life.
    RecordingState {
        /// It is being made.
        Recording => "recording",
        /// It is whole.
        Kept => "kept",
        /// Its process ended before it did: it is there up to then.
        Cut => "cut",
        /// The disk refused the rest: it is there up to then.
        Failed => "failed",
        /// It was taken away.
        Erased => "erased",
    }
}

/// A recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingRow {
    /// The call, by which its file is called.
    pub call: CallId,
    /// Which node has the file.
    pub node: String,
    /// Where it is in its life.
    pub state: RecordingState,
    /// When it began.
    pub started: WallTime,
    /// Bytes of sound: two channels of 16 bits at 8 kHz.
    pub sound: i64,
    /// Bytes of the file.
    pub bytes: i64,
    /// Of the file, in hexadecimal digits.
    pub sha256: String,
    /// Sound that is lacking in it, ms.
    pub missing_ms: i64,
    /// How long the stretch of a peak is, ms.
    pub peak_ms: i64,
    /// Two hexadecimal digits a channel, left and right, for each stretch.
    pub peaks: String,
    /// From when to when it was paused, ms.
    pub pauses: Vec<(u64, u64)>,
    /// When it was taken away, by whom, and why.
    pub erased: Option<(WallTime, String, String)>,
}

/// How a recording ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingEnd {
    /// Where it is now.
    pub state: RecordingState,
    /// See [`RecordingRow`].
    pub sound: i64,
    /// See [`RecordingRow`].
    pub bytes: i64,
    /// See [`RecordingRow`].
    pub sha256: String,
    /// See [`RecordingRow`].
    pub missing_ms: i64,
    /// See [`RecordingRow`].
    pub peak_ms: i64,
    /// See [`RecordingRow`].
    pub peaks: String,
    /// See [`RecordingRow`].
    pub pauses: Vec<(u64, u64)>,
}

const COLUMNS: &str = "call, node, state, started, sound, bytes, sha256, missing_ms, peak_ms, peaks, pauses, erased, \
     erased_by, erased_why";

impl Store {
    /// A file was begun on this node.
    pub async fn recording_begun(&self, call: CallId, at: WallTime) -> Result<(), StoreRefused> {
        let mut given = Given::default();
        given
            .add_text(&call)
            .add(self.config.node.as_str())
            .add(RecordingState::Recording.as_str())
            .add(at.0);
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Grouped).await?;
        sqlx::query_with(
            "INSERT INTO recording (call, node, state, started) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (call) DO NOTHING",
            given.take(),
        )
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// A file is closed. One that was taken away meanwhile stays so.
    pub async fn recording_ended(
        &self,
        call: CallId,
        end: &RecordingEnd,
    ) -> Result<(), StoreRefused> {
        let mut given = Given::default();
        given
            .add_text(&call)
            .add(end.state.as_str())
            .add(end.sound)
            .add(end.bytes)
            .add(end.sha256.as_str())
            .add(end.missing_ms)
            .add(end.peak_ms)
            .add(end.peaks.as_str())
            .add(json!(end.pauses).to_string());
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        sqlx::query_with(
            "UPDATE recording SET state = $2, sound = $3, bytes = $4, sha256 = $5, missing_ms = $6, peak_ms = $7, \
             peaks = $8, pauses = $9 WHERE call = $1 AND state = 'recording'",
            given.take(),
        )
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// The recording of a call.
    pub async fn recording(&self, call: CallId) -> Result<Option<RecordingRow>, StoreRefused> {
        let sql = format!("SELECT {COLUMNS} FROM recording WHERE call = $1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(call.to_string())
            .fetch_optional(&self.reader)
            .await?;
        row.map(|row| read_row(&mut Cells::of(&row, "recording")))
            .transpose()
    }

    /// Recordings of this node that were being made when it ended.
    pub async fn recordings_cut(&self) -> Result<Vec<CallId>, StoreRefused> {
        let sql =
            "SELECT call FROM recording WHERE state = 'recording' AND node = $1 ORDER BY call";
        let rows = sqlx::query(sql)
            .bind(self.config.node.as_str())
            .fetch_all(&self.reader)
            .await?;
        rows.iter()
            .map(|row| Cells::of(row, "recording").id())
            .collect()
    }

    /// Which of these calls have a recording that may be there.
    pub async fn recordings_kept(
        &self,
        calls: &[CallId],
    ) -> Result<BTreeSet<CallId>, StoreRefused> {
        let mut kept = BTreeSet::new();
        for call in calls {
            let row = self.recording(*call).await?;
            if row.is_some_and(|row| row.state != RecordingState::Erased) {
                kept.insert(*call);
            }
        }
        Ok(kept)
    }

    /// Takes it away: from now on nobody hears it, and its file is swept away. Whether there was one that is over.
    pub async fn erase_recording(
        &self,
        by: &ChangedBy,
        call: CallId,
        why: &str,
    ) -> Result<bool, StoreRefused> {
        crate::cases::check_filled("reason", why)?;
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let sql = "SELECT state FROM recording WHERE call = $1";
        let row = sqlx::query(sql)
            .bind(call.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        let state: Option<RecordingState> = row
            .map(|row| Cells::of(&row, "recording").name())
            .transpose()?;
        match state {
            None | Some(RecordingState::Erased | RecordingState::Recording) => return Ok(false),
            Some(_) => {}
        }
        take_recording(&mut tx, by.at, &call.to_string(), (&by.who, why)).await?;
        let deed = Deed {
            action: "recording.erase",
            subject: call.to_string(),
            was: None,
            is: Some(&json!({ "reason": why })),
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// The sound is nobody's to hear any more.
pub(crate) async fn take_recording(
    connection: &mut AnyConnection,
    now: WallTime,
    call: &str,
    (who, why): (&str, &str),
) -> Result<bool, StoreRefused> {
    let mut given = Given::default();
    given.add(call).add(now.0).add(who).add(why);
    let done = sqlx::query_with(
        "UPDATE recording SET state = 'erased', peaks = '', pauses = '[]', erased = $2, erased_by = $3, \
         erased_why = $4 WHERE call = $1 AND state <> 'erased'",
        given.take(),
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

fn read_row(cells: &mut Cells<'_>) -> Result<RecordingRow, StoreRefused> {
    Ok(RecordingRow {
        call: cells.id()?,
        node: cells.text()?,
        state: cells.name()?,
        started: cells.wall()?,
        sound: cells.int()?,
        bytes: cells.int()?,
        sha256: cells.text()?,
        missing_ms: cells.int()?,
        peak_ms: cells.int()?,
        peaks: cells.text()?,
        pauses: cells.json()?,
        erased: {
            let at = cells.some_wall()?;
            let (by, why) = (cells.text()?, cells.text()?);
            at.map(|at| (at, by, why))
        },
    })
}
