//! Whether a request with a cookie was made by our own page.
//!
//! Every browser of today names the origin of a request that changes something, and of every
//! WebSocket; a program with a cookie names none and is nobody's victim.

use crate::{
    app::App,
    problem::{Code, Problem},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts, uri::Authority},
};

/// Origins beside our own that may use a session's cookie.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnOrigins(Vec<String>);

impl OwnOrigins {
    pub(crate) fn new(origins: &[String]) -> OwnOrigins {
        OwnOrigins(
            origins
                .iter()
                .map(|o| o.trim_end_matches('/').to_lowercase())
                .collect(),
        )
    }

    /// Refuses a request that another site's page made.
    pub(crate) fn check(&self, parts: &Parts) -> Result<(), Problem> {
        if self.is_own(&parts.headers, parts.uri.authority().map(Authority::as_str)) {
            Ok(())
        } else {
            Err(Problem::new(Code::ForeignOrigin))
        }
    }

    fn is_own(&self, headers: &HeaderMap, authority: Option<&str>) -> bool {
        let text = |name| {
            headers
                .get(name)
                .and_then(|v: &axum::http::HeaderValue| v.to_str().ok())
        };
        let Some(origin) = headers.get(header::ORIGIN) else {
            return !matches!(text("sec-fetch-site"), Some("cross-site" | "same-site"));
        };
        let Ok(origin) = origin.to_str().map(str::to_lowercase) else {
            return false;
        };
        let host = text("host").or(authority).map(str::to_lowercase);
        let own = origin.split_once("://").map(|(_, rest)| rest.to_owned());
        (own.is_some() && own == host) || self.0.contains(&origin)
    }
}

/// Refuses a form that another site's page sends, also one that needs no cookie.
pub(crate) struct OwnPage;

impl FromRequestParts<App> for OwnPage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<OwnPage, Problem> {
        app.origins.check(parts).map(|()| OwnPage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(pairs: &[(&'static str, &str)]) -> bool {
        let headers = pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        OwnOrigins::new(&["https://Desk.example.go.th/".to_owned()]).is_own(&headers, None)
    }

    #[test]
    fn our_page_our_proxy_and_programs_pass_and_other_sites_do_not() {
        assert!(own(&[
            ("host", "kring:8080"),
            ("origin", "http://kring:8080")
        ]));
        assert!(own(&[
            ("host", "kring:8080"),
            ("origin", "https://desk.example.go.th")
        ]));
        assert!(own(&[("host", "kring:8080")]), "a program");
        assert!(!own(&[
            ("host", "kring:8080"),
            ("origin", "http://evil.example")
        ]));
        assert!(!own(&[("host", "kring:8080"), ("origin", "null")]));
        assert!(!own(&[
            ("host", "kring:8080"),
            ("origin", "http://kring:9090")
        ]));
        assert!(!own(&[
            ("host", "kring:8080"),
            ("sec-fetch-site", "cross-site")
        ]));
    }
}
