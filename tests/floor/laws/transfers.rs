//! I7: no citizen is let go because a transfer or a consult came to nothing; and each of them has one end.

use super::Court;
use crate::witness::Evidence;
use kring_journal::{BackWith, EndedBy, Fact, Transfer, TransferId, TransferOver, TransferStep};
use std::collections::BTreeMap;

/// What becomes of transfers.
pub(super) fn nobody_is_lost(evidence: &Evidence<'_>, court: &mut Court) {
    for story in &evidence.stories {
        let name = story.name;
        let mut open: BTreeMap<TransferId, u32> = BTreeMap::new();
        let mut came_back = None;
        for entry in &story.entries {
            match &entry.fact {
                Fact::Transfer(Transfer { transfer, step }) => match step {
                    TransferStep::Asked { .. } => {
                        open.insert(*transfer, 0);
                    }
                    TransferStep::Done { .. } => *open.entry(*transfer).or_default() += 1,
                    TransferStep::Over { why, back, .. } => {
                        *open.entry(*transfer).or_default() += 1;
                        let gone = matches!(why, TransferOver::CallerLeft | TransferOver::CallOver);
                        if gone != (*back == BackWith::Nobody) {
                            court.accuse("I7", format!("{name}: {entry}"));
                        }
                        came_back = (!gone).then_some(entry.at);
                    }
                    _ => {}
                },
                Fact::Ended {
                    by: EndedBy::Kring,
                    cause,
                    ..
                } if came_back == Some(entry.at) && cause != "shutdown" => {
                    court.accuse("I7", format!("{name} was let go: {entry}"));
                }
                _ => {}
            }
        }
        for (transfer, ends) in open.iter().filter(|(_, ends)| **ends != 1) {
            court.accuse("I7", format!("{name}: transfer {transfer} has {ends} ends"));
        }
    }
}
