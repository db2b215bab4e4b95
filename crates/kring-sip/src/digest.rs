//! Digest authentication (RFC 7616, RFC 8760 for SIP), both ways and without IO: who we are to others
//! ([`Credentials`], [`Answer`]), and who others are to us ([`Gate`]).
//!
//! A password is never kept where its digest would do, and neither is ever printed.

mod algorithm;
mod answer;
mod challenge;
mod fields;
mod gate;
mod nonce;
mod response;

pub use algorithm::{Algorithm, Ha1, Ha1Set, NoHa1};
pub use answer::{Answer, Credentials, Unanswerable};
pub use challenge::Challenge;
pub use gate::{Denied, Gate, GateConfig};

use crate::HeaderName;

/// Who asks for proof: the one who would serve the request, or a proxy on the way (RFC 3261 §22).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asker {
    /// 401, WWW-Authenticate, Authorization.
    Server,
    /// 407, Proxy-Authenticate, Proxy-Authorization.
    Proxy,
}

impl Asker {
    /// Who asks by a response of this status; none if it asks for nothing.
    pub const fn of_status(code: u16) -> Option<Asker> {
        match code {
            401 => Some(Asker::Server),
            407 => Some(Asker::Proxy),
            _ => None,
        }
    }

    /// The header that asks.
    pub const fn challenge(self) -> HeaderName {
        match self {
            Asker::Server => HeaderName::WwwAuthenticate,
            Asker::Proxy => HeaderName::ProxyAuthenticate,
        }
    }

    /// The header that proves.
    pub const fn answer(self) -> HeaderName {
        match self {
            Asker::Server => HeaderName::Authorization,
            Asker::Proxy => HeaderName::ProxyAuthorization,
        }
    }
}
