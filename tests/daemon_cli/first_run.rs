//! The first run, as somebody meets it who has just installed kring: an account by the printed code, a phone, an agent,
//! and a call of kring's own that rings.

use crate::shell::{Daemon, Shell, rtp_ports};
use serde_json::{Value, json};
use std::net::UdpSocket;

struct Api {
    at: String,
    cookie: String,
    agent: ureq::Agent,
}

impl Api {
    fn of(daemon: &Daemon) -> Api {
        let told = daemon.told.split("http=").nth(1).expect("where HTTP is");
        let at = told.split_whitespace().next().expect("an address");
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        Api {
            at: format!("http://{at}/api/v1"),
            cookie: String::new(),
            agent: config.build().into(),
        }
    }

    fn post(&mut self, path: &str, body: Value) -> (u16, Value) {
        let request = self.agent.post(format!("{}{path}", self.at));
        let answer = request.header("cookie", &self.cookie).send_json(body);
        let mut answer = answer.expect("it answers");
        if let Some(cookie) = answer.headers().get("set-cookie") {
            let text = cookie.to_str().expect("it is text");
            self.cookie = text.split(';').next().unwrap_or_default().to_owned();
        }
        let json = answer.body_mut().read_json().unwrap_or(Value::Null);
        (answer.status().as_u16(), json)
    }

    fn get(&self, path: &str) -> (u16, Value) {
        let request = self.agent.get(format!("{}{path}", self.at));
        let answer = request.header("cookie", &self.cookie).call();
        let mut answer = answer.expect("it answers");
        let json = answer.body_mut().read_json().unwrap_or(Value::Null);
        (answer.status().as_u16(), json)
    }
}

/// The next request of this method that a phone hears.
fn hears(phone: &UdpSocket, method: &str) -> String {
    let mut datagram = [0; 65_535];
    loop {
        let (length, _) = phone.recv_from(&mut datagram).expect("it rings");
        let text = String::from_utf8_lossy(&datagram[..length]).into_owned();
        if text.starts_with(method) {
            return text;
        }
    }
}

#[test]
fn from_the_printed_code_to_a_phone_that_rings() {
    let phone = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let patience = std::time::Duration::from_secs(20);
    phone.set_read_timeout(Some(patience)).expect("a timeout");
    let desk = phone.local_addr().expect("it is bound");
    let shell = Shell::new();
    shell.configure(&format!(
        "[sip]\nlisten = [\"udp:127.0.0.1:0\", \"tcp:127.0.0.1:0\"]\n[http]\nlisten = \"127.0.0.1:0\"\n\
         [media]\nrtp_ports = \"{}\"\n[[queue]]\nname = \"main\"\ndid = [\"1203\"]\n",
        rtp_ports()
    ));
    let mut daemon = shell.serve(&[]);
    assert!(
        daemon
            .told
            .contains("nobody has an account yet. Open http://127.0.0.1:")
            && daemon.told.contains(" and set kring up with the code "),
        "{}",
        daemon.told
    );
    let mut api = Api::of(&daemon);
    let (status, setup) = api.get("/setup");
    assert_eq!((status, &setup["needed"]), (200, &json!(true)));
    assert_eq!(setup["code_wanted"], false, "this is the machine itself");
    let house = "ศูนย์บริการประชาชน จังหวัดระยอง";
    let first = json!({"login": "boss", "name": "ผู้ดูแลระบบ", "password": "สามล้อ ใบชา กระดุม",
        "house_name": house});
    let (status, made) = api.post("/setup", first.clone());
    assert_eq!(status, 201, "{made}");
    assert_eq!(api.get("/setup").0, 404);
    let (_, told) = api.get("/house");
    assert_eq!(told["name_th"], house);
    assert_eq!(told["setup_needed"], false);

    let device = format!("sip:5021@{desk}");
    let agent = json!({"login": "malee", "name": "มาลี", "role": "agent", "devices": [device]});
    let (status, added) = api.post("/users", agent);
    assert_eq!(status, 201, "{added}");
    let ready = json!({"state": "ready"});
    let mut status = 0;
    // The exchange takes up a new account within seconds.
    for _ in 0..200 {
        status = api.post("/agents/malee/presence", ready.clone()).0;
        if status == 200 {
            break;
        }
        std::thread::yield_now();
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(status, 200);

    let (status, placed) = api.post("/setup/test-call", json!({}));
    assert_eq!(status, 202, "{placed}");
    assert_eq!(placed["number"], "1203");
    let invite = hears(&phone, "INVITE");
    assert!(invite.contains("sip:5021@"), "{invite}");
    let call = placed["call"].as_str().expect("it is known");
    let (_, row) = api.get(&format!("/calls/{call}"));
    assert_eq!(row["trunk"], "kring-test", "{row}");
    let (status, busy) = api.post("/setup/test-call", json!({}));
    assert_eq!(status, 409, "one at a time: {busy}");
    let (_, trunks) = api.get("/trunks");
    assert!(!trunks.to_string().contains("kring-test"), "{trunks}");

    daemon.signal(libc::SIGTERM);
    daemon.signal(libc::SIGTERM);
    assert_eq!(daemon.end(), Some(0), "{}", daemon.told);
    let mut again = shell.serve(&[]);
    assert!(
        !again.told.contains("nobody has an account"),
        "{}",
        again.told
    );
    again.signal(libc::SIGTERM);
    assert_eq!(again.end(), Some(0), "{}", again.told);
}

#[test]
fn a_pbx_is_asked_from_krings_own_socket() {
    let pbx = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let at = pbx.local_addr().expect("it is bound");
    let answering = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for _ in 0..2 {
            let mut datagram = [0; 65_535];
            let (length, from) = pbx.recv_from(&mut datagram).expect("it is asked");
            let text = String::from_utf8_lossy(&datagram[..length]).into_owned();
            let told = |line: &&str| {
                ["Via", "From", "To", "Call-ID", "CSeq"]
                    .contains(&line.split(':').next().unwrap_or(""))
            };
            let lines: Vec<&str> = text.split("\r\n").filter(told).collect();
            let answer = format!(
                "SIP/2.0 200 OK\r\n{}\r\nServer: Test PBX\r\nAllow: INVITE, ACK, BYE\r\nContent-Length: 0\r\n\r\n",
                lines.join("\r\n")
            );
            pbx.send_to(answer.as_bytes(), from).expect("it is sent");
            asked.push((text, from));
        }
        asked
    });
    let shell = Shell::new();
    shell.configure_quietly();
    let mut daemon = shell.serve(&[]);
    let mut api = Api::of(&daemon);
    let first = json!({"login": "boss", "name": "ผู้ดูแลระบบ", "password": "สามล้อ ใบชา กระดุม"});
    assert_eq!(api.post("/setup", first).0, 201);
    let wish = json!({"address": at.to_string(), "transport": "udp", "count": 2});
    let (status, tested) = api.post("/trunks/test", wish);
    assert_eq!(status, 200, "{tested}");
    let states: Vec<&str> = tested["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .filter_map(|step| step["state"].as_str())
        .collect();
    assert_eq!(states, ["ok", "ok", "ok", "ok"], "{tested}");
    assert_eq!(tested["user_agent"], "Test PBX");
    assert_eq!(
        tested["learnt"],
        json!({"transfer": "bridge", "prack": false})
    );
    assert_eq!(tested["round_trips_ms"].as_array().map(Vec::len), Some(2));
    let asked = answering.join().expect("it was asked");
    let sip = daemon.told.split("sip=[").nth(1).expect("where SIP is");
    let sip = sip.split([',', ']']).next().expect("an address");
    assert_eq!(asked[0].1.to_string(), sip, "from kring's own socket");
    assert!(asked[0].0.starts_with("OPTIONS sip:127.0.0.1"));

    // Nobody is there: steps say so, and it is no refusal.
    let closed = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let nobody = closed.local_addr().expect("it is bound");
    drop(closed);
    let (status, tested) = api.post("/trunks/test", json!({"address": nobody.to_string()}));
    assert_eq!(status, 200, "{tested}");
    assert_eq!(tested["status"], Value::Null);
    let (status, refused) = api.post("/trunks/test", json!({"address": "a b"}));
    assert_eq!((status, &refused["field"]), (422, &json!("address")));
    daemon.signal(libc::SIGTERM);
    assert_eq!(daemon.end(), Some(0), "{}", daemon.told);
}
