//! Sources out of a file, and as a file.

use super::changed_by;
use crate::{
    app::App,
    departments_api::{How, ImportedOnWire, bad_import, csv_body},
    json::Filter,
    problem::Problem,
    session::{Identity, Right},
};
use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use kring_store::{ImportRefused, read_knowledge_csv, write_knowledge_csv};

/// Puts the sources of a file (CSV in UTF-8, one row each) into the database: all or nothing, and the others
/// stay. 422 `bad_import` with `errors`: `row`, `column`, and what is wrong in both languages.
#[utoipa::path(post, path = "/knowledge/import", tag = "knowledge", params(How),
    operation_id = "import_knowledge",
    request_body(content = String, content_type = "text/csv",
        example = "title,department,body\nการจดทะเบียนพาณิชย์,DBD,ยื่นได้ที่เทศบาล\n"),
    responses((status = 200, body = ImportedOnWire), (status = 403), (status = 413),
        (status = 415), (status = 422)))]
pub(crate) async fn import(
    State(app): State<App>,
    who: Identity,
    Filter(how): Filter<How>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<ImportedOnWire>, Problem> {
    who.must(Right::WriteKnowledge)?;
    let body = csv_body(&headers, body)?;
    let rows = read_knowledge_csv(&body).map_err(|mistakes| bad_import(&mistakes))?;
    let by = changed_by(&app, &who);
    let done = app.store.import_knowledge(&by, &rows, how.run()).await;
    let done = done.map_err(|refused| match refused {
        ImportRefused::Mistakes(mistakes) => bad_import(&mistakes),
        ImportRefused::Store(refused) => refused.into(),
    })?;
    Ok(Json(how.told(done)))
}

/// All sources as such a file, drafts and what was retired among them; the text of documents is in their files.
#[utoipa::path(get, path = "/knowledge/export", tag = "knowledge",
    operation_id = "export_knowledge",
    responses((status = 200, body = String, content_type = "text/csv"), (status = 403)))]
pub(crate) async fn export(State(app): State<App>, who: Identity) -> Result<Response, Problem> {
    who.must(Right::WriteKnowledge)?;
    let directory = app.store.directory_at_hand().await?;
    let sources = app.store.all_sources().await?;
    let kind = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"knowledge.csv\"",
        ),
    ];
    let text = write_knowledge_csv(&sources, directory.departments());
    Ok((kind, text).into_response())
}
