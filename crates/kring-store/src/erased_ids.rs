//! The ids of what was erased. They name nobody, and by them a database that is older is erased once more.

use crate::{
    Store, StoreRefused,
    connect::Durability,
    erasing::{ERASED, Reach, Remember, ids, ids_of},
    names::stored_names,
    sql::Cells,
};
use kring_journal::WallTime;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

stored_names! {
    /// What an erased id was of.
    ErasedKind {
        /// A person.
        Contact => "contact",
        /// A caller of the journal.
        Caller => "caller",
        /// A case.
        Case => "case",
    }
}

/// An id of what was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedId {
    /// Of what.
    pub kind: ErasedKind,
    /// The id; it names nobody.
    pub id: String,
    /// When.
    pub at: WallTime,
}

impl Store {
    /// Erases once more what is known to have been erased, in a database that may be older; how many persons,
    /// callers and cases of it were there again.
    pub async fn erase_again(
        &self,
        now: WallTime,
        before: &[ErasedId],
    ) -> Result<u64, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let mut again = 0;
        for ErasedId { kind, id, at } in before {
            remember(&mut tx, *kind, id, *at).await?;
        }
        for ErasedId { kind, id, .. } in before {
            let reach = reach_again(&mut tx, *kind, id).await?;
            if !reach.is_empty() {
                again += 1;
                reach.erase(&mut tx, now, Remember::Ids).await?;
            }
        }
        tx.commit().await?;
        self.callers_changed();
        Ok(again)
    }

    /// Every id that was erased.
    pub async fn erased(&self) -> Result<Vec<ErasedId>, StoreRefused> {
        let rows = sqlx::query("SELECT kind, id, at FROM erased ORDER BY at, kind, id")
            .fetch_all(&self.reader)
            .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "erased");
            Ok(ErasedId {
                kind: cells.name()?,
                id: cells.text()?,
                at: cells.wall()?,
            })
        };
        rows.iter().map(read).collect()
    }
}

async fn reach_again(
    connection: &mut AnyConnection,
    kind: ErasedKind,
    id: &str,
) -> Result<Reach, StoreRefused> {
    let mut reach = Reach::default();
    match kind {
        ErasedKind::Contact => {
            let sql = "SELECT id FROM contact WHERE id = $1 OR merged_into = $1";
            reach.contacts = ids(connection, sql, id).await?;
        }
        ErasedKind::Caller => {
            let sql = "SELECT caller FROM caller WHERE caller = $1";
            reach.callers = ids(connection, sql, id).await?;
            // Only a number that no other caller and no person has goes with them.
            let sql = "SELECT number FROM caller c WHERE caller = $1 \
                AND NOT EXISTS (SELECT 1 FROM caller o WHERE o.number = c.number AND o.caller <> c.caller) \
                AND NOT EXISTS (SELECT 1 FROM contact_number n WHERE n.number = c.number)";
            reach.numbers = ids(connection, sql, id).await?;
        }
        ErasedKind::Case => {
            let sql = "SELECT id FROM case_file WHERE id = $1 AND subject <> '";
            let sql = format!("{sql}{ERASED}'");
            reach.cases = ids_of(connection, &sql, id).await?;
        }
    }
    reach.spread(connection).await?;
    Ok(reach)
}

/// Notes an id.
pub(crate) async fn remember(
    connection: &mut AnyConnection,
    kind: ErasedKind,
    id: &str,
    at: WallTime,
) -> Result<(), StoreRefused> {
    sqlx::query(
        "INSERT INTO erased (kind, id, at) VALUES ($1, $2, $3) ON CONFLICT (kind, id) DO NOTHING",
    )
    .bind(kind.as_str())
    .bind(id)
    .bind(at.0)
    .execute(connection)
    .await?;
    Ok(())
}
