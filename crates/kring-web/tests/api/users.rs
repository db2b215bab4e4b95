//! Accounts: who may change them, what comes of it, and what the audit keeps.

use crate::house::{House, Page, request};
use axum::http::StatusCode;
use kring_store::Role;
use serde_json::{Value, json};

const USERS: &str = "/api/v1/users";
const SESSION: &str = "/api/v1/session";
const GOOD: &str = "สามล้อ ใบชา กระดุม";

fn somsri() -> Value {
    json!({"login": "somsri", "name": "สมศรี มีสุข", "role": "agent", "devices": ["pbx:5021"],
        "skills": ["tax:3"]})
}

/// The session's cookie of an answer.
pub(crate) fn cookie_of(reply: &crate::house::Reply) -> String {
    let cookie = reply.header("set-cookie").split(';').next();
    cookie.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_new_person_signs_in_with_a_password_that_is_changed_first() {
    let house = House::open().await;
    let admin = house.administrator().await;
    let added = house.post(USERS, &admin, somsri()).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    assert_eq!(added.json["must_change"], true);
    let once = added.json["one_time_password"].as_str().unwrap();
    assert_eq!(house.post(USERS, &admin, somsri()).await.code(), "taken");

    let form = json!({"login": "somsri", "password": once});
    let signed = house.post(SESSION, "", form).await;
    assert_eq!(signed.json["must_change"], true);
    let cookie = cookie_of(&signed);
    for path in [
        "/api/v1/calls",
        "/api/v1/departments",
        "/api/v1/me/sessions",
    ] {
        let refused = house.get(path, &cookie).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::FORBIDDEN, "password_change_needed"),
            "{path}"
        );
    }
    let presence = json!({"state": "ready"});
    let refused = house.post("/api/v1/me/presence", &cookie, presence).await;
    assert_eq!(refused.code(), "password_change_needed");
    assert_eq!(
        house.get("/api/v1/me", &cookie).await.json["must_change"],
        true
    );
    let at = house.serve().await;
    let mut page = Page::open(at, &cookie, None).await.unwrap();
    page.say(json!({"t": "hello", "client_id": "test", "caps": []}))
        .await;
    assert_eq!(
        page.closed_with().await,
        4401,
        "nor is anything told on the socket"
    );

    let path = "/api/v1/me/password";
    for (old, new, code) in [
        ("wrong", GOOD, "wrong_password"),
        (once, "short", "weak_password"),
        (once, "somsri123456", "weak_password"),
        (once, once, "weak_password"),
    ] {
        let refused = house
            .post(path, &cookie, json!({"old": old, "new": new}))
            .await;
        assert_eq!(refused.code(), code, "{new}");
    }
    let changed = house
        .post(path, &cookie, json!({"old": once, "new": GOOD}))
        .await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text);
    assert_eq!(
        house.get("/api/v1/me", &cookie).await.code(),
        "sign_in_needed"
    );
    let form = json!({"login": "somsri", "password": GOOD});
    let signed = house.post(SESSION, "", form).await;
    assert_eq!(signed.json["must_change"], false);
    let calls = house.get("/api/v1/calls", &cookie_of(&signed)).await;
    assert_eq!(calls.status, StatusCode::OK);
}

#[tokio::test]
async fn a_change_of_role_or_a_reset_signs_out_and_closes_sockets() {
    let house = House::open().await;
    let admin = house.administrator().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    let path = "/api/v1/users/somsri";
    let renamed = house.patch(path, &admin, json!({"name": "สมศรี"})).await;
    assert_eq!(renamed.json["name"], "สมศรี");
    assert_eq!(
        house.get("/api/v1/me", &cookie).await.status,
        StatusCode::OK
    );

    let promoted = house
        .patch(path, &admin, json!({"role": "supervisor"}))
        .await;
    assert_eq!(promoted.json["role"], "supervisor", "{}", promoted.text);
    assert_eq!(
        house.get("/api/v1/me", &cookie).await.code(),
        "sign_in_needed"
    );
    assert_eq!(page.closed_with().await, 4410);
    let cookie = house.cookie("somsri").await;
    let reset = house
        .post("/api/v1/users/somsri/reset", &admin, json!({}))
        .await;
    assert_eq!(reset.status, StatusCode::OK, "{}", reset.text);
    assert_eq!(
        house.get("/api/v1/me", &cookie).await.code(),
        "sign_in_needed"
    );
    let once = reset.json["one_time_password"].as_str().unwrap();

    let disabled = house.patch(path, &admin, json!({"disabled": true})).await;
    assert_eq!(disabled.json["disabled"], true);
    let form = json!({"login": "somsri", "password": once});
    assert_eq!(house.post(SESSION, "", form).await.code(), "wrong_password");
    assert_eq!(
        house.audited("somsri").await,
        [
            "session.begin",
            "user.change",
            "user.change",
            "session.begin",
            "user.password",
            "user.disable",
            "session.refused"
        ]
    );
    let lines = house.get("/api/v1/audit?subject=somsri", &admin).await;
    assert!(!lines.text.contains("argon2") && !lines.text.contains(once));
    let change = &lines.json["items"][4];
    assert_eq!(
        (&change["was"]["role"], &change["is"]["role"]),
        (&json!("agent"), &json!("supervisor"))
    );
    assert_eq!(change["who"], "person malee");
}

#[tokio::test]
async fn the_last_administrator_can_neither_go_nor_be_made_less() {
    let house = House::open().await;
    let admin = house.administrator().await;
    let path = "/api/v1/users/malee";
    for change in [json!({"role": "agent"}), json!({"disabled": true})] {
        let refused = house.patch(path, &admin, change).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::CONFLICT, "last_administrator")
        );
    }
    assert_eq!(house.get("/api/v1/me", &admin).await.status, StatusCode::OK);
    house
        .agent_with_password("wichai", Role::Admin, Some(GOOD))
        .await;
    let demoted = house.patch(path, &admin, json!({"role": "agent"})).await;
    assert_eq!(demoted.json["role"], "agent");
    assert_eq!(house.get(USERS, &admin).await.code(), "sign_in_needed");
}

#[tokio::test]
async fn what_no_account_can_be_is_told_by_field() {
    let house = House::open().await;
    let admin = house.administrator().await;
    let field = async |more: Value| {
        let mut body = somsri();
        let more = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        let refused = house.post(USERS, &admin, body).await;
        assert_eq!(refused.code(), "bad_field", "{}", refused.text);
        refused.json["field"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(field(json!({"login": "Som Sri"})).await, "login");
    assert_eq!(field(json!({"name": " "})).await, "name");
    assert_eq!(field(json!({"role": "boss"})).await, "role");
    assert_eq!(field(json!({"devices": ["phone:nobody"]})).await, "devices");
    assert_eq!(
        field(json!({"devices": ["http://evil.example"]})).await,
        "devices"
    );
    assert_eq!(field(json!({"queues": ["sales"]})).await, "queues");
    assert_eq!(field(json!({"skills": ["tax:99"]})).await, "skills");
    assert_eq!(field(json!({"password_hash": "x"})).await, "");
    let nobody = house.patch("/api/v1/users/nobody", &admin, json!({})).await;
    assert_eq!(nobody.code(), "no_such_agent");
    assert_eq!(
        house.get("/api/v1/users/malee", &admin).await.json["has_password"],
        true
    );
}

#[tokio::test]
async fn only_administrators_see_and_change_accounts() {
    let house = House::open().await;
    house.agent("wichai", Role::Supervisor).await;
    let cookie = house.cookie("wichai").await;
    for (method, path) in [
        ("GET", "/api/v1/users"),
        ("POST", "/api/v1/users"),
        ("PATCH", "/api/v1/users/wichai"),
        ("POST", "/api/v1/users/wichai/reset"),
        ("DELETE", "/api/v1/users/wichai/sessions"),
        ("GET", "/api/v1/tokens"),
    ] {
        let body = if path == USERS { somsri() } else { json!({}) };
        let refused = house.send(request(method, path, &cookie, &body, &[])).await;
        assert_eq!(refused.code(), "forbidden", "{method} {path}");
    }
    assert_eq!(
        house.get("/api/v1/me", &cookie).await.json["roles"],
        json!(["supervisor"])
    );
}
