//! What was looked for in vain: noted by agents, answered by editors.

use super::{changed_by, source_id, wanted_version, wire::told};
use crate::{
    app::App,
    clock::rfc3339,
    etag,
    json::{Filter, Json},
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_store::{Gap, Gaps};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A question that nobody could answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct GapOnWire {
    id: String,
    /// As it was typed last; spellings that fold to the same are one.
    q: String,
    /// How often.
    times: i64,
    first_at: String,
    last_at: String,
    /// The source that answers it now. Asked in vain again, it is unanswered again.
    answered_by: Option<String>,
    answered_at: Option<String>,
    version: i64,
}

impl From<&Gap> for GapOnWire {
    fn from(gap: &Gap) -> GapOnWire {
        GapOnWire {
            id: gap.id.to_string(),
            q: gap.q.clone(),
            times: gap.times,
            first_at: rfc3339(gap.first_at),
            last_at: rfc3339(gap.last_at),
            answered_by: gap.answered_by.map(|id| id.to_string()),
            answered_at: gap.answered_at.map(rfc3339),
            version: gap.version,
        }
    }
}

/// Which gaps.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Which {
    /// `open` (when nothing is said), `answered` or `all`.
    status: Option<String>,
    /// Rows, 1 to 200.
    limit: Option<u32>,
}

/// Gaps, those asked most first.
#[derive(Serialize, ToSchema)]
pub(crate) struct GapList {
    items: Vec<GapOnWire>,
}

/// What agents looked for and did not find, the most asked first.
#[utoipa::path(get, path = "/knowledge/gaps", tag = "knowledge", params(Which),
    operation_id = "list_gaps",
    responses((status = 200, body = GapList), (status = 400), (status = 403)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Filter(which): Filter<Which>,
) -> Result<axum::Json<GapList>, Problem> {
    who.must(Right::WriteKnowledge)?;
    let gaps = match which.status.as_deref() {
        None | Some("open") => Gaps::Open,
        Some("answered") => Gaps::Answered,
        Some("all") => Gaps::All,
        Some(_) => return Err(Problem::new(Code::BadFilter).with("filter", "status")),
    };
    let gaps = app.store.gaps(gaps, limits::rows(which.limit)).await?;
    let items = gaps.iter().map(GapOnWire::from).collect();
    Ok(axum::Json(GapList { items }))
}

/// What was looked for in vain.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// As it was typed. Write no names or numbers of citizens.
    q: String,
    /// The call in which it was asked.
    #[serde(default)]
    call: Option<String>,
}

/// Notes that an agent looked for something and did not find it.
#[utoipa::path(post, path = "/knowledge/gaps", tag = "knowledge", operation_id = "note_gap",
    request_body(content = Asked, example = json!({"q": "ค่าปรับจดทะเบียนล่าช้า"})),
    responses((status = 201, body = GapOnWire), (status = 403), (status = 404), (status = 422)))]
pub(crate) async fn add(
    State(app): State<App>,
    who: Identity,
    Json(asked): Json<Asked>,
) -> Result<Response, Problem> {
    who.must(Right::ReadKnowledge)?;
    let call = asked.call.as_deref().map(str::parse).transpose();
    let call = call.map_err(|_| Problem::new(Code::NoSuchCall))?;
    let by = changed_by(&app, &who);
    let gap = app.store.note_gap(&by, &asked.q, call).await?;
    Ok((StatusCode::CREATED, axum::Json(GapOnWire::from(&gap))).into_response())
}

/// What answers a gap.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// A source; null: nothing does.
    #[serde(deserialize_with = "told")]
    #[schema(value_type = Option<String>)]
    answered_by: Option<Option<String>>,
}

/// Says what answers a gap. With `If-Match`, only at that version: 412 `stale` otherwise.
#[utoipa::path(patch, path = "/knowledge/gaps/{id}", tag = "knowledge",
    operation_id = "answer_gap",
    request_body(content = Answer, example = json!({"answered_by": "00000000000000000000000206"})),
    responses((status = 200, body = GapOnWire), (status = 403), (status = 404),
        (status = 412)))]
pub(crate) async fn answer(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(answer): Json<Answer>,
) -> Result<Response, Problem> {
    who.must(Right::WriteKnowledge)?;
    let id = id.parse().map_err(|_| Problem::new(Code::NoSuchGap))?;
    let source = answer.answered_by.flatten();
    let source = source.map(|text| source_id(&text)).transpose()?;
    let (by, version) = (changed_by(&app, &who), wanted_version(&headers)?);
    let gap = app.store.answer_gap(&by, id, version, source).await?;
    let tag = [(header::ETAG, etag::write(gap.version))];
    Ok((tag, axum::Json(GapOnWire::from(&gap))).into_response())
}
