//! The whole database as one file and back, on either database, and from one to the other.

use crate::{
    records::{confirmed, draft, person, record},
    same_person::by,
    world::{MORNING, Recorder, SECOND, World},
};
use flate2::read::MultiGzDecoder;
use kring_journal::{CallId, WallTime};
use kring_store::{BackupRefused, InBackup, Restored, Store, StoreConfig, TraceRow};
use std::io::Read;

/// A database with something in every corner that a day leaves.
pub(crate) async fn lived_in(world: &World) -> (Recorder, Vec<CallId>) {
    let mut recorder = world.boot().await;
    let mut calls = Vec::new();
    for (number, name) in [
        ("0812345678", "มาลี"),
        ("038611025", "มานะ"),
        ("0812345678", "ชูใจ"),
    ] {
        let call = recorder.talked(number, "somsri").await;
        let choice = person(name, "ใจดี");
        confirmed(&mut recorder, record(call, choice, "ถามราคา")).await;
        calls.push(call);
    }
    let owed = recorder.talked("0899999999", "somsri").await;
    recorder
        .trust(draft(owed, None, "ยังไม่เสร็จ 'quoted' \"ด้วย\"\n\t\\"))
        .await
        .unwrap();
    calls.push(owed);
    let found = world.store.search_contacts("ใจดี", 10).await.unwrap();
    world
        .store
        .merge_contacts(&by(900), found[0].id, found[2].id)
        .await
        .unwrap();
    let trace = TraceRow {
        call: owed,
        kept_at: recorder.wall(),
        messages: 3,
        packed: (0..=255).collect(),
    };
    world.store.keep_traces(&[trace]).await.unwrap();
    (recorder, calls)
}

pub(crate) async fn backup(store: &Store) -> Vec<u8> {
    let mut file = Vec::new();
    let now = WallTime(MORNING + 3_600 * SECOND);
    store
        .write_backup(now, "0.1.0", std::iter::empty(), &mut file)
        .await
        .unwrap();
    file
}

pub(crate) fn lines(file: &[u8]) -> String {
    let mut text = String::new();
    MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

pub(crate) async fn restore(url: &str, file: &[u8]) -> Result<(Store, Restored), BackupRefused> {
    Store::restore(&StoreConfig::new(url, "node-1"), file, |_, _| Ok(())).await
}

/// Rows in an order that does not hang on the database.
fn sorted(file: &[u8]) -> Vec<String> {
    let mut table = String::new();
    let text = lines(file);
    let mut rows: Vec<String> = text
        .lines()
        .filter_map(|line| {
            if line.starts_with("{\"table\"") {
                line.clone_into(&mut table);
                return None;
            }
            line.starts_with("{\"row\"")
                .then(|| format!("{table} {line}"))
        })
        .collect();
    rows.sort();
    rows
}

pub(crate) async fn every_table_has_its_place_in_a_backup(world: World) {
    let tables = world.store.tables().await.unwrap();
    assert!(tables.len() > 20, "{tables:?}");
    let forgotten: Vec<&String> = tables
        .iter()
        .filter(|table| InBackup::of(table).is_none())
        .collect();
    assert!(
        forgotten.is_empty(),
        "say in backup_tables.rs what becomes of {forgotten:?}"
    );
}

pub(crate) async fn a_backup_comes_back_row_for_row(world: World) {
    lived_in(&world).await;
    let file = backup(&world.store).await;
    let was = world.store.verify().await.unwrap();
    let (elsewhere, restored) = restore(&world.another("same").await, &file).await.unwrap();
    assert_eq!(restored.rows as usize, sorted(&file).len());
    assert_eq!(
        elsewhere.verify().await.unwrap(),
        was,
        "the same chain of hashes"
    );
    assert_eq!(sorted(&backup(&elsewhere).await), sorted(&file));
    elsewhere.close().await;
}

pub(crate) async fn a_backup_moves_to_the_other_database_and_back(world: World) {
    lived_in(&world).await;
    let file = backup(&world.store).await;
    let small = World::sqlite().await;
    let (between, _) = restore(&small.another("between").await, &file)
        .await
        .unwrap();
    let moved = backup(&between).await;
    between.close().await;
    let (back, _) = restore(&world.another("back").await, &moved).await.unwrap();
    assert_eq!(sorted(&backup(&back).await), sorted(&file));
    back.close().await;
}

pub(crate) async fn a_restored_house_goes_on_working(world: World) {
    let (_, calls) = lived_in(&world).await;
    let file = backup(&world.store).await;
    let (store, _) = restore(&world.another("goes_on").await, &file)
        .await
        .unwrap();
    let boot = store
        .begin_boot(WallTime(MORNING + 7_200 * SECOND), "0.1.0")
        .await
        .unwrap();
    let mut recorder = Recorder::of(boot);
    let call = recorder.talked("0812345678", "somsri").await;
    let case = confirmed(&mut recorder, record(call, person("ปิติ", ""), "ใหม่")).await;
    assert!(
        case.case_ref.contains("000004"),
        "numbers go on: {}",
        case.case_ref
    );
    assert!(store.draft(calls[3]).await.unwrap().is_some());
    store.verify().await.unwrap();
    store.close().await;
}

pub(crate) async fn a_backup_is_not_mixed_with_another_house(world: World) {
    lived_in(&world).await;
    let file = backup(&world.store).await;
    let refused = restore(&world.url, &file).await.err().unwrap();
    assert!(
        matches!(
            refused,
            BackupRefused::NotEmpty {
                calls: 4,
                contacts: 3,
                cases: 3
            }
        ),
        "{refused}"
    );
}

pub(crate) async fn a_backup_that_was_cut_leaves_nothing(world: World) {
    lived_in(&world).await;
    let file = backup(&world.store).await;
    let url = world.another("cut").await;
    let refused = restore(&url, &file[..file.len() - 40]).await.err().unwrap();
    assert!(matches!(refused, BackupRefused::File(_)), "{refused}");
    // And the whole one can be put there afterwards.
    let (store, _) = restore(&url, &file).await.unwrap();
    assert_eq!(sorted(&backup(&store).await), sorted(&file));
    store.close().await;
}
