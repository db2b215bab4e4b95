//! Who changed what belongs to the house, and how it was before. A line is written in the transaction of the
//! change, so that there is none without the other.

use crate::{
    AuditId, Store, StoreRefused,
    connect::Durability,
    limits,
    sql::{Cells, Given, Question, Value},
};
use kring_journal::WallTime;
use serde::Serialize;
use sqlx::AnyConnection;

/// Who makes a change, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedBy {
    /// The login, the name of a program, or `kringd` for the command line.
    pub who: String,
    /// When.
    pub at: WallTime,
}

/// A line of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// The id.
    pub id: AuditId,
    /// When.
    pub at: WallTime,
    /// See [`ChangedBy::who`].
    pub who: String,
    /// What was done, such as `department.change`.
    pub action: String,
    /// To what: an id or a name.
    pub subject: String,
    /// How it was before, as JSON; none: it was not there.
    pub old_value: Option<String>,
    /// How it is now, as JSON; none: it is gone.
    pub new_value: Option<String>,
}

/// Where a page ended: the id of its last line.
pub type AuditCursor = AuditId;

/// A page, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditPage {
    /// The lines.
    pub rows: Vec<AuditRow>,
    /// Where the next page begins; none: this is the last.
    pub next: Option<AuditCursor>,
}

impl Store {
    /// What was changed, newest first; `subject` limits it to one thing.
    pub async fn audit(
        &self,
        subject: Option<&str>,
        after: Option<AuditCursor>,
        limit: u32,
    ) -> Result<AuditPage, StoreRefused> {
        let limit = limits::page(limit);
        let mut question =
            Question::new("SELECT id, at, who, action, subject, old_value, new_value FROM audit");
        if let Some(subject) = subject {
            question.when_is("subject = $", [Value::text(&subject)]);
        }
        if let Some(after) = after {
            question.when_is("id < $", [Value::text(&after)]);
        }
        question.push(" ORDER BY id DESC LIMIT $", [Value::Whole(limit + 1)]);
        let rows = question.rows(&self.reader).await?;
        let read = |row| {
            let mut cells = Cells::of(row, "audit");
            Ok(AuditRow {
                id: cells.id()?,
                at: cells.wall()?,
                who: cells.text()?,
                action: cells.text()?,
                subject: cells.text()?,
                old_value: cells.some_text()?,
                new_value: cells.some_text()?,
            })
        };
        let mut rows: Vec<AuditRow> = rows.iter().map(read).collect::<Result<_, StoreRefused>>()?;
        let more = rows.len() as i64 > limit;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|last| last.id);
        Ok(AuditPage { rows, next })
    }
}

impl Store {
    /// Notes that somebody read what is protected: a tip, a subject's export. It is on the disk before
    /// what was asked for is handed out.
    pub async fn note_read(
        &self,
        by: &ChangedBy,
        action: &'static str,
        subject: &str,
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let deed: Deed<'_, ()> = Deed {
            action,
            subject: subject.to_owned(),
            was: None,
            is: None,
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// What happened to a thing.
pub(crate) struct Deed<'d, T> {
    /// See [`AuditRow::action`].
    pub(crate) action: &'static str,
    pub(crate) subject: String,
    pub(crate) was: Option<&'d T>,
    pub(crate) is: Option<&'d T>,
}

pub(crate) async fn note<T: Serialize>(
    connection: &mut AnyConnection,
    by: &ChangedBy,
    deed: Deed<'_, T>,
) -> Result<(), StoreRefused> {
    let json = |value: Option<&T>| {
        value.map(|value| serde_json::to_string(value).expect("texts and numbers"))
    };
    let mut given = Given::default();
    given
        .add_text(&AuditId::new(by.at))
        .add(by.at.0)
        .add(by.who.as_str())
        .add(deed.action)
        .add(deed.subject)
        .add(json(deed.was))
        .add(json(deed.is));
    sqlx::query_with(
        "INSERT INTO audit (id, at, who, action, subject, old_value, new_value) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        given.take(),
    )
    .execute(connection)
    .await?;
    Ok(())
}
