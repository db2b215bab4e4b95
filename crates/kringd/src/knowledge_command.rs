//! `kringd import knowledge` and `kringd export knowledge`: articles and websites out of a file, and as a file.
//! A daemon that runs sees the change by itself.

use crate::{
    cli::ImportFile,
    clock::Clock,
    config::Config,
    database,
    directory_command::{read, tell, to_be_mended},
    exit::Fault,
};
use kring_store::{
    ChangedBy, CsvMistake, ImportRefused, ImportRun, Imported, Store, read_knowledge_csv,
    write_knowledge_csv,
};
use std::path::{Path, PathBuf};

/// Reads a file into the database.
pub(crate) async fn import(config: &Config, file: ImportFile) -> Result<(), Fault> {
    let bytes = read(&file.file)?;
    let store = database::open(config).await?;
    let run = if file.dry_run {
        ImportRun::Dry
    } else {
        ImportRun::Real
    };
    let done = knowledge(&store, &bytes, &file.file, run).await;
    store.close().await;
    tell(&done?, run);
    Ok(())
}

/// Writes a file out of the database.
pub(crate) async fn export(config: &Config, file: Option<PathBuf>) -> Result<(), Fault> {
    let store = database::open(config).await?;
    let directory = store.directory().await.map_err(database::refused);
    let sources = store.all_sources().await.map_err(database::refused);
    store.close().await;
    let text = write_knowledge_csv(&sources?, directory?.departments());
    match file {
        Some(path) => {
            std::fs::write(&path, text).map_err(|refused| Fault::file("FILE", &path, refused))
        }
        None => {
            print!("{text}");
            Ok(())
        }
    }
}

async fn knowledge(
    store: &Store,
    bytes: &[u8],
    file: &Path,
    run: ImportRun,
) -> Result<Imported, Fault> {
    let told = |mistakes: Vec<CsvMistake>| to_be_mended(file, &mistakes);
    let rows = read_knowledge_csv(bytes).map_err(told)?;
    let clock = Clock::start();
    let by = ChangedBy {
        who: "kringd".to_owned(),
        at: clock.wall(clock.now()),
    };
    let done = store.import_knowledge(&by, &rows, run).await;
    done.map_err(|refused| match refused {
        ImportRefused::Mistakes(mistakes) => told(mistakes),
        ImportRefused::Store(refused) => database::refused(refused),
    })
}
