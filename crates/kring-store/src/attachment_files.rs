//! The folder of attachments: each file is written whole and is on the disk before anybody hears of it.
//!
//! No name from outside reaches the file system: a file is called by 128 random bits.

use crate::{CaseRefused, StoreRefused};
use kring_journal::WallTime;
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

/// What a file is called until it is whole.
const UNFINISHED: &str = "unfinished-";

/// See the module.
#[derive(Clone, Copy)]
pub(crate) struct Folder<'f>(pub(crate) &'f Path);

impl Folder<'_> {
    /// Writes it and waits until it and its name are on the disk; under which name.
    pub(crate) async fn keep(self, contents: Vec<u8>) -> Result<String, StoreRefused> {
        let folder = self.0.to_owned();
        let name = format!("{:032x}", rand::random::<u128>());
        let kept = name.clone();
        in_background(move || {
            fs::create_dir_all(&folder)?;
            let unfinished = folder.join(format!("{UNFINISHED}{kept}"));
            let written = write_whole(&unfinished, &contents)
                .and_then(|()| fs::rename(&unfinished, folder.join(&kept)))
                .and_then(|()| File::open(&folder)?.sync_all());
            if written.is_err() {
                let _ = fs::remove_file(&unfinished);
            }
            written
        })
        .await?;
        Ok(name)
    }

    /// What it holds; none: it is not here.
    pub(crate) async fn read(self, name: &str) -> Result<Option<Vec<u8>>, StoreRefused> {
        let Some(path) = self.path(name) else {
            return Ok(None);
        };
        in_background(move || match fs::read(path) {
            Ok(contents) => Ok(Some(contents)),
            Err(refused) if refused.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(refused) => Err(refused),
        })
        .await
    }

    /// Takes it away; one that stays is swept later.
    pub(crate) async fn remove(self, name: &str) {
        let path = self.path(name.strip_prefix(UNFINISHED).unwrap_or(name));
        let Some(path) = path.map(|path| path.with_file_name(name)) else {
            return;
        };
        if let Err(refused) = in_background(move || fs::remove_file(path)).await {
            tracing::warn!(%refused, "a file of no case could not be removed");
        }
    }

    /// Whether it is not here.
    pub(crate) async fn lacks(self, name: &str) -> bool {
        let Some(path) = self.path(name) else {
            return true;
        };
        matches!(in_background(move || fs::exists(path)).await, Ok(false))
    }

    /// Every file of ours, and those that were written before this time.
    pub(crate) async fn list(
        self,
        before: WallTime,
    ) -> Result<(BTreeSet<String>, BTreeSet<String>), StoreRefused> {
        let folder = self.0.to_owned();
        in_background(move || {
            let (mut all, mut old) = (BTreeSet::new(), BTreeSet::new());
            let entries = match fs::read_dir(folder) {
                Ok(entries) => entries,
                Err(refused) if refused.kind() == io::ErrorKind::NotFound => return Ok((all, old)),
                Err(refused) => return Err(refused),
            };
            for entry in entries {
                let entry = entry?;
                let Ok(name) = entry.file_name().into_string() else {
                    continue;
                };
                // What somebody else has put there is not ours to sweep.
                if !is_ours(name.strip_prefix(UNFINISHED).unwrap_or(&name)) {
                    continue;
                }
                let written = entry.metadata()?.modified()?.duration_since(UNIX_EPOCH);
                let written = written.map_or(0, |since| since.as_micros() as i64);
                if written < before.0 {
                    old.insert(name.clone());
                }
                all.insert(name);
            }
            Ok((all, old))
        })
        .await
    }

    fn path(self, name: &str) -> Option<PathBuf> {
        is_ours(name).then(|| self.0.join(name))
    }
}

fn is_ours(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn write_whole(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).open(path)?;
    file.write_all(contents)?;
    file.sync_all()
}

async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, StoreRefused> {
    let told = |refused: String| CaseRefused::Disk(refused);
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|refused| told(refused.to_string()))?;
    Ok(done.map_err(|refused| told(refused.to_string()))?)
}
