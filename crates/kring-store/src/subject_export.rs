//! Everything that is known of a person, as the person may ask to see it (PDPA section 30): read at one moment, in
//! the words that are stored.

use crate::{
    CallRow, CaseRow, Consent, Contact, PrivacyRequest, Store, StoreRefused, Subject,
    call_history::{ROW_COLUMNS, ROW_JOINS, read_row},
    case_rows::{CASE_COLUMNS, read_case},
    limits,
    sql::Cells,
};
use kring_journal::WallTime;
use serde::Serialize;
use sqlx::AssertSqlSafe;

/// All of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SubjectExport {
    /// When it was made.
    pub made: WallTime,
    /// The person; none: a number that is nobody's contact.
    pub contact: Option<Contact>,
    /// Whether their data are kept and not used.
    pub restricted: bool,
    /// Their numbers as people write them, with the canonical form first.
    pub numbers: Vec<(String, String)>,
    /// What they were told and agreed to.
    pub consents: Vec<Consent>,
    /// Their cases, newest first.
    pub cases: Vec<CaseRow>,
    /// What was done about their cases.
    pub done: Vec<DoneInCase>,
    /// Files that are kept with their cases.
    pub files: Vec<FileOfCase>,
    /// Their calls, newest first.
    pub calls: Vec<CallRow>,
    /// What they asked of the PDPA desk.
    pub requests: Vec<PrivacyRequest>,
    /// There is more than this, and it was cut: cases or calls.
    pub cut: bool,
}

/// Something that was done about a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DoneInCase {
    /// The case's reference.
    pub case_ref: String,
    /// When.
    pub at: WallTime,
    /// What kind of thing.
    pub kind: &'static str,
    /// In words; may be empty.
    pub text: String,
}

/// A file of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileOfCase {
    /// The case's reference.
    pub case_ref: String,
    /// What it is called.
    pub name: String,
    /// How large, bytes.
    pub bytes: i64,
}

impl Store {
    /// What is known of a person or of a number; at most [`limits::EXPORTED_MAX`] cases and as many calls. Who asks
    /// notes it first ([`Store::note_read`]).
    pub async fn export_subject(
        &self,
        now: WallTime,
        subject: &Subject,
    ) -> Result<SubjectExport, StoreRefused> {
        let mut export = SubjectExport {
            made: now,
            contact: None,
            restricted: false,
            numbers: Vec::new(),
            consents: Vec::new(),
            cases: Vec::new(),
            done: Vec::new(),
            files: Vec::new(),
            calls: Vec::new(),
            requests: Vec::new(),
            cut: false,
        };
        match subject {
            Subject::Contact(id) => {
                let contact = self.contact(*id).await?;
                let contact = contact.ok_or(StoreRefused::NoSuchContact)?;
                export.restricted = self.is_restricted(contact.id).await?;
                export.numbers = self.numbers_of(contact.id).await?;
                export.consents = self.consents_of(contact.id).await?;
                export.cases = self
                    .cases_where("k.contact = $1", &contact.id.to_string())
                    .await?;
                export.requests = self.privacy_requests_of(&contact.id.to_string()).await?;
                export.contact = Some(contact);
            }
            Subject::Number(number) => {
                export.numbers.push((number.clone(), number.clone()));
                export.cases = self
                    .cases_where("k.number = $1 AND k.contact IS NULL", number)
                    .await?;
            }
        }
        for (number, _) in &export.numbers {
            let calls = self.calls_from(number).await?;
            export.calls.extend(calls);
        }
        let newest_first = |call: &CallRow| std::cmp::Reverse(call.record.arrived_at);
        export.calls.sort_by_key(newest_first);
        let most = limits::EXPORTED_MAX as usize;
        export.cut = export.cases.len() > most || export.calls.len() > most;
        export.cases.truncate(most);
        export.calls.truncate(most);
        self.export_cases(&mut export).await?;
        Ok(export)
    }

    async fn export_cases(&self, export: &mut SubjectExport) -> Result<(), StoreRefused> {
        for case in &export.cases {
            let named = || case.case_ref.clone();
            for activity in self.activities(case.id).await? {
                export.done.push(DoneInCase {
                    case_ref: named(),
                    at: activity.at,
                    kind: activity.kind.as_str(),
                    text: activity.text,
                });
            }
            for file in self.attachments(case.id).await? {
                export.files.push(FileOfCase {
                    case_ref: named(),
                    name: file.name,
                    bytes: file.bytes,
                });
            }
        }
        Ok(())
    }

    /// Whether this person's data are kept and not used.
    pub async fn is_restricted(&self, contact: crate::ContactId) -> Result<bool, StoreRefused> {
        let row = sqlx::query("SELECT restricted FROM contact WHERE id = $1")
            .bind(contact.to_string())
            .fetch_optional(&self.reader)
            .await?;
        row.map_or(Ok(false), |row| Cells::of(&row, "contact").truth())
    }

    async fn cases_where(&self, whose: &str, value: &str) -> Result<Vec<CaseRow>, StoreRefused> {
        let sql = format!(
            "SELECT {CASE_COLUMNS} FROM case_file k WHERE {whose} ORDER BY k.id DESC LIMIT $2"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(value)
            .bind(limits::EXPORTED_MAX + 1)
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_case).collect()
    }

    async fn calls_from(&self, number: &str) -> Result<Vec<CallRow>, StoreRefused> {
        let sql = format!(
            "SELECT {ROW_COLUMNS} FROM call c {ROW_JOINS} \
             WHERE c.caller IN (SELECT caller FROM caller WHERE number = $1) \
             ORDER BY c.arrived_at DESC LIMIT $2"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(number)
            .bind(limits::EXPORTED_MAX + 1)
            .fetch_all(&self.reader)
            .await?;
        rows.iter()
            .map(|row| read_row(&mut Cells::of(row, "call")))
            .collect()
    }
}
