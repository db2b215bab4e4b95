//! How long what is kept: rules by age, each carried out in small steps so that nobody who writes a call waits, and
//! each of which can first only tell what it would take.
//!
//! What age took is not remembered by its id: after an old backup, age takes it again.

use crate::{
    Erased, Store, StoreRefused, Subject,
    audit::{ChangedBy, Deed, note},
    connect::Durability,
    erasing::{Reach, Remember, erase_case},
    limits,
    names::stored_names,
    recordings::take_recording,
    sql::Cells,
};
use kring_journal::WallTime;
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, any::AnyRow};
use std::collections::BTreeMap;

stored_names! {
    /// What a rule is about.
    RetentionWhat {
        /// The words of closed cases, and whose they are, by when they were last changed.
        Cases => "cases",
        /// Persons who have not called, and of whom no case was changed, for so long.
        Contacts => "contacts",
        /// Numbers of callers who are nobody's contact, by when they called.
        Callers => "callers",
        /// Lines of the access log.
        AccessLog => "access_log",
        /// Recordings of callers' sound, by when they began.
        Recordings => "recordings",
    }
}

impl RetentionWhat {
    /// All of them, in the order in which they are carried out.
    pub const ALL: [RetentionWhat; 5] = [
        RetentionWhat::Cases,
        RetentionWhat::Contacts,
        RetentionWhat::Callers,
        RetentionWhat::AccessLog,
        RetentionWhat::Recordings,
    ];
}

/// Days of a rule at most: a hundred years.
pub const RETENTION_DAYS_MAX: u32 = 36_500;

/// Whether it is done or only told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionRun {
    /// Counts what would go.
    Dry,
    /// Takes it away.
    Real,
}

/// What a rule took, or would take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retained {
    /// The rule.
    pub what: RetentionWhat,
    /// Its days.
    pub days: u32,
    /// How many rows it was about: cases, persons, callers or lines.
    pub taken: u64,
}

impl Store {
    /// The rules: days of each, none where it is kept for ever. `usual` counts where nothing is said, and not for the
    /// access log, which proves who read.
    pub async fn retention_rules(
        &self,
        usual: Option<u32>,
    ) -> Result<BTreeMap<&'static str, Option<u32>>, StoreRefused> {
        let rows = sqlx::query("SELECT what, days FROM retention_rule")
            .fetch_all(&self.reader)
            .await?;
        let mut rules: BTreeMap<&'static str, Option<u32>> = RetentionWhat::ALL
            .iter()
            .map(|what| {
                let usual = usual.filter(|_| *what != RetentionWhat::AccessLog);
                (what.as_str(), usual)
            })
            .collect();
        for row in &rows {
            let mut cells = Cells::of(row, "retention_rule");
            let (what, days) = (cells.text()?, cells.whole::<u32>()?);
            if let Some(what) = RetentionWhat::from_name(&what) {
                // 0 says that it is kept whatever is usual.
                rules.insert(what.as_str(), Some(days).filter(|days| *days > 0));
            }
        }
        Ok(rules)
    }

    /// Sets a rule; 0 days keep for ever.
    pub async fn set_retention_rule(
        &self,
        by: &ChangedBy,
        what: RetentionWhat,
        days: u32,
    ) -> Result<(), StoreRefused> {
        if days > RETENTION_DAYS_MAX {
            return Err(StoreRefused::Unacceptable {
                field: "days",
                why: "is more than 36,500",
            });
        }
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let row = sqlx::query("SELECT days FROM retention_rule WHERE what = $1")
            .bind(what.as_str())
            .fetch_optional(&mut *tx)
            .await?;
        let was = row
            .map(|row| Cells::of(&row, "retention_rule").int())
            .transpose()?;
        sqlx::query(
            "INSERT INTO retention_rule (what, days) VALUES ($1, $2) \
             ON CONFLICT (what) DO UPDATE SET days = excluded.days",
        )
        .bind(what.as_str())
        .bind(i64::from(days))
        .execute(&mut *tx)
        .await?;
        let deed = Deed {
            action: "retention.set",
            subject: what.as_str().to_owned(),
            was: was.as_ref(),
            is: Some(&i64::from(days)),
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Carries out every rule, or tells what it would take. The audit has a line for each that took something.
    pub async fn retain(
        &self,
        by: &ChangedBy,
        usual: Option<u32>,
        run: RetentionRun,
    ) -> Result<Vec<Retained>, StoreRefused> {
        let rules = self.retention_rules(usual).await?;
        let mut all = Vec::new();
        for what in RetentionWhat::ALL {
            let Some(days) = rules.get(what.as_str()).copied().flatten() else {
                continue;
            };
            let before = WallTime(by.at.0 - i64::from(days) * 86_400_000_000);
            let taken = self.take(by, what, before, run).await?;
            let retained = Retained { what, days, taken };
            if run == RetentionRun::Real && taken > 0 {
                self.note_retained(by, &retained).await?;
            }
            all.push(retained);
        }
        if run == RetentionRun::Real {
            self.callers_changed();
        }
        Ok(all)
    }

    async fn take(
        &self,
        by: &ChangedBy,
        what: RetentionWhat,
        before: WallTime,
        run: RetentionRun,
    ) -> Result<u64, StoreRefused> {
        let mut after = Place::default();
        let mut taken = 0;
        loop {
            let found = self.of_age(what, before, &after).await?;
            let Some(last) = found.last().cloned() else {
                return Ok(taken);
            };
            taken += match run {
                RetentionRun::Dry => found.len() as u64,
                RetentionRun::Real => self.take_these(by.at, what, &found).await?,
            };
            after = last;
        }
    }

    /// What is old enough, after this place, in steps of a size that keeps nobody waiting.
    async fn of_age(
        &self,
        what: RetentionWhat,
        before: WallTime,
        after: &Place,
    ) -> Result<Vec<Place>, StoreRefused> {
        let rows = sqlx::query(candidates(what))
            .bind(before.0)
            .bind(after.at)
            .bind(&after.id)
            .bind(limits::RETAINED_AT_ONCE)
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(Place::read).collect()
    }

    async fn take_these(
        &self,
        now: WallTime,
        what: RetentionWhat,
        found: &[Place],
    ) -> Result<u64, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Grouped).await?;
        let mut taken = 0;
        for Place { id, .. } in found {
            taken += u64::from(take_one(&mut tx, now, what, id).await?);
        }
        tx.commit().await?;
        Ok(taken)
    }

    async fn note_retained(&self, by: &ChangedBy, retained: &Retained) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Grouped).await?;
        let deed = Deed {
            action: "retention.take",
            subject: retained.what.as_str().to_owned(),
            was: None,
            is: Some(retained),
        };
        note(&mut tx, by, deed).await?;
        Ok(tx.commit().await?)
    }
}

/// Where a step ended.
#[derive(Clone, Debug, Default)]
struct Place {
    at: i64,
    id: String,
}

impl Place {
    fn read(row: &AnyRow) -> Result<Place, StoreRefused> {
        let mut cells = Cells::of(row, "retention_rule");
        Ok(Place {
            at: cells.int()?,
            id: cells.text()?,
        })
    }
}

/// When and which, of this age ($1), after a place ($2, $3), so many ($4).
fn candidates(what: RetentionWhat) -> &'static str {
    match what {
        RetentionWhat::Cases => {
            "SELECT updated, id FROM case_file WHERE status = 'closed' AND updated < $1 \
             AND (updated, id) > ($2, $3) AND subject <> 'ลบข้อมูลส่วนบุคคลแล้ว' \
             ORDER BY updated, id LIMIT $4"
        }
        // By id, which is as old as the person is known.
        RetentionWhat::Contacts => {
            "SELECT created, id FROM contact c WHERE merged_into IS NULL AND created < $1 \
             AND CAST($2 AS BIGINT) >= 0 AND id > $3 \
             AND NOT EXISTS (SELECT 1 FROM contact_number n WHERE n.contact = c.id AND n.last_used >= $1) \
             AND NOT EXISTS (SELECT 1 FROM case_file k WHERE k.contact = c.id \
             AND (k.updated >= $1 OR k.status <> 'closed')) ORDER BY id LIMIT $4"
        }
        RetentionWhat::Callers => {
            "SELECT c.arrived_at, c.id FROM call c JOIN caller r ON r.caller = c.caller \
             WHERE c.arrived_at < $1 AND c.state = 'ended' AND (c.arrived_at, c.id) > ($2, $3) \
             AND NOT EXISTS (SELECT 1 FROM contact_number n WHERE n.number = r.number) \
             ORDER BY c.arrived_at, c.id LIMIT $4"
        }
        RetentionWhat::AccessLog => {
            "SELECT at, id FROM access_log WHERE at < $1 AND (at, id) > ($2, $3) \
             ORDER BY at, id LIMIT $4"
        }
        RetentionWhat::Recordings => {
            "SELECT started, call FROM recording WHERE started < $1 AND (started, call) > ($2, $3) \
             AND state NOT IN ('erased', 'recording') ORDER BY started, call LIMIT $4"
        }
    }
}

/// Takes one away; whether it was there to be taken.
async fn take_one(
    connection: &mut AnyConnection,
    now: WallTime,
    what: RetentionWhat,
    id: &str,
) -> Result<bool, StoreRefused> {
    match what {
        RetentionWhat::Cases => {
            erase_case(connection, now, id).await?;
            Ok(true)
        }
        RetentionWhat::Contacts => {
            let Ok(contact) = id.parse() else {
                return Ok(false);
            };
            let reach = Reach::of(connection, &Subject::Contact(contact)).await?;
            if reach.is_in_a_call(connection).await? {
                return Ok(false);
            }
            reach.erase(connection, now, Remember::Nothing).await?;
            Ok(reach.size() != Erased::default())
        }
        RetentionWhat::Callers => take_caller_of(connection, id).await,
        RetentionWhat::Recordings => {
            take_recording(connection, now, id, ("kringd", "retention")).await
        }
        RetentionWhat::AccessLog => {
            sqlx::query("DELETE FROM access_log WHERE id = $1")
                .bind(id)
                .execute(connection)
                .await?;
            Ok(true)
        }
    }
}

/// Forgets whose number the caller of a call was.
async fn take_caller_of(connection: &mut AnyConnection, call: &str) -> Result<bool, StoreRefused> {
    let row = sqlx::query(
        "SELECT r.caller, r.number FROM call c JOIN caller r ON r.caller = c.caller WHERE c.id = $1",
    )
    .bind(call)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let mut cells = Cells::of(&row, "caller");
    let (caller, number) = (cells.text()?, cells.text()?);
    for (sql, key) in [
        ("DELETE FROM sip_trace WHERE call = $1", call),
        ("DELETE FROM caller WHERE caller = $1", caller.as_str()),
        // A number that no caller and no person has is nobody's.
        (
            "DELETE FROM phone_number WHERE canonical = $1 \
             AND NOT EXISTS (SELECT 1 FROM caller r WHERE r.number = phone_number.canonical) \
             AND NOT EXISTS (SELECT 1 FROM contact_number n WHERE n.number = phone_number.canonical)",
            number.as_str(),
        ),
    ] {
        sqlx::query(sql).bind(key).execute(&mut *connection).await?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erasing::ERASED;

    #[test]
    fn erased_cases_are_not_found_again() {
        assert!(candidates(RetentionWhat::Cases).contains(ERASED));
    }
}
