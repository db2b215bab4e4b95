//! Who calls: persons, their numbers, and what the screen shows before the answer.
//!
//! A number and a person are many-to-many: families share a phone, a person has several. Matching
//! is exact on the canonical number, never by substring.

use crate::{
    CaseKind, CaseStatus, Confidentiality, ContactId, DepartmentId, Number, Store, StoreRefused,
    connect::Durability,
    contact_rows::{
        CONTACT_COLUMNS, find_contact, insert_contact, link_number, put_number, read_contact,
        update_contact,
    },
    limits,
    sql::Cells,
};
use kring_journal::WallTime;
use kring_text::folded;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, any::AnyRow};

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

/// The columns of a history item, in the order in which [`read_history`] wants them.
macro_rules! history_of {
    ($condition:literal) => {
        concat!(
            "SELECT k.case_ref, k.opened, k.kind, k.subject, k.department, k.status, \
             k.confidentiality, d.name_th FROM case_file k \
             LEFT JOIN department d ON d.id = k.department WHERE ",
            $condition,
            " ORDER BY k.id DESC LIMIT $2"
        )
    };
}

const HISTORY_OF_CONTACT: &str = history_of!("k.contact = $1");
const HISTORY_OF_NUMBER: &str = history_of!("k.number = $1");

impl Store {
    /// What is known of a canonical number, with at most `history_items` cases. `anon` and short
    /// numbers are nobody's.
    pub async fn caller_card(
        &self,
        canonical: &str,
        history_items: u32,
    ) -> Result<CallerCard, StoreRefused> {
        if !canonical.starts_with(['+', 'e']) {
            return Ok(CallerCard::default());
        }
        // Two short statements on one connection: this is awaited while the phone begins to ring.
        let mut connection = self.reading().await?;
        let rows = sqlx::query(WITH_NUMBER)
            .bind(canonical)
            .bind(i64::from(limits::CANDIDATES_MAX))
            .fetch_all(&mut *connection)
            .await?;
        let mut candidates = rows
            .iter()
            .map(read_contact)
            .collect::<Result<Vec<_>, _>>()?;
        let contact = match candidates.len() {
            1 => candidates.pop(),
            _ => None,
        };
        let (sql, whose) = match &contact {
            Some(contact) => (HISTORY_OF_CONTACT, contact.id.to_string()),
            None => (HISTORY_OF_NUMBER, canonical.to_owned()),
        };
        let rows = sqlx::query(sql)
            .bind(whose)
            .bind(i64::from(history_items.min(limits::HISTORY_MAX)))
            .fetch_all(&mut *connection)
            .await?;
        Ok(CallerCard {
            contact,
            candidates,
            history: rows.iter().map(read_history).collect::<Result<_, _>>()?,
        })
    }

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

    /// The persons who use this canonical number, the one who called last first; at most
    /// [`limits::CANDIDATES_MAX`].
    pub async fn contacts_with(&self, canonical: &str) -> Result<Vec<Contact>, StoreRefused> {
        let rows = sqlx::query(WITH_NUMBER)
            .bind(canonical)
            .bind(i64::from(limits::CANDIDATES_MAX))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_contact).collect()
    }

    /// Persons whose name or company contains `text`, by given name; at most `limit`, up to
    /// [`limits::PAGE_MAX`]. Both sides are folded as product.md 11.2 says; prefixes are ignored.
    pub async fn search_contacts(
        &self,
        text: &str,
        limit: u32,
    ) -> Result<Vec<Contact>, StoreRefused> {
        let wanted = folded(text);
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let escaped = wanted
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        let sql = format!(
            "SELECT {CONTACT_COLUMNS} FROM contact c WHERE c.merged_into IS NULL \
             AND c.search_key LIKE $1 ESCAPE '\\' ORDER BY c.given, c.id LIMIT $2"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(format!("%{escaped}%"))
            .bind(limits::page(limit))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_contact).collect()
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

    /// Says that `from` is the same person as `into`: numbers and cases move, and `from` stays as
    /// a sign-post.
    pub async fn merge_contacts(
        &self,
        from: ContactId,
        into: ContactId,
    ) -> Result<Contact, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let from = find_contact(&mut tx, from)
            .await?
            .ok_or(StoreRefused::NoSuchContact)?
            .id;
        let into = find_contact(&mut tx, into)
            .await?
            .ok_or(StoreRefused::NoSuchContact)?
            .id;
        if from == into {
            return Err(StoreRefused::Unacceptable {
                field: "into",
                why: "is the same person already",
            });
        }
        let (from, into) = (from.to_string(), into.to_string());
        for sql in [
            "INSERT INTO contact_number (number, contact, last_used) \
             SELECT number, $2, last_used FROM contact_number WHERE contact = $1 \
             ON CONFLICT (number, contact) DO NOTHING",
            "DELETE FROM contact_number WHERE contact = $1 AND $2 <> ''",
            "UPDATE case_file SET contact = $2 WHERE contact = $1",
            "UPDATE contact SET merged_into = $2 WHERE merged_into = $1",
            "UPDATE contact SET merged_into = $2, version = version + 1 WHERE id = $1",
        ] {
            sqlx::query(sql)
                .bind(&from)
                .bind(&into)
                .execute(&mut *tx)
                .await?;
        }
        let into = into.parse().expect("it was printed from an id");
        let contact = find_contact(&mut tx, into)
            .await?
            .ok_or(StoreRefused::NoSuchContact)?;
        tx.commit().await?;
        self.callers_changed();
        Ok(contact)
    }

    /// The last cases of a person, newest first; at most [`limits::HISTORY_MAX`].
    pub async fn history_of(
        &self,
        contact: ContactId,
        items: u32,
    ) -> Result<Vec<HistoryItem>, StoreRefused> {
        let rows = sqlx::query(HISTORY_OF_CONTACT)
            .bind(contact.to_string())
            .bind(i64::from(items.min(limits::HISTORY_MAX)))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_history).collect()
    }
}

const WITH_NUMBER: &str = "SELECT c.id, c.prefix, c.given, c.family, c.org, c.notes, c.version, \
    c.created, c.vip, c.language FROM contact_number n JOIN contact c ON c.id = n.contact \
    WHERE n.number = $1 ORDER BY n.last_used DESC, c.id LIMIT $2";

fn read_history(row: &AnyRow) -> Result<HistoryItem, StoreRefused> {
    let mut cells = Cells::of(row, "case_file");
    let mut item = HistoryItem {
        case_ref: cells.text()?,
        date: cells.wall()?,
        kind: cells.name()?,
        subject: cells.text()?,
        department_id: cells.some_id()?,
        status: cells.name()?,
        department: None,
    };
    if cells.name::<Confidentiality>()? == Confidentiality::Restricted {
        item.subject.clear();
    }
    item.department = cells.some_text()?;
    Ok(item)
}
