//! What a REGISTER asks for (RFC 3261 §10.3, steps 6 to 8): read whole, before anything is changed.

use super::{
    binding::Reach,
    config::RegistrarConfig,
    limits::{
        AGENT_BYTES_MAX, BINDINGS_MAX, CALL_ID_BYTES_MAX, CONTACT_BYTES_MAX, INSTANCE_BYTES_MAX,
        PATH_BYTES_MAX,
    },
};
use crate::{
    HeaderName, Headers, NameAddr, Peer, Scheme, Transport, Uri, endpoint::address_of,
    header::Contact,
};
use std::net::SocketAddr;

/// What a REGISTER asks for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) change: Change,
    pub(super) call_id: Box<str>,
    pub(super) seq: u32,
    pub(super) path: Vec<NameAddr>,
    pub(super) user_agent: Box<str>,
    pub(super) supports: Supports,
}

/// What is to become of the bindings.
#[derive(Debug)]
pub(super) enum Change {
    /// Nothing: it asks how things are.
    Ask,
    /// `Contact: *` with `Expires: 0`.
    RemoveAll,
    Contacts(Vec<Wanted>),
}

/// One Contact.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) contact: Uri,
    pub(super) reach: Reach,
    /// Seconds, within the bounds; 0 removes.
    pub(super) expires_s: u32,
    pub(super) instance: Option<Box<str>>,
    pub(super) reg_id: Option<u32>,
    pub(super) preference: u16,
}

/// Extensions that the phone knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Supports {
    pub(super) outbound: bool,
}

/// Why a REGISTER is not obeyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotAsked {
    /// 400: contradicts itself, or is longer than anything honest.
    Malformed,
    /// 423: an interval below the least.
    TooBrief,
}

/// Where a REGISTER came from, and where its response goes: the two differ for phones that send from
/// one port and listen at another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Came {
    pub(crate) from: Peer,
    pub(crate) answer_to: Peer,
}

impl Asked {
    /// Reads it.
    pub(super) fn of(
        headers: &Headers,
        came: Came,
        config: &RegistrarConfig,
    ) -> Result<Asked, NotAsked> {
        let malformed = |_| NotAsked::Malformed;
        let call_id = headers.call_id().map_err(malformed)?;
        let (seq, _) = headers.cseq().map_err(malformed)?;
        let path = read_path(headers)?;
        if call_id.len() > CALL_ID_BYTES_MAX {
            return Err(NotAsked::Malformed);
        }
        let supports = |option: &str| headers.lists(&HeaderName::Supported, option);
        let agent = headers.get(&HeaderName::UserAgent).unwrap_or_default();
        Ok(Asked {
            change: Change::of(headers, came, &path, config)?,
            call_id: call_id.into(),
            seq,
            path,
            user_agent: cut(agent, AGENT_BYTES_MAX).into(),
            supports: Supports {
                outbound: supports("outbound"),
            },
        })
    }
}

impl Change {
    fn of(
        headers: &Headers,
        came: Came,
        path: &[NameAddr],
        config: &RegistrarConfig,
    ) -> Result<Change, NotAsked> {
        // One that is malformed counts as absent (RFC 3261 §10.3, step 7).
        let header_s = headers.expires().unwrap_or(None);
        let lines = headers.all(&HeaderName::Contact);
        let mut wanted = Vec::new();
        for line in lines.take(BINDINGS_MAX + 1) {
            if line.len() > CONTACT_BYTES_MAX || wanted.len() == BINDINGS_MAX {
                return Err(NotAsked::Malformed);
            }
            let contact: Contact = line.parse().map_err(|_| NotAsked::Malformed)?;
            let asked_s = contact.expires().or(header_s);
            let preference = contact.preference();
            let Contact::Address(address) = contact else {
                let alone = wanted.is_empty() && headers.all(&HeaderName::Contact).nth(1).is_none();
                return match header_s {
                    Some(0) if alone => Ok(Change::RemoveAll),
                    _ => Err(NotAsked::Malformed),
                };
            };
            let expires_s = config.grant(asked_s).ok_or(NotAsked::TooBrief)?;
            wanted.push(Wanted::of(address, came, path, expires_s, preference)?);
        }
        Ok(if wanted.is_empty() {
            Change::Ask
        } else {
            Change::Contacts(wanted)
        })
    }
}

impl Wanted {
    fn of(
        address: NameAddr,
        came: Came,
        path: &[NameAddr],
        expires_s: u32,
        preference: u16,
    ) -> Result<Wanted, NotAsked> {
        if !matches!(address.uri.scheme(), Scheme::Sip | Scheme::Sips) {
            return Err(NotAsked::Malformed);
        }
        let instance = address.param("+sip.instance").map(Into::<Box<str>>::into);
        if instance
            .as_ref()
            .is_some_and(|text| text.len() > INSTANCE_BYTES_MAX)
        {
            return Err(NotAsked::Malformed);
        }
        let reg_id = address.param("reg-id").and_then(|text| text.parse().ok());
        Ok(Wanted {
            reach: reach(&address.uri, came, path),
            // A way without the phone that it leads to means nothing (RFC 5626 §6).
            reg_id: reg_id.filter(|_| instance.is_some()),
            contact: address.uri,
            expires_s,
            instance,
            preference,
        })
    }
}

/// How requests reach the phone. Only the host that proved to know the password is ever called: a
/// Contact or Path that names another is a phone behind NAT, or somebody who wants us to call elsewhere.
fn reach(contact: &Uri, came: Came, path: &[NameAddr]) -> Reach {
    let from = came.from;
    let named = path.first().map_or(contact, |proxy| &proxy.uri);
    let Some((address, transport)) = address_of(named) else {
        return Reach::Flow;
    };
    if address.ip().to_canonical() != from.address.ip().to_canonical() {
        return Reach::Flow;
    }
    let at = |port| Peer {
        transport: from.transport,
        address: SocketAddr::new(from.address.ip(), port),
    };
    let datagrams = from.transport == Transport::Udp && transport != Some(Transport::Tcp);
    // Who does not ask for `rport` says at which port it listens (RFC 3581 §4), whatever it sends from.
    let listens_there = came.answer_to != from || address.port() == from.address.port();
    if datagrams && (listens_there || !path.is_empty()) {
        Reach::Direct(at(address.port()))
    } else {
        Reach::Flow
    }
}

fn read_path(headers: &Headers) -> Result<Vec<NameAddr>, NotAsked> {
    let items: Vec<&str> = headers.all(&HeaderName::Path).collect();
    if items.iter().map(|item| item.len()).sum::<usize>() > PATH_BYTES_MAX {
        return Err(NotAsked::Malformed);
    }
    let read = |item: &str| item.parse().map_err(|_| NotAsked::Malformed);
    items.into_iter().map(read).collect()
}

fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}
