//! What every message is sorted by, read once.

use crate::{
    HeaderName, HeaderRefused, Headers, Method, Peer, Request, Transport, header::Via,
    name_addr::Parts, transaction::ServerKey,
};
use std::net::SocketAddr;

/// Tags, Call-ID and CSeq of one message.
#[derive(Debug)]
pub(crate) struct Heads<'a> {
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
            call_id: headers.call_id().ok()?,
            from_tag: tag(headers, &HeaderName::From).ok()?.unwrap_or_default(),
            to_tag: tag(headers, &HeaderName::To).ok()?,
            seq,
            method,
        })
    }
}

/// A request with everything that was found out about it.
#[derive(Debug)]
pub(crate) struct Arrival<'a> {
    /// Who sent it.
    pub(crate) from: Peer,
    /// Where its responses go.
    pub(crate) answer_to: Peer,
    /// Its transaction; for ACK and CANCEL that of their INVITE.
    pub(crate) key: ServerKey,
    /// The request, its topmost Via stamped with its source.
    pub(crate) request: &'a Request,
    pub(crate) heads: Heads<'a>,
}

/// RFC 3261 §18.2.2 and RFC 3581 §4: over a stream, back through it; else to `maddr`, to where the
/// request came from if it asks so, or to the port that Via names at the address it came from.
pub(crate) fn answer_to(from: Peer, via: &Via) -> Peer {
    let port = via.port.unwrap_or(5060);
    let address = match from.transport {
        Transport::Udp => match via.params.get("maddr").map(str::parse) {
            Some(Ok(ip)) => SocketAddr::new(ip, port),
            _ if via.rport().is_some() => from.address,
            _ => SocketAddr::new(from.address.ip(), port),
        },
        _ => from.address,
    };
    Peer {
        transport: from.transport,
        address,
    }
}

/// The tag of an address, if it is an address at all.
fn tag<'a>(headers: &'a Headers, name: &HeaderName) -> Result<Option<&'a str>, HeaderRefused> {
    let parts = Parts::find(headers.get(name).ok_or(HeaderRefused::Missing)?)?;
    Ok(parts.param("tag").filter(|tag| !tag.is_empty()))
}
