//! The row of a call in SQL: its columns, how it is written, how it is read.

use crate::{
    StoreRefused,
    sql::{Cells, ManyRows},
};
use kring_journal::{AgentId, CallRecord};
use kring_time::Moment;
use sqlx::AnyConnection;

/// The columns of a call `c`, in the order in which [`read_call`] wants them; a macro, because
/// other constants are made of it.
macro_rules! call_columns {
    () => {
        "c.id, c.sip_call_id, c.caller, c.queue, c.did, c.trunk, c.forwarded_by, c.state, \
         c.outcome, c.result, c.rings, c.arrived_at, c.answered_at, c.ended_at, c.wait_ms, \
         c.talk_ms, c.agent, c.ended_by, c.cause, c.final_code, c.deadline_action, c.degraded, \
         c.case_ref, c.no_case, c.offered_us, c.direction, c.connected_to, c.left_queue, \
         c.record_owner"
    };
}
pub(crate) use call_columns;

/// The case and the reason for none are written by the trusted writes; a row that a recorder kept
/// from before never takes them away.
static CALLS: ManyRows = ManyRows::new(
    "INSERT INTO call (id, sip_call_id, caller, queue, did, trunk, forwarded_by, state, outcome, \
     result, rings, arrived_at, answered_at, ended_at, wait_ms, talk_ms, agent, ended_by, cause, \
     final_code, deadline_action, degraded, case_ref, no_case, offered_us, node, direction, \
     connected_to, left_queue, record_owner) VALUES",
    30,
    "ON CONFLICT (id) DO UPDATE SET state = excluded.state, outcome = excluded.outcome, \
     result = excluded.result, rings = excluded.rings, answered_at = excluded.answered_at, \
     ended_at = excluded.ended_at, wait_ms = excluded.wait_ms, talk_ms = excluded.talk_ms, \
     agent = excluded.agent, ended_by = excluded.ended_by, cause = excluded.cause, \
     final_code = excluded.final_code, deadline_action = excluded.deadline_action, \
     sip_call_id = excluded.sip_call_id, connected_to = excluded.connected_to, \
     left_queue = excluded.left_queue, degraded = excluded.degraded, case_ref = COALESCE(excluded.case_ref, call.case_ref), \
     no_case = COALESCE(excluded.no_case, call.no_case), \
     record_owner = COALESCE(excluded.record_owner, call.record_owner)",
);

/// Writes the rows as they are now. Of two of one call the last counts.
pub(crate) async fn put_calls(
    connection: &mut AnyConnection,
    records: &[CallRecord],
    node: &str,
) -> Result<(), sqlx::Error> {
    let mut seen = std::collections::HashSet::with_capacity(records.len());
    let mut last: Vec<(&CallRecord, &str)> = Vec::with_capacity(records.len());
    let newest_first = records.iter().rev();
    last.extend(
        newest_first
            .filter(|record| seen.insert(record.id))
            .map(|record| (record, node)),
    );
    CALLS
        .insert(connection, &last, |(call, node), given| {
            given
                .add_text(&call.id)
                .add(call.sip_call_id.as_str())
                .add_text(&call.caller)
                .add(call.queue.as_str())
                .add(call.did.as_str())
                .add(call.trunk.as_str())
                .add(call.forwarded_by.clone())
                .add(call.state.as_str())
                .add(call.outcome.map(kring_journal::Outcome::as_str))
                .add(call.result.map(kring_journal::RingResult::as_str))
                .add(i64::from(call.rings))
                .add(call.arrived_at.0)
                .add_wall(call.answered_at)
                .add_wall(call.ended_at)
                .add(call.wait_ms.map(|ms| ms as i64))
                .add(call.talk_ms.map(|ms| ms as i64))
                .add(call.agent.as_ref().map(AgentId::as_str))
                .add_some_name(call.ended_by.as_ref())
                .add(call.cause.clone())
                .add(call.final_code.map(i64::from))
                .add_some_name(call.deadline_action.as_ref())
                .add(i64::from(call.degraded))
                .add(call.case_ref.clone())
                .add(call.no_case.clone())
                .add(call.offered_at.as_micros() as i64)
                .add(*node)
                .add(call.direction.as_str())
                .add(call.connected_to.clone())
                .add_some_name(call.left_queue.as_ref())
                .add(call.record_owner.as_ref().map(AgentId::as_str));
        })
        .await
}

/// Reads [`CALL_COLUMNS`].
pub(crate) fn read_call(cells: &mut Cells<'_>) -> Result<CallRecord, StoreRefused> {
    Ok(CallRecord {
        id: cells.id()?,
        sip_call_id: cells.text()?,
        caller: cells.id()?,
        queue: cells.text()?,
        did: cells.text()?,
        trunk: cells.text()?,
        forwarded_by: cells.some_text()?,
        state: cells.name()?,
        outcome: cells.some_name()?,
        result: cells.some_name()?,
        rings: cells.whole()?,
        arrived_at: cells.wall()?,
        answered_at: cells.some_wall()?,
        ended_at: cells.some_wall()?,
        wait_ms: cells.some_whole()?,
        talk_ms: cells.some_whole()?,
        agent: cells.maybe_text()?.map(AgentId::new),
        ended_by: cells.some_name()?,
        cause: cells.some_text()?,
        final_code: cells.some_whole()?,
        deadline_action: cells.some_name()?,
        degraded: cells.truth()?,
        case_ref: cells.some_text()?,
        no_case: cells.some_text()?,
        offered_at: Moment::from_micros(cells.whole()?),
        direction: cells.name()?,
        connected_to: cells.some_text()?,
        left_queue: cells.some_name()?,
        record_owner: cells.maybe_text()?.map(AgentId::new),
    })
}
