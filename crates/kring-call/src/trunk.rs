//! Trunks: which addresses may send calls, and how many.

use crate::{line::Line, transfer::TransferMethod};
use kring_media::SrtpPolicy;
use kring_sip::Peer;
use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

/// A PBX that may send us calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trunk {
    /// Its name, in facts.
    pub name: String,
    /// Where its calls come from.
    pub peers: Vec<PeerPattern>,
    /// Whether P-Asserted-Identity (RFC 3325 section 9.1) and Remote-Party-ID from it are believed.
    pub trust_identity: bool,
    /// Calls a second that it may bring; 0: no bound of its own.
    pub max_cps: u32,
    /// Calls at once that it may bring; 0: no bound of its own.
    pub max_calls: u32,
    /// Where it is, and who we are there.
    pub line: Line,
    /// What our 302 says of itself.
    pub redirect_header: RedirectHeader,
    /// Who joins its callers and whom they are transferred to; none: as `[transfer]` says.
    pub transfer_method: Option<TransferMethod>,
    /// Whether whoever is called through it is told the call in User-to-User (RFC 7433).
    pub user_to_user: bool,
    /// Whether its sound is secured; none: as `[media]` says.
    pub srtp: Option<SrtpPolicy>,
    /// Whether it is the one that is there when none is configured: everybody on this machine, and perhaps
    /// no PBX at all.
    pub built_in: bool,
}

/// How a 302 tells the PBX who sends the call on, so that whoever gets it knows which number was dialled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RedirectHeader {
    /// Diversion (RFC 5806), which most PBXs read.
    #[default]
    Diversion,
    /// History-Info (RFC 7044).
    HistoryInfo,
    /// Nothing but the Contact.
    None,
}

impl Trunk {
    /// A trusted trunk without bounds of its own.
    pub fn new(name: &str, peers: Vec<PeerPattern>) -> Trunk {
        Trunk {
            name: name.to_owned(),
            peers,
            trust_identity: true,
            max_cps: 0,
            max_calls: 0,
            line: Line::default(),
            redirect_header: RedirectHeader::default(),
            transfer_method: None,
            user_to_user: false,
            srtp: None,
            built_in: false,
        }
    }

    /// Whether a request from `source` is this trunk's: of one of its peers, or of the registrar that we
    /// have registered with.
    pub fn admits(&self, source: SocketAddr) -> bool {
        let registrar = self.line.account.iter().flat_map(|account| &account.peers);
        self.peers.iter().any(|peer| peer.matches(source)) || any_at(registrar, source)
    }

    /// Lets nobody in and leads nowhere: what is left of a trunk that is configured no longer while calls that came
    /// by it go on.
    pub(crate) fn close(&mut self) {
        self.peers.clear();
        self.line = Line::default();
    }

    /// Whether what is sent to `address` goes into this PBX. The built-in trunk is no PBX that anybody has
    /// named: who registers from there is on this machine, and needs no help of ours to call what else is.
    pub fn is_at(&self, address: SocketAddr) -> bool {
        !self.built_in && (self.admits(address) || any_at(&self.line.peers, address))
    }
}

fn any_at<'a>(peers: impl IntoIterator<Item = &'a Peer>, address: SocketAddr) -> bool {
    let ip = address.ip().to_canonical();
    let mut ips = peers
        .into_iter()
        .map(|peer| peer.address.ip().to_canonical());
    ips.any(|known| known == ip)
}

/// An address, a network, or an address with a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerPattern {
    network: IpAddr,
    prefix: u8,
    port: Option<u16>,
}

/// A text that is neither address, network nor address with port.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no peer: write an address (192.0.2.7), a network (192.0.2.0/24) or an address \
     with a port (192.0.2.7:5060, [2001:db8::7]:5060)"
)]
pub struct PeerRefused(String);

impl PeerPattern {
    /// Whether `source` is meant. IPv4-mapped IPv6 addresses count as IPv4.
    pub fn matches(&self, source: SocketAddr) -> bool {
        self.port.is_none_or(|port| port == source.port()) && self.matches_host(source.ip())
    }

    /// Whether `source` is meant, from whatever port it comes.
    pub fn matches_host(&self, source: IpAddr) -> bool {
        match (self.network, source.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => same_prefix(
                network.to_bits().into(),
                ip.to_bits().into(),
                32,
                self.prefix,
            ),
            (IpAddr::V6(network), IpAddr::V6(ip)) => {
                same_prefix(network.to_bits(), ip.to_bits(), 128, self.prefix)
            }
            _ => false,
        }
    }
}

fn same_prefix(a: u128, b: u128, width: u8, prefix: u8) -> bool {
    prefix == 0 || (a ^ b) >> (width - prefix) == 0
}

impl FromStr for PeerPattern {
    type Err = PeerRefused;

    fn from_str(text: &str) -> Result<PeerPattern, PeerRefused> {
        let refused = || PeerRefused(text.chars().take(60).collect());
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Ok(PeerPattern::host(address.ip(), Some(address.port())));
        }
        let Some((network, prefix)) = text.split_once('/') else {
            let ip = text.parse().map_err(|_| refused())?;
            return Ok(PeerPattern::host(ip, None));
        };
        let network: IpAddr = network.parse().map_err(|_| refused())?;
        let prefix: u8 = prefix.parse().map_err(|_| refused())?;
        if prefix > width(network) {
            return Err(refused());
        }
        Ok(PeerPattern {
            network,
            prefix,
            port: None,
        })
    }
}

impl PeerPattern {
    fn host(ip: IpAddr, port: Option<u16>) -> PeerPattern {
        let network = ip.to_canonical();
        PeerPattern {
            network,
            prefix: width(network),
            port,
        }
    }
}

fn width(ip: IpAddr) -> u8 {
    if ip.is_ipv4() { 32 } else { 128 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(pattern: &str, source: &str) -> bool {
        let pattern: PeerPattern = pattern.parse().unwrap();
        pattern.matches(source.parse().unwrap())
    }

    #[test]
    fn peers_are_addresses_networks_or_addresses_with_ports() {
        assert!(admits("192.0.2.7", "192.0.2.7:5080"));
        assert!(!admits("192.0.2.7:5060", "192.0.2.7:5080"));
        assert!(admits("192.0.2.0/25", "192.0.2.127:1"));
        assert!(!admits("192.0.2.0/25", "192.0.2.128:1"));
        assert!(admits("0.0.0.0/0", "203.0.113.9:1"));
        assert!(admits("2001:db8::/32", "[2001:db8:7::1]:5060"));
        assert!(!admits("0.0.0.0/0", "[2001:db8:7::1]:5060"));
        assert!(admits("127.0.0.1", "[::ffff:127.0.0.1]:5060"));
    }

    #[test]
    fn what_is_no_peer_is_refused() {
        for text in ["", "pbx", "192.0.2.0/33", "192.0.2.7:x", "/24"] {
            assert!(text.parse::<PeerPattern>().is_err(), "{text}");
        }
    }
}
