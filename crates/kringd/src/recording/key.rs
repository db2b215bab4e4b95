//! The key file of recordings, as the tool `age` writes it: a line `AGE-SECRET-KEY-1…` seals and opens, a line `age1…`
//! only seals, so that a server can record what it cannot play.
//!
//! A key that is named must be there: a slip of the pen must not make a new one, under which nobody looks for what
//! was sealed under the old. Where none is named, the first recording makes one in the data folder, and the log
//! says that it must be kept elsewhere, too: what it has sealed is lost with it.

use age::{Recipient, secrecy::ExposeSecret, x25519};
use std::{
    fs, io,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Longest key file, bytes: dozens of keys.
const FILE_MAX: usize = 16 * 1024;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyRefused {
    /// The file cannot be read or made.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// No line of it is a key.
    #[error("{0} holds no key of age: make one with `age-keygen -o FILE`")]
    NoKey(PathBuf),
}

/// What seals and opens.
pub(crate) struct RecordingKey {
    recipients: Vec<x25519::Recipient>,
    identities: Vec<x25519::Identity>,
}

/// Where the key is, and the key once it was needed.
pub(crate) struct KeyShelf {
    path: PathBuf,
    is_named: bool,
    key: Mutex<Option<Arc<RecordingKey>>>,
}

impl std::fmt::Debug for KeyShelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyShelf")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl KeyShelf {
    /// The key that the configuration names; it must be there.
    pub(crate) fn named(path: PathBuf) -> Result<KeyShelf, KeyRefused> {
        let key = RecordingKey::read(&path)?;
        Ok(KeyShelf {
            path,
            is_named: true,
            key: Mutex::new(Some(Arc::new(key))),
        })
    }

    /// kring's own key, made when it is needed.
    pub(crate) fn own(path: PathBuf) -> KeyShelf {
        KeyShelf {
            path,
            is_named: false,
            key: Mutex::new(None),
        }
    }

    /// To seal with.
    pub(super) fn to_seal(&self) -> Result<Arc<RecordingKey>, KeyRefused> {
        let mut shelf = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = &*shelf {
            return Ok(key.clone());
        }
        if !self.is_named && !self.path.exists() {
            make(&self.path).map_err(|refused| KeyRefused::File(self.path.clone(), refused))?;
            let path = self.path.display();
            tracing::warn!(
                "a key for recordings was made: keep a copy of {path} elsewhere, for without it no recording can be heard"
            );
        }
        let key = Arc::new(RecordingKey::read(&self.path)?);
        Ok(shelf.insert(key).clone())
    }

    /// To open with; none: there is none, or it seals only.
    pub(super) fn to_open(&self) -> Option<Arc<RecordingKey>> {
        let mut shelf = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        let key = match &*shelf {
            Some(key) => key.clone(),
            None => shelf
                .insert(Arc::new(RecordingKey::read(&self.path).ok()?))
                .clone(),
        };
        (!key.identities.is_empty()).then_some(key)
    }
}

impl RecordingKey {
    fn read(path: &Path) -> Result<RecordingKey, KeyRefused> {
        let text = fs::read_to_string(path)
            .map_err(|refused| KeyRefused::File(path.to_owned(), refused))?;
        let mut key = RecordingKey {
            recipients: Vec::new(),
            identities: Vec::new(),
        };
        for line in text.get(..FILE_MAX).unwrap_or(&text).lines().map(str::trim) {
            if let Ok(identity) = line.parse::<x25519::Identity>() {
                key.recipients.push(identity.to_public());
                key.identities.push(identity);
            } else if let Ok(recipient) = line.parse::<x25519::Recipient>() {
                key.recipients.push(recipient);
            }
        }
        if key.recipients.is_empty() {
            return Err(KeyRefused::NoKey(path.to_owned()));
        }
        Ok(key)
    }

    pub(super) fn recipients(&self) -> impl Iterator<Item = &dyn Recipient> {
        self.recipients.iter().map(|one| one as &dyn Recipient)
    }

    pub(super) fn identities(&self) -> impl Iterator<Item = &dyn age::Identity> {
        self.identities.iter().map(|one| one as &dyn age::Identity)
    }
}

fn make(path: &Path) -> io::Result<()> {
    let identity = x25519::Identity::generate();
    let text = format!(
        "# kring seals recordings with this key. Keep a copy elsewhere.\n# public key: {}\n{}\n",
        identity.to_public(),
        identity.to_string().expose_secret()
    );
    let mut file = fs::File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
