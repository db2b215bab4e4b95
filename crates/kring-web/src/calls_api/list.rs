//! Lists of calls: the store's page, with memory laid over it.

use super::{CallOnWire, Known, call_id};
use crate::{
    app::App,
    clock::read_rfc3339,
    json::Filter,
    limits,
    live::Fresh,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    Json,
    extract::{Path, State},
};
use kring_journal::{AgentId, CallId, CallState, WallTime};
use kring_store::{CallCursor, CallFilter, CallPage, CallRow, Number};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which calls; all of them when nothing is said.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Which {
    /// `ringing`, `talking` or `ended`.
    state: Option<String>,
    /// That came at this time (RFC 3339) or later.
    from: Option<String>,
    /// That came before this time.
    until: Option<String>,
    /// From this number, in any spelling.
    phone: Option<String>,
    /// With this Call-ID on the caller's leg.
    sip_call_id: Option<String>,
    /// Answered by this agent.
    agent: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows, 1 to 200; 50 when nothing is said.
    limit: Option<u32>,
}

/// A page of calls, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct CallPageOnWire {
    items: Vec<CallOnWire>,
    /// What `cursor` takes for the page after this; null on the last.
    next: Option<String>,
}

/// Calls, newest first, live ones included. Agents see their own.
#[utoipa::path(get, path = "/calls", tag = "calls", params(Which),
    responses((status = 200, body = CallPageOnWire)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Filter(which): Filter<Which>,
) -> Result<Json<CallPageOnWire>, Problem> {
    who.must(Right::ReadCalls)?;
    let filter = filter(&app, &who, &which)?;
    // The store's own idea of the state may be 20 ms old: it is asked for all and filtered here.
    let stored = app.store.calls(&filter).await?;
    let page = overlay(&filter, stored, app.live.fresh_calls());
    Ok(Json(CallPageOnWire {
        items: page.calls.iter().map(CallOnWire::from).collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

/// One call.
#[utoipa::path(get, path = "/calls/{id}", tag = "calls",
    responses((status = 200, body = CallOnWire), (status = 404)))]
pub(crate) async fn get(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<CallOnWire>, Problem> {
    let known = Known::find(&app, &who, call_id(&id)?).await?;
    Ok(Json(CallOnWire::from(&known.row)))
}

fn filter(app: &App, who: &Identity, which: &Which) -> Result<CallFilter, Problem> {
    let bad = |name: &str| Problem::new(Code::BadFilter).with("filter", name);
    let time = |name: &str, text: &Option<String>| -> Result<Option<WallTime>, Problem> {
        let read = |text: &String| read_rfc3339(text).ok_or_else(|| bad(name));
        text.as_ref().map(read).transpose()
    };
    let state = match which.state.as_deref() {
        None => None,
        Some("ringing") => Some(CallState::Ringing),
        Some("waiting") => Some(CallState::Waiting),
        Some("talking") => Some(CallState::Talking),
        Some("ended") => Some(CallState::Ended),
        Some(_) => return Err(bad("state")),
    };
    let limit = which.limit.unwrap_or(limits::PAGE_ROWS);
    if limit == 0 || limit > limits::PAGE_ROWS_MAX {
        return Err(bad("limit"));
    }
    let numbers = &app.live.config().numbers;
    let phone = which.phone.as_ref();
    let after = which.cursor.as_deref().map(str::parse).transpose();
    let agent = which.agent.as_deref().map(AgentId::new);
    let agent = match who.only_own() {
        Some(own) if agent.as_ref().is_some_and(|agent| agent != own) => {
            return Err(Problem::new(Code::NotYours));
        }
        Some(own) => Some(own.clone()),
        None => agent,
    };
    Ok(CallFilter {
        state,
        from: time("from", &which.from)?,
        until: time("until", &which.until)?,
        phone: phone.map(|phone| Number::read(phone, numbers).canonical),
        sip_call_id: which.sip_call_id.clone(),
        agent,
        after: after.map_err(|_| Problem::new(Code::BadCursor))?,
        limit,
    })
}

/// Lays what memory knows over a page of the store: rows that have changed since, and rows that
/// are not on the disk yet. The order is the store's: newest first.
fn overlay(filter: &CallFilter, stored: CallPage, fresh: Vec<Fresh>) -> CallPage {
    let mut fresh: FxHashMap<CallId, Fresh> = fresh
        .into_iter()
        .map(|fresh| (fresh.record.id, fresh))
        .collect();
    let last = stored.next.map(|next| (next.arrived_at, next.id));
    let mut rows: Vec<CallRow> = stored
        .calls
        .into_iter()
        .map(|row| match fresh.remove(&row.record.id) {
            Some(fresh) => fresh.over(row),
            None => row,
        })
        .filter(|row| wanted(filter, row))
        .collect();
    let place = |row: &CallRow| (row.record.arrived_at, row.record.id);
    let on_this_page = |row: &CallRow| last.is_none_or(|last| place(row) > last);
    let new = fresh.values().map(Fresh::row);
    rows.extend(new.filter(|row| wanted(filter, row) && on_this_page(row)));
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(place(row)));
    let limit = filter.limit as usize;
    let cut = rows.len() > limit;
    rows.truncate(limit);
    let next = if cut { rows.last().map(place) } else { last };
    CallPage {
        calls: rows,
        next: next.map(|(arrived_at, id)| CallCursor { arrived_at, id }),
    }
}

fn wanted(filter: &CallFilter, row: &CallRow) -> bool {
    let record = &row.record;
    let number = row.number.as_ref().map(|number| &number.canonical);
    let place = (record.arrived_at, record.id);
    filter.state.is_none_or(|state| record.state == state)
        && filter.from.is_none_or(|from| record.arrived_at >= from)
        && filter.until.is_none_or(|until| record.arrived_at < until)
        && filter
            .phone
            .as_ref()
            .is_none_or(|phone| number == Some(phone))
        && filter
            .sip_call_id
            .as_ref()
            .is_none_or(|id| record.sip_call_id == *id)
        && filter
            .agent
            .as_ref()
            .is_none_or(|agent| record.agent.as_ref() == Some(agent))
        && filter
            .after
            .is_none_or(|after| place < (after.arrived_at, after.id))
}
