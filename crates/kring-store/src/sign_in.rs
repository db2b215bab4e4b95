//! Who is signed in: the sessions of people, known by the SHA-256 of their secret only. A session ends when it was not
//! used for a while, and at its end however it was used.

use crate::{
    AgentRow, Store, StoreRefused,
    accounts::end_every_session,
    agents::{agent_columns, read_agent},
    audit::{ChangedBy, Deed, note},
    chain::hex,
    connect::Durability,
    limits,
    sql::{Cells, Given},
};
use kring_journal::{AgentId, WallTime};
use serde::Serialize;
use sqlx::AnyConnection;
use std::time::Duration;

/// SHA-256 of a secret token.
pub type TokenHash = [u8; 32];

/// A sign-in.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// SHA-256 of the cookie's secret.
    pub token: TokenHash,
    /// Who.
    pub agent: AgentId,
    /// When.
    pub created: WallTime,
    /// Until when it counts at most.
    pub expires: WallTime,
    /// From where.
    pub from: SignedFrom,
}

/// From where and how somebody signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SignedFrom {
    /// The address; empty when nobody knows.
    pub address: String,
    /// What the browser calls itself, shortened.
    pub user_agent: String,
    /// `password` or `oidc`.
    pub way: String,
    /// The sources by which this person is known from now on, such as `address 10.0.0.7`.
    #[serde(skip)]
    pub sources: Vec<String>,
}

/// Whose session it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionOf {
    /// The person; never a disabled one.
    pub agent: AgentRow,
    /// Until when the session counts.
    pub expires: WallTime,
    /// Another sign-in has taken over: the session counts no more.
    pub replaced: bool,
    /// When it was used last, to the minute.
    pub seen: WallTime,
    /// The person has to choose a password first.
    pub must_change: bool,
}

/// A session as its owner is shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its name: the beginning of its token's hash, with which nobody can sign in.
    pub name: String,
    /// Since when.
    pub created: WallTime,
    /// When it was used last, to the minute.
    pub seen: WallTime,
    /// Until when it counts at most.
    pub expires: WallTime,
    /// From where.
    pub from: SignedFrom,
}

/// Which sessions of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions<'a> {
    /// All of them.
    All,
    /// The one of this name.
    Named(&'a str),
}

/// What takes the place of what, at a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beside {
    Others,
    Nobody,
}

impl Store {
    /// Records a sign-in beside those that the person has, and forgets the sessions that have expired by
    /// then.
    pub async fn open_session(&self, session: &NewSession) -> Result<(), StoreRefused> {
        self.record_sign_in(session, Beside::Others).await
    }

    /// Records a sign-in that takes over from all others of this person: they are known as replaced.
    pub async fn take_over_sessions(&self, session: &NewSession) -> Result<(), StoreRefused> {
        self.record_sign_in(session, Beside::Nobody).await
    }

    async fn record_sign_in(
        &self,
        session: &NewSession,
        beside: Beside,
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        sqlx::query("DELETE FROM session WHERE expires <= $1")
            .bind(session.created.0)
            .execute(&mut *tx)
            .await?;
        if beside == Beside::Nobody {
            sqlx::query("UPDATE session SET replaced = 1 WHERE agent = $1")
                .bind(session.agent.as_str())
                .execute(&mut *tx)
                .await?;
        }
        insert_session(&mut tx, session).await?;
        sqlx::query("UPDATE agent SET last_sign_in = $2 WHERE login = $1")
            .bind(session.agent.as_str())
            .bind(session.created.0)
            .execute(&mut *tx)
            .await?;
        know_sources(&mut tx, session).await?;
        let by = ChangedBy {
            who: format!("person {}", session.agent),
            at: session.created,
        };
        let deed = Deed {
            action: "session.begin",
            subject: session.agent.to_string(),
            was: None,
            is: Some(&session.from),
        };
        note(&mut tx, &by, deed).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whose session this is; none when unknown, expired by `now`, not used for `idle`, or the person is
    /// disabled.
    pub async fn session(
        &self,
        token: &TokenHash,
        now: WallTime,
        idle: Duration,
    ) -> Result<Option<SessionOf>, StoreRefused> {
        let row = sqlx::query(concat!(
            "SELECT ",
            agent_columns!(),
            ", s.expires, s.replaced, s.seen, a.must_change \
             FROM session s JOIN agent a ON a.login = s.agent \
             WHERE s.token = $1 AND s.expires > $2 AND s.seen > $3 AND a.disabled = 0"
        ))
        .bind(hex(token))
        .bind(now.0)
        .bind(before(now, idle))
        .fetch_optional(&self.reader)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let mut cells = Cells::of(&row, "session");
        Ok(Some(SessionOf {
            agent: read_agent(&mut cells)?,
            expires: cells.wall()?,
            replaced: cells.truth()?,
            seen: cells.wall()?,
            must_change: cells.truth()?,
        }))
    }

    /// Notes that the session of this name is used now; whether it still counts.
    pub async fn session_is_used(&self, name: &str, now: WallTime) -> Result<bool, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Grouped).await?;
        let done = sqlx::query(
            "UPDATE session SET seen = $2 \
             WHERE substr(token, 1, 16) = $1 AND expires > $2 AND replaced = 0",
        )
        .bind(name)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// The sessions of this person that count, the newest first.
    pub async fn sessions_of(
        &self,
        login: &AgentId,
        now: WallTime,
        idle: Duration,
    ) -> Result<Vec<SessionRow>, StoreRefused> {
        let rows = sqlx::query(
            "SELECT substr(token, 1, 16), created, seen, expires, address, user_agent, way \
             FROM session WHERE agent = $1 AND expires > $2 AND seen > $3 AND replaced = 0 \
             ORDER BY created DESC, token LIMIT $4",
        )
        .bind(login.as_str())
        .bind(now.0)
        .bind(before(now, idle))
        .bind(i64::from(limits::PAGE_MAX))
        .fetch_all(&self.reader)
        .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "session");
            Ok(SessionRow {
                name: cells.text()?,
                created: cells.wall()?,
                seen: cells.wall()?,
                expires: cells.wall()?,
                from: SignedFrom {
                    address: cells.text()?,
                    user_agent: cells.text()?,
                    way: cells.text()?,
                    sources: Vec::new(),
                },
            })
        };
        rows.iter().map(read).collect()
    }

    /// Ends a session; whether there was one.
    pub async fn close_session(&self, token: &TokenHash) -> Result<bool, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let done = sqlx::query("DELETE FROM session WHERE token = $1")
            .bind(hex(token))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ends sessions of a person, and notes it if there were any; how many.
    pub async fn end_sessions(
        &self,
        by: &ChangedBy,
        login: &AgentId,
        which: Sessions<'_>,
    ) -> Result<u64, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let ended = match which {
            Sessions::All => end_every_session(&mut tx, login).await?,
            Sessions::Named(name) => {
                let sql = "DELETE FROM session WHERE agent = $1 AND substr(token, 1, 16) = $2";
                let done = sqlx::query(sql)
                    .bind(login.as_str())
                    .bind(name)
                    .execute(&mut *tx)
                    .await?;
                done.rows_affected()
            }
        };
        if ended > 0 {
            let deed = Deed {
                action: "session.end",
                subject: login.to_string(),
                was: Some(&Ended { sessions: ended }),
                is: None,
            };
            note(&mut tx, by, deed).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }
}

/// How many sessions were ended, for the audit.
#[derive(Serialize)]
struct Ended {
    sessions: u64,
}

fn before(now: WallTime, idle: Duration) -> i64 {
    let idle = i64::try_from(idle.as_micros()).unwrap_or(i64::MAX);
    now.0.saturating_sub(idle)
}

async fn insert_session(
    connection: &mut AnyConnection,
    session: &NewSession,
) -> Result<(), StoreRefused> {
    let mut given = Given::default();
    given
        .add(hex(&session.token))
        .add(session.agent.as_str())
        .add(session.created.0)
        .add(session.expires.0)
        .add(session.from.address.as_str())
        .add(session.from.user_agent.as_str())
        .add(session.from.way.as_str());
    let done = sqlx::query_with(
        "INSERT INTO session (token, agent, created, expires, seen, address, user_agent, way) \
         SELECT CAST($1 AS TEXT), login, CAST($3 AS BIGINT), CAST($4 AS BIGINT), \
         CAST($3 AS BIGINT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT) \
         FROM agent WHERE login = $2 AND disabled = 0",
        given.take(),
    )
    .execute(connection)
    .await?;
    match done.rows_affected() {
        0 => Err(StoreRefused::NoSuchAgent),
        _ => Ok(()),
    }
}

/// Remembers from where this person signs in; the oldest sources are forgotten when there are many.
async fn know_sources(
    connection: &mut AnyConnection,
    session: &NewSession,
) -> Result<(), StoreRefused> {
    for source in &session.from.sources {
        sqlx::query(
            "INSERT INTO known_source (login, source, seen) VALUES ($1, $2, $3) \
             ON CONFLICT (login, source) DO UPDATE SET seen = excluded.seen",
        )
        .bind(session.agent.as_str())
        .bind(source)
        .bind(session.created.0)
        .execute(&mut *connection)
        .await?;
    }
    sqlx::query(
        "DELETE FROM known_source WHERE login = $1 AND source NOT IN \
         (SELECT source FROM known_source WHERE login = $1 ORDER BY seen DESC, source LIMIT $2)",
    )
    .bind(session.agent.as_str())
    .bind(limits::KNOWN_SOURCES_MAX)
    .execute(connection)
    .await?;
    Ok(())
}
