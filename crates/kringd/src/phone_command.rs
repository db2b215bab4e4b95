//! `kringd phone`: which phones may register. It works beside a running daemon, which reads the table
//! again every few seconds.

use crate::{
    cli::{NewPhone, PasswordForPhone, PhoneCommand, SrtpOfPhone},
    config::Config,
    database,
    exit::Fault,
    passwords::{self, Password},
};
use kring_journal::WallTime;
use kring_sip::{digest::Ha1Set, registrar::PHONES_MAX};
use kring_store::{BindingRow, PhoneRow, Store};
use std::time::{SystemTime, UNIX_EPOCH};

/// Longest user and name, characters.
const USER_MAX: usize = 64;
const NAME_MAX: usize = 200;

/// The fewest characters of a phone's password: nobody types it twice, and the registrar holds up who guesses.
const PASSWORD_CHARS_MIN: usize = 8;

/// Carries one out.
pub(crate) async fn run(config: &Config, command: PhoneCommand) -> Result<(), Fault> {
    let store = database::open(config).await?;
    let done = match command {
        PhoneCommand::Add(phone) => add(config, &store, phone).await,
        PhoneCommand::Passwd(who) => set_password(config, &store, who).await,
        PhoneCommand::Srtp(which) => set_srtp(config, &store, which).await,
        PhoneCommand::List => list(&store).await,
        PhoneCommand::Disable { user } => set_disabled(&store, &user, true).await,
        PhoneCommand::Enable { user } => set_disabled(&store, &user, false).await,
        PhoneCommand::Symmetric { user, is } => set_symmetric(&store, &user, is == "on").await,
        PhoneCommand::Remove { user } => remove(&store, &user).await,
    };
    store.close().await;
    done
}

async fn add(config: &Config, store: &Store, phone: NewPhone) -> Result<(), Fault> {
    let user = user(&phone.user)?;
    let phones = store.phones().await.map_err(database::refused)?;
    if phones.iter().any(|row| row.phone == user) {
        return Err(Fault::Arguments(format!(
            "there is a phone {user} already. For another password use `kringd phone passwd {user}`."
        )));
    }
    if phones.len() >= PHONES_MAX {
        let what = format!("there are {PHONES_MAX} phones already. Remove some.");
        return Err(Fault::Arguments(what));
    }
    let name = phone.name.unwrap_or_else(|| user.clone());
    if name.trim().is_empty() || name.chars().count() > NAME_MAX || name.contains(char::is_control)
    {
        let what = format!("--name must have 1 to {NAME_MAX} characters.");
        return Err(Fault::Arguments(what));
    }
    let password = password(phone.password_stdin)?;
    let row = PhoneRow {
        secrets: secrets(&user, &config.registrar.realm, password.secret()),
        realm: config.registrar.realm.to_string(),
        phone: user,
        name,
        disabled: false,
        created: now(),
        srtp: phone.srtp,
        symmetric: phone.symmetric,
    };
    store.put_phone(&row).await.map_err(database::refused)?;
    tell_settings(config, &row.phone, &password);
    Ok(())
}

async fn set_password(config: &Config, store: &Store, who: PasswordForPhone) -> Result<(), Fault> {
    let before = known(store, &who.user).await?;
    let password = password(who.password_stdin)?;
    let row = PhoneRow {
        secrets: secrets(&before.phone, &config.registrar.realm, password.secret()),
        realm: config.registrar.realm.to_string(),
        ..before
    };
    store.put_phone(&row).await.map_err(database::refused)?;
    tell_settings(config, &row.phone, &password);
    Ok(())
}

async fn list(store: &Store) -> Result<(), Fault> {
    let rows = store.phones().await.map_err(database::refused)?;
    if rows.is_empty() {
        println!("no phone yet: add one with `kringd phone add USER`.");
        return Ok(());
    }
    let bindings = store.bindings(now()).await.map_err(database::refused)?;
    println!(
        "{:<16} {:<9} {:<32} {:<24} NAME",
        "USER", "STATE", "WHERE", "PHONE"
    );
    for row in rows {
        let state = if row.disabled { "disabled" } else { "enabled" };
        let mut own = bindings.iter().filter(|binding| binding.phone == row.phone);
        let (user, name) = (&row.phone, &row.name);
        match own.next() {
            None => println!(
                "{user:<16} {state:<9} {:<32} {:<24} {name}",
                "not registered", "-"
            ),
            Some(first) => {
                let place = place(first);
                let agent = &first.user_agent;
                println!("{user:<16} {state:<9} {place:<32} {agent:<24} {name}");
            }
        }
        for more in own {
            println!(
                "{:<16} {:<9} {:<32} {:<24}",
                "",
                "",
                place(more),
                more.user_agent
            );
        }
    }
    Ok(())
}

fn place(binding: &BindingRow) -> String {
    format!("{}:{}", binding.transport, binding.address)
}

async fn set_disabled(store: &Store, user: &str, disabled: bool) -> Result<(), Fault> {
    let row = PhoneRow {
        disabled,
        ..known(store, user).await?
    };
    store.put_phone(&row).await.map_err(database::refused)?;
    let may = if disabled { "may not" } else { "may" };
    println!("{user} {may} register.");
    Ok(())
}

async fn set_srtp(config: &Config, store: &Store, which: SrtpOfPhone) -> Result<(), Fault> {
    let row = PhoneRow {
        srtp: which.policy,
        ..known(store, &which.user).await?
    };
    store.put_phone(&row).await.map_err(database::refused)?;
    let user = &row.phone;
    match &row.srtp {
        Some(policy) => println!("srtp of {user}: {policy}, whatever media.srtp says."),
        None => println!(
            "srtp of {user}: as media.srtp says, {}.",
            config.media.srtp.name()
        ),
    }
    Ok(())
}

async fn set_symmetric(store: &Store, user: &str, symmetric: bool) -> Result<(), Fault> {
    let row = PhoneRow {
        symmetric,
        ..known(store, user).await?
    };
    store.put_phone(&row).await.map_err(database::refused)?;
    let from = if symmetric {
        "where its first packet comes from, at the address of its registration"
    } else {
        "where it signals, and nowhere else"
    };
    println!("the sound of {user} comes from {from}; from the next call on.");
    Ok(())
}

async fn remove(store: &Store, user: &str) -> Result<(), Fault> {
    if store.remove_phone(user).await.map_err(database::refused)? {
        println!("{user} is removed.");
        Ok(())
    } else {
        Err(nobody(user))
    }
}

async fn known(store: &Store, user: &str) -> Result<PhoneRow, Fault> {
    let row = store.phone(user).await.map_err(database::refused)?;
    row.ok_or_else(|| nobody(user))
}

fn nobody(user: &str) -> Fault {
    Fault::Arguments(format!(
        "there is no phone {user:?}: see `kringd phone list`."
    ))
}

fn user(text: &str) -> Result<String, Fault> {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if text.is_empty() || text.len() > USER_MAX || !text.chars().all(letter) {
        return Err(Fault::Arguments(format!(
            "{text:?} is no user of a phone. Write 1 to {USER_MAX} of a-z, A-Z, 0-9, '.', '_' and \
             '-', such as 5021."
        )));
    }
    Ok(text.to_owned())
}

fn password(stdin: bool) -> Result<Password, Fault> {
    if stdin {
        passwords::from_stdin(PASSWORD_CHARS_MIN)
    } else {
        Ok(Password::Made(passwords::made()))
    }
}

/// As the store keeps it: one HA1 for each algorithm, whichever are asked for now.
pub(crate) fn secrets(user: &str, realm: &str, password: &str) -> String {
    let set = Ha1Set::of_password(user, realm, password);
    let one = |ha1: &kring_sip::digest::Ha1| format!("{}:{}", ha1.algorithm(), ha1.hex());
    set.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// What is typed into the phone.
fn tell_settings(config: &Config, user: &str, password: &Password) {
    println!("{user} may register. Set in the phone:");
    println!("  user name and authentication name:  {user}");
    match password {
        Password::Made(secret) => println!("  password, shown this once:          {secret}"),
        Password::Given(_) => println!("  password:                           the one you gave"),
    }
    let ways: Vec<String> = config.sip.listen.iter().map(way).collect();
    println!(
        "  server (registrar, outbound proxy): this machine, {}",
        ways.join(" or ")
    );
    println!(
        "  registration expires:               {} s or less",
        config.registrar.max_expires_s
    );
    println!(
        "  realm, where the phone wants one:   {}",
        config.registrar.realm
    );
    println!("Then give the phone to somebody: kringd user add LOGIN --device phone:{user}");
}

fn way(listen: &crate::config::Listen) -> String {
    format!("{} port {}", listen.transport.via(), listen.address.port())
}

fn now() -> WallTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    WallTime(since.map_or(0, |since| since.as_micros() as i64))
}
