//! `GET|PUT /calls/{id}/draft`: what the agent has typed, kept as it is typed.
//!
//! The ETag is the version. A page that saw an older one is told what is stored and merges; nothing
//! that was typed is ever written over unseen.

use super::{Known, call_id};
use crate::{
    app::App,
    clock::rfc3339,
    json::Json,
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
    wire::DraftOnWire,
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_store::{DraftWrite, TrustedDone, TrustedWrite};
use serde_json::Value;

/// The draft of a call, with its version as ETag.
#[utoipa::path(get, path = "/calls/{id}/draft", tag = "record",
    responses((status = 200, body = DraftOnWire), (status = 404)))]
pub(crate) async fn read(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = call_id(&id)?;
    Known::find(&app, &who, id).await?;
    let draft = app.store.draft(id).await?;
    let draft = draft.ok_or_else(|| Problem::new(Code::NoDraft))?;
    Ok(answer(&DraftOnWire::from(&draft)))
}

/// Stores a draft in place of the version in `If-Match`; without it, or with `If-None-Match: *`,
/// only where none is stored. 412 `stale_draft` carries what is stored.
#[utoipa::path(put, path = "/calls/{id}/draft", tag = "record", request_body = Object,
    responses((status = 200, body = DraftOnWire), (status = 412)))]
pub(crate) async fn write(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<Response, Problem> {
    who.must(Right::ActOnCalls)?;
    let call = call_id(&id)?;
    let agent = who.agent()?.login.clone();
    if !body.is_object() {
        return Err(Problem::new(Code::BadField).detail("a draft is an object"));
    }
    if body.to_string().len() > limits::DRAFT_BYTES {
        return Err(Problem::new(Code::TooLarge));
    }
    let write = TrustedWrite::SaveDraft(DraftWrite {
        call,
        agent,
        expected_version: version(&headers)?,
        body: body.clone(),
    });
    match app.desk.trust(write).await? {
        TrustedDone::DraftSaved { version } => {
            let (_, wall) = app.clock.now();
            let draft = DraftOnWire {
                version,
                body,
                saved_at: Some(rfc3339(wall)),
            };
            app.live.remember_draft(call, draft.clone());
            Ok(answer(&draft))
        }
        TrustedDone::StaleDraft { current } => {
            let current = current.as_ref().map(DraftOnWire::from);
            let current = serde_json::to_value(current).unwrap_or(Value::Null);
            Err(Problem::new(Code::StaleDraft).with("current", current))
        }
        other => Err(super::record::already(other)),
    }
}

/// The version that `If-Match` names; `None` when the client saw no draft.
fn version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(tag) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    crate::etag::read(tag).map(Some).ok_or_else(|| {
        Problem::new(Code::StaleDraft).detail("If-Match is a draft's version in quotes")
    })
}

fn answer(draft: &DraftOnWire) -> Response {
    let tag: HeaderValue = crate::etag::write(draft.version);
    (StatusCode::OK, [(header::ETAG, tag)], axum::Json(draft)).into_response()
}
