//! The hash chain: what exactly is hashed, so that anybody can hash it again.
//!
//! `hash = SHA-256(previous, newline, lines)` in lower-case hexadecimal, where `previous` is the
//! hash of the segment before as 64 digits (zeros for the first), and each fact is one line:
//! node, boot, seq, at, wall, call (`-` for none) and the fact's JSON as stored, joined by tabs and
//! ended by a newline. Neither tab nor newline can occur in a field.

use crate::{StoreRefused, sql::Cells};
use kring_journal::Entry;
use kring_time::Moment;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use std::fmt::Write;

/// What stands before the first segment of a node.
pub(crate) const NOTHING_BEFORE: &str =
    "0000000000000000000000000000000000000000000000000000000000000000";

/// A fact as its row has it.
pub(crate) struct StoredEntry {
    pub(crate) boot: i64,
    pub(crate) seq: i64,
    pub(crate) node: String,
    pub(crate) at_us: i64,
    pub(crate) wall_us: i64,
    pub(crate) call: Option<String>,
    pub(crate) fact: String,
}

impl StoredEntry {
    /// The columns, in the order in which [`StoredEntry::read`] wants them.
    pub(crate) const COLUMNS: &str = "boot, seq, node, at_us, wall_us, call, fact";

    pub(crate) fn of(entry: &Entry) -> StoredEntry {
        StoredEntry {
            boot: entry.boot,
            seq: entry.seq as i64,
            node: entry.node.clone(),
            at_us: entry.at.as_micros() as i64,
            wall_us: entry.wall.0,
            call: entry.call.map(|call| call.to_string()),
            fact: serde_json::to_string(&entry.fact).expect("a fact is plain names and numbers"),
        }
    }

    pub(crate) fn read(row: &AnyRow) -> Result<StoredEntry, StoreRefused> {
        let mut cells = Cells::of(row, "journal");
        Ok(StoredEntry {
            boot: cells.int()?,
            seq: cells.int()?,
            node: cells.text()?,
            at_us: cells.int()?,
            wall_us: cells.int()?,
            call: cells.some_text()?,
            fact: cells.text()?,
        })
    }

    pub(crate) fn entry(&self) -> Result<Entry, StoreRefused> {
        let unreadable = |why: String| StoreRefused::Unreadable {
            table: "journal",
            why: format!("fact {} of boot {}: {why}", self.seq, self.boot),
        };
        let call = self.call.as_deref().map(str::parse).transpose();
        Ok(Entry {
            node: self.node.clone(),
            boot: self.boot,
            seq: self.seq as u64,
            at: Moment::from_micros(self.at_us as u64),
            wall: kring_journal::WallTime(self.wall_us),
            call: call.map_err(|why: kring_journal::IdRefused| unreadable(why.to_string()))?,
            fact: serde_json::from_str(&self.fact).map_err(|why| unreadable(why.to_string()))?,
        })
    }

    fn line(&self, out: &mut String) {
        let StoredEntry {
            boot,
            seq,
            node,
            at_us,
            wall_us,
            call,
            fact,
        } = self;
        let call = call.as_deref().unwrap_or("-");
        writeln!(
            out,
            "{node}\t{boot}\t{seq}\t{at_us}\t{wall_us}\t{call}\t{fact}"
        )
        .expect("a String takes everything");
    }
}

/// A hash that grows line by line.
pub(crate) struct Seal {
    hash: Sha256,
    line: String,
}

impl Seal {
    /// Begins a segment after the one with the hash `previous`.
    pub(crate) fn after(previous: &str) -> Seal {
        let mut hash = Sha256::new();
        hash.update(previous);
        hash.update("\n");
        Seal {
            hash,
            line: String::new(),
        }
    }

    pub(crate) fn add(&mut self, entry: &StoredEntry) {
        self.line.clear();
        entry.line(&mut self.line);
        self.hash.update(&self.line);
    }

    pub(crate) fn close(self) -> String {
        hex(&self.hash.finalize())
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a String takes everything");
    }
    text
}
