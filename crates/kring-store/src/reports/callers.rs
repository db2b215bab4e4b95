//! Who calls again and again: numbers, counted along one index; and what nobody could answer.

use super::ReportSpan;
use crate::{CallerNumber, Store, StoreRefused, sql::Cells};
use kring_journal::WallTime;

/// A number that called more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatCaller {
    /// The number.
    pub number: CallerNumber,
    /// The person, when one person uses it: prefix, given and family name.
    pub name: Option<[String; 3]>,
    /// How often it called.
    pub calls: i64,
    /// How often nobody answered.
    pub unanswered: i64,
    /// The first of these calls.
    pub first: WallTime,
    /// The last.
    pub last: WallTime,
}

/// The numbers first, so that what is told of them is asked for the few that are shown.
const REPEATED: &str = "WITH most AS (SELECT r.number, COUNT(*) AS calls, MIN(r.came) AS first_at, \
    MAX(r.came) AS last_at FROM caller r WHERE r.came >= $1 AND r.came < $2 GROUP BY r.number \
    HAVING COUNT(*) >= $3 ORDER BY 2 DESC, 1 LIMIT $4) \
    SELECT m.number, p.display, p.class, m.calls, m.first_at, m.last_at, \
    (SELECT COUNT(*) FROM caller r JOIN call c ON c.caller = r.caller \
     WHERE r.number = m.number AND r.came >= $1 AND r.came < $2 AND c.direction = 'inbound' \
     AND c.agent IS NULL), \
    (SELECT COUNT(*) FROM contact_number n WHERE n.number = m.number), k.prefix, k.given, k.family \
    FROM most m JOIN phone_number p ON p.canonical = m.number \
    LEFT JOIN contact k ON k.id = (SELECT MIN(n.contact) FROM contact_number n WHERE n.number = m.number) \
    WHERE p.class <> 'anon' ORDER BY m.calls DESC, m.number";

impl Store {
    /// The numbers that called `least` times or more within the span, the most frequent first, at most `most`.
    pub async fn repeat_callers(
        &self,
        span: &ReportSpan,
        least: u32,
        most: u32,
    ) -> Result<Vec<RepeatCaller>, StoreRefused> {
        // One more, for callers who withhold their number are one of them and are left out.
        let rows = sqlx::query(REPEATED)
            .bind(span.from.0)
            .bind(span.until.0)
            .bind(i64::from(least))
            .bind(i64::from(most) + 1)
            .fetch_all(&self.reader)
            .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "caller");
            let number = CallerNumber {
                canonical: cells.text()?,
                display: cells.text()?,
                class: cells.name()?,
            };
            let (calls, first, last) = (cells.int()?, cells.wall()?, cells.wall()?);
            let (unanswered, persons) = (cells.int()?, cells.int()?);
            let name = match (cells.some_text()?, cells.some_text()?, cells.some_text()?) {
                (Some(prefix), Some(given), Some(family)) => Some([prefix, given, family]),
                _ => None,
            };
            Ok(RepeatCaller {
                number,
                name: name.filter(|_| persons == 1),
                calls,
                unanswered,
                first,
                last,
            })
        };
        let callers: Result<Vec<_>, StoreRefused> = rows.iter().map(read).collect();
        let mut callers = callers?;
        callers.truncate(most as usize);
        Ok(callers)
    }

    /// Questions that nobody could answer within the span, those asked most first, at most `most`.
    pub async fn gaps_within(
        &self,
        span: &ReportSpan,
        most: u32,
    ) -> Result<Vec<GapAsked>, StoreRefused> {
        let rows = sqlx::query(GAPS)
            .bind(span.from.0)
            .bind(span.until.0)
            .bind(i64::from(most))
            .fetch_all(&self.reader)
            .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "knowledge_gap");
            Ok(GapAsked {
                q: cells.text()?,
                times: cells.int()?,
                first: cells.wall()?,
                last: cells.wall()?,
                answered: cells.truth()?,
            })
        };
        rows.iter().map(read).collect()
    }
}

/// A question that nobody could answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GapAsked {
    /// As it was typed last.
    pub q: String,
    /// How often within the span.
    pub times: i64,
    /// For the first time within it.
    pub first: WallTime,
    /// And for the last.
    pub last: WallTime,
    /// Whether something answers it now.
    pub answered: bool,
}

const GAPS: &str = "SELECT g.q, COUNT(*), MIN(a.at), MAX(a.at), \
    CAST(CASE WHEN g.answered_by IS NULL THEN 0 ELSE 1 END AS BIGINT) \
    FROM knowledge_asked a JOIN knowledge_gap g ON g.id = a.gap WHERE a.at >= $1 AND a.at < $2 \
    GROUP BY g.id, g.q, g.answered_by ORDER BY 2 DESC, 1 LIMIT $3";
