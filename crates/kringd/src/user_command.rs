//! `kringd user`: who may sign in. It works beside a running daemon, which reads the table again
//! every few seconds.

use crate::{
    cli::{NewUser, PasswordFor, UserCommand},
    clock::Clock,
    config::Config,
    database,
    exit::Fault,
    net::{Families, Resolver},
    passwords::{self, Password},
    seats::{self, DeviceRefused},
};
use kring_call::{Skill, limits::DEVICES_MAX};
use kring_journal::AgentId;
use kring_sip::Transport;
use kring_store::{Account, AgentRow, ChangedBy, DepartmentId, Role, Store, StoreRefused};
use kring_web::session;

/// Longest login and name, characters.
const LOGIN_MAX: usize = 64;
const NAME_MAX: usize = 200;

/// Queues and skills of one person.
const QUEUES_MAX: usize = 50;
const SKILLS_MAX: usize = 50;

/// Carries one out.
pub(crate) async fn run(config: &Config, command: UserCommand) -> Result<(), Fault> {
    let store = database::open(config).await?;
    let done = match command {
        UserCommand::Add(user) => add(config, &store, user).await,
        UserCommand::Passwd(who) => set_password(config, &store, who).await,
        UserCommand::List => list(&store).await,
        UserCommand::Disable { login } => disable(&store, &login).await,
    };
    store.close().await;
    done
}

async fn add(config: &Config, store: &Store, user: NewUser) -> Result<(), Fault> {
    let login = login(&user.login)?;
    let before = store.agent(&login).await.map_err(database::refused)?;
    if before.is_some() && !user.replace {
        return Err(Fault::Arguments(format!(
            "there is a user {login} already. To change this person add --replace; for the \
             password alone use `kringd user passwd {login}`."
        )));
    }
    let devices = devices(config, store, user.device).await?;
    if user.auto_answer && devices.is_empty() {
        let what = "--auto-answer wants a phone that can: give --device as well.";
        return Err(Fault::Arguments(what.to_owned()));
    }
    let queues = queues(config, user.queue)?;
    let skills = skills(&user.skill)?;
    let role = role(&user.role)?;
    let department = department(store, role, user.department).await?;
    let name = user.name.unwrap_or_else(|| login.to_string());
    if name.trim().is_empty() || name.chars().count() > NAME_MAX || name.contains(char::is_control)
    {
        let what = format!("--name must have 1 to {NAME_MAX} characters.");
        return Err(Fault::Arguments(what));
    }
    let kept = before
        .as_ref()
        .and_then(|before| before.password_hash.clone());
    let chars_min = config.auth.passwords.chars_min;
    let password = match (user.password_stdin, &kept) {
        (true, _) => Some(passwords::from_stdin(chars_min)?),
        (false, Some(_)) => None,
        (false, None) => Some(passwords::asked_or_made(chars_min)?),
    };
    let hash = |password| hashed(config, password, &login, &name);
    let fresh = password.as_ref().map(hash).transpose()?;
    let row = AgentRow {
        login: login.clone(),
        name,
        role,
        password_hash: fresh.or(kept),
        devices,
        auto_answer: user.auto_answer,
        queues,
        disabled: false,
        skills,
        department,
        record: false,
    };
    let by = by_command_line();
    let has_fresh = password.is_some();
    let done = match before {
        None => store.add_account(&by, &Account::new(row, by.at)).await,
        Some(_) => {
            let changed = store.change_account(&by, &login, |account| {
                account.agent = row;
                account.must_change &= !has_fresh;
                Ok(())
            });
            changed.await.map(drop)
        }
    };
    done.map_err(refused)?;
    println!("{login} may sign in as {}.", role.as_str());
    tell_made(password.as_ref());
    Ok(())
}

async fn set_password(config: &Config, store: &Store, who: PasswordFor) -> Result<(), Fault> {
    let login = login(&who.login)?;
    let there = store.agent(&login).await.map_err(database::refused)?;
    let Some(there) = there else {
        let what = format!("nobody has the login {login}: see `kringd user list`.");
        return Err(Fault::Arguments(what));
    };
    let chars_min = config.auth.passwords.chars_min;
    let password = if who.password_stdin {
        passwords::from_stdin(chars_min)?
    } else {
        passwords::asked_or_made(chars_min)?
    };
    let hash = hashed(config, &password, &login, &there.name)?;
    let by = by_command_line();
    let changed = store.change_account(&by, &login, |account| {
        account.agent.password_hash = Some(hash);
        account.must_change = false;
        Ok(())
    });
    changed.await.map_err(refused)?;
    println!("{login} has a new password and is signed out everywhere.");
    tell_made(Some(&password));
    Ok(())
}

async fn list(store: &Store) -> Result<(), Fault> {
    let rows = store.agents().await.map_err(database::refused)?;
    if rows.is_empty() {
        println!("nobody yet: add somebody with `kringd user add LOGIN`.");
        return Ok(());
    }
    println!(
        "{:<20} {:<12} {:<9} {:<32} {:<20} {:<20} NAME",
        "LOGIN", "ROLE", "STATE", "DEVICE", "QUEUES", "SKILLS"
    );
    for row in rows {
        let state = if row.disabled { "disabled" } else { "enabled" };
        let mut device = row.devices.join(",");
        if device.is_empty() {
            device.push('-');
        }
        if row.auto_answer {
            device.push_str(" (answers)");
        }
        let queues = if row.queues.is_empty() {
            "all".to_owned()
        } else {
            row.queues.join(",")
        };
        let skills = if row.skills.is_empty() {
            "-".to_owned()
        } else {
            row.skills.join(",")
        };
        let (login, role, name) = (&row.login, row.role.as_str(), &row.name);
        println!("{login:<20} {role:<12} {state:<9} {device:<32} {queues:<20} {skills:<20} {name}");
    }
    Ok(())
}

async fn disable(store: &Store, text: &str) -> Result<(), Fault> {
    let login = login(text)?;
    let by = by_command_line();
    let changed = store.change_account(&by, &login, |account| {
        account.agent.disabled = true;
        Ok(())
    });
    changed.await.map_err(refused)?;
    println!("{login} may not sign in any more and is signed out everywhere.");
    Ok(())
}

fn login(text: &str) -> Result<AgentId, Fault> {
    let letter =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    if text.is_empty() || text.len() > LOGIN_MAX || !text.chars().all(letter) {
        return Err(Fault::Arguments(format!(
            "{text:?} is no login. Write 1 to {LOGIN_MAX} of a-z, 0-9, '.', '_' and '-'."
        )));
    }
    Ok(AgentId::new(text))
}

fn role(text: &str) -> Result<Role, Fault> {
    Role::from_name(text).ok_or_else(|| {
        Fault::Arguments(format!(
            "{text:?} is no role. Write agent, supervisor, admin, tip_officer, unit_officer, \
             kb_editor, dpo, integrator or auditor."
        ))
    })
}

/// The unit with this short name. An officer of a unit has one: without it they would see no case.
async fn department(
    store: &Store,
    role: Role,
    short: Option<String>,
) -> Result<Option<DepartmentId>, Fault> {
    let Some(short) = short else {
        if role == Role::UnitOfficer {
            let what = "a unit_officer sees the cases of a unit: give --department SHORT as well.";
            return Err(Fault::Arguments(what.to_owned()));
        }
        return Ok(None);
    };
    let directory = store.directory().await.map_err(database::refused)?;
    let unit = directory.find(&short).map(|unit| unit.id);
    unit.map(Some).ok_or_else(|| {
        Fault::Arguments(format!(
            "--department: there is no unit {short:?}. See the directory, or `kringd import departments`."
        ))
    })
}

/// Each of them once, and one that can be rung.
pub(crate) async fn devices(
    config: &Config,
    store: &Store,
    devices: Vec<String>,
) -> Result<Vec<String>, Fault> {
    if devices.len() > DEVICES_MAX {
        let what = format!("at most {DEVICES_MAX} times --device.");
        return Err(Fault::Arguments(what));
    }
    let resolver = Resolver::of_system(Families::of(&config.sip.listen));
    for (at, text) in devices.iter().enumerate() {
        if devices[..at].contains(text) {
            let what = format!("--device: {text:?} is there twice. Name each phone once.");
            return Err(Fault::Arguments(what));
        }
        if let Some(user) = text.strip_prefix("phone:")
            && store
                .phone(user)
                .await
                .map_err(database::refused)?
                .is_none()
        {
            let what = format!(
                "--device: there is no phone {user:?}. Add it first: kringd phone add {user}"
            );
            return Err(Fault::Arguments(what));
        }
        let found = if text == seats::BROWSER {
            let mut listens = config.sip.listen.iter();
            let by_udp = listens.any(|listen| listen.transport == Transport::Udp);
            by_udp.then_some(()).ok_or(DeviceRefused::NoUdp)
        } else {
            let found = seats::device(text, &config.trunks, &resolver).await;
            found.map(|_| ())
        };
        found.map_err(|refused| Fault::Arguments(format!("--device: {refused}.")))?;
    }
    Ok(devices)
}

pub(crate) fn queues(config: &Config, names: Vec<String>) -> Result<Vec<String>, Fault> {
    let known = || {
        let names: Vec<&str> = config
            .queues
            .iter()
            .map(|queue| queue.name.as_str())
            .collect();
        names.join(", ")
    };
    if names.len() > QUEUES_MAX {
        return Err(Fault::Arguments(format!(
            "at most {QUEUES_MAX} times --queue."
        )));
    }
    match names
        .iter()
        .find(|name| config.queues.iter().all(|queue| queue.name != **name))
    {
        Some(name) => Err(Fault::Arguments(format!(
            "there is no queue {name:?}. Configured are: {}.",
            known()
        ))),
        None => Ok(names),
    }
}

pub(crate) fn skills(texts: &[String]) -> Result<Vec<String>, Fault> {
    if texts.len() > SKILLS_MAX {
        let what = format!("at most {SKILLS_MAX} times --skill.");
        return Err(Fault::Arguments(what));
    }
    let skill = |text: &String| -> Result<String, Fault> {
        let read: Result<Skill, _> = text.parse();
        let read = read.map_err(|refused| Fault::Arguments(format!("--skill: {refused}.")))?;
        Ok(read.to_string())
    };
    texts.iter().map(skill).collect()
}

/// What is kept of a password that the rules allow. One that kring made needs no rules.
fn hashed(
    config: &Config,
    password: &Password,
    login: &AgentId,
    name: &str,
) -> Result<String, Fault> {
    if let Password::Given(secret) = password {
        let checked = config.auth.passwords.check(secret, &[login.as_str(), name]);
        checked.map_err(|refused| Fault::Arguments(format!("{refused}.")))?;
    }
    Ok(session::hash_password(password.secret()))
}

/// Who changes accounts here, for the audit.
pub(crate) fn by_command_line() -> ChangedBy {
    let clock = Clock::start();
    ChangedBy {
        who: "kringd".to_owned(),
        at: clock.wall(clock.now()),
    }
}

fn refused(refused: StoreRefused) -> Fault {
    match refused {
        StoreRefused::LastAdministrator => Fault::Arguments(format!(
            "{refused}. Add another first: kringd user add LOGIN --role admin"
        )),
        other => database::refused(other),
    }
}

fn tell_made(password: Option<&Password>) {
    if let Some(Password::Made(secret)) = password {
        println!("The password, shown this once: {secret}");
    }
}
