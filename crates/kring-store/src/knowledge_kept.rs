//! The sources in memory, prepared for being looked for.
//!
//! A number in the database, counted up by every change in whatever process, says whether what was read last is
//! still so. When it is not, what has changed since is read and prepared, and the next shelf shares all others
//! with the one before.

use crate::{
    DepartmentId, Source, SourceId, SourceKind, SourceStatus, Store, StoreRefused,
    knowledge_rows::{COLUMNS, FROM, read_cells},
    knowledge_synonyms::read_synonyms,
    knowledge_writes::revision,
    limits,
    sql::{Cells, Question, Value},
};
use kring_text::{Book, Synonyms, Texts};
use kring_time::Day;
use rustc_hash::FxHashSet;
use sqlx::{AnyConnection, Connection};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Mutex;

/// What is asked of a source before its words are.
#[derive(Clone, Debug)]
pub(crate) struct About {
    pub(crate) id: SourceId,
    pub(crate) kind: SourceKind,
    pub(crate) status: SourceStatus,
    pub(crate) department: Option<DepartmentId>,
    pub(crate) valid_from: Option<Day>,
    pub(crate) valid_until: Option<Day>,
    pub(crate) attached: i64,
    pub(crate) missing: bool,
}

/// All sources as they were at one moment, in the order of their ids.
#[derive(Debug)]
pub(crate) struct Shelf {
    revision: i64,
    pub(crate) books: Vec<Arc<Book<About>>>,
    pub(crate) synonyms: Synonyms,
}

/// The shelf that was read last.
#[derive(Debug, Default)]
pub(crate) struct KnowledgeKept {
    last: RwLock<Option<Arc<Shelf>>>,
    /// Whoever holds it prepares the next one.
    preparing: Mutex<()>,
}

/// What was read of a source: a book, or that it is gone.
type Read = (SourceId, Option<Arc<Book<About>>>);

impl Store {
    /// Prepares the sources, so that the first search need not: seconds for some ten thousand. How many there
    /// are, and how many bytes of memory they take.
    pub async fn prepare_knowledge(&self) -> Result<(usize, usize), StoreRefused> {
        let shelf = self.shelf().await?;
        let size = shelf.books.iter().map(|book| book.size()).sum();
        Ok((shelf.books.len(), size))
    }

    /// The sources as they are now.
    pub(crate) async fn shelf(&self) -> Result<Arc<Shelf>, StoreRefused> {
        let now = revision(&mut *self.reading().await?).await?;
        if let Some(last) = self.knowledge_kept.at(now) {
            return Ok(last);
        }
        let _preparing = self.knowledge_kept.preparing.lock().await;
        let mut connection = self.reading().await?;
        let mut snapshot = connection.begin_with(self.snapshot()).await?;
        let now = revision(&mut snapshot).await?;
        let last = self.knowledge_kept.last();
        if let Some(last) = last.as_ref().filter(|last| last.revision == now) {
            return Ok(Arc::clone(last));
        }
        let since = last.as_ref().map_or(0, |last| last.revision);
        let read = read_changed(&mut snapshot, since).await;
        let synonyms = read_synonyms(&mut snapshot).await;
        snapshot.rollback().await?;
        let groups = synonyms?.into_iter().map(|synonym| synonym.words);
        let shelf = Arc::new(Shelf {
            revision: now,
            books: merged(last.as_deref(), read?),
            synonyms: Synonyms::of(groups),
        });
        self.knowledge_kept.keep(&shelf);
        Ok(shelf)
    }
}

impl KnowledgeKept {
    fn last(&self) -> Option<Arc<Shelf>> {
        let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
        last.clone()
    }

    fn at(&self, revision: i64) -> Option<Arc<Shelf>> {
        self.last().filter(|last| last.revision == revision)
    }

    fn keep(&self, shelf: &Arc<Shelf>) {
        let mut last = self.last.write().unwrap_or_else(PoisonError::into_inner);
        *last = Some(Arc::clone(shelf));
    }
}

/// What has changed since a revision, in the order of ids. Some rows at a time, each prepared beside those who
/// wait for calls and pages.
async fn read_changed(
    connection: &mut AnyConnection,
    since: i64,
) -> Result<Vec<Read>, StoreRefused> {
    let mut all: Vec<Read> = Vec::new();
    loop {
        let after = all.last().map_or(String::new(), |(id, _)| id.to_string());
        let mut question = Question::new(&format!("SELECT s.removed, {COLUMNS} {FROM}"));
        question.when_is("s.revision > $", [Value::Whole(since)]);
        question.when_is("s.id > $", [Value::Text(after)]);
        let most = limits::SOURCES_READ_AT_ONCE;
        question.push(" ORDER BY s.id LIMIT $", [Value::Whole(most)]);
        let rows = question.rows(&mut *connection).await?;
        let read = |row| {
            let mut cells = Cells::of(row, "knowledge_source");
            let removed = cells.truth()?;
            Ok((removed, read_cells(&mut cells)?))
        };
        let read: Vec<(bool, Source)> =
            rows.iter().map(read).collect::<Result<_, StoreRefused>>()?;
        let is_last = (read.len() as i64) < most;
        let books = tokio::task::spawn_blocking(move || read.into_iter().map(prepared).collect());
        let books: Vec<Read> = books.await.map_err(|why| StoreRefused::Unreadable {
            table: "knowledge_source",
            why: why.to_string(),
        })?;
        all.extend(books);
        if is_last {
            return Ok(all);
        }
    }
}

fn prepared((removed, source): (bool, Source)) -> Read {
    if removed {
        return (source.id, None);
    }
    let topics = format!("{}\n{}", source.topics, source.address);
    let texts = Texts {
        title: &source.title,
        topics: &topics,
        body: &source.body,
    };
    let about = About {
        id: source.id,
        kind: source.kind,
        status: source.status,
        department: source.department,
        valid_from: source.valid_from,
        valid_until: source.valid_until,
        attached: source.attached,
        missing: source.missing,
    };
    (source.id, Some(Arc::new(Book::of(about, &texts))))
}

fn merged(last: Option<&Shelf>, read: Vec<Read>) -> Vec<Arc<Book<About>>> {
    let changed: FxHashSet<SourceId> = read.iter().map(|(id, _)| *id).collect();
    let stay = last.into_iter().flat_map(|last| &last.books);
    let stay = stay.filter(|book| !changed.contains(&book.about.id));
    let mut books: Vec<Arc<Book<About>>> = stay.cloned().collect();
    books.extend(read.into_iter().filter_map(|(_, book)| book));
    // So that what is worth the same stands in the same order, whatever was changed when.
    books.sort_by_key(|book| book.about.id);
    books
}
