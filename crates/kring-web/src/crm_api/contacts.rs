//! Persons and companies, found by number or name.

use crate::{
    app::App,
    clock::rfc3339,
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
use kring_store::{
    Access, AccessWhat, Contact, ContactId, ContactPage, ContactPatch, ContactSearch, NewContact,
    Number,
};
use kring_text::split_name;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What to look for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Search {
    /// Parts of a name or company, in any order: three characters and more of each stand anywhere in it, one or
    /// two begin a word. Or a whole number in any spelling. Empty: everybody.
    q: String,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows, 1 to 200; 50 when nothing is said.
    limit: Option<u32>,
}

/// A page of persons, by given name in the order of Thai dictionaries.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContactList {
    items: Vec<ContactOnWire>,
    /// What `cursor` takes for the page after this; null on the last.
    next: Option<String>,
}

/// Persons by name, company or number.
#[utoipa::path(get, path = "/contacts", tag = "contacts", operation_id = "search_contacts", params(Search),
    responses((status = 200, body = ContactList), (status = 400), (status = 403)))]
pub(crate) async fn search(
    State(app): State<App>,
    who: Identity,
    Filter(search): Filter<Search>,
) -> Result<Response, Problem> {
    who.must(Right::ReadContacts)?;
    let limit = search.limit.unwrap_or(limits::PAGE_ROWS);
    let text = search.q.trim();
    let after = search.cursor.as_deref().map(str::parse).transpose();
    let wanted = ContactSearch {
        text: text.to_owned(),
        after: after.map_err(|_| Problem::new(Code::BadCursor))?,
        limit: limit.clamp(1, limits::PAGE_ROWS_MAX),
    };
    let by_number = match whole_number(&app, text) {
        Some(number) => app.store.contacts_with(&number.canonical).await?,
        None => Vec::new(),
    };
    let page = if by_number.is_empty() {
        app.store.find_contacts(&wanted).await?
    } else {
        ContactPage {
            contacts: by_number,
            next: None,
        }
    };
    let body = ContactList {
        items: page.contacts.iter().map(ContactOnWire::from).collect(),
        next: page.next.map(|next| next.to_string()),
    };
    Ok(axum::Json(body).into_response())
}

/// The number that a text is, if it is nothing else.
fn whole_number(app: &App, text: &str) -> Option<Number> {
    let number = read_number(app, text);
    let is_digit = |c: &char| c.is_ascii_digit() || matches!(c, '๐'..='๙' | '０'..='９');
    let digits = text.chars().filter(is_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    (number.is_personal() && digits >= 3 && letters < digits).then_some(number)
}

/// A person to record.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Newcomer {
    prefix: String,
    /// Not empty, unless `name` is given.
    given: String,
    family: String,
    /// The whole name as it is typed into one box, instead of the three above: the prefix is split off.
    name: Option<String>,
    org: String,
    notes: String,
    /// Their number, in any spelling.
    number: Option<String>,
}

/// Records a person.
#[utoipa::path(post, path = "/contacts", tag = "contacts", operation_id = "create_contact",
    request_body(content = Newcomer,
        example = json!({"name": "นางสาวมาลี ใจดี", "org": "ร้านมาลีพาณิชย์", "number": "081-234-5678"})),
    responses((status = 201, body = ContactOnWire), (status = 403), (status = 422)))]
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
    let mut contact = NewContact {
        prefix: new.prefix,
        given: new.given,
        family: new.family,
        org: new.org,
        notes: new.notes,
    };
    if let Some(name) = &new.name {
        let apart = [&contact.prefix, &contact.given, &contact.family];
        if apart.iter().any(|part| !part.is_empty()) {
            return Err(Problem::field("name", "is given beside its parts"));
        }
        let name = split_name(name);
        (contact.prefix, contact.given, contact.family) = (name.prefix, name.given, name.family);
    }
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
#[utoipa::path(get, path = "/contacts/lookup", tag = "contacts", operation_id = "look_up_contact", params(Lookup),
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
    /// Their data are kept and not used: they cannot be changed, and only the PDPA desk sees their cases.
    restricted: bool,
    /// They have still to be told of the notice as it is now.
    notice_due: bool,
    /// Who was merged into this person and can be taken back, the last first.
    merged: Vec<MergedOnWire>,
}

/// Somebody who was found to be the same person.
#[derive(Serialize, ToSchema)]
pub(crate) struct MergedOnWire {
    contact: ContactOnWire,
    /// RFC 3339.
    at: String,
    /// Who said so.
    by: String,
}

/// A number of a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnNumber {
    canonical: String,
    display: String,
}

/// One person. One who was merged leads to the one they were merged into.
#[utoipa::path(get, path = "/contacts/{id}", tag = "contacts", operation_id = "get_contact",
    responses((status = 200, body = ContactWithNumbers), (status = 404)))]
pub(crate) async fn get(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    who.must(Right::ReadContacts)?;
    let contact = find(&app, &id).await?;
    note_access(&app, &who, &contact, AccessWhat::Contact);
    with_numbers(&app, &contact).await
}

/// A person with their numbers and whoever was merged into them.
pub(crate) async fn with_numbers(app: &App, contact: &Contact) -> Result<Response, Problem> {
    let numbers = app.store.numbers_of(contact.id).await?.into_iter();
    let merged = app.store.merged_into(contact.id).await?;
    let body = ContactWithNumbers {
        contact: ContactOnWire::from(contact),
        numbers: numbers
            .map(|(canonical, display)| OwnNumber { canonical, display })
            .collect(),
        restricted: app.store.is_restricted(contact.id).await?,
        notice_due: app.store.notice_due(contact.id).await?,
        merged: merged
            .iter()
            .map(|merged| MergedOnWire {
                contact: ContactOnWire::from(&merged.contact),
                at: rfc3339(merged.at),
                by: merged.who.clone(),
            })
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
#[utoipa::path(patch, path = "/contacts/{id}", tag = "contacts", operation_id = "change_contact", request_body = Correction,
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
#[utoipa::path(get, path = "/contacts/{id}/history", tag = "contacts", operation_id = "contact_history",
    responses((status = 200, body = HistoryList), (status = 404)))]
pub(crate) async fn history(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    who.must(Right::ReadContacts)?;
    let contact = find(&app, &id).await?;
    note_access(&app, &who, &contact, AccessWhat::History);
    let most = kring_store::limits::HISTORY_MAX;
    let hidden = app.store.is_restricted(contact.id).await? && !who.may(Right::ActOnPrivacy);
    let items = if hidden {
        Vec::new()
    } else {
        app.store.history_of(contact.id, most).await?
    };
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

pub(crate) async fn find(app: &App, id: &str) -> Result<Contact, Problem> {
    let none = || Problem::new(Code::NoSuchContact);
    let id: ContactId = id.parse().map_err(|_| none())?;
    app.store.contact(id).await?.ok_or_else(none)
}

pub(crate) fn read_number(app: &App, text: &str) -> Number {
    Number::read(text, &app.live.config().numbers)
}

fn shown(contact: &Contact) -> Response {
    let tag = [(header::ETAG, etag::write(contact.version))];
    (tag, axum::Json(ContactOnWire::from(contact))).into_response()
}
