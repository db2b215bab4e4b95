//! One file while it is written: a WAV that is sealed by age (STREAM, 64 KiB a piece), hashed as it lies on the disk.
//!
//! It grows by whole pieces. Where the disk refuses one, the file is cut back to the piece before: what is there can
//! then be heard to its end. A process that dies leaves the same, less four seconds at most.

use super::key::RecordingKey;
use age::{Encryptor, stream::StreamWriter};
use kring_media::wav_header;
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::{self, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Bytes of sound in a piece, and of its seal.
const PIECE: u64 = 64 * 1024;
const SEAL: u64 = 16;

/// What a file is written to.
pub(super) trait Medium: Write {
    /// Takes away what is beyond.
    fn cut(&mut self, bytes: u64) -> io::Result<()>;
}

impl Medium for fs::File {
    fn cut(&mut self, bytes: u64) -> io::Result<()> {
        self.set_len(bytes)?;
        self.seek(io::SeekFrom::Start(bytes)).map(|_| ())
    }
}

/// See the module.
pub(super) struct TapeFile<M: Medium> {
    stream: StreamWriter<Hashed<M>>,
    account: Arc<Mutex<Account>>,
    /// Bytes of sound that were handed over.
    sound: u64,
    /// Bytes of the file before its first piece.
    head: u64,
}

/// A closed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Closed {
    /// Bytes on the disk.
    pub(super) bytes: u64,
    pub(super) sha256: [u8; 32],
    /// Bytes of sound that can be heard.
    pub(super) sound: u64,
}

/// What is on the disk. age keeps the medium to itself when it has failed, so this is kept beside it.
#[derive(Default)]
struct Account {
    bytes: u64,
    hash: Sha256,
}

struct Hashed<M> {
    medium: M,
    account: Arc<Mutex<Account>>,
}

impl<M: Medium> Write for Hashed<M> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let mut account = lock(&self.account);
        if let Err(refused) = self.medium.write_all(piece) {
            // If that fails, too, the last piece is a torn one, and is not heard.
            let _ = self.medium.cut(account.bytes);
            return Err(refused);
        }
        account.bytes += piece.len() as u64;
        account.hash.update(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.medium.flush()
    }
}

/// A new file that only its owner may read.
pub(super) fn create(path: &Path) -> io::Result<fs::File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

impl<M: Medium> TapeFile<M> {
    /// Begins with the head of a WAV whose length is not known.
    pub(super) fn begin(medium: M, key: &RecordingKey) -> io::Result<TapeFile<M>> {
        let encryptor = Encryptor::with_recipients(key.recipients())
            .map_err(|refused| io::Error::other(refused.to_string()))?;
        let account = Arc::<Mutex<Account>>::default();
        let hashed = Hashed {
            medium,
            account: account.clone(),
        };
        let mut stream = encryptor.wrap_output(hashed)?;
        let head = lock(&account).bytes;
        stream.write_all(&wav_header(None))?;
        Ok(TapeFile {
            stream,
            account,
            sound: 0,
            head,
        })
    }

    /// More sound: left and right in turn.
    pub(super) fn write(&mut self, sound: &[u8]) -> io::Result<()> {
        self.stream.write_all(sound)?;
        self.sound += sound.len() as u64;
        Ok(())
    }

    /// Closes it whole; or tells what is there when its last piece was refused.
    pub(super) fn finish(self) -> Result<Closed, (io::Error, Closed)> {
        let TapeFile {
            stream,
            account,
            sound,
            head,
        } = self;
        match stream.finish() {
            Ok(_) => Ok(closed(&account, sound)),
            Err(refused) => Err((refused, cut_short(&account, head))),
        }
    }

    /// What is there of one that can be written no further.
    pub(super) fn leave(self) -> Closed {
        cut_short(&self.account, self.head)
    }
}

/// How much of a file of this size without an end can be heard, bytes of sound after the head of the WAV; `head` is
/// what age writes before the first piece.
pub(super) fn heard_of(bytes: u64, head: u64) -> u64 {
    let pieces = bytes.saturating_sub(head) / (PIECE + SEAL);
    (pieces * PIECE).saturating_sub(kring_media::WAV_HEADER as u64)
}

fn cut_short(account: &Mutex<Account>, head: u64) -> Closed {
    let sound = heard_of(lock(account).bytes, head);
    closed(account, sound)
}

fn closed(account: &Mutex<Account>, sound: u64) -> Closed {
    let account = lock(account);
    Closed {
        bytes: account.bytes,
        sha256: account.hash.clone().finalize().into(),
        // Both channels of a moment, or none.
        sound: sound / 4 * 4,
    }
}

fn lock(account: &Mutex<Account>) -> MutexGuard<'_, Account> {
    account.lock().unwrap_or_else(PoisonError::into_inner)
}
