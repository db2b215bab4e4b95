//! Hosts and ports, as URIs and Vias write them.

use super::UriRefused;
use crate::token::cut_before;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Host and port of a URI or a Via. The host is checked, and stays as written.
pub(crate) fn split_host_port(text: &str) -> Result<(&str, Option<u16>), UriRefused> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => text.split_at(rest.find(']').ok_or(UriRefused::BadHost)? + 2),
        None => cut_before(text, b':'),
    };
    check_host(host)?;
    if port.is_empty() {
        return Ok((host, None));
    }
    let port = port.strip_prefix(':').ok_or(UriRefused::BadHost)?;
    let all_digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse::<u16>() {
        Ok(port) if all_digits => Ok((host, Some(port))),
        _ => Err(UriRefused::BadPort),
    }
}

/// A name of letters, digits, dots and hyphens (and the underscore that inner networks use), an
/// IPv4 address, or an IPv6 address in brackets.
pub(super) fn check_host(host: &str) -> Result<(), UriRefused> {
    if host.starts_with('[') {
        return host_ip(host).map(|_| ()).ok_or(UriRefused::BadHost);
    }
    let proper = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    if proper && !host.is_empty() {
        Ok(())
    } else {
        Err(UriRefused::BadHost)
    }
}

/// The address that a host spells, in brackets or not.
pub(crate) fn host_ip(host: &str) -> Option<IpAddr> {
    match host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}
