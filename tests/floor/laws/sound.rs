//! What one side sends the other understands, however often either has changed its codec.

use super::Court;
use crate::{account::Rung, codecs::Agreed, pbx::Told, witness::Evidence};
use std::{collections::HashMap, time::Duration};

/// After so long every change is settled: glare, repetitions and the last timer included.
const SETTLED: Duration = Duration::from_secs(40);

/// Compares what the citizen and the agent who took the call had agreed on when it ended.
pub(super) fn understood(evidence: &Evidence<'_>, court: &mut Court) {
    let account = evidence.account;
    let lifted = account.rung.iter();
    let lifted = lifted.filter(|rung| rung.heard.answered.is_some());
    let mut by_caller: HashMap<&str, Vec<&Rung>> = HashMap::new();
    for rung in lifted {
        let caller = by_caller.entry(&rung.heard.caller).or_default();
        caller.push(rung);
    }
    let told = account.told.iter();
    let told: HashMap<&str, &Told> = told.map(|(c, told)| (c.name.as_str(), told)).collect();
    for story in evidence.stories.iter().filter(|story| !story.is_placed()) {
        let Some(told) = told.get(story.name) else {
            continue;
        };
        let phones = by_caller.get(story.name).into_iter().flatten();
        let won = |rung: &&&Rung| story.winners().any(|winner| *winner == rung.agent);
        let mut phones = phones.filter(won);
        let (Some(rung), None) = (phones.next(), phones.next()) else {
            continue;
        };
        let (Some(citizen), Some(phone)) = (&told.agreed, &rung.heard.agreed) else {
            continue;
        };
        let ends = told.hung_up.into_iter().chain(rung.heard.over).min();
        let since = citizen.since.max(phone.since).max(account.quiet_since);
        if ends.is_none_or(|end| end.since(since) < SETTLED) {
            continue;
        }
        for (from, to, who) in [
            (citizen, phone, "the agent"),
            (phone, citizen, "the citizen"),
        ] {
            if let Some(codec) = lost(from, to) {
                let name = story.name;
                court.accuse(
                    "sound",
                    format!("{name}: {who} does not understand {codec}: {from:?} {to:?}"),
                );
            }
        }
    }
}

fn lost(from: &Agreed, to: &Agreed) -> Option<u8> {
    from.sends().find(|codec| !to.own.contains(codec))
}
