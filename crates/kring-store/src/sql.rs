//! SQL by hand: many rows in one statement, questions with some of their conditions, and rows read
//! column by column.
//!
//! Statements come in few shapes, so that each connection prepares each shape once.

use crate::StoreRefused;
use kring_journal::WallTime;
use serde::{Deserialize, Serialize, de::value::StrDeserializer};
use sqlx::{
    Any, AnyConnection, Arguments, AssertSqlSafe, Encode, Executor, Row, Type,
    any::{AnyArguments, AnyRow},
};
use std::{
    fmt::{self, Write},
    str::FromStr,
    sync::OnceLock,
};

/// Arguments that are given one after the other, as `$1`, `$2`, ….
#[derive(Default)]
pub(crate) struct Given(AnyArguments);

impl Given {
    pub(crate) fn add<'t, T: Encode<'t, Any> + Type<Any>>(&mut self, value: T) -> &mut Given {
        self.0
            .add(value)
            .expect("text and whole numbers always encode");
        self
    }

    pub(crate) fn add_text(&mut self, value: &impl fmt::Display) -> &mut Given {
        self.add(value.to_string())
    }

    /// The name under which serde stores a variant without fields.
    pub(crate) fn add_name(&mut self, value: &impl Serialize) -> &mut Given {
        self.add_text(&Named(value))
    }

    pub(crate) fn add_some_name(&mut self, value: Option<&impl Serialize>) -> &mut Given {
        self.add(value.map(|value| Named(value).to_string()))
    }

    pub(crate) fn add_wall(&mut self, value: Option<WallTime>) -> &mut Given {
        self.add(value.map(|wall| wall.0))
    }

    pub(crate) fn take(&mut self) -> AnyArguments {
        std::mem::take(&mut self.0)
    }
}

struct Named<'v, T>(&'v T);

impl<T: Serialize> fmt::Display for Named<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(f)
    }
}

/// One INSERT for many rows, in chunks of a few fixed sizes.
pub(crate) struct ManyRows {
    head: &'static str,
    columns: usize,
    tail: &'static str,
    sizes: [OnceLock<String>; SIZES.len()],
}

/// Chunk sizes. The greatest times the widest row stays far below the databases' 32,766 markers.
const SIZES: [usize; 4] = [64, 16, 4, 1];

impl ManyRows {
    /// `head` ends with `VALUES`, `tail` follows the rows.
    pub(crate) const fn new(head: &'static str, columns: usize, tail: &'static str) -> ManyRows {
        ManyRows {
            head,
            columns,
            tail,
            sizes: [const { OnceLock::new() }; SIZES.len()],
        }
    }

    /// Inserts `rows`; `give` adds the columns of one row in order.
    pub(crate) async fn insert<T>(
        &'static self,
        connection: &mut AnyConnection,
        mut rows: &[T],
        give: fn(&T, &mut Given),
    ) -> Result<(), sqlx::Error> {
        for (size, sql) in SIZES.into_iter().zip(&self.sizes) {
            while let Some((chunk, rest)) = rows.split_at_checked(size) {
                let sql: &'static str = sql.get_or_init(|| self.text(size));
                let mut given = Given::default();
                for row in chunk {
                    give(row, &mut given);
                }
                connection
                    .execute(sqlx::query_with(sql, given.take()))
                    .await?;
                rows = rest;
            }
        }
        Ok(())
    }

    fn text(&self, rows: usize) -> String {
        let rows = markers(rows, self.columns);
        format!("{} {rows} {}", self.head, self.tail)
    }
}

/// The values of an INSERT for so many rows: `($1,$2),($3,$4)`.
pub(crate) fn markers(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let cells = (1..=columns).map(|column| format!("${}", row * columns + column));
        format!("({})", cells.collect::<Vec<_>>().join(","))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(",")
}

/// A SELECT whose conditions depend on what was asked. The text is made of constants only; values
/// go by markers.
pub(crate) struct Question {
    sql: String,
    given: Given,
    markers: usize,
    joined_by: &'static str,
}

impl Question {
    pub(crate) fn new(select: &str) -> Question {
        Question {
            sql: select.to_owned(),
            given: Given::default(),
            markers: 0,
            joined_by: " WHERE ",
        }
    }

    /// Adds a condition without a value.
    pub(crate) fn when(&mut self, condition: &'static str) {
        self.sql.push_str(self.joined_by);
        self.sql.push_str(condition);
        self.joined_by = " AND ";
    }

    /// Adds a condition, each `$` of which stands for the next marker, and a value for each.
    pub(crate) fn when_is<const N: usize>(&mut self, condition: &'static str, values: [Value; N]) {
        self.when("");
        self.push(condition, values);
    }

    /// Adds that a column is one of these.
    pub(crate) fn when_one_of(
        &mut self,
        column: &'static str,
        values: impl IntoIterator<Item = &'static str>,
    ) {
        self.when(column);
        let mut joined_by = " IN (";
        for value in values {
            self.sql.push_str(joined_by);
            self.push("$", [Value::text(&value)]);
            joined_by = ", ";
        }
        self.sql.push(')');
    }

    /// Adds what follows the conditions.
    pub(crate) fn push<const N: usize>(&mut self, text: &'static str, values: [Value; N]) {
        for piece in text.split_inclusive('$') {
            self.sql.push_str(piece);
            if piece.ends_with('$') {
                self.markers += 1;
                write!(self.sql, "{}", self.markers).expect("a String takes everything");
            }
        }
        for value in values {
            match value {
                Value::Text(text) => self.given.add(text),
                Value::Whole(n) => self.given.add(n),
            };
        }
    }

    pub(crate) async fn rows(
        mut self,
        executor: impl Executor<'_, Database = Any>,
    ) -> Result<Vec<AnyRow>, sqlx::Error> {
        sqlx::query_with(AssertSqlSafe(self.sql), self.given.take())
            .fetch_all(executor)
            .await
    }
}

/// A value of a [`Question`].
pub(crate) enum Value {
    Text(String),
    Whole(i64),
}

impl Value {
    pub(crate) fn text(value: &impl fmt::Display) -> Value {
        Value::Text(value.to_string())
    }
}

/// A row read from its first column to its last.
pub(crate) struct Cells<'r> {
    row: &'r AnyRow,
    table: &'static str,
    next: usize,
}

impl<'r> Cells<'r> {
    /// The row of a SELECT over `table`, which is named when the row cannot be read.
    pub(crate) fn of(row: &'r AnyRow, table: &'static str) -> Cells<'r> {
        Cells {
            row,
            table,
            next: 0,
        }
    }

    pub(crate) fn maybe_text(&mut self) -> Result<Option<&'r str>, StoreRefused> {
        self.next += 1;
        Ok(self.row.try_get(self.next - 1)?)
    }

    pub(crate) fn maybe_int(&mut self) -> Result<Option<i64>, StoreRefused> {
        self.next += 1;
        Ok(self.row.try_get(self.next - 1)?)
    }

    pub(crate) fn maybe_bytes(&mut self) -> Result<Option<Vec<u8>>, StoreRefused> {
        self.next += 1;
        Ok(self.row.try_get(self.next - 1)?)
    }

    pub(crate) fn text(&mut self) -> Result<String, StoreRefused> {
        self.str().map(str::to_owned)
    }

    pub(crate) fn some_text(&mut self) -> Result<Option<String>, StoreRefused> {
        Ok(self.maybe_text()?.map(str::to_owned))
    }

    pub(crate) fn str(&mut self) -> Result<&'r str, StoreRefused> {
        let text = self.maybe_text()?;
        text.ok_or_else(|| self.unreadable("a text is missing"))
    }

    pub(crate) fn int(&mut self) -> Result<i64, StoreRefused> {
        let int = self.maybe_int()?;
        int.ok_or_else(|| self.unreadable("a number is missing"))
    }

    pub(crate) fn wall(&mut self) -> Result<WallTime, StoreRefused> {
        self.int().map(WallTime)
    }

    pub(crate) fn some_wall(&mut self) -> Result<Option<WallTime>, StoreRefused> {
        Ok(self.maybe_int()?.map(WallTime))
    }

    pub(crate) fn truth(&mut self) -> Result<bool, StoreRefused> {
        Ok(self.int()? != 0)
    }

    /// A number of another width.
    pub(crate) fn whole<T: TryFrom<i64>>(&mut self) -> Result<T, StoreRefused> {
        let int = self.int()?;
        T::try_from(int).map_err(|_| self.unreadable(&format!("{int} is out of range")))
    }

    pub(crate) fn some_whole<T: TryFrom<i64>>(&mut self) -> Result<Option<T>, StoreRefused> {
        let Some(int) = self.maybe_int()? else {
            return Ok(None);
        };
        let whole = T::try_from(int);
        whole
            .map(Some)
            .map_err(|_| self.unreadable(&format!("{int} is out of range")))
    }

    /// An id.
    pub(crate) fn id<T: FromStr>(&mut self) -> Result<T, StoreRefused> {
        let text = self.str()?;
        text.parse()
            .map_err(|_| self.unreadable(&format!("{text:?} is no id")))
    }

    pub(crate) fn some_id<T: FromStr>(&mut self) -> Result<Option<T>, StoreRefused> {
        let Some(text) = self.maybe_text()? else {
            return Ok(None);
        };
        let id = text.parse();
        id.map(Some)
            .map_err(|_| self.unreadable(&format!("{text:?} is no id")))
    }

    /// A variant by the name under which serde stores it.
    pub(crate) fn name<T: Deserialize<'r>>(&mut self) -> Result<T, StoreRefused> {
        let text = self.str()?;
        self.named(text)
    }

    pub(crate) fn some_name<T: Deserialize<'r>>(&mut self) -> Result<Option<T>, StoreRefused> {
        let text = self.maybe_text()?;
        text.map(|text| self.named(text)).transpose()
    }

    fn named<T: Deserialize<'r>>(&self, text: &'r str) -> Result<T, StoreRefused> {
        let name: StrDeserializer<'_, serde::de::value::Error> = StrDeserializer::new(text);
        T::deserialize(name).map_err(|why| self.unreadable(&why))
    }

    /// A value stored as JSON.
    pub(crate) fn json<T: Deserialize<'r>>(&mut self) -> Result<T, StoreRefused> {
        let text = self.str()?;
        serde_json::from_str(text).map_err(|why| self.unreadable(&why))
    }

    /// A value stored as JSON, if there is one.
    pub(crate) fn some_json<T: Deserialize<'r>>(&mut self) -> Result<Option<T>, StoreRefused> {
        let text = self.maybe_text()?;
        let read = text.map(serde_json::from_str).transpose();
        read.map_err(|why| self.unreadable(&why))
    }

    fn unreadable(&self, why: &(impl ToString + ?Sized)) -> StoreRefused {
        StoreRefused::Unreadable {
            table: self.table,
            why: format!("column {}: {}", self.next, why.to_string()),
        }
    }
}
