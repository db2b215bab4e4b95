//! The agent's turns in a consult: to the target, to the caller, to both, and back.

use super::{call_id, transfer::acting};
use crate::{app::App, problem::Problem, session::Identity};
use axum::{
    Json,
    extract::{Path, State},
};
use kring_call::command::{Command, ConsultTurn, Done};
use serde::Serialize;
use utoipa::ToSchema;

/// What was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Turned {
    /// `ok`, or `unchanged` when it was so already.
    done: &'static str,
}

/// The caller and the target of a consult talk alone; while the target still rings, it is a blind transfer
/// from now on. 409 `no_consult` when nobody is consulted.
#[utoipa::path(post, path = "/calls/{id}/consult/complete", tag = "calls",
    responses((status = 200, body = Turned), (status = 409), (status = 423)))]
pub(crate) async fn complete(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<Turned>, Problem> {
    turn(&app, &who, &id, ConsultTurn::Complete).await
}

/// The target is let go, and the agent has the caller again; a blind transfer that rings is taken back, too.
#[utoipa::path(post, path = "/calls/{id}/consult/cancel", tag = "calls",
    responses((status = 200, body = Turned), (status = 409), (status = 423)))]
pub(crate) async fn cancel(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<Turned>, Problem> {
    turn(&app, &who, &id, ConsultTurn::Cancel).await
}

/// The agent turns to the other of the two.
#[utoipa::path(post, path = "/calls/{id}/consult/swap", tag = "calls",
    responses((status = 200, body = Turned), (status = 409), (status = 423)))]
pub(crate) async fn swap(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<Turned>, Problem> {
    turn(&app, &who, &id, ConsultTurn::Swap).await
}

/// All three talk.
#[utoipa::path(post, path = "/calls/{id}/consult/conference", tag = "calls",
    responses((status = 200, body = Turned), (status = 409), (status = 423)))]
pub(crate) async fn conference(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<Turned>, Problem> {
    turn(&app, &who, &id, ConsultTurn::Conference).await
}

async fn turn(
    app: &App,
    who: &Identity,
    id: &str,
    turn: ConsultTurn,
) -> Result<Json<Turned>, Problem> {
    let command = Command::Consult {
        agent: acting(who)?,
        call: call_id(id)?,
        turn,
    };
    let done = match app.desk.ask(command).await? {
        Done::Unchanged => "unchanged",
        _ => "ok",
    };
    Ok(Json(Turned { done }))
}
