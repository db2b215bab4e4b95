//! A case as REST shows it, with what its clock tells by the hours that its unit has now.

use crate::{
    app::App,
    clock::rfc3339,
    problem::{Code, Problem},
};
use kring_journal::WallTime;
use kring_store::{
    CaseAccess, CaseOutcome, CaseRow, CaseShown, CaseStatus, CaseTerms, CaseUnits, Directory,
    SlaNow, Store,
};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// A case. Times are RFC 3339 in UTC.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseOnWire {
    id: String,
    #[serde(rename = "ref")]
    case_ref: String,
    /// `inquiry`, `consultation`, `complaint` or `tip`.
    kind: &'static str,
    subject: String,
    detail: String,
    /// What the kind has beside; null when there is nothing.
    #[schema(value_type = Option<Object>)]
    fields: Value,
    contact_id: Option<String>,
    call: Option<String>,
    /// The canonical number of that call.
    number: Option<String>,
    department_id: Option<String>,
    extension: Option<String>,
    resolution: &'static str,
    /// `normal` or `restricted`.
    confidentiality: &'static str,
    /// `open`, `in_progress`, `waiting_unit`, `waiting_citizen`, `answered`, `closed` or `reopened`.
    status: &'static str,
    /// Where it may go from there.
    next: Vec<&'static str>,
    /// How it ended: `resolved`, `forwarded`, `no_grounds`, `withdrawn`, `unreachable`, `duplicate` or
    /// `unresolved`.
    outcome: Option<&'static str>,
    outcome_note: String,
    closed: Option<String>,
    /// When an answer is due that is still owed; null while the clock is stopped.
    due: Option<String>,
    /// Null when nobody asks for an answer in time.
    sla: Option<SlaOnWire>,
    agent: String,
    opened: String,
    updated: String,
    version: i64,
    /// The asker may not read what it says, and whose it is.
    masked: bool,
}

/// The clock of a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SlaOnWire {
    /// When it is or was due; null while it is stopped.
    due: Option<String>,
    /// Open minutes of the unit that are left.
    remaining_working_minutes: i64,
    /// `running`, `stopped` (it waits for the citizen), `late` or `met`.
    state: &'static str,
}

impl From<SlaNow> for SlaOnWire {
    fn from(now: SlaNow) -> SlaOnWire {
        SlaOnWire {
            due: now.due.map(rfc3339),
            remaining_working_minutes: now.remaining_working_minutes,
            state: now.state.as_str(),
        }
    }
}

/// What cases are shown by at one moment.
pub(crate) struct CaseBook {
    directory: Arc<Directory>,
    terms: CaseTerms,
    now: WallTime,
}

impl CaseBook {
    /// As it is now.
    pub(crate) async fn open(app: &App) -> Result<CaseBook, Problem> {
        Ok(CaseBook {
            directory: app.store.directory_at_hand().await?,
            terms: app.config.rules.now().case_terms(),
            now: app.clock.now().1,
        })
    }

    /// What the house has decided.
    pub(super) fn terms(&self) -> &CaseTerms {
        &self.terms
    }

    /// The id of the unit with this id or short name.
    pub(super) fn unit(&self, which: &str) -> Result<kring_store::DepartmentId, Problem> {
        let unit = self.directory.find(which.trim());
        Ok(unit.ok_or_else(|| Problem::new(Code::NoSuchDepartment))?.id)
    }

    /// A case that has just been made, as whoever made it is shown it: a tip is its officers' from now on.
    pub(crate) fn to_whoever_made_it(&self, case: CaseRow) -> CaseOnWire {
        let access = CaseAccess {
            tips: false,
            units: CaseUnits::All,
        };
        self.case(&access.shown(case))
    }

    /// A case as it may be shown.
    pub(crate) fn case(&self, CaseShown { case, masked }: &CaseShown) -> CaseOnWire {
        let sla = Store::sla_now(&self.directory, &self.terms, case, self.now);
        let fields = serde_json::to_value(&case.fields);
        CaseOnWire {
            id: case.id.to_string(),
            case_ref: case.case_ref.clone(),
            kind: case.kind.as_str(),
            subject: case.subject.clone(),
            detail: case.detail.clone(),
            fields: fields.unwrap_or(Value::Null),
            contact_id: case.contact.map(|id| id.to_string()),
            call: case.call.map(|id| id.to_string()),
            number: case.number.clone(),
            department_id: case.department.map(|id| id.to_string()),
            extension: case.extension.clone(),
            resolution: case.resolution.as_str(),
            confidentiality: case.confidentiality.as_str(),
            status: case.status.as_str(),
            next: case
                .status
                .next()
                .iter()
                .map(|to: &CaseStatus| to.as_str())
                .collect(),
            outcome: case.outcome.map(CaseOutcome::as_str),
            outcome_note: case.outcome_note.clone(),
            closed: case.closed.map(rfc3339),
            due: sla
                .filter(|_| case.due.is_some())
                .and_then(|sla| sla.due)
                .map(rfc3339),
            sla: sla.map(SlaOnWire::from),
            agent: case.agent.to_string(),
            opened: rfc3339(case.opened),
            updated: rfc3339(case.updated),
            version: case.version,
            masked: *masked,
        }
    }
}
