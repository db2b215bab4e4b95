//! The directory followed as it changes: the exchange is told of departments to which callers may overflow,
//! and the opening hours of holidays.

use crate::{database, exit::Fault};
use kring_call::command::Command;
use kring_store::{Department, Directory, Store};
use kring_time::Day;
use kring_web::Ask;
use rustc_hash::FxHashMap;
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

/// How often it is looked whether another process has changed the directory: one row is read.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Days on which all are closed, by the directory.
pub(crate) type ClosedDays = Arc<BTreeSet<Day>>;

/// What was read, and what follows it.
pub(crate) struct Followed {
    pub(crate) directory: Arc<Directory>,
    /// The holidays as they change.
    pub(crate) holidays: watch::Receiver<ClosedDays>,
    pub(crate) task: JoinHandle<()>,
}

/// Reads the directory, and follows it from then on.
pub(crate) async fn open(store: &Store, asks: &mpsc::Sender<Ask>) -> Result<Followed, Fault> {
    let directory = store.directory().await.map_err(database::refused)?;
    let (tell, holidays) = watch::channel(Arc::clone(directory.closed_days()));
    let following = follow(store.clone(), asks.clone(), Arc::clone(&directory), tell);
    Ok(Followed {
        directory,
        holidays,
        task: tokio::spawn(following),
    })
}

/// What is dialled for a department, in its order.
pub(crate) fn extensions(department: &Department) -> Vec<String> {
    let endpoints = department.endpoints.iter();
    endpoints
        .filter(|endpoint| endpoint.active)
        .map(|endpoint| endpoint.extension.clone())
        .collect()
}

fn by_short(directory: &Directory) -> FxHashMap<String, Vec<String>> {
    let known = directory.departments().iter();
    known
        .map(|department| (department.short.clone(), extensions(department)))
        .collect()
}

/// Tells the exchange of departments that were added, changed or removed, and the opening hours of holidays,
/// until the exchange is gone: at once of what this process has changed, a moment later of what others have.
async fn follow(
    store: Store,
    asks: mpsc::Sender<Ask>,
    mut known: Arc<Directory>,
    holidays: watch::Sender<ClosedDays>,
) {
    let mut tick = tokio::time::interval(LOOK_EVERY);
    let mut changed = store.watch_directory();
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            // The store that sends it is ours.
            _ = changed.changed() => {}
        }
        let now = match store.directory().await {
            Ok(now) if now.revision() == known.revision() => continue,
            Ok(now) => now,
            Err(refused) => {
                tracing::warn!(%refused, "the departments cannot be read");
                continue;
            }
        };
        for command in changes(&by_short(&known), &by_short(&now)) {
            let (reply, _) = oneshot::channel();
            if asks.send(Ask { command, reply }).await.is_err() {
                return;
            }
        }
        holidays.send_if_modified(|days| {
            let are_others = *days != *now.closed_days();
            days.clone_from(now.closed_days());
            are_others
        });
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

    /// What the exchange is told next.
    async fn told(asked: &mut mpsc::Receiver<Ask>) -> Command {
        asked
            .recv()
            .await
            .expect("the directory is followed")
            .command
    }

    #[tokio::test]
    async fn a_change_is_told_without_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("kring.db").display());
        let config = kring_store::StoreConfig::new(&url, "test");
        let store = Store::open(&config).await.unwrap();
        let by = kring_store::ChangedBy {
            who: "root".to_owned(),
            at: kring_journal::WallTime(0),
        };
        let (asks, mut asked) = mpsc::channel(8);
        let followed = open(&store, &asks).await.unwrap();
        let dft = followed.directory.find("DFT").unwrap().id;
        let put = |unit: &mut Department| {
            for (n, active) in [(1, false), (2, true)] {
                let id = kring_store::EndpointId::new(by.at);
                let endpoint = kring_store::Endpoint::dialled(id, &format!("210{n}"), n);
                unit.endpoints
                    .push(kring_store::Endpoint { active, ..endpoint });
            }
            Ok(())
        };
        store.change_department(&by, dft, None, put).await.unwrap();
        let expected = Command::PutDepartment {
            short: "DFT".to_owned(),
            extensions: vec!["2102".to_owned()],
        };
        assert_eq!(told(&mut asked).await, expected, "what is active");
        // By another process: it opens the same file.
        let other = Store::open(&config).await.unwrap();
        other.remove_department(&by, dft, None).await.unwrap();
        let expected = Command::RemoveDepartment("DFT".to_owned());
        assert_eq!(told(&mut asked).await, expected);
        let mut holidays = followed.holidays;
        let holiday = kring_store::Holiday {
            day: "2026-12-07".parse().unwrap(),
            name_th: "หยุด".to_owned(),
            name_en: String::new(),
        };
        store.add_holiday(&by, &holiday).await.unwrap();
        holidays.changed().await.unwrap();
        assert!(holidays.borrow().contains(&holiday.day));
        followed.task.abort();
    }

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
