//! Transfers and consults by REST: asked for here, done by the exchange, and told step by step on the
//! socket and by `GET /transfers/{id}`.

use super::call_id;
use crate::{
    app::App,
    clock::rfc3339,
    json::Json as Typed,
    limits::TRANSFER_NOTE_CHARS_MAX,
    live::{TransferNow, TransferState},
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use kring_call::command::{
    Command, Done, OnTransferFailed, PlaceOrigin, TransferPlace, TransferWanted,
};
use kring_journal::{AgentId, TransferId, TransferMode, TransferReason, WallTime};
use kring_store::Standing;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Whether the agent talks to the target first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// The caller is with the target as soon as it answers.
    #[default]
    Blind,
    /// The agent asks the target first.
    Attended,
}

/// What is done about a unit that is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IfClosed {
    /// 422 `department_closed`, with `next_open`.
    #[default]
    Fail,
    /// It is rung all the same.
    Force,
}

/// Why.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    InDepth,
    Legal,
    WantsOfficer,
    Other,
}

/// Where the caller is to go, and how: `department_id` or `extension`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Wanted {
    /// The id or short name of a unit: its endpoints are tried in their order.
    department_id: Option<String>,
    /// An extension or number of the PBX.
    extension: Option<String>,
    mode: Mode,
    reason: Option<Reason>,
    /// For whoever answers; 120 characters.
    note: Option<String>,
    /// Whether the caller goes back to the agent when nobody can be had; as `transfer.recall` says when
    /// nothing is said. Otherwise they are the first in the queue. Nobody is let go.
    recall: Option<bool>,
    if_closed: IfClosed,
}

/// Whom the agent asks.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Asked {
    /// The id or short name of a unit.
    department_id: Option<String>,
    /// An extension or number of the PBX.
    extension: Option<String>,
    if_closed: IfClosed,
}

/// A transfer that has begun.
#[derive(Serialize, ToSchema)]
pub(crate) struct Begun {
    /// For `GET /transfers/{id}`.
    transfer_id: String,
    state: TransferState,
}

/// A transfer as it is now.
#[derive(Serialize, ToSchema)]
pub(crate) struct TransferOnWire {
    id: String,
    call: String,
    agent: String,
    /// `blind` or `attended`.
    mode: &'static str,
    state: TransferState,
    /// The last status that the PBX or the target gave.
    sip_code: Option<u16>,
    target: TargetOnWire,
    elapsed_ms: u64,
}

/// Where a caller goes.
#[derive(Serialize, ToSchema)]
pub(crate) struct TargetOnWire {
    /// The short name of a unit, if it is one.
    department: Option<String>,
    /// What is dialled now, or was last.
    extension: String,
}

/// Sends the caller to a unit or an extension. 202 at once; what comes of it is told by
/// `GET /transfers/{id}` and `transfer.progress`. 403 for another agent's call, 404 `no_such_department`,
/// 409 `call_gone`, 422 `department_closed` with `next_open`, 423 `transfer_in_progress`.
#[utoipa::path(post, path = "/calls/{id}/transfer", tag = "calls", request_body = Wanted,
    responses((status = 202, body = Begun), (status = 403), (status = 404), (status = 409),
        (status = 422), (status = 423)))]
pub(crate) async fn transfer(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Typed(wanted): Typed<Wanted>,
) -> Result<(StatusCode, Json<Begun>), Problem> {
    who.must(Right::ActOnCalls)?;
    let rules = app.config.rules.now();
    if rules.require_reason && wanted.reason.is_none() {
        return Err(Problem::field(
            "reason",
            "say why: in_depth, legal, wants_officer or other",
        ));
    }
    let target = Target::find(
        &app,
        wanted.department_id,
        wanted.extension,
        wanted.if_closed,
    )
    .await?;
    let note = wanted.note.filter(|note| !note.trim().is_empty());
    if note
        .as_ref()
        .is_some_and(|note| note.chars().count() > TRANSFER_NOTE_CHARS_MAX)
    {
        return Err(Problem::field("note", "has more than 120 characters"));
    }
    let reason = wanted.reason.map(|reason| match reason {
        Reason::InDepth => TransferReason::InDepth,
        Reason::Legal => TransferReason::Legal,
        Reason::WantsOfficer => TransferReason::WantsOfficer,
        Reason::Other => TransferReason::Other,
    });
    let mode = match wanted.mode {
        Mode::Blind => TransferMode::Blind,
        Mode::Attended => TransferMode::Attended,
    };
    let failing = if wanted.recall.unwrap_or(rules.recall) {
        OnTransferFailed::Recall
    } else {
        OnTransferFailed::Queue
    };
    begin(
        &app,
        &who,
        &id,
        TransferWanted {
            mode,
            department: target.department,
            places: target.places,
            origin: target.origin,
            reason,
            note,
            failing,
        },
    )
    .await
}

/// Asks a unit or an extension while the caller hears music.
#[utoipa::path(post, path = "/calls/{id}/consult", tag = "calls", request_body = Asked,
    responses((status = 202, body = Begun), (status = 403), (status = 404), (status = 409),
        (status = 422), (status = 423)))]
pub(crate) async fn consult(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Typed(asked): Typed<Asked>,
) -> Result<(StatusCode, Json<Begun>), Problem> {
    who.must(Right::ActOnCalls)?;
    let target = Target::find(&app, asked.department_id, asked.extension, asked.if_closed).await?;
    begin(
        &app,
        &who,
        &id,
        TransferWanted {
            mode: TransferMode::Attended,
            department: target.department,
            places: target.places,
            origin: target.origin,
            reason: None,
            note: None,
            failing: OnTransferFailed::Recall,
        },
    )
    .await
}

async fn begin(
    app: &App,
    who: &Identity,
    id: &str,
    wanted: TransferWanted,
) -> Result<(StatusCode, Json<Begun>), Problem> {
    let command = Command::Transfer {
        agent: acting(who)?,
        call: call_id(id)?,
        wanted: Box::new(wanted),
    };
    match app.desk.ask(command).await? {
        Done::Transferring(transfer) => {
            let begun = Begun {
                transfer_id: transfer.to_string(),
                state: TransferState::Requested,
            };
            Ok((StatusCode::ACCEPTED, Json(begun)))
        }
        _ => Err(Problem::new(Code::Internal)),
    }
}

/// Who asks: an agent for their own call, or a program that acts on calls for nobody in particular.
pub(super) fn acting(who: &Identity) -> Result<Option<AgentId>, Problem> {
    who.must(Right::ActOnCalls)?;
    Ok(who.person().map(|agent| agent.login.clone()))
}

/// How a transfer goes. The last ones are known here, until the process is started again; the journal
/// (`GET /calls/{id}/events`) keeps all.
#[utoipa::path(get, path = "/transfers/{id}", tag = "calls",
    responses((status = 200, body = TransferOnWire), (status = 404)))]
pub(crate) async fn get(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<TransferOnWire>, Problem> {
    who.must(Right::ReadCalls)?;
    let missing = || Problem::new(Code::NotFound);
    let transfer: TransferId = id.parse().map_err(|_| missing())?;
    let (now, elapsed_ms) = app.live.transfer(transfer).ok_or_else(missing)?;
    if who.only_own().is_some_and(|own| *own != now.agent) {
        return Err(Problem::new(Code::NotYours));
    }
    Ok(Json(on_wire(id, now, elapsed_ms)))
}

fn on_wire(id: String, now: TransferNow, elapsed_ms: u64) -> TransferOnWire {
    TransferOnWire {
        id,
        call: now.call.to_string(),
        agent: now.agent.to_string(),
        mode: now.mode.as_str(),
        state: now.state,
        sip_code: now.sip_code,
        target: TargetOnWire {
            department: now.department,
            extension: now.to,
        },
        elapsed_ms,
    }
}

/// Where a caller goes, looked up.
struct Target {
    department: Option<String>,
    places: Vec<TransferPlace>,
    origin: PlaceOrigin,
}

impl Target {
    /// The unit's desks, or the extension, which may be one of a unit's.
    async fn find(
        app: &App,
        department: Option<String>,
        extension: Option<String>,
        if_closed: IfClosed,
    ) -> Result<Target, Problem> {
        match (department, extension) {
            (Some(which), None) => Target::unit(app, &which, if_closed).await,
            (None, Some(extension)) => Target::extension(app, &extension).await,
            (None, None) => Err(Problem::new(Code::NoTarget)),
            (Some(_), Some(_)) => Err(Problem::field(
                "extension",
                "name either department_id or extension",
            )),
        }
    }

    async fn unit(app: &App, which: &str, if_closed: IfClosed) -> Result<Target, Problem> {
        let rules = app.config.rules.now();
        let (_, now) = app.clock.now();
        let reach = app.store.reach(which, now, &rules.hours).await?;
        if let (Standing::Closed { why, next_open }, IfClosed::Fail) = (reach.standing, if_closed) {
            let at = |at: WallTime| Value::String(rfc3339(at));
            let problem = Problem::new(Code::DepartmentClosed)
                .with("next_open", next_open.map_or(Value::Null, at))
                .with("reason", serde_json::to_value(why).unwrap_or(Value::Null));
            return Err(problem);
        }
        let place = |endpoint: &kring_store::Endpoint| TransferPlace {
            number: endpoint.extension.clone(),
            rings: endpoint.rings,
        };
        let places: Vec<TransferPlace> = reach.endpoints.iter().map(place).collect();
        if places.is_empty() {
            let detail = "this unit has no active extension: an administrator can add one";
            return Err(Problem::new(Code::NoTarget).detail(detail));
        }
        Ok(Target {
            department: Some(reach.short),
            places,
            origin: PlaceOrigin::Directory,
        })
    }

    async fn extension(app: &App, typed: &str) -> Result<Target, Problem> {
        let number = super::place::dialled(typed)
            .map_err(|_| Problem::field("extension", "write an extension or a number"))?;
        let owner = app.store.owner_of(&number).await?;
        let owner = owner.filter(|owner| owner.endpoint.active);
        let rings = owner.as_ref().map_or(0, |owner| owner.endpoint.rings);
        Ok(Target {
            origin: match &owner {
                Some(_) => PlaceOrigin::Directory,
                None => PlaceOrigin::Typed,
            },
            department: owner.map(|owner| owner.short),
            places: vec![TransferPlace { number, rings }],
        })
    }
}
