//! Who read what of whom. Written in groups behind what is read: it may be a moment late and may lose its last lines
//! in a power cut; what must not be lost (a tip, an export) goes into the audit before it is handed out.

use crate::{
    AccessId, ContactId, Store, StoreRefused,
    connect::Durability,
    limits,
    names::stored_names,
    sql::{Cells, ManyRows, Question, Value},
};
use kring_journal::WallTime;
use serde::{Deserialize, Serialize};

stored_names! {
    /// What was read.
    AccessWhat {
        /// The pop of a call, with the person's last cases.
        Pop => "pop",
        /// The person.
        Contact => "contact",
        /// Their cases.
        History => "history",
        /// Whose number it is.
        Lookup => "lookup",
        /// All of it, as the person gets it.
        Export => "export",
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// When.
    pub at: WallTime,
    /// Who: a login, or the name of a program.
    pub who: String,
    /// Of whom.
    pub contact: ContactId,
    /// What.
    pub what: AccessWhat,
}

static LINES: ManyRows = ManyRows::new(
    "INSERT INTO access_log (id, at, who, contact, what) VALUES",
    5,
    "",
);

impl Store {
    /// Notes what was read.
    pub async fn note_accesses(&self, lines: &[Access]) -> Result<(), StoreRefused> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Grouped).await?;
        LINES
            .insert(&mut tx, lines, |line, given| {
                given
                    .add_text(&AccessId::new(line.at))
                    .add(line.at.0)
                    .add(line.who.as_str())
                    .add_text(&line.contact)
                    .add(line.what.as_str());
            })
            .await?;
        Ok(tx.commit().await?)
    }

    /// Who read of this person, newest first, and where the next page begins.
    pub async fn accesses(
        &self,
        contact: ContactId,
        after: Option<AccessId>,
        limit: u32,
    ) -> Result<(Vec<Access>, Option<AccessId>), StoreRefused> {
        let limit = limits::page(limit);
        let mut question = Question::new("SELECT id, at, who, contact, what FROM access_log");
        question.when_is("contact = $", [Value::text(&contact)]);
        if let Some(after) = after {
            question.when_is("id < $", [Value::text(&after)]);
        }
        question.push(" ORDER BY id DESC LIMIT $", [Value::Whole(limit + 1)]);
        let rows = question.rows(&self.reader).await?;
        let mut last = None;
        let mut lines = Vec::new();
        for row in rows.iter().take(limit as usize) {
            let mut cells = Cells::of(row, "access_log");
            last = Some(cells.id()?);
            lines.push(Access {
                at: cells.wall()?,
                who: cells.text()?,
                contact: cells.id()?,
                what: cells.name()?,
            });
        }
        let more = rows.len() as i64 > limit;
        Ok((lines, last.filter(|_| more)))
    }
}
