//! Adding, changing and removing sources.

use super::{
    changed_by, source_id, today, unit_id, wanted_version,
    wire::{SourceOnWire, one_text, told, whole},
};
use crate::{
    app::App,
    etag,
    json::Json,
    problem::Problem,
    session::{Identity, Right},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_store::{Directory, Source, SourceId, SourceKind, SourceStatus};
use kring_text::folded;
use kring_time::Day;
use serde::Deserialize;
use utoipa::ToSchema;

/// What a source is. When it is added, `title` is needed; when it is changed, absent members stay, and null
/// empties what may be empty.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SourceFields {
    /// `article` or `website`; documents come out of folders. Only when it is added; an article when nothing is
    /// said.
    kind: Option<String>,
    title: Option<String>,
    /// Markdown, or notes on a website.
    body: Option<String>,
    /// Of a website: http or https, or without a scheme.
    address: Option<String>,
    /// The unit by id or short name.
    #[serde(deserialize_with = "told")]
    #[schema(value_type = Option<String>)]
    department: Option<Option<String>>,
    topics: Option<Vec<String>>,
    /// `th`, `en`, or null.
    #[serde(deserialize_with = "told")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
    /// `draft`, `published` or `retired`; published when nothing is said.
    status: Option<String>,
    /// Days such as `2026-12-31`; years of the Buddhist era are read, too.
    #[serde(deserialize_with = "told")]
    #[schema(value_type = Option<String>)]
    valid_from: Option<Option<String>>,
    #[serde(deserialize_with = "told")]
    #[schema(value_type = Option<String>)]
    valid_until: Option<Option<String>>,
    #[serde(deserialize_with = "told")]
    #[schema(value_type = Option<String>)]
    review_by: Option<Option<String>>,
}

impl SourceFields {
    /// Gives a source what is said of it.
    fn put(self, source: &mut Source, directory: &Directory) -> Result<(), Problem> {
        let is_document = source.kind == SourceKind::Document;
        if is_document && (self.body.is_some() || self.address.is_some()) {
            return Err(Problem::field("body", "is that of the document's file"));
        }
        let topics = self.topics.as_deref().map(one_text);
        let language = self.language.map(Option::unwrap_or_default);
        for (text, said) in [
            (&mut source.title, self.title),
            (&mut source.body, self.body),
            (&mut source.address, self.address),
            (&mut source.topics, topics),
            (&mut source.language, language),
        ] {
            if let Some(said) = said {
                *text = said;
            }
        }
        if let Some(department) = self.department {
            let id = department.map(|which| unit_id(directory, &which));
            source.department = id.transpose()?;
        }
        if let Some(status) = self.status {
            let status = SourceStatus::from_name(&status);
            let why = "is not draft, published or retired";
            source.status = status.ok_or_else(|| Problem::field("status", why))?;
        }
        for (name, day, said) in [
            ("valid_from", &mut source.valid_from, self.valid_from),
            ("valid_until", &mut source.valid_until, self.valid_until),
            ("review_by", &mut source.review_by, self.review_by),
        ] {
            if let Some(said) = said {
                *day = said.map(|text| read_day(name, &text)).transpose()?;
            }
        }
        Ok(())
    }
}

fn read_day(name: &str, text: &str) -> Result<Day, Problem> {
    folded(text)
        .parse()
        .map_err(|refused: kring_time::DayRefused| Problem::field(name, refused.to_string()))
}

/// Adds an article or a website.
#[utoipa::path(post, path = "/knowledge/sources", tag = "knowledge",
    operation_id = "add_source",
    request_body(content = SourceFields, example = json!({"title": "การจดทะเบียนพาณิชย์",
        "body": "# เอกสาร\nสำเนาบัตรประชาชน", "department": "DBD", "topics": ["จดทะเบียน"],
        "valid_until": "2569-12-31"})),
    responses((status = 201, body = SourceOnWire), (status = 403), (status = 404),
        (status = 409), (status = 422)))]
pub(crate) async fn add(
    State(app): State<App>,
    who: Identity,
    Json(fields): Json<SourceFields>,
) -> Result<Response, Problem> {
    who.must(Right::WriteKnowledge)?;
    let kind = match fields.kind.as_deref() {
        None | Some("article") => SourceKind::Article,
        Some("website") => SourceKind::Website,
        Some(_) => {
            let why = "is not article or website: documents come out of folders";
            return Err(Problem::field("kind", why));
        }
    };
    let by = changed_by(&app, &who);
    let directory = app.store.directory().await?;
    let mut source = Source::named(SourceId::new(by.at), kind, "", by.at);
    fields.put(&mut source, &directory)?;
    let source = app.store.add_source(&by, source).await?;
    let told = shown(&app, &source, &directory);
    Ok((StatusCode::CREATED, told).into_response())
}

/// Changes a source. With `If-Match`, only at that version: 412 `stale` otherwise. How it was is kept.
#[utoipa::path(patch, path = "/knowledge/sources/{id}", tag = "knowledge",
    operation_id = "change_source",
    request_body(content = SourceFields, example = json!({"status": "retired"})),
    responses((status = 200, body = SourceOnWire), (status = 403), (status = 404),
        (status = 412), (status = 422)))]
pub(crate) async fn patch(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(fields): Json<SourceFields>,
) -> Result<Response, Problem> {
    who.must(Right::WriteKnowledge)?;
    let (id, version) = (source_id(&id)?, wanted_version(&headers)?);
    if fields.kind.is_some() {
        return Err(Problem::field("kind", "cannot be changed"));
    }
    let directory = app.store.directory().await?;
    let mut refused = None;
    let change = |source: &mut Source| {
        let was = source.clone();
        if let Err(problem) = fields.put(source, &directory) {
            // Left as it was, it writes nothing.
            *source = was;
            refused = Some(problem);
        }
        Ok(())
    };
    let by = changed_by(&app, &who);
    let source = app.store.change_source(&by, id, version, change).await?;
    match refused {
        Some(problem) => Err(problem),
        None => Ok(shown(&app, &source, &directory)),
    }
}

/// Removes a source. Cases that were answered by it go on naming it. The file of a document stays where it is,
/// and is not taken up again.
#[utoipa::path(delete, path = "/knowledge/sources/{id}", tag = "knowledge",
    operation_id = "remove_source",
    responses((status = 204), (status = 403), (status = 404), (status = 412)))]
pub(crate) async fn remove(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    who.must(Right::WriteKnowledge)?;
    let (id, version) = (source_id(&id)?, wanted_version(&headers)?);
    let by = changed_by(&app, &who);
    app.store.remove_source(&by, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(app: &App, source: &Source, directory: &Directory) -> Response {
    let tag = [(header::ETAG, etag::write(source.version))];
    let told = whole(source, directory, today(app));
    (tag, axum::Json(told)).into_response()
}
