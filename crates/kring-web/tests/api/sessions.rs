//! Sessions: how they begin, how long they live, and how they end.

use crate::{
    house::{House, Page, patient, request},
    users::cookie_of,
};
use axum::http::StatusCode;
use kring_store::Role;
use kring_web::{AuthConfig, WebConfig};
use serde_json::json;
use std::time::Duration;

const SESSION: &str = "/api/v1/session";
const OWN: &str = "/api/v1/me/sessions";
const PASSWORD: &str = "สามล้อ ใบชา กระดุม";

async fn supervisor(house: &House) {
    house
        .agent_with_password("somsri", Role::Supervisor, Some(PASSWORD))
        .await;
}

async fn sign_in(house: &House, cookie: &str, agent: &str) -> String {
    let form = json!({"login": "somsri", "password": PASSWORD});
    let headers = [("user-agent", agent)];
    let signed = house.post_with(SESSION, cookie, form, &headers).await;
    assert_eq!(signed.status, StatusCode::CREATED, "{}", signed.text);
    cookie_of(&signed)
}

#[tokio::test]
async fn a_person_sees_where_they_are_signed_in_and_ends_what_is_not_theirs() {
    let house = House::open().await;
    supervisor(&house).await;
    let here = sign_in(&house, "", "Mozilla/5.0 (Windows NT 10.0) Firefox/133.0").await;
    let there = sign_in(
        &house,
        "",
        "Mozilla/5.0 (Android 15) Chrome/131 Safari/537.36",
    )
    .await;
    let listed = house.get(OWN, &here).await.json["items"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(
        (&listed[0]["user_agent"], &listed[0]["current"]),
        (&json!("Chrome, Android"), &json!(false))
    );
    assert_eq!(
        (&listed[1]["user_agent"], &listed[1]["current"]),
        (&json!("Firefox, Windows"), &json!(true))
    );
    let secret = there.split('=').next_back().unwrap();
    assert!(!listed.to_string().contains(secret));

    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &there, json!({})).await;
    let path = format!("{OWN}/{}", listed[0]["id"].as_str().unwrap());
    assert_eq!(
        house.delete(&path, &here).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(page.closed_with().await, 4410);
    assert_eq!(house.get(OWN, &there).await.code(), "sign_in_needed");
    assert_eq!(house.delete(&path, &here).await.code(), "not_found");
    assert_eq!(house.get(OWN, &here).await.status, StatusCode::OK);

    let everywhere = house.delete(OWN, &here).await;
    assert_eq!(everywhere.status, StatusCode::NO_CONTENT);
    assert!(everywhere.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(house.get(OWN, &here).await.code(), "sign_in_needed");
}

#[tokio::test]
async fn nobody_ends_anothers_session_but_an_administrator_ends_all() {
    let house = House::open().await;
    supervisor(&house).await;
    let hers = sign_in(&house, "", "").await;
    let (_, his) = house.signed_in("wichai").await;
    let id = house.get(OWN, &hers).await.json["items"][0]["id"].clone();
    let path = format!("{OWN}/{}", id.as_str().unwrap());
    assert_eq!(house.delete(&path, &his).await.code(), "not_found");
    let path = "/api/v1/users/somsri/sessions";
    assert_eq!(house.delete(path, &his).await.code(), "forbidden");
    assert_eq!(house.get(OWN, &hers).await.status, StatusCode::OK);
    let admin = house.administrator().await;
    assert_eq!(
        house.delete(path, &admin).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(house.get(OWN, &hers).await.code(), "sign_in_needed");
    let nobody = house.delete("/api/v1/users/nobody/sessions", &admin).await;
    assert_eq!(nobody.code(), "no_such_agent");
}

#[tokio::test]
async fn a_session_that_is_not_used_ends_and_one_that_is_used_ends_at_its_time() {
    let at_once = AuthConfig {
        session_idle: Duration::ZERO,
        ..AuthConfig::default()
    };
    let at_its_time = AuthConfig {
        session_life: Duration::ZERO,
        ..AuthConfig::default()
    };
    for auth in [at_once, at_its_time] {
        let config = WebConfig {
            auth,
            ..WebConfig::default()
        };
        let house = House::open_with(patient(), config).await;
        supervisor(&house).await;
        let cookie = sign_in(&house, "", "").await;
        assert_eq!(
            house.get("/api/v1/me", &cookie).await.code(),
            "sign_in_needed"
        );
    }
}

/// A cookie that somebody has planted before the sign-in is worth nothing after it.
#[tokio::test]
async fn a_secret_that_was_planted_is_never_adopted() {
    let house = House::open().await;
    supervisor(&house).await;
    let planted = format!("kring_session={}", "5".repeat(64));
    let own = sign_in(&house, &planted, "").await;
    assert_ne!(own, planted);
    assert_eq!(
        house.get("/api/v1/me", &planted).await.code(),
        "sign_in_needed"
    );
    assert_eq!(house.get("/api/v1/me", &own).await.status, StatusCode::OK);

    // Signing in again at the same browser ends the session that it had.
    let next = sign_in(&house, &own, "").await;
    assert_ne!(next, own);
    assert_eq!(house.get("/api/v1/me", &own).await.code(), "sign_in_needed");

    // Somebody's own session laid over another's is no session.
    let both = format!("{next}; {planted}");
    assert_eq!(
        house.get("/api/v1/me", &both).await.code(),
        "sign_in_needed"
    );
}

#[tokio::test]
async fn by_https_the_cookie_is_of_this_host_alone() {
    let config = WebConfig {
        secure_cookies: true,
        ..WebConfig::default()
    };
    let house = House::open_with(patient(), config).await;
    supervisor(&house).await;
    let own = sign_in(&house, "", "").await;
    assert!(own.starts_with("__Host-kring_session="), "{own}");
    assert_eq!(house.get("/api/v1/me", &own).await.status, StatusCode::OK);
    let lesser = own.replace("__Host-", "");
    assert_eq!(
        house.get("/api/v1/me", &lesser).await.code(),
        "sign_in_needed"
    );
}

/// An old cookie that was copied opens nothing after its owner has signed out.
#[tokio::test]
async fn a_cookie_is_worth_nothing_after_signing_out() {
    let house = House::open().await;
    supervisor(&house).await;
    let cookie = sign_in(&house, "", "").await;
    let out = house
        .send(request("DELETE", SESSION, &cookie, &json!({}), &[]))
        .await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert_eq!(
        house.get("/api/v1/me", &cookie).await.code(),
        "sign_in_needed"
    );
    let at = house.serve().await;
    let mut page = Page::open(at, &cookie, None).await.unwrap();
    page.say(json!({"t": "hello", "client_id": "test", "caps": []}))
        .await;
    assert_eq!(page.closed_with().await, 4401);
}
