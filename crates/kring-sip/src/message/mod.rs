//! Requests and responses, whole.
//!
//! What a message says is here; how it is spelled is the business of `lines`, `read` and `write`.

mod headers;
mod lines;
mod method;
mod model;
mod name;
mod read;
mod refused;
mod respond;
mod status;
mod typed;

pub(crate) use lines::{HeadLines, head_end};
pub(crate) use read::salvage;

pub use headers::Headers;
pub use method::Method;
pub use name::HeaderName;
pub use read::parse;
pub use refused::{ParseRefused, Refusal, Salvage};
pub use status::StatusCode;

use crate::Uri;
use bytes::Bytes;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is asked.
    pub method: Method,
    /// Of whom.
    pub uri: Uri,
    /// The header lines. Content-Length is written from the body, whatever stands here.
    pub headers: Headers,
    /// The body, empty if there is none.
    pub body: Bytes,
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The answer.
    pub status: StatusCode,
    /// What a person may read; kring decides nothing by it.
    pub reason: Box<str>,
    /// The header lines. Content-Length is written from the body, whatever stands here.
    pub headers: Headers,
    /// The body, empty if there is none.
    pub body: Bytes,
}

/// Either of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

impl Request {
    /// A request without headers and body.
    pub const fn new(method: Method, uri: Uri) -> Request {
        Request {
            method,
            uri,
            headers: Headers::new(),
            body: Bytes::new(),
        }
    }
}

impl Message {
    /// The header lines.
    pub const fn headers(&self) -> &Headers {
        match self {
            Message::Request(request) => &request.headers,
            Message::Response(response) => &response.headers,
        }
    }

    /// The body.
    pub const fn body(&self) -> &Bytes {
        match self {
            Message::Request(request) => &request.body,
            Message::Response(response) => &response.body,
        }
    }
}
