//! `POST /calls/{id}/confirm` and `/no-case`: a call's record is made (S6a, S6b), and the exchange
//! hears that the wrap-up is over.

use super::call_id;
use crate::{
    app::App,
    crm_api::CaseOnWire,
    json::Json,
    limits,
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
    CaseKind, Confidentiality, ConfirmWrite, ContactChoice, ContactPatch, NewContact, NoCaseWrite,
    Resolution, TrustedDone, TrustedWrite,
};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// The record, as the form has it; the same members as the draft. Absent, null and empty mean the
/// same.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct Record {
    /// The person, when they called before (S6b).
    contact_id: Option<String>,
    prefix: Option<String>,
    /// The name of a new caller (S6a), or a correction.
    given: Option<String>,
    family: Option<String>,
    org: Option<String>,
    notes: Option<String>,
    /// เรื่อง, in a line.
    subject: Option<String>,
    detail: Option<String>,
    /// The unit concerned.
    department_id: Option<String>,
    /// The internal extension, when the call was transferred.
    extension: Option<String>,
    /// `inquiry`, `consultation`, `complaint` or `tip`; `inquiry` when nothing is said.
    kind: Option<String>,
    /// `answered`, `consulted`, `transferred`, `follow_up`, `referred` or `unresolved`; `answered`
    /// when nothing is said.
    resolution: Option<String>,
}

/// Why a call has no case.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NoCase {
    /// `nuisance`, `wrong_number`, `dropped` or another word.
    reason: String,
}

/// Makes the case. 409 `already_recorded` when the call has its record.
#[utoipa::path(post, path = "/calls/{id}/confirm", tag = "record", request_body = Record,
    responses((status = 201, body = CaseOnWire), (status = 409), (status = 422)))]
pub(crate) async fn confirm(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(record): Json<Record>,
) -> Result<Response, Problem> {
    let call = call_id(&id)?;
    let agent = owner(&who)?;
    let write = TrustedWrite::Confirm(Box::new(record.read(call, agent.clone())?));
    match finish(&app, call, agent, write).await? {
        TrustedDone::Confirmed { case } => {
            let path = format!("/api/v1/cases/{}", case.id);
            let place = HeaderValue::try_from(path).expect("an id is letters and digits");
            let case = axum::Json(CaseOnWire::from(&*case));
            Ok((StatusCode::CREATED, [(header::LOCATION, place)], case).into_response())
        }
        other => Err(already(other)),
    }
}

/// Closes the call without a case.
#[utoipa::path(post, path = "/calls/{id}/no-case", tag = "record", request_body = NoCase,
    responses((status = 200), (status = 409), (status = 422)))]
pub(crate) async fn no_case(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(NoCase { reason }): Json<NoCase>,
) -> Result<Response, Problem> {
    let call = call_id(&id)?;
    let agent = owner(&who)?;
    let reason = reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > limits::REASON_CHARS {
        return Err(Problem::field("reason", "is empty or too long"));
    }
    let write = TrustedWrite::NoCase(NoCaseWrite {
        call,
        agent: agent.clone(),
        reason,
    });
    match finish(&app, call, agent, write).await? {
        TrustedDone::NoCaseDone => Ok(axum::Json(json!({ "done": "ok" })).into_response()),
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

/// Text that says something.
fn said(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

impl Record {
    fn read(self, call: CallId, agent: AgentId) -> Result<ConfirmWrite, Problem> {
        let kind = named(
            self.kind.as_deref(),
            CaseKind::Inquiry,
            "kind",
            CaseKind::from_name,
        )?;
        let resolution = named(
            self.resolution.as_deref(),
            Resolution::Answered,
            "resolution",
            Resolution::from_name,
        )?;
        let department = said(self.department_id)
            .map(|id| {
                id.parse()
                    .map_err(|_| Problem::field("department_id", "is no id"))
            })
            .transpose()?;
        let subject = said(self.subject).ok_or_else(|| Problem::field("subject", "is empty"))?;
        let contact = contact(
            said(self.contact_id),
            ContactPatch {
                prefix: said(self.prefix),
                given: said(self.given),
                family: said(self.family),
                org: said(self.org),
                notes: said(self.notes),
                ..ContactPatch::default()
            },
        )?;
        Ok(ConfirmWrite {
            call,
            agent,
            contact,
            kind,
            subject,
            detail: said(self.detail).unwrap_or_default(),
            department,
            extension: said(self.extension),
            resolution,
            // What a tip says is for the officers of tips.
            confidentiality: match kind {
                CaseKind::Tip => Confidentiality::Restricted,
                _ => Confidentiality::Normal,
            },
            due: None,
        })
    }
}

/// Who called: one who called before, a new person when a name was typed, or nobody.
fn contact(id: Option<String>, typed: ContactPatch) -> Result<ContactChoice, Problem> {
    if let Some(id) = id {
        let contact = id
            .parse()
            .map_err(|_| Problem::field("contact_id", "is no id"))?;
        return Ok(ContactChoice::Known {
            contact,
            patch: typed,
        });
    }
    let Some(given) = typed.given else {
        return match typed.family {
            Some(_) => Err(Problem::field(
                "given",
                "is empty, and there is a family name",
            )),
            None => Ok(ContactChoice::Nobody),
        };
    };
    Ok(ContactChoice::New(NewContact {
        prefix: typed.prefix.unwrap_or_default(),
        given,
        family: typed.family.unwrap_or_default(),
        org: typed.org.unwrap_or_default(),
        notes: typed.notes.unwrap_or_default(),
    }))
}

fn named<T>(
    text: Option<&str>,
    default: T,
    field: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, Problem> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => Ok(default),
        Some(text) => read(text).ok_or_else(|| Problem::field(field, format!("{text:?} is none"))),
    }
}
