//! For whom a certificate is: the names and addresses in its subjectAltName (RFC 5280 §4.2.1.6). As with
//! its end, nothing else is read and nothing is believed.

use super::validity::{any, field};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const SEQUENCE: u8 = 0x30;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
const BOOLEAN: u8 = 0x01;
const EXTENSIONS: u8 = 0xa3;
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;

/// 2.5.29.17
const SUBJECT_ALT_NAME: [u8; 3] = [0x55, 0x1d, 0x11];

/// Names and addresses, in their order; none for what is no certificate.
pub(super) fn hosts(der: &[u8]) -> Vec<String> {
    read(der).unwrap_or_default()
}

fn read(der: &[u8]) -> Option<Vec<String>> {
    let (certificate, _) = field(der, SEQUENCE)?;
    let (mut tbs, _) = field(certificate, SEQUENCE)?;
    while *tbs.first()? != EXTENSIONS {
        (_, tbs) = any(tbs)?;
    }
    let (extensions, _) = field(field(tbs, EXTENSIONS)?.0, SEQUENCE)?;
    let mut rest = extensions;
    while let Some((extension, after)) = field(rest, SEQUENCE) {
        rest = after;
        let (object, value) = field(extension, OBJECT)?;
        if object == SUBJECT_ALT_NAME {
            let value = field(value, BOOLEAN).map_or(value, |(_, rest)| rest);
            let (names, _) = field(field(value, OCTETS)?.0, SEQUENCE)?;
            return Some(each(names));
        }
    }
    None
}

fn each(mut names: &[u8]) -> Vec<String> {
    let mut hosts = Vec::new();
    while let (Some(tag), Some((value, rest))) = (names.first(), any(names)) {
        let host = match *tag {
            DNS_NAME => str::from_utf8(value).ok().map(str::to_owned),
            IP_ADDRESS => address(value).map(|ip| ip.to_string()),
            _ => None,
        };
        hosts.extend(host);
        names = rest;
    }
    hosts
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    if let Ok(v4) = <[u8; 4]>::try_from(octets) {
        return Some(Ipv4Addr::from(v4).into());
    }
    let v6 = <[u8; 16]>::try_from(octets).ok()?;
    Some(Ipv6Addr::from(v6).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_read_and_nonsense_has_none() {
        let named = ["kring.local", "192.0.2.5", "2001:db8::5"].map(str::to_owned);
        let params = rcgen::CertificateParams::new(named.to_vec()).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let der = params.self_signed(&key).unwrap().der().to_vec();
        assert_eq!(hosts(&der), named);
        for length in 0..der.len() {
            hosts(&der[..length]);
        }
        assert!(hosts(b"").is_empty());
    }
}
