//! `/knowledge`: what agents look things up in. Everybody who answers calls reads it, editors change it, and
//! every change is in the audit. Texts travel as they were written, never as HTML.

mod attach;
mod edit;
mod file;
mod gaps;
mod import;
mod list;
mod search;
mod synonyms;
mod wire;

use crate::{
    app::App,
    departments_api::changed_by,
    etag, limits,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    extract::DefaultBodyLimit,
    http::{HeaderMap, header},
};
use kring_store::{DepartmentId, Directory, SourceId};
use kring_time::Day;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the knowledge.
pub(crate) fn routes() -> OpenApiRouter<App> {
    let import = OpenApiRouter::new().routes(routes!(import::import));
    let import = import.layer(DefaultBodyLimit::max(limits::KNOWLEDGE_IMPORT_BYTES));
    let edit = OpenApiRouter::new()
        .routes(routes!(list::list, edit::add))
        .routes(routes!(list::get, edit::patch, edit::remove));
    let edit = edit.layer(DefaultBodyLimit::max(limits::ARTICLE_BYTES));
    OpenApiRouter::new()
        .merge(edit)
        .merge(import)
        .routes(routes!(search::search))
        .routes(routes!(list::versions))
        .routes(routes!(list::reviews))
        .routes(routes!(list::documents))
        .routes(routes!(file::file))
        .routes(routes!(gaps::list, gaps::add))
        .routes(routes!(gaps::answer))
        .routes(routes!(synonyms::list, synonyms::add))
        .routes(routes!(synonyms::put, synonyms::remove))
        .routes(routes!(import::export))
        .routes(routes!(attach::of_case, attach::to_case))
        .routes(routes!(attach::from_case))
        .routes(routes!(attach::of_call, attach::to_call))
        .routes(routes!(attach::from_call))
}

/// The day in the centre.
fn today(app: &App) -> Day {
    let zone = &app.config.rules.now().hours.zone;
    let now = zone.civil_minute(app.clock.now().1);
    now.map_or_else(|| Day::of(1970, 1, 1).expect("that day was"), |now| now.day)
}

fn source_id(text: &str) -> Result<SourceId, Problem> {
    text.parse().map_err(|_| Problem::new(Code::NoSuchSource))
}

/// The unit that a filter or a field names by id or short name.
fn unit_id(directory: &Directory, which: &str) -> Result<DepartmentId, Problem> {
    let unit = directory.find(which).map(|unit| unit.id);
    unit.ok_or_else(|| Problem::new(Code::NoSuchDepartment))
}

/// The version that `If-Match` asks for; none: whatever is stored.
fn wanted_version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let tag = headers.get(header::IF_MATCH);
    let read = |tag| etag::read(tag).ok_or_else(|| Problem::new(Code::Stale));
    tag.map(read).transpose()
}

fn is_editor(who: &Identity) -> bool {
    who.may(Right::WriteKnowledge)
}
