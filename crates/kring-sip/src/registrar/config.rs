//! What a registrar is told once.

use crate::digest::Algorithm;
use std::time::Duration;

/// How a registrar works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrarConfig {
    /// Whose passwords: part of every HA1, so a change of it makes all passwords void.
    pub realm: Box<str>,
    /// The least time between refreshes, s; less is refused with 423.
    pub min_expires_s: u32,
    /// The longest time that is granted, s.
    pub max_expires_s: u32,
    /// How long a nonce may be used.
    pub nonce_lifetime: Duration,
    /// Algorithms that phones may prove passwords by: one challenge for each, the strongest first. Many
    /// phones fail as soon as there is one that they do not know, or read the first and no other.
    pub algorithms: Vec<Algorithm>,
}

/// What is granted to a phone that asks for nothing, s (RFC 3261 §10.2.1.1).
const USUAL_S: u32 = 3_600;

impl RegistrarConfig {
    /// For `realm`, with a minute to an hour between refreshes, nonces for five minutes, and MD5: the only
    /// algorithm that every phone knows.
    pub fn new(realm: &str) -> RegistrarConfig {
        RegistrarConfig {
            realm: realm.into(),
            min_expires_s: 60,
            max_expires_s: USUAL_S,
            nonce_lifetime: Duration::from_mins(5),
            algorithms: vec![Algorithm::Md5],
        }
    }

    /// What is granted, s, 0 for a removal; none if it is too brief (RFC 3261 §10.3, step 7: only
    /// less than an hour may be called so).
    pub(super) fn grant(&self, asked_s: Option<u32>) -> Option<u32> {
        match asked_s.unwrap_or(USUAL_S) {
            0 => Some(0),
            asked if asked < self.min_expires_s.min(USUAL_S) => None,
            asked => Some(asked.min(self.max_expires_s)),
        }
    }
}
