//! What facts of a call leave beside its row, for reports: transfers, offers that rang out, and when a citizen called.
//!
//! A fold that is written with its facts. Folding a fact again changes nothing.

use crate::{
    Store, StoreRefused,
    connect::Durability,
    limits,
    reports::{TEST_TRUNK, forget_days},
    sql::{Cells, Given},
};
use kring_journal::{CallId, Entry, Fact, Transfer, TransferStep, WallTime, Withdrawal};
use sqlx::AnyConnection;

/// Takes in entries whose calls have their rows already.
pub(crate) async fn fold(
    connection: &mut AnyConnection,
    entries: &[Entry],
) -> Result<(), StoreRefused> {
    for entry in entries {
        let Some(call) = entry.call else { continue };
        match &entry.fact {
            Fact::Offered {
                caller,
                outbound: None,
                trunk,
                ..
            } if trunk != TEST_TRUNK => {
                sqlx::query("UPDATE caller SET came = $1 WHERE caller = $2 AND came IS NULL")
                    .bind(entry.wall.0)
                    .bind(caller.to_string())
                    .execute(&mut *connection)
                    .await?;
            }
            Fact::Withdrawn {
                agent,
                why: Withdrawal::Rona,
            } => {
                sqlx::query(RUNG_OUT)
                    .bind(entry.boot)
                    .bind(entry.seq as i64)
                    .bind(agent.as_str())
                    .bind(call.to_string())
                    .execute(&mut *connection)
                    .await?;
            }
            Fact::Transfer(step) => transfer(connection, call, step).await?,
            Fact::Confirmed { .. } | Fact::NoCase { .. } => {
                recorded(connection, call, entry.wall).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// The record of a call was made, and how long that took is known.
async fn recorded(
    connection: &mut AnyConnection,
    call: CallId,
    now: WallTime,
) -> Result<(), StoreRefused> {
    let row = sqlx::query(
        "UPDATE call SET wrap_up_ms = CASE WHEN ended_at < $1 THEN ($1 - ended_at) / 1000 ELSE 0 END \
         WHERE id = $2 RETURNING arrived_at",
    )
    .bind(now.0)
    .bind(call.to_string())
    .fetch_optional(&mut *connection)
    .await?;
    let came = row.map(|row| Cells::of(&row, "call").wall()).transpose()?;
    forget_days(connection, came, now).await
}

const RUNG_OUT: &str = "INSERT INTO call_rung_out (boot, seq, agent, call, came) \
    SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS TEXT), c.id, c.arrived_at \
    FROM call c WHERE c.id = $4 AND c.trunk <> 'kring-test' ON CONFLICT (boot, seq) DO NOTHING";

const ASKED: &str = "INSERT INTO call_transfer (transfer, agent, mode, department, extension, call, came) \
    SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), c.id, c.arrived_at \
    FROM call c WHERE c.id = $6 AND c.trunk <> 'kring-test' ON CONFLICT (transfer) DO NOTHING";

const OVER: &str = "UPDATE call_transfer SET result = $1, sip_code = $2, took_ms = $3, \
    extension = COALESCE($4, extension) WHERE transfer = $5";

async fn transfer(
    connection: &mut AnyConnection,
    call: CallId,
    fact: &Transfer,
) -> Result<(), StoreRefused> {
    let mut given = Given::default();
    let sql = match &fact.step {
        TransferStep::Asked {
            agent,
            mode,
            department,
            to,
            ..
        } => {
            given
                .add_text(&fact.transfer)
                .add(agent.as_str())
                .add_name(mode)
                .add(department.clone())
                .add(to.as_str())
                .add_text(&call);
            ASKED
        }
        TransferStep::Tried { to, .. } => {
            given.add(to.as_str()).add_text(&fact.transfer);
            "UPDATE call_transfer SET extension = $1 WHERE transfer = $2"
        }
        TransferStep::Done { to, took_ms, .. } => {
            given
                .add("done")
                .add(200_i64)
                .add(*took_ms as i64)
                .add(to.as_str())
                .add_text(&fact.transfer);
            OVER
        }
        TransferStep::Over {
            why, code, took_ms, ..
        } => {
            given
                .add_name(why)
                .add(Some(i64::from(*code)).filter(|code| *code != 0))
                .add(*took_ms as i64)
                .add(None::<String>)
                .add_text(&fact.transfer);
            OVER
        }
        _ => return Ok(()),
    };
    sqlx::query_with(sql, given.take())
        .execute(connection)
        .await?;
    Ok(())
}

impl Store {
    /// Folds what was in the journal before there was this fold, once.
    pub(crate) async fn look_back_for_reports(&self) -> Result<(), StoreRefused> {
        let row = sqlx::query("SELECT looked_back FROM report_state WHERE one = 1")
            .fetch_one(&self.reader)
            .await?;
        if Cells::of(&row, "report_state").truth()? {
            return Ok(());
        }
        let (mut boot, mut seq) = (0, 0);
        loop {
            let sql = "SELECT boot, seq, call, wall_us, fact FROM journal \
                 WHERE (boot, seq) > ($1, $2) AND call IS NOT NULL \
                 AND (fact LIKE '%\"transfer\"%' OR fact LIKE '%\"rona\"%' \
                 OR fact LIKE '%\"confirmed\"%' OR fact LIKE '%\"no_case\"%') \
                 ORDER BY boot, seq LIMIT $3";
            let rows = sqlx::query(sql)
                .bind(boot)
                .bind(seq)
                .bind(limits::VERIFY_PAGE)
                .fetch_all(&self.reader)
                .await?;
            let mut entries = Vec::with_capacity(rows.len());
            for row in &rows {
                let mut cells = Cells::of(row, "journal");
                (boot, seq) = (cells.int()?, cells.int()?);
                entries.push(Entry {
                    node: String::new(),
                    boot,
                    seq: seq as u64,
                    call: Some(cells.id()?),
                    at: kring_time::Moment::from_micros(0),
                    wall: cells.wall()?,
                    fact: cells.json()?,
                });
            }
            let mut writing = self.writing().await?;
            let mut tx = writing.begin(Durability::Grouped).await?;
            fold(&mut tx, &entries).await?;
            if rows.is_empty() {
                sqlx::query("UPDATE report_state SET looked_back = 1 WHERE one = 1")
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await?;
            if rows.is_empty() {
                return Ok(());
            }
        }
    }
}
