//! TLS: whom we let in, whom we believe, and certificates that change while we run.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::{path::PathBuf, sync::Arc};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
        server::WebPkiClientVerifier,
    },
};

/// Files of one test, gone when it ends.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Folder {
        let name = format!("kring-net-{}-{name}", std::process::id());
        let folder = Folder(std::env::temp_dir().join(name));
        std::fs::create_dir_all(&folder.0).unwrap();
        folder
    }

    fn put(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An authority of our own.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, PEM.
struct Papers {
    cert: String,
    key: String,
}

impl Authority {
    pub(super) fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Authority(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    fn papers(&self, name: &str) -> Papers {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let cert = params.signed_by(&key, &self.0).unwrap();
        Papers {
            cert: cert.pem(),
            key: key.serialize_pem(),
        }
    }

    fn roots(&self) -> Arc<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        Arc::new(roots)
    }

    /// What a phone that believes us is configured with.
    fn phone(&self, papers: Option<&Papers>) -> TlsConnector {
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(self.roots());
        let config = match papers {
            Some(papers) => {
                let (chain, key) = papers.der();
                builder.with_client_auth_cert(chain, key).unwrap()
            }
            None => builder.with_no_client_auth(),
        };
        TlsConnector::from(Arc::new(config))
    }

    /// The keys of `[sip]` with a fresh certificate of ours.
    pub(super) fn keys(&self, folder: &Folder) -> String {
        let papers = self.papers("127.0.0.1");
        let cert = folder.put("cert.pem", &papers.cert);
        let key = folder.put("key.pem", &papers.key);
        format!("[sip]\ntls_cert = {cert:?}\ntls_key = {key:?}\n")
    }

    pub(super) async fn connect(&self, to: SocketAddr) -> TlsStream<TcpStream> {
        let stream = TcpStream::connect(to).await.unwrap();
        let name = ServerName::from(to.ip());
        self.phone(None).connect(name, stream).await.unwrap()
    }
}

impl Papers {
    fn der(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let cert = CertificateDer::from_pem_slice(self.cert.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap();
        (vec![cert], key)
    }
}

/// A Net with these keys on a TLS socket.
fn secured(keys: &str) -> (Net, SocketAddr, Terms) {
    let terms = terms(keys, vec!["tls:127.0.0.1:0".parse().unwrap()]);
    let net = Net::bind(&terms).unwrap();
    let local = net.listens()[0].address;
    (net, local, terms)
}

#[tokio::test]
async fn a_phone_is_served_over_tls_and_plain_text_is_cut() {
    let (folder, authority) = (Folder::new("served"), Authority::new());
    let (mut net, local, _) = secured(&authority.keys(&folder));
    let mut phone = authority.connect(local).await;
    phone.write_all(OPTIONS).await.unwrap();
    let (from, bytes) = message(&mut net).await;
    assert_eq!((from.transport, &bytes[..]), (Transport::Tls, OPTIONS));

    net.send(to(Transport::Tls, from.address, b"SIP/2.0 200 OK\r\n\r\n"));
    let mut buffer = [0; 18];
    phone.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"SIP/2.0 200 OK\r\n\r\n");

    let mut plain = TcpStream::connect(local).await.unwrap();
    plain.write_all(OPTIONS).await.unwrap();
    let mut told = Vec::new();
    let cut = timeout(PATIENCE, plain.read_to_end(&mut told)).await;
    cut.expect("it is cut").ok();
    assert!(!told.starts_with(b"SIP"));
    assert_eq!(net.try_recv(), None);
}

#[tokio::test]
async fn only_those_with_a_certificate_come_in_where_one_is_required() {
    let (folder, authority, other) = (Folder::new("mutual"), Authority::new(), Authority::new());
    let ca = folder.put("ca.pem", &authority.0.pem());
    let keys = authority.keys(&folder);
    let keys = format!("{keys}tls_client_ca = {ca:?}\ntls_verify = \"require\"\n");
    let (mut net, local, _) = secured(&keys);
    let name = || ServerName::from(local.ip());
    let (good, bad) = (authority.papers("pbx.test"), other.papers("pbx.test"));
    for (papers, welcome) in [(None, false), (Some(&bad), false), (Some(&good), true)] {
        let stream = TcpStream::connect(local).await.unwrap();
        let shaken = authority.phone(papers).connect(name(), stream).await;
        // With TLS 1.3 the client hears of it only when it reads.
        let Ok(mut stream) = shaken else {
            assert!(!welcome);
            continue;
        };
        let _ = stream.write_all(OPTIONS).await;
        if welcome {
            assert_eq!(message(&mut net).await.1, OPTIONS);
        } else {
            let read = timeout(PATIENCE, stream.read(&mut [0; 1])).await;
            assert!(read.expect("it is cut").is_err());
            assert_eq!(net.try_recv(), None);
        }
    }
}

/// A PBX at `localhost` with TLS that asks for our certificate; the authority that it shows is given.
async fn pbx(shows: &Authority, asks: &Authority) -> (TcpListener, TlsAcceptor, SocketAddr) {
    let provider = Arc::new(ring::default_provider());
    let asked = WebPkiClientVerifier::builder_with_provider(asks.roots(), Arc::clone(&provider));
    let (chain, key) = shows.papers("localhost").der();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(asked.build().unwrap())
        .with_single_cert(chain, key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, TlsAcceptor::from(Arc::new(config)), address)
}

#[tokio::test]
async fn a_trunk_is_believed_by_its_name_and_its_authority_and_sees_our_certificate() {
    let (folder, authority, other) = (Folder::new("trunk"), Authority::new(), Authority::new());
    let ca = folder.put("ca.pem", &authority.0.pem());
    for (shows, believed) in [(&authority, true), (&other, false)] {
        let (listener, acceptor, address) = pbx(shows, &authority).await;
        let trunk = format!(
            "[[trunk]]\nname = \"pbx\"\naddress = \"localhost:{}\"\npeers = [\"127.0.0.1\"]\n\
             tls_ca = {ca:?}\n",
            address.port()
        );
        let (mut net, _, _) = secured(&format!("{}{trunk}", authority.keys(&folder)));
        net.send(to(Transport::Tls, address, OPTIONS));
        let (stream, _) = listener.accept().await.unwrap();
        if believed {
            let mut stream = acceptor.accept(stream).await.unwrap();
            let mut heard = vec![0; OPTIONS.len()];
            stream.read_exact(&mut heard).await.unwrap();
            assert_eq!(heard, OPTIONS);
            assert!(stream.get_ref().1.peer_certificates().is_some());
        } else {
            assert!(acceptor.accept(stream).await.is_err());
            let transport = Transport::Tls;
            let failed = Peer { transport, address };
            assert_eq!(next(&mut net).await, Arrival::Failed { to: failed });
        }
    }
}

#[tokio::test]
async fn new_files_serve_new_connections_and_bad_ones_change_nothing() {
    let (folder, first, second) = (Folder::new("reload"), Authority::new(), Authority::new());
    let (mut net, local, terms) = secured(&first.keys(&folder));
    let mut old = first.connect(local).await;

    second.keys(&folder);
    terms.credentials.reload().unwrap();
    let mut new = second.connect(local).await;
    for stream in [&mut old, &mut new] {
        stream.write_all(OPTIONS).await.unwrap();
        assert_eq!(message(&mut net).await.1, OPTIONS);
    }

    let key = folder.put("key.pem", &first.papers("127.0.0.1").key);
    let refused = terms.credentials.reload().unwrap_err().to_string();
    assert!(refused.contains("do not match"), "{refused}");
    std::fs::remove_file(key).unwrap();
    let refused = terms.credentials.reload().unwrap_err().to_string();
    assert!(refused.contains("cannot read"), "{refused}");
    second.connect(local).await;
}
