//! `POST /calls/{id}/confirm` and `/no-case`: a call's record is made (S6a, S6b), and the exchange
//! hears that the wrap-up is over.

use super::{
    Known, call_id,
    record_form::{Asked, Record, said},
};
use crate::{
    app::App,
    cases_api::{CaseBook, CaseOnWire, today},
    json::Json,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_call::command::Command;
use kring_journal::{AgentId, CallId};
use kring_store::{
    CaseRow, CaseStatus, ConfirmWrite, ContactChoice, ContactId, DepartmentId, FieldMistake,
    FieldWhy, NoCaseWrite, Store, TrustedDone, TrustedWrite, limits,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Why a call has no case.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct NoCase {
    /// One of `GET /no-case-reasons`.
    reason: String,
    /// What is to be said of it; needed for `other`.
    note: Option<String>,
}

/// A reason why a call has no case.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub(crate) struct NoCaseReason {
    code: &'static str,
    text_th: &'static str,
    text_en: &'static str,
    /// It is told in words as well.
    needs_note: bool,
}

/// Every reason why a call has no case.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoCaseReasons {
    items: [NoCaseReason; 4],
}

const fn reason(
    code: &'static str,
    text_th: &'static str,
    text_en: &'static str,
    needs_note: bool,
) -> NoCaseReason {
    NoCaseReason {
        code,
        text_th,
        text_en,
        needs_note,
    }
}

const REASONS: [NoCaseReason; 4] = [
    reason("nuisance", "สายก่อกวน", "Nuisance call", false),
    reason("wrong_number", "โทรผิด", "Wrong number", false),
    reason("dropped", "สายหลุด", "The line dropped", false),
    reason("other", "อื่น ๆ", "Something else", true),
];

/// Why a call may have no case, in both languages.
#[utoipa::path(get, path = "/no-case-reasons", tag = "record", operation_id = "no_case_reasons",
    responses((status = 200, body = NoCaseReasons), (status = 401)))]
pub(crate) async fn no_case_reasons(_who: Identity) -> axum::Json<NoCaseReasons> {
    axum::Json(NoCaseReasons { items: REASONS })
}

/// Makes the case: 201. The same record again answers the same case: 200. 409 `already_recorded` when the call
/// has another; 422 `bad_field` tells every wrong field in `errors`. What a tip says is masked in the answer.
#[utoipa::path(post, path = "/calls/{id}/confirm", tag = "record", operation_id = "confirm_call",
    request_body(content = Record, example = json!({"given": "สมชาย", "family": "ใจดี",
        "subject": "จดทะเบียนพาณิชย์", "department_id": "00000000000000000000000006",
        "kind": "inquiry", "resolution": "answered"})),
    responses((status = 201, body = CaseOnWire), (status = 200, body = CaseOnWire),
        (status = 403), (status = 404), (status = 409), (status = 422)))]
pub(crate) async fn confirm(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(record): Json<Record>,
) -> Result<Response, Problem> {
    let call = call_id(&id)?;
    let agent = owner(&who)?;
    let known = Known::of(&app, call).await?;
    let asked = Asked {
        call: &known.row,
        agent: &agent,
        today: today(&app),
    };
    let (contact, unit) = record.names();
    let read = record.read(&asked);
    if known.row.record.no_case.is_some() || known.row.record.case_ref.is_some() {
        let case = app.store.case_of_call(call).await?.map(Box::new);
        let no_case = known.row.record.no_case.clone();
        return again(&app, read.ok(), TrustedDone::AlreadyDone { case, no_case }).await;
    }
    let mut mistakes = read.as_ref().err().cloned().unwrap_or_default();
    mistakes.extend(not_there(&app, contact, unit).await?);
    let (Ok(mut write), true) = (read, mistakes.is_empty()) else {
        return Err(Problem::fields(&mistakes));
    };
    wind(&app, &mut write).await?;
    let trusted = TrustedWrite::Confirm(Box::new(write.clone()));
    match finish(&app, call, agent, trusted).await? {
        TrustedDone::Confirmed { case } => made(&app, StatusCode::CREATED, *case).await,
        other => again(&app, Some(write), other).await,
    }
}

/// The clock of the case begins with the record.
async fn wind(app: &App, write: &mut ConfirmWrite) -> Result<(), Problem> {
    let (_, now) = app.clock.now();
    let terms = app.config.rules.now().case_terms();
    let status = CaseStatus::at_confirm(write.kind, write.resolution);
    write.sla = terms.clock(write.kind, status, now);
    let directory = app.store.directory_at_hand().await?;
    let clock = write.sla.as_ref();
    write.due = Store::due_of(&directory, &terms, write.department, clock, now);
    Ok(())
}

/// What the record names and is not there.
async fn not_there(
    app: &App,
    contact: Option<ContactId>,
    unit: Option<DepartmentId>,
) -> Result<Vec<FieldMistake>, Problem> {
    let mut mistakes = Vec::new();
    let mut missing = |field: &str| mistakes.push(FieldMistake::new(field, FieldWhy::NoSuch));
    if let Some(contact) = contact
        && app.store.contact(contact).await?.is_none()
    {
        missing("contact_id");
    }
    if let Some(unit) = unit {
        let directory = app.store.directory_at_hand().await?;
        if directory.department(unit).is_none() {
            missing("department_id");
        }
    }
    Ok(mistakes)
}

/// Whoever sends the same record again hears the same; another one is refused.
async fn again(
    app: &App,
    write: Option<ConfirmWrite>,
    done: TrustedDone,
) -> Result<Response, Problem> {
    match done {
        TrustedDone::AlreadyDone {
            case: Some(case), ..
        } if write.as_ref().is_some_and(|write| is_of(write, &case)) => {
            made(app, StatusCode::OK, *case).await
        }
        other => Err(already(other)),
    }
}

fn is_of(write: &ConfirmWrite, case: &CaseRow) -> bool {
    let same_person = match &write.contact {
        ContactChoice::Known { contact, .. } => case.contact == Some(*contact),
        ContactChoice::New(_) => case.contact.is_some(),
        ContactChoice::Nobody => case.contact.is_none(),
    };
    same_person
        && write.agent == case.agent
        && write.kind == case.kind
        && write.subject == case.subject
        && write.detail == case.detail
        && write.department == case.department
        && write.extension == case.extension
        && write.resolution == case.resolution
        && write.fields == case.fields
}

/// The case as whoever made it is shown it: a tip is its officers' from now on.
async fn made(app: &App, status: StatusCode, case: CaseRow) -> Result<Response, Problem> {
    let path = format!("/api/v1/cases/{}", case.id);
    let place = HeaderValue::try_from(path).expect("an id is letters and digits");
    let case = CaseBook::open(app).await?.to_whoever_made_it(case);
    Ok((status, [(header::LOCATION, place)], axum::Json(case)).into_response())
}

/// Closes the call without a case.
#[utoipa::path(post, path = "/calls/{id}/no-case", tag = "record", operation_id = "close_call_without_case",
    request_body(content = NoCase, example = json!({"reason": "wrong_number"})),
    responses((status = 200), (status = 403), (status = 404), (status = 409), (status = 422)))]
pub(crate) async fn no_case(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(NoCase { reason, note }): Json<NoCase>,
) -> Result<Response, Problem> {
    let call = call_id(&id)?;
    let agent = owner(&who)?;
    let (reason, note) = (reason.trim(), said(note));
    let mut mistakes = Vec::new();
    let known = REASONS.iter().find(|known| known.code == reason);
    if known.is_none() {
        let why = FieldWhy::NoneOf("nuisance, wrong_number, dropped, other");
        mistakes.push(FieldMistake::new("reason", why));
    }
    if known.is_some_and(|known| known.needs_note) && note.is_none() {
        mistakes.push(FieldMistake::new("note", FieldWhy::Missing));
    }
    let most = limits::FIELD_CHARS_MAX;
    if note
        .as_ref()
        .is_some_and(|note| note.chars().count() > most)
    {
        mistakes.push(FieldMistake::new("note", FieldWhy::TooLong(most)));
    }
    if !mistakes.is_empty() {
        return Err(Problem::fields(&mistakes));
    }
    let write = TrustedWrite::NoCase(NoCaseWrite {
        call,
        agent: agent.clone(),
        reason: reason.to_owned(),
        note,
    });
    match finish(&app, call, agent, write).await? {
        TrustedDone::NoCaseDone => Ok(axum::Json(json!({ "done": "ok" })).into_response()),
        // Asked again, because the answer was lost.
        TrustedDone::AlreadyDone {
            no_case: Some(same),
            ..
        } if same == reason => Ok(axum::Json(json!({ "done": "ok" })).into_response()),
        other => Err(already(other)),
    }
}

fn owner(who: &Identity) -> Result<AgentId, Problem> {
    who.must(Right::ActOnCalls)?;
    Ok(who.agent()?.login.clone())
}

/// Writes the record and then ends the wrap-up. Runs to its end even when the client has gone.
async fn finish(
    app: &App,
    call: CallId,
    agent: AgentId,
    write: TrustedWrite,
) -> Result<TrustedDone, Problem> {
    let app = app.clone();
    let done = tokio::spawn(async move {
        let done = app.desk.trust(write).await?;
        let recorded = !matches!(
            done,
            TrustedDone::DraftSaved { .. } | TrustedDone::StaleDraft { .. }
        );
        if recorded {
            app.desk.tell(Command::WrapUpDone { agent, call });
        }
        Ok(done)
    });
    done.await.map_err(|_| Problem::new(Code::Internal))?
}

/// The answer to a write that changed nothing.
pub(super) fn already(done: TrustedDone) -> Problem {
    match done {
        TrustedDone::AlreadyDone { case, no_case } => Problem::new(Code::AlreadyRecorded)
            .with(
                "case_ref",
                case.map_or(Value::Null, |case| case.case_ref.into()),
            )
            .with("no_case", no_case.map_or(Value::Null, Value::from)),
        other => {
            tracing::error!(?other, "the journal answered another question");
            Problem::new(Code::Internal)
        }
    }
}
