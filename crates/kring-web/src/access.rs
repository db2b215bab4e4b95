//! Lines of the access log on their way to the disk: gathered behind what is read, so that nobody who reads waits.

use crate::limits;
use kring_store::{Access, Store};
use tokio::sync::mpsc;

/// Takes lines. Clones are the same log.
#[derive(Clone, Debug)]
pub(crate) struct AccessNotes(mpsc::Sender<Access>);

impl AccessNotes {
    /// Begins to write what is noted, inside a tokio runtime.
    pub(crate) fn begin(store: Store) -> AccessNotes {
        let (notes, lines) = mpsc::channel(limits::ACCESS_NOTES);
        tokio::spawn(write(store, lines));
        AccessNotes(notes)
    }

    /// Notes a reading. When the disk is far behind, the line goes into the program's log instead.
    pub(crate) fn note(&self, access: Access) {
        if let Err(full) = self.0.try_send(access) {
            let access = full.into_inner();
            tracing::warn!(
                who = access.who,
                contact = %access.contact,
                what = access.what.as_str(),
                "a reading is not in the access log: the database is far behind"
            );
        }
    }
}

async fn write(store: Store, mut lines: mpsc::Receiver<Access>) {
    let mut together = Vec::new();
    while lines.recv_many(&mut together, limits::ACCESS_NOTES).await > 0 {
        if let Err(refused) = store.note_accesses(&together).await {
            let count = together.len();
            tracing::error!(%refused, count, "readings are not in the access log");
        }
        together.clear();
    }
}
