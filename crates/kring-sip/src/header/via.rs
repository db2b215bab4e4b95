//! Via (RFC 3261 §20.42, RFC 3581): where a request came from and its response must go.

use super::HeaderRefused;
use crate::{
    params::{Alphabet, ParamItems, Params},
    token::{cut, cut_before, is_token, trim},
    uri::{host_ip, split_host_port},
};
use std::{
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

/// The transport that a Via names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ViaTransport {
    /// UDP
    Udp,
    /// TCP
    Tcp,
    /// TLS over TCP
    Tls,
    /// WebSocket
    Ws,
    /// WebSocket over TLS
    Wss,
    /// Any other token, as written.
    Other(Box<str>),
}

impl ViaTransport {
    fn read(text: &str) -> Option<ViaTransport> {
        const KNOWN: [(&str, ViaTransport); 5] = [
            ("UDP", ViaTransport::Udp),
            ("TCP", ViaTransport::Tcp),
            ("TLS", ViaTransport::Tls),
            ("WS", ViaTransport::Ws),
            ("WSS", ViaTransport::Wss),
        ];
        let known = KNOWN
            .into_iter()
            .find(|(name, _)| text.eq_ignore_ascii_case(name));
        match known {
            Some((_, transport)) => Some(transport),
            None => is_token(text).then(|| ViaTransport::Other(text.into())),
        }
    }

    /// The name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            ViaTransport::Udp => "UDP",
            ViaTransport::Tcp => "TCP",
            ViaTransport::Tls => "TLS",
            ViaTransport::Ws => "WS",
            ViaTransport::Wss => "WSS",
            ViaTransport::Other(name) => name,
        }
    }
}

/// One Via.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// How the message travelled.
    pub transport: ViaTransport,
    /// The sender's idea of its own host; an IPv6 address in brackets.
    pub host: Box<str>,
    /// The sender's port, when it names one.
    pub port: Option<u16>,
    /// Branch, received, rport and the rest.
    pub params: Params,
}

impl Via {
    /// A Via of our own, asking for `rport` (RFC 3581 §3).
    pub fn new(transport: ViaTransport, sent_by: SocketAddr, branch: &str) -> Via {
        let mut params = Params::new();
        params.set_flag("rport");
        params.set("branch", branch);
        let host = match sent_by.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        Via {
            transport,
            host: host.into(),
            port: Some(sent_by.port()),
            params,
        }
    }

    /// The branch as written.
    pub fn branch(&self) -> Option<&str> {
        self.params.get("branch")
    }

    /// The branch, if it is RFC 3261's: unique by itself. `z9hG4bK` alone is not (RFC 4475 §3.3.3).
    pub fn unique_branch(&self) -> Option<&str> {
        const COOKIE: &str = "z9hG4bK";
        self.branch().filter(|branch| {
            branch.len() > COOKIE.len()
                && branch
                    .get(..COOKIE.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(COOKIE))
        })
    }

    /// Where the next hop saw the message come from.
    pub fn received(&self) -> Option<IpAddr> {
        let text = self.params.get("received")?;
        // Some write an IPv6 address without its brackets, as RFC 3261's grammar in fact has it.
        host_ip(text).or_else(|| text.parse::<Ipv6Addr>().ok().map(IpAddr::V6))
    }

    /// `Some(None)` asks for the port, `Some(Some(port))` tells it.
    pub fn rport(&self) -> Option<Option<u16>> {
        self.params.get("rport").map(|port| port.parse().ok())
    }

    /// The host as an address, when it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        host_ip(&self.host)
    }

    /// Whether another Via has the same `sent-by` (RFC 3261 §17.2.3).
    pub fn same_sent_by(&self, other: &Via) -> bool {
        self.host.eq_ignore_ascii_case(&other.host)
            && self.port.unwrap_or(5060) == other.port.unwrap_or(5060)
    }

    /// Reads everything without keeping any of it.
    pub(crate) fn check(text: &str) -> Result<(), HeaderRefused> {
        let parts = Parts::find(text)?;
        for param in ParamItems::new(parts.params, Alphabet::Header) {
            param?;
        }
        Ok(())
    }
}

/// A Via cut into its parts, nothing copied.
struct Parts<'a> {
    transport: &'a str,
    host: &'a str,
    port: Option<u16>,
    params: &'a str,
}

impl<'a> Parts<'a> {
    /// White space may stand around every separator: `SIP  / 2.0 / UDP host ; branch = x`.
    fn find(text: &'a str) -> Result<Parts<'a>, HeaderRefused> {
        let (protocol, rest) = cut(text, b'/').ok_or(HeaderRefused::Via)?;
        let (version, rest) = cut(rest, b'/').ok_or(HeaderRefused::Via)?;
        // Another version is refused by the start line, with a better answer.
        if !trim(protocol).eq_ignore_ascii_case("SIP") || !is_token(trim(version)) {
            return Err(HeaderRefused::Via);
        }
        let rest = trim(rest);
        let (transport, rest) = rest.split_once([' ', '\t']).ok_or(HeaderRefused::Via)?;
        if !is_token(transport) {
            return Err(HeaderRefused::Via);
        }
        let rest = trim(rest);
        let (sent_by, params) = cut_before(rest, b';');
        let sent_by = trim(sent_by);
        let (host, port) = match split_host_port(sent_by) {
            Ok(parts) => parts,
            Err(_) => spaced_host_port(sent_by)?,
        };
        Ok(Parts {
            transport,
            host,
            port,
            params,
        })
    }
}

/// `host : 5060`, which a Via may write and a URI may not.
fn spaced_host_port(text: &str) -> Result<(&str, Option<u16>), HeaderRefused> {
    let (host, port) = text.rsplit_once(':').ok_or(HeaderRefused::Via)?;
    let (host, none) = split_host_port(trim(host)).map_err(|_| HeaderRefused::Via)?;
    let port = super::number(trim(port), u32::from(u16::MAX)).map_err(|_| HeaderRefused::Via)?;
    match none {
        None => Ok((host, Some(port as u16))),
        Some(_) => Err(HeaderRefused::Via),
    }
}

impl FromStr for Via {
    type Err = HeaderRefused;

    fn from_str(text: &str) -> Result<Via, HeaderRefused> {
        let parts = Parts::find(text)?;
        Ok(Via {
            transport: ViaTransport::read(parts.transport).ok_or(HeaderRefused::Via)?,
            host: parts.host.into(),
            port: parts.port,
            params: Params::read(parts.params)?,
        })
    }
}

impl fmt::Display for Via {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SIP/2.0/{} {}", self.transport.as_str(), self.host)?;
        if let Some(port) = self.port {
            write!(out, ":{port}")?;
        }
        self.params.fmt(out)
    }
}
