//! Sources one by one and in lists, how they were before, what is to be reviewed, and files that cannot be read.

use super::{
    is_editor,
    search::kind,
    source_id, today, unit_id,
    wire::{FileOnWire, SourceOnWire, brief, whole},
};
use crate::{
    app::App,
    clock::rfc3339,
    etag,
    json::Filter,
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use kring_store::{SourceFilter, SourceStatus, SourceVersion};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// Which sources; what is published when nothing is said.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Which {
    /// `article`, `document` or `website`.
    kind: Option<String>,
    /// `draft`, `published`, `retired`, or `all`; editors may ask for what is not published.
    status: Option<String>,
    /// Of this unit, by id or short name.
    department: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows, 1 to 200.
    limit: Option<u32>,
}

/// A page of sources, the newest first, without their texts.
#[derive(Serialize, ToSchema)]
pub(crate) struct SourcePageOnWire {
    items: Vec<SourceOnWire>,
    next: Option<String>,
}

/// Sources, the newest first.
#[utoipa::path(get, path = "/knowledge/sources", tag = "knowledge", params(Which),
    operation_id = "list_sources",
    responses((status = 200, body = SourcePageOnWire), (status = 400), (status = 403)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Filter(which): Filter<Which>,
) -> Result<Json<SourcePageOnWire>, Problem> {
    who.must(Right::ReadKnowledge)?;
    let directory = app.store.directory_at_hand().await?;
    let status = match which.status.as_deref() {
        None => Some(SourceStatus::Published),
        Some("all") => None,
        Some(text) => {
            let bad = || Problem::new(Code::BadFilter).with("filter", "status");
            Some(SourceStatus::from_name(text).ok_or_else(bad)?)
        }
    };
    if status != Some(SourceStatus::Published) {
        who.must(Right::WriteKnowledge)?;
    }
    let after = which.cursor.as_deref().map(str::parse).transpose();
    let department = which.department.as_deref();
    let filter = SourceFilter {
        kind: which.kind.as_deref().map(kind).transpose()?,
        status,
        department: department
            .map(|which| unit_id(&directory, which))
            .transpose()?,
        due: None,
        after: after.map_err(|_| Problem::new(Code::BadCursor))?,
        limit: limits::rows(which.limit),
    };
    let page = app.store.sources(&filter).await?;
    let today = today(&app);
    let items = page
        .sources
        .iter()
        .map(|source| brief(source, &directory, today));
    Ok(Json(SourcePageOnWire {
        items: items.collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

/// A source with its text, and its version as ETag. Drafts are for editors.
#[utoipa::path(get, path = "/knowledge/sources/{id}", tag = "knowledge",
    operation_id = "get_source",
    responses((status = 200, body = SourceOnWire), (status = 403), (status = 404)))]
pub(crate) async fn get(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    who.must(Right::ReadKnowledge)?;
    let id = source_id(&id)?;
    let directory = app.store.directory_at_hand().await?;
    let source = app.store.source(id).await?;
    let for_them = source.filter(|source| source.status != SourceStatus::Draft || is_editor(&who));
    let source = for_them.ok_or_else(|| Problem::new(Code::NoSuchSource))?;
    let today = today(&app);
    if who.person().is_some() {
        // A count that is lost harms nobody; an answer that is not given does.
        if let Err(refused) = app.store.count_shown(id, today).await {
            tracing::warn!(%refused, "that a source was opened is not counted");
        }
    }
    let tag = [(header::ETAG, etag::write(source.version))];
    Ok((tag, Json(whole(&source, &directory, today))).into_response())
}

/// How a source was.
#[derive(Serialize, ToSchema)]
pub(crate) struct VersionOnWire {
    version: i64,
    at: String,
    who: String,
    /// Its fields then.
    #[schema(value_type = Object)]
    content: Value,
}

/// How a source was, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct VersionsOnWire {
    items: Vec<VersionOnWire>,
}

/// How a source was before each change, the newest first.
#[utoipa::path(get, path = "/knowledge/sources/{id}/versions", tag = "knowledge",
    operation_id = "list_source_versions",
    responses((status = 200, body = VersionsOnWire), (status = 403), (status = 404)))]
pub(crate) async fn versions(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Json<VersionsOnWire>, Problem> {
    who.must(Right::WriteKnowledge)?;
    let versions = app.store.source_versions(source_id(&id)?).await?;
    if versions.is_empty() && app.store.source(source_id(&id)?).await?.is_none() {
        return Err(Problem::new(Code::NoSuchSource));
    }
    let told = |version: SourceVersion| VersionOnWire {
        version: version.version,
        at: rfc3339(version.at),
        who: version.who,
        content: serde_json::from_str(&version.content).unwrap_or(Value::Null),
    };
    let items = versions.into_iter().map(told).collect();
    Ok(Json(VersionsOnWire { items }))
}

/// By when.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Due {
    /// By this day; today when nothing is said.
    due: Option<String>,
    /// Rows, 1 to 200.
    limit: Option<u32>,
}

/// Sources that are to be looked at, the most urgent first.
#[utoipa::path(get, path = "/knowledge/reviews", tag = "knowledge", params(Due),
    operation_id = "list_reviews",
    responses((status = 200, body = SourcePageOnWire), (status = 400), (status = 403)))]
pub(crate) async fn reviews(
    State(app): State<App>,
    who: Identity,
    Filter(by): Filter<Due>,
) -> Result<Json<SourcePageOnWire>, Problem> {
    who.must(Right::WriteKnowledge)?;
    let today = today(&app);
    let due = by
        .due
        .as_deref()
        .map(|text| kring_text::folded(text).parse());
    let due = due.transpose();
    let due = due.map_err(|refused: kring_time::DayRefused| {
        Problem::new(Code::BadFilter)
            .with("filter", "due")
            .detail(refused.to_string())
    })?;
    let filter = SourceFilter {
        due: Some(due.unwrap_or(today)),
        limit: limits::rows(by.limit),
        ..SourceFilter::default()
    };
    let directory = app.store.directory_at_hand().await?;
    let page = app.store.sources(&filter).await?;
    let items = page
        .sources
        .iter()
        .map(|source| brief(source, &directory, today));
    Ok(Json(SourcePageOnWire {
        items: items.collect(),
        next: None,
    }))
}

/// The files of documents.
#[derive(Serialize, ToSchema)]
pub(crate) struct FilesOnWire {
    items: Vec<FileOnWire>,
}

/// The files of all documents, with those that could not be read and those that are gone.
#[utoipa::path(get, path = "/knowledge/documents", tag = "knowledge",
    operation_id = "list_documents",
    responses((status = 200, body = FilesOnWire), (status = 403)))]
pub(crate) async fn documents(
    State(app): State<App>,
    who: Identity,
) -> Result<Json<FilesOnWire>, Problem> {
    who.must(Right::WriteKnowledge)?;
    let files = app.store.document_files().await?;
    let items = files.iter().map(FileOnWire::from).collect();
    Ok(Json(FilesOnWire { items }))
}
