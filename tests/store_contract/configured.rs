//! What the console configures is kept, with who did it, and nobody overwrites what somebody else has changed.

use crate::world::{MORNING, World};
use kring_journal::WallTime;
use kring_store::{ChangedBy, ConfiguredKind, Store};
use serde_json::{Map, Value, json};

const QUEUE: ConfiguredKind = ConfiguredKind::Queue;

fn by(at: i64) -> ChangedBy {
    ChangedBy {
        who: "person root".to_owned(),
        at: WallTime(MORNING + at * 1_000),
    }
}

fn keys(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

async fn names(store: &Store) -> Vec<String> {
    let rows = store.configured().await.unwrap();
    rows.into_iter().map(|row| row.name).collect()
}

pub(crate) async fn a_row_is_changed_by_one_at_a_time(world: World) {
    let store = &world.store;
    let row = store
        .add_configured(&by(2), QUEUE, "law", keys(json!({"did": ["1500"]})))
        .await
        .unwrap();
    assert_eq!((row.version, &row.keys["did"]), (1, &json!(["1500"])));
    let refused = store
        .add_configured(&by(3), QUEUE, "law", Map::new())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "taken");
    // A trunk may have the name of a queue.
    store
        .add_configured(&by(3), ConfiguredKind::Trunk, "law", Map::new())
        .await
        .unwrap();
    store
        .add_configured(&by(1), QUEUE, "trade", Map::new())
        .await
        .unwrap();
    assert_eq!(
        names(store).await,
        ["trade", "law", "law"],
        "as they were made"
    );

    let wanted = keys(json!({"plan": ["all:3"]}));
    let changed = store
        .change_configured(&by(4), (QUEUE, "law"), Some(1), wanted.clone())
        .await
        .unwrap();
    assert_eq!(changed.version, 2);
    let same = store
        .change_configured(&by(5), (QUEUE, "law"), None, wanted)
        .await
        .unwrap();
    assert_eq!(same.version, 2, "nothing has changed");
    for refused in [
        store
            .change_configured(&by(6), (QUEUE, "law"), Some(1), Map::new())
            .await
            .unwrap_err(),
        store
            .remove_configured(&by(6), (QUEUE, "law"), Some(1))
            .await
            .unwrap_err(),
    ] {
        assert_eq!(refused.code(), "stale");
    }
    let gone = store
        .remove_configured(&by(7), (QUEUE, "law"), Some(2))
        .await
        .unwrap();
    assert_eq!(gone.keys["plan"], json!(["all:3"]));
    let refused = store
        .remove_configured(&by(8), (QUEUE, "law"), None)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "not_found");

    let page = store.audit(Some("law"), None, 20).await.unwrap();
    let told: Vec<_> = page
        .rows
        .iter()
        .map(|row| (row.action.as_str(), row.new_value.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("queue.remove", None),
            ("queue.change", Some("{\"plan\":[\"all:3\"]}")),
            ("trunk.add", Some("{}")),
            ("queue.add", Some("{\"did\":[\"1500\"]}")),
        ]
    );
}
