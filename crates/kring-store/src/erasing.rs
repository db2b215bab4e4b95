//! Taking a person's identity out of the database (PDPA section 33): names, numbers, and what was written of
//! them. The journal stays as it is and still proves itself: it names nobody.
//!
//! What was erased is remembered by ids that name nobody, so that a backup from before is erased again by the
//! same rule when it is put back.

use crate::{
    ContactId, Store, StoreRefused,
    audit::{ChangedBy, Deed, note},
    connect::Durability,
    contact_merges::forget_merges,
    contact_parts::forget_parts,
    erased_ids::{ErasedKind, remember},
    recordings::take_recording,
    sql::Cells,
};
use kring_journal::WallTime;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use std::collections::BTreeSet;

/// What stands in place of a case's matter.
pub(crate) const ERASED: &str = "ลบข้อมูลส่วนบุคคลแล้ว";

/// Who is erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person, with those who were merged into them.
    Contact(ContactId),
    /// Whoever called from a canonical number that is nobody's contact.
    Number(String),
}

/// How much was erased, or would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Persons, with those merged into them.
    pub contacts: u64,
    /// Numbers that were theirs alone; one that is another person's too is only unlinked.
    pub numbers: u64,
    /// Callers of the journal who are nobody's any more.
    pub callers: u64,
    /// Calls whose drafts and SIP traces are gone.
    pub calls: u64,
    /// Cases whose words are gone; kind, unit and dates stay for the statistics.
    pub cases: u64,
}

/// Whether it is remembered by its ids what was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remember {
    /// So that it is erased again in a backup from before.
    Ids,
    /// Age took it, and will again.
    Nothing,
}

/// Everything of a person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach {
    pub(crate) contacts: BTreeSet<String>,
    pub(crate) numbers: BTreeSet<String>,
    pub(crate) callers: BTreeSet<String>,
    pub(crate) calls: BTreeSet<String>,
    pub(crate) cases: BTreeSet<String>,
}

impl Reach {
    pub(crate) fn size(&self) -> Erased {
        Erased {
            contacts: self.contacts.len() as u64,
            numbers: self.numbers.len() as u64,
            callers: self.callers.len() as u64,
            calls: self.calls.len() as u64,
            cases: self.cases.len() as u64,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.size() == Erased::default()
    }

    /// What belongs to a person or to a number that is nobody's.
    pub(crate) async fn of(
        connection: &mut AnyConnection,
        subject: &Subject,
    ) -> Result<Reach, StoreRefused> {
        let mut reach = Reach::default();
        match subject {
            Subject::Contact(id) => {
                let sql = "SELECT id FROM contact WHERE id = $1 OR merged_into = $1";
                reach.contacts = ids(connection, sql, &id.to_string()).await?;
            }
            Subject::Number(number) => {
                let sql = "SELECT contact FROM contact_number WHERE number = $1";
                if !ids(connection, sql, number).await?.is_empty() {
                    return Err(StoreRefused::Unacceptable {
                        field: "number",
                        why: "is the number of a contact: ask for that contact",
                    });
                }
                reach.numbers.insert(number.clone());
            }
        }
        reach.spread(connection).await?;
        Ok(reach)
    }

    /// From persons to their own numbers, from those to callers, calls and cases.
    pub(crate) async fn spread(
        &mut self,
        connection: &mut AnyConnection,
    ) -> Result<(), StoreRefused> {
        for contact in self.contacts.clone() {
            let sql = "SELECT number FROM contact_number WHERE contact = $1";
            for number in ids(connection, sql, &contact).await? {
                let sql = "SELECT contact FROM contact_number WHERE number = $1";
                let users = ids(connection, sql, &number).await?;
                if users.is_subset(&self.contacts) {
                    self.numbers.insert(number);
                }
            }
            let sql = "SELECT id FROM case_file WHERE contact = $1";
            let cases = ids(connection, sql, &contact).await?;
            self.cases.extend(cases);
        }
        for number in &self.numbers {
            let sql = "SELECT caller FROM caller WHERE number = $1";
            self.callers.extend(ids(connection, sql, number).await?);
            let sql = "SELECT id FROM case_file WHERE number = $1 AND contact IS NULL";
            self.cases.extend(ids(connection, sql, number).await?);
        }
        for caller in &self.callers {
            let sql = "SELECT id FROM call WHERE caller = $1";
            self.calls.extend(ids(connection, sql, caller).await?);
        }
        for case in &self.cases {
            let sql = "SELECT call FROM case_file WHERE id = $1 AND call IS NOT NULL";
            self.calls.extend(ids(connection, sql, case).await?);
        }
        Ok(())
    }

    /// Whether one of their calls goes on now.
    pub(crate) async fn is_in_a_call(
        &self,
        connection: &mut AnyConnection,
    ) -> Result<bool, StoreRefused> {
        for call in &self.calls {
            let sql = "SELECT id FROM call WHERE id = $1 AND state <> 'ended'";
            if !ids(connection, sql, call).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes it all away.
    pub(crate) async fn erase(
        &self,
        connection: &mut AnyConnection,
        now: WallTime,
        memory: Remember,
    ) -> Result<(), StoreRefused> {
        for case in &self.cases {
            erase_case(connection, now, case).await?;
        }
        for call in &self.calls {
            for sql in [
                "DELETE FROM draft WHERE call = $1",
                "UPDATE call SET no_case_note = NULL WHERE id = $1",
                "UPDATE knowledge_asked SET call = NULL WHERE call = $1",
                "DELETE FROM sip_trace WHERE call = $1",
                "UPDATE call SET no_case_note = NULL WHERE id = $1",
            ] {
                run(connection, sql, call).await?;
            }
            take_recording(connection, now, call, ("kringd", "erased")).await?;
        }
        for caller in &self.callers {
            for sql in [
                "DELETE FROM call_back WHERE caller = $1",
                "DELETE FROM caller WHERE caller = $1",
            ] {
                run(connection, sql, caller).await?;
            }
        }
        for contact in &self.contacts {
            forget_parts(connection, contact).await?;
            forget_merges(connection, contact).await?;
            for sql in [
                "DELETE FROM contact_unlinked WHERE contact = $1",
                "DELETE FROM contact_number WHERE contact = $1",
                "DELETE FROM consent WHERE contact = $1",
                "UPDATE privacy_request SET note = '' WHERE contact = $1",
            ] {
                run(connection, sql, contact).await?;
            }
        }
        for number in &self.numbers {
            for sql in [
                "DELETE FROM contact_unlinked WHERE number = $1",
                "DELETE FROM contact_merge_moved WHERE what = 'number' AND ref = $1",
                "DELETE FROM phone_number WHERE canonical = $1",
            ] {
                run(connection, sql, number).await?;
            }
        }
        // Sign-posts before whom they lead to.
        for sql in [
            "DELETE FROM contact WHERE id = $1 AND merged_into IS NOT NULL",
            "DELETE FROM contact WHERE id = $1",
        ] {
            for contact in &self.contacts {
                run(connection, sql, contact).await?;
            }
        }
        match memory {
            Remember::Ids => self.remember(connection, now).await,
            Remember::Nothing => Ok(()),
        }
    }

    async fn remember(
        &self,
        connection: &mut AnyConnection,
        now: WallTime,
    ) -> Result<(), StoreRefused> {
        for (kind, ids) in [
            (ErasedKind::Contact, &self.contacts),
            (ErasedKind::Caller, &self.callers),
            (ErasedKind::Case, &self.cases),
        ] {
            for id in ids {
                remember(connection, kind, id, now).await?;
            }
        }
        Ok(())
    }
}

impl Store {
    /// How much [`Store::erase`] would take away.
    pub async fn would_erase(&self, subject: &Subject) -> Result<Erased, StoreRefused> {
        let mut connection = self.reading().await?;
        Ok(Reach::of(&mut connection, subject).await?.size())
    }

    /// Erases a person, on the disk before it is answered. [`StoreRefused::InCall`] while a call of theirs goes on.
    pub async fn erase(&self, by: &ChangedBy, subject: &Subject) -> Result<Erased, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let erased = erase(&mut tx, by, subject).await?;
        tx.commit().await?;
        self.callers_changed();
        Ok(erased)
    }
}

/// Erases within a transaction, with its line of the audit.
pub(crate) async fn erase(
    connection: &mut AnyConnection,
    by: &ChangedBy,
    subject: &Subject,
) -> Result<Erased, StoreRefused> {
    let reach = Reach::of(connection, subject).await?;
    if let Subject::Contact(_) = subject
        && reach.contacts.is_empty()
    {
        return Err(StoreRefused::NoSuchContact);
    }
    if reach.is_in_a_call(connection).await? {
        return Err(StoreRefused::InCall);
    }
    reach.erase(connection, by.at, Remember::Ids).await?;
    let size = reach.size();
    let deed = Deed {
        action: "privacy.erase",
        subject: match subject {
            Subject::Contact(id) => id.to_string(),
            // The number itself is what must not be kept.
            Subject::Number(_) => "number".to_owned(),
        },
        was: Some(&size),
        is: None,
    };
    note(connection, by, deed).await?;
    Ok(size)
}

/// Takes the words out of a case, and whose it is.
pub(crate) async fn erase_case(
    connection: &mut AnyConnection,
    now: WallTime,
    case: &str,
) -> Result<(), StoreRefused> {
    sqlx::query(
        "UPDATE case_file SET contact = NULL, number = NULL, subject = $2, detail = '', \
         fields = NULL, outcome_note = '', search_key = $2, \
         updated = CASE WHEN status = 'closed' THEN updated ELSE $3 END, version = version + 1 \
         WHERE id = $1",
    )
    .bind(case)
    .bind(ERASED)
    .bind(now.0)
    .execute(&mut *connection)
    .await?;
    // That something was done stays, and when; its words go. Files without a row are swept away.
    for sql in [
        "UPDATE case_activity SET text = '' WHERE case_id = $1",
        "UPDATE follow_up SET what = '' WHERE case_id = $1",
        "UPDATE video_session SET channel = '', link = '', outcome = '' WHERE case_id = $1",
        "DELETE FROM attachment WHERE case_id = $1",
    ] {
        run(connection, sql, case).await?;
    }
    Ok(())
}

async fn run(
    connection: &mut AnyConnection,
    sql: &'static str,
    id: &str,
) -> Result<(), StoreRefused> {
    sqlx::query(sql).bind(id).execute(connection).await?;
    Ok(())
}

pub(crate) async fn ids(
    connection: &mut AnyConnection,
    sql: &'static str,
    id: &str,
) -> Result<BTreeSet<String>, StoreRefused> {
    ids_of(connection, sql, id).await
}

pub(crate) async fn ids_of(
    connection: &mut AnyConnection,
    sql: &str,
    id: &str,
) -> Result<BTreeSet<String>, StoreRefused> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()))
        .bind(id)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| Cells::of(row, "erased").text())
        .collect()
}
