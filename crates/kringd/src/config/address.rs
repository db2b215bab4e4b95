//! Addresses as the configuration writes them: sockets to listen on, hosts to send to, and what others
//! reach us by.

use kring_sip::Transport;
use std::{
    borrow::Cow,
    fmt,
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

/// A socket to listen on: `udp:0.0.0.0:5060`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listen {
    pub(crate) transport: Transport,
    pub(crate) address: SocketAddr,
}

/// The address that others reach kring by. Its port stands for UDP and TCP; without one, and for
/// the other transports, it is the port of the listening socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Advertised {
    pub(crate) ip: IpAddr,
    pub(crate) port: Option<u16>,
}

/// A host by name or address, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostPort {
    /// A name, or an address without brackets.
    pub(crate) host: String,
    /// `None`: none was written, so the name's SRV records may say (RFC 3263 §4.2).
    pub(crate) port: Option<u16>,
}

/// Why a text is no address of these kinds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AddressRefused {
    /// Not a listening socket.
    #[error(
        "{0:?} is no socket to listen on. Write udp:, tcp:, tls:, ws: or wss: and the address, \
         such as udp:0.0.0.0:5060 or tls:0.0.0.0:5061"
    )]
    NotAListen(String),
    /// Not a host.
    #[error("{0:?} is no address of a host. Write pbx.example.net:5060 or 192.0.2.10:5060")]
    NotAHost(String),
    /// Not an advertised address.
    #[error("{0:?} is no address to advertise. Write 192.0.2.20 or 192.0.2.20:5060")]
    NotAdvertisable(String),
}

impl FromStr for Listen {
    type Err = AddressRefused;

    fn from_str(text: &str) -> Result<Listen, AddressRefused> {
        let refused = || AddressRefused::NotAListen(shown(text));
        let (transport, address) = text.split_once(':').ok_or_else(refused)?;
        let transport = transport.parse().map_err(|_| refused())?;
        let address: SocketAddr = address.parse().map_err(|_| refused())?;
        Ok(Listen { transport, address })
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let transport = self.transport;
        write!(f, "{transport}:{}", self.address)
    }
}

impl FromStr for Advertised {
    type Err = AddressRefused;

    fn from_str(text: &str) -> Result<Advertised, AddressRefused> {
        let (ip, port) = match text.parse::<SocketAddr>() {
            Ok(socket) => (socket.ip(), Some(socket.port())),
            Err(_) => match text.parse::<IpAddr>() {
                Ok(ip) => (ip, None),
                Err(_) => return Err(AddressRefused::NotAdvertisable(shown(text))),
            },
        };
        if ip.is_unspecified() || port == Some(0) {
            return Err(AddressRefused::NotAdvertisable(shown(text)));
        }
        Ok(Advertised { ip, port })
    }
}

impl HostPort {
    /// The host as a URI writes it: an IPv6 address in brackets.
    pub(crate) fn uri_host(&self) -> Cow<'_, str> {
        if self.host.contains(':') {
            format!("[{}]", self.host).into()
        } else {
            self.host.as_str().into()
        }
    }
}

impl FromStr for HostPort {
    type Err = AddressRefused;

    fn from_str(text: &str) -> Result<HostPort, AddressRefused> {
        let refused = || AddressRefused::NotAHost(shown(text));
        if let Ok(socket) = text.parse::<SocketAddr>() {
            let (host, port) = (socket.ip().to_string(), Some(socket.port()));
            return Ok(HostPort { host, port });
        }
        if let Ok(ip) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
            let (host, port) = (ip.to_string(), None);
            return Ok(HostPort { host, port });
        }
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host, Some(port.parse().map_err(|_| refused())?)),
            None => (text, None),
        };
        let label = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if host.is_empty() || host.len() > 253 || !host.chars().all(label) || port == Some(0) {
            return Err(refused());
        }
        Ok(HostPort {
            host: host.to_owned(),
            port,
        })
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.host.contains(':'), self.port) {
            (true, Some(port)) => write!(f, "[{}]:{port}", self.host),
            (true, None) => write!(f, "[{}]", self.host),
            (false, Some(port)) => write!(f, "{}:{port}", self.host),
            (false, None) => f.write_str(&self.host),
        }
    }
}

fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}
