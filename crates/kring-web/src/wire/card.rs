//! The caller: number, person, past cases. The same in the pop and in REST.

use crate::clock::rfc3339;
use kring_store::{CallerCard, CallerNumber, Contact, HistoryItem, Number};
use serde::Serialize;
use utoipa::ToSchema;

/// The caller's number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct NumberOnWire {
    /// `+66812345678`, `short:1203`, `ext:2104` or `anon`.
    pub(crate) canonical: String,
    /// As people write it.
    pub(crate) display: String,
    /// `mobile`, `landline`, `hotline`, `internal`, `anon`, `foreign` or `shortcode`.
    pub(crate) class: &'static str,
}

/// A person or company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ContactOnWire {
    pub(crate) id: String,
    /// นาย, นาง, บริษัท …; kept apart from the name.
    pub(crate) prefix: String,
    pub(crate) given: String,
    /// May be empty.
    pub(crate) family: String,
    pub(crate) org: String,
    pub(crate) notes: String,
    /// Marked as important.
    pub(crate) vip: bool,
    /// `th`, `en`, or empty for what the queue speaks.
    pub(crate) language: String,
    /// The ETag in quotes.
    pub(crate) version: i64,
    /// RFC 3339.
    pub(crate) created: String,
}

/// An earlier case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PastCase {
    #[serde(rename = "ref")]
    pub(crate) case_ref: String,
    /// RFC 3339.
    pub(crate) date: String,
    pub(crate) kind: &'static str,
    pub(crate) subject: String,
    pub(crate) department: Option<String>,
    pub(crate) department_id: Option<String>,
    pub(crate) status: &'static str,
}

/// Complaints that are not closed. Tips are never told of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct OpenComplaintsOnWire {
    pub(crate) count: u32,
    /// The newest of them.
    pub(crate) refs: Vec<String>,
}

/// Who calls and why they called before: of the pop, of `call.caller` and of the lookup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Card {
    /// The person, when one person uses the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contact: Option<ContactOnWire>,
    /// The persons, when several do.
    pub(crate) candidates: Vec<ContactOnWire>,
    /// Newest first.
    pub(crate) history: Vec<PastCase>,
    /// Of the person, or of the number when it is not one person's; absent: there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) open_complaints: Option<OpenComplaintsOnWire>,
    /// The PDPA notice is to be read out: this person has not heard it as it is now.
    pub(crate) notice_due: bool,
    /// The person has asked that their data be kept and not used: nothing but the name is told.
    pub(crate) restricted: bool,
    /// False while the database has not told yet.
    pub(crate) looked_up: bool,
}

/// Of a name that is not for whoever asks: that somebody is known, and no more.
pub(crate) fn masked(given: &str) -> String {
    let first = given.chars().next();
    first.into_iter().chain("•••".chars()).collect()
}

impl Card {
    /// The card of a number that is nobody's: there is nothing to look up.
    pub(crate) fn of_nobody() -> Card {
        Card {
            looked_up: true,
            ..Card::default()
        }
    }
}

impl NumberOnWire {
    /// The number of a caller who withholds it.
    pub(crate) fn anonymous() -> NumberOnWire {
        NumberOnWire::from(&Number::anonymous())
    }
}

impl From<&Number> for NumberOnWire {
    fn from(number: &Number) -> NumberOnWire {
        NumberOnWire {
            canonical: number.canonical.clone(),
            display: number.display.clone(),
            class: number.class.as_str(),
        }
    }
}

impl From<&CallerNumber> for NumberOnWire {
    fn from(number: &CallerNumber) -> NumberOnWire {
        NumberOnWire {
            canonical: number.canonical.clone(),
            display: number.display.clone(),
            class: number.class.as_str(),
        }
    }
}

impl From<&Contact> for ContactOnWire {
    fn from(contact: &Contact) -> ContactOnWire {
        ContactOnWire {
            id: contact.id.to_string(),
            prefix: contact.prefix.clone(),
            given: contact.given.clone(),
            family: contact.family.clone(),
            org: contact.org.clone(),
            notes: contact.notes.clone(),
            vip: contact.vip,
            language: contact.language.clone(),
            version: contact.version,
            created: rfc3339(contact.created),
        }
    }
}

impl From<&HistoryItem> for PastCase {
    fn from(item: &HistoryItem) -> PastCase {
        PastCase {
            case_ref: item.case_ref.clone(),
            date: rfc3339(item.date),
            kind: item.kind.as_str(),
            subject: item.subject.clone(),
            department: item.department.clone(),
            department_id: item.department_id.map(|id| id.to_string()),
            status: item.status.as_str(),
        }
    }
}

impl From<&CallerCard> for Card {
    fn from(card: &CallerCard) -> Card {
        Card {
            contact: card.contact.as_ref().map(ContactOnWire::from),
            candidates: card.candidates.iter().map(ContactOnWire::from).collect(),
            history: card.history.iter().map(PastCase::from).collect(),
            open_complaints: (card.open_complaints.count > 0).then(|| OpenComplaintsOnWire {
                count: card.open_complaints.count,
                refs: card.open_complaints.refs.clone(),
            }),
            notice_due: card.notice_due,
            restricted: card.restricted,
            looked_up: true,
        }
    }
}
