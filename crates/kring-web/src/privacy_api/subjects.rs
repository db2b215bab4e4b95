//! What is known of a person, as the person gets it: for programs as JSON, for people as a page that can be printed.

use super::{page, subject};
use crate::{
    app::App,
    departments_api::changed_by,
    json::Filter,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use kring_store::{Access, AccessWhat, Subject};
use serde::Deserialize;
use utoipa::IntoParams;

/// Of whom, and how.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Of {
    /// Of this person.
    contact_id: Option<String>,
    /// Or of whoever has this number, which is nobody's contact.
    number: Option<String>,
    /// `json`, or `html` for a page in Thai and English.
    format: Option<String>,
}

/// Everything that is known of a person, as a file. That it was read is in the audit before it is handed out.
#[utoipa::path(get, path = "/privacy/export", tag = "privacy", operation_id = "export_subject",
    params(Of),
    responses((status = 200, body = Object), (status = 400), (status = 403), (status = 404),
        (status = 422)))]
pub(crate) async fn export(
    State(app): State<App>,
    who: Identity,
    Filter(of): Filter<Of>,
) -> Result<Response, Problem> {
    who.must(Right::ActOnPrivacy)?;
    let as_page = match of.format.as_deref() {
        None | Some("json") => false,
        Some("html") => true,
        Some(_) => return Err(Problem::new(Code::BadFilter).with("filter", "format")),
    };
    let subject = subject(&app, of.contact_id.as_deref(), of.number.as_deref()).await?;
    let by = changed_by(&app, &who);
    let named = match &subject {
        Subject::Contact(id) => {
            app.access.note(Access {
                at: by.at,
                who: who.key(),
                contact: *id,
                what: AccessWhat::Export,
            });
            id.to_string()
        }
        // The audit outlives the number.
        Subject::Number(_) => "number".to_owned(),
    };
    app.store.note_read(&by, "privacy.export", &named).await?;
    let export = app.store.export_subject(by.at, &subject).await?;
    if as_page {
        let kind = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (
                header::CONTENT_DISPOSITION,
                "attachment; filename=\"personal-data.html\"",
            ),
        ];
        return Ok((kind, page::of(&export)).into_response());
    }
    let name = "attachment; filename=\"personal-data.json\"";
    Ok(([(header::CONTENT_DISPOSITION, name)], axum::Json(export)).into_response())
}
