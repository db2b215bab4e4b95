//! What a page of another site, a caller with markup in their name, or a file that does not exist can do: nothing.

use crate::house::{House, Page, patient, request};
use axum::{body::Body, http::StatusCode};
use kring_store::Role;
use kring_web::WebConfig;
use serde_json::json;
use std::{fs, path::Path};

const MARKUP: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'";

/// Everything that is answered with what somebody has typed is JSON, and no browser takes it for a page.
#[tokio::test]
async fn markup_stays_text() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let person = json!({"given": MARKUP, "number": "0812345678"});
    let made = house.post("/api/v1/contacts", &cookie, person).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let call = house.call_taken(&agent, "0812345678");
    house.written().await;
    let draft =
        json!({"subject": MARKUP, "detail": MARKUP, "kind": "inquiry", "resolution": "answered"});
    let confirmed = house
        .post(&format!("/api/v1/calls/{call}/confirm"), &cookie, draft)
        .await;
    assert!(confirmed.status.is_success() || confirmed.status.is_client_error());
    for path in [
        "/api/v1/contacts/lookup?number=0812345678",
        "/api/v1/contacts?q=script",
        "/api/v1/cases",
        "/api/v1/calls",
        "/api/v1/unfinished",
        &format!("/api/v1/calls/{call}"),
        &format!("/api/v1/contacts?number={}", "%3Cscript%3E"),
    ] {
        let shown = house.get(path, &cookie).await;
        let kind = shown.header("content-type").to_owned();
        assert!(
            kind == "application/json" || kind == "application/problem+json",
            "{path}: {kind}"
        );
        assert_eq!(shown.header("x-content-type-options"), "nosniff", "{path}");
        assert!(
            shown
                .header("content-security-policy")
                .starts_with("default-src 'none'"),
            "{path}"
        );
    }
}

/// The console makes elements of text, never of markup that somebody sent.
#[test]
fn the_console_writes_no_markup() {
    fn look(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, found);
                continue;
            }
            let name = path.file_name().unwrap().to_string_lossy().to_lowercase();
            let kind = path.extension().unwrap_or_default();
            if !(kind == "ts" || kind == "svelte") || name.ends_with(".test.ts") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for word in [
                "{@html",
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "new Function",
                "srcdoc",
                "javascript:",
                "DOMParser",
                "createContextualFragment",
            ] {
                if text.contains(word) {
                    found.push(format!("{}: {word}", path.display()));
                }
            }
        }
    }
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src");
    let mut found = Vec::new();
    look(&ui, &mut found);
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test]
async fn every_answer_says_what_browsers_may_do_with_it() {
    let config = WebConfig {
        secure_cookies: true,
        ..WebConfig::default()
    };
    let house = House::open_with(patient(), config).await;
    for path in [
        "/",
        "/calls/1",
        "/api/v1/me",
        "/api/v1/openapi.json",
        "/healthz",
        "/metrics",
        "/none.js",
        "/api/v1/none",
    ] {
        let answer = house.get(path, "").await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(
            answer
                .header("permissions-policy")
                .contains("microphone=(self)"),
            "{path}"
        );
        assert!(!answer.header("cache-control").is_empty(), "{path}");
    }
    let plain = House::open().await;
    assert_eq!(
        plain.get("/", "").await.header("strict-transport-security"),
        ""
    );
}

/// A page of another site uses the cookie that the browser sends along.
#[tokio::test]
async fn a_request_that_another_site_made_is_not_understood() {
    let house = House::open().await;
    let admin = house.administrator().await;
    let body = json!({"login": "evil", "name": "Evil", "role": "admin"});
    for headers in [
        &[("host", "kring:8080"), ("origin", "http://evil.example")][..],
        &[("host", "kring:8080"), ("origin", "null")],
        &[
            ("host", "kring:8080"),
            ("origin", "https://kring:8080.evil.example"),
        ],
        &[("host", "kring:8080"), ("sec-fetch-site", "cross-site")],
        &[("host", "kring:8080"), ("sec-fetch-site", "same-site")],
    ] {
        let refused = house
            .post_with("/api/v1/users", &admin, body.clone(), headers)
            .await;
        assert_eq!(refused.code(), "foreign_origin", "{headers:?}");
        for (method, path) in [
            ("DELETE", "/api/v1/me/sessions"),
            ("DELETE", "/api/v1/users/malee/sessions"),
            ("POST", "/api/v1/settings/reload"),
            ("PATCH", "/api/v1/users/malee"),
        ] {
            let refused = house
                .send(request(method, path, &admin, &json!({}), headers))
                .await;
            assert_eq!(
                refused.code(),
                "foreign_origin",
                "{method} {path} {headers:?}"
            );
        }
    }
    assert_eq!(house.get("/api/v1/me", &admin).await.status, StatusCode::OK);

    // What a form can send without being asked is no body of ours, wherever it comes from.
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        for path in [
            "/api/v1/users",
            "/api/v1/settings/reload",
            "/api/v1/session",
            "/api/v1/me/presence",
        ] {
            let mut form = request("POST", path, &admin, &body, &[]);
            form.headers_mut()
                .insert("content-type", kind.parse().unwrap());
            assert_eq!(house.send(form).await.code(), "not_json", "{path} {kind}");
        }
    }
    let at = house.serve().await;
    let foreign = Page::open(at, &admin, Some("http://evil.example")).await;
    assert_eq!(foreign.err(), Some(403), "nor on the socket");
    let null = Page::open(at, &admin, Some("null")).await;
    assert_eq!(null.err(), Some(403));
}

/// No path leads out of what the console carries.
#[tokio::test]
async fn no_path_leads_out_of_the_house() {
    let house = House::open().await;
    let admin = house.administrator().await;
    for path in [
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%5c..%5cwindows.ini",
        "//etc/passwd",
        "/%00",
        "/index.html%00.js",
        "/api/v1/calls/..%2f..%2fetc%2fpasswd/pcap",
        "/api/v1/calls/%00/pcap",
        "/api/v1/calls/%2fetc%2fpasswd/ladder",
        "/api/v1/cases/by-ref/..%2f..%2fetc%2fpasswd",
        "/api/v1/users/..%2f..%2ftokens",
        "/api/v1/departments/%2e%2e",
    ] {
        let answer = house.get(path, &admin).await;
        assert!(!answer.text.contains("root:"), "{path}");
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.text);
        let harmless = answer.text.contains("<!doctype html>") || answer.status.is_client_error();
        assert!(harmless, "{path}: {} {}", answer.status, answer.text);
    }
}

/// What people and callers are called lands in headers nowhere.
#[tokio::test]
async fn a_name_ends_no_header() {
    let house = House::open().await;
    let admin = house.administrator().await;
    for (path, body) in [
        (
            "/api/v1/users",
            json!({"login": "a\r\nset-cookie: x=y", "name": "a", "role": "agent"}),
        ),
        (
            "/api/v1/users",
            json!({"login": "a", "name": "a\r\nset-cookie: x=y", "role": "agent"}),
        ),
        (
            "/api/v1/tokens",
            json!({"name": "a\r\nset-cookie: x=y", "scopes": ["calls:read"]}),
        ),
    ] {
        assert_eq!(house.post(path, &admin, body).await.code(), "bad_field");
    }
    for path in [
        "/api/v1/audit/export?subject=a%0d%0aset-cookie:%20x=y",
        "/api/v1/departments/export?a=%0d%0aset-cookie:%20x=y",
        "/api/v1/calls/%0d%0aset-cookie:%20x=y/pcap",
        "/%0d%0aset-cookie:%20x=y",
    ] {
        let answer = house.get(path, &admin).await;
        assert_eq!(answer.header("set-cookie"), "", "{path}");
    }
    let key = "a".repeat(200);
    let long = [("idempotency-key", key.as_str())];
    let refused = house
        .post_with(
            "/api/v1/me/presence",
            &admin,
            json!({"state": "ready"}),
            &long,
        )
        .await;
    assert_eq!(refused.code(), "bad_idempotency_key");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let house = House::open().await;
    let admin = house.administrator().await;
    let large = json!({"login": "somsri", "name": "ก".repeat(200_000), "role": "agent"});
    for path in [
        "/api/v1/users",
        "/api/v1/session",
        "/api/v1/contacts",
        "/api/v1/me/password",
    ] {
        let refused = house.post(path, &admin, large.clone()).await;
        assert_eq!(
            refused.status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{path}: {}",
            refused.text
        );
        let keyed = [("idempotency-key", path)];
        let refused = house.post_with(path, &admin, large.clone(), &keyed).await;
        assert_eq!(
            refused.status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{path} with a key"
        );
    }
    let deep = "[".repeat(100_000);
    let mut request = request("POST", "/api/v1/users", &admin, &json!(null), &[]);
    *request.body_mut() = Body::from(deep);
    let deep = house.send(request).await;
    assert!(deep.status.is_client_error(), "nor one that is too deep");
}

/// Whoever reads for others asks for what they may not have.
#[tokio::test]
async fn a_role_is_not_made_by_saying_so() {
    let house = House::open().await;
    house.agent("wichai", Role::Supervisor).await;
    let cookie = house.cookie("wichai").await;
    for (method, path, body) in [
        ("PATCH", "/api/v1/users/wichai", json!({"role": "admin"})),
        (
            "POST",
            "/api/v1/users",
            json!({"login": "x", "name": "x", "role": "admin"}),
        ),
        (
            "POST",
            "/api/v1/tokens",
            json!({"name": "x", "scopes": ["admin"]}),
        ),
        ("POST", "/api/v1/users/wichai/reset", json!({})),
    ] {
        let refused = house.send(request(method, path, &cookie, &body, &[])).await;
        assert_eq!(refused.code(), "forbidden", "{method} {path}");
    }
}
