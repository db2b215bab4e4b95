//! The writes that a person trusts: a draft, a confirmed record, a call closed without one.
//!
//! Each is one transaction with its fact and is on the disk before it is answered.

use crate::{
    CaseKind, CaseRow, Confidentiality, ContactId, ContactPatch, DepartmentId, Draft, NewContact,
    Resolution,
};
use kring_journal::{AgentId, CallId, WallTime};
use kring_time::Moment;

/// A trusted write and the time of its fact.
#[derive(Clone, Debug)]
pub struct Trusted {
    /// On the node's clock.
    pub at: Moment,
    /// On the wall.
    pub wall: WallTime,
    /// What to write.
    pub write: TrustedWrite,
}

/// What is written.
#[derive(Clone, Debug)]
pub enum TrustedWrite {
    /// Stores what the agent has typed.
    SaveDraft(DraftWrite),
    /// Makes the case of a call (S6a, S6b).
    Confirm(Box<ConfirmWrite>),
    /// Closes a call without a case.
    NoCase(NoCaseWrite),
}

/// What the agent has typed so far.
#[derive(Clone, Debug)]
pub struct DraftWrite {
    /// The call.
    pub call: CallId,
    /// The agent.
    pub agent: AgentId,
    /// The version that this replaces; none when the agent saw no draft yet.
    pub expected_version: Option<i64>,
    /// The form, as the console has it; at most [`crate::limits::DRAFT_BYTES_MAX`] as text.
    pub body: serde_json::Value,
}

/// Who called, as the agent says it.
#[derive(Clone, Debug)]
pub enum ContactChoice {
    /// Nobody knows (S8, anonymous): a case without a contact.
    Nobody,
    /// A new person (S6a), linked to the call's number.
    New(NewContact),
    /// One who called before (S6b), linked to the call's number; empty fields change nothing.
    Known {
        /// Who.
        contact: ContactId,
        /// What the agent put right.
        patch: ContactPatch,
    },
}

/// The record of a call (S6a, S6b).
#[derive(Clone, Debug)]
pub struct ConfirmWrite {
    /// The call.
    pub call: CallId,
    /// The agent.
    pub agent: AgentId,
    /// Who called.
    pub contact: ContactChoice,
    /// What kind of matter.
    pub kind: CaseKind,
    /// The matter in a line; not empty.
    pub subject: String,
    /// The matter at length; may be empty.
    pub detail: String,
    /// The unit concerned.
    pub department: Option<DepartmentId>,
    /// The internal extension, when the call was transferred.
    pub extension: Option<String>,
    /// How it was resolved.
    pub resolution: Resolution,
    /// Who may read it.
    pub confidentiality: Confidentiality,
    /// Until when the unit must answer.
    pub due: Option<WallTime>,
}

/// A call that needs no case.
#[derive(Clone, Debug)]
pub struct NoCaseWrite {
    /// The call.
    pub call: CallId,
    /// The agent.
    pub agent: AgentId,
    /// `nuisance`, `wrong_number`, `dropped` or another.
    pub reason: String,
}

/// What became of a trusted write. The two that changed nothing carry what stands instead.
#[derive(Clone, Debug, PartialEq)]
pub enum TrustedDone {
    /// The draft is stored.
    DraftSaved {
        /// Its version, from 1.
        version: i64,
    },
    /// Somebody (the agent in another tab) stored another version; nothing was written.
    StaleDraft {
        /// What is stored; none when it is gone because the call was confirmed meanwhile.
        current: Option<Draft>,
    },
    /// The case is made and the draft gone.
    Confirmed {
        /// The case.
        case: Box<CaseRow>,
    },
    /// The call is closed without a case and the draft gone.
    NoCaseDone,
    /// The call had its record already; nothing was written.
    AlreadyDone {
        /// Its case.
        case: Option<Box<CaseRow>>,
        /// Or why it has none.
        no_case: Option<String>,
    },
}
