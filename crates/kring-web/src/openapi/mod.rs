//! The description of the API that programs read: OpenAPI 3.1, made from the code that serves it.

mod operations;
mod parameters;
mod refusals;

use crate::session::{Cookie, Cookies};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::{
    InfoBuilder, OpenApi, ServerBuilder,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// Puts a title, the version and the two ways to sign in on what the routes say of themselves.
pub(crate) fn finish(mut description: OpenApi, version: &str, cookies: Cookies) -> OpenApi {
    description.info = InfoBuilder::new()
        .title("kring")
        .version(version)
        .description(Some(
            "Calls, callers and cases of a call centre. Refusals are application/problem+json with \
             a stable `code`. Times are RFC 3339 in UTC with microseconds.",
        ))
        .build();
    let server = ServerBuilder::new().url("/api/v1").build();
    description.servers = Some(vec![server]);
    let components = description.components.get_or_insert_default();
    let cookie = ApiKey::Cookie(ApiKeyValue::new(cookies.name(Cookie::Session)));
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    refusals::add_to(&mut description);
    description
}

/// `GET /api/v1/openapi.json`.
pub(crate) fn show(description: &OpenApi) -> Response {
    axum::Json(description).into_response()
}
