//! The audit: who did what, who read what, and how it is asked.

use crate::house::{House, request};
use axum::http::StatusCode;
use kring_store::Role;
use serde_json::json;

#[tokio::test]
async fn the_audit_is_asked_by_who_what_and_when_and_fetched_as_a_file() {
    let house = House::open().await;
    let admin = house.administrator().await;
    let holiday = json!({"day": "2026-12-07", "name_th": "ชดเชย", "name_en": "=cmd()"});
    let added = house.post("/api/v1/holidays", &admin, holiday).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    house.agent("wichai", Role::Auditor).await;
    let auditor = house.cookie("wichai").await;

    let count = async |query: &str| {
        let page = house.get(&format!("/api/v1/audit?{query}"), &auditor).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        page.json["items"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 3, "two sign-ins and a holiday");
    assert_eq!(count("who=malee").await, 2);
    assert_eq!(count("who=person%20malee&action=holiday.add").await, 1);
    assert_eq!(count("action=session").await, 2);
    assert_eq!(count("subject=2026-12-07").await, 1);
    assert_eq!(count("from=2999-01-01T00:00:00Z").await, 0);
    assert_eq!(
        count("to=2999-01-01T00:00:00Z&from=2001-01-01T00:00:00%2B07:00").await,
        3
    );
    let refused = house.get("/api/v1/audit?from=yesterday", &auditor).await;
    assert_eq!(
        (refused.code(), &refused.json["filter"]),
        ("bad_filter", &json!("from"))
    );

    let file = house
        .get("/api/v1/audit/export?action=holiday", &auditor)
        .await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.text.lines().count(), 2, "{}", file.text);
    assert_eq!(house.audited("audit").await, ["audit.export"]);
    let first = house.get("/api/v1/audit/export?limit=1", &auditor).await;
    let next = first.header("kring-next");
    assert!(!next.is_empty());
    let rest = format!("/api/v1/audit/export?cursor={next}");
    assert_eq!(house.get(&rest, &auditor).await.text.lines().count(), 5);
    let (_, agent) = house.signed_in("somsri").await;
    assert_eq!(
        house.get("/api/v1/audit/export", &agent).await.code(),
        "forbidden"
    );
}

#[tokio::test]
async fn whoever_reads_the_messages_of_a_call_is_in_the_audit() {
    let house = House::open().await;
    let admin = house.administrator().await;
    let call = house.call_from("0812345678");
    house.written().await;
    let ladder = house
        .get(&format!("/api/v1/calls/{call}/ladder"), &admin)
        .await;
    assert_eq!(ladder.code(), "no_trace");
    assert!(
        house.audited(&call.to_string()).await.is_empty(),
        "nothing was handed out"
    );
    let reload = request("POST", "/api/v1/settings/reload", &admin, &json!({}), &[]);
    assert_eq!(
        house.send(reload).await.code(),
        "busy",
        "nobody reads it in this house"
    );
}
