//! The configuration is read again while callers wait: SIGHUP and REST, a good file and a bad one.

use crate::{
    kring::{Kring, binary, eventually, free_port},
    parts::{caller_is_answered, phone_answers, phone_rings},
    scenario::PLAIN,
};
use serde_json::{Value, json};
use std::{process::Command, time::Duration};

/// Rings of a second, so that a caller waits after three.
const TABLES: &str = "[agent]\nwrapup_s = 0\n[ring]\ncadence_on_ms = 200\ncadence_off_ms = 800\nguard_ms = 300\n\
                      [[queue]]\nname = \"support\"\ndid = [\"1203\"]\nmembers = [\"malee\"]\n";

/// Nobody is dropped by either file; the bad one changes nothing, and the good one has the caller served
/// by a member who is new.
#[test]
fn callers_wait_while_the_configuration_is_read_again() {
    let ports = [free_port(), free_port()];
    let agents = [("malee", ports[0]), ("somchai", ports[1])];
    let (kring, _agents) = Kring::with_agents(TABLES, &agents);
    let file = kring.folder.path().join("kring.toml");
    let good = std::fs::read_to_string(&file).expect("it was written");
    let rings = kring.phone("malee", ports[0], &phone_rings());
    let answers = kring.phone("somchai", ports[1], &phone_answers(300));
    let waits = caller_is_answered()
        .waits(20_000)
        .says("BYE", PLAIN, "")
        .hears("200");
    let caller = kring.caller("caller", &waits);
    kring.journal_until("queued     place 1");
    rings.finish();

    let bad = good.replace(
        "members = [\"malee\"]",
        "members = [\"malee\"]\nplan = [\"all:7\"]",
    );
    std::fs::write(&file, bad).expect("the folder is writable");
    kring.hangs_up();
    let unread = "unread     configuration: 1 mistake, the one in force stays";
    journal_until(&kring, &good, unread);
    let told = kring.post("/api/v1/settings/reload");
    assert_eq!(told.status, 422, "{told:?}");
    let problem: Value = serde_json::from_str(&told.body).expect("JSON");
    assert_eq!(problem["code"], "bad_configuration");
    let complaint = problem["complaints"][0].as_str().expect("a line");
    assert!(
        complaint.contains("queue.plan: the plan's rings add up to 7"),
        "{complaint}"
    );
    assert_eq!(kring.newest_call("state", "waiting")["outcome"], "rescued");

    let changed = good
        .replace(
            "members = [\"malee\"]",
            "members = [\"malee\", \"somchai\"]\nplan = [\"all:3\"]",
        )
        .replace("dead_after_s = 90", "dead_after_s = 91");
    let law = "[[queue]]\nname = \"law\"\ndid = [\"1500\"]\ndeadline_action = \"announce_busy\"\n";
    std::fs::write(&file, format!("{changed}\n{law}")).expect("the folder is writable");
    let told = kring.post("/api/v1/settings/reload");
    let done: Value = serde_json::from_str(&told.body).expect("JSON");
    assert_eq!(
        done,
        json!({"changed": ["queue support", "queue law added"], "needs_restart": ["media"]})
    );
    kring.journal_until("served     somchai");

    std::fs::write(&file, good).expect("the folder is writable");
    kring.hangs_up();
    kring.journal_until("configured queue law retired, queue support");
    caller.finish();
    answers.finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(
        (&call["agent"], &call["ended_by"]),
        (&"somchai".into(), &"caller".into())
    );
    kring.metrics_until("kring_queue_calls{queue=\"support\"} 0");
    kring.verify_journal();
    evidence(&kring, call["id"].as_str().expect("an id"));
}

/// Reads the journal by this configuration, until it contains `last`: the daemon's own cannot be read.
fn journal_until(kring: &Kring, config: &str, last: &str) {
    let reader = kring.folder.path().join("reader.toml");
    std::fs::write(&reader, config).expect("the folder is writable");
    let read = || {
        let mut command = Command::new(binary());
        let read = command.arg("--config").arg(&reader).arg("journal").output();
        let text = String::from_utf8_lossy(&read.expect("it runs").stdout).into_owned();
        text.contains(last).then_some(())
    };
    eventually(Duration::from_secs(20), read).unwrap_or_else(|| panic!("no {last:?}"));
}

/// The whole story in both languages, and the seal computed again.
fn evidence(kring: &Kring, id: &str) {
    let told = crate::kring::run(&kring.folder, &["journal", "--call", id], "");
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    for line in [
        "ดัง ๓ ครั้ง ไม่มีเจ้าหน้าที่รับ ระบบรับสายใน",
        "Rang three times, nobody answered, kring answered after 2.8 s",
        "somchai answered after",
    ] {
        assert!(told.contains(line), "no {line:?} in\n{told}");
    }
    let thai = crate::kring::run(
        &kring.folder,
        &["journal", "--call", id, "--lang", "th"],
        "",
    );
    assert!(!String::from_utf8_lossy(&thai.stdout).contains("Rang three times"));
    let sealed = crate::kring::run(&kring.folder, &["journal", "--call", id, "--verify"], "");
    assert!(sealed.status.success(), "{sealed:?}");
    let sealed = String::from_utf8_lossy(&sealed.stdout).into_owned();
    assert!(
        sealed.starts_with(&format!("call {id} is whole: ")),
        "{sealed}"
    );
    let evidence = kring.get(&format!("/api/v1/calls/{id}/evidence"));
    let evidence: Value = serde_json::from_str(&evidence.body).expect("JSON");
    assert_eq!(evidence["chain"]["whole"], true, "{evidence}");
    assert_eq!(evidence["kept"]["served"]["agent"], "somchai");
}
