//! The non-INVITE server transaction (RFC 3261 §17.2.2).
//!
//! There is one only where a repeated request must not be understood twice: within dialogs. Requests
//! outside are answered statelessly (RFC 3261 §8.2.7) and cost no memory.

use crate::{Method, Peer, timers::Timers};
use bytes::Bytes;
use kring_time::Moment;

/// One request received.
#[derive(Debug)]
pub(crate) struct Server {
    /// Where the response goes.
    to: Peer,
    method: Method,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Not answered yet: the exchange thinks about it.
    Trying,
    Completed {
        response: Bytes,
        until: Moment,
    },
}

impl Server {
    /// Just received.
    pub(crate) fn received(to: Peer, method: Method) -> Server {
        Server {
            to,
            method,
            state: State::Trying,
        }
    }

    /// The final response was sent (timer J).
    pub(crate) fn answered(&mut self, now: Moment, timers: &Timers, response: Bytes) {
        let until = if self.to.transport.is_reliable() {
            now
        } else {
            now + timers.patience()
        };
        self.state = State::Completed { response, until };
    }

    /// Where the response goes.
    pub(crate) fn to(&self) -> Peer {
        self.to
    }

    /// The method of the request.
    pub(crate) fn method(&self) -> &Method {
        &self.method
    }

    /// The request came again: what is to be sent again, if anything.
    pub(crate) fn repeated(&self) -> Option<Bytes> {
        match &self.state {
            State::Trying => None,
            State::Completed { response, .. } => Some(response.clone()),
        }
    }

    /// When it is over.
    pub(crate) fn due(&self) -> Option<Moment> {
        match self.state {
            State::Trying => None,
            State::Completed { until, .. } => Some(until),
        }
    }
}
