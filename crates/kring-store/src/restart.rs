//! What a start owes to the boot before it: a pure function over what was found.

use crate::Boot;
use kring_journal::{CallId, CallState, EndedBy, Fact};

/// The first facts of a boot, in order: `booted`; after an unclean end also `gap`; and for every
/// call that was open the fact that closes it.
pub fn closing_facts(boot: &Boot, version: &str) -> Vec<(Option<CallId>, Fact)> {
    let booted = Fact::Booted {
        version: version.to_owned(),
    };
    let gap = boot.unclean.map(|unclean| Fact::Gap {
        boot: unclean.boot,
        calls_open: boot.open_calls.len() as u32,
    });
    let closings = boot.open_calls.iter().map(|call| {
        let fact = match (call.state, call.answered_at) {
            (CallState::Talking, Some(answered)) => {
                // Nobody knows when the talk ended: it was going on at the last fact.
                let seen = boot.unclean.map_or(answered, |unclean| unclean.last_wall);
                Fact::Ended {
                    by: EndedBy::Kring,
                    cause: "restart".to_owned(),
                    talk_ms: ((seen.0 - answered.0) / 1_000).max(0) as u64,
                }
            }
            _ => Fact::Failed {
                cause: "restart".to_owned(),
                code: 0,
            },
        };
        (Some(call.id), fact)
    });
    std::iter::once((None, booted))
        .chain(gap.map(|gap| (None, gap)))
        .chain(closings)
        .collect()
}
