//! The holidays of all: days on which every unit and every queue is closed that has hours.

use crate::{
    Store, StoreRefused,
    audit::{ChangedBy, Deed, note},
    cases::{check_filled, check_text},
    connect::Durability,
    directory::begin_change,
    limits,
    sql::Cells,
    written::as_text,
};
use kring_time::Day;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

/// A day on which all are closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// Which day.
    #[serde(with = "as_text")]
    pub day: Day,
    /// What it is called in Thai.
    pub name_th: String,
    /// And in English.
    pub name_en: String,
}

impl Store {
    /// Makes a day a holiday. [`StoreRefused::Taken`] when it is one already.
    pub async fn add_holiday(&self, by: &ChangedBy, holiday: &Holiday) -> Result<(), StoreRefused> {
        check_filled("name_th", &holiday.name_th)?;
        check_text("name_en", &holiday.name_en, limits::SHORT_CHARS_MAX)?;
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        begin_change(&mut tx).await?;
        sqlx::query("INSERT INTO holiday (day, name_th, name_en) VALUES ($1, $2, $3)")
            .bind(holiday.day.to_string())
            .bind(holiday.name_th.trim())
            .bind(holiday.name_en.trim())
            .execute(&mut *tx)
            .await
            .map_err(|error| StoreRefused::taken(error, "day"))?;
        let row = sqlx::query("SELECT COUNT(*) FROM holiday")
            .fetch_one(&mut *tx)
            .await?;
        if Cells::of(&row, "holiday").int()? > limits::HOLIDAYS_MAX as i64 {
            return Err(StoreRefused::TooMany("holidays"));
        }
        let deed = Deed {
            action: "holiday.add",
            subject: holiday.day.to_string(),
            was: None,
            is: Some(holiday),
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        self.directory_kept.has_changed();
        Ok(())
    }

    /// Makes it a day like others.
    pub async fn remove_holiday(&self, by: &ChangedBy, day: Day) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        begin_change(&mut tx).await?;
        let holidays = read_holidays(&mut tx).await?;
        let was = holidays.iter().find(|holiday| holiday.day == day);
        let was = was.ok_or(StoreRefused::NoSuchHoliday)?;
        sqlx::query("DELETE FROM holiday WHERE day = $1")
            .bind(day.to_string())
            .execute(&mut *tx)
            .await?;
        let deed = Deed {
            action: "holiday.remove",
            subject: day.to_string(),
            was: Some(was),
            is: None,
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        self.directory_kept.has_changed();
        Ok(())
    }
}

pub(crate) async fn read_holidays(
    connection: &mut AnyConnection,
) -> Result<Vec<Holiday>, StoreRefused> {
    let rows = sqlx::query("SELECT day, name_th, name_en FROM holiday ORDER BY day")
        .fetch_all(connection)
        .await?;
    let read = |row| {
        let mut cells = Cells::of(row, "holiday");
        Ok(Holiday {
            day: cells.id()?,
            name_th: cells.text()?,
            name_en: cells.text()?,
        })
    };
    rows.iter().map(read).collect()
}
