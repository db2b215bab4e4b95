//! Finding people by name: any part of it from three characters on, the beginning of a word below that.
//!
//! A page is walked along the persons of the rarest part in the order of names, so that it costs what is on it
//! and not what is found in all. Numbers are found whole or not at all (see [`Store::contacts_with`]).

use crate::{
    Contact, ContactId, CursorRefused, Store, StoreRefused,
    contact_rows::{CONTACT_COLUMNS, read_contact},
    limits,
    sql::{Cells, Given},
};
use kring_text::{folded, parts_wanted, without_prefix};
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// Whom to look for.
#[derive(Clone, Debug, Default)]
pub struct ContactSearch {
    /// Words that stand in the name or the company, in any order; empty: everybody.
    pub text: String,
    /// After this row of the page before.
    pub after: Option<ContactCursor>,
    /// Rows, 1 to [`crate::limits::PAGE_MAX`]; 0 means 50.
    pub limit: u32,
}

/// The end of a page of people. Prints as text that a program hands back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactCursor {
    sort_key: Vec<u8>,
    id: ContactId,
}

/// A page of people, in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactPage {
    /// The rows.
    pub contacts: Vec<Contact>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<ContactCursor>,
}

impl fmt::Display for ContactCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sort_key
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))?;
        write!(f, ".{}", self.id)
    }
}

impl FromStr for ContactCursor {
    type Err = CursorRefused;

    fn from_str(text: &str) -> Result<ContactCursor, CursorRefused> {
        let (key, id) = text.split_once('.').ok_or(CursorRefused)?;
        if key.len() > 2 * kring_text::SORT_KEY_BYTES_MAX || !key.is_ascii() || key.len() % 2 != 0 {
            return Err(CursorRefused);
        }
        let byte = |at| u8::from_str_radix(&key[at..at + 2], 16).map_err(|_| CursorRefused);
        let sort_key = (0..key.len())
            .step_by(2)
            .map(byte)
            .collect::<Result<_, _>>()?;
        let id = id.parse().map_err(|_| CursorRefused)?;
        Ok(ContactCursor { sort_key, id })
    }
}

/// Everybody, in the order of names.
pub(crate) const ALL_SORTED: &str = "SELECT c.id, c.prefix, c.given, c.family, c.org, c.notes, \
    c.version, c.created, c.vip, c.language, c.sort_key FROM contact c \
    WHERE c.merged_into IS NULL AND (c.sort_key, c.id) > ($1, $2) \
    ORDER BY c.sort_key, c.id LIMIT $3";

/// How many persons have a part, up to a bound.
pub(crate) const PART_COUNT: &str = "SELECT COUNT(*) FROM \
    (SELECT 1 FROM contact_part WHERE part = $1 LIMIT $2) AS counted";

impl Store {
    /// A page of the people whom `search` wants.
    pub async fn find_contacts(&self, search: &ContactSearch) -> Result<ContactPage, StoreRefused> {
        let limit = limits::page(search.limit);
        let words = words(&search.text);
        if words.is_empty() && !search.text.trim().is_empty() {
            return Ok(ContactPage {
                contacts: Vec::new(),
                next: None,
            });
        }
        let mut connection = self.reading().await?;
        // The place after which the page begins, and its length, are the first three of either statement.
        let mut given = Given::default();
        match &search.after {
            Some(after) => given.add(after.sort_key.as_slice()).add_text(&after.id),
            None => given.add(&[][..] as &[u8]).add(""),
        };
        given.add(limit + 1);
        let sql = if words.is_empty() {
            ALL_SORTED.to_owned()
        } else {
            let rarest = rarest_parts(&mut connection, &words).await?;
            asked_by_parts(&words, &rarest, &mut given)
        };
        let rows = sqlx::query_with(AssertSqlSafe(sql), given.take())
            .fetch_all(&mut *connection)
            .await?;
        let mut contacts = rows
            .iter()
            .map(read_contact)
            .collect::<Result<Vec<_>, _>>()?;
        let more = contacts.len() as i64 > limit;
        contacts.truncate(limit as usize);
        let next = match (contacts.last(), rows.get(contacts.len().saturating_sub(1))) {
            (Some(last), Some(row)) if more => Some(ContactCursor {
                sort_key: row.try_get("sort_key")?,
                id: last.id,
            }),
            _ => None,
        };
        Ok(ContactPage { contacts, next })
    }

    /// The first page of [`Store::find_contacts`]; nobody when nothing is looked for.
    pub async fn search_contacts(
        &self,
        text: &str,
        limit: u32,
    ) -> Result<Vec<Contact>, StoreRefused> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let search = ContactSearch {
            text: text.to_owned(),
            after: None,
            limit,
        };
        Ok(self.find_contacts(&search).await?.contacts)
    }
}

/// What is looked for, folded as names are, without a prefix.
pub(crate) fn words(text: &str) -> Vec<String> {
    let text: String = text.chars().take(limits::SEARCH_CHARS_MAX).collect();
    let folded = folded(&without_prefix(&text));
    let words = folded.split(' ').filter(|word| !word.is_empty());
    words
        .take(limits::SEARCH_WORDS_MAX)
        .map(str::to_owned)
        .collect()
}

/// The part of what is wanted that the fewest persons have, then the rarest of the other words.
pub(crate) async fn rarest_parts(
    connection: &mut AnyConnection,
    words: &[String],
) -> Result<Vec<String>, StoreRefused> {
    let mut of_words = Vec::with_capacity(words.len());
    let mut counted = 0;
    for word in words {
        let parts = parts_wanted(word);
        let mut rarest: Option<(i64, String)> = None;
        let alone = words.len() == 1 && parts.len() == 1;
        for part in spread(parts) {
            let count = if alone || counted == limits::PARTS_COUNTED_MAX {
                limits::PART_COUNTED_MAX
            } else {
                counted += 1;
                count_part(connection, &part).await?
            };
            if rarest.as_ref().is_none_or(|(least, _)| count < *least) {
                rarest = Some((count, part));
            }
        }
        of_words.extend(rarest);
    }
    of_words.sort();
    of_words.truncate(2);
    Ok(of_words.into_iter().map(|(_, part)| part).collect())
}

/// A few of the parts, from all over the word.
fn spread(parts: BTreeSet<String>) -> Vec<String> {
    let step = parts.len().div_ceil(limits::PARTS_COUNTED_MAX).max(1);
    parts.into_iter().step_by(step).collect()
}

pub(crate) async fn count_part(
    connection: &mut AnyConnection,
    part: &str,
) -> Result<i64, StoreRefused> {
    let row = sqlx::query(PART_COUNT)
        .bind(part)
        .bind(limits::PART_COUNTED_MAX)
        .fetch_one(connection)
        .await?;
    Cells::of(&row, "contact_part").int()
}

/// The statement that walks along the rarest part; its values from the fourth on are given.
pub(crate) fn asked_by_parts(words: &[String], rarest: &[String], given: &mut Given) -> String {
    let mut sql = format!(
        "SELECT {CONTACT_COLUMNS}, c.sort_key FROM contact_part g JOIN contact c ON c.id = g.contact \
         WHERE g.part = $4 AND (g.sort_key, g.contact) > ($1, $2) AND c.merged_into IS NULL"
    );
    let mut marker = 3;
    for part in rarest {
        marker += 1;
        given.add(part.as_str());
        if marker > 4 {
            sql.push_str(&format!(
                " AND EXISTS (SELECT 1 FROM contact_part o WHERE o.part = ${marker} \
                 AND o.sort_key = g.sort_key AND o.contact = g.contact)"
            ));
        }
    }
    for word in words {
        marker += 1;
        given.add(pattern(word));
        sql.push_str(&format!(" AND c.search_key LIKE ${marker} ESCAPE '\\'"));
    }
    sql.push_str(" ORDER BY g.sort_key, g.contact LIMIT $3");
    sql
}

/// Anywhere in the name; the part has seen to it that one or two characters begin a word.
pub(crate) fn pattern(word: &str) -> String {
    let escaped = word
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}
