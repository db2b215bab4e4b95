//! Changing what the database configures: tried with everything else in place, written with its line in the
//! audit, and taken up, one change after another.
//!
//! A change that was begun is carried through, be it that whoever asked has left.

use crate::{
    app::App,
    configured::{ConfiguredIn, Keys, Mistake, Trial},
    problem::{Code, Problem},
    reload::ConfigurationWish,
    trunk_secrets,
};
use kring_store::{ChangedBy, ConfiguredKind, ConfiguredRow, StoreRefused};
use serde_json::{Map, Value};

/// Characters of a name at most: it is a label of metrics and part of an address.
const NAME_CHARS_MAX: usize = 64;

/// What is to become of a row.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// A new one of these keys.
    Add(Keys),
    /// These keys in place of those that are there; null takes one away. With a version, only at that one.
    Patch(Keys, Option<i64>),
    /// It goes.
    Remove(Option<i64>),
}

/// Carries a change out. The row as it is then; none: it is gone.
pub(crate) async fn carry_out(
    app: &App,
    by: ChangedBy,
    kind: ConfiguredKind,
    name: &str,
    change: Change,
) -> Result<Option<ConfiguredRow>, Problem> {
    let (app, name) = (app.clone(), name.to_owned());
    let carried = async move {
        let turn = app.configuring.lock().await;
        let done = one(&app, &by, (kind, &name), change).await;
        if kind == ConfiguredKind::Trunk
            && let Ok(rows) = app.store.configured().await
        {
            trunk_secrets::sweep(app.config.data_dir.as_deref(), &rows);
        }
        drop(turn);
        done
    };
    let carried = tokio::spawn(carried).await;
    carried.unwrap_or_else(|_| Err(Problem::new(Code::Internal)))
}

async fn one(
    app: &App,
    by: &ChangedBy,
    (kind, name): (ConfiguredKind, &str),
    change: Change,
) -> Result<Option<ConfiguredRow>, Problem> {
    let now = app.config.configured.now();
    let known = now.item(kind, name).map(|item| item.source);
    let rows = app.store.configured().await?;
    let is = |row: &ConfiguredRow| row.kind == kind && row.name == name;
    let row = rows.into_iter().find(is);
    let is_in_file = match &change {
        Change::Add(_) => false,
        Change::Patch(..) => true,
        // A row that has lost its name to the file can be taken away.
        Change::Remove(_) => row.is_none(),
    };
    if is_in_file && known == Some(ConfiguredIn::File) {
        return Err(Problem::new(Code::InFile));
    }
    let store = &app.store;
    let done = match (change, row) {
        (Change::Add(keys), row) => {
            if row.is_some() || known.is_some() {
                return Err(Problem::new(Code::Taken).with("field", "name"));
            }
            let keys = kept(app, kind, keys, &Keys::new())?;
            attempt(app, kind, name, Some(keys.clone())).await?;
            Some(store.add_configured(by, kind, name, keys).await?)
        }
        (Change::Patch(keys, version), None) => {
            // What nobody has configured has keys of its own from now on.
            let is_usual = known == Some(ConfiguredIn::Default) || kind == ConfiguredKind::Settings;
            if !is_usual {
                return Err(Problem::new(none_such(kind)));
            }
            if version.is_some_and(|version| version != 0) {
                return Err(StoreRefused::Stale { current: 0 }.into());
            }
            let keys = kept(app, kind, laid_over(Keys::new(), keys), &Keys::new())?;
            attempt(app, kind, name, Some(keys.clone())).await?;
            Some(store.add_configured(by, kind, name, keys).await?)
        }
        (Change::Patch(keys, version), Some(row)) => {
            check_version(&row, version)?;
            let keys = kept(app, kind, laid_over(row.keys.clone(), keys), &row.keys)?;
            attempt(app, kind, name, Some(keys.clone())).await?;
            let version = Some(row.version);
            Some(
                store
                    .change_configured(by, (kind, name), version, keys)
                    .await?,
            )
        }
        (Change::Remove(_), None) if known.is_some() => {
            return Err(
                Problem::new(Code::InUse).detail("it is kring's own, and there is no other")
            );
        }
        (Change::Remove(_), None) => return Err(Problem::new(none_such(kind))),
        (Change::Remove(version), Some(row)) => {
            check_version(&row, version)?;
            attempt(app, kind, name, None).await?;
            let version = Some(row.version);
            store.remove_configured(by, (kind, name), version).await?;
            None
        }
    };
    take_up(app).await;
    Ok(done)
}

fn check_version(row: &ConfiguredRow, wanted: Option<i64>) -> Result<(), Problem> {
    match wanted {
        Some(wanted) if wanted != row.version => Err(StoreRefused::Stale {
            current: row.version,
        }
        .into()),
        _ => Ok(()),
    }
}

/// The code of one that is not there.
pub(crate) fn none_such(kind: ConfiguredKind) -> Code {
    match kind {
        ConfiguredKind::Queue => Code::NoSuchQueue,
        ConfiguredKind::Trunk => Code::NoSuchTrunk,
        ConfiguredKind::Settings => Code::NotFound,
    }
}

/// With the password of a trunk where passwords are.
fn kept(app: &App, kind: ConfiguredKind, mut keys: Keys, before: &Keys) -> Result<Keys, Problem> {
    if kind == ConfiguredKind::Trunk {
        trunk_secrets::keep(app.config.data_dir.as_deref(), &mut keys, before)?;
    }
    Ok(keys)
}

/// These keys over those; null takes one away.
fn laid_over(mut keys: Keys, over: Keys) -> Keys {
    for (key, value) in over {
        if value.is_null() {
            keys.remove(&key);
        } else {
            keys.insert(key, value);
        }
    }
    keys
}

/// Refuses a change that would not go with the rest.
async fn attempt(
    app: &App,
    kind: ConfiguredKind,
    name: &str,
    keys: Option<Keys>,
) -> Result<(), Problem> {
    let is_removal = keys.is_none();
    let trial = Trial {
        kind,
        name: name.to_owned(),
        keys,
    };
    let wish = |reply| ConfigurationWish::Try(trial, reply);
    match app.config.reloads.ask(wish).await {
        Some(Ok(())) => Ok(()),
        Some(Err(mistakes)) if is_removal => {
            let first = mistakes.into_iter().next().unwrap_or_default();
            let problem = Problem::new(Code::InUse).detail(first.en);
            Err(problem.with("detail_th", first.th))
        }
        Some(Err(mistakes)) => Err(mistaken(kind, mistakes)),
        None => Err(Problem::new(Code::Busy).retry_after(1)),
    }
}

/// The refusal that names every mistake, the first one in front.
pub(crate) fn mistaken(kind: ConfiguredKind, mistakes: Vec<Mistake>) -> Problem {
    let mut fields = Map::new();
    for mistake in &mistakes {
        let field = mistake.field.clone().unwrap_or_default();
        let told = serde_json::json!({"th": mistake.th, "en": mistake.en});
        fields.entry(field).or_insert(told);
    }
    let code = match kind {
        ConfiguredKind::Settings => Code::BadSetting,
        _ => Code::BadField,
    };
    let problem = Problem::new(code).with("fields", Value::Object(fields));
    let Some(first) = mistakes.into_iter().next() else {
        return problem;
    };
    let problem = problem.detail(first.en).with("detail_th", first.th);
    match first.field {
        Some(field) => problem.with("field", field),
        None => problem,
    }
}

/// Has what is written taken up. It is written: what cannot be taken up now is at the next start, or is left
/// out and told.
async fn take_up(app: &App) {
    match app.config.reloads.ask(ConfigurationWish::Follow).await {
        Some(Ok(_)) => {}
        Some(Err(refused)) => {
            let complaints = refused.0.join(" | ");
            tracing::error!("what was configured is not in force: {complaints}");
        }
        None => tracing::error!("what was configured is not in force: nobody answers"),
    }
}

/// The name in the body of something new.
pub(crate) fn name_in(keys: &mut Keys) -> Result<String, Problem> {
    let Some(Value::String(name)) = keys.remove("name") else {
        return Err(Problem::field("name", "is missing"));
    };
    let name = name.trim().to_owned();
    let fits = (1..=NAME_CHARS_MAX).contains(&name.chars().count());
    if !fits || name.contains(|c: char| c.is_control() || c == '/') {
        let why = format!("has 1 to {NAME_CHARS_MAX} characters, and no stroke");
        return Err(Problem::field("name", why));
    }
    Ok(name)
}

/// A name stays: calls, records and metrics know the thing by it.
pub(crate) fn keep_name(keys: &mut Keys, name: &str) -> Result<(), Problem> {
    match keys.remove("name") {
        None => Ok(()),
        Some(Value::String(same)) if same == name => Ok(()),
        Some(_) => Err(Problem::field("name", "cannot be changed")),
    }
}
