//! Two persons who are one, and one who are two after all.

use super::contacts::{find, with_numbers};
use crate::{
    app::App,
    departments_api::changed_by,
    json::Json,
    problem::{Code, Problem},
    session::{Identity, Right},
    wire::ContactOnWire,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use kring_store::ContactId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who is the same person: one of the two.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SameAs {
    /// The one in the path becomes this one.
    into: Option<String>,
    /// This one becomes the one in the path.
    from: Option<String>,
}

/// Says that two are one person: numbers and cases are the survivor's, and the other's id leads there. The names
/// of the survivor stay as they are.
#[utoipa::path(post, path = "/contacts/{id}/merge", tag = "contacts", operation_id = "merge_contact",
    request_body(content = SameAs, example = json!({"into": "01KB0000000000000000000000"})),
    responses((status = 200, body = super::contacts::ContactWithNumbers), (status = 403),
        (status = 404), (status = 422)))]
pub(crate) async fn merge(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(same): Json<SameAs>,
) -> Result<Response, Problem> {
    who.must(Right::WriteContacts)?;
    let here = find(&app, &id).await?.id;
    let there = |text: &str| -> Result<ContactId, Problem> {
        text.parse().map_err(|_| Problem::new(Code::NoSuchContact))
    };
    let (from, into) = match (&same.from, &same.into) {
        (None, Some(into)) => (here, there(into)?),
        (Some(from), None) => (there(from)?, here),
        _ => return Err(Problem::field("into", "give either into or from")),
    };
    let by = changed_by(&app, &who);
    let contact = app.store.merge_contacts(&by, from, into).await?;
    with_numbers(&app, &contact).await
}

/// Says that they are two after all: what the merge moved goes back as far as it is still there, and what came
/// later stays with the survivor. The id is that of the one who was merged; a survivor's takes back the last merge.
#[utoipa::path(post, path = "/contacts/{id}/unmerge", tag = "contacts", operation_id = "unmerge_contact",
    responses((status = 200, body = super::contacts::ContactWithNumbers), (status = 403),
        (status = 404), (status = 409)))]
pub(crate) async fn unmerge(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    who.must(Right::WriteContacts)?;
    let id: ContactId = id.parse().map_err(|_| Problem::new(Code::NoSuchContact))?;
    let by = changed_by(&app, &who);
    let contact = app.store.unmerge_contact(&by, id).await?;
    with_numbers(&app, &contact).await
}

/// Persons who may be the same.
#[derive(Serialize, ToSchema)]
pub(crate) struct Duplicates {
    items: Vec<ContactOnWire>,
}

/// Who may be the same person: with a number in common, or with the same name however it was spelt.
#[utoipa::path(get, path = "/contacts/{id}/duplicates", tag = "contacts", operation_id = "contact_duplicates",
    responses((status = 200, body = Duplicates), (status = 403), (status = 404)))]
pub(crate) async fn duplicates(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<axum::Json<Duplicates>, Problem> {
    who.must(Right::ReadContacts)?;
    let contact = find(&app, &id).await?;
    let found = app.store.duplicates_of(contact.id).await?;
    let items = found.iter().map(ContactOnWire::from).collect();
    Ok(axum::Json(Duplicates { items }))
}
