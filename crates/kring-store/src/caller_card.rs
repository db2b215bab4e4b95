//! What the screen shows of a caller before the answer: who they are, what they asked last, what they wait for.
//!
//! It is asked while the phone begins to ring, so it is two short statements. What is confidential is not in it:
//! a tip is never told of, nor any case that only its officers may read.

use crate::{
    CaseKind, CaseStatus, Contact, ContactId, DepartmentId, Store, StoreRefused,
    contact_rows::{read_contact, read_contact_of},
    limits,
    sql::Cells,
};
use kring_journal::WallTime;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

/// One earlier case, as the pop shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryItem {
    /// The case's reference.
    #[serde(rename = "ref")]
    pub case_ref: String,
    /// When it was made.
    pub date: WallTime,
    /// What kind of matter.
    pub kind: CaseKind,
    /// The matter in a line.
    pub subject: String,
    /// The unit concerned, by its Thai name.
    pub department: Option<String>,
    /// The unit concerned.
    pub department_id: Option<DepartmentId>,
    /// Where it is in its life.
    pub status: CaseStatus,
}

/// Complaints that are not closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenComplaints {
    /// How many.
    pub count: u32,
    /// The newest of them, at most [`limits::OPEN_COMPLAINTS_MAX`].
    pub refs: Vec<String>,
}

/// What is known of a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerCard {
    /// The person, when one person uses this number.
    pub contact: Option<Contact>,
    /// The persons, when several do; the one who called last first.
    pub candidates: Vec<Contact>,
    /// The last cases of that person, or of the number when it is not one person's; newest first.
    pub history: Vec<HistoryItem>,
    /// What that person, or whoever has the number, still waits for.
    #[serde(default)]
    pub open_complaints: OpenComplaints,
    /// The person has still to be told of the notice as it is now; so has whoever is not known.
    #[serde(default)]
    pub notice_due: bool,
    /// The person's data are kept and not used: no notes, no cases, no complaints are told.
    #[serde(default)]
    pub restricted: bool,
}

/// The last cases of `$1`, in the order in which [`read_history`] wants their columns.
macro_rules! last_cases {
    ($whose:literal) => {
        concat!(
            "SELECT k.case_ref, k.opened, k.kind, k.subject, k.department, k.status, d.name_th, k.id \
             FROM case_file k LEFT JOIN department d ON d.id = k.department WHERE ",
            $whose,
            " = $1 AND k.kind <> 'tip' AND k.confidentiality = 'normal' ORDER BY k.id DESC LIMIT $2"
        )
    };
}

/// The last cases, then the references of open complaints with their number in the place of the date.
macro_rules! asked_of_cases {
    ($whose:literal, $of:literal) => {
        concat!(
            "SELECT * FROM (",
            last_cases!($whose),
            ") AS history UNION ALL SELECT * FROM (SELECT k.case_ref, COUNT(*) OVER () AS opened, \
             '' AS kind, '' AS subject, CAST(NULL AS TEXT) AS department, '' AS status, \
             CAST(NULL AS TEXT) AS name_th, k.id FROM case_file k WHERE ",
            $of,
            " = $1 AND k.kind = 'complaint' AND k.status <> 'closed' \
             AND k.confidentiality = 'normal' ORDER BY k.id DESC LIMIT $3) AS complaints"
        )
    };
}

const HISTORY: &str = last_cases!("k.contact");
pub(crate) const CASES_OF_CONTACT: &str = asked_of_cases!("k.contact", "k.contact");
pub(crate) const CASES_OF_NUMBER: &str = asked_of_cases!("k.number", "k.number");

pub(crate) const WITH_NUMBER: &str = "SELECT c.id, c.prefix, c.given, c.family, c.org, c.notes, \
    c.version, c.created, c.vip, c.language, c.restricted, \
    CASE WHEN EXISTS (SELECT 1 FROM consent t WHERE t.contact = c.id AND t.purpose = 'notice' \
    AND t.said IN ('notified', 'given') \
    AND t.version = (SELECT MAX(x.version) FROM consent_text x WHERE x.purpose = 'notice')) \
    THEN 0 ELSE 1 END FROM contact_number n JOIN contact c ON c.id = n.contact \
    WHERE n.number = $1 ORDER BY n.last_used DESC, c.id LIMIT $2";

impl Store {
    /// What is known of a canonical number, with at most `history_items` cases. `anon` and short
    /// numbers are nobody's.
    pub async fn caller_card(
        &self,
        canonical: &str,
        history_items: u32,
    ) -> Result<CallerCard, StoreRefused> {
        if !canonical.starts_with(['+', 'e']) {
            return Ok(CallerCard::default());
        }
        let mut connection = self.reading().await?;
        let rows = sqlx::query(WITH_NUMBER)
            .bind(canonical)
            .bind(i64::from(limits::CANDIDATES_MAX))
            .fetch_all(&mut *connection)
            .await?;
        let mut people = rows
            .iter()
            .map(read_person)
            .collect::<Result<Vec<_>, _>>()?;
        let alone = match people.len() {
            1 => people.pop(),
            _ => None,
        };
        let notice_due = alone.as_ref().is_none_or(|person| person.notice_due);
        let restricted = alone.as_ref().is_some_and(|person| person.restricted);
        let contact = alone.map(|person| person.contact);
        let candidates = people.into_iter().map(|person| person.contact).collect();
        if restricted {
            return Ok(CallerCard {
                contact,
                notice_due,
                restricted,
                ..CallerCard::default()
            });
        }
        let (sql, whose) = match &contact {
            Some(contact) => (CASES_OF_CONTACT, contact.id.to_string()),
            None => (CASES_OF_NUMBER, canonical.to_owned()),
        };
        let rows = sqlx::query(sql)
            .bind(whose)
            .bind(i64::from(history_items.min(limits::HISTORY_MAX)))
            .bind(i64::from(limits::OPEN_COMPLAINTS_MAX))
            .fetch_all(&mut *connection)
            .await?;
        let mut card = CallerCard {
            contact,
            candidates,
            notice_due,
            ..CallerCard::default()
        };
        for row in &rows {
            let mut cells = Cells::of(row, "case_file");
            let (case_ref, opened, kind) = (cells.text()?, cells.int()?, cells.str()?);
            if kind.is_empty() {
                card.open_complaints.count = u32::try_from(opened).unwrap_or(u32::MAX);
                card.open_complaints.refs.push(case_ref);
            } else {
                let mut cells = Cells::of(row, "case_file");
                card.history.push(read_history(&mut cells)?);
            }
        }
        Ok(card)
    }

    /// The persons who use this canonical number, the one who called last first; at most
    /// [`limits::CANDIDATES_MAX`].
    pub async fn contacts_with(&self, canonical: &str) -> Result<Vec<Contact>, StoreRefused> {
        let rows = sqlx::query(WITH_NUMBER)
            .bind(canonical)
            .bind(i64::from(limits::CANDIDATES_MAX))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_contact).collect()
    }

    /// The last cases of a person, newest first; at most [`limits::HISTORY_MAX`]. As in a pop, nothing
    /// confidential is among them.
    pub async fn history_of(
        &self,
        contact: ContactId,
        items: u32,
    ) -> Result<Vec<HistoryItem>, StoreRefused> {
        let rows = sqlx::query(HISTORY)
            .bind(contact.to_string())
            .bind(i64::from(items.min(limits::HISTORY_MAX)))
            .fetch_all(&self.reader)
            .await?;
        let read = |row| read_history(&mut Cells::of(row, "case_file"));
        rows.iter().map(read).collect()
    }
}

/// A person with a number.
struct Person {
    contact: Contact,
    restricted: bool,
    notice_due: bool,
}

/// Reads a row of [`WITH_NUMBER`]. What is restricted is not told.
fn read_person(row: &AnyRow) -> Result<Person, StoreRefused> {
    let mut cells = Cells::of(row, "contact");
    let mut contact = read_contact_of(&mut cells)?;
    let (restricted, notice_due) = (cells.truth()?, cells.truth()?);
    if restricted {
        contact.notes.clear();
    }
    Ok(Person {
        contact,
        restricted,
        notice_due,
    })
}

fn read_history(cells: &mut Cells<'_>) -> Result<HistoryItem, StoreRefused> {
    Ok(HistoryItem {
        case_ref: cells.text()?,
        date: cells.wall()?,
        kind: cells.name()?,
        subject: cells.text()?,
        department_id: cells.some_id()?,
        status: cells.name()?,
        department: cells.some_text()?,
    })
}
