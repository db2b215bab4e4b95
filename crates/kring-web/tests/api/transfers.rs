//! Transfers and consults: what is asked of the exchange, and what pages and programs are told.

use crate::house::{House, Page, answered, ended, wrap_up_opened};
use axum::http::StatusCode;
use kring_call::command::{Command, CommandRefused, ConsultTurn, Done, PlaceOrigin};
use kring_journal::{
    AgentId, BackWith, CallId, Fact, Transfer, TransferId, TransferMode, TransferOver,
    TransferStep, TransferWay,
};
use kring_store::Role;
use serde_json::{Value, json};

fn id() -> TransferId {
    TransferId::new(7, 7)
}

fn step(step: TransferStep) -> Fact {
    Fact::Transfer(Transfer {
        transfer: id(),
        step,
    })
}

fn asked(agent: &AgentId, mode: TransferMode) -> Fact {
    step(TransferStep::Asked {
        agent: agent.clone(),
        mode,
        way: TransferWay::Bridge,
        department: Some("DFT".to_owned()),
        to: "1500".to_owned(),
        reason: None,
        by_phone: false,
    })
}

/// A unit with one desk, which is open at these hours.
async fn unit(house: &House, hours: &str) -> String {
    house.agent("boss", Role::Admin).await;
    let boss = house.cookie("boss").await;
    let unit = json!({ "name_th": "หน่วยทดสอบ", "name_en": "Test unit", "short": "TEST"});
    let unit = house.post("/api/v1/departments", &boss, unit).await;
    assert_eq!(unit.status, StatusCode::CREATED, "{}", unit.text);
    let id = unit.json["id"].as_str().unwrap().to_owned();
    let hours = json!({ "hours": hours, "exceptions": [] });
    let path = format!("/api/v1/departments/{id}/hours");
    let set = house
        .put(&path, &boss, hours, &[("if-match", "\"1\"")])
        .await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    let path = format!("/api/v1/departments/{id}/endpoints");
    let desk = json!({ "label": "โต๊ะหน้า", "extension": "1500", "rings": 2 });
    let desk = house.post(&path, &boss, desk).await;
    assert_eq!(desk.status, StatusCode::CREATED, "{}", desk.text);
    id
}

#[tokio::test]
async fn a_caller_is_sent_to_a_unit() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let unit = unit(&house, "always").await;
    let call = house.call_taken(&agent, "0812345678");
    house.exchange_says(|command| match command {
        Command::Transfer { wanted, .. } => {
            assert_eq!(wanted.department.as_deref(), Some("TEST"));
            assert_eq!(
                (wanted.places[0].number.as_str(), wanted.places[0].rings),
                ("1500", 2)
            );
            assert_eq!(wanted.origin, PlaceOrigin::Directory);
            Ok(Done::Transferring(id()))
        }
        _ => Ok(Done::Ok),
    });
    let path = format!("/api/v1/calls/{call}/transfer");
    let wanted =
        json!({ "department_id": unit, "mode": "blind", "reason": "legal", "note": "ใบอนุญาต" });
    let reply = house.post(&path, &cookie, wanted).await;
    assert_eq!(reply.status, StatusCode::ACCEPTED, "{}", reply.text);
    assert_eq!(
        reply.json,
        json!({ "transfer_id": id().to_string(), "state": "requested" })
    );

    // The same desk by its number is the unit's.
    let reply = house
        .post(&path, &cookie, json!({ "extension": "1500" }))
        .await;
    assert_eq!(reply.status, StatusCode::ACCEPTED, "{}", reply.text);

    house.happens(Some(call), asked(&agent, TransferMode::Blind));
    house.happens(Some(call), step(TransferStep::Progress { code: 180 }));
    let path = format!("/api/v1/transfers/{}", id());
    let now = house.get(&path, &cookie).await.json;
    assert_eq!(
        (&now["state"], &now["target"]["extension"], &now["call"]),
        (&json!("ringing"), &json!("1500"), &json!(call.to_string()))
    );
    house.happens(
        Some(call),
        step(TransferStep::Over {
            why: TransferOver::Busy,
            code: 486,
            back: BackWith::Agent,
            took_ms: 4_200,
        }),
    );
    let now = house.get(&path, &cookie).await.json;
    assert_eq!(
        (&now["state"], &now["sip_code"], &now["elapsed_ms"]),
        (&json!("recalled"), &json!(486), &json!(4_200))
    );
}

#[tokio::test]
async fn a_unit_that_is_closed_says_when_it_opens() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let unit = unit(&house, "mon 03:00-03:01").await;
    let call = house.call_taken(&agent, "0812345678");
    house.exchange_says(|_| Ok(Done::Transferring(id())));
    let path = format!("/api/v1/calls/{call}/transfer");
    let reply = house
        .post(&path, &cookie, json!({ "department_id": unit }))
        .await;
    assert_eq!(
        (reply.status.as_u16(), reply.code()),
        (422, "department_closed")
    );
    assert!(reply.json.get("next_open").is_some(), "{}", reply.text);
    let forced = json!({ "department_id": unit, "if_closed": "force" });
    let reply = house.post(&path, &cookie, forced).await;
    assert_eq!(reply.status, StatusCode::ACCEPTED, "{}", reply.text);
}

#[tokio::test]
async fn what_cannot_be_transferred_is_said_by_code() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let call = house.call_taken(&agent, "0812345678");
    let path = format!("/api/v1/calls/{call}/transfer");
    let to = || json!({ "extension": "1500" });
    for (refused, status, code) in [
        (CommandRefused::CallGone, 409, "call_gone"),
        (
            CommandRefused::TransferInProgress,
            423,
            "transfer_in_progress",
        ),
        (CommandRefused::NotYourCall, 403, "not_yours"),
        (CommandRefused::NumberNotAllowed, 422, "number_not_allowed"),
    ] {
        let answer = refused.clone();
        house.exchange_says(match answer {
            CommandRefused::CallGone => |_| Err(CommandRefused::CallGone),
            CommandRefused::TransferInProgress => |_| Err(CommandRefused::TransferInProgress),
            CommandRefused::NotYourCall => |_| Err(CommandRefused::NotYourCall),
            _ => |_| Err(CommandRefused::NumberNotAllowed),
        });
        let reply = house.post(&path, &cookie, to()).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (status, code));
    }
    let nowhere = house
        .post(&path, &cookie, json!({ "department_id": "NOWHERE" }))
        .await;
    assert_eq!(
        (nowhere.status.as_u16(), nowhere.code()),
        (404, "no_such_department")
    );
    let nothing = house.post(&path, &cookie, json!({})).await;
    assert_eq!(
        (nothing.status.as_u16(), nothing.code()),
        (422, "no_target")
    );
    let unknown = format!("/api/v1/transfers/{}", TransferId::new(1, 1));
    assert_eq!(
        house.get(&unknown, &cookie).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_consult_is_turned_and_told() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let call = house.call_taken(&agent, "0812345678");
    for (word, turn) in [
        ("complete", ConsultTurn::Complete),
        ("cancel", ConsultTurn::Cancel),
        ("swap", ConsultTurn::Swap),
        ("conference", ConsultTurn::Conference),
    ] {
        let path = format!("/api/v1/calls/{call}/consult/{word}");
        let reply = house.post(&path, &cookie, Value::Null).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        let agent = Some(agent.clone());
        let told = format!("{:?}", Command::Consult { agent, call, turn });
        assert!(house.commands().contains(&told));
    }
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    house.happens(Some(call), asked(&agent, TransferMode::Attended));
    let frame = page.hear_of("consult.started").await;
    assert_eq!(frame["d"]["to"], "1500");
    house.happens(
        Some(call),
        step(TransferStep::Consulting {
            to: "1500".to_owned(),
        }),
    );
    assert_eq!(page.hear_of("consult.answered").await["d"]["to"], "1500");
    house.happens(
        Some(call),
        step(TransferStep::Done {
            to: "1500".to_owned(),
            talk_ms: 9_000,
            took_ms: 5_000,
        }),
    );
    assert_eq!(
        page.hear_of("transfer.progress").await["d"]["state"],
        "answered"
    );
    let frame = page.hear_of("call.ended").await;
    assert_eq!(frame["d"]["transferred_to"], "1500");
    house.happens(Some(call), wrap_up_opened(&agent));
    page.hear_of("wrapup.opened").await;
    // The caller and the unit hang up later: that is no news for the agent.
    house.happens(Some(call), ended());
    let other = house.call_taken(&agent, "0899999999");
    let next = page.hear_of("call.answered").await;
    assert_eq!(next["call"], other.to_string());
}

#[tokio::test]
async fn whose_caller_is_back_hears_why() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let call: CallId = house.call_from("0812345678");
    house.happens(Some(call), answered(&agent));
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    house.happens(Some(call), asked(&agent, TransferMode::Blind));
    assert_eq!(
        page.hear_of("transfer.progress").await["d"]["state"],
        "requested"
    );
    house.happens(
        Some(call),
        step(TransferStep::Over {
            why: TransferOver::NoAnswer,
            code: 0,
            back: BackWith::Agent,
            took_ms: 14_500,
        }),
    );
    let frame = page.hear_of("transfer.progress").await;
    assert_eq!(frame["d"]["state"], "recalled");
    assert!(
        frame["d"]["text_th"]
            .as_str()
            .unwrap()
            .contains("ไม่มีผู้รับสาย")
    );
    assert_eq!(
        page.hear_of("transfer.recalled").await["d"]["reason"],
        "no_answer"
    );
}

/// The officer works here, too: their screen shows who comes, and lets it go when it is over.
#[tokio::test]
async fn an_officer_sees_who_is_sent_to_them() {
    let house = House::open().await;
    let (agent, _) = house.signed_in("somsri").await;
    let (officer, cookie) = house.signed_in("dft").await;
    let call: CallId = house.call_from("0812345678");
    house.happens(Some(call), answered(&agent));
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    house.happens(Some(call), asked(&agent, TransferMode::Blind));
    let shown = TransferStep::Shown {
        officer: officer.clone(),
    };
    house.happens(Some(call), step(shown));
    let frame = page.hear_of("call.offered").await;
    assert_eq!(frame["d"]["number"]["canonical"], "+66812345678");
    let done = TransferStep::Done {
        to: "1500".to_owned(),
        talk_ms: 9_000,
        took_ms: 5_000,
    };
    house.happens(Some(call), step(done));
    assert_eq!(page.hear_of("call.answered").await["d"]["by"], "dft");
    house.happens(Some(call), ended());
    assert_eq!(page.hear_of("call.ended").await["call"], call.to_string());
}
