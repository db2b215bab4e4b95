//! HTTPS in the local network: what `kringd cert` makes is what the daemon shows, and who trusts the authority takes
//! it for the names that it is for and for no other.

use crate::shell::{Daemon, Shell, rtp_ports};
use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::Arc,
};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};

fn served() -> String {
    format!(
        "[sip]\nlisten = [\"udp:127.0.0.1:0\", \"tcp:127.0.0.1:0\"]\n[media]\nrtp_ports = \"{}\"\n\
         [http]\nlisten = \"127.0.0.1:0\"\ntls_cert = \"kring-data/tls/server.crt\"\ntls_key = \"kring-data/tls/server.key\"\n",
        rtp_ports()
    )
}

fn http_of(daemon: &Daemon) -> SocketAddr {
    let told = daemon.told.split("http=").nth(1).expect("where HTTP is");
    told.split_whitespace()
        .next()
        .expect("an address")
        .parse()
        .expect("an address")
}

type Stream = StreamOwned<ClientConnection, TcpStream>;

/// A connection of a client that trusts this authority alone.
fn connected(authority: &Path, at: SocketAddr, name: &str) -> Stream {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authority).expect("it is PEM") {
        roots
            .add(certificate.expect("a certificate"))
            .expect("an authority");
    }
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the suites of ring")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a client");
    let socket = TcpStream::connect(at).expect("it listens");
    StreamOwned::new(connection, socket)
}

/// The certificate that is shown now.
fn shown(authority: &Path, at: SocketAddr) -> Vec<u8> {
    let mut stream = connected(authority, at, "127.0.0.1");
    while stream.conn.is_handshaking() {
        stream
            .conn
            .complete_io(&mut stream.sock)
            .expect("a handshake");
    }
    let chain = stream.conn.peer_certificates().expect("a certificate");
    chain[0].to_vec()
}

/// What such a client is answered under this name.
fn asked(authority: &Path, at: SocketAddr, name: &str) -> Result<String, String> {
    let mut stream = connected(authority, at, name);
    let request = "GET /healthz HTTP/1.1\r\nHost: kring\r\nConnection: close\r\n\r\n";
    stream
        .write_all(request.as_bytes())
        .map_err(|refused| refused.to_string())?;
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .map_err(|refused| refused.to_string())?;
    Ok(answer)
}

fn in_the_clear(at: SocketAddr) -> String {
    let mut socket = TcpStream::connect(at).expect("it listens");
    let request = format!("GET /calls HTTP/1.1\r\nHost: {at}\r\n\r\n");
    socket.write_all(request.as_bytes()).expect("it takes it");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("it answers");
    answer
}

#[test]
fn who_trusts_the_authority_gets_in_by_the_right_name_alone() {
    let shell = Shell::new();
    shell.configure_quietly();
    let made = shell.run(&["cert", "--name", "kring.local", "--name", "127.0.0.1"]);
    let made = made.ok();
    for part in [
        "for kring.local, 127.0.0.1",
        "SHA-256 ",
        "tls_cert = ",
        "tls_key = ",
        "https://kring.local:8443/api/v1/setup/authority.crt",
    ] {
        assert!(made.contains(part), "{part} is not in {made}");
    }
    let checked = shell.run(&["check"]);
    assert!(
        checked
            .out
            .contains("is there and not in use. Set http.tls_cert to it"),
        "{checked:?}"
    );

    shell.configure(&served());
    let checked = shell.run(&["check"]);
    assert!(
        checked
            .out
            .contains("kring-data/tls/server.crt is good for 82"),
        "{checked:?}"
    );
    let mut daemon = shell.serve(&[]);
    let (at, authority) = (http_of(&daemon), shell.path("kring-data/tls/authority.crt"));
    for name in ["kring.local", "127.0.0.1"] {
        let answer = asked(&authority, at, name).expect("it is trusted");
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{name}: {answer}");
    }
    for wrong in ["kring.example", "127.0.0.2"] {
        let refused = asked(&authority, at, wrong).expect_err("it is another's");
        assert!(refused.contains("certificate"), "{wrong}: {refused}");
    }
    let sent = in_the_clear(at);
    assert!(
        sent.contains(&format!("Location: https://{at}/calls")),
        "{sent}"
    );

    daemon.signal(libc::SIGTERM);
    assert_eq!(daemon.end(), Some(0), "{}", daemon.told);
}

#[test]
fn a_renewal_keeps_the_authority_and_nothing_is_overwritten_without_being_asked() {
    let shell = Shell::new();
    shell.configure_quietly();
    let early = shell.run(&["cert", "--renew"]);
    assert_eq!(early.code, Some(64), "{early:?}");
    shell.run(&["cert", "--name", "127.0.0.1"]).ok();
    let read =
        |name: &str| fs::read(shell.path(&format!("kring-data/tls/{name}"))).expect("it is there");
    let (authority, server) = (read("authority.crt"), read("server.crt"));

    shell.run(&["cert", "--name", "127.0.0.1"]).refused(
        64,
        "./kring-data/tls/authority.key is there already. To make a new certificate of the same authority: --renew.",
    );
    assert_eq!(read("server.crt"), server);

    shell.configure(&served());
    let mut daemon = shell.serve(&[]);
    let (at, trusted) = (http_of(&daemon), shell.path("kring-data/tls/authority.crt"));
    let renewed = shell.run(&["cert", "--renew", "--days", "30"]).ok();
    assert!(renewed.contains("for 127.0.0.1\n"), "{renewed}");
    assert_eq!(read("authority.crt"), authority, "PCs need nothing new");
    assert_ne!(read("server.crt"), server);
    let before = shown(&trusted, at);
    daemon.signal(libc::SIGHUP);
    daemon.await_word("the certificates were read again");
    assert_ne!(shown(&trusted, at), before, "the new one is shown");
    let answer = asked(&trusted, at, "127.0.0.1").expect("it is trusted");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    daemon.signal(libc::SIGTERM);
    assert_eq!(daemon.end(), Some(0), "{}", daemon.told);

    let other = shell.run(&["cert", "--renew", "--name", "kring.example"]);
    assert_eq!(other.code, Some(64), "{other:?}");
    assert!(
        other.err.contains("may not vouch for kring.example"),
        "{other:?}"
    );
}

#[test]
fn what_cannot_be_served_is_said() {
    let shell = Shell::new();
    shell.configure("[http]\ntls_cert = \"a.crt\"\n");
    let said = shell.run(&["check"]);
    assert_eq!(said.code, Some(64));
    assert!(
        said.err
            .contains("http.tls_cert and http.tls_key go together: write both."),
        "{said:?}"
    );
    shell.configure(&served());
    let said = shell.run(&["serve"]);
    assert_eq!(said.code, Some(69), "{said:?}");
    assert!(
        said.err
            .contains("[http]: cannot read kring-data/tls/server.crt"),
        "{said:?}"
    );
    shell
        .run(&["cert", "--name", "*.example.go.th"])
        .refused(64, "--name: \"*.example.go.th\" is neither a host's name nor an address: write kring.local, desk.example.go.th or 192.0.2.5.");
}
