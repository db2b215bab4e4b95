//! By what a case is answered. During a call there is no case yet: what is attached to the call is its case's
//! once it is recorded.

use super::{
    changed_by, source_id, today,
    wire::{SourceOnWire, brief},
};
use crate::{
    app::App,
    calls_api::may_see_call,
    clock::rfc3339,
    json::Json,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kring_store::{Attached, AttachedTo, Confidentiality};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A source that is attached.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttachedOnWire {
    source: SourceOnWire,
    /// The version that was read out.
    version: i64,
    at: String,
    who: String,
}

/// What is attached, in the order in which it was.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttachedList {
    items: Vec<AttachedOnWire>,
}

/// What to attach.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attach {
    source_id: String,
}

/// By what a case was answered. That of a tip is for its officers.
#[utoipa::path(get, path = "/cases/{id}/knowledge", tag = "knowledge",
    operation_id = "list_case_knowledge",
    responses((status = 200, body = AttachedList), (status = 403), (status = 404)))]
pub(crate) async fn of_case(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<axum::Json<AttachedList>, Problem> {
    who.must(Right::ReadCases)?;
    let to = case(&app, &who, &id).await?;
    list(&app, app.store.attached_sources(to).await?).await
}

/// Attaches a source to a case; attached twice, it is attached once.
#[utoipa::path(post, path = "/cases/{id}/knowledge", tag = "knowledge",
    operation_id = "attach_to_case",
    request_body(content = Attach, example = json!({"source_id": "00000000000000000000000206"})),
    responses((status = 201, body = AttachedList), (status = 403), (status = 404),
        (status = 409)))]
pub(crate) async fn to_case(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(attach): Json<Attach>,
) -> Result<Response, Problem> {
    who.must(Right::WriteCases)?;
    let to = case(&app, &who, &id).await?;
    attached(&app, &who, to, &attach).await
}

/// Takes a source away from a case.
#[utoipa::path(delete, path = "/cases/{id}/knowledge/{source}", tag = "knowledge",
    operation_id = "detach_from_case",
    responses((status = 204), (status = 403), (status = 404)))]
pub(crate) async fn from_case(
    State(app): State<App>,
    who: Identity,
    Path((id, source)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    who.must(Right::WriteCases)?;
    let to = case(&app, &who, &id).await?;
    detached(&app, &who, to, &source).await
}

/// By what a call is answered.
#[utoipa::path(get, path = "/calls/{id}/knowledge", tag = "knowledge",
    operation_id = "list_call_knowledge",
    responses((status = 200, body = AttachedList), (status = 403), (status = 404)))]
pub(crate) async fn of_call(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<axum::Json<AttachedList>, Problem> {
    let to = AttachedTo::Call(may_see_call(&app, &who, &id).await?);
    list(&app, app.store.attached_sources(to).await?).await
}

/// Attaches a source to a call, and so to the case that it will be.
#[utoipa::path(post, path = "/calls/{id}/knowledge", tag = "knowledge",
    operation_id = "attach_to_call",
    request_body(content = Attach, example = json!({"source_id": "00000000000000000000000206"})),
    responses((status = 201, body = AttachedList), (status = 403), (status = 404),
        (status = 409)))]
pub(crate) async fn to_call(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(attach): Json<Attach>,
) -> Result<Response, Problem> {
    who.must(Right::ActOnCalls)?;
    let to = AttachedTo::Call(may_see_call(&app, &who, &id).await?);
    attached(&app, &who, to, &attach).await
}

/// Takes a source away from a call.
#[utoipa::path(delete, path = "/calls/{id}/knowledge/{source}", tag = "knowledge",
    operation_id = "detach_from_call",
    responses((status = 204), (status = 403), (status = 404)))]
pub(crate) async fn from_call(
    State(app): State<App>,
    who: Identity,
    Path((id, source)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    who.must(Right::ActOnCalls)?;
    let to = AttachedTo::Call(may_see_call(&app, &who, &id).await?);
    detached(&app, &who, to, &source).await
}

async fn case(app: &App, who: &Identity, id: &str) -> Result<AttachedTo, Problem> {
    who.must(Right::ReadKnowledge)?;
    let id = id.parse().map_err(|_| Problem::new(Code::NoSuchCase))?;
    let case = app.store.case(id).await?;
    let case = case.ok_or_else(|| Problem::new(Code::NoSuchCase))?;
    if case.confidentiality != Confidentiality::Normal {
        who.must(Right::ReadTips)?;
        let by = changed_by(app, who);
        app.store
            .note_read(&by, "case.knowledge", &id.to_string())
            .await?;
    }
    Ok(AttachedTo::Case(id))
}

async fn attached(
    app: &App,
    who: &Identity,
    to: AttachedTo,
    attach: &Attach,
) -> Result<Response, Problem> {
    who.must(Right::ReadKnowledge)?;
    let by = changed_by(app, who);
    let source = source_id(&attach.source_id)?;
    let now = app.store.attach_source(&by, today(app), to, source).await?;
    Ok((StatusCode::CREATED, list(app, now).await?).into_response())
}

async fn detached(
    app: &App,
    who: &Identity,
    to: AttachedTo,
    source: &str,
) -> Result<StatusCode, Problem> {
    let by = changed_by(app, who);
    app.store.detach_source(&by, to, source_id(source)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list(app: &App, attached: Vec<Attached>) -> Result<axum::Json<AttachedList>, Problem> {
    let directory = app.store.directory_at_hand().await?;
    let today = today(app);
    let one = |one: &Attached| AttachedOnWire {
        source: brief(&one.source, &directory, today),
        version: one.version,
        at: rfc3339(one.at),
        who: one.who.clone(),
    };
    let items = attached.iter().map(one).collect();
    Ok(axum::Json(AttachedList { items }))
}
