//! What anybody may know of the house before signing in: its name, and whether it is set up.

use crate::{app::App, problem::Problem, session::Source};
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The route of the house.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(house))
}

/// The house, as it is shown to whoever comes.
#[derive(Serialize, ToSchema)]
pub(crate) struct HouseOnWire {
    name_th: String,
    name_en: String,
    /// Of kring.
    version: String,
    /// Nobody has an account yet.
    setup_needed: bool,
    /// Whether this request came by HTTPS, or from the machine itself: browsers then allow the microphone.
    secure: bool,
}

/// What the centre is called, and whether it is set up. Nobody has to sign in.
#[utoipa::path(get, path = "/house", tag = "settings", operation_id = "house", security(),
    responses((status = 200, body = HouseOnWire)))]
pub(crate) async fn house(
    State(app): State<App>,
    from: Source,
) -> Result<axum::Json<HouseOnWire>, Problem> {
    let now = app.config.configured.now();
    let [name_th, name_en] = now.house.clone();
    Ok(axum::Json(HouseOnWire {
        name_th,
        name_en,
        version: app.config.version.clone(),
        setup_needed: !app.store.has_agents().await?,
        secure: app.config.secure_cookies || from.address.is_loopback(),
    }))
}
