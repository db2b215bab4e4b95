//! What somebody will do about a case, and the list that an agent's day begins with.

use super::{Asking, due_field, midnight, today, wanted_version};
use crate::{
    app::App,
    calls_api::{Mistakes, said},
    clock::rfc3339,
    etag,
    json::{Filter, Json},
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_journal::AgentId;
use kring_store::{
    CaseRefused, CaseShown, FieldWhy, FollowUpFilter, FollowUpPatch, FollowUpRow, NewFollowUp,
};
use kring_time::Day;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Something that is to be done.
#[derive(Serialize, ToSchema)]
pub(crate) struct FollowUpOnWire {
    id: String,
    case: String,
    due: String,
    /// Empty when the asker may not read the case.
    what: String,
    assigned_to: String,
    made_by: String,
    /// When it was done; null: it is owed.
    done: Option<String>,
    done_by: Option<String>,
    version: i64,
    /// The case's reference and matter, in lists.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    case_ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

impl From<&FollowUpRow> for FollowUpOnWire {
    fn from(row: &FollowUpRow) -> FollowUpOnWire {
        FollowUpOnWire {
            id: row.id.to_string(),
            case: row.case.to_string(),
            due: rfc3339(row.due),
            what: row.what.clone(),
            assigned_to: row.assigned_to.to_string(),
            made_by: row.made_by.clone(),
            done: row.done.map(rfc3339),
            done_by: row.done_by.clone(),
            version: row.version,
            case_ref: None,
            subject: None,
        }
    }
}

impl FollowUpOnWire {
    fn of((row, shown): &(FollowUpRow, CaseShown)) -> FollowUpOnWire {
        FollowUpOnWire {
            case_ref: Some(shown.case.case_ref.clone()),
            subject: Some(shown.case.subject.clone()),
            ..FollowUpOnWire::from(row)
        }
    }
}

/// What is to be done, the most urgent first.
#[derive(Serialize, ToSchema)]
pub(crate) struct FollowUpList {
    items: Vec<FollowUpOnWire>,
}

/// Something to plan.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Plan {
    /// A time (RFC 3339), or a day of either era.
    due: Option<String>,
    /// Not empty.
    what: Option<String>,
    /// A login; whoever asks when nothing is said.
    assigned_to: Option<String>,
}

/// Plans something for a case.
#[utoipa::path(post, path = "/cases/{id}/follow-ups", tag = "cases", operation_id = "plan_follow_up",
    request_body(content = Plan, example = json!({"due": "2569-12-01", "what": "โทรแจ้งผล", "assigned_to": "somsri"})),
    responses((status = 201, body = FollowUpOnWire), (status = 403), (status = 404), (status = 409),
        (status = 422)))]
pub(crate) async fn plan(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(plan): Json<Plan>,
) -> Result<Response, Problem> {
    let asking = Asking::of(&app, &who);
    let found = asking.writable(&app, &who, &id).await?;
    let mut wrong = Mistakes::default();
    let what = wrong.filled("what", plan.what, kring_store::limits::SHORT_CHARS_MAX);
    let own = who.person().map(|agent| agent.login.clone());
    let assigned_to = said(plan.assigned_to)
        .map(|login| AgentId::new(&login))
        .or(own);
    let Some(assigned_to) = assigned_to.filter(|_| wrong.0.is_empty()) else {
        if wrong.0.is_empty() {
            wrong.add("assigned_to", FieldWhy::Missing);
        }
        return Err(Problem::fields(&wrong.0));
    };
    let new = NewFollowUp {
        due: due_field(&app, "due", plan.due.as_deref().unwrap_or_default())?,
        what,
        assigned_to,
    };
    let (access, case) = (&asking.access, found.case.id);
    let row = app
        .store
        .plan_follow_up(access, &asking.by, case, new)
        .await?;
    Ok((StatusCode::CREATED, shown(&row)).into_response())
}

/// Everything that is or was to be done for a case.
#[utoipa::path(get, path = "/cases/{id}/follow-ups", tag = "cases", operation_id = "list_follow_ups_of_case",
    responses((status = 200, body = FollowUpList), (status = 403), (status = 404)))]
pub(crate) async fn of_case(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<axum::Json<FollowUpList>, Problem> {
    who.must(Right::ReadCases)?;
    let asking = Asking::of(&app, &who);
    let found = asking.readable(&app, &id).await?;
    let filter = FollowUpFilter {
        case: Some(found.case.id),
        limit: limits::PAGE_ROWS_MAX,
        ..FollowUpFilter::default()
    };
    let rows = app.store.follow_ups(&asking.access, &filter).await?;
    let items = rows.iter().map(FollowUpOnWire::of).collect();
    Ok(axum::Json(FollowUpList { items }))
}

/// Which.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Which {
    /// `today` (what is late included), `overdue`, or a day (YYYY-MM-DD, either era).
    due: Option<String>,
    /// A login. Agents see their own.
    assigned_to: Option<String>,
    /// `true`: also what is done.
    done: Option<bool>,
    /// Rows, 1 to 200; 50 when nothing is said.
    limit: Option<u32>,
}

/// What is to be done, the most urgent first. Agents see their own.
#[utoipa::path(get, path = "/follow-ups", tag = "cases", params(Which), operation_id = "list_follow_ups",
    responses((status = 200, body = FollowUpList), (status = 400), (status = 403)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Filter(which): Filter<Which>,
) -> Result<axum::Json<FollowUpList>, Problem> {
    who.must(Right::ReadCases)?;
    let asking = Asking::of(&app, &who);
    let bad = || Problem::new(Code::BadFilter).with("filter", "due");
    let begins = |day: Day| midnight(&app, day).ok_or_else(bad);
    let (from, until) = match which.due.as_deref() {
        None => (None, None),
        Some("overdue") => (None, Some(app.clock.now().1)),
        Some("today") => {
            let today = today(&app).ok_or_else(bad)?;
            (None, Some(begins(today.next())?))
        }
        Some(day) => {
            let day: Day = day.parse().map_err(|_| bad())?;
            (Some(begins(day)?), Some(begins(day.next())?))
        }
    };
    let asked = which.assigned_to.as_deref().map(AgentId::new);
    let filter = FollowUpFilter {
        assigned_to: who.only_own().cloned().or(asked),
        from,
        until,
        owed: which.done != Some(true),
        limit: which
            .limit
            .unwrap_or(limits::PAGE_ROWS)
            .clamp(1, limits::PAGE_ROWS_MAX),
        ..FollowUpFilter::default()
    };
    let rows = app.store.follow_ups(&asking.access, &filter).await?;
    let cases = rows.iter().map(|(_, shown)| shown);
    app.store.note_tips_read(&asking.by, cases).await?;
    let items = rows.iter().map(FollowUpOnWire::of).collect();
    Ok(axum::Json(FollowUpList { items }))
}

/// What to change; absent members stay.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Changes {
    due: Option<String>,
    what: Option<String>,
    assigned_to: Option<String>,
    /// It is done, or is to be done after all.
    done: Option<bool>,
}

/// Changes what is to be done, or says that it is done. With `If-Match`, only at that version.
#[utoipa::path(patch, path = "/follow-ups/{id}", tag = "cases", operation_id = "change_follow_up",
    request_body(content = Changes, example = json!({"done": true})),
    responses((status = 200, body = FollowUpOnWire), (status = 403), (status = 404), (status = 412),
        (status = 422)))]
pub(crate) async fn patch(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(form): Json<Changes>,
) -> Result<Response, Problem> {
    who.must(Right::WriteCases)?;
    let asking = Asking::of(&app, &who);
    let none = || Problem::from(&CaseRefused::NoSuchFollowUp);
    let id = id.parse().map_err(|_| none())?;
    let due = form.due.map(|text| due_field(&app, "due", &text));
    let patch = FollowUpPatch {
        due: due.transpose()?,
        what: form.what,
        assigned_to: said(form.assigned_to).map(|login| AgentId::new(&login)),
        done: form.done,
    };
    let at = (id, wanted_version(&headers)?);
    let row = app
        .store
        .change_follow_up(&asking.access, &asking.by, at, &patch)
        .await?;
    Ok(shown(&row))
}

fn shown(row: &FollowUpRow) -> Response {
    let tag = [(header::ETAG, etag::write(row.version))];
    (tag, axum::Json(FollowUpOnWire::from(row))).into_response()
}
