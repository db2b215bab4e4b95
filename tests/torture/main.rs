//! The torture messages of RFC 4475 (and one of nobody's): read as the RFC says they must be.
//!
//! `expectations.json` says which are accepted and what their key fields are; where it leaves the
//! choice (`null`), [`OUTCOMES`] says what kring chose. What a UA must answer by their meaning (415,
//! 416, 420, 483) is the endpoint's; here the reader must deliver what that answer is made from.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod meaning;
mod outcome;
mod wire;

use kring_sip::{Message, ParseRefused, Request, Response, parse};
use std::{fs, path::PathBuf};

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// It is a message.
    Accepted,
    /// It is refused, and the sender is told so.
    Refused(u16),
    /// It is refused, and nobody can or should be told: it was a response, or nothing can be echoed.
    Dropped,
}

use Outcome::{Accepted, Dropped, Refused};

/// Every message and what becomes of it.
const OUTCOMES: [(&str, Outcome); 50] = [
    ("valid/dblreq", Accepted),
    ("valid/esc01", Accepted),
    ("valid/esc02", Accepted),
    ("valid/escnull", Accepted),
    ("valid/intmeth", Accepted),
    ("valid/longreq", Accepted),
    ("valid/lwsdisp", Accepted),
    ("valid/mpart01", Accepted),
    ("valid/noreason", Accepted),
    ("valid/semiuri", Accepted),
    ("valid/transports", Accepted),
    ("valid/unreason", Accepted),
    ("valid/wsinv", Accepted),
    ("invalid/badaspec", Refused(400)),
    ("invalid/badbranch", Accepted),
    ("invalid/baddate", Accepted),
    // Chosen: liberal. Exchanges do send names with commas unquoted, and a name never costs a call.
    ("invalid/baddn", Accepted),
    ("invalid/badinv01", Refused(400)),
    // Chosen: 505, as the message is otherwise readable.
    ("invalid/badvers", Refused(505)),
    ("invalid/bcast", Accepted),
    ("invalid/bext01", Accepted),
    ("invalid/bigcode", Dropped),
    ("invalid/clerr", Refused(400)),
    ("invalid/cparam01", Accepted),
    ("invalid/cparam02", Accepted),
    // Chosen: strict. Headers smuggled in by the Request-URI are an attack more often than a mistake.
    ("invalid/escruri", Refused(400)),
    // Chosen: dropped. A response without From, To and Call-ID matches nothing at the sender.
    ("invalid/insuf", Dropped),
    ("invalid/inv2543", Accepted),
    ("invalid/invut", Accepted),
    ("invalid/ltgtruri", Refused(400)),
    ("invalid/lwsruri", Refused(400)),
    // Chosen: strict, as with trws: a start line has exactly two spaces.
    ("invalid/lwsstart", Refused(400)),
    // Chosen: strict. Nobody knows where the message ends.
    ("invalid/mcl01", Refused(400)),
    // Chosen: 400 for both; of two methods neither can be believed.
    ("invalid/mismatch01", Refused(400)),
    ("invalid/mismatch02", Refused(400)),
    // Chosen: strict. Nobody knows whose call it is.
    ("invalid/multi01", Refused(400)),
    ("invalid/ncl", Refused(400)),
    // Chosen: accepted by the reader, so that the endpoint can answer 416.
    ("invalid/novelsc", Accepted),
    ("invalid/quotbal", Refused(400)),
    ("invalid/regaut01", Accepted),
    ("invalid/regbadct", Refused(400)),
    ("invalid/regescrt", Accepted),
    ("invalid/scalar02", Refused(400)),
    // Chosen: dropped. It is a response, and its CSeq can match no request of ours.
    ("invalid/scalarlg", Dropped),
    ("invalid/sdp01", Accepted),
    // Has neither Via nor CSeq to answer with.
    ("invalid/test", Dropped),
    ("invalid/trws", Refused(400)),
    // Chosen: accepted by the reader, so that the endpoint can answer 416.
    ("invalid/unkscm", Accepted),
    // Chosen: accepted. What a registrar does with such addresses is its own business.
    ("invalid/unksm2", Accepted),
    ("invalid/zeromf", Accepted),
];

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/torture"))
}

/// The bytes of `valid/wsinv` and the like.
fn bytes_of(name: &str) -> Vec<u8> {
    fs::read(folder().join(format!("{name}.dat"))).unwrap()
}

fn accepted(name: &str) -> Message {
    parse(&bytes_of(name)).unwrap_or_else(|refused| panic!("{name}: {refused}"))
}

fn request(name: &str) -> Request {
    match accepted(name) {
        Message::Request(request) => request,
        Message::Response(_) => panic!("{name} is a response"),
    }
}

fn response(name: &str) -> Response {
    match accepted(name) {
        Message::Response(response) => response,
        Message::Request(_) => panic!("{name} is a request"),
    }
}

fn refused(name: &str) -> ParseRefused {
    match parse(&bytes_of(name)) {
        Err(refused) => refused,
        Ok(message) => panic!("{name} was accepted: {message:?}"),
    }
}
