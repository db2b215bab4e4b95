//! The page, the health of the process, its numbers and the description of the API.

use crate::house::{House, patient, request};
use axum::http::StatusCode;
use kring_web::WebConfig;
use serde_json::json;

#[tokio::test]
async fn every_path_that_is_no_file_leads_to_the_page() {
    let house = House::open().await;
    for path in ["/", "/calls/01J", "/wallboard"] {
        let page = house.get(path, "").await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.text.contains("<!doctype html>"));
        assert!(
            page.header("content-security-policy")
                .contains("frame-ancestors 'none'")
        );
        assert_eq!(page.header("cache-control"), "no-cache");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        let known = [("if-none-match", page.header("etag"))];
        let same = house
            .send(request("GET", path, "", &json!(null), &known))
            .await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    }
    assert_eq!(
        house.get("/assets/missing.js", "").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn health_tells_of_the_store_the_exchange_and_the_journal() {
    let house = House::open().await;
    assert_eq!(house.get("/healthz", "").await.json["status"], "ok");
    let ready = house.get("/readyz", "").await;
    assert_eq!(
        (ready.status, &ready.json["exchange"]),
        (StatusCode::OK, &json!("ok")),
        "{}",
        ready.text
    );
    house.store.close().await;
    let failing = house.get("/readyz", "").await;
    assert_eq!(failing.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(failing.json["store"], "failing");
}

#[tokio::test]
async fn metrics_may_ask_for_a_token() {
    let config = WebConfig {
        metrics_token: Some("let me see".into()),
        ..WebConfig::default()
    };
    let house = House::open_with(patient(), config).await;
    assert_eq!(
        house.get("/metrics", "").await.status,
        StatusCode::UNAUTHORIZED
    );
    let token = [("authorization", "Bearer let me see")];
    let shown = house
        .send(request("GET", "/metrics", "", &json!(null), &token))
        .await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.header("content-type").starts_with("text/plain"));
}

#[tokio::test]
async fn the_description_names_every_path_and_both_ways_to_sign_in() {
    let house = House::open().await;
    let api = house.get("/api/v1/openapi.json", "").await.json;
    assert_eq!(api["openapi"], "3.1.0");
    for path in [
        "/session",
        "/me",
        "/me/presence",
        "/me/readiness",
        "/calls",
        "/calls/{id}",
        "/calls/{id}/events",
        "/calls/{id}/evidence",
        "/calls/{id}/answer",
        "/calls/{id}/decline",
        "/calls/{id}/hangup",
        "/calls/{id}/draft",
        "/calls/{id}/confirm",
        "/calls/{id}/no-case",
        "/unfinished",
        "/contacts",
        "/contacts/lookup",
        "/contacts/{id}",
        "/contacts/{id}/history",
        "/cases",
        "/cases/{id}",
        "/cases/by-ref/{ref}",
        "/departments",
        "/agents",
        "/queues",
    ] {
        assert!(api["paths"][path].is_object(), "{path} is missing");
    }
    assert_eq!(
        api["components"]["securitySchemes"]["token"]["scheme"],
        "bearer"
    );
}

#[tokio::test]
async fn what_is_long_is_sent_compressed_to_those_who_can_read_it() {
    let house = House::open().await;
    let gzip = [("accept-encoding", "gzip")];
    let path = "/api/v1/openapi.json";
    let api = house
        .send(request("GET", path, "", &json!(null), &gzip))
        .await;
    assert_eq!(api.header("content-encoding"), "gzip");
    assert_eq!(house.get(path, "").await.header("content-encoding"), "");
}

/// What a browser needs to install the console: a manifest, and icons that are as large as it says.
#[test]
fn the_console_can_be_installed() {
    let ui = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let read = |path: &str| std::fs::read(ui.join("public").join(path.trim_start_matches('/')));
    let manifest: serde_json::Value =
        serde_json::from_slice(&read("manifest.webmanifest").unwrap()).unwrap();
    assert_eq!(manifest["start_url"], "/");
    assert_eq!(manifest["display"], "standalone");
    for icon in manifest["icons"].as_array().unwrap() {
        let file = read(icon["src"].as_str().unwrap()).unwrap();
        if icon["type"] == "image/png" {
            // IHDR: width and height stand after the signature and the chunk's head (PNG §11.2.1).
            let at = |from: usize| u32::from_be_bytes(file[from..from + 4].try_into().unwrap());
            let size = format!("{}x{}", at(16), at(20));
            assert_eq!(icon["sizes"], size.as_str(), "{icon}");
        }
    }
    let page = std::fs::read_to_string(ui.join("index.html")).unwrap();
    assert!(page.contains("<link rel=\"manifest\" href=\"/manifest.webmanifest\" />"));
}
