//! What the database configures is laid under the file, by the file's checks.

use crate::config::{Layered, Source};
use kring_store::{ConfiguredKind, ConfiguredRow};
use kring_web::{ConfiguredIn, SettingNow};
use serde_json::{Value, json};

fn row(kind: ConfiguredKind, name: &str, keys: Value) -> ConfiguredRow {
    ConfiguredRow {
        kind,
        name: name.to_owned(),
        version: 3,
        keys: keys.as_object().cloned().unwrap(),
    }
}

fn queue(name: &str, keys: Value) -> ConfiguredRow {
    row(ConfiguredKind::Queue, name, keys)
}

fn settings(keys: Value) -> ConfiguredRow {
    row(ConfiguredKind::Settings, "house", keys)
}

fn with(file: &str, rows: &[ConfiguredRow]) -> Layered {
    Source::of("kring.toml", file, []).with(rows).unwrap()
}

/// Where and what is complained of.
fn left_out(layered: &Layered) -> Vec<(String, String, String)> {
    let told = layered.left_out.iter().map(|left| {
        let place = &left.place;
        (place.name.clone(), place.key.clone(), left.text.clone())
    });
    told.collect()
}

fn queues(layered: &Layered) -> Vec<(String, ConfiguredIn)> {
    let told = layered.told().queues;
    told.into_iter()
        .map(|item| (item.name, item.source))
        .collect()
}

fn setting(layered: &Layered, key: &str) -> SettingNow {
    let mut settings = layered.told().settings.into_iter();
    settings.find(|setting| setting.key == key).unwrap()
}

const SUPPORT: &str = "[[queue]]\nname = \"support\"\ndid = [\"1203\"]\n";

#[test]
fn rows_stand_behind_the_files_own() {
    let law = queue(
        "law",
        json!({"did": ["1500"], "members": ["malee", "somchai:2"], "max_wait_s": 60}),
    );
    let layered = with(SUPPORT, &[law]);
    assert!(layered.left_out.is_empty(), "{:?}", layered.left_out);
    let sources = [ConfiguredIn::File, ConfiguredIn::Database];
    let names = ["support", "law"].map(str::to_owned);
    assert_eq!(
        queues(&layered),
        names.into_iter().zip(sources).collect::<Vec<_>>()
    );
    let told = layered.told().queues.pop().unwrap();
    assert_eq!(told.version, 3);
    assert_eq!(
        Value::Object(told.settings),
        json!({"did": ["1500"], "members": ["malee", "somchai:2"], "max_wait_s": 60,
            "plan": ["longest_idle:2", "all:1"], "deadline_action": "answer_greet_queue"})
    );
}

/// A centre without any configuration keeps the queue for every number when it makes another.
#[test]
fn the_queue_that_is_there_by_itself_stays_until_another_has_its_place() {
    let law = queue("law", json!({"did": ["1500"]}));
    let layered = with("", std::slice::from_ref(&law));
    let own = ("main".to_owned(), ConfiguredIn::Default);
    assert_eq!(
        queues(&layered),
        [("law".to_owned(), ConfiguredIn::Database), own]
    );
    let all = queue("all", json!({}));
    assert_eq!(
        queues(&with("", &[law.clone(), all])).len(),
        2,
        "it has its place"
    );
    let main = queue("main", json!({"plan": ["all:3"]}));
    assert_eq!(queues(&with("", &[law, main])).len(), 2, "it has its name");
}

#[test]
fn a_row_that_the_file_makes_wrong_is_left_out_with_its_key() {
    let rows = [
        queue("support", json!({"did": ["1"]})),
        queue("law", json!({"did": ["1203"]})),
        queue("tips", json!({"plan": ["all:7"], "did": ["2"]})),
        queue("typo", json!({"did": ["3"], "plam": []})),
        queue(
            "lost",
            json!({"did": ["4"], "deadline_action": "overflow", "overflow": "queue:tips"}),
        ),
        queue("good", json!({"did": ["5"]})),
    ];
    let layered = with(SUPPORT, &rows);
    let told = left_out(&layered);
    let places: Vec<(&str, &str)> = told
        .iter()
        .map(|(name, key, _)| (name.as_str(), key.as_str()))
        .collect();
    assert_eq!(
        places,
        [
            ("law", "did"),
            ("support", "name"),
            ("tips", "plan"),
            ("typo", "plam"),
            ("lost", "overflow")
        ]
    );
    assert!(told[3].2.contains("Did you mean queue.plan?"), "{told:?}");
    let there: Vec<String> = layered
        .config
        .queues
        .iter()
        .map(|q| q.name.clone())
        .collect();
    assert_eq!(there, ["support", "good"]);
    let shown = layered.told().queues;
    assert_eq!(shown.len(), 6, "support is the file's, and shown once");
    assert!(shown[2].complaint.is_some());
}

#[test]
fn settings_have_values_of_file_database_or_nobody() {
    let rows = [settings(json!({
        "agent.wrapup_s": 90, "agent.rona_limit": 5, "house.name": "ระยอง", "case.sla_days.complaint": "7",
        "hours.default": "mon-fri 08:30-16:30", "ring.deadline_action": "announce_busy"
    }))];
    let layered = with("[agent]\nrona_limit = 1\n", &rows);
    assert!(layered.left_out.is_empty(), "{:?}", layered.left_out);
    let config = &layered.config;
    assert_eq!((config.agent.wrapup_s, config.agent.rona_limit), (90, 1));
    let wrapup = setting(&layered, "agent.wrapup_s");
    assert_eq!((wrapup.value, wrapup.default), (json!(90), json!(60)));
    assert_eq!(
        (wrapup.min, wrapup.max, wrapup.unit.as_deref()),
        (Some(0), Some(3_600), Some("s"))
    );
    assert_eq!(wrapup.source, ConfiguredIn::Database);
    assert_eq!(
        setting(&layered, "agent.rona_limit").source,
        ConfiguredIn::File
    );
    assert_eq!(
        setting(&layered, "pop.history_items").source,
        ConfiguredIn::Default
    );
    assert_eq!(
        setting(&layered, "hours.default").value,
        json!("mon-fri 08:30-16:30")
    );
    let action = setting(&layered, "ring.deadline_action");
    assert_eq!(action.value, json!("announce_busy"));
    assert!(action.choices.unwrap().contains(&"overflow".to_owned()));
    assert!(setting(&layered, "sip.listen").read_only);
    assert_eq!(layered.told().house[0], "ระยอง");
}

/// Every setting that is listed can be given the value that it has.
#[test]
fn every_setting_takes_its_own_value() {
    let layered = with("", &[]);
    for told in layered.told().settings {
        if told.read_only || told.value.is_null() {
            continue;
        }
        let key = told.key.clone();
        let again = with("", &[settings(json!({ key.clone(): told.value.clone() }))]);
        assert!(again.left_out.is_empty(), "{key}: {:?}", again.left_out);
        let same = setting(&again, &key);
        assert_eq!(
            (same.value, same.source),
            (told.value, ConfiguredIn::Database),
            "{key}"
        );
    }
}

/// The file's plans spend three rings: what is wrong stands in a line of the file, and the setting is found.
#[test]
fn a_setting_that_makes_the_file_wrong_is_found() {
    let file = format!("{SUPPORT}plan = [\"all:3\"]\n");
    let rows = [settings(
        json!({"agent.wrapup_s": 90, "ring.limit": 2, "ring.tone_hz": 425}),
    )];
    let layered = with(&file, &rows);
    assert_eq!(left_out(&layered).len(), 1);
    assert_eq!(layered.left_out[0].place.key, "ring.limit");
    assert_eq!(
        (layered.config.ring.terms.limit, layered.config.ring.tone_hz),
        (3, 425)
    );
    let told = setting(&layered, "ring.limit");
    assert!(told.complaint.is_some() && told.source == ConfiguredIn::Default);
    let more = with(&file, &[settings(json!({"ring.limit": 4}))]);
    assert!(
        more.left_out[0].text.contains("3 at most"),
        "{:?}",
        more.left_out
    );
}

/// A database of a later version, or one that somebody has written into.
#[test]
fn nonsense_in_rows_keeps_nobody_from_starting() {
    let rows = [
        settings(
            json!({"sip.listen": ["udp:0.0.0.0:1"], "agent.wrapup_s": "soon", "agent.particle": 7}),
        ),
        queue("x", json!({"did": 7, "members": [[]], "hours": null})),
        row(
            ConfiguredKind::Trunk,
            "pbx",
            json!({"peers": "nowhere", "register": []}),
        ),
        row(
            ConfiguredKind::Trunk,
            "acc",
            json!({"register": {"uri": "sip:5000@pbx", "password_file": "secrets/none"}}),
        ),
    ];
    let layered = with(SUPPORT, &rows);
    assert_eq!(layered.config.queues.len(), 1);
    assert!(layered.config.trunks[0].is_local());
    let keys: Vec<&str> = layered
        .left_out
        .iter()
        .map(|left| left.place.key.as_str())
        .collect();
    for key in [
        "sip.listen",
        "agent.wrapup_s",
        "agent.particle",
        "register.password_file",
    ] {
        assert!(keys.contains(&key), "{key} of {keys:?}");
    }
    let mut trunks = layered.told().trunks.into_iter();
    let account = trunks.find(|trunk| trunk.name == "acc").unwrap();
    assert_eq!(
        account.complaint.unwrap().field.as_deref(),
        Some("register.password")
    );
}
