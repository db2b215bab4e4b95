//! The PDPA desk over HTTP.

use crate::house::{House, request};
use axum::http::StatusCode;
use kring_store::Role;
use serde_json::{Value, json};

const MARKUP: &str = "<img src=x onerror=alert(1)>";

/// A person with a case, the cookie of an agent and that of the officer of the desk.
async fn desk() -> (House, String, String, String) {
    let house = House::open().await;
    let (_, agent) = house.signed_in("somsri").await;
    house.agent("dpo", Role::Dpo).await;
    let dpo = house.cookie("dpo").await;
    let person = json!({"given": "มาลี", "family": MARKUP, "number": "0812345678"});
    let made = house.post("/api/v1/contacts", &agent, person).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let id = made.json["id"].as_str().unwrap().to_owned();
    (house, agent, dpo, id)
}

async fn ask(house: &House, dpo: &str, body: Value) -> Value {
    let made = house.post("/api/v1/privacy/requests", dpo, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json
}

#[tokio::test]
async fn erasing_is_told_first_and_done_once() {
    let (house, agent, dpo, id) = desk().await;
    let asked = ask(&house, &dpo, json!({"kind": "erase", "contact_id": id})).await;
    assert_eq!(
        (&asked["status"], &asked["overdue"]),
        (&json!("open"), &json!(false))
    );
    let path = format!(
        "/api/v1/privacy/requests/{}/carry-out",
        asked["id"].as_str().unwrap()
    );
    let told = house.post(&path, &dpo, json!({"dry_run": true})).await;
    assert_eq!(told.json["erased"]["contacts"], 1, "{}", told.text);
    let contact = format!("/api/v1/contacts/{id}");
    assert_eq!(house.get(&contact, &agent).await.status, StatusCode::OK);
    let done = house.post(&path, &dpo, json!({})).await;
    assert_eq!(done.json["request"]["status"], "done", "{}", done.text);
    assert_eq!(
        house.get(&contact, &agent).await.status,
        StatusCode::NOT_FOUND
    );
    let again = house.post(&path, &dpo, json!({})).await;
    assert_eq!(
        (again.status, &again.json["code"]),
        (StatusCode::CONFLICT, &json!("closed"))
    );
    let card = house
        .get("/api/v1/contacts/lookup?number=0812345678", &agent)
        .await;
    assert_eq!(card.json["contact"], Value::Null);
}

#[tokio::test]
async fn a_refusal_needs_a_reason() {
    let (house, _, dpo, id) = desk().await;
    let asked = ask(&house, &dpo, json!({"kind": "erase", "contact_id": id})).await;
    let path = format!(
        "/api/v1/privacy/requests/{}/refuse",
        asked["id"].as_str().unwrap()
    );
    let empty = house.post(&path, &dpo, json!({"reason": " "})).await;
    assert_eq!(
        (empty.status, &empty.json["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("reason"))
    );
    let refused = house
        .post(&path, &dpo, json!({"reason": "อยู่ระหว่างดำเนินคดี"}))
        .await;
    assert_eq!(refused.json["status"], "refused", "{}", refused.text);
    let open = house
        .get("/api/v1/privacy/requests?status=open", &dpo)
        .await;
    assert_eq!(open.json["items"], json!([]));
}

#[tokio::test]
async fn only_the_desk_may() {
    let (house, agent, _, id) = desk().await;
    let export = format!("/api/v1/privacy/export?contact_id={id}");
    for path in [
        "/api/v1/privacy/requests",
        "/api/v1/privacy/retention",
        &format!("/api/v1/privacy/access-log?contact_id={id}"),
        &export,
    ] {
        assert_eq!(
            house.get(path, &agent).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
        assert_eq!(
            house.get(path, "").await.status,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
    }
    let body = json!({"kind": "erase", "contact_id": id});
    let tried = house.post("/api/v1/privacy/requests", &agent, body).await;
    assert_eq!(tried.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_person_gets_a_file_in_which_markup_is_text() {
    let (house, _, dpo, id) = desk().await;
    let json = house
        .get(&format!("/api/v1/privacy/export?contact_id={id}"), &dpo)
        .await;
    assert_eq!(json.json["contact"]["given"], "มาลี", "{}", json.text);
    assert!(json.header("content-disposition").starts_with("attachment"));
    let page = house
        .get(
            &format!("/api/v1/privacy/export?contact_id={id}&format=html"),
            &dpo,
        )
        .await;
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(
        page.text.contains("มาลี") && page.text.contains("&lt;img src=x"),
        "{}",
        page.text
    );
    assert!(!page.text.contains(MARKUP));
    house.agent("audit", Role::Auditor).await;
    let auditor = house.cookie("audit").await;
    let audit = house
        .get(&format!("/api/v1/audit?subject={id}"), &auditor)
        .await;
    assert_eq!(audit.json["items"][0]["action"], "privacy.export");
    let neither = house.get("/api/v1/privacy/export", &dpo).await;
    assert_eq!(neither.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_notice_is_due_until_it_was_told() {
    let (house, agent, dpo, id) = desk().await;
    let path = format!("/api/v1/contacts/{id}/consents");
    assert_eq!(house.get(&path, &agent).await.json["notice_due"], true);
    let said = json!({"purpose": "notice", "said": "notified"});
    let noted = house.post(&path, &agent, said.clone()).await;
    assert_eq!(
        (noted.status, &noted.json["version"]),
        (StatusCode::CREATED, &json!(1))
    );
    assert_eq!(house.get(&path, &agent).await.json["notice_due"], false);
    let text = json!({"purpose": "notice", "text_th": "ข้อความใหม่"});
    assert_eq!(
        house
            .post("/api/v1/privacy/texts", &agent, text.clone())
            .await
            .status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        house.post("/api/v1/privacy/texts", &dpo, text).await.json["version"],
        2
    );
    let now = house.get(&path, &agent).await;
    assert_eq!(
        (
            &now.json["notice_due"],
            now.json["items"].as_array().unwrap().len()
        ),
        (&json!(true), 1)
    );
    let wrong = house
        .post(&path, &agent, json!({"purpose": "notice", "said": "maybe"}))
        .await;
    assert_eq!(wrong.json["field"], "said");
}

/// A new caller is recorded and told in one: there is nobody to note it of before.
#[tokio::test]
async fn a_record_says_that_the_notice_was_read_out() {
    let (house, agent, _, _) = desk().await;
    let somsri = kring_journal::AgentId::new("somsri");
    let call = house.call_taken(&somsri, "0861112222");
    house.written().await;
    let record = json!({"given": "ชูใจ", "family": "เลิศล้ำ", "subject": "ราคาปุ๋ย", "notice_told": true,
        "department_id": "00000000000000000000000006"});
    let path = format!("/api/v1/calls/{call}/confirm");
    let made = house.post(&path, &agent, record).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let contact = made.json["contact_id"].as_str().unwrap();
    let told = house
        .get(&format!("/api/v1/contacts/{contact}/consents"), &agent)
        .await;
    assert_eq!(told.json["notice_due"], false, "{}", told.text);
    assert_eq!(told.json["items"][0]["call"], call.to_string());
}

#[tokio::test]
async fn rules_of_age_are_set_and_told() {
    let (house, _, dpo, _) = desk().await;
    let path = "/api/v1/privacy/retention";
    let none = house.get(path, &dpo).await;
    assert_eq!(none.json["items"].as_array().unwrap().len(), 5);
    let rule = json!({"what": "cases", "days": 1825});
    let set = house.put(path, &dpo, rule, &[]).await;
    let cases = set.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule["what"] == "cases");
    assert_eq!(cases.unwrap()["days"], 1825);
    let run = house
        .post(
            "/api/v1/privacy/retention/run",
            &dpo,
            json!({"dry_run": true}),
        )
        .await;
    assert_eq!(
        run.json["items"],
        json!([{"what": "cases", "days": 1825, "taken": 0}])
    );
    let wrong = house
        .send(request(
            "PUT",
            path,
            &dpo,
            &json!({"what": "calls", "days": 1}),
            &[],
        ))
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn who_read_of_a_person_is_listed() {
    let (house, agent, dpo, id) = desk().await;
    for path in [
        format!("/api/v1/contacts/{id}"),
        format!("/api/v1/contacts/{id}/history"),
    ] {
        assert_eq!(house.get(&path, &agent).await.status, StatusCode::OK);
    }
    house
        .get("/api/v1/contacts/lookup?number=0812345678", &agent)
        .await;
    let path = format!("/api/v1/privacy/access-log?contact_id={id}");
    let mut seen = Vec::new();
    // The lines are written behind what is read.
    for _ in 0..500 {
        let log = house.get(&path, &dpo).await;
        seen = log.json["items"].as_array().unwrap().clone();
        if seen.len() == 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let mut what: Vec<&str> = seen
        .iter()
        .map(|line| line["what"].as_str().unwrap())
        .collect();
    what.sort_unstable();
    assert_eq!(what, ["contact", "history", "lookup"]);
    assert!(seen.iter().all(|line| line["who"] == "person somsri"));
}
