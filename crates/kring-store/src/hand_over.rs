//! A record that is owed goes to another agent: who answered is away, and what was typed must not wait.
//!
//! Who answered stays who answered; only the debt moves. It is a fact of the call and a line of the audit, in
//! one transaction.

use crate::{
    CaseRefused, ChangedBy,
    audit::{Deed, note},
    follow_ups::agent_exists,
    trusted::{Outcome, TrustedDone, call_for},
};
use kring_journal::{AgentId, CallId, Fact, HandOver, WallTime};
use sqlx::AnyConnection;

/// Who gives which record to whom.
#[derive(Clone, Debug)]
pub struct HandOverWrite {
    /// The call.
    pub call: CallId,
    /// Who decides it, as the audit names them.
    pub who: String,
    /// And as facts do.
    pub by: AgentId,
    /// Who owes the record from now on.
    pub to: AgentId,
}

pub(crate) async fn hand_over(
    connection: &mut AnyConnection,
    wish: &HandOverWrite,
    now: WallTime,
) -> Outcome {
    let call = call_for(connection, wish.call).await?;
    let recorded = call.case_ref.is_some() || call.no_case.is_some();
    let Some(from) = call.agent.filter(|_| call.ended_at.is_some() && !recorded) else {
        return Err(CaseRefused::NothingOwed.into());
    };
    agent_exists(connection, &wish.to).await?;
    if from == wish.to {
        // Asked again, because the answer was lost.
        return Ok((TrustedDone::HandedOver, None));
    }
    sqlx::query("UPDATE call SET record_owner = $1 WHERE id = $2")
        .bind(wish.to.as_str())
        .bind(wish.call.to_string())
        .execute(&mut *connection)
        .await?;
    let by = ChangedBy {
        who: wish.who.clone(),
        at: now,
    };
    let deed = Deed {
        action: "record.hand_over",
        subject: wish.call.to_string(),
        was: Some(&from),
        is: Some(&wish.to),
    };
    note(connection, &by, deed).await?;
    let fact = Fact::RecordHandedOver(HandOver {
        by: wish.by.clone(),
        from,
        to: wish.to.clone(),
    });
    Ok((TrustedDone::HandedOver, Some((wish.call, fact))))
}
