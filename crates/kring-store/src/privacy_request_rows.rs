//! The rows of requests at the PDPA desk, written inside the transaction of whoever asks.

use crate::{
    PrivacyRequest, PrivacyRequestId, PrivacyStatus, StoreRefused,
    audit::{ChangedBy, Deed, note},
    sql::{Cells, Given, Question, Value},
};
use sqlx::{AnyConnection, any::AnyRow};

pub(crate) const COLUMNS: &str = "SELECT id, kind, contact, subject_number, note, received, due, status, \
    reason, handled_by, closed, version FROM privacy_request";

/// The request, if nobody has closed it.
pub(crate) async fn open(
    connection: &mut AnyConnection,
    id: PrivacyRequestId,
) -> Result<PrivacyRequest, StoreRefused> {
    let request = find(connection, id).await?;
    let request = request.ok_or(StoreRefused::NoSuchPrivacyRequest)?;
    match request.status {
        PrivacyStatus::Open => Ok(request),
        PrivacyStatus::Done | PrivacyStatus::Refused => Err(StoreRefused::Closed),
    }
}

pub(crate) async fn find(
    connection: &mut AnyConnection,
    id: PrivacyRequestId,
) -> Result<Option<PrivacyRequest>, StoreRefused> {
    let mut question = Question::new(COLUMNS);
    question.when_is("id = $", [Value::text(&id)]);
    let rows = question.rows(connection).await?;
    rows.first().map(read).transpose()
}

pub(crate) async fn close(
    connection: &mut AnyConnection,
    by: &ChangedBy,
    request: &mut PrivacyRequest,
) -> Result<(), StoreRefused> {
    request.handled_by = Some(by.who.clone());
    request.closed = Some(by.at);
    request.version += 1;
    let mut given = Given::default();
    given
        .add(request.status.as_str())
        .add(request.reason.as_str())
        .add(by.who.as_str())
        .add(by.at.0)
        .add(request.version)
        .add(request.note.as_str())
        .add(request.number.clone())
        .add_text(&request.id);
    sqlx::query_with(
        "UPDATE privacy_request SET status = $1, reason = $2, handled_by = $3, closed = $4, \
         version = $5, note = $6, subject_number = $7 WHERE id = $8",
        given.take(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn set_restricted(
    connection: &mut AnyConnection,
    contact: &str,
    restricted: i64,
) -> Result<(), StoreRefused> {
    let done =
        sqlx::query("UPDATE contact SET restricted = $1, version = version + 1 WHERE id = $2")
            .bind(restricted)
            .bind(contact)
            .execute(connection)
            .await?;
    match done.rows_affected() {
        0 => Err(StoreRefused::NoSuchContact),
        _ => Ok(()),
    }
}

pub(crate) async fn insert(
    connection: &mut AnyConnection,
    request: &PrivacyRequest,
) -> Result<(), StoreRefused> {
    let mut given = Given::default();
    given
        .add_text(&request.id)
        .add(request.kind.as_str())
        .add(request.contact.clone())
        .add(request.number.clone())
        .add(request.note.as_str())
        .add(request.received.0)
        .add(request.due.0)
        .add(request.status.as_str())
        .add(request.reason.as_str())
        .add(request.version);
    sqlx::query_with(
        "INSERT INTO privacy_request (id, kind, contact, subject_number, note, received, due, \
         status, reason, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        given.take(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The audit keeps no number and no note: they would outlive the person.
pub(crate) async fn told(
    connection: &mut AnyConnection,
    by: &ChangedBy,
    action: &'static str,
    request: &PrivacyRequest,
    was: Option<&PrivacyRequest>,
) -> Result<(), StoreRefused> {
    let named = |request: &PrivacyRequest| PrivacyRequest {
        number: None,
        note: String::new(),
        ..request.clone()
    };
    let (is, was) = (named(request), was.map(named));
    let deed = Deed {
        action,
        subject: request.id.to_string(),
        was: was.as_ref(),
        is: Some(&is),
    };
    note(connection, by, deed).await
}

pub(crate) fn read(row: &AnyRow) -> Result<PrivacyRequest, StoreRefused> {
    let mut cells = Cells::of(row, "privacy_request");
    Ok(PrivacyRequest {
        id: cells.id()?,
        kind: cells.name()?,
        contact: cells.some_text()?,
        number: cells.some_text()?,
        note: cells.text()?,
        received: cells.wall()?,
        due: cells.wall()?,
        status: cells.name()?,
        reason: cells.text()?,
        handled_by: cells.some_text()?,
        closed: cells.some_wall()?,
        version: cells.int()?,
    })
}
