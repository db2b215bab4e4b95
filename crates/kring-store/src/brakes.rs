//! What is remembered of sign-ins over a restart: where a person has signed in before, and how many wrong passwords
//! strangers have tried for a login.

use crate::{
    Store, StoreRefused,
    connect::Durability,
    limits,
    sql::{Cells, Question, Value},
};
use kring_journal::{AgentId, WallTime};

/// Wrong passwords of strangers for one login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrakeRow {
    /// Whose login.
    pub login: String,
    /// How many.
    pub failures: u32,
    /// When the last of them was tried.
    pub last: WallTime,
}

impl Store {
    /// Which of these two sources this person has signed in from since `since`.
    pub async fn known_sources(
        &self,
        login: &AgentId,
        (one, other): (&str, &str),
        since: WallTime,
    ) -> Result<Vec<String>, StoreRefused> {
        let mut question = Question::new("SELECT source FROM known_source");
        question.when_is("login = $", [Value::text(login)]);
        question.when_is("seen > $", [Value::Whole(since.0)]);
        let sources = [Value::text(&one), Value::text(&other)];
        question.when_is("source IN ($, $)", sources);
        let rows = question.rows(&self.reader).await?;
        let read = |row| Cells::of(row, "known_source").text();
        rows.iter().map(read).collect()
    }

    /// The brakes that were touched since `since`.
    pub async fn sign_in_brakes(&self, since: WallTime) -> Result<Vec<BrakeRow>, StoreRefused> {
        let mut question = Question::new("SELECT login, failures, last FROM sign_in_brake");
        question.when_is("last > $", [Value::Whole(since.0)]);
        let most = Value::Whole(limits::BRAKES_READ_MAX);
        question.push(" ORDER BY failures DESC LIMIT $", [most]);
        let rows = question.rows(&self.reader).await?;
        let read = |row| {
            let mut cells = Cells::of(row, "sign_in_brake");
            Ok(BrakeRow {
                login: cells.text()?,
                failures: cells.whole()?,
                last: cells.wall()?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Keeps a brake, and forgets those that were not touched since `since`.
    pub async fn keep_sign_in_brake(
        &self,
        brake: &BrakeRow,
        since: WallTime,
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Grouped).await?;
        sqlx::query("DELETE FROM sign_in_brake WHERE last <= $1")
            .bind(since.0)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO sign_in_brake (login, failures, last) VALUES ($1, $2, $3) \
             ON CONFLICT (login) DO UPDATE SET failures = excluded.failures, last = excluded.last",
        )
        .bind(&brake.login)
        .bind(i64::from(brake.failures))
        .bind(brake.last.0)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }
}
