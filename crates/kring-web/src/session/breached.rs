//! Passwords that were stolen elsewhere: a file of their SHA-1, sorted, as Have I Been Pwned gives it
//! (`HASH:COUNT`). It has tens of gigabytes and stays on the disk: a look is some thirty reads.

use sha1::{Digest, Sha1};
use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Hexadecimal digits of a hash.
const HASH_CHARS: usize = 40;

/// Longest line, bytes: a hash, a count and the line's end, with room.
const LINE_BYTES_MAX: usize = 80;

/// The file. Clones are the same one.
#[derive(Clone, Debug)]
pub struct BreachedFile(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    file: File,
    bytes: u64,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BreachedRefused {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Its lines are not hashes in their order.
    #[error("is not a sorted list of SHA-1 hashes, a line each as `0123…CDEF:COUNT`")]
    NotHashes,
}

impl BreachedFile {
    /// Opens the file and looks at its first and its last line.
    pub fn open(path: &Path) -> Result<BreachedFile, BreachedRefused> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let path = path.to_owned();
        let opened = BreachedFile(Arc::new(Inner { path, file, bytes }));
        let first = opened.0.line_at(0)?.ok_or(BreachedRefused::NotHashes)?;
        let last = opened.0.line_at(bytes.saturating_sub(1))?;
        let last = last.map_or(first.hash, |last| last.hash);
        if first.hash > last {
            return Err(BreachedRefused::NotHashes);
        }
        Ok(opened)
    }

    /// Whether the password is in it. A file that cannot be read any more holds nothing, and the log says so.
    pub(super) fn holds(&self, password: &str) -> bool {
        let wanted: [u8; 20] = Sha1::digest(password.as_bytes()).into();
        self.0.look(wanted).unwrap_or_else(|refused| {
            let path = self.0.path.display();
            tracing::error!(%path, %refused, "the list of stolen passwords");
            false
        })
    }
}

/// A line of the file.
struct Line {
    hash: [u8; 20],
    begins: u64,
    ends: u64,
}

impl Inner {
    fn look(&self, wanted: [u8; 20]) -> Result<bool, BreachedRefused> {
        let (mut low, mut high) = (0, self.bytes);
        while low < high {
            let middle = low + (high - low) / 2;
            let Some(line) = self.line_at(middle)? else {
                return Ok(false);
            };
            match line.hash.cmp(&wanted) {
                std::cmp::Ordering::Equal => return Ok(true),
                std::cmp::Ordering::Less => low = line.ends,
                std::cmp::Ordering::Greater => high = line.begins,
            }
        }
        Ok(false)
    }

    /// The line that this byte belongs to; none: the file is empty.
    fn line_at(&self, byte: u64) -> Result<Option<Line>, BreachedRefused> {
        let from = byte.saturating_sub(LINE_BYTES_MAX as u64);
        let mut window = [0; 2 * LINE_BYTES_MAX + 1];
        let read = read_up_to(&self.file, &mut window, from)?;
        let window = &window[..read];
        let at = (byte - from) as usize;
        if at >= window.len() {
            return Ok(None);
        }
        let before = window[..at].iter().rposition(|b| *b == b'\n');
        let begin = match before {
            Some(end) => end + 1,
            None if from == 0 => 0,
            None => return Err(BreachedRefused::NotHashes),
        };
        let end = window[at..].iter().position(|b| *b == b'\n');
        let end = end.map_or(window.len(), |end| at + end + 1);
        let hash = window.get(begin..begin + HASH_CHARS).and_then(hash_of);
        Ok(Some(Line {
            hash: hash.ok_or(BreachedRefused::NotHashes)?,
            begins: from + begin as u64,
            ends: from + end as u64,
        }))
    }
}

fn read_up_to(file: &File, window: &mut [u8], from: u64) -> io::Result<usize> {
    let mut read = 0;
    while read < window.len() {
        match file.read_at(&mut window[read..], from + read as u64)? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}

fn hash_of(digits: &[u8]) -> Option<[u8; 20]> {
    let mut hash = [0; 20];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        let text = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(text, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    fn file(passwords: &[String], end: &str) -> (tempfile::TempDir, PathBuf) {
        let mut lines: Vec<String> = passwords
            .iter()
            .enumerate()
            .map(|(n, password)| {
                let mut line = String::new();
                for byte in Sha1::digest(password.as_bytes()) {
                    write!(line, "{byte:02X}").unwrap();
                }
                format!("{line}:{}", n * 997 + 1)
            })
            .collect();
        lines.sort();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pwned.txt");
        std::fs::write(&path, lines.join(end)).unwrap();
        (folder, path)
    }

    #[test]
    fn every_line_is_found_and_nothing_else() {
        for (count, end) in [(1, "\n"), (2, "\r\n"), (500, "\r\n")] {
            let passwords: Vec<String> = (0..count).map(|n| format!("stolen {n}")).collect();
            let (_folder, path) = file(&passwords, end);
            let list = BreachedFile::open(&path).unwrap();
            assert!(passwords.iter().all(|password| list.holds(password)));
            assert!(!(0..500).any(|n| list.holds(&format!("own {n}"))));
        }
    }

    #[test]
    fn what_is_no_such_list_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.txt");
        let open = |text: &str| {
            std::fs::write(&path, text).unwrap();
            BreachedFile::open(&path)
        };
        assert!(open("").is_err());
        assert!(open("password\n123456\n").is_err());
        let (high, low) = ("F".repeat(40), "0".repeat(40));
        assert!(open(&format!("{high}:1\n{low}:1\n")).is_err(), "not sorted");
        assert!(open(&format!("{low}:1\n{high}:1\n")).is_ok());
        assert!(BreachedFile::open(&folder.path().join("none")).is_err());
    }
}
