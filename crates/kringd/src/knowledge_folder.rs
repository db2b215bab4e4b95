//! The folders of documents (`knowledge.dirs`): read at the start, at every reload, and every few minutes.
//!
//! What cannot be read is told and loses nothing: the text that was read last stays. A folder that is away, such
//! as a share that is not mounted, says nothing of its files.

use crate::{clock::Clock, config::Knowledge, document_reader};
use kring_document::{DocumentKind, limits::FILE_BYTES_MAX};
use kring_store::{ChangedBy, DocumentFile, FileRead, SourceId, Store, StoreRefused};
use kring_web::DocumentFolders;
use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};
use tokio::sync::watch;

/// How deep folders are looked into.
const DEPTH_MAX: usize = 16;

/// Documents of all folders at most: they are prepared in memory for the search.
const FILES_MAX: usize = 5_000;

/// A file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    path: String,
    size: i64,
    mtime: i64,
    kind: DocumentKind,
}

/// What lies in the folders.
#[derive(Debug, Default)]
struct Looked {
    files: Vec<Seen>,
    /// Folders that could not be looked into.
    away: Vec<String>,
}

/// Keeps documents as their files are.
pub(crate) struct Keeper {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    /// The configuration as it is read again.
    pub(crate) config: watch::Receiver<Arc<Knowledge>>,
    /// What may be handed out.
    pub(crate) folders: DocumentFolders,
    pub(crate) node: String,
}

impl Keeper {
    /// Prepares the search, then looks into the folders again and again.
    pub(crate) async fn run(mut self) {
        match self.store.prepare_knowledge().await {
            Ok((sources, bytes)) => tracing::info!(sources, bytes, "the knowledge is prepared"),
            Err(refused) => {
                tracing::warn!(%refused, "the knowledge is prepared at the first search")
            }
        }
        loop {
            let config = Arc::clone(&self.config.borrow_and_update());
            self.folders.put(config.dirs.clone());
            if let Err(refused) = self.websites(&config).await {
                tracing::warn!(%refused, "the websites of knowledge.websites are not taken up");
            }
            if let Err(refused) = self.look(&config).await {
                tracing::warn!(%refused, "the documents stay as they were");
            }
            tokio::select! {
                () = tokio::time::sleep(config.every) => {}
                changed = self.config.changed() => if changed.is_err() {
                    return;
                },
            }
        }
    }

    async fn websites(&self, config: &Knowledge) -> Result<(), StoreRefused> {
        if config.websites.is_empty() {
            return Ok(());
        }
        self.store
            .ensure_websites(&self.by(), &config.websites)
            .await
    }

    async fn look(&self, config: &Knowledge) -> Result<(), StoreRefused> {
        let known = self.store.document_files().await?;
        if config.dirs.is_empty() && known.is_empty() {
            return Ok(());
        }
        let dirs = config.dirs.clone();
        let looked = tokio::task::spawn_blocking(move || look_into(&dirs)).await;
        let Ok(looked) = looked else { return Ok(()) };
        for folder in &looked.away {
            tracing::warn!(
                folder,
                "a folder of knowledge.dirs cannot be looked into; its documents stay"
            );
        }
        let by_path: FxHashMap<&str, &DocumentFile> = known
            .iter()
            .map(|file| (file.path.as_str(), file))
            .collect();
        for seen in &looked.files {
            let known = by_path.get(seen.path.as_str()).copied();
            if known.is_some_and(|known| known.size == seen.size && known.mtime == seen.mtime) {
                continue;
            }
            self.take_up(seen, known).await?;
        }
        let (gone, back) = moved(&known, &looked, &self.node);
        if !gone.is_empty() {
            tracing::warn!(
                documents = gone.len(),
                "documents are not where they were; their texts stay"
            );
            self.store.mark_documents(true, &gone).await?;
        }
        if !back.is_empty() {
            self.store.mark_documents(false, &back).await?;
        }
        Ok(())
    }

    /// Reads a file that is new or changed.
    async fn take_up(&self, seen: &Seen, known: Option<&DocumentFile>) -> Result<(), StoreRefused> {
        let path = PathBuf::from(&seen.path);
        let hashed = tokio::task::spawn_blocking(move || hashed(&path)).await;
        let (hash, text) = match hashed {
            Ok(Ok((hash, file))) => {
                let is_same = |known: &DocumentFile| known.hash == hash && known.failed.is_none();
                if known.is_some_and(is_same) {
                    // Touched, and no other: its text stands.
                    return self
                        .store
                        .touch_document(&seen.path, seen.size, seen.mtime)
                        .await;
                }
                (hash, document_reader::read(seen.kind, file).await)
            }
            Ok(Err(refused)) => (String::new(), Err(format!("cannot be read: {refused}"))),
            Err(ended) => (String::new(), Err(ended.to_string())),
        };
        let name = seen.path.rsplit('/').next().unwrap_or(&seen.path);
        match &text {
            Ok((text, pages)) => {
                tracing::info!(name, pages, bytes = text.len(), "a document was read")
            }
            Err(why) => tracing::warn!(name, why, "a document cannot be read"),
        }
        let read = FileRead {
            path: seen.path.clone(),
            size: seen.size,
            mtime: seen.mtime,
            hash,
            text,
        };
        let title = name.rsplit_once('.').map_or(name, |(title, _)| title);
        let title: String = title.replace('_', " ").chars().take(200).collect();
        self.store.put_document(&self.by(), &title, &read).await
    }

    fn by(&self) -> ChangedBy {
        ChangedBy {
            who: "kringd".to_owned(),
            at: self.clock.wall(self.clock.now()),
        }
    }
}

/// Documents that are gone, and those that are there again. Only this node's: another sees other disks.
fn moved(known: &[DocumentFile], looked: &Looked, node: &str) -> (Vec<SourceId>, Vec<SourceId>) {
    let here: FxHashSet<&str> = looked.files.iter().map(|seen| seen.path.as_str()).collect();
    let is_away = |file: &&DocumentFile| {
        let mut away = looked.away.iter();
        away.any(|folder| Path::new(&file.path).starts_with(folder))
    };
    let ours = known.iter().filter(|file| file.node == node);
    let ours: Vec<&DocumentFile> = ours.filter(|file| !is_away(file)).collect();
    let ids = |missing: bool, is_here: bool| -> Vec<SourceId> {
        let these = ours
            .iter()
            .filter(|file| file.missing == missing && here.contains(file.path.as_str()) == is_here);
        these.map(|file| file.source).collect()
    };
    (ids(false, false), ids(true, true))
}

/// All documents below these folders. Links and hidden files are passed over: a folder holds what lies in it.
fn look_into(dirs: &[PathBuf]) -> Looked {
    let mut looked = Looked::default();
    let mut waiting: Vec<(PathBuf, usize)> = dirs.iter().map(|dir| (dir.clone(), 0)).collect();
    while let Some((folder, depth)) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            looked.away.push(folder.display().to_string());
            continue;
        };
        for entry in entries.filter_map(Result::ok) {
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else {
                continue;
            };
            // A name that is no text cannot be told to anybody.
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            if name.starts_with(['.', '~']) {
                continue;
            }
            if kind.is_dir() && depth < DEPTH_MAX {
                waiting.push((path, depth + 1));
            } else if kind.is_file() && looked.files.len() < FILES_MAX {
                looked.files.extend(seen(&path));
            }
        }
    }
    if looked.files.len() == FILES_MAX {
        tracing::warn!("the folders of knowledge.dirs hold more than {FILES_MAX} documents");
    }
    looked.files.sort_by(|one, other| one.path.cmp(&other.path));
    looked
}

fn seen(path: &Path) -> Option<Seen> {
    let text = path.to_str()?;
    let kind = DocumentKind::of_name(text)?;
    let told = fs::metadata(path).ok()?;
    let since = told.modified().ok()?.duration_since(UNIX_EPOCH);
    Some(Seen {
        path: text.to_owned(),
        size: i64::try_from(told.len()).unwrap_or(i64::MAX),
        mtime: since.map_or(0, |since| since.as_micros() as i64),
        kind,
    })
}

/// The file, opened anew for its reader, and what its bytes come to.
fn hashed(path: &Path) -> io::Result<(String, File)> {
    let mut file = File::open(path)?;
    let told = file.metadata()?;
    if !told.is_file() || told.len() > FILE_BYTES_MAX {
        let most = FILE_BYTES_MAX / 1024 / 1024;
        return Err(io::Error::other(format!("it has more than {most} MiB")));
    }
    let mut hash = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    let mut left = FILE_BYTES_MAX;
    while left > 0 {
        let length = file.read(&mut piece)?;
        if length == 0 {
            break;
        }
        hash.update(&piece[..length]);
        left = left.saturating_sub(length as u64);
    }
    let hash = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok((hash, File::open(path)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_what_lies_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("ชั่งตวงวัด/ย่อย")).unwrap();
        for name in [
            "ชั่งตวงวัด/ย่อย/คู่มือ.PDF",
            "a.txt",
            ".hidden.txt",
            "~$a.docx",
            "film.mp4",
        ] {
            fs::write(at(name), "x").unwrap();
        }
        let outside = tempfile::NamedTempFile::with_suffix(".txt").unwrap();
        std::os::unix::fs::symlink(outside.path(), at("link.txt")).unwrap();
        std::os::unix::fs::symlink(folder.path(), at("round")).unwrap();
        let away = at("nowhere");
        let looked = look_into(&[folder.path().to_owned(), away.clone()]);
        let names: Vec<&str> = looked
            .files
            .iter()
            .map(|seen| seen.path.rsplit('/').next().unwrap())
            .collect();
        assert_eq!(names, ["a.txt", "คู่มือ.PDF"]);
        assert_eq!(looked.away, [away.display().to_string()]);
        let (hash, _) = hashed(&at("a.txt")).unwrap();
        assert!(hash.starts_with("2d711642b726b044"), "{hash}");
    }

    #[test]
    fn a_folder_that_is_away_takes_nothing_along() {
        let file = |path: &str, node: &str, missing: bool| DocumentFile {
            source: SourceId::new(kring_journal::WallTime(0)),
            path: path.to_owned(),
            node: node.to_owned(),
            size: 1,
            mtime: 1,
            hash: String::new(),
            pages: 0,
            failed: None,
            missing,
            read_at: kring_journal::WallTime(0),
        };
        let known = [
            file("/a/gone.txt", "here", false),
            file("/a/back.txt", "here", true),
            file("/a/others.txt", "there", false),
            file("/share/away.txt", "here", false),
        ];
        let looked = Looked {
            files: vec![Seen {
                path: "/a/back.txt".to_owned(),
                size: 1,
                mtime: 1,
                kind: DocumentKind::Text,
            }],
            away: vec!["/share".to_owned()],
        };
        let (gone, back) = moved(&known, &looked, "here");
        assert_eq!((gone, back), (vec![known[0].source], vec![known[1].source]));
    }
}
