//! What is configured by REST holds at once, and after a restart: real calls are the witness.

use crate::shell::{Daemon, Shell, rtp_ports};
use serde_json::{Value, json};
use std::{net::UdpSocket, os::unix::fs::PermissionsExt, time::Duration};

fn file() -> String {
    format!(
        "[sip]\nlisten = [\"udp:127.0.0.1:0\", \"tcp:127.0.0.1:0\"]\n[http]\nlisten = \"127.0.0.1:0\"\n\
         [media]\nrtp_ports = \"{}\"\n[[queue]]\nname = \"support\"\ndid = [\"1203\"]\n",
        rtp_ports()
    )
}

/// What the log says after `word`.
fn said(daemon: &Daemon, word: &str) -> String {
    let told = daemon.told.split(word).nth(1).expect("it is told");
    let end = told.find([' ', '\n', ',', ']']).unwrap_or(told.len());
    told[..end].to_owned()
}

/// Status and body.
fn ask(
    daemon: &Daemon,
    token: &str,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> (u16, Value) {
    let url = format!("http://{}/api/v1{path}", said(daemon, "http="));
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(url)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    let text = body.map(ToString::to_string).unwrap_or_default();
    let request = request.body(text).expect("a request");
    let mut answer = agent.run(request).expect("an answer");
    let status = answer.status().as_u16();
    let text = answer.body_mut().read_to_string().unwrap_or_default();
    (status, serde_json::from_str(&text).unwrap_or_default())
}

/// The final response to a call to this number.
fn call(daemon: &Daemon, number: &str, branch: u32) -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let wait = Some(Duration::from_secs(20));
    socket.set_read_timeout(wait).expect("a time");
    let (kring, own) = (said(daemon, "sip=["), socket.local_addr().expect("bound"));
    let invite = format!(
        "INVITE sip:{number}@{kring} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{branch}\r\n\
         From: <sip:0812345678@{own}>;tag=a{branch}\r\nTo: <sip:{number}@{kring}>\r\nCall-ID: {branch}@{own}\r\n\
         CSeq: 1 INVITE\r\nContact: <sip:0812345678@{own}>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    );
    socket.send_to(invite.as_bytes(), &kring).expect("sent");
    let mut bytes = [0; 4_096];
    loop {
        let read = socket.recv(&mut bytes).expect("an answer");
        let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
        let code = text.split(' ').nth(1).and_then(|code| code.parse().ok());
        let code: u16 = code.expect("a status line");
        if code < 200 {
            continue;
        }
        let to = text
            .lines()
            .find(|line| line.starts_with("To:"))
            .expect("To");
        let ack = invite.replace("INVITE", "ACK");
        let old = format!("To: <sip:{number}@{kring}>");
        let ack = ack.replace(&old, to.trim_end());
        socket.send_to(ack.as_bytes(), &kring).expect("sent");
        return code;
    }
}

/// Nobody is signed in, so a call that is taken is told so at once (480), and one that is nobody's is 404.
#[test]
fn a_queue_that_is_made_by_rest_takes_a_call_at_once_and_after_a_restart() {
    let shell = Shell::new();
    shell.configure(&file());
    let secret = shell
        .run(&["token", "add", "admin", "--scope", "admin"])
        .ok();
    let token = secret.trim();
    let daemon = shell.serve(&[]);
    assert_eq!(call(&daemon, "1500", 1), 404);
    let law = json!({"name": "law", "did": ["1500"], "deadline_action": "announce_busy"});
    let (status, told) = ask(&daemon, token, "POST", "/queues", Some(&law));
    assert_eq!(
        (status, &told["source"]),
        (201, &json!("database")),
        "{told}"
    );
    assert_eq!(told["settings"]["plan"], json!(["longest_idle:2", "all:1"]));
    assert_eq!(call(&daemon, "1500", 2), 480);
    // The history is written beside the call.
    let counted = (0..2_000).any(|_| {
        let (_, law) = ask(&daemon, token, "GET", "/queues/law", None);
        law["calls_today"] == 1
    });
    assert!(counted, "the call is one of today's");

    let wrong = json!({"plan": ["all:7"]});
    let (status, told) = ask(&daemon, token, "PATCH", "/queues/law", Some(&wrong));
    assert_eq!((status, &told["field"]), (422, &json!("plan")), "{told}");
    let (status, told) = ask(&daemon, token, "PATCH", "/queues/support", Some(&wrong));
    assert_eq!((status, &told["code"]), (409, &json!("in_file")), "{told}");
    let preview = json!({"plan": ["all:1", "longest_idle:2"], "free": 2});
    let (status, told) = ask(&daemon, token, "POST", "/queues/preview", Some(&preview));
    assert_eq!(
        (status, &told["cancel_ms"]),
        (200, &json!(14_500)),
        "{told}"
    );
    let (status, told) = ask(&daemon, token, "POST", "/queues/preview", Some(&wrong));
    assert_eq!((status, &told["field"]), (422, &json!("plan")), "{told}");
    drop(daemon);

    let daemon = shell.serve(&[]);
    assert_eq!(call(&daemon, "1500", 3), 480);
    let (status, _) = ask(&daemon, token, "DELETE", "/queues/law", None);
    assert_eq!((status, call(&daemon, "1500", 4)), (204, 404));
}

/// The file comes first: a row that it makes wrong is left out and told, and everything else goes on.
#[test]
fn a_row_that_a_newer_file_makes_wrong_keeps_nobody_from_starting() {
    let shell = Shell::new();
    shell.configure(&file());
    let secret = shell
        .run(&["token", "add", "admin", "--scope", "admin"])
        .ok();
    let token = secret.trim();
    let daemon = shell.serve(&[]);
    for row in [
        json!({"name": "law", "did": ["1500"]}),
        json!({"name": "tips", "did": ["1600"]}),
    ] {
        assert_eq!(ask(&daemon, token, "POST", "/queues", Some(&row)).0, 201);
    }
    let settings = json!({"agent.wrapup_s": 90, "house.name": "ศูนย์ระยอง"});
    let (status, told) = ask(&daemon, token, "PATCH", "/settings", Some(&settings));
    assert_eq!((status, &told["version"]), (200, &json!(1)), "{told}");
    let wrong = json!({"agent.wrapup_s": 9_999, "ring.limit": 4});
    let (status, told) = ask(&daemon, token, "PATCH", "/settings", Some(&wrong));
    assert_eq!((status, &told["code"]), (422, &json!("bad_setting")));
    let fields = told["fields"].as_object().expect("fields");
    assert!(
        fields.contains_key("agent.wrapup_s") && fields.contains_key("ring.limit"),
        "{told}"
    );
    drop(daemon);

    shell.configure(&format!(
        "{}[[queue]]\nname = \"law\"\ndid = [\"1700\"]\n[agent]\nwrapup_s = 30\n",
        file()
    ));
    let checked = shell.run(&["check"]);
    let line = "mend  queue \"law\" of the database is left out: two queues are called \"law\".";
    assert!(checked.out.contains(line), "{checked:?}");
    let daemon = shell.serve(&[]);
    let (_, told) = ask(&daemon, token, "GET", "/settings", None);
    let items = told["items"].as_array().expect("settings");
    let setting = |key: &str| {
        items
            .iter()
            .find(|item| item["key"] == key)
            .expect("it is listed")
    };
    assert_eq!(setting("agent.wrapup_s")["value"], 30);
    assert_eq!(setting("agent.wrapup_s")["source"], "file");
    assert_eq!(setting("house.name")["value"], "ศูนย์ระยอง");
    assert_eq!(
        (&setting("ring.limit")["min"], &setting("ring.limit")["max"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(
        ask(&daemon, token, "GET", "/house", None).1["name_th"],
        "ศูนย์ระยอง"
    );
    let codes = [call(&daemon, "1500", 1), call(&daemon, "1600", 2)];
    assert_eq!(codes[0], 404);
    assert_ne!(codes[1], 404, "the other row is in force");
}

/// A PBX that is configured by REST may call at once; one that is taken away may not.
#[test]
fn a_trunk_that_is_made_by_rest_is_let_in_at_once() {
    let shell = Shell::new();
    let nobody = "[[trunk]]\nname = \"far\"\npeers = [\"192.0.2.9\"]\n";
    shell.configure(&format!("{}{nobody}", file()));
    let secret = shell
        .run(&["token", "add", "admin", "--scope", "admin"])
        .ok();
    let token = secret.trim();
    let daemon = shell.serve(&[]);
    assert_eq!(call(&daemon, "1203", 1), 403, "a stranger");
    let trunk = json!({"name": "near", "peers": ["127.0.0.1"], "register":
        {"uri": "sip:5000@127.0.0.1:9", "password": "river-stone"}});
    let (status, told) = ask(&daemon, token, "POST", "/trunks", Some(&trunk));
    assert_eq!(
        (status, &told["settings"]["register"]["password_set"]),
        (201, &json!(true)),
        "{told}"
    );
    assert_ne!(call(&daemon, "1203", 2), 403);
    let saved = shell.path("kring.backup");
    let saved = saved.to_str().expect("a path");
    shell.run(&["export", "backup", saved]).ok();
    let other = Shell::new();
    other.configure_quietly();
    other.run(&["import", "backup", saved]).ok();
    let secrets = std::fs::read_dir(other.path("kring-data/secrets")).expect("they came along");
    let secret = secrets.last().expect("one").expect("a file");
    let mode = secret.metadata().expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "its owner's alone");
    assert_eq!(
        std::fs::read(secret.path()).expect("readable"),
        b"river-stone"
    );
    let bad = json!({"peers": ["nowhere/99"]});
    let (status, told) = ask(&daemon, token, "PATCH", "/trunks/near", Some(&bad));
    assert_eq!((status, &told["field"]), (422, &json!("peers")), "{told}");
    let (status, _) = ask(&daemon, token, "DELETE", "/trunks/near", None);
    assert_eq!(status, 204);
    assert_eq!(call(&daemon, "1203", 3), 403);
    let (_, told) = ask(&daemon, token, "GET", "/trunks", None);
    assert_eq!(told["items"].as_array().map(Vec::len), Some(1), "{told}");
}
