//! The task beside the exchange: looks at what was seen, puts ended calls away, erases old traces.

use super::{Watch, hep::Hep, limits};
use crate::{clock::Clock, config};
use kring_journal::{CallId, WallTime};
use kring_store::{Store, TraceRow};
use kring_web::Trace;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};

/// Time for the last traces to be stored when the process ends.
const LAST_WRITES: Duration = Duration::from_secs(5);

/// What the configuration says of watching.
#[derive(Clone, Debug)]
pub(crate) struct KeeperTerms {
    /// How long traces are kept, days; 0 keeps none.
    pub(crate) keep_days: u32,
    /// Where copies go.
    pub(crate) hep: Option<config::Hep>,
}

/// See the module.
pub(crate) struct Keeper {
    pub(crate) watch: Watch,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) terms: KeeperTerms,
}

impl Keeper {
    /// Runs until it is told to stop, and stores what is still in memory.
    pub(crate) async fn run(self, stop: watch::Receiver<bool>) {
        // What goes on inside ends here, with whatever it held of the database.
        self.go_on(stop).await;
        if timeout(LAST_WRITES, self.put_all_away()).await.is_err() {
            tracing::warn!("the database took too long: the last SIP traces are not stored");
        }
    }

    /// Looks at what was seen; a slow database delays only what is stored and erased.
    async fn go_on(&self, mut stop: watch::Receiver<bool>) {
        let mut turns = every(limits::TURN_EVERY);
        let (hep, away, erasing) = (self.keep_hep_open(), self.put_away(), self.erase_by_age());
        tokio::pin!(hep, away, erasing);
        loop {
            tokio::select! {
                _ = stop.changed() => return,
                _ = turns.tick() => self.watch.watching().turn(),
                () = &mut hep => {}
                () = &mut away => {}
                () = &mut erasing => {}
            }
        }
    }

    /// Ends only with the task.
    async fn put_away(&self) {
        let mut seconds = every(limits::PUT_AWAY_EVERY);
        loop {
            seconds.tick().await;
            self.put_settled_away().await;
        }
    }

    async fn put_settled_away(&self) {
        let settled = {
            let mut watching = self.watch.watching();
            let now = self.clock.now();
            let taken = watching.book.take_settled(now, limits::PUT_AWAY_AT_ONCE);
            watching.leave(taken)
        };
        self.store(settled).await;
    }

    async fn put_all_away(&self) {
        // Some may have been on their way when the task was stopped; twice is once.
        let leaving = self.watch.watching().leaving.clone();
        self.store(leaving).await;
        loop {
            let taken = {
                let mut watching = self.watch.watching();
                watching.turn();
                let taken = watching.book.take_any(limits::PUT_AWAY_AT_ONCE);
                watching.leave(taken)
            };
            if taken.is_empty() {
                return;
            }
            self.store(taken).await;
        }
    }

    async fn store(&self, traces: Vec<(CallId, Arc<Trace>)>) {
        if traces.is_empty() || self.terms.keep_days == 0 {
            return;
        }
        let kept_at = self.clock.wall(self.clock.now());
        let pack = move || {
            let row = |(call, trace): &(CallId, Arc<Trace>)| TraceRow {
                call: *call,
                kept_at,
                messages: trace.messages.len() as u32,
                packed: trace.pack(),
            };
            traces.iter().map(row).collect::<Vec<_>>()
        };
        let Ok(rows) = tokio::task::spawn_blocking(pack).await else {
            tracing::error!("SIP traces could not be packed");
            return;
        };
        if let Err(refused) = self.store.keep_traces(&rows).await {
            // A trace is not worth a second try that might stand in front of the journal.
            tracing::warn!(%refused, traces = rows.len(), "SIP traces are not stored");
        }
        self.watch.watching().leaving.clear();
    }

    /// Ends only with the task.
    async fn keep_hep_open(&self) {
        if let Some(config) = &self.terms.hep {
            let mut at = None;
            loop {
                let found = Hep::find(config, at).await;
                let opened = found.and_then(|to| match at {
                    Some(at) if at == to => Ok(None),
                    _ => Hep::towards(to, config).map(|hep| Some((to, hep))),
                });
                match opened {
                    Ok(None) => {}
                    Ok(Some((to, hep))) => {
                        self.watch.watching().hep = Some(hep);
                        at = Some(to);
                        tracing::info!(server = %config.address, %to, "SIP is exported by HEP");
                    }
                    // Where it was last is better than nowhere.
                    Err(refused) => {
                        tracing::warn!(%refused, "the HEP server is not found; trying again");
                    }
                }
                sleep(match at {
                    Some(_) => limits::HEP_FOLLOW,
                    None => limits::HEP_RETRY,
                })
                .await;
            }
        }
        std::future::pending().await
    }

    /// Ends only with the task.
    async fn erase_by_age(&self) {
        let mut hours = every(limits::ERASE_EVERY);
        loop {
            hours.tick().await;
            let kept = Duration::from_hours(24) * self.terms.keep_days;
            let now = self.clock.wall(self.clock.now());
            let before = WallTime(now.0.saturating_sub(kept.as_micros() as i64));
            loop {
                match self.store.erase_traces_before(before).await {
                    Ok(erased)
                        if erased < u64::from(kring_store::limits::TRACES_ERASED_AT_ONCE) =>
                    {
                        break;
                    }
                    Ok(_) => sleep(limits::ERASE_PAUSE).await,
                    Err(refused) => {
                        tracing::warn!(%refused, "old SIP traces are not erased");
                        break;
                    }
                }
            }
        }
    }
}

/// What was missed is not made up for.
fn every(period: Duration) -> tokio::time::Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    ticks.reset_at(Instant::now());
    ticks
}
