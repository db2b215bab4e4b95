//! Words that mean the same to a search.

use super::{changed_by, wanted_version};
use crate::{
    app::App,
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
use kring_store::{Synonym, SynonymId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A group of words.
#[derive(Serialize, ToSchema)]
pub(crate) struct SynonymOnWire {
    id: String,
    words: Vec<String>,
    version: i64,
}

impl From<&Synonym> for SynonymOnWire {
    fn from(synonym: &Synonym) -> SynonymOnWire {
        SynonymOnWire {
            id: synonym.id.to_string(),
            words: synonym.words.clone(),
            version: synonym.version,
        }
    }
}

/// All groups.
#[derive(Serialize, ToSchema)]
pub(crate) struct SynonymList {
    items: Vec<SynonymOnWire>,
}

/// Groups of words that mean the same, in the order in which they were added.
#[utoipa::path(get, path = "/knowledge/synonyms", tag = "knowledge",
    operation_id = "list_synonyms",
    responses((status = 200, body = SynonymList), (status = 403)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
) -> Result<axum::Json<SynonymList>, Problem> {
    who.must(Right::ReadKnowledge)?;
    let synonyms = app.store.synonyms().await?;
    let items = synonyms.iter().map(SynonymOnWire::from).collect();
    Ok(axum::Json(SynonymList { items }))
}

/// The words of a group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// 2 to 8 words or phrases, without semicolons.
    words: Vec<String>,
}

/// Adds a group.
#[utoipa::path(post, path = "/knowledge/synonyms", tag = "knowledge",
    operation_id = "add_synonym",
    request_body(content = Words, example = json!({"words": ["ดีบีดี", "DBD", "กรมพัฒนาธุรกิจการค้า"]})),
    responses((status = 201, body = SynonymOnWire), (status = 403), (status = 409),
        (status = 422)))]
pub(crate) async fn add(
    State(app): State<App>,
    who: Identity,
    Json(words): Json<Words>,
) -> Result<Response, Problem> {
    who.must(Right::WriteKnowledge)?;
    let by = changed_by(&app, &who);
    let synonym = app.store.add_synonym(&by, &words.words).await?;
    Ok((StatusCode::CREATED, shown(&synonym)).into_response())
}

/// Gives a group these words in place of those it has. With `If-Match`, only at that version: 412 `stale`
/// otherwise.
#[utoipa::path(put, path = "/knowledge/synonyms/{id}", tag = "knowledge",
    operation_id = "change_synonym",
    request_body(content = Words, example = json!({"words": ["ดีบีดี", "DBD"]})),
    responses((status = 200, body = SynonymOnWire), (status = 403), (status = 404),
        (status = 412), (status = 422)))]
pub(crate) async fn put(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(words): Json<Words>,
) -> Result<Response, Problem> {
    who.must(Right::WriteKnowledge)?;
    let (id, version) = (synonym_id(&id)?, wanted_version(&headers)?);
    let by = changed_by(&app, &who);
    let changed = app.store.change_synonym(&by, id, version, &words.words);
    Ok(shown(&changed.await?))
}

/// Takes a group away.
#[utoipa::path(delete, path = "/knowledge/synonyms/{id}", tag = "knowledge",
    operation_id = "remove_synonym",
    responses((status = 204), (status = 403), (status = 404), (status = 412)))]
pub(crate) async fn remove(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    who.must(Right::WriteKnowledge)?;
    let (id, version) = (synonym_id(&id)?, wanted_version(&headers)?);
    let by = changed_by(&app, &who);
    app.store.remove_synonym(&by, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn synonym_id(text: &str) -> Result<SynonymId, Problem> {
    text.parse().map_err(|_| Problem::new(Code::NoSuchSynonym))
}

fn shown(synonym: &Synonym) -> Response {
    let tag = [(header::ETAG, etag::write(synonym.version))];
    (tag, axum::Json(SynonymOnWire::from(synonym))).into_response()
}
