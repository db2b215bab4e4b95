//! Call-backs, and the calls that agents make.

use crate::house::House;
use axum::http::StatusCode;
use kring_call::command::{Command, CommandRefused, Done};
use kring_journal::{AgentId, CallId, CallerRef, WallTime};
use kring_store::{CallBackRow, Role};
use serde_json::json;

fn row(n: u64, next_at: Option<i64>, placed: Option<CallId>) -> CallBackRow {
    CallBackRow {
        asked: CallId::new(1_795_000_000_000, u128::from(n)),
        caller: CallerRef::new(n),
        queue: "support".to_owned(),
        trunk: "pbx".to_owned(),
        did: "1203".to_owned(),
        since: WallTime(1_795_000_000_000_000 + n as i64),
        tries: n as u8,
        next_at: next_at.map(WallTime),
        placed,
    }
}

#[tokio::test]
async fn call_backs_are_listed_for_supervisors() {
    let house = House::open().await;
    house.agent("boss", Role::Supervisor).await;
    house.agent("somsri", Role::Agent).await;
    let rows = [
        row(0, None, None),
        row(1, Some(i64::MAX / 2_000), None),
        row(2, None, Some(CallId::new(1, 1))),
    ];
    house.store.keep_call_backs(&rows, &[]).await.unwrap();
    let cookie = house.cookie("boss").await;
    let reply = house.get("/api/v1/callbacks", &cookie).await;
    assert_eq!(reply.status, StatusCode::OK);
    let items = reply.json["items"].as_array().unwrap();
    let states: Vec<_> = items
        .iter()
        .map(|item| item["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["waiting", "resting", "calling"]);
    assert_eq!(items[1]["tries"], 1);
    assert_eq!(items[0]["number"], json!(null), "it was erased");
    let cookie = house.cookie("somsri").await;
    let reply = house.get("/api/v1/callbacks", &cookie).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_supervisor_takes_a_call_back_back() {
    let house = House::open().await;
    house.agent("boss", Role::Supervisor).await;
    let cookie = house.cookie("boss").await;
    let asked = row(1, None, None).asked;
    let path = format!("/api/v1/callbacks/{asked}");
    let reply = house.delete(&path, &cookie).await;
    assert_eq!(reply.status, StatusCode::OK);
    let told = format!("{:?}", Command::CancelCallBack(asked));
    assert!(house.commands().contains(&told));
    house.exchange_says(|_| Err(CommandRefused::NoSuchCallBack));
    let reply = house.delete(&path, &cookie).await;
    assert_eq!(
        (reply.status, reply.code()),
        (StatusCode::NOT_FOUND, "no_such_callback")
    );
}

#[tokio::test]
async fn an_agent_calls_a_person() {
    let house = House::open().await;
    house.agent("somsri", Role::Agent).await;
    let cookie = house.cookie("somsri").await;
    house.exchange_says(|command| match command {
        Command::Call { .. } => Ok(Done::Placed(CallId::new(5, 5))),
        _ => Ok(Done::Ok),
    });
    let whom = json!({ "number": "๐๘๑-๒๓๔-๕๖๗๘" });
    let reply = house.post("/api/v1/calls", &cookie, whom).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
    assert_eq!(reply.json["id"], CallId::new(5, 5).to_string());
    let asked = Command::Call {
        agent: AgentId::new("somsri"),
        number: "0812345678".to_owned(),
        case_id: None,
    };
    assert!(house.commands().contains(&format!("{asked:?}")));
    let odd = json!({ "number": "malee" });
    let reply = house.post("/api/v1/calls", &cookie, odd).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (422, "bad_field"));
    let unknown = json!({ "number": "0812345678", "case_id": "01KB6R2D8Q3V5W7X9YABCDEFGH" });
    let reply = house.post("/api/v1/calls", &cookie, unknown).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (404, "no_such_case"));
}

#[tokio::test]
async fn what_may_not_be_called_is_said_by_code() {
    let house = House::open().await;
    house.agent("somsri", Role::Agent).await;
    let cookie = house.cookie("somsri").await;
    let whom = json!({ "number": "0019001234567" });
    house.exchange_says(|_| Err(CommandRefused::NumberNotAllowed));
    let reply = house.post("/api/v1/calls", &cookie, whom.clone()).await;
    assert_eq!(
        (reply.status.as_u16(), reply.code()),
        (422, "number_not_allowed")
    );
    house.exchange_says(|_| Err(CommandRefused::AgentBusy));
    let reply = house.post("/api/v1/calls", &cookie, whom).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (409, "agent_busy"));
}
