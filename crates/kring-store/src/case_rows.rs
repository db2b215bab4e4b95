//! The row of a case in SQL, and the counter that its reference comes from.
//!
//! References count up by year without gaps, because the number is taken in the transaction that
//! makes the case: a transaction that fails gives its number back.

use crate::{
    CaseRefFormat, CaseRow, StoreRefused,
    case_ref::thai_year,
    sql::{Cells, Given},
};
use kring_journal::{AgentId, CallId, WallTime};
use sqlx::{AnyConnection, AssertSqlSafe, any::AnyRow};

/// The columns of a case `k`, in the order in which [`read_case`] wants them.
pub(crate) const CASE_COLUMNS: &str = "k.id, k.case_ref, k.kind, k.subject, k.detail, k.contact, \
    k.call, k.number, k.department, k.extension, k.resolution, k.confidentiality, k.status, k.due, \
    k.agent, k.opened, k.updated, k.version";

/// Reads [`CASE_COLUMNS`].
pub(crate) fn read_case(row: &AnyRow) -> Result<CaseRow, StoreRefused> {
    let mut cells = Cells::of(row, "case_file");
    Ok(CaseRow {
        id: cells.id()?,
        case_ref: cells.text()?,
        kind: cells.name()?,
        subject: cells.text()?,
        detail: cells.text()?,
        contact: cells.some_id()?,
        call: cells.some_id()?,
        number: cells.some_text()?,
        department: cells.some_id()?,
        extension: cells.some_text()?,
        resolution: cells.name()?,
        confidentiality: cells.name()?,
        status: cells.name()?,
        due: cells.some_wall()?,
        agent: AgentId::new(cells.str()?),
        opened: cells.wall()?,
        updated: cells.wall()?,
        version: cells.int()?,
    })
}

pub(crate) async fn read_case_of_call(
    connection: &mut AnyConnection,
    call: CallId,
) -> Result<Option<CaseRow>, StoreRefused> {
    let sql = format!("SELECT {CASE_COLUMNS} FROM case_file k WHERE k.call = $1");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(call.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_case).transpose()
}

pub(crate) async fn insert_case(
    connection: &mut AnyConnection,
    case: &CaseRow,
) -> Result<(), StoreRefused> {
    let mut given = Given::default();
    given
        .add_text(&case.id)
        .add(case.case_ref.as_str())
        .add(case.kind.as_str())
        .add(case.subject.as_str())
        .add(case.detail.as_str())
        .add(case.contact.map(|id| id.to_string()))
        .add(case.call.map(|id| id.to_string()))
        .add(case.number.clone())
        .add(case.department.map(|id| id.to_string()))
        .add(case.extension.clone())
        .add(case.resolution.as_str())
        .add(case.confidentiality.as_str())
        .add(case.status.as_str())
        .add_wall(case.due)
        .add(case.agent.as_str())
        .add(case.opened.0)
        .add(case.updated.0)
        .add(case.version);
    sqlx::query_with(
        "INSERT INTO case_file (id, case_ref, kind, subject, detail, contact, call, number, \
         department, extension, resolution, confidentiality, status, due, agent, opened, updated, \
         version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
         $17, $18)",
        given.take(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The next reference of the year that it is in Thailand.
pub(crate) async fn next_ref(
    connection: &mut AnyConnection,
    format: &CaseRefFormat,
    now: WallTime,
) -> Result<String, StoreRefused> {
    let year = thai_year(now);
    let row = sqlx::query(
        "INSERT INTO case_counter (year, last_n) VALUES ($1, 1) \
         ON CONFLICT (year) DO UPDATE SET last_n = case_counter.last_n + 1 RETURNING last_n",
    )
    .bind(year)
    .fetch_one(connection)
    .await?;
    Ok(format.write(year, Cells::of(&row, "case_counter").int()?))
}
