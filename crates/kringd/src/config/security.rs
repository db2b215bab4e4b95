//! `[sip] tls_…`: which files prove who we are, and who must prove it to us.

use super::{address::Listen, section::Section};
use std::path::PathBuf;

/// The TLS keys of `[sip]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tls {
    /// Our own certificate with its chain, and its key, both PEM.
    pub(crate) own: Option<(PathBuf, PathBuf)>,
    /// The certificate authorities of those who connect to us, PEM.
    pub(crate) client_ca: Option<PathBuf>,
    /// Who of them must have a certificate of these.
    pub(crate) verify: ClientCertificates,
}

/// What is asked of those who connect by TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ClientCertificates {
    /// Nothing.
    #[default]
    None,
    /// A certificate is asked for; one that is shown must be good.
    Optional,
    /// Nobody without a good one.
    Require,
}

const VERIFY: [(&str, ClientCertificates); 3] = [
    ("none", ClientCertificates::None),
    ("optional", ClientCertificates::Optional),
    ("require", ClientCertificates::Require),
];

impl Tls {
    pub(super) fn read(section: &mut Section<'_>, listens: &[Listen]) -> Tls {
        let cert = section.text("tls_cert");
        let key = section.text("tls_key");
        let client_ca = section.text("tls_client_ca").map(PathBuf::from);
        let usual = if client_ca.is_some() {
            ClientCertificates::Optional
        } else {
            ClientCertificates::None
        };
        let verify = section.choice("tls_verify", &VERIFY, usual);
        if cert.is_some() != key.is_some() {
            let at = if cert.is_some() {
                "tls_cert"
            } else {
                "tls_key"
            };
            let text = "sip.tls_cert and sip.tls_key go together: write both.";
            section.complain(at, text);
        }
        let secure = listens.iter().find(|listen| listen.transport.is_secure());
        if let (Some(listen), None) = (secure, &cert) {
            let text = format!(
                "sip.listen has {listen}, which needs a certificate. Set sip.tls_cert and sip.tls_key."
            );
            section.complain("listen", text);
        }
        match (verify, &client_ca) {
            (ClientCertificates::None, Some(_)) => section.complain(
                "tls_verify",
                "sip.tls_verify = \"none\" makes sip.tls_client_ca useless. Take one of them out.",
            ),
            (ClientCertificates::Optional | ClientCertificates::Require, None) => section.complain(
                "tls_verify",
                "sip.tls_verify needs sip.tls_client_ca: the authority of those who connect.",
            ),
            _ => {}
        }
        Tls {
            own: cert.zip(key).map(|(cert, key)| (cert.into(), key.into())),
            client_ca,
            verify,
        }
    }
}
