//! Starts of the process: what the next boot finds, and how it closes what was left open.

use crate::world::{MORNING, Recorder, SECOND, World};
use kring_journal::{
    AgentId, CallState, EndedBy, Fact, Interruption, Outcome, PresenceState, WallTime,
};
use kring_store::{UncleanBoot, closing_facts};

pub(crate) async fn an_orderly_stop_is_clean(world: World) {
    let first = world
        .store
        .begin_boot(WallTime(MORNING), "0.1.0")
        .await
        .unwrap();
    assert_eq!(
        (first.unclean, first.open_calls.len(), first.presence.len()),
        (None, 0, 0)
    );
    let booted = Fact::Booted {
        version: "0.1.0".to_owned(),
    };
    assert_eq!(closing_facts(&first, "0.1.0"), [(None, booted.clone())]);
    let (boot, mut recorder) = (first.boot, Recorder::of(first));
    recorder.fact(None, booted);
    recorder.fact(None, Fact::Stopped);
    recorder.commit().await.unwrap();
    world.store.close().await;

    let store = world.store_of("node-1").await;
    let second = store
        .begin_boot(WallTime(MORNING + SECOND), "0.1.1")
        .await
        .unwrap();
    assert_eq!(second.unclean, None);
    assert!(second.boot > boot);
    // The chain goes on over boots.
    let mut recorder = Recorder::of(second);
    recorder.fact(None, Fact::Draining);
    recorder.commit().await.unwrap();
    assert_eq!(store.verify().await.unwrap().segments, 2);
}

pub(crate) async fn an_unclean_boot_is_closed_by_the_next(world: World) {
    let mut recorder = world.boot().await;
    let ringing = recorder.offered("0812345678");
    let talking = recorder.later(SECOND).offered("0898765432");
    recorder.answered(talking, "somsri");
    let done = recorder.talked("0812345678", "preecha").await;
    let last = recorder.entries.last().unwrap().clone();
    // The power goes: this group is lost.
    recorder
        .later(SECOND)
        .fact(Some(ringing), Fact::Ring { number: 2, of: 3 });
    drop(recorder);
    world.store.close().await;

    let store = world.store_of("node-1").await;
    let boot = store
        .begin_boot(WallTime(MORNING + 3_600 * SECOND), "0.1.0")
        .await
        .unwrap();
    let unclean = UncleanBoot {
        boot: last.boot,
        last_wall: last.wall,
    };
    assert_eq!(boot.unclean, Some(unclean));
    let open: Vec<_> = boot.open_calls.iter().map(|call| call.id).collect();
    assert_eq!(open, [ringing, talking]);
    let closing = closing_facts(&boot, "0.1.0");
    assert_eq!(
        closing[1],
        (
            None,
            Fact::Gap(Interruption {
                boot: last.boot,
                calls_open: 2
            })
        )
    );
    let mut recorder = Recorder::of(boot);
    recorder.later(3_600 * SECOND);
    for (call, fact) in closing {
        recorder.fact(call, fact);
    }
    recorder.commit().await.unwrap();

    let row = store.call(ringing).await.unwrap().unwrap().record;
    assert_eq!(
        (row.state, row.outcome),
        (CallState::Ended, Some(Outcome::Failed))
    );
    assert_eq!(row.cause.as_deref(), Some("restart"));
    let row = store.call(talking).await.unwrap().unwrap().record;
    assert_eq!(
        (row.state, row.outcome),
        (CallState::Ended, Some(Outcome::Answered))
    );
    assert_eq!(row.ended_by, Some(EndedBy::Kring));
    // It was answered at 3 s, and the last that the disk knows is of 65 s.
    assert_eq!(row.talk_ms, Some(62_000));
    assert!(row.is_unfinished());
    assert_eq!(
        store.call(done).await.unwrap().unwrap().record.talk_ms,
        Some(60_000)
    );
    assert_eq!(store.verify().await.unwrap().segments, 2);
    // And so the boot after that finds nothing open.
    drop(recorder);
    let third = store
        .begin_boot(WallTime(MORNING + 7_200 * SECOND), "0.1.0")
        .await
        .unwrap();
    assert!(third.open_calls.is_empty());
    assert!(third.unclean.is_some());
}

pub(crate) async fn a_call_of_another_node_stays_open(world: World) {
    let mut here = world.boot().await;
    let ours = here.offered("0812345678");
    here.commit().await.unwrap();
    let there = world.store_of("node-2").await;
    let boot = there.begin_boot(WallTime(MORNING), "0.1.0").await.unwrap();
    assert!(boot.open_calls.is_empty());
    assert_eq!(boot.unclean, None);
    assert_ne!(boot.boot, here.log.boot());
    let mut other = Recorder::of(boot);
    let theirs = other.offered("0898765432");
    other.commit().await.unwrap();
    here.answered(ours, "somsri");
    here.commit().await.unwrap();
    let again = there.begin_boot(WallTime(MORNING), "0.1.0").await.unwrap();
    let open: Vec<_> = again.open_calls.iter().map(|call| call.id).collect();
    assert_eq!(open, [theirs]);
    let verified = world.store.verify().await.unwrap();
    assert_eq!(
        (verified.entries, verified.segments, verified.heads.len()),
        (5, 3, 2)
    );
    there.close().await;
}

pub(crate) async fn presence_survives(world: World) {
    let mut recorder = world.boot().await;
    recorder.presence("somsri", PresenceState::Ready, None);
    recorder.presence("preecha", PresenceState::Paused, Some("ประชุม"));
    recorder.presence("somsri", PresenceState::Ringing, None);
    recorder.commit().await.unwrap();
    recorder
        .later(5 * SECOND)
        .presence("somsri", PresenceState::Talking, None);
    recorder.commit().await.unwrap();
    let boot = world
        .store
        .begin_boot(WallTime(MORNING), "0.1.0")
        .await
        .unwrap();
    assert_eq!(boot.presence, world.store.presence().await.unwrap());
    let [preecha, somsri] = &boot.presence[..] else {
        panic!("{:?}", boot.presence);
    };
    assert_eq!(
        (&preecha.agent, preecha.state),
        (&AgentId::new("preecha"), PresenceState::Paused)
    );
    assert_eq!(preecha.reason.as_deref(), Some("ประชุม"));
    assert_eq!(
        (somsri.state, somsri.since),
        (PresenceState::Talking, WallTime(MORNING + 5 * SECOND))
    );
}
