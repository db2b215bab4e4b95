//! The laws of the house, as checks of any day on the floor: journal, wire and witnesses must agree.
//!
//! Numbers are those of docs/ARCHITECTURE.md; I1 to I5 are the invariants of the specification.

mod agents;
mod endings;
mod hearing;
mod history;
mod plans;
mod registered;
mod ringing;
mod service;
mod sessions;
mod sound;
mod transfers;

use crate::{account::Account, transcript::transcript, witness::Evidence};
use kring_journal::Fact;
use std::fmt;

/// A law that was broken, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// `law 1` to `law 8`, `I2`, `I4`, `I7`, `plan`, `registered`, `service`, `session`, `sound`, `heard`, `turn`, or `senses` for what nobody should do at all.
    pub law: &'static str,
    /// What was seen.
    pub seen: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.law, self.seen)
    }
}

/// The violations found so far.
#[derive(Debug, Default)]
pub(crate) struct Court {
    found: Vec<Violation>,
}

impl Court {
    pub(crate) fn accuse(&mut self, law: &'static str, seen: String) {
        self.found.push(Violation { law, seen });
    }
}

/// Every violation of a day, of all laws but the sixth. None is what one hopes for.
pub fn violations(account: &Account) -> Vec<Violation> {
    let evidence = Evidence::of(account);
    let mut court = Court::default();
    ringing::fourth_bursts(&evidence, &mut court);
    ringing::withdrawals(&evidence, &mut court);
    ringing::budgets(&evidence, &mut court);
    endings::one_end(&evidence, &mut court);
    endings::one_final_response(&evidence, &mut court);
    endings::settled(&evidence, &mut court);
    transfers::nobody_is_lost(&evidence, &mut court);
    agents::one_live_call(&evidence, &mut court);
    agents::one_winner(&evidence, &mut court);
    agents::pops_first(&evidence, &mut court);
    plans::kept(&evidence, &mut court);
    service::nobody_idle(&evidence, &mut court);
    registered::called_where_they_are(&evidence, &mut court);
    sessions::kept_alive(&evidence, &mut court);
    sound::understood(&evidence, &mut court);
    hearing::exactly_those(&evidence, &mut court);
    history::same_rows(&evidence, &mut court);
    senses(account, &mut court);
    court.found
}

/// The sixth law: the same seed gives the same journal and the same datagrams, byte for byte.
pub fn same_twice(first: &Account, second: &Account) -> Option<Violation> {
    let accuse = |seen: String| Some(Violation { law: "law 6", seen });
    if first.entries != second.entries {
        let (one, two) = (transcript(first), transcript(second));
        let differ = one.lines().zip(two.lines()).find(|(one, two)| one != two);
        return accuse(format!("the journals differ: {differ:?}"));
    }
    let mut pairs = first.datagrams.iter().zip(&second.datagrams);
    if let Some((one, two)) =
        pairs.find(|(one, two)| one.sent != two.sent || one.bytes != two.bytes)
    {
        let (one, two) = (one.letter.headline(), two.letter.headline());
        return accuse(format!("the datagrams differ: {one} and {two}"));
    }
    (first.datagrams.len() != second.datagrams.len()).then(|| Violation {
        law: "law 6",
        seen: "one sent more datagrams".to_owned(),
    })
}

/// What needs no law: messages can be read, commands are answered once, the engine finds no fault in itself.
fn senses(account: &Account, court: &mut Court) {
    for mistake in &account.mistakes {
        court.accuse("senses", mistake.clone());
    }
    let mut replies = account.replies.clone();
    replies.sort_unstable();
    if !replies.iter().copied().eq(0..account.asked) {
        court.accuse(
            "senses",
            format!("{} commands, answered: {replies:?}", account.asked),
        );
    }
    for entry in &account.entries {
        if let Fact::InvariantBroken(_) = entry.fact {
            court.accuse("senses", entry.to_string());
        }
    }
}
