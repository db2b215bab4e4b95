//! The segments of the hash chain that hold the facts of one call: what makes its evidence hard to deny.
//!
//! Whoever has the journal can compute each of these hashes again (`docs/EVIDENCE.md` has the recipe), and
//! whoever has noted a later hash of the chain elsewhere can see that they lead to it.

use crate::{
    Broken, Store, StoreRefused,
    chain::{NOTHING_BEFORE, Seal, StoredEntry},
    limits,
    sql::Cells,
};
use kring_journal::CallId;
use serde::Serialize;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, any::AnyRow};

/// A segment that holds facts of the call, whose hash was computed again and is the stored one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SealedSegment {
    /// Whose chain.
    pub node: String,
    /// Which segment of it, from 1.
    pub n: i64,
    /// Its boot.
    pub boot: i64,
    /// Its first fact.
    pub first_seq: i64,
    /// Its last fact.
    pub last_seq: i64,
    /// The hash of the segment before; zeros for the first.
    pub previous: String,
    /// Its hash: SHA-256 in hexadecimal.
    pub hash: String,
    /// The hash of the segment after, which covers this one's; none at the end of the chain.
    pub followed_by: Option<String>,
    /// The numbers of the call's own facts in it.
    pub facts: Vec<i64>,
}

/// Where a node's chain ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChainHead {
    /// Whose chain.
    pub node: String,
    /// Its last segment.
    pub n: i64,
    /// The hash of it: what to note elsewhere.
    pub hash: String,
}

/// The facts of a call in the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SealedCall {
    /// The segments that hold them, in order.
    pub segments: Vec<SealedSegment>,
    /// The end of each of their chains when this was read.
    pub heads: Vec<ChainHead>,
}

impl Store {
    /// Computes the hash of every segment again that holds a fact of the call, and looks at the segments
    /// before and after each. A call without facts has no segments.
    pub async fn sealed(&self, call: CallId) -> Result<SealedCall, Broken> {
        self.seals(call, Reach::Neighbours).await
    }

    /// The same for every segment from the call's first to its last, so that no fact between was taken out;
    /// and that the chain leads from there to its end without a break. Of the segments after the call only
    /// the hashes are compared: [`Store::verify`] computes them all.
    pub async fn verify_call(&self, call: CallId) -> Result<SealedCall, Broken> {
        self.seals(call, Reach::ToTheEnd).await
    }

    async fn seals(&self, call: CallId, reach: Reach) -> Result<SealedCall, Broken> {
        let mut connection = self.reading().await?;
        let begun = connection.begin_with(self.snapshot()).await;
        let mut snapshot = begun.map_err(StoreRefused::from)?;
        let mut sealed = SealedCall::default();
        for (boot, seq) in places(&mut snapshot, call).await? {
            let in_last = sealed.segments.last_mut().filter(|segment| {
                segment.boot == boot && (segment.first_seq..=segment.last_seq).contains(&seq)
            });
            if let Some(segment) = in_last {
                segment.facts.push(seq);
                continue;
            }
            let mut segment = segment_with(&mut snapshot, boot, seq).await?;
            segment.facts.push(seq);
            compute_again(&mut snapshot, &segment).await?;
            look_around(&mut snapshot, &mut segment).await?;
            sealed.segments.push(segment);
        }
        for segment in &sealed.segments {
            if sealed.heads.iter().any(|head| head.node == segment.node) {
                continue;
            }
            if reach == Reach::ToTheEnd {
                let own = sealed.segments.iter().rev();
                let last = own
                    .filter(|other| other.node == segment.node)
                    .map(|other| other.n);
                follow(&mut snapshot, segment, last.max().unwrap_or(segment.n)).await?;
            }
            let head = head(&mut snapshot, &segment.node).await?;
            sealed.heads.push(head);
        }
        Ok(sealed)
    }
}

/// How far the chain is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Neighbours,
    ToTheEnd,
}

const COLUMNS: &str = "node, n, boot, first_seq, last_seq, previous, hash";

impl SealedSegment {
    fn read(row: &AnyRow) -> Result<SealedSegment, StoreRefused> {
        let mut cells = Cells::of(row, "journal_segment");
        Ok(SealedSegment {
            node: cells.text()?,
            n: cells.int()?,
            boot: cells.int()?,
            first_seq: cells.int()?,
            last_seq: cells.int()?,
            previous: cells.text()?,
            hash: cells.text()?,
            followed_by: None,
            facts: Vec::new(),
        })
    }

    fn changed(&self) -> Broken {
        Broken::Changed {
            node: self.node.clone(),
            segment: self.n,
            boot: self.boot,
            first: self.first_seq,
            last: self.last_seq,
        }
    }

    fn missing(&self, segment: i64) -> Broken {
        Broken::Missing {
            node: self.node.clone(),
            segment,
        }
    }
}

/// Boot and number of every fact of the call.
async fn places(
    connection: &mut AnyConnection,
    call: CallId,
) -> Result<Vec<(i64, i64)>, StoreRefused> {
    let rows = sqlx::query("SELECT boot, seq FROM journal WHERE call = $1 ORDER BY boot, seq")
        .bind(call.to_string())
        .fetch_all(connection)
        .await?;
    let read = |row| {
        let mut cells = Cells::of(row, "journal");
        Ok((cells.int()?, cells.int()?))
    };
    rows.iter().map(read).collect()
}

async fn segment_with(
    connection: &mut AnyConnection,
    boot: i64,
    seq: i64,
) -> Result<SealedSegment, Broken> {
    let sql = format!(
        "SELECT {COLUMNS} FROM journal_segment WHERE boot = $1 AND first_seq <= $2 \
         ORDER BY first_seq DESC LIMIT 1"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(boot)
        .bind(seq)
        .fetch_optional(connection)
        .await
        .map_err(StoreRefused::from)?;
    let segment = row
        .map(|row| SealedSegment::read(&row))
        .transpose()?
        .filter(|segment| seq <= segment.last_seq);
    segment.ok_or(Broken::Uncovered { count: 1 })
}

/// The facts of the segment, as they are stored, give its hash.
async fn compute_again(
    connection: &mut AnyConnection,
    segment: &SealedSegment,
) -> Result<(), Broken> {
    let columns = StoredEntry::COLUMNS;
    let sql = format!(
        "SELECT {columns} FROM journal WHERE boot = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq \
         LIMIT $4"
    );
    let mut seal = Seal::after(&segment.previous);
    let mut due = segment.first_seq;
    while due <= segment.last_seq {
        let rows = sqlx::query(AssertSqlSafe(sql.clone()))
            .bind(segment.boot)
            .bind(due)
            .bind(segment.last_seq)
            .bind(limits::VERIFY_PAGE)
            .fetch_all(&mut *connection)
            .await
            .map_err(StoreRefused::from)?;
        if rows.is_empty() {
            return Err(segment.changed());
        }
        for row in &rows {
            let entry = StoredEntry::read(row)?;
            if entry.seq != due || entry.node != segment.node {
                return Err(segment.changed());
            }
            seal.add(&entry);
            due += 1;
        }
    }
    if seal.close() == segment.hash {
        Ok(())
    } else {
        Err(segment.changed())
    }
}

/// The segment before has the hash that this one says, and the one after says this one's.
async fn look_around(
    connection: &mut AnyConnection,
    segment: &mut SealedSegment,
) -> Result<(), Broken> {
    let rows = segments(connection, &segment.node, segment.n - 2, 3).await?;
    let at = |n: i64| rows.iter().find(|other| other.n == n);
    match at(segment.n - 1) {
        Some(before) if before.hash == segment.previous => {}
        None if segment.n == 1 && segment.previous == NOTHING_BEFORE => {}
        Some(_) => return Err(segment.changed()),
        None => return Err(segment.missing(segment.n - 1)),
    }
    if let Some(after) = at(segment.n + 1) {
        if after.previous != segment.hash {
            return Err(segment.changed());
        }
        segment.followed_by = Some(after.hash.clone());
    }
    Ok(())
}

/// From `first` to the end every segment says the hash of the one before, and up to the call's last one the
/// facts of each give its hash: none of the call's was taken out of one.
async fn follow(
    connection: &mut AnyConnection,
    first: &SealedSegment,
    last: i64,
) -> Result<(), Broken> {
    let (mut n, mut hash) = (first.n, first.hash.clone());
    loop {
        let page = segments(connection, &first.node, n, limits::VERIFY_PAGE).await?;
        if page.is_empty() {
            return Ok(());
        }
        for segment in page {
            n += 1;
            if segment.n != n {
                return Err(first.missing(n));
            }
            if segment.previous != hash {
                return Err(segment.changed());
            }
            if n <= last {
                compute_again(connection, &segment).await?;
            }
            hash = segment.hash;
        }
    }
}

/// At most `most` segments of the node after this one, in order.
async fn segments(
    connection: &mut AnyConnection,
    node: &str,
    after: i64,
    most: i64,
) -> Result<Vec<SealedSegment>, StoreRefused> {
    let sql = format!(
        "SELECT {COLUMNS} FROM journal_segment WHERE node = $1 AND n > $2 ORDER BY n LIMIT $3"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(node)
        .bind(after)
        .bind(most)
        .fetch_all(connection)
        .await?;
    rows.iter().map(SealedSegment::read).collect()
}

async fn head(connection: &mut AnyConnection, node: &str) -> Result<ChainHead, StoreRefused> {
    let row =
        sqlx::query("SELECT n, hash FROM journal_segment WHERE node = $1 ORDER BY n DESC LIMIT 1")
            .bind(node)
            .fetch_one(connection)
            .await?;
    let mut cells = Cells::of(&row, "journal_segment");
    Ok(ChainHead {
        node: node.to_owned(),
        n: cells.int()?,
        hash: cells.text()?,
    })
}
