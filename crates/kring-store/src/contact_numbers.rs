//! The numbers of a person: given, taken away, and given back when that was a mistake.
//!
//! The audit keeps the last digits of a number only: it outlives an erasure.

use crate::{
    Contact, ContactId, Number, Store, StoreRefused, UnlinkId,
    audit::{ChangedBy, Deed, note},
    connect::Durability,
    contact_rows::{find_contact, link_number, put_number},
    limits,
    sql::{Cells, Given},
};
use kring_journal::CallId;
use serde::Serialize;
use sqlx::AnyConnection;

/// Digits of a number that the audit keeps.
const AUDIT_DIGITS: usize = 4;

/// Which number of a person is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberLink {
    /// This one, canonical.
    Number(String),
    /// The one from which this call came.
    Call(CallId),
}

/// A number that is not a person's any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unlinked {
    /// By which it is given back.
    pub id: UnlinkId,
    /// Which.
    pub number: String,
}

/// What the audit says of a number.
#[derive(Serialize)]
struct LastDigits {
    number: String,
}

impl LastDigits {
    fn of(canonical: &str) -> LastDigits {
        let mut digits: Vec<char> = canonical.chars().rev().take(AUDIT_DIGITS).collect();
        digits.reverse();
        LastDigits {
            number: format!("…{}", digits.into_iter().collect::<String>()),
        }
    }
}

impl Store {
    /// Gives a person another number, which must be one that a person can have.
    pub async fn add_number(
        &self,
        by: &ChangedBy,
        id: ContactId,
        number: &Number,
    ) -> Result<Contact, StoreRefused> {
        if !number.is_personal() {
            return Err(StoreRefused::Unacceptable {
                field: "number",
                why: "is no number that a person has",
            });
        }
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let contact = somebody(&mut tx, id).await?;
        if link(&mut tx, &number.canonical, contact.id)
            .await?
            .is_none()
        {
            let row = sqlx::query("SELECT COUNT(*) FROM contact_number WHERE contact = $1")
                .bind(contact.id.to_string())
                .fetch_one(&mut *tx)
                .await?;
            if Cells::of(&row, "contact_number").int()? >= limits::NUMBERS_OF_CONTACT_MAX {
                return Err(StoreRefused::TooMany("numbers of one person"));
            }
            put_number(&mut tx, number).await?;
            link_number(&mut tx, &number.canonical, contact.id, by.at).await?;
            let deed = Deed {
                action: "contact.number.add",
                subject: contact.id.to_string(),
                was: None,
                is: Some(&LastDigits::of(&number.canonical)),
            };
            note(&mut tx, by, deed).await?;
        }
        tx.commit().await?;
        self.callers_changed();
        Ok(contact)
    }

    /// Takes a number from a person, for good or because somebody else called.
    pub async fn unlink_number(
        &self,
        by: &ChangedBy,
        id: ContactId,
        which: &NumberLink,
    ) -> Result<Unlinked, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let contact = somebody(&mut tx, id).await?;
        let number = match which {
            NumberLink::Number(number) => number.clone(),
            NumberLink::Call(call) => number_of_call(&mut tx, *call).await?,
        };
        let last_used = link(&mut tx, &number, contact.id)
            .await?
            .ok_or(StoreRefused::NoSuchNumber)?;
        let unlinked = Unlinked {
            id: UnlinkId::new(by.at),
            number,
        };
        sqlx::query("DELETE FROM contact_number WHERE number = $1 AND contact = $2")
            .bind(&unlinked.number)
            .bind(contact.id.to_string())
            .execute(&mut *tx)
            .await?;
        let mut given = Given::default();
        given
            .add_text(&unlinked.id)
            .add_text(&contact.id)
            .add(unlinked.number.as_str())
            .add(last_used)
            .add(by.at.0)
            .add(by.who.as_str());
        sqlx::query_with(
            "INSERT INTO contact_unlinked (id, contact, number, last_used, at, who) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            given.take(),
        )
        .execute(&mut *tx)
        .await?;
        let deed = Deed {
            action: "contact.number.remove",
            subject: contact.id.to_string(),
            was: Some(&LastDigits::of(&unlinked.number)),
            is: None,
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        self.callers_changed();
        Ok(unlinked)
    }

    /// Gives a number back that was taken from a person, as it was. Once is enough: again changes nothing.
    pub async fn relink_number(
        &self,
        by: &ChangedBy,
        id: ContactId,
        undo: UnlinkId,
    ) -> Result<String, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let contact = somebody(&mut tx, id).await?;
        let row = sqlx::query(
            "SELECT u.number, u.last_used, u.undone, COALESCE(c.merged_into, c.id) \
             FROM contact_unlinked u JOIN contact c ON c.id = u.contact WHERE u.id = $1",
        )
        .bind(undo.to_string())
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(StoreRefused::NoSuchNumber)?;
        let mut cells = Cells::of(&row, "contact_unlinked");
        let (number, last_used) = (cells.text()?, cells.wall()?);
        let undone = cells.some_wall()?;
        if cells.id::<ContactId>()? != contact.id {
            return Err(StoreRefused::NoSuchNumber);
        }
        if undone.is_none() {
            if link(&mut tx, &number, contact.id).await?.is_none() {
                link_number(&mut tx, &number, contact.id, last_used).await?;
            }
            sqlx::query("UPDATE contact_unlinked SET undone = $2 WHERE id = $1")
                .bind(undo.to_string())
                .bind(by.at.0)
                .execute(&mut *tx)
                .await?;
            let deed = Deed {
                action: "contact.number.restore",
                subject: contact.id.to_string(),
                was: None,
                is: Some(&LastDigits::of(&number)),
            };
            note(&mut tx, by, deed).await?;
        }
        tx.commit().await?;
        self.callers_changed();
        Ok(number)
    }
}

async fn somebody(tx: &mut AnyConnection, id: ContactId) -> Result<Contact, StoreRefused> {
    let found = find_contact(tx, id).await?;
    found.ok_or(StoreRefused::NoSuchContact)
}

/// When this person used this number last; none: it is not theirs.
async fn link(
    tx: &mut AnyConnection,
    number: &str,
    contact: ContactId,
) -> Result<Option<i64>, StoreRefused> {
    let row =
        sqlx::query("SELECT last_used FROM contact_number WHERE number = $1 AND contact = $2")
            .bind(number)
            .bind(contact.to_string())
            .fetch_optional(tx)
            .await?;
    row.map(|row| Cells::of(&row, "contact_number").int())
        .transpose()
}

async fn number_of_call(tx: &mut AnyConnection, call: CallId) -> Result<String, StoreRefused> {
    let row = sqlx::query(
        "SELECT r.number FROM call c LEFT JOIN caller r ON r.caller = c.caller WHERE c.id = $1",
    )
    .bind(call.to_string())
    .fetch_optional(tx)
    .await?
    .ok_or(StoreRefused::NoSuchCall)?;
    let number = Cells::of(&row, "caller").some_text()?;
    number.ok_or(StoreRefused::NoSuchNumber)
}
