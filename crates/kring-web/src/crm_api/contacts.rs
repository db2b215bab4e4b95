//! Persons and companies, found by number or name.

use crate::{
    app::App,
    etag,
    json::{Filter, Json},
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
    wire::{Card, ContactOnWire, NumberOnWire, PastCase},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_store::{Access, AccessWhat, Contact, ContactId, ContactPatch, NewContact, Number};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What to look for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Search {
    /// Part of a name or company.
    q: String,
    /// Rows, 1 to 200.
    limit: Option<u32>,
}

/// Persons, by given name.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContactList {
    items: Vec<ContactOnWire>,
}

/// Persons whose name or company contains `q`.
#[utoipa::path(get, path = "/contacts", tag = "contacts", params(Search),
    responses((status = 200, body = ContactList)))]
pub(crate) async fn search(
    State(app): State<App>,
    who: Identity,
    Filter(search): Filter<Search>,
) -> Result<Response, Problem> {
    who.must(Right::ReadContacts)?;
    let limit = search
        .limit
        .unwrap_or(limits::PAGE_ROWS)
        .clamp(1, limits::PAGE_ROWS_MAX);
    let found = app.store.search_contacts(search.q.trim(), limit).await?;
    let items = found.iter().map(ContactOnWire::from).collect();
    Ok(axum::Json(ContactList { items }).into_response())
}

/// A person to record.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Newcomer {
    prefix: String,
    /// Not empty.
    given: String,
    family: String,
    org: String,
    notes: String,
    /// Their number, in any spelling.
    number: Option<String>,
}

/// Records a person.
#[utoipa::path(post, path = "/contacts", tag = "contacts", request_body = Newcomer,
    responses((status = 201, body = ContactOnWire), (status = 422)))]
pub(crate) async fn create(
    State(app): State<App>,
    who: Identity,
    Json(new): Json<Newcomer>,
) -> Result<Response, Problem> {
    who.must(Right::WriteContacts)?;
    let number = new.number.as_deref().map(|text| read_number(&app, text));
    if number.as_ref().is_some_and(|number| !number.is_personal()) {
        return Err(Problem::field("number", "is no number that a person has"));
    }
    let contact = NewContact {
        prefix: new.prefix,
        given: new.given,
        family: new.family,
        org: new.org,
        notes: new.notes,
    };
    let (_, wall) = app.clock.now();
    let contact = app
        .store
        .create_contact(wall, &contact, number.as_ref())
        .await?;
    Ok((StatusCode::CREATED, shown(&contact)).into_response())
}

/// Whose number.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lookup {
    /// In any spelling.
    number: String,
}

/// The number as it was read, and whose it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct LookedUp {
    number: NumberOnWire,
    #[serde(flatten)]
    card: Card,
}

/// Who uses a number, and the last cases: what a pop shows.
#[utoipa::path(get, path = "/contacts/lookup", tag = "contacts", params(Lookup),
    responses((status = 200, body = LookedUp)))]
pub(crate) async fn look_up(
    State(app): State<App>,
    who: Identity,
    Filter(lookup): Filter<Lookup>,
) -> Result<Response, Problem> {
    who.must(Right::ReadContacts)?;
    let number = read_number(&app, &lookup.number);
    let items = app.live.config().history_items;
    let card = app.store.caller_card(&number.canonical, items).await?;
    for contact in card.contact.iter().chain(&card.candidates) {
        note_access(&app, &who, contact, AccessWhat::Lookup);
    }
    let answer = LookedUp {
        number: NumberOnWire::from(&number),
        card: Card::from(&card),
    };
    Ok(axum::Json(answer).into_response())
}

/// A person with their numbers.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContactWithNumbers {
    #[serde(flatten)]
    contact: ContactOnWire,
    numbers: Vec<OwnNumber>,
}

/// A number of a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnNumber {
    canonical: String,
    display: String,
}

/// One person. One who was merged leads to the one they were merged into.
#[utoipa::path(get, path = "/contacts/{id}", tag = "contacts",
    responses((status = 200, body = ContactWithNumbers), (status = 404)))]
pub(crate) async fn get(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    who.must(Right::ReadContacts)?;
    let contact = find(&app, &id).await?;
    note_access(&app, &who, &contact, AccessWhat::Contact);
    let numbers = app.store.numbers_of(contact.id).await?;
    let numbers = numbers.into_iter();
    let body = ContactWithNumbers {
        contact: ContactOnWire::from(&contact),
        numbers: numbers
            .map(|(canonical, display)| OwnNumber { canonical, display })
            .collect(),
    };
    let tag = [(header::ETAG, etag::write(contact.version))];
    Ok((tag, axum::Json(body)).into_response())
}

/// What to put right; absent members stay.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Correction {
    prefix: Option<String>,
    given: Option<String>,
    family: Option<String>,
    org: Option<String>,
    notes: Option<String>,
    /// Marks a person as important.
    vip: Option<bool>,
    /// `th`, `en`, or empty.
    language: Option<String>,
}

/// Puts a person's data right. With `If-Match`, only at that version: 412 `stale` otherwise.
#[utoipa::path(patch, path = "/contacts/{id}", tag = "contacts", request_body = Correction,
    responses((status = 200, body = ContactOnWire), (status = 412)))]
pub(crate) async fn patch(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(put): Json<Correction>,
) -> Result<Response, Problem> {
    who.must(Right::WriteContacts)?;
    let contact = find(&app, &id).await?;
    let version = match headers.get(header::IF_MATCH) {
        None => contact.version,
        Some(tag) => etag::read(tag).ok_or_else(|| Problem::new(Code::Stale))?,
    };
    let patch = ContactPatch {
        prefix: put.prefix,
        given: put.given,
        family: put.family,
        org: put.org,
        notes: put.notes,
        vip: put.vip,
        language: put.language,
    };
    let contact = app.store.patch_contact(contact.id, version, &patch).await?;
    Ok(shown(&contact))
}

/// A person's cases.
#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryList {
    items: Vec<PastCase>,
}

/// The last cases of a person, newest first.
#[utoipa::path(get, path = "/contacts/{id}/history", tag = "contacts",
    responses((status = 200, body = HistoryList), (status = 404)))]
pub(crate) async fn history(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    who.must(Right::ReadContacts)?;
    let contact = find(&app, &id).await?;
    note_access(&app, &who, &contact, AccessWhat::History);
    let items = app
        .store
        .history_of(contact.id, kring_store::limits::HISTORY_MAX)
        .await?;
    let items = items.iter().map(PastCase::from).collect();
    Ok(axum::Json(HistoryList { items }).into_response())
}

/// Who reads of a person is in the access log.
fn note_access(app: &App, who: &Identity, contact: &Contact, what: AccessWhat) {
    let at = app.clock.now().1;
    app.access.note(Access {
        at,
        who: who.key(),
        contact: contact.id,
        what,
    });
}

async fn find(app: &App, id: &str) -> Result<Contact, Problem> {
    let none = || Problem::new(Code::NoSuchContact);
    let id: ContactId = id.parse().map_err(|_| none())?;
    app.store.contact(id).await?.ok_or_else(none)
}

fn read_number(app: &App, text: &str) -> Number {
    Number::read(text, &app.live.config().numbers)
}

fn shown(contact: &Contact) -> Response {
    let tag = [(header::ETAG, etag::write(contact.version))];
    (tag, axum::Json(ContactOnWire::from(contact))).into_response()
}
