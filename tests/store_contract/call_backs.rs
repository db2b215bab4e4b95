//! Citizens who are to be called back: kept as they are, forgotten when it is done, each by its own node.

use crate::world::{MORNING, SECOND, World};
use kring_journal::{CallId, CallerRef, WallTime};
use kring_store::CallBackRow;

fn row(n: u64) -> CallBackRow {
    CallBackRow {
        asked: CallId::new(MORNING as u64 / 1_000, u128::from(n)),
        caller: CallerRef::new(n),
        queue: "support".to_owned(),
        trunk: "pbx".to_owned(),
        did: "1203".to_owned(),
        since: WallTime(MORNING + n as i64 * SECOND),
        tries: 0,
        next_at: None,
        placed: None,
    }
}

pub(crate) async fn call_backs_are_kept_until_they_are_done(world: World) {
    let store = &world.store;
    store.keep_call_backs(&[row(2), row(1)], &[]).await.unwrap();
    let listed = store.call_backs().await.unwrap();
    let rows: Vec<&CallBackRow> = listed.iter().map(|(row, _)| row).collect();
    assert_eq!(rows, [&row(1), &row(2)], "the longest waiting first");
    assert!(listed.iter().all(|(_, number)| number.is_none()));
    let tried = CallBackRow {
        tries: 1,
        next_at: Some(WallTime(MORNING + 300 * SECOND)),
        ..row(1)
    };
    let placed = CallBackRow {
        placed: Some(row(9).asked),
        ..row(2)
    };
    store
        .keep_call_backs(&[tried.clone(), placed.clone()], &[])
        .await
        .unwrap();
    let listed = store.call_backs().await.unwrap();
    assert_eq!([&listed[0].0, &listed[1].0], [&tried, &placed]);
    store.keep_call_backs(&[], &[row(1).asked]).await.unwrap();
    assert_eq!(store.call_backs().await.unwrap().len(), 1);
}

pub(crate) async fn a_node_takes_up_its_own_call_backs(world: World) {
    world.store.keep_call_backs(&[row(1)], &[]).await.unwrap();
    let other = world.store_of("node-2").await;
    assert!(other.own_call_backs().await.unwrap().is_empty());
    assert_eq!(other.call_backs().await.unwrap().len(), 1, "all are shown");
    assert_eq!(world.store.own_call_backs().await.unwrap().len(), 1);
}
