//! What was wrong with a message, and what can still be answered.

use super::{HeaderName, Headers, Response, StatusCode};
use crate::{header::HeaderRefused, uri::UriRefused};

/// Why bytes are no message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing but line ends: a keep-alive.
    #[error("nothing but a keep-alive")]
    KeepAlive,
    /// The first line is neither a request line nor a status line.
    #[error("the start line is malformed")]
    StartLine,
    /// `SIP/7.0`.
    #[error("the SIP version is not 2.0")]
    Version,
    /// The Request-URI.
    #[error("the Request-URI is refused: {0}")]
    RequestUri(UriRefused),
    /// Headers after a question mark in the Request-URI (RFC 3261 §19.1.5).
    #[error("the Request-URI has headers")]
    RequestUriHeaders,
    /// A status code outside 100 to 699.
    #[error("there is no such status code")]
    StatusCode,
    /// No empty line after the headers.
    #[error("the headers do not end")]
    Unfinished,
    /// Beyond [`crate::limits::MESSAGE_BYTES_MAX`] or [`crate::limits::HEADER_LINES_MAX`].
    #[error("the message is too large")]
    TooLarge,
    /// A header that may stand only once stands twice.
    #[error("{0} stands more than once")]
    Repeated(HeaderName),
    /// A header that every message needs is missing or malformed.
    #[error("{0} is refused: {1}")]
    Header(HeaderName, HeaderRefused),
    /// CSeq names another method than the start line.
    #[error("CSeq names another method")]
    OtherMethod,
    /// Content-Length promises more than came (RFC 3261 §18.3).
    #[error("the body is shorter than Content-Length")]
    ShortBody,
}

impl Refusal {
    /// What a request with this fault is answered.
    pub const fn status(&self) -> StatusCode {
        match self {
            Refusal::Version => StatusCode::VERSION_NOT_SUPPORTED,
            Refusal::TooLarge => StatusCode::MESSAGE_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// A message that was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct ParseRefused {
    /// Why.
    pub why: Refusal,
    /// Present when it was a request (but no ACK) whose Via, From, To, Call-ID and CSeq are there to
    /// be echoed. Without it the message is dropped.
    pub salvage: Option<Box<Salvage>>,
}

/// What an answer to a refused request needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salvage {
    /// 400, 505 or 513.
    pub status: StatusCode,
    /// Via, From, To, Call-ID and CSeq as they came; they may be what was malformed.
    pub headers: Headers,
}

impl Salvage {
    /// The answer, its To tagged with `to_tag` if it had none. Goes back to where the request came from.
    pub fn respond(&self, to_tag: &str) -> Response {
        let mut response = Response::new(self.status);
        response.headers = self.headers.clone();
        response.headers.tag_to(to_tag);
        response
    }
}
