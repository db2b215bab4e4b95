//! `GET|PUT /calls/{id}/draft`: what the agent has typed, kept as it is typed.
//!
//! The ETag is the version, 0 while nothing is stored. A page that saw an older one is told what is stored and
//! merges; nothing that was typed is ever written over unseen.

use super::{Known, call_id};
use crate::{
    app::App,
    clock::rfc3339,
    json::Json,
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
    wire::{ContactOnWire, DraftOnWire, NumberOnWire},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_store::{DraftWrite, TrustedDone, TrustedWrite};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// What kring knows of the call's record by itself.
#[derive(Serialize, ToSchema)]
pub(crate) struct Prefilled {
    /// Who called, when one person uses the number.
    contact: Option<ContactOnWire>,
    /// The number that the screen shows.
    number: Option<NumberOnWire>,
    queue: String,
    /// The unit that the caller was transferred to.
    department_id: Option<String>,
    /// The extension that has the caller since.
    extension: Option<String>,
}

/// A draft with what kring fills in.
#[derive(Serialize, ToSchema)]
pub(crate) struct DraftAnswer {
    #[serde(flatten)]
    draft: DraftOnWire,
    prefilled: Prefilled,
    /// It is of a tip, and somebody else's: what was typed is not shown.
    masked: bool,
}

/// The draft of a call, from its offer on, with its version as ETag: 0 while nothing was typed. What kring knows
/// by itself stands in `prefilled`.
#[utoipa::path(get, path = "/calls/{id}/draft", tag = "record", operation_id = "read_draft",
    responses((status = 200, body = DraftAnswer), (status = 403), (status = 404)))]
pub(crate) async fn read(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = call_id(&id)?;
    let known = Known::find(&app, &who, id).await?;
    let own = who.person().is_some_and(|agent| known.is_of(&agent.login));
    if !own {
        who.must(Right::ActOnFloor)?;
    }
    let record = &known.row.record;
    if record.case_ref.is_some() || record.no_case.is_some() {
        return Err(Problem::new(Code::NoDraft));
    }
    let nothing = DraftOnWire {
        version: 0,
        body: json!({}),
        saved_at: None,
    };
    let draft = app.store.draft(id).await?;
    let mut draft = draft.as_ref().map_or(nothing, DraftOnWire::from);
    let masked = !own && !who.may(Right::ReadTips) && is_tip(&draft.body);
    if masked {
        draft.body = json!({});
    }
    let tag: HeaderValue = crate::etag::write(draft.version);
    let answer = DraftAnswer {
        draft,
        prefilled: prefilled(&app, &known).await?,
        masked,
    };
    Ok((StatusCode::OK, [(header::ETAG, tag)], axum::Json(answer)).into_response())
}

/// Whether what was typed is a tip's: not for others, before it is confirmed either.
pub(super) fn is_tip(body: &Value) -> bool {
    body.get("kind").and_then(Value::as_str) == Some("tip")
}

async fn prefilled(app: &App, known: &Known) -> Result<Prefilled, Problem> {
    let row = &known.row;
    let number = row.number.as_ref();
    let contact = match number {
        None => None,
        Some(number) => app.store.caller_card(&number.canonical, 0).await?.contact,
    };
    let extension = row.record.connected_to.clone();
    let unit = match &extension {
        None => None,
        Some(extension) => app.store.owner_of(extension).await?,
    };
    Ok(Prefilled {
        contact: contact.as_ref().map(ContactOnWire::from),
        number: number.map(NumberOnWire::from),
        queue: row.record.queue.clone(),
        department_id: unit.map(|unit| unit.department.to_string()),
        extension,
    })
}

/// Stores a draft in place of the version in `If-Match`; without it, with `"0"`, or with `If-None-Match: *`,
/// only where none is stored. 412 `stale_draft` carries what is stored (`current`) and what was sent (`yours`).
#[utoipa::path(put, path = "/calls/{id}/draft", tag = "record", operation_id = "write_draft",
    request_body(content = Object, example = json!({"subject": "จดทะเบียน"})),
    responses((status = 200, body = DraftOnWire), (status = 403), (status = 404), (status = 412),
        (status = 413), (status = 422)))]
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
            let stale = Problem::new(Code::StaleDraft).with("current", current);
            Err(stale.with("yours", json!({ "body": body })))
        }
        other => Err(super::record::already(other)),
    }
}

/// The version that `If-Match` names; `None` when the client saw no draft.
fn version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(tag) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let version = crate::etag::read(tag).ok_or_else(|| {
        Problem::new(Code::StaleDraft).detail("If-Match is a draft's version in quotes")
    })?;
    Ok(Some(version).filter(|version| *version != 0))
}

fn answer(draft: &DraftOnWire) -> Response {
    let tag: HeaderValue = crate::etag::write(draft.version);
    (StatusCode::OK, [(header::ETAG, tag)], axum::Json(draft)).into_response()
}
