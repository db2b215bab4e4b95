//! What a person was told and agreed to.

use super::contact_id;
use crate::{
    app::App,
    clock::rfc3339,
    departments_api::changed_by,
    json::Json,
    problem::Problem,
    session::{Identity, Right},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kring_store::{Consent, ConsentSaid, NewConsent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person said to a text.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentOnWire {
    id: String,
    purpose: String,
    /// Of the text.
    version: i64,
    /// `notified`, `given`, `refused` or `withdrawn`.
    said: &'static str,
    at: String,
    who: String,
    call: Option<String>,
}

impl From<Consent> for ConsentOnWire {
    fn from(consent: Consent) -> ConsentOnWire {
        ConsentOnWire {
            id: consent.id.to_string(),
            purpose: consent.purpose,
            version: consent.version,
            said: consent.said.as_str(),
            at: rfc3339(consent.at),
            who: consent.who,
            call: consent.call.map(|call| call.to_string()),
        }
    }
}

/// All of it, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentList {
    items: Vec<ConsentOnWire>,
    /// They have still to be told of the notice as it is now.
    notice_due: bool,
}

/// What a person was told and agreed to.
#[utoipa::path(get, path = "/contacts/{id}/consents", tag = "privacy",
    operation_id = "list_consents",
    responses((status = 200, body = ConsentList), (status = 403), (status = 404)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<axum::Json<ConsentList>, Problem> {
    who.must(Right::ReadContacts)?;
    let contact = contact_id(&app, &id).await?;
    let consents = app.store.consents_of(contact).await?;
    Ok(axum::Json(ConsentList {
        items: consents.into_iter().map(ConsentOnWire::from).collect(),
        notice_due: app.store.notice_due(contact).await?,
    }))
}

/// What a person said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"purpose": "notice", "said": "notified"}))]
pub(crate) struct Answer {
    /// A purpose that has a text.
    purpose: String,
    /// `notified`, `given`, `refused` or `withdrawn`.
    said: String,
    /// In this call.
    call: Option<String>,
}

/// Notes what a person said to the newest text of a purpose. Lines are added, never changed.
#[utoipa::path(post, path = "/contacts/{id}/consents", tag = "privacy",
    operation_id = "note_consent", request_body = Answer,
    responses((status = 201, body = ConsentOnWire), (status = 403), (status = 404),
        (status = 422)))]
pub(crate) async fn note(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(answer): Json<Answer>,
) -> Result<Response, Problem> {
    who.must(Right::WriteContacts)?;
    let contact = contact_id(&app, &id).await?;
    let new = NewConsent {
        purpose: answer.purpose,
        said: ConsentSaid::from_name(&answer.said)
            .ok_or_else(|| Problem::field("said", "is notified, given, refused or withdrawn"))?,
        call: answer
            .call
            .map(|call| call.parse().map_err(|_| Problem::field("call", "is no id")))
            .transpose()?,
    };
    let by = changed_by(&app, &who);
    let consent = app.store.note_consent(&by, contact, &new).await?;
    Ok((
        StatusCode::CREATED,
        axum::Json(ConsentOnWire::from(consent)),
    )
        .into_response())
}
