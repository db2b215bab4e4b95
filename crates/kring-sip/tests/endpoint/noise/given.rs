//! The addresses that somebody has given: in an order, as the source of a message, or in its text.

use kring_sip::Peer;
use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Hosts and ports, apart: a host without a port means that of its transport.
#[derive(Default)]
pub(crate) struct Given {
    hosts: BTreeSet<IpAddr>,
    ports: BTreeSet<u16>,
}

impl Given {
    /// Only the ports that nobody needs to write.
    pub(crate) fn nothing() -> Given {
        Given {
            hosts: BTreeSet::new(),
            ports: [80, 443, 5060, 5061].into(),
        }
    }

    pub(crate) fn peer(&mut self, peer: Peer) {
        self.hosts.insert(peer.address.ip().to_canonical());
        self.ports.insert(peer.address.port());
    }

    /// Everything in a message that can be read as an address.
    pub(crate) fn text(&mut self, bytes: &[u8]) {
        let is_of_address = |sign: &u8| sign.is_ascii_hexdigit() || matches!(sign, b'.' | b':');
        for word in bytes.split(|sign| !is_of_address(sign)) {
            let Ok(word) = std::str::from_utf8(word) else {
                continue;
            };
            if let Ok(host) = word.parse::<Ipv6Addr>() {
                self.hosts.insert(IpAddr::V6(host).to_canonical());
            }
            for word in word.split(|sign: char| !sign.is_ascii_digit() && sign != '.') {
                if let Ok(port) = word.parse::<u16>() {
                    self.ports.insert(port);
                } else if let Ok(host) = word.parse::<Ipv4Addr>() {
                    self.hosts.insert(host.into());
                }
            }
        }
    }

    pub(crate) fn has(&self, peer: Peer) -> bool {
        self.hosts.contains(&peer.address.ip().to_canonical())
            && self.ports.contains(&peer.address.port())
    }
}
