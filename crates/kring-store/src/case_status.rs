//! Where a case is in its life, and where it may go from there.

use crate::{CaseKind, Resolution, names::stored_names};
use serde::{Deserialize, Serialize};

stored_names! {
    /// Where a case is in its life.
    CaseStatus {
        /// Somebody has to act.
        Open => "open",
        /// Somebody acts.
        InProgress => "in_progress",
        /// The unit has to answer.
        WaitingUnit => "waiting_unit",
        /// The citizen has to send or say something: the clock stands still.
        WaitingCitizen => "waiting_citizen",
        /// The citizen has the answer.
        Answered => "answered",
        /// Nothing is left to do.
        Closed => "closed",
        /// It was closed, and somebody has to act again.
        Reopened => "reopened",
    }
}

stored_names! {
    /// How a case ended.
    CaseOutcome {
        /// The citizen has what they asked for.
        Resolved => "resolved",
        /// It is with somebody else now, for good.
        Forwarded => "forwarded",
        /// There was nothing in it.
        NoGrounds => "no_grounds",
        /// The citizen takes it back.
        Withdrawn => "withdrawn",
        /// The citizen cannot be reached.
        Unreachable => "unreachable",
        /// Another case is about the same.
        Duplicate => "duplicate",
        /// It could not be resolved.
        Unresolved => "unresolved",
    }
}

impl CaseStatus {
    /// Where a case may go from here.
    pub const fn next(self) -> &'static [CaseStatus] {
        use CaseStatus::{Answered, Closed, InProgress, Reopened, WaitingCitizen, WaitingUnit};
        match self {
            CaseStatus::Open | CaseStatus::Reopened => {
                &[InProgress, WaitingUnit, WaitingCitizen, Answered, Closed]
            }
            CaseStatus::InProgress => &[WaitingUnit, WaitingCitizen, Answered, Closed],
            CaseStatus::WaitingUnit => &[InProgress, WaitingCitizen, Answered, Closed],
            CaseStatus::WaitingCitizen => &[InProgress, WaitingUnit, Answered, Closed],
            CaseStatus::Answered => &[InProgress, WaitingUnit, WaitingCitizen, Closed],
            CaseStatus::Closed => &[Reopened],
        }
    }

    /// Where a case begins. A complaint or a tip is never closed by the call that brought it, and
    /// what the agent could settle on the telephone is closed.
    pub fn at_confirm(kind: CaseKind, resolution: Resolution) -> CaseStatus {
        match (kind, resolution) {
            (_, Resolution::Referred) => CaseStatus::WaitingUnit,
            (CaseKind::Complaint | CaseKind::Tip, _)
            | (_, Resolution::FollowUp | Resolution::Unresolved) => CaseStatus::Open,
            (
                CaseKind::Inquiry | CaseKind::Consultation,
                Resolution::Answered | Resolution::Consulted | Resolution::Transferred,
            ) => CaseStatus::Closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [CaseStatus; 7] = [
        CaseStatus::Open,
        CaseStatus::InProgress,
        CaseStatus::WaitingUnit,
        CaseStatus::WaitingCitizen,
        CaseStatus::Answered,
        CaseStatus::Closed,
        CaseStatus::Reopened,
    ];

    #[test]
    fn every_case_can_be_closed_and_only_a_closed_one_is_reopened() {
        for status in ALL {
            assert!(
                !status.next().contains(&status),
                "{status:?} leads to itself"
            );
            let reopens = status.next().contains(&CaseStatus::Reopened);
            assert_eq!(reopens, status == CaseStatus::Closed);
            let closes = status.next().contains(&CaseStatus::Closed);
            assert_eq!(closes, status != CaseStatus::Closed);
            assert!(
                !status.next().contains(&CaseStatus::Open),
                "open is a beginning"
            );
        }
    }
}
