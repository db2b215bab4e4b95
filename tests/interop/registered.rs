//! kring as an extension of a PBX: this process is the PBX, with a socket and nothing else.

use crate::kring::{A_SLOW_MACHINE, Kring};
use std::net::{SocketAddr, UdpSocket};

const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                     m=audio 40000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n";

/// A PBX that answers what it is asked, and notes it.
struct Pbx {
    socket: UdpSocket,
    kring: Option<SocketAddr>,
}

impl Pbx {
    fn open() -> Pbx {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let within = Some(A_SLOW_MACHINE);
        socket.set_read_timeout(within).expect("it can wait");
        Pbx {
            socket,
            kring: None,
        }
    }

    fn port(&self) -> u16 {
        self.socket.local_addr().expect("bound").port()
    }

    /// The next message that begins so; OPTIONS are answered on the way.
    fn hears(&mut self, start: &str) -> String {
        let mut buffer = [0; 65_535];
        loop {
            let heard = self.socket.recv_from(&mut buffer);
            let (length, from) = heard.unwrap_or_else(|why| panic!("no {start}: {why}"));
            self.kring = Some(from);
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if text.starts_with(start) {
                return text;
            }
            if text.starts_with("OPTIONS ") {
                self.answers(&text, "200 OK", "");
            }
        }
    }

    fn answers(&self, request: &str, status: &str, more: &str) {
        let copied = ["Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "];
        let mut out = format!("SIP/2.0 {status}\r\n");
        for line in request.lines() {
            if copied.iter().any(|start| line.starts_with(start)) {
                let tag = if line.starts_with("To: ") {
                    ";tag=pbx"
                } else {
                    ""
                };
                out += &format!("{line}{tag}\r\n");
            }
        }
        self.says(&format!("{out}{more}Content-Length: 0\r\n\r\n"));
    }

    fn says(&self, text: &str) {
        let kring = self.kring.expect("kring was heard");
        self.socket.send_to(text.as_bytes(), kring).expect("sent");
    }
}

fn header<'a>(text: &'a str, name: &str) -> &'a str {
    let start = format!("{name}: ");
    let line = text.lines().find_map(|line| line.strip_prefix(&start));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}"))
}

/// Registers by digest, is asked whether it is there, is called as the extension, and leaves in order.
#[test]
fn kring_is_an_extension_of_the_pbx() {
    let mut pbx = Pbx::open();
    let secret = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(secret.path(), "open sesame\n").expect("it can be written");
    let port = pbx.port();
    let trunk = format!(
        "[[trunk]]\nname = \"pbx\"\nregister = {{ uri = \"sip:5000@127.0.0.1:{port}\", \
         password_file = {:?}, expires_s = 300 }}\n[[queue]]\nname = \"support\"\ndid = [\"5000\"]\n\
         deadline_action = \"announce_busy\"\n",
        secret.path()
    );
    let opening = std::thread::spawn(move || Kring::with_agents(&trunk, &[]));

    let first = pbx.hears("REGISTER ");
    assert!(first.starts_with(&format!("REGISTER sip:127.0.0.1:{port} SIP/2.0\r\n")));
    let challenge = "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n1\", qop=\"auth\", \
                     algorithm=SHA-256\r\n";
    pbx.answers(&first, "401 Unauthorized", challenge);
    let second = pbx.hears("REGISTER ");
    let proof = header(&second, "Authorization");
    assert!(proof.starts_with("Digest username=\"5000\""), "{proof}");
    assert!(!second.contains("open sesame"));
    let contact = header(&second, "Contact").to_owned();
    pbx.answers(&second, "200 OK", &format!("Contact: {contact}\r\n"));

    let (kring, _) = opening.join().expect("kring starts");
    kring.journal_until("registered pbx for 300 s");
    kring.metrics_until("kring_sip_registration_up{account=\"pbx\"} 1");
    let uri = contact.split(['<', '>']).nth(1).expect("an address");
    let call = format!(
        "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK-call\r\n\
         From: <sip:0812345678@127.0.0.1>;tag=a\r\nTo: <{uri}>\r\nCall-ID: to-the-extension\r\n\
         CSeq: 1 INVITE\r\nContact: <sip:pbx@127.0.0.1:{port}>\r\nMax-Forwards: 70\r\n\
         Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{OFFER}",
        OFFER.len()
    );
    pbx.says(&call);
    // Nobody is signed in: the queue is unstaffed, and that it was the queue shows the number.
    let refused = pbx.hears("SIP/2.0 480 ");
    assert!(header(&refused, "To").contains(";tag="));
    kring.journal_until("refused    busy, retry after 60 s, unstaffed");
    assert_eq!(
        kring.newest_call("sip_call_id", "to-the-extension")["queue"],
        "support"
    );

    let answer = kring.get("/api/v1/trunks");
    let trunks: serde_json::Value = serde_json::from_str(&answer.body).expect("a list");
    let trunk = &trunks["items"][0];
    assert_eq!(
        (&trunk["name"], &trunk["registered"]),
        (&"pbx".into(), &true.into())
    );
    assert_eq!(trunk["up"], true, "{trunk}");
    assert!(
        trunk["rtt_ms"].as_f64().is_some_and(|ms| ms > 0.0),
        "{trunk}"
    );

    let mut kring = kring;
    let leaving = std::thread::spawn(move || kring.end());
    loop {
        let last = pbx.hears("REGISTER ");
        pbx.answers(&last, "200 OK", "");
        if header(&last, "Expires") == "0" {
            break;
        }
    }
    leaving.join().expect("kring ends in order");
}

/// Two accounts of one PBX, as two queues behind extensions need them: each registers, and a call to either binding
/// comes to its own queue.
#[test]
fn two_accounts_of_one_pbx_lead_to_two_queues() {
    let mut pbx = Pbx::open();
    let secret = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(secret.path(), "open sesame\n").expect("it can be written");
    let port = pbx.port();
    let line = |name: &str, user: &str, queue: &str| {
        format!(
            "[[trunk]]\nname = \"{name}\"\nregister = {{ uri = \"sip:{user}@127.0.0.1:{port}\", \
             password_file = {:?} }}\n[[queue]]\nname = \"{queue}\"\ndid = [\"{user}\"]\n",
            secret.path()
        )
    };
    let busy = "[ring]\ndeadline_action = \"announce_busy\"\n";
    let tables = [
        busy,
        &line("one", "5000", "support"),
        &line("two", "5001", "complaints"),
    ]
    .concat();
    let opening = std::thread::spawn(move || Kring::with_agents(&tables, &[]));
    let mut bound = std::collections::BTreeMap::new();
    while bound.len() < 2 {
        let asked = pbx.hears("REGISTER ");
        let user = header(&asked, "To").contains("sip:5001@");
        let contact = header(&asked, "Contact").to_owned();
        pbx.answers(
            &asked,
            "200 OK",
            &format!("Contact: {contact};expires=300\r\n"),
        );
        bound.insert(user, contact);
    }
    let (kring, _) = opening.join().expect("kring starts");
    kring.metrics_until("kring_sip_registration_up{account=\"one\"} 1");
    kring.metrics_until("kring_sip_registration_up{account=\"two\"} 1");
    for (second, queue) in [(false, "support"), (true, "complaints")] {
        let uri = bound[&second].split(['<', '>']).nth(1).expect("an address");
        pbx.says(&format!(
            "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK-{queue}\r\n\
             From: <sip:0812345678@127.0.0.1>;tag=a\r\nTo: <{uri}>\r\nCall-ID: {queue}\r\n\
             CSeq: 1 INVITE\r\nContact: <sip:pbx@127.0.0.1:{port}>\r\nMax-Forwards: 70\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{OFFER}",
            OFFER.len()
        ));
        pbx.hears("SIP/2.0 480 ");
        assert_eq!(kring.newest_call("sip_call_id", queue)["queue"], queue);
    }
}
