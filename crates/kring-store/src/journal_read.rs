//! Reading the journal, and proving that nobody changed it.

use crate::{
    Store, StoreRefused,
    chain::{NOTHING_BEFORE, Seal, StoredEntry},
    limits,
    sql::Cells,
};
use kring_journal::{CallId, Entry};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, any::AnyRow};
use std::collections::VecDeque;

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
    /// Computes the hash of every segment again, over the journal as it is at this moment.
    pub async fn verify(&self) -> Result<Verified, Broken> {
        let mut connection = self.reading().await?;
        let mut snapshot = connection
            .begin_with(self.snapshot())
            .await
            .map_err(refused)?;
        let mut verified = Verified {
            entries: 0,
            segments: 0,
            heads: Vec::new(),
        };
        let nodes = sqlx::query("SELECT DISTINCT node FROM journal_segment ORDER BY node")
            .fetch_all(&mut *snapshot)
            .await
            .map_err(refused)?;
        for node in &nodes {
            let node = Cells::of(node, "journal_segment").text()?;
            let head = verify_node(&mut snapshot, &node, &mut verified).await?;
            verified.heads.push((node, head));
        }
        let row = sqlx::query("SELECT COUNT(*) FROM journal")
            .fetch_one(&mut *snapshot)
            .await
            .map_err(refused)?;
        let count = Cells::of(&row, "journal").int()? - verified.entries as i64;
        match count {
            0 => Ok(verified),
            count => Err(Broken::Uncovered { count }),
        }
    }

    /// Every fact of a call, in order.
    pub async fn entries_of(&self, call: CallId) -> Result<Vec<Entry>, StoreRefused> {
        let columns = StoredEntry::COLUMNS;
        let sql = format!("SELECT {columns} FROM journal WHERE call = $1 ORDER BY boot, seq");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(call.to_string())
            .fetch_all(&self.reader)
            .await?;
        entries(&rows)
    }

    /// At most `limit` facts (1 to [`limits::PAGE_MAX`]) after this one, in order. Boots are
    /// numbered over all nodes, so `(0, 0)` begins at the first fact of all.
    pub async fn entries_after(
        &self,
        boot: i64,
        seq: u64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreRefused> {
        let columns = StoredEntry::COLUMNS;
        let sql = format!(
            "SELECT {columns} FROM journal WHERE (boot, seq) > ($1, $2) \
             ORDER BY boot, seq LIMIT $3"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(boot)
            .bind(i64::try_from(seq).unwrap_or(i64::MAX))
            .bind(limits::page(limit))
            .fetch_all(&self.reader)
            .await?;
        entries(&rows)
    }

    /// The last facts of all, at most `limit` (1 to [`limits::PAGE_MAX`]), in order.
    pub async fn last_entries(&self, limit: u32) -> Result<Vec<Entry>, StoreRefused> {
        let columns = StoredEntry::COLUMNS;
        let sql = format!("SELECT {columns} FROM journal ORDER BY boot DESC, seq DESC LIMIT $1");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(limits::page(limit))
            .fetch_all(&self.reader)
            .await?;
        let mut last = entries(&rows)?;
        last.reverse();
        Ok(last)
    }
}

fn entries(rows: &[AnyRow]) -> Result<Vec<Entry>, StoreRefused> {
    rows.iter()
        .map(|row| StoredEntry::read(row)?.entry())
        .collect()
}

fn refused(error: sqlx::Error) -> Broken {
    Broken::Refused(error.into())
}

struct Segment {
    n: i64,
    boot: i64,
    first: i64,
    last: i64,
    previous: String,
    hash: String,
}

impl Segment {
    async fn page(
        connection: &mut AnyConnection,
        node: &str,
        after: i64,
    ) -> Result<Vec<Segment>, StoreRefused> {
        let rows = sqlx::query(
            "SELECT n, boot, first_seq, last_seq, previous, hash FROM journal_segment \
             WHERE node = $1 AND n > $2 ORDER BY n LIMIT $3",
        )
        .bind(node)
        .bind(after)
        .bind(limits::VERIFY_PAGE)
        .fetch_all(connection)
        .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "journal_segment");
            Ok(Segment {
                n: cells.int()?,
                boot: cells.int()?,
                first: cells.int()?,
                last: cells.int()?,
                previous: cells.text()?,
                hash: cells.text()?,
            })
        };
        rows.iter().map(read).collect()
    }

    fn changed(&self, node: &str) -> Broken {
        Broken::Changed {
            node: node.to_owned(),
            segment: self.n,
            boot: self.boot,
            first: self.first,
            last: self.last,
        }
    }
}

/// Follows one node's chain to its end, and says the last hash.
async fn verify_node(
    connection: &mut AnyConnection,
    node: &str,
    verified: &mut Verified,
) -> Result<String, Broken> {
    let (mut n, mut head) = (0, NOTHING_BEFORE.to_owned());
    let mut facts = Facts::default();
    loop {
        let page = Segment::page(connection, node, n).await?;
        if page.is_empty() {
            return Ok(head);
        }
        for segment in page {
            n += 1;
            if segment.n != n {
                let node = node.to_owned();
                return Err(Broken::Missing { node, segment: n });
            }
            let mut seal = Seal::after(&head);
            for seq in segment.first..=segment.last {
                match facts.next(connection, segment.boot, seq).await? {
                    Some(entry) if entry.seq == seq && entry.node == node => seal.add(&entry),
                    _ => return Err(segment.changed(node)),
                }
            }
            let hash = seal.close();
            if segment.previous != head || segment.hash != hash {
                return Err(segment.changed(node));
            }
            verified.segments += 1;
            verified.entries += (segment.last - segment.first + 1).max(0) as u64;
            head = hash;
        }
    }
}

/// The facts of a boot in order, read a page at a time.
#[derive(Default)]
struct Facts {
    boot: i64,
    read_to: i64,
    ready: VecDeque<StoredEntry>,
}

impl Facts {
    /// The next fact of this boot, which should be the one numbered `seq`.
    async fn next(
        &mut self,
        connection: &mut AnyConnection,
        boot: i64,
        seq: i64,
    ) -> Result<Option<StoredEntry>, StoreRefused> {
        if self.boot != boot {
            *self = Facts {
                boot,
                read_to: seq - 1,
                ready: VecDeque::new(),
            };
        }
        if self.ready.is_empty() {
            let columns = StoredEntry::COLUMNS;
            let sql = format!(
                "SELECT {columns} FROM journal WHERE boot = $1 AND seq > $2 ORDER BY seq LIMIT $3"
            );
            let rows = sqlx::query(AssertSqlSafe(sql))
                .bind(boot)
                .bind(self.read_to)
                .bind(limits::VERIFY_PAGE)
                .fetch_all(connection)
                .await?;
            for row in &rows {
                self.ready.push_back(StoredEntry::read(row)?);
            }
        }
        let next = self.ready.pop_front();
        self.read_to = next.as_ref().map_or(self.read_to, |entry| entry.seq);
        Ok(next)
    }
}
