//! Recorded calls over REST and on the screens: who may begin, hear and erase them.

use crate::house::{House, Page, answered, invited, patient, request};
use axum::http::StatusCode;
use kring_journal::{AgentId, CallId, Fact, RecordedWhy, RecordingFault, RecordingStep, WallTime};
use kring_store::{RecordingEnd, RecordingState, Role};
use kring_web::{RecordingMissing, RecordingWanted, Recordings, WebConfig};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// A WAV of 44 bytes and 6,400 of sound, byte n of which is n.
fn files() -> Recordings {
    Recordings::new(|wanted: RecordingWanted| {
        Box::pin(async move {
            if wanted.sound != 6_400 {
                return Err(RecordingMissing::Gone);
            }
            let (pieces, taken) = mpsc::channel(4);
            let bytes = (wanted.from..wanted.from + wanted.length).map(|n| n as u8);
            pieces.try_send(Ok(bytes.collect())).unwrap();
            Ok(taken)
        })
    })
}

async fn house() -> House {
    let web = WebConfig {
        recordings: files(),
        ..WebConfig::default()
    };
    House::open_with(patient(), web).await
}

async fn person(house: &House, login: &str, role: Role) -> String {
    house.agent(login, role).await;
    house.cookie(login).await
}

fn ended(sound: i64) -> RecordingEnd {
    RecordingEnd {
        state: RecordingState::Kept,
        sound,
        bytes: sound + 200,
        sha256: "ab".repeat(32),
        missing_ms: 0,
        peak_ms: 100,
        peaks: "7f000010".to_owned(),
        pauses: vec![(10, 20)],
    }
}

/// A call that somsri had, recorded.
async fn recorded(house: &House, sound: i64) -> CallId {
    let call = house.call_from("0898765432");
    let agent = AgentId::new("somsri");
    house.happens(Some(call), invited(&agent));
    house.happens(Some(call), answered(&agent));
    let store = &house.store;
    store.recording_begun(call, WallTime(0)).await.unwrap();
    store.recording_ended(call, &ended(sound)).await.unwrap();
    call
}

#[tokio::test]
async fn a_recording_is_heard_in_parts_by_those_who_may_and_that_is_audited() {
    let house = house().await;
    let (_, agent) = house.signed_in("somsri").await;
    let supervisor = person(&house, "wilai", Role::Supervisor).await;
    let call = recorded(&house, 6_400).await;
    let path = format!("/api/v1/calls/{call}/recording");
    assert_eq!(house.get(&path, &agent).await.code(), "forbidden");
    let info = house.get(&format!("{path}/info"), &agent).await;
    assert_eq!(info.json["may_hear"], json!(false));
    let info = house.get(&format!("{path}/info"), &supervisor).await.json;
    assert_eq!(
        (
            &info["state"],
            &info["duration_ms"],
            &info["caller"],
            &info["heard"]
        ),
        (
            &json!("kept"),
            &json!(200),
            &json!([127, 0]),
            &json!([0, 16])
        )
    );
    assert_eq!(info["pauses"], json!([{"from_ms": 10, "to_ms": 20}]));
    let whole = house.get(&path, &supervisor).await;
    assert_eq!(whole.status, StatusCode::OK);
    assert_eq!(whole.header("content-type"), "audio/wav");
    assert_eq!(whole.header("content-length"), "6444");
    let part = house
        .send(request(
            "GET",
            &path,
            &supervisor,
            &Value::Null,
            &[("range", "bytes=100-199")],
        ))
        .await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.header("content-range"), "bytes 100-199/6444");
    assert_eq!(part.header("content-length"), "100");
    let beyond = house
        .send(request(
            "GET",
            &path,
            &supervisor,
            &Value::Null,
            &[("range", "bytes=7000-")],
        ))
        .await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let admin = person(&house, "chief", Role::Admin).await;
    let audit = house
        .get("/api/v1/audit?action=recording.hear", &admin)
        .await
        .json;
    assert_eq!(
        audit["items"].as_array().unwrap().len(),
        1,
        "once for its beginning: {audit}"
    );
    assert_eq!(audit["items"][0]["subject"], json!(call.to_string()));
}

#[tokio::test]
async fn what_is_not_there_says_so_and_what_is_erased_stays_so() {
    let house = house().await;
    let (_, agent) = house.signed_in("somsri").await;
    let supervisor = person(&house, "wilai", Role::Supervisor).await;
    let dpo = person(&house, "dao", Role::Dpo).await;
    let lost = recorded(&house, 9_999).await;
    let lost = format!("/api/v1/calls/{lost}/recording");
    assert_eq!(house.get(&lost, &supervisor).await.code(), "recording_gone");
    let never = house.call_from("0811111111");
    let never = format!("/api/v1/calls/{never}/recording");
    assert_eq!(house.get(&never, &supervisor).await.code(), "no_recording");
    let call = recorded(&house, 6_400).await;
    let path = format!("/api/v1/calls/{call}/recording");
    let erase = async |who: &str, reason: &str| {
        let body = json!({ "reason": reason });
        house.send(request("DELETE", &path, who, &body, &[])).await
    };
    assert_eq!(erase(&agent, "x").await.status, StatusCode::FORBIDDEN);
    assert_eq!(erase(&supervisor, "x").await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        erase(&dpo, " ").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        erase(&dpo, "the caller asks").await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(house.get(&path, &supervisor).await.status, StatusCode::GONE);
    let info = house.get(&format!("{path}/info"), &supervisor).await.json;
    assert_eq!(info["erased"]["reason"], json!("the caller asks"));
    assert_eq!(info["caller"], json!([]));
}

/// A page that comes back sees it as it is, and supervisors hear of a recording that fails.
#[tokio::test]
async fn a_recording_is_told_remembered_and_its_failure_raises_an_alert() {
    let house = house().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let supervisor = person(&house, "wilai", Role::Supervisor).await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    let (mut watch, _) = Page::hello(at, &supervisor, json!({})).await;
    let call = house.call_from("0898765432");
    house.happens(Some(call), invited(&agent));
    house.happens(Some(call), answered(&agent));
    let step = |step| Fact::Recording(step);
    let started = RecordingStep::Started {
        why: RecordedWhy::Queue,
        by: None,
        notice: true,
    };
    house.happens(Some(call), step(started));
    assert_eq!(
        page.hear_of("call.recording").await["d"]["state"],
        "recording"
    );
    let by = agent.clone();
    house.happens(Some(call), step(RecordingStep::Paused { by }));
    assert_eq!(page.hear_of("call.recording").await["d"]["state"], "paused");
    let (_, welcome) = Page::hello(at, &cookie, json!({})).await;
    assert_eq!(welcome["snapshot"]["call"]["recording"], "paused");
    let why = RecordingFault::DiskFull;
    house.happens(Some(call), step(RecordingStep::Failed { why, kept: None }));
    let alert = watch.hear_of("alert").await;
    assert_eq!(alert["d"]["code"], "recording_failed");
}
