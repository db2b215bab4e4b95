//! Adding, changing and removing units.

use super::{
    changed_by,
    find::shown,
    unit_id, wanted_version,
    wire::{DepartmentOnWire, one_text},
};
use crate::{
    app::App,
    json::Json,
    problem::Problem,
    session::{Identity, Right},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use kring_store::{Department, DepartmentId};
use serde::Deserialize;
use utoipa::ToSchema;

/// What a unit is. When it is added, `short` and `name_th` are needed; when it is changed, absent members stay.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DepartmentFields {
    /// Unique, in whatever letters.
    short: Option<String>,
    name_th: Option<String>,
    name_en: Option<String>,
    /// Without scheme.
    website: Option<String>,
    /// Empty: none.
    hotline: Option<String>,
    topics: Option<Vec<String>>,
    /// Its place in the list; at its end when nothing is said.
    sort: Option<i64>,
}

impl DepartmentFields {
    fn put(self, unit: &mut Department) {
        let topics = self.topics.as_deref().map(one_text);
        for (text, said) in [
            (&mut unit.short, self.short),
            (&mut unit.name_th, self.name_th),
            (&mut unit.name_en, self.name_en),
            (&mut unit.website, self.website),
            (&mut unit.hotline, self.hotline),
            (&mut unit.topics, topics),
        ] {
            if let Some(said) = said {
                *text = said;
            }
        }
        unit.sort = self.sort.unwrap_or(unit.sort);
    }
}

/// Adds a unit. 409 `taken`: another has this short name.
#[utoipa::path(post, path = "/departments", tag = "directory", request_body = DepartmentFields,
    responses((status = 201, body = DepartmentOnWire), (status = 403), (status = 409),
        (status = 422)))]
pub(crate) async fn add(
    State(app): State<App>,
    who: Identity,
    Json(fields): Json<DepartmentFields>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    let by = changed_by(&app, &who);
    let directory = app.store.directory().await?;
    let last = directory.departments().iter().map(|unit| unit.sort).max();
    let mut unit = Department::named(DepartmentId::new(by.at), "", "");
    unit.sort = last.unwrap_or(0).saturating_add(1);
    fields.put(&mut unit);
    let unit = app.store.add_department(&by, unit).await?;
    Ok((StatusCode::CREATED, shown(&unit)).into_response())
}

/// Changes a unit. With `If-Match`, only at that version: 412 `stale` otherwise.
#[utoipa::path(patch, path = "/departments/{id}", tag = "directory",
    request_body = DepartmentFields,
    responses((status = 200, body = DepartmentOnWire), (status = 403), (status = 404),
        (status = 409), (status = 412), (status = 422)))]
pub(crate) async fn patch(
    State(app): State<App>,
    who: Identity,
    Path(which): Path<String>,
    headers: HeaderMap,
    Json(fields): Json<DepartmentFields>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    let id = unit_id(&app, &which).await?;
    let (by, version) = (changed_by(&app, &who), wanted_version(&headers)?);
    let change = |unit: &mut Department| {
        fields.put(unit);
        Ok(())
    };
    let changed = app.store.change_department(&by, id, version, change);
    let (unit, ()) = changed.await?;
    Ok(shown(&unit))
}

/// Removes a unit. 409 `in_use` while there are cases of it: take its desks away instead.
#[utoipa::path(delete, path = "/departments/{id}", tag = "directory",
    responses((status = 204), (status = 403), (status = 404), (status = 409), (status = 412)))]
pub(crate) async fn remove(
    State(app): State<App>,
    who: Identity,
    Path(which): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    who.must(Right::Administer)?;
    let id = unit_id(&app, &which).await?;
    let (by, version) = (changed_by(&app, &who), wanted_version(&headers)?);
    app.store.remove_department(&by, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
