//! An agent's outbox with its lock, and the statistics that every watched outbox gets.

use super::{
    Inner, lock,
    outbox::{Outbox, Screen},
};
use crate::{
    limits,
    wire::{QueueStats, Said},
};
use kring_call::command::Command;
use kring_journal::AgentId;
use kring_time::Moment;
use std::sync::{
    Mutex, MutexGuard, Weak,
    atomic::{AtomicBool, Ordering},
};

/// One agent's stream. Its lock is held for microseconds and never across a wait.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) agent: AgentId,
    outbox: Mutex<Outbox>,
    supervisor: AtomicBool,
    /// The person's devices, as they were when a page last came.
    devices: Mutex<Vec<String>>,
}

impl Stream {
    pub(crate) fn new(agent: AgentId) -> Stream {
        Stream {
            agent,
            outbox: Mutex::new(Outbox::new()),
            supervisor: AtomicBool::new(false),
            devices: Mutex::default(),
        }
    }

    pub(crate) fn outbox(&self) -> MutexGuard<'_, Outbox> {
        lock(&self.outbox)
    }

    /// Whether this person watches over others.
    pub(crate) fn is_supervisor(&self) -> bool {
        self.supervisor.load(Ordering::Relaxed)
    }

    pub(crate) fn set_supervisor(&self, supervisor: bool) {
        self.supervisor.store(supervisor, Ordering::Relaxed);
    }

    /// Whether this is one of the person's devices.
    pub(crate) fn has_device(&self, device: &str) -> bool {
        lock(&self.devices).iter().any(|one| one == device)
    }

    pub(crate) fn set_devices(&self, devices: &[String]) {
        devices.clone_into(&mut lock(&self.devices));
    }
}

impl Inner {
    /// Judges the agent's screen and tells the exchange when it has died or come back.
    pub(crate) fn judge_screen(&self, stream: &Stream, now: Moment) {
        let changed = stream.outbox().judge(now, self.config.screen_dead);
        let agent = stream.agent.clone();
        match changed {
            Some(Screen::Alive) => self.desk.tell(Command::ScreenAlive { agent }),
            Some(Screen::Dead) => self.desk.tell(Command::ScreenDead { agent }),
            None => {}
        }
    }
}

/// Tells `queue.stats` to every agent with a socket, when something has happened that may have
/// changed it, at most once in [`limits::STATS_EVERY`]. Ends with the process.
pub(crate) async fn tell_stats(inner: Weak<Inner>) {
    let mut last = QueueStats::default();
    let mut tick = tokio::time::interval(limits::STATS_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let Some(inner) = inner.upgrade() else { return };
        if !inner.stats_stale.swap(false, Ordering::Relaxed) {
            continue;
        }
        let now = inner.now();
        let stats = inner.floor().stats(now);
        // Pages count on by themselves while a call waits.
        let same = QueueStats {
            oldest_ms: last.oldest_ms,
            ..stats.clone()
        } == last
            && (stats.oldest_ms == 0) == (last.oldest_ms == 0);
        if same {
            continue;
        }
        last.clone_from(&stats);
        let said = Said::QueueStats(stats);
        for stream in inner.all_streams() {
            let mut outbox = stream.outbox();
            if outbox.sockets() > 0 {
                outbox.put(inner.stamp(now), None, &said);
            }
        }
    }
}
