//! Echoing: what of a request comes back in its response (RFC 3261 §8.2.6, §18.2.1; RFC 3581 §4).

use super::{HeaderName, Headers, Request, Response, StatusCode};
use crate::{
    header::{HeaderRefused, Via},
    name_addr,
    token::ListItems,
};
use bytes::Bytes;
use std::net::{IpAddr, SocketAddr};

/// The five that every response repeats.
pub(super) const ECHOED: [HeaderName; 5] = [
    HeaderName::Via,
    HeaderName::From,
    HeaderName::To,
    HeaderName::CallId,
    HeaderName::CSeq,
];

impl Response {
    /// A response without headers and body, with the standard's reason phrase.
    pub fn new(status: StatusCode) -> Response {
        Response {
            status,
            reason: status.reason_phrase().into(),
            headers: Headers::new(),
            body: Bytes::new(),
        }
    }

    /// The response to `request`: its Via, From, To, Call-ID and CSeq byte for byte, and in a 100 its
    /// Timestamp. The To has no new tag yet, see [`Headers::tag_to`].
    pub fn answering(request: &Request, status: StatusCode) -> Response {
        let mut response = Response::new(status);
        for name in &ECHOED {
            response.headers.copy(name, &request.headers);
        }
        if status == StatusCode::TRYING {
            response
                .headers
                .copy(&HeaderName::Timestamp, &request.headers);
        }
        response
    }
}

impl Headers {
    /// Adds a tag to the To line if it has none; the rest of the line stays byte for byte.
    pub fn tag_to(&mut self, tag: &str) {
        let Some(text) = self.get(&HeaderName::To) else {
            return;
        };
        let tagged = name_addr::Parts::find(text).is_ok_and(|to| to.param("tag").is_some());
        if tagged {
            return;
        }
        let mut line = self.raw(&HeaderName::To).unwrap_or_default().to_vec();
        line.extend_from_slice(b";tag=");
        line.extend_from_slice(tag.as_bytes());
        self.set_raw(&HeaderName::To, &line);
    }

    /// Notes in the topmost Via where the request really came from: `received` when that is not the
    /// host it names (RFC 3261 §18.2.1), and `received` with `rport` when it asks (RFC 3581 §4).
    pub fn stamp_source(&mut self, source: SocketAddr) -> Result<(), HeaderRefused> {
        let line = self.get(&HeaderName::Via).ok_or(HeaderRefused::Missing)?;
        let top = ListItems::new(line).next().ok_or(HeaderRefused::Empty)?;
        let mut via: Via = top.parse()?;
        let ip = source.ip().to_canonical();
        let asks_port = via.rport().is_some();
        if via.ip() == Some(ip) && !asks_port && via.received().is_none() {
            return Ok(());
        }
        // An IPv6 address stands here without brackets (RFC 3261 §25.1, via-received), and every
        // byte of it may stand unquoted.
        let received = match ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => ip.to_string(),
        };
        via.params.set("received", &received);
        if asks_port {
            via.params.set("rport", &source.port().to_string());
        }
        let rest_at = top.as_ptr() as usize - line.as_ptr() as usize + top.len();
        let stamped = format!("{via}{}", &line[rest_at..]);
        self.set_raw(&HeaderName::Via, stamped.as_bytes());
        Ok(())
    }
}
