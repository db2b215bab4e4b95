//! What may be sent to us, before anybody reads it: no form of another site, and nothing that trickles in for ever.

use crate::{
    limits,
    problem::{Code, Problem},
    session::bearer,
};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::Response,
};
use futures_util::{StreamExt, stream};
use std::{io, time::Duration};
use tokio::time::{Instant, timeout_at};

/// Refuses what a form of another site could send, and lets a body take its time, but not all of it.
pub(crate) async fn guard(request: Request, next: Next) -> Result<Response, Problem> {
    if matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    ) {
        return Ok(next.run(request).await);
    }
    if is_of_a_form(request.headers()) {
        return Err(Problem::new(Code::NotJson));
    }
    let request = request.map(|body| within(body, limits::BODY_WITHIN));
    Ok(next.run(request).await)
}

/// Whether the body is of a kind that a page may send anywhere without being asked first (the three of a form). A file
/// comes so from our own page, which then has an origin, or from a program with a token.
fn is_of_a_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    match kind.to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" | "text/plain" => true,
        "multipart/form-data" => bearer(headers).is_none() && !headers.contains_key(header::ORIGIN),
        _ => false,
    }
}

/// The body, which ends with an error when it is not there by then.
fn within(body: Body, time: Duration) -> Body {
    let by = Instant::now() + time;
    let chunks = stream::unfold(body.into_data_stream(), move |mut chunks| async move {
        let next = timeout_at(by, chunks.next()).await;
        let chunk = match next {
            Ok(chunk) => chunk?.map_err(io::Error::other),
            Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut)),
        };
        Some((chunk, chunks))
    });
    Body::from_stream(chunks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Bytes, to_bytes};

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let first = stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"{\"state\":"))]);
        let endless = Body::from_stream(first.chain(stream::pending()));
        let read = to_bytes(within(endless, Duration::from_millis(20)), 1_000).await;
        assert!(read.is_err());
        let whole = Body::from("{}");
        let read = to_bytes(within(whole, Duration::from_millis(20)), 1_000).await;
        assert_eq!(read.unwrap(), "{}");
    }

    #[test]
    fn what_a_form_can_send_is_no_body_of_ours() {
        let of = |pairs: &[(&'static str, &str)]| {
            let headers = pairs
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect();
            is_of_a_form(&headers)
        };
        assert!(of(&[("content-type", "text/plain;charset=UTF-8")]));
        assert!(of(&[("content-type", "Application/X-WWW-Form-Urlencoded")]));
        assert!(of(&[("content-type", "multipart/form-data; boundary=x")]));
        assert!(!of(&[("content-type", "application/json")]));
        assert!(!of(&[("content-type", "text/csv")]));
        assert!(!of(&[]));
        let own = [
            ("content-type", "multipart/form-data; boundary=x"),
            ("origin", "http://kring:8080"),
        ];
        assert!(!of(&own), "its origin is looked at beside");
    }
}
