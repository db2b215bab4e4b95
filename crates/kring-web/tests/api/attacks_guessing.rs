//! Guessing passwords: at one login, at many, from one place and from many. The owner goes on working.

use crate::house::{House, Page, Reply, request};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use kring_store::Role;
use serde_json::json;
use std::net::SocketAddr;

const SESSION: &str = "/api/v1/session";
const PASSWORD: &str = "สามล้อ ใบชา กระดุม";

async fn attempt(house: &House, from: &str, login: &str, password: &str, cookie: &str) -> Reply {
    let body = json!({"login": login, "password": password});
    let mut request: Request<Body> = request("POST", SESSION, cookie, &body, &[]);
    let from: SocketAddr = format!("{from}:4000").parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(from));
    house.send(request).await
}

/// Wrong passwords until it is to be waited; how many were looked at.
async fn guess(
    house: &House,
    from: impl Fn(usize) -> String,
    login: impl Fn(usize) -> String,
) -> usize {
    for n in 0.. {
        let reply = attempt(house, &from(n), &login(n), "a wrong password", "").await;
        match reply.status {
            StatusCode::UNAUTHORIZED => {}
            StatusCode::TOO_MANY_REQUESTS => return n,
            other => panic!("{other}: {}", reply.text),
        }
    }
    unreachable!("there is no end to counting")
}

async fn somsri(house: &House) {
    house
        .agent_with_password("somsri", Role::Supervisor, Some(PASSWORD))
        .await;
}

#[tokio::test]
async fn one_source_is_held_up_and_the_owner_elsewhere_is_not() {
    let house = House::open().await;
    somsri(&house).await;
    let tried = guess(&house, |_| "203.0.113.9".into(), |_| "somsri".into()).await;
    assert_eq!(tried, 5);
    let right = attempt(&house, "203.0.113.9", "somsri", PASSWORD, "").await;
    assert_eq!(
        right.status,
        StatusCode::TOO_MANY_REQUESTS,
        "not even the right one"
    );
    assert_eq!(right.header("retry-after"), "30");
    let owner = attempt(&house, "10.0.0.7", "somsri", PASSWORD, "").await;
    assert_eq!(owner.status, StatusCode::CREATED);
    assert_eq!(
        house.audited("somsri").await,
        [
            "session.refused",
            "session.refused",
            "session.refused",
            "session.refused",
            "session.refused",
            "session.locked",
            "session.begin"
        ]
    );
}

#[tokio::test]
async fn many_sources_at_one_login_are_held_up_and_the_owner_at_the_usual_place_is_not() {
    let house = House::open().await;
    somsri(&house).await;
    let admin = house.administrator().await;
    let at = house.serve().await;
    let (mut watcher, _) = Page::hello(at, &admin, json!({})).await;
    let desk = attempt(&house, "10.0.0.7", "somsri", PASSWORD, "").await;
    let device = desk.headers.get_all("set-cookie").iter().nth(1).unwrap();
    let device = device.to_str().unwrap().split(';').next().unwrap();

    let tried = guess(&house, |n| format!("203.0.113.{n}"), |_| "somsri".into()).await;
    assert_eq!(tried, 20);
    let alert = watcher.hear_of("alert").await;
    assert_eq!(alert["d"]["code"], "passwords_guessed", "{alert}");
    let stranger = attempt(&house, "198.51.100.1", "somsri", PASSWORD, "").await;
    assert_eq!(stranger.status, StatusCode::TOO_MANY_REQUESTS);
    let owner = attempt(&house, "10.0.0.7", "somsri", PASSWORD, "").await;
    assert_eq!(owner.status, StatusCode::CREATED, "the usual address");
    let owner = attempt(&house, "198.51.100.1", "somsri", PASSWORD, device).await;
    assert_eq!(
        owner.status,
        StatusCode::CREATED,
        "the usual browser, at another place"
    );
    let lied = format!("kring_device={}", "7".repeat(64));
    let stranger = attempt(&house, "198.51.100.2", "somsri", PASSWORD, &lied).await;
    assert_eq!(stranger.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn one_source_cannot_try_a_password_at_every_login() {
    let house = House::open().await;
    let tried = guess(&house, |_| "203.0.113.9".into(), |n| format!("agent-{n}")).await;
    assert_eq!(tried, 50);
    let lines = house.audited("unknown").await;
    assert_eq!(
        lines.len(),
        51,
        "what was typed as a login may be a password: it is not kept"
    );
    assert!(house.audited("agent-0").await.is_empty());
}

/// Whether somebody has this login is not told: not by words, not by waiting.
#[tokio::test]
async fn known_and_unknown_logins_are_answered_alike() {
    let house = House::open().await;
    somsri(&house).await;
    let mut told = Vec::new();
    for login in ["somsri", "nobody"] {
        let mut answers = Vec::new();
        for n in 0..7 {
            let from = format!("203.0.113.{}", if login == "nobody" { 9 } else { 8 });
            let reply = attempt(&house, &from, login, "a wrong password", "").await;
            answers.push((
                n,
                reply.status,
                reply.json,
                reply.headers.get("retry-after").cloned(),
            ));
        }
        told.push(answers);
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn a_restart_gives_those_who_guess_no_fresh_start() {
    let house = House::open().await;
    somsri(&house).await;
    assert_eq!(
        guess(&house, |n| format!("203.0.113.{n}"), |_| "somsri".into()).await,
        20
    );
    let again = house.again().await;
    let stranger = attempt(&again, "198.51.100.1", "somsri", PASSWORD, "").await;
    assert_eq!(stranger.status, StatusCode::TOO_MANY_REQUESTS);
}
