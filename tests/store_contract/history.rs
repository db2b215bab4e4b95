//! The history: rows are folds, pages are whole, filters filter.

use crate::{
    records::{confirmed, record},
    world::{MORNING, Recorder, SECOND, World},
};
use kring_journal::{
    AgentId, CallId, CallRecord, CallState, DeadlineAction, Entry, Fact, Refusal, WallTime,
};
use kring_store::{CallCursor, CallFilter, ContactChoice, Store};

fn fold(entries: &[Entry]) -> CallRecord {
    let mut record = CallRecord::begin(&entries[0]).expect("a call begins with its offer");
    entries.iter().for_each(|entry| record.apply(entry));
    record
}

pub(crate) async fn the_row_is_the_fold_of_its_facts(world: World) {
    let mut recorder = world.boot().await;
    recorder.talked("0812345678", "somsri").await;
    let recorded = recorder.talked("0812345678", "somsri").await;
    confirmed(
        &mut recorder,
        record(recorded, ContactChoice::Nobody, "ถาม"),
    )
    .await;
    let refused = recorder.offered("anonymous");
    recorder.fact(Some(refused), Fact::Degraded);
    recorder.later(14_750_000).fact(
        Some(refused),
        Fact::Refused {
            why: Refusal::Deadline,
            action: DeadlineAction::AnnounceBusy,
            code: 486,
            retry_after_s: Some(60),
            to: None,
            rings: 3,
            wait_ms: 14_750,
            lateness_us: 90,
        },
    );
    let abandoned = recorder.later(SECOND).offered("0898765432");
    recorder.later(SECOND).fact(
        Some(abandoned),
        Fact::Abandoned {
            rings: 1,
            wait_ms: 1_000,
        },
    );
    let failed = recorder.offered("+14155552671");
    recorder.later(SECOND).fact(
        Some(failed),
        Fact::Failed {
            cause: "no common codec".to_owned(),
            code: 488,
        },
    );
    let live = recorder.later(SECOND).offered("1203");
    recorder.commit().await.unwrap();
    let page = world.store.calls(&CallFilter::default()).await.unwrap();
    assert_eq!(page.calls.len(), 6);
    assert_eq!(page.calls[0].record.id, live);
    for row in page.calls {
        let entries = world.store.entries_of(row.record.id).await.unwrap();
        assert_eq!(row.record, fold(&entries));
        assert_eq!(
            world.store.call(row.record.id).await.unwrap().as_ref(),
            Some(&row)
        );
    }
}

/// Twenty-five calls, every fifth of which came at the same microsecond as the one before.
async fn twenty_five(recorder: &mut Recorder) -> Vec<CallId> {
    let mut calls = Vec::new();
    for n in 0..25 {
        if n % 5 != 0 {
            recorder.later(SECOND);
        }
        let number = ["0812345678", "0898765432"][n % 2];
        let call = recorder.offered(number);
        if n < 20 {
            recorder.fact(
                Some(call),
                Fact::Abandoned {
                    rings: 1,
                    wait_ms: 10,
                },
            );
        }
        calls.push(call);
    }
    recorder.commit().await.unwrap();
    calls
}

async fn ids(store: &Store, filter: &CallFilter) -> Vec<CallId> {
    let page = store.calls(filter).await.unwrap();
    page.calls.iter().map(|row| row.record.id).collect()
}

pub(crate) async fn pages_are_newest_first_and_whole(world: World) {
    let mut recorder = world.boot().await;
    let calls = twenty_five(&mut recorder).await;
    let mut filter = CallFilter {
        limit: 10,
        ..CallFilter::default()
    };
    let mut seen = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let page = world.store.calls(&filter).await.unwrap();
        sizes.push(page.calls.len());
        seen.extend(
            page.calls
                .into_iter()
                .map(|row| (row.record.arrived_at, row.record.id)),
        );
        match page.next {
            Some(next) => filter.after = Some(next),
            None => break,
        }
    }
    assert_eq!(sizes, [10, 10, 5]);
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "{seen:?}");
    let mut expected = calls;
    let mut found: Vec<CallId> = seen.into_iter().map(|(_, id)| id).collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
}

pub(crate) async fn every_filter_filters(world: World) {
    let mut recorder = world.boot().await;
    let calls = twenty_five(&mut recorder).await;
    let answered = calls[24];
    recorder.answered(answered, "somsri");
    recorder.commit().await.unwrap();
    let all = CallFilter::default;
    let store = &world.store;
    let state = |state| CallFilter {
        state: Some(state),
        ..all()
    };
    assert_eq!(ids(store, &state(CallState::Ended)).await.len(), 20);
    assert_eq!(ids(store, &state(CallState::Ringing)).await.len(), 4);
    assert_eq!(ids(store, &state(CallState::Talking)).await, [answered]);
    let phone = CallFilter {
        phone: Some("+66898765432".to_owned()),
        ..all()
    };
    assert_eq!(ids(store, &phone).await.len(), 12);
    let part = CallFilter {
        phone: Some("898765432".to_owned()),
        ..all()
    };
    assert!(
        ids(store, &part).await.is_empty(),
        "a part of a number is no number"
    );
    let sip = CallFilter {
        sip_call_id: Some(format!("{}@pbx", calls[7])),
        ..all()
    };
    assert_eq!(ids(store, &sip).await, [calls[7]]);
    let agent = CallFilter {
        agent: Some(AgentId::new("somsri")),
        ..all()
    };
    assert_eq!(ids(store, &agent).await, [answered]);
    // Twenty calls came one second after the one before.
    let window = CallFilter {
        from: Some(WallTime(MORNING + 17 * SECOND)),
        until: Some(WallTime(MORNING + 19 * SECOND)),
        ..all()
    };
    assert_eq!(ids(store, &window).await, [calls[22], calls[21]]);
    let both = CallFilter {
        phone: Some("+66812345678".to_owned()),
        ..window
    };
    assert_eq!(ids(store, &both).await, [calls[22]]);
}

pub(crate) async fn a_cursor_is_text(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    let cursor = CallCursor {
        arrived_at: WallTime(MORNING + 1),
        id: call,
    };
    let text = cursor.to_string();
    assert_eq!(text.parse(), Ok(cursor));
    let filter = CallFilter {
        after: Some(text.parse().unwrap()),
        ..CallFilter::default()
    };
    assert_eq!(ids(&world.store, &filter).await, [call]);
    for bad in ["", "-", "12", "12-34", "x-01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
        assert!(bad.parse::<CallCursor>().is_err(), "{bad}");
    }
}
