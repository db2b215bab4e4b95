//! The rows of persons and their numbers in SQL, written inside the transaction of whoever asks.

use crate::{
    Contact, ContactId, ContactPatch, NewContact, Number, StoreRefused,
    cases::{check_filled, check_text},
    contact_parts::{FOUND_BY, Findable, put_parts},
    limits,
    sql::{Cells, Given, ManyRows},
};
use kring_journal::WallTime;
use sqlx::{AnyConnection, AssertSqlSafe, any::AnyRow};

/// The columns of a contact `c`, in the order in which [`read_contact`] wants them.
pub(crate) const CONTACT_COLUMNS: &str =
    "c.id, c.prefix, c.given, c.family, c.org, c.notes, c.version, c.created, c.vip, c.language";

/// Reads [`CONTACT_COLUMNS`].
pub(crate) fn read_contact(row: &AnyRow) -> Result<Contact, StoreRefused> {
    read_contact_of(&mut Cells::of(row, "contact"))
}

/// The same from a row that has more.
pub(crate) fn read_contact_of(cells: &mut Cells<'_>) -> Result<Contact, StoreRefused> {
    Ok(Contact {
        id: cells.id()?,
        prefix: cells.text()?,
        given: cells.text()?,
        family: cells.text()?,
        org: cells.text()?,
        notes: cells.text()?,
        version: cells.int()?,
        created: cells.wall()?,
        vip: cells.truth()?,
        language: cells.text()?,
    })
}

/// The contact with this id, or the one it was merged into. A merge re-points every sign-post, so
/// one step is enough.
pub(crate) async fn find_contact(
    connection: &mut AnyConnection,
    id: ContactId,
) -> Result<Option<Contact>, StoreRefused> {
    let sql = format!(
        "SELECT {CONTACT_COLUMNS} FROM contact c \
         WHERE c.id = (SELECT COALESCE(merged_into, id) FROM contact WHERE id = $1)"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_contact).transpose()
}

pub(crate) async fn insert_contact(
    connection: &mut AnyConnection,
    now: WallTime,
    new: &NewContact,
) -> Result<Contact, StoreRefused> {
    let contact = Contact {
        id: ContactId::new(now),
        prefix: new.prefix.clone(),
        given: new.given.clone(),
        family: new.family.clone(),
        org: new.org.clone(),
        notes: new.notes.clone(),
        vip: false,
        language: String::new(),
        version: 1,
        created: now,
    };
    add_contacts(connection, std::slice::from_ref(&contact)).await?;
    Ok(contact)
}

static CONTACTS: ManyRows = ManyRows::new(
    "INSERT INTO contact (prefix, given, family, org, notes, search_key, sort_key, found_by, \
     version, created, id, vip, language) VALUES",
    13,
    "",
);

/// Writes the rows of people who are not there yet.
pub(crate) async fn add_contacts(
    connection: &mut AnyConnection,
    contacts: &[Contact],
) -> Result<(), StoreRefused> {
    for contact in contacts {
        check(contact)?;
    }
    let rows: Vec<(&Contact, Findable)> = contacts
        .iter()
        .map(|contact| (contact, Findable::of(contact)))
        .collect();
    CONTACTS
        .insert(connection, &rows, |(contact, found), given| {
            give_names(contact, found, given);
            given
                .add(contact.version)
                .add(contact.created.0)
                .add_text(&contact.id)
                .add(i64::from(contact.vip))
                .add(contact.language.as_str());
        })
        .await?;
    put_parts(connection, &rows).await
}

/// Whether a person's data are kept and not used.
async fn is_restricted(
    connection: &mut AnyConnection,
    id: ContactId,
) -> Result<bool, StoreRefused> {
    let row = sqlx::query("SELECT restricted FROM contact WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map_or(Ok(false), |row| Cells::of(&row, "contact").truth())
}

/// Changes a contact (or the one it was merged into), which must be at `version` if one is named.
/// A patch that says nothing new changes nothing.
pub(crate) async fn update_contact(
    connection: &mut AnyConnection,
    id: ContactId,
    version: Option<i64>,
    patch: &ContactPatch,
) -> Result<Contact, StoreRefused> {
    let stored = find_contact(connection, id)
        .await?
        .ok_or(StoreRefused::NoSuchContact)?;
    if version.is_some_and(|version| version != stored.version) {
        return Err(StoreRefused::Stale {
            current: stored.version,
        });
    }
    if is_restricted(connection, stored.id).await? {
        // A record is made all the same: the person calls. Only what is known of them stays as it is.
        return match version {
            Some(_) => Err(StoreRefused::Restricted),
            None => Ok(stored),
        };
    }
    let mut contact = stored.clone();
    let fields = [
        (&mut contact.prefix, &patch.prefix),
        (&mut contact.given, &patch.given),
        (&mut contact.family, &patch.family),
        (&mut contact.org, &patch.org),
        (&mut contact.notes, &patch.notes),
        (&mut contact.language, &patch.language),
    ];
    for (field, change) in fields {
        if let Some(text) = change {
            field.clone_from(text);
        }
    }
    contact.vip = patch.vip.unwrap_or(contact.vip);
    if contact == stored {
        return Ok(stored);
    }
    contact.version += 1;
    put_contact(connection, &stored, &contact).await?;
    Ok(contact)
}

/// Writes the row of somebody as they are now, who was stored otherwise.
pub(crate) async fn put_contact(
    connection: &mut AnyConnection,
    stored: &Contact,
    contact: &Contact,
) -> Result<(), StoreRefused> {
    check(contact)?;
    let (was, found) = (Findable::of(stored), Findable::of(contact));
    let mut given = Given::default();
    give_names(contact, &found, &mut given);
    given
        .add(contact.version)
        .add_text(&contact.id)
        .add(stored.version)
        .add(i64::from(contact.vip))
        .add(contact.language.as_str());
    let done = sqlx::query_with(
        "UPDATE contact SET prefix = $1, given = $2, family = $3, org = $4, notes = $5, \
         search_key = $6, sort_key = $7, found_by = $8, version = $9, vip = $12, language = $13 \
         WHERE id = $10 AND version = $11",
        given.take(),
    )
    .execute(&mut *connection)
    .await?;
    // On PostgreSQL another node may have been faster since the row was read.
    if done.rows_affected() != 1 {
        return Err(StoreRefused::Stale {
            current: contact.version,
        });
    }
    if was != found {
        was.take_away(connection, contact).await?;
        put_parts(connection, &[(contact, found)]).await?;
    }
    Ok(())
}

pub(crate) async fn put_number(
    connection: &mut AnyConnection,
    number: &Number,
) -> Result<(), StoreRefused> {
    sqlx::query(
        "INSERT INTO phone_number (canonical, class, display) VALUES ($1, $2, $3) \
         ON CONFLICT (canonical) DO NOTHING",
    )
    .bind(&number.canonical)
    .bind(number.class.as_str())
    .bind(&number.display)
    .execute(connection)
    .await?;
    Ok(())
}

/// Says that this person used this number now.
pub(crate) async fn link_number(
    connection: &mut AnyConnection,
    canonical: &str,
    contact: ContactId,
    now: WallTime,
) -> Result<(), StoreRefused> {
    sqlx::query(
        "INSERT INTO contact_number (number, contact, last_used) VALUES ($1, $2, $3) \
         ON CONFLICT (number, contact) DO UPDATE SET last_used = excluded.last_used",
    )
    .bind(canonical)
    .bind(contact.to_string())
    .bind(now.0)
    .execute(connection)
    .await?;
    Ok(())
}

/// Refuses what no person can be.
pub(crate) fn check(contact: &Contact) -> Result<(), StoreRefused> {
    check_filled("given", &contact.given)?;
    for (field, text) in [
        ("prefix", &contact.prefix),
        ("family", &contact.family),
        ("org", &contact.org),
    ] {
        check_text(field, text, limits::SHORT_CHARS_MAX)?;
    }
    if !matches!(contact.language.as_str(), "" | "th" | "en") {
        return Err(StoreRefused::Unacceptable {
            field: "language",
            why: "is neither th nor en nor empty",
        });
    }
    check_text("notes", &contact.notes, limits::DETAIL_CHARS_MAX)
}

fn give_names(contact: &Contact, found: &Findable, given: &mut Given) {
    let Contact {
        prefix,
        given: name,
        family,
        org,
        notes,
        ..
    } = contact;
    given
        .add(prefix.as_str())
        .add(name.as_str())
        .add(family.as_str())
        .add(org.as_str())
        .add(notes.as_str())
        .add(found.search_key.as_str())
        .add(found.sort_key.as_slice())
        .add(FOUND_BY);
}
