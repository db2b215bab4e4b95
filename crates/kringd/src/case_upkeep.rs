//! What keeps cases in order beside the calls: due times follow holidays and hours, and files that a power cut left
//! without a row are swept away.

use crate::clock::Clock;
use kring_store::Store;
use kring_web::RulesInForce;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// How often it looks, if nothing changes here: another node may have changed the directory.
const LOOK_EVERY: Duration = Duration::from_mins(10);

/// Changes of a directory come in rows; one look serves them.
const SETTLES_IN: Duration = Duration::from_secs(1);

/// Runs until it is aborted.
pub(crate) async fn keep(store: Store, clock: Clock, rules: RulesInForce) {
    let mut directory = store.watch_directory();
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = looks.tick() => sweep(&store, &clock).await,
            changed = directory.changed() => {
                if changed.is_err() {
                    return;
                }
                tokio::time::sleep(SETTLES_IN).await;
                directory.mark_unchanged();
            }
        }
        let now = clock.wall(clock.now());
        match store.renew_due(&rules.now().case_terms(), now).await {
            Ok(0) => {}
            Ok(cases) => tracing::info!(cases, "answers are due at another time"),
            Err(refused) => tracing::warn!(%refused, "due times are as they were"),
        }
    }
}

async fn sweep(store: &Store, clock: &Clock) {
    match store.sweep_attachments(clock.wall(clock.now())).await {
        Ok(swept) => {
            if swept.orphans > 0 {
                let files = swept.orphans;
                tracing::info!(files, "files without a case were swept away");
            }
            for attachment in swept.missing {
                tracing::error!(%attachment, "the file of this attachment is gone: restore it from a backup");
            }
        }
        Err(refused) => tracing::warn!(%refused, "attachments could not be looked through"),
    }
}
