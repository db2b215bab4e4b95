//! The desks of a unit: numbers and extensions, in the order in which they are tried.

use super::{changed_by, unit, unit_id, wanted_version, wire::EndpointOnWire};
use crate::{
    app::App,
    etag,
    json::Json,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_store::{Department, Endpoint, EndpointId, StoreRefused};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Desks in the order in which they are tried.
#[derive(Serialize, ToSchema)]
pub(crate) struct EndpointList {
    items: Vec<EndpointOnWire>,
}

/// The desks of a unit, active or not.
#[utoipa::path(get, path = "/departments/{id}/endpoints", tag = "directory",
    responses((status = 200, body = EndpointList), (status = 404)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Path(which): Path<String>,
) -> Result<axum::Json<EndpointList>, Problem> {
    who.must(Right::ReadDirectory)?;
    let directory = app.store.directory().await?;
    let endpoints = unit(&directory, &which)?.endpoints.iter();
    let items = endpoints.map(EndpointOnWire::from).collect();
    Ok(axum::Json(EndpointList { items }))
}

/// What a desk is. When it is added, `extension` is needed; when it is changed, absent members stay.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct EndpointFields {
    /// A number or extension, in any spelling.
    extension: Option<String>,
    label: Option<String>,
    /// The lowest is tried first; after all others when nothing is said.
    priority: Option<i64>,
    /// 1 to 10; 3 when nothing is said.
    rings: Option<u8>,
    /// True when nothing is said.
    active: Option<bool>,
}

impl EndpointFields {
    fn put(self, desk: &mut Endpoint) {
        if let Some(extension) = self.extension {
            desk.extension = extension;
        }
        if let Some(label) = self.label {
            desk.label = label;
        }
        desk.priority = self.priority.unwrap_or(desk.priority);
        desk.rings = self.rings.unwrap_or(desk.rings);
        desk.active = self.active.unwrap_or(desk.active);
    }
}

/// Adds a desk to a unit.
#[utoipa::path(post, path = "/departments/{id}/endpoints", tag = "directory",
    request_body = EndpointFields,
    responses((status = 201, body = EndpointOnWire), (status = 403), (status = 404),
        (status = 409), (status = 422)))]
pub(crate) async fn add(
    State(app): State<App>,
    who: Identity,
    Path(which): Path<String>,
    Json(fields): Json<EndpointFields>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    let id = unit_id(&app, &which).await?;
    let by = changed_by(&app, &who);
    let desk = EndpointId::new(by.at);
    let change = |unit: &mut Department| {
        let mut new = Endpoint::dialled(desk, "", unit.last_priority());
        fields.put(&mut new);
        unit.endpoints.push(new);
        Ok(())
    };
    let (mut unit, ()) = app.store.change_department(&by, id, None, change).await?;
    let told = shown(unit.endpoint_mut(desk)?);
    Ok((StatusCode::CREATED, told).into_response())
}

/// Changes a desk. With `If-Match`, only at that version: 412 `stale` otherwise.
#[utoipa::path(patch, path = "/departments/{id}/endpoints/{endpoint}", tag = "directory",
    request_body = EndpointFields,
    responses((status = 200, body = EndpointOnWire), (status = 403), (status = 404),
        (status = 412), (status = 422)))]
pub(crate) async fn patch(
    State(app): State<App>,
    who: Identity,
    Path((which, desk)): Path<(String, String)>,
    headers: HeaderMap,
    Json(fields): Json<EndpointFields>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    let (id, desk) = (unit_id(&app, &which).await?, desk_id(&desk)?);
    let (by, version) = (changed_by(&app, &who), wanted_version(&headers)?);
    let change = |unit: &mut Department| {
        let endpoint = unit.endpoint_mut(desk)?;
        check_version(endpoint, version)?;
        fields.put(endpoint);
        Ok(())
    };
    let (mut unit, ()) = app.store.change_department(&by, id, None, change).await?;
    Ok(shown(unit.endpoint_mut(desk)?))
}

/// Removes a desk.
#[utoipa::path(delete, path = "/departments/{id}/endpoints/{endpoint}", tag = "directory",
    responses((status = 204), (status = 403), (status = 404), (status = 412)))]
pub(crate) async fn remove(
    State(app): State<App>,
    who: Identity,
    Path((which, desk)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    who.must(Right::Administer)?;
    let (id, desk) = (unit_id(&app, &which).await?, desk_id(&desk)?);
    let (by, version) = (changed_by(&app, &who), wanted_version(&headers)?);
    let change = |unit: &mut Department| {
        check_version(unit.endpoint_mut(desk)?, version)?;
        unit.endpoints.retain(|endpoint| endpoint.id != desk);
        Ok(())
    };
    app.store.change_department(&by, id, None, change).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check_version(endpoint: &Endpoint, wanted: Option<i64>) -> Result<(), StoreRefused> {
    match wanted {
        Some(wanted) if wanted != endpoint.version => Err(StoreRefused::Stale {
            current: endpoint.version,
        }),
        _ => Ok(()),
    }
}

fn desk_id(text: &str) -> Result<EndpointId, Problem> {
    let none = |_| Problem::new(Code::NoSuchEndpoint);
    text.parse().map_err(none)
}

fn shown(desk: &mut Endpoint) -> Response {
    let tag = [(header::ETAG, etag::write(desk.version))];
    (tag, axum::Json(EndpointOnWire::from(&*desk))).into_response()
}
