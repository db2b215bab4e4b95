//! The history of calls: rows that are folds of the journal, with the number that may be erased.

use crate::{NumberClass, Store, StoreRefused};
use kring_journal::{AgentId, CallId, CallRecord, CallState, WallTime};
use serde::{Deserialize, Serialize};

/// A caller's number as it was when the call came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerNumber {
    /// [`crate::Number::canonical`].
    pub canonical: String,
    /// As people write it.
    pub display: String,
    /// Its class.
    pub class: NumberClass,
}

/// A call and its number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallRow {
    /// The fold of its facts.
    #[serde(flatten)]
    pub record: CallRecord,
    /// Its number; none when it was erased.
    pub number: Option<CallerNumber>,
}

/// Which calls to list; `None` asks for all.
#[derive(Clone, Debug, Default)]
pub struct CallFilter {
    /// In this state.
    pub state: Option<CallState>,
    /// That came at this time or later.
    pub from: Option<WallTime>,
    /// That came before this time.
    pub until: Option<WallTime>,
    /// From this canonical number.
    pub phone: Option<String>,
    /// With this Call-ID on the caller's leg.
    pub sip_call_id: Option<String>,
    /// Answered by this agent.
    pub agent: Option<AgentId>,
    /// After this row of the page before.
    pub after: Option<CallCursor>,
    /// Rows, 1 to [`crate::limits::PAGE_MAX`]; 0 means 50.
    pub limit: u32,
}

/// The end of a page of calls. Prints as text that a program hands back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallCursor {
    /// When the page's last call came.
    pub arrived_at: WallTime,
    /// The page's last call.
    pub id: CallId,
}

/// A page of calls, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct CallPage {
    /// The rows.
    pub calls: Vec<CallRow>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<CallCursor>,
}

impl Store {
    /// A page of calls, newest first, live ones included.
    pub async fn calls(&self, filter: &CallFilter) -> Result<CallPage, StoreRefused> {
        todo!()
    }

    /// The call with this id.
    pub async fn call(&self, id: CallId) -> Result<Option<CallRow>, StoreRefused> {
        todo!()
    }
}
