//! By what cases were answered, and how often sources are used.
//!
//! A call has no case until it is recorded: what is attached to a call is its case's from then on.

use crate::{
    AttachmentId, CaseId, Source, SourceId, Store, StoreRefused,
    audit::{ChangedBy, Deed, note},
    connect::Durability,
    knowledge_rows::{COLUMNS, the_source},
    knowledge_writes::begin_change,
    limits,
    sql::{Cells, Given},
};
use kring_journal::{CallId, WallTime};
use kring_time::Day;
use serde::Serialize;
use sqlx::{AnyConnection, AssertSqlSafe};

/// To what a source is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachedTo {
    /// A case.
    Case(CaseId),
    /// A call that may have no case yet.
    Call(CallId),
}

/// A source that is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// Names it for taking it away.
    pub id: AttachmentId,
    /// The source as it is now, without its body; one that was removed since, too.
    pub source: Source,
    /// The version that was read out.
    pub version: i64,
    /// When.
    pub at: WallTime,
    /// By whom.
    pub who: String,
}

/// How a source was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceUse {
    /// Somebody opened it.
    Shown,
    /// A case or call was answered by it.
    Attached,
}

impl Store {
    /// Attaches a source. Attached twice, it is attached once.
    pub async fn attach_source(
        &self,
        by: &ChangedBy,
        today: Day,
        to: AttachedTo,
        source: SourceId,
    ) -> Result<Vec<Attached>, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let revision = begin_change(&mut tx).await?;
        let was = the_source(&mut tx, source).await?;
        let attached = attached(&mut tx, to).await?;
        if attached.iter().any(|one| one.source.id == source) {
            return Ok(attached);
        }
        if attached.len() >= limits::ATTACHED_MAX {
            return Err(StoreRefused::TooMany("sources of one case"));
        }
        let id = AttachmentId::new(by.at);
        let (case, call) = match to {
            AttachedTo::Case(case) => (Some(case.to_string()), None),
            AttachedTo::Call(call) => (None, Some(call.to_string())),
        };
        let mut given = Given::default();
        given
            .add_text(&id)
            .add(case)
            .add(call)
            .add_text(&source)
            .add(was.version)
            .add(by.at.0)
            .add(by.who.as_str());
        sqlx::query_with(
            "INSERT INTO case_knowledge (id, case_id, call, source, version, at, who) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            given.take(),
        )
        .execute(&mut *tx)
        .await?;
        count(&mut tx, source, today, SourceUse::Attached, revision).await?;
        let deed = Deed {
            action: "case.attach",
            subject: subject(to),
            was: None,
            is: Some(&source),
        };
        note(&mut tx, by, deed).await?;
        let now = self::attached(&mut tx, to).await?;
        tx.commit().await?;
        Ok(now)
    }

    /// Takes an attached source away again.
    pub async fn detach_source(
        &self,
        by: &ChangedBy,
        to: AttachedTo,
        source: SourceId,
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let attached = attached(&mut tx, to).await?;
        let one = attached.iter().find(|one| one.source.id == source);
        let id = one.ok_or(StoreRefused::NoSuchSource)?.id;
        sqlx::query("DELETE FROM case_knowledge WHERE id = $1")
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        let deed = Deed {
            action: "case.detach",
            subject: subject(to),
            was: Some(&source),
            is: None,
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What is attached, in the order in which it was; of a case also what was attached to its call.
    pub async fn attached_sources(&self, to: AttachedTo) -> Result<Vec<Attached>, StoreRefused> {
        attached(&mut *self.reading().await?, to).await
    }

    /// Counts that a source was opened. A power cut may lose the last of these.
    pub async fn count_shown(&self, source: SourceId, today: Day) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Grouped).await?;
        count(&mut tx, source, today, SourceUse::Shown, 0).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn subject(to: AttachedTo) -> String {
    match to {
        AttachedTo::Case(case) => case.to_string(),
        AttachedTo::Call(call) => call.to_string(),
    }
}

async fn attached(
    connection: &mut AnyConnection,
    to: AttachedTo,
) -> Result<Vec<Attached>, StoreRefused> {
    let which = match to {
        AttachedTo::Case(_) => {
            "k.case_id = $1 OR k.call = (SELECT c.call FROM case_file c WHERE c.id = $1)"
        }
        AttachedTo::Call(_) => {
            "k.call = $1 OR k.case_id = (SELECT c.id FROM case_file c WHERE c.call = $1)"
        }
    };
    let columns = COLUMNS.replace("s.body", "''");
    let sql = format!(
        "SELECT k.id, k.version, k.at, k.who, {columns} FROM case_knowledge k \
         JOIN knowledge_source s ON s.id = k.source \
         LEFT JOIN knowledge_document f ON f.source = s.id WHERE {which} ORDER BY k.id"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(subject(to))
        .fetch_all(connection)
        .await?;
    let read = |row| {
        let mut cells = Cells::of(row, "case_knowledge");
        Ok(Attached {
            id: cells.id()?,
            version: cells.int()?,
            at: cells.wall()?,
            who: cells.text()?,
            source: crate::knowledge_rows::read_cells(&mut cells)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Counts a use for the source and for its day. What was attached is worth more from then on: whoever keeps the
/// sources in memory sees it by the revision.
async fn count(
    connection: &mut AnyConnection,
    source: SourceId,
    today: Day,
    used: SourceUse,
    revision: i64,
) -> Result<(), StoreRefused> {
    let (shown, attached) = match used {
        SourceUse::Shown => (1_i64, 0_i64),
        SourceUse::Attached => (0, 1),
    };
    let mut given = Given::default();
    given
        .add_text(&source)
        .add(shown)
        .add(attached)
        .add(revision);
    sqlx::query_with(
        "UPDATE knowledge_source SET shown = shown + $2, attached = attached + $3, \
         revision = CASE WHEN $4 > revision THEN $4 ELSE revision END WHERE id = $1",
        given.take(),
    )
    .execute(&mut *connection)
    .await?;
    given
        .add_text(&source)
        .add_text(&today)
        .add(shown)
        .add(attached);
    sqlx::query_with(
        "INSERT INTO knowledge_use (source, day, shown, attached) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (source, day) DO UPDATE SET shown = knowledge_use.shown + excluded.shown, \
         attached = knowledge_use.attached + excluded.attached",
        given.take(),
    )
    .execute(connection)
    .await?;
    Ok(())
}
