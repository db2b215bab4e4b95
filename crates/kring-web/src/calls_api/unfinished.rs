//! Records that are owed: an agent's own list, everybody's for supervisors, and handing one over.

use super::{call_id, draft::is_tip};
use crate::{
    app::App,
    json::{Filter, Json},
    problem::{Code, Problem},
    session::{Identity, Right},
    wire::UnfinishedOnWire,
};
use axum::extract::{Path, State};
use kring_journal::AgentId;
use kring_store::{FieldMistake, FieldWhy, HandOverWrite, TrustedDone, TrustedWrite, Unfinished};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

/// Whose.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Whose {
    /// A login, or `*` for everybody's: for supervisors. The asking agent's own when nothing is said.
    agent: Option<String>,
}

/// Calls that lack their record.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnfinishedList {
    items: Vec<UnfinishedOnWire>,
}

/// Calls that lack their record, oldest first. What others have typed of a tip is left out.
#[utoipa::path(get, path = "/unfinished", tag = "record", params(Whose), operation_id = "unfinished",
    responses((status = 200, body = UnfinishedList), (status = 403)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Filter(Whose { agent }): Filter<Whose>,
) -> Result<axum::Json<UnfinishedList>, Problem> {
    let own = who.person().map(|agent| agent.login.clone());
    let asked = agent.as_deref().map(AgentId::new);
    let rows = match (agent.as_deref(), asked) {
        (Some(text), Some(asked)) if Some(&asked) != own.as_ref() => {
            who.must(Right::ActOnFloor)?;
            match text {
                "*" => app.store.unfinished_of_all().await?,
                _ => app.store.unfinished(&asked).await?,
            }
        }
        _ => app.store.unfinished(&who.agent()?.login).await?,
    };
    let shown = |row: &Unfinished| {
        let mut wire = UnfinishedOnWire::from(row);
        let owes = row.call.record.record_owner.as_ref();
        let owes = owes.or(row.call.record.agent.as_ref());
        let hidden = owes != own.as_ref() && !who.may(Right::ReadTips);
        if let Some(draft) = wire
            .draft
            .as_mut()
            .filter(|draft| hidden && is_tip(&draft.body))
        {
            draft.body = json!({});
        }
        wire
    };
    let items = rows.iter().map(shown).collect();
    Ok(axum::Json(UnfinishedList { items }))
}

/// Who gets it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HandOver {
    /// A login.
    to: String,
}

/// Gives a record that is owed to another agent, with what was typed: for supervisors, when whoever answered is
/// away. It is a fact of the call and in the audit; both agents are told. 409 `record_open` while the agent is at
/// it.
#[utoipa::path(post, path = "/unfinished/{call}/hand-over", tag = "record", operation_id = "hand_over_record",
    request_body(content = HandOver, example = json!({"to": "malee"})),
    responses((status = 200), (status = 403), (status = 404), (status = 409), (status = 422)))]
pub(crate) async fn hand_over(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(HandOver { to }): Json<HandOver>,
) -> Result<axum::Json<serde_json::Value>, Problem> {
    who.must(Right::ActOnFloor)?;
    let call = call_id(&id)?;
    if to.trim().is_empty() {
        let mistake = FieldMistake::new("to", FieldWhy::Missing);
        return Err(Problem::fields(&[mistake]));
    }
    if app.live.is_at_record(call) {
        return Err(Problem::new(Code::RecordOpen));
    }
    let write = TrustedWrite::HandOver(HandOverWrite {
        call,
        who: who.key(),
        by: who.says(),
        to: AgentId::new(to.trim()),
    });
    match app.desk.trust(write).await? {
        TrustedDone::HandedOver => Ok(axum::Json(json!({ "done": "ok" }))),
        other => Err(super::record::already(other)),
    }
}
