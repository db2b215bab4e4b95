//! The second, fourth and seventh law: one end for each call, one final response for each INVITE, and
//! rest when the faults are over.

use super::Court;
use crate::witness::{Evidence, ends_race, is_outcome, reopens_race};
use kring_journal::Fact;

/// Every `Offered` call has exactly one outcome, and exactly one end if it was answered (I1).
pub(super) fn one_end(evidence: &Evidence<'_>, court: &mut Court) {
    for story in &evidence.stories {
        let count = |meant: fn(&Fact) -> bool| {
            story
                .entries
                .iter()
                .filter(|entry| meant(&entry.fact))
                .count()
        };
        let name = story.name;
        let offered = count(|fact| matches!(fact, Fact::Offered { .. }));
        let first = story.entries.first().map(|entry| &entry.fact);
        if offered != 1 || !matches!(first, Some(Fact::Offered { .. })) {
            court.accuse(
                "law 2",
                format!("{name} was offered {offered} times, first {first:?}"),
            );
        }
        let outcomes = count(is_outcome);
        if outcomes != 1 {
            court.accuse("law 2", format!("{name} has {outcomes} outcomes"));
        }
        // By an agent, or by kring, which keeps the caller.
        let answers = count(|fact| {
            let is_outcome = is_outcome(fact);
            is_outcome && !fact.ends_call()
        });
        let ends = count(|fact| matches!(fact, Fact::Ended { .. }));
        if ends != answers {
            court.accuse(
                "law 2",
                format!("{name} was answered {answers} times, ended {ends}"),
            );
        }
        let mut decided = false;
        for entry in &story.entries {
            decided = (decided && !reopens_race(&entry.fact)) || ends_race(&entry.fact);
            if decided && matches!(entry.fact, Fact::Ring { .. } | Fact::Invited { .. }) {
                court.accuse(
                    "law 2",
                    format!("{name} went on after its outcome: {entry}"),
                );
            }
        }
    }
}

/// Every INVITE server transaction gets exactly one final response, and the citizen hears that one.
pub(super) fn one_final_response(evidence: &Evidence<'_>, court: &mut Court) {
    for leg in &evidence.caller_legs {
        let due = usize::from(leg.arrived.is_some());
        if leg.finals.len() != due {
            let finals = &leg.finals;
            court.accuse("law 4", format!("INVITE {} got {finals:?}", leg.call_id));
        }
    }
    for (citizen, told) in &evidence.account.told {
        if !told.contradicted.is_empty() {
            let (first, then) = (told.settled, &told.contradicted);
            court.accuse(
                "law 4",
                format!("{} was told {first:?}, then {then:?}", citizen.name),
            );
        }
    }
}

/// When the faults stop, all calls settle: nothing rings, talks, waits or is kept.
pub(super) fn settled(evidence: &Evidence<'_>, court: &mut Court) {
    let account = evidence.account;
    let over_at = account.over_at;
    if account.load != (0, 0, 0) {
        let (transactions, dialogs, calls) = account.load;
        court.accuse(
            "law 7",
            format!("at {over_at} {transactions} transactions, {dialogs} dialogs, {calls} calls are left"),
        );
    }
    if account.open_relays > 0 {
        court.accuse(
            "law 7",
            format!("{} relays are left open", account.open_relays),
        );
    }
    for restless in &account.restless {
        court.accuse("law 7", format!("at {over_at} {restless}"));
    }
    for rung in account.rung.iter().filter(|rung| rung.heard.over.is_none()) {
        court.accuse(
            "law 7",
            format!("{} is still busy with {}", rung.agent, rung.heard.caller),
        );
    }
}
