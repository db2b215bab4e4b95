//! What was done about a case.

use super::Asking;
use crate::{
    app::App,
    calls_api::Mistakes,
    clock::rfc3339,
    json::Json,
    problem::Problem,
    session::{Identity, Right},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kring_store::{ActivityKind, ActivityRow, CaseStatus, limits};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActivityOnWire {
    id: String,
    at: String,
    /// `person LOGIN` or `program NAME`.
    who: String,
    /// `opened`, `status`, `changed`, `note`, `called`, `wrote`, `unit_answered`, `attached`, `follow_up` or
    /// `video`.
    kind: &'static str,
    text: String,
    status_from: Option<&'static str>,
    status_to: Option<&'static str>,
}

impl From<&ActivityRow> for ActivityOnWire {
    fn from(row: &ActivityRow) -> ActivityOnWire {
        ActivityOnWire {
            id: row.id.to_string(),
            at: rfc3339(row.at),
            who: row.who.clone(),
            kind: row.kind.as_str(),
            text: row.text.clone(),
            status_from: row.from.map(CaseStatus::as_str),
            status_to: row.to.map(CaseStatus::as_str),
        }
    }
}

/// Everything that was done, oldest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActivityList {
    items: Vec<ActivityOnWire>,
}

/// Everything that was done about a case, oldest first.
#[utoipa::path(get, path = "/cases/{id}/activities", tag = "cases", operation_id = "list_activities",
    responses((status = 200, body = ActivityList), (status = 403), (status = 404)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<axum::Json<ActivityList>, Problem> {
    who.must(Right::ReadCases)?;
    let found = Asking::of(&app, &who).readable(&app, &id).await?;
    let rows = app.store.activities(found.case.id).await?;
    let items = rows.iter().map(ActivityOnWire::from).collect();
    Ok(axum::Json(ActivityList { items }))
}

/// Something that somebody has done.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Told {
    /// `note`, `called`, `wrote` or `unit_answered`; `note` when nothing is said.
    kind: Option<String>,
    /// Not empty.
    text: Option<String>,
}

/// Adds what somebody has done. It is never changed or taken out.
#[utoipa::path(post, path = "/cases/{id}/activities", tag = "cases", operation_id = "add_activity",
    request_body(content = Told, example = json!({"kind": "called", "text": "โทรแจ้งผลแล้ว"})),
    responses((status = 201, body = ActivityOnWire), (status = 403), (status = 404), (status = 409),
        (status = 422)))]
pub(crate) async fn add(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(told): Json<Told>,
) -> Result<Response, Problem> {
    let asking = Asking::of(&app, &who);
    let found = asking.writable(&app, &who, &id).await?;
    let mut wrong = Mistakes::default();
    let written = |text: &str| {
        let kind = ActivityKind::from_name(text);
        kind.filter(|kind| ActivityKind::WRITTEN.contains(kind))
    };
    let names = (
        written as fn(&str) -> _,
        "note, called, wrote, unit_answered",
    );
    let kind = wrong.named("kind", told.kind, ActivityKind::Note, names);
    let text = wrong.filled("text", told.text, limits::DETAIL_CHARS_MAX);
    if !wrong.0.is_empty() {
        return Err(Problem::fields(&wrong.0));
    }
    let (access, case) = (&asking.access, found.case.id);
    let row = app
        .store
        .add_activity(access, &asking.by, case, (kind, &text))
        .await?;
    let row = axum::Json(ActivityOnWire::from(&row));
    Ok((StatusCode::CREATED, row).into_response())
}
