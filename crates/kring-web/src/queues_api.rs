//! The queues: who waits in them, who serves them, and whether they are open.

use crate::{
    app::App,
    clock::rfc3339,
    problem::Problem,
    session::{Identity, Right},
};
use axum::extract::State;
use kring_journal::{CallState, ClosedWhy, PresenceState};
use kring_store::AgentRow;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

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
}

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
    let mut queues: BTreeMap<String, QueueOnWire> = BTreeMap::new();
    let agents = app.store.agents().await?;
    let (_, wall) = app.clock.now();
    let rules = app.config.rules.now();
    let served = agents.iter().flat_map(|agent| &agent.queues);
    for name in rules.queues.iter().chain(served) {
        queues.entry(name.clone()).or_default();
    }
    let closings = app.live.closed_queues();
    for name in closings.keys() {
        queues.entry(name.clone()).or_default();
    }
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
    let is_ready = |agent: &&AgentRow| {
        let now = app.live.presence(&agent.login);
        now.is_some_and(|now| now.state == PresenceState::Ready)
    };
    let ready: Vec<&AgentRow> = agents.iter().filter(is_ready).collect();
    for (name, queue) in &mut queues {
        let serves = |agent: &&&AgentRow| agent.queues.is_empty() || agent.queues.contains(name);
        queue.name.clone_from(name);
        queue.ready = ready.iter().filter(serves).count() as u32;
        let closing = closings.get(name);
        queue.open = closing.is_none();
        queue.closed_why = closing.map(|closing| closing.why);
        queue.next_open = closing.and_then(|closing| closing.next_open).map(rfc3339);
    }
    let items = queues.into_values().collect();
    Ok(axum::Json(QueueList { items }))
}
