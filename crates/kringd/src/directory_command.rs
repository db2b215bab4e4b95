//! `kringd import departments` and `kringd export departments`: the directory out of a file, and as a file.
//! A daemon that runs sees the change by itself.

use crate::{cli::ImportFile, clock::Clock, config::Config, database, exit::Fault};
use kring_store::{
    ChangedBy, CsvMistake, ImportRefused, ImportRun, Imported, Store, read_departments_csv,
    write_departments_csv,
};
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// Bytes of a file at most.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Reads a file into the database.
pub(crate) async fn import(config: &Config, file: ImportFile) -> Result<(), Fault> {
    let bytes = read(&file.file)?;
    let store = database::open(config).await?;
    let run = if file.dry_run {
        ImportRun::Dry
    } else {
        ImportRun::Real
    };
    let done = departments(&store, &bytes, &file.file, run).await;
    store.close().await;
    tell(&done?, run);
    Ok(())
}

/// Writes a file out of the database.
pub(crate) async fn export(config: &Config, file: Option<PathBuf>) -> Result<(), Fault> {
    let store = database::open(config).await?;
    let directory = store.directory().await.map_err(database::refused);
    store.close().await;
    let text = write_departments_csv(directory?.departments());
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

async fn departments(
    store: &Store,
    bytes: &[u8],
    file: &Path,
    run: ImportRun,
) -> Result<Imported, Fault> {
    let told = |mistakes: Vec<CsvMistake>| to_be_mended(file, &mistakes);
    let units = read_departments_csv(bytes).map_err(told)?;
    let clock = Clock::start();
    let by = ChangedBy {
        who: "kringd".to_owned(),
        at: clock.wall(clock.now()),
    };
    let done = store.import_departments(&by, &units, run).await;
    done.map_err(|refused| match refused {
        ImportRefused::Mistakes(mistakes) => told(mistakes),
        ImportRefused::Store(refused) => database::refused(refused),
    })
}

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let refused = |refused| {
        let shown = path.display();
        Fault::Arguments(format!("cannot read {shown}: {refused}."))
    };
    let file = File::open(path).map_err(refused)?;
    let mut bytes = Vec::new();
    let read = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(refused)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let shown = path.display();
        return Err(Fault::Arguments(format!(
            "{shown} has more than 16 MiB. Divide it."
        )));
    }
    Ok(bytes)
}

/// A line for each mistake.
pub(crate) fn to_be_mended(path: &Path, mistakes: &[CsvMistake]) -> Fault {
    let shown = path.display();
    let lines: Vec<String> = mistakes
        .iter()
        .map(|mistake| format!("{shown}: {mistake}"))
        .collect();
    let lines = lines.join("\n");
    Fault::Arguments(format!("{lines}\nNothing was changed."))
}

/// How much was done, or would be, by name.
pub(crate) fn tell(done: &Imported, run: ImportRun) {
    let words = match run {
        ImportRun::Dry => ["would be added", "would be changed", "would be left"],
        ImportRun::Real => ["added", "changed", "left as they were"],
    };
    for (word, names) in words.iter().zip([&done.added, &done.changed, &done.left]) {
        if !names.is_empty() {
            println!("{} {word}: {}", names.len(), names.join(", "));
        }
    }
}
