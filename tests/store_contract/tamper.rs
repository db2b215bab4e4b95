//! The journal cannot be changed through SQL, and whoever goes round that is found out.

use crate::world::World;
use kring_journal::{CallId, Fact};
use kring_store::{Broken, SealedCall, Verified};
use sha2::{Digest, Sha256};

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

/// Two calls at once, in four segments: the first call's facts stand in segments 1, 2 and 4.
async fn two_calls(world: &World) -> [CallId; 2] {
    let mut recorder = world.boot().await;
    let first = recorder.offered("0812345678");
    recorder.commit().await.unwrap();
    let second = recorder.offered("0898765432");
    recorder.answered(first, "somsri");
    recorder.commit().await.unwrap();
    recorder.answered(second, "preecha");
    recorder.commit().await.unwrap();
    recorder.ended(first);
    recorder.ended(second);
    recorder.commit().await.unwrap();
    [first, second]
}

fn numbers(sealed: &SealedCall) -> Vec<(i64, &[i64])> {
    let segments = sealed.segments.iter();
    segments.map(|s| (s.n, s.facts.as_slice())).collect()
}

/// By the recipe of docs/EVIDENCE.md and nothing of kring's.
pub(crate) async fn the_segments_of_a_call_can_be_computed_by_anybody(world: World) {
    let [first, second] = two_calls(&world).await;
    let sealed = world.store.sealed(first).await.expect("it is whole");
    assert_eq!(
        numbers(&sealed),
        [(1, &[1, 2][..]), (2, &[5][..]), (4, &[7][..])]
    );
    assert_eq!(world.store.verify_call(first).await.unwrap(), sealed);
    let whole = world.store.verify().await.unwrap();
    let head = &sealed.heads[0];
    assert_eq!((head.node.clone(), head.hash.clone()), whole.heads[0]);
    assert_eq!(head.n, 4);
    let entries = world.store.entries_after(0, 0, 100).await.unwrap();
    for segment in &sealed.segments {
        let mut text = format!("{}\n", segment.previous);
        for entry in &entries {
            if !(segment.first_seq..=segment.last_seq).contains(&(entry.seq as i64)) {
                continue;
            }
            let call = entry.call.map_or("-".to_owned(), |call| call.to_string());
            let (at, wall) = (entry.at.as_micros(), entry.wall.0);
            let fact = serde_json::to_string(&entry.fact).unwrap();
            let (node, boot, seq) = (&entry.node, entry.boot, entry.seq);
            text += &format!("{node}\t{boot}\t{seq}\t{at}\t{wall}\t{call}\t{fact}\n");
        }
        let hash = Sha256::digest(text.as_bytes());
        let hash = hash
            .iter()
            .fold(String::new(), |all, byte| format!("{all}{byte:02x}"));
        assert_eq!(hash, segment.hash);
    }
    let links: Vec<_> = sealed.segments.iter().map(|s| &s.followed_by).collect();
    assert!(links[0].as_ref() == Some(&sealed.segments[1].hash) && links[2].is_none());
    let nobody = CallId::new(7, 7);
    assert_eq!(
        world.store.sealed(nobody).await.unwrap(),
        SealedCall::default()
    );
    assert_eq!(numbers(&world.store.sealed(second).await.unwrap()).len(), 3);
}

/// Every fact of the call, one after another: its words, its time, its place.
pub(crate) async fn tampering_with_any_fact_of_a_call_is_found_by_its_seal(world: World) {
    let [first, _] = two_calls(&world).await;
    world.unprotect().await;
    for (spoil, mend) in [
        (
            "UPDATE journal SET fact = replace(fact, 'support', 'supports') WHERE seq = 1",
            "UPDATE journal SET fact = replace(fact, 'supports', 'support') WHERE seq = 1",
        ),
        (
            "UPDATE journal SET at_us = at_us + 1 WHERE seq = 2",
            "UPDATE journal SET at_us = at_us - 1 WHERE seq = 2",
        ),
        (
            "UPDATE journal SET fact = replace(fact, '\"wait_ms\":2000', '\"wait_ms\":1000') WHERE seq = 5",
            "UPDATE journal SET fact = replace(fact, '\"wait_ms\":1000', '\"wait_ms\":2000') WHERE seq = 5",
        ),
        (
            "UPDATE journal SET wall_us = wall_us - 1 WHERE seq = 7",
            "UPDATE journal SET wall_us = wall_us + 1 WHERE seq = 7",
        ),
    ] {
        assert!(world.sql(spoil).await.unwrap() > 0, "{spoil}");
        for found in [
            world.store.sealed(first).await,
            world.store.verify_call(first).await,
        ] {
            assert!(
                matches!(found, Err(Broken::Changed { .. })),
                "{spoil}: {found:?}"
            );
        }
        assert!(world.sql(mend).await.unwrap() > 0, "{mend}");
        world.store.verify_call(first).await.expect(mend);
    }
}

/// The call's only fact of its segment: the others know nothing of it, the way between them does.
pub(crate) async fn a_fact_taken_out_between_is_found(world: World) {
    let [first, _] = two_calls(&world).await;
    world.unprotect().await;
    world
        .sql("DELETE FROM journal WHERE seq = 5")
        .await
        .unwrap();
    let found = world.store.verify_call(first).await.unwrap_err();
    assert!(is_segment(&found, 2), "{found:?}");
}

pub(crate) async fn a_fact_put_to_a_call_is_found(world: World) {
    let [first, _] = two_calls(&world).await;
    world
        .sql(
            "INSERT INTO journal (boot, seq, node, at_us, wall_us, call, fact) \
             SELECT boot, 99, node, at_us, wall_us, call, fact FROM journal WHERE seq = 1",
        )
        .await
        .unwrap();
    let found = world.store.sealed(first).await.unwrap_err();
    assert!(matches!(found, Broken::Uncovered { count: 1 }), "{found:?}");
}

/// Whoever writes a segment anew must write all that follow.
pub(crate) async fn a_call_whose_chain_was_cut_is_found(world: World) {
    let [first, _] = two_calls(&world).await;
    let mut recorder = world.boot().await;
    recorder.fact(None, Fact::Draining);
    recorder.commit().await.unwrap();
    recorder.fact(None, Fact::Stopped);
    recorder.commit().await.unwrap();
    world.store.verify_call(first).await.expect("it is whole");
    world.unprotect().await;
    world
        .sql("UPDATE journal_segment SET previous = replace(previous, substr(previous, 1, 1), 'z') WHERE n = 6")
        .await
        .unwrap();
    world.store.sealed(first).await.expect("its neighbours are");
    let found = world.store.verify_call(first).await.unwrap_err();
    assert!(
        matches!(found, Broken::Changed { segment: 6, .. }),
        "{found:?}"
    );
}
