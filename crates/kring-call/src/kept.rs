//! A caller whom kring has answered itself: since when, what is due for them, and how long it may take.
//!
//! The caller's side only: whether phones ring meanwhile is the call's state.

use crate::{
    config::WaitingRules,
    limits::{HANDLINGS_KEPT, WAIT_TOLD_MAX_MIN},
};
use kring_journal::{AgentId, OverflowWhy};
use kring_time::Moment;
use rustc_hash::FxHashMap;
use std::{collections::VecDeque, sync::Arc, time::Duration};

/// A caller who is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// When kring answered.
    pub(crate) since: Moment,
    /// How often the queue has offered the call again.
    pub(crate) round: u16,
    /// When the caller is told again how things are.
    pub(crate) announce_at: Option<Moment>,
    /// How often that was so far.
    pub(crate) announced: u32,
    /// When the wait is as long as is allowed.
    pub(crate) leave_at: Option<Moment>,
    /// When somebody is sought elsewhere, and why.
    pub(crate) goes: Option<(Moment, OverflowWhy)>,
    /// The queues in which the caller was before this one: nobody is sent in a circle.
    pub(crate) came_through: Vec<usize>,
    /// Whether the call-back was offered at the end of the wait.
    pub(crate) last_offer: LastOffer,
}

/// The call-back at the end of the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LastOffer {
    ToCome,
    Made,
}

impl Kept {
    /// Kept from now on by these rules.
    pub(crate) fn new(now: Moment, rules: &WaitingRules) -> Kept {
        let mut kept = Kept::without_place(now);
        kept.waits_by(now, rules);
        kept
    }

    /// Waits by these rules from now on.
    pub(crate) fn waits_by(&mut self, now: Moment, rules: &WaitingRules) {
        let after = |wait: Duration| (!wait.is_zero()).then(|| now + wait);
        self.announce_at = after(rules.announce_every);
        self.leave_at = after(rules.max_wait);
        self.goes = None;
    }

    /// Answered, with no place in any line: to be told why nobody else will answer, or at a closed door.
    pub(crate) fn without_place(now: Moment) -> Kept {
        Kept {
            since: now,
            round: 0,
            announce_at: None,
            announced: 0,
            leave_at: None,
            goes: None,
            came_through: Vec::new(),
            last_offer: LastOffer::ToCome,
        }
    }

    /// The next of these recordings in turn; none: there are none.
    pub(crate) fn next_announcement(&mut self, recordings: &[Arc<str>]) -> Option<Arc<str>> {
        let next = recordings
            .iter()
            .cycle()
            .nth(self.announced as usize % recordings.len().max(1));
        self.announced = self.announced.wrapping_add(1);
        next.cloned()
    }

    /// For how long by now, ms.
    pub(crate) fn queued_ms(&self, now: Moment) -> u64 {
        now.since(self.since).as_millis() as u64
    }

    /// Why somebody is to be sought elsewhere now, if so.
    pub(crate) fn goes_now(&self, now: Moment) -> Option<OverflowWhy> {
        let (at, why) = self.goes?;
        (at <= now).then_some(why)
    }

    /// Whether the wait is as long as is allowed.
    pub(crate) fn is_over(&self, now: Moment) -> bool {
        self.leave_at.is_some_and(|at| at <= now)
    }
}

/// Who is not to be rung for a call, and until when; none: as long as it lasts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bars(FxHashMap<AgentId, Option<Moment>>);

impl Bars {
    /// Does not ring `agent` again before `until`.
    pub(crate) fn put(&mut self, agent: AgentId, until: Option<Moment>) {
        self.0.insert(agent, until);
    }

    /// Whether `agent` is not to be rung.
    pub(crate) fn holds(&self, now: Moment, agent: &AgentId) -> bool {
        let bar = self.0.get(agent);
        bar.is_some_and(|until| until.is_none_or(|until| now < until))
    }

    /// Whoever was barred for ever is barred until then.
    pub(crate) fn relent(&mut self, until: Moment) {
        for end in self.0.values_mut() {
            end.get_or_insert(until);
        }
    }

    /// Forgets the bars that have ended.
    pub(crate) fn lift(&mut self, now: Moment) {
        self.0
            .retain(|_, until| until.is_none_or(|until| now < until));
    }

    /// When the next bar ends.
    pub(crate) fn next_end(&self) -> Option<Moment> {
        self.0.values().filter_map(|until| *until).min()
    }
}

/// How long the last calls of a queue took an agent, from the answer to the end of the record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handlings(VecDeque<Duration>);

impl Handlings {
    /// One more call is done.
    pub(crate) fn took(&mut self, length: Duration) {
        if self.0.len() >= HANDLINGS_KEPT {
            self.0.pop_front();
        }
        self.0.push_back(length);
    }

    /// How long the caller at `position` may have to wait with so many agents at work, minutes, from 1.
    /// None when nothing is known, nobody works, or it is too long to be told.
    pub(crate) fn wait_min(&self, position: u32, agents: usize) -> Option<u32> {
        if self.0.is_empty() || agents == 0 {
            return None;
        }
        let sum: Duration = self.0.iter().sum();
        let mean = sum / self.0.len() as u32;
        // With n agents one of them is free every n-th of a handling.
        let wait = mean * position / u32::try_from(agents).unwrap_or(u32::MAX);
        let minutes = wait.as_secs().div_ceil(60).max(1);
        u32::try_from(minutes)
            .ok()
            .filter(|minutes| *minutes <= WAIT_TOLD_MAX_MIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_what_the_last_calls_took() {
        let mut handlings = Handlings::default();
        assert_eq!(handlings.wait_min(1, 2), None, "nothing is known");
        for _ in 0..HANDLINGS_KEPT {
            handlings.took(Duration::from_hours(9));
        }
        assert_eq!(handlings.wait_min(1, 1), None, "too long to be told");
        for _ in 0..HANDLINGS_KEPT {
            handlings.took(Duration::from_mins(3));
        }
        assert_eq!(handlings.wait_min(1, 1), Some(3));
        assert_eq!(handlings.wait_min(4, 3), Some(4));
        assert_eq!(handlings.wait_min(1, 100), Some(1));
        assert_eq!(handlings.wait_min(1, 0), None, "nobody works");
    }

    #[test]
    fn a_bar_ends() {
        let (agent, at) = (AgentId::new("somsri"), Moment::from_millis);
        let mut bars = Bars::default();
        bars.put(agent.clone(), None);
        assert!(bars.holds(at(1_000_000), &agent));
        bars.relent(at(30));
        assert_eq!(bars.next_end(), Some(at(30)));
        assert!(bars.holds(at(29), &agent) && !bars.holds(at(30), &agent));
        bars.lift(at(30));
        assert_eq!(bars.next_end(), None);
    }
}
