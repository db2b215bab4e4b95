//! Who may sign in. Passwords come and go as argon2 text: the store never sees one.

use crate::{
    DepartmentId, Store, StoreRefused,
    accounts::end_every_session,
    cases::{check_filled, check_text},
    connect::Durability,
    departments::department_exists,
    limits,
    names::stored_names,
    sql::{Cells, Given},
};
use kring_journal::AgentId;
use serde::{Deserialize, Serialize};

stored_names! {
    /// What a person may do (product.md section 12).
    Role {
        /// Own calls and cases.
        Agent => "agent",
        /// Tips too.
        TipOfficer => "tip_officer",
        /// Cases of the own unit.
        UnitOfficer => "unit_officer",
        /// Everybody's calls.
        Supervisor => "supervisor",
        /// The knowledge base.
        KbEditor => "kb_editor",
        /// Everything.
        Admin => "admin",
        /// The PDPA desk.
        Dpo => "dpo",
        /// A program.
        Integrator => "integrator",
        /// Reads only.
        Auditor => "auditor",
    }
}

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRow {
    /// The login.
    pub login: AgentId,
    /// The name that colleagues see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Argon2 text (PHC format); none when this person cannot sign in by password.
    #[serde(skip)]
    pub password_hash: Option<String>,
    /// The phones, which ring together: `sip:USER@HOST:PORT`, `pbx:EXT`, `phone:USER` or `browser`.
    pub devices: Vec<String>,
    /// The phones are asked to answer by themselves.
    pub auto_answer: bool,
    /// Queues by name; empty means all.
    pub queues: Vec<String>,
    /// What they can do and how well: `tax:3`.
    #[serde(default)]
    pub skills: Vec<String>,
    /// True when this person may not sign in any more.
    pub disabled: bool,
    /// The unit whose cases a unit's officer sees.
    #[serde(default)]
    pub department: Option<DepartmentId>,
    /// Whether all of their calls are recorded.
    #[serde(default)]
    pub record: bool,
}

/// The columns of an agent `a`, in the order in which [`read_agent`] wants them.
macro_rules! agent_columns {
    () => {
        "a.login, a.name, a.role, a.password_hash, a.devices, a.auto_answer, a.queues, a.disabled, \
         a.skills, a.department, a.record"
    };
}
pub(crate) use agent_columns;

impl Store {
    /// Every person, by login.
    pub async fn agents(&self) -> Result<Vec<AgentRow>, StoreRefused> {
        let sql = concat!(
            "SELECT ",
            agent_columns!(),
            " FROM agent a ORDER BY a.login"
        );
        let rows = sqlx::query(sql).fetch_all(&self.reader).await?;
        rows.iter()
            .map(|row| read_agent(&mut Cells::of(row, "agent")))
            .collect()
    }

    /// Whether anybody has an account.
    pub async fn has_agents(&self) -> Result<bool, StoreRefused> {
        let row = sqlx::query("SELECT login FROM agent LIMIT 1")
            .fetch_optional(&self.reader)
            .await?;
        Ok(row.is_some())
    }

    /// The person with this login, disabled or not.
    pub async fn agent(&self, login: &AgentId) -> Result<Option<AgentRow>, StoreRefused> {
        let sql = concat!(
            "SELECT ",
            agent_columns!(),
            " FROM agent a WHERE a.login = $1"
        );
        let row = sqlx::query(sql)
            .bind(login.as_str())
            .fetch_optional(&self.reader)
            .await?;
        row.map(|row| read_agent(&mut Cells::of(&row, "agent")))
            .transpose()
    }

    /// Stores a person in place of what was there, as seeds do: it leaves no line in the audit. One who is disabled by
    /// it, or has another role or password, is signed out.
    pub async fn put_agent(&self, agent: &AgentRow) -> Result<(), StoreRefused> {
        check_agent(agent)?;
        let mut given = Given::default();
        give_agent(&mut given, agent);
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        if let Some(department) = agent.department {
            department_exists(&mut tx, department).await?;
        }
        let mut same = Given::default();
        same.add(agent.login.as_str())
            .add(agent.role.as_str())
            .add(agent.password_hash.clone().unwrap_or_default())
            .add(i64::from(agent.disabled));
        let row = sqlx::query_with(
            "SELECT COUNT(*) FROM agent WHERE login = $1 AND role = $2 \
             AND COALESCE(password_hash, '') = $3 AND disabled = $4",
            same.take(),
        )
        .fetch_one(&mut *tx)
        .await?;
        let goes_on = Cells::of(&row, "agent").int()? > 0 && !agent.disabled;
        sqlx::query_with(
            "INSERT INTO agent (login, name, role, password_hash, devices, auto_answer, queues, \
             disabled, skills, department, record) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (login) DO UPDATE \
             SET name = excluded.name, role = excluded.role, \
             password_hash = excluded.password_hash, devices = excluded.devices, \
             auto_answer = excluded.auto_answer, queues = excluded.queues, disabled = excluded.disabled, \
             skills = excluded.skills, department = excluded.department, record = excluded.record",
            given.take(),
        )
        .execute(&mut *tx)
        .await?;
        if !goes_on {
            end_every_session(&mut tx, &agent.login).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Refuses what no agent can be.
pub(crate) fn check_agent(agent: &AgentRow) -> Result<(), StoreRefused> {
    check_filled("login", agent.login.as_str())?;
    check_filled("name", &agent.name)?;
    for device in &agent.devices {
        check_text("device", device, limits::SHORT_CHARS_MAX)?;
    }
    for (field, list) in [
        ("devices", &agent.devices),
        ("queues", &agent.queues),
        ("skills", &agent.skills),
    ] {
        check_text(field, &as_json(list), limits::DETAIL_CHARS_MAX)?;
    }
    Ok(())
}

fn as_json(list: &[String]) -> String {
    serde_json::to_string(list).expect("a list of texts")
}

/// Gives the eleven columns of an agent: login, name, role, password_hash, devices, auto_answer, queues, disabled,
/// skills, department, record.
pub(crate) fn give_agent(given: &mut Given, agent: &AgentRow) {
    given
        .add(agent.login.as_str())
        .add(agent.name.as_str())
        .add(agent.role.as_str())
        .add(agent.password_hash.clone())
        .add(as_json(&agent.devices))
        .add(i64::from(agent.auto_answer))
        .add(as_json(&agent.queues))
        .add(i64::from(agent.disabled))
        .add(as_json(&agent.skills))
        .add(agent.department.map(|id| id.to_string()))
        .add(i64::from(agent.record));
}

/// Reads the columns of [`agent_columns`].
pub(crate) fn read_agent(cells: &mut Cells<'_>) -> Result<AgentRow, StoreRefused> {
    Ok(AgentRow {
        login: AgentId::new(cells.str()?),
        name: cells.text()?,
        role: cells.name()?,
        password_hash: cells.some_text()?,
        devices: cells.json()?,
        auto_answer: cells.truth()?,
        queues: cells.json()?,
        disabled: cells.truth()?,
        skills: cells.json()?,
        department: cells.some_id()?,
        record: cells.truth()?,
    })
}
