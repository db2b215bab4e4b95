//! How we present ourselves: the parts of our messages that never change, written once.

use super::{EndpointConfig, draft::Draft, limits};
use crate::{
    Advertised, HeaderName, Headers, Peer, Scheme, Transport, Uri,
    header::Via,
    params::{Alphabet, ParamItems},
    token::ListItems,
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The methods that we answer with something else than 405.
pub(crate) const ALLOW: &str =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, NOTIFY, PRACK, REFER";

/// What we can do, for everything that makes or changes a dialog: [`ALLOW`], and Supported.
pub(crate) const ABILITIES: &[u8] =
    b"Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, NOTIFY, PRACK, REFER\r\n\
      Supported: 100rel, timer, replaces, norefersub\r\n";

/// The same for what must not be answered reliably (RFC 3262 §4).
pub(crate) const ABILITIES_WITHIN: &[u8] =
    b"Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, NOTIFY, PRACK, REFER\r\n\
      Supported: timer, replaces, norefersub\r\n";

/// The extensions that others may demand of us.
pub(crate) const SUPPORTED: &str = "100rel, timer, replaces, norefersub";

/// The bodies of INFO that we read.
pub(crate) const INFO_ACCEPT: &str = "application/dtmf-relay, application/dtmf";

/// The only session description that we read.
pub(crate) const ACCEPT: &str = "application/sdp";

/// Our names on the wire.
#[derive(Debug)]
pub(crate) struct Identity {
    /// For IPv4 and for IPv6.
    via: [[String; Transport::ALL.len()]; 2],
    contact: [[String; Transport::ALL.len()]; 2],
    /// Where others reach us.
    pub(crate) own: Advertised,
    /// The host part of our Call-IDs.
    pub(crate) host: String,
    /// User-Agent and Server, without line breaks.
    pub(crate) user_agent: String,
    /// See [`EndpointConfig::talkable`].
    pub(crate) talkable: bool,
    /// See [`EndpointConfig::session_timer_s`].
    pub(crate) session_timer_s: u32,
}

impl Identity {
    /// Writes everything that can be written before the first call.
    pub(crate) fn new(config: &EndpointConfig) -> Identity {
        let own = &config.advertised;
        let at = |transport: Transport, ip: IpAddr| {
            let address = SocketAddr::new(ip, 0);
            own.towards(Peer { transport, address })
        };
        let via = |transport: Transport, from: IpAddr| {
            let (name, at) = (transport.via(), at(transport, from));
            format!("SIP/2.0/{name} {at};rport;branch={BRANCH_START}")
        };
        let contact = |transport: Transport, from: IpAddr| {
            let at = at(transport, from);
            match transport {
                Transport::Udp => format!("<sip:kring@{at}>"),
                // A web phone reaches us through the connection that it has opened, and its name for
                // it is `ws` with or without TLS (RFC 7118 §5.1).
                Transport::Wss => format!("<sip:kring@{at};transport=ws>"),
                other => format!("<sip:kring@{at};transport={other}>"),
            }
        };
        Identity {
            own: config.advertised,
            via: FAMILIES.map(|ip| Transport::ALL.map(|by| via(by, ip))),
            contact: FAMILIES.map(|ip| Transport::ALL.map(|by| contact(by, ip))),
            host: host_of(own.at(Transport::Udp)),
            user_agent: config.user_agent.replace(|c: char| c.is_control(), " "),
            talkable: config.talkable,
            session_timer_s: match config.session_timer_s {
                0 => 0,
                asked => asked.max(limits::MIN_SE_S),
            },
        }
    }

    /// Our Via in a request to `to`.
    pub(crate) fn via(&self, draft: &mut Draft, to: Peer, branch: u64) {
        let start = &self.via[family(to)][to.transport as usize];
        draft.line("Via", format_args!("{start}{branch:016x}"));
    }

    /// Our Contact in a dialog with `to`.
    pub(crate) fn contact(&self, draft: &mut Draft, to: Peer) {
        draft.line("Contact", &self.contact[family(to)][to.transport as usize]);
    }
}

/// Any address of each family, in the order of [`family`].
const FAMILIES: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    IpAddr::V6(Ipv6Addr::UNSPECIFIED),
];

fn family(peer: Peer) -> usize {
    usize::from(peer.address.is_ipv6())
}

/// RFC 3261's cookie, and a mark of our own.
const BRANCH_START: &str = "z9hG4bK-k";

/// The branch of the topmost Via, if it is one of ours. Reads nothing else of it.
pub(crate) fn own_branch(headers: &Headers) -> Option<u64> {
    let line = headers.get(&HeaderName::Via)?;
    let via = ListItems::new(line).next()?;
    let (_, branch) = ParamItems::new(&via[via.find(';')?..], Alphabet::Header)
        .map_while(Result::ok)
        .find(|(name, _)| name.eq_ignore_ascii_case("branch"))?;
    read_token(branch?.strip_prefix(BRANCH_START)?)
}

/// Whether a request has come back to us on its way: one of its Vias is ours, by its branch and by the
/// address that we give there. Another kring on the way is no loop.
pub(crate) fn has_passed_us(headers: &Headers, own: &Advertised) -> bool {
    let marked = |line: &&str| line.contains(BRANCH_START);
    headers.all(&HeaderName::Via).filter(marked).any(|line| {
        line.parse::<Via>().is_ok_and(|via| {
            let at = via
                .ip()
                .map(|ip| SocketAddr::new(ip, via.port.unwrap_or(5060)));
            let is_ours = |transport| {
                at.is_some_and(|address| own.towards(Peer { transport, address }) == address)
            };
            via.branch()
                .is_some_and(|branch| branch.starts_with(BRANCH_START))
                && Transport::ALL.into_iter().any(is_ours)
        })
    })
}

/// A tag or branch of ours: sixteen hexadecimal digits.
pub(crate) fn read_token(text: &str) -> Option<u64> {
    let digits = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 16 || !text.bytes().all(digits) {
        return None;
    }
    u64::from_str_radix(text, 16).ok()
}

fn host_of(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

/// Where a URI says that its requests go, if it says so by numbers, and by a transport that we have.
pub(crate) fn address_of(uri: &Uri) -> Option<(SocketAddr, Option<Transport>)> {
    let named = uri.param("transport").map(str::parse::<Transport>);
    let transport = match (named.transpose().ok()?, uri.scheme()) {
        (None | Some(Transport::Tcp), Scheme::Sips) => Some(Transport::Tls),
        (Some(Transport::Ws), Scheme::Sips) => Some(Transport::Wss),
        (named, _) => named,
    };
    let port = transport.unwrap_or(Transport::Udp).default_port();
    Some((
        SocketAddr::new(uri.ip()?, uri.port().unwrap_or(port)),
        transport,
    ))
}
