//! The connection: which database, how it is opened, and how a write begins.
//!
//! SQLite has one writing connection, so that writers wait in line and never meet a lock, and a few
//! reading ones; PostgreSQL has one pool. Nothing outside this file asks which of the two it is.

use crate::{
    CaseRefFormat, StoreRefused, backup_lines::CellKind, directory::DirectoryKept,
    knowledge_kept::KnowledgeKept, limits, migrations, sql::Cells,
};
use sqlx::{
    Acquire, Any, AnyPool, ConnectOptions, Executor, Transaction,
    any::{AnyConnectOptions, AnyPoolOptions},
    pool::PoolConnection,
};
use std::{
    path::PathBuf,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;

/// Where the database is and whose it is.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST/NAME`.
    pub url: String,
    /// Name of this node, unique among the nodes of one database; printable, at most 64 characters.
    pub node: String,
    /// How a case's reference is written.
    pub case_ref: CaseRefFormat,
    /// The folder of attachments; none: none are kept.
    pub attachments: Option<PathBuf>,
}

impl StoreConfig {
    /// The database at `url`, used by `node`, with references like `RY-2569-000123-4`.
    pub fn new(url: &str, node: &str) -> StoreConfig {
        StoreConfig {
            url: url.to_owned(),
            node: node.to_owned(),
            case_ref: CaseRefFormat::default(),
            attachments: None,
        }
    }
}

/// Which of the two databases it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// The database. Cheap to clone; every clone uses the same connections.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Engine,
    pub(crate) reader: AnyPool,
    writer: AnyPool,
    /// Whether SQLite's writing connection syncs the disk at each commit just now.
    syncs: Arc<AtomicBool>,
    /// The directory as it was read last.
    pub(crate) directory_kept: Arc<DirectoryKept>,
    /// The sources as they were prepared last.
    pub(crate) knowledge_kept: Arc<KnowledgeKept>,
    /// Tells that callers are known otherwise than before.
    pub(crate) callers: Arc<watch::Sender<()>>,
    pub(crate) config: Arc<StoreConfig>,
}

/// How sure a commit must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// A power cut may lose the last of these; the next start marks the gap.
    Grouped,
    /// On the disk before it is answered.
    Trusted,
}

impl Store {
    /// Opens the database; makes it, its tables and the manual's departments when it is new.
    pub async fn open(config: &StoreConfig) -> Result<Store, StoreRefused> {
        let store = Store::open_as_it_is(config).await?;
        store.bring_up_to_date().await?;
        store.make_contacts_findable().await?;
        store.index_cases().await?;
        store.look_back_for_reports().await?;
        Ok(store)
    }

    /// Takes the steps that its tables have not taken yet.
    pub(crate) async fn bring_up_to_date(&self) -> Result<(), StoreRefused> {
        Ok(migrations::of(self.engine).run(&self.writer).await?)
    }

    /// Takes the steps up to this one.
    pub(crate) async fn bring_to(&self, step: i64) -> Result<(), StoreRefused> {
        let steps = migrations::up_to(self.engine, step);
        Ok(steps.run(&self.writer).await?)
    }

    /// Every table of ours, by name.
    pub async fn tables(&self) -> Result<Vec<String>, StoreRefused> {
        let sql = match self.engine {
            Engine::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' \
                 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
            }
            Engine::Postgres => {
                "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' \
                 ORDER BY table_name"
            }
        };
        let rows = sqlx::query(sql).fetch_all(&self.reader).await?;
        rows.iter()
            .map(|row| Cells::of(row, "tables").text())
            .collect()
    }

    /// The columns of a table, in order, with what they hold; none for what a backup cannot carry.
    pub(crate) async fn columns_of(
        &self,
        table: &str,
    ) -> Result<Vec<(String, Option<CellKind>)>, StoreRefused> {
        let sql = match self.engine {
            Engine::Sqlite => "SELECT name, type FROM pragma_table_info($1) ORDER BY cid",
            Engine::Postgres => {
                "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) \
                 FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = $1 \
                 ORDER BY ordinal_position"
            }
        };
        let rows = sqlx::query(sql).bind(table).fetch_all(&self.reader).await?;
        let read = |row| {
            let mut cells = Cells::of(row, "columns");
            let (name, kind) = (cells.text()?, cells.text()?);
            let kind = match kind.to_ascii_lowercase().as_str() {
                "bigint" => Some(CellKind::Whole),
                "text" => Some(CellKind::Text),
                "blob" | "bytea" => Some(CellKind::Bytes),
                _ => None,
            };
            Ok((name, kind))
        };
        rows.iter().map(read).collect()
    }

    /// Opens the database and changes nothing in it: whoever only looks may meet tables of another version.
    pub async fn open_as_it_is(config: &StoreConfig) -> Result<Store, StoreRefused> {
        check_node(&config.node)?;
        sqlx::any::install_default_drivers();
        let engine = match config.url.split_once(':') {
            Some(("sqlite", _)) => Engine::Sqlite,
            Some(("postgres" | "postgresql", _)) => Engine::Postgres,
            _ => return Err(StoreRefused::NoSuchDatabase(without_secret(&config.url))),
        };
        let syncs = Arc::new(AtomicBool::new(false));
        let (writer, reader) = match engine {
            Engine::Sqlite => sqlite_pools(&config.url, &syncs).await?,
            Engine::Postgres => {
                let pool = postgres_pool(&config.url).await?;
                (pool.clone(), pool)
            }
        };
        Ok(Store {
            engine,
            reader,
            writer,
            syncs,
            directory_kept: Arc::default(),
            knowledge_kept: Arc::default(),
            callers: Arc::new(watch::Sender::new(())),
            config: Arc::new(config.clone()),
        })
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), StoreRefused> {
        sqlx::query("SELECT 1").execute(&self.reader).await?;
        Ok(())
    }

    /// Waits for what is under way and closes every connection.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// Takes the writing connection, and waits for it when somebody else writes.
    pub(crate) async fn writing(&self) -> Result<Writing<'_>, StoreRefused> {
        Ok(Writing {
            connection: self.writer.acquire().await?,
            store: self,
        })
    }

    /// Takes a connection that sees the database as it is now and goes on seeing it so, once
    /// [`Store::SNAPSHOT`] was begun on it.
    pub(crate) async fn reading(&self) -> Result<PoolConnection<Any>, StoreRefused> {
        Ok(self.reader.acquire().await?)
    }

    /// The statement that begins such a reading.
    pub(crate) fn snapshot(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite => "BEGIN",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}

/// The right to write.
pub(crate) struct Writing<'s> {
    connection: PoolConnection<Any>,
    store: &'s Store,
}

impl Writing<'_> {
    /// Begins a transaction. Dropped without `commit`, it leaves nothing behind.
    pub(crate) async fn begin(
        &mut self,
        durability: Durability,
    ) -> Result<Transaction<'_, Any>, StoreRefused> {
        if self.store.engine == Engine::Postgres {
            return Ok(self.connection.begin().await?);
        }
        // SQLite refuses this pragma inside a transaction. A FULL commit syncs the whole write-ahead
        // log, and with it every group before.
        let trusted = durability == Durability::Trusted;
        if self.store.syncs.swap(trusted, Ordering::Relaxed) != trusted {
            let pragma = match durability {
                Durability::Grouped => "PRAGMA synchronous = NORMAL",
                Durability::Trusted => "PRAGMA synchronous = FULL",
            };
            if let Err(refused) = self.connection.execute(pragma).await {
                self.store.syncs.store(!trusted, Ordering::Relaxed);
                return Err(refused.into());
            }
        }
        let connection = self.connection.acquire().await?;
        Ok(sqlx::Connection::begin_with(connection, "BEGIN IMMEDIATE").await?)
    }
}

async fn sqlite_pools(
    url: &str,
    syncs: &Arc<AtomicBool>,
) -> Result<(AnyPool, AnyPool), StoreRefused> {
    let mark = if url.contains('?') { '&' } else { '?' };
    let options =
        AnyConnectOptions::from_str(&format!("{url}{mark}mode=rwc"))?.disable_statement_logging();
    let pool = || {
        AnyPoolOptions::new()
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            // A file does not go away as a server does; asking costs a third of a short query.
            .test_before_acquire(false)
    };
    let syncs = Arc::clone(syncs);
    let writer = pool()
        .max_connections(1)
        .after_connect(move |connection, _| {
            syncs.store(false, Ordering::Relaxed);
            Box::pin(async move {
                connection
                    .execute(
                        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
                         PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;",
                    )
                    .await?;
                Ok(())
            })
        })
        .connect_with(options.clone())
        .await?;
    let reader = pool()
        .max_connections(limits::SQLITE_READERS)
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection
                    .execute(
                        "PRAGMA query_only = ON; PRAGMA cache_size = -65536; \
                         PRAGMA mmap_size = 1073741824; PRAGMA temp_store = MEMORY;",
                    )
                    .await?;
                Ok(())
            })
        })
        .connect_with(options)
        .await?;
    Ok((writer, reader))
}

async fn postgres_pool(url: &str) -> Result<AnyPool, StoreRefused> {
    let options = AnyConnectOptions::from_str(url)?.disable_statement_logging();
    Ok(AnyPoolOptions::new()
        .max_connections(limits::POSTGRES_CONNECTIONS)
        .acquire_timeout(Duration::from_secs(limits::POSTGRES_WAIT_S))
        .connect_with(options)
        .await?)
}

/// A node's name is part of every hashed line, so it may not hold what ends one.
fn check_node(node: &str) -> Result<(), StoreRefused> {
    let why = if node.is_empty() {
        "is empty"
    } else if node.chars().count() > 64 {
        "is longer than 64 characters"
    } else if node.chars().any(char::is_control) {
        "holds a control character"
    } else {
        return Ok(());
    };
    Err(StoreRefused::Unacceptable { field: "node", why })
}

/// The URL as it may be printed: what stands before `@` can hold a password.
fn without_secret(url: &str) -> String {
    url.rsplit('@').next().unwrap_or(url).to_owned()
}
