//! Phones changed by people: each change is one transaction with its line in the audit, which holds no secret.

use crate::{
    PhoneRow, Store, StoreRefused,
    agents::{agent_columns, read_agent},
    audit::{ChangedBy, Deed, note},
    connect::Durability,
    limits,
    phones::{find_phone, forget_phone, write_phone},
    sql::Cells,
};
use serde::Serialize;
use sqlx::AnyConnection;

/// A phone as the audit has it.
#[derive(Serialize)]
struct Noted<'a> {
    name: &'a str,
    disabled: bool,
    symmetric: bool,
}

impl<'a> Noted<'a> {
    fn of(row: &'a PhoneRow) -> Noted<'a> {
        Noted {
            name: &row.name,
            disabled: row.disabled,
            symmetric: row.symmetric,
        }
    }
}

impl Store {
    /// Lets a phone register. [`StoreRefused::Taken`] when there is one of this user.
    pub async fn add_phone(&self, by: &ChangedBy, row: &PhoneRow) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        if find_phone(&mut tx, &row.phone).await?.is_some() {
            return Err(StoreRefused::Taken("user"));
        }
        let count = sqlx::query("SELECT COUNT(*) FROM phone")
            .fetch_one(&mut *tx)
            .await?;
        if Cells::of(&count, "phone").int()? >= limits::PHONES_MAX {
            return Err(StoreRefused::TooMany("phones"));
        }
        write_phone(&mut tx, row).await?;
        let deed = Deed {
            action: "phone.add",
            subject: row.phone.clone(),
            was: None,
            is: Some(&Noted::of(row)),
        };
        note(&mut tx, by, deed).await?;
        Ok(tx.commit().await?)
    }

    /// Changes a phone and tells how it is now; none: there is none of this user. Another secret is noted as such.
    pub async fn change_phone(
        &self,
        by: &ChangedBy,
        user: &str,
        change: impl FnOnce(&mut PhoneRow),
    ) -> Result<Option<PhoneRow>, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let Some(was) = find_phone(&mut tx, user).await? else {
            return Ok(None);
        };
        let mut is = was.clone();
        change(&mut is);
        is.phone.clone_from(&was.phone);
        if is == was {
            return Ok(Some(is));
        }
        write_phone(&mut tx, &is).await?;
        let deed = Deed {
            action: if is.secrets == was.secrets {
                "phone.change"
            } else {
                "phone.secret"
            },
            subject: is.phone.clone(),
            was: Some(&Noted::of(&was)),
            is: Some(&Noted::of(&is)),
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        Ok(Some(is))
    }

    /// Forgets a phone and where it is; `false`: there was none. [`StoreRefused::InUse`] while it is somebody's device.
    pub async fn take_phone_away(&self, by: &ChangedBy, user: &str) -> Result<bool, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let Some(was) = find_phone(&mut tx, user).await? else {
            return Ok(false);
        };
        if is_somebodys(&mut tx, user).await? {
            return Err(StoreRefused::InUse("agent"));
        }
        forget_phone(&mut tx, user).await?;
        let deed = Deed {
            action: "phone.remove",
            subject: was.phone.clone(),
            was: Some(&Noted::of(&was)),
            is: None,
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        Ok(true)
    }
}

async fn is_somebodys(connection: &mut AnyConnection, user: &str) -> Result<bool, StoreRefused> {
    let sql = concat!("SELECT ", agent_columns!(), " FROM agent a");
    let rows = sqlx::query(sql).fetch_all(connection).await?;
    for row in &rows {
        let agent = read_agent(&mut Cells::of(row, "agent"))?;
        let mut devices = agent.devices.iter();
        if devices.any(|device| device.strip_prefix("phone:") == Some(user)) {
            return Ok(true);
        }
    }
    Ok(false)
}
