//! Who calls: persons and their numbers.
//!
//! A number and a person are many-to-many: families share a phone, a person has several. Matching
//! is exact on the canonical number, never by substring.

use crate::{
    ContactId, Number, Store, StoreRefused,
    connect::Durability,
    contact_rows::{find_contact, insert_contact, link_number, put_number, update_contact},
    sql::Cells,
};
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
    /// Whether the centre has marked this person as important.
    #[serde(default)]
    pub vip: bool,
    /// In which language they want to be spoken to: `th`, `en`, or empty for what the queue speaks.
    #[serde(default)]
    pub language: String,
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
    /// See [`Contact::vip`].
    pub vip: Option<bool>,
    /// See [`Contact::language`].
    pub language: Option<String>,
}

impl Store {
    /// The contact with this id. One that was merged leads to the one it was merged into.
    pub async fn contact(&self, id: ContactId) -> Result<Option<Contact>, StoreRefused> {
        find_contact(&mut *self.reading().await?, id).await
    }

    /// The canonical numbers of a contact with their display form, the last used first.
    pub async fn numbers_of(&self, id: ContactId) -> Result<Vec<(String, String)>, StoreRefused> {
        let rows = sqlx::query(
            "SELECT n.number, p.display FROM contact_number n \
             JOIN phone_number p ON p.canonical = n.number \
             WHERE n.contact = $1 ORDER BY n.last_used DESC, n.number",
        )
        .bind(id.to_string())
        .fetch_all(&self.reader)
        .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "contact_number");
            Ok((cells.text()?, cells.text()?))
        };
        rows.iter().map(read).collect()
    }

    /// Records a person, with a number if there is one that can be a person's.
    pub async fn create_contact(
        &self,
        now: WallTime,
        contact: &NewContact,
        number: Option<&Number>,
    ) -> Result<Contact, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let contact = insert_contact(&mut tx, now, contact).await?;
        if let Some(number) = number.filter(|number| number.is_personal()) {
            put_number(&mut tx, number).await?;
            link_number(&mut tx, &number.canonical, contact.id, now).await?;
        }
        tx.commit().await?;
        self.callers_changed();
        Ok(contact)
    }

    /// Changes a contact that is at `version`; refused with [`StoreRefused::Stale`] when it is not.
    pub async fn patch_contact(
        &self,
        id: ContactId,
        version: i64,
        patch: &ContactPatch,
    ) -> Result<Contact, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let contact = update_contact(&mut tx, id, Some(version), patch).await?;
        tx.commit().await?;
        self.callers_changed();
        Ok(contact)
    }
}
