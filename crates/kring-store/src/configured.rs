//! What is configured in the database beside the file: queues, trunks and settings. The store keeps their keys
//! as whoever reads configurations wrote them, and knows none of them.

use crate::{
    Store, StoreRefused,
    audit::{ChangedBy, Deed, note},
    cases::check_filled,
    connect::Durability,
    department_writes::check_version,
    limits,
    sql::{Cells, Given},
};
use serde_json::{Map, Value};
use sqlx::AnyConnection;
use std::str::FromStr;

/// What a row configures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfiguredKind {
    /// A `[[queue]]`.
    Queue,
    /// A `[[trunk]]`.
    Trunk,
    /// Keys of the other tables, by their full names.
    Settings,
}

impl ConfiguredKind {
    /// The one word for it, in the table and in the audit.
    pub const fn as_str(self) -> &'static str {
        match self {
            ConfiguredKind::Queue => "queue",
            ConfiguredKind::Trunk => "trunk",
            ConfiguredKind::Settings => "settings",
        }
    }

    const fn deeds(self) -> [&'static str; 3] {
        match self {
            ConfiguredKind::Queue => ["queue.add", "queue.change", "queue.remove"],
            ConfiguredKind::Trunk => ["trunk.add", "trunk.change", "trunk.remove"],
            ConfiguredKind::Settings => ["settings.change", "settings.change", "settings.change"],
        }
    }
}

impl FromStr for ConfiguredKind {
    type Err = StoreRefused;

    fn from_str(text: &str) -> Result<ConfiguredKind, StoreRefused> {
        use ConfiguredKind::{Queue, Settings, Trunk};
        let known = [Queue, Trunk, Settings];
        let found = known.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| StoreRefused::Unreadable {
            table: "configured",
            why: format!("{text:?} is nothing that is configured"),
        })
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfiguredRow {
    /// What it configures.
    pub kind: ConfiguredKind,
    /// Its name among those of its kind.
    pub name: String,
    /// Counted up by each change, from 1.
    pub version: i64,
    /// The keys that a file would have.
    pub keys: Map<String, Value>,
}

impl Store {
    /// Every row, in the order in which they were made.
    pub async fn configured(&self) -> Result<Vec<ConfiguredRow>, StoreRefused> {
        let sql = "SELECT kind, name, version, keys FROM configured ORDER BY kind, made, name";
        let rows = sqlx::query(sql).fetch_all(&self.reader).await?;
        let read = |row| read_row(&mut Cells::of(row, "configured"));
        rows.iter().map(read).collect()
    }

    /// Adds a row. [`StoreRefused::Taken`] when one of its kind has this name.
    pub async fn add_configured(
        &self,
        by: &ChangedBy,
        kind: ConfiguredKind,
        name: &str,
        keys: Map<String, Value>,
    ) -> Result<ConfiguredRow, StoreRefused> {
        check_filled("name", name)?;
        let row = ConfiguredRow {
            kind,
            name: name.to_owned(),
            version: 1,
            keys,
        };
        let text = keys_text(&row.keys)?;
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let mut given = Given::default();
        given
            .add(kind.as_str())
            .add(name)
            .add(row.version)
            .add(text)
            .add(by.at.0);
        let sql = "INSERT INTO configured (kind, name, version, keys, made) \
                   VALUES ($1, $2, $3, $4, $5)";
        sqlx::query_with(sql, given.take())
            .execute(&mut *tx)
            .await
            .map_err(|error| StoreRefused::taken(error, "name"))?;
        let counted = sqlx::query("SELECT COUNT(*) FROM configured WHERE kind = $1")
            .bind(kind.as_str())
            .fetch_one(&mut *tx)
            .await?;
        if Cells::of(&counted, "configured").int()? > limits::CONFIGURED_MAX as i64 {
            return Err(StoreRefused::TooMany("rows"));
        }
        tell(&mut tx, by, None, Some(&row)).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Puts other keys into a row; with a version, only if it is at that one.
    pub async fn change_configured(
        &self,
        by: &ChangedBy,
        (kind, name): (ConfiguredKind, &str),
        version: Option<i64>,
        keys: Map<String, Value>,
    ) -> Result<ConfiguredRow, StoreRefused> {
        let text = keys_text(&keys)?;
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let was = find(&mut tx, kind, name).await?;
        check_version(version, was.version)?;
        if was.keys == keys {
            return Ok(was);
        }
        let row = ConfiguredRow {
            version: was.version + 1,
            keys,
            ..was.clone()
        };
        let mut given = Given::default();
        given
            .add(row.version)
            .add(text)
            .add(kind.as_str())
            .add(name)
            .add(was.version);
        let sql = "UPDATE configured SET version = $1, keys = $2 \
                   WHERE kind = $3 AND name = $4 AND version = $5";
        let done = sqlx::query_with(sql, given.take())
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            // Another node was here between the two statements.
            let current = row.version;
            return Err(StoreRefused::Stale { current });
        }
        tell(&mut tx, by, Some(&was), Some(&row)).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Takes a row away; with a version, only if it is at that one. What it was is returned.
    pub async fn remove_configured(
        &self,
        by: &ChangedBy,
        (kind, name): (ConfiguredKind, &str),
        version: Option<i64>,
    ) -> Result<ConfiguredRow, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let was = find(&mut tx, kind, name).await?;
        check_version(version, was.version)?;
        sqlx::query("DELETE FROM configured WHERE kind = $1 AND name = $2")
            .bind(kind.as_str())
            .bind(name)
            .execute(&mut *tx)
            .await?;
        tell(&mut tx, by, Some(&was), None).await?;
        tx.commit().await?;
        Ok(was)
    }
}

fn read_row(cells: &mut Cells<'_>) -> Result<ConfiguredRow, StoreRefused> {
    let (kind, name, version) = (cells.text()?, cells.text()?, cells.int()?);
    let text: String = cells.text()?;
    let keys = serde_json::from_str(&text).map_err(|why| StoreRefused::Unreadable {
        table: "configured",
        why: format!("the keys of {name:?}: {why}"),
    })?;
    Ok(ConfiguredRow {
        kind: kind.parse()?,
        name,
        version,
        keys,
    })
}

async fn find(
    connection: &mut AnyConnection,
    kind: ConfiguredKind,
    name: &str,
) -> Result<ConfiguredRow, StoreRefused> {
    let sql = "SELECT kind, name, version, keys FROM configured WHERE kind = $1 AND name = $2";
    let row = sqlx::query(sql)
        .bind(kind.as_str())
        .bind(name)
        .fetch_optional(connection)
        .await?;
    let row = row.ok_or(StoreRefused::NotConfigured)?;
    read_row(&mut Cells::of(&row, "configured"))
}

fn keys_text(keys: &Map<String, Value>) -> Result<String, StoreRefused> {
    let text = serde_json::to_string(keys).expect("JSON is written as JSON");
    if text.len() > limits::CONFIGURED_BYTES_MAX {
        return Err(StoreRefused::Unacceptable {
            field: "keys",
            why: "are too long",
        });
    }
    Ok(text)
}

/// Notes in the audit what has become of a row.
async fn tell(
    connection: &mut AnyConnection,
    by: &ChangedBy,
    was: Option<&ConfiguredRow>,
    is: Option<&ConfiguredRow>,
) -> Result<(), StoreRefused> {
    let Some(row) = is.or(was) else {
        return Ok(());
    };
    let [add, change, remove] = row.kind.deeds();
    let action = match (was, is) {
        (None, _) => add,
        (Some(_), Some(_)) => change,
        (Some(_), None) => remove,
    };
    let deed = Deed {
        action,
        subject: row.name.clone(),
        was: was.map(|row| &row.keys),
        is: is.map(|row| &row.keys),
    };
    note(connection, by, deed).await
}
