//! Persons out of a file put among those that are known: all or nothing, so that the same file read again changes
//! nothing.
//!
//! A row is somebody who is known when it has their id, or their name with one of their numbers. What is to be done
//! is found out first, beside whoever writes; the writing itself is short, because calls wait for it.

use crate::{
    Contact, ContactId, ImportRefused, ImportRun, Number, Store, StoreRefused,
    audit::{ChangedBy, Deed, note},
    caller_card::WITH_NUMBER,
    connect::Durability,
    contact_duplicates::{SAME_NAME, name_of},
    contact_parts::Findable,
    contact_rows::{
        add_contacts, check, find_contact, link_number, put_contact, put_number, read_contact,
    },
    contacts_csv::ImportedContact,
    csv_mistake::CsvMistake,
    limits,
    sql::Cells,
};
use kring_journal::WallTime;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use sqlx::AnyConnection;

/// How many persons a file added and changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportedContacts {
    /// Persons who were not there.
    pub added: usize,
    /// Persons who were otherwise.
    pub changed: usize,
    /// Persons whom the file says to be as they are.
    pub left: usize,
}

/// What is to be done.
#[derive(Default)]
struct Work {
    done: ImportedContacts,
    add: Vec<Contact>,
    change: Vec<(Contact, Contact)>,
    link: Vec<(ContactId, Number)>,
    /// Who is new by this file, by name and number: a second row is the same person.
    new: FxHashMap<(String, String), usize>,
    /// Who is changed, by place: a second row of one person changes what the first made of them.
    known: FxHashMap<ContactId, usize>,
    counted: FxHashSet<ContactId>,
}

impl Store {
    /// Puts the persons of a file among those that are known, and leaves all others.
    pub async fn import_contacts(
        &self,
        by: &ChangedBy,
        told: &[ImportedContact],
        run: ImportRun,
    ) -> Result<ImportedContacts, ImportRefused> {
        let mut work = Work::default();
        let mut mistakes = Vec::new();
        {
            let mut connection = self.reading().await.map_err(ImportRefused::from)?;
            for row in told {
                match work.take(&mut connection, row, by.at).await {
                    Ok(()) => {}
                    Err(StoreRefused::Unacceptable { field, why }) => {
                        let told = (why.to_owned(), "ค่าไม่ถูกต้องหรือว่าง".to_owned());
                        mistakes.push(CsvMistake::new(row.row, field, told));
                    }
                    Err(refused) => return Err(refused.into()),
                }
            }
        }
        if !mistakes.is_empty() {
            mistakes.truncate(limits::CSV_MISTAKES_MAX);
            return Err(ImportRefused::Mistakes(mistakes));
        }
        if run == ImportRun::Real && work.done.added + work.done.changed > 0 {
            self.write_contacts(by, &work).await?;
        }
        Ok(work.done)
    }

    async fn write_contacts(&self, by: &ChangedBy, work: &Work) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        add_contacts(&mut tx, &work.add).await?;
        for (stored, contact) in &work.change {
            let version = stored.version + 1;
            let contact = Contact {
                version,
                ..contact.clone()
            };
            put_contact(&mut tx, stored, &contact).await?;
        }
        for (contact, number) in &work.link {
            put_number(&mut tx, number).await?;
            link_number(&mut tx, &number.canonical, *contact, by.at).await?;
        }
        let deed = Deed {
            action: "contact.import",
            subject: "contacts".to_owned(),
            was: None,
            is: Some(&work.done),
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        self.callers_changed();
        Ok(())
    }
}

impl Work {
    async fn take(
        &mut self,
        connection: &mut AnyConnection,
        told: &ImportedContact,
        now: WallTime,
    ) -> Result<(), StoreRefused> {
        let mut fresh = Contact {
            id: told.id.unwrap_or_else(|| ContactId::new(now)),
            prefix: String::new(),
            given: String::new(),
            family: String::new(),
            org: String::new(),
            notes: String::new(),
            vip: false,
            language: String::new(),
            version: 1,
            created: now,
        };
        told.put(&mut fresh);
        check(&fresh)?;
        let Some((stored, has)) = who_is_it(connection, told, &fresh).await? else {
            self.add(fresh, told);
            return Ok(());
        };
        let place = self.known.get(&stored.id).copied();
        let mut contact = place.map_or(&stored, |place| &self.change[place].1).clone();
        told.put(&mut contact);
        check(&contact)?;
        let new = told
            .numbers
            .iter()
            .filter(|number| !has.contains(&number.canonical));
        let links = new.map(|number| (stored.id, number.clone()));
        let before = self.link.len();
        self.link.extend(links);
        let is_otherwise = contact != stored;
        if is_otherwise || self.link.len() > before {
            self.done.changed += usize::from(self.counted.insert(stored.id));
        } else {
            self.done.left += 1;
        }
        match place {
            Some(place) => self.change[place].1 = contact,
            None if is_otherwise => {
                self.known.insert(stored.id, self.change.len());
                self.change.push((stored, contact));
            }
            None => {}
        }
        Ok(())
    }

    fn add(&mut self, fresh: Contact, told: &ImportedContact) {
        let name = name_of(&fresh);
        let keys = told
            .numbers
            .iter()
            .map(|number| (name.clone(), number.canonical.clone()));
        let keys: Vec<(String, String)> = keys.collect();
        let there = keys.iter().find_map(|key| self.new.get(key)).copied();
        let place = match there.filter(|_| told.id.is_none()) {
            Some(place) => {
                told.put(&mut self.add[place]);
                place
            }
            None => {
                self.done.added += 1;
                self.add.push(fresh);
                self.add.len() - 1
            }
        };
        let id = self.add[place].id;
        self.link
            .extend(told.numbers.iter().map(|number| (id, number.clone())));
        self.new.extend(keys.into_iter().map(|key| (key, place)));
    }
}

impl ImportedContact {
    /// Gives a person what the file says of them.
    fn put(&self, contact: &mut Contact) {
        contact.given.clone_from(&self.given);
        for (text, told) in [
            (&mut contact.prefix, &self.prefix),
            (&mut contact.family, &self.family),
            (&mut contact.org, &self.org),
            (&mut contact.notes, &self.notes),
            (&mut contact.language, &self.language),
        ] {
            if let Some(told) = told {
                text.clone_from(told);
            }
        }
        contact.vip = self.vip.unwrap_or(contact.vip);
    }
}

/// Whom a row means, with their numbers.
async fn who_is_it(
    connection: &mut AnyConnection,
    told: &ImportedContact,
    fresh: &Contact,
) -> Result<Option<(Contact, Vec<String>)>, StoreRefused> {
    let mut found = match told.id {
        Some(id) => find_contact(connection, id).await?,
        None => None,
    };
    let name = name_of(fresh);
    if found.is_none() && told.id.is_none() {
        for number in &told.numbers {
            let rows = sqlx::query(WITH_NUMBER)
                .bind(&number.canonical)
                .bind(limits::NUMBERS_OF_CONTACT_MAX)
                .fetch_all(&mut *connection)
                .await?;
            let same = rows
                .iter()
                .map(read_contact)
                .collect::<Result<Vec<_>, _>>()?;
            found = found.or_else(|| same.into_iter().find(|other| name_of(other) == name));
        }
        if told.numbers.is_empty() {
            found = without_number(connection, fresh, &name).await?;
        }
    }
    let Some(contact) = found else {
        return Ok(None);
    };
    let rows = sqlx::query("SELECT number FROM contact_number WHERE contact = $1")
        .bind(contact.id.to_string())
        .fetch_all(connection)
        .await?;
    let has = rows
        .iter()
        .map(|row| Cells::of(row, "contact_number").text());
    Ok(Some((contact, has.collect::<Result<_, _>>()?)))
}

/// Somebody of the same name at the same company: all that there is to know by when the row has no number.
async fn without_number(
    connection: &mut AnyConnection,
    fresh: &Contact,
    name: &str,
) -> Result<Option<Contact>, StoreRefused> {
    let rows = sqlx::query(SAME_NAME)
        .bind(Findable::of(fresh).sort_key.as_slice())
        .bind(fresh.id.to_string())
        .bind(i64::from(limits::PAGE_MAX))
        .fetch_all(connection)
        .await?;
    let others = rows
        .iter()
        .map(read_contact)
        .collect::<Result<Vec<_>, _>>()?;
    let mut others = others
        .into_iter()
        .filter(|other| name_of(other) == name && other.org == fresh.org);
    Ok(others.next())
}
