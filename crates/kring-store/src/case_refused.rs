//! Why something cannot be done with a case, beyond what any row may be refused for.

use crate::CaseStatus;

/// Why it was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseRefused {
    /// A case does not go from where it is to where it was sent.
    #[error("a case that is {} cannot become {}", from.as_str(), to.as_str())]
    WrongStatus {
        /// Where it is.
        from: CaseStatus,
        /// Where it was sent.
        to: CaseStatus,
    },
    /// A case is closed with an outcome.
    #[error("closing needs an outcome")]
    NeedsOutcome,
    /// A case is reopened with a reason.
    #[error("reopening needs a reason")]
    NeedsReason,
    /// It was closed too long ago.
    #[error("it was closed more than {days} days ago: open another case")]
    ClosedTooLong {
        /// For how long it can be reopened.
        days: u32,
    },
    /// Only officers of tips may.
    #[error("only officers of tips may read or change this case")]
    Masked,
    /// A digit of the reference is wrong, or two have changed places.
    #[error("the reference has a wrong digit: its last one does not fit the others")]
    BadReference,
    /// The reference may mean several cases.
    #[error("the reference may mean several cases: write it as it was told")]
    AmbiguousReference,
    /// There is no such follow-up.
    #[error("no such follow-up")]
    NoSuchFollowUp,
    /// There is no such video session.
    #[error("no such video session")]
    NoSuchVideoSession,
    /// There is no such attachment.
    #[error("no such attachment")]
    NoSuchAttachment,
    /// The officer has another session then.
    #[error("the officer has another session at this time")]
    SlotTaken,
    /// The session is over.
    #[error("the session is over")]
    SessionOver,
    /// What the file holds may not be kept.
    #[error("the file is none of {allowed}")]
    NotAllowed {
        /// What may be kept.
        allowed: &'static str,
    },
    /// The file is too large.
    #[error("the file has more than {bytes} bytes")]
    FileTooLarge {
        /// How large it may be.
        bytes: u64,
    },
    /// This process keeps no files.
    #[error("no folder for files is configured")]
    NoFolder,
    /// The row is there and its file is not here.
    #[error("the file is not on this node: {node} has it")]
    FileElsewhere {
        /// Which node took it in.
        node: String,
    },
    /// The disk refused.
    #[error("the file could not be kept or read: {0}")]
    Disk(String),
    /// Only a call that is over and lacks its record can be handed over.
    #[error("the call has its record, or is not over")]
    NothingOwed,
}

impl CaseRefused {
    /// The stable code of the REST error.
    pub const fn code(&self) -> &'static str {
        match self {
            CaseRefused::WrongStatus { .. } => "wrong_status",
            CaseRefused::NeedsOutcome => "needs_outcome",
            CaseRefused::NeedsReason => "needs_reason",
            CaseRefused::ClosedTooLong { .. } => "closed_too_long",
            CaseRefused::Masked => "masked",
            CaseRefused::BadReference | CaseRefused::AmbiguousReference => "bad_reference",
            CaseRefused::NoSuchFollowUp => "no_such_follow_up",
            CaseRefused::NoSuchVideoSession => "no_such_video_session",
            CaseRefused::NoSuchAttachment => "no_such_attachment",
            CaseRefused::SlotTaken => "slot_taken",
            CaseRefused::SessionOver => "session_over",
            CaseRefused::NotAllowed { .. } => "file_not_allowed",
            CaseRefused::FileTooLarge { .. } => "file_too_large",
            CaseRefused::NoFolder | CaseRefused::FileElsewhere { .. } | CaseRefused::Disk(_) => {
                "file_unavailable"
            }
            CaseRefused::NothingOwed => "nothing_owed",
        }
    }
}
