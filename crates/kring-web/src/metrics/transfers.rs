//! Transfers, counted and timed: by mode, unit and result.

use crate::limits::FOLD_TRANSFERS_MAX;
use kring_journal::{Transfer, TransferId, TransferMode, TransferStep};
use metrics::{counter, histogram};
use rustc_hash::FxHashMap;

/// The transfers that are on their way.
#[derive(Debug, Default)]
pub(super) struct Transfers(FxHashMap<TransferId, (TransferMode, String)>);

impl Transfers {
    pub(super) fn take(&mut self, fact: &Transfer) {
        match &fact.step {
            TransferStep::Asked {
                mode, department, ..
            } => {
                // A unit's short name, or one word for all extensions: never a number in a label.
                let department = department.clone().unwrap_or_else(|| "extension".to_owned());
                if self.0.len() < FOLD_TRANSFERS_MAX {
                    self.0.insert(fact.transfer, (*mode, department));
                }
            }
            TransferStep::Done { took_ms, .. } => self.over(fact.transfer, "answered", *took_ms),
            TransferStep::Over { why, took_ms, .. } => {
                self.over(fact.transfer, why.as_str(), *took_ms);
            }
            _ => {}
        }
    }

    fn over(&mut self, transfer: TransferId, result: &'static str, took_ms: u64) {
        let Some((mode, department)) = self.0.remove(&transfer) else {
            return;
        };
        let mode = mode.as_str();
        counter!("kring_transfers_total", "mode" => mode, "department" => department, "result" => result)
            .increment(1);
        histogram!("kring_transfer_seconds", "mode" => mode).record(took_ms as f64 / 1e3);
    }
}
