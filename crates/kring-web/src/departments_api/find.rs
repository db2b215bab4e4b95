//! Reading the directory: the list, one unit, type-ahead, and whether a unit is open.

use super::{
    unit,
    wire::{DepartmentOnWire, EndpointOnWire, NamedDay, StandingOnWire},
};
use crate::{
    app::App,
    clock::{read_rfc3339, rfc3339},
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
use kring_store::{Department, Found};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Page {
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows, 1 to 200; 200 when nothing is said: a ministry's units fit.
    limit: Option<u32>,
}

/// Units in the order of the list.
#[derive(Serialize, ToSchema)]
pub(crate) struct DepartmentList {
    items: Vec<DepartmentOnWire>,
    next: Option<String>,
}

/// The units of the ministry with their desks.
#[utoipa::path(get, path = "/departments", tag = "directory", params(Page),
    responses((status = 200, body = DepartmentList), (status = 400)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Filter(page): Filter<Page>,
) -> Result<Json<DepartmentList>, Problem> {
    who.must(Right::ReadDirectory)?;
    let directory = app.store.directory().await?;
    let mut units = directory.departments();
    if let Some(cursor) = &page.cursor {
        let after = place(cursor).ok_or_else(|| Problem::new(Code::BadCursor))?;
        let seen = |unit: &Department| (unit.sort, unit.short.as_str()) <= after;
        units = &units[units.iter().take_while(|unit| seen(unit)).count()..];
    }
    let limit = page.limit.unwrap_or(limits::PAGE_ROWS_MAX);
    let limit = limit.clamp(1, limits::PAGE_ROWS_MAX) as usize;
    let shown = &units[..units.len().min(limit)];
    let more = shown.last().filter(|_| shown.len() < units.len());
    Ok(Json(DepartmentList {
        items: shown
            .iter()
            .map(|unit| DepartmentOnWire::from(&**unit))
            .collect(),
        next: more.map(|last| format!("{}:{}", last.sort, last.short)),
    }))
}

/// The place in the list that a cursor tells.
fn place(cursor: &str) -> Option<(i64, &str)> {
    let (sort, short) = cursor.split_once(':')?;
    Some((sort.parse().ok()?, short))
}

/// One unit, by id or short name.
#[utoipa::path(get, path = "/departments/{id}", tag = "directory",
    responses((status = 200, body = DepartmentOnWire), (status = 404)))]
pub(crate) async fn get(
    State(app): State<App>,
    who: Identity,
    Path(which): Path<String>,
) -> Result<Response, Problem> {
    who.must(Right::ReadDirectory)?;
    let directory = app.store.directory().await?;
    Ok(shown(unit(&directory, &which)?))
}

/// A unit with its ETag.
pub(super) fn shown(unit: &Department) -> Response {
    let tag = [(header::ETAG, etag::write(unit.version))];
    (tag, Json(DepartmentOnWire::from(unit))).into_response()
}

/// What was typed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    /// Short name, number, name, label or topic, or the beginning or a part of one; several words must all
    /// match.
    q: String,
    /// Rows, 1 to 50; 10 when nothing is said.
    limit: Option<u32>,
}

/// A unit, or a desk of a unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct Hit {
    department_id: String,
    short: String,
    name_th: String,
    name_en: String,
    /// None: the unit itself.
    endpoint: Option<EndpointOnWire>,
    /// `short`, `number`, `name`, `label` or `topic`.
    found_by: &'static str,
    #[serde(flatten)]
    standing: StandingOnWire,
}

/// The closest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct HitList {
    items: Vec<Hit>,
}

/// Units and active desks that what was typed may mean: the same short name or number first, then what begins
/// with it, then what has a word that does, then what contains it. Spellings of Thai are folded.
#[utoipa::path(get, path = "/departments/search", tag = "directory", params(Typed),
    responses((status = 200, body = HitList)))]
pub(crate) async fn search(
    State(app): State<App>,
    who: Identity,
    Filter(typed): Filter<Typed>,
) -> Result<Json<HitList>, Problem> {
    who.must(Right::ReadDirectory)?;
    let limit = typed.limit.unwrap_or(limits::TYPE_AHEAD_ROWS);
    let limit = limit.clamp(1, limits::TYPE_AHEAD_ROWS_MAX) as usize;
    let directory = app.store.directory_at_hand().await?;
    let (now, rules) = (app.clock.now().1, app.config.rules.now());
    let hit = |found: &Found<'_>| Hit {
        department_id: found.department.id.to_string(),
        short: found.department.short.clone(),
        name_th: found.department.name_th.clone(),
        name_en: found.department.name_en.clone(),
        endpoint: found.endpoint.map(EndpointOnWire::from),
        found_by: found.by.as_str(),
        standing: directory
            .standing(found.department, now, &rules.hours)
            .into(),
    };
    let found = directory.search(&typed.q, limit);
    let items = found.iter().map(hit).collect();
    Ok(Json(HitList { items }))
}

/// When.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct At {
    /// RFC 3339, in any offset; now when nothing is said.
    at: Option<String>,
}

/// Open or closed at a time.
#[derive(Serialize, ToSchema)]
pub(crate) struct StatusOnWire {
    department_id: String,
    short: String,
    at: String,
    #[serde(flatten)]
    standing: StandingOnWire,
    /// The holiday, or the day of its own on which the unit has other hours.
    holiday: Option<NamedDay>,
}

/// Whether a unit is open, why not, and when it opens.
#[utoipa::path(get, path = "/departments/{id}/status", tag = "directory", params(At),
    responses((status = 200, body = StatusOnWire), (status = 400), (status = 404)))]
pub(crate) async fn status(
    State(app): State<App>,
    who: Identity,
    Path(which): Path<String>,
    Filter(At { at }): Filter<At>,
) -> Result<Json<StatusOnWire>, Problem> {
    who.must(Right::ReadDirectory)?;
    let bad = || Problem::new(Code::BadFilter).with("filter", "at");
    let at = at.map(|text| read_rfc3339(&text).ok_or_else(bad));
    let at = at.transpose()?.unwrap_or_else(|| app.clock.now().1);
    let directory = app.store.directory_at_hand().await?;
    let rules = app.config.rules.now();
    let unit = unit(&directory, &which)?;
    let day = rules.hours.zone.civil_minute(at).map(|minute| minute.day);
    let mut own = unit.exceptions.iter();
    let own = own.find(|exception| Some(exception.day) == day);
    let mut of_all = directory.holidays().iter();
    let of_all = of_all.find(|holiday| Some(holiday.day) == day);
    Ok(Json(StatusOnWire {
        department_id: unit.id.to_string(),
        short: unit.short.clone(),
        at: rfc3339(at),
        standing: directory.standing(unit, at, &rules.hours).into(),
        holiday: own.map(NamedDay::from).or(of_all.map(NamedDay::from)),
    }))
}
