//! Headers with a structure of their own, read on demand from their lines.

mod contact;
mod rack;
mod reason;
mod refer_to;
mod replaces;
mod route;
mod session_expires;
mod via;

pub use contact::Contact;
pub use rack::RAck;
pub use reason::Reason;
pub use refer_to::{ReferTarget, ReferTo};
pub use replaces::Replaces;
pub use route::{RouteSet, is_loose};
pub use session_expires::{Refresher, SessionExpires};
pub use via::{Via, ViaTransport};

use crate::{name_addr::NameAddrRefused, params::ParamsRefused, uri::UriRefused};

/// Why a header's value was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderRefused {
    /// It is not there.
    #[error("the header is missing")]
    Missing,
    /// It is there and says nothing.
    #[error("the header is empty")]
    Empty,
    /// Not a number, or one out of its bounds.
    #[error("the number is malformed or out of bounds")]
    Number,
    /// A word that is no token where one must stand.
    #[error("a token is missing or malformed")]
    Token,
    /// A Via without `SIP/x/transport host`.
    #[error("the Via is malformed")]
    Via,
    /// A parameter that the header cannot do without.
    #[error("a mandatory parameter is missing")]
    MissingParam,
    /// The address.
    #[error(transparent)]
    Address(#[from] NameAddrRefused),
    /// The URI.
    #[error(transparent)]
    Uri(#[from] UriRefused),
    /// The parameters.
    #[error(transparent)]
    Params(#[from] ParamsRefused),
}

/// A decimal number of digits only, at most `max`.
pub(crate) fn number(text: &str, max: u32) -> Result<u32, HeaderRefused> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(HeaderRefused::Number);
    }
    text.parse()
        .ok()
        .filter(|number| *number <= max)
        .ok_or(HeaderRefused::Number)
}
