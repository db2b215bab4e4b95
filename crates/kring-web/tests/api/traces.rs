//! The SIP messages of a call as a ladder and as a capture: live ones, stored ones, and for whom.

use crate::house::{House, ended, patient};
use axum::http::StatusCode;
use bytes::Bytes;
use kring_journal::{CallId, WallTime};
use kring_store::{Role, TraceRow};
use kring_web::{Carrier, LiveTraces, Side, Trace, TraceMessage, TraceParty, WebConfig};
use serde_json::{Value, json};
use std::{
    process::Command,
    sync::{Arc, Mutex},
};

const T0: i64 = 1_795_421_520_000_000;

fn message(at_us: i64, sent: bool, party: usize, carrier: Carrier, start: &str) -> TraceMessage {
    let label = match start.strip_prefix("SIP/2.0 ") {
        Some(status) => status.to_owned(),
        None => start.split(' ').next().unwrap().to_owned(),
    };
    let text = format!(
        "{start}\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK77ef4c\r\nMax-Forwards: 70\r\n\
         From: \"สมชาย\" <sip:0812345678@192.0.2.10>;tag=a48s\r\nTo: <sip:1203@192.0.2.20>\r\n\
         Call-ID: leg-{party}\r\nCSeq: 1 INVITE\r\nContact: <sip:0812345678@192.0.2.10>\r\n\
         Content-Length: 0\r\n\r\n"
    );
    let theirs = [
        "192.0.2.10:5060",
        "192.0.2.31:40001",
        "[2001:db8::31]:40002",
    ][party];
    TraceMessage {
        at: WallTime(T0 + at_us),
        sent,
        carrier,
        ours: "192.0.2.20:5060".parse().unwrap(),
        theirs: theirs.parse().unwrap(),
        party,
        label,
        cseq: "1 INVITE".into(),
        sdp: start.starts_with("INVITE"),
        bytes: Bytes::from(text),
    }
}

fn trace() -> Trace {
    let party = |side, name: &str, call_id: &str| TraceParty {
        side,
        name: name.into(),
        call_id: call_id.into(),
    };
    Trace {
        parties: vec![
            party(Side::Caller, "pbx", "leg-0"),
            party(Side::Phone, "somsri", "leg-1"),
            party(Side::Phone, "anan", "leg-2"),
        ],
        messages: vec![
            message(
                0,
                false,
                0,
                Carrier::Udp,
                "INVITE sip:1203@192.0.2.20 SIP/2.0",
            ),
            message(
                900,
                true,
                1,
                Carrier::Tcp,
                "INVITE sip:5021@192.0.2.31 SIP/2.0",
            ),
            message(
                950,
                true,
                2,
                Carrier::Tls,
                "INVITE sip:5022@[2001:db8::31] SIP/2.0",
            ),
            message(1_000, true, 0, Carrier::Udp, "SIP/2.0 180 Ringing"),
            message(80_000, false, 1, Carrier::Tcp, "SIP/2.0 180 Ringing"),
            message(81_000, false, 2, Carrier::Tls, "SIP/2.0 180 Ringing"),
            message(
                500_000,
                false,
                0,
                Carrier::Udp,
                "INVITE sip:1203@192.0.2.20 SIP/2.0",
            ),
        ],
        left_out: 0,
        gap_after: 7,
    }
}

/// A house whose memory has the trace of this one call.
async fn house_with(live: Arc<Mutex<Option<(CallId, Trace)>>>) -> House {
    let look = move |call: CallId| {
        let live = live.lock().unwrap();
        live.as_ref()
            .filter(|(id, _)| *id == call)
            .map(|(_, trace)| trace.clone())
    };
    let config = WebConfig {
        traces: LiveTraces::new(look),
        ..WebConfig::default()
    };
    House::open_with(patient(), config).await
}

#[tokio::test]
async fn the_ladder_of_a_live_call_tells_who_said_what_when() {
    let live = Arc::default();
    let house = house_with(Arc::clone(&live)).await;
    house.agent("boss", Role::Supervisor).await;
    let boss = house.cookie("boss").await;
    let call = house.call_from("0812345678");
    let path = format!("/api/v1/calls/{call}/ladder");
    assert_eq!(house.get(&path, &boss).await.code(), "no_trace");
    *live.lock().unwrap() = Some((call, trace()));

    let ladder = house.get(&path, &boss).await;
    assert_eq!(ladder.status, StatusCode::OK, "{ladder:?}");
    assert_eq!(ladder.json["live"], true);
    let columns: Vec<Value> = ladder.json["parties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|party| json!([party["id"], party["kind"], party["name"]]))
        .collect();
    assert_eq!(
        columns,
        [
            json!(["caller", "trunk", "pbx"]),
            json!(["kring", "kring", "kring"]),
            json!(["phone-1", "phone", "somsri"]),
            json!(["phone-2", "phone", "anan"]),
        ]
    );
    assert_eq!(ladder.json["parties"][2]["address"], "tcp:192.0.2.31:40001");
    let first = &ladder.json["messages"][0];
    assert_eq!(
        (
            &first["from"],
            &first["to"],
            &first["label"],
            &first["cseq"]
        ),
        (
            &json!("caller"),
            &json!("kring"),
            &json!("INVITE"),
            &json!("1 INVITE")
        )
    );
    assert_eq!(first["at"], "2026-11-23T08:12:00.000000Z");
    assert_eq!(first["delta_ms"], 0.0);
    assert_eq!(first["sdp"], true);
    assert_eq!(first["call_id"], "leg-0");
    assert!(first.get("raw").is_none());
    let ringing = &ladder.json["messages"][3];
    assert_eq!(
        (&ringing["from"], &ringing["to"]),
        (&json!("kring"), &json!("caller"))
    );
    assert_eq!(ringing["label"], "180 Ringing");
    assert_eq!(ladder.json["messages"][1]["delta_ms"], 0.9);
    let again: Vec<bool> = (0..7)
        .map(|n| {
            ladder.json["messages"][n]["retransmission"]
                .as_bool()
                .unwrap()
        })
        .collect();
    assert_eq!(again, [false, false, false, false, false, false, true]);

    let raw = house.get(&format!("{path}?raw=1"), &boss).await;
    let text = raw.json["messages"][0]["raw"].as_str().unwrap();
    assert!(text.starts_with("INVITE sip:1203@192.0.2.20 SIP/2.0\r\n"));
    let unknown = house.get(&format!("{path}?row=1"), &boss).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_stored_trace_is_shown_to_those_who_look_for_faults_and_to_nobody_else() {
    let house = house_with(Arc::default()).await;
    for (login, role) in [
        ("boss", Role::Supervisor),
        ("root", Role::Admin),
        ("watcher", Role::Auditor),
        ("somsri", Role::Agent),
        ("tipper", Role::TipOfficer),
        ("desk", Role::UnitOfficer),
    ] {
        house.agent(login, role).await;
    }
    let call = house.call_from("0812345678");
    house.happens(Some(call), ended());
    house.written().await;
    let row = TraceRow {
        call,
        kept_at: WallTime(T0),
        messages: 7,
        packed: trace().pack(),
    };
    house.store.keep_traces(&[row]).await.unwrap();
    for path in ["ladder", "pcap"] {
        let path = format!("/api/v1/calls/{call}/{path}");
        for login in ["boss", "root", "watcher"] {
            let told = house.get(&path, &house.cookie(login).await).await;
            assert_eq!(told.status, StatusCode::OK, "{login} {path}: {told:?}");
        }
        for login in ["somsri", "tipper", "desk"] {
            let told = house.get(&path, &house.cookie(login).await).await;
            assert_eq!(told.code(), "forbidden", "{login} {path}");
        }
        assert_eq!(house.get(&path, "").await.code(), "sign_in_needed");
    }
    let boss = house.cookie("boss").await;
    let ladder = house
        .get(&format!("/api/v1/calls/{call}/ladder"), &boss)
        .await;
    assert_eq!(ladder.json["live"], false);
    assert_eq!(ladder.json["messages"].as_array().unwrap().len(), 7);
    let nobody = CallId::new(1, 1);
    let path = format!("/api/v1/calls/{nobody}/ladder");
    assert_eq!(house.get(&path, &boss).await.code(), "no_such_call");

    let broken = TraceRow {
        call,
        kept_at: WallTime(T0),
        messages: 0,
        packed: b"no gzip".to_vec(),
    };
    house.store.keep_traces(&[broken]).await.unwrap();
    let told = house
        .get(&format!("/api/v1/calls/{call}/pcap"), &boss)
        .await;
    assert_eq!(told.code(), "internal");
}

#[tokio::test]
async fn wireshark_shows_every_message_of_the_capture_as_sip() {
    let live = Arc::default();
    let house = house_with(Arc::clone(&live)).await;
    house.agent("boss", Role::Supervisor).await;
    let boss = house.cookie("boss").await;
    let call = house.call_from("0812345678");
    *live.lock().unwrap() = Some((call, trace()));

    let path = format!("/api/v1/calls/{call}/pcap");
    let told = house.get(&path, &boss).await;
    assert_eq!(told.status, StatusCode::OK);
    assert_eq!(told.header("content-type"), "application/vnd.tcpdump.pcap");
    assert!(
        told.header("content-disposition")
            .contains(&format!("{call}.pcap"))
    );
    let file = house.folder().join("call.pcap");
    std::fs::write(&file, house.get_bytes(&path, &boss).await).unwrap();

    let shown = Command::new("tshark")
        .args(["-r", file.to_str().unwrap(), "-Y", "sip", "-T", "fields"])
        .args(["-e", "frame.time_epoch", "-e", "ip.src", "-e", "ipv6.src"])
        .args([
            "-e",
            "sip.Method",
            "-e",
            "sip.Status-Code",
            "-e",
            "_ws.col.Protocol",
        ])
        .output()
        .expect("tshark is installed (Debian: tshark)");
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 7, "{shown}");
    assert!(lines[0].starts_with("1795421520.000000") && lines[0].contains("192.0.2.10"));
    assert!(lines[1].contains("192.0.2.20") && lines[1].contains("INVITE"));
    assert!(lines[5].contains("2001:db8::31") && lines[5].contains("180"));
}
