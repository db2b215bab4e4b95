//! What an administrator asks of the process itself: to read its configuration again.

use crate::{
    app::App,
    departments_api::changed_by,
    problem::{Code, Problem},
    reload::ReloadRefused,
    session::{Identity, Right},
};
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the settings.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(reload))
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
) -> Result<Json<ReloadedOnWire>, Problem> {
    who.must(Right::Administer)?;
    let by = changed_by(&app, &who);
    match app.config.reloads.ask().await {
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
            Ok(Json(told))
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
