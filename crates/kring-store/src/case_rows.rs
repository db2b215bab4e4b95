//! The row of a case in SQL, and the counter that its reference comes from.
//!
//! References count up by year without gaps, because the number is taken in the transaction that
//! makes the case: a transaction that fails gives its number back.

use crate::{
    CaseFields, CaseId, CaseOutcome, CaseRefFormat, CaseRow, StoreRefused,
    case_ref::{ref_key, thai_year},
    sql::{Cells, Given},
};
use kring_journal::{AgentId, CallId, WallTime};
use kring_text::folded;
use sqlx::{AnyConnection, AssertSqlSafe, any::AnyRow};

/// The columns of a case `k`, in the order in which [`read_case`] wants them.
pub(crate) const CASE_COLUMNS: &str = "k.id, k.case_ref, k.kind, k.subject, k.detail, k.contact, \
    k.call, k.number, k.department, k.extension, k.resolution, k.confidentiality, k.status, k.due, \
    k.agent, k.opened, k.updated, k.version, k.fields, k.outcome, k.outcome_note, k.closed, k.sla";

/// Reads [`CASE_COLUMNS`].
pub(crate) fn read_case(row: &AnyRow) -> Result<CaseRow, StoreRefused> {
    read_case_cells(&mut Cells::of(row, "case_file"))
}

/// Reads [`CASE_COLUMNS`], and leaves what comes after them.
pub(crate) fn read_case_cells(cells: &mut Cells<'_>) -> Result<CaseRow, StoreRefused> {
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
        fields: cells.some_json()?,
        outcome: cells.some_name()?,
        outcome_note: cells.text()?,
        closed: cells.some_wall()?,
        sla: cells.some_json()?,
    })
}

/// The case with this id, as the transaction sees it.
pub(crate) async fn read_case_by_id(
    connection: &mut AnyConnection,
    id: CaseId,
) -> Result<CaseRow, StoreRefused> {
    let sql = format!("SELECT {CASE_COLUMNS} FROM case_file k WHERE k.id = $1");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    read_case(&row.ok_or(StoreRefused::NoSuchCase)?)
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
        .add(case.contact.map(|id| id.to_string()))
        .add(case.call.map(|id| id.to_string()))
        .add(case.number.clone())
        .add(case.agent.as_str())
        .add(case.opened.0)
        .add(ref_key(&case.case_ref));
    give_changeable(&mut given, case);
    sqlx::query_with(
        "INSERT INTO case_file (id, case_ref, kind, contact, call, number, agent, opened, ref_key, \
         subject, detail, department, extension, resolution, confidentiality, status, due, \
         updated, version, fields, outcome, outcome_note, closed, sla, search_key) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
         $19, $20, $21, $22, $23, $24, $25)",
        given.take(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Stores what may change of a case that is at the version before; whether it was.
pub(crate) async fn update_case(
    connection: &mut AnyConnection,
    case: &CaseRow,
) -> Result<bool, StoreRefused> {
    let mut given = Given::default();
    given.add_text(&case.id).add(case.version - 1);
    give_changeable(&mut given, case);
    let done = sqlx::query_with(
        "UPDATE case_file SET subject = $3, detail = $4, department = $5, extension = $6, \
         resolution = $7, confidentiality = $8, status = $9, due = $10, updated = $11, \
         version = $12, fields = $13, outcome = $14, outcome_note = $15, closed = $16, sla = $17, \
         search_key = $18 WHERE id = $1 AND version = $2",
        given.take(),
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn give_changeable(given: &mut Given, case: &CaseRow) {
    let json = |value: Result<String, serde_json::Error>| value.expect("texts and numbers");
    given
        .add(case.subject.as_str())
        .add(case.detail.as_str())
        .add(case.department.map(|id| id.to_string()))
        .add(case.extension.clone())
        .add(case.resolution.as_str())
        .add(case.confidentiality.as_str())
        .add(case.status.as_str())
        .add_wall(case.due)
        .add(case.updated.0)
        .add(case.version)
        .add(
            case.fields
                .as_ref()
                .map(|fields| json(serde_json::to_string(fields))),
        )
        .add(case.outcome.map(CaseOutcome::as_str))
        .add(case.outcome_note.as_str())
        .add_wall(case.closed)
        .add(
            case.sla
                .as_ref()
                .map(|sla| json(serde_json::to_string(sla))),
        )
        .add(search_key(case));
}

/// What a case is found by, folded.
pub(crate) fn search_key(case: &CaseRow) -> String {
    let mut words = vec![case.subject.as_str(), case.detail.as_str()];
    words.extend(case.fields.iter().flat_map(CaseFields::words));
    folded(&words.join(" "))
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
