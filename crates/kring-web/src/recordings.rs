//! The way to recorded sound. `kringd` has the files and the key; without it there is nothing to hear.

use crate::means::Means;
use std::io;
use tokio::sync::mpsc;

/// Which part of which recording is wanted, as a WAV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingWanted {
    /// The call's id.
    pub name: String,
    /// Bytes of sound that there are, after the head.
    pub sound: u64,
    /// The first byte that is wanted, the head's first is 0.
    pub from: u64,
    /// How many.
    pub length: u64,
}

/// Why it cannot be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingMissing {
    /// The file is not here.
    Gone,
    /// There is no key that opens it.
    NoKey,
    /// It is not what was written.
    Damaged,
}

/// Pieces of a WAV in their order.
pub type RecordingPieces = mpsc::Receiver<io::Result<Vec<u8>>>;

/// Opens a recording.
pub type Recordings = Means<RecordingWanted, Result<RecordingPieces, RecordingMissing>>;

/// Takes the file of this call away.
pub type RecordingRemovals = Means<String, ()>;
