//! The first run: who may make the first account, that there is one first, and what follows.

use crate::{
    house::{House, Reply, patient, request},
    users::cookie_of,
};
use axum::{
    extract::ConnectInfo,
    http::{StatusCode, Version},
};
use kring_web::{
    FirstRun, Means, MeansRefused, NewCertificate, TestCallPlaced, TrunkStep, TrunkTested,
    WebConfig,
};
use serde_json::{Value, json};
use std::net::SocketAddr;

const SETUP: &str = "/api/v1/setup";
const GOOD: &str = "สามล้อ ใบชา กระดุม";
const CODE: &str = "7KQM2-XPTRA";

async fn house() -> House {
    let addresses = vec!["http://192.0.2.5:8080".to_owned()];
    let web = WebConfig {
        first_run: FirstRun::new(Some(CODE), addresses, false),
        ..WebConfig::default()
    };
    House::open_with(patient(), web).await
}

fn first(login: &str, code: Option<&str>) -> Value {
    json!({"code": code, "login": login, "name": "ผู้ดูแลระบบ", "password": GOOD})
}

/// Asks from this address.
async fn ask(
    house: &House,
    (method, from): (&str, &str),
    body: &Value,
    headers: &[(&str, &str)],
) -> Reply {
    let from: SocketAddr = from.parse().unwrap();
    let mut request = request(method, SETUP, "", body, headers);
    request.extensions_mut().insert(ConnectInfo(from));
    house.send(request).await
}

#[tokio::test]
async fn who_has_read_the_code_makes_the_first_account_and_nobody_a_second() {
    let house = house().await;
    let asked = house.get(SETUP, "").await;
    assert_eq!(
        asked.json,
        json!({"needed": true, "code_wanted": true, "addresses": ["http://192.0.2.5:8080"], "https": false})
    );
    for code in [None, Some("7KQM2-XPTRB")] {
        let refused = house.post(SETUP, "", first("boss", code)).await;
        assert_eq!(refused.code(), "wrong_setup_code", "{}", refused.text);
    }
    let weak = json!({"code": CODE, "login": "boss", "name": "x", "password": "123456789012"});
    assert_eq!(house.post(SETUP, "", weak).await.code(), "weak_password");

    let made = house
        .post(SETUP, "", first("boss", Some("7kqm2 xptra")))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.json["roles"], json!(["admin"]));
    let cookie = cookie_of(&made);
    let users = house.get("/api/v1/users", &cookie).await;
    assert_eq!(users.json["items"].as_array().map(Vec::len), Some(1));

    assert_eq!(house.get(SETUP, "").await.status, StatusCode::NOT_FOUND);
    let second = house.post(SETUP, "", first("other", Some(CODE))).await;
    assert_eq!(second.status, StatusCode::NOT_FOUND);
    let audit = house.get("/api/v1/audit?action=user.add", &cookie).await;
    assert_eq!(audit.json["items"][0]["who"], "/setup", "{}", audit.text);
}

#[tokio::test]
async fn of_many_at_the_same_moment_one_is_first() {
    let house = house().await;
    let bodies: Vec<Value> = (0..8)
        .map(|n| first(&format!("boss-{n}"), Some(CODE)))
        .collect();
    let from: Vec<String> = (1..9).map(|n| format!("192.0.2.{n}:40000")).collect();
    let asked = bodies
        .iter()
        .zip(&from)
        .map(|(body, from)| ask(&house, ("POST", from), body, &[]));
    let replies = futures_util::future::join_all(asked).await;
    let made = |reply: &&Reply| reply.status == StatusCode::CREATED;
    assert_eq!(replies.iter().filter(made).count(), 1);
    let late = |reply: &&Reply| reply.status == StatusCode::NOT_FOUND;
    assert_eq!(replies.iter().filter(late).count(), 7);
    assert_eq!(house.store.accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn guessing_the_code_is_braked_as_guessing_a_password_is() {
    let house = house().await;
    let wrong = first("boss", Some("AAAAA-AAAAA"));
    let mut codes = Vec::new();
    for _ in 0..12 {
        let reply = ask(&house, ("POST", "203.0.113.9:40000"), &wrong, &[]).await;
        codes.push(reply.code().to_owned());
    }
    assert_eq!(codes[0], "wrong_setup_code");
    assert_eq!(codes[11], "too_many_attempts", "{codes:?}");
}

#[tokio::test]
async fn the_machine_itself_needs_no_code_and_a_proxy_on_it_does() {
    let house = house().await;
    let here = "127.0.0.1:40000";
    let wanted = async |from: &str, headers: &[(&str, &str)]| {
        let reply = ask(&house, ("GET", from), &Value::Null, headers).await;
        reply.json["code_wanted"].as_bool()
    };
    assert_eq!(
        wanted(here, &[("host", "localhost:8080")]).await,
        Some(false)
    );
    assert_eq!(
        wanted("[::1]:40000", &[("host", "[::1]:8080")]).await,
        Some(false)
    );
    assert_eq!(
        wanted("192.0.2.7:40000", &[("host", "localhost")]).await,
        Some(true)
    );
    // A name from outside that leads here: another site's page asks.
    assert_eq!(wanted(here, &[("host", "evil.example")]).await, Some(true));
    let forwarded = [
        ("host", "127.0.0.1:8080"),
        ("x-forwarded-for", "203.0.113.9"),
    ];
    assert_eq!(wanted(here, &forwarded).await, Some(true));
    // nginx, as it comes.
    let mut old = request(
        "GET",
        SETUP,
        "",
        &Value::Null,
        &[("host", "127.0.0.1:8080")],
    );
    *old.version_mut() = Version::HTTP_10;
    let from: SocketAddr = here.parse().unwrap();
    old.extensions_mut().insert(ConnectInfo(from));
    assert_eq!(house.send(old).await.json["code_wanted"], true);

    let body = first("boss", None);
    let foreign = [
        ("host", "localhost:8080"),
        ("origin", "http://evil.example"),
    ];
    let refused = ask(&house, ("POST", here), &body, &foreign).await;
    assert_eq!(refused.code(), "foreign_origin");
    let made = ask(&house, ("POST", here), &body, &[("host", "localhost:8080")]).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
}

#[tokio::test]
async fn a_certificate_is_made_and_its_authority_is_anybodys() {
    let web = WebConfig {
        certificates: Means::new(|names: Vec<String>| {
            Box::pin(async move {
                if names.contains(&"*".to_owned()) {
                    return Err(MeansRefused::Wrong("\"*\" is no host".to_owned()));
                }
                Ok(NewCertificate {
                    authority_sha256: "AB:CD".to_owned(),
                    not_after_s: 1_900_000_000,
                    names,
                    in_use: false,
                    files: ["server.crt".to_owned(), "server.key".to_owned()],
                })
            })
        }),
        authority: Means::new(|()| Box::pin(async { Some(b"PEM".to_vec()) })),
        ..WebConfig::default()
    };
    let house = House::open_with(patient(), web).await;
    let admin = house.administrator().await;
    let path = "/api/v1/setup/certificate";
    let made = house
        .post(path, &admin, json!({"names": ["kring.local"]}))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.json["names"], json!(["kring.local"]));
    assert_eq!(made.json["needs_restart"], true);
    assert_eq!(made.json["not_after"], "2030-03-17T17:46:40.000000Z");
    let refused = house.post(path, &admin, json!({"names": ["*"]})).await;
    assert_eq!(refused.code(), "bad_field");
    assert_eq!(refused.json["field"], "names");
    let file = house.get("/api/v1/setup/authority.crt", "").await;
    assert_eq!(file.text, "PEM");
    assert_eq!(file.header("content-type"), "application/x-x509-ca-cert");
    let none = House::open().await;
    let file = none.get("/api/v1/setup/authority.crt", "").await;
    assert_eq!(file.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_trunk_is_tested_and_the_audit_says_where_sip_went() {
    let web = WebConfig {
        trunk_tests: Means::new(|question: kring_web::TrunkQuestion| {
            Box::pin(async move {
                let step = TrunkStep {
                    step: "address",
                    state: "ok",
                    value: Some(question.address),
                    detail_th: "พบ".to_owned(),
                    detail_en: "found".to_owned(),
                };
                Ok(TrunkTested {
                    steps: vec![step],
                    round_trips_ms: vec![1.5; usize::from(question.count)],
                    status: Some(200),
                    ..TrunkTested::default()
                })
            })
        }),
        ..WebConfig::default()
    };
    let house = House::open_with(patient(), web).await;
    let admin = house.administrator().await;
    let path = "/api/v1/trunks/test";
    let wish = json!({"address": "192.0.2.10:5060", "transport": "udp", "count": 4});
    let tested = house.post(path, &admin, wish).await;
    assert_eq!(tested.status, StatusCode::OK, "{}", tested.text);
    assert_eq!(tested.json["round_trips_ms"], json!([1.5, 1.5, 1.5, 1.5]));
    assert_eq!(
        tested.json["learnt"],
        json!({"transfer": null, "prack": null})
    );
    for (wish, field) in [
        (json!({"address": "x", "count": 17}), "count"),
        (json!({"address": "x", "count": 0}), "count"),
        (json!({"address": "x", "transport": "sctp"}), "transport"),
        (json!({"address": ""}), "address"),
    ] {
        assert_eq!(house.post(path, &admin, wish).await.json["field"], field);
    }
    let audit = house.get("/api/v1/audit?action=trunk.test", &admin).await;
    let items = audit.json["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{}", audit.text);
    assert_eq!(items[0]["subject"], "192.0.2.10:5060");
}

#[tokio::test]
async fn a_test_call_goes_to_the_number_of_a_queue() {
    let web = WebConfig {
        test_calls: Means::new(|call: kring_web::TestCall| {
            Box::pin(async move {
                Ok(TestCallPlaced {
                    sip_call_id: "call-1@pbx".to_owned(),
                    number: call.number,
                })
            })
        }),
        ..WebConfig::default()
    };
    web.rules.put(kring_web::HouseRules {
        dialled: vec![
            ("main".to_owned(), None),
            ("support".to_owned(), Some("1203".to_owned())),
        ],
        ..kring_web::HouseRules::default()
    });
    let house = House::open_with(patient(), web).await;
    let admin = house.administrator().await;
    house.agent("somsri", kring_store::Role::Agent).await;
    let call = house.call_from("9999");
    let path = "/api/v1/setup/test-call";
    let placed = house.post(path, &admin, json!({"agent": "somsri"})).await;
    assert_eq!(placed.status, StatusCode::ACCEPTED, "{}", placed.text);
    assert_eq!(
        placed.json,
        json!({"call": call.to_string(), "number": "1203"})
    );
    let anybody = house.post(path, &admin, json!({})).await;
    assert_eq!(anybody.json["number"], "0000");
    let nobody = house.post(path, &admin, json!({"agent": "nobody"})).await;
    assert_eq!(nobody.code(), "no_such_agent");
}
