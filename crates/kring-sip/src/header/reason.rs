//! Reason (RFC 3326): why a CANCEL or a BYE was sent.

use super::HeaderRefused;
use crate::{
    Params,
    token::{cut_before, is_token, trim},
};
use std::{fmt, str::FromStr};

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// `SIP`, `Q.850` or another token.
    pub protocol: Box<str>,
    /// The status code or cause value, when one is given.
    pub cause: Option<u16>,
    /// What a person may read, quotes removed.
    pub text: Option<Box<str>>,
}

impl Reason {
    /// `SIP;cause=…;text="…"`. An empty text is left out.
    pub fn sip(cause: u16, text: &str) -> Reason {
        let text = (!text.is_empty()).then(|| text.into());
        Reason {
            protocol: "SIP".into(),
            cause: Some(cause),
            text,
        }
    }
}

impl FromStr for Reason {
    type Err = HeaderRefused;

    fn from_str(text: &str) -> Result<Reason, HeaderRefused> {
        let (protocol, params) = cut_before(text, b';');
        let protocol = trim(protocol);
        if !is_token(protocol) {
            return Err(HeaderRefused::Token);
        }
        let params = Params::read(params)?;
        Ok(Reason {
            protocol: protocol.into(),
            cause: params.get("cause").and_then(|cause| cause.parse().ok()),
            text: params
                .text("text")
                .filter(|text| !text.is_empty())
                .map(Into::into),
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.protocol)?;
        if let Some(cause) = self.cause {
            write!(out, ";cause={cause}")?;
        }
        if let Some(text) = &self.text {
            out.write_str(";text=")?;
            crate::token::write_quoted(out, text)?;
        }
        Ok(())
    }
}
