//! What of a request its responses repeat, and where they go (RFC 3261 §8.2.6.2, §18.2.2, RFC 3581).
//!
//! Kept as bytes for as long as a response is owed, so that the request itself can be let go.

use super::{
    draft::Draft,
    effect::{Peer, Transport},
    heads::Heads,
    identity::Identity,
};
use crate::{HeaderName, Headers, Method, StatusCode, header::Via};
use std::net::SocketAddr;

/// The head of every response to one request.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Where responses go.
    pub(crate) to: Peer,
    /// The method of the request.
    pub(crate) method: Method,
    /// Via, From, To with its tag, Call-ID and CSeq, as lines.
    echo: Box<[u8]>,
    /// Record-Route, for the responses that make a dialog.
    routes: Box<[u8]>,
}

impl Reply {
    /// Takes what is needed of a request that came from `from` and is stamped with it. `tag` goes into
    /// To, if there is none.
    pub(crate) fn to_request(
        from: Peer,
        method: Method,
        headers: &Headers,
        heads: &Heads<'_>,
        tag: u64,
    ) -> Reply {
        let mut echo = Vec::with_capacity(512);
        let mut routes = Vec::new();
        for (name, value) in headers.iter_raw() {
            match name {
                HeaderName::To => {
                    push(&mut echo, name, value);
                    if heads.to_tag.is_none() {
                        echo.truncate(echo.len() - 2);
                        echo.extend_from_slice(format!(";tag={tag:016x}\r\n").as_bytes());
                    }
                }
                HeaderName::Via | HeaderName::From | HeaderName::CallId | HeaderName::CSeq => {
                    push(&mut echo, name, value);
                }
                HeaderName::RecordRoute => push(&mut routes, name, value),
                _ => {}
            }
        }
        Reply {
            to: response_peer(from, &heads.via),
            method,
            echo: echo.into(),
            routes: routes.into(),
        }
    }

    /// How much of the request is kept, bytes.
    pub(crate) fn len(&self) -> usize {
        self.echo.len() + self.routes.len()
    }

    /// Begins a response that makes no dialog.
    pub(crate) fn begin(&self, code: u16) -> Draft {
        let phrase = StatusCode::new(code).map_or("", StatusCode::reason_phrase);
        let mut draft = Draft::response(code, phrase);
        draft.lines(&self.echo);
        draft
    }

    /// Begins a response that makes or keeps a dialog.
    pub(crate) fn begin_in_dialog(&self, code: u16, identity: &Identity) -> Draft {
        let mut draft = self.begin(code);
        draft.lines(&self.routes);
        identity.contact(&mut draft, self.to.transport);
        if identity.talkable {
            draft.line("Allow-Events", "talk");
        }
        draft
    }
}

fn push(lines: &mut Vec<u8>, name: &HeaderName, value: &[u8]) {
    lines.extend_from_slice(name.as_str().as_bytes());
    lines.extend_from_slice(b": ");
    lines.extend_from_slice(value);
    lines.extend_from_slice(b"\r\n");
}

/// RFC 3261 §18.2.2 and RFC 3581 §4: over a stream, back through it; else to `maddr`, to where the
/// request came from if it asks so, or to the port that Via names at the address it came from.
fn response_peer(from: Peer, via: &Via) -> Peer {
    let port = via.port.unwrap_or(5060);
    let address = match from.transport {
        Transport::Tcp => from.address,
        Transport::Udp => match via.params.get("maddr").map(str::parse) {
            Some(Ok(ip)) => SocketAddr::new(ip, port),
            _ if via.rport().is_some() => from.address,
            _ => SocketAddr::new(from.address.ip(), port),
        },
    };
    Peer {
        transport: from.transport,
        address,
    }
}
