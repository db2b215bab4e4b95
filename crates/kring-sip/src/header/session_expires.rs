//! Session-Expires and Min-SE (RFC 4028).

use super::{HeaderRefused, number};
use crate::{
    Params,
    token::{cut_before, trim},
};
use std::{fmt, str::FromStr};

/// Who refreshes the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresher {
    /// The sender of the INVITE or UPDATE.
    Uac,
    /// Its receiver.
    Uas,
}

/// After how long without a refresh the session is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionExpires {
    /// In seconds.
    pub seconds: u32,
    /// Who refreshes, when it is settled.
    pub refresher: Option<Refresher>,
}

impl FromStr for SessionExpires {
    type Err = HeaderRefused;

    fn from_str(text: &str) -> Result<SessionExpires, HeaderRefused> {
        let (seconds, params) = cut_before(text, b';');
        let seconds = number(trim(seconds), u32::MAX)?;
        let params = Params::read(params)?;
        let refresher = match params.get("refresher") {
            Some(who) if who.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
            Some(who) if who.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
            _ => None,
        };
        Ok(SessionExpires { seconds, refresher })
    }
}

impl fmt::Display for SessionExpires {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.seconds)?;
        out.write_str(match self.refresher {
            Some(Refresher::Uac) => ";refresher=uac",
            Some(Refresher::Uas) => ";refresher=uas",
            None => "",
        })
    }
}
