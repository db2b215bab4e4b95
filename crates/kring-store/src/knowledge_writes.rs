//! How sources come, are changed and go: one change a transaction, with its line of the audit and the version
//! before.

use crate::{
    Source, SourceId, SourceKind, SourceVersion, Store, StoreRefused,
    audit::{ChangedBy, Deed, note},
    connect::Durability,
    department_writes::check_version,
    departments::department_exists,
    knowledge::Told,
    knowledge_rows::{find_source, insert, the_source, update},
    limits,
    sql::{Cells, Given},
};
use sqlx::AnyConnection;

impl Store {
    /// The source with this id.
    pub async fn source(&self, id: SourceId) -> Result<Option<Source>, StoreRefused> {
        find_source(&mut *self.reading().await?, id).await
    }

    /// Adds a source.
    pub async fn add_source(
        &self,
        by: &ChangedBy,
        mut source: Source,
    ) -> Result<Source, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let revision = begin_change(&mut tx).await?;
        add(&mut tx, by, &mut source, revision).await?;
        check_room(&mut tx).await?;
        tx.commit().await?;
        Ok(source)
    }

    /// Changes a source by `change`, which may refuse. With `version`, only at that version:
    /// [`StoreRefused::Stale`] otherwise. What changes nothing writes nothing.
    pub async fn change_source(
        &self,
        by: &ChangedBy,
        id: SourceId,
        version: Option<i64>,
        change: impl FnOnce(&mut Source) -> Result<(), StoreRefused>,
    ) -> Result<Source, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let revision = begin_change(&mut tx).await?;
        let was = the_source(&mut tx, id).await?;
        check_version(version, was.version)?;
        let mut source = was.clone();
        change(&mut source)?;
        if put(&mut tx, by, &was, &mut source, revision).await? {
            tx.commit().await?;
        }
        Ok(source)
    }

    /// Takes a source away. Cases that were answered by it go on naming it.
    pub async fn remove_source(
        &self,
        by: &ChangedBy,
        id: SourceId,
        version: Option<i64>,
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let revision = begin_change(&mut tx).await?;
        let was = the_source(&mut tx, id).await?;
        check_version(version, was.version)?;
        keep_version(&mut tx, &was).await?;
        sqlx::query("UPDATE knowledge_source SET removed = 1, revision = $2 WHERE id = $1")
            .bind(id.to_string())
            .bind(revision)
            .execute(&mut *tx)
            .await?;
        let deed = Deed {
            action: "knowledge.remove",
            subject: id.to_string(),
            was: Some(&Told::brief(&was)),
            is: None,
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Adds websites of which there is none with this address. One that an editor has removed stays removed.
    pub async fn ensure_websites(
        &self,
        by: &ChangedBy,
        addresses: &[String],
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let revision = begin_change(&mut tx).await?;
        let mut added = false;
        for address in addresses {
            let known = sqlx::query("SELECT 1 FROM knowledge_source WHERE address = $1 LIMIT 1")
                .bind(address.as_str())
                .fetch_optional(&mut *tx)
                .await?;
            if known.is_none() {
                let id = SourceId::new(by.at);
                let mut source = Source::named(id, SourceKind::Website, address, by.at);
                source.address.clone_from(address);
                add(&mut tx, by, &mut source, revision).await?;
                added = true;
            }
        }
        if added {
            check_room(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// How a source was before, the newest first.
    pub async fn source_versions(&self, id: SourceId) -> Result<Vec<SourceVersion>, StoreRefused> {
        let rows = sqlx::query(
            "SELECT version, at, who, content FROM knowledge_version WHERE source = $1 \
             ORDER BY version DESC LIMIT $2",
        )
        .bind(id.to_string())
        .bind(i64::from(limits::PAGE_MAX))
        .fetch_all(&self.reader)
        .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "knowledge_version");
            Ok(SourceVersion {
                version: cells.int()?,
                at: cells.wall()?,
                who: cells.text()?,
                content: cells.text()?,
            })
        };
        rows.iter().map(read).collect()
    }
}

/// Counts up the number of the knowledge, and tells it. The first statement of every change: on PostgreSQL it
/// lets one change wait for another.
pub(crate) async fn begin_change(connection: &mut AnyConnection) -> Result<i64, StoreRefused> {
    sqlx::query("UPDATE knowledge_revision SET n = n + 1 WHERE one = 1")
        .execute(&mut *connection)
        .await?;
    revision(connection).await
}

pub(crate) async fn revision(connection: &mut AnyConnection) -> Result<i64, StoreRefused> {
    let row = sqlx::query("SELECT n FROM knowledge_revision WHERE one = 1")
        .fetch_one(connection)
        .await?;
    Cells::of(&row, "knowledge_revision").int()
}

/// Adds a source within a change.
pub(crate) async fn add(
    connection: &mut AnyConnection,
    by: &ChangedBy,
    source: &mut Source,
    revision: i64,
) -> Result<(), StoreRefused> {
    source.check()?;
    source.version = 1;
    source.created = by.at;
    stamp(source, by);
    if let Some(department) = source.department {
        department_exists(connection, department).await?;
    }
    insert(connection, source, revision).await?;
    let deed = Deed {
        action: "knowledge.add",
        subject: source.id.to_string(),
        was: None,
        is: Some(&Told::brief(source)),
    };
    note(connection, by, deed).await
}

/// Stores within a change what has become of a source; whether that is another than before.
pub(crate) async fn put(
    connection: &mut AnyConnection,
    by: &ChangedBy,
    was: &Source,
    source: &mut Source,
    revision: i64,
) -> Result<bool, StoreRefused> {
    source.id = was.id;
    source.kind = was.kind;
    source.check()?;
    if source == was {
        return Ok(false);
    }
    source.version = was.version + 1;
    stamp(source, by);
    if let Some(department) = source
        .department
        .filter(|_| source.department != was.department)
    {
        department_exists(connection, department).await?;
    }
    keep_version(connection, was).await?;
    update(connection, source, revision).await?;
    let deed = Deed {
        action: "knowledge.change",
        subject: source.id.to_string(),
        was: Some(&Told::brief(was)),
        is: Some(&Told::brief(source)),
    };
    note(connection, by, deed).await?;
    Ok(true)
}

fn stamp(source: &mut Source, by: &ChangedBy) {
    source.updated = by.at;
    source.updated_by.clone_from(&by.who);
}

async fn keep_version(connection: &mut AnyConnection, was: &Source) -> Result<(), StoreRefused> {
    let content = serde_json::to_string(&Told::whole(was)).expect("texts and numbers");
    let mut given = Given::default();
    given
        .add_text(&was.id)
        .add(was.version)
        .add(was.updated.0)
        .add(was.updated_by.as_str())
        .add(content);
    sqlx::query_with(
        "INSERT INTO knowledge_version (source, version, at, who, content) VALUES ($1, $2, $3, $4, $5)",
        given.take(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Refuses more than may be kept in memory.
pub(crate) async fn check_room(connection: &mut AnyConnection) -> Result<(), StoreRefused> {
    let row = sqlx::query("SELECT COUNT(*) FROM knowledge_source WHERE removed = 0")
        .fetch_one(connection)
        .await?;
    if Cells::of(&row, "knowledge_source").int()? > limits::SOURCES_MAX {
        return Err(StoreRefused::TooMany("sources"));
    }
    Ok(())
}
