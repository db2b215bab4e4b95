//! The holidays of all. Those of the configuration (`hours.holidays`) are shown and cannot be changed here.

use super::{changed_by, hours::read, wire::NamedDay};
use crate::{
    app::App,
    json::Json,
    problem::Problem,
    session::{Identity, Right},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use kring_store::Holiday;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Holidays by day.
#[derive(Serialize, ToSchema)]
pub(crate) struct HolidayList {
    items: Vec<NamedDay>,
    /// Days that the configuration makes holidays besides.
    configured: Vec<String>,
}

/// Days on which every unit and every queue is closed that has hours, unless they are exceptions of its own.
#[utoipa::path(get, path = "/holidays", tag = "directory",
    responses((status = 200, body = HolidayList)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
) -> Result<axum::Json<HolidayList>, Problem> {
    who.must(Right::ReadDirectory)?;
    let directory = app.store.directory().await?;
    let configured = &app.config.rules.now().hours.holidays;
    Ok(axum::Json(HolidayList {
        items: directory.holidays().iter().map(NamedDay::from).collect(),
        configured: configured.iter().map(ToString::to_string).collect(),
    }))
}

/// A holiday to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewHoliday {
    /// `2026-12-05`; a year of the Buddhist era is read, too.
    day: String,
    name_th: String,
    #[serde(default)]
    name_en: String,
}

/// Makes a day a holiday. 409 `taken`: it is one already.
#[utoipa::path(post, path = "/holidays", tag = "directory", request_body = NewHoliday,
    responses((status = 201, body = NamedDay), (status = 403), (status = 409), (status = 422)))]
pub(crate) async fn add(
    State(app): State<App>,
    who: Identity,
    Json(new): Json<NewHoliday>,
) -> Result<(StatusCode, axum::Json<NamedDay>), Problem> {
    who.must(Right::Administer)?;
    let holiday = Holiday {
        day: read("day", &new.day)?,
        name_th: new.name_th.trim().to_owned(),
        name_en: new.name_en.trim().to_owned(),
    };
    let by = changed_by(&app, &who);
    app.store.add_holiday(&by, &holiday).await?;
    let told = NamedDay::from(&holiday);
    Ok((StatusCode::CREATED, axum::Json(told)))
}

/// Makes it a day like others.
#[utoipa::path(delete, path = "/holidays/{day}", tag = "directory",
    responses((status = 204), (status = 403), (status = 404), (status = 422)))]
pub(crate) async fn remove(
    State(app): State<App>,
    who: Identity,
    Path(day): Path<String>,
) -> Result<StatusCode, Problem> {
    who.must(Right::Administer)?;
    let day = read("day", &day)?;
    let by = changed_by(&app, &who);
    app.store.remove_holiday(&by, day).await?;
    Ok(StatusCode::NO_CONTENT)
}
