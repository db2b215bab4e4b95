//! What grows too old goes, once a day; and what was erased stays erased, whatever database was put back.

use crate::{cli::RetentionOptions, clock::Clock, config::Config, database, exit::Fault};
use kring_store::{ChangedBy, RetentionRun, Store};
use std::{path::PathBuf, time::Duration};

/// How often the rules are carried out.
const EVERY: Duration = Duration::from_hours(24);

/// From the start to the first time: whoever starts kring has calls to take first.
const AFTER_START: Duration = Duration::from_mins(10);

/// Erases once more what an old database may have brought back, before anybody reads of it.
pub(crate) async fn keep_erased(
    config: &Config,
    store: &Store,
    clock: &Clock,
) -> Result<(), Fault> {
    let now = clock.wall(clock.now());
    let again = store.keep_erasures(now, &config.data_dir).await;
    let again = again.map_err(|refused| {
        Fault::Unavailable(format!(
            "{refused}. Mend the file or the database, then start again."
        ))
    })?;
    if again > 0 {
        tracing::warn!(
            again,
            "persons who had been erased were in the database again, and are erased"
        );
    }
    Ok(())
}

/// Carries the rules out day by day.
pub(crate) async fn follow(store: Store, clock: Clock, usual: Option<u32>, data_dir: PathBuf) {
    tokio::time::sleep(AFTER_START).await;
    loop {
        let by = ChangedBy {
            who: "kringd".to_owned(),
            at: clock.wall(clock.now()),
        };
        match store.retain(&by, usual, RetentionRun::Real).await {
            Ok(rules) => {
                for rule in rules.iter().filter(|rule| rule.taken > 0) {
                    let (what, days, taken) = (rule.what.as_str(), rule.days, rule.taken);
                    tracing::info!(what, days, taken, "too old, and gone");
                }
            }
            Err(refused) => tracing::error!(%refused, "what is too old stays until tomorrow"),
        }
        if let Err(refused) = store.keep_erasures(by.at, &data_dir).await {
            tracing::error!(%refused, "what was erased is not noted beside the database");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// `kringd retention`: now, or only told.
pub(crate) async fn command(config: &Config, options: RetentionOptions) -> Result<(), Fault> {
    let store = database::open(config).await?;
    let clock = Clock::start();
    let by = ChangedBy {
        who: "kringd".to_owned(),
        at: clock.wall(clock.now()),
    };
    let run = if options.dry_run {
        RetentionRun::Dry
    } else {
        RetentionRun::Real
    };
    let done = store.retain(&by, config.privacy.retention_days, run).await;
    store.close().await;
    let rules = done.map_err(database::refused)?;
    if rules.is_empty() {
        println!(
            "no rule: everything is kept. Set privacy.retention_days, or rules in the console."
        );
    }
    let word = if options.dry_run {
        "would go"
    } else {
        "are gone"
    };
    for rule in rules {
        println!(
            "{}: {} older than {} days {word}",
            rule.what.as_str(),
            rule.taken,
            rule.days
        );
    }
    Ok(())
}
