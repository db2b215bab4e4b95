//! The writes that a person trusts: a draft, a confirmed record, a call closed without one.
//!
//! Each is one transaction with its fact and is on the disk before it is answered.

use crate::{
    CaseFields, CaseKind, CaseOutcome, CaseRow, CaseStatus, ChangedBy, Confidentiality,
    ConsentSaid, ContactId, ContactPatch, DepartmentId, Draft, NOTICE, NewConsent, NewContact,
    NumberClass, Resolution, SlaClock, StoreConfig, StoreRefused,
    case_activities::{Activity, note_activity},
    case_rows::{insert_case, next_ref, read_case_of_call},
    cases::{check_filled, check_text},
    consents::note_consent,
    contact_rows::{insert_contact, link_number, update_contact},
    departments::department_exists,
    drafts::{check_draft, delete_draft, read_draft, write_draft},
    hand_over::{HandOverWrite, hand_over},
    limits,
    sql::Cells,
};
use kring_journal::{AgentId, CallId, Fact, WallTime};
use kring_time::Moment;
use sqlx::AnyConnection;

/// A trusted write and the time of its fact.
#[derive(Clone, Debug)]
pub struct Trusted {
    /// On the node's clock.
    pub at: Moment,
    /// On the wall.
    pub wall: WallTime,
    /// What to write.
    pub write: TrustedWrite,
}

/// What is written.
#[derive(Clone, Debug)]
pub enum TrustedWrite {
    /// Stores what the agent has typed.
    SaveDraft(DraftWrite),
    /// Makes the case of a call (S6a, S6b).
    Confirm(Box<ConfirmWrite>),
    /// Closes a call without a case.
    NoCase(NoCaseWrite),
    /// Gives the record that is owed to another agent.
    HandOver(HandOverWrite),
}

/// What the agent has typed so far.
#[derive(Clone, Debug)]
pub struct DraftWrite {
    /// The call.
    pub call: CallId,
    /// The agent.
    pub agent: AgentId,
    /// The version that this replaces; none when the agent saw no draft yet.
    pub expected_version: Option<i64>,
    /// The form, as the console has it; at most [`crate::limits::DRAFT_BYTES_MAX`] as text.
    pub body: serde_json::Value,
}

/// Who called, as the agent says it.
#[derive(Clone, Debug)]
pub enum ContactChoice {
    /// Nobody knows (S8, anonymous): a case without a contact.
    Nobody,
    /// A new person (S6a), linked to the call's number.
    New(NewContact),
    /// One who called before (S6b), linked to the call's number; empty fields change nothing.
    Known {
        /// Who.
        contact: ContactId,
        /// What the agent put right.
        patch: ContactPatch,
    },
}

/// The record of a call (S6a, S6b).
#[derive(Clone, Debug)]
pub struct ConfirmWrite {
    /// The call.
    pub call: CallId,
    /// The agent.
    pub agent: AgentId,
    /// Who called.
    pub contact: ContactChoice,
    /// What kind of matter.
    pub kind: CaseKind,
    /// The matter in a line; not empty.
    pub subject: String,
    /// The matter at length; may be empty.
    pub detail: String,
    /// The unit concerned.
    pub department: Option<DepartmentId>,
    /// The internal extension, when the call was transferred.
    pub extension: Option<String>,
    /// How it was resolved.
    pub resolution: Resolution,
    /// Who may read it.
    pub confidentiality: Confidentiality,
    /// What the kind of matter has beside.
    pub fields: Option<CaseFields>,
    /// In what time it is answered; it begins with the record.
    pub sla: Option<SlaClock>,
    /// When an answer is due by that, for lists.
    pub due: Option<WallTime>,
    /// The PDPA notice was read out in this call.
    pub notice_told: bool,
}

/// A call that needs no case.
#[derive(Clone, Debug)]
pub struct NoCaseWrite {
    /// The call.
    pub call: CallId,
    /// The agent.
    pub agent: AgentId,
    /// `nuisance`, `wrong_number`, `dropped` or another.
    pub reason: String,
    /// What is to be said of it; kept beside the call and not in the journal, for it may name people.
    pub note: Option<String>,
}

/// What became of a trusted write. The two that changed nothing carry what stands instead.
#[derive(Clone, Debug, PartialEq)]
pub enum TrustedDone {
    /// The draft is stored.
    DraftSaved {
        /// Its version, from 1.
        version: i64,
    },
    /// Somebody (the agent in another tab) stored another version; nothing was written.
    StaleDraft {
        /// What is stored; none when it is gone because the call was confirmed meanwhile.
        current: Option<Draft>,
    },
    /// The case is made and the draft gone.
    Confirmed {
        /// The case.
        case: Box<CaseRow>,
    },
    /// The call is closed without a case and the draft gone.
    NoCaseDone,
    /// Another agent owes the record now.
    HandedOver,
    /// The call had its record already; nothing was written.
    AlreadyDone {
        /// Its case.
        case: Option<Box<CaseRow>>,
        /// Or why it has none.
        no_case: Option<String>,
    },
}

/// What a trusted write needs to know of its call.
pub(crate) struct CallFor {
    /// Who owes the record: who answered, or to whom it was handed over.
    pub(crate) agent: Option<AgentId>,
    pub(crate) ended_at: Option<WallTime>,
    pub(crate) case_ref: Option<String>,
    pub(crate) no_case: Option<String>,
    /// The canonical number, when it can be a person's own.
    number: Option<String>,
}

pub(crate) type Outcome = Result<(TrustedDone, Option<(CallId, Fact)>), StoreRefused>;

/// Performs one trusted write inside the group's transaction, and says its fact if anything changed.
pub(crate) async fn perform(
    connection: &mut AnyConnection,
    config: &StoreConfig,
    trusted: &Trusted,
) -> Outcome {
    match &trusted.write {
        TrustedWrite::SaveDraft(draft) => save_draft(connection, draft, trusted.wall).await,
        TrustedWrite::Confirm(record) => confirm(connection, config, record, trusted.wall).await,
        TrustedWrite::NoCase(close) => no_case(connection, close).await,
        TrustedWrite::HandOver(wish) => hand_over(connection, wish, trusted.wall).await,
    }
}

async fn save_draft(connection: &mut AnyConnection, draft: &DraftWrite, now: WallTime) -> Outcome {
    let body = check_draft(&draft.body)?;
    let call = call_for(connection, draft.call).await?;
    // While it rings there is no agent yet, and every agent whose phone rings may type.
    if call
        .agent
        .as_ref()
        .is_some_and(|agent| *agent != draft.agent)
    {
        return Err(StoreRefused::NotYours);
    }
    if call.case_ref.is_some() || call.no_case.is_some() {
        return Ok((TrustedDone::StaleDraft { current: None }, None));
    }
    let version = draft.expected_version.unwrap_or(0) + 1;
    if write_draft(connection, draft, &body, version, now).await? {
        let agent = draft.agent.clone();
        let fact = Fact::DraftSaved { agent, version };
        return Ok((
            TrustedDone::DraftSaved { version },
            Some((draft.call, fact)),
        ));
    }
    let current = read_draft(connection, draft.call).await?;
    match current {
        // The same text again, because the answer to it was lost: it is saved already.
        Some(stored) if stored.version == version && stored.body == draft.body => {
            Ok((TrustedDone::DraftSaved { version }, None))
        }
        current => Ok((TrustedDone::StaleDraft { current }, None)),
    }
}

async fn confirm(
    connection: &mut AnyConnection,
    config: &StoreConfig,
    record: &ConfirmWrite,
    now: WallTime,
) -> Outcome {
    check_record(record)?;
    let call = call_for(connection, record.call).await?;
    if let Some(done) = already_done(connection, record.call, &call).await? {
        return Ok((done, None));
    }
    if call.agent.as_ref() != Some(&record.agent) {
        return Err(StoreRefused::NotYours);
    }
    if let Some(department) = record.department {
        department_exists(connection, department).await?;
    }
    let contact = choose_contact(connection, record, call.number.as_deref(), now).await?;
    // A tip of nobody is not filed under a number either.
    let nameless_tip = record.kind == CaseKind::Tip && contact.is_none();
    let status = CaseStatus::at_confirm(record.kind, record.resolution);
    let closed = status == CaseStatus::Closed;
    let case = CaseRow {
        id: crate::CaseId::new(now),
        case_ref: next_ref(connection, &config.case_ref, now).await?,
        kind: record.kind,
        subject: record.subject.clone(),
        detail: record.detail.clone(),
        contact,
        call: Some(record.call),
        number: call.number.filter(|_| !nameless_tip),
        department: record.department,
        extension: record.extension.clone(),
        resolution: record.resolution,
        confidentiality: record.confidentiality,
        status,
        fields: record.fields.clone(),
        outcome: closed.then_some(CaseOutcome::Resolved),
        outcome_note: String::new(),
        closed: closed.then_some(now),
        due: record.due,
        sla: record.sla.clone(),
        agent: record.agent.clone(),
        opened: now,
        updated: now,
        version: 1,
    };
    insert_case(connection, &case).await?;
    let by = ChangedBy {
        who: format!("person {}", record.agent),
        at: now,
    };
    note_activity(connection, &by, case.id, &Activity::opened(status)).await?;
    note_told(connection, &by, record, contact).await?;
    sqlx::query("UPDATE call SET case_ref = $1 WHERE id = $2")
        .bind(&case.case_ref)
        .bind(record.call.to_string())
        .execute(&mut *connection)
        .await?;
    delete_draft(connection, record.call).await?;
    let fact = Fact::Confirmed {
        agent: record.agent.clone(),
        case_ref: case.case_ref.clone(),
        case_kind: case.kind.as_str().to_owned(),
        resolution: case.resolution.as_str().to_owned(),
        wrap_up_ms: call
            .ended_at
            .map_or(0, |ended| ((now.0 - ended.0) / 1_000).max(0) as u64),
    };
    let case = Box::new(case);
    Ok((TrustedDone::Confirmed { case }, Some((record.call, fact))))
}

/// That the notice was read out is noted of whoever the record is about.
async fn note_told(
    connection: &mut AnyConnection,
    by: &ChangedBy,
    record: &ConfirmWrite,
    contact: Option<ContactId>,
) -> Result<(), StoreRefused> {
    let Some(contact) = contact.filter(|_| record.notice_told) else {
        return Ok(());
    };
    let told = NewConsent {
        purpose: NOTICE.to_owned(),
        said: ConsentSaid::Notified,
        call: Some(record.call),
    };
    note_consent(connection, by, contact, &told).await.map(drop)
}

fn check_record(record: &ConfirmWrite) -> Result<(), StoreRefused> {
    check_filled("subject", &record.subject)?;
    check_text("detail", &record.detail, limits::DETAIL_CHARS_MAX)?;
    let extension = record.extension.as_deref().unwrap_or("");
    check_text("extension", extension, limits::SHORT_CHARS_MAX)
}

async fn no_case(connection: &mut AnyConnection, close: &NoCaseWrite) -> Outcome {
    check_filled("reason", &close.reason)?;
    check_text(
        "note",
        close.note.as_deref().unwrap_or(""),
        limits::FIELD_CHARS_MAX,
    )?;
    let call = call_for(connection, close.call).await?;
    if let Some(done) = already_done(connection, close.call, &call).await? {
        return Ok((done, None));
    }
    if call.agent.as_ref() != Some(&close.agent) {
        return Err(StoreRefused::NotYours);
    }
    sqlx::query("UPDATE call SET no_case = $1, no_case_note = $3 WHERE id = $2")
        .bind(&close.reason)
        .bind(close.call.to_string())
        .bind(close.note.clone())
        .execute(&mut *connection)
        .await?;
    delete_draft(connection, close.call).await?;
    let fact = Fact::NoCase {
        agent: close.agent.clone(),
        reason: close.reason.clone(),
    };
    Ok((TrustedDone::NoCaseDone, Some((close.call, fact))))
}

/// The person of the record: found, put right or made, and linked to the call's number.
async fn choose_contact(
    connection: &mut AnyConnection,
    record: &ConfirmWrite,
    number: Option<&str>,
    now: WallTime,
) -> Result<Option<ContactId>, StoreRefused> {
    let anonymous = record.fields.as_ref().is_some_and(CaseFields::is_anonymous);
    let id = match &record.contact {
        // Whoever does not want to be known is not, whatever else the form says.
        _ if anonymous => return Ok(None),
        ContactChoice::Nobody => return Ok(None),
        ContactChoice::New(contact) => insert_contact(connection, now, contact).await?.id,
        ContactChoice::Known { contact, patch } => {
            update_contact(connection, *contact, None, patch).await?.id
        }
    };
    if let Some(number) = number {
        link_number(connection, number, id, now).await?;
    }
    Ok(Some(id))
}

async fn already_done(
    connection: &mut AnyConnection,
    id: CallId,
    call: &CallFor,
) -> Result<Option<TrustedDone>, StoreRefused> {
    if call.case_ref.is_none() && call.no_case.is_none() {
        return Ok(None);
    }
    let case = read_case_of_call(connection, id).await?.map(Box::new);
    let no_case = call.no_case.clone();
    Ok(Some(TrustedDone::AlreadyDone { case, no_case }))
}

pub(crate) async fn call_for(
    connection: &mut AnyConnection,
    call: CallId,
) -> Result<CallFor, StoreRefused> {
    let row = sqlx::query(
        "SELECT COALESCE(c.record_owner, c.agent), c.ended_at, c.case_ref, c.no_case, p.canonical, p.class FROM call c \
         LEFT JOIN caller r ON r.caller = c.caller \
         LEFT JOIN phone_number p ON p.canonical = r.number WHERE c.id = $1",
    )
    .bind(call.to_string())
    .fetch_optional(connection)
    .await?
    .ok_or(StoreRefused::NoSuchCall)?;
    let mut cells = Cells::of(&row, "call");
    Ok(CallFor {
        agent: cells.maybe_text()?.map(AgentId::new),
        ended_at: cells.some_wall()?,
        case_ref: cells.some_text()?,
        no_case: cells.some_text()?,
        number: {
            let (number, class) = (cells.some_text()?, cells.some_name::<NumberClass>()?);
            number.filter(|_| class.is_some_and(NumberClass::is_personal))
        },
    })
}
