//! What makes a person findable: the key of their place in the order of names, and the parts of their name.
//!
//! All of it is computed from the name, so that a change knows what to take away. When the way of computing is
//! another ([`FOUND_BY`]), a start of the process computes everybody anew.

use crate::{
    Contact, Store, StoreRefused,
    connect::Durability,
    contact_rows::{CONTACT_COLUMNS, read_contact},
    limits,
    sql::{Given, ManyRows},
};
use kring_text::{folded, parts_of, sort_key, without_prefix};
use sqlx::{AnyConnection, AssertSqlSafe};
use std::collections::BTreeSet;

/// The number of this way of computing; the migration's partial index has it, too.
pub(crate) const FOUND_BY: i64 = 1;

static PARTS: ManyRows = ManyRows::new(
    "INSERT INTO contact_part (part, sort_key, contact) VALUES",
    3,
    "ON CONFLICT (part, sort_key, contact) DO NOTHING",
);

/// How a person is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Findable {
    /// The folded names, in which what is looked for must stand.
    pub(crate) search_key: String,
    pub(crate) sort_key: Vec<u8>,
    parts: BTreeSet<String>,
}

impl Findable {
    /// Prefixes do not count, those neither that were typed into the given name.
    pub(crate) fn of(contact: &Contact) -> Findable {
        let (given, org) = (without_prefix(&contact.given), without_prefix(&contact.org));
        let family = contact.family.as_str();
        let search_key = folded(&format!("{given} {family} {org}"));
        Findable {
            sort_key: sort_key(&given, family),
            parts: parts_of(&search_key),
            search_key,
        }
    }

    /// Takes them away: the person is found no more, or by another name.
    pub(crate) async fn take_away(
        &self,
        connection: &mut AnyConnection,
        contact: &Contact,
    ) -> Result<(), StoreRefused> {
        let id = contact.id.to_string();
        for part in &self.parts {
            sqlx::query(
                "DELETE FROM contact_part WHERE part = $1 AND sort_key = $2 AND contact = $3",
            )
            .bind(part.as_str())
            .bind(self.sort_key.as_slice())
            .bind(id.as_str())
            .execute(&mut *connection)
            .await?;
        }
        Ok(())
    }
}

/// Writes the parts of these people.
pub(crate) async fn put_parts(
    connection: &mut AnyConnection,
    people: &[(&Contact, Findable)],
) -> Result<(), StoreRefused> {
    let ids: Vec<String> = people
        .iter()
        .map(|(contact, _)| contact.id.to_string())
        .collect();
    let mut rows: Vec<(&str, &[u8], &str)> = Vec::with_capacity(people.len() * 16);
    for ((_, found), id) in people.iter().zip(&ids) {
        let parts = found.parts.iter();
        rows.extend(parts.map(|part| (part.as_str(), found.sort_key.as_slice(), id.as_str())));
    }
    // In the order in which the table keeps them: neighbours lie on one page.
    rows.sort_unstable();
    let give = |(part, key, id): &(&str, &[u8], &str), given: &mut Given| {
        given.add(*part).add(*key).add(*id);
    };
    PARTS.insert(connection, &rows, give).await?;
    Ok(())
}

/// Takes away all by which a person could be found: they are erased.
pub(crate) async fn forget_parts(
    connection: &mut AnyConnection,
    contact: &str,
) -> Result<(), StoreRefused> {
    let sql = format!("SELECT {CONTACT_COLUMNS} FROM contact c WHERE c.id = $1");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(contact)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(row) = row {
        let contact = read_contact(&row)?;
        Findable::of(&contact)
            .take_away(connection, &contact)
            .await?;
    }
    Ok(())
}

impl Store {
    /// Makes everybody findable who is not yet, or only by an older scheme; how many it were.
    pub(crate) async fn make_contacts_findable(&self) -> Result<u64, StoreRefused> {
        let mut done = 0;
        loop {
            let mut writing = self.writing().await?;
            let mut tx = writing.begin(Durability::Grouped).await?;
            let sql = format!(
                "SELECT {CONTACT_COLUMNS} FROM contact c WHERE c.found_by < 1 ORDER BY c.id LIMIT $1"
            );
            let rows = sqlx::query(AssertSqlSafe(sql))
                .bind(limits::MADE_FINDABLE_AT_ONCE)
                .fetch_all(&mut *tx)
                .await?;
            let people = rows
                .iter()
                .map(read_contact)
                .collect::<Result<Vec<_>, _>>()?;
            let mut findable = Vec::with_capacity(people.len());
            for contact in &people {
                let found = Findable::of(contact);
                let mut given = Given::default();
                given
                    .add(found.search_key.as_str())
                    .add(found.sort_key.as_slice())
                    .add(FOUND_BY)
                    .add_text(&contact.id);
                sqlx::query_with(
                    "UPDATE contact SET search_key = $1, sort_key = $2, found_by = $3 WHERE id = $4",
                    given.take(),
                )
                .execute(&mut *tx)
                .await?;
                findable.push((contact, found));
            }
            put_parts(&mut tx, &findable).await?;
            tx.commit().await?;
            if rows.is_empty() {
                return Ok(done);
            }
            done += rows.len() as u64;
            tracing::info!(done, "people are made findable by the parts of their names");
        }
    }
}
