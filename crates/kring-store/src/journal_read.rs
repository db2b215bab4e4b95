//! Reading the journal, and proving that nobody changed it.

use crate::{Store, StoreRefused};
use kring_journal::{CallId, Entry};

/// A journal that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Facts read.
    pub entries: u64,
    /// Segments whose hash was computed again and is the stored one.
    pub segments: u64,
    /// The end of each node's chain, as hexadecimal SHA-256: what to note elsewhere, so that a cut
    /// at the end would be seen too.
    pub heads: Vec<(String, String)>,
}

/// Where the journal is not what was written.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// A segment's facts do not give its hash: a fact was changed, removed or put in.
    #[error("segment {segment} of {node} (boot {boot}, facts {first} to {last}) was changed")]
    Changed {
        /// Whose chain.
        node: String,
        /// Which segment of it.
        segment: i64,
        /// Its boot.
        boot: i64,
        /// Its first fact.
        first: i64,
        /// Its last fact.
        last: i64,
    },
    /// A segment of the chain is missing.
    #[error("segment {segment} of {node} is missing")]
    Missing {
        /// Whose chain.
        node: String,
        /// Which segment of it.
        segment: i64,
    },
    /// There are facts that no segment covers.
    #[error("{count} facts are covered by no segment")]
    Uncovered {
        /// How many.
        count: i64,
    },
    /// The journal could not be read.
    #[error(transparent)]
    Refused(#[from] StoreRefused),
}

impl Store {
    /// Computes the hash of every segment again.
    pub async fn verify(&self) -> Result<Verified, Broken> {
        todo!()
    }

    /// Every fact of a call, in order.
    pub async fn entries_of(&self, call: CallId) -> Result<Vec<Entry>, StoreRefused> {
        todo!()
    }

    /// At most `limit` (1 to [`crate::limits::PAGE_MAX`]) facts after this one, in order. Boots are numbered over all nodes, so
    /// `(0, 0)` begins at the first fact of all.
    pub async fn entries_after(
        &self,
        boot: i64,
        seq: u64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreRefused> {
        todo!()
    }
}
