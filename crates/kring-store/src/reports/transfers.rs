//! Transfers and consults, counted; and offers that rang out.

use super::{ReportSpan, midnight_sql};
use crate::{Store, StoreRefused, sql::Cells};
use kring_journal::AgentId;
use sqlx::AssertSqlSafe;

/// By what transfers are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferBy {
    /// The unit's short name; empty for an extension of none.
    Unit,
    /// Who transferred.
    Agent,
    /// The day on which the call came: its midnight.
    Day,
    /// Nothing: all together.
    All,
}

/// Transfers that are over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransferTally {
    /// What they are about.
    pub key: String,
    /// How many calls had one.
    pub calls: i64,
    /// All.
    pub total: i64,
    /// The caller is with the third party.
    pub done: i64,
    /// It was busy.
    pub busy: i64,
    /// It rang as long as it might.
    pub no_answer: i64,
    /// It did not want to.
    pub declined: i64,
    /// It could not be reached, or nobody said what became of it.
    pub failed: i64,
    /// The agent took the caller back, or somebody hung up.
    pub given_up: i64,
    /// How long those took that were done, ms.
    pub took_ms: i64,
}

impl TransferTally {
    /// Adds the counts of others, of other calls.
    pub fn add(&mut self, other: &TransferTally) {
        self.calls += other.calls;
        self.total += other.total;
        self.done += other.done;
        self.busy += other.busy;
        self.no_answer += other.no_answer;
        self.declined += other.declined;
        self.failed += other.failed;
        self.given_up += other.given_up;
        self.took_ms += other.took_ms;
    }
}

/// Offers that rang out at an agent's phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RungOut {
    /// Whose.
    pub agent: AgentId,
    /// How many.
    pub times: i64,
}

const SUMS: &str = "COUNT(DISTINCT call), COUNT(*), \
    CAST(SUM(CASE WHEN result = 'done' THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(SUM(CASE WHEN result = 'busy' THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(SUM(CASE WHEN result = 'no_answer' THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(SUM(CASE WHEN result = 'declined' THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(SUM(CASE WHEN result IN ('failed', 'not_told', 'returned') THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(SUM(CASE WHEN result IN ('cancelled', 'unit_left', 'caller_left', 'call_over') THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(SUM(CASE WHEN result = 'done' THEN COALESCE(took_ms, 0) ELSE 0 END) AS BIGINT)";

impl Store {
    /// The transfers of the calls that came within the span.
    pub async fn count_transfers(
        &self,
        span: &ReportSpan,
        by: TransferBy,
    ) -> Result<Vec<TransferTally>, StoreRefused> {
        let key = match by {
            TransferBy::Unit => "COALESCE(department, '')",
            TransferBy::Agent => "agent",
            TransferBy::Day => midnight_sql!("came"),
            TransferBy::All => "'all'",
        };
        let sql = format!(
            "SELECT {key}, {SUMS} FROM call_transfer WHERE came >= $2 AND came < $3 \
             AND came + $1 >= 0 AND result IS NOT NULL GROUP BY 1 ORDER BY 1"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(span.ahead_us())
            .bind(span.from.0)
            .bind(span.until.0)
            .fetch_all(&self.reader)
            .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "call_transfer");
            Ok(TransferTally {
                key: cells.text()?,
                calls: cells.int()?,
                total: cells.int()?,
                done: cells.int()?,
                busy: cells.int()?,
                no_answer: cells.int()?,
                declined: cells.int()?,
                failed: cells.int()?,
                given_up: cells.int()?,
                took_ms: cells.int()?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Who let offers ring out, of the calls that came within the span.
    pub async fn count_rung_out(&self, span: &ReportSpan) -> Result<Vec<RungOut>, StoreRefused> {
        let sql = "SELECT agent, COUNT(*) FROM call_rung_out WHERE came >= $1 AND came < $2 \
                   GROUP BY agent ORDER BY agent";
        let rows = sqlx::query(sql)
            .bind(span.from.0)
            .bind(span.until.0)
            .fetch_all(&self.reader)
            .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "call_rung_out");
            Ok(RungOut {
                agent: AgentId::new(cells.str()?),
                times: cells.int()?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// The ends of the transfers of calls that came within the span: unit, extension, status, result.
    pub async fn transfers_over(
        &self,
        span: &ReportSpan,
        most: u32,
    ) -> Result<Vec<TransferEnd>, StoreRefused> {
        let sql = "SELECT came, department, extension, sip_code, result FROM call_transfer \
                   WHERE came >= $1 AND came < $2 AND result IS NOT NULL ORDER BY came LIMIT $3";
        let rows = sqlx::query(sql)
            .bind(span.from.0)
            .bind(span.until.0)
            .bind(i64::from(most))
            .fetch_all(&self.reader)
            .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "call_transfer");
            Ok(TransferEnd {
                came: cells.wall()?,
                department: cells.some_text()?,
                extension: cells.text()?,
                sip_code: cells.some_whole()?,
                result: cells.text()?,
            })
        };
        rows.iter().map(read).collect()
    }
}

/// How a transfer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferEnd {
    /// When its call came.
    pub came: kring_journal::WallTime,
    /// The unit's short name.
    pub department: Option<String>,
    /// The extension that was dialled last.
    pub extension: String,
    /// The status that said so.
    pub sip_code: Option<u16>,
    /// `done`, or why it is over.
    pub result: String,
}
