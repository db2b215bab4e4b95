//! `/privacy`: the PDPA desk. What persons ask for has a clock and one end; what is known of a person is handed to
//! them; age takes what the rules say; and who read of whom is listed.

mod access;
mod consents;
mod page;
mod requests;
mod retention;
mod subjects;
mod texts;

use crate::{
    app::App,
    problem::{Code, Problem},
};
use kring_store::{ContactId, Number, Subject};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the desk, and of what persons were told.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(requests::list, requests::add))
        .routes(routes!(requests::get))
        .routes(routes!(requests::carry_out))
        .routes(routes!(requests::refuse))
        .routes(routes!(subjects::export))
        .routes(routes!(access::list))
        .routes(routes!(texts::list, texts::write))
        .routes(routes!(retention::show, retention::set))
        .routes(routes!(retention::run))
        .routes(routes!(consents::list, consents::note))
}

/// The contact with this id.
async fn contact_id(app: &App, id: &str) -> Result<ContactId, Problem> {
    let none = || Problem::new(Code::NoSuchContact);
    let id: ContactId = id.parse().map_err(|_| none())?;
    let contact = app.store.contact(id).await?.ok_or_else(none)?;
    Ok(contact.id)
}

/// A person by id, or whoever has a number that is nobody's.
async fn subject(
    app: &App,
    contact: Option<&str>,
    number: Option<&str>,
) -> Result<Subject, Problem> {
    match (contact, number) {
        (Some(id), None) => Ok(Subject::Contact(contact_id(app, id).await?)),
        (None, Some(text)) => {
            let number = Number::read(text, &app.live.config().numbers);
            if !number.is_personal() {
                return Err(Problem::field("number", "is no number that a person has"));
            }
            Ok(Subject::Number(number.canonical))
        }
        _ => Err(Problem::field(
            "contact_id",
            "or number is needed, and not both",
        )),
    }
}
