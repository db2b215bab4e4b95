//! How today's transfers went, by unit: a fold of their ends. A transfer is of the day on which its call came.

use super::transfers::TransferNow;
use crate::limits;
use kring_journal::{TransferOver, TransferStep};
use kring_store::TransferEnd;
use rustc_hash::FxHashMap;

/// Where callers were to go: a unit, or an extension of none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// Its short name.
    Unit(String),
    /// As it was dialled.
    Extension(String),
}

/// How often it went well, and what went wrong last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ToTarget {
    /// The extension of the last that failed.
    pub(crate) extension: String,
    pub(crate) sip_code: Option<u16>,
    pub(crate) failed: u32,
    pub(crate) total: u32,
}

/// The transfers of a day.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transferred {
    midnight: i64,
    pub(crate) failed: u32,
    pub(crate) total: u32,
    targets: FxHashMap<Target, ToTarget>,
}

/// How a transfer ended, if it did: whether the third party could be had. Whoever takes a caller back, or hangs up,
/// says nothing of the unit.
pub(crate) fn went_well(step: &TransferStep) -> Option<bool> {
    match step {
        TransferStep::Done { .. } => Some(true),
        TransferStep::Over { why, .. } => match why {
            TransferOver::Busy
            | TransferOver::NoAnswer
            | TransferOver::Declined
            | TransferOver::Failed
            | TransferOver::NotTold
            | TransferOver::Returned => Some(false),
            TransferOver::Cancelled
            | TransferOver::UnitLeft
            | TransferOver::CallerLeft
            | TransferOver::CallOver => None,
        },
        _ => None,
    }
}

impl Transferred {
    /// Counts a transfer of a call that came on the day that began at `midnight`.
    pub(crate) fn count(&mut self, midnight: i64, transfer: &TransferNow, step: &TransferStep) {
        let Some(well) = went_well(step) else { return };
        let target = match &transfer.department {
            Some(unit) => Target::Unit(unit.clone()),
            None => Target::Extension(transfer.to.clone()),
        };
        self.add(midnight, target, &transfer.to, transfer.sip_code, well);
    }

    /// The same, of a transfer before this boot.
    pub(crate) fn ended_before(&mut self, midnight: i64, end: TransferEnd) {
        let well = match end.result.as_str() {
            "done" => true,
            "busy" | "no_answer" | "declined" | "failed" | "not_told" | "returned" => false,
            _ => return,
        };
        let target = match end.department {
            Some(unit) => Target::Unit(unit),
            None => Target::Extension(end.extension.clone()),
        };
        self.add(midnight, target, &end.extension, end.sip_code, well);
    }

    fn add(
        &mut self,
        midnight: i64,
        target: Target,
        extension: &str,
        code: Option<u16>,
        well: bool,
    ) {
        if midnight < self.midnight {
            return;
        }
        if midnight > self.midnight {
            *self = Transferred {
                midnight,
                ..Transferred::default()
            };
        }
        self.total += 1;
        self.failed += u32::from(!well);
        let room = self.targets.len() < limits::TRANSFER_TARGETS_MAX;
        if !room && !self.targets.contains_key(&target) {
            return;
        }
        let to = self.targets.entry(target).or_default();
        to.total += 1;
        if !well {
            to.failed += 1;
            extension.clone_into(&mut to.extension);
            to.sip_code = code;
        }
    }

    /// The counts of the day that began then.
    pub(crate) fn on(&self, midnight: i64) -> Transferred {
        if self.midnight == midnight {
            self.clone()
        } else {
            Transferred::default()
        }
    }

    /// The targets that failed, the worst first, at most so many.
    pub(crate) fn failing(&self, most: usize) -> Vec<(&Target, &ToTarget)> {
        let failed = self.targets.iter().filter(|(_, to)| to.failed > 0);
        let mut worst: Vec<_> = failed.collect();
        worst.sort_by_key(|(target, to)| {
            let name = match target {
                Target::Unit(name) | Target::Extension(name) => name,
            };
            (std::cmp::Reverse(to.failed), name.clone())
        });
        worst.truncate(most);
        worst
    }
}
