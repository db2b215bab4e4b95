//! Rows of sources: read, and written as they are.

use crate::{
    Source, SourceId, StoreRefused,
    sql::{Cells, Given},
};
use kring_time::Day;
use sqlx::{AnyConnection, AssertSqlSafe, any::AnyRow};

/// The columns of a source, as [`read_source`] reads them, from [`FROM`].
pub(crate) const COLUMNS: &str = "s.id, s.kind, s.title, s.body, s.address, s.department, s.topics, \
     s.language, s.status, s.valid_from, s.valid_until, s.review_by, s.version, s.created, s.updated, \
     s.updated_by, s.shown, s.attached, COALESCE(f.missing, 0)";

/// Sources, and their files.
pub(crate) const FROM: &str =
    "FROM knowledge_source s LEFT JOIN knowledge_document f ON f.source = s.id";

pub(crate) fn read_source(row: &AnyRow) -> Result<Source, StoreRefused> {
    read_cells(&mut Cells::of(row, "knowledge_source"))
}

pub(crate) fn read_cells(cells: &mut Cells<'_>) -> Result<Source, StoreRefused> {
    Ok(Source {
        id: cells.id()?,
        kind: cells.name()?,
        title: cells.text()?,
        body: cells.text()?,
        address: cells.text()?,
        department: cells.some_id()?,
        topics: cells.text()?,
        language: cells.text()?,
        status: cells.name()?,
        valid_from: cells.some_id::<Day>()?,
        valid_until: cells.some_id::<Day>()?,
        review_by: cells.some_id::<Day>()?,
        version: cells.int()?,
        created: cells.wall()?,
        updated: cells.wall()?,
        updated_by: cells.text()?,
        shown: cells.int()?,
        attached: cells.int()?,
        missing: cells.truth()?,
    })
}

/// The source with this id, if it was not removed.
pub(crate) async fn find_source(
    connection: &mut AnyConnection,
    id: SourceId,
) -> Result<Option<Source>, StoreRefused> {
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE s.id = $1 AND s.removed = 0");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_source).transpose()
}

/// The same, which must be there.
pub(crate) async fn the_source(
    connection: &mut AnyConnection,
    id: SourceId,
) -> Result<Source, StoreRefused> {
    let found = find_source(connection, id).await?;
    found.ok_or(StoreRefused::NoSuchSource)
}

pub(crate) async fn insert(
    connection: &mut AnyConnection,
    source: &Source,
    revision: i64,
) -> Result<(), StoreRefused> {
    let mut given = Given::default();
    give(source, revision, &mut given);
    given.add(source.kind.as_str()).add(source.created.0);
    sqlx::query_with(
        "INSERT INTO knowledge_source (id, title, body, address, department, topics, language, status, \
         valid_from, valid_until, review_by, version, updated, updated_by, revision, kind, created, \
         removed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0)",
        given.take(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn update(
    connection: &mut AnyConnection,
    source: &Source,
    revision: i64,
) -> Result<(), StoreRefused> {
    let mut given = Given::default();
    give(source, revision, &mut given);
    sqlx::query_with(
        "UPDATE knowledge_source SET title = $2, body = $3, address = $4, department = $5, topics = $6, \
         language = $7, status = $8, valid_from = $9, valid_until = $10, review_by = $11, version = $12, \
         updated = $13, updated_by = $14, revision = $15 WHERE id = $1",
        given.take(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn give(source: &Source, revision: i64, given: &mut Given) {
    let day = |day: Option<Day>| day.map(|day| day.to_string());
    given
        .add_text(&source.id)
        .add(source.title.as_str())
        .add(source.body.as_str())
        .add(source.address.as_str())
        .add(source.department.map(|id| id.to_string()))
        .add(source.topics.as_str())
        .add(source.language.as_str())
        .add(source.status.as_str())
        .add(day(source.valid_from))
        .add(day(source.valid_until))
        .add(day(source.review_by))
        .add(source.version)
        .add(source.updated.0)
        .add(source.updated_by.as_str())
        .add(revision);
}
