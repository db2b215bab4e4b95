//! The console: the page that agents work with, carried in the binary.
//!
//! Paths that are no file lead to the page, whose own router knows them. Where the console was not
//! built, a small page says how.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

/// What the build script put together: `ui/dist`, or the page that says how to build it.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/console"]
struct Files;

const PAGE: &str = "index.html";

/// Everything comes from here alone and nothing stands in the page: styles that Svelte computes are set on the elements.
/// Markup is made of text in one place, Svelte's own templates. Media and workers are the browser phone's.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    font-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; \
    manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types svelte-trusted-html";

/// Serves a file of the console, or the page itself.
pub(crate) async fn serve(request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    let named = if path.is_empty() { PAGE } else { path };
    match Files::get(named) {
        Some(file) => answer(request.headers(), named, &file),
        // A missing picture or script must not be answered with the page.
        None if is_file(named) => StatusCode::NOT_FOUND.into_response(),
        None => match Files::get(PAGE) {
            Some(file) => answer(request.headers(), PAGE, &file),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

fn is_file(path: &str) -> bool {
    path.rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'))
}

fn answer(asked: &HeaderMap, path: &str, file: &EmbeddedFile) -> Response {
    let hash = file.metadata.sha256_hash();
    let tag = format!("\"{}\"", hex(&hash[..12]));
    let unchanged = asked
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes().ends_with(tag.as_bytes()));
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data.clone()).into_response()
    };
    let headers = response.headers_mut();
    let text = |text: &str| HeaderValue::try_from(text).ok();
    let page = path == PAGE;
    // Files under `assets/` have their hash in their name.
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut set = |name, value: Option<HeaderValue>| value.map(|value| headers.insert(name, value));
    set(header::CONTENT_TYPE, text(file.metadata.mimetype()));
    set(header::ETAG, text(&tag));
    set(header::CACHE_CONTROL, text(cache));
    if page {
        set(header::CONTENT_TYPE, text("text/html; charset=utf-8"));
        set(header::CONTENT_SECURITY_POLICY, text(POLICY));
        set(header::REFERRER_POLICY, text("same-origin"));
        set(header::X_FRAME_OPTIONS, text("DENY"));
    }
    response
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
