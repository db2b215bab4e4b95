//! The history of calls: rows that are folds of the journal, with the number that may be erased.

use crate::{
    CallFilter, NumberClass, Store, StoreRefused,
    call_rows::{call_columns, read_call},
    limits,
    sql::{Cells, Question, Value},
};
use kring_journal::{CallId, CallRecord, IdRefused, WallTime};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;
use std::{collections::BTreeMap, fmt, str::FromStr};

/// A caller's number as it was when the call came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerNumber {
    /// [`crate::Number::canonical`].
    pub canonical: String,
    /// As people write it.
    pub display: String,
    /// Its class.
    pub class: NumberClass,
}

/// A call and its number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallRow {
    /// The fold of its facts.
    #[serde(flatten)]
    pub record: CallRecord,
    /// Its number; none when it was erased.
    pub number: Option<CallerNumber>,
    /// What is to be said of why it has no case; no fact, for it may name people.
    #[serde(default)]
    pub no_case_note: Option<String>,
}

/// The end of a page of calls. Prints as text that a program hands back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallCursor {
    /// When the page's last call came.
    pub arrived_at: WallTime,
    /// The page's last call.
    pub id: CallId,
}

/// A page of calls, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct CallPage {
    /// The rows.
    pub calls: Vec<CallRow>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<CallCursor>,
}

/// A page's end as text that cannot be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no cursor: hand back the one that came with the page before")]
pub struct CursorRefused;

impl fmt::Display for CallCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.arrived_at.0, self.id)
    }
}

impl FromStr for CallCursor {
    type Err = CursorRefused;

    fn from_str(text: &str) -> Result<CallCursor, CursorRefused> {
        let (arrived_at, id) = text.split_once('-').ok_or(CursorRefused)?;
        Ok(CallCursor {
            arrived_at: WallTime(arrived_at.parse().map_err(|_| CursorRefused)?),
            id: id.parse().map_err(|_: IdRefused| CursorRefused)?,
        })
    }
}

/// The columns of a row with [`ROW_JOINS`], in the order in which [`read_row`] wants them.
pub(crate) const ROW_COLUMNS: &str = concat!(
    call_columns!(),
    ", p.canonical, p.display, p.class, c.no_case_note"
);
/// What brings the number of a call `c`.
pub(crate) const ROW_JOINS: &str = "LEFT JOIN caller r ON r.caller = c.caller \
    LEFT JOIN phone_number p ON p.canonical = r.number";

impl Store {
    /// How many calls have come to each queue since.
    pub async fn calls_by_queue(
        &self,
        since: WallTime,
    ) -> Result<BTreeMap<String, u32>, StoreRefused> {
        let sql = "SELECT queue, COUNT(*) FROM call WHERE arrived_at >= $1 GROUP BY queue";
        let rows = sqlx::query(sql)
            .bind(since.0)
            .fetch_all(&self.reader)
            .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "call");
            Ok((cells.text()?, cells.whole()?))
        };
        rows.iter().map(read).collect()
    }

    /// A page of calls, newest first, live ones included.
    pub async fn calls(&self, filter: &CallFilter) -> Result<CallPage, StoreRefused> {
        let limit = limits::page(filter.limit);
        let mut question = Question::new(&format!("SELECT {ROW_COLUMNS} FROM call c {ROW_JOINS}"));
        self.narrow_calls(&mut question, filter).await?;
        question.push(
            " ORDER BY c.arrived_at DESC, c.id DESC LIMIT $",
            [Value::Whole(limit + 1)],
        );
        let rows = question.rows(&self.reader).await?;
        let mut calls = rows
            .iter()
            .map(|row| read_row(&mut Cells::of(row, "call")))
            .collect::<Result<Vec<CallRow>, _>>()?;
        let more = calls.len() as i64 > limit;
        calls.truncate(limit as usize);
        let next = calls.last().filter(|_| more).map(|last| CallCursor {
            arrived_at: last.record.arrived_at,
            id: last.record.id,
        });
        Ok(CallPage { calls, next })
    }

    /// The call with this id.
    pub async fn call(&self, id: CallId) -> Result<Option<CallRow>, StoreRefused> {
        let sql = format!("SELECT {ROW_COLUMNS} FROM call c {ROW_JOINS} WHERE c.id = $1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id.to_string())
            .fetch_optional(&self.reader)
            .await?;
        row.map(|row| read_row(&mut Cells::of(&row, "call")))
            .transpose()
    }
}

/// Reads [`ROW_COLUMNS`].
pub(crate) fn read_row(cells: &mut Cells<'_>) -> Result<CallRow, StoreRefused> {
    let record = read_call(cells)?;
    let (canonical, display, class) = (cells.some_text()?, cells.some_text()?, cells.some_name()?);
    let number = match (canonical, display, class) {
        (Some(canonical), Some(display), Some(class)) => Some(CallerNumber {
            canonical,
            display,
            class,
        }),
        _ => None,
    };
    Ok(CallRow {
        record,
        number,
        no_case_note: cells.some_text()?,
    })
}
