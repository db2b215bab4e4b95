//! What agents looked for and did not find: for editors, the most asked first. Questions that differ in spelling
//! only are one.

use crate::{
    GapId, SourceId, Store, StoreRefused,
    audit::{ChangedBy, Deed, note},
    cases::check_filled,
    connect::Durability,
    department_writes::check_version,
    knowledge_rows::the_source,
    limits,
    sql::{Cells, Given, Question, Value},
};
use kring_journal::{CallId, WallTime};
use kring_text::folded;
use serde::Serialize;
use sqlx::{AnyConnection, any::AnyRow};

/// A question that nobody could answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Its id.
    pub id: GapId,
    /// As it was typed last.
    pub q: String,
    /// How often.
    pub times: i64,
    /// When for the first time.
    pub first_at: WallTime,
    /// And for the last.
    pub last_at: WallTime,
    /// What answers it now. Asked again in vain, it is unanswered again.
    pub answered_by: Option<SourceId>,
    /// Since when.
    pub answered_at: Option<WallTime>,
    /// From 1, one more with each change.
    pub version: i64,
}

/// Which gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gaps {
    /// Those that nothing answers.
    Open,
    /// Those that something answers.
    Answered,
    /// All.
    All,
}

const COLUMNS: &str = "id, q, times, first_at, last_at, answered_by, answered_at, version";

impl Store {
    /// Notes that this was looked for in vain.
    pub async fn note_gap(
        &self,
        by: &ChangedBy,
        q: &str,
        call: Option<CallId>,
    ) -> Result<Gap, StoreRefused> {
        let q = q.trim();
        check_filled("q", q)?;
        let key = folded(q);
        if key.is_empty() {
            let (field, why) = ("q", "is empty");
            return Err(StoreRefused::Unacceptable { field, why });
        }
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let mut given = Given::default();
        given
            .add_text(&GapId::new(by.at))
            .add(key.as_str())
            .add(q)
            .add(by.at.0);
        sqlx::query_with(
            "INSERT INTO knowledge_gap (id, folded, q, times, first_at, last_at, version) \
             VALUES ($1, $2, $3, 1, $4, $4, 1) ON CONFLICT (folded) DO UPDATE SET q = excluded.q, \
             times = knowledge_gap.times + 1, last_at = excluded.last_at, answered_by = NULL, \
             answered_at = NULL, version = knowledge_gap.version + 1",
            given.take(),
        )
        .execute(&mut *tx)
        .await?;
        let row = Question::of_gaps("folded = $", Value::Text(key))
            .rows(&mut *tx)
            .await?;
        let gap = row.first().map(read_gap).ok_or(StoreRefused::NoSuchGap)??;
        let mut given = Given::default();
        given
            .add_text(&GapId::new(by.at))
            .add_text(&gap.id)
            .add(by.at.0)
            .add(by.who.as_str())
            .add(call.map(|call| call.to_string()))
            .add(q);
        sqlx::query_with(
            "INSERT INTO knowledge_asked (id, gap, at, who, call, q) VALUES ($1, $2, $3, $4, $5, $6)",
            given.take(),
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(gap)
    }

    /// Gaps, those asked most first.
    pub async fn gaps(&self, which: Gaps, limit: u32) -> Result<Vec<Gap>, StoreRefused> {
        let mut question = Question::new(&format!("SELECT {COLUMNS} FROM knowledge_gap"));
        match which {
            Gaps::Open => question.when("answered_by IS NULL"),
            Gaps::Answered => question.when("answered_by IS NOT NULL"),
            Gaps::All => {}
        }
        let limit = limits::page(limit);
        question.push(
            " ORDER BY times DESC, last_at DESC, id LIMIT $",
            [Value::Whole(limit)],
        );
        let rows = question.rows(&self.reader).await?;
        rows.iter().map(read_gap).collect()
    }

    /// Says what answers a gap; none: nothing does.
    pub async fn answer_gap(
        &self,
        by: &ChangedBy,
        id: GapId,
        version: Option<i64>,
        answer: Option<SourceId>,
    ) -> Result<Gap, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let was = the_gap(&mut tx, id).await?;
        check_version(version, was.version)?;
        if let Some(source) = answer {
            the_source(&mut tx, source).await?;
        }
        let gap = Gap {
            answered_by: answer,
            answered_at: answer.map(|_| by.at),
            version: was.version + 1,
            ..was.clone()
        };
        let mut given = Given::default();
        given
            .add_text(&id)
            .add(answer.map(|id| id.to_string()))
            .add_wall(gap.answered_at)
            .add(gap.version);
        sqlx::query_with(
            "UPDATE knowledge_gap SET answered_by = $2, answered_at = $3, version = $4 WHERE id = $1",
            given.take(),
        )
        .execute(&mut *tx)
        .await?;
        let deed = Deed {
            action: "gap.answer",
            subject: id.to_string(),
            was: Some(&was),
            is: Some(&gap),
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        Ok(gap)
    }
}

impl Question {
    fn of_gaps(which: &'static str, value: Value) -> Question {
        let mut question = Question::new(&format!("SELECT {COLUMNS} FROM knowledge_gap"));
        question.when_is(which, [value]);
        question
    }
}

async fn the_gap(connection: &mut AnyConnection, id: GapId) -> Result<Gap, StoreRefused> {
    let rows = Question::of_gaps("id = $", Value::text(&id))
        .rows(connection)
        .await?;
    rows.first().map(read_gap).ok_or(StoreRefused::NoSuchGap)?
}

fn read_gap(row: &AnyRow) -> Result<Gap, StoreRefused> {
    let mut cells = Cells::of(row, "knowledge_gap");
    Ok(Gap {
        id: cells.id()?,
        q: cells.text()?,
        times: cells.int()?,
        first_at: cells.wall()?,
        last_at: cells.wall()?,
        answered_by: cells.some_id()?,
        answered_at: cells.some_wall()?,
        version: cells.int()?,
    })
}
