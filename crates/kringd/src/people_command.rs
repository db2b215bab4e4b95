//! `kringd import` and `kringd export` of persons who call, and of people who may sign in.

use crate::{
    cli::ImportFile,
    clock::Clock,
    config::Config,
    database,
    directory_command::{read, tell, to_be_mended},
    exit::Fault,
    user_command,
};
use kring_store::{
    ChangedBy, CsvMistake, ImportRefused, ImportRun, ImportedAgent, Store, read_agents_csv,
    read_contacts_csv, write_agents_csv,
};
use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// Reads persons who call into the database.
pub(crate) async fn import_contacts(config: &Config, file: ImportFile) -> Result<(), Fault> {
    let bytes = read(&file.file)?;
    let told = read_contacts_csv(&bytes, &database::number_plan(config));
    let told = told.map_err(|mistakes| to_be_mended(&file.file, &mistakes))?;
    let store = database::open(config).await?;
    let run = run(&file);
    let done = store.import_contacts(&by(), &told, run).await;
    store.close().await;
    let done = done.map_err(|refused| why(&file.file, refused))?;
    let words = match run {
        ImportRun::Dry => ["would be added", "would be changed", "would be left"],
        ImportRun::Real => ["added", "changed", "left as they were"],
    };
    for (word, count) in words.iter().zip([done.added, done.changed, done.left]) {
        if count > 0 {
            println!("{count} {word}");
        }
    }
    Ok(())
}

/// Writes them out of it, page by page.
pub(crate) async fn export_contacts(config: &Config, file: Option<PathBuf>) -> Result<(), Fault> {
    let store = database::open(config).await?;
    let done = write_contacts(&store, file).await;
    store.close().await;
    done
}

async fn write_contacts(store: &Store, file: Option<PathBuf>) -> Result<(), Fault> {
    let mut export = store
        .export_contacts(&by())
        .await
        .map_err(database::refused)?;
    let mut out = Out::open(file)?;
    while let Some(lines) = export.next().await.map_err(database::refused)? {
        out.write(&lines)?;
    }
    Ok(())
}

/// Reads people who may sign in into the database.
pub(crate) async fn import_agents(config: &Config, file: ImportFile) -> Result<(), Fault> {
    let bytes = read(&file.file)?;
    let told = read_agents_csv(&bytes);
    let told = told.map_err(|mistakes| to_be_mended(&file.file, &mistakes))?;
    let store = database::open(config).await?;
    let done = put_agents(config, &store, &file, &told).await;
    store.close().await;
    done
}

async fn put_agents(
    config: &Config,
    store: &Store,
    file: &ImportFile,
    told: &[ImportedAgent],
) -> Result<(), Fault> {
    let mut mistakes = Vec::new();
    for row in told {
        check(config, store, row, &mut mistakes).await;
    }
    if !mistakes.is_empty() {
        return Err(to_be_mended(&file.file, &mistakes));
    }
    let run = run(file);
    let done = store.import_agents(&by(), told, run).await;
    let done = done.map_err(|refused| why(&file.file, refused))?;
    tell(&done, run);
    if run == ImportRun::Real && !done.added.is_empty() {
        println!("Who is new has no password yet: kringd user passwd LOGIN");
    }
    Ok(())
}

/// What only the configuration knows: which queues there are, and which phones can be rung.
async fn check(
    config: &Config,
    store: &Store,
    row: &ImportedAgent,
    mistakes: &mut Vec<CsvMistake>,
) {
    let mut mistake = |column: &str, refused: Fault, thai: &str| {
        mistakes.push(CsvMistake {
            row: row.row,
            column: column.to_owned(),
            told_en: refused.to_string(),
            told_th: thai.to_owned(),
        });
    };
    let queues = row.queues.clone().unwrap_or_default();
    if let Err(refused) = user_command::queues(config, queues) {
        mistake("queues", refused, "ไม่มีคิวนี้ในระบบ");
    }
    let devices = row.devices.clone().unwrap_or_default();
    if let Err(refused) = user_command::devices(config, store, devices).await {
        mistake("devices", refused, "ใช้เครื่องโทรศัพท์นี้ไม่ได้");
    }
    if let Err(refused) = user_command::skills(row.skills.as_deref().unwrap_or_default()) {
        mistake("skills", refused, "ทักษะไม่ถูกต้อง");
    }
}

/// Writes them out of it.
pub(crate) async fn export_agents(config: &Config, file: Option<PathBuf>) -> Result<(), Fault> {
    let store = database::open(config).await?;
    let agents = store.agents().await.map_err(database::refused);
    store.close().await;
    Out::open(file)?.write(&write_agents_csv(&agents?))
}

/// Where the rows go.
enum Out {
    File(PathBuf, std::fs::File),
    Shell,
}

impl Out {
    /// A file of persons is its owner's alone.
    fn open(path: Option<PathBuf>) -> Result<Out, Fault> {
        let Some(path) = path else {
            return Ok(Out::Shell);
        };
        let mut how = OpenOptions::new();
        how.write(true).create(true).truncate(true).mode(0o600);
        match how.open(&path) {
            Ok(file) => Ok(Out::File(path, file)),
            Err(refused) => Err(Fault::file("FILE", &path, refused)),
        }
    }

    fn write(&mut self, text: &str) -> Result<(), Fault> {
        match self {
            Out::File(path, file) => file
                .write_all(text.as_bytes())
                .map_err(|refused| Fault::file("FILE", path, refused)),
            Out::Shell => io::stdout()
                .write_all(text.as_bytes())
                .map_err(|refused| Fault::file("FILE", Path::new("-"), refused)),
        }
    }
}

fn run(file: &ImportFile) -> ImportRun {
    if file.dry_run {
        ImportRun::Dry
    } else {
        ImportRun::Real
    }
}

fn by() -> ChangedBy {
    let clock = Clock::start();
    ChangedBy {
        who: "kringd".to_owned(),
        at: clock.wall(clock.now()),
    }
}

fn why(file: &Path, refused: ImportRefused) -> Fault {
    match refused {
        ImportRefused::Mistakes(mistakes) => to_be_mended(file, &mistakes),
        ImportRefused::Store(refused) => database::refused(refused),
    }
}
