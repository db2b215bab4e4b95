//! Who is signed in: sessions of people and tokens of programs. Both are known by the SHA-256 of
//! their secret only.

use crate::{
    AgentRow, Store, StoreRefused,
    agents::{agent_columns, read_agent},
    cases::check_filled,
    chain::hex,
    connect::Durability,
    sql::Cells,
};
use kring_journal::{AgentId, WallTime};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

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
    /// Until when it counts.
    pub expires: WallTime,
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
}

/// A program's token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Its name; unique.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created: WallTime,
}

impl Store {
    /// Records a sign-in beside those that the person has, and forgets the sessions that have expired by
    /// then.
    pub async fn open_session(&self, session: &NewSession) -> Result<(), StoreRefused> {
        self.record_sign_in(session, None).await
    }

    /// Records a sign-in that takes over from all others of this person: they are known as replaced.
    pub async fn take_over_sessions(&self, session: &NewSession) -> Result<(), StoreRefused> {
        let replace = "UPDATE session SET replaced = 1 WHERE agent = $1";
        self.record_sign_in(session, Some(replace)).await
    }

    async fn record_sign_in(
        &self,
        session: &NewSession,
        before: Option<&'static str>,
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Grouped).await?;
        sqlx::query("DELETE FROM session WHERE expires <= $1")
            .bind(session.created.0)
            .execute(&mut *tx)
            .await?;
        if let Some(sql) = before {
            sqlx::query(sql)
                .bind(session.agent.as_str())
                .execute(&mut *tx)
                .await?;
        }
        let done = sqlx::query(
            "INSERT INTO session (token, agent, created, expires) \
             SELECT CAST($1 AS TEXT), login, CAST($3 AS BIGINT), CAST($4 AS BIGINT) \
             FROM agent WHERE login = $2 AND disabled = 0",
        )
        .bind(hex(&session.token))
        .bind(session.agent.as_str())
        .bind(session.created.0)
        .bind(session.expires.0)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreRefused::NoSuchAgent);
        }
        tx.commit().await?;
        Ok(())
    }

    /// Whose session this is; none when unknown, expired by `now`, or the person is disabled.
    pub async fn session(
        &self,
        token: &TokenHash,
        now: WallTime,
    ) -> Result<Option<SessionOf>, StoreRefused> {
        let row = sqlx::query(concat!(
            "SELECT ",
            agent_columns!(),
            ", s.expires, s.replaced FROM session s JOIN agent a ON a.login = s.agent \
             WHERE s.token = $1 AND s.expires > $2 AND a.disabled = 0"
        ))
        .bind(hex(token))
        .bind(now.0)
        .fetch_optional(&self.reader)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let mut cells = Cells::of(&row, "session");
        Ok(Some(SessionOf {
            agent: read_agent(&mut cells)?,
            expires: cells.wall()?,
            replaced: cells.truth()?,
        }))
    }

    /// Ends a session; whether there was one.
    pub async fn close_session(&self, token: &TokenHash) -> Result<bool, StoreRefused> {
        self.remove("DELETE FROM session WHERE token = $1", &hex(token))
            .await
    }

    /// Stores a program's token. [`StoreRefused::Taken`] when the name is in use.
    pub async fn add_token(&self, hash: &TokenHash, token: &ApiToken) -> Result<(), StoreRefused> {
        check_filled("name", &token.name)?;
        let scopes = serde_json::to_string(&token.scopes).expect("a list of texts");
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        sqlx::query("INSERT INTO api_token (hash, name, scopes, created) VALUES ($1, $2, $3, $4)")
            .bind(hex(hash))
            .bind(&token.name)
            .bind(scopes)
            .bind(token.created.0)
            .execute(&mut *tx)
            .await
            .map_err(|error| StoreRefused::taken(error, "name"))?;
        tx.commit().await?;
        Ok(())
    }

    /// The token with this hash.
    pub async fn token(&self, hash: &TokenHash) -> Result<Option<ApiToken>, StoreRefused> {
        let row = sqlx::query("SELECT name, scopes, created FROM api_token WHERE hash = $1")
            .bind(hex(hash))
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(read_token).transpose()
    }

    /// Every token, by name.
    pub async fn tokens(&self) -> Result<Vec<ApiToken>, StoreRefused> {
        let rows = sqlx::query("SELECT name, scopes, created FROM api_token ORDER BY name")
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_token).collect()
    }

    /// Revokes a token; whether there was one.
    pub async fn revoke_token(&self, name: &str) -> Result<bool, StoreRefused> {
        self.remove("DELETE FROM api_token WHERE name = $1", name)
            .await
    }

    async fn remove(&self, sql: &'static str, key: &str) -> Result<bool, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let done = sqlx::query(sql).bind(key).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}

fn read_token(row: &AnyRow) -> Result<ApiToken, StoreRefused> {
    let mut cells = Cells::of(row, "api_token");
    Ok(ApiToken {
        name: cells.text()?,
        scopes: cells.json()?,
        created: cells.wall()?,
    })
}
