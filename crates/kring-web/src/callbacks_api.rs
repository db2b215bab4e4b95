//! Citizens who are to be called back: who waits since when, how often they were called, and the taking
//! back of one.

use crate::{
    app::App,
    clock::rfc3339,
    problem::{Code, Problem},
    session::{Identity, Right},
    wire::NumberOnWire,
};
use axum::{
    Json,
    extract::{Path, State},
};
use kring_call::command::Command;
use kring_store::{CallBackRow, CallerNumber};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of call-backs.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(cancel))
}

/// A citizen who is to be called back.
#[derive(Serialize, ToSchema)]
pub(crate) struct CallBackOnWire {
    /// The call in which they asked.
    id: String,
    queue: String,
    did: String,
    /// Null when it was erased.
    number: Option<NumberOnWire>,
    /// When they first called.
    since: String,
    /// How often they were called.
    tries: u8,
    /// `waiting` for an agent, `resting` until `next_at`, or `calling`.
    state: &'static str,
    next_at: Option<String>,
    /// The call that is placed for it now.
    placed: Option<String>,
}

/// Call-backs, the longest waiting first.
#[derive(Serialize, ToSchema)]
pub(crate) struct CallBackList {
    items: Vec<CallBackOnWire>,
}

/// Who is to be called back. For supervisors.
#[utoipa::path(get, path = "/callbacks", tag = "calls",
    responses((status = 200, body = CallBackList), (status = 403)))]
async fn list(State(app): State<App>, who: Identity) -> Result<Json<CallBackList>, Problem> {
    may(&who, Right::ReadCalls)?;
    let now = app.clock.now().1;
    let rows = app.store.call_backs().await?;
    let item = |(row, number): (CallBackRow, Option<CallerNumber>)| {
        let rests = row.next_at.filter(|next_at| *next_at > now);
        CallBackOnWire {
            id: row.asked.to_string(),
            state: match (row.placed, rests) {
                (Some(_), _) => "calling",
                (None, Some(_)) => "resting",
                (None, None) => "waiting",
            },
            queue: row.queue,
            did: row.did,
            number: number.as_ref().map(NumberOnWire::from),
            since: rfc3339(row.since),
            tries: row.tries,
            next_at: rests.map(rfc3339),
            placed: row.placed.map(|placed| placed.to_string()),
        }
    };
    let items = rows.into_iter().map(item).collect();
    Ok(Json(CallBackList { items }))
}

/// Takes a call-back back: the citizen is not called. For supervisors.
#[utoipa::path(delete, path = "/callbacks/{id}", tag = "calls",
    responses((status = 200), (status = 403), (status = 404)))]
async fn cancel(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    may(&who, Right::ActOnCalls)?;
    let asked = id.parse().map_err(|_| Problem::new(Code::NoSuchCallBack))?;
    app.desk.ask(Command::CancelCallBack(asked)).await?;
    Ok(Json(json!({ "done": "ok" })))
}

/// Whoever sees only their own calls sees no list of other people's.
fn may(who: &Identity, right: Right) -> Result<(), Problem> {
    who.must(right)?;
    match who.only_own() {
        Some(_) => Err(Problem::new(Code::Forbidden)),
        None => Ok(()),
    }
}
