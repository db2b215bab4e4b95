//! The row of a video session in SQL.

use crate::{
    CaseRefused, StoreRefused, VideoSessionId, VideoSessionRow,
    sql::{Cells, Given, Question, Value},
};
use kring_journal::WallTime;
use sqlx::AnyConnection;

/// The columns of a session `v`, in the order in which [`read_row`] wants them.
pub(crate) const COLUMNS: &str = "v.id, v.case_id, v.department, v.officer, v.starts, v.ends, v.channel, v.link, \
    v.state, v.outcome, v.made_by, v.reminded, v.version";

pub(crate) async fn insert(
    connection: &mut AnyConnection,
    row: &VideoSessionRow,
    now: WallTime,
) -> Result<(), StoreRefused> {
    let mut given = Given::default();
    given
        .add_text(&row.id)
        .add_text(&row.case)
        .add_text(&row.department)
        .add(row.officer.as_str())
        .add(row.starts.0)
        .add(row.ends.0)
        .add(row.channel.as_str())
        .add(row.link.as_str())
        .add(row.state.as_str())
        .add(row.made_by.as_str())
        .add(now.0);
    sqlx::query_with(
        "INSERT INTO video_session (id, case_id, department, officer, starts, ends, channel, link, \
         state, outcome, made_by, made, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, 1)",
        given.take(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn update(
    connection: &mut AnyConnection,
    row: &VideoSessionRow,
) -> Result<(), StoreRefused> {
    let mut given = Given::default();
    given
        .add_text(&row.id)
        .add(row.officer.as_str())
        .add(row.starts.0)
        .add(row.ends.0)
        .add(row.channel.as_str())
        .add(row.state.as_str())
        .add(row.outcome.as_str())
        .add_wall(row.reminded)
        .add(row.version);
    let done = sqlx::query_with(
        "UPDATE video_session SET officer = $2, starts = $3, ends = $4, channel = $5, state = $6, \
         outcome = $7, reminded = $8, version = $9 WHERE id = $1 AND version = $9 - 1",
        given.take(),
    )
    .execute(connection)
    .await?;
    match done.rows_affected() {
        0 => Err(StoreRefused::Stale {
            current: row.version,
        }),
        _ => Ok(()),
    }
}

pub(crate) async fn read_one(
    connection: &mut AnyConnection,
    id: VideoSessionId,
) -> Result<VideoSessionRow, StoreRefused> {
    let mut question = Question::new(&format!("SELECT {COLUMNS} FROM video_session v"));
    question.when_is("v.id = $", [Value::text(&id)]);
    let rows = question.rows(connection).await?;
    let row = rows.first().ok_or(CaseRefused::NoSuchVideoSession)?;
    read_row(&mut Cells::of(row, "video_session"))
}

pub(crate) fn read_row(cells: &mut Cells<'_>) -> Result<VideoSessionRow, StoreRefused> {
    Ok(VideoSessionRow {
        id: cells.id()?,
        case: cells.id()?,
        department: cells.id()?,
        officer: cells.text()?,
        starts: cells.wall()?,
        ends: cells.wall()?,
        channel: cells.text()?,
        link: cells.text()?,
        state: cells.name()?,
        outcome: cells.text()?,
        made_by: cells.text()?,
        reminded: cells.some_wall()?,
        version: cells.int()?,
    })
}
