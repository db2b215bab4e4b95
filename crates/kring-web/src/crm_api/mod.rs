//! `/contacts` and `/cases`: who called before, and what about.

mod cases;
mod contacts;

pub(crate) use cases::CaseOnWire;

use crate::app::App;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of contacts and cases.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(contacts::search, contacts::create))
        .routes(routes!(contacts::look_up))
        .routes(routes!(contacts::get, contacts::patch))
        .routes(routes!(contacts::history))
        .routes(routes!(cases::list))
        .routes(routes!(cases::get))
        .routes(routes!(cases::by_ref))
}
