//! SIP messages for a capture server such as Homer: HEP version 3, one datagram a message.
//!
//! It is a copy for those who watch: it never waits, and what the socket does not take is dropped and
//! counted.

use crate::config;
use bytes::{BufMut, BytesMut};
use kring_journal::WallTime;
use kring_sip::Peer;
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
};
use tokio::net::lookup_host;

/// The largest datagram that UDP takes over IPv4.
const DATAGRAM_BYTES_MAX: usize = 65_507;

/// Port of a capture server whose port is not written: Homer's.
const PORT: u16 = 9_060;

/// Address families and protocol numbers as the chunks write them (`AF_INET`, `AF_INET6`; UDP, TCP).
const FAMILY_V4: u8 = 2;
const FAMILY_V6: u8 = 10;
const PROTOCOL_UDP: u8 = 17;
const PROTOCOL_TCP: u8 = 6;

/// The payload is SIP.
const KIND_SIP: u8 = 1;

/// One message as it is exported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Capture<'m> {
    pub(super) at: WallTime,
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) peer: Peer,
    /// What the legs of a call have in common: Call-ID of the caller's leg.
    pub(super) correlation: &'m str,
    pub(super) bytes: &'m [u8],
}

/// The way to the capture server.
#[derive(Debug)]
pub(super) struct Hep {
    socket: UdpSocket,
    capture_id: u32,
    password: Option<String>,
    out: BytesMut,
}

impl Hep {
    /// Where the server is. `now` stays as long as the name still leads there.
    pub(super) async fn find(
        config: &config::Hep,
        now: Option<SocketAddr>,
    ) -> io::Result<SocketAddr> {
        let name = (
            config.address.host.as_str(),
            config.address.port.unwrap_or(PORT),
        );
        let found: Vec<SocketAddr> = lookup_host(name).await?.collect();
        choose(now, &found).ok_or_else(|| io::Error::other("the name has no address"))
    }

    /// A socket that faces it.
    pub(super) fn towards(to: SocketAddr, config: &config::Hep) -> io::Result<Hep> {
        let any: IpAddr = match to {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let socket = UdpSocket::bind((any, 0))?;
        socket.set_nonblocking(true)?;
        socket.connect(to)?;
        Ok(Hep {
            socket,
            capture_id: config.capture_id,
            password: config.password.clone(),
            out: BytesMut::new(),
        })
    }

    /// Sends a copy; whether the socket took it.
    pub(super) fn export(&mut self, capture: &Capture<'_>) -> bool {
        self.out.clear();
        write(
            &mut self.out,
            capture,
            self.capture_id,
            self.password.as_deref(),
        );
        self.out.len() <= DATAGRAM_BYTES_MAX && self.socket.send(&self.out).is_ok()
    }
}

fn choose(now: Option<SocketAddr>, found: &[SocketAddr]) -> Option<SocketAddr> {
    now.filter(|now| found.contains(now))
        .or_else(|| found.first().copied())
}

/// Writes the datagram: `HEP3`, the length of the whole, then chunks of vendor 0.
fn write(out: &mut BytesMut, capture: &Capture<'_>, capture_id: u32, password: Option<&str>) {
    out.put_slice(b"HEP3\0\0");
    let (from, to) = (capture.from, capture.to);
    let v4 = from.is_ipv4() && to.is_ipv4();
    chunk(out, 1, &[if v4 { FAMILY_V4 } else { FAMILY_V6 }]);
    let protocol = match capture.peer.transport {
        kring_sip::Transport::Udp => PROTOCOL_UDP,
        _ => PROTOCOL_TCP,
    };
    chunk(out, 2, &[protocol]);
    match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            chunk(out, 3, &from.octets());
            chunk(out, 4, &to.octets());
        }
        (from, to) => {
            chunk(out, 5, &v6(from).octets());
            chunk(out, 6, &v6(to).octets());
        }
    }
    chunk(out, 7, &from.port().to_be_bytes());
    chunk(out, 8, &to.port().to_be_bytes());
    let at = u64::try_from(capture.at.0).unwrap_or(0);
    chunk(out, 9, &((at / 1_000_000) as u32).to_be_bytes());
    chunk(out, 10, &((at % 1_000_000) as u32).to_be_bytes());
    chunk(out, 11, &[KIND_SIP]);
    chunk(out, 12, &capture_id.to_be_bytes());
    if let Some(password) = password {
        chunk(out, 14, password.as_bytes());
    }
    if !capture.correlation.is_empty() {
        chunk(out, 17, capture.correlation.as_bytes());
    }
    chunk(out, 15, capture.bytes);
    let length = u16::try_from(out.len()).unwrap_or(u16::MAX);
    out[4..6].copy_from_slice(&length.to_be_bytes());
}

/// Vendor, type, length with these six bytes, payload.
fn chunk(out: &mut BytesMut, kind: u16, payload: &[u8]) {
    out.put_u16(0);
    out.put_u16(kind);
    // A payload that is longer makes a datagram that is not sent.
    out.put_u16(u16::try_from(payload.len() + 6).unwrap_or(u16::MAX));
    out.put_slice(payload);
}

fn v6(ip: IpAddr) -> Ipv6Addr {
    match ip {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capture_server_is_followed_when_its_name_moves() {
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        let (first, second) = (at("192.0.2.50:9060"), at("192.0.2.51:9060"));
        assert_eq!(choose(None, &[first, second]), Some(first));
        assert_eq!(
            choose(Some(second), &[first, second]),
            Some(second),
            "it stays"
        );
        assert_eq!(choose(Some(first), &[second]), Some(second), "it moves");
        assert_eq!(choose(Some(first), &[]), None);
    }
}
