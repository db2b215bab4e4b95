//! What is kept beside cases so that lists are quick, brought up to date: when answers are due, and the words that
//! cases are found by.

use crate::{
    CaseRow, CaseTerms, Store, StoreRefused,
    case_rows::{CASE_COLUMNS, read_case, search_key},
    connect::Durability,
    limits,
};
use kring_journal::WallTime;
use sqlx::AssertSqlSafe;

impl Store {
    /// Brings what lists are sorted by up to date with the hours that units have now. How many have changed.
    pub async fn renew_due(&self, terms: &CaseTerms, now: WallTime) -> Result<u64, StoreRefused> {
        let directory = self.directory().await?;
        let mut after = String::new();
        let mut changed = 0;
        loop {
            let cases = self.running_after(&after).await?;
            let Some(last) = cases.last() else {
                return Ok(changed);
            };
            after = last.id.to_string();
            let mut writing = self.writing().await?;
            let mut tx = writing.begin(Durability::Grouped).await?;
            for case in cases {
                let clock = case.sla.as_ref();
                let due = Store::due_of(&directory, terms, case.department, clock, now);
                if due == case.due {
                    continue;
                }
                // Not a change of the case: whoever has it open need not load it again.
                let sql = "UPDATE case_file SET due = $1 WHERE id = $2 AND version = $3";
                let done = sqlx::query(sql)
                    .bind(due.map(|due| due.0))
                    .bind(case.id.to_string())
                    .bind(case.version)
                    .execute(&mut *tx)
                    .await?;
                changed += done.rows_affected();
            }
            tx.commit().await?;
        }
    }

    /// Cases whose clock may run, by id, some at a time.
    pub(crate) async fn running_after(&self, after: &str) -> Result<Vec<CaseRow>, StoreRefused> {
        let sql = format!(
            "SELECT {CASE_COLUMNS} FROM case_file k WHERE k.status <> 'closed' \
             AND k.sla IS NOT NULL AND k.id > $1 ORDER BY k.id LIMIT {}",
            limits::DUE_RENEWED_AT_ONCE
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(after)
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_case).collect()
    }

    /// Cases of a version that did not look for words are found from now on.
    pub(crate) async fn index_cases(&self) -> Result<(), StoreRefused> {
        loop {
            let sql = format!(
                "SELECT {CASE_COLUMNS} FROM case_file k WHERE k.search_key = '' LIMIT {}",
                limits::DUE_RENEWED_AT_ONCE
            );
            let rows = sqlx::query(AssertSqlSafe(sql))
                .fetch_all(&self.reader)
                .await?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut writing = self.writing().await?;
            let mut tx = writing.begin(Durability::Grouped).await?;
            for row in &rows {
                let case = read_case(row)?;
                // Never empty, or it would be asked for again.
                let key = format!("{} ", search_key(&case));
                sqlx::query("UPDATE case_file SET search_key = $1 WHERE id = $2")
                    .bind(key)
                    .bind(case.id.to_string())
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await?;
        }
    }
}
