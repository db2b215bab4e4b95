//! Sessions are kept alive, and provisional responses that want an acknowledgement get one, wherever the
//! network lets them.

use super::Court;
use crate::witness::Evidence;

/// Nobody's session runs out, and no phone repeats its ringing in vain, once nothing is lost any more.
pub(super) fn kept_alive(evidence: &Evidence<'_>, court: &mut Court) {
    let account = evidence.account;
    for (citizen, told) in &account.told {
        if let Some(since) = told.lapsed.filter(|since| *since >= account.quiet_since) {
            let name = &citizen.name;
            court.accuse(
                "session",
                format!("{name}'s was refreshed at {since} and never again"),
            );
        }
    }
    for rung in &account.rung {
        let (agent, heard) = (&rung.agent, &rung.heard);
        if let Some(since) = heard.lapsed.filter(|since| *since >= account.quiet_since) {
            court.accuse(
                "session",
                format!("{agent}'s was refreshed at {since} and never again"),
            );
        }
        let in_vain = heard.unacknowledged.and(heard.sounded);
        if let Some(since) = in_vain.filter(|since| *since >= account.quiet_since) {
            court.accuse(
                "session",
                format!("{agent} rang at {since} and had no PRACK"),
            );
        }
    }
}
