//! `[transfer]`: who joins a caller with somebody else, and what becomes of callers who cannot be had there.

use super::section::Section;
use kring_call::{TransferMethod, TransferRules};
use std::time::Duration;

/// The words of `method`, in `[transfer]` and of a trunk.
pub(super) const METHODS: [(&str, TransferMethod); 3] = [
    ("auto", TransferMethod::Auto),
    ("refer", TransferMethod::Refer),
    ("bridge", TransferMethod::Bridge),
];

/// How callers are transferred.
#[derive(Clone, Debug)]
pub(crate) struct Transfers {
    pub(crate) rules: TransferRules,
    /// Whether callers go back to their agent where a transfer does not say otherwise.
    pub(crate) recall: bool,
    /// Whether an agent must say why.
    pub(crate) require_reason: bool,
}

impl Transfers {
    pub(super) fn read(mut section: Section<'_>) -> Transfers {
        let usual = TransferRules::default();
        let rings = u64::from(usual.recall_rings);
        let word_s = usual.final_word.as_secs();
        let transfers = Transfers {
            rules: TransferRules {
                method: section.choice("method", &METHODS, usual.method),
                recall_rings: section.number("recall_rings", rings, 1..=10) as u8,
                final_word: Duration::from_secs(section.number(
                    "wait_final_notify_s",
                    word_s,
                    5..=300,
                )),
                record_link: record_link(&mut section),
                internal: None,
            },
            recall: section.flag("recall", true),
            require_reason: section.flag("require_reason", false),
        };
        section.finish();
        transfers
    }
}

/// The address of a record, for whoever gets the caller.
fn record_link(section: &mut Section<'_>) -> Option<String> {
    let link = section.text("record_link")?;
    let fits = link.starts_with("https://") || link.starts_with("http://");
    if !fits || !link.contains("{call}") || link.len() > 200 {
        let text = "transfer.record_link must be an address with {call} in it, such as \
                    \"https://kring.example/calls/{call}\".";
        section.complain("record_link", text);
        return None;
    }
    Some(link)
}
