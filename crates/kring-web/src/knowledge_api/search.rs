//! One box over articles, documents and websites.

use super::{
    is_editor, today, unit_id,
    wire::{PieceOnWire, SourceOnWire, brief, pieces},
};
use crate::{
    app::App,
    json::Filter,
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{Json, extract::State};
use kring_store::{KnowledgeHit, KnowledgeQuestion, Readers, SourceKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What is looked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Asked {
    /// As it was typed, in Thai or English, with or without spaces.
    q: String,
    /// Of this unit only, by id or short name.
    department: Option<String>,
    /// What this unit says comes first where others say it as well.
    own_unit: Option<String>,
    /// `article`, `document` or `website` only.
    kind: Option<String>,
    /// Drafts and what was retired, too: for editors.
    all: bool,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Hits, 1 to 50; 10 when nothing is said.
    limit: Option<u32>,
}

/// A source that was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct HitOnWire {
    source: SourceOnWire,
    /// Its title, in pieces.
    title: Vec<PieceOnWire>,
    /// What its text says around what was looked for, in pieces.
    snippet: Vec<PieceOnWire>,
    /// To be compared within one search.
    score: f32,
}

/// What was found, the best first.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundOnWire {
    items: Vec<HitOnWire>,
    /// How many there are on all pages, at most 200.
    total: usize,
    next: Option<String>,
}

/// Looks for what was typed: title over topics and headings over text, the phrase over its words; what has
/// expired comes last. Other words for the same, misspelt marks and letters, and words cut otherwise are found
/// too. Hits are pieces of text, never HTML.
#[utoipa::path(get, path = "/knowledge/search", tag = "knowledge", params(Asked),
    operation_id = "search_knowledge",
    responses((status = 200, body = FoundOnWire), (status = 400), (status = 403), (status = 404)))]
pub(crate) async fn search(
    State(app): State<App>,
    who: Identity,
    Filter(asked): Filter<Asked>,
) -> Result<Json<FoundOnWire>, Problem> {
    who.must(Right::ReadKnowledge)?;
    if asked.all && !is_editor(&who) {
        return Err(Problem::new(Code::Forbidden).with("scope", Right::WriteKnowledge.scope()));
    }
    let directory = app.store.directory_at_hand().await?;
    let unit = |which: &Option<String>| {
        let which = which.as_deref();
        which.map(|which| unit_id(&directory, which)).transpose()
    };
    let skip = asked.cursor.as_deref().map_or(Ok(0), str::parse::<usize>);
    let skip = skip.map_err(|_| Problem::new(Code::BadCursor))?;
    let today = today(&app);
    let question = KnowledgeQuestion {
        department: unit(&asked.department)?,
        own_unit: unit(&asked.own_unit)?,
        kind: asked.kind.as_deref().map(kind).transpose()?,
        readers: if asked.all {
            Readers::Editors
        } else {
            Readers::All
        },
        today,
        skip,
        limit: limits::hits(asked.limit),
        q: asked.q,
    };
    let found = app.store.search_knowledge(&question).await?;
    let seen = skip.saturating_add(question.limit);
    let hit = |hit: KnowledgeHit| HitOnWire {
        source: brief(&hit.source, &directory, today),
        title: pieces(hit.title),
        snippet: pieces(hit.snippet),
        score: hit.score,
    };
    Ok(Json(FoundOnWire {
        total: found.all,
        next: (seen < found.all).then(|| seen.to_string()),
        items: found.hits.into_iter().map(hit).collect(),
    }))
}

pub(super) fn kind(text: &str) -> Result<SourceKind, Problem> {
    let bad = || Problem::new(Code::BadFilter).with("filter", "kind");
    SourceKind::from_name(text).ok_or_else(bad)
}
