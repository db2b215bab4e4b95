//! What of a request its responses repeat (RFC 3261 §8.2.6.2), and where they go.
//!
//! Kept as bytes for as long as a response is owed, so that the request itself can be let go.

use super::{
    draft::Draft,
    heads::Arrival,
    identity::{ABILITIES, Identity},
};
use crate::{HeaderName, Method, Peer, StatusCode};

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
    /// Takes what is needed of a request. `tag` goes into To, if there is none.
    pub(crate) fn to_request(arrival: &Arrival<'_>, tag: u64) -> Reply {
        let mut echo = Vec::with_capacity(512);
        let mut routes = Vec::new();
        for (name, value) in arrival.request.headers.iter_raw() {
            match name {
                HeaderName::To => {
                    push(&mut echo, name, value);
                    if arrival.heads.to_tag.is_none() {
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
            to: arrival.answer_to,
            method: arrival.request.method.clone(),
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
        identity.contact(&mut draft, self.to);
        draft.lines(ABILITIES);
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
