//! The journal and the CRM on disk: SQLite embedded, PostgreSQL at scale, by the same SQL.
//!
//! One [`JournalLog`] writes; any number of [`Store`] clones read. A fact is appended and never
//! changed; what may be erased (numbers, names) lives in tables of its own that facts only refer to.

#![forbid(unsafe_code)]

mod agents;
mod call_history;
mod cases;
mod connect;
mod customers;
mod departments;
mod drafts;
mod ids;
mod journal_log;
mod journal_read;
pub mod limits;
mod number;
mod restart;
mod trusted;

pub use agents::{AgentRow, ApiToken, NewSession, Role, SessionOf, TokenHash};
pub use call_history::{CallCursor, CallFilter, CallPage, CallRow, CallerNumber};
pub use cases::{
    CaseCursor, CaseFilter, CaseKind, CasePage, CasePatch, CaseRefFormat, CaseRefRefused, CaseRow,
    CaseStatus, Confidentiality, Resolution,
};
pub use connect::{Store, StoreConfig, StoreRefused};
pub use customers::{CallerCard, Contact, ContactPatch, HistoryItem, NewContact};
pub use departments::{Department, Endpoint};
pub use drafts::{Draft, Unfinished};
pub use ids::{CaseId, ContactId, DepartmentId, EndpointId};
pub use journal_log::{Appended, Boot, CallerRow, Group, JournalLog, PresenceRow, UncleanBoot};
pub use journal_read::{Broken, Verified};
pub use number::{Number, NumberClass, NumberPlan};
pub use restart::closing_facts;
pub use trusted::{
    ConfirmWrite, ContactChoice, DraftWrite, NoCaseWrite, Trusted, TrustedDone, TrustedWrite,
};
