//! The database as the configuration names it, opened, with a plain word when it cannot be.

use crate::{
    config::{Config, LeftOut, Source},
    exit::Fault,
};
use kring_store::{NumberPlan, Store, StoreConfig, StoreRefused};
use std::path::Path;

/// Makes the data folder if it is not there, and proves that it can be written.
pub(crate) fn prepare_folder(config: &Config) -> Result<(), Fault> {
    let folder = &config.data_dir;
    let told = |refused| Fault::file("data_dir", folder, refused);
    std::fs::create_dir_all(folder).map_err(told)?;
    let probe = folder.join(format!(".write-probe-{}", std::process::id()));
    std::fs::write(&probe, b"").map_err(told)?;
    std::fs::remove_file(&probe).map_err(told)
}

/// Opens it as it is, if it is there: nothing is made and nothing is brought up to date.
pub(crate) async fn look_into(config: &Config) -> Option<Store> {
    let url = &config.database.url;
    let file = url.strip_prefix("sqlite:").map(|rest| {
        let path = rest.split('?').next().unwrap_or_default();
        Path::new(path.trim_start_matches("//")).exists()
    });
    if file == Some(false) {
        return None;
    }
    Store::open_as_it_is(&wanted(config)).await.ok()
}

/// The file's configuration with what the database adds, as far as that can be read without changing anything;
/// and what is left out.
pub(crate) async fn layered(source: &Source, file: Config) -> (Config, Vec<LeftOut>) {
    let Some(store) = look_into(&file).await else {
        return (file, Vec::new());
    };
    let rows = store.configured().await;
    store.close().await;
    // A database that is older than this version has none.
    match source.with(&rows.unwrap_or_default()) {
        Ok(layered) => (layered.config, layered.left_out),
        Err(_) => (file, Vec::new()),
    }
}

pub(crate) fn wanted(config: &Config) -> StoreConfig {
    let mut wanted = StoreConfig::new(&config.database.url, &config.node);
    wanted.case_ref = config.case.ref_format.clone();
    wanted.attachments = Some(config.data_dir.join("attachments"));
    wanted
}

/// Opens it; makes it when it is new.
pub(crate) async fn open(config: &Config) -> Result<Store, Fault> {
    prepare_folder(config)?;
    Store::open(&wanted(config)).await.map_err(|refused| {
        let shown = config.database.shown();
        Fault::Unavailable(format!(
            "cannot open the database {shown}: {}. Mend that, or set database.url.",
            one_line(&refused)
        ))
    })
}

/// The same database for this configuration, which was opened for what the file says alone.
pub(crate) async fn opened_for(
    store: Store,
    file: &Config,
    config: &Config,
) -> Result<Store, Fault> {
    if file.case.ref_format == config.case.ref_format {
        return Ok(store);
    }
    store.close().await;
    open(config).await
}

/// How numbers are read here.
pub(crate) fn number_plan(config: &Config) -> NumberPlan {
    let number = &config.number;
    NumberPlan {
        area_default: number.area_default.clone(),
        hotlines: number.hotlines.clone(),
        internal_patterns: number.internal_pattern.clone().into_iter().collect(),
    }
}

/// A command's refusal by the store.
pub(crate) fn refused(refused: StoreRefused) -> Fault {
    match refused {
        StoreRefused::NoSuchAgent => {
            Fault::Arguments("nobody has this login: see `kringd user list`.".to_owned())
        }
        StoreRefused::Taken(what) => {
            Fault::Arguments(format!("{what} is in use already. Choose another."))
        }
        StoreRefused::Unacceptable { field, why } => Fault::Arguments(format!("{field} {why}.")),
        other => Fault::Unavailable(format!(
            "{}. Look at the database, then try again.",
            one_line(&other)
        )),
    }
}

fn one_line(refused: &StoreRefused) -> String {
    refused
        .to_string()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
