//! What the journal says of a call: its facts, and the evidence of the ring rule with its seal.

use super::{Known, call_id};
use crate::{
    app::App,
    clock::rfc3339,
    json::Filter,
    limits,
    problem::{Code, Problem},
    session::Identity,
};
use axum::{
    Json,
    extract::{Path, State},
};
use kring_journal::{CallRecord, CallSound, Entry, RingTime, Telling};
use kring_store::{Broken, SealedCall};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// Where to go on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct After {
    /// `after` of the answer before; facts behind it are told.
    after: Option<u64>,
}

/// One fact of a call.
#[derive(Serialize, ToSchema)]
pub(crate) struct Event {
    node: String,
    boot: i64,
    /// Its number in the boot.
    seq: u64,
    /// Microseconds since the start of the process, on a clock that never steps.
    at_us: u64,
    ts: String,
    /// The fact, with its `kind`.
    #[schema(value_type = Object)]
    fact: Value,
    /// The transcript's line.
    text: String,
}

/// Facts in order.
#[derive(Serialize, ToSchema)]
pub(crate) struct Events {
    items: Vec<Event>,
    /// What `after` takes to hear what comes later.
    after: u64,
}

/// The facts of a call, as the journal has them on the disk.
#[utoipa::path(get, path = "/calls/{id}/events", tag = "calls", params(After),
    responses((status = 200, body = Events), (status = 404)))]
pub(crate) async fn events(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Filter(asked): Filter<After>,
) -> Result<Json<Events>, Problem> {
    let after = asked.after.unwrap_or(0);
    let entries = entries(&app, &who, &id).await?;
    let newest = entries
        .iter()
        .map(|entry| entry.seq)
        .max()
        .unwrap_or(0)
        .max(after);
    let items = entries
        .iter()
        .filter(|entry| entry.seq > after)
        .map(Event::from);
    Ok(Json(Events {
        items: items.collect(),
        after: newest,
    }))
}

/// The evidence of a call.
#[derive(Serialize)]
pub(crate) struct Evidence {
    #[serde(flatten)]
    ring: RingTime,
    /// t0 on the wall.
    t0: String,
    /// What happened, in one Thai sentence.
    told_th: String,
    /// The same in English.
    told_en: String,
    chain: Chain,
}

/// Where the call's facts stand in the hash chain.
#[derive(Serialize)]
struct Chain {
    /// Whether the facts give the hashes that were stored with them.
    whole: bool,
    /// Where they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken: Option<String>,
    #[serde(flatten)]
    sealed: SealedCall,
}

/// What rang, when, for how long, and what was left of the budget; what was announced and who served the
/// caller later; told in a sentence; and the segments of the hash chain that hold the call's facts, each
/// computed again. Times end in `_ms` and count from t0.
#[utoipa::path(get, path = "/calls/{id}/evidence", tag = "calls",
    responses((status = 200, body = Object), (status = 404)))]
pub(crate) async fn evidence(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<Evidence>, Problem> {
    let entries = entries(&app, &who, &id).await?;
    let ring = RingTime::of(&entries).ok_or_else(|| Problem::new(Code::NoSuchCall))?;
    let record = CallRecord::of(&entries).ok_or_else(|| Problem::new(Code::NoSuchCall))?;
    let told = Telling::of(&record, &ring, &CallSound::of(&entries));
    let chain = match app.store.sealed(ring.call).await {
        Ok(sealed) => Chain {
            whole: true,
            broken: None,
            sealed,
        },
        Err(Broken::Refused(refused)) => return Err(refused.into()),
        Err(broken) => Chain {
            whole: false,
            broken: Some(broken.to_string()),
            sealed: SealedCall::default(),
        },
    };
    Ok(Json(Evidence {
        t0: rfc3339(record.arrived_at),
        ring,
        told_th: told.th,
        told_en: told.en,
        chain,
    }))
}

async fn entries(app: &App, who: &Identity, id: &str) -> Result<Vec<Entry>, Problem> {
    let id = call_id(id)?;
    Known::find(app, who, id).await?;
    let mut entries = app.store.entries_of(id).await?;
    entries.truncate(limits::CALL_ENTRIES_MAX);
    Ok(entries)
}

impl From<&Entry> for Event {
    fn from(entry: &Entry) -> Event {
        Event {
            node: entry.node.clone(),
            boot: entry.boot,
            seq: entry.seq,
            at_us: entry.at.as_micros(),
            ts: rfc3339(entry.wall),
            fact: serde_json::to_value(&entry.fact).unwrap_or(Value::Null),
            text: entry.to_string(),
        }
    }
}
