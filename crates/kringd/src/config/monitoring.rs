//! `[monitor]`: what agents are told of supervisors who listen to their calls.

use super::section::Section;
use kring_call::{MonitorRules, TellAgent};

/// The words of `tell_agent`.
const TOLD: [(&str, TellAgent); 3] = [
    ("always", TellAgent::Always),
    ("whisper_and_barge", TellAgent::WhisperAndBarge),
    ("never", TellAgent::Never),
];

/// Reads the table.
pub(super) fn read(mut section: Section<'_>) -> MonitorRules {
    let usual = MonitorRules::default();
    let rules = MonitorRules {
        tell_agent: section.choice("tell_agent", &TOLD, usual.tell_agent),
    };
    section.finish();
    rules
}
