//! Where the repository is, and its files as text.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders that hold what was built or fetched, not what was written.
const NOT_OURS: [&str; 5] = ["target", "node_modules", "dist", ".git", "kring-data"];

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("the package is one folder below the top")
        .to_owned()
}

/// The text of a file that must be there, by its path from the top.
pub(crate) fn text_of(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|refused| panic!("{path}: {refused}"))
}

/// A file of ours.
pub(crate) struct Written {
    /// From the top, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// All files below `folder` (from the top) with one of these endings.
pub(crate) fn written(folder: &str, endings: &[&str]) -> Vec<Written> {
    let top = root();
    let mut waiting = vec![top.join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("a folder that opened can be read").path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            if path.is_dir() && !NOT_OURS.contains(&name) {
                waiting.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let from_top = path.strip_prefix(&top).expect("it is below the top");
                let text = fs::read_to_string(&path).expect("sources are UTF-8");
                let path = from_top.to_string_lossy().replace('\\', "/");
                found.push(Written { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The line without a comment at its end. Good enough for code that rustfmt has formatted.
pub(crate) fn code_of(line: &str) -> &str {
    if line.trim_start().starts_with("//") {
        return "";
    }
    line.split(" // ").next().unwrap_or(line)
}
