//! A report as a table: columns that say what they hold, rows with the way to their calls, and what they sum up to.

use kring_time::Day;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unit {
    /// `YYYY-MM-DD`.
    Date,
    /// 0 to 23.
    Hour,
    /// `YYYY-MM`.
    Month,
    Text,
    Count,
    /// To one decimal.
    Pct,
    /// Milliseconds.
    Ms,
}

/// A column.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Column {
    /// The member of a row.
    pub(crate) key: &'static str,
    pub(crate) th: &'static str,
    pub(crate) en: &'static str,
    pub(crate) unit: Unit,
}

pub(crate) const fn column(
    key: &'static str,
    th: &'static str,
    en: &'static str,
    unit: Unit,
) -> Column {
    Column { key, th, en, unit }
}

/// What rows are about in more than one report.
pub(super) const DAY: Column = column("day", "วันที่", "Day", Unit::Date);
pub(super) const MONTH: Column = column("month", "เดือน", "Month", Unit::Month);
pub(super) const AGENT: Column = column("agent", "รหัสเจ้าหน้าที่", "Agent", Unit::Text);
pub(super) const AGENT_NAME: Column = column("name", "ชื่อเจ้าหน้าที่", "Name", Unit::Text);
pub(super) const CALLS: Column = column("calls", "จำนวนสาย", "Calls", Unit::Count);
/// A unit of the ministry: its short name and its names.
pub(super) const UNIT: [Column; 3] = [
    column("department", "หน่วยงาน (ชื่อย่อ)", "Department", Unit::Text),
    column("name_th", "หน่วยงาน", "Department (Thai)", Unit::Text),
    column(
        "name_en",
        "หน่วยงาน (อังกฤษ)",
        "Department (English)",
        Unit::Text,
    ),
];

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// Nothing, or nothing that means something.
    None,
    Text(String),
    Whole(i64),
    Pct(f64),
    Day(Day),
    Month(i32, u8),
}

impl Cell {
    /// A share, %, to one decimal; nothing of nothing.
    pub(crate) fn share(part: i64, of: i64) -> Cell {
        if of == 0 {
            return Cell::None;
        }
        Cell::Pct((part as f64 * 1_000.0 / of as f64).round() / 10.0)
    }

    /// The mean of so many; nothing of nothing.
    pub(crate) fn mean(sum: i64, of: i64) -> Cell {
        if of == 0 {
            return Cell::None;
        }
        Cell::Whole((sum as f64 / of as f64).round() as i64)
    }

    pub(crate) fn some_text(text: Option<String>) -> Cell {
        text.map_or(Cell::None, Cell::Text)
    }

    fn on_wire(&self) -> Value {
        match self {
            Cell::None => Value::Null,
            Cell::Text(text) => json!(text),
            Cell::Whole(n) => json!(n),
            Cell::Pct(pct) => json!(pct),
            Cell::Day(day) => json!(day.to_string()),
            Cell::Month(year, month) => json!(format!("{year:04}-{month:02}")),
        }
    }
}

/// A row: a cell for each column.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    /// The query of `GET /calls` that lists exactly its calls.
    pub(crate) link: Option<String>,
}

/// A report.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) by: &'static str,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
    /// A cell for each column; nothing where there are no rows.
    pub(crate) total: Option<Vec<Cell>>,
    /// The column that counts the calls which `link` lists.
    pub(crate) link_counts: Option<&'static str>,
}

impl Table {
    fn object(&self, cells: &[Cell]) -> Map<String, Value> {
        let keyed = self.columns.iter().zip(cells);
        keyed
            .map(|(column, cell)| (column.key.to_owned(), cell.on_wire()))
            .collect()
    }

    /// The rows as JSON.
    pub(crate) fn rows_on_wire(&self) -> Vec<Map<String, Value>> {
        let row = |row: &Row| {
            let mut object = self.object(&row.cells);
            object.insert("link".to_owned(), json!(row.link));
            object
        };
        self.rows.iter().map(row).collect()
    }

    /// The total as JSON.
    pub(crate) fn total_on_wire(&self) -> Option<Map<String, Value>> {
        self.total.as_ref().map(|cells| self.object(cells))
    }
}
