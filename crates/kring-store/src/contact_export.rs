//! All persons as a file, page by page, so that a million of them never lie in memory at once.

use crate::{
    Contact, ContactCursor, ContactSearch, NumberClass, Store, StoreRefused,
    audit::ChangedBy,
    contacts_csv::{header, lines},
    limits,
    sql::Cells,
};

/// A file that is being written.
#[derive(Debug)]
pub struct ContactExport {
    store: Store,
    next: Next,
}

#[derive(Debug)]
enum Next {
    Header,
    Page(Option<ContactCursor>),
    Nothing,
}

impl Store {
    /// Begins to write all persons as a file. That it was done is in the audit before the first line goes out.
    pub async fn export_contacts(&self, by: &ChangedBy) -> Result<ContactExport, StoreRefused> {
        self.note_read(by, "contact.export", "contacts").await?;
        Ok(ContactExport {
            store: self.clone(),
            next: Next::Header,
        })
    }
}

impl ContactExport {
    /// The next lines; none when that was all.
    pub async fn next(&mut self) -> Result<Option<String>, StoreRefused> {
        let after = match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Nothing => return Ok(None),
            Next::Header => {
                self.next = Next::Page(None);
                return Ok(Some(header()));
            }
            Next::Page(after) => after,
        };
        let search = ContactSearch {
            text: String::new(),
            after,
            limit: limits::PAGE_MAX,
        };
        let page = self.store.find_contacts(&search).await?;
        if let Some(next) = page.next {
            self.next = Next::Page(Some(next));
        }
        let mut rows = Vec::with_capacity(page.contacts.len());
        for contact in page.contacts {
            let numbers = self.numbers_as_written(&contact).await?;
            rows.push((contact, numbers));
        }
        Ok(Some(lines(&rows)))
    }

    /// Numbers as people write them; where that could be read otherwise elsewhere, the canonical text.
    async fn numbers_as_written(&self, contact: &Contact) -> Result<Vec<String>, StoreRefused> {
        let rows = sqlx::query(
            "SELECT n.number, p.class, p.display FROM contact_number n \
             JOIN phone_number p ON p.canonical = n.number WHERE n.contact = $1 ORDER BY n.number",
        )
        .bind(contact.id.to_string())
        .fetch_all(&self.store.reader)
        .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "phone_number");
            let (canonical, class) = (cells.text()?, cells.name::<NumberClass>()?);
            let display = cells.text()?;
            Ok(match class {
                NumberClass::Mobile | NumberClass::Landline | NumberClass::Foreign => display,
                _ => canonical,
            })
        };
        rows.iter().map(read).collect()
    }
}
