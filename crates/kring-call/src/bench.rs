//! The bench of a queue: its members who are free, in each order in which a hop may want them, so that
//! a decision looks at the first of them and not at everybody.

use crate::plan::Strategy;
use kring_journal::AgentId;
use kring_time::Moment;
use std::collections::BTreeSet;

/// A member's seat on the bench of one queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    /// Index of the queue.
    pub(crate) queue: usize,
    /// 1 is rung before 2.
    pub(crate) priority: u8,
    /// Place in the queue's list of members.
    pub(crate) place: u32,
}

/// What decides, apart from the seat, when a free agent is rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// No screen of theirs shows calls: the last resort (invariant I3).
    pub(crate) screen_dead: bool,
    /// Calls answered since signing in.
    pub(crate) answered: u32,
    /// Since when idle.
    pub(crate) idle_since: Moment,
}

/// Who comes before whom in one order; the login decides what is equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    screen_dead: bool,
    priority: u8,
    first: u64,
    then: u64,
    agent: AgentId,
}

type Order = BTreeSet<Turn>;

/// The free members of one queue.
#[derive(Debug, Default)]
pub(crate) struct Bench {
    by_idle: Order,
    by_place: Order,
    by_calls: Order,
    /// Members who are signed in, free or not.
    pub(crate) signed_in: usize,
}

impl Bench {
    pub(crate) fn take_seat(&mut self, agent: &AgentId, seat: Seat, standing: Standing) {
        for (order, turn) in self.turns(agent, seat, standing) {
            order.insert(turn);
        }
    }

    /// Leaves with the seat and standing that it was taken with.
    pub(crate) fn leave_seat(&mut self, agent: &AgentId, seat: Seat, standing: Standing) {
        for (order, turn) in self.turns(agent, seat, standing) {
            order.remove(&turn);
        }
    }

    /// Whether any member is free.
    pub(crate) fn has_anybody(&self) -> bool {
        !self.by_idle.is_empty()
    }

    /// The first `most` members who pass `fits`, in the order of `strategy`. Members whose screens are
    /// dead are left out while one with a live screen is among them; the second value tells that there
    /// was none.
    pub(crate) fn first(
        &self,
        strategy: Strategy,
        most: usize,
        fits: impl Fn(&AgentId) -> bool,
    ) -> (Vec<AgentId>, bool) {
        let order = match strategy {
            Strategy::LongestIdle | Strategy::All => &self.by_idle,
            Strategy::Linear => &self.by_place,
            Strategy::LeastCalls => &self.by_calls,
        };
        let (mut chosen, mut degraded) = (Vec::new(), false);
        for turn in order {
            let enough = chosen.len() == most;
            // They come last, so nobody with a live screen follows.
            let not_wanted = turn.screen_dead && !degraded && !chosen.is_empty();
            if enough || not_wanted {
                break;
            }
            if fits(&turn.agent) {
                degraded = turn.screen_dead;
                chosen.push(turn.agent.clone());
            }
        }
        (chosen, degraded)
    }

    fn turns(
        &mut self,
        agent: &AgentId,
        seat: Seat,
        standing: Standing,
    ) -> [(&mut Order, Turn); 3] {
        let turn = |first: u64, then: u64| Turn {
            screen_dead: standing.screen_dead,
            priority: seat.priority,
            first,
            then,
            agent: agent.clone(),
        };
        let idle = standing.idle_since.as_micros();
        let place = turn(u64::from(seat.place), 0);
        let calls = turn(u64::from(standing.answered), idle);
        [
            (&mut self.by_idle, turn(idle, 0)),
            (&mut self.by_place, place),
            (&mut self.by_calls, calls),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `login priority place answered idle_ms dead`.
    fn bench(rows: &[(&str, u8, u32, u32, u64, bool)]) -> Bench {
        let mut bench = Bench::default();
        for (login, priority, place, answered, idle_ms, screen_dead) in rows.iter().copied() {
            let seat = Seat {
                queue: 0,
                priority,
                place,
            };
            let standing = Standing {
                screen_dead,
                answered,
                idle_since: Moment::from_millis(idle_ms),
            };
            bench.take_seat(&AgentId::new(login), seat, standing);
        }
        bench
    }

    fn order(bench: &Bench, strategy: Strategy) -> String {
        let (chosen, _) = bench.first(strategy, 9, |_| true);
        let names: Vec<&str> = chosen.iter().map(AgentId::as_str).collect();
        names.join(" ")
    }

    #[test]
    fn each_strategy_has_its_order_and_the_priority_comes_before_all() {
        let bench = bench(&[
            ("somchai", 1, 2, 5, 30, false),
            ("malee", 1, 0, 5, 20, false),
            ("wichai", 1, 1, 3, 40, false),
            ("pranee", 2, 3, 0, 10, false),
        ]);
        let idle = "malee somchai wichai pranee";
        assert_eq!(order(&bench, Strategy::LongestIdle), idle);
        assert_eq!(order(&bench, Strategy::All), idle);
        assert_eq!(
            order(&bench, Strategy::Linear),
            "malee wichai somchai pranee"
        );
        assert_eq!(
            order(&bench, Strategy::LeastCalls),
            "wichai malee somchai pranee"
        );
    }

    #[test]
    fn a_dead_screen_is_a_last_resort_even_of_the_first_priority() {
        let bench = bench(&[
            ("somchai", 1, 0, 0, 10, true),
            ("malee", 2, 1, 0, 20, false),
        ]);
        let malee = AgentId::new("malee");
        let all = bench.first(Strategy::All, 9, |_| true);
        assert_eq!(all, (vec![malee.clone()], false));
        let without = bench.first(Strategy::All, 9, |id| *id != malee);
        assert_eq!(without, (vec![AgentId::new("somchai")], true));
    }

    #[test]
    fn who_leaves_is_in_no_order_any_more() {
        let mut bench = bench(&[("malee", 1, 0, 2, 20, false)]);
        let seat = Seat {
            queue: 0,
            priority: 1,
            place: 0,
        };
        let standing = Standing {
            screen_dead: false,
            answered: 2,
            idle_since: Moment::from_millis(20),
        };
        bench.leave_seat(&AgentId::new("malee"), seat, standing);
        for strategy in [
            Strategy::LongestIdle,
            Strategy::Linear,
            Strategy::LeastCalls,
        ] {
            assert_eq!(order(&bench, strategy), "");
        }
    }
}
