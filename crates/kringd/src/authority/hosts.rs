//! For whom a certificate is: names and addresses, and those of this machine.

use rcgen::{CidrSubnet, GeneralSubtree, SanType};
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    str::FromStr,
};

/// Longest name of a host and of one of its labels, bytes (RFC 1035 §2.3.4).
const NAME_MAX: usize = 253;
const LABEL_MAX: usize = 63;

/// Addresses of this machine that are taken up by themselves.
const OWN_ADDRESSES_MAX: usize = 16;

/// A name or an address under which browsers look for kring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// Small letters.
    Name(String),
    Address(IpAddr),
}

/// What is neither name nor address of a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is neither a host's name nor an address: write kring.local, desk.example.go.th or 192.0.2.5"
)]
pub(crate) struct HostRefused(String);

impl FromStr for Host {
    type Err = HostRefused;

    fn from_str(text: &str) -> Result<Host, HostRefused> {
        let refused = || HostRefused(text.chars().take(60).collect());
        if let Ok(address) = text.parse::<IpAddr>() {
            let usable = !address.is_unspecified() && !address.is_multicast();
            return usable
                .then(|| Host::Address(address.to_canonical()))
                .ok_or_else(refused);
        }
        let name = text.to_ascii_lowercase();
        let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_label = |label: &str| {
            (1..=LABEL_MAX).contains(&label.len())
                && label.chars().all(letter)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        // What looks like an address and is none would be taken for one by some.
        let last = name.rsplit('.').next().unwrap_or_default();
        let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
        if name.len() > NAME_MAX || is_number || !name.split('.').all(is_label) {
            return Err(refused());
        }
        Ok(Host::Name(name))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::Address(address) => address.fmt(f),
        }
    }
}

impl Host {
    pub(super) fn is_address(&self) -> bool {
        matches!(self, Host::Address(_))
    }

    /// What an authority may vouch for that is made for this host.
    pub(super) fn subtree(&self) -> GeneralSubtree {
        match self {
            Host::Name(name) => GeneralSubtree::DnsName(name.clone()),
            Host::Address(address) => {
                let whole = if address.is_ipv4() { 32 } else { 128 };
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(*address, whole))
            }
        }
    }

    /// As a certificate names it; none for a name that is not ASCII, which [`Host`] never holds.
    pub(super) fn alternative(&self) -> Option<SanType> {
        Some(match self {
            Host::Name(name) => SanType::DnsName(name.clone().try_into().ok()?),
            Host::Address(address) => SanType::IpAddress(*address),
        })
    }

    /// As it stands in a URL.
    pub(crate) fn in_url(&self) -> String {
        match self {
            Host::Address(address @ IpAddr::V6(_)) => format!("[{address}]"),
            other => other.to_string(),
        }
    }
}

/// The name of this machine, the one by which neighbours find it (RFC 6762), and its IPv4 addresses. Those of IPv6
/// change by themselves (RFC 8981), so they are named by people.
pub(crate) fn of_this_machine() -> Vec<Host> {
    let mut hosts: Vec<Host> = Vec::new();
    let own = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let own = own.trim();
    if !own.is_empty() && !own.starts_with("localhost") {
        let short = own.split('.').next().unwrap_or(own);
        for name in [own.to_owned(), format!("{short}.local")] {
            if let Ok(host) = name.parse()
                && !hosts.contains(&host)
            {
                hosts.push(host);
            }
        }
    }
    let addresses = addresses().into_iter().take(OWN_ADDRESSES_MAX);
    hosts.extend(addresses.map(|address| Host::Address(address.into())));
    hosts
}

/// The IPv4 addresses under which neighbours may reach this machine.
fn addresses() -> Vec<Ipv4Addr> {
    let mut found = Vec::new();
    let mut first: *mut libc::ifaddrs = std::ptr::null_mut();
    // SAFETY: getifaddrs writes one pointer where it is told to, and says by its answer whether it did.
    if unsafe { libc::getifaddrs(&raw mut first) } != 0 {
        return found;
    }
    let mut next = first;
    while !next.is_null() {
        // SAFETY: the list is ours until it is freed below, and its links are null or good.
        let one = unsafe { &*next };
        next = one.ifa_next;
        if one.ifa_addr.is_null() {
            continue;
        }
        // SAFETY: it is not null, and every address begins with its family.
        let family = unsafe { (*one.ifa_addr).sa_family };
        if i32::from(family) != libc::AF_INET {
            continue;
        }
        // SAFETY: an address of this family is a sockaddr_in; it may lie anywhere, so it is copied out.
        let address = unsafe { one.ifa_addr.cast::<libc::sockaddr_in>().read_unaligned() };
        let ip = Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr));
        if !ip.is_loopback() && !ip.is_link_local() && !ip.is_unspecified() && !found.contains(&ip)
        {
            found.push(ip);
        }
    }
    // SAFETY: it came from getifaddrs, and nothing of it is held any more.
    unsafe { libc::freeifaddrs(first) };
    found
}
