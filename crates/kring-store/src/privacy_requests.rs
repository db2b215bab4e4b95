//! What persons ask of the centre by the PDPA: to see what is known of them (section 30), to have it erased
//! (section 33) or left alone (section 34). Each has a clock, and ends by being carried out or refused with a
//! reason; the request itself says of the person no more than an id.

use crate::{
    Erased, PrivacyRequestId, Store, StoreRefused, Subject,
    audit::ChangedBy,
    cases::check_text,
    connect::Durability,
    contact_rows::find_contact,
    erasing, limits,
    names::stored_names,
    privacy_request_rows::{COLUMNS, close, find, insert, open, read, set_restricted, told},
    sql::{Question, Value},
};
use kring_journal::WallTime;
use serde::{Deserialize, Serialize};

stored_names! {
    /// What is asked for.
    PrivacyKind {
        /// To see it: 30 days (section 30).
        Access => "access",
        /// To have it erased: 90 days.
        Erase => "erase",
        /// To have it kept and not used: 30 days.
        Restrict => "restrict",
        /// To have it used again.
        Lift => "lift",
    }
}

const DAY_US: i64 = 86_400_000_000;

impl PrivacyKind {
    /// Days in which it has to be answered.
    pub const fn days(self) -> i64 {
        match self {
            PrivacyKind::Erase => 90,
            PrivacyKind::Access | PrivacyKind::Restrict | PrivacyKind::Lift => 30,
        }
    }
}

stored_names! {
    /// How far it is.
    PrivacyStatus {
        /// Somebody has to act.
        Open => "open",
        /// It was carried out.
        Done => "done",
        /// It was refused, with a reason.
        Refused => "refused",
    }
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivacyRequest {
    /// Its id.
    pub id: PrivacyRequestId,
    /// What is asked for.
    pub kind: PrivacyKind,
    /// Of whom; none: of a number that is nobody's contact.
    pub contact: Option<String>,
    /// That number, until the request is done.
    pub number: Option<String>,
    /// How it came, without names; emptied when the person is erased.
    pub note: String,
    /// When it came.
    pub received: WallTime,
    /// Until when it has to be answered.
    pub due: WallTime,
    /// How far it is.
    pub status: PrivacyStatus,
    /// Why it was refused.
    pub reason: String,
    /// Who carried it out or refused it.
    pub handled_by: Option<String>,
    /// When.
    pub closed: Option<WallTime>,
    /// From 1, one more with each change.
    pub version: i64,
}

/// Which requests; `None` asks for all.
#[derive(Clone, Debug, Default)]
pub struct PrivacyFilter {
    /// How far they are.
    pub status: Option<PrivacyStatus>,
    /// After this one of the page before.
    pub after: Option<PrivacyRequestId>,
    /// Rows, 1 to [`limits::PAGE_MAX`]; 0 means 50.
    pub limit: u32,
}

impl Store {
    /// Requests, newest first, and where the next page begins.
    pub async fn privacy_requests(
        &self,
        filter: &PrivacyFilter,
    ) -> Result<(Vec<PrivacyRequest>, Option<PrivacyRequestId>), StoreRefused> {
        let limit = limits::page(filter.limit);
        let mut question = Question::new(COLUMNS);
        if let Some(status) = filter.status {
            question.when_is("status = $", [Value::text(&status.as_str())]);
        }
        if let Some(after) = filter.after {
            question.when_is("id < $", [Value::text(&after)]);
        }
        question.push(" ORDER BY id DESC LIMIT $", [Value::Whole(limit + 1)]);
        let rows = question.rows(&self.reader).await?;
        let mut requests: Vec<PrivacyRequest> =
            rows.iter().map(read).collect::<Result<_, StoreRefused>>()?;
        let more = requests.len() as i64 > limit;
        requests.truncate(limit as usize);
        let next = requests.last().filter(|_| more).map(|last| last.id);
        Ok((requests, next))
    }

    /// All requests of a contact, newest first; at most [`limits::PAGE_MAX`].
    pub async fn privacy_requests_of(
        &self,
        contact: &str,
    ) -> Result<Vec<PrivacyRequest>, StoreRefused> {
        let mut question = Question::new(COLUMNS);
        question.when_is("contact = $", [Value::text(&contact)]);
        let most = Value::Whole(i64::from(limits::PAGE_MAX));
        question.push(" ORDER BY id DESC LIMIT $", [most]);
        let rows = question.rows(&self.reader).await?;
        rows.iter().map(read).collect()
    }

    /// One request.
    pub async fn privacy_request(
        &self,
        id: PrivacyRequestId,
    ) -> Result<Option<PrivacyRequest>, StoreRefused> {
        find(&mut *self.reading().await?, id).await
    }

    /// Takes a request in. Its clock runs from `received`, which may lie before today.
    pub async fn add_privacy_request(
        &self,
        by: &ChangedBy,
        kind: PrivacyKind,
        subject: &Subject,
        received: WallTime,
        text: &str,
    ) -> Result<PrivacyRequest, StoreRefused> {
        check_text("note", text, limits::SHORT_CHARS_MAX)?;
        if received > by.at {
            return Err(StoreRefused::Unacceptable {
                field: "received",
                why: "lies in the future",
            });
        }
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let (contact, number) = match subject {
            Subject::Contact(id) => {
                let contact = find_contact(&mut tx, *id).await?;
                let contact = contact.ok_or(StoreRefused::NoSuchContact)?;
                (Some(contact.id.to_string()), None)
            }
            Subject::Number(number) => (None, Some(number.clone())),
        };
        if contact.is_none() && matches!(kind, PrivacyKind::Restrict | PrivacyKind::Lift) {
            return Err(StoreRefused::Unacceptable {
                field: "contact_id",
                why: "is missing: only a contact can be restricted",
            });
        }
        let request = PrivacyRequest {
            id: PrivacyRequestId::new(by.at),
            kind,
            contact,
            number,
            note: text.to_owned(),
            received,
            due: WallTime(received.0 + kind.days() * DAY_US),
            status: PrivacyStatus::Open,
            reason: String::new(),
            handled_by: None,
            closed: None,
            version: 1,
        };
        insert(&mut tx, &request).await?;
        told(&mut tx, by, "privacy.request", &request, None).await?;
        tx.commit().await?;
        Ok(request)
    }

    /// Carries a request out, in one transaction with its end. What was erased is counted; an access is carried out
    /// by handing the export over, which this only notes.
    pub async fn carry_out_privacy_request(
        &self,
        by: &ChangedBy,
        id: PrivacyRequestId,
    ) -> Result<(PrivacyRequest, Option<Erased>), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let mut request = open(&mut tx, id).await?;
        let was = request.clone();
        let subject = request.subject()?;
        let mut erased = None;
        match (request.kind, &subject) {
            (PrivacyKind::Access, _) => {}
            (PrivacyKind::Erase, subject) => {
                erased = Some(erasing::erase(&mut tx, by, subject).await?);
                request.note.clear();
            }
            (PrivacyKind::Restrict, Subject::Contact(contact)) => {
                set_restricted(&mut tx, &contact.to_string(), 1).await?;
            }
            (PrivacyKind::Lift, Subject::Contact(contact)) => {
                set_restricted(&mut tx, &contact.to_string(), 0).await?;
            }
            // Not taken in for a number.
            (PrivacyKind::Restrict | PrivacyKind::Lift, Subject::Number(_)) => {}
        }
        request.number = None;
        request.status = PrivacyStatus::Done;
        close(&mut tx, by, &mut request).await?;
        told(&mut tx, by, "privacy.carry_out", &request, Some(&was)).await?;
        tx.commit().await?;
        self.callers_changed();
        Ok((request, erased))
    }

    /// Refuses a request, with the reason that the person is told (section 30 and 33 name what counts).
    pub async fn refuse_privacy_request(
        &self,
        by: &ChangedBy,
        id: PrivacyRequestId,
        reason: &str,
    ) -> Result<PrivacyRequest, StoreRefused> {
        crate::cases::check_filled("reason", reason)?;
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let mut request = open(&mut tx, id).await?;
        let was = request.clone();
        reason.clone_into(&mut request.reason);
        request.status = PrivacyStatus::Refused;
        close(&mut tx, by, &mut request).await?;
        told(&mut tx, by, "privacy.refuse", &request, Some(&was)).await?;
        tx.commit().await?;
        Ok(request)
    }
}

impl PrivacyRequest {
    /// Of whom.
    pub fn subject(&self) -> Result<Subject, StoreRefused> {
        let unreadable = || StoreRefused::Unreadable {
            table: "privacy_request",
            why: format!("{} is of nobody", self.id),
        };
        match (&self.contact, &self.number) {
            (Some(contact), _) => {
                let contact = contact.parse().map_err(|_| unreadable())?;
                Ok(Subject::Contact(contact))
            }
            (None, Some(number)) => Ok(Subject::Number(number.clone())),
            (None, None) => Err(unreadable()),
        }
    }
}
