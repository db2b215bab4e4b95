//! The connection: which database, how it is opened, and how a write begins.
//!
//! Statistics are never gathered in SQLite (no ANALYZE, no PRAGMA optimize): with them it plans every
//! statement anew at each run, because a marker's value could matter, and that takes longer than the
//! statements do.
//!
//! SQLite has one writing connection, so that writers wait in line and never meet a lock, and a few
//! reading ones; PostgreSQL has one pool. Nothing outside this file asks which of the two it is.

use crate::{CaseRefFormat, StoreRefused, lanes::Lanes, limits};
use sqlx::{
    Any, AnyConnection, AnyPool, ConnectOptions, Connection, SqlSafeStr, Transaction,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::{Migration, MigrationType, Migrator},
    pool::PoolConnection,
};
use std::{
    ops::{Deref, DerefMut},
    str::FromStr,
    sync::Arc,
    time::Duration,
};
use tokio::sync::MutexGuard;

/// Where the database is and whose it is.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST/NAME`.
    pub url: String,
    /// Name of this node, unique among the nodes of one database; printable, at most 64 characters.
    pub node: String,
    /// How a case's reference is written.
    pub case_ref: CaseRefFormat,
}

impl StoreConfig {
    /// The database at `url`, used by `node`, with references like `RY-2569-000123`.
    pub fn new(url: &str, node: &str) -> StoreConfig {
        StoreConfig {
            url: url.to_owned(),
            node: node.to_owned(),
            case_ref: CaseRefFormat::default(),
        }
    }
}

/// The connections.
#[derive(Debug)]
enum Engine {
    Sqlite(Lanes),
    Postgres(AnyPool),
}

/// The database. Cheap to clone; every clone uses the same connections.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Arc<Engine>,
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
        check_node(&config.node)?;
        sqlx::any::install_default_drivers();
        let engine = match config.url.split_once(':') {
            Some(("sqlite", _)) => Engine::Sqlite(Lanes::open(&config.url).await?),
            Some(("postgres" | "postgresql", _)) => {
                Engine::Postgres(postgres_pool(&config.url).await?)
            }
            _ => return Err(StoreRefused::NoSuchDatabase(without_secret(&config.url))),
        };
        let store = Store {
            engine: Arc::new(engine),
            config: Arc::new(config.clone()),
        };
        let migrations = store.migrations();
        migrations
            .run(&mut *store.writing().await?.connection)
            .await?;
        Ok(store)
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), StoreRefused> {
        sqlx::query("SELECT 1")
            .execute(&mut *self.reading().await?)
            .await?;
        Ok(())
    }

    /// Waits for what is under way and closes every connection.
    pub async fn close(&self) {
        match &*self.engine {
            Engine::Sqlite(lanes) => lanes.close().await,
            Engine::Postgres(pool) => pool.close().await,
        }
    }

    /// Takes the right to write, and waits for it when somebody else writes.
    pub(crate) async fn writing(&self) -> Result<Writing<'_>, StoreRefused> {
        Ok(match &*self.engine {
            Engine::Sqlite(lanes) => Writing {
                connection: Taken::Lane(lanes.writer().await?),
                lanes: Some(lanes),
            },
            Engine::Postgres(pool) => Writing {
                connection: Taken::Pooled(pool.acquire().await?),
                lanes: None,
            },
        })
    }

    /// Takes a connection to read by.
    pub(crate) async fn reading(&self) -> Result<Taken<'_>, StoreRefused> {
        Ok(match &*self.engine {
            Engine::Sqlite(lanes) => Taken::Lane(lanes.reader().await?),
            Engine::Postgres(pool) => Taken::Pooled(pool.acquire().await?),
        })
    }

    /// The statement that begins a reading which sees the database as it is now throughout.
    pub(crate) fn snapshot(&self) -> &'static str {
        match &*self.engine {
            Engine::Sqlite(_) => "BEGIN",
            Engine::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    fn migrations(&self) -> Migrator {
        let append_only = match &*self.engine {
            Engine::Sqlite(_) => include_str!("../migrations/sqlite/0002_append_only.sql"),
            Engine::Postgres(_) => include_str!("../migrations/postgres/0002_append_only.sql"),
        };
        let departments = include_str!("../migrations/0003_departments_of_the_manual.sql");
        let steps = [
            (1, "tables", include_str!("../migrations/0001_tables.sql")),
            (2, "append only", append_only),
            (3, "departments of the manual", departments),
        ];
        let step = |(version, what, sql): (_, &'static str, &'static str)| {
            let kind = MigrationType::Simple;
            Migration::new(version, what.into(), kind, sql.into_sql_str(), false)
        };
        Migrator::with_migrations(steps.map(step).into())
    }
}

/// A connection that is somebody's for now.
pub(crate) enum Taken<'s> {
    Lane(MutexGuard<'s, Option<AnyConnection>>),
    Pooled(PoolConnection<Any>),
}

const OPEN: &str = "a lane without a connection is never handed out";

impl Deref for Taken<'_> {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        match self {
            Taken::Lane(lane) => lane.as_ref().expect(OPEN),
            Taken::Pooled(connection) => connection,
        }
    }
}

impl DerefMut for Taken<'_> {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        match self {
            Taken::Lane(lane) => lane.as_mut().expect(OPEN),
            Taken::Pooled(connection) => connection,
        }
    }
}

/// The right to write.
pub(crate) struct Writing<'s> {
    connection: Taken<'s>,
    lanes: Option<&'s Lanes>,
}

impl Writing<'_> {
    /// Begins a transaction. Dropped without `commit`, it leaves nothing behind.
    pub(crate) async fn begin(
        &mut self,
        durability: Durability,
    ) -> Result<Transaction<'_, Any>, StoreRefused> {
        let connection: &mut AnyConnection = &mut self.connection;
        let Some(lanes) = self.lanes else {
            return Ok(connection.begin().await?);
        };
        lanes.sync_as(connection, durability).await?;
        Ok(connection.begin_with("BEGIN IMMEDIATE").await?)
    }
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
