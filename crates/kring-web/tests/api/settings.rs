//! An administrator has the configuration read again.

use crate::house::{House, Page, patient};
use axum::http::StatusCode;
use kring_journal::{Fact, Mistakes};
use kring_store::Role;
use kring_web::{
    ConfigurationWish, HouseRules, ReloadRefused, Reloaded, Reloads, RulesInForce, WebConfig,
};
use serde_json::json;
use tokio::sync::mpsc;

/// A house whose configuration is read again with these answers, one after another.
async fn house(answers: Vec<Result<Reloaded, ReloadRefused>>) -> House {
    let (wishes, mut wished) = mpsc::channel(4);
    tokio::spawn(async move {
        for answer in answers {
            let Some(ConfigurationWish::Reload(wish)) = wished.recv().await else {
                panic!("it is read again");
            };
            let _ = wish.send(answer);
        }
    });
    let web = WebConfig {
        reloads: Reloads::to(wishes),
        ..WebConfig::default()
    };
    let house = House::open_with(patient(), web).await;
    house.agent("root", Role::Admin).await;
    house
}

#[tokio::test]
async fn what_has_changed_and_what_needs_a_restart_is_told() {
    let done = Reloaded {
        changed: vec!["queue support".to_owned()],
        needs_restart: vec!["media".to_owned()],
    };
    let refused = ReloadRefused(vec![
        "kring.toml:3: one.".to_owned(),
        "kring.toml:9: two.".to_owned(),
    ]);
    let house = house(vec![Ok(done), Err(refused)]).await;
    let cookie = house.cookie("root").await;
    let told = house
        .post("/api/v1/settings/reload", &cookie, json!({}))
        .await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    assert_eq!(
        told.json,
        json!({"changed": ["queue support"], "needs_restart": ["media"]})
    );
    let told = house
        .post("/api/v1/settings/reload", &cookie, json!({}))
        .await;
    assert_eq!(
        (told.status, told.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "bad_configuration")
    );
    assert_eq!(told.header("content-type"), "application/problem+json");
    assert_eq!(
        told.json["complaints"],
        json!(["kring.toml:3: one.", "kring.toml:9: two."])
    );
    assert_eq!(told.json["detail"], "kring.toml:3: one.");
}

#[tokio::test]
async fn nobody_but_an_administrator_may() {
    let house = house(Vec::new()).await;
    house.agent("boss", Role::Supervisor).await;
    let boss = house.cookie("boss").await;
    let refused = house
        .post("/api/v1/settings/reload", &boss, json!({}))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let stranger = house.post("/api/v1/settings/reload", "", json!({})).await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
}

/// Pages are told the rules in force, not those of the start.
#[tokio::test]
async fn pages_follow_the_rules_in_force() {
    let rules = RulesInForce::default();
    let web = WebConfig {
        rules: rules.clone(),
        ..WebConfig::default()
    };
    let house = House::open_with(patient(), web).await;
    let (_, cookie) = house.signed_in("somsri").await;
    rules.put(HouseRules {
        pause_reasons: vec!["อบรม".to_owned()],
        particle: "ครับ".to_owned(),
        queues: vec!["law".to_owned()],
        ..HouseRules::default()
    });
    let me = house.get("/api/v1/me", &cookie).await;
    assert_eq!(me.json["pause_reasons"], json!(["อบรม"]));
    assert_eq!(me.json["particle"], "ครับ");
    let queues = house.get("/api/v1/queues", &cookie).await;
    let names: Vec<_> = queues.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|q| &q["name"])
        .collect();
    assert_eq!(names, ["law", "support"]);
}

/// Those who watch over others see it, though nobody reads the log.
#[tokio::test]
async fn supervisors_are_told_of_a_configuration_with_mistakes() {
    let house = House::open().await;
    let boss = house.agent("boss", Role::Supervisor).await;
    let cookie = house.cookie("boss").await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    house.happens(None, Fact::ConfigurationRefused(Mistakes { complaints: 2 }));
    let alert = page.hear_of("alert").await;
    assert_eq!(
        alert["d"]["code"], "configuration_refused",
        "{boss}: {alert}"
    );
}
