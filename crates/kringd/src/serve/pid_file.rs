//! The file that says which process this is, for service managers.

use crate::exit::Fault;
use std::path::{Path, PathBuf};

/// A file with our process id, taken away again at the end.
pub(crate) struct PidFile(Option<PathBuf>);

impl PidFile {
    pub(crate) fn write(path: Option<PathBuf>) -> Result<PidFile, Fault> {
        if let Some(path) = &path {
            let told = |refused| Fault::file("--pid-file", path, refused);
            std::fs::write(path, format!("{}\n", std::process::id())).map_err(told)?;
        }
        Ok(PidFile(path))
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        if let Some(path) = self.0.as_deref().filter(|path| Path::exists(path)) {
            // It is only a courtesy; a file left behind names a process that is gone.
            let _ = std::fs::remove_file(path);
        }
    }
}
