//! Where recordings go and come from, by the configuration.

use crate::{
    clock::Clock,
    config::Config,
    exit::Fault,
    recording::{self, EVENTS_WAITING_MAX, KeyShelf, RecordingConfig, TapeEvent},
};
use kring_store::Store;
use kring_web::{RecordingRemovals, WebConfig};
use std::{future::Future, path::PathBuf, sync::Arc};
use tokio::sync::mpsc;

/// What the configuration makes of recordings.
pub(super) struct Recordings {
    pub(super) config: RecordingConfig,
    folder: PathBuf,
    key: Arc<KeyShelf>,
    events: mpsc::Receiver<TapeEvent>,
}

impl Recordings {
    /// A key that is named must be there; nothing else is looked at before it is needed.
    pub(super) fn open(config: &Config) -> Result<Recordings, Fault> {
        let (record, data) = (&config.media.record, &config.data_dir);
        let folder = record
            .folder
            .clone()
            .unwrap_or_else(|| data.join("recordings"));
        let key = match &record.key {
            Some(path) => KeyShelf::named(path.clone())
                .map_err(|refused| Fault::Unavailable(format!("media.record_key: {refused}.")))?,
            None => KeyShelf::own(data.join("recordings.key")),
        };
        let key = Arc::new(key);
        let (told, events) = mpsc::channel(EVENTS_WAITING_MAX);
        Ok(Recordings {
            config: RecordingConfig {
                folder: folder.clone(),
                key: key.clone(),
                told,
            },
            folder,
            key,
            events,
        })
    }

    /// How pages hear them and take them away.
    pub(super) fn hand_to(&self, config: &Config, web: WebConfig) -> WebConfig {
        let folder = self.folder.clone();
        WebConfig {
            recordings: recording::recordings(self.folder.clone(), self.key.clone()),
            recording_removals: RecordingRemovals::new(move |name: String| {
                let folder = folder.clone();
                Box::pin(async move { recording::remove(&folder, &name).await })
            }),
            record_own: config.media.record.own,
            ..web
        }
    }

    /// Writes down what there is, until the last file is closed.
    pub(super) fn keep(self, store: Store, clock: Clock) -> impl Future<Output = ()> {
        let Recordings { folder, events, .. } = self;
        recording::keep(store, clock, folder, events)
    }
}
