//! How messages travel, between whom, and by which addresses of ours.

use std::{fmt, net::SocketAddr, str::FromStr};

/// How messages travel.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Transport {
    /// One message a datagram; lost ones are sent again.
    Udp,
    /// A stream; nothing is lost while it stands.
    Tcp,
    /// The same, encrypted.
    Tls,
    /// One message a WebSocket frame (RFC 7118).
    Ws,
    /// The same, encrypted.
    Wss,
}

/// A word that names no transport.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a transport is udp, tcp, tls, ws or wss")]
pub struct NoTransport;

impl Transport {
    /// All of them, in the order of their declaration.
    pub const ALL: [Transport; 5] = [
        Transport::Udp,
        Transport::Tcp,
        Transport::Tls,
        Transport::Ws,
        Transport::Wss,
    ];

    /// As URIs and the configuration write it.
    pub const fn name(self) -> &'static str {
        match self {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
            Transport::Tls => "tls",
            Transport::Ws => "ws",
            Transport::Wss => "wss",
        }
    }

    /// As Via writes it (RFC 3261 §20.42, RFC 7118 §5.2).
    pub const fn via(self) -> &'static str {
        match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
            Transport::Ws => "WS",
            Transport::Wss => "WSS",
        }
    }

    /// Whether nothing is lost on the way, so that nothing need be repeated.
    pub const fn is_reliable(self) -> bool {
        !matches!(self, Transport::Udp)
    }

    /// Whether others on the way can neither read nor change it.
    pub const fn is_secure(self) -> bool {
        matches!(self, Transport::Tls | Transport::Wss)
    }

    /// Whether only the other side can open the connection (RFC 7118 §5).
    pub const fn is_websocket(self) -> bool {
        matches!(self, Transport::Ws | Transport::Wss)
    }

    /// The port of a host that names none (RFC 3261 §19.1.2, RFC 7118 §5).
    pub const fn default_port(self) -> u16 {
        match self {
            Transport::Udp | Transport::Tcp => 5060,
            Transport::Tls => 5061,
            Transport::Ws => 80,
            Transport::Wss => 443,
        }
    }
}

impl FromStr for Transport {
    type Err = NoTransport;

    fn from_str(text: &str) -> Result<Transport, NoTransport> {
        let named = |transport: &Transport| text.eq_ignore_ascii_case(transport.name());
        Transport::ALL.into_iter().find(named).ok_or(NoTransport)
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a message goes or came from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Peer {
    /// How.
    pub transport: Transport,
    /// Where. For streams the far end of the connection.
    pub address: SocketAddr,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.transport, self.address)
    }
}

/// By which address others reach us, for each transport and family: named in Via, Contact and
/// Call-ID. A peer is told an address of its own family, if there is one (RFC 3261 §18.1.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Advertised {
    usual: SocketAddr,
    four: [Option<SocketAddr>; Transport::ALL.len()],
    six: [Option<SocketAddr>; Transport::ALL.len()],
}

impl Advertised {
    /// The same address for every transport, and for both families.
    pub const fn everywhere(address: SocketAddr) -> Advertised {
        Advertised {
            usual: address,
            four: [None; Transport::ALL.len()],
            six: [None; Transport::ALL.len()],
        }
    }

    /// With another address for one transport, for the peers of its family.
    #[must_use]
    pub const fn with(mut self, transport: Transport, address: SocketAddr) -> Advertised {
        if address.is_ipv4() {
            self.four[transport as usize] = Some(address);
        } else {
            self.six[transport as usize] = Some(address);
        }
        self
    }

    /// The address for one transport, when it is not known who is to read it: of the usual family
    /// if there is one.
    pub fn at(&self, transport: Transport) -> SocketAddr {
        self.of_family(transport, self.usual.is_ipv4())
    }

    /// The address that this peer is told.
    pub fn towards(&self, peer: Peer) -> SocketAddr {
        self.of_family(peer.transport, peer.address.is_ipv4())
    }

    fn of_family(&self, transport: Transport, four: bool) -> SocketAddr {
        let slot = transport as usize;
        let (first, other) = if four {
            (self.four[slot], self.six[slot])
        } else {
            (self.six[slot], self.four[slot])
        };
        first.or(other).unwrap_or(self.usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_told_an_address_of_its_family_if_there_is_one() {
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        let peer = |transport, text| Peer {
            transport,
            address: at(text),
        };
        let own = Advertised::everywhere(at("192.0.2.1:5060"))
            .with(Transport::Udp, at("192.0.2.1:5060"))
            .with(Transport::Udp, at("[2001:db8::1]:5060"))
            .with(Transport::Tls, at("[2001:db8::1]:5061"));
        let told = |transport, text| own.towards(peer(transport, text)).to_string();
        assert_eq!(told(Transport::Udp, "198.51.100.1:9"), "192.0.2.1:5060");
        assert_eq!(
            told(Transport::Udp, "[2001:db8::9]:9"),
            "[2001:db8::1]:5060"
        );
        assert_eq!(told(Transport::Tls, "198.51.100.1:9"), "[2001:db8::1]:5061");
        assert_eq!(told(Transport::Tcp, "[2001:db8::9]:9"), "192.0.2.1:5060");
        assert_eq!(own.at(Transport::Udp).to_string(), "192.0.2.1:5060");
    }

    #[test]
    fn transports_are_known_by_their_names_in_any_case() {
        for transport in Transport::ALL {
            assert_eq!(transport.name().parse(), Ok(transport));
            assert_eq!(transport.via().parse(), Ok(transport));
        }
        assert_eq!("sctp".parse::<Transport>(), Err(NoTransport));
    }
}
