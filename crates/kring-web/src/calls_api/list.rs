//! Lists of calls: the store's page, with memory laid over it.

use super::{CallOnWire, Known, call_id, which::Which};
use crate::{
    app::App,
    json::Filter,
    live::Fresh,
    problem::Problem,
    session::{Identity, Right},
};
use axum::{
    Json,
    extract::{Path, State},
};
use kring_journal::{CallId, CallSound};
use kring_store::{CallCursor, CallFilter, CallPage, CallRow};
use rustc_hash::FxHashMap;
use serde::Serialize;
use utoipa::ToSchema;

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
    let filter = which.filter(&app, &who).await?;
    // The store's own idea of the state may be 20 ms old: it is asked for all and filtered here.
    let stored = app.store.calls(&filter).await?;
    let page = overlay(&filter, stored, app.live.fresh_calls());
    Ok(Json(CallPageOnWire {
        items: with_persons(&app, &who, &page.calls).await?,
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
    let mut shown = with_persons(&app, &who, &[known.row]).await?;
    let entries = app.store.entries_of(call_id(&id)?).await?;
    Ok(Json(shown.remove(0).sounding(&CallSound::of(&entries))))
}

/// The rows with who called and the unit of their case, asked for all at once.
async fn with_persons(
    app: &App,
    who: &Identity,
    rows: &[CallRow],
) -> Result<Vec<CallOnWire>, Problem> {
    let access = who.case_access();
    let matters = app.store.matters_of_calls(rows, &access).await?;
    let reads = who.may(Right::ReadContacts);
    let shown = rows.iter().map(|row| {
        let matter = matters.get(&row.record.id);
        CallOnWire::from(row).with(matter, reads)
    });
    Ok(shown.collect())
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
    // Whether one that the store did not tell of has such a name, case or transfer, memory does not know.
    if filter.asks_beyond_records() {
        fresh.clear();
    }
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

/// Whether a row that memory has brought up to date is asked for still. What no record tells, the store has told.
fn wanted(filter: &CallFilter, row: &CallRow) -> bool {
    let number = row.number.as_ref().map(|number| &number.canonical);
    let phone = filter.phone.as_ref();
    filter.fits(&row.record) && phone.is_none_or(|phone| number == Some(phone))
}
