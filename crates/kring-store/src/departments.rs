//! The units of the ministry, how to reach them, and when they are open.

use crate::{
    DepartmentId, EndpointId, Store, StoreRefused,
    sql::{Cells, Question, Value},
    written::{Written, as_text},
};
use kring_time::{Day, DayHours, WeekHours};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, AssertSqlSafe, any::AnyRow};

/// A unit of the ministry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// The id.
    pub id: DepartmentId,
    /// Short name, such as `DFT`; unique.
    pub short: String,
    /// Thai name.
    pub name_th: String,
    /// English name.
    pub name_en: String,
    /// Website, without scheme.
    pub website: String,
    /// Hotline; empty when there is none.
    pub hotline: String,
    /// What it answers for, in words; for the transfer search.
    pub topics: String,
    /// Its place in the list.
    pub sort: i64,
    /// Its hours; none: those of the house (`hours.default`).
    #[serde(default)]
    pub hours: Option<Written<WeekHours>>,
    /// Days with other hours, in order.
    #[serde(default)]
    pub exceptions: Vec<DayException>,
    /// How to reach it, in the order in which they are tried.
    #[serde(default)]
    pub endpoints: Vec<Endpoint>,
    /// Counted up by every change of it, its hours and its endpoints.
    pub version: i64,
}

/// A way to reach a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The id.
    pub id: EndpointId,
    /// Whose desk, in words.
    pub label: String,
    /// The extension, or number, that is dialled.
    pub extension: String,
    /// The order in which they are tried, the lowest first.
    pub priority: i64,
    /// How many rings it is given, 1 to 10.
    pub rings: u8,
    /// Whether calls go there now.
    pub active: bool,
    /// Counted up by every change of it.
    pub version: i64,
}

/// A day on which a unit has other hours than those of its week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayException {
    /// Which day.
    #[serde(with = "as_text")]
    pub day: Day,
    /// Its hours, or `closed`.
    pub hours: Written<DayHours>,
    /// Why, in Thai.
    pub name_th: String,
    /// And in English.
    pub name_en: String,
}

impl Store {
    /// Every unit with its endpoints, in the order of the list.
    pub async fn departments(&self) -> Result<Vec<Department>, StoreRefused> {
        let directory = self.directory().await?;
        let departments = directory.departments().iter();
        Ok(departments.map(|unit| Department::clone(unit)).collect())
    }

    /// The unit with this id.
    pub async fn department(&self, id: DepartmentId) -> Result<Option<Department>, StoreRefused> {
        Ok(self.directory().await?.department(id).cloned())
    }
}

const UNITS: &str = "SELECT id, short, name_th, name_en, website, hotline, topics, sort, hours, \
    version FROM department";

/// All of them, in the order of the list.
pub(crate) async fn read_departments(
    connection: &mut AnyConnection,
) -> Result<Vec<Department>, StoreRefused> {
    let sql = format!("{UNITS} ORDER BY sort, short");
    let rows = sqlx::query(AssertSqlSafe(sql))
        .fetch_all(&mut *connection)
        .await?;
    let mut endpoints = read_endpoints(connection, None).await?;
    let mut exceptions = read_exceptions(connection, None).await?;
    let whole = |row| {
        let mut unit = read_unit(row)?;
        unit.endpoints = endpoints.remove(&unit.id).unwrap_or_default();
        unit.exceptions = exceptions.remove(&unit.id).unwrap_or_default();
        Ok(unit)
    };
    rows.iter().map(whole).collect()
}

/// The one with this id, as the transaction sees it.
pub(crate) async fn read_department(
    connection: &mut AnyConnection,
    id: DepartmentId,
) -> Result<Department, StoreRefused> {
    let sql = format!("{UNITS} WHERE id = $1");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id.to_string())
        .fetch_optional(&mut *connection)
        .await?;
    let mut unit = read_unit(&row.ok_or(StoreRefused::NoSuchDepartment)?)?;
    let endpoints = read_endpoints(connection, Some(id)).await?;
    let exceptions = read_exceptions(connection, Some(id)).await?;
    unit.endpoints = endpoints.into_values().flatten().collect();
    unit.exceptions = exceptions.into_values().flatten().collect();
    Ok(unit)
}

/// Refuses a unit that there is not.
pub(crate) async fn department_exists(
    connection: &mut AnyConnection,
    id: DepartmentId,
) -> Result<(), StoreRefused> {
    sqlx::query("SELECT sort FROM department WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?
        .map(drop)
        .ok_or(StoreRefused::NoSuchDepartment)
}

fn read_unit(row: &AnyRow) -> Result<Department, StoreRefused> {
    let mut cells = Cells::of(row, "department");
    Ok(Department {
        id: cells.id()?,
        short: cells.text()?,
        name_th: cells.text()?,
        name_en: cells.text()?,
        website: cells.text()?,
        hotline: cells.text()?,
        topics: cells.text()?,
        sort: cells.int()?,
        hours: cells.some_id()?,
        version: cells.int()?,
        exceptions: Vec::new(),
        endpoints: Vec::new(),
    })
}

async fn read_endpoints(
    connection: &mut AnyConnection,
    of: Option<DepartmentId>,
) -> Result<FxHashMap<DepartmentId, Vec<Endpoint>>, StoreRefused> {
    let mut question = Question::new(
        "SELECT department, id, label, extension, sort, rings, active, version \
         FROM department_endpoint",
    );
    if let Some(id) = of {
        question.when_is("department = $", [Value::text(&id)]);
    }
    question.push(" ORDER BY department, sort, id", []);
    let rows = question.rows(connection).await?;
    let mut by_department: FxHashMap<DepartmentId, Vec<Endpoint>> = FxHashMap::default();
    for row in &rows {
        let mut cells = Cells::of(row, "department_endpoint");
        let endpoints = by_department.entry(cells.id()?).or_default();
        endpoints.push(Endpoint {
            id: cells.id()?,
            label: cells.text()?,
            extension: cells.text()?,
            priority: cells.int()?,
            rings: cells.whole()?,
            active: cells.truth()?,
            version: cells.int()?,
        });
    }
    Ok(by_department)
}

async fn read_exceptions(
    connection: &mut AnyConnection,
    of: Option<DepartmentId>,
) -> Result<FxHashMap<DepartmentId, Vec<DayException>>, StoreRefused> {
    let mut question =
        Question::new("SELECT department, day, hours, name_th, name_en FROM department_exception");
    if let Some(id) = of {
        question.when_is("department = $", [Value::text(&id)]);
    }
    question.push(" ORDER BY department, day", []);
    let rows = question.rows(connection).await?;
    let mut by_department: FxHashMap<DepartmentId, Vec<DayException>> = FxHashMap::default();
    for row in &rows {
        let mut cells = Cells::of(row, "department_exception");
        let exceptions = by_department.entry(cells.id()?).or_default();
        exceptions.push(DayException {
            day: cells.id()?,
            hours: cells.id()?,
            name_th: cells.text()?,
            name_en: cells.text()?,
        });
    }
    Ok(by_department)
}
