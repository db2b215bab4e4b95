//! `kringd export backup` and `kringd import backup`: the whole of kring in one file, which only its owner may read.
//!
//! A backup can be made while the daemon runs. It is put back where nothing is yet, and whoever was erased since it
//! was made is erased again.

use crate::{clock::Clock, config::Config, database, exit::Fault};
use kring_store::{BackupRefused, ERASURES_FILE, FileBeside, Store};
use std::{
    fs::{self, File, OpenOptions},
    io,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// Folders within the data folder whose files go along.
const FOLDERS: [&str; 2] = ["attachments", SECRETS];

/// The folder of passwords: nobody but kring's user reads them.
const SECRETS: &str = "secrets";

/// Writes the file.
pub(crate) async fn export(config: &Config, path: &Path) -> Result<(), Fault> {
    let store = database::open(config).await?;
    let clock = Clock::start();
    let told = |refused| Fault::file("FILE", path, refused);
    // A file that is half written must not look like a backup.
    let beside = path.with_extension("part");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .map_err(told)?;
    let files = files_of(&config.data_dir).map_err(told)?;
    let files = files.into_iter().map(|(path, place)| {
        let content = Box::new(File::open(place)?);
        Ok(FileBeside { path, content })
    });
    let now = clock.wall(clock.now());
    let version = env!("CARGO_PKG_VERSION");
    let written = store.write_backup(now, version, files, &file).await;
    store.close().await;
    let rows = written.map_err(|refused| failed(&refused))?;
    file.sync_all().map_err(told)?;
    fs::rename(&beside, path).map_err(told)?;
    println!("{rows} rows are in {}", path.display());
    Ok(())
}

/// Puts it back.
pub(crate) async fn import(config: &Config, path: &Path) -> Result<(), Fault> {
    database::prepare_folder(config)?;
    let told = |refused| Fault::Arguments(format!("cannot read {}: {refused}.", path.display()));
    let file = File::open(path).map_err(told)?;
    let mut files = Coming::into(&config.data_dir);
    let wanted = database::wanted(config);
    let restored = Store::restore(&wanted, file, |path, bytes| files.keep(path, bytes)).await;
    let (store, restored) = restored.map_err(|refused| failed(&refused))?;
    let placed = files.place();
    let placed = placed.map_err(|refused| Fault::file("data_dir", &config.data_dir, refused))?;
    let clock = Clock::start();
    let now = clock.wall(clock.now());
    let again = store.keep_erasures(now, &config.data_dir).await;
    let again = again.map_err(|refused| Fault::Unavailable(format!("{refused}. Try again.")))?;
    let verified = store.verify().await;
    store.close().await;
    let verified = verified.map_err(|broken| {
        Fault::Unavailable(format!(
            "the journal that was put back is not whole: {broken}."
        ))
    })?;
    println!("{} rows and {placed} files are put back", restored.rows);
    println!("{} facts are whole, by their hashes", verified.entries);
    if again > 0 {
        println!("{again} persons, callers and cases that had been erased since are erased again");
    }
    Ok(())
}

fn failed(refused: &BackupRefused) -> Fault {
    let told = refused.to_string();
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    match refused {
        BackupRefused::Store(_) => Fault::Unavailable(format!("{told}. Look at the database.")),
        _ => Fault::Arguments(format!("{told}.")),
    }
}

/// Files of the data folder that go along: their paths within it, and where they are.
fn files_of(data_dir: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        gather(&data_dir.join(folder), folder, &mut files)?;
    }
    let erasures = data_dir.join(ERASURES_FILE);
    if erasures.exists() {
        files.push((ERASURES_FILE.to_owned(), erasures));
    }
    files.sort();
    Ok(files)
}

fn gather(folder: &Path, within: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(none) if none.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(refused) => return Err(refused),
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else {
            continue;
        };
        let within = format!("{within}/{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() {
            gather(&entry.path(), &within, files)?;
        } else if kind.is_file() {
            files.push((within, entry.path()));
        }
    }
    Ok(())
}

/// Files that come out of a backup: in a folder of their own until all of it is believed.
struct Coming {
    data_dir: PathBuf,
    folder: PathBuf,
    open: Option<(String, File)>,
    paths: Vec<String>,
}

impl Coming {
    fn into(data_dir: &Path) -> Coming {
        Coming {
            data_dir: data_dir.to_owned(),
            folder: data_dir.join(format!(".coming-{}", std::process::id())),
            open: None,
            paths: Vec::new(),
        }
    }

    /// Keeps a piece. Pieces of a file come one after the other.
    fn keep(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        if self.open.as_ref().is_none_or(|(open, _)| open != path) {
            let place = self.folder.join(path);
            fs::create_dir_all(place.parent().unwrap_or(&self.folder))?;
            let file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(mode_of(path))
                .open(place)?;
            self.open = Some((path.to_owned(), file));
            self.paths.push(path.to_owned());
        }
        match &mut self.open {
            Some((_, file)) => file.write_all(bytes),
            None => Ok(()),
        }
    }

    /// All of it is believed: the files take their places. What is known to be erased here stays known.
    fn place(mut self) -> io::Result<usize> {
        self.open = None;
        for path in &self.paths {
            let (from, to) = (self.folder.join(path), self.data_dir.join(path));
            if path == ERASURES_FILE && to.exists() {
                let more = fs::read(&from)?;
                let mut known = OpenOptions::new().append(true).open(&to)?;
                known.write_all(&more)?;
                known.sync_all()?;
                continue;
            }
            let folder = to.parent().unwrap_or(&self.data_dir);
            let mode = if path.starts_with(SECRETS) {
                0o700
            } else {
                0o777
            };
            fs::DirBuilder::new()
                .recursive(true)
                .mode(mode)
                .create(folder)?;
            File::open(&from)?.sync_all()?;
            fs::rename(&from, &to)?;
        }
        Ok(self.paths.len())
    }
}

/// As files are made everywhere, but for passwords.
fn mode_of(path: &str) -> u32 {
    if path.starts_with(SECRETS) {
        0o600
    } else {
        0o666
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        // What is left of a backup that was refused.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
