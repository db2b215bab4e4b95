//! What every answer says to browsers: that it is what it says, that nobody frames it, and what a page of it may do.
//!
//! A document that is no page of ours may do nothing at all; the console says for itself what it needs.

use crate::app::App;
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// For what is no page: it loads nothing, and is nowhere shown.
const NOTHING: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The microphone is the browser phone's, and it rings.
const PERMISSIONS: &str = "microphone=(self), autoplay=(self), speaker-selection=(self), camera=(), \
    geolocation=(), usb=(), serial=(), bluetooth=(), midi=(), payment=(), display-capture=(), fullscreen=(self)";

/// A year: by then a browser that has come by HTTPS does not ask by HTTP any more.
const HTTPS_ONLY: &str = "max-age=31536000";

/// Puts them on an answer that does not say otherwise.
pub(crate) async fn secure(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CONTENT_SECURITY_POLICY, NOTHING),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (named("permissions-policy"), PERMISSIONS),
        (named("cross-origin-opener-policy"), "same-origin"),
        (named("cross-origin-resource-policy"), "same-origin"),
        (named("cross-origin-embedder-policy"), "require-corp"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if app.config.secure_cookies {
        let value = HeaderValue::from_static(HTTPS_ONLY);
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    answer
}

const fn named(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}
