//! Who calls: persons, their numbers, and what the screen shows before the answer.
//!
//! A number and a person are many-to-many: families share a phone, a person has several. Matching
//! is exact on the canonical number, never by substring.

use crate::{CaseKind, CaseStatus, ContactId, DepartmentId, Number, Store, StoreRefused};
use kring_journal::WallTime;
use serde::{Deserialize, Serialize};

/// A person or company that called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The id.
    pub id: ContactId,
    /// นาย, นาง, นางสาว, ดร., บริษัท …; kept apart from the name.
    pub prefix: String,
    /// Given name, or the name of a company.
    pub given: String,
    /// Family name; may be empty.
    pub family: String,
    /// For whom the person calls.
    pub org: String,
    /// What the next agent should know.
    pub notes: String,
    /// From 1, one more with each change.
    pub version: i64,
    /// When this person was first recorded.
    pub created: WallTime,
}

/// A person to record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewContact {
    /// See [`Contact::prefix`].
    pub prefix: String,
    /// Given name; not empty.
    pub given: String,
    /// Family name; may be empty.
    pub family: String,
    /// For whom the person calls.
    pub org: String,
    /// What the next agent should know.
    pub notes: String,
}

/// What to change in a contact; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContactPatch {
    /// See [`Contact::prefix`].
    pub prefix: Option<String>,
    /// Given name; not empty.
    pub given: Option<String>,
    /// Family name.
    pub family: Option<String>,
    /// For whom the person calls.
    pub org: Option<String>,
    /// What the next agent should know.
    pub notes: Option<String>,
}

/// One earlier case, as the pop shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryItem {
    /// The case's reference.
    #[serde(rename = "ref")]
    pub case_ref: String,
    /// When it was made.
    pub date: WallTime,
    /// What kind of matter.
    pub kind: CaseKind,
    /// The matter in a line; empty when only officers of tips may read it.
    pub subject: String,
    /// The unit concerned, by its Thai name.
    pub department: Option<String>,
    /// The unit concerned.
    pub department_id: Option<DepartmentId>,
    /// Where it is in its life.
    pub status: CaseStatus,
}

/// What is known of a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerCard {
    /// The person, when one person uses this number.
    pub contact: Option<Contact>,
    /// The persons, when several do; the one who called last first.
    pub candidates: Vec<Contact>,
    /// The last cases of that person, or of the number when it is not one person's; newest first.
    pub history: Vec<HistoryItem>,
}

impl Store {
    /// What is known of a canonical number, with at most `history_items` cases. `anon` and short
    /// numbers are nobody's.
    pub async fn caller_card(
        &self,
        canonical: &str,
        history_items: u32,
    ) -> Result<CallerCard, StoreRefused> {
        todo!()
    }

    /// The contact with this id. One that was merged leads to the one it was merged into.
    pub async fn contact(&self, id: ContactId) -> Result<Option<Contact>, StoreRefused> {
        todo!()
    }

    /// The canonical numbers of a contact with their display form.
    pub async fn numbers_of(&self, id: ContactId) -> Result<Vec<(String, String)>, StoreRefused> {
        todo!()
    }

    /// The persons who use this canonical number.
    pub async fn contacts_with(&self, canonical: &str) -> Result<Vec<Contact>, StoreRefused> {
        todo!()
    }

    /// Persons whose name or company contains `text`, by given name; at most `limit`.
    pub async fn search_contacts(
        &self,
        text: &str,
        limit: u32,
    ) -> Result<Vec<Contact>, StoreRefused> {
        todo!()
    }

    /// Records a person, with a number if there is one that can be a person's.
    pub async fn create_contact(
        &self,
        now: WallTime,
        contact: &NewContact,
        number: Option<&Number>,
    ) -> Result<Contact, StoreRefused> {
        todo!()
    }

    /// Changes a contact that is at `version`; refused with [`StoreRefused::Stale`] when it is not.
    pub async fn patch_contact(
        &self,
        id: ContactId,
        version: i64,
        patch: &ContactPatch,
    ) -> Result<Contact, StoreRefused> {
        todo!()
    }

    /// Says that `from` is the same person as `into`: numbers and cases move, `from` stays as a sign-post.
    pub async fn merge_contacts(
        &self,
        from: ContactId,
        into: ContactId,
    ) -> Result<Contact, StoreRefused> {
        todo!()
    }

    /// The last cases of a person, newest first; at most [`crate::limits::HISTORY_MAX`].
    pub async fn history_of(
        &self,
        contact: ContactId,
        items: u32,
    ) -> Result<Vec<HistoryItem>, StoreRefused> {
        todo!()
    }
}
