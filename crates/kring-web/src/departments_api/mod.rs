//! `/departments` and `/holidays`: whom a call may be passed on to, and when. Everybody who works here reads
//! it, administrators change it, and every change is in the audit.

mod edit;
mod endpoints;
mod find;
mod holidays;
mod hours;
mod import;
mod wire;

pub(crate) use import::{How, ImportedOnWire, bad_import, csv_body};

use crate::{
    app::{App, Rooms},
    etag, limits,
    problem::{Code, Problem},
    session::Identity,
};
use axum::{
    extract::DefaultBodyLimit,
    http::{HeaderMap, header},
};
use kring_store::{ChangedBy, Department, DepartmentId, Directory};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the directory.
pub(crate) fn routes() -> OpenApiRouter<App> {
    let import = OpenApiRouter::new().routes(routes!(import::import));
    let import = import.layer(DefaultBodyLimit::max(limits::IMPORT_BYTES));
    OpenApiRouter::new()
        .routes(routes!(find::list, edit::add))
        .routes(routes!(find::search))
        .routes(routes!(import::export))
        .merge(import)
        .routes(routes!(find::get, edit::patch, edit::remove))
        .routes(routes!(find::status))
        .routes(routes!(endpoints::list, endpoints::add))
        .routes(routes!(endpoints::patch, endpoints::remove))
        .routes(routes!(hours::get, hours::put))
        .routes(routes!(holidays::list, holidays::add))
        .routes(routes!(holidays::remove))
}

/// Who makes a change, for the audit.
pub(crate) fn changed_by(app: &Rooms, who: &Identity) -> ChangedBy {
    ChangedBy {
        who: who.key(),
        at: app.clock.now().1,
    }
}

/// The unit with this id or short name.
fn unit<'d>(directory: &'d Directory, which: &str) -> Result<&'d Department, Problem> {
    let unit = directory.find(which);
    unit.ok_or_else(|| Problem::new(Code::NoSuchDepartment))
}

/// Its id.
async fn unit_id(app: &App, which: &str) -> Result<DepartmentId, Problem> {
    Ok(unit(&*app.store.directory().await?, which)?.id)
}

/// The version that `If-Match` asks for; none: whatever is stored.
pub(crate) fn wanted_version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let tag = headers.get(header::IF_MATCH);
    let read = |tag| etag::read(tag).ok_or_else(|| Problem::new(Code::Stale));
    tag.map(read).transpose()
}
