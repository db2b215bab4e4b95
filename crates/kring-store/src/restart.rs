//! A start of the process: what it finds of the boot before, and what it owes to it.

use crate::{
    JournalLog, NumberClass, Store, StoreRefused,
    call_rows::{call_columns, read_call},
    connect::Durability,
    sql::Cells,
};
use kring_journal::{
    AgentId, CallId, CallRecord, CallState, CallerRef, EndedBy, Fact, Interruption, PresenceState,
    WallTime,
};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

/// Whose number a reference in the journal stands for. Can be erased; the journal stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerRow {
    /// The reference that the facts carry.
    pub caller: CallerRef,
    /// [`crate::Number::canonical`].
    pub canonical: String,
    /// Its class.
    pub class: NumberClass,
    /// As people write it.
    pub display: String,
}

/// An agent's state, for the next start of the process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceRow {
    /// The agent.
    pub agent: AgentId,
    /// The state.
    pub state: PresenceState,
    /// Why, for `paused`.
    pub reason: Option<String>,
    /// Since when.
    pub since: WallTime,
}

/// A start of the process.
#[derive(Debug)]
pub struct Boot {
    /// The only writer of this node's journal.
    pub journal: JournalLog,
    /// The number of this boot: new, and greater than any before it in this database.
    pub boot: i64,
    /// The boot before, when it ended without saying so.
    pub unclean: Option<UncleanBoot>,
    /// This node's calls that were open when it ended, oldest first.
    pub open_calls: Vec<CallRecord>,
    /// What the agents were doing, by login.
    pub presence: Vec<PresenceRow>,
}

/// A boot that ended without the fact `stopped`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UncleanBoot {
    /// Which.
    pub boot: i64,
    /// When its last fact on the disk happened.
    pub last_wall: WallTime,
}

/// The first facts of a boot, in order: `booted`; after an unclean end also `gap`; and for every
/// call that was open the fact that closes it.
pub fn closing_facts(boot: &Boot, version: &str) -> Vec<(Option<CallId>, Fact)> {
    let booted = Fact::Booted {
        version: version.to_owned(),
    };
    let gap = boot.unclean.map(|unclean| {
        Fact::Gap(Interruption {
            boot: unclean.boot,
            calls_open: boot.open_calls.len() as u32,
        })
    });
    let closings = boot.open_calls.iter().map(|call| {
        let fact = match (call.state, call.answered_at) {
            (CallState::Talking, Some(answered)) => {
                // Nobody knows when the talk ended: it was going on at the last fact.
                let seen = boot.unclean.map_or(answered, |unclean| unclean.last_wall);
                Fact::Ended {
                    by: EndedBy::Kring,
                    cause: "restart".to_owned(),
                    talk_ms: ((seen.0 - answered.0) / 1_000).max(0) as u64,
                }
            }
            (CallState::Waiting, _) => Fact::Ended {
                by: EndedBy::Kring,
                cause: "restart".to_owned(),
                talk_ms: 0,
            },
            _ => Fact::Failed {
                cause: "restart".to_owned(),
                code: 0,
            },
        };
        (Some(call.id), fact)
    });
    std::iter::once((None, booted))
        .chain(gap.map(|gap| (None, gap)))
        .chain(closings)
        .collect()
}

impl Store {
    /// Begins a boot of this node. Call once at start, before anything else is written; append
    /// what [`closing_facts`] says as the first group.
    pub async fn begin_boot(&self, now: WallTime, version: &str) -> Result<Boot, StoreRefused> {
        let node = self.config.node.as_str();
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let end = chain_end(&mut tx, node).await?;
        let boot = next_boot(&mut tx, node, version, now).await?;
        let open_calls = open_calls(&mut tx, node).await?;
        let presence = presence(&mut tx).await?;
        tx.commit().await?;
        Ok(Boot {
            boot,
            unclean: end.as_ref().and_then(|end| end.unclean),
            journal: JournalLog::begin(self.clone(), boot, end.map(|end| (end.segment, end.hash))),
            open_calls,
            presence,
        })
    }

    /// What the agents are doing, by login, as the last group has it.
    pub async fn presence(&self) -> Result<Vec<PresenceRow>, StoreRefused> {
        presence(&mut *self.reading().await?).await
    }

    /// The number that a reference in the journal stands for; none when it was erased.
    pub async fn resolve(&self, caller: CallerRef) -> Result<Option<String>, StoreRefused> {
        let row = sqlx::query("SELECT number FROM caller WHERE caller = $1")
            .bind(caller.to_string())
            .fetch_optional(&self.reader)
            .await?;
        row.map(|row| Cells::of(&row, "caller").text()).transpose()
    }

    /// Forgets the number behind a caller, on its call and its case too. The journal keeps the
    /// reference, which then means nobody.
    pub async fn erase_caller(&self, caller: CallerRef) -> Result<(), StoreRefused> {
        let caller = caller.to_string();
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        for sql in [
            "UPDATE case_file SET number = NULL \
             WHERE call IN (SELECT id FROM call WHERE caller = $1)",
            "DELETE FROM phone_number \
             WHERE canonical = (SELECT number FROM caller WHERE caller = $1) \
             AND NOT EXISTS (SELECT 1 FROM contact_number WHERE number = canonical) \
             AND NOT EXISTS (SELECT 1 FROM caller WHERE number = canonical AND caller <> $1)",
            "DELETE FROM caller WHERE caller = $1",
        ] {
            sqlx::query(sql).bind(&caller).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

struct ChainEnd {
    segment: i64,
    hash: String,
    unclean: Option<UncleanBoot>,
}

async fn chain_end(
    connection: &mut AnyConnection,
    node: &str,
) -> Result<Option<ChainEnd>, StoreRefused> {
    let row = sqlx::query(
        "SELECT s.n, s.hash, s.boot, j.wall_us, j.fact FROM journal_segment s \
         JOIN journal j ON j.boot = s.boot AND j.seq = s.last_seq \
         WHERE s.node = $1 ORDER BY s.n DESC LIMIT 1",
    )
    .bind(node)
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut cells = Cells::of(&row, "journal_segment");
    let (segment, hash) = (cells.int()?, cells.text()?);
    let last = UncleanBoot {
        boot: cells.int()?,
        last_wall: cells.wall()?,
    };
    let stopped = matches!(cells.json()?, Fact::Stopped);
    Ok(Some(ChainEnd {
        segment,
        hash,
        unclean: (!stopped).then_some(last),
    }))
}

async fn next_boot(
    connection: &mut AnyConnection,
    node: &str,
    version: &str,
    now: WallTime,
) -> Result<i64, StoreRefused> {
    let row = sqlx::query(
        "INSERT INTO boot (boot, node, version, started) \
         SELECT COALESCE(MAX(boot), 0) + 1, CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT) \
         FROM boot RETURNING boot",
    )
    .bind(node)
    .bind(version)
    .bind(now.0)
    .fetch_one(connection)
    .await?;
    Cells::of(&row, "boot").int()
}

async fn open_calls(
    connection: &mut AnyConnection,
    node: &str,
) -> Result<Vec<CallRecord>, StoreRefused> {
    const OPEN: &str = concat!(
        "SELECT ",
        call_columns!(),
        " FROM call c WHERE c.node = $1 AND c.state <> 'ended' ORDER BY c.arrived_at, c.id"
    );
    let rows = sqlx::query(OPEN).bind(node).fetch_all(connection).await?;
    rows.iter()
        .map(|row| read_call(&mut Cells::of(row, "call")))
        .collect()
}

async fn presence(connection: &mut AnyConnection) -> Result<Vec<PresenceRow>, StoreRefused> {
    let rows = sqlx::query("SELECT agent, state, reason, since FROM presence ORDER BY agent")
        .fetch_all(connection)
        .await?;
    let read = |row| {
        let mut cells = Cells::of(row, "presence");
        Ok(PresenceRow {
            agent: AgentId::new(cells.str()?),
            state: cells.name()?,
            reason: cells.some_text()?,
            since: cells.wall()?,
        })
    };
    rows.iter().map(read).collect()
}
