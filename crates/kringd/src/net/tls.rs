//! Who we are and whom we believe over TLS. What was loaded stands until better files come: a bad
//! file at a reload changes nothing, and connections that stand keep what they began with.

mod contents;
mod files;
mod validity;
mod web;

pub(crate) use files::CertificateRefused;
pub(crate) use web::{WebCertificate, vouches_for};

use super::dns::{Resolver, Sought};
use crate::config::{ClientCertificates, Config, HostPort};
use kring_sip::Transport;
use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    rustls::{
        self, ClientConfig, RootCertStore, ServerConfig, crypto::CryptoProvider,
        pki_types::ServerName, server::WebPkiClientVerifier,
    },
};

/// The certificates in use. Clones share them.
#[derive(Clone)]
pub(crate) struct Credentials(Arc<Shared>);

struct Shared {
    tls: crate::config::Tls,
    resolver: Resolver,
    loaded: RwLock<Loaded>,
}

/// The trunks that have an address, each with the authority that vouches for it.
type Authorities = Vec<(HostPort, Option<PathBuf>)>;

/// What the configuration names.
struct Wanted<'w> {
    tls: &'w crate::config::Tls,
    trunks: Authorities,
}

#[derive(Clone)]
struct Loaded {
    server: Option<Arc<ServerConfig>>,
    trunks: Arc<Authorities>,
    /// One for each of these trunks, and the last for everybody else.
    clients: Vec<Arc<ClientConfig>>,
}

impl Credentials {
    /// Reads what the configuration names. The resolver tells which trunk an address belongs to.
    pub(crate) fn load(
        config: &Config,
        resolver: Resolver,
    ) -> Result<Credentials, CertificateRefused> {
        let wanted = Wanted {
            tls: &config.sip.tls,
            trunks: authorities(&config.trunks),
        };
        let loaded = RwLock::new(wanted.load()?);
        Ok(Credentials(Arc::new(Shared {
            tls: config.sip.tls.clone(),
            resolver,
            loaded,
        })))
    }

    /// Reads the files again. New connections use them; when one is bad, all stay as they were.
    pub(crate) fn reload(&self) -> Result<(), CertificateRefused> {
        let trunks = self.loaded().trunks;
        self.load_for(Authorities::clone(&trunks))
    }

    /// The same, with these trunks in the place of those that were known.
    pub(crate) fn follow(&self, trunks: &[crate::config::Trunk]) -> Result<(), CertificateRefused> {
        let trunks = authorities(trunks);
        if trunks == *self.loaded().trunks {
            return Ok(());
        }
        self.load_for(trunks)
    }

    fn load_for(&self, trunks: Authorities) -> Result<(), CertificateRefused> {
        let tls = &self.0.tls;
        let fresh = Wanted { tls, trunks }.load()?;
        *self
            .0
            .loaded
            .write()
            .unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    fn loaded(&self) -> Loaded {
        let loaded = self.0.loaded.read();
        loaded.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// For one who connects to us. `None` without a certificate of ours.
    pub(super) fn acceptor(&self) -> Option<TlsAcceptor> {
        self.loaded().server.map(TlsAcceptor::from)
    }

    /// For a connection to this address, and the name that its certificate must bear: that of the
    /// trunk that leads there, not that of a target which DNS names (RFC 5922 §7.2).
    pub(crate) async fn connector(&self, to: SocketAddr) -> (TlsConnector, ServerName<'static>) {
        let Loaded {
            trunks,
            mut clients,
            ..
        } = self.loaded();
        let by_address = ServerName::IpAddress(to.ip().into());
        for (index, (host, _)) in trunks.iter().enumerate() {
            if self.leads_to(host, to).await
                && let Ok(name) = ServerName::try_from(host.host.clone())
            {
                return (clients.swap_remove(index).into(), name);
            }
        }
        let usual = clients
            .pop()
            .expect("there is always one for everybody else");
        (usual.into(), by_address)
    }

    async fn leads_to(&self, host: &HostPort, to: SocketAddr) -> bool {
        if let Ok(ip) = host.host.parse::<IpAddr>() {
            return ip == to.ip();
        }
        let sought = Sought::host(host, Some(Transport::Tls));
        let found = self.0.resolver.resolve(&sought).await;
        found.is_ok_and(|found| found.peers.iter().any(|peer| peer.address.ip() == to.ip()))
    }
}

fn authorities(trunks: &[crate::config::Trunk]) -> Authorities {
    let trunk = |trunk: &crate::config::Trunk| Some((trunk.address.clone()?, trunk.tls_ca.clone()));
    trunks.iter().filter_map(trunk).collect()
}

impl Wanted<'_> {
    fn load(self) -> Result<Loaded, CertificateRefused> {
        let own = self.tls.own.as_ref();
        let own = own.map(|(cert, key)| files::own(cert, key)).transpose()?;
        let server = match &own {
            Some(own) => Some(Arc::new(self.server(own)?)),
            None => None,
        };
        let machine = files::machine_authorities();
        let mut clients = Vec::new();
        for (_, ca) in &self.trunks {
            let roots = match ca {
                Some(ca) => files::authorities(ca)?,
                None => machine.clone(),
            };
            clients.push(client(roots, own.as_ref())?);
        }
        clients.push(client(machine, own.as_ref())?);
        let trunks = Arc::new(self.trunks);
        Ok(Loaded {
            server,
            trunks,
            clients,
        })
    }

    fn server(&self, own: &files::Own) -> Result<ServerConfig, CertificateRefused> {
        let builder = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|refused| own.refused(&refused))?;
        let builder = match (&self.tls.client_ca, self.tls.verify) {
            (None, _) | (_, ClientCertificates::None) => builder.with_no_client_auth(),
            (Some(ca), verify) => {
                let roots = Arc::new(files::authorities(ca)?);
                let asked = WebPkiClientVerifier::builder_with_provider(roots, provider());
                let asked = if verify == ClientCertificates::Optional {
                    asked.allow_unauthenticated()
                } else {
                    asked
                };
                let told = |_| CertificateRefused::NoCertificate(ca.clone());
                builder.with_client_cert_verifier(asked.build().map_err(told)?)
            }
        };
        builder
            .with_single_cert(own.chain.clone(), own.key.clone_key())
            .map_err(|refused| own.refused(&refused))
    }
}

/// For connections of ours: we show our certificate to those who ask for one.
fn client(
    roots: RootCertStore,
    own: Option<&files::Own>,
) -> Result<Arc<ClientConfig>, CertificateRefused> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("ring has the suites of TLS 1.2 and 1.3")
        .with_root_certificates(roots);
    let config = match own {
        Some(own) => builder
            .with_client_auth_cert(own.chain.clone(), own.key.clone_key())
            .map_err(|refused| own.refused(&refused))?,
        None => builder.with_no_client_auth(),
    };
    Ok(Arc::new(config))
}

/// For requests of ours to somebody whom this authority vouches for, or one that this machine believes.
pub(crate) fn believing(authority: Option<&Path>) -> Result<Arc<ClientConfig>, CertificateRefused> {
    let roots = match authority {
        Some(file) => files::authorities(file)?,
        None => files::machine_authorities(),
    };
    client(roots, None)
}

/// The cryptography, named: nothing in the process may choose another by default.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// One certificate file in use, and how long it is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expiry {
    /// The file.
    pub(crate) file: PathBuf,
    /// Seconds since 1970 after which its first certificate is no longer good.
    pub(crate) not_after_s: i64,
}

/// Until when the first certificate of a file is good, seconds since 1970.
fn not_after_s(file: &Path) -> Option<i64> {
    let first = files::certificates(file).ok()?.into_iter().next()?;
    validity::not_after_s(&first)
}

/// For whom the first certificate of a file is: names and addresses of hosts.
pub(crate) fn hosts_of(file: &Path) -> Vec<String> {
    let read = files::certificates(file).ok();
    let first = read.and_then(|all| all.into_iter().next());
    first.map_or_else(Vec::new, |first| contents::hosts(&first))
}

/// The certificates of a file, at least one.
pub(crate) fn certificates_of(
    file: &Path,
) -> Result<Vec<rustls::pki_types::CertificateDer<'static>>, CertificateRefused> {
    files::certificates(file)
}

/// Every certificate file that the configuration names, with its end. Files that cannot be read
/// are [`Credentials::load`]'s to tell.
pub(crate) fn expiries(config: &Config) -> Vec<Expiry> {
    let tls = &config.sip.tls;
    let web = config.http.tls.iter().map(|(cert, _)| cert);
    let own = tls.own.iter().map(|(cert, _)| cert).chain(web);
    let trunks = config
        .trunks
        .iter()
        .filter_map(|trunk| trunk.tls_ca.as_ref());
    let expiry = |file: &PathBuf| {
        Some(Expiry {
            file: file.clone(),
            not_after_s: not_after_s(file)?,
        })
    };
    own.chain(&tls.client_ca)
        .chain(trunks)
        .filter_map(expiry)
        .collect()
}
