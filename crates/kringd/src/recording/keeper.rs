//! Writes down in the store what recordings there are, mends at the start what a process left without an end, and
//! takes files away that are nobody's to hear any more.

use super::{
    limits::SWEEP_EVERY,
    place, played,
    writer::{TapeEvent, TapeOver},
};
use crate::clock::Clock;
use kring_journal::CallId;
use kring_media::NotRecorded;
use kring_store::{RecordingEnd, RecordingState, Store, StoreRefused};
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    sync::mpsc::Receiver,
    time::{MissedTickBehavior, interval},
};

/// How long a store that is away is given before an event is written again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How often an event is tried; then the next start mends it from the file.
const TRIES: u32 = 60;

/// Runs until it is aborted, or nobody records any more.
pub(crate) async fn keep(
    store: Store,
    clock: Clock,
    folder: PathBuf,
    mut events: Receiver<TapeEvent>,
) {
    mend(&store, &folder).await;
    let mut sweeps = interval(SWEEP_EVERY);
    sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Some(event) => note(&store, &clock, &folder, event).await,
                None => return,
            },
            _ = sweeps.tick() => sweep(&store, &folder).await,
        }
    }
}

async fn note(store: &Store, clock: &Clock, folder: &Path, event: TapeEvent) {
    for _ in 0..TRIES {
        match write(store, clock, folder, &event).await {
            Ok(()) => return,
            Err(refused) => {
                tracing::error!(%refused, "a recording is not written down yet");
                tokio::time::sleep(AGAIN_AFTER).await;
            }
        }
    }
}

async fn write(
    store: &Store,
    clock: &Clock,
    folder: &Path,
    event: &TapeEvent,
) -> Result<(), StoreRefused> {
    match event {
        TapeEvent::Begun { name } => match name.parse() {
            Ok(call) => store.recording_begun(call, clock.wall(clock.now())).await,
            Err(_) => Ok(()),
        },
        TapeEvent::Over(over) => {
            let Ok(call) = over.name.parse::<CallId>() else {
                return Ok(());
            };
            secure(folder, &over.name).await;
            store.recording_ended(call, &end_of(over)).await
        }
    }
}

/// The file is on the disk before the store says that it is whole.
async fn secure(folder: &Path, name: &str) {
    let Some(path) = place(name).map(|place| folder.join(place)) else {
        return;
    };
    let synced = tokio::task::spawn_blocking(move || fs::File::open(path)?.sync_all()).await;
    if let Ok(Err(refused)) = synced {
        tracing::warn!(%refused, "a recording may not outlive a power cut");
    }
}

fn end_of(over: &TapeOver) -> RecordingEnd {
    let (sound, file) = over.file.unzip();
    let hex = |hash: [u8; 32]| hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let peak = |[left, right]: &[u8; 2]| format!("{left:02x}{right:02x}");
    RecordingEnd {
        state: match over.why {
            None => RecordingState::Kept,
            Some(
                NotRecorded::Disk
                | NotRecorded::DiskFull
                | NotRecorded::NoKey
                | NotRecorded::TooMany,
            ) => RecordingState::Failed,
        },
        sound: sound.unwrap_or(0) as i64,
        bytes: file.map_or(0, |file| file.bytes) as i64,
        sha256: file.map(|file| hex(file.sha256)).unwrap_or_default(),
        missing_ms: (file.map_or(0, |file| file.missing_ms) + over.strange_ms) as i64,
        peak_ms: i64::from(over.peak_ms),
        peaks: over.peaks.iter().map(peak).collect(),
        pauses: over.pauses_ms.clone(),
    }
}

/// What the process before this one was recording is there up to its last whole piece.
async fn mend(store: &Store, folder: &Path) {
    let cut = match store.recordings_cut().await {
        Ok(cut) => cut,
        Err(refused) => {
            tracing::warn!(%refused, "recordings that were cut stay so until the next start");
            return;
        }
    };
    for call in cut {
        let (folder, name) = (folder.to_owned(), call.to_string());
        let seen = tokio::task::spawn_blocking(move || played::look_over(&folder, &name)).await;
        let seen = seen.unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
        let (sound, bytes, sha256) = seen.unwrap_or_default();
        let end = RecordingEnd {
            state: RecordingState::Cut,
            sound: sound as i64,
            bytes: bytes as i64,
            sha256,
            missing_ms: 0,
            peak_ms: 0,
            peaks: String::new(),
            pauses: Vec::new(),
        };
        if let Err(refused) = store.recording_ended(call, &end).await {
            tracing::warn!(%call, %refused, "a recording that was cut stays so until the next start");
        }
    }
}

/// Files that no row lets anybody hear.
pub(super) async fn sweep(store: &Store, folder: &Path) {
    let names = list(folder.to_owned()).await;
    let calls: Vec<CallId> = names.iter().filter_map(|name| name.parse().ok()).collect();
    for some in calls.chunks(200) {
        let Ok(kept) = store.recordings_kept(some).await else {
            return;
        };
        for call in some.iter().filter(|call| !kept.contains(call)) {
            remove(folder, &call.to_string()).await;
        }
    }
}

/// Takes the file of this name away.
pub(crate) async fn remove(folder: &Path, name: &str) {
    let Some(path) = place(name).map(|place| folder.join(place)) else {
        return;
    };
    let removed = tokio::task::spawn_blocking(move || fs::remove_file(path)).await;
    if let Ok(Err(refused)) = removed
        && refused.kind() != io::ErrorKind::NotFound
    {
        tracing::error!(%name, %refused, "a recording that nobody may hear is still on the disk");
    }
}

/// The names of files that are old enough to have a row.
async fn list(folder: PathBuf) -> Vec<String> {
    let listed = tokio::task::spawn_blocking(move || {
        let mut names = Vec::new();
        let Ok(parts) = fs::read_dir(folder) else {
            return names;
        };
        for part in parts.flatten() {
            let Ok(files) = fs::read_dir(part.path()) else {
                continue;
            };
            for file in files.flatten() {
                let written = file.metadata().and_then(|about| about.modified());
                let is_old = written
                    .ok()
                    .and_then(|written| written.elapsed().ok())
                    .is_some_and(|age| age > SWEEP_EVERY);
                let name = file.file_name().into_string().unwrap_or_default();
                if let Some(name) = name.strip_suffix(".wav.age").filter(|_| is_old) {
                    names.push(name.to_owned());
                }
            }
        }
        names
    });
    listed.await.unwrap_or_default()
}
