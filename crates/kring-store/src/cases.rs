//! Cases: what a citizen asked, and what became of it.
//!
//! A reference counts up by year without gaps, because the number is taken in the transaction that
//! makes the case.

use crate::{CaseId, ContactId, DepartmentId, Store, StoreRefused};
use kring_journal::{AgentId, CallId, WallTime};
use serde::{Deserialize, Serialize};

macro_rules! stored_names {
    ($(#[$doc:meta])* $type:ident { $($(#[$vdoc:meta])* $variant:ident => $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $type { $($(#[$vdoc])* #[serde(rename = $name)] $variant),+ }

        impl $type {
            /// The name used in JSON, in SQL and in metric labels.
            pub const fn as_str(self) -> &'static str {
                match self { $($type::$variant => $name),+ }
            }

            /// The one with this name.
            pub fn from_name(name: &str) -> Option<$type> {
                match name { $($name => Some($type::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use stored_names;

stored_names! {
    /// What kind of matter a case is.
    CaseKind {
        /// สอบถาม.
        Inquiry => "inquiry",
        /// ปรึกษาเชิงลึก.
        Consultation => "consultation",
        /// ร้องเรียน/ร้องทุกข์.
        Complaint => "complaint",
        /// แจ้งเบาะแส.
        Tip => "tip",
    }
}

stored_names! {
    /// How a call's matter was resolved.
    Resolution {
        /// The agent answered it.
        Answered => "answered",
        /// The agent answered it after asking the unit.
        Consulted => "consulted",
        /// The caller was transferred to the unit.
        Transferred => "transferred",
        /// Somebody will call back or write.
        FollowUp => "follow_up",
        /// The matter was sent to the unit.
        Referred => "referred",
        /// It could not be resolved.
        Unresolved => "unresolved",
    }
}

stored_names! {
    /// Where a case is in its life.
    CaseStatus {
        /// Somebody has to act.
        Open => "open",
        /// The unit has to answer.
        WaitingUnit => "waiting_unit",
        /// Nothing is left to do.
        Closed => "closed",
    }
}

stored_names! {
    /// Who may read a case.
    Confidentiality {
        /// Everybody who works on cases.
        Normal => "normal",
        /// Officers of tips only.
        Restricted => "restricted",
    }
}

/// How a case's reference is written: text with `{be}` (year พ.ศ.) or `{ce}` (year ค.ศ.), and
/// `{n}` with its least width, such as `{n:6}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRefFormat(String);

/// A `[case] ref_format` that would give one reference to two cases.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no ref_format: it needs a year, {{be}} or {{ce}}, and a number such as {{n:6}}")]
pub struct CaseRefRefused(String);

impl Default for CaseRefFormat {
    fn default() -> CaseRefFormat {
        CaseRefFormat("RY-{be}-{n:6}".to_owned())
    }
}

impl CaseRefFormat {
    /// Reads a `ref_format`.
    pub fn read(text: &str) -> Result<CaseRefFormat, CaseRefRefused> {
        todo!()
    }
}

/// A case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseRow {
    /// Its id.
    pub id: CaseId,
    /// Its reference, for people.
    #[serde(rename = "ref")]
    pub case_ref: String,
    /// What kind of matter.
    pub kind: CaseKind,
    /// The matter in a line.
    pub subject: String,
    /// The matter at length.
    pub detail: String,
    /// Who called; none when anonymous.
    pub contact: Option<ContactId>,
    /// The call that it came from.
    pub call: Option<CallId>,
    /// The canonical number of that call; none when anonymous.
    pub number: Option<String>,
    /// The unit concerned.
    pub department: Option<DepartmentId>,
    /// The internal extension, when the call was transferred.
    pub extension: Option<String>,
    /// How it was resolved.
    pub resolution: Resolution,
    /// Who may read it.
    pub confidentiality: Confidentiality,
    /// Where it is in its life.
    pub status: CaseStatus,
    /// Until when the unit must answer.
    pub due: Option<WallTime>,
    /// Who made it.
    pub agent: AgentId,
    /// When it was made.
    pub opened: WallTime,
    /// When it was last changed.
    pub updated: WallTime,
    /// From 1, one more with each change.
    pub version: i64,
}

/// What to change in a case; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CasePatch {
    /// The matter in a line.
    pub subject: Option<String>,
    /// The matter at length.
    pub detail: Option<String>,
    /// The unit concerned.
    pub department: Option<DepartmentId>,
    /// The internal extension.
    pub extension: Option<String>,
    /// How it was resolved.
    pub resolution: Option<Resolution>,
    /// Who may read it.
    pub confidentiality: Option<Confidentiality>,
    /// Where it is in its life.
    pub status: Option<CaseStatus>,
    /// Until when the unit must answer.
    pub due: Option<WallTime>,
}

/// Which cases to list; `None` asks for all.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Of this person.
    pub contact: Option<ContactId>,
    /// Of this kind.
    pub kind: Option<CaseKind>,
    /// In this state.
    pub status: Option<CaseStatus>,
    /// Of this unit.
    pub department: Option<DepartmentId>,
    /// Made by this agent.
    pub agent: Option<AgentId>,
    /// After this row of the page before.
    pub after: Option<CaseCursor>,
    /// Rows, 1 to [`crate::limits::PAGE_MAX`]; 0 means 50.
    pub limit: u32,
}

/// The end of a page of cases: a case's id.
pub type CaseCursor = CaseId;

/// A page of cases, newest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CasePage {
    /// The rows.
    pub cases: Vec<CaseRow>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<CaseCursor>,
}

impl Store {
    /// The case with this id.
    pub async fn case(&self, id: CaseId) -> Result<Option<CaseRow>, StoreRefused> {
        todo!()
    }

    /// The case with this reference.
    pub async fn case_by_ref(&self, case_ref: &str) -> Result<Option<CaseRow>, StoreRefused> {
        todo!()
    }

    /// The case of this call.
    pub async fn case_of_call(&self, call: CallId) -> Result<Option<CaseRow>, StoreRefused> {
        todo!()
    }

    /// A page of cases, newest first.
    pub async fn cases(&self, filter: &CaseFilter) -> Result<CasePage, StoreRefused> {
        todo!()
    }

    /// Changes a case that is at `version`; refused with [`StoreRefused::Stale`] when it is not.
    pub async fn patch_case(
        &self,
        now: WallTime,
        id: CaseId,
        version: i64,
        patch: &CasePatch,
    ) -> Result<CaseRow, StoreRefused> {
        todo!()
    }
}
