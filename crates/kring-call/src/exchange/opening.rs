//! Opening hours: a queue that is closed takes no new calls, and says so. The exchange knows no time of
//! day; it is told when a queue opens and closes.
//!
//! Whoever waits when a queue closes goes on waiting while somebody who serves it is signed in.

use super::Exchange;
use crate::{
    command::{CommandRefused, Done, Opening},
    config::OnClosed,
};
use kring_journal::{CallId, ClosedWhy, Closing, Fact, Opened, QueueExit, Refusal};
use kring_media::Phrase;
use kring_time::Moment;

/// The recordings that say that it is closed, and why.
const CLOSED: &str = "closed";
const HOLIDAY: &str = "holiday";

impl Exchange {
    /// A queue opens or closes.
    pub(super) fn set_opening(
        &mut self,
        now: Moment,
        name: &str,
        opening: Opening,
    ) -> Result<Done, CommandRefused> {
        let queues = &self.config.queues;
        let queue = queues.iter().position(|queue| queue.name == name);
        let queue = queue.ok_or(CommandRefused::NoSuchQueue)?;
        if self.queues[queue].opening == opening {
            return Ok(Done::Unchanged);
        }
        self.queues[queue].opening = opening;
        let queue = name.to_owned();
        let fact = match opening {
            Opening::Open => Fact::QueueOpened(Opened { queue }),
            Opening::Closed { why, next_open } => Fact::QueueClosed(Closing {
                queue,
                why,
                next_open,
            }),
        };
        self.record_apart(now, fact);
        self.empty_closed_queues(now);
        Ok(Done::Ok)
    }

    /// Whether the queue takes no new calls.
    pub(super) fn is_closed(&self, queue: usize) -> bool {
        self.queues[queue].opening != Opening::Open
    }

    /// Whether nobody will serve those who wait in it: it is closed, and the last one has gone home.
    pub(super) fn is_shut(&self, queue: usize) -> bool {
        self.is_closed(queue) && !self.roster.is_staffed(queue)
    }

    /// What is done with a call of a closed queue that nobody has answered. `due` is when it should have
    /// been.
    pub(super) fn act_closed(&mut self, now: Moment, id: CallId, due: Moment) {
        let Some(queue) = self.calls.get(&id).map(|call| call.queue) else {
            return;
        };
        let why = Refusal::Closed;
        match self.config.queues[queue].on_closed {
            OnClosed::Announce => {
                let clip = self.closed_clip(queue);
                self.announce_refusal(now, id, why, clip, due);
            }
            OnClosed::AnnounceBusy => self.tell_busy(now, id, why, due),
        }
    }

    /// Whoever is kept in a queue that nobody will serve any more is told that it is closed.
    pub(super) fn empty_closed_queues(&mut self, now: Moment) {
        for queue in 0..self.queues.len() {
            if self.queues[queue].kept_count() == 0 || !self.is_shut(queue) {
                continue;
            }
            let clip = self.closed_clip(queue);
            for id in self.queues[queue].kept() {
                self.leave_queue(now, id, QueueExit::Closed, "closed", Phrase::clip(clip));
            }
        }
    }

    fn closed_clip(&self, queue: usize) -> &'static str {
        match self.queues[queue].opening {
            Opening::Closed {
                why: ClosedWhy::Holiday,
                ..
            } => HOLIDAY,
            _ => CLOSED,
        }
    }
}
