//! Cases by REST: opened, changed, added to, found, and kept from those whom they do not concern.

use crate::house::{House, Reply, request};
use axum::http::StatusCode;
use kring_store::Role;
use serde_json::{Value, json};

pub(crate) async fn opened(house: &House, cookie: &str, body: Value) -> Value {
    let made = house.post("/api/v1/cases", cookie, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json
}

pub(crate) fn path(case: &Value, rest: &str) -> String {
    format!("/api/v1/cases/{}{rest}", case["id"].as_str().unwrap())
}

async fn patch(house: &House, path: &str, cookie: &str, body: Value, version: &str) -> Reply {
    let over = [("if-match", version)];
    house
        .send(request("PATCH", path, cookie, &body, &over))
        .await
}

pub(crate) fn complaint() -> Value {
    json!({"kind": "complaint", "subject": "ไม่ปิดป้ายราคา", "department_id": "dit",
        "fields": {"respondent": "ร้านโชคดี", "happened_on": "2569-11-20", "wish": "ให้ตรวจสอบ"}})
}

#[tokio::test]
async fn a_complaint_of_somebody_who_walked_in_runs_its_course() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let case = opened(&house, &cookie, complaint()).await;
    assert_eq!(
        (&case["status"], &case["call"]),
        (&json!("open"), &json!(null))
    );
    assert_eq!(case["fields"]["happened_on"], "2026-11-20");
    assert_eq!(case["sla"]["state"], "running");
    assert_eq!(case["due"], case["sla"]["due"]);
    let this = path(&case, "");

    let stale = patch(&house, &this, &cookie, json!({"detail": "x"}), "\"7\"").await;
    assert_eq!(
        (stale.status, stale.code()),
        (StatusCode::PRECONDITION_FAILED, "stale")
    );
    let wrong = patch(
        &house,
        &this,
        &cookie,
        json!({"status": "reopened"}),
        "\"1\"",
    )
    .await;
    assert_eq!(
        (wrong.status, wrong.code()),
        (StatusCode::CONFLICT, "wrong_status")
    );
    assert_eq!(wrong.json["allowed"][0], "in_progress");
    let waits = patch(
        &house,
        &this,
        &cookie,
        json!({"status": "waiting_citizen"}),
        "\"1\"",
    )
    .await;
    assert_eq!(
        (&waits.json["sla"]["state"], &waits.json["due"]),
        (&json!("stopped"), &json!(null))
    );
    assert_eq!(waits.header("etag"), "\"2\"");
    let open = patch(&house, &this, &cookie, json!({"status": "closed"}), "\"2\"").await;
    assert_eq!(open.code(), "needs_outcome");
    let closed = json!({"status": "closed", "outcome": "resolved", "reason": "ปิดป้ายแล้ว"});
    let closed = patch(&house, &this, &cookie, closed, "\"2\"").await;
    assert_eq!(
        (&closed.json["sla"]["state"], &closed.json["outcome"]),
        (&json!("met"), &json!("resolved"))
    );
    let silent = patch(
        &house,
        &this,
        &cookie,
        json!({"status": "reopened"}),
        "\"3\"",
    )
    .await;
    assert_eq!(silent.code(), "needs_reason");
}

#[tokio::test]
async fn what_is_done_about_a_case_is_told_in_order() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let case = opened(&house, &cookie, complaint()).await;
    let this = path(&case, "");
    let told = json!({"kind": "unit_answered", "text": "ตรวจร้านแล้ว"});
    let line = house.post(&path(&case, "/activities"), &cookie, told).await;
    assert_eq!(
        (line.status, &line.json["who"]),
        (StatusCode::CREATED, &json!("person somsri"))
    );
    patch(
        &house,
        &this,
        &cookie,
        json!({"status": "answered"}),
        "\"1\"",
    )
    .await;

    let told = house.get(&path(&case, "/activities"), &cookie).await;
    let kinds: Vec<_> = told.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["opened", "unit_answered", "status"]);
    let wrong = house
        .post(
            &path(&case, "/activities"),
            &cookie,
            json!({"kind": "status"}),
        )
        .await;
    let errors = wrong.json["errors"].as_array().unwrap();
    assert_eq!(
        (errors[0]["field"].as_str(), errors[1]["field"].as_str()),
        (Some("kind"), Some("text"))
    );
    let (_, other) = house.signed_in("wichai").await;
    let theirs = patch(&house, &this, &other, json!({"detail": "x"}), "\"2\"").await;
    assert_eq!(theirs.code(), "not_yours");
}

#[tokio::test]
async fn cases_are_found_by_what_they_say_and_by_their_reference() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let case = opened(&house, &cookie, complaint()).await;
    opened(&house, &cookie, json!({"subject": "ถามเวลา"})).await;
    let case_ref = case["ref"].as_str().unwrap();
    let found = async |query: &str| -> usize {
        let page = house.get(&format!("/api/v1/cases?{query}"), &cookie).await;
        assert_eq!(page.status, StatusCode::OK, "{query}: {}", page.text);
        page.json["items"].as_array().unwrap().len()
    };
    for (query, n) in [
        ("", 2),
        ("q=%E0%B9%82%E0%B8%8A%E0%B8%84%E0%B8%94%E0%B8%B5", 1),
        ("kind=complaint&department=DIT&status=open", 1),
        ("overdue=true", 0),
        ("due_before=2599-01-01", 1),
        (&format!("ref={}", &case_ref.to_lowercase()[..12]), 2),
    ] {
        assert_eq!(found(query).await, n, "{query}");
    }
    let bad = house.get("/api/v1/cases?due_before=soon", &cookie).await;
    assert_eq!(
        (bad.code(), &bad.json["filter"]),
        ("bad_filter", &json!("due_before"))
    );

    let spaced = case_ref.to_lowercase().replace('-', "%20");
    let by_ref = house
        .get(&format!("/api/v1/cases/by-ref/{spaced}"), &cookie)
        .await;
    assert_eq!(by_ref.json["id"], case["id"]);
    let (all, last) = case_ref.split_at(case_ref.len() - 1);
    let other = (last.parse::<u8>().unwrap() + 1) % 10;
    let misread = house
        .get(&format!("/api/v1/cases/by-ref/{all}{other}"), &cookie)
        .await;
    assert_eq!(
        (misread.status, misread.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "bad_reference")
    );
}

#[tokio::test]
async fn a_tip_is_its_officers_and_no_administrators() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let tip = json!({"kind": "tip", "subject": "ขายบุหรี่เถื่อน", "fields": {"anonymous": true, "what": "หลังร้าน"}});
    let case = opened(&house, &cookie, tip).await;
    assert_eq!(
        (&case["masked"], &case["subject"]),
        (&json!(true), &json!("")),
        "also to who took it"
    );
    for (login, role) in [
        ("boss", Role::Admin),
        ("wilai", Role::Supervisor),
        ("audit", Role::Auditor),
    ] {
        house.agent(login, role).await;
        let cookie = house.cookie(login).await;
        for rest in [
            "",
            "/activities",
            "/follow-ups",
            "/video-sessions",
            "/attachments",
        ] {
            let seen = house.get(&path(&case, rest), &cookie).await;
            assert!(
                !seen.text.contains("บุหรี่") && !seen.text.contains("หลังร้าน"),
                "{login} {rest}"
            );
            assert_eq!(
                seen.code(),
                if rest.is_empty() { "" } else { "masked" },
                "{login} {rest}"
            );
        }
        let found = house
            .get(
                "/api/v1/cases?q=%E0%B8%9A%E0%B8%B8%E0%B8%AB%E0%B8%A3%E0%B8%B5%E0%B9%88",
                &cookie,
            )
            .await;
        assert_eq!(found.json["items"], json!([]), "{login}");
    }
    house.agent("officer", Role::TipOfficer).await;
    let officer = house.cookie("officer").await;
    let seen = house.get(&path(&case, ""), &officer).await;
    assert_eq!(seen.json["fields"]["what"], "หลังร้าน");
    let list = house.get("/api/v1/cases?kind=tip", &officer).await;
    assert_eq!(list.json["items"][0]["subject"], "ขายบุหรี่เถื่อน");
    let works = patch(
        &house,
        &path(&case, ""),
        &officer,
        json!({"status": "in_progress"}),
        "\"1\"",
    )
    .await;
    assert_eq!(works.json["status"], "in_progress");
    let subject = case["id"].as_str().unwrap();
    let lines = house
        .store
        .audit(Some(subject), None, 0)
        .await
        .unwrap()
        .rows;
    assert_eq!(lines.len(), 3, "each reading is noted: {lines:?}");
    assert!(
        lines
            .iter()
            .all(|line| line.action == "tip.read" && line.who == "person officer")
    );
}

#[tokio::test]
async fn an_officer_of_a_unit_sees_the_units_cases_alone() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let own = opened(&house, &cookie, complaint()).await;
    let other = opened(
        &house,
        &cookie,
        json!({"subject": "ถาม", "department_id": "dip"}),
    )
    .await;
    let login = house.agent("dit-1", Role::UnitOfficer).await;
    let officer = house.cookie("dit-1").await;
    let list = async || house.get("/api/v1/cases", &officer).await.json["items"].clone();
    assert_eq!(list().await, json!([]), "whose unit nobody has named");
    let mut row = house.store.agent(&login).await.unwrap().unwrap();
    row.department = own["department_id"].as_str().unwrap().parse().ok();
    house.store.put_agent(&row).await.unwrap();
    let officer = house.cookie("dit-1").await;
    let list = house.get("/api/v1/cases", &officer).await;
    assert_eq!(list.json["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        house.get(&path(&other, ""), &officer).await.code(),
        "no_such_case"
    );
    let answered = json!({"kind": "unit_answered", "text": "ตอบแล้ว"});
    let line = house
        .post(&path(&own, "/activities"), &officer, answered)
        .await;
    assert_eq!(line.status, StatusCode::CREATED);
}

#[tokio::test]
async fn follow_ups_and_sessions_are_planned_from_a_case() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let case = opened(&house, &cookie, complaint()).await;
    let plans = path(&case, "/follow-ups");
    let plan = house
        .post(
            &plans,
            &cookie,
            json!({"due": "2020-01-01", "what": "โทรกลับ"}),
        )
        .await;
    assert_eq!(
        (plan.status, &plan.json["assigned_to"]),
        (StatusCode::CREATED, &json!("somsri"))
    );
    house
        .post(
            &plans,
            &cookie,
            json!({"due": "2599-01-01", "what": "ติดตาม"}),
        )
        .await;
    let wrong = house
        .post(&plans, &cookie, json!({"due": "soon", "what": "x"}))
        .await;
    assert_eq!(wrong.json["errors"][0]["code"], "bad_date");
    let today = house.get("/api/v1/follow-ups?due=today", &cookie).await;
    let items = today.json["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["ref"]), (1, &case["ref"]));
    let this = format!("/api/v1/follow-ups/{}", plan.json["id"].as_str().unwrap());
    let done = patch(&house, &this, &cookie, json!({"done": true}), "\"1\"").await;
    assert_eq!(done.json["done_by"], "person somsri");
    let today = house.get("/api/v1/follow-ups?due=today", &cookie).await;
    assert_eq!(today.json["items"], json!([]));

    let sessions = path(&case, "/video-sessions");
    let booking = json!({"department": "DIP", "officer": "คุณวิไล", "slot": "2599-12-01T10:00:00+07:00", "channel": "LINE"});
    let booked = house.post(&sessions, &cookie, booking.clone()).await;
    assert_eq!(
        (booked.status, &booked.json["ends"]),
        (StatusCode::CREATED, &json!("2599-12-01T04:00:00.000000Z"))
    );
    assert_eq!(
        house.post(&sessions, &cookie, booking).await.code(),
        "slot_taken"
    );
    let wrong = house
        .post(&sessions, &cookie, json!({"slot": "tomorrow"}))
        .await;
    assert_eq!(wrong.json["errors"].as_array().unwrap().len(), 4);
    let due = house
        .get("/api/v1/video-sessions?reminder=due", &cookie)
        .await;
    assert_eq!(due.json["items"], json!([]));
    let this = format!(
        "/api/v1/video-sessions/{}",
        booked.json["id"].as_str().unwrap()
    );
    let held = patch(
        &house,
        &this,
        &cookie,
        json!({"state": "cancelled"}),
        "\"1\"",
    )
    .await;
    assert_eq!(held.json["state"], "cancelled");
}
