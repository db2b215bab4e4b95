//! Documents: sources whose text is that of a file. What the file says is put here when it is read anew; what
//! editors say of it (title, unit, topics, days) stays.
//!
//! A file that is gone or cannot be read loses nothing: the text that was read last stays, and it is said.

use crate::{
    Source, SourceId, SourceKind, Store, StoreRefused,
    audit::ChangedBy,
    connect::Durability,
    knowledge_rows::find_source,
    knowledge_writes::{add, begin_change, check_room, put},
    limits,
    sql::{Cells, Given},
};
use kring_journal::WallTime;
use sqlx::{AnyConnection, any::AnyRow};

/// The file of a document, as it was read last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentFile {
    /// The document.
    pub source: SourceId,
    /// Where it is, on the node that read it.
    pub path: String,
    /// Which node that was.
    pub node: String,
    /// Bytes.
    pub size: i64,
    /// When it was changed, by its file system, µs.
    pub mtime: i64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub hash: String,
    /// Pages, of what has pages.
    pub pages: i64,
    /// Why it could not be read; none: it was.
    pub failed: Option<String>,
    /// It is not where it was.
    pub missing: bool,
    /// When it was read.
    pub read_at: WallTime,
}

/// What reading a file gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRead {
    /// Where it is.
    pub path: String,
    /// Bytes.
    pub size: i64,
    /// When it was changed.
    pub mtime: i64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub hash: String,
    /// Its text and pages, or why there is none.
    pub text: Result<(String, i64), String>,
}

const COLUMNS: &str = "source, path, node, size, mtime, hash, pages, failed, missing, read_at FROM knowledge_document";

impl Store {
    /// All files that were read, by whatever node.
    pub async fn document_files(&self) -> Result<Vec<DocumentFile>, StoreRefused> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} ORDER BY path"));
        let rows = sqlx::query(sql).fetch_all(&self.reader).await?;
        rows.iter().map(read_file).collect()
    }

    /// The file of a document.
    pub async fn document_file(&self, id: SourceId) -> Result<Option<DocumentFile>, StoreRefused> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} WHERE source = $1"));
        let row = sqlx::query(sql)
            .bind(id.to_string())
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(read_file).transpose()
    }

    /// Takes up a file that was read: a new document, or the text of one that is known by its path. One that an
    /// editor has removed stays removed.
    pub async fn put_document(
        &self,
        by: &ChangedBy,
        title: &str,
        file: &FileRead,
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let revision = begin_change(&mut tx).await?;
        let known = file_at(&mut tx, &file.path).await?;
        let id = known
            .as_ref()
            .map_or_else(|| SourceId::new(by.at), |known| known.source);
        let name = file.path.rsplit(['/', '\\']).next().unwrap_or(&file.path);
        let text = file.text.as_ref().map(|(text, _)| text.as_str());
        match find_source(&mut tx, id).await? {
            Some(was) => {
                let mut source = was.clone();
                if let Ok(text) = text {
                    source.body = shortened(text);
                }
                let changed = put(&mut tx, by, &was, &mut source, revision).await?;
                if !changed {
                    touch(&mut tx, id, revision).await?;
                }
            }
            None if known.is_none() => {
                let mut source = Source::named(id, SourceKind::Document, title, by.at);
                source.body = shortened(text.unwrap_or_default());
                source.address = name.chars().take(limits::SHORT_CHARS_MAX).collect();
                add(&mut tx, by, &mut source, revision).await?;
                check_room(&mut tx).await?;
            }
            // Removed.
            None => {}
        }
        self.put_file(&mut tx, by, id, file).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A file was touched, and says what it said.
    pub async fn touch_document(
        &self,
        path: &str,
        size: i64,
        mtime: i64,
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Grouped).await?;
        sqlx::query("UPDATE knowledge_document SET size = $2, mtime = $3 WHERE path = $1")
            .bind(path)
            .bind(size)
            .bind(mtime)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Tells that files are not where they were, or are there again.
    pub async fn mark_documents(
        &self,
        missing: bool,
        sources: &[SourceId],
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let revision = begin_change(&mut tx).await?;
        for id in sources {
            sqlx::query("UPDATE knowledge_document SET missing = $2 WHERE source = $1")
                .bind(id.to_string())
                .bind(i64::from(missing))
                .execute(&mut *tx)
                .await?;
            touch(&mut tx, *id, revision).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn put_file(
        &self,
        connection: &mut AnyConnection,
        by: &ChangedBy,
        id: SourceId,
        file: &FileRead,
    ) -> Result<(), StoreRefused> {
        let mut given = Given::default();
        let (pages, failed) = match &file.text {
            Ok((_, pages)) => (*pages, None),
            Err(why) => (0, Some(why.as_str())),
        };
        given
            .add_text(&id)
            .add(file.path.as_str())
            .add(self.config.node.as_str())
            .add(file.size)
            .add(file.mtime)
            .add(file.hash.as_str())
            .add(pages)
            .add(failed)
            .add(by.at.0);
        sqlx::query_with(
            "INSERT INTO knowledge_document (source, path, node, size, mtime, hash, pages, failed, \
             missing, read_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9) \
             ON CONFLICT (source) DO UPDATE SET path = excluded.path, node = excluded.node, \
             size = excluded.size, mtime = excluded.mtime, hash = excluded.hash, \
             pages = excluded.pages, failed = excluded.failed, missing = 0, \
             read_at = excluded.read_at",
            given.take(),
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// So much of a text as is looked through, without the characters that a database cannot keep.
fn shortened(text: &str) -> String {
    let kept = text.chars().filter(|c| *c != '\0');
    kept.take(limits::DOCUMENT_CHARS_MAX).collect()
}

/// Whoever keeps the sources in memory reads this one anew.
async fn touch(
    connection: &mut AnyConnection,
    id: SourceId,
    revision: i64,
) -> Result<(), StoreRefused> {
    sqlx::query("UPDATE knowledge_source SET revision = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(revision)
        .execute(connection)
        .await?;
    Ok(())
}

async fn file_at(
    connection: &mut AnyConnection,
    path: &str,
) -> Result<Option<DocumentFile>, StoreRefused> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} WHERE path = $1"));
    let row = sqlx::query(sql)
        .bind(path)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_file).transpose()
}

fn read_file(row: &AnyRow) -> Result<DocumentFile, StoreRefused> {
    let mut cells = Cells::of(row, "knowledge_document");
    Ok(DocumentFile {
        source: cells.id()?,
        path: cells.text()?,
        node: cells.text()?,
        size: cells.int()?,
        mtime: cells.int()?,
        hash: cells.text()?,
        pages: cells.int()?,
        failed: cells.some_text()?,
        missing: cells.truth()?,
        read_at: cells.wall()?,
    })
}
