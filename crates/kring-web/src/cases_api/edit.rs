//! Opening cases without a call, and changing them.

use super::{
    Asking, due_field,
    list::shown,
    must_be_theirs, today, wanted_version,
    wire::{CaseBook, CaseOnWire},
};
use crate::{
    app::App,
    calls_api::{KINDS, Mistakes, RESOLUTIONS, said},
    json::Json,
    problem::Problem,
    session::{Identity, Right},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_store::{
    CaseKind, CaseOutcome, CasePatch, CaseStatus, Confidentiality, ContactId, FieldWhy, NewCase,
    Resolution, limits,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A case that did not come by telephone.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Opening {
    /// `inquiry`, `consultation`, `complaint` or `tip`; `inquiry` when nothing is said.
    kind: Option<String>,
    /// Not empty.
    subject: Option<String>,
    detail: Option<String>,
    /// Of a complaint: `complainant` (`"contact"`, or `name`, `phone`, `address`), `respondent`, `goods_or_shop`,
    /// `place`, `happened_on`, `evidence`, `wish`. Of a tip: `anonymous`, `respondent`, `place`, `what`, `when`.
    /// Of a consultation: `officer`, `question`, `legal_basis`, `answer`.
    #[schema(value_type = Option<Object>)]
    fields: Option<Map<String, Value>>,
    contact_id: Option<String>,
    /// The unit concerned, by id or short name.
    department_id: Option<String>,
    /// `follow_up` when nothing is said: somebody has to act.
    resolution: Option<String>,
}

/// Opens a case without a call: somebody walked in, or wrote.
#[utoipa::path(post, path = "/cases", tag = "cases", operation_id = "open_case",
    request_body(content = Opening, example = json!({"kind": "complaint", "subject": "ไม่ปิดป้ายราคา",
        "department_id": "DIT", "fields": {"respondent": "ร้านโชคดี", "happened_on": "2569-11-20"}})),
    responses((status = 201, body = CaseOnWire), (status = 403), (status = 404), (status = 422)))]
pub(crate) async fn open(
    State(app): State<App>,
    who: Identity,
    Json(form): Json<Opening>,
) -> Result<Response, Problem> {
    who.must(Right::WriteCases)?;
    let asking = Asking::of(&app, &who);
    let book = CaseBook::open(&app).await?;
    let mut wrong = Mistakes::default();
    let kinds = (CaseKind::from_name as fn(&str) -> _, KINDS);
    let kind = wrong.named("kind", form.kind, CaseKind::Inquiry, kinds);
    let names = (Resolution::from_name as fn(&str) -> _, RESOLUTIONS);
    let resolution = wrong.named("resolution", form.resolution, Resolution::FollowUp, names);
    let subject = wrong.filled("subject", form.subject, limits::SHORT_CHARS_MAX);
    let detail = wrong.short("detail", form.detail, limits::DETAIL_CHARS_MAX);
    let contact = wrong.id::<ContactId>("contact_id", form.contact_id);
    let unit = said(form.department_id).map(|unit| book.unit(&unit));
    if matches!(unit, Some(Err(_))) {
        wrong.add("department_id", FieldWhy::NoSuch);
    }
    let fields = wrong.fields(kind, form.fields, today(&app));
    if !wrong.0.is_empty() {
        return Err(Problem::fields(&wrong.0));
    }
    let new = NewCase {
        kind,
        subject,
        detail: detail.unwrap_or_default(),
        fields,
        contact,
        department: unit.transpose()?,
        resolution,
        agent: who.says(),
    };
    let case = app.store.open_case(&asking.by, book.terms(), new).await?;
    let path = format!("/api/v1/cases/{}", case.id);
    let place = HeaderValue::try_from(path).expect("an id is letters and digits");
    let case = book.to_whoever_made_it(case);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, place)],
        axum::Json(case),
    )
        .into_response())
}

/// What to change; absent members stay.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Changes {
    subject: Option<String>,
    detail: Option<String>,
    /// In place of what was there: see `POST /cases`.
    #[schema(value_type = Option<Object>)]
    fields: Option<Map<String, Value>>,
    /// By id or short name.
    department_id: Option<String>,
    extension: Option<String>,
    resolution: Option<String>,
    /// `normal` or `restricted`. What is restricted is its officers' from then on.
    confidentiality: Option<String>,
    /// One of the case's `next`.
    status: Option<String>,
    /// Needed when it is closed.
    outcome: Option<String>,
    /// Why: needed when it is reopened.
    reason: Option<String>,
    /// A time (RFC 3339) or day that was promised, whatever the clock says.
    due: Option<String>,
}

/// Changes a case. With `If-Match`, only at that version: 412 `stale` otherwise. 409 `wrong_status` tells where it
/// may go (`allowed`). Each change of status is an activity.
#[utoipa::path(patch, path = "/cases/{id}", tag = "cases", operation_id = "change_case",
    request_body(content = Changes, example = json!({"status": "closed", "outcome": "resolved"})),
    responses((status = 200, body = CaseOnWire), (status = 403), (status = 404), (status = 409),
        (status = 412), (status = 422)))]
pub(crate) async fn patch(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(form): Json<Changes>,
) -> Result<Response, Problem> {
    let asking = Asking::of(&app, &who);
    let found = asking.writable(&app, &who, &id).await?;
    must_be_theirs(&who, &found)?;
    let book = CaseBook::open(&app).await?;
    let patch = read(&app, &book, found.case.kind, form)?;
    let at = (found.case.id, wanted_version(&headers)?);
    let (access, terms) = (&asking.access, book.terms());
    let case = app
        .store
        .change_case(access, &asking.by, terms, at, &patch)
        .await?;
    shown(&app, &asking.access.shown(case)).await
}

fn read(app: &App, book: &CaseBook, kind: CaseKind, form: Changes) -> Result<CasePatch, Problem> {
    const STATUSES: &str =
        "open, in_progress, waiting_unit, waiting_citizen, answered, closed, reopened";
    const OUTCOMES: &str =
        "resolved, forwarded, no_grounds, withdrawn, unreachable, duplicate, unresolved";
    let mut wrong = Mistakes::default();
    let names = (
        |text: &str| Resolution::from_name(text).map(Some),
        RESOLUTIONS,
    );
    let resolution = wrong.named("resolution", form.resolution, None, names);
    let names = (|text: &str| CaseStatus::from_name(text).map(Some), STATUSES);
    let status = wrong.named("status", form.status, None, names);
    let names = (
        |text: &str| CaseOutcome::from_name(text).map(Some),
        OUTCOMES,
    );
    let outcome = wrong.named("outcome", form.outcome, None, names);
    let names = (
        |text: &str| Confidentiality::from_name(text).map(Some),
        "normal, restricted",
    );
    let confidentiality = wrong.named("confidentiality", form.confidentiality, None, names);
    let subject = match form.subject {
        None => None,
        subject => Some(wrong.filled("subject", subject, limits::SHORT_CHARS_MAX)),
    };
    // What is sent empty is emptied.
    let detail = form.detail.map(|text| {
        let text = wrong.short("detail", Some(text), limits::DETAIL_CHARS_MAX);
        text.unwrap_or_default()
    });
    let fields = match form.fields {
        None => None,
        fields => wrong.fields(kind, fields, today(app)),
    };
    let extension = form.extension.map(|text| {
        let text = wrong.short("extension", Some(text), limits::SHORT_CHARS_MAX);
        text.unwrap_or_default()
    });
    let reason = wrong.short("reason", form.reason, limits::FIELD_CHARS_MAX);
    let unit = said(form.department_id).map(|unit| book.unit(&unit));
    if matches!(unit, Some(Err(_))) {
        wrong.add("department_id", FieldWhy::NoSuch);
    }
    if !wrong.0.is_empty() {
        return Err(Problem::fields(&wrong.0));
    }
    let due = form.due.map(|text| due_field(app, "due", &text));
    Ok(CasePatch {
        subject,
        detail,
        fields,
        department: unit.transpose()?,
        extension,
        resolution,
        confidentiality,
        status,
        outcome,
        reason,
        due: due.transpose()?,
    })
}
