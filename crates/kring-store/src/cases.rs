//! Cases: what a citizen asked, and what became of it.
//!
//! A case is made only by the record of a call (see `trusted`), and changed by version.

use crate::{
    CaseId, ContactId, DepartmentId, Store, StoreRefused,
    case_rows::{CASE_COLUMNS, read_case, read_case_of_call},
    connect::Durability,
    departments::department_exists,
    limits,
    names::stored_names,
    sql::{Given, Question, Value},
};
use kring_journal::{AgentId, CallId, WallTime};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

stored_names! {
    /// What kind of matter a case is.
    CaseKind {
        /// สอบถาม.
        Inquiry => "inquiry",
        /// ปรึกษาเชิงลึก.
        Consultation => "consultation",
        /// ร้องเรียน/ร้องทุกข์.
        Complaint => "complaint",
        /// แจ้งเบาะแส.
        Tip => "tip",
    }
}

stored_names! {
    /// How a call's matter was resolved.
    Resolution {
        /// The agent answered it.
        Answered => "answered",
        /// The agent answered it after asking the unit.
        Consulted => "consulted",
        /// The caller was transferred to the unit.
        Transferred => "transferred",
        /// Somebody will call back or write.
        FollowUp => "follow_up",
        /// The matter was sent to the unit.
        Referred => "referred",
        /// It could not be resolved.
        Unresolved => "unresolved",
    }
}

stored_names! {
    /// Where a case is in its life.
    CaseStatus {
        /// Somebody has to act.
        Open => "open",
        /// The unit has to answer.
        WaitingUnit => "waiting_unit",
        /// Nothing is left to do.
        Closed => "closed",
    }
}

stored_names! {
    /// Who may read a case.
    Confidentiality {
        /// Everybody who works on cases.
        Normal => "normal",
        /// Officers of tips only.
        Restricted => "restricted",
    }
}

impl CaseStatus {
    /// Where a case begins. A complaint or a tip is never closed by the call that brought it, and
    /// what the agent could settle on the telephone is closed.
    pub(crate) fn at_confirm(kind: CaseKind, resolution: Resolution) -> CaseStatus {
        match (kind, resolution) {
            (_, Resolution::Referred) => CaseStatus::WaitingUnit,
            (CaseKind::Complaint | CaseKind::Tip, _)
            | (_, Resolution::FollowUp | Resolution::Unresolved) => CaseStatus::Open,
            (
                CaseKind::Inquiry | CaseKind::Consultation,
                Resolution::Answered | Resolution::Consulted | Resolution::Transferred,
            ) => CaseStatus::Closed,
        }
    }
}

/// A case. Officers of tips alone may be shown one that is [`Confidentiality::Restricted`]: the
/// store hands out everything, `kring-web` decides who sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseRow {
    /// Its id.
    pub id: CaseId,
    /// Its reference, for people.
    #[serde(rename = "ref")]
    pub case_ref: String,
    /// What kind of matter.
    pub kind: CaseKind,
    /// The matter in a line.
    pub subject: String,
    /// The matter at length.
    pub detail: String,
    /// Who called; none when anonymous.
    pub contact: Option<ContactId>,
    /// The call that it came from.
    pub call: Option<CallId>,
    /// The canonical number of that call; none when anonymous.
    pub number: Option<String>,
    /// The unit concerned.
    pub department: Option<DepartmentId>,
    /// The internal extension, when the call was transferred.
    pub extension: Option<String>,
    /// How it was resolved.
    pub resolution: Resolution,
    /// Who may read it.
    pub confidentiality: Confidentiality,
    /// Where it is in its life.
    pub status: CaseStatus,
    /// Until when the unit must answer.
    pub due: Option<WallTime>,
    /// Who made it.
    pub agent: AgentId,
    /// When it was made.
    pub opened: WallTime,
    /// When it was last changed.
    pub updated: WallTime,
    /// From 1, one more with each change.
    pub version: i64,
}

/// What to change in a case; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CasePatch {
    /// The matter in a line.
    pub subject: Option<String>,
    /// The matter at length.
    pub detail: Option<String>,
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
    /// Until when the unit must answer.
    pub due: Option<WallTime>,
}

/// Which cases to list; `None` asks for all.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Of this person.
    pub contact: Option<ContactId>,
    /// Of this kind.
    pub kind: Option<CaseKind>,
    /// In this state.
    pub status: Option<CaseStatus>,
    /// Of this unit.
    pub department: Option<DepartmentId>,
    /// Made by this agent.
    pub agent: Option<AgentId>,
    /// After this row of the page before.
    pub after: Option<CaseCursor>,
    /// Rows, 1 to [`crate::limits::PAGE_MAX`]; 0 means 50.
    pub limit: u32,
}

/// The end of a page of cases: a case's id.
pub type CaseCursor = CaseId;

/// A page of cases, newest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CasePage {
    /// The rows.
    pub cases: Vec<CaseRow>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<CaseCursor>,
}

impl Store {
    /// The case with this id.
    pub async fn case(&self, id: CaseId) -> Result<Option<CaseRow>, StoreRefused> {
        self.one_case("k.id = $", Value::text(&id)).await
    }

    /// The case with this reference.
    pub async fn case_by_ref(&self, case_ref: &str) -> Result<Option<CaseRow>, StoreRefused> {
        self.one_case("k.case_ref = $", Value::text(&case_ref))
            .await
    }

    /// The case of this call.
    pub async fn case_of_call(&self, call: CallId) -> Result<Option<CaseRow>, StoreRefused> {
        read_case_of_call(&mut *self.reading().await?, call).await
    }

    /// A page of cases, newest first.
    pub async fn cases(&self, filter: &CaseFilter) -> Result<CasePage, StoreRefused> {
        let limit = limits::page(filter.limit);
        let mut question = Question::new(&format!("SELECT {CASE_COLUMNS} FROM case_file k"));
        if let Some(contact) = filter.contact {
            question.when_is("k.contact = $", [Value::text(&contact)]);
        }
        if let Some(kind) = filter.kind {
            question.when_is("k.kind = $", [Value::text(&kind.as_str())]);
        }
        match filter.status {
            None => {}
            Some(CaseStatus::Closed) => question.when("k.status = 'closed'"),
            Some(status) => {
                // Said apart, so that the index of unclosed cases serves.
                question.when("k.status <> 'closed'");
                question.when_is("k.status = $", [Value::text(&status.as_str())]);
            }
        }
        if let Some(department) = filter.department {
            question.when_is("k.department = $", [Value::text(&department)]);
        }
        if let Some(agent) = &filter.agent {
            question.when_is("k.agent = $", [Value::text(agent)]);
        }
        if let Some(after) = filter.after {
            question.when_is("k.id < $", [Value::text(&after)]);
        }
        question.push(" ORDER BY k.id DESC LIMIT $", [Value::Whole(limit + 1)]);
        let rows = question.rows(&self.reader).await?;
        let mut cases = rows
            .iter()
            .map(read_case)
            .collect::<Result<Vec<CaseRow>, _>>()?;
        let more = cases.len() as i64 > limit;
        cases.truncate(limit as usize);
        let next = cases.last().filter(|_| more).map(|last| last.id);
        Ok(CasePage { cases, next })
    }

    /// Changes a case that is at `version`; refused with [`StoreRefused::Stale`] when it is not.
    pub async fn patch_case(
        &self,
        now: WallTime,
        id: CaseId,
        version: i64,
        patch: &CasePatch,
    ) -> Result<CaseRow, StoreRefused> {
        check_patch(patch)?;
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        if let Some(department) = patch.department {
            department_exists(&mut tx, department).await?;
        }
        let mut given = Given::default();
        given
            .add(patch.subject.clone())
            .add(patch.detail.clone())
            .add(patch.department.map(|department| department.to_string()))
            .add(patch.extension.clone())
            .add(patch.resolution.map(Resolution::as_str))
            .add(patch.confidentiality.map(Confidentiality::as_str))
            .add(patch.status.map(CaseStatus::as_str))
            .add_wall(patch.due)
            .add(now.0)
            .add_text(&id)
            .add(version);
        let done = sqlx::query_with(
            "UPDATE case_file SET subject = COALESCE($1, subject), detail = COALESCE($2, detail), \
             department = COALESCE($3, department), extension = COALESCE($4, extension), \
             resolution = COALESCE($5, resolution), \
             confidentiality = COALESCE($6, confidentiality), status = COALESCE($7, status), \
             due = COALESCE($8, due), updated = $9, version = version + 1 \
             WHERE id = $10 AND version = $11",
            given.take(),
        )
        .execute(&mut *tx)
        .await?;
        let sql = format!("SELECT {CASE_COLUMNS} FROM case_file k WHERE k.id = $1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id.to_string())
            .fetch_optional(&mut *tx)
            .await?
            .ok_or(StoreRefused::NoSuchCase)?;
        let case = read_case(&row)?;
        if done.rows_affected() == 0 {
            return Err(StoreRefused::Stale {
                current: case.version,
            });
        }
        tx.commit().await?;
        self.callers_changed();
        Ok(case)
    }

    async fn one_case(
        &self,
        which: &'static str,
        value: Value,
    ) -> Result<Option<CaseRow>, StoreRefused> {
        let mut question = Question::new(&format!("SELECT {CASE_COLUMNS} FROM case_file k"));
        question.when_is(which, [value]);
        let rows = question.rows(&self.reader).await?;
        rows.first().map(read_case).transpose()
    }
}

fn check_patch(patch: &CasePatch) -> Result<(), StoreRefused> {
    if let Some(subject) = &patch.subject {
        check_filled("subject", subject)?;
    }
    check_text(
        "detail",
        patch.detail.as_deref().unwrap_or(""),
        limits::DETAIL_CHARS_MAX,
    )?;
    check_text(
        "extension",
        patch.extension.as_deref().unwrap_or(""),
        limits::SHORT_CHARS_MAX,
    )
}

/// Refuses a text that is too long.
pub(crate) fn check_text(
    field: &'static str,
    text: &str,
    chars_max: usize,
) -> Result<(), StoreRefused> {
    // A character has at most four bytes: short texts are not counted.
    if text.len() > chars_max && text.chars().count() > chars_max {
        let why = "is too long";
        return Err(StoreRefused::Unacceptable { field, why });
    }
    if text.contains('\0') {
        // PostgreSQL cannot store it, and no keyboard makes it.
        let why = "holds a NUL character";
        return Err(StoreRefused::Unacceptable { field, why });
    }
    Ok(())
}

/// Refuses a short text that is empty or too long.
pub(crate) fn check_filled(field: &'static str, text: &str) -> Result<(), StoreRefused> {
    if text.trim().is_empty() {
        let why = "is empty";
        return Err(StoreRefused::Unacceptable { field, why });
    }
    check_text(field, text, limits::SHORT_CHARS_MAX)
}
