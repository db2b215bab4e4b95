//! Accounts: who may sign in, in what role, and by what. Every change is one transaction with its line in the audit,
//! which never holds a secret or what is kept of one.
//!
//! There is always an administrator who can sign in with a password: the last one is neither disabled nor demoted.

use crate::{
    AgentRow, Role, Store, StoreRefused,
    agents::{agent_columns, check_agent, give_agent, read_agent},
    audit::{ChangedBy, Deed, note},
    connect::Durability,
    departments::department_exists,
    first_account::wait_for_others,
    limits,
    sql::{Cells, Given},
};
use kring_journal::{AgentId, WallTime};
use serde::Serialize;
use sqlx::{AnyConnection, any::AnyRow};

/// A person who may sign in, with what only administrators are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Who it is.
    pub agent: AgentRow,
    /// The password was given by somebody else: it is to be changed before anything else is done.
    pub must_change: bool,
    /// Issuer and subject at the identity provider; none: this person has not come from there.
    pub oidc_subject: Option<String>,
    /// Since when it is here; none: since before that was written down.
    pub created: Option<WallTime>,
    /// When this person signed in last.
    pub last_sign_in: Option<WallTime>,
}

impl Account {
    /// An account that was never used.
    pub fn new(agent: AgentRow, now: WallTime) -> Account {
        Account {
            agent,
            must_change: false,
            oidc_subject: None,
            created: Some(now),
            last_sign_in: None,
        }
    }

    /// Whether it keeps the house open when the identity provider is down.
    fn is_break_glass(&self) -> bool {
        let agent = &self.agent;
        agent.role == Role::Admin && !agent.disabled && agent.password_hash.is_some()
    }
}

/// An account as the audit has it.
#[derive(Serialize)]
struct Noted<'a> {
    #[serde(flatten)]
    agent: &'a AgentRow,
    password: &'static str,
    must_change: bool,
    oidc: bool,
}

impl<'a> Noted<'a> {
    fn of(account: &'a Account) -> Noted<'a> {
        Noted {
            agent: &account.agent,
            password: match account.agent.password_hash {
                Some(_) => "set",
                None => "none",
            },
            must_change: account.must_change,
            oidc: account.oidc_subject.is_some(),
        }
    }
}

/// The columns of an account beside those of the agent `a`.
macro_rules! account_columns {
    () => {
        concat!(
            agent_columns!(),
            ", a.must_change, a.oidc_subject, a.created, a.last_sign_in"
        )
    };
}

impl Store {
    /// Every account, by login.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreRefused> {
        let sql = concat!(
            "SELECT ",
            account_columns!(),
            " FROM agent a ORDER BY a.login"
        );
        let rows = sqlx::query(sql).fetch_all(&self.reader).await?;
        rows.iter().map(read_account).collect()
    }

    /// The account with this login, disabled or not.
    pub async fn account(&self, login: &AgentId) -> Result<Option<Account>, StoreRefused> {
        let row = sqlx::query(OF_LOGIN)
            .bind(login.as_str())
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(read_account).transpose()
    }

    /// The account that the identity provider knows by this issuer and subject.
    pub async fn account_of_subject(&self, subject: &str) -> Result<Option<Account>, StoreRefused> {
        let sql = concat!(
            "SELECT ",
            account_columns!(),
            " FROM agent a WHERE a.oidc_subject = $1"
        );
        let row = sqlx::query(sql)
            .bind(subject)
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(read_account).transpose()
    }

    /// Adds a person. [`StoreRefused::Taken`] when somebody has this login.
    pub async fn add_account(&self, by: &ChangedBy, account: &Account) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        add_within(&mut tx, by, account).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Changes an account and tells how it is now. Who has another role or password by it, or is disabled, is signed
    /// out everywhere; what changes nothing leaves no line in the audit.
    pub async fn change_account(
        &self,
        by: &ChangedBy,
        login: &AgentId,
        change: impl FnOnce(&mut Account) -> Result<(), StoreRefused>,
    ) -> Result<Account, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let account = change_within(&mut tx, by, login, change).await?;
        tx.commit().await?;
        Ok(account)
    }
}

/// Adds a person within a transaction.
pub(crate) async fn add_within(
    tx: &mut AnyConnection,
    by: &ChangedBy,
    account: &Account,
) -> Result<(), StoreRefused> {
    check_agent(&account.agent)?;
    wait_for_others(tx).await?;
    lock_administrators(tx).await?;
    let row = sqlx::query("SELECT COUNT(*) FROM agent")
        .fetch_one(&mut *tx)
        .await?;
    if Cells::of(&row, "agent").int()? >= limits::ACCOUNTS_MAX {
        return Err(StoreRefused::TooMany("accounts"));
    }
    if let Some(department) = account.agent.department {
        department_exists(tx, department).await?;
    }
    let mut given = Given::default();
    give_agent(&mut given, &account.agent);
    given
        .add(i64::from(account.must_change))
        .add(account.oidc_subject.clone())
        .add_wall(account.created);
    sqlx::query_with(
        "INSERT INTO agent (login, name, role, password_hash, devices, auto_answer, queues, disabled, \
         skills, department, record, must_change, oidc_subject, created) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        given.take(),
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| StoreRefused::taken(error, "login"))?;
    let deed = Deed {
        action: "user.add",
        subject: account.agent.login.to_string(),
        was: None,
        is: Some(&Noted::of(account)),
    };
    note(tx, by, deed).await?;
    Ok(())
}

/// Changes an account within a transaction, and tells how it is now.
pub(crate) async fn change_within(
    tx: &mut AnyConnection,
    by: &ChangedBy,
    login: &AgentId,
    change: impl FnOnce(&mut Account) -> Result<(), StoreRefused>,
) -> Result<Account, StoreRefused> {
    lock_administrators(tx).await?;
    let was = find_account(tx, login).await?;
    let was = was.ok_or(StoreRefused::NoSuchAgent)?;
    let mut is = was.clone();
    change(&mut is)?;
    is.agent.login = was.agent.login.clone();
    if is == was {
        return Ok(is);
    }
    check_agent(&is.agent)?;
    if was.is_break_glass() && !is.is_break_glass() && !others_break_glass(tx, login).await? {
        return Err(StoreRefused::LastAdministrator);
    }
    write_account(tx, &is).await?;
    if must_sign_in_again(&was, &is) {
        end_every_session(tx, login).await?;
    }
    let deed = Deed {
        action: action(&was, &is),
        subject: login.to_string(),
        was: Some(&Noted::of(&was)),
        is: Some(&Noted::of(&is)),
    };
    note(tx, by, deed).await?;
    Ok(is)
}

/// The account with this login, as a transaction sees it.
pub(crate) async fn find_account(
    tx: &mut AnyConnection,
    login: &AgentId,
) -> Result<Option<Account>, StoreRefused> {
    let row = sqlx::query(OF_LOGIN)
        .bind(login.as_str())
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(read_account).transpose()
}

const OF_LOGIN: &str = concat!(
    "SELECT ",
    account_columns!(),
    " FROM agent a WHERE a.login = $1"
);

fn action(was: &Account, is: &Account) -> &'static str {
    if was.agent.password_hash != is.agent.password_hash {
        "user.password"
    } else if was.agent.disabled != is.agent.disabled {
        if is.agent.disabled {
            "user.disable"
        } else {
            "user.enable"
        }
    } else {
        "user.change"
    }
}

fn must_sign_in_again(was: &Account, is: &Account) -> bool {
    was.agent.role != is.agent.role
        || was.agent.password_hash != is.agent.password_hash
        || is.agent.disabled
}

/// Two changes that would each leave one administrator wait for one another. On SQLite there is one writer anyway.
async fn lock_administrators(connection: &mut AnyConnection) -> Result<(), StoreRefused> {
    sqlx::query("UPDATE agent SET role = role WHERE role = 'admin'")
        .execute(connection)
        .await?;
    Ok(())
}

async fn others_break_glass(
    connection: &mut AnyConnection,
    login: &AgentId,
) -> Result<bool, StoreRefused> {
    let row = sqlx::query(
        "SELECT COUNT(*) FROM agent WHERE role = 'admin' AND disabled = 0 \
         AND password_hash IS NOT NULL AND login <> $1",
    )
    .bind(login.as_str())
    .fetch_one(connection)
    .await?;
    Ok(Cells::of(&row, "agent").int()? > 0)
}

async fn write_account(
    connection: &mut AnyConnection,
    account: &Account,
) -> Result<(), StoreRefused> {
    if let Some(department) = account.agent.department {
        department_exists(connection, department).await?;
    }
    let mut given = Given::default();
    give_agent(&mut given, &account.agent);
    given
        .add(i64::from(account.must_change))
        .add(account.oidc_subject.clone());
    sqlx::query_with(
        "UPDATE agent SET name = $2, role = $3, password_hash = $4, devices = $5, auto_answer = $6, \
         queues = $7, disabled = $8, skills = $9, department = $10, record = $11, must_change = $12, \
         oidc_subject = $13 \
         WHERE login = $1",
        given.take(),
    )
    .execute(connection)
    .await
    .map_err(|error| StoreRefused::taken(error, "oidc_subject"))?;
    Ok(())
}

/// Signs somebody out everywhere, within a change.
pub(crate) async fn end_every_session(
    connection: &mut AnyConnection,
    login: &AgentId,
) -> Result<u64, StoreRefused> {
    let done = sqlx::query("DELETE FROM session WHERE agent = $1")
        .bind(login.as_str())
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

fn read_account(row: &AnyRow) -> Result<Account, StoreRefused> {
    let mut cells = Cells::of(row, "agent");
    Ok(Account {
        agent: read_agent(&mut cells)?,
        must_change: cells.truth()?,
        oidc_subject: cells.some_text()?,
        created: cells.some_wall()?,
        last_sign_in: cells.some_wall()?,
    })
}
