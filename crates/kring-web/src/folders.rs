//! The folders whose documents may be handed out, and nothing outside of them.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

/// The folders in force (`knowledge.dirs`). Clones are the same folders.
#[derive(Clone, Debug, Default)]
pub struct DocumentFolders(Arc<RwLock<Vec<PathBuf>>>);

impl DocumentFolders {
    /// These from now on.
    pub fn put(&self, folders: Vec<PathBuf>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = folders;
    }

    /// Opens a file, and tells how long it is. Refuses what is in no folder of ours, whatever its name or a link
    /// says.
    pub(crate) fn open(&self, path: &Path) -> io::Result<(File, u64)> {
        let folders = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let path = path.canonicalize()?;
        let inside = folders
            .iter()
            .filter_map(|folder| folder.canonicalize().ok());
        if !inside.into_iter().any(|folder| path.starts_with(folder)) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let file = File::open(&path)?;
        let told = file.metadata()?;
        if !told.is_file() {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok((file, told.len()))
    }
}
