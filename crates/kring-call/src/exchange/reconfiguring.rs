//! The configuration is changed while calls ring, wait and talk.
//!
//! Queues are known by their names and keep their index, which every call holds: one that changes is
//! changed in its place, a new one is put at the end or into a place that nobody is in any more, and
//! one that is named no longer is *retired*: no call comes to it, and those in it are served to the end,
//! by its own members and rules. A ring that was counted is not counted anew: a call keeps the clock and
//! the plan with which it began until it is offered again.

use super::{Exchange, queueing::Queue};
use crate::{
    command::{CommandRefused, Done},
    config::QueueConfig,
    limits::{CHANGES_TOLD_MAX, QUEUES_MAX},
    settings::Settings,
};
use kring_journal::{Fact, Mistakes, Reconfiguration};
use kring_time::Moment;

/// Whether calls may come to a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is configured.
    #[default]
    Serving,
    /// It was taken out of the configuration: only those in it are served still.
    Retired,
}

impl Exchange {
    /// Everything at once, or nothing when there is no room for the new queues.
    pub(super) fn reconfigure(
        &mut self,
        now: Moment,
        mut settings: Settings,
    ) -> Result<Done, CommandRefused> {
        let queues = std::mem::take(&mut settings.queues);
        let places = self.places_of(&queues)?;
        let mut changed = settings.differences(&self.config);
        settings.put(&mut self.config);
        self.retire_all_but(&queues, &mut changed);
        for (place, queue) in places.into_iter().zip(queues) {
            self.put_queue(place, queue, &mut changed);
        }
        if changed.is_empty() {
            return Ok(Done::Unchanged);
        }
        self.roster.reseat(&self.config.queues);
        let more = changed.len().saturating_sub(CHANGES_TOLD_MAX);
        let told: Vec<String> = changed.iter().take(CHANGES_TOLD_MAX).cloned().collect();
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        let what = Reconfiguration {
            changed: told,
            more,
        };
        self.record_apart(now, Fact::Reconfigured(what));
        self.serve_waiting(now);
        Ok(Done::Reconfigured(changed))
    }

    /// A configuration was refused before it came here: the one in force stays.
    pub(super) fn note_refused_configuration(&mut self, now: Moment, complaints: u32) -> Done {
        self.record_apart(now, Fact::ConfigurationRefused(Mistakes { complaints }));
        Done::Ok
    }

    /// The queues that take calls, with their indexes.
    pub(super) fn serving_queues(&self) -> impl Iterator<Item = (usize, &QueueConfig)> {
        let states = self.queues.iter();
        let serving = states.map(|queue| queue.standing == Standing::Serving);
        let queues = self.config.queues.iter().enumerate().zip(serving);
        queues.filter_map(|(queue, serving)| serving.then_some(queue))
    }

    /// Where each of these goes: its own place, a retired one's in which nobody is, or a new one.
    fn places_of(&self, queues: &[QueueConfig]) -> Result<Vec<usize>, CommandRefused> {
        let known = &self.config.queues;
        let own = |queue: &QueueConfig| known.iter().position(|old| old.name == queue.name);
        let mut free: Vec<usize> = (0..known.len())
            .filter(|place| self.queues[*place].standing == Standing::Retired)
            .filter(|place| !queues.iter().any(|queue| own(queue) == Some(*place)))
            .filter(|place| !self.calls.values().any(|call| call.queue == *place))
            .rev()
            .collect();
        let mut end = known.len();
        let mut places = Vec::with_capacity(queues.len());
        for queue in queues {
            let place = own(queue).or_else(|| free.pop()).unwrap_or_else(|| {
                end += 1;
                end - 1
            });
            places.push(place);
        }
        if end > QUEUES_MAX {
            return Err(CommandRefused::TooManyQueues);
        }
        Ok(places)
    }

    fn retire_all_but(&mut self, queues: &[QueueConfig], changed: &mut Vec<String>) {
        for (old, state) in self.config.queues.iter().zip(&mut self.queues) {
            let stays = queues.iter().any(|queue| queue.name == old.name);
            if !stays && state.standing == Standing::Serving {
                state.standing = Standing::Retired;
                changed.push(format!("queue {} retired", old.name));
            }
        }
    }

    fn put_queue(&mut self, place: usize, queue: QueueConfig, changed: &mut Vec<String>) {
        let Some(old) = self.config.queues.get_mut(place) else {
            changed.push(format!("queue {} added", queue.name));
            self.config.queues.push(queue);
            self.queues.push(Queue::default());
            return;
        };
        let state = &mut self.queues[place];
        if old.name != queue.name {
            changed.push(format!("queue {} added", queue.name));
            *state = Queue::default();
        } else if state.standing == Standing::Retired {
            changed.push(format!("queue {} added", queue.name));
            state.standing = Standing::Serving;
        } else if *old != queue {
            changed.push(format!("queue {}", queue.name));
        }
        *old = queue;
    }
}
