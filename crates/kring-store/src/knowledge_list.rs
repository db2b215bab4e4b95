//! Lists of sources: all of a kind, of a unit, of a state, and those that are to be reviewed.

use crate::{
    DepartmentId, Source, SourceId, SourceKind, SourceStatus, Store, StoreRefused,
    knowledge_rows::{COLUMNS, FROM, read_source},
    limits,
    sql::{Question, Value},
};
use kring_time::Day;

/// Which sources to list; `None` asks for all.
#[derive(Clone, Debug, Default)]
pub struct SourceFilter {
    /// Of this kind.
    pub kind: Option<SourceKind>,
    /// In this state.
    pub status: Option<SourceStatus>,
    /// Of this unit.
    pub department: Option<DepartmentId>,
    /// To be reviewed by this day; the most urgent first, and all of them on one page.
    pub due: Option<Day>,
    /// After this one of the page before.
    pub after: Option<SourceId>,
    /// Rows, 1 to [`limits::PAGE_MAX`]; 0 means 50.
    pub limit: u32,
}

/// A page of sources, the newest first. Their bodies stay where they are: [`Store::source`] reads one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePage {
    /// The rows.
    pub sources: Vec<Source>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<SourceId>,
}

impl Store {
    /// A page of sources.
    pub async fn sources(&self, filter: &SourceFilter) -> Result<SourcePage, StoreRefused> {
        let limit = limits::page(filter.limit);
        let columns = COLUMNS.replace("s.body", "''");
        let mut question = Question::new(&format!("SELECT {columns} {FROM}"));
        question.when("s.removed = 0");
        if let Some(kind) = filter.kind {
            question.when_is("s.kind = $", [Value::text(&kind.as_str())]);
        }
        if let Some(status) = filter.status {
            question.when_is("s.status = $", [Value::text(&status.as_str())]);
        }
        if let Some(department) = filter.department {
            question.when_is("s.department = $", [Value::text(&department)]);
        }
        if let Some(after) = filter.after {
            question.when_is("s.id < $", [Value::text(&after)]);
        }
        if let Some(due) = filter.due {
            // Said apart, so that the index of reviews serves.
            question.when("s.review_by IS NOT NULL");
            question.when_is("s.review_by <= $", [Value::text(&due)]);
            question.when("s.status <> 'retired'");
            question.push(" ORDER BY s.review_by, s.id LIMIT $", [Value::Whole(limit)]);
        } else {
            question.push(" ORDER BY s.id DESC LIMIT $", [Value::Whole(limit + 1)]);
        }
        let rows = question.rows(&self.reader).await?;
        let mut sources: Vec<Source> = rows.iter().map(read_source).collect::<Result<_, _>>()?;
        let more = sources.len() as i64 > limit;
        sources.truncate(limit as usize);
        let next = sources.last().filter(|_| more).map(|last| last.id);
        Ok(SourcePage { sources, next })
    }
}
