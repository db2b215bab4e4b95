//! Replaces (RFC 3891): the dialog that a new INVITE takes the place of.

use super::HeaderRefused;
use crate::{
    Params,
    token::{cut_before, trim},
};
use std::{fmt, str::FromStr};

/// Names a dialog as the receiver sees it, and whether it must still be early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaces {
    /// Its Call-ID.
    pub call_id: Box<str>,
    /// The receiver's own tag.
    pub to_tag: Box<str>,
    /// The other side's tag; `0` for a peer without tags.
    pub from_tag: Box<str>,
    /// Only an early dialog may be replaced.
    pub early_only: bool,
}

impl FromStr for Replaces {
    type Err = HeaderRefused;

    fn from_str(text: &str) -> Result<Replaces, HeaderRefused> {
        let (call_id, params) = cut_before(text, b';');
        let call_id = trim(call_id);
        if call_id.is_empty() || call_id.contains([' ', '\t']) {
            return Err(HeaderRefused::Empty);
        }
        let params = Params::read(params)?;
        let tag = |name| {
            params
                .get(name)
                .filter(|tag| !tag.is_empty())
                .map(Into::into)
        };
        Ok(Replaces {
            call_id: call_id.into(),
            to_tag: tag("to-tag").ok_or(HeaderRefused::MissingParam)?,
            from_tag: tag("from-tag").ok_or(HeaderRefused::MissingParam)?,
            early_only: params.contains("early-only"),
        })
    }
}

impl fmt::Display for Replaces {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{};to-tag={};from-tag={}",
            self.call_id, self.to_tag, self.from_tag
        )?;
        out.write_str(if self.early_only { ";early-only" } else { "" })
    }
}
