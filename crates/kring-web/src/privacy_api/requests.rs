//! What persons ask for.

use super::subject;
use crate::{
    app::App,
    clock::{read_rfc3339, rfc3339},
    departments_api::changed_by,
    json::{Filter, Json},
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kring_store::{
    Erased, PrivacyFilter, PrivacyKind, PrivacyRequest, PrivacyRequestId, PrivacyStatus,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A request.
#[derive(Serialize, ToSchema)]
pub(crate) struct RequestOnWire {
    id: String,
    /// `access`, `erase`, `restrict` or `lift`.
    kind: &'static str,
    contact_id: Option<String>,
    /// A number that is nobody's contact, until the request is done.
    number: Option<String>,
    note: String,
    received: String,
    /// 90 days after it came for erasing, 30 for the others.
    due: String,
    /// It is open, and `due` has passed.
    overdue: bool,
    /// `open`, `done` or `refused`.
    status: &'static str,
    /// Why it was refused.
    reason: Option<String>,
    handled_by: Option<String>,
    closed: Option<String>,
    version: i64,
}

impl RequestOnWire {
    fn of(request: &PrivacyRequest, app: &App) -> RequestOnWire {
        let open = request.status == PrivacyStatus::Open;
        RequestOnWire {
            id: request.id.to_string(),
            kind: request.kind.as_str(),
            contact_id: request.contact.clone(),
            number: request.number.clone(),
            note: request.note.clone(),
            received: rfc3339(request.received),
            due: rfc3339(request.due),
            overdue: open && request.due < app.clock.now().1,
            status: request.status.as_str(),
            reason: Some(request.reason.clone()).filter(|reason| !reason.is_empty()),
            handled_by: request.handled_by.clone(),
            closed: request.closed.map(rfc3339),
            version: request.version,
        }
    }
}

/// Which requests.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Which {
    /// `open`, `done` or `refused`; all when nothing is said.
    status: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows, 1 to 200.
    limit: Option<u32>,
}

/// Requests, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct RequestPage {
    items: Vec<RequestOnWire>,
    next: Option<String>,
}

/// What persons have asked for, newest first.
#[utoipa::path(get, path = "/privacy/requests", tag = "privacy",
    operation_id = "list_privacy_requests", params(Which),
    responses((status = 200, body = RequestPage), (status = 400), (status = 403)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Filter(which): Filter<Which>,
) -> Result<axum::Json<RequestPage>, Problem> {
    who.must(Right::ActOnPrivacy)?;
    let status = which.status.as_deref().map(PrivacyStatus::from_name);
    if status == Some(None) {
        return Err(Problem::new(Code::BadFilter).with("filter", "status"));
    }
    let after = which.cursor.as_deref().map(str::parse).transpose();
    let limit = which.limit.unwrap_or(limits::PAGE_ROWS);
    let filter = PrivacyFilter {
        status: status.flatten(),
        after: after.map_err(|_| Problem::new(Code::BadCursor))?,
        limit: limit.clamp(1, limits::PAGE_ROWS_MAX),
    };
    let (requests, next) = app.store.privacy_requests(&filter).await?;
    let items = requests
        .iter()
        .map(|request| RequestOnWire::of(request, &app));
    Ok(axum::Json(RequestPage {
        items: items.collect(),
        next: next.map(|next| next.to_string()),
    }))
}

/// A request to be taken in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "erase", "contact_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "received": "2026-11-23T08:12:00Z", "note": "letter 12/2569"}))]
pub(crate) struct NewRequest {
    /// `access`, `erase`, `restrict` or `lift`.
    kind: String,
    /// Of this person.
    contact_id: Option<String>,
    /// Or of whoever has this number, which is nobody's contact.
    number: Option<String>,
    /// When it came; now when nothing is said.
    received: Option<String>,
    /// How it came. Without names: they would have to be erased, too.
    #[serde(default)]
    note: String,
}

/// Takes a request in; its clock runs from when it came.
#[utoipa::path(post, path = "/privacy/requests", tag = "privacy",
    operation_id = "add_privacy_request", request_body = NewRequest,
    responses((status = 201, body = RequestOnWire), (status = 403), (status = 404),
        (status = 422)))]
pub(crate) async fn add(
    State(app): State<App>,
    who: Identity,
    Json(new): Json<NewRequest>,
) -> Result<Response, Problem> {
    who.must(Right::ActOnPrivacy)?;
    let by = changed_by(&app, &who);
    let kind = PrivacyKind::from_name(&new.kind)
        .ok_or_else(|| Problem::field("kind", "is access, erase, restrict or lift"))?;
    let received = match new.received.as_deref() {
        None => by.at,
        Some(text) => read_rfc3339(text)
            .ok_or_else(|| Problem::field("received", "is no time such as 2026-11-23T08:12:00Z"))?,
    };
    let subject = subject(&app, new.contact_id.as_deref(), new.number.as_deref()).await?;
    let request = app
        .store
        .add_privacy_request(&by, kind, &subject, received, &new.note)
        .await?;
    let request = axum::Json(RequestOnWire::of(&request, &app));
    Ok((StatusCode::CREATED, request).into_response())
}

/// One request.
#[utoipa::path(get, path = "/privacy/requests/{id}", tag = "privacy",
    operation_id = "get_privacy_request",
    responses((status = 200, body = RequestOnWire), (status = 403), (status = 404)))]
pub(crate) async fn get(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<axum::Json<RequestOnWire>, Problem> {
    who.must(Right::ActOnPrivacy)?;
    let request = app.store.privacy_request(request_id(&id)?).await?;
    let request = request.ok_or_else(|| Problem::new(Code::NoSuchPrivacyRequest))?;
    Ok(axum::Json(RequestOnWire::of(&request, &app)))
}

/// How it is carried out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"dry_run": true}))]
pub(crate) struct How {
    /// Only tells what would be erased.
    dry_run: bool,
}

/// How much was erased, or would be.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErasedOnWire {
    contacts: u64,
    numbers: u64,
    callers: u64,
    /// Calls whose drafts and SIP messages go; the calls stay, and are nobody's.
    calls: u64,
    /// Cases whose words go; kind, unit and dates stay.
    cases: u64,
}

impl From<Erased> for ErasedOnWire {
    fn from(erased: Erased) -> ErasedOnWire {
        ErasedOnWire {
            contacts: erased.contacts,
            numbers: erased.numbers,
            callers: erased.callers,
            calls: erased.calls,
            cases: erased.cases,
        }
    }
}

/// What was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct CarriedOut {
    request: RequestOnWire,
    dry_run: bool,
    erased: Option<ErasedOnWire>,
}

/// Carries a request out: erases, restricts or lifts; an access is noted as handed over. 409 `closed` when it has
/// its end, 409 `in_call` while the person is in a call.
#[utoipa::path(post, path = "/privacy/requests/{id}/carry-out", tag = "privacy",
    operation_id = "carry_out_privacy_request", request_body = How,
    responses((status = 200, body = CarriedOut), (status = 403), (status = 404), (status = 409)))]
pub(crate) async fn carry_out(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(how): Json<How>,
) -> Result<axum::Json<CarriedOut>, Problem> {
    who.must(Right::ActOnPrivacy)?;
    let id = request_id(&id)?;
    let (request, erased) = if how.dry_run {
        let request = app.store.privacy_request(id).await?;
        let request = request.ok_or_else(|| Problem::new(Code::NoSuchPrivacyRequest))?;
        if request.status != PrivacyStatus::Open {
            return Err(Problem::new(Code::Closed));
        }
        let erased = match request.kind {
            PrivacyKind::Erase => Some(app.store.would_erase(&request.subject()?).await?),
            PrivacyKind::Access | PrivacyKind::Restrict | PrivacyKind::Lift => None,
        };
        (request, erased)
    } else {
        let by = changed_by(&app, &who);
        app.store.carry_out_privacy_request(&by, id).await?
    };
    if erased.is_some() && !how.dry_run {
        app.erased().await;
    }
    Ok(axum::Json(CarriedOut {
        request: RequestOnWire::of(&request, &app),
        dry_run: how.dry_run,
        erased: erased.map(ErasedOnWire::from),
    }))
}

/// Why it is refused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "อยู่ระหว่างการก่อตั้งสิทธิเรียกร้องตามกฎหมาย"}))]
pub(crate) struct Refusal {
    /// What the person is told; not empty.
    reason: String,
}

/// Refuses a request, with a reason that is kept.
#[utoipa::path(post, path = "/privacy/requests/{id}/refuse", tag = "privacy",
    operation_id = "refuse_privacy_request", request_body = Refusal,
    responses((status = 200, body = RequestOnWire), (status = 403), (status = 404),
        (status = 409), (status = 422)))]
pub(crate) async fn refuse(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(Refusal { reason }): Json<Refusal>,
) -> Result<axum::Json<RequestOnWire>, Problem> {
    who.must(Right::ActOnPrivacy)?;
    let by = changed_by(&app, &who);
    let id = request_id(&id)?;
    let refused = app.store.refuse_privacy_request(&by, id, reason.trim());
    Ok(axum::Json(RequestOnWire::of(&refused.await?, &app)))
}

fn request_id(text: &str) -> Result<PrivacyRequestId, Problem> {
    let none = |_| Problem::new(Code::NoSuchPrivacyRequest);
    text.parse().map_err(none)
}
