//! The units of the ministry and how to reach them.

use crate::{
    DepartmentId, EndpointId, Store, StoreRefused,
    cases::{check_filled, check_text},
    connect::Durability,
    limits,
    sql::{Cells, Given},
};
use kring_journal::WallTime;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use std::collections::HashMap;

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
    /// How to reach it.
    #[serde(default)]
    pub endpoints: Vec<Endpoint>,
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
    /// The order in which they are tried.
    pub sort: i64,
}

impl Store {
    /// Every unit with its endpoints, in the order of the list.
    pub async fn departments(&self) -> Result<Vec<Department>, StoreRefused> {
        let mut connection = self.reading().await?;
        let rows = sqlx::query(
            "SELECT id, short, name_th, name_en, website, hotline, topics, sort \
             FROM department ORDER BY sort, short",
        )
        .fetch_all(&mut *connection)
        .await?;
        let mut endpoints = endpoints(&mut connection).await?;
        let read = |row| {
            let mut cells = Cells::of(row, "department");
            let id = cells.id()?;
            Ok(Department {
                id,
                short: cells.text()?,
                name_th: cells.text()?,
                name_en: cells.text()?,
                website: cells.text()?,
                hotline: cells.text()?,
                topics: cells.text()?,
                sort: cells.int()?,
                endpoints: endpoints.remove(&id).unwrap_or_default(),
            })
        };
        rows.iter().map(read).collect()
    }

    /// The unit with this id.
    pub async fn department(&self, id: DepartmentId) -> Result<Option<Department>, StoreRefused> {
        // A ministry has dozens of units: reading all is one indexed page.
        let departments = self.departments().await?;
        Ok(departments
            .into_iter()
            .find(|department| department.id == id))
    }

    /// Stores a unit with its endpoints, in place of what was there. [`StoreRefused::Taken`] when
    /// another unit has this short name.
    pub async fn put_department(&self, department: &Department) -> Result<(), StoreRefused> {
        check_filled("short", &department.short)?;
        check_filled("name_th", &department.name_th)?;
        for (field, text) in [
            ("name_en", &department.name_en),
            ("website", &department.website),
            ("hotline", &department.hotline),
        ] {
            check_text(field, text, limits::SHORT_CHARS_MAX)?;
        }
        check_text("topics", &department.topics, limits::DETAIL_CHARS_MAX)?;
        let id = department.id.to_string();
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let mut given = Given::default();
        given
            .add(id.as_str())
            .add(department.short.as_str())
            .add(department.name_th.as_str())
            .add(department.name_en.as_str())
            .add(department.website.as_str())
            .add(department.hotline.as_str())
            .add(department.topics.as_str())
            .add(department.sort);
        sqlx::query_with(
            "INSERT INTO department (id, short, name_th, name_en, website, hotline, topics, sort) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE \
             SET short = excluded.short, name_th = excluded.name_th, name_en = excluded.name_en, \
             website = excluded.website, hotline = excluded.hotline, topics = excluded.topics, \
             sort = excluded.sort",
            given.take(),
        )
        .execute(&mut *tx)
        .await
        .map_err(|error| StoreRefused::taken(error, "short name"))?;
        sqlx::query("DELETE FROM department_endpoint WHERE department = $1")
            .bind(&id)
            .execute(&mut *tx)
            .await?;
        for endpoint in &department.endpoints {
            insert_endpoint(&mut tx, department.id, endpoint).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Adds an endpoint to a unit, after those it has.
    pub async fn add_endpoint(
        &self,
        now: WallTime,
        department: DepartmentId,
        label: &str,
        extension: &str,
    ) -> Result<Endpoint, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        department_exists(&mut tx, department).await?;
        let row = sqlx::query(
            "SELECT COALESCE(MAX(sort), 0) + 1 FROM department_endpoint WHERE department = $1",
        )
        .bind(department.to_string())
        .fetch_one(&mut *tx)
        .await?;
        let endpoint = Endpoint {
            id: EndpointId::new(now),
            label: label.to_owned(),
            extension: extension.to_owned(),
            sort: Cells::of(&row, "department_endpoint").int()?,
        };
        insert_endpoint(&mut tx, department, &endpoint).await?;
        tx.commit().await?;
        Ok(endpoint)
    }

    /// Removes an endpoint; whether there was one.
    pub async fn remove_endpoint(&self, endpoint: EndpointId) -> Result<bool, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let done = sqlx::query("DELETE FROM department_endpoint WHERE id = $1")
            .bind(endpoint.to_string())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }
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

async fn insert_endpoint(
    connection: &mut AnyConnection,
    department: DepartmentId,
    endpoint: &Endpoint,
) -> Result<(), StoreRefused> {
    check_text("label", &endpoint.label, limits::SHORT_CHARS_MAX)?;
    check_filled("extension", &endpoint.extension)?;
    sqlx::query(
        "INSERT INTO department_endpoint (id, department, label, extension, sort) \
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(endpoint.id.to_string())
    .bind(department.to_string())
    .bind(&endpoint.label)
    .bind(&endpoint.extension)
    .bind(endpoint.sort)
    .execute(connection)
    .await?;
    Ok(())
}

async fn endpoints(
    connection: &mut AnyConnection,
) -> Result<HashMap<DepartmentId, Vec<Endpoint>>, StoreRefused> {
    let rows = sqlx::query(
        "SELECT department, id, label, extension, sort FROM department_endpoint \
         ORDER BY department, sort, id",
    )
    .fetch_all(connection)
    .await?;
    let mut by_department: HashMap<DepartmentId, Vec<Endpoint>> = HashMap::new();
    for row in &rows {
        let mut cells = Cells::of(row, "department_endpoint");
        by_department
            .entry(cells.id()?)
            .or_default()
            .push(Endpoint {
                id: cells.id()?,
                label: cells.text()?,
                extension: cells.text()?,
                sort: cells.int()?,
            });
    }
    Ok(by_department)
}
