//! What is known of recordings: until age, an officer or an erasing takes them.

use crate::world::{MORNING, SECOND, World};
use kring_journal::WallTime;
use kring_store::{ChangedBy, RecordingEnd, RecordingState, RetentionRun, RetentionWhat, Subject};

const DAY: i64 = 86_400 * SECOND;

fn by(second: i64) -> ChangedBy {
    ChangedBy {
        who: "person dpo".to_owned(),
        at: WallTime(MORNING + second * SECOND),
    }
}

fn whole() -> RecordingEnd {
    RecordingEnd {
        state: RecordingState::Kept,
        sound: 640_000,
        bytes: 641_000,
        sha256: "ab".repeat(32),
        missing_ms: 40,
        peak_ms: 100,
        peaks: "7f0010ff".to_owned(),
        pauses: vec![(4_000, 8_000)],
    }
}

pub(crate) async fn a_recording_has_one_end_and_stays_erased(world: World) {
    let store = &world.store;
    let mut recorder = world.boot().await;
    let call = recorder.talked("0866543210", "somsri").await;
    let at = WallTime(MORNING);
    assert_eq!(store.recording(call).await.unwrap(), None);
    store.recording_begun(call, at).await.unwrap();
    store.recording_begun(call, at).await.unwrap();
    assert_eq!(store.recordings_cut().await.unwrap(), [call]);
    let dpo = by(1);
    assert!(
        !store
            .erase_recording(&dpo, call, "too early")
            .await
            .unwrap()
    );
    store.recording_ended(call, &whole()).await.unwrap();
    let cut = RecordingEnd {
        state: RecordingState::Cut,
        ..whole()
    };
    store.recording_ended(call, &cut).await.unwrap();
    let row = store.recording(call).await.unwrap().unwrap();
    assert_eq!((row.state, row.sound), (RecordingState::Kept, 640_000));
    assert_eq!((row.pauses, row.started), (vec![(4_000, 8_000)], at));
    assert!(store.recordings_cut().await.unwrap().is_empty());
    assert!(store.erase_recording(&dpo, call, " ").await.is_err());
    assert!(
        store
            .erase_recording(&dpo, call, "asked for")
            .await
            .unwrap()
    );
    assert!(!store.erase_recording(&dpo, call, "again").await.unwrap());
    store.recording_ended(call, &whole()).await.unwrap();
    let row = store.recording(call).await.unwrap().unwrap();
    assert_eq!(
        (row.state, row.peaks.as_str()),
        (RecordingState::Erased, "")
    );
    let (when, who, why) = row.erased.unwrap();
    assert_eq!(
        (when, who.as_str(), why.as_str()),
        (dpo.at, "person dpo", "asked for")
    );
    assert!(store.recordings_kept(&[call]).await.unwrap().is_empty());
}

pub(crate) async fn recordings_go_by_age_and_with_their_callers(world: World) {
    let store = &world.store;
    let mut recorder = world.boot().await;
    let old = recorder.talked("0866543210", "somsri").await;
    let young = recorder.talked("0899999999", "somsri").await;
    for (call, at) in [(old, MORNING - 100 * DAY), (young, MORNING - DAY)] {
        store.recording_begun(call, WallTime(at)).await.unwrap();
        store.recording_ended(call, &whole()).await.unwrap();
    }
    let rule = RetentionWhat::Recordings;
    store.set_retention_rule(&by(0), rule, 90).await.unwrap();
    let taken = async |run| {
        let rules = store.retain(&by(1), None, run).await.unwrap();
        rules.iter().find(|one| one.what == rule).unwrap().taken
    };
    assert_eq!(taken(RetentionRun::Dry).await, 1);
    assert_eq!(taken(RetentionRun::Real).await, 1);
    assert_eq!(taken(RetentionRun::Real).await, 0);
    let kept = store.recordings_kept(&[old, young]).await.unwrap();
    assert_eq!(kept.into_iter().collect::<Vec<_>>(), [young]);
    let row = store.recording(old).await.unwrap().unwrap();
    assert_eq!(row.erased.unwrap().2, "retention");
    let whose = Subject::Number("+66899999999".to_owned());
    store.erase(&by(2), &whose).await.unwrap();
    let row = store.recording(young).await.unwrap().unwrap();
    assert_eq!(
        (row.state, row.erased.unwrap().2.as_str()),
        (RecordingState::Erased, "erased")
    );
}
