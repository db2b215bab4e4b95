//! Recordings on their way back to whoever may hear them: opened, piece by piece, from any place on.

use super::{file::heard_of, key::KeyShelf, limits::PIECE, place};
use age::{Decryptor, stream::StreamReader};
use kring_media::{WAV_HEADER, wav_header};
use kring_web::{RecordingMissing, RecordingWanted, Recordings};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::mpsc;

/// The way for pages.
pub(crate) fn recordings(folder: PathBuf, key: Arc<KeyShelf>) -> Recordings {
    Recordings::new(move |wanted: RecordingWanted| {
        let (folder, key) = (folder.clone(), key.clone());
        Box::pin(async move {
            let opened = tokio::task::spawn_blocking(move || {
                let mut stream = open(&folder, &key, &wanted.name)?;
                stream
                    .seek(SeekFrom::Start(wanted.from.max(WAV_HEADER as u64)))
                    .map_err(|_| RecordingMissing::Damaged)?;
                Ok((stream, wanted))
            });
            let opened = opened.await.map_err(|_| RecordingMissing::Damaged)?;
            let (stream, wanted) = opened?;
            let (pieces, taken) = mpsc::channel(2);
            tokio::task::spawn_blocking(move || hand_out(stream, &wanted, &pieces));
            Ok(taken)
        })
    })
}

/// The file of this name, opened.
pub(super) fn open(
    folder: &Path,
    key: &KeyShelf,
    name: &str,
) -> Result<StreamReader<File>, RecordingMissing> {
    let path = folder.join(place(name).ok_or(RecordingMissing::Gone)?);
    let file = File::open(path).map_err(|_| RecordingMissing::Gone)?;
    let key = key.to_open().ok_or(RecordingMissing::NoKey)?;
    let opened = Decryptor::new(file).map_err(|_| RecordingMissing::Damaged)?;
    opened
        .decrypt(key.identities())
        .map_err(|_| RecordingMissing::NoKey)
}

/// The part of the WAV that is wanted, with the head that its length wants.
fn hand_out(
    mut stream: StreamReader<File>,
    wanted: &RecordingWanted,
    pieces: &mpsc::Sender<io::Result<Vec<u8>>>,
) {
    let head = wav_header(Some(wanted.sound));
    let mut left = wanted.length;
    if let Some(head) = head.get(wanted.from as usize..) {
        let part = &head[..head.len().min(left as usize)];
        left -= part.len() as u64;
        if pieces.blocking_send(Ok(part.to_vec())).is_err() {
            return;
        }
    }
    while left > 0 {
        let mut piece = vec![0; PIECE.min(left as usize)];
        let read = stream.read(&mut piece).map(|read| {
            piece.truncate(read);
            piece
        });
        let is_end = !matches!(&read, Ok(piece) if !piece.is_empty());
        left -= read.as_ref().map_or(0, |piece| piece.len() as u64);
        if pieces.blocking_send(read).is_err() || is_end {
            // They have heard enough, or there is no more.
            return;
        }
    }
}

/// What is there of a file that a process left without an end: bytes of sound, bytes on the disk and their hash.
pub(super) fn look_over(folder: &Path, name: &str) -> io::Result<(u64, u64, String)> {
    let path = folder.join(place(name).ok_or(io::ErrorKind::InvalidInput)?);
    let mut file = File::open(path)?;
    Decryptor::new(&file).map_err(|refused| io::Error::other(refused.to_string()))?;
    let head = file.stream_position()?;
    file.rewind()?;
    let mut hash = Sha256::new();
    let bytes = io::copy(&mut file, &mut hash)?;
    let hash = hash.finalize();
    let hex = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((heard_of(bytes, head) / 4 * 4, bytes, hex))
}
