//! The wallboard: the whole floor at a glance, from memory.

use crate::{
    app::App,
    live::Viewer,
    problem::Problem,
    session::{Identity, Right},
    wire::WallboardOnWire,
};
use axum::{Json, extract::State};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the wallboard.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(wallboard))
}

/// The floor, now: live calls, seats, how today went. Callers of others are masked for agents, and for programs that
/// read no contacts. Cheap enough to be asked each second.
#[utoipa::path(get, path = "/wallboard", tag = "directory",
    responses((status = 200, body = WallboardOnWire), (status = 403)))]
async fn wallboard(
    State(app): State<App>,
    who: Identity,
) -> Result<Json<WallboardOnWire>, Problem> {
    who.must(Right::ReadFloor)?;
    let of_all = who.may(Right::ReadCalls) && who.may(Right::ReadContacts);
    let viewer = Viewer {
        reads_all: of_all && who.only_own().is_none(),
        own: who.person().map(|agent| agent.login.clone()),
        watches: who.may(Right::ActOnFloor),
        key: who.key(),
    };
    Ok(Json(app.live.wallboard(&viewer).await))
}
