//! Cases: what a citizen asked, and what became of it. Here they are read; `trusted` makes them of calls, and
//! `case_writes` makes and changes them.

use crate::{
    CaseAccess, CaseFields, CaseId, CaseKind, CaseOutcome, CaseRefused, CaseShown, CaseStatus,
    CaseUnits, Confidentiality, ContactId, DepartmentId, Resolution, SlaClock, Store, StoreRefused,
    case_ref::{RefRead, ref_key},
    case_rows::{CASE_COLUMNS, read_case, read_case_of_call},
    limits,
    sql::{Question, Value},
};
use kring_journal::{AgentId, CallId, WallTime};
use kring_text::folded;
use serde::{Deserialize, Serialize};

/// A case, with everything that it says: whoever is shown one is shown it by [`CaseAccess`].
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
    /// What its kind has beside.
    pub fields: Option<CaseFields>,
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
    /// How it ended, when it has.
    pub outcome: Option<CaseOutcome>,
    /// What is to be said of that.
    pub outcome_note: String,
    /// When it was closed.
    pub closed: Option<WallTime>,
    /// When an answer is due that is still owed, as lists are sorted by; the clock tells more.
    pub due: Option<WallTime>,
    /// How long it may take.
    pub sla: Option<SlaClock>,
    /// Who made it.
    pub agent: AgentId,
    /// When it was made.
    pub opened: WallTime,
    /// When it was last changed.
    pub updated: WallTime,
    /// From 1, one more with each change.
    pub version: i64,
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
    /// Whose answer is owed and due before this time.
    pub due_before: Option<WallTime>,
    /// With these words, folded, in what they say.
    pub text: Option<String>,
    /// With this reference, or a beginning of one.
    pub case_ref: Option<String>,
    /// After this row of the page before.
    pub after: Option<CaseCursor>,
    /// Rows, 1 to [`crate::limits::PAGE_MAX`]; 0 means 50.
    pub limit: u32,
}

/// The end of a page of cases: a case's id.
pub type CaseCursor = CaseId;

/// A page of cases, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct CasePage {
    /// The rows, each as it may be shown.
    pub cases: Vec<CaseShown>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<CaseCursor>,
}

impl Store {
    /// The case with this id, whoever asks.
    pub async fn case(&self, id: CaseId) -> Result<Option<CaseRow>, StoreRefused> {
        self.one_case("k.id = $", Value::text(&id)).await
    }

    /// The case with this reference, however it is written: with Thai digits, in small letters, without
    /// dashes. [`CaseRefused::BadReference`] when its check digit tells that it was misread.
    pub async fn case_by_ref(&self, written: &str) -> Result<Option<CaseRow>, StoreRefused> {
        if written.len() > limits::REF_BYTES_MAX {
            return Ok(None);
        }
        let exact = self.one_case("k.case_ref = $", Value::text(&written.trim()));
        if let Some(exact) = exact.await? {
            return Ok(Some(exact));
        }
        let key = ref_key(written);
        let mut question = Question::new(&format!("SELECT {CASE_COLUMNS} FROM case_file k"));
        question.when_is("k.ref_key = $", [Value::text(&key)]);
        question.push(" ORDER BY k.id LIMIT 2", []);
        let rows = question.rows(&self.reader).await?;
        match rows.as_slice() {
            [one] => Ok(Some(read_case(one)?)),
            [] if self.config.case_ref.check(&key) == RefRead::Wrong => {
                Err(CaseRefused::BadReference.into())
            }
            [] => Ok(None),
            _ => Err(CaseRefused::AmbiguousReference.into()),
        }
    }

    /// The case of this call.
    pub async fn case_of_call(&self, call: CallId) -> Result<Option<CaseRow>, StoreRefused> {
        read_case_of_call(&mut *self.reading().await?, call).await
    }

    /// A page of cases, newest first, as they may be shown. What may not be read is not found by what it
    /// says, nor by whose it is.
    pub async fn cases(
        &self,
        access: &CaseAccess,
        filter: &CaseFilter,
    ) -> Result<CasePage, StoreRefused> {
        let limit = limits::page(filter.limit);
        let mut question = Question::new(&format!("SELECT {CASE_COLUMNS} FROM case_file k"));
        narrow(&mut question, access, filter);
        narrow_by_text(&mut question, filter);
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
        let cases = cases.into_iter().map(|case| access.shown(case)).collect();
        Ok(CasePage { cases, next })
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

fn narrow(question: &mut Question, access: &CaseAccess, filter: &CaseFilter) {
    match access.units {
        CaseUnits::All => {}
        CaseUnits::Only(unit) => question.when_is("k.department = $", [Value::text(&unit)]),
        CaseUnits::Nobodys => question.when("k.id = ''"),
    }
    let by_what_it_says = filter.contact.is_some() || filter.text.is_some();
    if by_what_it_says && !access.tips {
        question.when("k.confidentiality = 'normal'");
    }
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
    if let Some(before) = filter.due_before {
        question.when_is("k.due < $", [Value::Whole(before.0)]);
    }
}

fn narrow_by_text(question: &mut Question, filter: &CaseFilter) {
    let words = filter.text.as_deref().map(folded).unwrap_or_default();
    for word in words.split_whitespace().take(limits::SEARCH_WORDS_MAX) {
        let word: String = word.chars().take(limits::SEARCH_CHARS_MAX).collect();
        let like = format!("%{}%", escaped(&word));
        question.when_is("k.search_key LIKE $ ESCAPE '\\'", [Value::Text(like)]);
    }
    if let Some(case_ref) = &filter.case_ref {
        let key: String = ref_key(case_ref)
            .chars()
            .take(limits::SEARCH_CHARS_MAX)
            .collect();
        let like = format!("{}%", escaped(&key));
        question.when_is("k.ref_key LIKE $ ESCAPE '\\'", [Value::Text(like)]);
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
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
