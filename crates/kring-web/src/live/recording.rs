//! What screens are told of recordings.

use super::{
    alerts,
    call::LiveCall,
    floor::Delivery,
    screens::{to_supervisors, to_winner},
};
use crate::wire::Said;
use kring_journal::RecordingStep;

/// It is recorded, or no longer; and supervisors are told when it cannot be.
pub(super) fn frames(call: &mut LiveCall, step: &RecordingStep) -> Vec<Delivery> {
    let state = match step {
        RecordingStep::Started { .. } | RecordingStep::Resumed { .. } => "recording",
        RecordingStep::Paused { .. } => "paused",
        RecordingStep::Stopped { .. } | RecordingStep::Ended(_) => "ended",
        RecordingStep::Failed { .. } => "failed",
    };
    let changes = call.recording.replace(state) != Some(state);
    let mut out = match changes {
        true => to_winner(call, Said::Recording { state }),
        false => Vec::new(),
    };
    out.extend(fault(step));
    out
}

/// Supervisors hear of a recording that failed.
pub(super) fn fault(step: &RecordingStep) -> Vec<Delivery> {
    match step {
        RecordingStep::Failed { why, .. } => to_supervisors(alerts::recording_failed(*why)),
        _ => Vec::new(),
    }
}
