//! Persons out of a file, and all of them as one.

use crate::{
    app::App,
    departments_api::{bad_import, changed_by},
    json::Filter,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use kring_store::{ContactExport, ImportRefused, ImportRun, read_contacts_csv};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct How {
    /// Only tells what would be done.
    dry_run: bool,
}

/// How many persons it was, or would be.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportedContactsOnWire {
    dry_run: bool,
    added: usize,
    changed: usize,
    /// What the file says to be as it is.
    left: usize,
}

/// Puts the persons of a file (CSV in UTF-8, one row a person) into the database: all or nothing, and the others
/// stay. 422 `bad_import` with `errors`: `row`, `column`, and what is wrong in both languages.
#[utoipa::path(post, path = "/contacts/import", tag = "contacts", operation_id = "import_contacts",
    params(How),
    request_body(content = String, content_type = "text/csv",
        example = "name,numbers\nนางสาวมาลี ใจดี,081-234-5678\n"),
    responses((status = 200, body = ImportedContactsOnWire), (status = 403), (status = 412),
        (status = 413), (status = 415), (status = 422)))]
pub(crate) async fn import(
    State(app): State<App>,
    who: Identity,
    Filter(how): Filter<How>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<ImportedContactsOnWire>, Problem> {
    who.must(Right::Administer)?;
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("text/csv") {
        return Err(Problem::new(Code::NotCsv));
    }
    let body = body.map_err(|_| Problem::new(Code::TooLarge))?;
    let plan = &app.live.config().numbers;
    let contacts = read_contacts_csv(&body, plan).map_err(|mistakes| bad_import(&mistakes))?;
    let run = if how.dry_run {
        ImportRun::Dry
    } else {
        ImportRun::Real
    };
    let by = changed_by(&app, &who);
    let done = app.store.import_contacts(&by, &contacts, run).await;
    let done = done.map_err(|refused| match refused {
        ImportRefused::Mistakes(mistakes) => bad_import(&mistakes),
        ImportRefused::Store(refused) => refused.into(),
    })?;
    Ok(Json(ImportedContactsOnWire {
        dry_run: how.dry_run,
        added: done.added,
        changed: done.changed,
        left: done.left,
    }))
}

/// Every person as such a file, in the order of their names. It is in the audit.
#[utoipa::path(get, path = "/contacts/export", tag = "contacts", operation_id = "export_contacts",
    responses((status = 200, body = String, content_type = "text/csv"), (status = 403)))]
pub(crate) async fn export(State(app): State<App>, who: Identity) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    let by = changed_by(&app, &who);
    let export = app.store.export_contacts(&by).await?;
    let rows = stream::try_unfold(export, async |mut export: ContactExport| {
        Ok::<_, kring_store::StoreRefused>(export.next().await?.map(|rows| (rows, export)))
    });
    let kind = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"contacts.csv\"",
        ),
    ];
    Ok((kind, Body::from_stream(rows)).into_response())
}
