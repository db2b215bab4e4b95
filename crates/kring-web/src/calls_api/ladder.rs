//! The SIP messages of a call: as a ladder for people, as a capture for Wireshark.
//!
//! They hold numbers and names, so who fetched them is written into the audit.

use super::call_id;
use crate::{
    app::App,
    departments_api::changed_by,
    json::Filter,
    problem::{Code, Problem},
    session::{Identity, Right},
    trace::{Ladder, Trace, Wanted, pcap},
};
use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use kring_journal::CallId;
use serde::Deserialize;
use utoipa::IntoParams;

/// How the ladder is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Shown {
    /// 1: with the whole text of each message.
    raw: Option<u8>,
}

/// The SIP messages of a call in both legs, live calls too.
#[utoipa::path(get, path = "/calls/{id}/ladder", tag = "calls", params(Shown),
    responses((status = 200, body = Ladder), (status = 403), (status = 404)))]
pub(crate) async fn ladder(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Filter(shown): Filter<Shown>,
) -> Result<Json<Ladder>, Problem> {
    let found = Found::look(&app, &who, &id, "trace.read").await?;
    let wanted = match shown.raw {
        None | Some(0) => Wanted::Labels,
        Some(_) => Wanted::Texts,
    };
    Ok(Json(Ladder::of(
        found.call,
        &found.trace,
        found.live,
        wanted,
    )))
}

/// The same as a capture file for Wireshark.
#[utoipa::path(get, path = "/calls/{id}/pcap", tag = "calls",
    responses((status = 200, content_type = "application/vnd.tcpdump.pcap", body = Vec<u8>),
        (status = 403), (status = 404)))]
pub(crate) async fn capture(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let found = Found::look(&app, &who, &id, "trace.pcap").await?;
    let file = pcap(&found.trace).map_err(|refused| {
        tracing::error!(call = %found.call, %refused, "no capture");
        Problem::new(Code::Internal)
    })?;
    let name = format!("attachment; filename=\"{}.pcap\"", found.call);
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/vnd.tcpdump.pcap".to_owned(),
        ),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, file).into_response())
}

struct Found {
    call: CallId,
    trace: Trace,
    /// Whether the call goes on.
    live: bool,
}

impl Found {
    async fn look(
        app: &App,
        who: &Identity,
        id: &str,
        what: &'static str,
    ) -> Result<Found, Problem> {
        who.must(Right::ReadTraces)?;
        let call = call_id(id)?;
        let fresh = app.live.fresh_call(call);
        let live = fresh
            .as_ref()
            .is_some_and(|fresh| fresh.record.ended_at.is_none());
        let trace = match app.config.traces.of(call) {
            Some(trace) => trace,
            None => match app.store.trace(call).await? {
                Some(packed) => Trace::unpack(&packed).map_err(|refused| {
                    tracing::error!(%call, %refused, "a stored trace");
                    Problem::new(Code::Internal)
                })?,
                None if fresh.is_none() && app.store.call(call).await?.is_none() => {
                    return Err(Problem::new(Code::NoSuchCall));
                }
                None => return Err(Problem::new(Code::NoTrace)),
            },
        };
        let by = changed_by(app, who);
        app.store.note_read(&by, what, &call.to_string()).await?;
        Ok(Found { call, trace, live })
    }
}
