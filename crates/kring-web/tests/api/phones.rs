//! Phones: what a supervisor sees of them, and the light of the sign-in.

use crate::house::{House, Page};
use axum::http::StatusCode;
use kring_journal::{AgentId, Fact, PhoneAway, PhoneThere, WallTime};
use kring_store::{AgentRow, BindingRow, PhoneRow, Role, Store};
use serde_json::json;

const PHONES: &str = "/api/v1/phones";

const SECRETS: &str = "MD5:0123456789abcdef0123456789abcdef";

async fn phone(store: &Store, user: &str, disabled: bool) {
    let row = PhoneRow {
        srtp: None,
        phone: user.to_owned(),
        realm: "kring".to_owned(),
        secrets: SECRETS.to_owned(),
        name: format!("โต๊ะ {user}"),
        disabled,
        created: WallTime(1),
        symmetric: false,
    };
    store.put_phone(&row).await.unwrap();
}

async fn registers(store: &Store, user: &str, until: i64) {
    let row = BindingRow {
        phone: user.to_owned(),
        id: "2a".to_owned(),
        contact: format!("sip:{user}@10.0.0.9"),
        instance: None,
        reg_id: None,
        preference: 1_000,
        path: Vec::new(),
        transport: "udp".to_owned(),
        address: "198.51.100.4:40123".to_owned(),
        reach: None,
        call_id: "c".to_owned(),
        seq: 1,
        expires: WallTime(until),
        seen: WallTime(until - 60_000_000),
        user_agent: "Yealink SIP-T31P".to_owned(),
    };
    store.keep_bindings(&[row], &[]).await.unwrap();
}

async fn sits_at(store: &Store, login: &str, device: &str) {
    let agent = store.agent(&AgentId::new(login)).await.unwrap().unwrap();
    let devices = vec![device.to_owned()];
    store
        .put_agent(&AgentRow { devices, ..agent })
        .await
        .unwrap();
}

#[tokio::test]
async fn phones_are_listed_with_their_places_and_without_their_secrets() {
    let house = House::open().await;
    house.agent("boss", Role::Supervisor).await;
    house.agent("somsri", Role::Agent).await;
    let store = &house.store;
    sits_at(store, "somsri", "phone:5021").await;
    phone(store, "5021", false).await;
    phone(store, "5022", true).await;
    registers(store, "5021", i64::MAX / 2_000).await;
    registers(store, "5022", 1).await;
    let cookie = house.cookie("boss").await;
    let reply = house.get("/api/v1/phones", &cookie).await;
    assert_eq!(reply.status, StatusCode::OK);
    let items = &reply.json["items"];
    assert_eq!(items[0]["user"], "5021");
    assert_eq!(items[0]["agent"], "somsri");
    assert_eq!(items[0]["registered"], true);
    assert_eq!(items[0]["bindings"][0]["transport"], "udp");
    assert_eq!(items[0]["bindings"][0]["user_agent"], "Yealink SIP-T31P");
    assert_eq!(items[1]["registered"], false);
    assert_eq!(items[1]["bindings"], json!([]));
    assert!(!reply.json.to_string().contains("0123456789abcdef"));
}

#[tokio::test]
async fn the_light_of_the_phone_tells_whether_it_is_registered() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let store = &house.store;
    sits_at(store, "somsri", "phone:5021").await;
    phone(store, "5021", false).await;
    let path = "/api/v1/me/readiness";
    let reply = house.post(path, &cookie, json!({})).await;
    assert_eq!(reply.json["lights"]["device"], false);
    registers(store, "5021", i64::MAX / 2_000).await;
    let reply = house.post(path, &cookie, json!({})).await;
    assert_eq!(reply.json["lights"]["device"], true);
}

#[tokio::test]
async fn a_phone_is_added_changed_and_removed_and_its_secret_is_shown_once() {
    let changed = std::sync::Arc::new(tokio::sync::Notify::new());
    let proofs = kring_web::PhoneProofs::new("kring", changed.clone(), |user, password| {
        format!("MD5:{user}-{password}")
    });
    let web = kring_web::WebConfig {
        phones: proofs,
        ..kring_web::WebConfig::default()
    };
    let house = House::open_with(crate::house::patient(), web).await;
    let admin = house.administrator().await;
    let added = house
        .post(PHONES, &admin, json!({"user": "5021", "name": "โต๊ะ ๑"}))
        .await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    assert_eq!(added.json["secret"].as_str().map(str::len), Some(16));
    assert_eq!(added.json["realm"], "kring");
    let stored = house.store.phone("5021").await.unwrap().unwrap();
    let secret = added.json["secret"].as_str().unwrap();
    assert_eq!(stored.secrets, format!("MD5:5021-{secret}"));
    // The registrar has been told.
    changed.notified().await;
    let twice = house.post(PHONES, &admin, json!({"user": "5021"})).await;
    assert_eq!(twice.code(), "taken");
    let odd = house.post(PHONES, &admin, json!({"user": "50 21"})).await;
    assert_eq!(odd.json["field"], "user");

    let one = "/api/v1/phones/5021";
    let fields = json!({"name": "โต๊ะ ๒", "disabled": true});
    let other = house.patch(one, &admin, fields).await;
    assert_eq!(other.json["name"], "โต๊ะ ๒", "{}", other.text);
    assert_eq!(other.json["disabled"], true);
    let renewed = house
        .post("/api/v1/phones/5021/secret", &admin, json!({}))
        .await;
    assert_ne!(renewed.json["secret"], added.json["secret"]);

    house.agent("somsri", Role::Agent).await;
    sits_at(&house.store, "somsri", "phone:5021").await;
    assert_eq!(house.delete(one, &admin).await.code(), "in_use");
    sits_at(&house.store, "somsri", "phone:50211").await;
    let gone = house.delete(one, &admin).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(
        house.delete(one, &admin).await.status,
        StatusCode::NOT_FOUND
    );

    let audit = house.get("/api/v1/audit?action=phone", &admin).await;
    let actions: Vec<&str> = audit.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|line| line["action"].as_str())
        .collect();
    assert_eq!(
        actions,
        ["phone.remove", "phone.secret", "phone.change", "phone.add"]
    );
    assert!(!audit.text.contains("MD5:"), "no secret in the audit");
}

/// The phone on somebody's desk loses its line: their page knows at once, and nobody else's does.
#[tokio::test]
async fn whoever_has_the_phone_is_told_that_it_is_gone_and_that_it_is_back() {
    let house = House::open().await;
    let (_, mine) = house.signed_in("somsri").await;
    let (_, other) = house.signed_in("malee").await;
    sits_at(&house.store, "somsri", "phone:5021").await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &mine, json!({})).await;
    let (mut elsewhere, _) = Page::hello(at, &other, json!({})).await;
    let gone = |bindings| {
        Fact::PhoneGone(PhoneAway {
            phone: "5021".to_owned(),
            why: None,
            bindings: Some(bindings),
        })
    };
    house.happens(None, gone(1));
    house.happens(None, gone(0));
    let told = page.hear_of("device.changed").await;
    assert_eq!(told["d"]["device"], "phone:5021");
    assert_eq!(told["d"]["there"], false);
    house.happens(
        None,
        Fact::PhoneRegistered(PhoneThere {
            phone: "5021".to_owned(),
            transport: None,
            user_agent: None,
            bindings: Some(1),
        }),
    );
    let told = page.hear_of("device.changed").await;
    assert_eq!(told["d"]["there"], true);
    assert_eq!(told["seq"], 2, "a phone that is left elsewhere is not gone");
    house.happens(None, Fact::Draining);
    let first = elsewhere.hear_of("system.drain").await;
    assert_eq!(first["seq"], 1);
}
