//! Why the store did not do what was asked, for programs by `code` and for people by its text.

use crate::CaseRefused;

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreRefused {
    /// The URL names no database that kring knows.
    #[error("{0:?} is no database: write `sqlite:PATH` or `postgres://USER@HOST/NAME`")]
    NoSuchDatabase(String),
    /// The database refused, or cannot be reached.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be made or brought up to date.
    #[error("the tables cannot be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored row cannot be read back.
    #[error("{table} holds a row that cannot be read: {why}")]
    Unreadable {
        /// Which table.
        table: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// Facts must be appended in the order of their numbers, and all of them.
    #[error("fact {found} was given where fact {expected} is due")]
    OutOfOrder {
        /// The number that is due.
        expected: u64,
        /// The number that was given.
        found: u64,
    },
    /// There is no such call.
    #[error("no such call")]
    NoSuchCall,
    /// The call is another agent's.
    #[error("the call is another agent's")]
    NotYours,
    /// There is no such contact.
    #[error("no such contact")]
    NoSuchContact,
    /// The person was not merged into another, or not any more.
    #[error("this person is not merged into another")]
    NotMerged,
    /// The person does not have this number.
    #[error("this person does not have this number")]
    NoSuchNumber,
    /// There is no such case.
    #[error("no such case")]
    NoSuchCase,
    /// There is no such department.
    #[error("no such department")]
    NoSuchDepartment,
    /// The unit has no such endpoint.
    #[error("no such endpoint")]
    NoSuchEndpoint,
    /// There is no such source.
    #[error("no such source")]
    NoSuchSource,
    /// There is no such group of words.
    #[error("no such synonym")]
    NoSuchSynonym,
    /// There is no such gap.
    #[error("no such gap")]
    NoSuchGap,
    /// The day is no holiday.
    #[error("no such holiday")]
    NoSuchHoliday,
    /// No row of the configuration has this name.
    #[error("nothing is configured by this name")]
    NotConfigured,
    /// The person has a call that goes on.
    #[error("a call of this person goes on; try again when it is over")]
    InCall,
    /// There is no such request at the PDPA desk.
    #[error("no such request")]
    NoSuchPrivacyRequest,
    /// It was carried out or refused before.
    #[error("it is closed already")]
    Closed,
    /// The person's data are kept and not used, until that is lifted.
    #[error("the person's data are restricted and cannot be changed")]
    Restricted,
    /// Other rows refer to it.
    #[error("this {0} is in use and cannot be removed")]
    InUse(&'static str),
    /// There are as many as there may be.
    #[error("there are too many {0}")]
    TooMany(&'static str),
    /// There is no such agent.
    #[error("no such agent")]
    NoSuchAgent,
    /// Nobody could administer the house any more.
    #[error("this is the last administrator who can sign in with a password")]
    LastAdministrator,
    /// Something of a case's own.
    #[error(transparent)]
    Case(#[from] CaseRefused),
    /// Somebody changed it first.
    #[error("somebody changed it first; it is at version {current} now")]
    Stale {
        /// The version that is stored.
        current: i64,
    },
    /// A name that must be unique is in use.
    #[error("this {0} is in use already")]
    Taken(&'static str),
    /// A field is empty, too long, or not of its kind.
    #[error("{field} {why}")]
    Unacceptable {
        /// Which field.
        field: &'static str,
        /// What is wrong, such as `is empty`.
        why: &'static str,
    },
}

impl StoreRefused {
    /// The stable code of the REST error.
    pub const fn code(&self) -> &'static str {
        match self {
            StoreRefused::NoSuchDatabase(_)
            | StoreRefused::Database(_)
            | StoreRefused::Migration(_) => "database_unavailable",
            StoreRefused::Unreadable { .. } | StoreRefused::OutOfOrder { .. } => "store_fault",
            StoreRefused::NoSuchCall => "no_such_call",
            StoreRefused::NotYours => "not_yours",
            StoreRefused::NoSuchContact => "no_such_contact",
            StoreRefused::NotMerged => "not_merged",
            StoreRefused::NoSuchNumber => "no_such_number",
            StoreRefused::NoSuchCase => "no_such_case",
            StoreRefused::NoSuchDepartment => "no_such_department",
            StoreRefused::NoSuchEndpoint => "no_such_endpoint",
            StoreRefused::NoSuchSource => "no_such_source",
            StoreRefused::NoSuchSynonym => "no_such_synonym",
            StoreRefused::NoSuchGap => "no_such_gap",
            StoreRefused::NoSuchHoliday => "no_such_holiday",
            StoreRefused::NotConfigured => "not_found",
            StoreRefused::InCall => "in_call",
            StoreRefused::NoSuchPrivacyRequest => "no_such_request",
            StoreRefused::Closed => "closed",
            StoreRefused::Restricted => "restricted",
            StoreRefused::InUse(_) => "in_use",
            StoreRefused::TooMany(_) => "too_many",
            StoreRefused::NoSuchAgent => "no_such_agent",
            StoreRefused::LastAdministrator => "last_administrator",
            StoreRefused::Case(refused) => refused.code(),
            StoreRefused::Stale { .. } => "stale",
            StoreRefused::Taken(_) => "taken",
            StoreRefused::Unacceptable { .. } => "unacceptable",
        }
    }

    /// Names what other rows refer to when a foreign key refused its removal.
    pub(crate) fn in_use(error: sqlx::Error, what: &'static str) -> StoreRefused {
        match &error {
            sqlx::Error::Database(refused) if refused.is_foreign_key_violation() => {
                StoreRefused::InUse(what)
            }
            _ => error.into(),
        }
    }

    /// Names what is in use when a unique key refused a row.
    pub(crate) fn taken(error: sqlx::Error, what: &'static str) -> StoreRefused {
        match &error {
            sqlx::Error::Database(refused) if refused.is_unique_violation() => {
                StoreRefused::Taken(what)
            }
            _ => error.into(),
        }
    }
}
