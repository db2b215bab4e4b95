//! What may be asked of transfers and consults.

use kring_journal::{TransferMode, TransferReason};

/// Where a caller is to go, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferWanted {
    /// Whether the agent talks to the third party first.
    pub mode: TransferMode,
    /// The department's short name, if it is one.
    pub department: Option<String>,
    /// What is dialled, in this order, until somebody answers. At least one and at most
    /// [`crate::limits::TARGETS_MAX`]; more are left out.
    pub places: Vec<TransferPlace>,
    /// Whether an administrator has written these places: they need no permission of `[dial]`.
    pub origin: PlaceOrigin,
    /// Why.
    pub reason: Option<TransferReason>,
    /// What the third party should know; at most [`crate::limits::TRANSFER_NOTE_MAX`] bytes go along.
    pub note: Option<String>,
    /// Who has the caller if nobody can be had.
    pub failing: OnTransferFailed,
}

/// An extension to which a caller may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferPlace {
    /// The number, as the PBX is asked for it.
    pub number: String,
    /// How often it may ring; 0: as often as `[transfer] recall_rings` says.
    pub rings: u8,
}

/// Who says where callers may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceOrigin {
    /// An administrator, in the directory.
    Directory,
    /// An agent has typed it.
    Typed,
}

/// Who has a caller again whom nobody elsewhere could have. Nobody is ever let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnTransferFailed {
    /// The agent, whose phone rings again if they have hung up.
    #[default]
    Recall,
    /// The agent as long as they have not hung up, and else the queue.
    Queue,
}

/// What an agent wants of a consult.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsultTurn {
    /// Caller and third party are to talk alone. While the third party rings, it is a blind transfer
    /// from now on.
    Complete,
    /// The third party is let go, and the agent has the caller again.
    Cancel,
    /// The agent turns to the other of the two.
    Swap,
    /// All three talk.
    Conference,
}
