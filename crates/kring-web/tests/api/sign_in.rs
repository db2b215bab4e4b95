//! Signing in, and what is refused to those who have not.

use crate::house::{House, request};
use axum::http::StatusCode;
use kring_store::Role;
use serde_json::json;

const SESSION: &str = "/api/v1/session";

#[tokio::test]
async fn the_right_password_gives_a_cookie_and_a_wrong_one_does_not() {
    let house = House::open().await;
    house
        .agent_with_password("somsri", Role::Agent, Some("ระยอง-2569"))
        .await;

    let wrong = json!({"login": "somsri", "password": "ระยอง-2568"});
    let refused = house.post(SESSION, "", wrong).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::UNAUTHORIZED, "wrong_password")
    );
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(refused.json["title_th"], "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง");
    let nobody = json!({"login": "nobody", "password": "ระยอง-2569"});
    assert_eq!(
        house.post(SESSION, "", nobody).await.code(),
        "wrong_password"
    );

    let right = json!({"login": "somsri", "password": "ระยอง-2569"});
    let signed = house.post(SESSION, "", right).await;
    assert_eq!(signed.status, StatusCode::CREATED);
    assert_eq!(signed.json["name"], "คุณsomsri");
    let cookie = signed.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
    assert!(!cookie.contains("Secure"), "this house has no TLS");
    let cookie = cookie.split(';').next().unwrap().to_owned();

    let me = house.get("/api/v1/me", &cookie).await;
    assert_eq!(
        (me.status, &me.json["roles"]),
        (StatusCode::OK, &json!(["agent"]))
    );
    let out = house
        .send(request("DELETE", SESSION, &cookie, &json!({}), &[]))
        .await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert_eq!(
        house.get("/api/v1/me", &cookie).await.code(),
        "sign_in_needed"
    );
    house.await_command("SetPresence").await;
}

#[tokio::test]
async fn the_sixth_wrong_password_is_told_to_wait() {
    let house = House::open().await;
    let wrong = || json!({"login": "somsri", "password": "wrong password"});
    for _ in 0..5 {
        assert_eq!(
            house.post(SESSION, "", wrong()).await.code(),
            "wrong_password"
        );
    }
    let refused = house.post(SESSION, "", wrong()).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() <= 300);
}

#[tokio::test]
async fn a_page_of_another_site_can_use_no_cookie() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let ready = || json!({"state": "ready"});
    let from = |origin: &'static str| [("host", "kring:8080"), ("origin", origin)];

    let path = "/api/v1/me/presence";
    let foreign = house
        .post_with(path, &cookie, ready(), &from("http://evil.example"))
        .await;
    assert_eq!(
        (foreign.status, foreign.code()),
        (StatusCode::FORBIDDEN, "foreign_origin")
    );
    let own = house
        .post_with(path, &cookie, ready(), &from("http://kring:8080"))
        .await;
    assert_eq!(own.status, StatusCode::OK);
    let sign_in = json!({"login": "somsri", "password": "x"});
    let forced = house
        .post_with(SESSION, "", sign_in, &from("http://evil.example"))
        .await;
    assert_eq!(forced.code(), "foreign_origin");

    let form = request(
        "POST",
        path,
        &cookie,
        &ready(),
        &[("content-type", "text/plain")],
    );
    let mut form = form;
    form.headers_mut()
        .insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(house.send(form).await.code(), "not_json");
}

#[tokio::test]
async fn a_token_may_do_what_its_scopes_say() {
    let house = House::open().await;
    house.signed_in("somsri").await;
    let token = async |scopes: &[&str]| house.program(scopes).await;
    let get = async |path: &str, token: &str| {
        let headers = [("authorization", token)];
        house
            .send(request("GET", path, "", &json!(null), &headers))
            .await
    };

    let reads = token(&["calls:read"]).await;
    assert_eq!(get("/api/v1/calls", &reads).await.status, StatusCode::OK);
    let refused = get("/api/v1/contacts", &reads).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::FORBIDDEN, "forbidden")
    );
    assert_eq!(refused.json["scope"], "contacts:read");
    let headers = [("authorization", reads.as_str())];
    let act = house
        .post_with(
            "/api/v1/me/presence",
            "",
            json!({"state": "ready"}),
            &headers,
        )
        .await;
    assert_eq!(act.code(), "forbidden");

    let acts = token(&["agent:somsri"]).await;
    assert_eq!(get("/api/v1/me", &acts).await.json["login"], "somsri");
    let all = token(&["admin"]).await;
    assert_eq!(
        get("/api/v1/agents", &all).await.json["items"][0]["login"],
        "somsri"
    );
    assert_eq!(
        get("/api/v1/calls", "Bearer nonsense").await.code(),
        "sign_in_needed"
    );
}

#[tokio::test]
async fn presence_is_asked_of_the_exchange_and_its_refusals_keep_their_codes() {
    use kring_call::command::CommandRefused;
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let path = "/api/v1/me/presence";

    let ready = house.post(path, &cookie, json!({"state": "ready"})).await;
    assert_eq!(ready.status, StatusCode::OK);
    assert_eq!(house.commands().len(), 1);
    for (body, field) in [
        (json!({"state": "asleep"}), "state"),
        (json!({"state": "paused"}), "reason"),
    ] {
        let refused = house.post(path, &cookie, body).await;
        assert_eq!(
            (refused.code(), &refused.json["field"]),
            ("bad_field", &json!(field))
        );
    }
    house.exchange_says(|_| Err(CommandRefused::AgentBusy));
    let busy = house.post(path, &cookie, json!({"state": "ready"})).await;
    assert_eq!(
        (busy.status, busy.code()),
        (StatusCode::CONFLICT, "agent_busy")
    );
}
