//! Drafts and records: what an agent types is kept, and becomes a case once.

use crate::house::{House, invited};
use axum::http::StatusCode;
use kring_journal::Fact;
use serde_json::json;

#[tokio::test]
async fn a_draft_is_kept_by_version_and_never_written_over_unseen() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let call = house.call_taken(&agent, "0812345678");
    house.written().await;
    let path = format!("/api/v1/calls/{call}/draft");

    let nothing = house.get(&path, &cookie).await;
    assert_eq!(
        (
            nothing.status,
            nothing.header("etag"),
            &nothing.json["body"]
        ),
        (StatusCode::OK, "\"0\"", &json!({}))
    );
    let none = [("if-none-match", "*")];
    let first = house
        .put(&path, &cookie, json!({"subject": "จด"}), &none)
        .await;
    assert_eq!(
        (first.status, first.header("etag")),
        (StatusCode::OK, "\"1\"")
    );
    let over = [("if-match", "\"1\"")];
    let second = house
        .put(&path, &cookie, json!({"subject": "จดทะเบียน"}), &over)
        .await;
    assert_eq!(second.json["version"], 2);

    let stale = house
        .put(&path, &cookie, json!({"subject": "อื่น"}), &over)
        .await;
    assert_eq!(
        (stale.status, stale.code()),
        (StatusCode::PRECONDITION_FAILED, "stale_draft")
    );
    assert_eq!(stale.json["current"]["body"]["subject"], "จดทะเบียน");
    assert_eq!(stale.json["current"]["version"], 2);
    assert_eq!(stale.json["yours"]["body"]["subject"], "อื่น");
    let unseen = house
        .put(&path, &cookie, json!({"subject": "อื่น"}), &[])
        .await;
    assert_eq!(unseen.code(), "stale_draft");

    let read = house.get(&path, &cookie).await;
    assert_eq!(
        (read.header("etag"), &read.json["body"]["subject"]),
        ("\"2\"", &json!("จดทะเบียน"))
    );
    let unfinished = house.get("/api/v1/unfinished", &cookie).await;
    let row = &unfinished.json["items"][0];
    assert_eq!(row["call"], call.to_string());
    assert_eq!(row["draft"]["version"], 2);
    assert_eq!(row["number"]["display"], "081-234-5678");

    let long = json!({"detail": "ก".repeat(40_000)});
    assert_eq!(
        house
            .put(&path, &cookie, long, &[("if-match", "\"2\"")])
            .await
            .code(),
        "too_large"
    );
    assert_eq!(
        house.put(&path, &cookie, json!([]), &[]).await.code(),
        "bad_field"
    );
}

#[tokio::test]
async fn a_new_caller_becomes_a_contact_and_is_known_the_next_time() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let call = house.call_taken(&agent, "0812345678");
    house.written().await;
    let departments = house.get("/api/v1/departments", &cookie).await;
    let unit = departments.json["items"][0]["id"].clone();
    assert_eq!(departments.json["items"][0]["name_th"], "กระทรวงพาณิชย์");

    let record = json!({
        "prefix": "นาย", "given": "สมชาย", "family": "ใจดี", "subject": "จดทะเบียนพาณิชย์",
        "detail": "", "department_id": unit, "extension": "2104", "kind": "inquiry",
        "resolution": "transferred", "contact_id": null,
    });
    let made = house
        .post(&format!("/api/v1/calls/{call}/confirm"), &cookie, record)
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let case_ref = made.json["ref"].as_str().unwrap().to_owned();
    assert_eq!(
        made.header("location"),
        format!("/api/v1/cases/{}", made.json["id"].as_str().unwrap())
    );
    house.await_command("WrapUpDone").await;

    let found = house
        .get("/api/v1/contacts/lookup?number=081-234-5678", &cookie)
        .await;
    assert_eq!(found.json["contact"]["given"], "สมชาย");
    assert_eq!(found.json["history"][0]["ref"], case_ref.as_str());
    assert_eq!(found.json["history"][0]["department"], "กระทรวงพาณิชย์");
    let by_ref = house
        .get(&format!("/api/v1/cases/by-ref/{case_ref}"), &cookie)
        .await;
    assert_eq!(by_ref.json["subject"], "จดทะเบียนพาณิชย์");

    let contact = found.json["contact"]["id"].clone();
    let again = house.call_taken(&agent, "0066812345678");
    house.written().await;
    let record = json!({"contact_id": contact, "subject": "ติดตามเรื่อง", "org": "ร้านใจดี", "department_id": unit});
    let made = house
        .post(&format!("/api/v1/calls/{again}/confirm"), &cookie, record)
        .await;
    assert_eq!(made.json["contact_id"], contact);
    let history = format!("/api/v1/contacts/{}/history", contact.as_str().unwrap());
    let history = house.get(&history, &cookie).await;
    assert_eq!(history.json["items"].as_array().unwrap().len(), 2);
    let person = format!("/api/v1/contacts/{}", contact.as_str().unwrap());
    let person = house.get(&person, &cookie).await;
    assert_eq!(person.json["org"], "ร้านใจดี", "what the agent put right");
    assert_eq!(person.json["numbers"].as_array().unwrap().len(), 1);
    assert_eq!(
        house.get("/api/v1/unfinished", &cookie).await.json["items"],
        json!([])
    );
}

#[tokio::test]
async fn a_record_is_made_once() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let call = house.call_taken(&agent, "0812345678");
    house.written().await;
    let path = format!("/api/v1/calls/{call}/confirm");
    let record = || House::record("ถามเวลาทำการ");
    let key = [("idempotency-key", "4711")];

    let made = house.post_with(&path, &cookie, record(), &key).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let again = house.post_with(&path, &cookie, record(), &key).await;
    assert_eq!(
        (again.status, &again.json),
        (StatusCode::CREATED, &made.json)
    );
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.header("content-type"), "application/json");
    let other = house
        .post_with(&path, &cookie, json!({"subject": "อื่น"}), &key)
        .await;
    assert_eq!(
        (other.status, other.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused")
    );
    let without = house.post(&path, &cookie, record()).await;
    assert_eq!(
        (without.status, &without.json["ref"]),
        (StatusCode::OK, &made.json["ref"]),
        "the same record is the same case"
    );
    let another = house.post(&path, &cookie, House::record("เรื่องอื่น")).await;
    assert_eq!(
        (another.status, another.code()),
        (StatusCode::CONFLICT, "already_recorded")
    );
    assert_eq!(another.json["case_ref"], made.json["ref"]);

    let (_, other) = house.signed_in("wichai").await;
    let theirs = house.post_with(&path, &other, record(), &key).await;
    assert_eq!(theirs.code(), "already_recorded", "a key is its user's own");
}

#[tokio::test]
async fn an_anonymous_tip_has_no_contact_and_is_masked_to_others() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let call = house.call_taken(&agent, "");
    house.written().await;
    let tip = json!({"kind": "tip", "subject": "ร้านขายเกินราคา", "detail": "ที่ตลาด"});
    let made = house
        .post(&format!("/api/v1/calls/{call}/confirm"), &cookie, tip)
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(
        (&made.json["contact_id"], &made.json["number"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(made.json["confidentiality"], "restricted");

    let case = format!("/api/v1/cases/{}", made.json["id"].as_str().unwrap());
    let masked = house.get(&case, &cookie).await;
    assert_eq!(
        (&masked.json["masked"], &masked.json["subject"]),
        (&json!(true), &json!(""))
    );
    house.agent("officer", kring_store::Role::TipOfficer).await;
    let officer = house.cookie("officer").await;
    assert_eq!(
        house.get(&case, &officer).await.json["subject"],
        "ร้านขายเกินราคา"
    );
}

#[tokio::test]
async fn a_call_may_be_closed_without_a_case_and_only_by_who_took_it() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let (_, other) = house.signed_in("wichai").await;
    let call = house.call_taken(&agent, "0812345678");
    house.written().await;
    let path = format!("/api/v1/calls/{call}/no-case");

    let theirs = house
        .post(&path, &other, json!({"reason": "wrong_number"}))
        .await;
    assert_eq!(
        (theirs.status, theirs.code()),
        (StatusCode::FORBIDDEN, "not_yours")
    );
    assert_eq!(
        house
            .post(&path, &cookie, json!({"reason": " "}))
            .await
            .code(),
        "bad_field"
    );
    let reasons = house.get("/api/v1/no-case-reasons", &cookie).await;
    assert_eq!(reasons.json["items"][1]["text_th"], "โทรผิด");
    let silent = house.post(&path, &cookie, json!({"reason": "other"})).await;
    assert_eq!(silent.json["errors"][0]["field"], "note");
    for _ in 0..2 {
        let done = house
            .post(
                &path,
                &cookie,
                json!({"reason": "wrong_number", "note": "หาร้านอาหาร"}),
            )
            .await;
        assert_eq!(done.status, StatusCode::OK, "asking twice closes once");
    }
    house.await_command("WrapUpDone").await;
    let row = house.get(&format!("/api/v1/calls/{call}"), &cookie).await;
    assert_eq!(row.json["no_case"], "wrong_number");
    assert_eq!(row.json["no_case_note"], "หาร้านอาหาร");
    let late = house
        .post(
            &format!("/api/v1/calls/{call}/confirm"),
            &cookie,
            json!({"subject": "x"}),
        )
        .await;
    assert_eq!(
        (late.code(), &late.json["no_case"]),
        ("already_recorded", &json!("wrong_number"))
    );
}

#[tokio::test]
async fn a_record_that_cannot_be_says_which_field() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let call = house.call_taken(&agent, "0812345678");
    house.written().await;
    let path = format!("/api/v1/calls/{call}/confirm");
    let unit = "00000000000000000000000006";
    for (record, fields) in [
        (json!({}), vec!["given", "subject", "department_id"]),
        (
            json!({"anonymous": true, "subject": "x", "department_id": unit, "resolution": "transferred"}),
            vec!["extension"],
        ),
        (json!({"kind": "tip"}), vec!["subject"]),
        (
            json!({"subject": "x", "family": "ใจดี", "kind": "gossip", "resolution": "maybe", "department_id": "1"}),
            vec!["kind", "resolution", "given", "department_id"],
        ),
        (
            json!({"subject": "x", "department_id": unit, "contact_id": "1"}),
            vec!["contact_id"],
        ),
        (
            json!({"given": "ก", "subject": "x", "department_id": "01KB6R2D8Q3V5W7X9YABCDEFGH",
                "kind": "complaint", "fields": {"happened_on": "2599-01-01"}}),
            vec!["fields.happened_on", "department_id"],
        ),
        (
            json!({"given": "ก", "subject": "x", "department_id": unit, "kind": "complaint",
                "fields": {"happened_on": "soon", "colour": "red"}}),
            vec!["fields.happened_on", "fields.colour"],
        ),
    ] {
        let refused = house.post(&path, &cookie, record).await;
        assert_eq!(refused.code(), "bad_field", "{}", refused.text);
        let errors = refused.json["errors"].as_array().unwrap();
        let told: Vec<_> = errors
            .iter()
            .map(|error| error["field"].as_str().unwrap())
            .collect();
        assert_eq!(told, fields);
        assert_eq!(refused.json["field"], fields[0], "the first, for old pages");
        for error in errors {
            assert!(!error["text_th"].as_str().unwrap().is_ascii() && error["text_en"].is_string());
        }
    }
    assert_eq!(house.commands(), Vec::<String>::new());
}

/// S6b: what kring knows by itself stands in the form before anybody has typed.
#[tokio::test]
async fn an_offered_call_has_a_draft_with_what_is_known() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let person = json!({"given": "มาลี", "number": "0812345678"});
    house.post("/api/v1/contacts", &cookie, person).await;
    let call = house.call_from("0812345678");
    house.happens(Some(call), invited(&agent));
    house
        .await_note("the lookup", |fact| matches!(fact, Fact::LookedUp { .. }))
        .await;
    let draft = house
        .get(&format!("/api/v1/calls/{call}/draft"), &cookie)
        .await;
    assert_eq!(
        (draft.status, draft.header("etag")),
        (StatusCode::OK, "\"0\"")
    );
    let prefilled = &draft.json["prefilled"];
    assert_eq!(prefilled["contact"]["given"], "มาลี");
    assert_eq!(prefilled["number"]["display"], "081-234-5678");
    assert_eq!(
        (&prefilled["queue"], &prefilled["extension"]),
        (&json!("support"), &json!(null))
    );
    let (_, other) = house.signed_in("wichai").await;
    let theirs = house
        .get(&format!("/api/v1/calls/{call}/draft"), &other)
        .await;
    assert_eq!(theirs.code(), "not_yours");
}

#[tokio::test]
async fn a_supervisor_hands_over_what_an_absent_agent_owes() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let (_, malee) = house.signed_in("malee").await;
    house.agent("wilai", kring_store::Role::Supervisor).await;
    let wilai = house.cookie("wilai").await;
    let call = house.call_taken(&agent, "0812345678");
    house.written().await;
    let draft = json!({"kind": "tip", "subject": "ร้านขายเกินราคา"});
    house
        .put(&format!("/api/v1/calls/{call}/draft"), &cookie, draft, &[])
        .await;

    let all = house.get("/api/v1/unfinished?agent=*", &cookie).await;
    assert_eq!(all.code(), "forbidden");
    let all = house.get("/api/v1/unfinished?agent=*", &wilai).await;
    assert_eq!(all.json["items"][0]["agent"], "somsri");
    assert_eq!(
        all.json["items"][0]["draft"]["body"],
        json!({}),
        "a tip is masked"
    );
    let path = format!("/api/v1/unfinished/{call}/hand-over");
    let to = json!({"to": "malee"});
    assert_eq!(
        house.post(&path, &cookie, to.clone()).await.code(),
        "forbidden"
    );
    let done = house.post(&path, &wilai, to).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(
        house.get("/api/v1/unfinished", &cookie).await.json["items"],
        json!([])
    );
    let owed = house.get("/api/v1/unfinished", &malee).await;
    assert_eq!(
        owed.json["items"][0]["draft"]["body"]["subject"],
        "ร้านขายเกินราคา"
    );
    let path = format!("/api/v1/calls/{call}/confirm");
    let made = house.post(&path, &malee, House::record("ถาม")).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.json["agent"], "malee");
}
