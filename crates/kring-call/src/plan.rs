//! Who rings when: a plan is a list of hops, each a strategy and a number of rings.

use std::{fmt, str::FromStr};

/// How the agents of a hop are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// The one who has been idle longest.
    LongestIdle,
    /// The first of the queue's members, always beginning at the top of the list.
    Linear,
    /// The one who has answered the fewest calls since signing in; the longest idle of several.
    LeastCalls,
    /// Everybody who is ready.
    All,
}

impl Strategy {
    /// Every strategy with its name in plans.
    const NAMES: [(Strategy, &str); 4] = [
        (Strategy::LongestIdle, "longest_idle"),
        (Strategy::Linear, "linear"),
        (Strategy::LeastCalls, "least_calls"),
        (Strategy::All, "all"),
    ];

    /// Its name in plans.
    pub fn name(self) -> &'static str {
        let known = Strategy::NAMES.iter().find(|(known, _)| *known == self);
        let (_, name) = known.expect("every strategy has a name");
        name
    }

    /// How many phones it wants to ring at once.
    pub(crate) fn phones_at_once(self) -> usize {
        if self.is_for_one() {
            1
        } else {
            crate::limits::OFFERS_AT_ONCE_MAX
        }
    }

    /// Whether it rings one phone at a time.
    pub fn is_for_one(self) -> bool {
        self != Strategy::All
    }
}

/// Some rings under one strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// How its agents are chosen.
    pub strategy: Strategy,
    /// How many rings it lasts, at least 1.
    pub rings: u8,
}

/// Why a text is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanRefused {
    /// A hop is not written as `strategy:rings`.
    #[error(
        "{0:?} is no hop: write it as \"longest_idle:2\", \"linear:2\", \"least_calls:2\" or \"all:1\""
    )]
    NotAHop(String),
    /// The rings do not add up to the budget.
    #[error("the plan's rings add up to {sum}, but ring.limit is {limit}: make them equal")]
    WrongSum {
        /// The plan's sum.
        sum: u32,
        /// The budget.
        limit: u8,
    },
}

/// The hops of a call, whose rings add up to the budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan(Vec<Hop>);

impl Plan {
    /// Reads hops such as `["longest_idle:2", "all:1"]` for a budget of `limit` rings.
    pub fn read<T: AsRef<str>>(hops: &[T], limit: u8) -> Result<Plan, PlanRefused> {
        let hops: Vec<Hop> = hops
            .iter()
            .map(|hop| hop.as_ref().parse())
            .collect::<Result<_, _>>()?;
        let sum = hops.iter().map(|hop| u32::from(hop.rings)).sum();
        if sum != u32::from(limit) {
            return Err(PlanRefused::WrongSum { sum, limit });
        }
        Ok(Plan(hops))
    }

    /// One agent for all but the last ring, then everybody: the default.
    pub fn usual(limit: u8) -> Plan {
        let all = Hop {
            strategy: Strategy::All,
            rings: 1,
        };
        match limit {
            0 | 1 => Plan(vec![all]),
            _ => Plan(vec![
                Hop {
                    strategy: Strategy::LongestIdle,
                    rings: limit - 1,
                },
                all,
            ]),
        }
    }

    /// How the agents of hop `index` are chosen; past the end, the last hop's way.
    pub fn strategy(&self, index: usize) -> Strategy {
        self.0
            .get(index)
            .or(self.0.last())
            .map_or(Strategy::All, |hop| hop.strategy)
    }

    /// Each hop: how its agents are chosen, how many rings it has, and with which one, from 1, it begins.
    pub fn hops(&self) -> impl Iterator<Item = (Strategy, u8, u8)> {
        let mut first = 1_u8;
        self.0.iter().map(move |hop| {
            let begins = first;
            first = first.saturating_add(hop.rings);
            (hop.strategy, hop.rings, begins)
        })
    }

    /// How many rings hop `index` has; 0 past the end.
    pub fn rings(&self, index: usize) -> u8 {
        self.0.get(index).map_or(0, |hop| hop.rings)
    }

    /// The ring, from 1, with which hop `index` begins; `None` past the end.
    pub fn first_ring(&self, index: usize) -> Option<u8> {
        (index < self.0.len()).then(|| 1 + self.0[..index].iter().map(|hop| hop.rings).sum::<u8>())
    }
}

impl fmt::Display for Plan {
    /// As a file has it: `["longest_idle:2", "all:1"]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hops: Vec<String> = self.0.iter().map(|hop| format!("\"{hop}\"")).collect();
        write!(f, "[{}]", hops.join(", "))
    }
}

impl FromStr for Hop {
    type Err = PlanRefused;

    fn from_str(text: &str) -> Result<Hop, PlanRefused> {
        let refused = || PlanRefused::NotAHop(text.chars().take(40).collect());
        let (name, rings) = text.trim().split_once(':').ok_or_else(refused)?;
        let known = Strategy::NAMES
            .iter()
            .find(|(_, known)| *known == name.trim());
        let (strategy, _) = *known.ok_or_else(refused)?;
        match rings.trim().parse() {
            Ok(rings) if rings > 0 => Ok(Hop { strategy, rings }),
            _ => Err(refused()),
        }
    }
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.strategy.name(), self.rings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_one_agent_for_two_rings_then_everybody() {
        let read = Plan::read(&["longest_idle:2", "all:1"], 3).unwrap();
        assert_eq!(read, Plan::usual(3));
        assert_eq!(read.first_ring(1), Some(3));
        assert_eq!(read.first_ring(2), None);
    }

    #[test]
    fn every_strategy_is_written_as_it_is_read() {
        let hops = ["linear:1", "least_calls:1", "longest_idle:1", "all:1"];
        let plan = Plan::read(&hops, 4).unwrap();
        assert_eq!(plan.0.iter().map(Hop::to_string).collect::<Vec<_>>(), hops);
        assert!(!plan.strategy(3).is_for_one() && plan.strategy(1).is_for_one());
    }

    #[test]
    fn a_plan_must_spend_the_budget_exactly() {
        let refused = Plan::read(&["all:2"], 3).unwrap_err();
        assert_eq!(refused, PlanRefused::WrongSum { sum: 2, limit: 3 });
        assert!(Plan::read(&["everyone:3"], 3).is_err());
        assert!(Plan::read(&["all:0", "all:3"], 3).is_err());
    }
}
