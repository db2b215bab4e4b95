//! Reading cases: the list, one by id, one by reference.

use super::{
    Asking, by_when, note_access,
    wire::{CaseBook, CaseOnWire},
};
use crate::{
    app::App,
    etag,
    json::Filter,
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use kring_journal::AgentId;
use kring_store::{CaseFilter, CaseKind, CaseShown, CaseStatus};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which cases; all of them when nothing is said.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Which {
    /// Of this person.
    contact: Option<String>,
    kind: Option<String>,
    status: Option<String>,
    /// Of this unit, by id or short name.
    department: Option<String>,
    /// Made by this agent.
    agent: Option<String>,
    /// Whose answer is owed and due before this time or day.
    due_before: Option<String>,
    /// `true`: whose answer should have been given by now.
    overdue: Option<bool>,
    /// Words of what it says, in any spelling; all of them must be there.
    q: Option<String>,
    /// A reference, or its beginning, in any spelling.
    #[serde(rename = "ref")]
    case_ref: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows, 1 to 200; 50 when nothing is said.
    limit: Option<u32>,
}

/// A page of cases, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct CasePageOnWire {
    items: Vec<CaseOnWire>,
    next: Option<String>,
}

/// Cases, newest first. Agents see their own, and all of a person whom they ask for; officers of tips all tips
/// (`kind=tip`); officers of a unit the unit's. What may not be read is not found by what it says.
#[utoipa::path(get, path = "/cases", tag = "cases", params(Which), operation_id = "list_cases",
    responses((status = 200, body = CasePageOnWire), (status = 400), (status = 403)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Filter(which): Filter<Which>,
) -> Result<Json<CasePageOnWire>, Problem> {
    who.must(Right::ReadCases)?;
    let asking = Asking::of(&app, &who);
    let book = CaseBook::open(&app).await?;
    let filter = filter(&app, &book, &who, &which)?;
    let page = app.store.cases(&asking.access, &filter).await?;
    app.store.note_tips_read(&asking.by, &page.cases).await?;
    Ok(Json(CasePageOnWire {
        items: page.cases.iter().map(|shown| book.case(shown)).collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

/// One case, with its version as ETag.
#[utoipa::path(get, path = "/cases/{id}", tag = "cases", operation_id = "get_case",
    responses((status = 200, body = CaseOnWire), (status = 403), (status = 404)))]
pub(crate) async fn get(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    who.must(Right::ReadCases)?;
    let found = Asking::of(&app, &who).case(&app, &id).await?;
    shown(&app, &found).await
}

/// The case with this reference: Thai digits, small letters, spaces and missing dashes are understood. 422
/// `bad_reference` when its check digit tells that it was misread.
#[utoipa::path(get, path = "/cases/by-ref/{ref}", tag = "cases", operation_id = "get_case_by_ref",
    responses((status = 200, body = CaseOnWire), (status = 403), (status = 404), (status = 422)))]
pub(crate) async fn by_ref(
    State(app): State<App>,
    who: Identity,
    Path(case_ref): Path<String>,
) -> Result<Response, Problem> {
    who.must(Right::ReadCases)?;
    let asking = Asking::of(&app, &who);
    let case = app.store.case_by_ref(&case_ref).await?;
    let case = case.ok_or_else(|| Problem::new(Code::NoSuchCase))?;
    let found = app
        .store
        .show_case(&asking.access, &asking.by, case)
        .await?;
    note_access(&app, &asking.by, &found);
    shown(&app, &found).await
}

/// A case with its ETag.
pub(super) async fn shown(app: &App, found: &CaseShown) -> Result<Response, Problem> {
    let tag = [(header::ETAG, etag::write(found.case.version))];
    let case = CaseBook::open(app).await?.case(found);
    Ok((tag, Json(case)).into_response())
}

fn filter(
    app: &App,
    book: &CaseBook,
    who: &Identity,
    which: &Which,
) -> Result<CaseFilter, Problem> {
    fn read<T>(
        name: &str,
        text: Option<&String>,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let bad = || Problem::new(Code::BadFilter).with("filter", name);
        text.map(|text| read(text).ok_or_else(bad)).transpose()
    }
    let limit = which.limit.unwrap_or(limits::PAGE_ROWS);
    let after = which.cursor.as_deref().map(str::parse).transpose();
    let contact = read("contact", which.contact.as_ref(), |t| t.parse().ok())?;
    let kind = read("kind", which.kind.as_ref(), CaseKind::from_name)?;
    let agent = which.agent.as_deref().map(AgentId::new);
    let tips = kind == Some(CaseKind::Tip) && who.may(Right::ReadTips);
    let agent = match (who.only_own(), contact.is_some() || tips) {
        (Some(own), false) => Some(own.clone()),
        _ => agent,
    };
    let due_before = read("due_before", which.due_before.as_ref(), |t| by_when(app, t))?;
    let now = app.clock.now().1;
    Ok(CaseFilter {
        contact,
        kind,
        status: read("status", which.status.as_ref(), CaseStatus::from_name)?,
        department: which
            .department
            .as_deref()
            .map(|unit| book.unit(unit))
            .transpose()?,
        agent,
        due_before: match which.overdue {
            Some(true) => Some(due_before.map_or(now, |before| before.min(now))),
            _ => due_before,
        },
        text: which.q.clone(),
        case_ref: which.case_ref.clone(),
        after: after.map_err(|_| Problem::new(Code::BadCursor))?,
        limit: limit.clamp(1, limits::PAGE_ROWS_MAX),
    })
}
