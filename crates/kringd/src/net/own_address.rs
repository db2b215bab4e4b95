//! Which address of this machine others reach us by.

use super::dns::{Resolver, Sought};
use crate::{
    config::{Config, Listen},
    exit::Fault,
};
use kring_sip::Transport;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::UdpSocket;

/// Somewhere outside: an address for documentation (RFC 5737, RFC 3849). Nothing is sent there; the
/// kernel is only asked by which of our addresses it would be.
const OUTSIDE_V4: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const OUTSIDE_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));

/// What Via and Contact say for one of our sockets: what is configured, else the address that the
/// socket is bound to, else the one of this machine that faces the first trunk. Without one, it is the
/// address by which others reach this machine: a trunk may come while kring runs, and the machine itself
/// finds kring there, too.
pub(crate) async fn facing(
    config: &Config,
    resolver: &Resolver,
    listen: Listen,
) -> Result<SocketAddr, Fault> {
    let port = listen.address.port();
    let bound = listen.address.ip();
    let mut advertised = config.sip.advertised.iter();
    if let Some(own) = advertised.find(|own| own.ip.is_ipv4() == bound.is_ipv4()) {
        let shared = matches!(listen.transport, Transport::Udp | Transport::Tcp);
        let written = own.port.filter(|_| shared);
        return Ok(SocketAddr::new(own.ip, written.unwrap_or(port)));
    }
    if !bound.is_unspecified() {
        return Ok(listen.address);
    }
    let trunk = config
        .trunks
        .iter()
        .find_map(|trunk| trunk.address.as_ref());
    let (loopback, outside) = match bound {
        IpAddr::V4(_) => (Ipv4Addr::LOCALHOST.into(), OUTSIDE_V4),
        IpAddr::V6(_) => (Ipv6Addr::LOCALHOST.into(), OUTSIDE_V6),
    };
    let towards = match trunk {
        // A PBX that cannot be found now may be found later: no reason not to begin.
        Some(host) => match resolver.first(&Sought::host(host, None)).await {
            Ok(peer) if peer.address.is_ipv4() == bound.is_ipv4() => peer.address.ip(),
            Ok(_) => outside,
            Err(refused) => {
                tracing::warn!(%refused, "a trunk's address is not found");
                outside
            }
        },
        None => outside,
    };
    let own = own_towards(bound, towards).await.unwrap_or(loopback);
    Ok(SocketAddr::new(own, port))
}

/// By which address this machine reaches itself at a socket that is bound to this one.
pub(crate) fn near(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        own => own,
    }
}

/// By which of our addresses the kernel would send to `towards`. No packet leaves.
async fn own_towards(bound: IpAddr, towards: IpAddr) -> Option<IpAddr> {
    let socket = UdpSocket::bind(SocketAddr::new(bound, 0)).await.ok()?;
    socket.connect(SocketAddr::new(towards, 5060)).await.ok()?;
    let own = socket.local_addr().ok()?.ip();
    (!own.is_unspecified()).then_some(own)
}
