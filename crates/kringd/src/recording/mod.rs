//! Recordings on the disk: from the relaying threads by way of a bounded ring each (`tap`) to one thread that puts
//! the sound together and writes it (`writer`), sealed (`file`, `key`); and back to whoever may hear it (`played`).
//! `keeper` writes down in the store what there is, and takes away what is too old.
//!
//! A relaying thread never waits for any of this: what finds no room in its ring is missing from the file, and
//! is counted. A disk that is full ends the recording and not the call, and what was written till then is heard.

mod file;
mod keeper;
mod key;
mod limits;
mod played;
mod tap;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use keeper::{keep, remove};
pub(crate) use key::KeyShelf;
pub(crate) use limits::EVENTS_WAITING_MAX;
pub(crate) use played::recordings;
pub(crate) use tap::{Tap, Tapped, Taps};
pub(crate) use writer::{TapeEvent, Writer};

use std::{path::PathBuf, sync::Arc};
use tokio::sync::mpsc;

/// Where recordings go.
#[derive(Clone, Debug)]
pub(crate) struct RecordingConfig {
    /// The folder, made when it is needed.
    pub(crate) folder: PathBuf,
    /// With what they are sealed.
    pub(crate) key: Arc<KeyShelf>,
    /// Who writes down what there is.
    pub(crate) told: mpsc::Sender<TapeEvent>,
}

/// Where in the folder the recording of this name is: a part of the name, which is the time, keeps folders small.
/// None: no name of ours.
pub(crate) fn place(name: &str) -> Option<PathBuf> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_good = (6..=64).contains(&name.len()) && name.bytes().all(good);
    is_good.then(|| PathBuf::from(&name[..5]).join(format!("{name}.wav.age")))
}
