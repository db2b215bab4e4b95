//! A supervisor hears a call: what is asked of the exchange, and what the agent and the supervisor are told.

use crate::house::{House, Page, Say, answered, ended, invited};
use axum::http::StatusCode;
use kring_call::command::{Command, CommandRefused, Done};
use kring_journal::{AgentId, Fact, MonitorEnd, MonitorId, MonitorMode, MonitorState, Monitored};
use kring_store::Role;
use serde_json::{Value, json};

fn monitored(mode: MonitorMode, state: MonitorState, agent: &AgentId, told: bool) -> Fact {
    Fact::Monitored(Monitored {
        monitor: MonitorId::new(7, 7),
        by: AgentId::new("wilai"),
        mode,
        state,
        agent: Some(agent.clone()),
        told,
        why: (state == MonitorState::Ended).then_some(MonitorEnd::Left),
        heard_ms: None,
    })
}

/// The mode goes to the exchange, and to the audit; its refusals have codes of their own.
#[tokio::test]
async fn a_supervisor_asks_to_hear_a_call() {
    let house = House::open().await;
    house.agent("wilai", Role::Supervisor).await;
    let wilai = house.cookie("wilai").await;
    let call = house.call_from("0898765432");
    let path = format!("/api/v1/calls/{call}/monitor");

    house.exchange_says(|command| match command {
        Command::Monitor { mode, .. } => {
            let state = match mode {
                MonitorMode::Listen => MonitorState::Ringing,
                MonitorMode::Whisper | MonitorMode::Barge => MonitorState::On,
            };
            Ok(Done::Monitoring(MonitorId::new(7, 7), state))
        }
        _ => Ok(Done::Ok),
    });
    for (mode, state) in [("listen", "ringing"), ("whisper", "on"), ("barge", "on")] {
        let told = house.post(&path, &wilai, json!({ "mode": mode })).await;
        assert_eq!(told.status, StatusCode::ACCEPTED, "{}", told.text);
        assert_eq!(told.json["state"], state);
        assert_eq!(told.json["monitor_id"], MonitorId::new(7, 7).to_string());
    }
    house
        .await_command("Monitor { by: AgentId(\"wilai\")")
        .await;
    let over = house.delete(&path, &wilai).await;
    assert_eq!(over.status, StatusCode::NO_CONTENT);
    house.await_command("EndMonitor").await;

    let admin = house.administrator().await;
    let audit = house.get("/api/v1/audit", &admin).await;
    for what in ["call.listen", "call.whisper", "call.barge"] {
        assert!(audit.text.contains(what), "{what}: {}", audit.text);
    }

    let refusals: [(Say, &str); 5] = [
        (|_| Err(CommandRefused::NoDevice), "no_device"),
        (|_| Err(CommandRefused::CallGone), "call_gone"),
        (|_| Err(CommandRefused::Monitored), "monitored"),
        (|_| Err(CommandRefused::CannotListen), "cannot_listen"),
        (|_| Err(CommandRefused::PhoneAway), "phone_away"),
    ];
    for (says, code) in refusals {
        house.exchange_says(says);
        let told = house.post(&path, &wilai, json!({"mode": "listen"})).await;
        assert_eq!((told.status, told.code()), (StatusCode::CONFLICT, code));
    }
    let wrong = house.post(&path, &wilai, json!({"mode": "spy"})).await;
    assert!(wrong.status.is_client_error(), "{}", wrong.text);
}

/// The agent is told where the house has it so, also after a reload, and until it is over; the supervisor sees how far
/// it is, and the wallboard shows it to those who watch over others.
#[tokio::test]
async fn an_agent_is_told_who_listens() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    house.agent("wilai", Role::Supervisor).await;
    let wilai = house.cookie("wilai").await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    let (mut hers, _) = Page::hello(at, &wilai, json!({})).await;
    let call = house.call_from("0898765432");
    house.happens(Some(call), invited(&agent));
    house.happens(Some(call), answered(&agent));
    page.hear_of("call.answered").await;

    let ringing = monitored(MonitorMode::Listen, MonitorState::Ringing, &agent, false);
    house.happens(Some(call), ringing);
    assert_eq!(
        hers.hear_of("call.monitoring").await["d"]["state"],
        "ringing"
    );
    house.happens(
        Some(call),
        monitored(MonitorMode::Whisper, MonitorState::On, &agent, true),
    );
    let told = page.hear_of("call.monitored").await;
    assert_eq!(
        told["d"],
        json!({"by": "wilai", "mode": "whisper", "state": "on"})
    );
    let told = hers.hear_of("call.monitoring").await;
    assert_eq!(told["d"], json!({"mode": "whisper", "state": "on"}));

    let (_, welcome) = Page::hello(at, &cookie, json!({})).await;
    let shown = &welcome["snapshot"]["call"]["monitored"];
    assert_eq!(shown["mode"], "whisper", "{welcome}");
    let board = house.get("/api/v1/wallboard", &wilai).await;
    assert_eq!(
        board.json["calls"][0]["monitor"]["by"], "wilai",
        "{}",
        board.text
    );
    let board = house.get("/api/v1/wallboard", &cookie).await;
    assert_eq!(
        board.json["calls"][0]["monitor"],
        Value::Null,
        "{}",
        board.text
    );
    let path = format!("/api/v1/calls/{call}/monitor");
    let now = house.get(&path, &wilai).await;
    assert_eq!(now.json["monitor"]["mode"], "whisper", "{}", now.text);
    assert_eq!(house.get(&path, &cookie).await.code(), "forbidden");

    // To listen alone this agent is not told, so the sign goes.
    house.happens(
        Some(call),
        monitored(MonitorMode::Listen, MonitorState::On, &agent, false),
    );
    assert_eq!(page.hear_of("call.monitored").await["d"]["state"], "ended");
    house.happens(
        Some(call),
        monitored(MonitorMode::Barge, MonitorState::On, &agent, true),
    );
    assert_eq!(page.hear_of("call.monitored").await["d"]["mode"], "barge");
    house.happens(
        Some(call),
        monitored(MonitorMode::Barge, MonitorState::Ended, &agent, true),
    );
    assert_eq!(page.hear_of("call.monitored").await["d"]["state"], "ended");
    let (_, welcome) = Page::hello(at, &cookie, json!({})).await;
    assert!(
        welcome["snapshot"]["call"]["monitored"].is_null(),
        "{welcome}"
    );
    house.happens(Some(call), ended());
}
