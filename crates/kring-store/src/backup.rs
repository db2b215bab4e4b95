//! The whole of a database as one file, and back, whichever of the two databases it is.
//!
//! A backup is what the database was at one moment, whoever writes meanwhile. It is put back wholly or not at
//! all, into a database that holds nothing yet; and whoever was erased since then is erased again.

use crate::{
    Store, StoreConfig, StoreRefused,
    backup_filling::Filling,
    backup_lines::{
        BackupFileRefused, Cell, CellKind, FORMAT, FilePiece, Head, Line, LinesIn, LinesOut,
        TableHead,
    },
    backup_tables::{SAVED, Saved},
    connect::Durability,
    migrations,
    sql::Cells,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::TryStreamExt;
use kring_journal::WallTime;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, any::AnyRow};
use std::io::{Read, Write};

/// Why there is no backup, or why it was not put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupRefused {
    /// The file.
    #[error(transparent)]
    File(#[from] BackupFileRefused),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreRefused),
    /// There is something in the database that would be lost or mixed with.
    #[error(
        "the database holds {calls} calls, {contacts} contacts and {cases} cases: a backup is put \
         back into a database that is new"
    )]
    NotEmpty {
        /// Calls.
        calls: i64,
        /// Contacts.
        contacts: i64,
        /// Cases.
        cases: i64,
    },
    /// The tables of the database are of another version than those of the file.
    #[error(
        "the tables of this database are newer than those of the file: put it back into a \
         database that is new, which is brought up to date afterwards"
    )]
    OtherTables,
    /// The file has a table or column that is not known.
    #[error("the file holds {0}, which this kring does not know")]
    Unknown(String),
}

impl From<sqlx::Error> for BackupRefused {
    fn from(refused: sqlx::Error) -> BackupRefused {
        BackupRefused::Store(refused.into())
    }
}

/// A file beside the database that goes along with it.
pub struct FileBeside {
    /// Where it is within the data folder, with `/` between.
    pub path: String,
    /// Its bytes.
    pub content: Box<dyn Read + Send>,
}

/// What was put back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Rows of all tables.
    pub rows: u64,
    /// When the backup was made.
    pub made: WallTime,
    /// Persons, callers and cases that had been erased since, and are erased again.
    pub erased_again: u64,
}

impl Store {
    /// Writes everything, as it is at this moment, to `out`; how many rows it was.
    pub async fn write_backup(
        &self,
        now: WallTime,
        version: &str,
        files: impl Iterator<Item = std::io::Result<FileBeside>>,
        out: impl Write,
    ) -> Result<u64, BackupRefused> {
        let head = Head {
            kring_backup: FORMAT,
            version: version.to_owned(),
            at: now.0,
            step: migrations::last(),
            tables: SAVED.iter().map(|saved| saved.table.to_owned()).collect(),
        };
        let mut lines = LinesOut::begin(out, &head)?;
        let mut connection = self.reading().await?;
        let mut snapshot = connection.begin_with(self.snapshot()).await?;
        for saved in SAVED {
            write_table(self, &mut snapshot, saved, &mut lines).await?;
        }
        snapshot.rollback().await?;
        for file in files {
            let mut file = file.map_err(BackupFileRefused::from)?;
            lines.file(&file.path, &mut file.content)?;
        }
        Ok(lines.end()?)
    }

    /// Puts a backup back into the database of `config`, which holds nothing yet, and hands the pieces of files to
    /// `keep`, which are to be believed only when all of it is done. Nothing is left of a backup that is refused.
    pub async fn restore(
        config: &StoreConfig,
        from: impl Read,
        mut keep: impl FnMut(&str, &[u8]) -> std::io::Result<()>,
    ) -> Result<(Store, Restored), BackupRefused> {
        let (mut lines, head) = LinesIn::begin(from)?;
        if head.step > migrations::last() {
            let version = head.version;
            return Err(BackupFileRefused::Newer { version }.into());
        }
        let store = Store::open_for_restore(config, head.step).await?;
        let done = put_back(&store, &head, &mut lines, &mut keep).await;
        let rows = match done {
            Ok(rows) => rows,
            Err(refused) => {
                store.close().await;
                return Err(refused);
            }
        };
        store.bring_up_to_date().await?;
        store.make_contacts_findable().await?;
        let restored = Restored {
            rows,
            made: WallTime(head.at),
            erased_again: 0,
        };
        Ok((store, restored))
    }

    /// Opens it with the tables of this step; makes them when there are none.
    async fn open_for_restore(config: &StoreConfig, step: i64) -> Result<Store, BackupRefused> {
        let store = Store::open_as_it_is(config).await?;
        if store.columns_of("_sqlx_migrations").await?.is_empty() {
            store.bring_to(step).await?;
            return Ok(store);
        }
        let count = async |sql: &'static str| {
            let row = sqlx::query(sql).fetch_one(&store.reader).await?;
            Cells::of(&row, "call").int()
        };
        let (calls, contacts, cases) = (
            count("SELECT COUNT(*) FROM call").await?,
            count("SELECT COUNT(*) FROM contact").await?,
            count("SELECT COUNT(*) FROM case_file").await?,
        );
        let facts = count("SELECT COUNT(*) FROM journal").await?;
        if (calls, contacts, cases, facts) != (0, 0, 0, 0) {
            return Err(BackupRefused::NotEmpty {
                calls,
                contacts,
                cases,
            });
        }
        let there = count("SELECT MAX(version) FROM _sqlx_migrations").await?;
        if there != step {
            return Err(BackupRefused::OtherTables);
        }
        Ok(store)
    }
}

async fn write_table<W: Write>(
    store: &Store,
    connection: &mut AnyConnection,
    saved: &Saved,
    lines: &mut LinesOut<W>,
) -> Result<(), BackupRefused> {
    let table = saved.table;
    let mut columns = store.columns_of(table).await?;
    columns.retain(|(name, _)| !saved.computed.contains(&name.as_str()));
    let columns = columns
        .into_iter()
        .map(|(name, kind)| {
            let unknown = || BackupRefused::Unknown(format!("the column {table}.{name}"));
            Ok((name.clone(), kind.ok_or_else(unknown)?))
        })
        .collect::<Result<Vec<_>, BackupRefused>>()?;
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let sql = format!("SELECT {} FROM {table}{}", names.join(", "), saved.order);
    let kinds: Vec<CellKind> = columns.iter().map(|(_, kind)| *kind).collect();
    lines.table(TableHead {
        name: table.to_owned(),
        columns,
    })?;
    let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        lines.row(cells_of(&row, table, &kinds)?)?;
    }
    Ok(())
}

fn cells_of(
    row: &AnyRow,
    table: &'static str,
    kinds: &[CellKind],
) -> Result<Vec<Cell>, StoreRefused> {
    let mut cells = Cells::of(row, table);
    let read = |kind: &CellKind| {
        Ok(match kind {
            CellKind::Whole => cells.maybe_int()?.map_or(Cell::Null, Cell::Whole),
            CellKind::Text => cells.some_text()?.map_or(Cell::Null, Cell::Text),
            CellKind::Bytes => cells
                .maybe_bytes()?
                .map_or(Cell::Null, |bytes| Cell::of_bytes(&bytes)),
        })
    };
    kinds.iter().map(read).collect()
}

/// Puts every row back in one transaction; how many it were.
async fn put_back<R: Read>(
    store: &Store,
    head: &Head,
    lines: &mut LinesIn<R>,
    keep: &mut impl FnMut(&str, &[u8]) -> std::io::Result<()>,
) -> Result<u64, BackupRefused> {
    let mut writing = store.writing().await?;
    let mut tx = writing.begin(Durability::Trusted).await?;
    for table in head.tables.iter().rev() {
        let known = SAVED.iter().find(|saved| saved.table == table);
        let known = known.ok_or_else(|| BackupRefused::Unknown(format!("the table {table}")))?;
        // What only grows is empty already, and refuses to be emptied.
        if !matches!(known.table, "journal" | "journal_segment" | "audit") {
            let sql = format!("DELETE FROM {}", known.table);
            sqlx::query(AssertSqlSafe(sql)).execute(&mut *tx).await?;
        }
    }
    let mut filling: Option<Filling> = None;
    let mut rows = 0;
    while let Some(line) = lines.next()? {
        match line {
            Line::Table(table) => {
                if let Some(mut filled) = filling.take() {
                    filled.flush(&mut tx).await?;
                }
                filling = Some(Filling::of(store, table).await?);
            }
            Line::Row(cells) => {
                let Some(filling) = &mut filling else {
                    return Err(not_ours("a row of no table").into());
                };
                filling.add(&mut tx, cells).await?;
                rows += 1;
            }
            Line::File(FilePiece { path, bytes }) => {
                let bytes = BASE64_STANDARD.decode(bytes);
                let bytes = bytes.map_err(|_| not_ours("a file that is no base64"))?;
                keep(safe(&path)?, &bytes).map_err(BackupFileRefused::from)?;
            }
            Line::End { .. } => {}
        }
    }
    if let Some(mut filled) = filling {
        filled.flush(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(rows)
}

pub(crate) fn not_ours(what: &str) -> BackupFileRefused {
    BackupFileRefused::NotOurs(what.to_owned())
}

/// A path that stays within the data folder.
fn safe(path: &str) -> Result<&str, BackupFileRefused> {
    let good = |part: &str| {
        let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !part.is_empty() && !part.starts_with('.') && part.chars().all(letter)
    };
    if path.split('/').all(good) {
        Ok(path)
    } else {
        Err(not_ours("a file of a strange name"))
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn no_path_leads_out_of_the_data_folder() {
        for path in ["attachments/01ARZ.pdf", "erasures.jsonl"] {
            assert!(safe(path).is_ok(), "{path}");
        }
        for path in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            ".ssh",
            "a\\b",
            "a/ข",
        ] {
            assert!(safe(path).is_err(), "{path}");
        }
    }
}
