//! The hours of a unit: those of its week, and days that are not like others.

use super::{changed_by, unit, unit_id, wanted_version};
use crate::{
    app::App,
    etag,
    json::Json,
    problem::Problem,
    session::{Identity, Right},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use kring_store::{DayException, Department};
use serde::{Deserialize, Serialize};
use std::{fmt::Display, str::FromStr};
use utoipa::ToSchema;

/// The hours of a unit.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HoursFields {
    /// Of its week, as in `hours.default`: `mon-fri 08:30-12:00,13:00-16:30; sat 09:00-12:00`, or `always`.
    /// None: the hours of the house.
    hours: Option<String>,
    /// Days with other hours, whatever the week and the holidays say.
    exceptions: Vec<ExceptionFields>,
}

/// A day with other hours.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExceptionFields {
    /// `2026-12-31`; a year of the Buddhist era is read, too.
    day: String,
    /// `09:00-12:00`, or `closed`.
    hours: String,
    #[serde(default)]
    name_th: String,
    #[serde(default)]
    name_en: String,
}

/// The hours of a unit, and where its clocks are.
#[derive(Serialize, ToSchema)]
pub(crate) struct HoursOnWire {
    /// See [`HoursFields::hours`].
    hours: Option<String>,
    exceptions: Vec<ExceptionFields>,
    /// The time zone of all hours (`hours.tz`).
    tz: String,
    /// Of the unit.
    version: i64,
}

/// The hours of a unit. What the house has in place of none is in the configuration (`hours.default`).
#[utoipa::path(get, path = "/departments/{id}/hours", tag = "directory",
    responses((status = 200, body = HoursOnWire), (status = 404)))]
pub(crate) async fn get(
    State(app): State<App>,
    who: Identity,
    Path(which): Path<String>,
) -> Result<Response, Problem> {
    who.must(Right::ReadDirectory)?;
    let directory = app.store.directory().await?;
    Ok(shown(&app, unit(&directory, &which)?))
}

/// Gives a unit these hours in place of those it has. With `If-Match`, only at that version of the unit: 412
/// `stale` otherwise.
#[utoipa::path(put, path = "/departments/{id}/hours", tag = "directory",
    request_body = HoursFields,
    responses((status = 200, body = HoursOnWire), (status = 403), (status = 404), (status = 412),
        (status = 422)))]
pub(crate) async fn put(
    State(app): State<App>,
    who: Identity,
    Path(which): Path<String>,
    headers: HeaderMap,
    Json(fields): Json<HoursFields>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    let hours = fields.hours.as_deref();
    let hours = hours.map(|text| read("hours", text)).transpose()?;
    let exceptions = fields.exceptions.into_iter().map(exception);
    let exceptions: Vec<DayException> = exceptions.collect::<Result<_, _>>()?;
    let id = unit_id(&app, &which).await?;
    let (by, version) = (changed_by(&app, &who), wanted_version(&headers)?);
    let change = |unit: &mut Department| {
        unit.hours = hours;
        unit.exceptions = exceptions;
        Ok(())
    };
    let changed = app.store.change_department(&by, id, version, change);
    let (unit, ()) = changed.await?;
    Ok(shown(&app, &unit))
}

fn exception(fields: ExceptionFields) -> Result<DayException, Problem> {
    Ok(DayException {
        day: read("exceptions", &fields.day)?,
        hours: read("exceptions", &fields.hours)?,
        name_th: fields.name_th,
        name_en: fields.name_en,
    })
}

/// A value that is written as text.
pub(super) fn read<T: FromStr<Err: Display>>(field: &str, text: &str) -> Result<T, Problem> {
    text.parse()
        .map_err(|refused: T::Err| Problem::field(field, refused.to_string()))
}

fn shown(app: &App, unit: &Department) -> Response {
    let exceptions = unit.exceptions.iter().map(|exception| ExceptionFields {
        day: exception.day.to_string(),
        hours: exception.hours.to_string(),
        name_th: exception.name_th.clone(),
        name_en: exception.name_en.clone(),
    });
    let told = HoursOnWire {
        hours: unit.hours.as_ref().map(ToString::to_string),
        exceptions: exceptions.collect(),
        tz: app.config.rules.now().hours.zone.name().to_owned(),
        version: unit.version,
    };
    let tag = [(header::ETAG, etag::write(unit.version))];
    (tag, axum::Json(told)).into_response()
}
