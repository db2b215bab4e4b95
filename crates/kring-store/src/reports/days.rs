//! Calls, counted by something: kept days from `report_day`, the others from their rows.

use super::{
    CallTally, DAY_US, HOUR_US, ReportSpan, midnight_before, midnight_sql,
    tally::{CALLS, COLUMNS, KEPT},
};
use crate::{Store, StoreRefused, connect::Durability, sql::Cells};
use kring_journal::{CallRecord, WallTime};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, any::AnyRow};
use std::{collections::BTreeMap, time::Duration};

/// The longest day that a zone has, when clocks go back.
const LONGEST_DAY_US: i64 = 25 * HOUR_US;

/// By what calls are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportBy {
    /// By the day on which they came: its midnight.
    Day,
    /// By the hour of the day, 0 to 23.
    Hour,
    /// By weekday and hour: 24 times the weekday, 0 being Monday, and the hour.
    Heat,
    /// By queue.
    Queue,
    /// By who answered; empty for nobody.
    Agent,
}

/// What a sum is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportKey {
    /// A midnight, an hour, or a weekday and hour.
    Number(i64),
    /// A queue or an agent.
    Name(String),
}

impl ReportBy {
    const fn part(self) -> &'static str {
        match self {
            ReportBy::Agent => "agent",
            _ => "hour",
        }
    }

    /// The key of a row that was kept. `$1` is how far ahead clocks are.
    const fn kept(self) -> &'static str {
        match self {
            ReportBy::Day => "CAST(begins AS TEXT)",
            ReportBy::Hour => "CAST(hour AS TEXT)",
            ReportBy::Heat => "CAST(((begins + $1) / 86400000000 + 3) % 7 * 24 + hour AS TEXT)",
            ReportBy::Queue => "queue",
            ReportBy::Agent => "agent",
        }
    }

    /// The key of a call.
    const fn of_call(self) -> &'static str {
        match self {
            ReportBy::Day => midnight_sql!("arrived_at"),
            ReportBy::Hour => "CAST((arrived_at + $1) / 3600000000 % 24 AS TEXT)",
            ReportBy::Heat => {
                "CAST(((arrived_at + $1) / 86400000000 + 3) % 7 * 24 \
                 + (arrived_at + $1) / 3600000000 % 24 AS TEXT)"
            }
            ReportBy::Queue => "queue",
            ReportBy::Agent => "COALESCE(agent, '')",
        }
    }

    fn read(self, text: String) -> Result<ReportKey, StoreRefused> {
        if matches!(self, ReportBy::Queue | ReportBy::Agent) {
            return Ok(ReportKey::Name(text));
        }
        let number = text.parse().map_err(|_| StoreRefused::Unreadable {
            table: "report_day",
            why: format!("{text:?} is no number"),
        })?;
        Ok(ReportKey::Number(number))
    }
}

type Tallies = BTreeMap<ReportKey, CallTally>;

impl Store {
    /// The calls that came within the span, counted.
    pub async fn count_calls(
        &self,
        span: &ReportSpan,
        by: ReportBy,
    ) -> Result<BTreeMap<ReportKey, CallTally>, StoreRefused> {
        let mut connection = self.reading().await?;
        let mut snapshot = connection.begin_with(self.snapshot()).await?;
        let mut counted = Tallies::new();
        let kept = days_kept(&mut snapshot, span).await?;
        if !kept.is_empty() {
            let sql = format!(
                "SELECT {}{KEPT} FROM report_day WHERE part = '{}' AND begins >= $2 \
                 AND begins < $3 AND (begins + $1) % 86400000000 = 0 GROUP BY 1",
                by.kept(),
                by.part()
            );
            let rows = ask(&mut snapshot, sql, span, (span.from.0, span.until.0)).await?;
            take_in(&mut counted, by, &rows)?;
        }
        for run in runs_not_kept(span, &kept) {
            let sql = format!(
                "SELECT {}{CALLS} FROM call WHERE arrived_at >= $2 AND arrived_at < $3 \
                 AND arrived_at + $1 >= 0 AND trunk <> 'kring-test' GROUP BY 1",
                by.of_call()
            );
            let rows = ask(&mut snapshot, sql, span, run).await?;
            take_in(&mut counted, by, &rows)?;
        }
        snapshot.rollback().await?;
        Ok(counted)
    }

    /// Counts and keeps one day that was over an hour before `now` and is not kept yet, the newest first; whether there
    /// was one.
    pub async fn keep_a_day(&self, now: WallTime, ahead: Duration) -> Result<bool, StoreRefused> {
        let ahead_us = ahead.as_micros() as i64;
        let midnight = |at: i64| midnight_before(at, ahead_us);
        let Some(day) = self
            .day_to_keep(midnight(now.0 - HOUR_US), midnight, ahead)
            .await?
        else {
            return Ok(false);
        };
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Grouped).await?;
        lock(&mut tx).await?;
        sqlx::query("DELETE FROM report_day WHERE begins = $1")
            .bind(day)
            .execute(&mut *tx)
            .await?;
        for (part, hour, queue, agent) in [
            ("hour", "(arrived_at - $1) / 3600000000", "queue", "''"),
            ("agent", "0", "''", "COALESCE(agent, '')"),
        ] {
            let sql = format!(
                "INSERT INTO report_day ({COLUMNS}) SELECT CAST($1 AS BIGINT), '{part}', {hour}, \
                 {queue}, {agent}{CALLS} FROM call WHERE arrived_at >= $1 AND arrived_at < $2 \
                 AND trunk <> 'kring-test' GROUP BY 3, 4, 5"
            );
            sqlx::query(AssertSqlSafe(sql))
                .bind(day)
                .bind(day + DAY_US)
                .execute(&mut *tx)
                .await?;
        }
        let nothing = ", 0".repeat(COLUMNS.matches(',').count() - 4);
        let sql =
            format!("INSERT INTO report_day ({COLUMNS}) VALUES ($1, 'day', 0, '', ''{nothing})");
        sqlx::query(AssertSqlSafe(sql))
            .bind(day)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The newest day before `today` that has calls and is not kept.
    async fn day_to_keep(
        &self,
        today: i64,
        midnight: impl Fn(i64) -> i64,
        ahead: Duration,
    ) -> Result<Option<i64>, StoreRefused> {
        let mut connection = self.reading().await?;
        let first = sqlx::query("SELECT MIN(arrived_at) FROM call")
            .fetch_one(&mut *connection)
            .await?;
        let Some(first) = Cells::of(&first, "call").maybe_int()? else {
            return Ok(None);
        };
        let span = ReportSpan {
            from: WallTime(midnight(first)),
            until: WallTime(today),
            ahead,
        };
        let kept = days_kept(&mut connection, &span).await?;
        let mut day = today - DAY_US;
        for is_kept in kept.iter().rev() {
            if *is_kept != day {
                break;
            }
            day -= DAY_US;
        }
        Ok((day >= span.from.0).then_some(day))
    }
}

/// The midnights of the days of the span that are kept, in order.
async fn days_kept(
    connection: &mut AnyConnection,
    span: &ReportSpan,
) -> Result<Vec<i64>, StoreRefused> {
    let sql = "SELECT begins FROM report_day WHERE part = 'day' AND begins >= $1 AND begins < $2 \
               AND (begins + $3) % 86400000000 = 0 ORDER BY begins";
    let rows = sqlx::query(sql)
        .bind(span.from.0)
        .bind(span.until.0)
        .bind(span.ahead_us())
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| Cells::of(row, "report_day").int())
        .collect()
}

/// The stretches of the span that are not kept.
fn runs_not_kept(span: &ReportSpan, kept: &[i64]) -> Vec<(i64, i64)> {
    let mut runs = Vec::new();
    let mut from = span.from.0;
    for day in kept {
        if *day > from {
            runs.push((from, *day));
        }
        from = *day + DAY_US;
    }
    if span.until.0 > from {
        runs.push((from, span.until.0));
    }
    runs
}

async fn ask(
    connection: &mut AnyConnection,
    sql: String,
    span: &ReportSpan,
    (from, until): (i64, i64),
) -> Result<Vec<AnyRow>, sqlx::Error> {
    sqlx::query(AssertSqlSafe(sql))
        .bind(span.ahead_us())
        .bind(from)
        .bind(until)
        .fetch_all(connection)
        .await
}

fn take_in(counted: &mut Tallies, by: ReportBy, rows: &[AnyRow]) -> Result<(), StoreRefused> {
    for row in rows {
        let mut cells = Cells::of(row, "report_day");
        let key = by.read(cells.text()?)?;
        counted
            .entry(key)
            .or_default()
            .add(&CallTally::read(&mut cells)?);
    }
    Ok(())
}

async fn lock(connection: &mut AnyConnection) -> Result<(), StoreRefused> {
    sqlx::query("UPDATE report_state SET n = n + 1 WHERE one = 1")
        .execute(connection)
        .await?;
    Ok(())
}

/// Calls that came then have changed: their days are counted anew. `now` is the newest time that is known.
pub(crate) async fn forget_days(
    connection: &mut AnyConnection,
    came: impl IntoIterator<Item = WallTime>,
    now: WallTime,
) -> Result<(), StoreRefused> {
    let came: Vec<i64> = came.into_iter().map(|came| came.0).collect();
    // A day is kept an hour after its end: what changes calls of the last hour need not wait in line for that.
    if came
        .iter()
        .min()
        .is_some_and(|oldest| now.0 - oldest > HOUR_US)
    {
        lock(connection).await?;
    }
    let hours = came.iter().map(|came| came.div_euclid(HOUR_US) * HOUR_US);
    let mut hours: Vec<i64> = hours.collect();
    hours.sort_unstable();
    hours.dedup();
    for hour in hours {
        sqlx::query("DELETE FROM report_day WHERE begins > $1 AND begins < $2")
            .bind(hour - LONGEST_DAY_US)
            .bind(hour + HOUR_US)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The newest time that records know of.
pub(crate) fn newest(records: &[CallRecord]) -> WallTime {
    let times = records
        .iter()
        .flat_map(|record| [Some(record.arrived_at), record.answered_at, record.ended_at]);
    times.flatten().max().unwrap_or(WallTime(0))
}
