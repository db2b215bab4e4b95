//! What one side sends the other understands, however often either has changed its codec.

use super::Court;
use crate::{codecs::Agreed, witness::Evidence};
use std::time::Duration;

/// After so long every change is settled: glare, repetitions and the last timer included.
const SETTLED: Duration = Duration::from_secs(40);

/// Compares what the citizen and the agent who took the call had agreed on when it ended.
pub(super) fn understood(evidence: &Evidence<'_>, court: &mut Court) {
    let account = evidence.account;
    for story in evidence.stories.iter().filter(|story| !story.is_placed()) {
        let Some((_, told)) = account.told.iter().find(|(c, _)| c.name == story.name) else {
            continue;
        };
        let mut phones = account.rung.iter().filter(|rung| {
            rung.heard.caller == story.name
                && Some(&rung.agent) == story.winner
                && rung.heard.answered.is_some()
        });
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
