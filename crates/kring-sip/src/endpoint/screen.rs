//! What every request is checked for before anybody asks what it means (RFC 3261 §8.2).

use super::identity::{ACCEPT, ALLOW, SUPPORTED};
use crate::{HeaderName, Headers, Method, Request, Scheme};
use bytes::Bytes;

/// A refusal: the status and the line that explains it.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) code: u16,
    pub(crate) line: Option<(HeaderName, String)>,
}

impl Refused {
    /// Without explanation.
    pub(crate) fn plain(code: u16) -> Refused {
        Refused { code, line: None }
    }

    /// With one line of explanation.
    pub(crate) fn because(code: u16, name: HeaderName, value: impl Into<String>) -> Refused {
        Refused {
            code,
            line: Some((name, value.into())),
        }
    }

    /// These extensions are demanded, and we have them not.
    pub(crate) fn unsupported(options: &[&str]) -> Refused {
        Refused::because(420, HeaderName::Unsupported, options.join(", "))
    }

    /// With the time after which to try again, s.
    pub(crate) fn for_now(code: u16, retry_after_s: u32) -> Refused {
        Refused::because(code, HeaderName::RetryAfter, retry_after_s.to_string())
    }
}

/// The method: 405 for one that exists and is not for us, 501 for one that nobody knows.
pub(crate) fn method(method: &Method) -> Result<(), Refused> {
    match method {
        Method::Invite
        | Method::Ack
        | Method::Cancel
        | Method::Bye
        | Method::Options
        | Method::Info
        | Method::Update
        | Method::Notify
        | Method::Prack
        | Method::Refer => Ok(()),
        Method::Other(_) => Err(Refused::because(501, HeaderName::Allow, ALLOW)),
        _ => Err(Refused::because(405, HeaderName::Allow, ALLOW)),
    }
}

/// Extensions that somebody demands and we lack (RFC 3261 §8.2.2.3).
pub(crate) fn extensions(headers: &Headers) -> Result<(), Refused> {
    let lacking = |tag: &&str| {
        !SUPPORTED
            .split(", ")
            .any(|ours| tag.eq_ignore_ascii_case(ours))
    };
    let demanded: Vec<&str> = headers.require().filter(lacking).collect();
    if demanded.is_empty() {
        return Ok(());
    }
    Err(Refused::unsupported(&demanded))
}

/// Only an INVITE can take the place of a call (RFC 3891 §3).
pub(crate) fn replacing(request: &Request) -> Result<(), Refused> {
    match request.method {
        Method::Invite => Ok(()),
        _ if request.headers.get(&HeaderName::Replaces).is_some() => Err(Refused::plain(400)),
        _ => Ok(()),
    }
}

/// What must hold outside dialogs: a request URI that we understand, and hops to spare. We go on as a
/// caller, so a call without hops to spare ends here (RFC 7332 §4).
pub(crate) fn outside(request: &Request) -> Result<(), Refused> {
    if let Scheme::Other(_) = request.uri.scheme() {
        return Err(Refused::plain(416));
    }
    extensions(&request.headers)?;
    replacing(request)?;
    match request.headers.max_forwards() {
        Err(_) => Err(Refused::plain(400)),
        Ok(Some(0)) if request.method == Method::Invite => Err(Refused::plain(483)),
        Ok(_) => Ok(()),
    }
}

/// The session description of an INVITE or UPDATE, and whether its sender could read ours.
pub(crate) fn session(request: &Request) -> Result<Option<Bytes>, Refused> {
    let headers = &request.headers;
    let mut accepts = headers.all(&HeaderName::Accept).peekable();
    if accepts.peek().is_some() && !accepts.any(is_sdp) {
        return Err(Refused::plain(406));
    }
    if request.body.is_empty() {
        return Ok(None);
    }
    let optional = headers
        .get(&HeaderName::ContentDisposition)
        .is_some_and(|value| value.to_ascii_lowercase().contains("handling=optional"));
    let plain = headers
        .all(&HeaderName::ContentEncoding)
        .all(|encoding| encoding.eq_ignore_ascii_case("identity"));
    let sdp = headers.get(&HeaderName::ContentType).is_none_or(is_sdp);
    match (sdp, plain, optional) {
        (true, true, _) => Ok(Some(request.body.clone())),
        (_, _, true) => Ok(None),
        (true, false, false) => Err(Refused::because(
            415,
            HeaderName::AcceptEncoding,
            "identity",
        )),
        (false, _, false) => Err(Refused::because(415, HeaderName::Accept, ACCEPT)),
    }
}

/// Whether a media range holds SDP.
fn is_sdp(range: &str) -> bool {
    let range = range.split(';').next().unwrap_or_default().trim();
    [ACCEPT, "application/*", "*/*"]
        .iter()
        .any(|fits| range.eq_ignore_ascii_case(fits))
}
