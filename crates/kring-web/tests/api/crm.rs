//! Contacts and cases.

use crate::house::{House, request};
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn one_number_in_five_spellings_is_one_contact() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let person = json!({"prefix": "นาง", "given": "มาลี", "number": "081-234-5678"});
    let made = house.post("/api/v1/contacts", &cookie, person).await;
    assert_eq!(
        (made.status, made.header("etag")),
        (StatusCode::CREATED, "\"1\"")
    );
    for spelling in [
        "0812345678",
        "66812345678",
        "%2B66812345678",
        "0066812345678",
        "%E0%B9%90812345678",
    ] {
        let path = format!("/api/v1/contacts/lookup?number={spelling}");
        let found = house.get(&path, &cookie).await;
        assert_eq!(found.json["contact"]["id"], made.json["id"], "{spelling}");
        assert_eq!(found.json["number"]["display"], "081-234-5678");
    }
    let part = house
        .get("/api/v1/contacts/lookup?number=1234", &cookie)
        .await;
    assert_eq!(part.json["contact"], json!(null), "never by a part of it");
}

#[tokio::test]
async fn two_people_on_one_number_are_candidates() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    for given in ["มาลี", "มานะ"] {
        let person = json!({"given": given, "number": "038-611-025"});
        assert_eq!(
            house.post("/api/v1/contacts", &cookie, person).await.status,
            StatusCode::CREATED
        );
    }
    let found = house
        .get("/api/v1/contacts/lookup?number=038611025", &cookie)
        .await;
    assert_eq!(found.json["contact"], json!(null));
    assert_eq!(found.json["candidates"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_contact_says_by_which_queues_may_be_chosen() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let made = house
        .post("/api/v1/contacts", &cookie, json!({"given": "มาลี"}))
        .await;
    assert_eq!(
        (&made.json["vip"], &made.json["language"]),
        (&json!(false), &json!(""))
    );
    let path = format!("/api/v1/contacts/{}", made.json["id"].as_str().unwrap());
    let patch = |body| request("PATCH", &path, &cookie, &body, &[]);
    let marked = house
        .send(patch(json!({"vip": true, "language": "en"})))
        .await;
    assert_eq!(
        (&marked.json["vip"], &marked.json["language"]),
        (&json!(true), &json!("en"))
    );
    assert_eq!(marked.json["version"], 2);
    let wrong = house.send(patch(json!({"language": "fr"}))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let none = house.send(patch(json!({"language": ""}))).await;
    assert_eq!(
        (&none.json["vip"], &none.json["language"]),
        (&json!(true), &json!(""))
    );
}

#[tokio::test]
async fn a_contact_is_put_right_at_the_version_that_was_seen() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let made = house
        .post("/api/v1/contacts", &cookie, json!({"given": "มาลี"}))
        .await;
    let path = format!("/api/v1/contacts/{}", made.json["id"].as_str().unwrap());
    let patch = async |body, tag: &str| {
        house
            .send(request(
                "PATCH",
                &path,
                &cookie,
                &body,
                &[("if-match", tag)],
            ))
            .await
    };
    let right = patch(json!({"family": "ใจดี"}), "\"1\"").await;
    assert_eq!(
        (right.header("etag"), &right.json["given"]),
        ("\"2\"", &json!("มาลี"))
    );
    let stale = patch(json!({"family": "ใจร้าย"}), "\"1\"").await;
    assert_eq!(
        (stale.status, stale.code()),
        (StatusCode::PRECONDITION_FAILED, "stale")
    );
    assert_eq!(stale.json["version"], 2);
    assert_eq!(
        patch(json!({"colour": "red"}), "\"2\"").await.code(),
        "bad_field"
    );
    let found = house
        .get(
            "/api/v1/contacts?q=%E0%B8%A1%E0%B8%B2%E0%B8%A5%E0%B8%B5",
            &cookie,
        )
        .await;
    assert_eq!(found.json["items"][0]["family"], "ใจดี");
    assert_eq!(
        house.get("/api/v1/contacts/nobody", &cookie).await.code(),
        "no_such_contact"
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_a_code() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    assert_eq!(
        house
            .post("/api/v1/contacts", &cookie, json!({"given": ""}))
            .await
            .code(),
        "bad_field"
    );
    let short = json!({"given": "ก", "number": "1203"});
    assert_eq!(
        house.post("/api/v1/contacts", &cookie, short).await.json["field"],
        "number"
    );
    assert_eq!(
        house.get("/api/v1/cases/nothing", &cookie).await.code(),
        "no_such_case"
    );
    assert_eq!(
        house
            .get("/api/v1/cases/by-ref/RY-1-1", &cookie)
            .await
            .code(),
        "no_such_case"
    );
    assert_eq!(
        house.get("/api/v1/cases?kind=gossip", &cookie).await.code(),
        "bad_filter"
    );
    assert_eq!(
        house.get("/api/v1/nothing", &cookie).await.code(),
        "not_found"
    );
    let wrong = house
        .send(request("PUT", "/api/v1/calls", &cookie, &json!({}), &[]))
        .await;
    assert_eq!(
        (wrong.status, wrong.code()),
        (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
    );
    let broken = axum::body::Body::from("{");
    let mut request = request("POST", "/api/v1/contacts", &cookie, &json!({}), &[]);
    *request.body_mut() = broken;
    assert_eq!(house.send(request).await.code(), "bad_request");
    let huge = json!({"given": "ก".repeat(200_000)});
    assert_eq!(
        house.post("/api/v1/contacts", &cookie, huge).await.code(),
        "too_large"
    );
}
