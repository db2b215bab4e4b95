//! Contact (RFC 3261 §20.10): an address where the other side can be reached, or all of them.

use super::{HeaderRefused, number};
use crate::{NameAddr, token::trim};
use std::{fmt, str::FromStr};

/// One Contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// `*`, in a REGISTER that removes every binding.
    All,
    /// An address.
    Address(NameAddr),
}

impl Contact {
    /// The address, if it is one.
    pub const fn address(&self) -> Option<&NameAddr> {
        match self {
            Contact::Address(address) => Some(address),
            Contact::All => None,
        }
    }

    /// The lifetime in seconds that the Contact itself asks for. One that is malformed counts as
    /// absent (RFC 3261 §10.3, step 7); one beyond 32 bits is cut to them.
    pub fn expires(&self) -> Option<u32> {
        let text = self.address()?.param("expires")?;
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u32::MAX))
    }

    /// The preference in thousandths, 1000 when none is given, 0 when it is malformed.
    pub fn preference(&self) -> u16 {
        let Some(text) = self.address().and_then(|address| address.param("q")) else {
            return 1000;
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let thousandths = number(&format!("{fraction:0<3}"), 999);
        match (whole, fraction.len(), thousandths) {
            ("1", 0..=3, Ok(0)) => 1000,
            ("0" | "", 0..=3, Ok(thousandths)) => thousandths as u16,
            _ => 0,
        }
    }
}

impl FromStr for Contact {
    type Err = HeaderRefused;

    fn from_str(text: &str) -> Result<Contact, HeaderRefused> {
        match trim(text) {
            "*" => Ok(Contact::All),
            address => Ok(Contact::Address(address.parse()?)),
        }
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Contact::All => out.write_str("*"),
            Contact::Address(address) => address.fmt(out),
        }
    }
}
