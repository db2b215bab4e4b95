//! A phone or PBX of a few lines, for the ways that SIPp cannot go: TLS with certificates on both sides, and WebSocket.
//! A thread of the test speaks for it, one message after the other.

use crate::kring::A_SLOW_MACHINE;
use kring_sip::{
    Message, Method,
    digest::{Answer, Credentials},
    parse,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    sync::Arc,
};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
    server::WebPkiClientVerifier,
};
use tokio_tungstenite::tungstenite::{
    self, WebSocket,
    client::IntoClientRequest,
    http::{HeaderValue, header::SEC_WEBSOCKET_PROTOCOL},
};

/// What carries whole messages of SIP.
pub trait Way {
    fn say(&mut self, text: &str);
    /// The next message, or what the way was closed with.
    fn hear(&mut self) -> Result<String, String>;
}

/// One end of it.
pub struct SipPeer<W: Way> {
    way: W,
    /// In Via: `TLS 127.0.0.1:5061` with a slash before the first word.
    via: &'static str,
    said: u32,
}

impl<W: Way> SipPeer<W> {
    /// `via` is the transport and the name that it gives itself, such as `TLS 127.0.0.1`.
    pub fn over(way: W, via: &'static str) -> SipPeer<W> {
        SipPeer { way, via, said: 0 }
    }

    /// The next message that begins so; OPTIONS are answered on the way, 100 is no news.
    #[track_caller]
    pub fn hears(&mut self, start: &str) -> String {
        loop {
            let text = match self.way.hear() {
                Ok(text) => text,
                Err(why) => panic!("no {start}: {why}"),
            };
            if text.starts_with(start) {
                return text;
            }
            if text.starts_with("OPTIONS ") {
                self.answers(&text, "200 OK", "", "");
            } else {
                assert!(text.starts_with("SIP/2.0 100 "), "no {start}, but\n{text}");
            }
        }
    }

    /// Answers with this To tag of its own where there is none yet.
    pub fn answers(&mut self, request: &str, status: &str, lines: &str, body: &str) {
        let copied = ["Via: ", "Record-Route: ", "From: ", "Call-ID: ", "CSeq: "];
        let mut heads = String::new();
        for line in request.lines() {
            if copied.iter().any(|start| line.starts_with(start)) {
                heads += &format!("{line}\r\n");
            } else if line.starts_with("To: ") {
                let tag = if line.contains(";tag=") {
                    ""
                } else {
                    ";tag=peer"
                };
                heads += &format!("{line}{tag}\r\n");
            }
        }
        self.way
            .say(&format!("SIP/2.0 {status}\r\n{heads}{lines}{}", with(body)));
    }

    /// A request with these header lines (Via, Max-Forwards and the length are added).
    pub fn asks(&mut self, method: &str, uri: &str, lines: &str, body: &str) {
        self.said += 1;
        let branch = format!("z9hG4bKpeer{}", self.said);
        let text = format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/{};branch={branch};rport\r\nMax-Forwards: 70\r\n{lines}{}",
            self.via,
            with(body)
        );
        self.way.say(&text);
    }

    /// Registers this address of 5021 by digest; what the 200 says.
    pub fn registers(&mut self, contact: &str, password: &str) -> String {
        let lines = |seq: u32, proof: &str| {
            format!(
                "From: <sip:5021@kring>;tag=r\r\nTo: <sip:5021@kring>\r\nCall-ID: register\r\n\
                 CSeq: {seq} REGISTER\r\nContact: {contact}\r\nExpires: 120\r\n{proof}"
            )
        };
        self.asks("REGISTER", "sip:kring", &lines(1, ""), "");
        let asked = self.hears("SIP/2.0 401 ");
        let Ok(Message::Response(asked)) = parse(asked.as_bytes()) else {
            panic!("no response: {asked}");
        };
        let credentials = Credentials::with_password("5021", None, password);
        let mut answer = Answer::to(&asked, &credentials).expect("by an algorithm of the field");
        let (name, line) = answer.line(&Method::Register, "sip:kring", 7);
        let proof = format!("{}: {line}\r\n", name.as_str());
        self.asks("REGISTER", "sip:kring", &lines(2, &proof), "");
        self.hears("SIP/2.0 200 ")
    }

    /// Hears nothing but the end; what the way is closed with.
    pub fn way_is_closed(&mut self) -> String {
        match self.way.hear() {
            Ok(text) => text,
            Err(why) => why,
        }
    }
}

fn with(body: &str) -> String {
    let kind = match body {
        "" => "",
        _ => "Content-Type: application/sdp\r\n",
    };
    format!("{kind}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// The value of a header, by the name as it is written.
pub fn header<'a>(text: &'a str, name: &str) -> &'a str {
    let start = format!("{name}: ");
    let line = text.lines().find_map(|line| line.strip_prefix(&start));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}"))
}

/// PCMA at this port.
pub fn pcma(port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
    )
}

/// Messages on a stream, told apart by Content-Length (RFC 3261 §18.3).
pub struct Streamed<S> {
    stream: S,
    read: Vec<u8>,
}

impl<S: Read + Write> Way for Streamed<S> {
    fn say(&mut self, text: &str) {
        let said = self.stream.write_all(text.as_bytes());
        said.and_then(|()| self.stream.flush())
            .expect("the other end takes it");
    }

    fn hear(&mut self) -> Result<String, String> {
        loop {
            if let Some(length) = whole(&self.read) {
                let message = self.read.drain(..length).collect();
                return String::from_utf8(message).map_err(|why| why.to_string());
            }
            let mut buffer = [0; 16_384];
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err("closed".to_owned()),
                Ok(length) => self.read.extend(&buffer[..length]),
                Err(why) => return Err(why.to_string()),
            }
        }
    }
}

/// The length of the message at the beginning, when all of it is there.
fn whole(read: &[u8]) -> Option<usize> {
    let head = read.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&read[..head]).into_owned();
    let body: usize = header(&text, "Content-Length").parse().expect("a length");
    (read.len() >= head + body).then_some(head + body)
}

/// An authority for one test: it vouches for both sides.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, PEM.
pub struct Papers {
    cert: String,
    key: String,
}

impl Authority {
    pub fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).expect("no names are no mistake");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("randomness");
        Authority(CertifiedIssuer::self_signed(params, key).expect("a certificate"))
    }

    /// What it signs for 127.0.0.1.
    pub fn papers(&self) -> Papers {
        let key = KeyPair::generate().expect("randomness");
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("an address");
        let cert = params.signed_by(&key, &self.0).expect("a certificate");
        Papers {
            cert: cert.pem(),
            key: key.serialize_pem(),
        }
    }

    /// Writes its own certificate there.
    pub fn write(&self, path: &Path) {
        std::fs::write(path, self.0.pem()).expect("the folder is writable");
    }

    fn roots(&self) -> Arc<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).expect("a certificate");
        Arc::new(roots)
    }

    /// Connects to kring at this port, believes whom it vouches for, and shows papers or none.
    pub fn connects(&self, port: u16, papers: Option<&Papers>) -> Tls {
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_root_certificates(self.roots());
        let config = match papers {
            Some(papers) => {
                let (chain, key) = papers.der();
                builder.with_client_auth_cert(chain, key)
            }
            None => Ok(builder.with_no_client_auth()),
        };
        let config = Arc::new(config.expect("papers that match"));
        let name = ServerName::from(std::net::IpAddr::from(Ipv4Addr::LOCALHOST));
        let talk = ClientConnection::new(config, name).expect("a name");
        StreamOwned::new(talk, connect(port))
    }

    /// Takes one connection, of whoever shows papers of this authority.
    pub fn accepts(&self, listener: &TcpListener, papers: &Papers) -> SipPeer<Streamed<Served>> {
        let provider = Arc::new(ring::default_provider());
        let clients = WebPkiClientVerifier::builder_with_provider(self.roots(), provider.clone());
        let (chain, key) = papers.der();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_client_cert_verifier(clients.build().expect("an authority"))
            .with_single_cert(chain, key)
            .expect("papers that match");
        let talk = ServerConnection::new(Arc::new(config)).expect("a configuration");
        let (stream, _) = listener.accept().expect("kring connects");
        let timed = stream.set_read_timeout(Some(A_SLOW_MACHINE));
        timed.expect("a timeout");
        SipPeer::over(
            streamed(StreamOwned::new(talk, stream)),
            "TLS 127.0.0.1:5061",
        )
    }
}

pub type Tls = StreamOwned<ClientConnection, TcpStream>;
pub type Served = StreamOwned<ServerConnection, TcpStream>;

impl Papers {
    fn der(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let cert = CertificateDer::from_pem_slice(self.cert.as_bytes()).expect("PEM");
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).expect("PEM");
        (vec![cert], key)
    }

    /// The keys of `[sip]` for them: `cert.pem` and `key.pem` in this folder.
    pub fn write(&self, folder: &Path) -> String {
        let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        std::fs::write(&cert, &self.cert).expect("the folder is writable");
        std::fs::write(&key, &self.key).expect("the folder is writable");
        let only_ours = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&key, only_ours).expect("it is ours");
        format!("tls_cert = {cert:?}\ntls_key = {key:?}\n")
    }
}

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("kring listens");
    let timed = stream.set_read_timeout(Some(A_SLOW_MACHINE));
    timed.expect("a timeout");
    stream
}

pub fn streamed<S>(stream: S) -> Streamed<S> {
    Streamed {
        stream,
        read: Vec::new(),
    }
}

impl<S: Read + Write> Way for WebSocket<S> {
    fn say(&mut self, text: &str) {
        self.send(tungstenite::Message::text(text))
            .expect("the other end takes it");
    }

    fn hear(&mut self) -> Result<String, String> {
        loop {
            match self.read() {
                Ok(tungstenite::Message::Text(text)) => return Ok(text.to_string()),
                Ok(tungstenite::Message::Close(why)) => return Err(format!("closed: {why:?}")),
                // Pings are answered by the library.
                Ok(_) => {}
                Err(why) => return Err(why.to_string()),
            }
        }
    }
}

/// A browser's way: the subprotocol `sip`, and an Origin.
pub fn web_socket<S: Read + Write>(stream: S) -> WebSocket<S> {
    let mut request = "ws://127.0.0.1/".into_client_request().expect("an address");
    let headers = request.headers_mut();
    headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("sip"));
    headers.insert("Origin", HeaderValue::from_static("https://crm.test"));
    let shaken = tungstenite::client(request, stream);
    shaken.unwrap_or_else(|why| panic!("{why}")).0
}

/// Plain WebSocket to kring.
pub fn web_phone(port: u16) -> SipPeer<WebSocket<TcpStream>> {
    SipPeer::over(web_socket(connect(port)), "WS df7jal23ls0d.invalid")
}
