//! A call is seen: as a ladder, as a capture in Wireshark, on a terminal, at a capture server, and
//! after the daemon has gone.

use crate::{
    kring::{A_SLOW_MACHINE, Kring, binary, eventually, run},
    ports::free_port,
    sipp::Sipp,
};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    net::UdpSocket,
    process::{Command, Stdio},
};

#[test]
fn one_call_is_seen_in_every_way() {
    let capture = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    capture
        .set_read_timeout(Some(A_SLOW_MACHINE))
        .expect("a socket");
    let hep = format!(
        "[hep]\naddress = \"{}\"\n",
        capture.local_addr().expect("bound")
    );
    let phone_port = free_port();
    let (mut kring, _agents) = Kring::with_agents(&hep, &[("malee", phone_port)]);
    let follower = Follower::start(&kring);
    let folder = kring.folder.path().to_owned();
    let phone = Sipp::phone(&folder, "phone_answers.xml", phone_port, free_port());
    let caller = Sipp::caller(&folder, "caller_hangs_up.xml", kring.sip, free_port());

    caller.wait_for(false, "200");
    let live = kring.newest_call("state", "talking");
    let id = live["id"].as_str().expect("an id").to_owned();
    let ladder = ladder_until(&kring, &id, "ACK");
    assert_eq!(ladder["live"], true, "{ladder}");

    let said = caller.finish();
    let heard = phone.finish();
    let ladder = ladder_until(&kring, &id, "BYE");
    let rungs = ladder["messages"].as_array().expect("a list");
    let between = |from: &str, to: &str, label: &str| {
        rungs
            .iter()
            .any(|rung| (rung["from"] == from) && (rung["to"] == to) && rung["label"] == label)
    };
    for (from, to, label) in [
        ("caller", "kring", "INVITE"),
        ("kring", "phone-1", "INVITE"),
        ("kring", "caller", "180 Ringing"),
        ("phone-1", "kring", "200 OK"),
        ("kring", "phone-1", "ACK"),
        ("kring", "caller", "200 OK"),
        ("caller", "kring", "ACK"),
        ("caller", "kring", "BYE"),
        ("kring", "phone-1", "BYE"),
    ] {
        assert!(
            between(from, to, label),
            "no {label} from {from} to {to} in {ladder:#}"
        );
    }
    assert_eq!(ladder["parties"][2]["name"], "malee", "{ladder}");

    // Nothing was missed that the two ends saw, and Wireshark sees it, too.
    let whole = eventually(A_SLOW_MACHINE, || {
        let ladder: Value = serde_json::from_str(&kring.get(&path(&id, "ladder")).body).ok()?;
        let seen = ladder["messages"].as_array()?.len();
        (seen >= said.len() + heard.len()).then_some(seen)
    });
    let whole = whole.expect("every message of both ends is in the ladder");
    let file = folder.join("call.pcap");
    std::fs::write(&file, kring.get_bytes(&path(&id, "pcap"))).expect("the folder is writable");
    assert_eq!(shown_by_tshark(&file), whole);

    follower.wait_for(&id, "INVITE");
    follower.wait_for(&id, "BYE");
    follower.end();

    let mut buffer = [0; 4_096];
    let length = capture
        .recv(&mut buffer)
        .expect("the capture server is sent copies");
    assert!(buffer[..length].starts_with(b"HEP3"));

    kring.end();
    let printed = run(&kring.folder, &["trace", "--call", &id, "--raw"], "");
    let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
    assert!(
        printed.contains("180 Ringing") && printed.contains("    Call-ID: "),
        "{printed}"
    );
    let erased = run(&kring.folder, &["trace", "--call", &id, "--erase"], "");
    assert!(erased.status.success(), "{erased:?}");
    let gone = run(&kring.folder, &["trace", "--call", &id], "");
    assert_eq!(gone.status.code(), Some(64), "{gone:?}");
    kring.verify_journal();
    let nobody = run(&kring.folder, &["trace", "--follow"], "");
    assert_eq!(nobody.status.code(), Some(69), "no daemon, and it says so");
}

fn path(id: &str, what: &str) -> String {
    format!("/api/v1/calls/{id}/{what}")
}

/// The call's ladder once it has such a message.
fn ladder_until(kring: &Kring, id: &str, label: &str) -> Value {
    let look = || {
        let ladder: Value = serde_json::from_str(&kring.get(&path(id, "ladder")).body).ok()?;
        let rungs = ladder["messages"].as_array()?;
        rungs
            .iter()
            .any(|rung| rung["label"] == label)
            .then_some(ladder)
    };
    eventually(A_SLOW_MACHINE, look)
        .unwrap_or_else(|| panic!("no {label} in {:?}", kring.get(&path(id, "ladder"))))
}

/// How many SIP messages Wireshark finds.
fn shown_by_tshark(file: &std::path::Path) -> usize {
    let shown = Command::new("tshark")
        .arg("-r")
        .arg(file)
        .args(["-Y", "sip", "-T", "fields", "-e", "sip.Call-ID"])
        .output()
        .expect("tshark is installed (Debian: tshark)");
    String::from_utf8_lossy(&shown.stdout).lines().count()
}

/// `kringd trace --follow`, as an operator runs it.
struct Follower {
    child: std::process::Child,
    lines: std::sync::Arc<std::sync::Mutex<Vec<String>>>,
}

impl Follower {
    fn start(kring: &Kring) -> Follower {
        let mut child = Command::new(binary())
            .arg("--config")
            .arg(kring.folder.path().join("kring.toml"))
            .args(["trace", "--follow"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary is there");
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        let lines = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let told = std::sync::Arc::clone(&lines);
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                told.lock().expect("nobody panics with it").push(line);
            }
        });
        let follower = Follower { child, lines };
        // Whoever asks anything of the daemon makes traffic that is followed.
        let prober = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let probe = || {
            let text = "OPTIONS sip:kring SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKp\r\n\
                 From: <sip:p@127.0.0.1>;tag=1\r\nTo: <sip:kring>\r\nCall-ID: probe\r\n\
                 CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
            let _ = prober.send_to(text.as_bytes(), ("127.0.0.1", kring.sip));
            follower.has("probe", "OPTIONS").then_some(())
        };
        eventually(A_SLOW_MACHINE, probe).expect("the follower is let in");
        follower
    }

    fn has(&self, whose: &str, what: &str) -> bool {
        let lines = self.lines.lock().expect("nobody panics with it");
        lines
            .iter()
            .any(|line| line.contains(whose) && line.contains(what))
    }

    fn wait_for(&self, whose: &str, what: &str) {
        let seen = eventually(A_SLOW_MACHINE, || self.has(whose, what).then_some(()));
        assert!(
            seen.is_some(),
            "no {what} of {whose} in {:#?}",
            self.lines.lock()
        );
    }

    /// Ctrl+C is a clean end.
    fn end(mut self) {
        let id = i32::try_from(self.child.id()).expect("process ids are small");
        // SAFETY: kill takes two numbers and touches no memory of ours; the process is our child.
        assert_eq!(unsafe { libc::kill(id, libc::SIGINT) }, 0);
        let ended = self.child.wait().expect("it ends");
        assert!(ended.success(), "{ended:?}");
    }
}
