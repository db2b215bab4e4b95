//! `/setup`: the first run. The first account is made here, once and by nobody else at the same moment; what follows
//! are an administrator's ordinary routes, and the certificate.

mod certificate;
mod first;
mod test_call;

use crate::app::App;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the first run.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(first::setup, first::set_up))
        .routes(routes!(certificate::make_certificate))
        .routes(routes!(certificate::authority))
        .routes(routes!(test_call::test_call))
}
