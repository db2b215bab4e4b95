//! Cases made without a call, and changed: every change of where a case is in its life is an activity, in the
//! same transaction.

use crate::{
    Allowance, CaseAccess, CaseFields, CaseId, CaseKind, CaseOutcome, CaseRefused, CaseRow,
    CaseStatus, ChangedBy, Confidentiality, ContactId, DepartmentId, Resolution, SlaClock,
    SlaHours, SlaNow, Store, StoreRefused, UsualHours,
    case_activities::{Activity, note_activity},
    case_rows::{insert_case, next_ref, read_case_by_id, update_case},
    cases::{check_filled, check_text},
    connect::Durability,
    contact_rows::find_contact,
    departments::department_exists,
    directory::Directory,
    limits,
};
use kring_journal::{AgentId, WallTime};
use kring_time::Schedule;
use std::collections::BTreeMap;

/// Microseconds of a day.
const DAY_US: i64 = 86_400_000_000;

/// What the house has decided about cases (`[case]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseTerms {
    /// In what time matters of a kind are answered (`case.sla_days`).
    pub sla: BTreeMap<&'static str, Allowance>,
    /// For how long a closed case can be reopened (`case.reopen_days`).
    pub reopen_days: u32,
    /// Of units that have no hours of their own.
    pub hours: UsualHours,
}

impl Default for CaseTerms {
    /// Fifteen working days for a complaint, thirty for a tip; a closed case can be reopened for thirty days.
    fn default() -> CaseTerms {
        CaseTerms {
            sla: BTreeMap::from([
                (CaseKind::Complaint.as_str(), Allowance::Days(15)),
                (CaseKind::Tip.as_str(), Allowance::Days(30)),
            ]),
            reopen_days: 30,
            hours: UsualHours::default(),
        }
    }
}

/// A case that did not come by telephone: somebody walked in, or wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCase {
    /// What kind of matter.
    pub kind: CaseKind,
    /// The matter in a line; not empty.
    pub subject: String,
    /// The matter at length.
    pub detail: String,
    /// What its kind has beside.
    pub fields: Option<CaseFields>,
    /// Who came.
    pub contact: Option<ContactId>,
    /// The unit concerned.
    pub department: Option<DepartmentId>,
    /// How it was resolved.
    pub resolution: Resolution,
    /// Who makes it.
    pub agent: AgentId,
}

/// What to change in a case; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CasePatch {
    /// The matter in a line.
    pub subject: Option<String>,
    /// The matter at length.
    pub detail: Option<String>,
    /// What its kind has beside: in place of what was there.
    pub fields: Option<CaseFields>,
    /// The unit concerned.
    pub department: Option<DepartmentId>,
    /// The internal extension.
    pub extension: Option<String>,
    /// How it was resolved.
    pub resolution: Option<Resolution>,
    /// Who may read it.
    pub confidentiality: Option<Confidentiality>,
    /// Where it is in its life.
    pub status: Option<CaseStatus>,
    /// How it ended; needed when it is closed.
    pub outcome: Option<CaseOutcome>,
    /// Why: needed when it is reopened.
    pub reason: Option<String>,
    /// Until when somebody has promised an answer, whatever the clock says.
    pub due: Option<WallTime>,
}

impl CaseTerms {
    /// The clock of a case of this kind that begins in this status.
    pub fn clock(&self, kind: CaseKind, status: CaseStatus, now: WallTime) -> Option<SlaClock> {
        let allow = self.sla.get(kind.as_str()).copied();
        SlaClock::begin(allow, status, now)
    }
}

impl Store {
    /// What the clock of a case tells, by the hours that its unit has now.
    pub fn sla_now(
        directory: &Directory,
        terms: &CaseTerms,
        case: &CaseRow,
        now: WallTime,
    ) -> Option<SlaNow> {
        let schedule = hours_of(directory, terms, case.department);
        case.sla.as_ref()?.told(hours(&schedule, terms), now)
    }

    /// When an answer is due of a case that begins with this clock, for lists.
    pub fn due_of(
        directory: &Directory,
        terms: &CaseTerms,
        department: Option<DepartmentId>,
        clock: Option<&SlaClock>,
        now: WallTime,
    ) -> Option<WallTime> {
        let schedule = hours_of(directory, terms, department);
        clock?.owed(hours(&schedule, terms), now)
    }

    /// Makes a case without a call.
    pub async fn open_case(
        &self,
        by: &ChangedBy,
        terms: &CaseTerms,
        new: NewCase,
    ) -> Result<CaseRow, StoreRefused> {
        check_filled("subject", &new.subject)?;
        check_text("detail", &new.detail, limits::DETAIL_CHARS_MAX)?;
        let directory = self.directory().await?;
        let now = by.at;
        let status = CaseStatus::at_confirm(new.kind, new.resolution);
        let sla = terms.clock(new.kind, status, now);
        let due = Store::due_of(&directory, terms, new.department, sla.as_ref(), now);
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        if let Some(department) = new.department {
            department_exists(&mut tx, department).await?;
        }
        let contact = match new.contact {
            None => None,
            Some(id) => {
                let contact = find_contact(&mut tx, id).await?;
                Some(contact.ok_or(StoreRefused::NoSuchContact)?.id)
            }
        };
        let case = CaseRow {
            id: CaseId::new(now),
            case_ref: next_ref(&mut tx, &self.config.case_ref, now).await?,
            kind: new.kind,
            subject: new.subject,
            detail: new.detail,
            fields: new.fields,
            contact,
            call: None,
            number: None,
            department: new.department,
            extension: None,
            resolution: new.resolution,
            confidentiality: new.kind.confidentiality(),
            status,
            outcome: (status == CaseStatus::Closed).then_some(CaseOutcome::Resolved),
            outcome_note: String::new(),
            closed: (status == CaseStatus::Closed).then_some(now),
            due,
            sla,
            agent: new.agent,
            opened: now,
            updated: now,
            version: 1,
        };
        insert_case(&mut tx, &case).await?;
        let opened = Activity::opened(case.status);
        note_activity(&mut tx, by, case.id, &opened).await?;
        tx.commit().await?;
        self.callers_changed();
        Ok(case)
    }

    /// Changes a case that they may read and that is at `version`; refused with [`StoreRefused::Stale`] when
    /// it is not.
    pub async fn change_case(
        &self,
        access: &CaseAccess,
        by: &ChangedBy,
        terms: &CaseTerms,
        (id, version): (CaseId, Option<i64>),
        patch: &CasePatch,
    ) -> Result<CaseRow, StoreRefused> {
        check_patch(patch)?;
        let directory = self.directory().await?;
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let was = read_case_by_id(&mut tx, id).await?;
        access.must_read(&was)?;
        if version.is_some_and(|version| version != was.version) {
            let current = was.version;
            return Err(StoreRefused::Stale { current });
        }
        if let Some(department) = patch.department {
            department_exists(&mut tx, department).await?;
        }
        let mut case = patched(&was, patch, by.at)?;
        let activity = match patch.status.filter(|status| *status != was.status) {
            Some(status) => Some(moved(&mut case, &was, (status, patch), terms, by.at)?),
            None => noteworthy(&was, &case).map(Activity::changed),
        };
        case.due = Store::due_of(&directory, terms, case.department, case.sla.as_ref(), by.at);
        if !update_case(&mut tx, &case).await? {
            // On PostgreSQL somebody else may have come between.
            let current = read_case_by_id(&mut tx, id).await?.version;
            return Err(StoreRefused::Stale { current });
        }
        if let Some(activity) = activity {
            note_activity(&mut tx, by, id, &activity).await?;
        }
        tx.commit().await?;
        self.callers_changed();
        Ok(case)
    }
}

fn hours_of(directory: &Directory, terms: &CaseTerms, unit: Option<DepartmentId>) -> Schedule {
    match unit.and_then(|id| directory.department(id)) {
        Some(unit) => directory.schedule(unit, &terms.hours),
        None => directory.usual_schedule(&terms.hours),
    }
}

fn hours<'h>(schedule: &'h Schedule, terms: &'h CaseTerms) -> SlaHours<'h> {
    SlaHours {
        schedule,
        zone: &terms.hours.zone,
    }
}

fn patched(was: &CaseRow, patch: &CasePatch, now: WallTime) -> Result<CaseRow, StoreRefused> {
    let fields = patch.fields.clone().or_else(|| was.fields.clone());
    if fields
        .as_ref()
        .is_some_and(|fields| fields.kind() != was.kind)
    {
        let (field, why) = ("fields", "are of another kind of matter");
        return Err(StoreRefused::Unacceptable { field, why });
    }
    let closed = patch.status.unwrap_or(was.status) == CaseStatus::Closed;
    if patch.outcome.is_some() && !closed {
        let (field, why) = ("outcome", "is for a case that is closed");
        return Err(StoreRefused::Unacceptable { field, why });
    }
    let text = |new: &Option<String>, old: &str| new.clone().unwrap_or_else(|| old.to_owned());
    let mut case = CaseRow {
        subject: text(&patch.subject, &was.subject),
        detail: text(&patch.detail, &was.detail),
        fields,
        department: patch.department.or(was.department),
        extension: patch.extension.clone().or_else(|| was.extension.clone()),
        resolution: patch.resolution.unwrap_or(was.resolution),
        confidentiality: patch.confidentiality.unwrap_or(was.confidentiality),
        outcome: patch.outcome.or(was.outcome),
        updated: now,
        version: was.version + 1,
        ..was.clone()
    };
    if let Some(due) = patch.due {
        case.sla.get_or_insert_default().fix(due);
    }
    Ok(case)
}

/// The case goes to another status, if it may.
fn moved(
    case: &mut CaseRow,
    was: &CaseRow,
    (to, patch): (CaseStatus, &CasePatch),
    terms: &CaseTerms,
    now: WallTime,
) -> Result<Activity, StoreRefused> {
    if !was.status.next().contains(&to) {
        let from = was.status;
        return Err(CaseRefused::WrongStatus { from, to }.into());
    }
    let reason = patch.reason.clone().unwrap_or_default();
    case.status = to;
    if to == CaseStatus::Closed {
        case.outcome = Some(patch.outcome.ok_or(CaseRefused::NeedsOutcome)?);
        case.outcome_note.clone_from(&reason);
        case.closed = Some(now);
    }
    if to == CaseStatus::Reopened {
        let closed = was.closed.unwrap_or(was.updated);
        let days = terms.reopen_days;
        if now.0 - closed.0 > i64::from(days) * DAY_US {
            return Err(CaseRefused::ClosedTooLong { days }.into());
        }
        if reason.trim().is_empty() {
            return Err(CaseRefused::NeedsReason.into());
        }
        case.outcome = None;
        case.outcome_note.clear();
        case.closed = None;
    }
    if let Some(clock) = &mut case.sla {
        clock.turn(to, now)?;
    }
    Ok(Activity::moved(was.status, to, reason))
}

/// What a reader of the case's history should know has changed beside its status: names, never texts.
fn noteworthy(was: &CaseRow, is: &CaseRow) -> Option<String> {
    let changed = [
        ("subject", was.subject != is.subject),
        ("detail", was.detail != is.detail),
        ("fields", was.fields != is.fields),
        ("department", was.department != is.department),
        ("extension", was.extension != is.extension),
        ("resolution", was.resolution != is.resolution),
        ("confidentiality", was.confidentiality != is.confidentiality),
        ("outcome", was.outcome != is.outcome),
        ("due", was.sla != is.sla),
    ];
    let names: Vec<&str> = changed
        .into_iter()
        .filter_map(|(name, changed)| changed.then_some(name))
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn check_patch(patch: &CasePatch) -> Result<(), StoreRefused> {
    if let Some(subject) = &patch.subject {
        check_filled("subject", subject)?;
    }
    let texts = [
        ("detail", &patch.detail, limits::DETAIL_CHARS_MAX),
        ("extension", &patch.extension, limits::SHORT_CHARS_MAX),
        ("reason", &patch.reason, limits::FIELD_CHARS_MAX),
    ];
    texts
        .into_iter()
        .try_for_each(|(field, text, most)| check_text(field, text.as_deref().unwrap_or(""), most))
}
