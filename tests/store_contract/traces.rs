//! SIP traces: beside the journal, kept for a time, erased without a scar.

use crate::world::{MORNING, SECOND, World};
use kring_journal::{CallId, WallTime};
use kring_store::{TraceRow, limits};

fn trace(number: u64, kept_at: i64, packed: &[u8]) -> TraceRow {
    TraceRow {
        call: CallId::new(number, u128::from(number)),
        kept_at: WallTime(kept_at),
        messages: 7,
        packed: packed.to_vec(),
    }
}

pub(crate) async fn a_trace_comes_back_byte_for_byte(world: World) {
    let all: Vec<u8> = (0..=255).cycle().take(20_000).collect();
    let (one, empty) = (trace(1, MORNING, &all), trace(2, MORNING, &[]));
    world
        .store
        .keep_traces(&[one.clone(), empty.clone()])
        .await
        .unwrap();
    assert_eq!(world.store.trace(one.call).await.unwrap(), Some(all));
    assert_eq!(
        world.store.trace(empty.call).await.unwrap(),
        Some(Vec::new())
    );
    let unknown = trace(3, MORNING, &[]).call;
    assert_eq!(world.store.trace(unknown).await.unwrap(), None);

    let huge = trace(4, MORNING, &vec![0; limits::TRACE_BYTES_MAX + 1]);
    assert!(world.store.keep_traces(&[huge]).await.is_err());
    world.store.keep_traces(&[]).await.unwrap();
}

pub(crate) async fn a_trace_kept_again_replaces_the_one_before(world: World) {
    let first = trace(1, MORNING, b"before the late BYE");
    let second = trace(1, MORNING + SECOND, b"with the late BYE");
    world
        .store
        .keep_traces(std::slice::from_ref(&first))
        .await
        .unwrap();
    world.store.keep_traces(&[second]).await.unwrap();
    let kept = world.store.trace(first.call).await.unwrap();
    assert_eq!(kept.as_deref(), Some(&b"with the late BYE"[..]));
}

pub(crate) async fn old_traces_are_erased_and_the_journal_stays_whole(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    let before = world.store.verify().await.unwrap();
    let many = u64::from(limits::TRACES_ERASED_AT_ONCE) + 5;
    let rows: Vec<TraceRow> = (0..many)
        .map(|n| trace(n, MORNING + n as i64, b"old"))
        .chain([TraceRow {
            call,
            ..trace(0, MORNING + 60 * SECOND, b"young")
        }])
        .collect();
    world.store.keep_traces(&rows).await.unwrap();

    let limit = WallTime(MORNING + 30 * SECOND);
    let first = world.store.erase_traces_before(limit).await.unwrap();
    assert_eq!(first, u64::from(limits::TRACES_ERASED_AT_ONCE));
    assert_eq!(
        world.store.trace(rows[0].call).await.unwrap(),
        None,
        "the oldest go first"
    );
    assert_eq!(world.store.erase_traces_before(limit).await.unwrap(), 5);
    assert_eq!(world.store.erase_traces_before(limit).await.unwrap(), 0);
    assert!(world.store.trace(call).await.unwrap().is_some());

    assert!(world.store.erase_trace(call).await.unwrap());
    assert!(!world.store.erase_trace(call).await.unwrap());
    assert_eq!(world.store.trace(call).await.unwrap(), None);
    assert!(
        world.store.call(call).await.unwrap().is_some(),
        "the call stays in the history"
    );
    assert_eq!(world.store.verify().await.unwrap(), before);
}
