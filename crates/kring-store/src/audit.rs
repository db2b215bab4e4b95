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

/// Which lines of the audit; all of them when nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// By this one: as [`ChangedBy::who`] has it, or the login or name alone.
    pub who: Option<String>,
    /// Of this kind; `session` stands for every action that begins with `session.`.
    pub action: Option<String>,
    /// To this thing.
    pub subject: Option<String>,
    /// At this time or later.
    pub from: Option<WallTime>,
    /// Before this time.
    pub to: Option<WallTime>,
}

impl Store {
    /// What was changed, newest first; `subject` limits it to one thing.
    pub async fn audit(
        &self,
        subject: Option<&str>,
        after: Option<AuditCursor>,
        limit: u32,
    ) -> Result<AuditPage, StoreRefused> {
        let filter = AuditFilter {
            subject: subject.map(str::to_owned),
            ..AuditFilter::default()
        };
        self.audit_of(&filter, after, limit).await
    }

    /// The lines that pass a filter, newest first.
    pub async fn audit_of(
        &self,
        filter: &AuditFilter,
        after: Option<AuditCursor>,
        limit: u32,
    ) -> Result<AuditPage, StoreRefused> {
        let limit = limits::page(limit);
        let mut question = asked(filter);
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

fn asked(filter: &AuditFilter) -> Question {
    let mut question =
        Question::new("SELECT id, at, who, action, subject, old_value, new_value FROM audit");
    if let Some(who) = &filter.who {
        let person = Value::Text(format!("person {who}"));
        let program = Value::Text(format!("program {who}"));
        question.when_is("who IN ($, $, $)", [Value::text(who), person, program]);
    }
    match &filter.action {
        Some(action) if action.contains('.') => {
            question.when_is("action = $", [Value::text(action)]);
        }
        Some(family) => {
            let begins = format!("{family}.");
            let length = Value::Whole(begins.chars().count() as i64);
            // PostgreSQL wants to be told that a marker is a whole number of this width.
            let condition = "substr(action, 1, CAST($ AS INTEGER)) = $";
            question.when_is(condition, [length, Value::Text(begins)]);
        }
        None => {}
    }
    if let Some(subject) = &filter.subject {
        question.when_is("subject = $", [Value::text(subject)]);
    }
    if let Some(from) = filter.from {
        question.when_is("at >= $", [Value::Whole(from.0)]);
    }
    if let Some(to) = filter.to {
        question.when_is("at < $", [Value::Whole(to.0)]);
    }
    question
}

impl Store {
    /// Notes an act that changes no row: a sign-in that was refused, a configuration that was read again.
    pub async fn note_act(
        &self,
        by: &ChangedBy,
        action: &'static str,
        subject: &str,
        is: &impl Serialize,
    ) -> Result<(), StoreRefused> {
        self.note_alone(by, action, (subject, is), Durability::Trusted)
            .await
    }

    /// Notes what somebody tried, and many may try: a power cut may lose the last of these.
    pub async fn note_event(
        &self,
        by: &ChangedBy,
        action: &'static str,
        subject: &str,
        is: &impl Serialize,
    ) -> Result<(), StoreRefused> {
        self.note_alone(by, action, (subject, is), Durability::Grouped)
            .await
    }

    async fn note_alone<T: Serialize>(
        &self,
        by: &ChangedBy,
        action: &'static str,
        (subject, is): (&str, &T),
        durability: Durability,
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(durability).await?;
        let deed = Deed {
            action,
            subject: subject.to_owned(),
            was: None,
            is: Some(is),
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        Ok(())
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
