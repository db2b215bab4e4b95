//! Phones that register with kring, and where they are. What a secret or a binding means is the
//! business of the registrar; the store keeps their words.

use crate::{
    Store, StoreRefused,
    cases::{check_filled, check_text},
    connect::Durability,
    limits,
    sql::{Cells, Given},
};
use kring_journal::WallTime;
use sqlx::AnyConnection;

/// A phone that may register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneRow {
    /// Its user.
    pub phone: String,
    /// The realm in which its secrets hold.
    pub realm: String,
    /// What proves its password, by algorithm. Not to be shown.
    pub secrets: String,
    /// What people call it.
    pub name: String,
    /// Whether it may not register.
    pub disabled: bool,
    /// Since when it is known.
    pub created: WallTime,
    /// Whether its sound is secured: `off`, `prefer`, `require`; none: as the configuration says.
    pub srtp: Option<String>,
    /// Whether it stands behind a translator of addresses, so that where its sound comes from is learned.
    pub symmetric: bool,
}

/// A place where a phone can be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindingRow {
    /// The phone's user.
    pub phone: String,
    /// Which of its bindings.
    pub id: String,
    /// The Contact's URI.
    pub contact: String,
    /// `+sip.instance`, as written.
    pub instance: Option<String>,
    /// `reg-id`
    pub reg_id: Option<u32>,
    /// `q` in thousandths.
    pub preference: u16,
    /// Proxies on the way, nearest first.
    pub path: Vec<String>,
    /// How it came: `udp`, `tcp`, `tls`, `ws` or `wss`.
    pub transport: String,
    /// From where.
    pub address: String,
    /// Where requests go, if not back there.
    pub reach: Option<String>,
    /// Of the latest REGISTER.
    pub call_id: String,
    /// Of the latest REGISTER.
    pub seq: u32,
    /// When it ends unless refreshed.
    pub expires: WallTime,
    /// When the phone was last heard of.
    pub seen: WallTime,
    /// What the phone calls itself.
    pub user_agent: String,
}

impl Store {
    /// Every phone, by user.
    pub async fn phones(&self) -> Result<Vec<PhoneRow>, StoreRefused> {
        let sql = "SELECT phone, realm, secrets, name, disabled, created, srtp, is_symmetric FROM phone ORDER BY phone";
        let rows = sqlx::query(sql).fetch_all(&self.reader).await?;
        rows.iter()
            .map(|row| read_phone(&mut Cells::of(row, "phone")))
            .collect()
    }

    /// The phone of this user, disabled or not.
    pub async fn phone(&self, phone: &str) -> Result<Option<PhoneRow>, StoreRefused> {
        let row = sqlx::query(OF_USER)
            .bind(phone)
            .fetch_optional(&self.reader)
            .await?;
        row.map(|row| read_phone(&mut Cells::of(&row, "phone")))
            .transpose()
    }

    /// Stores a phone in place of what was there; `created` stays what it was.
    pub async fn put_phone(&self, row: &PhoneRow) -> Result<(), StoreRefused> {
        self.put_phones(std::slice::from_ref(row)).await
    }

    /// Stores phones, all of them or none, each in place of what was there; `created` stays what it was.
    pub async fn put_phones(&self, rows: &[PhoneRow]) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut transaction = writing.begin(Durability::Trusted).await?;
        for row in rows {
            write_phone(&mut transaction, row).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Takes a phone and its bindings away. `false`: there was none.
    pub async fn remove_phone(&self, phone: &str) -> Result<bool, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut transaction = writing.begin(Durability::Trusted).await?;
        let was_there = forget_phone(&mut transaction, phone).await?;
        transaction.commit().await?;
        Ok(was_there)
    }

    /// Keeps the bindings of this node: those that came or were refreshed, and not those that are gone
    /// (phone and id). May be lost by a power cut, and is then told by the phones themselves.
    pub async fn keep_bindings(
        &self,
        kept: &[BindingRow],
        gone: &[(String, String)],
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut transaction = writing.begin(Durability::Grouped).await?;
        for (phone, id) in gone {
            sqlx::query("DELETE FROM phone_binding WHERE phone = $1 AND id = $2")
                .bind(phone)
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        }
        for row in kept {
            let mut given = Given::default();
            give_binding(row, &self.config.node, &mut given);
            sqlx::query_with(KEEP_BINDING, given.take())
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The bindings of every node that last beyond `now`, the freshest of each phone first.
    pub async fn bindings(&self, now: WallTime) -> Result<Vec<BindingRow>, StoreRefused> {
        let sql = "SELECT phone, id, contact, instance, reg_id, preference, path, transport, \
                   address, reach, call_id, seq, expires, seen, user_agent FROM phone_binding \
                   WHERE expires > $1 ORDER BY phone, seen DESC, id";
        let rows = sqlx::query(sql).bind(now.0).fetch_all(&self.reader).await?;
        rows.iter()
            .map(|row| read_binding(&mut Cells::of(row, "phone_binding")))
            .collect()
    }

    /// Whether a phone can be called somewhere at `now`.
    pub async fn is_registered(&self, phone: &str, now: WallTime) -> Result<bool, StoreRefused> {
        let sql = "SELECT 1 FROM phone_binding WHERE phone = $1 AND expires > $2 LIMIT 1";
        let row = sqlx::query(sql)
            .bind(phone)
            .bind(now.0)
            .fetch_optional(&self.reader)
            .await?;
        Ok(row.is_some())
    }

    /// The bindings of this node that last beyond `now`; the others of this node are forgotten.
    pub async fn take_up_bindings(&self, now: WallTime) -> Result<Vec<BindingRow>, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut transaction = writing.begin(Durability::Grouped).await?;
        sqlx::query("DELETE FROM phone_binding WHERE node = $1 AND expires <= $2")
            .bind(&self.config.node)
            .bind(now.0)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        drop(writing);
        let sql = "SELECT phone, id, contact, instance, reg_id, preference, path, transport, \
                   address, reach, call_id, seq, expires, seen, user_agent FROM phone_binding \
                   WHERE node = $1 ORDER BY phone, seen, id";
        let rows = sqlx::query(sql)
            .bind(&self.config.node)
            .fetch_all(&self.reader)
            .await?;
        rows.iter()
            .map(|row| read_binding(&mut Cells::of(row, "phone_binding")))
            .collect()
    }
}

const OF_USER: &str = "SELECT phone, realm, secrets, name, disabled, created, srtp, is_symmetric FROM phone WHERE phone = $1";

/// The phone of this user, as a transaction sees it.
pub(crate) async fn find_phone(
    connection: &mut AnyConnection,
    user: &str,
) -> Result<Option<PhoneRow>, StoreRefused> {
    let row = sqlx::query(OF_USER)
        .bind(user)
        .fetch_optional(connection)
        .await?;
    row.map(|row| read_phone(&mut Cells::of(&row, "phone")))
        .transpose()
}

/// Stores a phone in place of what was there, within a transaction.
pub(crate) async fn write_phone(
    connection: &mut AnyConnection,
    row: &PhoneRow,
) -> Result<(), StoreRefused> {
    check_filled("phone", &row.phone)?;
    check_filled("realm", &row.realm)?;
    check_filled("name", &row.name)?;
    check_text("secrets", &row.secrets, limits::SHORT_CHARS_MAX)?;
    let mut given = Given::default();
    given
        .add(row.phone.as_str())
        .add(row.realm.as_str())
        .add(row.secrets.as_str())
        .add(row.name.as_str())
        .add(i64::from(row.disabled))
        .add_wall(Some(row.created))
        .add(row.srtp.clone())
        .add(i64::from(row.symmetric));
    sqlx::query_with(PUT_PHONE, given.take())
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes a phone and its bindings away, within a transaction; whether there was one.
pub(crate) async fn forget_phone(
    connection: &mut AnyConnection,
    user: &str,
) -> Result<bool, StoreRefused> {
    sqlx::query("DELETE FROM phone_binding WHERE phone = $1")
        .bind(user)
        .execute(&mut *connection)
        .await?;
    let done = sqlx::query("DELETE FROM phone WHERE phone = $1")
        .bind(user)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

const PUT_PHONE: &str = "INSERT INTO phone (phone, realm, secrets, name, disabled, created, srtp, \
    is_symmetric) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (phone) DO UPDATE \
    SET realm = excluded.realm, secrets = excluded.secrets, name = excluded.name, \
    disabled = excluded.disabled, srtp = excluded.srtp, \
    is_symmetric = excluded.is_symmetric";

const KEEP_BINDING: &str = "INSERT INTO phone_binding (phone, id, node, contact, instance, reg_id, \
    preference, path, transport, address, reach, call_id, seq, expires, seen, user_agent) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
    ON CONFLICT (phone, id) DO UPDATE SET node = excluded.node, contact = excluded.contact, \
    instance = excluded.instance, reg_id = excluded.reg_id, preference = excluded.preference, \
    path = excluded.path, transport = excluded.transport, address = excluded.address, \
    reach = excluded.reach, call_id = excluded.call_id, seq = excluded.seq, \
    expires = excluded.expires, seen = excluded.seen, user_agent = excluded.user_agent";

fn give_binding(row: &BindingRow, node: &str, given: &mut Given) {
    given
        .add(row.phone.as_str())
        .add(row.id.as_str())
        .add(node)
        .add(row.contact.as_str())
        .add(row.instance.clone())
        .add(row.reg_id.map(i64::from))
        .add(i64::from(row.preference))
        .add(serde_json::to_string(&row.path).expect("a list of texts"))
        .add(row.transport.as_str())
        .add(row.address.as_str())
        .add(row.reach.clone())
        .add(row.call_id.as_str())
        .add(i64::from(row.seq))
        .add_wall(Some(row.expires))
        .add_wall(Some(row.seen))
        .add(row.user_agent.as_str());
}

fn read_phone(cells: &mut Cells<'_>) -> Result<PhoneRow, StoreRefused> {
    Ok(PhoneRow {
        phone: cells.text()?,
        realm: cells.text()?,
        secrets: cells.text()?,
        name: cells.text()?,
        disabled: cells.truth()?,
        created: cells.wall()?,
        srtp: cells.some_text()?,
        symmetric: cells.truth()?,
    })
}

fn read_binding(cells: &mut Cells<'_>) -> Result<BindingRow, StoreRefused> {
    Ok(BindingRow {
        phone: cells.text()?,
        id: cells.text()?,
        contact: cells.text()?,
        instance: cells.some_text()?,
        reg_id: cells.some_whole()?,
        preference: cells.whole()?,
        path: cells.json()?,
        transport: cells.text()?,
        address: cells.text()?,
        reach: cells.some_text()?,
        call_id: cells.text()?,
        seq: cells.whole()?,
        expires: cells.wall()?,
        seen: cells.wall()?,
        user_agent: cells.text()?,
    })
}
