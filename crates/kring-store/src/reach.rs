//! How a unit is reached at a time: what a transfer asks before it dials.

use crate::{
    Department, DepartmentId, Directory, Endpoint, Standing, Store, StoreRefused, UsualHours,
    dialled::dialled,
};
use kring_journal::WallTime;

/// A unit as a transfer needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The unit.
    pub id: DepartmentId,
    /// Its short name, by which the exchange and metrics know it.
    pub short: String,
    /// Its Thai name.
    pub name_th: String,
    /// Its English name.
    pub name_en: String,
    /// How it is reached: the active endpoints, in the order in which they are tried.
    pub endpoints: Vec<Endpoint>,
    /// Open, or closed with the reason and the next opening.
    pub standing: Standing,
}

/// Whose an extension is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointOwner {
    /// The unit.
    pub department: DepartmentId,
    /// Its short name.
    pub short: String,
    /// Its Thai name.
    pub name_th: String,
    /// Its English name.
    pub name_en: String,
    /// The endpoint with this extension.
    pub endpoint: Endpoint,
}

impl Directory {
    /// How the unit with this id or short name is reached at `at`; none: there is no such unit.
    pub fn reach(&self, which: &str, at: WallTime, usual: &UsualHours) -> Option<Reach> {
        let unit = self.find(which)?;
        let active = unit.endpoints.iter().filter(|endpoint| endpoint.active);
        Some(Reach {
            id: unit.id,
            short: unit.short.clone(),
            name_th: unit.name_th.clone(),
            name_en: unit.name_en.clone(),
            endpoints: active.cloned().collect(),
            standing: self.standing(unit, at, usual),
        })
    }

    /// Whether the unit is open at `at`.
    pub fn standing(&self, unit: &Department, at: WallTime, usual: &UsualHours) -> Standing {
        Standing::of(&self.schedule(unit, usual), &usual.zone, at)
    }

    /// Whose endpoint has this extension, in whatever way it was typed; the first in the list of those that
    /// have it, and an active one before one that is not.
    pub fn owner_of(&self, extension: &str) -> Option<EndpointOwner> {
        let (unit, endpoint) = self.dialled_by(&dialled(extension)?)?;
        Some(EndpointOwner {
            department: unit.id,
            short: unit.short.clone(),
            name_th: unit.name_th.clone(),
            name_en: unit.name_en.clone(),
            endpoint: endpoint.clone(),
        })
    }
}

impl Store {
    /// How the unit with this id or short name is reached at `at`. By what was read last while the database
    /// does not answer: a citizen who is to be passed on does not wait for it.
    pub async fn reach(
        &self,
        which: &str,
        at: WallTime,
        usual: &UsualHours,
    ) -> Result<Reach, StoreRefused> {
        let directory = self.directory_at_hand().await?;
        let reach = directory.reach(which, at, usual);
        reach.ok_or(StoreRefused::NoSuchDepartment)
    }

    /// Whose endpoint has this extension; none: it is no unit's. By what was read last while the database
    /// does not answer.
    pub async fn owner_of(&self, extension: &str) -> Result<Option<EndpointOwner>, StoreRefused> {
        Ok(self.directory_at_hand().await?.owner_of(extension))
    }
}
