//! The five headers that every message is sorted by, read once.

use crate::{HeaderName, HeaderRefused, Headers, Method, header::Via, name_addr::Parts};

/// Via, tags, Call-ID and CSeq of one message.
#[derive(Debug)]
pub(crate) struct Heads<'a> {
    /// The topmost.
    pub(crate) via: Via,
    /// Compared byte by byte.
    pub(crate) call_id: &'a str,
    /// Empty for those who know only RFC 2543.
    pub(crate) from_tag: &'a str,
    /// Within a dialog.
    pub(crate) to_tag: Option<&'a str>,
    /// The number of CSeq.
    pub(crate) seq: u32,
    /// The method of CSeq.
    pub(crate) method: Method,
}

impl<'a> Heads<'a> {
    /// Reads them; none if one cannot be read, which the parser should have refused.
    pub(crate) fn of(headers: &'a Headers) -> Option<Heads<'a>> {
        let (seq, method) = headers.cseq().ok()?;
        Some(Heads {
            via: headers.via().ok()?,
            call_id: headers.call_id().ok()?,
            from_tag: tag(headers, &HeaderName::From).ok()?.unwrap_or_default(),
            to_tag: tag(headers, &HeaderName::To).ok()?,
            seq,
            method,
        })
    }
}

/// The tag of an address, if it is an address at all.
fn tag<'a>(headers: &'a Headers, name: &HeaderName) -> Result<Option<&'a str>, HeaderRefused> {
    let parts = Parts::find(headers.get(name).ok_or(HeaderRefused::Missing)?)?;
    Ok(parts.param("tag").filter(|tag| !tag.is_empty()))
}
