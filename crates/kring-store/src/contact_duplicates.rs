//! Persons who may be one: with the same name however it was spelt, or with a number in common.

use crate::{
    Contact, ContactId, Store, StoreRefused,
    contact_parts::Findable,
    contact_rows::{find_contact, read_contact},
    limits,
};

/// Of the same place in the order of names.
pub(crate) const SAME_NAME: &str = "SELECT c.id, c.prefix, c.given, c.family, c.org, c.notes, \
    c.version, c.created, c.vip, c.language FROM contact c \
    WHERE c.merged_into IS NULL AND c.sort_key = $1 AND c.id <> $2 ORDER BY c.sort_key, c.id LIMIT $3";

/// With a number in common.
pub(crate) const SAME_NUMBER: &str = "SELECT DISTINCT c.id, c.prefix, c.given, c.family, c.org, \
    c.notes, c.version, c.created, c.vip, c.language FROM contact_number mine \
    JOIN contact_number theirs ON theirs.number = mine.number AND theirs.contact <> mine.contact \
    JOIN contact c ON c.id = theirs.contact WHERE mine.contact = $1 ORDER BY c.id LIMIT $2";

impl Store {
    /// Who may be the same person as this one: first those with a number in common, then those with the same
    /// name; at most [`limits::DUPLICATES_MAX`].
    pub async fn duplicates_of(&self, id: ContactId) -> Result<Vec<Contact>, StoreRefused> {
        let mut connection = self.reading().await?;
        let contact = find_contact(&mut connection, id)
            .await?
            .ok_or(StoreRefused::NoSuchContact)?;
        let found = Findable::of(&contact);
        let rows = sqlx::query(SAME_NUMBER)
            .bind(contact.id.to_string())
            .bind(i64::from(limits::DUPLICATES_MAX))
            .fetch_all(&mut *connection)
            .await?;
        let mut same = rows
            .iter()
            .map(read_contact)
            .collect::<Result<Vec<_>, _>>()?;
        let rows = sqlx::query(SAME_NAME)
            .bind(found.sort_key.as_slice())
            .bind(contact.id.to_string())
            .bind(i64::from(limits::DUPLICATES_MAX))
            .fetch_all(&mut *connection)
            .await?;
        for row in &rows {
            let other = read_contact(row)?;
            let is_there = same.iter().any(|there: &Contact| there.id == other.id);
            if !is_there && name_of(&other) == name_of(&contact) {
                same.push(other);
            }
        }
        same.truncate(limits::DUPLICATES_MAX as usize);
        Ok(same)
    }
}

/// The name by which two persons may be one.
pub(crate) fn name_of(contact: &Contact) -> String {
    let given = kring_text::without_prefix(&contact.given);
    kring_text::folded(&format!("{given} {}", contact.family))
}
