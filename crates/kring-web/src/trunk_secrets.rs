//! Passwords of trunks that were given on a page: each in a file of the data folder that only kring can read. The
//! database has the file's name; nobody is told the password again.

use crate::{
    configured::Keys,
    problem::{Code, Problem},
};
use kring_store::{ConfiguredKind, ConfiguredRow};
use serde_json::{Map, Value};
use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};
use ulid::Ulid;

/// The folder within the data folder.
const FOLDER: &str = "secrets";

/// Longest password, bytes.
const PASSWORD_BYTES_MAX: usize = 256;

fn register(keys: &mut Keys) -> Option<&mut Map<String, Value>> {
    keys.get_mut("register")?.as_object_mut()
}

fn file_of(keys: &Keys) -> Option<&str> {
    keys.get("register")?.get("password_file")?.as_str()
}

/// What may not be said on a page, and what is only ever told.
pub(crate) fn check(keys: &mut Keys) -> Result<(), Problem> {
    let Some(register) = register(keys) else {
        return Ok(());
    };
    if register.contains_key("password_file") {
        let why = "is for the file: send the password itself";
        return Err(Problem::field("register.password_file", why));
    }
    register.remove("password_set");
    match register.get("password") {
        None => Ok(()),
        Some(Value::String(text)) if is_password(text) => Ok(()),
        Some(_) => {
            let why = format!("has 1 to {PASSWORD_BYTES_MAX} bytes in one line");
            Err(Problem::field("register.password", why))
        }
    }
}

fn is_password(text: &str) -> bool {
    (1..=PASSWORD_BYTES_MAX).contains(&text.len()) && !text.contains(char::is_control)
}

/// Puts a password that was given into a file, and the file's name in its place. Without one, the file that was
/// there before goes on to be the one.
pub(crate) fn keep(data_dir: Option<&Path>, keys: &mut Keys, before: &Keys) -> Result<(), Problem> {
    let was = file_of(before).map(str::to_owned);
    let Some(register) = register(keys) else {
        return Ok(());
    };
    let file = match register.remove("password") {
        Some(Value::String(password)) => {
            let data_dir = data_dir.ok_or_else(|| Problem::new(Code::FileUnavailable))?;
            let file = format!("{FOLDER}/trunk-{}", Ulid::new().to_string().to_lowercase());
            write(&data_dir.join(FOLDER), &data_dir.join(&file), &password).map_err(|refused| {
                tracing::error!(%refused, "the password of a trunk cannot be kept");
                Problem::new(Code::FileUnavailable)
            })?;
            Some(file)
        }
        _ => was,
    };
    if let Some(file) = file {
        register.insert("password_file".to_owned(), file.into());
    }
    Ok(())
}

fn write(folder: &Path, file: &Path, password: &str) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    file.write_all(password.as_bytes())?;
    file.sync_all()?;
    fs::File::open(folder)?.sync_all()
}

/// Takes away the files that no trunk names.
pub(crate) fn sweep(data_dir: Option<&Path>, rows: &[ConfiguredRow]) {
    let Some(data_dir) = data_dir else {
        return;
    };
    let trunks = rows.iter().filter(|row| row.kind == ConfiguredKind::Trunk);
    let named: Vec<PathBuf> = trunks
        .filter_map(|row| file_of(&row.keys))
        .map(|file| data_dir.join(file))
        .collect();
    let Ok(entries) = fs::read_dir(data_dir.join(FOLDER)) else {
        // No password was ever given.
        return;
    };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let is_ours = |name: &str| name.starts_with("trunk-");
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(is_ours)
            && !named.contains(&path)
            && let Err(refused) = fs::remove_file(&path)
        {
            tracing::warn!(%refused, "a password that no trunk needs is still there");
        }
    }
}

/// The keys as they may be told.
pub(crate) fn told(mut keys: Keys) -> Keys {
    if let Some(register) = register(&mut keys) {
        let set = register.remove("password_file").is_some();
        register.insert("password_set".to_owned(), set.into());
    }
    keys
}
