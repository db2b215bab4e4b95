//! A private certificate authority for the local network, and the server's certificate that it vouches for.
//!
//! The authority is worth as little as can be to whoever steals it: it may vouch only for the names with which it
//! was made (RFC 5280 §4.2.1.10). What was made is tried, as a browser would, before it is written.

mod folder;
mod hosts;

pub(crate) use folder::TlsFolder;
pub(crate) use hosts::{Host, HostRefused, of_this_machine};

use crate::net::{CertificateRefused, certificates_of, hosts_of, vouches_for};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints,
};
use sha2::{Digest, Sha256};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::PathBuf,
};
use time::{Duration, OffsetDateTime};
use tokio_rustls::rustls::pki_types::CertificateDer;

/// Days for which a server's certificate is good, usually and at most: Apple's devices take none that is good for
/// longer, not even of an authority that their owner trusts.
pub(crate) const DAYS_MAX: u32 = 825;

/// Days for which the authority is good.
const AUTHORITY_DAYS: i64 = 3_650;

/// Names and addresses of one server.
pub(crate) const HOSTS_MAX: usize = 32;

/// Clocks of PCs may be behind by so much.
const CLOCKS_BEHIND: Duration = Duration::DAY;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthorityRefused {
    /// There is one already.
    #[error("{} is there already. To make a new certificate of the same authority: --renew", .0.display())]
    Exists(PathBuf),
    /// Nothing is there that could be renewed.
    #[error("there is no authority in {}. Make one without --renew", .0.display())]
    NoAuthority(PathBuf),
    /// Nobody was named, and nothing is known of this machine.
    #[error("no name and no address to make a certificate for. Write --name HOST")]
    Nobody,
    /// More than fit.
    #[error("a certificate may have {HOSTS_MAX} names and addresses at most")]
    TooMany,
    /// The authority was made for other names, or its time is over.
    #[error(
        "the authority in {} may not vouch for {host}: it was made for other names, or is over ({why}). Move that folder \
         away and begin anew; PCs and phones then need the new authority", .folder.display()
    )]
    MayNot {
        /// Where it is.
        folder: PathBuf,
        /// For whom.
        host: String,
        /// In the words of whoever checked.
        why: String,
    },
    /// A file that cannot be written or read.
    #[error("cannot use {}: {}. Let kring's user write there", .0.display(), .1)]
    File(PathBuf, io::Error),
    /// A certificate that cannot be read.
    #[error(transparent)]
    Unreadable(#[from] CertificateRefused),
    /// The library refused.
    #[error("a certificate cannot be made: {0}")]
    Library(#[from] rcgen::Error),
}

/// Whether there may be one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Making {
    /// There must be none.
    First,
    /// The authority stays, and its server gets a new certificate.
    Renewed,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    /// For whom.
    pub(crate) hosts: Vec<Host>,
    /// Until when, seconds since 1970.
    pub(crate) not_after_s: i64,
    /// The authority's fingerprint, as systems show it: `AB:CD:…`.
    pub(crate) authority_sha256: String,
}

/// Makes a server's certificate for these hosts, or, at a renewal that names none, for those of before.
pub(crate) fn make(
    folder: &TlsFolder,
    hosts: Vec<Host>,
    days: u32,
    making: Making,
    now_s: i64,
) -> Result<Made, AuthorityRefused> {
    let hosts = match making {
        Making::Renewed if hosts.is_empty() => of_before(folder),
        _ => hosts,
    };
    if hosts.is_empty() {
        return Err(AuthorityRefused::Nobody);
    }
    if hosts.len() > HOSTS_MAX {
        return Err(AuthorityRefused::TooMany);
    }
    let now = OffsetDateTime::from_unix_timestamp(now_s).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let authority = match making {
        Making::First => {
            folder.must_be_empty()?;
            Authority::new(&hosts, now)?
        }
        Making::Renewed => Authority::read(folder)?,
    };
    let server_key = KeyPair::generate()?;
    let not_after = now + Duration::days(i64::from(days.clamp(1, DAYS_MAX)));
    for host in &hosts {
        // One by one: of a certificate for several, all are refused with the one that may not be.
        let alone = server(std::slice::from_ref(host), now, not_after);
        let alone = alone.signed_by(&server_key, &authority.issuer())?;
        authority.vouches_for(folder, alone.der(), host, now_s)?;
    }
    let server = server(&hosts, now, not_after).signed_by(&server_key, &authority.issuer())?;
    for host in &hosts {
        authority.vouches_for(folder, server.der(), host, now_s)?;
    }
    if making == Making::First {
        folder.keep_authority(&authority.key.serialize_pem(), &authority.pem)?;
    }
    let chain = format!("{}{}", server.pem(), authority.pem);
    folder.keep_server(&server_key.serialize_pem(), &chain)?;
    Ok(Made {
        hosts,
        not_after_s: not_after.unix_timestamp(),
        authority_sha256: fingerprint(&authority.certificate),
    })
}

fn of_before(folder: &TlsFolder) -> Vec<Host> {
    let before = hosts_of(&folder.server_cert());
    before.iter().filter_map(|host| host.parse().ok()).collect()
}

/// The SHA-256 of a certificate, as systems show it.
pub(crate) fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    let hash = Sha256::digest(certificate.as_ref());
    let pairs: Vec<String> = hash.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

/// The authority with its key.
struct Authority {
    key: KeyPair,
    certificate: CertificateDer<'static>,
    pem: String,
}

impl Authority {
    fn new(hosts: &[Host], now: OffsetDateTime) -> Result<Authority, AuthorityRefused> {
        let key = KeyPair::generate()?;
        let mut params = described(&key);
        params.not_before = now - CLOCKS_BEHIND;
        params.not_after = now + Duration::days(AUTHORITY_DAYS);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.name_constraints = Some(only(hosts));
        let made = params.self_signed(&key)?;
        Ok(Authority {
            certificate: made.der().clone(),
            pem: made.pem(),
            key,
        })
    }

    fn read(folder: &TlsFolder) -> Result<Authority, AuthorityRefused> {
        let (key, pem) = folder.authority()?;
        let mut certificates = certificates_of(&folder.authority_cert())?;
        Ok(Authority {
            key: KeyPair::from_pem(&key)?,
            certificate: certificates.swap_remove(0),
            pem,
        })
    }

    /// Whether a browser that trusts this authority takes the certificate for this host's.
    fn vouches_for(
        &self,
        folder: &TlsFolder,
        certificate: &CertificateDer<'static>,
        host: &Host,
        at_s: i64,
    ) -> Result<(), AuthorityRefused> {
        let name = host.to_string();
        let tried = vouches_for(&self.certificate, certificate, &name, at_s.unsigned_abs());
        tried.map_err(|refused| AuthorityRefused::MayNot {
            folder: folder.path().to_owned(),
            host: name,
            why: refused.to_string(),
        })
    }

    fn issuer(&self) -> Issuer<'_, &KeyPair> {
        Issuer::new(described(&self.key), &self.key)
    }
}

/// What an authority says of itself follows from its key, so that a renewal says the same.
fn described(key: &KeyPair) -> CertificateParams {
    let hash = Sha256::digest(key.public_key_raw());
    let short: String = hash[..4].iter().map(|byte| format!("{byte:02X}")).collect();
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "kring");
    name.push(DnType::CommonName, format!("kring authority {short}"));
    let mut params = CertificateParams::default();
    params.distinguished_name = name;
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// These hosts and nobody else. A kind of name that is not mentioned would be free (RFC 5280 §4.2.1.10).
fn only(hosts: &[Host]) -> NameConstraints {
    let mut constraints = NameConstraints {
        permitted_subtrees: hosts.iter().map(Host::subtree).collect(),
        excluded_subtrees: Vec::new(),
    };
    let has = |kind: fn(&Host) -> bool| hosts.iter().any(kind);
    let all_of = |ip: IpAddr| GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip, 0));
    if !has(Host::is_address) {
        let none = [
            all_of(Ipv4Addr::UNSPECIFIED.into()),
            all_of(Ipv6Addr::UNSPECIFIED.into()),
        ];
        constraints.excluded_subtrees.extend(none);
    }
    if hosts.iter().all(Host::is_address) {
        let every = GeneralSubtree::DnsName(String::new());
        constraints.excluded_subtrees.push(every);
    }
    constraints
}

fn server(hosts: &[Host], now: OffsetDateTime, not_after: OffsetDateTime) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.subject_alt_names = hosts.iter().filter_map(Host::alternative).collect();
    params.distinguished_name = DistinguishedName::new();
    let first = hosts.first().map(ToString::to_string);
    params
        .distinguished_name
        .push(DnType::CommonName, first.unwrap_or_default());
    params.not_before = now - CLOCKS_BEHIND;
    params.not_after = not_after;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

#[cfg(test)]
mod tests;
