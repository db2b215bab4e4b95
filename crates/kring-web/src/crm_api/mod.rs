//! `/contacts`: who called before, and what about.

mod contacts;
mod contacts_file;
mod contacts_numbers;
mod contacts_same;

use crate::{app::App, limits};
use axum::extract::DefaultBodyLimit;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of contacts.
pub(crate) fn routes() -> OpenApiRouter<App> {
    let import = OpenApiRouter::new().routes(routes!(contacts_file::import));
    let import = import.layer(DefaultBodyLimit::max(limits::IMPORT_BYTES));
    OpenApiRouter::new()
        .routes(routes!(contacts::search, contacts::create))
        .routes(routes!(contacts::look_up))
        .routes(routes!(contacts::get, contacts::patch))
        .routes(routes!(contacts::history))
        .routes(routes!(contacts_numbers::add, contacts_numbers::remove))
        .routes(routes!(contacts_numbers::not_this_person))
        .routes(routes!(contacts_numbers::this_person))
        .routes(routes!(contacts_same::merge))
        .routes(routes!(contacts_same::unmerge))
        .routes(routes!(contacts_same::duplicates))
        .routes(routes!(contacts_file::export))
        .merge(import)
}
