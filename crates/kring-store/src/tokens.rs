//! Tokens of programs, known by the SHA-256 of their secret only. Making and ending one is in the audit.

use crate::{
    Store, StoreRefused, TokenHash,
    audit::{ChangedBy, Deed, note},
    cases::check_filled,
    chain::hex,
    connect::Durability,
    limits,
    sql::{Cells, Given},
};
use kring_journal::WallTime;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

/// A program's token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Its name; unique.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created: WallTime,
    /// Until when it counts; none: until it is ended.
    pub expires: Option<WallTime>,
    /// When it was used last, to the minute.
    pub last_used: Option<WallTime>,
    /// Who made it.
    pub made_by: String,
}

impl ApiToken {
    /// A token that was never used and does not expire.
    pub fn new(name: impl Into<String>, scopes: Vec<String>, created: WallTime) -> ApiToken {
        ApiToken {
            name: name.into(),
            scopes,
            created,
            expires: None,
            last_used: None,
            made_by: String::new(),
        }
    }
}

impl Store {
    /// Stores a program's token as made by `by`. [`StoreRefused::Taken`] when the name is in use.
    pub async fn add_token(
        &self,
        by: &ChangedBy,
        hash: &TokenHash,
        token: &ApiToken,
    ) -> Result<(), StoreRefused> {
        check_filled("name", &token.name)?;
        let scopes = serde_json::to_string(&token.scopes).expect("a list of texts");
        let token = ApiToken {
            made_by: by.who.clone(),
            ..token.clone()
        };
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let row = sqlx::query("SELECT COUNT(*) FROM api_token")
            .fetch_one(&mut *tx)
            .await?;
        if Cells::of(&row, "api_token").int()? >= limits::TOKENS_MAX {
            return Err(StoreRefused::TooMany("tokens"));
        }
        let mut given = Given::default();
        given
            .add(hex(hash))
            .add(token.name.as_str())
            .add(scopes)
            .add(token.created.0)
            .add_wall(token.expires)
            .add(token.made_by.as_str());
        sqlx::query_with(
            "INSERT INTO api_token (hash, name, scopes, created, expires, made_by) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            given.take(),
        )
        .execute(&mut *tx)
        .await
        .map_err(|error| StoreRefused::taken(error, "name"))?;
        let deed = Deed {
            action: "token.add",
            subject: token.name.clone(),
            was: None,
            is: Some(&token),
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The token with this hash, unless it has expired by `now`.
    pub async fn token(
        &self,
        hash: &TokenHash,
        now: WallTime,
    ) -> Result<Option<ApiToken>, StoreRefused> {
        let sql = "SELECT name, scopes, created, expires, last_used, made_by FROM api_token \
                   WHERE hash = $1 AND (expires IS NULL OR expires > $2)";
        let row = sqlx::query(sql)
            .bind(hex(hash))
            .bind(now.0)
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(read_token).transpose()
    }

    /// Every token, by name, also those that have expired.
    pub async fn tokens(&self) -> Result<Vec<ApiToken>, StoreRefused> {
        let sql = "SELECT name, scopes, created, expires, last_used, made_by FROM api_token \
                   ORDER BY name";
        let rows = sqlx::query(sql).fetch_all(&self.reader).await?;
        rows.iter().map(read_token).collect()
    }

    /// Notes that the token was used.
    pub async fn token_was_used(&self, name: &str, now: WallTime) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Grouped).await?;
        sqlx::query("UPDATE api_token SET last_used = $2 WHERE name = $1")
            .bind(name)
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether the token whose hash begins so still counts.
    pub async fn token_counts(&self, name: &str, now: WallTime) -> Result<bool, StoreRefused> {
        let row = sqlx::query(
            "SELECT COUNT(*) FROM api_token \
             WHERE substr(hash, 1, 16) = $1 AND (expires IS NULL OR expires > $2)",
        )
        .bind(name)
        .bind(now.0)
        .fetch_one(&self.reader)
        .await?;
        Ok(Cells::of(&row, "api_token").int()? > 0)
    }

    /// Ends a token; whether there was one.
    pub async fn revoke_token(&self, by: &ChangedBy, name: &str) -> Result<bool, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let sql = "SELECT name, scopes, created, expires, last_used, made_by FROM api_token \
                   WHERE name = $1";
        let row = sqlx::query(sql).bind(name).fetch_optional(&mut *tx).await?;
        let Some(was) = row.as_ref().map(read_token).transpose()? else {
            return Ok(false);
        };
        sqlx::query("DELETE FROM api_token WHERE name = $1")
            .bind(name)
            .execute(&mut *tx)
            .await?;
        let deed = Deed {
            action: "token.remove",
            subject: name.to_owned(),
            was: Some(&was),
            is: None,
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        Ok(true)
    }
}

fn read_token(row: &AnyRow) -> Result<ApiToken, StoreRefused> {
    let mut cells = Cells::of(row, "api_token");
    Ok(ApiToken {
        name: cells.text()?,
        scopes: cells.json()?,
        created: cells.wall()?,
        expires: cells.some_wall()?,
        last_used: cells.some_wall()?,
        made_by: cells.text()?,
    })
}
