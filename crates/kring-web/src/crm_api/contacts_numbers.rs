//! The numbers of a person: another one, one less, and "this is not the person".

use super::contacts::{find, read_number, with_numbers};
use crate::{
    app::App,
    departments_api::changed_by,
    json::{Filter, Json},
    problem::{Code, Problem},
    session::{Identity, Right},
    wire::Card,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kring_store::NumberLink;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A number of a person.
#[derive(Debug, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhichNumber {
    /// In any spelling.
    number: String,
}

/// Gives a person another number. One that they have already is no mistake.
#[utoipa::path(post, path = "/contacts/{id}/numbers", tag = "contacts", operation_id = "add_contact_number",
    request_body(content = WhichNumber, example = json!({"number": "038-611-025"})),
    responses((status = 200, body = super::contacts::ContactWithNumbers), (status = 403),
        (status = 404), (status = 409), (status = 422)))]
pub(crate) async fn add(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(which): Json<WhichNumber>,
) -> Result<Response, Problem> {
    who.must(Right::WriteContacts)?;
    let contact = find(&app, &id).await?;
    let number = read_number(&app, &which.number);
    let by = changed_by(&app, &who);
    let contact = app.store.add_number(&by, contact.id, &number).await?;
    with_numbers(&app, &contact).await
}

/// Takes a number from a person.
#[utoipa::path(delete, path = "/contacts/{id}/numbers", tag = "contacts",
    operation_id = "remove_contact_number", params(WhichNumber),
    responses((status = 204), (status = 403), (status = 404)))]
pub(crate) async fn remove(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Filter(which): Filter<WhichNumber>,
) -> Result<StatusCode, Problem> {
    who.must(Right::WriteContacts)?;
    let contact = find(&app, &id).await?;
    let number = read_number(&app, &which.number);
    let by = changed_by(&app, &who);
    let link = NumberLink::Number(number.canonical);
    app.store.unlink_number(&by, contact.id, &link).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which number is not the person's: one of the two.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NotTheirs {
    /// In any spelling.
    number: Option<String>,
    /// The call whose number it is.
    call: Option<String>,
}

/// What the number shows now.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotThisPerson {
    /// Hand it back to `/contacts/{id}/this-person` when it was a mistake.
    undo: String,
    number: String,
    #[serde(flatten)]
    card: Card,
}

/// Says that this person is not who calls from a number. Cases stay with the person.
#[utoipa::path(post, path = "/contacts/{id}/not-this-person", tag = "contacts",
    operation_id = "not_this_person",
    request_body(content = NotTheirs, example = json!({"number": "081-234-5678"})),
    responses((status = 200, body = NotThisPerson), (status = 403), (status = 404), (status = 422)))]
pub(crate) async fn not_this_person(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(not): Json<NotTheirs>,
) -> Result<axum::Json<NotThisPerson>, Problem> {
    who.must(Right::WriteContacts)?;
    let contact = find(&app, &id).await?;
    let link = match (&not.number, &not.call) {
        (Some(number), None) => NumberLink::Number(read_number(&app, number).canonical),
        (None, Some(call)) => {
            let call = call.parse().map_err(|_| Problem::new(Code::NoSuchCall))?;
            NumberLink::Call(call)
        }
        _ => return Err(Problem::field("number", "give either number or call")),
    };
    let by = changed_by(&app, &who);
    let done = app.store.unlink_number(&by, contact.id, &link).await?;
    let items = app.live.config().history_items;
    let card = app.store.caller_card(&done.number, items).await?;
    Ok(axum::Json(NotThisPerson {
        undo: done.id.to_string(),
        number: done.number,
        card: Card::from(&card),
    }))
}

/// What is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Undo {
    /// From the answer of `/contacts/{id}/not-this-person`.
    undo: String,
}

/// Takes back that somebody is not this person: the number is theirs again, as it was.
#[utoipa::path(post, path = "/contacts/{id}/this-person", tag = "contacts",
    operation_id = "this_person",
    request_body(content = Undo, example = json!({"undo": "01KB0000000000000000000000"})),
    responses((status = 200, body = super::contacts::ContactWithNumbers), (status = 403),
        (status = 404)))]
pub(crate) async fn this_person(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(undo): Json<Undo>,
) -> Result<Response, Problem> {
    who.must(Right::WriteContacts)?;
    let contact = find(&app, &id).await?;
    let undo = undo.undo.parse();
    let undo = undo.map_err(|_| Problem::new(Code::NoSuchNumber))?;
    let by = changed_by(&app, &who);
    app.store.relink_number(&by, contact.id, undo).await?;
    Ok(with_numbers(&app, &contact).await?.into_response())
}
