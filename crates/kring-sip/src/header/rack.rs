//! RAck (RFC 3262 §7.2): which reliable provisional response a PRACK acknowledges.

use super::{HeaderRefused, number};
use crate::Method;
use std::{fmt, str::FromStr};

/// What a PRACK acknowledges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RAck {
    /// The RSeq of the response, at least 1.
    pub rseq: u32,
    /// The CSeq number of the request it answered, below 2^31.
    pub cseq: u32,
    /// The method of that request.
    pub method: Method,
}

impl FromStr for RAck {
    type Err = HeaderRefused;

    fn from_str(text: &str) -> Result<RAck, HeaderRefused> {
        let mut words = text.split_ascii_whitespace();
        let mut word = || words.next().ok_or(HeaderRefused::Empty);
        let rseq = number(word()?, u32::MAX)?;
        let cseq = number(word()?, crate::limits::CSEQ_MAX)?;
        let method = Method::from_token(word()?).ok_or(HeaderRefused::Token)?;
        match (rseq, words.next()) {
            (1.., None) => Ok(RAck { rseq, cseq, method }),
            (0, _) => Err(HeaderRefused::Number),
            (_, Some(_)) => Err(HeaderRefused::Token),
        }
    }
}

impl fmt::Display for RAck {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} {}", self.rseq, self.cseq, self.method)
    }
}
