//! The settings of the house, and what an administrator asks of the process itself: to read its configuration again.

use crate::{
    app::App,
    configured::{Keys, SettingNow},
    configuring::{Change, carry_out},
    departments_api::{changed_by, wanted_version},
    etag,
    json::Json,
    problem::{Code, Problem},
    reload::{ConfigurationWish, ReloadRefused},
    session::{Identity, Right},
};
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use kring_store::ConfiguredKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The row of the settings: there is one.
pub(crate) const ROW: &str = "house";

/// The routes of the settings.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(settings, patch))
        .routes(routes!(reload))
}

/// The settings.
#[derive(Serialize, ToSchema)]
pub(crate) struct SettingList {
    items: Vec<SettingNow>,
    /// Of those in the database, for If-Match; 0: there are none.
    version: i64,
}

/// Values by full name; null takes a setting back to what it is if nobody says anything.
#[derive(Deserialize, ToSchema)]
#[schema(value_type = Object)]
pub(crate) struct NewSettings(Keys);

/// Every setting that pages may change, and what belongs to the process, which the file says.
#[utoipa::path(get, path = "/settings", tag = "settings", operation_id = "settings",
    responses((status = 200, body = SettingList), (status = 403)))]
pub(crate) async fn settings(State(app): State<App>, who: Identity) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    Ok(shown(&app).into_response())
}

/// Changes settings, all of them or none. 409 `in_file`: the file says so. 422 `bad_setting` with `fields`: what is
/// wrong with each. With `If-Match`, only at that version: 412 `stale` otherwise.
#[utoipa::path(patch, path = "/settings", tag = "settings", operation_id = "change_settings",
    request_body(content = NewSettings),
    responses((status = 200, body = SettingList), (status = 403), (status = 409), (status = 412),
        (status = 422)))]
pub(crate) async fn patch(
    State(app): State<App>,
    who: Identity,
    headers: HeaderMap,
    Json(NewSettings(keys)): Json<NewSettings>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    let now = app.config.configured.now();
    let in_file = |key: &&String| {
        let mut known = now.settings.iter();
        known.any(|setting| setting.key == **key && setting.is_of_the_file())
    };
    if let Some(key) = keys.keys().find(in_file) {
        return Err(Problem::new(Code::InFile).with("field", key.as_str()));
    }
    let version = wanted_version(&headers)?;
    let by = changed_by(&app, &who);
    let change = Change::Patch(keys, version);
    carry_out(&app, by, ConfiguredKind::Settings, ROW, change).await?;
    Ok(shown(&app).into_response())
}

fn shown(app: &App) -> impl IntoResponse {
    let now = app.config.configured.now();
    let list = SettingList {
        items: now.settings.clone(),
        version: now.settings_version,
    };
    (
        [(header::ETAG, etag::write(list.version))],
        axum::Json(list),
    )
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReloadedOnWire {
    /// What is in force now and was not: tables, keys and queues.
    changed: Vec<String>,
    /// What differs in the file and holds only after a restart.
    needs_restart: Vec<String>,
}

/// Reads the configuration and the certificates again, as SIGHUP does. Calls that ring, wait or talk go
/// on. 422 `bad_configuration` with `complaints`: the configuration in force stays as it is.
#[utoipa::path(post, path = "/settings/reload", tag = "settings",
    responses((status = 200, body = ReloadedOnWire), (status = 403), (status = 422), (status = 503)))]
pub(crate) async fn reload(
    State(app): State<App>,
    who: Identity,
) -> Result<axum::Json<ReloadedOnWire>, Problem> {
    who.must(Right::Administer)?;
    let by = changed_by(&app, &who);
    match app.config.reloads.ask(ConfigurationWish::Reload).await {
        Some(Ok(done)) => {
            let told = ReloadedOnWire {
                changed: done.changed,
                needs_restart: done.needs_restart,
            };
            let noted = app
                .store
                .note_act(&by, "settings.reload", "settings", &told);
            if let Err(refused) = noted.await {
                // It holds already: whoever asked must hear so.
                tracing::error!(%refused, "a reload is not in the audit");
            }
            Ok(axum::Json(told))
        }
        Some(Err(ReloadRefused(complaints))) => {
            let first = complaints.first().cloned().unwrap_or_default();
            Err(Problem::new(Code::BadConfiguration)
                .detail(first)
                .with("complaints", complaints))
        }
        None => Err(Problem::new(Code::Busy).retry_after(1)),
    }
}
