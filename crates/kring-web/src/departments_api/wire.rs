//! The directory as it is told.

use crate::clock::rfc3339;
use kring_journal::ClosedWhy;
use kring_store::{DayException, Department, Endpoint, Holiday, Standing};
use serde::Serialize;
use utoipa::ToSchema;

/// A unit of the ministry.
#[derive(Serialize, ToSchema)]
pub(crate) struct DepartmentOnWire {
    id: String,
    /// Unique, in whatever letters.
    short: String,
    name_th: String,
    name_en: String,
    website: String,
    hotline: Option<String>,
    topics: Vec<String>,
    /// Its place in the list.
    sort: i64,
    /// Its own hours, such as `mon-fri 08:30-12:00,13:00-16:30`; none: those of the house.
    hours: Option<String>,
    /// In the order in which they are tried.
    endpoints: Vec<EndpointOnWire>,
    version: i64,
}

/// A desk of a unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct EndpointOnWire {
    id: String,
    label: String,
    /// What is dialled.
    extension: String,
    /// The lowest is tried first.
    priority: i64,
    /// How many rings it is given.
    rings: u8,
    /// Whether calls go there now.
    active: bool,
    version: i64,
}

impl From<&Department> for DepartmentOnWire {
    fn from(unit: &Department) -> DepartmentOnWire {
        let hotline = Some(unit.hotline.clone());
        DepartmentOnWire {
            id: unit.id.to_string(),
            short: unit.short.clone(),
            name_th: unit.name_th.clone(),
            name_en: unit.name_en.clone(),
            website: unit.website.clone(),
            hotline: hotline.filter(|hotline| !hotline.is_empty()),
            topics: topics(&unit.topics),
            sort: unit.sort,
            hours: unit.hours.as_ref().map(ToString::to_string),
            endpoints: unit.endpoints.iter().map(EndpointOnWire::from).collect(),
            version: unit.version,
        }
    }
}

impl From<&Endpoint> for EndpointOnWire {
    fn from(desk: &Endpoint) -> EndpointOnWire {
        EndpointOnWire {
            id: desk.id.to_string(),
            label: desk.label.clone(),
            extension: desk.extension.clone(),
            priority: desk.priority,
            rings: desk.rings,
            active: desk.active,
            version: desk.version,
        }
    }
}

/// Topics are stored as one text.
fn topics(text: &str) -> Vec<String> {
    let topics = text.split([',', '\n', ';']).map(str::trim);
    topics
        .filter(|topic| !topic.is_empty())
        .map(Into::into)
        .collect()
}

/// The one text that they are stored as.
pub(super) fn one_text(topics: &[String]) -> String {
    topics.join("; ")
}

/// Open or closed.
#[derive(Serialize, ToSchema)]
pub(crate) struct StandingOnWire {
    open: bool,
    /// `hours` or `holiday`, when closed.
    #[schema(value_type = Option<String>)]
    reason: Option<ClosedWhy>,
    /// When it opens; none: it is open, or does not open within a year.
    next_open: Option<String>,
}

impl From<Standing> for StandingOnWire {
    fn from(standing: Standing) -> StandingOnWire {
        match standing {
            Standing::Open => StandingOnWire {
                open: true,
                reason: None,
                next_open: None,
            },
            Standing::Closed { why, next_open } => StandingOnWire {
                open: false,
                reason: Some(why),
                next_open: next_open.map(rfc3339),
            },
        }
    }
}

/// A day with its name.
#[derive(Serialize, ToSchema)]
pub(crate) struct NamedDay {
    /// `2026-12-05`
    day: String,
    name_th: String,
    name_en: String,
}

impl From<&Holiday> for NamedDay {
    fn from(holiday: &Holiday) -> NamedDay {
        NamedDay {
            day: holiday.day.to_string(),
            name_th: holiday.name_th.clone(),
            name_en: holiday.name_en.clone(),
        }
    }
}

impl From<&DayException> for NamedDay {
    fn from(exception: &DayException) -> NamedDay {
        NamedDay {
            day: exception.day.to_string(),
            name_th: exception.name_th.clone(),
            name_en: exception.name_en.clone(),
        }
    }
}
