//! The directory out of a file, and as a file.

use super::changed_by;
use crate::{
    app::App,
    json::Filter,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use kring_store::{
    CsvMistake, ImportRefused, ImportRun, Imported, read_departments_csv, write_departments_csv,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

/// How.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct How {
    /// Only tells what would be done.
    dry_run: bool,
}

impl How {
    pub(crate) fn run(&self) -> ImportRun {
        if self.dry_run {
            ImportRun::Dry
        } else {
            ImportRun::Real
        }
    }

    pub(crate) fn told(&self, done: Imported) -> ImportedOnWire {
        ImportedOnWire {
            dry_run: self.dry_run,
            added: done.added,
            changed: done.changed,
            left: done.left,
        }
    }
}

/// What was done, or would be, by short name or title.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportedOnWire {
    dry_run: bool,
    added: Vec<String>,
    changed: Vec<String>,
    /// What the file says to be as it is.
    left: Vec<String>,
}

/// Puts the units of a file (CSV in UTF-8, one row an endpoint) into the directory: all or nothing, and the
/// others stay. 422 `bad_import` with `errors`: `row`, `column`, and what is wrong in both languages.
#[utoipa::path(post, path = "/departments/import", tag = "directory", params(How),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ImportedOnWire), (status = 403), (status = 413),
        (status = 415), (status = 422)))]
pub(crate) async fn import(
    State(app): State<App>,
    who: Identity,
    Filter(how): Filter<How>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<ImportedOnWire>, Problem> {
    who.must(Right::Administer)?;
    let body = csv_body(&headers, body)?;
    let units = read_departments_csv(&body).map_err(|mistakes| bad_import(&mistakes))?;
    let by = changed_by(&app, &who);
    let done = app.store.import_departments(&by, &units, how.run()).await;
    let done = done.map_err(|refused| match refused {
        ImportRefused::Mistakes(mistakes) => bad_import(&mistakes),
        ImportRefused::Store(refused) => refused.into(),
    })?;
    Ok(Json(how.told(done)))
}

/// The file in a request.
pub(crate) fn csv_body(
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Bytes, Problem> {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("text/csv") {
        return Err(Problem::new(Code::NotCsv));
    }
    body.map_err(|_| Problem::new(Code::TooLarge))
}

pub(crate) fn bad_import(mistakes: &[CsvMistake]) -> Problem {
    let error = |mistake: &CsvMistake| {
        json!({
            "row": mistake.row,
            "column": mistake.column,
            "text_en": mistake.told_en,
            "text_th": mistake.told_th,
        })
    };
    let errors: Vec<Value> = mistakes.iter().map(error).collect();
    let first = mistakes.first().map(ToString::to_string);
    Problem::new(Code::BadImport)
        .detail(first.unwrap_or_default())
        .with("errors", errors)
}

/// The whole directory as such a file.
#[utoipa::path(get, path = "/departments/export", tag = "directory",
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(crate) async fn export(State(app): State<App>, who: Identity) -> Result<Response, Problem> {
    who.must(Right::ReadDirectory)?;
    let directory = app.store.directory().await?;
    let kind = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"departments.csv\"",
        ),
    ];
    Ok((kind, write_departments_csv(directory.departments())).into_response())
}
