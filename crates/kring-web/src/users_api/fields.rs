//! What an account may be told to be, and what it cannot be.

use crate::{app::App, problem::Problem};
use kring_call::command::{DEVICES_MAX, Skill};
use kring_store::{AgentRow, Role};
use serde::Deserialize;
use utoipa::ToSchema;

/// Longest login and name, characters, as the command line has them.
const LOGIN_MAX: usize = 64;
const NAME_MAX: usize = 200;

/// Queues and skills of one person.
const QUEUES_MAX: usize = 50;
const SKILLS_MAX: usize = 50;

/// What is to be; absent members stay.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"role": "supervisor", "queues": ["main"], "disabled": false}))]
pub(super) struct UserFields {
    pub(super) name: Option<String>,
    pub(super) role: Option<String>,
    /// `sip:USER@HOST:PORT`, `pbx:EXTENSION`, `phone:USER` or `browser`; four at most.
    pub(super) devices: Option<Vec<String>>,
    pub(super) auto_answer: Option<bool>,
    pub(super) record: Option<bool>,
    pub(super) queues: Option<Vec<String>>,
    pub(super) skills: Option<Vec<String>>,
    /// The unit whose cases a `unit_officer` sees, by id or short name; empty: none.
    pub(super) department_id: Option<String>,
    pub(super) disabled: Option<bool>,
}

impl UserFields {
    /// Refuses what cannot be, and writes skills as they are stored.
    pub(super) async fn check(&mut self, app: &App) -> Result<(), Problem> {
        if let Some(name) = &self.name {
            check_name(name)?;
        }
        if let Some(role) = &self.role {
            role_named(role)?;
        }
        if let Some(devices) = &self.devices {
            check_devices(app, devices).await?;
        }
        if let Some(queues) = &self.queues {
            let known = &app.config.rules.now().queues;
            if queues.len() > QUEUES_MAX || queues.iter().any(|queue| !known.contains(queue)) {
                let why = format!("are of the configured ones: {}", known.join(", "));
                return Err(Problem::field("queues", why));
            }
        }
        if let Some(unit) = self.department_id.as_mut().filter(|unit| !unit.is_empty()) {
            let directory = app.store.directory().await?;
            let found = directory.find(unit);
            let found = found.ok_or_else(|| Problem::field("department_id", "is no unit"))?;
            *unit = found.id.to_string();
        }
        if let Some(skills) = &mut self.skills {
            if skills.len() > SKILLS_MAX {
                return Err(Problem::field(
                    "skills",
                    format!("are {SKILLS_MAX} at most"),
                ));
            }
            for skill in skills {
                let read: Result<Skill, _> = skill.parse();
                let read = read.map_err(|why| Problem::field("skills", why.to_string()))?;
                *skill = read.to_string();
            }
        }
        Ok(())
    }

    /// Makes it so; what was checked.
    pub(super) fn put(self, agent: &mut AgentRow) {
        if let Some(name) = self.name {
            name.trim().clone_into(&mut agent.name);
        }
        let role = self.role.as_deref().and_then(Role::from_name);
        agent.role = role.unwrap_or(agent.role);
        for (list, said) in [
            (&mut agent.devices, self.devices),
            (&mut agent.queues, self.queues),
            (&mut agent.skills, self.skills),
        ] {
            if let Some(said) = said {
                *list = said;
            }
        }
        if let Some(unit) = self.department_id {
            agent.department = unit.parse().ok();
        }
        agent.auto_answer = self.auto_answer.unwrap_or(agent.auto_answer);
        agent.record = self.record.unwrap_or(agent.record);
        agent.disabled = self.disabled.unwrap_or(agent.disabled);
    }
}

/// The role of this name.
pub(super) fn role_named(name: &str) -> Result<Role, Problem> {
    let why = "is agent, tip_officer, unit_officer, supervisor, kb_editor, admin, dpo, integrator or auditor";
    Role::from_name(name).ok_or_else(|| Problem::field("role", why))
}

/// Refuses what cannot be a login.
pub(crate) fn check_login(login: &str) -> Result<(), Problem> {
    let letter =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    if login.is_empty() || login.len() > LOGIN_MAX || !login.chars().all(letter) {
        let why = format!("has 1 to {LOGIN_MAX} of a-z, 0-9, '.', '_' and '-'");
        return Err(Problem::field("login", why));
    }
    Ok(())
}

/// Refuses what nobody is called.
pub(crate) fn check_name(name: &str) -> Result<(), Problem> {
    let is_name = !name.trim().is_empty()
        && name.chars().count() <= NAME_MAX
        && !name.contains(char::is_control);
    let why = || Problem::field("name", format!("has 1 to {NAME_MAX} characters"));
    is_name.then_some(()).ok_or_else(why)
}

/// Each of them once, in one of the known forms, and the registered ones there. Whether it can be rung is seen when it
/// is: the host may be found tomorrow.
async fn check_devices(app: &App, devices: &[String]) -> Result<(), Problem> {
    let bad = |why: String| Err(Problem::field("devices", why));
    if devices.len() > DEVICES_MAX {
        return bad(format!("are {DEVICES_MAX} at most"));
    }
    for (at, device) in devices.iter().enumerate() {
        if devices[..at].contains(device) {
            return bad(format!("name {device:?} twice"));
        }
        let plain = device.len() <= 200 && !device.contains(|c: char| c.is_control() || c == ' ');
        let known = match device.split_once(':') {
            Some(("sip", rest)) => rest
                .split_once('@')
                .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty()),
            Some(("pbx" | "phone", user)) => !user.is_empty(),
            _ => device == "browser",
        };
        if !(plain && known) {
            let forms = "sip:USER@HOST:PORT, pbx:EXTENSION, phone:USER or browser";
            return bad(format!("{device:?} is not {forms}"));
        }
        if let Some(user) = device.strip_prefix("phone:")
            && app.store.phone(user).await?.is_none()
        {
            return bad(format!("there is no phone {user:?}"));
        }
    }
    Ok(())
}
