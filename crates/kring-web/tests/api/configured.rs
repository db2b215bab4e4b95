//! Queues, trunks and settings that are made on a page. Whoever reads configurations is played here; what the keys
//! mean is tried where they are read.

use crate::house::{House, patient, request};
use axum::http::StatusCode;
use kring_store::{ConfiguredKind, Role};
use kring_web::{
    ConfigurationWish, ConfiguredIn, ConfiguredInForce, ConfiguredItem, ConfiguredNow, Mistake,
    PreviewAgent, QueuePreview, Reloaded, Reloads, SettingNow, WebConfig,
};
use serde_json::{Value, json};
use std::{os::unix::fs::PermissionsExt, path::PathBuf};
use tokio::sync::mpsc;

/// A house whose file has a queue `support` and the setting `agent.rona_limit`, with an administrator.
struct Configured {
    house: House,
    admin: String,
    data_dir: tempfile::TempDir,
}

async fn open() -> Configured {
    let (wishes, mut wished) = mpsc::channel(4);
    let (data_dir, configured) = (tempfile::tempdir().unwrap(), ConfiguredInForce::default());
    let web = WebConfig {
        configured: configured.clone(),
        reloads: Reloads::to(wishes),
        data_dir: Some(data_dir.path().to_owned()),
        ..WebConfig::default()
    };
    let house = House::open_with(patient(), web).await;
    let store = house.store.clone();
    configured.put(now(&store).await);
    tokio::spawn(async move {
        while let Some(wish) = wished.recv().await {
            match wish {
                ConfigurationWish::Try(trial, reply) => {
                    let keys = trial.keys.unwrap_or_default();
                    let wrong = keys.iter().find(|(_, value)| **value == json!("wrong"));
                    let told = wrong.map(|(key, _)| Mistake {
                        field: Some(key.clone()),
                        en: "it is wrong.".to_owned(),
                        th: "ไม่ถูกต้อง".to_owned(),
                    });
                    let _ = reply.send(told.map_or(Ok(()), |mistake| Err(vec![mistake])));
                }
                ConfigurationWish::Follow(reply) => {
                    configured.put(now(&store).await);
                    let _ = reply.send(Ok(Reloaded::default()));
                }
                ConfigurationWish::Preview(wanted, reply) => {
                    let agent = PreviewAgent {
                        login: "root".to_owned(),
                        bursts: vec![1, 2],
                        ..PreviewAgent::default()
                    };
                    let _ = reply.send(Ok(QueuePreview {
                        limit: 3,
                        cancel_ms: 14_500,
                        agents: vec![agent; wanted.free.unwrap_or(1)],
                        toml: wanted.keys["plan"].to_string(),
                        ..QueuePreview::default()
                    }));
                }
                ConfigurationWish::Reload(_) => panic!("nobody asks for the file"),
            }
        }
    });
    let admin = house.administrator().await;
    Configured {
        house,
        admin,
        data_dir,
    }
}

async fn now(store: &kring_store::Store) -> ConfiguredNow {
    let mut now = ConfiguredNow {
        house: ["ศูนย์ระยอง".to_owned(), "Rayong".to_owned()],
        queues: vec![ConfiguredItem {
            name: "support".to_owned(),
            source: ConfiguredIn::File,
            ..ConfiguredItem::default()
        }],
        settings: vec![SettingNow {
            key: "agent.rona_limit".to_owned(),
            value: json!(2),
            source: ConfiguredIn::File,
            ..SettingNow::default()
        }],
        ..ConfiguredNow::default()
    };
    for row in store.configured().await.unwrap() {
        let item = ConfiguredItem {
            name: row.name.clone(),
            source: ConfiguredIn::Database,
            version: row.version,
            settings: row.keys.clone(),
            complaint: None,
        };
        match row.kind {
            ConfiguredKind::Queue => now.queues.push(item),
            ConfiguredKind::Trunk => now.trunks.push(item),
            ConfiguredKind::Settings => {
                now.settings_version = row.version;
                let values = row.keys.into_iter().map(|(key, value)| SettingNow {
                    key,
                    value,
                    source: ConfiguredIn::Database,
                    ..SettingNow::default()
                });
                now.settings.extend(values);
            }
        }
    }
    now
}

impl Configured {
    async fn post(&self, path: &str, body: Value) -> crate::house::Reply {
        self.house.post(path, &self.admin, body).await
    }

    async fn patch(&self, path: &str, body: Value) -> crate::house::Reply {
        self.house.patch(path, &self.admin, body).await
    }

    async fn get(&self, path: &str) -> Value {
        self.house.get(path, &self.admin).await.json
    }

    /// The files of passwords.
    fn secrets(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.data_dir.path().join("secrets"));
        entries
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path())
            .collect()
    }
}

#[tokio::test]
async fn a_queue_is_made_changed_and_taken_away() {
    let at = open().await;
    let law = json!({"name": "law", "did": ["1500"], "plan": ["all:3"]});
    let made = at.post("/api/v1/queues", law.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.header("etag"), "\"1\"");
    assert_eq!(
        (&made.json["name"], &made.json["source"]),
        (&json!("law"), &json!("database"))
    );
    assert_eq!(
        made.json["settings"],
        json!({"did": ["1500"], "plan": ["all:3"]})
    );
    assert_eq!(
        (&made.json["version"], &made.json["calls_today"]),
        (&json!(1), &json!(0))
    );
    let again = at.post("/api/v1/queues", law).await;
    assert_eq!(
        (again.status, again.code()),
        (StatusCode::CONFLICT, "taken")
    );

    let changed = at
        .patch(
            "/api/v1/queues/law",
            json!({"members": ["malee"], "plan": null}),
        )
        .await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_eq!(
        changed.json["settings"],
        json!({"did": ["1500"], "members": ["malee"]})
    );
    let body = json!({"did": []});
    let stale = request(
        "PATCH",
        "/api/v1/queues/law",
        &at.admin,
        &body,
        &[("if-match", "\"1\"")],
    );
    let stale = at.house.send(stale).await;
    assert_eq!((stale.code(), &stale.json["version"]), ("stale", &json!(2)));
    let renamed = at
        .patch("/api/v1/queues/law", json!({"name": "tips"}))
        .await;
    assert_eq!(
        (renamed.code(), &renamed.json["field"]),
        ("bad_field", &json!("name"))
    );

    let gone = at.house.delete("/api/v1/queues/law", &at.admin).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let none = at.house.get("/api/v1/queues/law", &at.admin).await;
    assert_eq!(
        (none.status, none.code()),
        (StatusCode::NOT_FOUND, "no_such_queue")
    );
    let noted = at.house.audited("law").await;
    assert_eq!(noted, ["queue.add", "queue.change", "queue.remove"]);
}

#[tokio::test]
async fn a_mistake_names_its_field_and_changes_nothing() {
    let at = open().await;
    let refused = at
        .post("/api/v1/queues", json!({"name": "law", "plan": "wrong"}))
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "bad_field")
    );
    assert_eq!(refused.json["field"], "plan");
    assert_eq!(refused.json["detail"], "it is wrong.");
    assert_eq!(refused.json["fields"]["plan"]["th"], "ไม่ถูกต้อง");
    for name in [json!(null), json!(""), json!("a/b"), json!(7)] {
        let refused = at.post("/api/v1/queues", json!({"name": name})).await;
        assert_eq!(
            (refused.code(), &refused.json["field"]),
            ("bad_field", &json!("name"))
        );
    }
    assert!(at.house.store.configured().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_the_file_says_is_changed_there() {
    let at = open().await;
    for refused in [
        at.patch("/api/v1/queues/support", json!({"did": ["1"]}))
            .await,
        at.house.delete("/api/v1/queues/support", &at.admin).await,
        at.patch("/api/v1/settings", json!({"agent.rona_limit": 1}))
            .await,
    ] {
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::CONFLICT, "in_file")
        );
    }
    let taken = at.post("/api/v1/queues", json!({"name": "support"})).await;
    assert_eq!(taken.code(), "taken");
}

#[tokio::test]
async fn a_trunks_password_is_written_and_never_read() {
    let at = open().await;
    let register = json!({"uri": "sip:5000@pbx.example.net", "password": "geheim-1"});
    let made = at
        .post(
            "/api/v1/trunks",
            json!({"name": "pbx", "register": register}),
        )
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let told = json!({"uri": "sip:5000@pbx.example.net", "password_set": true});
    assert_eq!(made.json["settings"], json!({"register": told}));
    let file = at.secrets().pop().unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "geheim-1");
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let folder = std::fs::metadata(file.parent().unwrap()).unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);

    // The page sends back what it was told, and the password stays.
    let same = json!({"uri": "sip:5001@pbx.example.net", "password_set": true});
    let changed = at
        .patch("/api/v1/trunks/pbx", json!({"register": same}))
        .await;
    assert_eq!(
        changed.json["settings"]["register"]["password_set"], true,
        "{}",
        changed.text
    );
    assert_eq!(at.secrets(), std::slice::from_ref(&file));
    let new = json!({"uri": "sip:5001@pbx.example.net", "password": "geheim-2"});
    at.patch("/api/v1/trunks/pbx", json!({"register": new}))
        .await;
    let files = at.secrets();
    assert_eq!(files.len(), 1, "the old one is gone");
    assert_eq!(std::fs::read_to_string(&files[0]).unwrap(), "geheim-2");
    let own =
        json!({"register": {"uri": "sip:5000@pbx.example.net", "password_file": "/etc/shadow"}});
    let refused = at.patch("/api/v1/trunks/pbx", own).await;
    assert_eq!(refused.json["field"], "register.password_file");

    let refused = at
        .patch(
            "/api/v1/trunks/pbx",
            json!({"peers": "wrong", "register": {"password": "geheim-3"}}),
        )
        .await;
    assert_eq!(
        (refused.code(), &refused.json["field"]),
        ("bad_field", &json!("peers"))
    );
    assert_eq!(at.secrets(), files, "what was refused leaves nothing");

    let everything = at.get("/api/v1/audit?limit=100").await.to_string();
    assert!(everything.contains("trunk.change") && !everything.contains("geheim"));
    assert!(
        !at.get("/api/v1/trunks")
            .await
            .to_string()
            .contains("geheim")
    );
    let gone = at.house.delete("/api/v1/trunks/pbx", &at.admin).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert!(at.secrets().is_empty());
}

#[tokio::test]
async fn settings_are_given_values_and_taken_back() {
    let at = open().await;
    let changed = at
        .patch(
            "/api/v1/settings",
            json!({"agent.wrapup_s": 90, "house.name": "ระยอง"}),
        )
        .await;
    assert_eq!(
        (changed.status, &changed.json["version"]),
        (StatusCode::OK, &json!(1))
    );
    assert_eq!(changed.header("etag"), "\"1\"");
    let back = at
        .patch("/api/v1/settings", json!({"agent.wrapup_s": null}))
        .await;
    assert_eq!(back.json["version"], 2);
    let keys: Vec<_> = back.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["key"].clone())
        .collect();
    assert_eq!(keys, ["agent.rona_limit", "house.name"]);
    let body = json!({"house.name": "x"});
    let stale = request(
        "PATCH",
        "/api/v1/settings",
        &at.admin,
        &body,
        &[("if-match", "\"1\"")],
    );
    assert_eq!(at.house.send(stale).await.code(), "stale");
    let refused = at
        .patch("/api/v1/settings", json!({"ring.limit": "wrong"}))
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "bad_setting")
    );
    assert_eq!(
        refused.json["fields"]["ring.limit"],
        json!({"th": "ไม่ถูกต้อง", "en": "it is wrong."})
    );
}

#[tokio::test]
async fn a_preview_has_the_names_of_people_and_says_what_is_done() {
    let at = open().await;
    let told = at
        .post(
            "/api/v1/queues/preview",
            json!({"plan": ["all:3"], "free": 2}),
        )
        .await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    assert_eq!(told.json["agents"].as_array().unwrap().len(), 2);
    assert_eq!(told.json["agents"][0]["bursts"], json!([1, 2]));
    assert_ne!(told.json["agents"][0]["name"], "");
    assert_eq!(told.json["toml"], "[\"all:3\"]");
    assert!(told.json["told_en"].as_str().unwrap().contains("14.5 s"));
}

/// Whoever has not signed in sees the name of the house and nothing else.
#[tokio::test]
async fn the_house_says_its_name_to_anybody() {
    let at = open().await;
    let house = at.house.get("/api/v1/house", "").await;
    assert_eq!(
        (house.status, &house.json["name_th"]),
        (StatusCode::OK, &json!("ศูนย์ระยอง"))
    );
    assert_eq!(house.json["setup_needed"], false);
    at.house.agent("boss", Role::Supervisor).await;
    let boss = at.house.cookie("boss").await;
    assert_eq!(
        at.house.get("/api/v1/settings", &boss).await.status,
        StatusCode::FORBIDDEN
    );
}
