//! What persons are told or asked.

use crate::{
    app::App,
    clock::rfc3339,
    departments_api::changed_by,
    json::Json,
    problem::Problem,
    session::{Identity, Right},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kring_store::ConsentText;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A text, in its newest version.
#[derive(Serialize, ToSchema)]
pub(crate) struct TextOnWire {
    /// `notice` is what everybody is told; `recording` and others are asked.
    purpose: String,
    version: i64,
    text_th: String,
    text_en: String,
    since: String,
    by: String,
}

impl From<ConsentText> for TextOnWire {
    fn from(text: ConsentText) -> TextOnWire {
        TextOnWire {
            purpose: text.purpose,
            version: text.version,
            text_th: text.text_th,
            text_en: text.text_en,
            since: rfc3339(text.since),
            by: text.by,
        }
    }
}

/// The texts.
#[derive(Serialize, ToSchema)]
pub(crate) struct TextList {
    items: Vec<TextOnWire>,
}

/// The newest text of each purpose: whoever works here reads them out.
#[utoipa::path(get, path = "/privacy/texts", tag = "privacy", operation_id = "list_consent_texts",
    responses((status = 200, body = TextList), (status = 403)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
) -> Result<axum::Json<TextList>, Problem> {
    who.must(Right::ReadContacts)?;
    let texts = app.store.consent_texts().await?;
    let items = texts.into_iter().map(TextOnWire::from).collect();
    Ok(axum::Json(TextList { items }))
}

/// A text to be read out from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"purpose": "notice", "text_th": "ศูนย์บริการเก็บชื่อและหมายเลขของท่าน",
    "text_en": "The centre keeps your name and number"}))]
pub(crate) struct NewText {
    /// 1 to 40 of a-z and _.
    purpose: String,
    text_th: String,
    #[serde(default)]
    text_en: String,
}

/// Begins a new version of a text; earlier ones stay as they were heard.
#[utoipa::path(post, path = "/privacy/texts", tag = "privacy", operation_id = "write_consent_text",
    request_body = NewText,
    responses((status = 201, body = TextOnWire), (status = 403), (status = 422)))]
pub(crate) async fn write(
    State(app): State<App>,
    who: Identity,
    Json(new): Json<NewText>,
) -> Result<Response, Problem> {
    who.must(Right::ActOnPrivacy)?;
    let by = changed_by(&app, &who);
    let text = app
        .store
        .write_consent_text(&by, new.purpose.trim(), &new.text_th, &new.text_en)
        .await?;
    Ok((StatusCode::CREATED, axum::Json(TextOnWire::from(text))).into_response())
}
