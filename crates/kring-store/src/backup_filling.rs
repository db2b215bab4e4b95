//! Rows of a backup on their way into a table: names that the table does not have never reach a statement.

use crate::{
    BackupRefused, Store,
    backup::not_ours,
    backup_lines::{Cell, CellKind, TableHead},
    backup_tables::SAVED,
    limits,
    sql::{Given, markers},
};
use sqlx::{AnyConnection, AssertSqlSafe};

/// Rows on their way into one table, many in one statement.
pub(crate) struct Filling {
    insert: String,
    columns: Vec<(String, CellKind)>,
    waiting: Vec<Vec<Cell>>,
    /// The statement for a full load.
    full: String,
}

impl Filling {
    pub(crate) async fn of(store: &Store, table: TableHead) -> Result<Filling, BackupRefused> {
        let TableHead { name, columns } = table;
        let known = SAVED.iter().any(|saved| saved.table == name);
        if !known {
            return Err(BackupRefused::Unknown(format!("the table {name}")));
        }
        // Names go into the statement: only those that the table has are taken.
        let there = store.columns_of(&name).await?;
        for (column, kind) in &columns {
            if !there.contains(&(column.clone(), Some(*kind))) {
                let what = format!("the column {name}.{column}");
                return Err(BackupRefused::Unknown(what));
            }
        }
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let insert = format!("INSERT INTO {name} ({}) VALUES ", names.join(", "));
        let full = format!(
            "{insert}{}",
            markers(limits::BACKUP_ROWS_AT_ONCE, columns.len())
        );
        Ok(Filling {
            insert,
            columns,
            waiting: Vec::new(),
            full,
        })
    }

    pub(crate) async fn add(
        &mut self,
        connection: &mut AnyConnection,
        cells: Vec<Cell>,
    ) -> Result<(), BackupRefused> {
        if cells.len() != self.columns.len() {
            return Err(not_ours("a row with too many or too few cells").into());
        }
        self.waiting.push(cells);
        if self.waiting.len() == limits::BACKUP_ROWS_AT_ONCE {
            self.flush(connection).await?;
        }
        Ok(())
    }

    pub(crate) async fn flush(
        &mut self,
        connection: &mut AnyConnection,
    ) -> Result<(), BackupRefused> {
        let rows = std::mem::take(&mut self.waiting);
        if rows.is_empty() {
            return Ok(());
        }
        let sql = if rows.len() == limits::BACKUP_ROWS_AT_ONCE {
            self.full.clone()
        } else {
            format!("{}{}", self.insert, markers(rows.len(), self.columns.len()))
        };
        let mut given = Given::default();
        for (cell, (column, kind)) in rows
            .iter()
            .flat_map(|cells| cells.iter().zip(&self.columns))
        {
            let wrong = || not_ours(&format!("a cell of {column} that is of another kind"));
            match (kind, cell) {
                (CellKind::Whole, Cell::Null) => given.add(None::<i64>),
                (CellKind::Text, Cell::Null) => given.add(None::<String>),
                (CellKind::Bytes, Cell::Null) => given.add(None::<Vec<u8>>),
                (CellKind::Whole, Cell::Whole(n)) => given.add(*n),
                (CellKind::Text, Cell::Text(text)) => given.add(text.clone()),
                (CellKind::Bytes, cell) => given.add(cell.bytes().ok_or_else(wrong)?),
                _ => return Err(wrong().into()),
            };
        }
        sqlx::query_with(AssertSqlSafe(sql), given.take())
            .execute(connection)
            .await?;
        Ok(())
    }
}
