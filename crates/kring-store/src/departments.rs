//! The units of the ministry and how to reach them.

use crate::{DepartmentId, EndpointId, Store, StoreRefused};
use kring_journal::WallTime;
use serde::{Deserialize, Serialize};

/// A unit of the ministry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// The id.
    pub id: DepartmentId,
    /// Short name, such as `DFT`; unique.
    pub short: String,
    /// Thai name.
    pub name_th: String,
    /// English name.
    pub name_en: String,
    /// Website, without scheme.
    pub website: String,
    /// Hotline; empty when there is none.
    pub hotline: String,
    /// What it answers for, in words; for the transfer search.
    pub topics: String,
    /// Its place in the list.
    pub sort: i64,
    /// How to reach it.
    #[serde(default)]
    pub endpoints: Vec<Endpoint>,
}

/// A way to reach a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The id.
    pub id: EndpointId,
    /// Whose desk, in words.
    pub label: String,
    /// The extension, or number, that is dialled.
    pub extension: String,
    /// The order in which they are tried.
    pub sort: i64,
}

impl Store {
    /// Every unit with its endpoints, in the order of the list.
    pub async fn departments(&self) -> Result<Vec<Department>, StoreRefused> {
        todo!()
    }

    /// The unit with this id.
    pub async fn department(&self, id: DepartmentId) -> Result<Option<Department>, StoreRefused> {
        todo!()
    }

    /// Stores a unit with its endpoints, in place of what was there. [`StoreRefused::Taken`] when
    /// another unit has this short name.
    pub async fn put_department(&self, department: &Department) -> Result<(), StoreRefused> {
        todo!()
    }

    /// Adds an endpoint to a unit.
    pub async fn add_endpoint(
        &self,
        now: WallTime,
        department: DepartmentId,
        label: &str,
        extension: &str,
    ) -> Result<Endpoint, StoreRefused> {
        todo!()
    }

    /// Removes an endpoint; whether there was one.
    pub async fn remove_endpoint(&self, endpoint: EndpointId) -> Result<bool, StoreRefused> {
        todo!()
    }
}
