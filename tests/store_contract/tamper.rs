//! The journal cannot be changed through SQL, and whoever goes round that is found out.

use crate::world::World;
use kring_store::{Broken, Verified};

async fn three_calls(world: &World) -> Verified {
    let mut recorder = world.boot().await;
    for number in ["0812345678", "0898765432", "038611025"] {
        recorder.talked(number, "somsri").await;
    }
    let verified = world.store.verify().await.expect("it is whole");
    assert_eq!((verified.entries, verified.segments), (12, 3));
    verified
}

/// Runs the SQL with the triggers gone, and says what verification finds.
async fn found_after(world: &World, sql: &'static str) -> Broken {
    three_calls(world).await;
    world.unprotect().await;
    assert!(
        world.sql(sql).await.unwrap() > 0,
        "the tampering touched a row"
    );
    world
        .store
        .verify()
        .await
        .expect_err("it was tampered with")
}

fn is_segment(broken: &Broken, expected: i64) -> bool {
    matches!(broken, Broken::Changed { node, segment, .. } if node == "node-1" && *segment == expected)
}

pub(crate) async fn nobody_can_change_the_journal(world: World) {
    let before = three_calls(&world).await;
    for sql in [
        "UPDATE journal SET fact = '{}'",
        "UPDATE journal SET wall_us = wall_us + 1 WHERE seq = 3",
        "DELETE FROM journal WHERE seq = 3",
        "DELETE FROM journal",
        "UPDATE journal_segment SET hash = previous",
        "DELETE FROM journal_segment WHERE n = 3",
    ] {
        let refused = world.sql(sql).await.expect_err(sql);
        assert!(
            refused.to_string().contains("append-only"),
            "{sql}: {refused}"
        );
    }
    if !world.is_sqlite() {
        assert!(world.sql("TRUNCATE journal").await.is_err());
        assert!(world.sql("TRUNCATE journal_segment").await.is_err());
    }
    assert_eq!(world.store.verify().await.unwrap(), before);
}

pub(crate) async fn a_changed_fact_is_found(world: World) {
    let sql = "UPDATE journal SET fact = replace(fact, '\"wait_ms\":2000', '\"wait_ms\":1000') WHERE seq = 7";
    assert!(is_segment(&found_after(&world, sql).await, 2));
}

pub(crate) async fn a_fact_moved_to_another_time_is_found(world: World) {
    let sql = "UPDATE journal SET wall_us = wall_us - 1 WHERE seq = 12";
    assert!(is_segment(&found_after(&world, sql).await, 3));
}

pub(crate) async fn a_removed_fact_is_found(world: World) {
    assert!(is_segment(
        &found_after(&world, "DELETE FROM journal WHERE seq = 4").await,
        1
    ));
}

pub(crate) async fn an_inserted_fact_is_found(world: World) {
    three_calls(&world).await;
    // Appending is what the journal is for, so no trigger stands in the way of this one.
    world
        .sql(
            "INSERT INTO journal (boot, seq, node, at_us, wall_us, call, fact) \
             SELECT boot, 13, node, at_us, wall_us, call, fact FROM journal WHERE seq = 12",
        )
        .await
        .unwrap();
    let broken = world.store.verify().await.unwrap_err();
    assert!(
        matches!(broken, Broken::Uncovered { count: 1 }),
        "{broken:?}"
    );
}

pub(crate) async fn a_removed_segment_is_found(world: World) {
    let sql = "DELETE FROM journal_segment WHERE n = 2";
    let broken = found_after(&world, sql).await;
    assert!(
        matches!(broken, Broken::Missing { segment: 2, .. }),
        "{broken:?}"
    );
}

pub(crate) async fn a_rewritten_segment_is_found(world: World) {
    let sql =
        "UPDATE journal_segment SET hash = replace(hash, substr(hash, 1, 1), 'z') WHERE n = 1";
    assert!(is_segment(&found_after(&world, sql).await, 1));
}
