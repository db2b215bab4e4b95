//! Certificates and keys as they stand in files (PEM), and what can be wrong with them.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio_rustls::rustls::{
    self, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};

/// Largest file, bytes: the machine's own authorities are 220 KB.
const FILE_MAX: u64 = 4 << 20;

/// Where distributions keep the authorities that the machine believes.
const MACHINE: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Why certificates could not be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CertificateRefused {
    /// The file cannot be read.
    #[error("cannot read {}: {}. Let kring's user read it, or mend the path", .0.display(), .1)]
    Unreadable(PathBuf, io::Error),
    /// No certificate in it.
    #[error("{} holds no certificate. It must be PEM: -----BEGIN CERTIFICATE-----", .0.display())]
    NoCertificate(PathBuf),
    /// No key in it.
    #[error("{} holds no private key that is not encrypted. It must be PEM: -----BEGIN PRIVATE KEY-----", .0.display())]
    NoKey(PathBuf),
    /// The key is another certificate's.
    #[error("{} and {} do not match. Set tls_key to the key of tls_cert", .cert.display(), .key.display())]
    Mismatch {
        /// tls_cert.
        cert: PathBuf,
        /// tls_key.
        key: PathBuf,
    },
    /// Something else that the library does not take.
    #[error("{} cannot be used: {}", .0.display(), .1)]
    Unusable(PathBuf, String),
}

/// Our own certificate with its chain, and its key.
pub(super) struct Own {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
    files: (PathBuf, PathBuf),
}

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Own").field(&self.files).finish()
    }
}

impl Own {
    /// A refusal of the library in words.
    pub(super) fn refused(&self, refused: &rustls::Error) -> CertificateRefused {
        let (cert, key) = self.files.clone();
        match refused {
            rustls::Error::InconsistentKeys(_) => CertificateRefused::Mismatch { cert, key },
            other => CertificateRefused::Unusable(cert, other.to_string()),
        }
    }
}

/// Reads both, and looks whether they belong together.
pub(super) fn own(cert: &Path, key: &Path) -> Result<Own, CertificateRefused> {
    let chain = certificates(cert)?;
    let text = read(key)?;
    let read = PrivateKeyDer::from_pem_slice(&text);
    let own = Own {
        chain,
        key: read.map_err(|_| CertificateRefused::NoKey(key.to_owned()))?,
        files: (cert.to_owned(), key.to_owned()),
    };
    let provider: Arc<_> = super::provider();
    CertifiedKey::from_der(own.chain.clone(), own.key.clone_key(), &provider)
        .map_err(|refused| own.refused(&refused))?;
    Ok(own)
}

/// All certificates of a file, at least one.
pub(super) fn certificates(
    file: &Path,
) -> Result<Vec<CertificateDer<'static>>, CertificateRefused> {
    let text = read(file)?;
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        _ => Err(CertificateRefused::NoCertificate(file.to_owned())),
    }
}

/// The authorities of a file, at least one.
pub(super) fn authorities(file: &Path) -> Result<RootCertStore, CertificateRefused> {
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(certificates(file)?);
    if taken == 0 {
        return Err(CertificateRefused::NoCertificate(file.to_owned()));
    }
    Ok(roots)
}

/// Those that this machine believes; none when it has no such file, and then a trunk over TLS needs
/// its `tls_ca`.
pub(super) fn machine_authorities() -> RootCertStore {
    let found = MACHINE
        .iter()
        .find_map(|file| authorities(Path::new(file)).ok());
    found.unwrap_or_else(RootCertStore::empty)
}

fn read(file: &Path) -> Result<Vec<u8>, CertificateRefused> {
    let told = |refused| CertificateRefused::Unreadable(file.to_owned(), refused);
    let size = std::fs::metadata(file).map_err(told)?.len();
    if size > FILE_MAX {
        return Err(told(io::Error::other("it is too large for a certificate")));
    }
    std::fs::read(file).map_err(told)
}
