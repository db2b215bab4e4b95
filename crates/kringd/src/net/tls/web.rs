//! The certificate of the console and the API, which browsers are shown. As with that of SIP, a bad file
//! at a reload changes nothing.

use super::{
    files::{self, CertificateRefused},
    provider,
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, RootCertStore, ServerConfig,
        client::{WebPkiServerVerifier, danger::ServerCertVerifier},
        pki_types::{CertificateDer, ServerName, UnixTime},
    },
};

/// What is spoken within (RFC 7301): sockets of the console begin with HTTP/1.1, too.
const SPOKEN: &[u8] = b"http/1.1";

/// The certificate in use. Clones share it.
#[derive(Clone)]
pub(crate) struct WebCertificate(Arc<Shared>);

struct Shared {
    files: (PathBuf, PathBuf),
    loaded: RwLock<Arc<ServerConfig>>,
}

impl WebCertificate {
    /// Reads certificate and key, and looks whether they belong together.
    pub(crate) fn load(cert: &Path, key: &Path) -> Result<WebCertificate, CertificateRefused> {
        let loaded = RwLock::new(read(cert, key)?);
        let files = (cert.to_owned(), key.to_owned());
        Ok(WebCertificate(Arc::new(Shared { files, loaded })))
    }

    /// Reads them again, for the connections that come from now on.
    pub(crate) fn reload(&self) -> Result<(), CertificateRefused> {
        let (cert, key) = &self.0.files;
        let fresh = read(cert, key)?;
        let mut loaded = self
            .0
            .loaded
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *loaded = fresh;
        Ok(())
    }

    /// For one who connects now.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let loaded = self.0.loaded.read();
        let loaded = loaded.unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&loaded))
    }
}

fn read(cert: &Path, key: &Path) -> Result<Arc<ServerConfig>, CertificateRefused> {
    let own = files::own(cert, key)?;
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|refused| own.refused(&refused))?
        .with_no_client_auth()
        .with_single_cert(own.chain.clone(), own.key.clone_key())
        .map_err(|refused| own.refused(&refused))?;
    config.alpn_protocols = vec![SPOKEN.to_vec()];
    Ok(Arc::new(config))
}

/// Whether somebody who trusts `authority`, and nobody else, takes `certificate` for that of `host` at a
/// moment, seconds since 1970.
pub(crate) fn vouches_for(
    authority: &CertificateDer<'static>,
    certificate: &CertificateDer<'static>,
    host: &str,
    at_s: u64,
) -> Result<(), rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.clone())?;
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
    let verifier = verifier.map_err(|refused| rustls::Error::General(refused.to_string()))?;
    let name = ServerName::try_from(host.to_owned())
        .map_err(|refused| rustls::Error::General(refused.to_string()))?;
    let at = UnixTime::since_unix_epoch(Duration::from_secs(at_s));
    verifier
        .verify_server_cert(certificate, &[], &name, &[], at)
        .map(|_| ())
}
