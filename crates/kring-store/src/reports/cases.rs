//! Cases that were opened within a span: of which units, of which kind, about what, and whether complaints were
//! answered in time. A case is of the day on which it was opened; what it is now is what counts.

use super::{ReportSpan, midnight_before, midnight_sql};
use crate::{
    CaseKind, CaseTerms, Confidentiality, SlaState, Store, StoreRefused,
    case_rows::{CASE_COLUMNS, read_case},
    sql::Cells,
};
use kring_journal::WallTime;
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// Cases that are read at once.
const CASES_AT_ONCE: i64 = 2_000;

/// Cases of a unit and kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicTally {
    /// The unit's id; empty for none. By day: its midnight.
    pub key: String,
    /// What kind.
    pub kind: CaseKind,
    /// How many.
    pub cases: i64,
    /// How many of those came by a call, and are not for officers of tips alone.
    pub calls: i64,
}

/// Cases of a unit about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectTally {
    /// The unit's id; empty for none.
    pub department: String,
    /// The subject, as it was written.
    pub subject: String,
    /// How many.
    pub cases: i64,
    /// How many of those came by a call, and are not for officers of tips alone.
    pub calls: i64,
}

/// Complaints, and whether they were answered in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlaTally {
    /// All.
    pub cases: i64,
    /// How many of those came by a call, and are not for officers of tips alone.
    pub calls: i64,
    /// Answered in time.
    pub met: i64,
    /// Not answered in time, whether they are by now or not.
    pub late: i64,
    /// There is time left.
    pub running: i64,
    /// They wait for the citizen.
    pub stopped: i64,
    /// Nobody asks for an answer in time.
    pub no_clock: i64,
}

impl SlaTally {
    /// Adds the counts of others.
    pub fn add(&mut self, other: &SlaTally) {
        self.cases += other.cases;
        self.calls += other.calls;
        self.met += other.met;
        self.late += other.late;
        self.running += other.running;
        self.stopped += other.stopped;
        self.no_clock += other.no_clock;
    }
}

const OF_CALLS: &str = "COUNT(CASE WHEN confidentiality = 'normal' THEN call END)";
const UNIT: &str = "COALESCE(department, '')";
const DAY: &str = midnight_sql!("opened");

impl Store {
    /// The cases of each unit and kind; or of each day and kind.
    pub async fn count_topics(
        &self,
        span: &ReportSpan,
        by_day: bool,
    ) -> Result<Vec<TopicTally>, StoreRefused> {
        let key = if by_day { DAY } else { UNIT };
        let sql = format!(
            "SELECT {key}, kind, COUNT(*), {OF_CALLS} FROM case_file WHERE opened >= $2 \
             AND opened < $3 AND opened + $1 >= 0 GROUP BY 1, 2 ORDER BY 1, 2"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(span.ahead_us())
            .bind(span.from.0)
            .bind(span.until.0)
            .fetch_all(&self.reader)
            .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "case_file");
            Ok(TopicTally {
                key: cells.text()?,
                kind: cells.name()?,
                cases: cells.int()?,
                calls: cells.int()?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// What cases are about, the most frequent first, at most `most`. What only officers of tips may read is left out.
    pub async fn count_subjects(
        &self,
        span: &ReportSpan,
        most: u32,
    ) -> Result<Vec<SubjectTally>, StoreRefused> {
        let sql = "SELECT COALESCE(department, ''), subject, COUNT(*), COUNT(call) FROM case_file \
                   WHERE opened >= $1 AND opened < $2 AND confidentiality = 'normal' \
                   GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT $3";
        let rows = sqlx::query(sql)
            .bind(span.from.0)
            .bind(span.until.0)
            .bind(i64::from(most))
            .fetch_all(&self.reader)
            .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "case_file");
            Ok(SubjectTally {
                department: cells.text()?,
                subject: cells.text()?,
                cases: cells.int()?,
                calls: cells.int()?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// The complaints of each unit (by its id, empty for none) and day (its midnight), by their clocks as they are now.
    pub async fn count_sla(
        &self,
        span: &ReportSpan,
        terms: &CaseTerms,
        now: WallTime,
    ) -> Result<BTreeMap<(String, i64), SlaTally>, StoreRefused> {
        let directory = self.directory_at_hand().await?;
        let (mut counted, mut after) = (BTreeMap::new(), (span.from.0, String::new()));
        loop {
            let sql = format!(
                "SELECT {CASE_COLUMNS} FROM case_file k WHERE k.kind = 'complaint' \
                 AND k.opened < $1 AND (k.opened, k.id) > ($2, $3) \
                 ORDER BY k.opened, k.id LIMIT $4"
            );
            let rows = sqlx::query(AssertSqlSafe(sql))
                .bind(span.until.0)
                .bind(after.0)
                .bind(after.1.as_str())
                .bind(CASES_AT_ONCE)
                .fetch_all(&self.reader)
                .await?;
            for row in &rows {
                let case = read_case(row)?;
                after = (case.opened.0, case.id.to_string());
                let day = midnight_before(case.opened.0, span.ahead_us());
                let unit = case
                    .department
                    .map_or_else(String::new, |id| id.to_string());
                let tally: &mut SlaTally = counted.entry((unit, day)).or_default();
                tally.cases += 1;
                let told = case.confidentiality == Confidentiality::Normal;
                tally.calls += i64::from(told && case.call.is_some());
                match Store::sla_now(&directory, terms, &case, now).map(|now| now.state) {
                    Some(SlaState::Met) => tally.met += 1,
                    Some(SlaState::Late) => tally.late += 1,
                    Some(SlaState::Running) => tally.running += 1,
                    Some(SlaState::Stopped) => tally.stopped += 1,
                    None => tally.no_clock += 1,
                }
            }
            if (rows.len() as i64) < CASES_AT_ONCE {
                return Ok(counted);
            }
        }
    }
}
