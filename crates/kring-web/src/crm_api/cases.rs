//! Cases. What a tip says is masked to all but the officers of tips.

use crate::{
    app::App,
    clock::rfc3339,
    json::Filter,
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    Json,
    extract::{Path, State},
};
use kring_journal::AgentId;
use kring_store::{CaseFilter, CaseKind, CaseRow, CaseStatus, Confidentiality};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A case. Times are RFC 3339 in UTC.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseOnWire {
    id: String,
    #[serde(rename = "ref")]
    case_ref: String,
    /// `inquiry`, `consultation`, `complaint` or `tip`.
    kind: &'static str,
    subject: String,
    detail: String,
    contact_id: Option<String>,
    call: Option<String>,
    /// The canonical number of that call.
    number: Option<String>,
    department_id: Option<String>,
    extension: Option<String>,
    resolution: &'static str,
    /// `normal` or `restricted`.
    confidentiality: &'static str,
    /// `open`, `waiting_unit` or `closed`.
    status: &'static str,
    due: Option<String>,
    agent: String,
    opened: String,
    updated: String,
    version: i64,
    /// The asker may not read what it says, and whose it is.
    masked: bool,
}

impl From<&CaseRow> for CaseOnWire {
    fn from(case: &CaseRow) -> CaseOnWire {
        CaseOnWire {
            id: case.id.to_string(),
            case_ref: case.case_ref.clone(),
            kind: case.kind.as_str(),
            subject: case.subject.clone(),
            detail: case.detail.clone(),
            contact_id: case.contact.map(|id| id.to_string()),
            call: case.call.map(|id| id.to_string()),
            number: case.number.clone(),
            department_id: case.department.map(|id| id.to_string()),
            extension: case.extension.clone(),
            resolution: case.resolution.as_str(),
            confidentiality: case.confidentiality.as_str(),
            status: case.status.as_str(),
            due: case.due.map(rfc3339),
            agent: case.agent.to_string(),
            opened: rfc3339(case.opened),
            updated: rfc3339(case.updated),
            version: case.version,
            masked: false,
        }
    }
}

impl CaseOnWire {
    fn shown_to(case: &CaseRow, who: &Identity) -> CaseOnWire {
        let open = case.confidentiality == Confidentiality::Normal || who.may(Right::ReadTips);
        let shown = CaseOnWire::from(case);
        if open {
            return shown;
        }
        CaseOnWire {
            subject: String::new(),
            detail: String::new(),
            contact_id: None,
            number: None,
            call: None,
            masked: true,
            ..shown
        }
    }
}

/// Which cases; all of them when nothing is said.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Which {
    /// Of this person.
    contact: Option<String>,
    kind: Option<String>,
    status: Option<String>,
    department: Option<String>,
    /// Made by this agent.
    agent: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    limit: Option<u32>,
}

/// A page of cases, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct CasePageOnWire {
    items: Vec<CaseOnWire>,
    next: Option<String>,
}

/// Cases, newest first. Agents see their own, and all of a person whom they ask for.
#[utoipa::path(get, path = "/cases", tag = "cases", params(Which),
    responses((status = 200, body = CasePageOnWire)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Filter(which): Filter<Which>,
) -> Result<Json<CasePageOnWire>, Problem> {
    who.must(Right::ReadCases)?;
    let page = app.store.cases(&filter(&who, &which)?).await?;
    Ok(Json(CasePageOnWire {
        items: page
            .cases
            .iter()
            .map(|case| CaseOnWire::shown_to(case, &who))
            .collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

/// One case.
#[utoipa::path(get, path = "/cases/{id}", tag = "cases",
    responses((status = 200, body = CaseOnWire), (status = 404)))]
pub(crate) async fn get(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<CaseOnWire>, Problem> {
    who.must(Right::ReadCases)?;
    let id = id.parse().map_err(|_| Problem::new(Code::NoSuchCase))?;
    shown(app.store.case(id).await?, &who)
}

/// The case with this reference.
#[utoipa::path(get, path = "/cases/by-ref/{ref}", tag = "cases",
    responses((status = 200, body = CaseOnWire), (status = 404)))]
pub(crate) async fn by_ref(
    State(app): State<App>,
    who: Identity,
    Path(case_ref): Path<String>,
) -> Result<Json<CaseOnWire>, Problem> {
    who.must(Right::ReadCases)?;
    shown(app.store.case_by_ref(&case_ref).await?, &who)
}

fn shown(case: Option<CaseRow>, who: &Identity) -> Result<Json<CaseOnWire>, Problem> {
    let case = case.ok_or_else(|| Problem::new(Code::NoSuchCase))?;
    Ok(Json(CaseOnWire::shown_to(&case, who)))
}

fn filter(who: &Identity, which: &Which) -> Result<CaseFilter, Problem> {
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
    let agent = which.agent.as_deref().map(AgentId::new);
    let agent = match (who.only_own(), contact.is_some()) {
        (Some(own), false) => Some(own.clone()),
        _ => agent,
    };
    Ok(CaseFilter {
        contact,
        kind: read("kind", which.kind.as_ref(), CaseKind::from_name)?,
        status: read("status", which.status.as_ref(), CaseStatus::from_name)?,
        department: read("department", which.department.as_ref(), |t| t.parse().ok())?,
        agent,
        after: after.map_err(|_| Problem::new(Code::BadCursor))?,
        limit: limit.clamp(1, limits::PAGE_ROWS_MAX),
    })
}
