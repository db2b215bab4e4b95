//! What is typed into filters and bodies is never SQL, and what is sent again is done once and for its owner alone.

use crate::house::{House, request};
use axum::http::StatusCode;
use serde_json::json;

/// Quotes, comment marks, wildcards, and the ends of statements.
const WORDS: [&str; 9] = [
    "'",
    "\"",
    "' OR '1'='1",
    "'; DROP TABLE agent; --",
    "%",
    "_",
    "\\",
    "a' UNION SELECT login, password_hash FROM agent --",
    "/**/",
];

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Every filter of every list, from the description that the router serves.
async fn filters(house: &House) -> Vec<(String, String)> {
    let api = house.get("/api/v1/openapi.json", "").await.json;
    let mut found = Vec::new();
    for (path, methods) in api["paths"].as_object().unwrap() {
        let parameters = methods["get"]["parameters"].as_array().cloned();
        for parameter in parameters.unwrap_or_default() {
            if parameter["in"] == "query" {
                let name = parameter["name"].as_str().unwrap().to_owned();
                found.push((path.clone(), name));
            }
        }
    }
    assert!(found.len() > 20, "{found:?}");
    found
}

fn filled(path: &str, with: &str) -> String {
    path.split('/')
        .map(|part| match part.strip_prefix('{') {
            Some(_) => with.to_owned(),
            None => part.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn no_filter_is_sql() {
    let house = House::open().await;
    let admin = house.administrator().await;
    let (agent, _) = house.signed_in("somsri").await;
    let call = house.call_taken(&agent, "0812345678");
    house.written().await;
    for (path, name) in filters(&house).await {
        for word in WORDS {
            let path = format!(
                "/api/v1{}?{name}={}",
                filled(&path, &call.to_string()),
                encoded(word)
            );
            let answer = house.get(&path, &admin).await;
            assert!(!answer.status.is_server_error(), "{path}: {}", answer.text);
            for leak in ["argon2", "syntax error", "sqlite", "SELECT "] {
                assert!(!answer.text.contains(leak), "{path}: {}", answer.text);
            }
        }
    }
    assert_eq!(
        house.get("/api/v1/users", &admin).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn no_part_of_a_path_is_sql() {
    let house = House::open().await;
    let admin = house.administrator().await;
    let api = house.get("/api/v1/openapi.json", "").await.json;
    for (path, methods) in api["paths"].as_object().unwrap() {
        if !path.contains('{') || !methods["get"].is_object() {
            continue;
        }
        for word in WORDS {
            let path = format!("/api/v1{}", filled(path, &encoded(word)));
            let answer = house.get(&path, &admin).await;
            assert!(!answer.status.is_server_error(), "{path}: {}", answer.text);
        }
    }
}

/// `%` and `_` stand for themselves: nobody finds what they did not ask for.
#[tokio::test]
async fn a_wildcard_is_a_letter() {
    let house = House::open().await;
    let admin = house.administrator().await;
    for (path, list) in [
        ("/api/v1/audit?subject=%25", "items"),
        ("/api/v1/audit?action=%25", "items"),
        ("/api/v1/audit?who=_____", "items"),
        ("/api/v1/departments/search?q=%25", "items"),
        ("/api/v1/calls?sip_call_id=%25", "items"),
    ] {
        let found = house.get(path, &admin).await;
        let items = found.json[list].as_array();
        assert_eq!(items.map(Vec::len), Some(0), "{path}: {}", found.text);
    }
}

/// The key of one person is nobody else's: neither their answer nor a refusal comes of it.
#[tokio::test]
async fn an_idempotency_key_is_its_owners() {
    let house = House::open().await;
    let admin = house.administrator().await;
    let key = [("idempotency-key", "the same key")];
    let wish = json!({"name": "crm", "scopes": ["calls:read"]});
    let made = house
        .post_with("/api/v1/tokens", &admin, wish.clone(), &key)
        .await;
    assert_eq!(made.status, StatusCode::CREATED);
    let (_, agent) = house.signed_in("somsri").await;
    let stolen = house
        .post_with("/api/v1/tokens", &agent, wish.clone(), &key)
        .await;
    assert_eq!(stolen.code(), "forbidden");
    assert!(!stolen.text.contains(made.json["secret"].as_str().unwrap()));
    let nobody = house
        .post_with("/api/v1/tokens", "", wish.clone(), &key)
        .await;
    assert_eq!(nobody.code(), "sign_in_needed");
    let again = house.post_with("/api/v1/tokens", &admin, wish, &key).await;
    assert_eq!(
        again.json["secret"], made.json["secret"],
        "the owner gets it again"
    );
    assert_eq!(again.header("idempotency-replayed"), "true");
}

/// A record that is sent twice, by whatever road, is one case.
#[tokio::test]
async fn a_record_is_confirmed_once() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let call = house.call_taken(&agent, "0812345678");
    house.written().await;
    let path = format!("/api/v1/calls/{call}/confirm");
    let record = json!({"given": "สมชาย", "family": "ใจดี", "subject": "ราคาปุ๋ย",
        "department_id": "00000000000000000000000006", "kind": "inquiry", "resolution": "answered"});
    let mut made = 0;
    for key in ["a", "a", "b"] {
        let key = [("idempotency-key", key)];
        let reply = house.post_with(&path, &cookie, record.clone(), &key).await;
        if reply.status == StatusCode::CREATED && reply.header("idempotency-replayed").is_empty() {
            made += 1;
        }
    }
    assert_eq!(made, 1);
    let cases = house.get("/api/v1/cases", &cookie).await;
    assert_eq!(cases.json["items"].as_array().unwrap().len(), 1);
}

/// Addresses that kring is told lead nowhere: it asks none of them.
#[tokio::test]
async fn no_address_that_is_told_is_asked() {
    let house = House::open().await;
    let admin = house.administrator().await;
    let website = json!({"short": "EVL", "name_th": "ทดสอบ", "website": "http://169.254.169.254/latest/meta-data"});
    let added = house.post("/api/v1/departments", &admin, website).await;
    assert!(
        added.status == StatusCode::CREATED || added.code() == "bad_field",
        "{}",
        added.text
    );
    for device in [
        "http://127.0.0.1:22",
        "file:///etc/passwd",
        "sip:",
        "sip:@host",
        "gopher://x",
    ] {
        let body = json!({"devices": [device]});
        let refused = house.patch("/api/v1/users/malee", &admin, body).await;
        assert_eq!(refused.code(), "bad_field", "{device}");
    }
    let forged = [
        ("host", "169.254.169.254"),
        ("x-forwarded-host", "evil.example"),
    ];
    let me = house
        .send(request("GET", "/api/v1/me", &admin, &json!(null), &forged))
        .await;
    assert!(!me.text.contains("evil.example") && !me.text.contains("169.254"));
}
