//! Refer-To (RFC 3515 §2.1): whom the receiver is asked to call, and in whose place (RFC 3891 §6).

use super::{HeaderRefused, Replaces};
use crate::{Method, NameAddr, Uri};
use std::{fmt, str::FromStr};

/// What a REFER asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferTarget {
    /// A new call to the URI: a blind transfer.
    Call,
    /// A call to the URI that takes the place of this dialog: an attended transfer.
    Replace(Replaces),
    /// A request of another method, which kring does not send for anybody.
    Request(Method),
}

/// The Refer-To header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferTo {
    /// The address, as it came.
    pub address: NameAddr,
    /// What is to be done with it.
    pub target: ReferTarget,
}

impl ReferTo {
    /// Refers to `uri` for a new call.
    pub const fn call(uri: Uri) -> ReferTo {
        ReferTo {
            address: NameAddr::new(uri),
            target: ReferTarget::Call,
        }
    }

    /// Refers to `uri`, where the dialog `replaces` is to be taken over.
    pub fn replace(mut uri: Uri, replaces: Replaces) -> ReferTo {
        uri.push_header("Replaces", &replaces.to_string());
        ReferTo {
            address: NameAddr::new(uri),
            target: ReferTarget::Replace(replaces),
        }
    }

    /// The Request-URI of the call that is asked for: without headers and method.
    pub fn request_uri(&self) -> Uri {
        let mut uri = self.address.uri.clone();
        uri.clear_headers();
        uri.remove_param("method");
        uri
    }
}

impl FromStr for ReferTo {
    type Err = HeaderRefused;

    fn from_str(text: &str) -> Result<ReferTo, HeaderRefused> {
        let address: NameAddr = text.parse()?;
        let method = match address.uri.param("method") {
            None => Method::Invite,
            Some(token) => Method::from_token(token).ok_or(HeaderRefused::Token)?,
        };
        let target = match (method, address.uri.header("Replaces")) {
            (Method::Invite, Some(replaces)) => ReferTarget::Replace(replaces.parse()?),
            (Method::Invite, None) => ReferTarget::Call,
            (other, _) => ReferTarget::Request(other),
        };
        Ok(ReferTo { address, target })
    }
}

impl fmt::Display for ReferTo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(out)
    }
}
