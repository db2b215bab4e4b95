//! A supervisor hears a call: listens, whispers to its agent, barges in. The supervisor's own phone rings; the exchange
//! has the last word, and who did so is in the audit and in the journal.

use super::{call_id, may_see_call};
use crate::{
    app::App,
    departments_api::changed_by,
    json::Json as Typed,
    problem::{Code, Problem},
    session::{Identity, Right},
    wire::MonitorOnWire,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use kring_call::command::{Command, CommandRefused, Done};
use kring_journal::{MonitorMode, MonitorState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who hears the supervisor, who hears all that talk.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// Nobody.
    Listen,
    /// The agent alone.
    Whisper,
    /// All who talk.
    Barge,
}

impl From<Mode> for MonitorMode {
    fn from(mode: Mode) -> MonitorMode {
        match mode {
            Mode::Listen => MonitorMode::Listen,
            Mode::Whisper => MonitorMode::Whisper,
            Mode::Barge => MonitorMode::Barge,
        }
    }
}

/// How a call is to be heard.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Heard {
    mode: Mode,
}

/// A supervisor's phone rings, or hears the call already.
#[derive(Serialize, ToSchema)]
pub(crate) struct Begun {
    monitor_id: String,
    /// `ringing`, or `on` when only the mode has changed.
    state: &'static str,
}

/// Who hears a call now.
#[derive(Serialize, ToSchema)]
pub(crate) struct Now {
    /// Null: nobody.
    monitor: Option<MonitorOnWire>,
}

/// Rings the phone of whoever asks, to hear this call so; again with another mode changes it without another ring.
/// It ends with the call, or by DELETE. 409 `no_device`, `phone_away`, `agent_busy`, `call_gone` when nobody talks, `monitored` by
/// somebody else, `cannot_listen` where the phones speak what kring does not.
#[utoipa::path(post, path = "/calls/{id}/monitor", tag = "calls", operation_id = "monitor_call",
    request_body(content = Heard, example = json!({"mode": "listen"})),
    responses((status = 202, body = Begun), (status = 403), (status = 409), (status = 503)))]
pub(crate) async fn monitor(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Typed(Heard { mode }): Typed<Heard>,
) -> Result<(StatusCode, Json<Begun>), Problem> {
    who.must(Right::ActOnFloor)?;
    let by = who.agent()?.login.clone();
    let call = call_id(&id)?;
    let mode = MonitorMode::from(mode);
    let done = app.desk.ask(Command::Monitor { by, call, mode }).await?;
    let Done::Monitoring(monitor, state) = done else {
        return Err(CommandRefused::CallGone.into());
    };
    let what = match mode {
        MonitorMode::Listen => "call.listen",
        MonitorMode::Whisper => "call.whisper",
        MonitorMode::Barge => "call.barge",
    };
    let audited = changed_by(&app, &who);
    app.store
        .note_read(&audited, what, &call.to_string())
        .await?;
    let begun = Begun {
        monitor_id: monitor.to_string(),
        state: match state {
            MonitorState::On => "on",
            MonitorState::Ringing | MonitorState::Ended => "ringing",
        },
    };
    Ok((StatusCode::ACCEPTED, Json(begun)))
}

/// Whoever asks hears no more of this call; the call goes on. 409 `monitored` when it is somebody else who does.
#[utoipa::path(delete, path = "/calls/{id}/monitor", tag = "calls", operation_id = "stop_monitoring",
    responses((status = 204), (status = 403), (status = 409)))]
pub(crate) async fn stop(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    who.must(Right::ActOnFloor)?;
    let by = who.agent()?.login.clone();
    let call = call_id(&id)?;
    app.desk.ask(Command::EndMonitor { by, call }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who hears this call now.
#[utoipa::path(get, path = "/calls/{id}/monitor", tag = "calls", operation_id = "call_monitor",
    responses((status = 200, body = Now), (status = 403), (status = 404)))]
pub(crate) async fn read(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<Now>, Problem> {
    who.must(Right::ActOnFloor)?;
    if id.parse::<kring_journal::CallId>().is_err() {
        return Err(Problem::new(Code::NoSuchCall));
    }
    let call = may_see_call(&app, &who, &id).await?;
    let monitor = app.live.monitor_of(call).await;
    Ok(Json(Now { monitor }))
}
