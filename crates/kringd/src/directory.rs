//! The departments to which callers may overflow, told to the exchange as the directory changes.

use crate::{database, exit::Fault};
use kring_call::command::Command;
use kring_store::{Department, Store};
use kring_web::Ask;
use rustc_hash::FxHashMap;
use std::time::Duration;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

/// How often the directory is read.
const READ_EVERY: Duration = Duration::from_secs(5);

/// Reads the directory, and follows it from then on.
pub(crate) async fn open(
    store: &Store,
    asks: &mpsc::Sender<Ask>,
) -> Result<(Vec<Department>, JoinHandle<()>), Fault> {
    let departments = store.departments().await.map_err(database::refused)?;
    let following = follow(store.clone(), asks.clone(), by_short(&departments));
    Ok((departments, tokio::spawn(following)))
}

/// What is dialled for a department, in its order.
pub(crate) fn extensions(department: &Department) -> Vec<String> {
    let endpoints = department.endpoints.iter();
    endpoints
        .map(|endpoint| endpoint.extension.clone())
        .collect()
}

fn by_short(departments: &[Department]) -> FxHashMap<String, Vec<String>> {
    let known = departments.iter();
    known
        .map(|department| (department.short.clone(), extensions(department)))
        .collect()
}

/// Tells the exchange of departments that were added, changed or removed, until the exchange is gone.
async fn follow(store: Store, asks: mpsc::Sender<Ask>, mut known: FxHashMap<String, Vec<String>>) {
    let mut tick = tokio::time::interval(READ_EVERY);
    loop {
        tick.tick().await;
        let now = match store.departments().await {
            Ok(departments) => by_short(&departments),
            Err(refused) => {
                tracing::warn!(%refused, "the departments cannot be read");
                continue;
            }
        };
        for command in changes(&known, &now) {
            let (reply, _) = oneshot::channel();
            if asks.send(Ask { command, reply }).await.is_err() {
                return;
            }
        }
        known = now;
    }
}

fn changes(
    known: &FxHashMap<String, Vec<String>>,
    now: &FxHashMap<String, Vec<String>>,
) -> Vec<Command> {
    let gone = known.keys().filter(|short| !now.contains_key(*short));
    let gone = gone.cloned().map(Command::RemoveDepartment);
    let changed = now
        .iter()
        .filter(|(short, extensions)| known.get(*short) != Some(extensions));
    let changed = changed.map(|(short, extensions)| Command::PutDepartment {
        short: short.clone(),
        extensions: extensions.clone(),
    });
    gone.chain(changed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_changed_is_told() {
        let directory = |rows: &[(&str, &[&str])]| -> FxHashMap<String, Vec<String>> {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            rows.iter()
                .map(|(short, extensions)| ((*short).to_owned(), owned(extensions)))
                .collect()
        };
        let known = directory(&[("DFT", &["2101"]), ("DIT", &["2201"]), ("DBD", &[])]);
        let now = directory(&[("DFT", &["2101", "2102"]), ("DBD", &[])]);
        let told = changes(&known, &now);
        assert_eq!(told.len(), 2);
        assert!(told.contains(&Command::RemoveDepartment("DIT".to_owned())));
        assert!(told.contains(&Command::PutDepartment {
            short: "DFT".to_owned(),
            extensions: vec!["2101".to_owned(), "2102".to_owned()],
        }));
    }
}
