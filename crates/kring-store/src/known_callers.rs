//! Whom the queues are chosen by: numbers of people who are marked, speak a language, or have an open case.

use crate::{Store, StoreRefused, sql::Cells};
use std::collections::BTreeMap;
use tokio::sync::watch;

/// What is known of whoever uses a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownCaller {
    /// One of them is marked as important.
    pub vip: bool,
    /// One of them has a case that is not closed. Tips do not count: nobody but their officers knows of them.
    pub open_case: bool,
    /// `th` or `en`, if they agree on one.
    pub language: Option<String>,
}

const MARKED: &str = "SELECT n.number, c.vip, c.language FROM contact c \
    JOIN contact_number n ON n.contact = c.id \
    WHERE (c.vip <> 0 OR c.language <> '') AND c.merged_into IS NULL \
    ORDER BY c.id DESC LIMIT $1";

const WITH_CASE: &str = "SELECT n.number FROM case_file k \
    JOIN contact_number n ON n.contact = k.contact \
    WHERE k.status <> 'closed' AND k.kind <> 'tip' \
    UNION SELECT k.number FROM case_file k \
    WHERE k.status <> 'closed' AND k.kind <> 'tip' AND k.contact IS NULL AND k.number IS NOT NULL \
    LIMIT $1";

impl Store {
    /// Everything of the kind, by canonical number; at most `most` numbers.
    pub async fn known_callers(
        &self,
        most: usize,
    ) -> Result<BTreeMap<String, KnownCaller>, StoreRefused> {
        let most_rows = i64::try_from(most).unwrap_or(i64::MAX);
        let mut known: BTreeMap<String, KnownCaller> = BTreeMap::new();
        let rows = sqlx::query(MARKED)
            .bind(most_rows)
            .fetch_all(&self.reader)
            .await?;
        let mut at_odds = Vec::new();
        for row in &rows {
            let mut cells = Cells::of(row, "contact");
            let number = cells.text()?;
            let caller = known.entry(number.clone()).or_default();
            caller.vip |= cells.truth()?;
            let language = Some(cells.text()?).filter(|language| !language.is_empty());
            if caller.language.is_some() && language.is_some() && caller.language != language {
                at_odds.push(number);
            }
            caller.language = language.or(caller.language.take());
        }
        for number in at_odds {
            known.entry(number).or_default().language = None;
        }
        let rows = sqlx::query(WITH_CASE)
            .bind(most_rows)
            .fetch_all(&self.reader)
            .await?;
        for row in &rows {
            let number = Cells::of(row, "case_file").text()?;
            if known.len() < most || known.contains_key(&number) {
                known.entry(number).or_default().open_case = true;
            }
        }
        Ok(known)
    }

    /// Changes whenever this process has changed what [`Store::known_callers`] may tell. Other nodes of the
    /// same database are not heard of.
    pub fn callers_watched(&self) -> watch::Receiver<()> {
        self.callers.subscribe()
    }

    pub(crate) fn callers_changed(&self) {
        self.callers.send_replace(());
    }
}
