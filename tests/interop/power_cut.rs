//! The power fails, again and again, in the middle of calls and records. What was acknowledged is there,
//! the journal verifies, and no call is shown alive that is not.

use crate::kring::{Agent, Kring, Reader, eventually};
use crate::ports::free_port;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::{
    net::UdpSocket,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

const SEATS: [&str; 3] = ["anong", "boonmi", "chai"];

/// What the daemon said yes to.
#[derive(Default)]
struct Acknowledged {
    /// Agent, call, and the subject of the draft that was stored.
    drafts: Vec<(&'static str, String, String)>,
    /// References of confirmed cases, with their subject.
    cases: Vec<(String, String)>,
    /// Who, the case's id, and what was noted about it.
    notes: Vec<(&'static str, String, String)>,
    /// Who, the id of a file of a case, and what it holds.
    files: Vec<(&'static str, String, String)>,
}

/// 50 kills in `tests/run`; `POWER_CUTS` sets another number.
#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let kills = std::env::var("POWER_CUTS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(50);
    let seed = std::env::var("POWER_SEED")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1_203);
    println!("seed {seed}");
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let phones_at = free_port();
    let phones = UdpSocket::bind(("127.0.0.1", phones_at)).expect("the phones' port");
    let over = Arc::new(AtomicBool::new(false));
    let playing = thread::spawn({
        let over = over.clone();
        move || be_phones(&phones, &over)
    });
    let seats = SEATS.map(|login| (login, phones_at));
    let (mut kring, agents) = Kring::with_agents("", &seats);
    let (mut drafts, mut cases, mut notes, mut files) = (0, 0, 0, 0);
    for kill in 0..kills {
        let pbx = Pbx::open(kring.sip);
        (0..3).for_each(|n| pbx.call(kill * 10 + n));
        let after = Duration::from_millis(chance.random_range(30..900));
        let reader = kring.reader();
        let acknowledged = thread::scope(|scope| {
            let working = scope.spawn(|| work(&reader, &agents, &pbx, kill));
            thread::park_timeout(after);
            kring.kill();
            working
                .join()
                .expect("the clients end when the daemon does")
        });
        kring.start_again();
        for agent in &agents {
            let ready = agent.post("/api/v1/me/presence", r#"{"state":"ready"}"#);
            assert!(
                ready.status < 300,
                "kill {kill}: sessions outlive the process: {ready:?}"
            );
        }
        check(&kring, &agents, &acknowledged, kill);
        drafts += acknowledged.drafts.len();
        cases += acknowledged.cases.len();
        notes += acknowledged.notes.len();
        files += acknowledged.files.len();
    }
    over.store(true, Ordering::Relaxed);
    playing.join().expect("the phones end");
    println!(
        "{kills} kills; {drafts} drafts, {cases} cases, {notes} notes and {files} files acknowledged, none lost"
    );
    assert!(
        drafts > 0 && cases > 0 && notes > 0 && files > 0,
        "the kills came before anything was written"
    );
}

fn check(kring: &Kring, agents: &[Agent], acknowledged: &Acknowledged, kill: usize) {
    kring.verify_journal();
    let calls: Value = serde_json::from_str(&kring.get("/api/v1/calls").body).expect("JSON");
    let alive = calls["items"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|c| c["state"] != "ended");
    assert_eq!(alive, None, "kill {kill}: a call is shown alive");
    for (case, subject) in &acknowledged.cases {
        let found = kring.get(&format!("/api/v1/cases/by-ref/{case}"));
        assert!(
            found.body.contains(subject),
            "kill {kill}: {case} is lost: {found:?}"
        );
    }
    check_cases(agents, acknowledged, kill);
    for (login, call, subject) in &acknowledged.drafts {
        let owner = seat(agents, login);
        let found = owner.get(&format!("/api/v1/calls/{call}/draft"));
        // A confirm whose answer the kill cut off took the draft with it; then there is a case.
        let recorded = || {
            owner
                .get(&format!("/api/v1/calls/{call}"))
                .body
                .contains("\"case_ref\":\"")
        };
        let kept = found.body.contains(subject) || recorded();
        assert!(kept, "kill {kill}: {call} is lost: {found:?}");
    }
}

fn seat<'a>(agents: &'a [Agent], login: &str) -> &'a Agent {
    let mut seats = agents.iter();
    seats.find(|agent| agent.login == login).expect("a seat")
}

/// What was added to cases is there, and nothing is there by halves.
fn check_cases(agents: &[Agent], acknowledged: &Acknowledged, kill: usize) {
    for (login, case, text) in &acknowledged.notes {
        let owner = seat(agents, login);
        let done = owner.get(&format!("/api/v1/cases/{case}/activities"));
        assert!(
            done.body.contains(text),
            "kill {kill}: {text} is lost: {done:?}"
        );
        assert!(
            done.body.contains("\"opened\""),
            "kill {kill}: {case} was made without a line that says so: {done:?}"
        );
        let files = owner.get(&format!("/api/v1/cases/{case}/attachments"));
        let files: Value = serde_json::from_str(&files.body).expect("JSON");
        for file in files["items"].as_array().expect("a list") {
            let id = file["id"].as_str().expect("an id");
            let found = owner.get(&format!("/api/v1/attachments/{id}"));
            assert_eq!(
                found.status, 200,
                "kill {kill}: a row without its file: {found:?}"
            );
        }
    }
    for (login, file, contents) in &acknowledged.files {
        let found = seat(agents, login).get(&format!("/api/v1/attachments/{file}"));
        assert_eq!(
            &found.body, contents,
            "kill {kill}: {file} is lost: {found:?}"
        );
    }
}

/// Every agent who has a call writes drafts, hangs up, and confirms, until the daemon is gone.
fn work(kring: &Reader, agents: &[Agent], pbx: &Pbx, kill: usize) -> Acknowledged {
    let mut acknowledged = Acknowledged::default();
    for round in 0..200 {
        pbx.answer();
        let Some(calls) = kring.try_get("/api/v1/calls") else {
            return acknowledged;
        };
        let calls: Value = serde_json::from_str(&calls.body).unwrap_or_default();
        for call in calls["items"].as_array().into_iter().flatten().take(3) {
            let Some(owner) = agents.iter().find(|agent| call["agent"] == agent.login) else {
                continue;
            };
            let id = call["id"].as_str().unwrap_or_default();
            let told = match call["state"].as_str() {
                Some("talking") => type_and_hang_up(owner, id, kill, round, &mut acknowledged),
                Some("ended") if call["case_ref"].is_null() => {
                    confirm(owner, id, kill, &mut acknowledged)
                }
                _ => Some(()),
            };
            if told.is_none() {
                return acknowledged;
            }
        }
    }
    acknowledged
}

/// `None` when the daemon is gone.
fn type_and_hang_up(
    owner: &Agent,
    id: &str,
    kill: usize,
    round: usize,
    acknowledged: &mut Acknowledged,
) -> Option<()> {
    let subject = format!("kill {kill} round {round}");
    let body = json!({ "subject": subject }).to_string();
    let stored = owner.try_put(&format!("/api/v1/calls/{id}/draft"), &body)?;
    // Later rounds do not know the version and are refused: the first one stands.
    if stored.status < 300 {
        acknowledged
            .drafts
            .push((owner.login, id.to_owned(), subject));
    }
    if round % 2 == 1 {
        owner.try_post(&format!("/api/v1/calls/{id}/hangup"), "")?;
    }
    Some(())
}

fn confirm(owner: &Agent, id: &str, kill: usize, acknowledged: &mut Acknowledged) -> Option<()> {
    let subject = format!("confirmed before kill {kill}");
    let body = json!({
        "subject": subject, "kind": "inquiry", "resolution": "answered",
        "anonymous": true, "department_id": "00000000000000000000000006",
    });
    let made = owner.try_post(&format!("/api/v1/calls/{id}/confirm"), &body.to_string())?;
    if made.status == 201 {
        let case: Value = serde_json::from_str(&made.body).ok()?;
        acknowledged.drafts.retain(|(_, call, _)| call != id);
        acknowledged
            .cases
            .push((case["ref"].as_str()?.to_owned(), subject));
        return add_to_case(owner, case["id"].as_str()?, kill, acknowledged);
    }
    Some(())
}

/// A note, and a file.
fn add_to_case(
    owner: &Agent,
    case: &str,
    kill: usize,
    acknowledged: &mut Acknowledged,
) -> Option<()> {
    for n in 0..3 {
        let text = format!("note {n} of {case} before kill {kill}");
        let body = json!({ "text": text }).to_string();
        let noted = owner.try_post(&format!("/api/v1/cases/{case}/activities"), &body)?;
        if noted.status == 201 {
            let note = (owner.login, case.to_owned(), text.clone());
            acknowledged.notes.push(note);
        }
        let path = format!("/api/v1/cases/{case}/attachments?name=note-{n}.txt");
        let kept = owner.try_post(&path, &text)?;
        if kept.status == 201 {
            let kept: Value = serde_json::from_str(&kept.body).ok()?;
            let id = kept["id"].as_str()?.to_owned();
            acknowledged.files.push((owner.login, id, text));
        }
    }
    Some(())
}

/// The PBX's end: INVITEs out, ACK for every 200, 200 for every BYE.
struct Pbx {
    socket: UdpSocket,
}

impl Pbx {
    fn open(kring: u16) -> Pbx {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        socket.connect(("127.0.0.1", kring)).expect("loopback");
        socket
            .set_read_timeout(Some(Duration::from_millis(5)))
            .expect("a timeout");
        Pbx { socket }
    }

    fn call(&self, n: usize) {
        let port = self.socket.local_addr().expect("bound").port();
        let text = request("INVITE", n, port, "", "1 INVITE", SDP);
        self.socket.send(text.as_bytes()).expect("loopback");
    }

    /// Answers what has come since the last time.
    fn answer(&self) {
        let port = self.socket.local_addr().expect("bound").port();
        let mut buffer = [0; 4_000];
        while let Ok(length) = self.socket.recv(&mut buffer) {
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            let cseq = header(&text, "CSeq");
            if text.starts_with("SIP/2.0 200") && cseq.ends_with("INVITE") {
                let n = header(&text, "Call-ID").trim_start_matches("cut-");
                let n = n
                    .split('-')
                    .next()
                    .and_then(|n| n.parse().ok())
                    .unwrap_or(0);
                let to = header(&text, "To");
                let tag = to.find(";tag=").map_or("", |at| &to[at..]);
                let _ = self
                    .socket
                    .send(request("ACK", n, port, tag, "1 ACK", "").as_bytes());
            } else if text.starts_with("BYE") {
                let _ = self.socket.send(response(&text, "200 OK", "").as_bytes());
            }
        }
    }
}

/// All phones at one port: each INVITE is answered at once, each request gets its 200.
fn be_phones(socket: &UdpSocket, over: &AtomicBool) {
    socket
        .set_read_timeout(Some(Duration::from_millis(100)))
        .expect("a timeout");
    let mut buffer = [0; 4_000];
    while !over.load(Ordering::Relaxed) {
        let Ok((length, from)) = socket.recv_from(&mut buffer) else {
            continue;
        };
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        let sdp = if text.starts_with("INVITE") { SDP } else { "" };
        if !text.starts_with("SIP/2.0") && !text.starts_with("ACK") {
            let _ = socket.send_to(response(&text, "200 OK", sdp).as_bytes(), from);
        }
    }
}

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                   m=audio 40000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n";

fn request(method: &str, n: usize, port: u16, to_tag: &str, cseq: &str, body: &str) -> String {
    let kind = if body.is_empty() {
        ""
    } else {
        "Content-Type: application/sdp\r\n"
    };
    format!(
        "{method} sip:1203@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{method}{n}\r\n\
         From: <sip:08123{n:05}@127.0.0.1>;tag=c{n}\r\nTo: <sip:1203@127.0.0.1>{to_tag}\r\n\
         Call-ID: cut-{n}-{port}\r\nCSeq: {cseq}\r\nContact: <sip:pbx@127.0.0.1:{port}>\r\n\
         Max-Forwards: 70\r\n{kind}Content-Length: {}\r\n\r\n{body}",
        body.len(),
    )
}

fn response(request: &str, status: &str, body: &str) -> String {
    let mut text = format!("SIP/2.0 {status}\r\n");
    for line in request.lines().take_while(|line| !line.is_empty()) {
        match line.split(':').next().unwrap_or_default() {
            "Via" | "From" | "Call-ID" | "CSeq" | "Record-Route" => text += &format!("{line}\r\n"),
            "To" if line.contains(";tag=") => text += &format!("{line}\r\n"),
            "To" => text += &format!("{line};tag=phone\r\n"),
            _ => {}
        }
    }
    let kind = if body.is_empty() {
        ""
    } else {
        "Content-Type: application/sdp\r\n"
    };
    text + &format!(
        "Contact: <sip:phone@127.0.0.1>\r\n{kind}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let start = format!("{name}: ");
    message
        .lines()
        .find_map(|line| line.strip_prefix(&start))
        .unwrap_or_default()
}

/// The daemon that was killed comes back on its own ports.
#[test]
fn a_port_that_is_taken_is_said_in_one_line() {
    let phone = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", phone)]);
    let second = crate::kring::run(&kring.folder, &[], "");
    assert_eq!(second.status.code(), Some(69), "{second:?}");
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    let line = said.lines().find(|line| line.contains("address in use"));
    assert!(
        line.is_some_and(|line| line.contains("Stop the other")),
        "{said}"
    );
    let alive = eventually(Duration::from_secs(2), || Some(kring.resident_kb()));
    assert!(alive.is_some_and(|kb| kb > 0));
}
