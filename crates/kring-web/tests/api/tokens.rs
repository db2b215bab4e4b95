//! Tokens of programs: made, used and ended by REST.

use crate::house::{House, request};
use axum::http::StatusCode;
use serde_json::json;
use std::time::{Duration, Instant};

const TOKENS: &str = "/api/v1/tokens";

#[tokio::test]
async fn a_token_is_shown_once_used_and_removed() {
    let house = House::open().await;
    let admin = house.administrator().await;
    let wish =
        json!({"name": "crm", "scopes": ["calls:read"], "expires_at": "2999-01-01T00:00:00Z"});
    let made = house.post(TOKENS, &admin, wish.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let secret = made.json["secret"].as_str().unwrap().to_owned();
    assert_eq!(made.json["made_by"], "person malee");
    assert_eq!(house.post(TOKENS, &admin, wish).await.code(), "taken");
    let listed = house.get(TOKENS, &admin).await;
    assert!(!listed.text.contains(&secret));
    assert_eq!(listed.json["items"][0]["last_used"], json!(null));

    let bearer = format!("Bearer {secret}");
    let headers = [("authorization", bearer.as_str())];
    let get = async || {
        let request = request("GET", "/api/v1/calls", "", &json!(null), &headers);
        house.send(request).await
    };
    assert_eq!(get().await.status, StatusCode::OK);
    let patience = Instant::now() + Duration::from_secs(5);
    while house.store.tokens().await.unwrap()[0].last_used.is_none() {
        assert!(
            Instant::now() < patience,
            "the use is noted beside the request"
        );
        tokio::task::yield_now().await;
    }
    let removed = house.delete("/api/v1/tokens/crm", &admin).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(get().await.code(), "sign_in_needed");
    assert_eq!(
        house.delete("/api/v1/tokens/crm", &admin).await.code(),
        "not_found"
    );
    assert_eq!(house.audited("crm").await, ["token.add", "token.remove"]);
}

#[tokio::test]
async fn what_no_token_can_be_is_refused() {
    let house = House::open().await;
    let admin = house.administrator().await;
    for (body, field) in [
        (json!({"name": "", "scopes": ["calls:read"]}), "name"),
        (json!({"name": "a\nb", "scopes": ["calls:read"]}), "name"),
        (json!({"name": "a", "scopes": []}), "scopes"),
        (json!({"name": "a", "scopes": ["everything"]}), "scopes"),
        (json!({"name": "a", "scopes": ["agent:nobody"]}), "scopes"),
        (
            json!({"name": "a", "scopes": ["admin"], "expires_at": "2001-01-01T00:00:00Z"}),
            "expires_at",
        ),
        (
            json!({"name": "a", "scopes": ["admin"], "expires_at": "soon"}),
            "expires_at",
        ),
    ] {
        let refused = house.post(TOKENS, &admin, body).await;
        assert_eq!(
            (refused.code(), &refused.json["field"]),
            ("bad_field", &json!(field))
        );
    }
    let reads = house.program(&["calls:read"]).await;
    let headers = [("authorization", reads.as_str())];
    let more = json!({"name": "more", "scopes": ["admin"]});
    let refused = house.post_with(TOKENS, "", more, &headers).await;
    assert_eq!(
        refused.code(),
        "forbidden",
        "a token cannot make itself more"
    );
}
