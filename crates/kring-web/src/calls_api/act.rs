//! What an agent does with a call: answer, decline, hang up. The exchange has the last word.

use super::call_id;
use crate::{
    app::App,
    json::Json as Typed,
    limits,
    problem::Problem,
    session::{Identity, Right},
};
use axum::{
    Json,
    extract::{Path, State},
};
use kring_call::command::{Command, Done};
use kring_journal::{AgentId, CallId};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// What was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Did {
    /// `ok`, `unchanged` when it was so already, or `after_call` when it will be.
    done: &'static str,
}

impl From<Done> for Did {
    fn from(done: Done) -> Did {
        Did {
            done: match done {
                Done::Ok
                | Done::Placed(_)
                | Done::Transferring(_)
                | Done::Monitoring(..)
                | Done::Reconfigured(_)
                | Done::Surveyed(..)
                | Done::Probed(_) => "ok",
                Done::Unchanged => "unchanged",
                Done::AfterCall => "after_call",
            },
        }
    }
}

/// Makes the agent's ringing phone answer. 409 `answer_on_phone` when it cannot be made to.
#[utoipa::path(post, path = "/calls/{id}/answer", tag = "calls",
    responses((status = 200, body = Did), (status = 409)))]
pub(crate) async fn answer(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<Did>, Problem> {
    act(&app, &who, &id, |agent, call| Command::Answer {
        agent,
        call,
    })
    .await
}

/// The agent does not want this call; others get it.
#[utoipa::path(post, path = "/calls/{id}/decline", tag = "calls",
    responses((status = 200, body = Did), (status = 409)))]
pub(crate) async fn decline(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<Did>, Problem> {
    act(&app, &who, &id, |agent, call| Command::Decline {
        agent,
        call,
    })
    .await
}

/// The agent's caller hears music, and the agent nothing. 409 `cannot_hold` when the phones agreed on a codec that kring
/// does not speak; 423 while a transfer is on its way.
#[utoipa::path(post, path = "/calls/{id}/hold", tag = "calls", operation_id = "hold_call",
    responses((status = 200, body = Did), (status = 409), (status = 423)))]
pub(crate) async fn hold(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<Did>, Problem> {
    act(&app, &who, &id, |agent, call| Command::Hold { agent, call }).await
}

/// Agent and caller hear each other again.
#[utoipa::path(post, path = "/calls/{id}/resume", tag = "calls", operation_id = "resume_call",
    responses((status = 200, body = Did), (status = 409), (status = 423)))]
pub(crate) async fn resume(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<Did>, Problem> {
    act(&app, &who, &id, |agent, call| Command::Resume {
        agent,
        call,
    })
    .await
}

/// Ends the agent's call.
#[utoipa::path(post, path = "/calls/{id}/hangup", tag = "calls",
    responses((status = 200, body = Did), (status = 409)))]
pub(crate) async fn hang_up(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<Did>, Problem> {
    act(&app, &who, &id, |agent, call| Command::HangUp {
        agent,
        call,
    })
    .await
}

/// How much more time the agent wants.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoreTime {
    /// Seconds, 1 to 600.
    by_s: u32,
}

/// More time for the record, 30 minutes in all. 409 `wrap_up_too_long` beyond it.
#[utoipa::path(post, path = "/calls/{id}/wrap-up/extend", tag = "calls", request_body = MoreTime,
    responses((status = 200, body = Did), (status = 409), (status = 422)))]
pub(crate) async fn extend_wrap_up(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Typed(MoreTime { by_s }): Typed<MoreTime>,
) -> Result<Json<Did>, Problem> {
    if !(1..=limits::WRAP_UP_EXTENSION_S_MAX).contains(&by_s) {
        return Err(Problem::field("by_s", "is 1 to 600"));
    }
    let by = Duration::from_secs(u64::from(by_s));
    act(&app, &who, &id, |agent, call| Command::ExtendWrapUp {
        agent,
        call,
        by,
    })
    .await
}

async fn act(
    app: &App,
    who: &Identity,
    id: &str,
    command: impl FnOnce(AgentId, CallId) -> Command,
) -> Result<Json<Did>, Problem> {
    who.must(Right::ActOnCalls)?;
    let agent = who.agent()?.login.clone();
    let done = app.desk.ask(command(agent, call_id(id)?)).await?;
    Ok(Json(done.into()))
}
