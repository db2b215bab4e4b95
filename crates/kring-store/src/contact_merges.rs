//! Two persons who were found to be one: what each had goes to the survivor, and back again when they are two.
//!
//! A merge remembers all that it moved. Taking it back moves exactly that, as far as it is still with the
//! survivor; what came later stays there. The one who was merged stays as a sign-post meanwhile.

use crate::{
    Contact, ContactId, MergeId, Store, StoreRefused,
    audit::{ChangedBy, Deed, note},
    connect::Durability,
    contact_rows::{find_contact, read_contact_of},
    sql::{Cells, Given},
};
use kring_journal::WallTime;
use serde::Serialize;
use sqlx::{AnyConnection, AssertSqlSafe};

/// The tables whose rows are of a person, each with columns `id` and `contact`. What is new of the kind stands here.
const OF_PERSON: [&str; 3] = ["case_file", "consent", "privacy_request"];

/// A merge that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Merged {
    /// Which.
    pub id: MergeId,
    /// Who was merged, as they were.
    pub contact: Contact,
    /// When.
    pub at: WallTime,
    /// By whom.
    pub who: String,
}

/// What the audit says of a merge.
#[derive(Serialize)]
struct Moved {
    from: ContactId,
    into: ContactId,
    numbers: u64,
    rows: u64,
}

impl Store {
    /// Says that `from` is the same person as `into`: numbers and cases move, and `from` stays as
    /// a sign-post.
    pub async fn merge_contacts(
        &self,
        by: &ChangedBy,
        from: ContactId,
        into: ContactId,
    ) -> Result<Contact, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let from = survivor(&mut tx, from).await?;
        let into = survivor(&mut tx, into).await?;
        if from == into {
            return Err(StoreRefused::Unacceptable {
                field: "into",
                why: "is the same person already",
            });
        }
        // Both rows are held from here on, in one order, so that two nodes do not wait for each other.
        let done = sqlx::query(
            "UPDATE contact SET version = version + 1 WHERE merged_into IS NULL AND id IN ($1, $2)",
        )
        .bind(from.min(into).to_string())
        .bind(from.max(into).to_string())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() != 2 {
            return Err(StoreRefused::NoSuchContact);
        }
        let merge = MergeId::new(by.at);
        let mut given = Given::default();
        given
            .add_text(&merge)
            .add_text(&from)
            .add_text(&into)
            .add(by.at.0)
            .add(by.who.as_str());
        sqlx::query_with(
            "INSERT INTO contact_merge (id, from_contact, into_contact, at, who) \
             VALUES ($1, $2, $3, $4, $5)",
            given.take(),
        )
        .execute(&mut *tx)
        .await?;
        let moved = move_all(&mut tx, merge, from, into).await?;
        let deed = Deed {
            action: "contact.merge",
            subject: into.to_string(),
            was: None,
            is: Some(&moved),
        };
        note(&mut tx, by, deed).await?;
        let contact = find_contact(&mut tx, into).await?;
        tx.commit().await?;
        self.callers_changed();
        contact.ok_or(StoreRefused::NoSuchContact)
    }

    /// Says that they are two persons after all. `id` is the one who was merged; a survivor's id takes back
    /// what was merged into them last. Tells the one who is a person again.
    pub async fn unmerge_contact(
        &self,
        by: &ChangedBy,
        id: ContactId,
    ) -> Result<Contact, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let (merge, from) = last_merge(&mut tx, id).await?;
        let into = survivor(&mut tx, from).await?;
        let done = sqlx::query(
            "UPDATE contact SET merged_into = NULL, version = version + 1 \
             WHERE id = $1 AND merged_into IS NOT NULL",
        )
        .bind(from.to_string())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() != 1 {
            return Err(StoreRefused::NotMerged);
        }
        let moved = move_back(&mut tx, merge, from, into).await?;
        for (sql, id) in [
            (
                "UPDATE contact SET version = version + 1 WHERE id = $1 AND CAST($2 AS BIGINT) > 0",
                into.to_string(),
            ),
            (
                "UPDATE contact_merge SET undone = $2 WHERE id = $1",
                merge.to_string(),
            ),
        ] {
            sqlx::query(sql)
                .bind(id)
                .bind(by.at.0)
                .execute(&mut *tx)
                .await?;
        }
        let deed = Deed {
            action: "contact.unmerge",
            subject: into.to_string(),
            was: Some(&moved),
            is: None,
        };
        note(&mut tx, by, deed).await?;
        let contact = find_contact(&mut tx, from).await?;
        tx.commit().await?;
        self.callers_changed();
        contact.ok_or(StoreRefused::NoSuchContact)
    }

    /// Who was merged into this person and may be taken back, the last first.
    pub async fn merged_into(&self, id: ContactId) -> Result<Vec<Merged>, StoreRefused> {
        let rows = sqlx::query(
            "SELECT c.id, c.prefix, c.given, c.family, c.org, c.notes, c.version, c.created, c.vip, \
             c.language, m.id AS merge, m.at, m.who FROM contact c \
             JOIN contact_merge m ON m.from_contact = c.id AND m.undone IS NULL \
             WHERE c.merged_into = $1 ORDER BY m.id DESC LIMIT 100",
        )
        .bind(id.to_string())
        .fetch_all(&self.reader)
        .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "contact_merge");
            Ok(Merged {
                contact: read_contact_of(&mut cells)?,
                id: cells.id()?,
                at: cells.wall()?,
                who: cells.text()?,
            })
        };
        rows.iter().map(read).collect()
    }
}

async fn survivor(tx: &mut AnyConnection, id: ContactId) -> Result<ContactId, StoreRefused> {
    let found = find_contact(tx, id).await?;
    found
        .map(|contact| contact.id)
        .ok_or(StoreRefused::NoSuchContact)
}

/// The merge that is to be taken back, and who was merged.
async fn last_merge(
    tx: &mut AnyConnection,
    id: ContactId,
) -> Result<(MergeId, ContactId), StoreRefused> {
    survivor(tx, id).await?;
    for sql in [
        "SELECT id, from_contact FROM contact_merge WHERE from_contact = $1 AND undone IS NULL \
         ORDER BY id DESC LIMIT 1",
        "SELECT id, from_contact FROM contact_merge WHERE into_contact = $1 AND undone IS NULL \
         ORDER BY id DESC LIMIT 1",
    ] {
        let row = sqlx::query(sql)
            .bind(id.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(row) = row {
            let mut cells = Cells::of(&row, "contact_merge");
            return Ok((cells.id()?, cells.id()?));
        }
    }
    Err(StoreRefused::NotMerged)
}

/// Moves what `from` has, and writes down each piece of it.
async fn move_all(
    tx: &mut AnyConnection,
    merge: MergeId,
    from: ContactId,
    into: ContactId,
) -> Result<Moved, StoreRefused> {
    let (merge, from_id, into_id) = (merge.to_string(), from.to_string(), into.to_string());
    let numbers = sqlx::query(
        "INSERT INTO contact_merge_moved (merge, what, ref, last_used, shared) \
         SELECT $1, 'number', n.number, n.last_used, CASE WHEN EXISTS (SELECT 1 FROM contact_number o \
         WHERE o.number = n.number AND o.contact = $3) THEN 1 ELSE 0 END \
         FROM contact_number n WHERE n.contact = $2",
    )
    .bind(&merge)
    .bind(&from_id)
    .bind(&into_id)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    let signposts = "INSERT INTO contact_merge_moved (merge, what, ref) \
        SELECT $1, 'signpost', id FROM contact WHERE merged_into = $2";
    sqlx::query(signposts)
        .bind(&merge)
        .bind(&from_id)
        .execute(&mut *tx)
        .await?;
    let mut rows = 0;
    for table in OF_PERSON {
        let remember = format!(
            "INSERT INTO contact_merge_moved (merge, what, ref) \
             SELECT $1, '{table}', id FROM {table} WHERE contact = $2"
        );
        let done = sqlx::query(AssertSqlSafe(remember))
            .bind(&merge)
            .bind(&from_id)
            .execute(&mut *tx)
            .await?;
        rows += done.rows_affected();
        let sql = format!("UPDATE {table} SET contact = $2 WHERE contact = $1");
        sqlx::query(AssertSqlSafe(sql))
            .bind(&from_id)
            .bind(&into_id)
            .execute(&mut *tx)
            .await?;
    }
    for sql in [
        "INSERT INTO contact_number (number, contact, last_used) \
         SELECT number, $2, last_used FROM contact_number WHERE contact = $1 \
         ON CONFLICT (number, contact) DO NOTHING",
        "DELETE FROM contact_number WHERE contact = $1 AND $2 <> ''",
        "UPDATE contact SET merged_into = $2 WHERE merged_into = $1",
        "UPDATE contact SET merged_into = $2 WHERE id = $1",
    ] {
        sqlx::query(sql)
            .bind(&from_id)
            .bind(&into_id)
            .execute(&mut *tx)
            .await?;
    }
    Ok(Moved {
        from,
        into,
        numbers,
        rows,
    })
}

/// Moves back what is still with the survivor. A number that was used since is both persons'.
async fn move_back(
    tx: &mut AnyConnection,
    merge: MergeId,
    from: ContactId,
    into: ContactId,
) -> Result<Moved, StoreRefused> {
    let (merge, from_id, into_id) = (merge.to_string(), from.to_string(), into.to_string());
    let still_there = "SELECT m.ref FROM contact_merge_moved m JOIN contact_number n \
        ON n.number = m.ref AND n.contact = $3 WHERE m.merge = $1 AND m.what = 'number'";
    let give_back = format!(
        "INSERT INTO contact_number (number, contact, last_used) \
         SELECT m.ref, $2, m.last_used FROM contact_merge_moved m \
         WHERE m.merge = $1 AND m.what = 'number' AND m.ref IN ({still_there}) \
         ON CONFLICT (number, contact) DO NOTHING"
    );
    let numbers = sqlx::query(AssertSqlSafe(give_back))
        .bind(&merge)
        .bind(&from_id)
        .bind(&into_id)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    sqlx::query(
        "DELETE FROM contact_number WHERE contact = $2 AND EXISTS (SELECT 1 FROM contact_merge_moved m \
         WHERE m.merge = $1 AND m.what = 'number' AND m.ref = contact_number.number AND m.shared = 0 \
         AND m.last_used >= contact_number.last_used)",
    )
    .bind(&merge)
    .bind(&into_id)
    .execute(&mut *tx)
    .await?;
    let signposts = "UPDATE contact SET merged_into = $2 WHERE merged_into = $3 AND id IN \
        (SELECT ref FROM contact_merge_moved WHERE merge = $1 AND what = 'signpost')";
    sqlx::query(signposts)
        .bind(&merge)
        .bind(&from_id)
        .bind(&into_id)
        .execute(&mut *tx)
        .await?;
    let mut rows = 0;
    for table in OF_PERSON {
        let sql = format!(
            "UPDATE {table} SET contact = $2 WHERE contact = $3 AND id IN \
             (SELECT ref FROM contact_merge_moved WHERE merge = $1 AND what = '{table}')"
        );
        let done = sqlx::query(AssertSqlSafe(sql))
            .bind(&merge)
            .bind(&from_id)
            .bind(&into_id)
            .execute(&mut *tx)
            .await?;
        rows += done.rows_affected();
    }
    Ok(Moved {
        from,
        into,
        numbers,
        rows,
    })
}

/// Forgets of whom a person was merged, and who into them: they are erased.
pub(crate) async fn forget_merges(
    tx: &mut AnyConnection,
    contact: &str,
) -> Result<(), StoreRefused> {
    for sql in [
        "DELETE FROM contact_merge_moved WHERE merge IN \
         (SELECT id FROM contact_merge WHERE from_contact = $1 OR into_contact = $1)",
        "DELETE FROM contact_merge WHERE from_contact = $1 OR into_contact = $1",
    ] {
        sqlx::query(sql).bind(contact).execute(&mut *tx).await?;
    }
    Ok(())
}
