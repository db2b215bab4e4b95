//! The queues: who waits in them, who serves them, and whether they are open.

use crate::{
    app::App,
    clock::rfc3339,
    configured::{ConfiguredIn, Keys, Mistake},
    configuring::{Change, carry_out, keep_name, name_in},
    departments_api::{changed_by, wanted_version},
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
use kring_journal::{CallState, ClosedWhy, PresenceState, WallTime};
use kring_store::{AgentRow, ConfiguredKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the queues.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(queues, add))
        .routes(routes!(queue, patch, remove))
}

/// A queue, now.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct QueueOnWire {
    name: String,
    /// Calls that ring.
    waiting: u32,
    /// How long the longest of them has waited.
    oldest_ms: u64,
    talking: u32,
    /// Members who are ready; an agent without queues serves all.
    ready: u32,
    /// Whether it takes calls by its hours.
    open: bool,
    /// Why it takes none: `hours` or `holiday`.
    #[schema(value_type = Option<String>)]
    closed_why: Option<ClosedWhy>,
    /// When it will open by its hours, RFC 3339.
    next_open: Option<String>,
    /// Calls that have come to it today.
    calls_today: u32,
    /// Where it is configured; null: it is not any more, and is served to the end.
    source: Option<ConfiguredIn>,
    /// Of a queue of the database, for If-Match.
    version: i64,
    /// The keys of `[[queue]]` in the file: `did`, `members` and `plan` always, the others where they are written.
    #[schema(value_type = Object)]
    settings: Keys,
    /// Why it is not in force; null if it is.
    complaint: Option<Mistake>,
}

/// The keys of a `[[queue]]` in the file.
#[derive(Deserialize, ToSchema)]
#[schema(value_type = Object)]
pub(crate) struct QueueKeys(Keys);

/// Queues by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct QueueList {
    items: Vec<QueueOnWire>,
}

/// Every queue that is configured, or has a call or a member still.
#[utoipa::path(get, path = "/queues", tag = "directory",
    responses((status = 200, body = QueueList)))]
pub(crate) async fn queues(
    State(app): State<App>,
    who: Identity,
) -> Result<axum::Json<QueueList>, Problem> {
    who.must(Right::ReadFloor)?;
    let items = all(&app).await?.into_values().collect();
    Ok(axum::Json(QueueList { items }))
}

/// One of them.
#[utoipa::path(get, path = "/queues/{name}", tag = "directory", operation_id = "queue",
    responses((status = 200, body = QueueOnWire), (status = 404)))]
pub(crate) async fn queue(
    State(app): State<App>,
    who: Identity,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    who.must(Right::ReadFloor)?;
    Ok(shown(one(&app, &name).await?).into_response())
}

/// Makes a queue; it takes calls at once. 409 `taken`: another has this name.
#[utoipa::path(post, path = "/queues", tag = "directory", operation_id = "add_queue",
    request_body(content = QueueKeys),
    responses((status = 201, body = QueueOnWire), (status = 403), (status = 409), (status = 422)))]
pub(crate) async fn add(
    State(app): State<App>,
    who: Identity,
    Json(QueueKeys(mut keys)): Json<QueueKeys>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    let name = name_in(&mut keys)?;
    change(&app, &who, &name, Change::Add(keys)).await?;
    Ok((StatusCode::CREATED, shown(one(&app, &name).await?)).into_response())
}

/// Changes a queue; null takes a key away. Calls that ring, wait or talk go on. 409 `in_file`: the file says so.
/// With `If-Match`, only at that version: 412 `stale` otherwise.
#[utoipa::path(patch, path = "/queues/{name}", tag = "directory", operation_id = "change_queue",
    request_body(content = QueueKeys),
    responses((status = 200, body = QueueOnWire), (status = 403), (status = 404), (status = 409),
        (status = 412), (status = 422)))]
pub(crate) async fn patch(
    State(app): State<App>,
    who: Identity,
    Path(name): Path<String>,
    headers: HeaderMap,
    Json(QueueKeys(mut keys)): Json<QueueKeys>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    keep_name(&mut keys, &name)?;
    let version = wanted_version(&headers)?;
    change(&app, &who, &name, Change::Patch(keys, version)).await?;
    Ok(shown(one(&app, &name).await?).into_response())
}

/// Takes a queue away. Who is in it is served to the end. 409 `in_use`: others lead to it; 409 `in_file`.
#[utoipa::path(delete, path = "/queues/{name}", tag = "directory", operation_id = "remove_queue",
    responses((status = 204), (status = 403), (status = 404), (status = 409), (status = 412)))]
pub(crate) async fn remove(
    State(app): State<App>,
    who: Identity,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    who.must(Right::Administer)?;
    let version = wanted_version(&headers)?;
    change(&app, &who, &name, Change::Remove(version)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change(app: &App, who: &Identity, name: &str, change: Change) -> Result<(), Problem> {
    let by = changed_by(app, who);
    carry_out(app, by, ConfiguredKind::Queue, name, change).await?;
    Ok(())
}

fn shown(queue: QueueOnWire) -> impl IntoResponse {
    (
        [(header::ETAG, etag::write(queue.version))],
        axum::Json(queue),
    )
}

async fn one(app: &App, name: &str) -> Result<QueueOnWire, Problem> {
    let found = all(app).await?.remove(name);
    found.ok_or_else(|| Problem::new(Code::NoSuchQueue))
}

async fn all(app: &App) -> Result<BTreeMap<String, QueueOnWire>, Problem> {
    let mut queues: BTreeMap<String, QueueOnWire> = BTreeMap::new();
    let agents = app.store.agents().await?;
    let (_, wall) = app.clock.now();
    let today = app.live.midnight(wall);
    let calls_today = app.store.calls_by_queue(today).await?;
    let configured = app.config.configured.now();
    for item in &configured.queues {
        let queue = queues.entry(item.name.clone()).or_default();
        queue.source = Some(item.source);
        queue.version = item.version;
        queue.settings.clone_from(&item.settings);
        queue.complaint.clone_from(&item.complaint);
    }
    let rules = app.config.rules.now();
    let served = agents.iter().flat_map(|agent| &agent.queues);
    for name in rules.queues.iter().chain(served) {
        queues.entry(name.clone()).or_default();
    }
    let closings = app.live.closed_queues();
    for name in closings.keys() {
        queues.entry(name.clone()).or_default();
    }
    count_calls(app, wall, &mut queues);
    let is_ready = |agent: &&AgentRow| {
        let now = app.live.presence(&agent.login);
        now.is_some_and(|now| now.state == PresenceState::Ready)
    };
    let ready: Vec<&AgentRow> = agents.iter().filter(is_ready).collect();
    for (name, queue) in &mut queues {
        let serves = |agent: &&&AgentRow| agent.queues.is_empty() || agent.queues.contains(name);
        queue.name.clone_from(name);
        queue.ready = ready.iter().filter(serves).count() as u32;
        queue.calls_today = calls_today.get(name).copied().unwrap_or(0);
        let closing = closings.get(name);
        queue.open = closing.is_none();
        queue.closed_why = closing.map(|closing| closing.why);
        queue.next_open = closing.and_then(|closing| closing.next_open).map(rfc3339);
    }
    Ok(queues)
}

/// The calls that are in them now.
fn count_calls(app: &App, wall: WallTime, queues: &mut BTreeMap<String, QueueOnWire>) {
    for call in app.live.fresh_calls() {
        let queue = queues.entry(call.record.queue.clone()).or_default();
        match call.record.state {
            CallState::Ringing | CallState::Waiting => {
                let waited = (wall.0 - call.record.arrived_at.0).max(0) as u64 / 1_000;
                queue.waiting += 1;
                queue.oldest_ms = queue.oldest_ms.max(waited);
            }
            CallState::Talking => queue.talking += 1,
            CallState::Ended => {}
        }
    }
}
