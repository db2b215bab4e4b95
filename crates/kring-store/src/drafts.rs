//! Drafts and the unfinished list: typed text is never lost (invariant I6).

use crate::{
    CallRow, DraftWrite, Store, StoreRefused,
    call_history::{ROW_COLUMNS, ROW_JOINS, read_row},
    limits,
    sql::Cells,
};
use kring_journal::{AgentId, CallId, WallTime};
use serde::Serialize;
use sqlx::{AnyConnection, AssertSqlSafe, any::AnyRow};

/// What an agent has typed for a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Draft {
    /// The call.
    pub call: CallId,
    /// Who typed it.
    pub agent: AgentId,
    /// From 1, one more with each save.
    pub version: i64,
    /// The form, as the console has it.
    pub body: serde_json::Value,
    /// When it was saved.
    pub updated: WallTime,
}

/// A call that an agent answered and that still lacks its record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unfinished {
    /// The call.
    pub call: CallRow,
    /// What was typed for it.
    pub draft: Option<Draft>,
}

const DRAFT_COLUMNS: &str = "d.call, d.agent, d.version, d.body, d.updated";

impl Store {
    /// The draft of a call.
    pub async fn draft(&self, call: CallId) -> Result<Option<Draft>, StoreRefused> {
        read_draft(&mut *self.reading().await?, call).await
    }

    /// The agent's ended calls that have neither case nor a reason for none, oldest first, at most
    /// [`limits::UNFINISHED_MAX`].
    pub async fn unfinished(&self, agent: &AgentId) -> Result<Vec<Unfinished>, StoreRefused> {
        let sql = format!(
            "SELECT {ROW_COLUMNS}, {DRAFT_COLUMNS} FROM call c {ROW_JOINS} \
             LEFT JOIN draft d ON d.call = c.id \
             WHERE (c.record_owner = $1 OR (c.agent = $1 AND c.record_owner IS NULL)) \
             AND {OWED} ORDER BY c.arrived_at, c.id LIMIT {}",
            limits::UNFINISHED_MAX
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(agent.as_str())
            .fetch_all(&self.reader)
            .await?;
        read_unfinished(&rows)
    }

    /// The ended calls of everybody that lack their record, oldest first, at most
    /// [`limits::UNFINISHED_MAX`].
    pub async fn unfinished_of_all(&self) -> Result<Vec<Unfinished>, StoreRefused> {
        let sql = format!(
            "SELECT {ROW_COLUMNS}, {DRAFT_COLUMNS} FROM call c {ROW_JOINS} \
             LEFT JOIN draft d ON d.call = c.id \
             WHERE {OWED} ORDER BY c.arrived_at, c.id LIMIT {}",
            limits::UNFINISHED_MAX
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .fetch_all(&self.reader)
            .await?;
        read_unfinished(&rows)
    }
}

/// A call whose record is owed.
pub(crate) const OWED: &str = "c.state = 'ended' AND c.case_ref IS NULL AND c.no_case IS NULL \
    AND c.agent IS NOT NULL AND c.outcome IN ('answered', 'rescued')";

fn read_unfinished(rows: &[AnyRow]) -> Result<Vec<Unfinished>, StoreRefused> {
    let read = |row| {
        let mut cells = Cells::of(row, "call");
        let call = read_row(&mut cells)?;
        let draft = draft_of(&mut cells)?;
        Ok(Unfinished { call, draft })
    };
    rows.iter().map(read).collect()
}

/// Reads [`DRAFT_COLUMNS`], which are all empty when there is no draft.
fn draft_of(cells: &mut Cells<'_>) -> Result<Option<Draft>, StoreRefused> {
    let Some(call) = cells.some_id()? else {
        return Ok(None);
    };
    Ok(Some(Draft {
        call,
        agent: AgentId::new(cells.str()?),
        version: cells.int()?,
        body: cells.json()?,
        updated: cells.wall()?,
    }))
}

pub(crate) async fn read_draft(
    connection: &mut AnyConnection,
    call: CallId,
) -> Result<Option<Draft>, StoreRefused> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {DRAFT_COLUMNS} FROM draft d WHERE d.call = $1"
    )))
    .bind(call.to_string())
    .fetch_optional(connection)
    .await?;
    match row {
        Some(row) => draft_of(&mut Cells::of(&row, "draft")),
        None => Ok(None),
    }
}

/// The draft's text, when it is not too long.
pub(crate) fn check_draft(body: &serde_json::Value) -> Result<String, StoreRefused> {
    let text = body.to_string();
    if text.len() > limits::DRAFT_BYTES_MAX {
        return Err(StoreRefused::Unacceptable {
            field: "draft",
            why: "is too long",
        });
    }
    Ok(text)
}

/// Stores version `version`, if the one before it (none before the first) is what is stored; whether it did.
pub(crate) async fn write_draft(
    connection: &mut AnyConnection,
    draft: &DraftWrite,
    body: &str,
    version: i64,
    now: WallTime,
) -> Result<bool, StoreRefused> {
    let sql = match draft.expected_version {
        None => {
            "INSERT INTO draft (call, agent, version, body, updated) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (call) DO NOTHING"
        }
        Some(_) => {
            "UPDATE draft SET agent = $2, version = $3, body = $4, updated = $5 \
             WHERE call = $1 AND version = $3 - 1"
        }
    };
    let done = sqlx::query(sql)
        .bind(draft.call.to_string())
        .bind(draft.agent.as_str())
        .bind(version)
        .bind(body)
        .bind(now.0)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(crate) async fn delete_draft(
    connection: &mut AnyConnection,
    call: CallId,
) -> Result<(), StoreRefused> {
    sqlx::query("DELETE FROM draft WHERE call = $1")
        .bind(call.to_string())
        .execute(connection)
        .await?;
    Ok(())
}
