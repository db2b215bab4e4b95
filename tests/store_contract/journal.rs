//! The journal: what is appended is read back, once, in order.

use crate::world::{MORNING, SECOND, World};
use kring_journal::{Breach, CallId, Fact, WallTime};
use kring_store::{Group, NewContact, Number, NumberPlan, StoreRefused};

pub(crate) async fn facts_are_read_back_as_they_were_written(world: World) {
    let mut recorder = world.boot().await;
    let first = recorder.talked("0812345678", "somsri").await;
    let second = recorder.talked("0898765432", "preecha").await;
    let of = |call: CallId| {
        let entries = recorder.entries.iter();
        entries
            .filter(|entry| entry.call == Some(call))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(world.store.entries_of(first).await.unwrap(), of(first));
    assert_eq!(world.store.entries_of(second).await.unwrap(), of(second));
    let mut read = Vec::new();
    loop {
        let (boot, seq) = read
            .last()
            .map_or((0, 0), |last: &kring_journal::Entry| (last.boot, last.seq));
        let page = world.store.entries_after(boot, seq, 3).await.unwrap();
        assert!(page.len() <= 3);
        if page.is_empty() {
            break;
        }
        read.extend(page);
    }
    assert_eq!(read, recorder.entries);
    let verified = world.store.verify().await.unwrap();
    assert_eq!((verified.entries, verified.segments), (8, 2));
    assert_eq!(verified.heads.len(), 1);
    assert_eq!(verified.heads[0].0, "node-1");
    assert_eq!(verified.heads[0].1.len(), 64);
}

pub(crate) async fn a_group_of_any_size_is_kept(world: World) {
    let mut recorder = world.boot().await;
    for size in [1, 3, 4, 5, 64, 85, 1_000] {
        for n in 0..size {
            let rule = "I3".to_owned();
            let seen = format!("ครั้งที่ {n} \"ของ\"\n\t{size}");
            recorder.fact(None, Fact::InvariantBroken(Breach { rule, seen }));
        }
        recorder.commit().await.unwrap();
    }
    let verified = world.store.verify().await.unwrap();
    assert_eq!((verified.entries, verified.segments), (1_162, 7));
    let page = world
        .store
        .entries_after(recorder.log.boot(), 1_100, 500)
        .await
        .unwrap();
    assert_eq!(page, recorder.entries[1_100..]);
    // Nothing to append is no segment.
    assert_eq!(recorder.commit().await.unwrap().last_seq, 1_162);
    assert_eq!(world.store.verify().await.unwrap(), verified);
}

pub(crate) async fn facts_must_come_in_order(world: World) {
    let mut recorder = world.boot().await;
    let lost = recorder.fact(None, Fact::Draining);
    recorder.group = Group::default();
    recorder.fact(None, Fact::Stopped);
    let refused = recorder.commit().await.unwrap_err();
    assert!(
        matches!(
            refused,
            StoreRefused::OutOfOrder {
                expected: 1,
                found: 2
            }
        ),
        "{refused:?}"
    );
    recorder.group.entries.insert(0, lost);
    assert_eq!(recorder.commit().await.unwrap().last_seq, 2);
    assert_eq!(world.store.verify().await.unwrap().entries, 2);
}

pub(crate) async fn a_group_appended_again_is_not_doubled(world: World) {
    let mut recorder = world.boot().await;
    recorder.offered("0812345678");
    let group = std::mem::take(&mut recorder.group);
    let first = recorder.log.append(&group).await.unwrap();
    let again = recorder.log.append(&group).await.unwrap();
    assert_eq!((first.last_seq, again.last_seq), (2, 2));
    let verified = world.store.verify().await.unwrap();
    assert_eq!((verified.entries, verified.segments), (2, 1));
}

pub(crate) async fn a_failed_append_leaves_nothing_and_can_be_repeated(world: World) {
    let mut recorder = world.boot().await;
    recorder.talked("0812345678", "somsri").await;
    let call = recorder.offered("0898765432");
    world
        .sql("ALTER TABLE journal_segment RENAME TO hidden")
        .await
        .unwrap();
    assert!(matches!(
        recorder.commit().await,
        Err(StoreRefused::Database(_))
    ));
    assert!(matches!(
        recorder.commit().await,
        Err(StoreRefused::Database(_))
    ));
    world
        .sql("ALTER TABLE hidden RENAME TO journal_segment")
        .await
        .unwrap();
    assert_eq!(world.store.call(call).await.unwrap(), None);
    assert!(world.store.entries_of(call).await.unwrap().is_empty());
    recorder.commit().await.unwrap();
    assert_eq!(world.store.entries_of(call).await.unwrap().len(), 2);
    assert_eq!(world.store.verify().await.unwrap().entries, 6);
}

pub(crate) async fn readers_and_writers_do_not_meet(world: World) {
    let mut recorder = world.boot().await;
    let store = world.store.clone();
    let contacts = tokio::spawn(async move {
        let contact = NewContact {
            given: "สมชาย".to_owned(),
            ..NewContact::default()
        };
        let number = Number::read("0812345678", &NumberPlan::default());
        for n in 0..40 {
            let now = WallTime(MORNING + n * SECOND);
            store
                .create_contact(now, &contact, Some(&number))
                .await
                .unwrap();
            assert!(
                !store
                    .caller_card("+66812345678", 3)
                    .await
                    .unwrap()
                    .candidates
                    .is_empty()
                    || n == 0
            );
        }
    });
    for _ in 0..40 {
        recorder.talked("0812345678", "somsri").await;
        world.store.verify().await.unwrap();
    }
    contacts.await.unwrap();
    assert_eq!(world.store.verify().await.unwrap().entries, 160);
}

pub(crate) async fn erasing_a_caller_leaves_the_journal_whole(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    let other = recorder.talked("0898765432", "somsri").await;
    let row = world.store.call(call).await.unwrap().unwrap();
    let number = row.number.unwrap();
    assert_eq!(
        (number.canonical.as_str(), number.display.as_str()),
        ("+66812345678", "081-234-5678")
    );
    let caller = row.record.caller;
    assert_eq!(
        world.store.resolve(caller).await.unwrap().as_deref(),
        Some("+66812345678")
    );
    let before = world.store.verify().await.unwrap();
    world.store.erase_caller(caller).await.unwrap();
    assert_eq!(world.store.resolve(caller).await.unwrap(), None);
    assert_eq!(world.store.call(call).await.unwrap().unwrap().number, None);
    assert!(
        world
            .store
            .call(other)
            .await
            .unwrap()
            .unwrap()
            .number
            .is_some()
    );
    assert_eq!(world.store.verify().await.unwrap(), before);
    // The number is nowhere in the journal, before or after.
    for entry in world.store.entries_of(call).await.unwrap() {
        assert!(!serde_json::to_string(&entry).unwrap().contains("812345678"));
    }
}

pub(crate) async fn the_last_facts_are_read_in_order(world: World) {
    assert!(world.store.last_entries(20).await.unwrap().is_empty());
    let mut recorder = world.boot().await;
    for number in ["0812345678", "0898765432", "038611025"] {
        recorder.talked(number, "somsri").await;
    }
    let all = world.store.entries_after(0, 0, 500).await.unwrap();
    let last = world.store.last_entries(5).await.unwrap();
    assert_eq!(last, all[all.len() - 5..]);
    assert_eq!(world.store.last_entries(500).await.unwrap(), all);
}
