//! One queue while it is served: who wants a phone, who is kept in it, and how long its calls took.
//!
//! Callers stand in the order of their turn, which is fixed when they come: the moment at which they came,
//! later by a minute for each step of priority that others have over them. So nobody is overtaken but by
//! those who come within these minutes, and a place never gets worse by the mere passing of time.

use crate::{
    command::Opening,
    kept::Handlings,
    limits::{PRIORITY_FIRST, PRIORITY_STEP},
};
use kring_journal::CallId;
use kring_time::Moment;
use std::collections::BTreeSet;

/// Where a call stands among all that wait: the earlier turn comes first, and of two with the same turn
/// the older call.
pub(super) type Stand = (Moment, CallId);

/// The turn of a call of this priority that came then.
pub(super) fn turn(came: Moment, priority: u8) -> Moment {
    came + PRIORITY_STEP * u32::from(priority.saturating_sub(PRIORITY_FIRST))
}

/// One queue.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// Calls that would take a phone now, if there were one.
    wanting: BTreeSet<Stand>,
    kept: BTreeSet<Stand>,
    pub(super) handlings: Handlings,
    /// Whether it takes calls, by its hours.
    pub(super) opening: Opening,
}

impl Queue {
    /// The call would take another phone, or would not.
    pub(super) fn list(&mut self, stand: Stand, wants: bool) {
        if wants {
            self.wanting.insert(stand);
        } else {
            self.wanting.remove(&stand);
        }
    }

    /// The first call after this one that would take a phone.
    pub(super) fn next_wanting(&self, after: Option<Stand>) -> Option<Stand> {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = after.map_or(Unbounded, Excluded);
        self.wanting.range((from, Unbounded)).next().copied()
    }

    /// The caller is kept, and has a place.
    pub(super) fn keep(&mut self, stand: Stand) {
        self.kept.insert(stand);
    }

    /// Whoever stood there is kept no more.
    pub(super) fn left(&mut self, stand: Stand) {
        self.kept.remove(&stand);
    }

    /// Who is kept, by turn.
    pub(super) fn kept(&self) -> Vec<CallId> {
        self.kept.iter().map(|(_, id)| *id).collect()
    }

    /// Whether whoever stands there has a place.
    pub(super) fn has(&self, stand: Stand) -> bool {
        self.kept.contains(&stand)
    }

    /// How many are kept.
    pub(super) fn kept_count(&self) -> usize {
        self.kept.len()
    }

    /// The place of who stands there, from 1.
    pub(super) fn position(&self, stand: Stand) -> u32 {
        let before = self.kept.range(..stand).count();
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stand(came_s: u64, priority: u8, n: u128) -> Stand {
        let came = Moment::from_millis(came_s * 1_000);
        (turn(came, priority), CallId::new(0, n))
    }

    #[test]
    fn a_priority_is_worth_a_minute_a_step_and_no_more() {
        let usual = stand(0, 5, 1);
        assert!(stand(239, 1, 2) < usual, "came within four minutes");
        assert!(stand(241, 1, 3) > usual, "waited longer than that");
        assert!(stand(1, 5, 4) > usual, "longest first within a priority");
        assert!(stand(0, 5, 0) < usual, "and of two at once the older");
    }

    #[test]
    fn who_wants_a_phone_is_found_in_order() {
        let mut queue = Queue::default();
        let (late, early) = (stand(9, 5, 1), stand(3, 5, 2));
        queue.list(late, true);
        queue.list(early, true);
        assert_eq!(queue.next_wanting(None), Some(early));
        assert_eq!(queue.next_wanting(Some(early)), Some(late));
        queue.list(late, false);
        assert_eq!(queue.next_wanting(Some(early)), None);
    }

    #[test]
    fn a_place_is_counted_from_one() {
        let mut queue = Queue::default();
        let (second, first) = (stand(9, 5, 1), stand(3, 5, 2));
        queue.keep(second);
        queue.keep(first);
        assert_eq!(queue.position(second), 2);
        queue.left(first);
        assert_eq!((queue.position(second), queue.kept_count()), (1, 1));
    }
}
