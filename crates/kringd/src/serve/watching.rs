//! Those who watch SIP: the keeper of traces, the door for `kringd trace`, and what the API asks.

use super::terms;
use crate::{
    clock::Clock,
    config::Config,
    trace::{self, Keeper, Tap, Watch},
};
use kring_store::Store;
use kring_web::LiveTraces;
use tokio::{sync::watch, task::JoinHandle};

/// Their tasks.
pub(super) struct Watching {
    keeper: JoinHandle<()>,
    door: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Watching {
    /// Starts them; with them, the traces of live calls for the API.
    pub(super) async fn open(
        config: &Config,
        clock: &Clock,
        store: &Store,
        tap: Tap,
    ) -> (Watching, LiveTraces) {
        let watch = Watch::new(tap, clock.clone());
        let keeper = Keeper {
            watch: watch.clone(),
            store: store.clone(),
            clock: clock.clone(),
            terms: terms::keeper(config),
        };
        let (stop, stopping) = watch::channel(false);
        let traces = LiveTraces::new({
            let watch = watch.clone();
            move |call| watch.trace(call)
        });
        let watching = Watching {
            keeper: tokio::spawn(keeper.run(stopping)),
            door: trace::open_door(config.data_dir.clone(), watch).await,
            stop,
        };
        (watching, traces)
    }

    /// Stores what is still in memory.
    pub(super) async fn close(self) {
        self.door.abort();
        // The door takes its socket away.
        let _ = self.door.await;
        self.stop.send_replace(true);
        if let Err(refused) = self.keeper.await {
            tracing::error!(%refused, "the keeper of SIP traces ended");
        }
    }
}
