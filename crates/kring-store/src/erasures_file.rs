//! The ids of what was erased, in a file beside the database: whoever puts an old backup back has them, even when
//! the database that knew them is gone.

use crate::{ErasedId, Store, StoreRefused};
use kring_journal::WallTime;
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufRead, BufReader, Write},
    path::Path,
};

/// Its name within the data folder.
pub const ERASURES_FILE: &str = "erasures.jsonl";

/// Why what was erased is not beside the database.
#[derive(Debug, thiserror::Error)]
pub enum ErasuresRefused {
    /// The file cannot be read or written.
    #[error("{path} cannot be read or written: {why}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        why: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreRefused),
}

impl Store {
    /// Erases once more what the file knows and the database does not, and writes into the file what the database
    /// knows; how much was erased again. Done at each start and after each erasure.
    pub async fn keep_erasures(
        &self,
        now: WallTime,
        folder: &Path,
    ) -> Result<u64, ErasuresRefused> {
        let path = folder.join(ERASURES_FILE);
        let told = |why| ErasuresRefused::File {
            path: path.display().to_string(),
            why,
        };
        let key = |erased: &ErasedId| (erased.kind.as_str(), erased.id.clone());
        let in_file: BTreeMap<_, _> = read(&path)
            .map_err(told)?
            .into_iter()
            .map(|erased| (key(&erased), erased))
            .collect();
        let known: BTreeMap<_, _> = self
            .erased()
            .await?
            .into_iter()
            .map(|erased| (key(&erased), erased))
            .collect();
        let missing: Vec<ErasedId> = in_file
            .iter()
            .filter(|(key, _)| !known.contains_key(*key))
            .map(|(_, erased)| erased.clone())
            .collect();
        let again = if missing.is_empty() {
            0
        } else {
            self.erase_again(now, &missing).await?
        };
        if known.keys().any(|key| !in_file.contains_key(key)) {
            let mut all = in_file;
            all.extend(known);
            write(&path, all.values()).map_err(told)?;
        }
        Ok(again)
    }
}

fn read(path: &Path) -> io::Result<Vec<ErasedId>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(none) if none.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(refused) => return Err(refused),
    };
    BufReader::new(file)
        .lines()
        .map(|line| Ok(serde_json::from_str(&line?)?))
        .collect()
}

/// Writes a new file and puts it in the place of the old one, so that a power cut leaves one of the two.
fn write<'e>(path: &Path, all: impl Iterator<Item = &'e ErasedId>) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = File::create(&new)?;
    for erased in all {
        let mut line = serde_json::to_vec(erased)?;
        line.push(b'\n');
        file.write_all(&line)?;
    }
    file.sync_all()?;
    fs::rename(&new, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
